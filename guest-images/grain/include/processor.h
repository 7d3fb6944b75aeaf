/* The i386 as the kernel uses it: its special instructions, its tables, what a switch saves. */
#ifndef GRAIN_PROCESSOR_H
#define GRAIN_PROCESSOR_H

#include "abi.h"
#include "asm.h"
#include "types.h"

#define CR0_TS 0x00000008

static inline void outb(u8 value, u16 port)
{
    asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline u8 inb(u16 port)
{
    u8 value;
    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void local_irq_disable(void)
{
    asm volatile("cli" : : : "memory");
}

static inline void local_irq_enable(void)
{
    asm volatile("sti" : : : "memory");
}

static inline unsigned long local_irq_save(void)
{
    unsigned long flags;
    asm volatile("pushfl; popl %0; cli" : "=r"(flags) : : "memory");
    return flags;
}

static inline void local_irq_restore(unsigned long flags)
{
    asm volatile("pushl %0; popfl" : : "r"(flags) : "memory", "cc");
}

static inline int irqs_disabled(void)
{
    unsigned long flags;
    asm volatile("pushfl; popl %0" : "=r"(flags));
    return !(flags & EFLAGS_IF);
}

/* STI takes effect after the next instruction: no interrupt slips in before the HLT. */
static inline void safe_halt(void)
{
    asm volatile("sti; hlt" : : : "memory");
}

static inline void cpu_relax(void)
{
    asm volatile("rep; nop" : : : "memory");
}

static inline unsigned long read_cr0(void)
{
    unsigned long value;
    asm volatile("movl %%cr0, %0" : "=r"(value));
    return value;
}

static inline unsigned long read_cr2(void)
{
    unsigned long value;
    asm volatile("movl %%cr2, %0" : "=r"(value));
    return value;
}

static inline unsigned long read_cr3(void)
{
    unsigned long value;
    asm volatile("movl %%cr3, %0" : "=r"(value));
    return value;
}

static inline void load_cr3(unsigned long physical)
{
    asm volatile("movl %0, %%cr3" : : "r"(physical) : "memory");
}

static inline void invlpg(unsigned long address)
{
    asm volatile("invlpg (%0)" : : "r"(address) : "memory");
}

/* CR0.TS: from here on the next FPU instruction raises #NM. */
static inline void stts(void)
{
    asm volatile("movl %0, %%cr0" : : "r"(read_cr0() | CR0_TS));
}

static inline void clts(void)
{
    asm volatile("clts");
}

static inline void cpuid(u32 leaf, u32 *a, u32 *b, u32 *c, u32 *d)
{
    asm volatile("cpuid" : "=a"(*a), "=b"(*b), "=c"(*c), "=d"(*d) : "0"(leaf), "2"(0));
}

static inline void wrmsr(u32 msr, u32 low, u32 high)
{
    asm volatile("wrmsr" : : "c"(msr), "a"(low), "d"(high));
}

#define set_debugreg(value, number) asm volatile("movl %0, %%db" #number : : "r"(value))
#define get_debugreg(variable, number) asm volatile("movl %%db" #number ", %0" : "=r"(variable))

/* CPUID leaf 1, EDX. */
#define FEATURE_SEP (1 << 11)
#define FEATURE_PGE (1 << 13)
#define FEATURE_FXSR (1 << 24)
extern u32 cpu_features;

/* A segment descriptor or gate, as two words. */
struct desc_struct {
    u32 a, b;
};

extern struct desc_struct gdt_table[GDT_ENTRIES];

#define IO_BITMAP_BYTES 8192
#define IO_BITMAP_NONE 0x8000 /* an offset beyond the segment: no port is permitted */

/*
 * The task state segment (Intel SDM volume 3, section 8.2.1). There is one, and no hardware task
 * switch: the processor only takes SS0:ESP0 from it when it leaves user mode, and the bitmap.
 */
struct tss_struct {
    u32 back_link;
    u32 esp0, ss0, esp1, ss1, esp2, ss2;
    u32 cr3, eip, eflags, eax, ecx, edx, ebx, esp, ebp, esi, edi;
    u32 es, cs, ss, ds, fs, gs, ldt;
    u16 trace, io_bitmap_offset;
    u8 io_bitmap[IO_BITMAP_BYTES + 1];
} __attribute__((packed));

/* What FNSAVE or FXSAVE writes. */
union fpu_state {
    u8 fsave[108];
    u8 fxsave[512];
} __attribute__((aligned(16)));

/* What switch_to and __switch_to keep of a process that does not run. */
struct thread_struct {
    unsigned long esp0; /* where its kernel stack starts when it comes from user mode */
    unsigned long esp;  /* its kernel stack pointer */
    unsigned long eip;  /* where it goes on: label 1 in switch_to, or ret_from_fork */
    unsigned long fs, gs;
    unsigned long debugreg[8];
    struct desc_struct tls_array[GDT_TLS_ENTRIES];
    u8 *io_bitmap;
    unsigned long cr2, trap_no, error_code; /* of its latest trap */
};

static inline int user_mode(const struct pt_regs *regs)
{
    return (regs->xcs & 3) != 0;
}

#endif
