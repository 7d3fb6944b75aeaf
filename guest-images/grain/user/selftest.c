/* All tests: a line each, and how many passed. The exit code is 0 if none failed. */
#include "tests/check.h"

int main(void)
{
    test_kernel();
    test_system_calls();
    test_memory();
    test_fork();
    test_clone();
    test_signals();
    test_ptrace();
    test_scheduler();
    test_processor();
    test_daemons();
    test_programs();
    test_balance();
    return check_summary();
}
