/* The kernel's own tests, counted with the others. */
#include "check.h"

void test_kernel(void)
{
    static char text[4096];
    char *line = text;

    if (read_file("/proc/selftest", text, sizeof(text)) <= 0)
        check("the kernel tests itself", 0);
    while (*line) {
        char *end = line;
        int passed = !strncmp(line, "ok ", 3);
        while (*end && *end != '\n')
            end++;
        if (*end)
            *end++ = 0;
        check(line + (passed ? 3 : 7), passed);
        line = end;
    }
}
