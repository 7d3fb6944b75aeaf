/* The tests of fork, alone. */
#include "tests/check.h"

int main(void)
{
    test_fork();
    return check_summary();
}
