/* A process watched, read, written, stepped. */
#include "check.h"

static volatile int word = 0x11223344;
static volatile int watched;

static int stops_with(long pid, int sig)
{
    int status = -1;
    return wait4(pid, &status, 0) == pid && stopped_by(status, sig);
}

static int ends_with(long pid, int code)
{
    int status = -1;
    return wait4(pid, &status, 0) == pid && exited_with(status, code);
}

/* A child that asks to be traced and stops. */
static long traced_child(int (*then)(void))
{
    long pid = fork();
    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        kill(getpid(), SIGSTOP);
        exit(then());
    }
    return pid;
}

static int word_is_poked(void)
{
    return word == 0x55667788 ? 4 : 1;
}

static int peek_and_poke(void)
{
    long pid = traced_child(word_is_poked), got = 0;

    return stops_with(pid, SIGSTOP) && !ptrace(PTRACE_PEEKDATA, pid, &word, &got) &&
           got == 0x11223344 && !ptrace(PTRACE_POKEDATA, pid, &word, 0x55667788) &&
           word == 0x11223344 && ptrace(PTRACE_PEEKDATA, pid, 16, &got) == -EIO &&
           !ptrace(PTRACE_CONT, pid, 0, 0) && ends_with(pid, 4);
}

static int exec_true(void)
{
    static const char *const argv[] = {"true", NULL}, *const envp[] = {NULL};
    execve("/bin/true", argv, envp);
    return 1;
}

static int exec_stops(void)
{
    long pid = traced_child(exec_true);
    return stops_with(pid, SIGSTOP) && !ptrace(PTRACE_CONT, pid, 0, 0) &&
           stops_with(pid, SIGTRAP) && !ptrace(PTRACE_CONT, pid, 0, 0) && ends_with(pid, 0);
}

static int nothing(void)
{
    return 3;
}

static int steps(void)
{
    long pid = traced_child(nothing), registers[17], before;
    int good = stops_with(pid, SIGSTOP), moved = 0;

    for (int i = 0; i < 10 && good; i++) {
        good = !ptrace(PTRACE_GETREGS, pid, 0, registers);
        before = registers[12];
        good &= !ptrace(PTRACE_SINGLESTEP, pid, 0, 0) && stops_with(pid, SIGTRAP) &&
                !ptrace(PTRACE_GETREGS, pid, 0, registers);
        moved += registers[12] != before;
    }
    return good && moved == 10 && !ptrace(PTRACE_CONT, pid, 0, 0) && ends_with(pid, 3);
}

static int raise_usr1(void)
{
    kill(getpid(), SIGUSR1);
    return 7;
}

/* The tracer sees a signal first, and may withhold it. */
static int signal_withheld(void)
{
    long pid = traced_child(raise_usr1);
    return stops_with(pid, SIGSTOP) && !ptrace(PTRACE_CONT, pid, 0, 0) &&
           stops_with(pid, SIGUSR1) && !ptrace(PTRACE_CONT, pid, 0, 0) && ends_with(pid, 7);
}

static int write_watched(void)
{
    watched = 1;
    watched = 2;
    return 5;
}

/* DR0 watches four bytes for writes: a trap after each. */
static int watchpoint(void)
{
    long pid = traced_child(write_watched), got = 0;
    int good = stops_with(pid, SIGSTOP) &&
               !ptrace(PTRACE_POKEUSR, pid, USER_AREA_DEBUGREG, &watched) &&
               !ptrace(PTRACE_POKEUSR, pid, USER_AREA_DEBUGREG + 28, 0x000d0001);

    for (int i = 1; i <= 2 && good; i++)
        good = !ptrace(PTRACE_CONT, pid, 0, 0) && stops_with(pid, SIGTRAP) &&
               !ptrace(PTRACE_PEEKDATA, pid, &watched, &got) && got == i &&
               !ptrace(PTRACE_PEEKUSR, pid, USER_AREA_DEBUGREG + 24, &got) && (got & 1);
    return good && !ptrace(PTRACE_CONT, pid, 0, 0) && ends_with(pid, 5) &&
           ptrace(PTRACE_POKEUSR, pid, USER_AREA_DEBUGREG, &watched) == -ESRCH;
}

static int fork_once(void)
{
    int status = -1;
    long pid = fork();
    if (pid == 0)
        exit(0);
    wait4(pid, &status, WALL);
    return status;
}

/* The tracer is told the new PID, and the child is its own too, stopped from the start. */
static int fork_event(void)
{
    long pid = traced_child(fork_once), child = 0;
    int status = -1;

    if (!stops_with(pid, SIGSTOP) ||
        ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACEFORK | PTRACE_O_TRACECLONE) ||
        ptrace(PTRACE_CONT, pid, 0, 0))
        return 0;
    if (wait4(pid, &status, 0) != pid || status >> 8 != (SIGTRAP | (PTRACE_EVENT_FORK << 8)) ||
        ptrace(PTRACE_GETEVENTMSG, pid, 0, &child) || child <= pid)
        return 0;
    if (!stops_with(child, SIGSTOP) || ptrace(PTRACE_CONT, child, 0, 0) || !ends_with(child, 0))
        return 0;
    if (ptrace(PTRACE_CONT, pid, 0, 0) || !stops_with(pid, SIGCHLD))
        return 0;
    return !ptrace(PTRACE_CONT, pid, 0, 0) && ends_with(pid, 0);
}

static int nobody(void *unused)
{
    (void)unused;
    return 0;
}

static int clone_untraced(void)
{
    static char stack[4096];
    int status = -1;
    long pid = clone(CLONE_UNTRACED | SIGCHLD, stack + sizeof(stack), NULL, NULL, NULL, nobody,
                     NULL);
    wait4(pid, &status, 0);
    return status;
}

static int untraced(void)
{
    long pid = traced_child(clone_untraced);
    if (!stops_with(pid, SIGSTOP) || ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACEFORK) ||
        ptrace(PTRACE_CONT, pid, 0, 0))
        return 0;
    return stops_with(pid, SIGCHLD) && !ptrace(PTRACE_CONT, pid, 0, 0) && ends_with(pid, 0);
}

static int attach_and_detach(void)
{
    int status = -1;
    long pid = fork();

    if (pid == 0) {
        for (;;)
            pause();
    }
    sleep_ms(20);
    if (ptrace(PTRACE_ATTACH, pid, 0, 0) || !stops_with(pid, SIGSTOP) ||
        ptrace(PTRACE_DETACH, pid, 0, 0))
        return 0;
    kill(pid, SIGTERM);
    return wait4(pid, &status, 0) == pid && killed_by(status, SIGTERM);
}

void test_ptrace(void)
{
    check("ptrace reads and writes a child's memory", peek_and_poke());
    check("exec stops a traced child", exec_stops());
    check("ptrace steps instruction by instruction", steps());
    check("the tracer sees signals first and may withhold them", signal_withheld());
    check("a debug register watches an address, for its process only", watchpoint());
    check("a fork is told to the tracer, the child starts stopped", fork_event());
    check("CLONE_UNTRACED is not", untraced());
    check("ptrace attaches and detaches", attach_and_detach());
}
