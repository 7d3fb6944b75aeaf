/* At the end: everything that was taken has been given back. */
#include "check.h"

static void work(void)
{
    const char *argv[] = {"sh", "-c", "echo x | cat | sort > /dev/null", NULL};
    for (int i = 0; i < 10; i++)
        run("/bin/sh", argv);
}

void test_balance(void)
{
    unsigned long before, borrowed = 0, dropped = 0;

    sleep_ms(100);
    work();
    before = statistic("free_pages");
    work();
    check("no page is lost by fork, exec and exit", statistic("free_pages") == before);
    check("every process that ended was freed by the one that ran next",
          statistic("forks") - statistic("tasks_freed") == statistic("threads"));
    for (int i = 0; i < 10; i++) { /* again if a kernel thread ran between the two */
        borrowed = statistic("mm_borrowed");
        dropped = statistic("mm_dropped");
        if (borrowed == dropped)
            break;
    }
    check("every borrowed address space was dropped after a switch",
          borrowed == dropped && borrowed > 0);
    check("CR3 was left alone when the address space stayed the same",
          statistic("lazy_switches") > 0);
}
