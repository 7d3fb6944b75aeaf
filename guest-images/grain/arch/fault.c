/*
 * Page faults: most are promises the kernel made and now keeps; the rest are the program's fault.
 */
#include "mm.h"

#define FAULT_PRESENT 1
#define FAULT_WRITE 2
#define FAULT_USER 4

void fault_in_kernel(const char *what, struct pt_regs *regs, unsigned long code);

/* 0 if the access may be tried again, or an error. */
static int resolve_fault(struct mm_struct *mm, struct pt_regs *regs, unsigned long address,
                         unsigned long code)
{
    struct vm_area *area = find_vma(mm, address);
    unsigned long wanted = code & FAULT_WRITE ? VM_WRITE : VM_READ | VM_EXEC;

    if (!area)
        return -EFAULT;
    if (area->start > address) {
        if (!(area->flags & VM_GROWSDOWN))
            return -EFAULT;
        /* Stacks grow by pushes, at most 32 bytes at a time (PUSHA): further down is an error. */
        if ((code & FAULT_USER) && address + 32 < regs->esp)
            return -EFAULT;
        if (expand_stack(mm, area, address))
            return -EFAULT;
        stat.stack_growths++;
    }
    if (!(area->flags & wanted))
        return -EFAULT;
    return handle_mm_fault(mm, area, address, (code & FAULT_WRITE) != 0);
}

regparm3 void do_page_fault(struct pt_regs *regs, unsigned long code)
{
    unsigned long address = read_cr2();
    struct mm_struct *mm = current->mm;
    int error = -EFAULT;

    if (regs->eflags & EFLAGS_IF)
        local_irq_enable();
    stat.page_faults++;
    if (mm && !in_atomic() && address < TASK_SIZE) {
        down(&mm->mmap_sem);
        error = resolve_fault(mm, regs, address, code);
        up(&mm->mmap_sem);
    }
    if (!error)
        return;
    if (!(code & FAULT_USER)) {
        fault_in_kernel("page fault", regs, code);
        return;
    }
    current->thread.cr2 = address;
    current->thread.trap_no = 14;
    current->thread.error_code = code;
    if (error == -ENOMEM) {
        printk("out of memory: process %d (%s) ends\n", current->pid, current->comm);
        do_group_exit(SIGKILL);
    }
    force_signal(SIGSEGV, current);
}
