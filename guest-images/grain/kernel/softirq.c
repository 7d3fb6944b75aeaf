/*
 * Work that interrupts leave for when they are over: done at their end, with interrupts on. What is
 * raised again and again meanwhile is left to ksoftirqd, so that processes get to run.
 */
#include "sched.h"

#define MAX_RESTARTS 10

static u32 pending;
static void (*actions[NR_SOFTIRQS])(void);
static struct task_struct *daemon;

void open_softirq(int number, void (*action)(void))
{
    actions[number] = action;
}

void raise_softirq(int number)
{
    unsigned long flags = local_irq_save();
    pending |= 1u << number;
    if (!in_interrupt() && daemon)
        wake_up_process(daemon);
    local_irq_restore(flags);
}

/* Interrupts off, and off again. */
static void do_softirq(void)
{
    int restarts = MAX_RESTARTS;

    current_thread_info()->preempt_count += SOFTIRQ_OFFSET;
    while (pending && restarts--) {
        u32 now = pending;

        pending = 0;
        local_irq_enable();
        for (; now; now &= now - 1) {
            stat.softirqs++;
            actions[__builtin_ctz(now)]();
        }
        local_irq_disable();
    }
    if (pending && daemon)
        wake_up_process(daemon);
    current_thread_info()->preempt_count -= SOFTIRQ_OFFSET;
}

void irq_enter(void)
{
    current_thread_info()->preempt_count += HARDIRQ_OFFSET;
}

void irq_exit(void)
{
    current_thread_info()->preempt_count -= HARDIRQ_OFFSET;
    if (pending && !in_interrupt())
        do_softirq();
}

int ksoftirqd(void *unused)
{
    (void)unused;
    daemonize("ksoftirqd");
    set_user_nice(current, 19);
    daemon = current;
    for (;;) {
        current->state = TASK_INTERRUPTIBLE;
        if (!pending) {
            schedule();
            continue;
        }
        current->state = TASK_RUNNING;
        preempt_disable();
        local_irq_disable();
        stat.ksoftirqd_runs++;
        do_softirq();
        local_irq_enable();
        preempt_enable();
    }
}
