/* The tests of clone's flags and refusals, alone. */
#include "tests/check.h"

int main(void)
{
    test_clone();
    return check_summary();
}
