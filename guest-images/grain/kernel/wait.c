/* Sleeping until something holds: wait queues, and completions and semaphores made of them. */
#include "sched.h"

void add_wait_queue(struct wait_queue_head *head, struct wait_queue *wait)
{
    unsigned long flags = local_irq_save();
    list_add_tail(&wait->link, &head->tasks);
    local_irq_restore(flags);
}

void remove_wait_queue(struct wait_queue *wait)
{
    unsigned long flags = local_irq_save();
    list_del_init(&wait->link);
    local_irq_restore(flags);
}

/* Wakes all: each looks again whether what it waits for holds. */
void wake_up(struct wait_queue_head *head)
{
    unsigned long flags = local_irq_save();
    struct wait_queue *wait;
    list_for_each_entry(wait, &head->tasks, link)
        wake_up_process(wait->task);
    local_irq_restore(flags);
}

void init_completion(struct completion *x)
{
    x->done = 0;
    INIT_WAIT_QUEUE(&x->wait);
}

void complete(struct completion *x)
{
    unsigned long flags = local_irq_save();
    x->done = 1;
    wake_up(&x->wait);
    local_irq_restore(flags);
}

void wait_for_completion(struct completion *x)
{
    wait_event(&x->wait, x->done);
}

void init_MUTEX(struct semaphore *sem)
{
    sem->count = 1;
    INIT_WAIT_QUEUE(&sem->wait);
}

static int try_down(struct semaphore *sem)
{
    unsigned long flags = local_irq_save();
    int taken = sem->count > 0;
    sem->count -= taken;
    local_irq_restore(flags);
    return taken;
}

void down(struct semaphore *sem)
{
    if (!try_down(sem))
        wait_event(&sem->wait, try_down(sem));
}

void up(struct semaphore *sem)
{
    unsigned long flags = local_irq_save();
    sem->count++;
    wake_up(&sem->wait);
    local_irq_restore(flags);
}
