/* What all files share. */
#ifndef WARDEN_H
#define WARDEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"

/* ---- processor */

enum { DE = 0, DB = 1, BP = 3, OF = 4, BR = 5, UD = 6, NM = 7, DF = 8, TS = 10, NP = 11, SS = 12, GP = 13, PF = 14, AC = 17 };

/* The interrupt by which code says that it came to its end. */
#define DONE 0x80

#define EFLAGS_CF 0x1
#define EFLAGS_ZF 0x40
#define EFLAGS_TF 0x100
#define EFLAGS_IF 0x200
#define EFLAGS_DF 0x400
#define EFLAGS_IOPL(level) ((level) << 12)
#define EFLAGS_NT 0x4000
#define EFLAGS_RF 0x10000
#define EFLAGS_VM 0x20000
#define EFLAGS_VIF 0x80000
#define EFLAGS_VIP 0x100000

#define CR0_PE 0x1
#define CR0_EM 0x4
#define CR0_TS 0x8
#define CR0_NE 0x20
#define CR0_WP 0x10000
#define CR0_PG 0x80000000u

#define CR4_VME 0x1
#define CR4_PVI 0x2
#define CR4_DE 0x8
#define CR4_PSE 0x10
#define CR4_PAE 0x20
#define CR4_PGE 0x80
#define CR4_OSFXSR 0x200

/* CPUID leaf 1, EDX. */
#define CPUID_VME (1 << 1)
#define CPUID_DE (1 << 2)
#define CPUID_PSE (1 << 3)
#define CPUID_PAE (1 << 6)
#define CPUID_CX8 (1 << 8)
#define CPUID_PGE (1 << 13)
#define CPUID_FXSR (1 << 24)

#define CONTROL_REGISTER(name)                                                  \
  static inline uint32_t read_##name(void) {                                     \
    uint32_t value;                                                              \
    asm volatile("movl %%" #name ", %0" : "=r"(value) : : "memory");              \
    return value;                                                                \
  }                                                                              \
  static inline void write_##name(uint32_t value) {                              \
    asm volatile("movl %0, %%" #name : : "r"(value) : "memory");                  \
  }
CONTROL_REGISTER(cr0)
CONTROL_REGISTER(cr2)
CONTROL_REGISTER(cr3)
CONTROL_REGISTER(cr4)
CONTROL_REGISTER(dr0)
CONTROL_REGISTER(dr1)
CONTROL_REGISTER(dr2)
CONTROL_REGISTER(dr3)
CONTROL_REGISTER(dr6)
CONTROL_REGISTER(dr7)

static inline void invalidate(uint32_t linear) {
  asm volatile("invlpg (%0)" : : "r"(linear) : "memory");
}
static inline void out8(uint16_t port, uint8_t value) {
  asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}
static inline uint8_t in8(uint16_t port) {
  uint8_t value;
  asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

/* Features of leaf 1 in EDX; whether leaf 0x80000001 has NX. */
extern uint32_t features;
extern bool has_nx;

/* ---- console.c: items and what is said of them */

void print(const char *format, ...); /* %s, %u, %x (eight digits), %h (as short as it is) */
void subject(const char *name);
void item(const char *name);    /* Ends the item before. */
void skipped(const char *name); /* An item that this processor has no use for. */
int conclude(void);             /* Ends the last item; how many failed. */

/* Each fails the item, and says why, unless: */
void fault(uint32_t vector, uint32_t error); /* the code's marked instruction raised that */
void fault_at(uint32_t vector, uint32_t error, uint32_t eip);
void done(void); /* the code came to its end */
void equal(const char *what, uint32_t expected, uint32_t was);

/* ---- traps.c: running code and catching what it raises */

struct frame {
  uint32_t gs, fs, es, ds, edi, esi, ebp, ebx, edx, ecx, eax;
  uint32_t eip, cs, eflags, esp, ss;
  uint32_t vector, error;
  uint32_t dr7; /* in force while the code runs; what it left there */
  /* In `trap` only: */
  uint32_t cr0, cr2, cr3, dr6, tr, ldtr, main_access;
  bool by_task; /* a task gate led out: the registers are those that the TSS was left with */
};

/* What is entered, and what came out. */
extern struct frame in, trap;

/* RF is set in the image that a fault pushes, whoever raised it: volume 3B, section 18.3.1.1. */
#define TRAP_FLAGS (trap.eflags & ~(uint32_t)EFLAGS_RF)

/* Called for what comes out, if not null: true enters `in` again. */
extern bool (*hook)(void);

extern uint32_t task_esp, task_eflags; /* of the task that a task gate led to, as it began */
extern uint16_t vm_handler_segments;   /* DS to GS of a handler entered from virtual-8086 mode, ORed */

void traps_init(void);
void enter(void);
void fresh(void);       /* All as it was in the beginning: descriptors, page tables, `in`. */
void kernel_mode(void); /* Makes `in` flat ring 0 ... */
void user_mode(void);   /* ... flat ring 3 ... */
void v86_mode(uint32_t iopl); /* ... or virtual-8086 mode, code at V86_CODE, stack at V86_STACK. */
void run(void);         /* Enters the code named last, in `in`'s registers. */
void run_at(uint32_t eip); /* The same, in a segment that has it there. */
void run_v86(void);        /* The same, copied to V86_CODE. */
void resume(void);         /* Enters once more what came out. */
uint32_t landing(void);    /* The address of 8 KiB of INT3: where code should not get to. */

#define V86_CODE 0x10000u
#define V86_STACK 0x20000u
#define V86_DATA 0x30000u
#define USER_STACK_TOP ((uint32_t)user_stack + sizeof user_stack)
#define KERNEL_STACK_TOP ((uint32_t)kernel_stack + sizeof kernel_stack)
extern uint8_t user_stack[4096], kernel_stack[4096], trap_stack[4096];

/*
 * CODE("first; " AT "second") puts instructions aside and names them as what to run; AT marks the one
 * that is expected to raise something, the first if there is no AT. They end with INT 80h.
 */
extern const uint8_t *volatile code_start, *volatile code_mark, *volatile code_end;
#define AT "\n9872: "
#define CODE(text)                                                              \
  asm volatile(".pushsection .text.items, \"ax\"\n"                              \
               ".balign 16\n 9872: 9871: " text "\n .code32\n int $0x80\n 9873:\n .popsection\n" \
               " movl $9871b, code_start\n movl $9872b, code_mark\n movl $9873b, code_end")
#define RUN(text) ({ CODE(text); run(); })
#define RUN_V86(text) ({ CODE(".code16\n" text); run_v86(); })
#define MARK ((uint32_t)code_mark)

/* A constant's name, as text for CODE. */
#define TEXT(constant) TEXT_OF(constant)
#define TEXT_OF(text) #text

/* The INT 80h at the code's end. */
#define END ((uint32_t)code_end - 2)

/* ---- descriptors.c */

/* Selectors that are always there, and those that items set. */
#define USER_CODE 0x1b
#define USER_DATA 0x23
#define MAIN_TSS 0x28
#define DOUBLE_FAULT_TSS 0x30
#define RING1_CODE 0x39
#define RING1_DATA 0x41
#define RING2_CODE 0x4a
#define RING2_DATA 0x52
#define LDT 0x58
#define SPARE(n) (0x80 + 8 * (n)) /* n < 16 */
#define IN_LDT(n) (8 * (n) + 4)

/* Access bytes; DPL(n) is added. */
#define PRESENT 0x80
#define DPL(level) ((level) << 5)
#define DATA_READ_ONLY 0x90
#define DATA 0x92
#define DATA_DOWN 0x96
#define CODE_ONLY 0x98 /* execute-only */
#define CODE_READABLE 0x9a
#define CODE_CONFORMING 0x9e
#define ACCESSED 0x01
#define TSS16 0x81
#define LDT_TYPE 0x82
#define CALL_GATE16 0x84
#define TASK_GATE 0x85
#define TSS32 0x89
#define TSS_BUSY 0x02
#define CALL_GATE32 0x8c
#define INTERRUPT_GATE 0x8e
#define TRAP_GATE 0x8f
#define BIG 0x4000      /* D or B */
#define GRANULAR 0x8000 /* the limit counts pages */
#define FLAT (BIG | GRANULAR)

struct tss32 {
  uint32_t link, esp0, ss0, esp1, ss1, esp2, ss2, cr3, eip, eflags;
  uint32_t eax, ecx, edx, ebx, esp, ebp, esi, edi, es, cs, ss, ds, fs, gs, ldt;
  uint16_t trap, io_map;
  uint8_t redirection[32];
  uint8_t io_bits[129]; /* ports to 3FFh, and the byte of ones behind */
} __attribute__((packed));

struct tss16 {
  uint16_t link, sp0, ss0, sp1, ss1, sp2, ss2, ip, flags;
  uint16_t ax, cx, dx, bx, sp, bp, si, di, es, cs, ss, ds, ldt;
} __attribute__((packed));

extern struct tss32 main_tss, double_fault_tss, other_tss;
extern struct tss16 small_tss;
extern uint64_t gdt[64], idt[256], ldt[16];

void descriptors_reset(void);
void set_segment(uint32_t selector, uint32_t base, uint32_t limit, uint32_t attributes);
void set_gate(uint32_t selector, uint32_t target, uint32_t offset, uint32_t attributes);
void set_idt_gate(uint32_t vector, uint32_t target, uint32_t offset, uint32_t access);
void set_task(struct tss32 *tss, const void *code, uint32_t ring); /* Fills a TSS. */
void install_ldt(void); /* LDT names the table `ldt`, and is loaded. */
uint8_t access_byte(uint32_t selector);
void set_access_byte(uint32_t selector, uint8_t access);
void load_idt(uint32_t base, uint32_t limit);
void load_gdt(uint32_t limit);
void load_ldt(uint32_t selector);
void load_task(uint32_t selector);

/* ---- pages.c: all of RAM at its own address, and a window to play in */

#define PAGE_P 0x1
#define PAGE_W 0x2
#define PAGE_U 0x4
#define PAGE_A 0x20
#define PAGE_D 0x40
#define PAGE_S 0x80 /* 4 or 2 MiB */
#define PAGE_G 0x100
#define PAGE_ALL (PAGE_P | PAGE_W | PAGE_U)

/* Bits of a page fault's error code. */
#define PF_PRESENT 1
#define PF_WRITE 2
#define PF_USER 4
#define PF_RESERVED 8
#define PF_FETCH 16

#define WINDOW 0x40000000
#define WINDOW_PAGES 8
#define W(page) (WINDOW + 4096u * (page))

extern uint32_t kernel_cr3; /* what CR3 is when nothing is run */
extern uint32_t page_directory[1024], window_table[1024];
extern uint8_t arena[WINDOW_PAGES][4096]; /* the window's pages, by their own address */

void pages_init(void);
void pages_reset(void); /* The window shows the arena, everything is allowed. */
void unmap(int page);
void map(int page);
void set_page(int page, uint32_t entry);

/* ---- restart.c: instructions that fault half way, and are done again */

#define PROGRESS 1    /* the registers at the fault are checked by the item, in `faulted` */
#define PAGE_ONLY 2   /* which byte of the page faults is left to the processor */
#define OWN_MEMORY 4  /* the fault itself leaves traces in the window */
#define UNTOUCHED 8   /* at the fault nothing is written */

extern struct frame faulted;

void begin(const char *name); /* An item in ring 3, with numbers in the registers and the window. */

/*
 * Runs the code named last: once through; with a page missing, which has to raise a
 * page fault and leave the registers alone; and again, with the page there. It has to end as it did
 * the first time. Where the fault is a write, the same with a page that is read-only.
 */
void restarts(int missing, uint32_t error, uint32_t cr2, unsigned how);

/* ---- the subjects */

void tasks(void), bad_tasks(void), segments(void), gates(void), returns(void), v86(void), vme(void), debug(void), nested(void);
void page_faults(void), page_faults_system(void), paging(void), pae(void), code(void);

void set_paging(uint32_t cr0, uint32_t cr3, uint32_t cr4, int efer);
void *memset(void *to, int value, size_t length);
void *memcpy(void *to, const void *from, size_t length);
int memcmp(const void *one, const void *other, size_t length);

#endif
