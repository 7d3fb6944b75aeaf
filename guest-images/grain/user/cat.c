/* Copies files, or its input, to its output. */
#include "user.h"

static int copy(int fd)
{
    char buffer[512];
    long n;

    while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
        if (write(1, buffer, n) != n)
            return 1;
    }
    return n < 0;
}

int main(int argc, const char **argv)
{
    int failed = 0;

    if (argc == 1)
        return copy(0);
    for (int i = 1; i < argc; i++) {
        long fd = open(argv[i], O_RDONLY);
        if (fd < 0) {
            printf("cat: %s: error %ld\n", argv[i], -fd);
            failed = 1;
        } else {
            failed |= copy(fd);
            close(fd);
        }
    }
    return failed;
}
