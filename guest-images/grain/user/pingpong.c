/*
 * Two processes and two pipes: each byte sent is a context switch, through switch_to. With -t it
 * only checks that all came back.
 */
#include "user.h"

static long milliseconds(void)
{
    struct timeval t;
    gettimeofday(&t);
    return t.seconds * 1000 + t.microseconds / 1000;
}

static noreturn void answer(int in, int out)
{
    char c;
    while (read(in, &c, 1) == 1) {
        c++;
        write(out, &c, 1);
    }
    exit(0);
}

int main(int argc, const char **argv)
{
    int quiet = argc > 1 && !strcmp(argv[1], "-t");
    int rounds = quiet ? 500 : argc > 1 ? parse_number(argv[1]) : 20000;
    int there[2], back[2], status = -1, good = 0;
    long start, pid, time;

    pipe(there);
    pipe(back);
    pid = fork();
    if (pid == 0) {
        close(there[1]);
        close(back[0]);
        answer(there[0], back[1]);
    }
    close(there[0]);
    close(back[1]);
    start = milliseconds();
    for (int i = 0; i < rounds; i++) {
        char c = i, d = 0;
        write(there[1], &c, 1);
        read(back[0], &d, 1);
        good += d == (char)(c + 1);
    }
    time = max(milliseconds() - start, 1);
    close(there[1]);
    wait4(pid, &status, 0);
    if (!quiet)
        printf("%d switches in %ld ms: %ld a second\n", 2 * rounds, time,
               2 * rounds / time * 1000 + 2 * rounds % time * 1000 / time);
    return good != rounds || status;
}
