/*
 * Kernel threads are made in one of two ways, both of which Linux once had. Either returns the new
 * PID to the caller; the thread calls fn(arg) and exits with its result.
 */
#include "sched.h"

extern char kernel_thread_helper[];

int kernel_thread_form = 26;

/*
 * 2.4: the kernel makes a system call. int $0x80 from level 0 changes no stack and pushes no
 * SS:ESP, so the two returns from it differ in ESP only: the parent's is what it was (kept in ESI),
 * the child's is the top of a new stack.
 */
int kernel_thread_24(int (*fn)(void *), void *arg, unsigned long flags)
{
    long result, scratch;

    asm volatile("movl %%esp, %%esi\n\t"
                 "int $0x80\n\t"
                 "cmpl %%esp, %%esi\n\t"
                 "je 1f\n\t"
                 "movl %4, %%eax\n\t"
                 "pushl %%eax\n\t"
                 "call *%5\n\t"
                 "movl %%eax, %%ebx\n\t"
                 "movl %3, %%eax\n\t"
                 "int $0x80\n"
                 "1:"
                 : "=&a"(result), "=&S"(scratch)
                 : "0"(NR_clone), "i"(NR_exit), "d"(arg), "D"(fn),
                   "b"(flags | CLONE_VM | CLONE_UNTRACED), "c"(0)
                 : "memory");
    return result;
}

/*
 * 2.6: a pt_regs is made up and forked. The child returns "to where it was": the helper, which
 * finds the function in EBX and the argument in EDX.
 */
int kernel_thread_26(int (*fn)(void *), void *arg, unsigned long flags)
{
    struct pt_regs regs = {0};

    regs.ebx = (long)fn;
    regs.edx = (long)arg;
    regs.xds = regs.xes = USER_DS;
    regs.orig_eax = -1;
    regs.eip = (unsigned long)kernel_thread_helper;
    regs.xcs = KERNEL_CS;
    regs.eflags = EFLAGS_IF;
    return do_fork(flags | CLONE_VM | CLONE_UNTRACED, 0, &regs, NULL, NULL);
}

int kernel_thread(int (*fn)(void *), void *arg, unsigned long flags)
{
    return kernel_thread_form == 24 ? kernel_thread_24(fn, arg, flags)
                                    : kernel_thread_26(fn, arg, flags);
}
