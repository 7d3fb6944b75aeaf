/* Waiting for a word of memory to change: what threads wait for each other's end with. */
#include "mm.h"

struct futex_wait {
    struct list_head link;
    struct task_struct *task;
    struct mm_struct *mm;
    int *address;
    int woken;
};

static struct list_head waiting = LIST_HEAD_INIT(waiting);

long futex_wake(int *address, int count)
{
    struct futex_wait *wait, *next;
    long woken = 0;

    preempt_disable();
    list_for_each_entry_safe(wait, next, &waiting, link) {
        if (wait->mm == current->mm && wait->address == address && woken < count) {
            list_del_init(&wait->link);
            wait->woken = 1;
            wake_up_process(wait->task);
            woken++;
        }
    }
    preempt_enable();
    return woken;
}

static long futex_wait(int *address, int expected)
{
    struct futex_wait wait = {.task = current, .mm = current->mm, .address = address};
    int value;

    preempt_disable();
    list_add_tail(&wait.link, &waiting);
    preempt_enable();
    /* Queued before looking: a change from here on will find it. */
    current->state = TASK_INTERRUPTIBLE;
    if (get_user(value, address) || value != expected)
        current->state = TASK_RUNNING;
    else if (!wait.woken)
        schedule();
    current->state = TASK_RUNNING;
    preempt_disable();
    list_del_init(&wait.link);
    preempt_enable();
    if (value != expected)
        return -EAGAIN;
    return wait.woken ? 0 : -EINTR;
}

long sys_futex(int *address, int operation, int value)
{
    if (operation == FUTEX_WAIT)
        return futex_wait(address, value);
    if (operation == FUTEX_WAKE)
        return futex_wake(address, value);
    return -ENOSYS;
}
