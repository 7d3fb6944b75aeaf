/*
 * The narrow place: one process goes in, another comes out.
 *
 * struct task_struct *switch_to(struct task_struct *prev, struct task_struct *next)
 *
 * What a process needs to go on is on its stack: the flags, EBP, and what C expects a call to keep.
 * Its thread.esp finds the stack again, its thread.eip says where to go on: at label 1 below, or,
 * if it has never run, at ret_from_fork. __switch_to is not called but jumped to, with that address
 * as its return address: its RET is where the new process starts to run.
 *
 * The result, `last`, is the process that ran just before. A local variable of the caller cannot
 * tell that: the caller's stack is the one it left, long ago perhaps. EAX alone survives the
 * change.
 */
#include "asm.h"

    .text
    .globl switch_to
switch_to:
    pushl %ebx
    pushl %esi
    pushl %edi
    movl 16(%esp), %eax                     /* prev */
    movl 20(%esp), %edx                     /* next */
    pushfl
    pushl %ebp
    movl %esp, TASK_THREAD_ESP(%eax)
    movl TASK_THREAD_ESP(%edx), %esp        /* from here on the stack, and `current`, are next's */
    movl $1f, TASK_THREAD_EIP(%eax)
    pushl TASK_THREAD_EIP(%edx)
    jmp __switch_to                         /* prev in EAX, next in EDX; returns prev in EAX */
1:  popl %ebp
    popfl
    popl %edi
    popl %esi
    popl %ebx
    ret
    .size switch_to, . - switch_to

    .section .note.GNU-stack, "", @progbits
