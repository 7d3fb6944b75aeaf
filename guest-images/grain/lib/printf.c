/* Formatted text: %d %u %x %c %s %%, with a width, - and 0, and l for those who write it. */
#include "types.h"

struct output {
    char *at, *end;
    int length;
};

static void put(struct output *out, char c)
{
    if (out->at < out->end)
        *out->at++ = c;
    out->length++;
}

static void pad(struct output *out, int n, char c)
{
    for (; n > 0; n--)
        put(out, c);
}

static void put_text(struct output *out, const char *text, int length, int width, int left)
{
    if (!left)
        pad(out, width - length, ' ');
    for (int i = 0; i < length; i++)
        put(out, text[i]);
    if (left)
        pad(out, width - length, ' ');
}

static void put_number(struct output *out, unsigned long value, unsigned base, int negative,
                       int width, int left, int zero)
{
    char digits[16];
    int n = sizeof(digits);

    do {
        digits[--n] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    if (zero) {
        if (negative)
            put(out, '-');
        pad(out, width - negative - (int)(sizeof(digits) - n), '0');
        put_text(out, digits + n, sizeof(digits) - n, 0, 0);
    } else {
        if (negative)
            digits[--n] = '-';
        put_text(out, digits + n, sizeof(digits) - n, width, left);
    }
}

int vsnprintf(char *buffer, size_t size, const char *format, va_list args)
{
    struct output out = {buffer, buffer + size - 1, 0};

    for (; *format; format++) {
        int left = 0, zero = 0, width = 0;

        if (*format != '%') {
            put(&out, *format);
            continue;
        }
        for (format++; *format == '-' || *format == '0'; format++) {
            left |= *format == '-';
            zero |= *format == '0';
        }
        for (; *format >= '0' && *format <= '9'; format++)
            width = width * 10 + *format - '0';
        if (*format == 'l')
            format++;
        switch (*format) {
        case 'd': {
            long value = va_arg(args, long);
            put_number(&out, value < 0 ? -(unsigned long)value : (unsigned long)value, 10,
                       value < 0, width, left, zero);
            break;
        }
        case 'u':
            put_number(&out, va_arg(args, unsigned long), 10, 0, width, left, zero);
            break;
        case 'x':
            put_number(&out, va_arg(args, unsigned long), 16, 0, width, left, zero);
            break;
        case 'c': {
            char c = va_arg(args, int);
            put_text(&out, &c, 1, width, left);
            break;
        }
        case 's': {
            const char *text = va_arg(args, const char *);
            int length = 0;
            while (text[length])
                length++;
            put_text(&out, text, length, width, left);
            break;
        }
        default:
            put(&out, *format);
        }
    }
    *out.at = 0;
    return out.length;
}

int snprintf(char *buffer, size_t size, const char *format, ...)
{
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(buffer, size, format, args);
    va_end(args);
    return length;
}
