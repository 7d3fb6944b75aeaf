/* Exceptions: a program's fault becomes a signal; the kernel's own is mended, or is the end. */
#include "sched.h"

static noreturn void die(const char *what, struct pt_regs *regs, unsigned long code)
{
    printk("%s: %lx in process %d (%s)\n", what, code, current->pid, current->comm);
    printk("EIP %04lx:%08lx EFLAGS %08lx CR2 %08lx CR3 %08lx\n", regs->xcs, regs->eip,
           regs->eflags, read_cr2(), read_cr3());
    printk("EAX %08lx EBX %08lx ECX %08lx EDX %08lx\n", regs->eax, regs->ebx, regs->ecx,
           regs->edx);
    printk("ESI %08lx EDI %08lx EBP %08lx ESP %08lx\n", regs->esi, regs->edi, regs->ebp,
           (unsigned long)&regs->esp);
    panic("%s", what);
}

void fault_in_kernel(const char *what, struct pt_regs *regs, unsigned long code)
{
    unsigned long fixup = search_exception_table(regs->eip);
    if (!fixup)
        die(what, regs, code);
    regs->eip = fixup;
}

static void do_trap(int vector, int signal, const char *what, struct pt_regs *regs,
                    unsigned long code)
{
    if (!user_mode(regs)) {
        fault_in_kernel(what, regs, code);
        return;
    }
    local_irq_enable();
    current->thread.trap_no = vector;
    current->thread.error_code = code;
    force_signal(signal, current);
}

#define TRAP(vector, signal, name, what)                                                           \
    regparm3 void do_##name(struct pt_regs *regs, unsigned long code)                              \
    {                                                                                              \
        do_trap(vector, signal, what, regs, code);                                                 \
    }

TRAP(0, SIGFPE, divide_error, "divide error")
TRAP(3, SIGTRAP, int3, "breakpoint")
TRAP(4, SIGSEGV, overflow, "overflow")
TRAP(5, SIGSEGV, bounds, "bounds")
TRAP(6, SIGILL, invalid_op, "invalid opcode")
TRAP(10, SIGSEGV, invalid_TSS, "invalid TSS")
TRAP(11, SIGBUS, segment_not_present, "segment not present")
TRAP(12, SIGBUS, stack_segment, "stack segment")
TRAP(13, SIGSEGV, general_protection, "general protection fault")
TRAP(16, SIGFPE, coprocessor_error, "coprocessor error")
TRAP(17, SIGBUS, alignment_check, "alignment check")
TRAP(19, SIGFPE, simd_coprocessor_error, "SIMD coprocessor error")

regparm3 void do_nmi(struct pt_regs *regs, unsigned long code)
{
    printk("NMI at %lx (%lx) ignored\n", regs->eip, code);
}

regparm3 void do_double_fault(struct pt_regs *regs, unsigned long code)
{
    die("double fault", regs, code);
}

#define DR6_STEP 0x4000

/* #DB: a single step or a watched address; DR6 says which, DR7 is switched off while it is told. */
regparm3 void do_debug(struct pt_regs *regs, unsigned long code)
{
    unsigned long status;

    get_debugreg(status, 6);
    set_debugreg(0, 6);
    if (!user_mode(regs)) {
        /* SYSENTER carries TF into the kernel: the step ends there and not one further. */
        if ((status & DR6_STEP) && (regs->eflags & EFLAGS_TF))
            regs->eflags &= ~EFLAGS_TF;
        return;
    }
    current->thread.debugreg[6] = status;
    do_trap(1, SIGTRAP, "debug", regs, code);
}
