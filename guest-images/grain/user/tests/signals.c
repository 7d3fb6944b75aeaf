/* Signals: sent, blocked, handled, ignored, fatal. */
#include "check.h"

static volatile int count, in_handler, nested;
static volatile double spoiled;

static void counting(int sig)
{
    nested |= in_handler;
    in_handler = 1;
    count++;
    if (count == 1)
        kill(getpid(), sig); /* blocked until this handler returns */
    in_handler = 0;
}

static int handler_runs(void)
{
    long a = 0x1234567;
    count = nested = 0;
    signal_action(SIGUSR1, counting, 0);
    kill(getpid(), SIGUSR1);
    return count == 2 && !nested && a == 0x1234567;
}

static int blocking(void)
{
    unsigned long set = 1UL << (SIGUSR1 - 1), old;
    int before;

    count = 5;
    signal_action(SIGUSR1, counting, 0);
    sigprocmask(SIG_BLOCK, &set, &old);
    kill(getpid(), SIGUSR1);
    before = count;
    sigprocmask(SIG_SETMASK, &old, NULL);
    return before == 5 && count == 6;
}

static void ignore(int sig)
{
    (void)sig;
}

/* A read that a signal interrupts: gives EINTR, or starts again and gets the byte. */
static long interrupted_read(unsigned long flags, long (*call)(long, ...))
{
    int fds[2], status;
    long me = getpid(), result, pid;
    char c = 0;

    pipe(fds);
    signal_action(SIGUSR1, ignore, flags);
    pid = fork();
    if (pid == 0) {
        sleep_ms(30);
        kill(me, SIGUSR1);
        sleep_ms(30);
        write(fds[1], "x", 1);
        exit(0);
    }
    result = call(NR_read, fds[0], &c, 1);
    while (wait4(pid, &status, 0) == -EINTR)
        ;
    close(fds[0]);
    close(fds[1]);
    return result == 1 ? c : result;
}

static int pause_returns(void)
{
    long me = getpid(), result, pid;
    int status;

    signal_action(SIGUSR1, ignore, SA_RESTART);
    pid = fork();
    if (pid == 0) {
        sleep_ms(30);
        kill(me, SIGUSR1);
        exit(0);
    }
    result = pause();
    wait4(pid, &status, 0);
    return result == -EINTR;
}

static noreturn void sleeper(void)
{
    for (;;)
        pause();
}

static int kill_cannot_be_caught(void)
{
    unsigned long all = ~0UL;
    struct sigaction action = {ignore, 0, 0, restorer};
    int status = -1;
    long pid;

    if (syscall(NR_sigaction, SIGKILL, &action, NULL) != -EINVAL)
        return 0;
    pid = fork();
    if (pid == 0) {
        sigprocmask(SIG_SETMASK, &all, NULL);
        sleeper();
    }
    sleep_ms(20);
    kill(pid, SIGKILL);
    return wait4(pid, &status, 0) == pid && killed_by(status, SIGKILL);
}

static int stop_and_continue(void)
{
    int status = -1, good;
    long pid = fork();

    if (pid == 0)
        sleeper();
    sleep_ms(20);
    kill(pid, SIGSTOP);
    good = wait4(pid, &status, WUNTRACED) == pid && stopped_by(status, SIGSTOP);
    kill(pid, SIGCONT);
    kill(pid, SIGTERM);
    return good && wait4(pid, &status, 0) == pid && killed_by(status, SIGTERM);
}

static int divide_by_zero(void)
{
    asm volatile("xorl %%edx, %%edx; xorl %%ecx, %%ecx; movl $1, %%eax; divl %%ecx"
                 :
                 :
                 : "eax", "ecx", "edx");
    return 0;
}

static int undefined_instruction(void)
{
    asm volatile("ud2");
    return 0;
}

static int breakpoint(void)
{
    asm volatile("int3");
    return 0;
}

static int x87_error(void)
{
    unsigned short control = 0x37b; /* division by zero not masked */
    double zero = 0, one = 1;
    asm volatile("fldcw %0; fldl %1; fdivl %2; fwait; fstp %%st(0)"
                 :
                 : "m"(control), "m"(one), "m"(zero));
    return 0;
}

static int broken_pipe(void)
{
    int fds[2];
    pipe(fds);
    close(fds[0]);
    write(fds[1], "x", 1);
    return 0;
}

static int broken_pipe_ignored(void)
{
    int fds[2];
    long result;

    signal_action(SIGPIPE, SIG_IGN, 0);
    pipe(fds);
    close(fds[0]);
    result = write(fds[1], "x", 1);
    close(fds[1]);
    signal_action(SIGPIPE, SIG_DFL, 0);
    return result == -EPIPE;
}

static int ignored_children_leave_nothing(void)
{
    int status;
    long pid;

    signal_action(SIGCHLD, SIG_IGN, 0);
    pid = fork();
    if (pid == 0)
        exit(0);
    status = wait4(pid, &status, 0) == -ECHILD;
    signal_action(SIGCHLD, SIG_DFL, 0);
    return status;
}

static int child_signal(void)
{
    int status;
    long pid;

    count = 1;
    signal_action(SIGCHLD, counting, SA_RESTART);
    pid = fork();
    if (pid == 0)
        exit(0);
    while (wait4(pid, &status, 0) == -EINTR)
        ;
    signal_action(SIGCHLD, SIG_DFL, 0);
    return count == 2;
}

static void computing(int sig)
{
    (void)sig;
    asm volatile("fninit; fldpi; fldl2e; fldz; fldlg2");
    spoiled = 1;
}

/* A handler that uses the FPU between two instructions of a computation. */
static int fpu_survives_handler(void)
{
    double a = 1.25, b = 0;

    signal_action(SIGUSR1, computing, 0);
    asm volatile("fninit; fldl %2; fld1; pushl %%ebx; movl %3, %%ebx\n\t"
                 "movl %4, %%eax; movl %5, %%ecx; int $0x80\n\t"
                 "popl %%ebx; faddp; fstpl %0"
                 : "=m"(b), "=m"(spoiled)
                 : "m"(a), "r"(getpid()), "i"(NR_kill), "i"(SIGUSR1)
                 : "eax", "ecx", "memory");
    return b == 2.25;
}

static volatile long fault_result;

static void fix_fault(int sig)
{
    (void)sig;
    exit(11);
}

static int fault_is_handled(void)
{
    signal_action(SIGSEGV, fix_fault, 0);
    fault_result = *(volatile long *)8;
    return 0;
}

static int blocked_fault_kills(void)
{
    unsigned long all = ~0UL;
    sigprocmask(SIG_SETMASK, &all, NULL);
    fault_result = *(volatile long *)8;
    return 0;
}

static int thread_signal(void)
{
    count = 1;
    signal_action(SIGUSR2, counting, 0);
    return tkill(gettid(), SIGUSR2) == 0 && count == 2 && tkill(32000, SIGUSR2) == -ESRCH &&
           kill(getpid(), 99) == -EINVAL;
}

void test_signals(void)
{
    check("a handler runs, its signal blocked meanwhile, and sigreturn goes back", handler_runs());
    check("a blocked signal waits", blocking());
    check("a signal interrupts a system call with EINTR",
          interrupted_read(0, syscall) == -EINTR);
    check("SA_RESTART starts it again", interrupted_read(SA_RESTART, syscall) == 'x');
    check("and again by SYSENTER", interrupted_read(SA_RESTART, syscall_fast) == 'x');
    check("pause returns after a handler", pause_returns());
    check("SIGKILL can be neither caught nor blocked", kill_cannot_be_caught());
    check("SIGSTOP stops, SIGCONT continues, SIGTERM ends", stop_and_continue());
    check("SIGFPE: division by zero", killed_by(status_of(divide_by_zero), SIGFPE));
    check("SIGFPE: an unmasked x87 error", killed_by(status_of(x87_error), SIGFPE));
    check("SIGILL: UD2", killed_by(status_of(undefined_instruction), SIGILL));
    check("SIGTRAP: INT3", killed_by(status_of(breakpoint), SIGTRAP));
    check("SIGPIPE: nobody reads", killed_by(status_of(broken_pipe), SIGPIPE));
    check("EPIPE when that is ignored", broken_pipe_ignored());
    check("a fault's handler runs", exited_with(status_of(fault_is_handled), 11));
    check("a fault whose signal is blocked kills",
          killed_by(status_of(blocked_fault_kills), SIGSEGV));
    check("a parent that ignores SIGCHLD gets no zombies", ignored_children_leave_nothing());
    check("SIGCHLD tells of a child's end", child_signal());
    check("tkill sends to one thread", thread_signal());
    check("the FPU's registers survive a handler", fpu_survives_handler());
}
