/* The programs that test themselves, and the shell. */
#include "check.h"

static int passes(const char *name)
{
    const char *argv[] = {name, "-t", NULL};
    char path[32];
    snprintf(path, sizeof(path), "/bin/%s", name);
    return run(path, argv) == 0;
}

static int shell(const char *line)
{
    const char *argv[] = {"sh", "-c", line, NULL};
    return run("/bin/sh", argv);
}

/* A pipeline's output, read back through another pipe. */
static int pipeline(void)
{
    static const char *const argv[] = {"sh", "-c", "echo c; echo a b | cat | sort | cat", NULL};
    static const char *const envp[] = {NULL};
    char text[32] = "";
    int fds[2], status = -1, length = 0;
    long pid, n;

    pipe(fds);
    pid = fork();
    if (pid == 0) {
        dup2(fds[1], 1);
        close(fds[0]);
        close(fds[1]);
        execve("/bin/sh", argv, envp);
        exit(127);
    }
    close(fds[1]);
    while ((n = read(fds[0], text + length, sizeof(text) - 1 - length)) > 0)
        length += n;
    close(fds[0]);
    return wait4(pid, &status, 0) == pid && !status && !strcmp(text, "c\na b\n");
}

void test_programs(void)
{
    check("sieve counts the primes", passes("sieve"));
    check("sort sorts", passes("sort"));
    check("mandel computes with the x87", passes("mandel"));
    check("bench switches, calls by both ways, forks and exits", passes("bench"));
    check("the shell runs a pipeline", pipeline());
    check("the shell knows exit codes, and what is not there",
          shell("exit 9") == 9 && shell("true") == 0 && shell("none > /dev/null") == 127 &&
              shell("ps > /dev/null &") == 0);
}
