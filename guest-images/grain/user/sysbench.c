/*
 * System calls a second, by int $0x80 and by SYSENTER, and fork with exit. With -t it only checks.
 */
#include "user.h"

static long milliseconds(void)
{
    struct timeval t;
    gettimeofday(&t);
    return t.seconds * 1000 + t.microseconds / 1000;
}

static int call_int80(long pid)
{
    return syscall(NR_getpid) == pid;
}

static int call_sysenter(long pid)
{
    return syscall_fast(NR_getpid) == pid;
}

static int fork_and_exit(long pid)
{
    int status = -1;
    long child = fork();
    (void)pid;
    if (child == 0)
        exit(3);
    return wait4(child, &status, 0) == child && exited_with(status, 3);
}

static int measure(const char *name, int (*call)(long pid), int count, int quiet)
{
    long pid = getpid(), start = milliseconds(), time;
    int good = 0;

    for (int i = 0; i < count; i++)
        good += call(pid);
    time = max(milliseconds() - start, 1);
    if (!quiet)
        printf("%-14s %7d in %6ld ms: %9ld a second\n", name, count, time,
               count / time * 1000 + count % time * 1000 / time);
    return good == count;
}

int main(int argc, const char **argv)
{
    int quiet = argc > 1 && !strcmp(argv[1], "-t"), scale = quiet ? 1 : 100;
    int good = measure("int $0x80", call_int80, 2000 * scale, quiet) &
               measure("SYSENTER", call_sysenter, 2000 * scale, quiet) &
               measure("fork and exit", fork_and_exit, 20 * scale, quiet);
    return !good;
}
