/* Processes, from a program's side. */
#include "user.h"

noreturn void exit(int code)
{
    for (;;)
        syscall(NR_exit_group, code);
}

noreturn void exit_thread(int code)
{
    for (;;)
        syscall(NR_exit, code);
}

long fork(void)
{
    return syscall(NR_fork);
}

long signal_action(int sig, void (*handler)(int), unsigned long flags)
{
    struct sigaction action = {handler, 0, flags, restorer};
    return syscall(NR_sigaction, sig, &action, 0);
}

long run(const char *name, const char *const *argv)
{
    static const char *const no_environment[] = {NULL};
    int status = -1;
    long pid = fork();

    if (pid == 0) {
        execve(name, argv, no_environment);
        exit(127);
    }
    if (pid < 0)
        return pid;
    wait4(pid, &status, 0);
    return status & 0x7f ? 128 + (status & 0x7f) : (status >> 8) & 0xff;
}

void sleep_ms(long milliseconds)
{
    struct timespec t = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    syscall(NR_nanosleep, &t, 0);
}
