/* Who runs, and for how long. */
#include "check.h"

/* Two children that never sleep, each counting in shared memory, until killed. */
static void compete(volatile unsigned *counts, int first_nice, int second_nice, long time)
{
    long pids[2];
    int status, nices[2] = {first_nice, second_nice};

    counts[0] = counts[1] = 0;
    for (int i = 0; i < 2; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            nice(nices[i]);
            for (;;)
                counts[i]++;
        }
    }
    sleep_ms(time);
    for (int i = 0; i < 2; i++) {
        kill(pids[i], SIGKILL);
        wait4(pids[i], &status, 0);
    }
}

static int preempted(void)
{
    volatile unsigned *counts = map_memory(4096, MAP_SHARED);
    int good;
    compete(counts, 0, 0, 150);
    good = counts[0] && counts[1];
    munmap((void *)counts, 4096);
    return good;
}

/* A tick is all that nice 19 gets, against ten. */
static int priorities(void)
{
    volatile unsigned *counts = map_memory(4096, MAP_SHARED);
    int good;
    compete(counts, 0, 19, 300);
    good = counts[0] / 2 > counts[1];
    munmap((void *)counts, 4096);
    return good;
}

static int sleeps(void)
{
    unsigned long before = statistic("ticks"), after;
    sleep_ms(50);
    after = statistic("ticks");
    return after - before >= 5;
}

static int idle_only_when_nothing_runs(void)
{
    unsigned long idle = statistic("idle_ticks"), end, during, asleep;

    for (end = statistic("ticks") + 5; statistic("ticks") < end;)
        ;
    during = statistic("idle_ticks") - idle;
    idle = statistic("idle_ticks");
    sleep_ms(100);
    asleep = statistic("idle_ticks") - idle;
    return during == 0 && asleep >= 5;
}

/* Takes turns by yielding alone: neither gets ahead. */
static int yields(void)
{
    volatile int *turn = map_memory(4096, MAP_SHARED);
    int status = -1, good = 1;
    long pid = fork();

    for (int i = 0; i < 50; i++) {
        while (*turn != (pid == 0))
            sched_yield();
        *turn = pid != 0;
    }
    if (pid == 0)
        exit(0);
    good = wait4(pid, &status, 0) == pid && !status;
    munmap((void *)turn, 4096);
    return good;
}

void test_scheduler(void)
{
    check("the timer preempts programs that never sleep", preempted());
    check("a lower priority gets shorter time slices", priorities());
    check("nanosleep sleeps long enough", sleeps());
    check("process 0 runs only when nothing else can", idle_only_when_nothing_runs());
    check("sched_yield lets others run", yields());
}
