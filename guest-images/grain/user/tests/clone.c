/* Every flag of clone, with and without, and every refusal. */
#include "check.h"

#define GDT_TLS 6 /* the first of the three entries for programs */

#define STACK 16384

static char stack[STACK];
#define STACK_TOP (stack + STACK)
static volatile int value;
static int fds[2];
static void ignore(int sig)
{
    (void)sig;
}

/* Clones, waits for the end, gives the status: or the error. */
static int clone_and_wait(unsigned long flags, int (*fn)(void *), void *arg)
{
    int status = -1;
    long pid = clone(flags, STACK_TOP, NULL, NULL, NULL, fn, arg);

    if (pid < 0)
        return pid;
    wait4(pid, &status, WALL);
    return status;
}

static int set_value(void *to)
{
    value = (int)(long)to;
    return 0;
}

static int sharing_memory(void)
{
    value = 0;
    clone_and_wait(SIGCHLD, set_value, (void *)1);
    if (value)
        return 0;
    clone_and_wait(CLONE_VM | SIGCHLD, set_value, (void *)2);
    return value == 2;
}

static int set_umask(void *to)
{
    umask((long)to);
    return 0;
}

static int sharing_fs(void)
{
    int before = umask(022), good;
    clone_and_wait(SIGCHLD, set_umask, (void *)01);
    good = umask(022) == 022;
    clone_and_wait(CLONE_FS | SIGCHLD, set_umask, (void *)07);
    good &= umask(before) == 07;
    return good;
}

static int close_both(void *unused)
{
    (void)unused;
    close(fds[0]);
    close(fds[1]);
    return 0;
}

static int sharing_files(void)
{
    char c;
    int good;

    pipe(fds);
    clone_and_wait(SIGCHLD, close_both, NULL);
    good = write(fds[1], "x", 1) == 1 && read(fds[0], &c, 1) == 1;
    clone_and_wait(CLONE_FILES | SIGCHLD, close_both, NULL);
    return good && write(fds[1], "x", 1) == -EBADF;
}

static int set_handler(void *unused)
{
    (void)unused;
    signal_action(SIGUSR2, ignore, 0);
    return 0;
}

static int has_handler(void)
{
    struct sigaction action;
    syscall(NR_sigaction, SIGUSR2, NULL, &action);
    return action.handler == ignore;
}

static int sharing_handlers(void)
{
    int good;

    clone_and_wait(CLONE_VM | SIGCHLD, set_handler, NULL);
    good = !has_handler();
    clone_and_wait(CLONE_VM | CLONE_SIGHAND | SIGCHLD, set_handler, NULL);
    good &= has_handler();
    signal_action(SIGUSR2, SIG_DFL, 0);
    return good;
}

static int slow_value(void *to)
{
    sleep_ms(30);
    return set_value(to);
}

static int vfork_suspends(void)
{
    int status, seen;
    long pid;

    value = 0;
    pid = clone(CLONE_VM | CLONE_VFORK | SIGCHLD, STACK_TOP, NULL, NULL, NULL, slow_value,
                (void *)3);
    seen = value;
    wait4(pid, &status, 0);
    return seen == 3;
}

/* With shared page tables the child waits its turn: how often of 20 it had run already. */
static int child_last(void)
{
    int count = 0, status;

    for (int i = 0; i < 20; i++) {
        long pid;
        value = 0;
        sched_yield();
        pid = clone(CLONE_VM | SIGCHLD, STACK_TOP, NULL, NULL, NULL, set_value, (void *)1);
        count += value;
        wait4(pid, &status, 0);
    }
    return count < 10;
}

static int parent_is(void *pid)
{
    return getppid() == (long)pid ? 0 : 1;
}

/* A child that makes a sibling of its own instead of a grandchild of its parent's. */
static int sibling(void)
{
    int status = -1, other = -1, good;
    long me = getpid(), second = 0;
    long pid;

    pipe(fds);
    pid = fork();
    if (pid == 0) {
        second = clone(CLONE_PARENT | SIGCHLD, STACK_TOP, NULL, NULL, NULL, parent_is, (void *)me);
        write(fds[1], &second, sizeof(second));
        exit(wait4(second, &status, 0) == -ECHILD ? 0 : 1);
    }
    read(fds[0], &second, sizeof(second));
    good = second > 0 && wait4(pid, &status, 0) == pid && !status &&
           wait4(second, &other, 0) == second && !other;
    close(fds[0]);
    close(fds[1]);
    return good;
}

#define THREAD (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)
static int tid_seen, pid_seen;
static volatile int tid_cleared;

static int look(void *unused)
{
    (void)unused;
    pid_seen = getpid();
    tid_seen = gettid();
    return 0;
}

static void join(volatile int *tid)
{
    int now;
    while ((now = *tid))
        futex((int *)tid, FUTEX_WAIT, now);
}

static int threads(void)
{
    int status;
    long tid;

    tid_cleared = 1;
    tid = clone(THREAD | CLONE_CHILD_CLEARTID, STACK_TOP, NULL, NULL, (int *)&tid_cleared, look,
                NULL);
    join(&tid_cleared);
    return tid > 0 && tid_seen == tid && pid_seen == getpid() && tid != getpid() &&
           wait4(tid, &status, WALL) == -ECHILD;
}

static int parent_tid, child_tid;

static int child_tid_is_own(void *unused)
{
    (void)unused;
    return child_tid == gettid() ? 0 : 1;
}

static int settid(void)
{
    int status = -1, good;
    long pid = clone(CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, STACK_TOP, &parent_tid,
                     NULL, &child_tid, child_tid_is_own, NULL);
    good = parent_tid == pid && !child_tid; /* the second is written in the child's memory */
    return wait4(pid, &status, 0) == pid && !status && good;
}

static int cleartid(void)
{
    long tid;
    tid_cleared = 77;
    tid = clone(THREAD | CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID, STACK_TOP, NULL, NULL,
                (int *)&tid_cleared, look, NULL);
    join(&tid_cleared);
    return tid > 0 && tid_cleared == 0;
}

static int tls_block = 0x1234;

static int read_tls(void *unused)
{
    int got;
    (void)unused;
    asm volatile("movl %1, %%gs; movl %%gs:0, %0" : "=r"(got) : "r"((GDT_TLS + 1) * 8 + 3));
    return got == 0x1234 ? 0 : 1;
}

static int settls(void)
{
    struct user_desc desc = {.entry_number = GDT_TLS + 1, .base_addr = (unsigned long)&tls_block,
                             .limit = 3, .seg_32bit = 1, .useable = 1};
    struct user_desc wrong = {.entry_number = 1};
    int status = -1;
    long pid = clone(CLONE_SETTLS | SIGCHLD, STACK_TOP, NULL, &desc, NULL, read_tls, NULL);

    return wait4(pid, &status, 0) == pid && !status &&
           clone(CLONE_SETTLS | SIGCHLD, STACK_TOP, NULL, &wrong, NULL, read_tls, NULL) ==
               -EINVAL &&
           clone(CLONE_SETTLS | SIGCHLD, STACK_TOP, NULL, (void *)16, NULL, read_tls, NULL) ==
               -EFAULT;
}

static int stopped(void)
{
    int status = -1, before;
    long pid;

    value = 0;
    pid = clone(CLONE_VM | CLONE_STOPPED | SIGCHLD, STACK_TOP, NULL, NULL, NULL, set_value,
                (void *)4);
    sleep_ms(30);
    before = value;
    kill(pid, SIGCONT);
    wait4(pid, &status, 0);
    return !before && value == 4 && !status;
}

static volatile int usr1;
static void count_usr1(int sig)
{
    usr1 += sig == SIGUSR1;
}

static int exit_signal(void)
{
    int status = -1, good;
    long pid;

    usr1 = 0;
    signal_action(SIGUSR1, count_usr1, SA_RESTART);
    pid = clone(CLONE_VM | SIGUSR1, STACK_TOP, NULL, NULL, NULL, set_value, NULL);
    good = wait4(pid, &status, 0) == -ECHILD && wait4(pid, &status, WCLONE) == pid && usr1 == 1;
    signal_action(SIGUSR1, SIG_DFL, 0);
    return good;
}

static int nobody(void *unused)
{
    (void)unused;
    return 0;
}

static int new_namespace(void)
{
    int status = -1;
    long pid = fork();

    if (pid == 0) {
        setuid(100);
        exit(clone_and_wait(CLONE_NEWNS | SIGCHLD, nobody, NULL) == -EPERM ? 0 : 1);
    }
    return wait4(pid, &status, 0) == pid && !status &&
           clone_and_wait(CLONE_NEWNS | SIGCHLD, nobody, NULL) == 0;
}

static int refused(unsigned long flags)
{
    return clone_and_wait(flags | SIGCHLD, nobody, NULL) == -EINVAL;
}

/* A user with a limit of three, itself one of them. */
static int user_limit(void)
{
    struct rlimit limit = {3, 3};
    int status = -1;
    long pid = fork();

    if (pid == 0) {
        long first, second;
        setrlimit(RLIMIT_NPROC, &limit);
        first = fork(); /* root is exempt, and user 101 has none yet */
        if (first == 0)
            exit(0);
        wait4(first, &status, 0);
        setuid(101);
        first = fork();
        if (first == 0)
            pause();
        second = fork();
        if (second == 0)
            pause();
        status = fork() == -EAGAIN ? 0 : 1;
        kill(first, SIGKILL);
        kill(second, SIGKILL);
        wait4(first, NULL, 0);
        wait4(second, NULL, 0);
        exit(status);
    }
    return wait4(pid, &status, 0) == pid && !status;
}

static int root_is_exempt(void)
{
    struct rlimit limit = {1, 1};
    int status = -1;
    long pid = fork();

    if (pid == 0) {
        setrlimit(RLIMIT_NPROC, &limit);
        exit(clone_and_wait(SIGCHLD, nobody, NULL));
    }
    return wait4(pid, &status, 0) == pid && !status;
}

static void set_threads_max(const char *number)
{
    long fd = open("/proc/threads-max", O_WRONLY);
    write(fd, number, strlen(number));
    close(fd);
}

static int machine_limit(void)
{
    char before[16];
    int result;

    read_file("/proc/threads-max", before, sizeof(before));
    set_threads_max("3");
    result = clone_and_wait(SIGCHLD, nobody, NULL);
    set_threads_max(before);
    return result == -EAGAIN && clone_and_wait(SIGCHLD, nobody, NULL) == 0;
}

static int ends_group(void *unused)
{
    (void)unused;
    exit(6);
}

/* exit_group in one thread ends the others, in whatever they sleep. */
static int group_exit(void)
{
    int status = -1;
    long pid = fork();

    if (pid == 0) {
        clone(THREAD, STACK_TOP, NULL, NULL, NULL, ends_group, NULL);
        for (;;)
            pause();
    }
    return wait4(pid, &status, 0) == pid && exited_with(status, 6);
}

static int outlives_leader(void *unused)
{
    (void)unused;
    sleep_ms(40);
    exit(8);
}

static int leader_first(void)
{
    int status = -1;
    long pid = fork();

    if (pid == 0) {
        clone(THREAD, STACK_TOP, NULL, NULL, NULL, outlives_leader, NULL);
        exit_thread(1);
    }
    return wait4(pid, &status, 0) == pid && exited_with(status, 8);
}

static int exec_with_threads(void)
{
    static const char *const argv[] = {"true", NULL}, *const envp[] = {NULL};
    int status = -1;
    long pid = fork();

    if (pid == 0) {
        clone(THREAD, STACK_TOP, NULL, NULL, NULL, slow_value, NULL);
        execve("/bin/true", argv, envp);
        exit(1);
    }
    return wait4(pid, &status, 0) == pid && !status;
}

static int exec_exit(void *unused)
{
    static const char *const argv[] = {"sh", "-c", "exit 4", NULL}, *const envp[] = {NULL};
    (void)unused;
    execve("/bin/sh", argv, envp);
    return 1;
}

/*
 * The process keeps its PID: the parent waits for that, and gets what the new program exits with.
 */
static int exec_by_thread(void)
{
    int status = -1;
    long pid = fork();

    if (pid == 0) {
        clone(THREAD, STACK_TOP, NULL, NULL, NULL, exec_exit, NULL);
        for (;;)
            pause();
    }
    return wait4(pid, &status, 0) == pid && exited_with(status, 4) &&
           wait4(-1, &status, WALL) == -ECHILD;
}

void test_clone(void)
{
    check("CLONE_VM shares memory, without it it is copied", sharing_memory());
    check("CLONE_FS shares the umask, without it it is copied", sharing_fs());
    check("CLONE_FILES shares descriptors, without it they are copied", sharing_files());
    check("CLONE_SIGHAND shares handlers, without it they are copied", sharing_handlers());
    check("CLONE_VFORK suspends the parent until the child's exit", vfork_suspends());
    check("with CLONE_VM the child waits its turn", child_last());
    check("CLONE_PARENT makes a sibling", sibling());
    check("CLONE_THREAD: the same PID, another TID, nothing to wait for", threads());
    check("CLONE_PARENT_SETTID and CLONE_CHILD_SETTID write the TID, each in its memory", settid());
    check("CLONE_CHILD_CLEARTID clears the TID and wakes who waits", cleartid());
    check("CLONE_SETTLS gives the child its own segment, or says what is wrong", settls());
    check("CLONE_STOPPED starts stopped, until SIGCONT", stopped());
    check("CLONE_NEWNS is root's", new_namespace());
    check("the exit signal is the caller's choice, and WCLONE waits for it", exit_signal());
    check("exit_group in one thread ends all", group_exit());
    check("a leader that ends first is waited for with its last thread", leader_first());
    check("exec ends the other threads", exec_with_threads());
    check("exec by another thread than the leader keeps the PID", exec_by_thread());
    check("EINVAL: CLONE_NEWNS with CLONE_FS", refused(CLONE_NEWNS | CLONE_FS));
    check("EINVAL: CLONE_THREAD without CLONE_SIGHAND", refused(CLONE_THREAD | CLONE_VM));
    check("EINVAL: CLONE_SIGHAND without CLONE_VM", refused(CLONE_SIGHAND));
    check("EAGAIN: RLIMIT_NPROC of a user", user_limit());
    check("RLIMIT_NPROC does not bind root", root_is_exempt());
    check("EAGAIN: max_threads, tuned at run time", machine_limit());
}
