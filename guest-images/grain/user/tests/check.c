/* Counts and prints what the tests found. */
#include "check.h"

static int passes, failures;

void check(const char *name, int passed)
{
    printf("%s %s\n", passed ? "ok    " : "FAILED", name);
    if (passed)
        passes++;
    else
        failures++;
}

int check_summary(void)
{
    printf("%d passed, %d failed\n", passes, failures);
    return failures != 0;
}

int status_of(int (*test)(void))
{
    int status = -1;
    long pid = fork();

    if (pid == 0)
        exit(test());
    wait4(pid, &status, 0);
    return status;
}
