/*
 * The scheduler: which process runs, and until when. Two arrays of queues, one queue a priority:
 * `active` holds those with some of their time slice left, `expired` the others; when the first is
 * empty, the two are exchanged. Choosing is one search for the first set bit, however many wait.
 */
#include "mm.h"

#define BITMAP_WORDS ((MAX_PRIO + 31) / 32)

struct prio_array {
    int nr_active;
    u32 bitmap[BITMAP_WORDS]; /* which queues are not empty */
    struct list_head queue[MAX_PRIO];
};

static struct runqueue {
    spinlock_t lock;
    unsigned long nr_running, nr_switches;
    struct task_struct *curr, *idle;
    struct mm_struct *prev_mm; /* borrowed by a kernel thread that just left: to be dropped */
    struct prio_array *active, *expired, arrays[2];
} rq;

struct task_struct *switch_to(struct task_struct *prev, struct task_struct *next);

void sched_init(void)
{
    for (int i = 0; i < 2; i++) {
        for (int prio = 0; prio < MAX_PRIO; prio++)
            INIT_LIST_HEAD(&rq.arrays[i].queue[prio]);
    }
    rq.active = &rq.arrays[0];
    rq.expired = &rq.arrays[1];
    rq.curr = rq.idle = current;
    /* Process 0 is a borrower too, of the kernel's own address space, which never goes. */
    get_count(&init_mm.mm_count);
    stat.mm_borrowed++;
}

unsigned long nr_switches(void)
{
    return rq.nr_switches;
}

unsigned long nr_running(void)
{
    return rq.nr_running;
}

static void dequeue_task(struct task_struct *p, struct prio_array *array)
{
    array->nr_active--;
    list_del_init(&p->run_list);
    if (list_empty(&array->queue[p->prio]))
        array->bitmap[p->prio / 32] &= ~(1u << (p->prio % 32));
}

static void enqueue_task(struct task_struct *p, struct prio_array *array)
{
    list_add_tail(&p->run_list, &array->queue[p->prio]);
    array->bitmap[p->prio / 32] |= 1u << (p->prio % 32);
    array->nr_active++;
    p->array = array;
}

static void activate_task(struct task_struct *p)
{
    enqueue_task(p, rq.active);
    rq.nr_running++;
}

static void deactivate_task(struct task_struct *p)
{
    rq.nr_running--;
    dequeue_task(p, p->array);
    p->array = NULL;
}

/* In ticks: 100 ms at the default priority, more the better it is, never none. */
static int task_timeslice(struct task_struct *p)
{
    return max((MAX_PRIO - p->static_prio) * HZ / 200, 1);
}

int wake_up_state(struct task_struct *p, long states)
{
    unsigned long flags = local_irq_save();
    int woken = 0;

    if (p->state & states) {
        if (!p->array)
            activate_task(p);
        p->state = TASK_RUNNING;
        if (p->prio < rq.curr->prio)
            set_need_resched(rq.curr);
        woken = 1;
    }
    local_irq_restore(flags);
    return woken;
}

int wake_up_process(struct task_struct *p)
{
    return wake_up_state(p, TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE);
}

/* A child's start: half of what its parent has left, and preemption off until schedule_tail. */
void sched_fork(struct task_struct *p)
{
    p->state = TASK_RUNNING;
    INIT_LIST_HEAD(&p->run_list);
    p->array = NULL;
    p->thread_info->preempt_count = 1;
    p->static_prio = current->static_prio;
    p->prio = p->static_prio;

    local_irq_disable();
    p->time_slice = (current->time_slice + 1) >> 1;
    p->first_time_slice = 1;
    current->time_slice >>= 1;
    if (!current->time_slice) {
        /* The parent's last tick is the child's now: it has to see the timer at once. */
        current->time_slice = 1;
        scheduler_tick();
    }
    local_irq_enable();
}

/*
 * Puts a new process on its queue. With its own page tables it goes before its parent: it will most
 * likely exec, and every page the parent wrote meanwhile would have been copied for nothing. With
 * shared page tables there is nothing to copy, and it waits its turn.
 */
void wake_up_new_task(struct task_struct *p, unsigned long clone_flags)
{
    spin_lock_irq(&rq.lock);
    if (!(clone_flags & CLONE_VM) && current->array) {
        p->prio = current->prio;
        list_add_tail(&p->run_list, &current->run_list);
        p->array = current->array;
        p->array->nr_active++;
        rq.nr_running++;
        set_need_resched(current);
    } else {
        activate_task(p);
        if (p->prio < rq.curr->prio)
            set_need_resched(rq.curr);
    }
    spin_unlock_irq(&rq.lock);
}

/* A child that ends in its first time slice gives back what is left of it. */
void sched_exit(struct task_struct *p)
{
    if (p->first_time_slice && p->parent != rq.idle)
        p->parent->time_slice = min(p->parent->time_slice + p->time_slice, HZ);
}

/* From the timer, interrupts off. */
void scheduler_tick(void)
{
    struct task_struct *p = current;

    if (p == rq.idle)
        return;
    if (p->array != rq.active) {
        set_need_resched(p);
        return;
    }
    if (--p->time_slice > 0)
        return;
    dequeue_task(p, rq.active);
    set_need_resched(p);
    p->prio = p->static_prio;
    p->time_slice = task_timeslice(p);
    p->first_time_slice = 0;
    enqueue_task(p, rq.expired);
}

void set_user_nice(struct task_struct *p, int nice)
{
    struct prio_array *array;

    spin_lock_irq(&rq.lock);
    array = p->array;
    if (array)
        dequeue_task(p, array);
    p->static_prio = p->prio = NICE_0_PRIO + nice;
    if (array)
        enqueue_task(p, array);
    set_need_resched(rq.curr);
    spin_unlock_irq(&rq.lock);
}

/*
 * The first thing a process does after it was switched to, for the one that ran before: drops the
 * address space a kernel thread had borrowed, and frees a process that died. Neither could be done
 * earlier: it was still in use, as CR3 and as the stack.
 */
static void finish_task_switch(struct task_struct *prev)
{
    struct mm_struct *mm = rq.prev_mm;

    rq.prev_mm = NULL;
    spin_unlock_irq(&rq.lock);
    if (mm) {
        stat.mm_dropped++;
        mmdrop(mm);
    }
    if (prev->flags & PF_DEAD) {
        stat.tasks_freed++;
        put_task_struct(prev);
    }
}

/* The same for a process that has never been in schedule(): called by ret_from_fork. */
regparm3 void schedule_tail(struct task_struct *prev)
{
    finish_task_switch(prev);
    if (current->set_child_tid)
        put_user(current->pid, current->set_child_tid);
}

/*
 * The address space first: a kernel thread has none and keeps that of whoever ran before ("lazy
 * TLB"): no CR3 write, no lost translations. Then the stack and the registers. Returns the process
 * that ran before, which is not this call's prev: when this one runs again, another one has.
 */
static struct task_struct *context_switch(struct task_struct *prev, struct task_struct *next)
{
    struct mm_struct *mm = next->mm, *oldmm = prev->active_mm;

    if (!mm) {
        next->active_mm = oldmm;
        get_count(&oldmm->mm_count);
        stat.mm_borrowed++;
    } else {
        switch_mm(oldmm, mm);
    }
    if (!prev->mm) {
        prev->active_mm = NULL;
        rq.prev_mm = oldmm;
    }
    return switch_to(prev, next);
}

static struct task_struct *pick_next_task(void)
{
    struct prio_array *array = rq.active;
    int word = 0;

    if (!rq.nr_running)
        return rq.idle;
    if (!array->nr_active) {
        rq.active = rq.expired;
        rq.expired = array;
        array = rq.active;
    }
    while (!array->bitmap[word])
        word++;
    return list_entry(array->queue[word * 32 + __builtin_ctz(array->bitmap[word])].next,
                      struct task_struct, run_list);
}

void schedule(void)
{
    struct task_struct *prev, *next;

    if (in_atomic() && !(current->flags & PF_DEAD))
        panic("schedule() with preemption off: %x in %s", current_thread_info()->preempt_count,
              current->comm);
    do {
        preempt_disable();
        spin_lock_irq(&rq.lock);
        prev = current;
        if (prev->state && !(current_thread_info()->preempt_count & PREEMPT_ACTIVE)) {
            if ((prev->state & TASK_INTERRUPTIBLE) && signal_pending(prev))
                prev->state = TASK_RUNNING;
            else if (prev != rq.idle)
                deactivate_task(prev);
        }
        next = pick_next_task();
        prev->thread_info->flags &= ~TIF_NEED_RESCHED;
        if (next != prev) {
            rq.nr_switches++;
            next->switches++;
            rq.curr = next;
            prev = context_switch(prev, next);
            barrier();
            finish_task_switch(prev);
        } else {
            spin_unlock_irq(&rq.lock);
        }
        preempt_enable_no_resched();
    } while (need_resched());
}

/* Where preemption becomes possible again and somebody waits for it. */
void preempt_schedule(void)
{
    if (current_thread_info()->preempt_count || irqs_disabled())
        return;
    do {
        current_thread_info()->preempt_count += PREEMPT_ACTIVE;
        stat.kernel_preemptions++;
        schedule();
        current_thread_info()->preempt_count -= PREEMPT_ACTIVE;
        barrier();
    } while (need_resched());
}

/* At the end of an interrupt that came while the kernel ran. Interrupts are off, and off again. */
void preempt_schedule_irq(void)
{
    current_thread_info()->preempt_count += PREEMPT_ACTIVE;
    stat.kernel_preemptions++;
    local_irq_enable();
    schedule();
    local_irq_disable();
    current_thread_info()->preempt_count -= PREEMPT_ACTIVE;
}

/* Lets the others of the same priority run: to the end of the queue. */
long sys_sched_yield(void)
{
    spin_lock_irq(&rq.lock);
    if (current->array) {
        struct prio_array *array = current->array;
        dequeue_task(current, array);
        enqueue_task(current, array);
    }
    spin_unlock_irq(&rq.lock);
    schedule();
    return 0;
}

long sys_nice(int increment)
{
    int nice = current->static_prio - NICE_0_PRIO + increment;

    if (increment < 0 && current->user->uid)
        return -EPERM;
    set_user_nice(current, max(min(nice, 19), -20));
    return 0;
}
