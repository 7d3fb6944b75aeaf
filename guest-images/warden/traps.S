/*
 * Into the state that `in` describes, and back out of it with the first exception or interrupt,
 * whose state is then in `trap`.
 */
#include "frame.h"

#define EFLAGS_VM 0x20000

    .text
/* void enter(void): returns when `trapped` says so. */
    .globl enter
enter:
    pushl %ebp
    pushl %ebx
    pushl %esi
    pushl %edi
    movl %esp, kernel_esp
again:
    testl $EFLAGS_VM, in + FRAME_EFLAGS
    jnz 1f
    testb $3, in + FRAME_CS
    jnz 2f
    /* Ring 0: IRET takes its frame from the stack that it leaves behind. */
    lss in + FRAME_ESP, %esp
    jmp 3f
1:  pushl in + FRAME_GS
    pushl in + FRAME_FS
    pushl in + FRAME_DS
    pushl in + FRAME_ES
2:  pushl in + FRAME_SS
    pushl in + FRAME_ESP
3:  pushl in + FRAME_EFLAGS
    pushl in + FRAME_CS
    pushl in + FRAME_EIP
    movl in + FRAME_EDI, %edi
    movl in + FRAME_ESI, %esi
    movl in + FRAME_EBP, %ebp
    movl in + FRAME_EBX, %ebx
    movl in + FRAME_EDX, %edx
    movl in + FRAME_ECX, %ecx
    movl in + FRAME_EAX, %eax
    testl $EFLAGS_VM, in + FRAME_EFLAGS
    jnz 4f
    movw in + FRAME_GS, %gs
    movw in + FRAME_FS, %fs
    movw in + FRAME_ES, %es
    movw in + FRAME_DS, %ds
4:  iretl

/* A stub for each vector, 16 bytes apart; those without an error code push a 0 in its place. */
    .balign 16
    .globl trap_stubs
trap_stubs:
    .set vector, 0
    .rept 256
    .balign 16
    .if (vector != 8) && (vector != 10) && (vector != 11) && (vector != 12) && (vector != 13) && (vector != 14) && (vector != 17)
    pushl $0
    .endif
    pushl $vector
    jmp common
    .set vector, vector + 1
    .endr

/* The stack may be any, so it is only popped from. */
common:
    pushl %eax
    pushl %ds
    movw $KERNEL_DATA, %ax
    movw %ax, %ds
    popl trap + FRAME_DS
    popl trap + FRAME_EAX
    popl trap + FRAME_VECTOR
    popl trap + FRAME_ERROR
    popl trap + FRAME_EIP
    popl trap + FRAME_CS
    popl trap + FRAME_EFLAGS
    movl %edi, trap + FRAME_EDI
    movl %esi, trap + FRAME_ESI
    movl %ebp, trap + FRAME_EBP
    movl %ebx, trap + FRAME_EBX
    movl %edx, trap + FRAME_EDX
    movl %ecx, trap + FRAME_ECX
    movw %es, trap + FRAME_ES
    movw %fs, trap + FRAME_FS
    movw %gs, trap + FRAME_GS
    movl %esp, trap + FRAME_ESP
    movw %ss, trap + FRAME_SS
    testl $EFLAGS_VM, trap + FRAME_EFLAGS
    jnz 1f
    testb $3, trap + FRAME_CS
    jz 2f
    popl trap + FRAME_ESP
    popl trap + FRAME_SS
    jmp 2f
1:  /* What the handler finds in its segment registers is kept in `vm_handler_segments`. */
    movl %esp, %ebp
    movw trap + FRAME_DS, %ax
    orw trap + FRAME_ES, %ax
    orw trap + FRAME_FS, %ax
    orw trap + FRAME_GS, %ax
    movw %ax, vm_handler_segments
    popl trap + FRAME_ESP
    popl trap + FRAME_SS
    popl trap + FRAME_ES
    popl trap + FRAME_DS
    popl trap + FRAME_FS
    popl trap + FRAME_GS
2:  movw $KERNEL_DATA, %ax
    movw %ax, %ss
    movl kernel_esp, %esp
back:
    movw %ax, %es
    movw %ax, %fs
    movw %ax, %gs
    cld
    call trapped
    testl %eax, %eax
    jnz again
    popl %edi
    popl %esi
    popl %ebx
    popl %ebp
    ret

/* Where the tasks begin that task gates lead to: EAX the vector, EBX whether there is an error code.
   What the interrupted task was doing is in its TSS. */
    .globl task_entry
task_entry:
    movl %eax, trap + FRAME_VECTOR
    movl %esp, task_esp
    movl $0, trap + FRAME_ERROR
    testl %ebx, %ebx
    jz 1f
    popl trap + FRAME_ERROR
1:  movl kernel_esp, %esp
    pushfl
    popl task_eflags
    pushl $2                    /* NT off */
    popfl
    call leave_task
    movw $KERNEL_DATA, %ax
    jmp back

    .bss
    .balign 4
kernel_esp:
    .long 0

    .section .note.GNU-stack, "", @progbits
