/*
 * Process 1. With run=PROGRAM on the kernel's command line it runs that, with the words that set
 * nothing as its arguments, and powers off with its exit code; else it keeps a shell running.
 * Orphans come to it, and it waits for them.
 */
#include "user.h"

static const char *wanted(const char *const *environment)
{
    for (; *environment; environment++) {
        if (!strncmp(*environment, "run=", 4))
            return *environment + 4;
    }
    return "";
}

static void power_off(long status)
{
    syscall(NR_sync);
    syscall(NR_reboot, REBOOT_MAGIC1, REBOOT_MAGIC2, REBOOT_POWER_OFF, status);
}

static long start(const char *name, const char **argv)
{
    const char *envp[] = {NULL};
    long pid = fork();

    if (pid)
        return pid;
    argv[0] = name;
    execve(name, argv, envp);
    printf("init: no %s\n", name);
    exit(127);
}

/* The program's exit code. */
static int wait_for(long pid)
{
    int status;

    for (;;) {
        long ended = wait4(-1, &status, 0);
        if (ended == pid || ended < 0)
            return status & 0x7f ? 128 + (status & 0x7f) : status >> 8;
    }
}

int main(int argc, const char **argv, const char **envp)
{
    const char *name = wanted(envp), *shell[] = {NULL, NULL};
    char path[64];

    (void)argc;
    if (*name) {
        snprintf(path, sizeof(path), "%s%s", *name == '/' ? "" : "/bin/", name);
        power_off(wait_for(start(path, argv)));
    }
    printf("Type help for help.\n");
    for (;;)
        wait_for(start("/bin/sh", shell));
}
