/*
 * Every way into the kernel and out of it again: system calls, exceptions, interrupts, and the
 * first return of a new process.
 */
#include "abi.h"
#include "asm.h"

/*
 * Leaves a pt_regs on the stack; the processor and the stubs have pushed its end from orig_eax on.
 */
.macro SAVE_ALL
    cld
    pushl %es
    pushl %ds
    pushl %eax
    pushl %ebp
    pushl %edi
    pushl %esi
    pushl %edx
    pushl %ecx
    pushl %ebx
    movl $USER_DS, %edx         /* flat, and the kernel may use it */
    movl %edx, %ds
    movl %edx, %es
.endm

/* An instruction that may fault on what a program left in its registers, and where it then goes. */
.macro FIXUP instruction, to
    .pushsection __ex_table, "a"
    .align 4
    .long \instruction, \to
    .popsection
.endm

/*
 * The end of every way out. A program may have made its segments or its stack unusable meanwhile.
 */
.macro RESTORE_ALL
    popl %ebx
    popl %ecx
    popl %edx
    popl %esi
    popl %edi
    popl %ebp
    popl %eax
91: popl %ds
92: popl %es
    addl $4, %esp               /* orig_eax */
93: iret
    .pushsection .text.fixup, "ax"
94: movl $0, (%esp)             /* a null selector instead */
    jmp 91b
95: movl $0, (%esp)
    jmp 92b
96: pushl $USER_DS              /* no way back: the process ends here */
    popl %ds
    pushl $USER_DS
    popl %es
    sti
    pushl $SIGSEGV
    call do_group_exit
    .popsection
    FIXUP 91b, 94b
    FIXUP 92b, 95b
    FIXUP 93b, 96b
.endm

/* thread_info lies at the low end of the stack. */
.macro GET_THREAD_INFO register
    movl $-THREAD_SIZE, \register
    andl %esp, \register
.endm

/*
 * Calls sys_call_table[EAX]. The six arguments are copied: they are C's to overwrite, and the
 * registers they came in are the program's. The seventh is the pt_regs itself.
 */
.macro CALL_SYSTEM_CALL
    pushl %esp
    pushl EBP+4(%esp)
    pushl %edi
    pushl %esi
    pushl EDX+16(%esp)
    pushl %ecx
    pushl %ebx
    call *sys_call_table(,%eax,4)
    addl $28, %esp
    movl %eax, EAX(%esp)
.endm

    .text

/*
 * The first return of every process but the first. __switch_to "returned" here with the process
 * that ran before in EAX: it may need freeing.
 */
    .globl ret_from_fork
ret_from_fork:
    pushl %eax
    call schedule_tail          /* regparm: takes EAX */
    GET_THREAD_INFO %ebp
    popl %eax
    jmp syscall_exit

/* int $0x80: EAX the number; EBX, ECX, EDX, ESI, EDI, EBP the arguments. */
    .globl system_call
system_call:
    pushl %eax                  /* orig_eax */
    SAVE_ALL
    GET_THREAD_INFO %ebp
    cmpl $NR_syscalls, %eax
    jae syscall_badsys
syscall_call:
    CALL_SYSTEM_CALL
    .globl syscall_exit
syscall_exit:
    cli                         /* or work could come up between the test and the iret */
    testb $3, CS(%esp)
    jz restore_all              /* the kernel called itself: 2.4's kernel_thread */
    testl $TIF_WORK_MASK, TI_FLAGS(%ebp)
    jnz work_pending
    .globl restore_all
restore_all:
    RESTORE_ALL

syscall_badsys:
    movl $-ENOSYS, EAX(%esp)
    jmp syscall_exit
syscall_fault:                  /* SYSENTER with an EBP that does not point to a stack */
    pushl %eax
    SAVE_ALL
    GET_THREAD_INFO %ebp
    movl $-EFAULT, EAX(%esp)
    jmp syscall_exit

/*
 * SYSENTER brings CS, EIP and ESP from its MSRs and saves nothing. ESP is the TSS's address: its
 * second word is the current process's esp0. The vsyscall page has left the program's ESP in EBP,
 * and EBP, the sixth argument, there on top.
 */
    .globl sysenter_entry
sysenter_entry:
    movl 4(%esp), %esp
    sti
    pushl $USER_DS
    pushl %ebp
    pushfl
    pushl $USER_CS
    pushl $vsyscall_return
    cmpl $TASK_SIZE - 3, %ebp
    jae syscall_fault
1:  movl (%ebp), %ebp
    FIXUP 1b, syscall_fault
    pushl %eax
    SAVE_ALL
    GET_THREAD_INFO %ebp
    incl stat_syscalls_fast
    cmpl $NR_syscalls, %eax
    jae syscall_badsys
    CALL_SYSTEM_CALL
    cli
    testl $TIF_WORK_MASK, TI_FLAGS(%ebp)
    jnz work_pending            /* leaves by iret; so does a child, by ret_from_fork */
    movl EBX(%esp), %ebx
    movl ESI(%esp), %esi
    movl EDI(%esp), %edi
    movl EIP(%esp), %edx
    movl OLDESP(%esp), %ecx
    xorl %ebp, %ebp
    sti                         /* takes effect after SYSEXIT */
    sysexit

/* Something to do before the return to user mode: another process's turn, a signal. */
work_pending:
    testb $TIF_NEED_RESCHED, TI_FLAGS(%ebp)
    jz work_notifysig
    call schedule
    cli
    testl $TIF_WORK_MASK, TI_FLAGS(%ebp)
    jz restore_all
    jmp work_pending
work_notifysig:
    sti
    movl %esp, %eax
    call do_notify_resume       /* regparm: takes the pt_regs */
    jmp resume_userspace

/* The end of exceptions and interrupts. */
ret_from_exception:
    cli
ret_from_intr:
    GET_THREAD_INFO %ebp
    testb $3, CS(%esp)
    jz resume_kernel
resume_userspace:
    cli
    testl $TIF_WORK_MASK, TI_FLAGS(%ebp)
    jnz work_pending
    jmp restore_all
/* The kernel itself was interrupted: it is preempted if it holds no lock and had interrupts on. */
resume_kernel:
    cmpl $0, TI_PRE_COUNT(%ebp)
    jnz restore_all
    testb $TIF_NEED_RESCHED, TI_FLAGS(%ebp)
    jz restore_all
    testl $EFLAGS_IF, EFLAGS(%esp)
    jz restore_all
    call preempt_schedule_irq
    jmp resume_kernel

/*
 * Exceptions. Each has a C function do_NAME(regs, error_code). The code is in orig_eax's place at
 * first; then that says: not a system call.
 */
.macro TRAP name, has_code=0
    .globl \name
\name:
    .if \has_code == 0
    pushl $0
    .endif
    SAVE_ALL
    movl ORIG_EAX(%esp), %edx
    movl $-1, ORIG_EAX(%esp)
    movl %esp, %eax
    call do_\name
    jmp ret_from_exception
.endm

    TRAP divide_error
    TRAP debug
    TRAP nmi
    TRAP int3
    TRAP overflow
    TRAP bounds
    TRAP invalid_op
    TRAP device_not_available
    TRAP double_fault, 1
    TRAP invalid_TSS, 1
    TRAP segment_not_present, 1
    TRAP stack_segment, 1
    TRAP general_protection, 1
    TRAP page_fault, 1
    TRAP coprocessor_error
    TRAP alignment_check, 1
    TRAP simd_coprocessor_error

/* The sixteen lines of the interrupt controllers, told apart by what they push. */
    .globl interrupt
    .section .rodata
    .align 4
interrupt:
    .text
    .set line, 0
    .rept 16
7:  pushl $line - 256
    jmp common_interrupt
    .pushsection .rodata
    .long 7b
    .popsection
    .set line, line + 1
    .endr
common_interrupt:
    SAVE_ALL
    movl %esp, %eax
    call do_IRQ                 /* regparm: takes the pt_regs */
    jmp ret_from_intr

/*
 * A 2.6 kernel thread begins here, on a made-up pt_regs: EBX the function, EDX its argument.
 */
    .globl kernel_thread_helper
kernel_thread_helper:
    pushl %edx
    call *%ebx
    pushl %eax
    call do_exit

/*
 * The page at VSYSCALL_BASE, copied there: programs call it as they would a function. The jump back
 * lies where a restarted system call begins, two bytes before the return point, as after int $0x80.
 */
    .globl vsyscall_start, vsyscall_end, vsyscall_return
    .align 16
vsyscall_start:
    pushl %ecx
    pushl %edx
    pushl %ebp
2:  movl %esp, %ebp
    sysenter
    jmp 2b
vsyscall_back:
    popl %ebp
    popl %edx
    popl %ecx
    ret
vsyscall_end:
    .set vsyscall_return, VSYSCALL_BASE + (vsyscall_back - vsyscall_start)

    .section .note.GNU-stack, "", @progbits
