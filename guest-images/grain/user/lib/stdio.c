/* Text in and out. */
#include "user.h"

int printf(const char *format, ...)
{
    char text[512];
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    write(1, text, strlen(text));
    return length;
}

int read_line(int fd, char *buffer, size_t size)
{
    size_t n = 0;
    char c;

    for (;;) {
        long got = read(fd, &c, 1);
        if (got == -EINTR)
            return 0;
        if (got != 1 && !n)
            return -1;
        if (got != 1 || c == '\n')
            break;
        if (n + 1 < size)
            buffer[n++] = c;
    }
    buffer[n] = 0;
    return n;
}

long read_file(const char *name, char *buffer, size_t size)
{
    long fd = open(name, O_RDONLY), done = 0, got;

    if (fd < 0)
        return fd;
    while (done + 1 < (long)size && (got = read(fd, buffer + done, size - 1 - done)) > 0)
        done += got;
    buffer[done] = 0;
    close(fd);
    return done;
}

long parse_number(const char *text)
{
    long value = 0;
    int negative = *text == '-';

    for (text += negative; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + *text - '0';
    return negative ? -value : value;
}

unsigned long statistic(const char *name)
{
    static char text[4096];
    size_t length = strlen(name);

    read_file("/proc/stat", text, sizeof(text));
    for (const char *at = text; *at;) {
        if (!strncmp(at, name, length) && at[length] == ' ')
            return parse_number(at + length + 1);
        while (*at && *at++ != '\n')
            ;
    }
    return (unsigned long)-1;
}
