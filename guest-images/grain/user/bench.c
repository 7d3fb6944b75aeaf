/*
 * The narrow paths that every process takes, so many times each:
 *
 *     bench               all of them, and how many a second
 *     bench -t            a few of each, to check
 *     bench PATH COUNT    one of them, between two lines that tell who listens when it ran
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

/* Two processes and two pipes: each byte that is sent is a switch, the way back is another. */
static int switch_to(int count)
{
    int there[2], back[2], status = -1, good = 0;
    long pid;

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
    for (int i = 0; i < count; i += 2) {
        char c = i, d = 0;
        write(there[1], &c, 1);
        read(back[0], &d, 1);
        good += d == (char)(c + 1) ? 2 : 0;
    }
    close(there[1]);
    close(back[0]);
    wait4(pid, &status, 0);
    return status ? 0 : good;
}

static int system_call(int count)
{
    long pid = getpid();
    int good = 0;

    for (int i = 0; i < count; i++)
        good += syscall(NR_getpid) == pid;
    return good;
}

static int sysenter_entry(int count)
{
    long pid = getpid();
    int good = 0;

    for (int i = 0; i < count; i++)
        good += syscall_fast(NR_getpid) == pid;
    return good;
}

/* Fork, exit and wait. */
static int ret_from_fork(int count)
{
    int good = 0;

    for (int i = 0; i < count; i++) {
        int status = -1;
        long child = fork();
        if (child == 0)
            exit(3);
        good += wait4(child, &status, 0) == child && exited_with(status, 3);
    }
    return good;
}

static const struct path {
    const char *name;
    int (*run)(int count); /* how many went well */
    int count;             /* even; a hundredth of it checks */
} paths[] = {
    {"switch_to", switch_to, 40000},
    {"system_call", system_call, 200000},
    {"sysenter_entry", sysenter_entry, 200000},
    {"ret_from_fork", ret_from_fork, 2000},
};

static int measure_all(void)
{
    int good = 1;

    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        int count = paths[i].count;
        long start = milliseconds(), time;
        good &= paths[i].run(count) == count;
        time = max(milliseconds() - start, 1);
        printf("%-14s %7d in %6ld ms: %9ld a second\n", paths[i].name, count, time,
               count / time * 1000 + count % time * 1000 / time);
    }
    return !good;
}

static int check_all(void)
{
    int good = 1;

    for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
        good &= paths[i].run(paths[i].count / 100) == paths[i].count / 100;
    return !good;
}

static int run_one(const char *name, int count)
{
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        if (!strcmp(name, paths[i].name)) {
            int failed;
            printf("hourglass-bench: begin\n");
            failed = paths[i].run(count) != count;
            printf("hourglass-bench: end %d\n", failed);
            return failed;
        }
    }
    printf("bench: no path %s\n", name);
    return 2;
}

int main(int argc, const char **argv)
{
    if (argc > 2)
        return run_one(argv[1], parse_number(argv[2]));
    return argc > 1 && !strcmp(argv[1], "-t") ? check_all() : measure_all();
}
