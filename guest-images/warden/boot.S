/*
 * The first instructions: a Multiboot loader enters in protected mode without paging, EBX the address
 * of what it knows. Also the way between the paging modes, which leads through paging switched off.
 */
#define STACK_SIZE 16384
#define CR0_PG 0x80000000
#define MSR_EFER 0xc0000080

    .section .multiboot, "ax"
    .align 4
    .long 0x1badb002, 3, -(0x1badb002 + 3)

    .text
    .globl start
start:
    cli
    cld
    movl $boot_stack + STACK_SIZE, %esp
    pushl $0
    popfl
    pushl %ebx
    call warden
1:  hlt
    jmp 1b

/* void set_paging(uint32_t cr0, uint32_t cr3, uint32_t cr4, int efer): efer < 0 leaves EFER alone.
   Code and stack lie at the same addresses with paging as without. */
    .globl set_paging
set_paging:
    movl %cr0, %eax
    andl $~CR0_PG, %eax
    movl %eax, %cr0
    movl 12(%esp), %eax
    movl %eax, %cr4
    movl 8(%esp), %eax
    movl %eax, %cr3
    movl 16(%esp), %eax
    testl %eax, %eax
    js 1f
    movl $MSR_EFER, %ecx
    xorl %edx, %edx
    wrmsr
1:  movl 4(%esp), %eax
    movl %eax, %cr0
    jmp 2f
2:  ret

    .bss
    .balign 16
boot_stack:
    .fill STACK_SIZE, 1, 0

    .section .note.GNU-stack, "", @progbits
