/*
 * Constants that C and assembler share. offsets.c holds the structure offsets below against the
 * structures themselves, so a wrong one does not compile.
 */
#ifndef GRAIN_ASM_H
#define GRAIN_ASM_H

/* The kernel sees all of RAM from here on; below it lies the current process. */
#define PAGE_OFFSET 0xc0000000
#define TASK_SIZE PAGE_OFFSET
#define PAGE_SIZE 4096
#define PAGE_MASK (~(PAGE_SIZE - 1))
/* A process's kernel stack, aligned to its size, with its thread_info at the low end. */
#define THREAD_SIZE 8192

/* Selectors. SYSENTER and SYSEXIT want kernel code, kernel data, user code, user data in a row. */
#define GDT_ENTRIES 32
#define GDT_TLS_MIN 6
#define GDT_TLS_ENTRIES 3
#define KERNEL_CS 0x60
#define KERNEL_DS 0x68
#define USER_CS 0x73
#define USER_DS 0x7b
#define TSS_SELECTOR 0x80

#define EFLAGS_TF 0x00000100
#define EFLAGS_IF 0x00000200

/* pt_regs */
#define EBX 0x00
#define ECX 0x04
#define EDX 0x08
#define ESI 0x0c
#define EDI 0x10
#define EBP 0x14
#define EAX 0x18
#define DS 0x1c
#define ES 0x20
#define ORIG_EAX 0x24
#define EIP 0x28
#define CS 0x2c
#define EFLAGS 0x30
#define OLDESP 0x34
#define OLDSS 0x38

/* thread_info */
#define TI_TASK 0
#define TI_FLAGS 4
#define TI_PRE_COUNT 12

#define TIF_SIGPENDING 1
#define TIF_NEED_RESCHED 2
/* What keeps a return to user mode from being direct. */
#define TIF_WORK_MASK 3

/* task_struct */
#define TASK_THREAD_ESP 20
#define TASK_THREAD_EIP 24

#endif
