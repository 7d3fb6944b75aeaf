/*
 * The FPU is switched lazily: a switch only sets CR0.TS, and the first FPU instruction of the new
 * process raises #NM. So processes that compute no floating point do not pay for it.
 */
#include "sched.h"

void fpu_init(void)
{
    if (cpu_features & FEATURE_FXSR)
        asm volatile("movl %%cr4, %%eax; orl $0x200, %%eax; movl %%eax, %%cr4" : : : "eax");
    /* MP: WAIT, too, heeds TS. NE: errors are exception 16. EM off. TS on: nobody owns the FPU. */
    asm volatile("movl %%cr0, %%eax; andl $~4, %%eax; orl $0x2a, %%eax; movl %%eax, %%cr0"
                 :
                 :
                 : "eax");
}

static void save_fpu(struct task_struct *p)
{
    if (cpu_features & FEATURE_FXSR)
        asm volatile("fxsave %0; fnclex" : "=m"(p->fpu));
    else
        asm volatile("fnsave %0; fwait" : "=m"(p->fpu));
    p->thread_info->status &= ~TS_USEDFPU;
    stat.fpu_saves++;
}

/* Puts a process's FPU registers, if they are in the FPU, where they can be copied. */
void unlazy_fpu(struct task_struct *p)
{
    preempt_disable();
    if (p->thread_info->status & TS_USEDFPU) {
        save_fpu(p);
        stts();
    }
    preempt_enable_no_resched();
}

/* Forgets them: a new program starts without. */
void clear_fpu(struct task_struct *p)
{
    preempt_disable();
    if (p->thread_info->status & TS_USEDFPU) {
        asm volatile("fnclex");
        p->thread_info->status &= ~TS_USEDFPU;
        stts();
    }
    p->flags &= ~PF_USED_MATH;
    preempt_enable_no_resched();
}

/* #NM. */
regparm3 void do_device_not_available(struct pt_regs *regs, unsigned long code)
{
    (void)code;
    if (!user_mode(regs))
        panic("FPU instruction in the kernel at %lx", regs->eip);
    clts();
    stat.fpu_traps++;
    if (!(current->flags & PF_USED_MATH)) {
        asm volatile("fninit");
        current->flags |= PF_USED_MATH;
    } else if (cpu_features & FEATURE_FXSR) {
        asm volatile("fxrstor %0" : : "m"(current->fpu));
    } else {
        asm volatile("frstor %0" : : "m"(current->fpu));
    }
    current->thread_info->status |= TS_USEDFPU;
}
