/* Sorts lines of its input; with -t, a test: 20,000 numbers sorted, their order checked. */
#include "user.h"

static void sift_down(const char **lines, int root, int count)
{
    for (;;) {
        int child = 2 * root + 1;
        const char *line = lines[root];

        if (child >= count)
            return;
        if (child + 1 < count && strcmp(lines[child], lines[child + 1]) < 0)
            child++;
        if (strcmp(line, lines[child]) >= 0)
            return;
        lines[root] = lines[child];
        lines[child] = line;
        root = child;
    }
}

static void heap_sort(const char **lines, int count)
{
    for (int i = count / 2; i-- > 0;)
        sift_down(lines, i, count);
    for (int i = count; i-- > 1;) {
        const char *line = lines[0];
        lines[0] = lines[i];
        lines[i] = line;
        sift_down(lines, 0, i);
    }
}

#define MAX_LINES 20000
static const char *lines[MAX_LINES];

static int test(void)
{
    unsigned seed = 1;
    char *text = allocate(MAX_LINES * 12);

    if (!text)
        return 1;
    for (int i = 0; i < MAX_LINES; i++, text += 12) {
        seed = seed * 1664525 + 1013904223;
        snprintf(text, 12, "%010u", seed);
        lines[i] = text;
    }
    heap_sort(lines, MAX_LINES);
    for (int i = 1; i < MAX_LINES; i++) {
        if (strcmp(lines[i - 1], lines[i]) > 0)
            return 1;
    }
    return 0;
}

int main(int argc, const char **argv)
{
    char line[512];
    int count = 0, length;

    if (argc > 1 && !strcmp(argv[1], "-t"))
        return test();
    while (count < MAX_LINES && (length = read_line(0, line, sizeof(line))) >= 0) {
        char *copy = allocate(length + 1);
        if (!copy)
            return 1;
        lines[count++] = memcpy(copy, line, length + 1);
    }
    heap_sort(lines, count);
    for (int i = 0; i < count; i++)
        printf("%s\n", lines[i]);
    return 0;
}
