/* A program's first instructions, and the ways into the kernel. */
#include "abi.h"

    .text
    .globl _start
_start:
    xorl %ebp, %ebp
    movl %esp, %eax
    leal 4(%eax), %edx          /* argv */
    movl (%eax), %ecx           /* argc */
    leal 8(%eax,%ecx,4), %eax   /* envp */
    andl $-16, %esp
    pushl %eax
    pushl %edx
    pushl %ecx
    call main
    pushl %eax
    call exit

/* long syscall(long number, a, b, c, d, e, f): by int $0x80. */
    .globl syscall
syscall:
    pushl %ebx
    pushl %esi
    pushl %edi
    pushl %ebp
    movl 20(%esp), %eax
    movl 24(%esp), %ebx
    movl 28(%esp), %ecx
    movl 32(%esp), %edx
    movl 36(%esp), %esi
    movl 40(%esp), %edi
    movl 44(%esp), %ebp
    int $0x80
    popl %ebp
    popl %edi
    popl %esi
    popl %ebx
    ret

/* The same by SYSENTER, through the kernel's page. */
    .globl syscall_fast
syscall_fast:
    pushl %ebx
    pushl %esi
    pushl %edi
    pushl %ebp
    movl 20(%esp), %eax
    movl 24(%esp), %ebx
    movl 28(%esp), %ecx
    movl 32(%esp), %edx
    movl 36(%esp), %esi
    movl 40(%esp), %edi
    movl 44(%esp), %ebp
    pushl $1f
    pushl $VSYSCALL_BASE
    ret
1:  popl %ebp
    popl %edi
    popl %esi
    popl %ebx
    ret

/* long vfork(void): the return address must not be on the stack that the child shares. */
    .globl vfork
vfork:
    popl %ecx
    movl $NR_vfork, %eax
    int $0x80
    pushl %ecx
    ret

/*
 * long clone(flags, stack, parent_tid, tls, child_tid, fn, arg): on a stack of its own, which may
 * not be NULL, the child calls fn(arg) and exits with its result.
 */
    .globl clone
clone:
    pushl %ebx
    pushl %esi
    pushl %edi
    pushl %ebp
    movl 24(%esp), %ecx
    subl $8, %ecx
    movl 40(%esp), %eax
    movl %eax, (%ecx)           /* fn */
    movl 44(%esp), %eax
    movl %eax, 4(%ecx)          /* arg */
    movl 20(%esp), %ebx
    movl 28(%esp), %edx
    movl 32(%esp), %esi
    movl 36(%esp), %edi
    movl $NR_clone, %eax
    int $0x80
    testl %eax, %eax
    jz 1f
    popl %ebp
    popl %edi
    popl %esi
    popl %ebx
    ret
1:  xorl %ebp, %ebp
    popl %eax
    call *%eax
    movl %eax, %ebx
    movl $NR_exit, %eax
    int $0x80
    hlt

/* Where signal handlers return to. */
    .globl restorer
restorer:
    movl $NR_sigreturn, %eax
    int $0x80

    .section .note.GNU-stack, "", @progbits
