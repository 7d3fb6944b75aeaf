/*
 * The first instructions. A Multiboot loader enters startup_32 in protected mode without paging,
 * EAX its magic number, EBX the address of what it knows. The kernel is linked at 3 GiB, so until
 * paging is on, every address below is taken down to where the code lies.
 */
#include "asm.h"

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
    orl $0x10, %eax             /* PSE */
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

    .section .data.page, "aw"
    .balign PAGE_SIZE
    .globl swapper_pg_dir, empty_zero_page
swapper_pg_dir:
    .fill 1024, 4, 0
empty_zero_page:
    .fill PAGE_SIZE, 1, 0

    .section .note.GNU-stack, "", @progbits
