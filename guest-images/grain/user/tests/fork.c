/* Processes begin, run first or last, end, and are waited for. */
#include "check.h"

#define ROUNDS 20
#define CHILDREN 100

static int fork_returns_twice(void)
{
    long me = getpid();
    int status = -1;
    long pid = fork();

    if (pid == 0)
        exit(getppid() == me && getpid() != me ? 5 : 1);
    return pid > 0 && wait4(pid, &status, 0) == pid && exited_with(status, 5) &&
           wait4(-1, &status, 0) == -ECHILD;
}

/* How often of ROUNDS the child had run when fork returned to its parent. */
static int child_first(void)
{
    volatile int *ran = map_memory(4096, MAP_SHARED);
    int count = 0, status;

    for (int i = 0; i < ROUNDS; i++) {
        long pid;
        *ran = 0;
        sched_yield();
        pid = fork();
        if (pid == 0) {
            *ran = 1;
            exit(0);
        }
        count += *ran;
        wait4(pid, &status, 0);
    }
    munmap((void *)ran, 4096);
    return count;
}

static int many_children(void)
{
    static long pids[CHILDREN];
    int good = 1;

    for (int i = 0; i < CHILDREN; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            exit(i);
        for (int j = 0; j < i; j++)
            good &= pids[j] != pids[i];
    }
    for (int i = CHILDREN; i-- > 0;) {
        int status = -1;
        good &= wait4(pids[i], &status, 0) == pids[i] && exited_with(status, i);
    }
    return good;
}

static int orphan_goes_to_init(void)
{
    int fds[2], status;
    char answer = 0;
    long pid;

    pipe(fds);
    pid = fork();
    if (pid == 0) {
        long parent = getpid();
        if (fork() == 0) {
            while (getppid() == parent)
                sleep_ms(10);
            answer = getppid() == 1;
            write(fds[1], &answer, 1);
        }
        exit(0);
    }
    wait4(pid, &status, 0);
    read(fds[0], &answer, 1);
    close(fds[0]);
    close(fds[1]);
    sleep_ms(30); /* it is init's to wait for now */
    return answer;
}

static int no_hang(void)
{
    int fds[2], status = -1, good;
    char c;
    long pid;

    pipe(fds);
    pid = fork();
    if (pid == 0) {
        close(fds[1]);
        read(fds[0], &c, 1);
        exit(0);
    }
    good = wait4(pid, &status, WNOHANG) == 0;
    close(fds[1]);
    good &= wait4(pid, &status, 0) == pid;
    close(fds[0]);
    return good;
}

static int vfork_waits_for_exec(void)
{
    static const char *const argv[] = {"true", NULL}, *const envp[] = {NULL};
    volatile int *shared = map_memory(4096, 0); /* private: seen because vfork shares all */
    volatile long pid;
    int status = -1;

    pid = vfork();
    if (pid == 0) {
        *shared = 1;
        execve("/bin/true", argv, envp);
        exit(1);
    }
    return *shared == 1 && wait4(pid, &status, 0) == pid && !status;
}

static int process_groups(void)
{
    int status = -1;
    long pid = fork(), group = getpgrp();

    if (pid == 0)
        exit(getpgrp() == group && !setpgid(0, 0) && getpgrp() == getpid() &&
                     syscall(NR_setsid) == -EPERM
                 ? 0
                 : 1);
    return wait4(pid, &status, 0) == pid && !status;
}

void test_fork(void)
{
    check("fork returns twice, wait4 gives the exit code", fork_returns_twice());
    check("the child runs before its parent when pages would be copied",
          child_first() > ROUNDS / 2);
    check("100 children have 100 PIDs and exit codes", many_children());
    check("orphans become children of init", orphan_goes_to_init());
    check("wait4 with WNOHANG does not wait", no_hang());
    check("vfork shares memory and suspends the parent until exec", vfork_waits_for_exec());
    check("children inherit process groups and may leave them", process_groups());
}
