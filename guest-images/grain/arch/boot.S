/*
 * The first instructions. A Multiboot loader enters startup_32 in protected mode without paging,
 * EAX its magic number, EBX the address of what it knows. The kernel is linked at 3 GiB, so until
 * paging is on, every address below is taken down to where the code lies.
 */
#include "asm.h"

#define CR4_PSE 0x10
#define EFLAGS_ID 0x200000
#define CPUID_NEEDED 0x8008 /* in EDX of leaf 1: PSE, CMOV */
#define SERIAL_PORT 0x3f8
#define DEBUG_EXIT 0xf4

#define MULTIBOOT_FLAGS 3 /* modules on page borders, tell the memory's size */
#define PHYSICAL(symbol) (symbol - PAGE_OFFSET)

    .section .multiboot, "ax"
    .align 4
    .long 0x1badb002, MULTIBOOT_FLAGS, -(0x1badb002 + MULTIBOOT_FLAGS)

    .section .text.start, "ax"
    .globl startup_32
startup_32:
    cli
    cld
    movl $PHYSICAL(init_thread_union) + THREAD_SIZE, %esp
    /* The compiler's code has CMOV, the page tables below are of 4 MiB pages. */
    pushfl
    popl %eax
    movl %eax, %ecx
    xorl $EFLAGS_ID, %eax
    pushl %eax
    popfl
    pushfl
    popl %eax
    cmpl %eax, %ecx
    je unsuited                 /* ID stays as it is: no CPUID */
    movl %ebx, %ebp
    movl $1, %eax
    cpuid
    movl %ebp, %ebx
    notl %edx
    testl $CPUID_NEEDED, %edx
    jnz unsuited
    /* swapper_pg_dir: 896 MiB of RAM in 4 MiB pages, twice: where it lies, and from 3 GiB on. */
    movl $PHYSICAL(swapper_pg_dir), %edi
    movl $0x83, %eax            /* present, writable, 4 MiB */
    movl $224, %ecx
1:  movl %eax, (%edi)
    movl %eax, (PAGE_OFFSET >> 20)(%edi)
    addl $4, %edi
    addl $0x400000, %eax
    loop 1b
    movl %cr4, %eax
    orl $CR4_PSE, %eax
    movl %eax, %cr4
    movl $PHYSICAL(swapper_pg_dir), %eax
    movl %eax, %cr3
    movl %cr0, %eax
    orl $0x80010000, %eax       /* PG; WP: the kernel, too, faults on copy-on-write pages */
    movl %eax, %cr0
    movl $2f, %eax
    jmp *%eax
    /* From here on at 3 GiB, on process 0's stack. */
2:  movl $init_thread_union + THREAD_SIZE, %esp
    pushl $0
    popfl
    pushl %ebx
    call start_kernel
    /* It does not return. */

    /* Says what is missing and ends the run, as machine_power_off(1) does. */
unsuited:
    movl $PHYSICAL(unsuited_message), %esi
1:  movl $SERIAL_PORT + 5, %edx
2:  inb (%dx), %al
    testb $0x20, %al            /* the transmitter has room */
    jz 2b
    lodsb
    movl $SERIAL_PORT, %edx
    outb %al, (%dx)
    cmpb $'\n', %al
    jne 1b
    movb $1, %al
    outb %al, $DEBUG_EXIT
3:  hlt
    jmp 3b
unsuited_message:
    .ascii "grain needs a processor with 4 MiB pages and CMOV, a Pentium Pro or later.\r\n"

    .section .data.page, "aw"
    .balign PAGE_SIZE
    .globl swapper_pg_dir, empty_zero_page
swapper_pg_dir:
    .fill 1024, 4, 0
empty_zero_page:
    .fill PAGE_SIZE, 1, 0

    .section .note.GNU-stack, "", @progbits
