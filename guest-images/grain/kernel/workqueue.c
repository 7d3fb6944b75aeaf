/* Work that needs a process, because it sleeps: queued from anywhere, done by keventd. */
#include "sched.h"

static struct list_head works = LIST_HEAD_INIT(works);
static struct wait_queue_head more_work = WAIT_QUEUE_INIT(more_work);

void schedule_work(struct work_struct *work)
{
    unsigned long flags = local_irq_save();
    if (!work->pending) {
        work->pending = 1;
        list_add_tail(&work->link, &works);
        wake_up(&more_work);
    }
    local_irq_restore(flags);
}

static struct work_struct *next_work(void)
{
    unsigned long flags = local_irq_save();
    struct work_struct *work = NULL;
    if (!list_empty(&works)) {
        work = list_entry(works.next, struct work_struct, link);
        list_del_init(&work->link);
        work->pending = 0;
    }
    local_irq_restore(flags);
    return work;
}

int keventd(void *unused)
{
    struct work_struct *work;

    (void)unused;
    daemonize("keventd");
    for (;;) {
        wait_event(&more_work, !list_empty(&works));
        while ((work = next_work())) {
            stat.work_done++;
            work->function(work->data);
        }
    }
}
