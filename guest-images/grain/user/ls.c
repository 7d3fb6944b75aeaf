/* The files there are. */
#include "user.h"

int main(void)
{
    static char text[4096];
    if (read_file("/proc/files", text, sizeof(text)) < 0)
        return 1;
    printf("%s", text);
    for (const char *const *name = (const char *const[]){"console", "ram0", "null", "zero", NULL};
         *name; name++)
        printf("      - /dev/%s\n", *name);
    for (const char *const *name = (const char *const[]){"processes", "stat", "cmdline",
                                                         "threads-max", "files", "selftest", NULL};
         *name; name++)
        printf("      - /proc/%s\n", *name);
    return 0;
}
