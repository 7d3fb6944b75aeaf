/*
 * size_t copy_user_generic(void *to, const void *from, size_t n)
 *
 * Copies from or to a program's memory. A fault that the fault handler cannot mend goes on behind
 * the copy: ECX then holds what is left, and that is the result.
 */
    .text
    .globl copy_user_generic
copy_user_generic:
    pushl %edi
    pushl %esi
    movl 12(%esp), %edi
    movl 16(%esp), %esi
    movl 20(%esp), %ecx
1:  rep movsb
2:  movl %ecx, %eax
    popl %esi
    popl %edi
    ret
    .section __ex_table, "a"
    .align 4
    .long 1b, 2b

    .section .note.GNU-stack, "", @progbits
