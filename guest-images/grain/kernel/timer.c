/* Things to do at a later tick: a list in order of time, looked at by a softirq after each tick. */
#include "sched.h"

static struct list_head timers = LIST_HEAD_INIT(timers);

static void run_timers(void)
{
    for (;;) {
        unsigned long flags = local_irq_save();
        struct timer_list *first = list_entry(timers.next, struct timer_list, link);

        if (list_empty(&timers) || (long)(first->expires - jiffies) > 0) {
            local_irq_restore(flags);
            return;
        }
        list_del_init(&first->link);
        local_irq_restore(flags);
        first->function(first->data);
    }
}

void timers_init(void)
{
    open_softirq(TIMER_SOFTIRQ, run_timers);
}

void add_timer(struct timer_list *timer)
{
    unsigned long flags = local_irq_save();
    struct timer_list *other;

    list_for_each_entry(other, &timers, link) {
        if ((long)(other->expires - timer->expires) > 0)
            break;
    }
    list_add_tail(&timer->link, &other->link);
    local_irq_restore(flags);
}

void del_timer(struct timer_list *timer)
{
    unsigned long flags = local_irq_save();
    list_del_init(&timer->link);
    local_irq_restore(flags);
}

static void process_timeout(unsigned long task)
{
    wake_up_process((struct task_struct *)task);
}

/* Sleeps in the state the caller has set; the ticks left if something else woke it. */
long schedule_timeout(long ticks)
{
    struct timer_list timer = {.expires = jiffies + ticks,
                               .function = process_timeout,
                               .data = (unsigned long)current};

    add_timer(&timer);
    schedule();
    del_timer(&timer);
    ticks = timer.expires - jiffies;
    return ticks < 0 ? 0 : ticks;
}

#define TICK_NANOSECONDS (1000000000 / HZ)

long sys_nanosleep(const struct timespec *wanted, struct timespec *remaining)
{
    struct timespec t;
    long ticks;

    if (copy_from_user(&t, wanted, sizeof(t)))
        return -EFAULT;
    if (t.seconds < 0 || t.seconds > 1000000 || t.nanoseconds < 0 || t.nanoseconds >= 1000000000)
        return -EINVAL;
    ticks = t.seconds * HZ + (t.nanoseconds + TICK_NANOSECONDS - 1) / TICK_NANOSECONDS;
    if (!ticks)
        return 0;
    current->state = TASK_INTERRUPTIBLE;
    ticks = schedule_timeout(ticks + 1); /* part of the current tick is gone */
    if (!ticks || !signal_pending(current))
        return 0;
    t.seconds = ticks / HZ;
    t.nanoseconds = ticks % HZ * TICK_NANOSECONDS;
    return remaining && copy_to_user(remaining, &t, sizeof(t)) ? -EFAULT : -EINTR;
}

/* Since the start; the time of day is not kept. */
long sys_gettimeofday(struct timeval *user)
{
    unsigned long now = jiffies;
    struct timeval t = {now / HZ, now % HZ * (1000000 / HZ)};
    return user && copy_to_user(user, &t, sizeof(t)) ? -EFAULT : 0;
}
