/* The areas of an address space, in order; brk and mmap, which change them. */
#include "mm.h"

#define MMAP_BASE 0x40000000

/* The first area that ends above an address, or NULL. */
struct vm_area *find_vma(struct mm_struct *mm, unsigned long address)
{
    struct vm_area *area = mm->mmap;
    while (area && area->end <= address)
        area = area->next;
    return area;
}

static int range_free(struct mm_struct *mm, unsigned long start, unsigned long end)
{
    struct vm_area *area = find_vma(mm, start);
    return start < end && end <= TASK_SIZE && (!area || area->start >= end);
}

int insert_area(struct mm_struct *mm, unsigned long start, unsigned long end, unsigned long flags,
                const u8 *data, unsigned long data_size)
{
    struct vm_area **link = &mm->mmap, *area;

    if (!range_free(mm, start, end))
        return -EINVAL;
    area = kzalloc(sizeof(*area));
    if (!area)
        return -ENOMEM;
    area->start = start;
    area->end = end;
    area->flags = flags;
    area->data = data;
    area->data_size = data_size;
    while (*link && (*link)->start < start)
        link = &(*link)->next;
    area->next = *link;
    *link = area;
    return 0;
}

int expand_stack(struct mm_struct *mm, struct vm_area *area, unsigned long address)
{
    address &= PAGE_MASK;
    if (mm->start_stack - address > current->signal->rlim[RLIMIT_STACK].soft)
        return -ENOMEM;
    area->start = address;
    return 0;
}

/* An area begins later now, and so does what it starts with. */
static void cut_front(struct vm_area *area, unsigned long start)
{
    unsigned long cut = start - area->start;

    area->start = start;
    if (area->data_size > cut) {
        area->data += cut;
        area->data_size -= cut;
    } else {
        area->data = NULL;
        area->data_size = 0;
    }
}

/* Takes a range out of the areas; one that reaches beyond it is cut, one around it is split. */
static int do_munmap(struct mm_struct *mm, unsigned long start, unsigned long end)
{
    struct vm_area **link = &mm->mmap;

    while (*link) {
        struct vm_area *area = *link;

        if (area->end <= start || area->start >= end) {
            link = &area->next;
        } else if (area->start < start && area->end > end) {
            struct vm_area whole = *area;
            area->end = start;
            cut_front(&whole, end);
            if (insert_area(mm, end, whole.end, whole.flags, whole.data, whole.data_size))
                return -ENOMEM;
        } else if (area->start < start) {
            area->end = start;
        } else if (area->end > end) {
            cut_front(area, end);
        } else {
            *link = area->next;
            kfree(area, sizeof(*area));
        }
    }
    zap_page_range(mm, start, end);
    return 0;
}

long sys_munmap(unsigned long start, unsigned long length)
{
    struct mm_struct *mm = current->mm;
    unsigned long end = start + PAGE_ALIGN(length);
    long error;

    if ((start & ~PAGE_MASK) || end <= start || end > TASK_SIZE)
        return -EINVAL;
    down(&mm->mmap_sem);
    error = do_munmap(mm, start, end);
    up(&mm->mmap_sem);
    return error;
}

static unsigned long find_free_range(struct mm_struct *mm, unsigned long length)
{
    unsigned long start = MMAP_BASE;
    while (!range_free(mm, start, start + length)) {
        struct vm_area *area = find_vma(mm, start);
        if (!area)
            return 0;
        start = area->end;
    }
    return start;
}

static long do_mmap(struct mm_struct *mm, struct mmap_arguments *a)
{
    unsigned long length = PAGE_ALIGN(a->length), start = a->addr;
    unsigned long flags = (a->prot & PROT_READ ? VM_READ : 0) |
                          (a->prot & PROT_WRITE ? VM_WRITE | VM_READ : 0) |
                          (a->prot & PROT_EXEC ? VM_EXEC | VM_READ : 0) |
                          (a->flags & MAP_SHARED ? VM_SHARED : 0) |
                          (a->flags & MAP_GROWSDOWN ? VM_GROWSDOWN : 0);
    long error;

    if (a->flags & MAP_FIXED) {
        if ((start & ~PAGE_MASK) || start + length > TASK_SIZE || start + length < start)
            return -EINVAL;
        error = do_munmap(mm, start, start + length);
        if (error)
            return error;
    } else {
        start = find_free_range(mm, length);
        if (!start)
            return -ENOMEM;
    }
    error = insert_area(mm, start, start + length, flags, NULL, 0);
    /* Shared pages have to be there before a fork, or each side would get its own. */
    for (unsigned long at = start; !error && (flags & VM_SHARED) && at < start + length;
         at += PAGE_SIZE)
        error = handle_mm_fault(mm, find_vma(mm, at), at, 1);
    return error ? error : (long)start;
}

long sys_mmap(const struct mmap_arguments *user)
{
    struct mmap_arguments arguments;
    long result;

    if (copy_from_user(&arguments, user, sizeof(arguments)))
        return -EFAULT;
    if (!(arguments.flags & MAP_ANONYMOUS) || !arguments.length || arguments.length > TASK_SIZE)
        return -EINVAL; /* anonymous memory only */
    down(&current->mm->mmap_sem);
    result = do_mmap(current->mm, &arguments);
    up(&current->mm->mmap_sem);
    return result;
}

/* Moves the end of the heap; the end it has then, moved or not. */
long sys_brk(unsigned long brk)
{
    struct mm_struct *mm = current->mm;
    unsigned long old_end, new_end;

    down(&mm->mmap_sem);
    old_end = PAGE_ALIGN(mm->brk);
    new_end = PAGE_ALIGN(brk);
    if (brk >= mm->start_brk && brk < MMAP_BASE) {
        if (new_end < old_end)
            do_munmap(mm, new_end, old_end);
        if (new_end <= old_end ||
            !insert_area(mm, old_end, new_end, VM_READ | VM_WRITE, NULL, 0))
            mm->brk = brk;
    }
    brk = mm->brk;
    up(&mm->mmap_sem);
    return brk;
}
