/* Memory and strings, for the kernel and for programs. */
#include "types.h"

void *memcpy(void *to, const void *from, size_t n)
{
    void *end = to;
    size_t words = n / 4;
    asm volatile("rep movsl\n\tmovl %3, %2\n\trep movsb"
                 : "+D"(end), "+S"(from), "+c"(words)
                 : "r"(n & 3)
                 : "memory");
    return to;
}

void *memset(void *to, int value, size_t n)
{
    void *end = to;
    size_t words = n / 4;
    asm volatile("rep stosl\n\tmovl %2, %1\n\trep stosb"
                 : "+D"(end), "+c"(words)
                 : "r"(n & 3), "a"((value & 0xff) * 0x01010101u)
                 : "memory");
    return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const u8 *x = a, *y = b;
    for (; n; n--, x++, y++) {
        if (*x != *y)
            return *x - *y;
    }
    return 0;
}

size_t strlen(const char *s)
{
    size_t n = 0;
    while (s[n])
        n++;
    return n;
}

int strcmp(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return (u8)*a - (u8)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
    for (; n; n--, a++, b++) {
        if (*a != *b || !*a)
            return (u8)*a - (u8)*b;
    }
    return 0;
}

/* Copies what fits, and always ends with a zero. */
char *strncpy_ended(char *to, const char *from, size_t size)
{
    size_t n = 0;
    for (; n + 1 < size && from[n]; n++)
        to[n] = from[n];
    to[n] = 0;
    return to;
}
