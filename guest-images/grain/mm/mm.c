/* Address spaces as wholes: made, copied, borrowed, switched, given up. */
#include "mm.h"

struct mm_struct *mm_alloc(void)
{
    struct mm_struct *mm = kzalloc(sizeof(*mm));

    if (!mm)
        return NULL;
    mm->pgd = get_zeroed_page();
    if (!mm->pgd) {
        kfree(mm, sizeof(*mm));
        return NULL;
    }
    /* The kernel's quarter is the same everywhere, and never changes. */
    memcpy(mm->pgd + USER_PGDS, swapper_pg_dir + USER_PGDS, (PGD_SIZE - USER_PGDS) * sizeof(long));
    mm->mm_users = mm->mm_count = 1;
    init_MUTEX(&mm->mmap_sem);
    return mm;
}

/* A copy for a child: the areas, and the pages shared until one of the two writes. */
struct mm_struct *dup_mm(struct mm_struct *old)
{
    struct mm_struct *mm = mm_alloc();
    int error = 0;

    if (!mm)
        return NULL;
    mm->start_brk = old->start_brk;
    mm->brk = old->brk;
    mm->start_stack = old->start_stack;
    down(&old->mmap_sem);
    for (struct vm_area *area = old->mmap; area && !error; area = area->next) {
        error = insert_area(mm, area->start, area->end, area->flags, area->data, area->data_size);
        if (!error)
            error = copy_page_range(mm, old, area);
    }
    load_cr3(pa(old->pgd)); /* pages of the parent have become read-only */
    up(&old->mmap_sem);
    if (!error)
        return mm;
    mmput(mm);
    return NULL;
}

/* The last process that lived in it has left: its pages go. */
void mmput(struct mm_struct *mm)
{
    if (!put_count(&mm->mm_users))
        return;
    zap_page_range(mm, 0, TASK_SIZE);
    free_page_tables(mm);
    while (mm->mmap) {
        struct vm_area *area = mm->mmap;
        mm->mmap = area->next;
        kfree(area, sizeof(*area));
    }
    mmdrop(mm);
}

/* The last that used it, if only as a borrower, has left: its page directory goes. */
void mmdrop(struct mm_struct *mm)
{
    if (!put_count(&mm->mm_count))
        return;
    free_page(mm->pgd);
    kfree(mm, sizeof(*mm));
}

/* CR3 is written only if it changes: writing it costs every cached translation. */
void switch_mm(struct mm_struct *prev, struct mm_struct *next)
{
    if (prev == next) {
        stat.lazy_switches++;
        return;
    }
    stat.mm_switches++;
    load_cr3(pa(next->pgd));
}

/* The current process moves to another address space, at exec. */
void activate_mm(struct mm_struct *prev, struct mm_struct *next)
{
    preempt_disable();
    current->mm = current->active_mm = next;
    switch_mm(prev, next);
    preempt_enable();
}

/* The current process leaves its address space, but keeps standing in it until the next switch. */
void exit_mm(struct task_struct *p)
{
    struct mm_struct *mm = p->mm;

    mm_release(p);
    if (!mm)
        return;
    preempt_disable();
    get_count(&mm->mm_count);
    stat.mm_borrowed++;
    p->mm = NULL;
    preempt_enable();
    mmput(mm);
}
