/* GDT, IDT and TSS, and the page for SYSENTER. */
#include "mm.h"

struct desc_struct gdt_table[GDT_ENTRIES] __attribute__((aligned(8))) = {
    [KERNEL_CS / 8] = {0x0000ffff, 0x00cf9a00}, /* 4 GiB from 0, code, level 0 */
    [KERNEL_DS / 8] = {0x0000ffff, 0x00cf9200}, /* data */
    [USER_CS / 8] = {0x0000ffff, 0x00cffa00},   /* the same for level 3 */
    [USER_DS / 8] = {0x0000ffff, 0x00cff200},
};

static struct desc_struct idt_table[256] __attribute__((aligned(8)));

/* An exception at sysenter_entry's first instruction still runs on the TSS's address as stack. */
static struct {
    u32 emergency_stack[64];
    struct tss_struct tss;
} tss_area __attribute__((aligned(16)));
struct tss_struct *const init_tss = &tss_area.tss;

u32 cpu_features;

struct table_register {
    u16 limit;
    unsigned long base;
} __attribute__((packed));

#define MSR_SYSENTER_CS 0x174
#define MSR_SYSENTER_ESP 0x175
#define MSR_SYSENTER_EIP 0x176

#define GATE_INTERRUPT 0x8e00 /* clears IF */
#define GATE_TRAP 0x8f00
#define GATE_SYSTEM 0xef00    /* a trap gate that programs may use with INT n */
#define GATE_SYSTEM_INTERRUPT 0xee00

static void set_gate(int vector, int type, void (*handler)(void))
{
    unsigned long address = (unsigned long)handler;
    idt_table[vector].a = (KERNEL_CS << 16) | (address & 0xffff);
    idt_table[vector].b = (address & 0xffff0000) | type;
}

/* The entry points in entry.S, in the order of their vectors. */
#define ENTRY(name) extern void name(void)
ENTRY(divide_error);
ENTRY(debug);
ENTRY(nmi);
ENTRY(int3);
ENTRY(overflow);
ENTRY(bounds);
ENTRY(invalid_op);
ENTRY(device_not_available);
ENTRY(double_fault);
ENTRY(invalid_TSS);
ENTRY(segment_not_present);
ENTRY(stack_segment);
ENTRY(general_protection);
ENTRY(page_fault);
ENTRY(coprocessor_error);
ENTRY(alignment_check);
ENTRY(simd_coprocessor_error);
ENTRY(system_call);
ENTRY(sysenter_entry);
extern void (*const interrupt[16])(void);

void desc_init(void)
{
    struct table_register gdt = {sizeof(gdt_table) - 1, (unsigned long)gdt_table};
    unsigned long base = (unsigned long)init_tss;
    struct desc_struct *tss = &gdt_table[TSS_SELECTOR / 8];

    init_tss->ss0 = KERNEL_DS;
    init_tss->esp0 = (unsigned long)&init_thread_union + THREAD_SIZE;
    init_tss->io_bitmap_offset = IO_BITMAP_NONE;
    memset(init_tss->io_bitmap, 0xff, sizeof(init_tss->io_bitmap));
    tss->a = (base << 16) | (sizeof(struct tss_struct) - 1);
    tss->b = (base & 0xff000000) | 0x8900 | ((base >> 16) & 0xff);
    asm volatile("lgdt %0; ljmp %1, $1f; 1:\n\t"
                 "movl %2, %%ds; movl %2, %%es; movl %3, %%ss\n\t"
                 "movl %4, %%fs; movl %4, %%gs; ltr %w5"
                 :
                 : "m"(gdt), "i"(KERNEL_CS), "r"(USER_DS), "r"(KERNEL_DS), "r"(0),
                   "r"(TSS_SELECTOR)
                 : "memory");
}

void trap_init(void)
{
    struct table_register idt = {sizeof(idt_table) - 1, (unsigned long)idt_table};

    set_gate(0, GATE_TRAP, divide_error);
    set_gate(1, GATE_INTERRUPT, debug);
    set_gate(2, GATE_INTERRUPT, nmi);
    set_gate(3, GATE_SYSTEM_INTERRUPT, int3);
    set_gate(4, GATE_SYSTEM, overflow);
    set_gate(5, GATE_SYSTEM, bounds);
    set_gate(6, GATE_TRAP, invalid_op);
    set_gate(7, GATE_INTERRUPT, device_not_available);
    set_gate(8, GATE_INTERRUPT, double_fault);
    set_gate(10, GATE_TRAP, invalid_TSS);
    set_gate(11, GATE_TRAP, segment_not_present);
    set_gate(12, GATE_TRAP, stack_segment);
    set_gate(13, GATE_TRAP, general_protection);
    set_gate(14, GATE_INTERRUPT, page_fault); /* CR2 is read before another fault overwrites it */
    set_gate(16, GATE_TRAP, coprocessor_error);
    set_gate(17, GATE_TRAP, alignment_check);
    set_gate(19, GATE_TRAP, simd_coprocessor_error);
    for (int line = 0; line < 16; line++)
        set_gate(0x20 + line, GATE_INTERRUPT, interrupt[line]);
    set_gate(0x80, GATE_SYSTEM, system_call);
    asm volatile("lidt %0" : : "m"(idt));
}

/* The way in by SYSENTER, if the processor has it; else int $0x80 stands in the same place. */
static void sysenter_setup(void)
{
    extern const u8 vsyscall_start[], vsyscall_end[];
    static const u8 slow[] = {0xcd, 0x80, 0xc3}; /* int $0x80; ret */
    unsigned long *table = get_zeroed_page();
    void *page = get_zeroed_page();

    table[(VSYSCALL_BASE >> 12) & 0x3ff] = pa(page) | PTE_PRESENT | PTE_USER;
    swapper_pg_dir[VSYSCALL_BASE >> 22] = pa(table) | PTE_PRESENT | PTE_RW | PTE_USER;
    if (!(cpu_features & FEATURE_SEP)) {
        memcpy(page, slow, sizeof(slow));
        return;
    }
    memcpy(page, vsyscall_start, vsyscall_end - vsyscall_start);
    wrmsr(MSR_SYSENTER_CS, KERNEL_CS, 0);
    wrmsr(MSR_SYSENTER_ESP, (unsigned long)init_tss, 0);
    wrmsr(MSR_SYSENTER_EIP, (unsigned long)sysenter_entry, 0);
}

void cpu_init(void)
{
    u32 a, b, c;

    cpuid(1, &a, &b, &c, &cpu_features);
    /* The identity mapping has served: from here on, low addresses belong to processes. */
    memset(swapper_pg_dir, 0, USER_PGDS * sizeof(swapper_pg_dir[0]));
    for (int i = USER_PGDS; i < PGD_SIZE; i++) {
        if (swapper_pg_dir[i])
            swapper_pg_dir[i] |= PTE_GLOBAL;
    }
    load_cr3(pa(swapper_pg_dir));
    if (cpu_features & FEATURE_PGE)
        asm volatile("movl %%cr4, %%eax; orl $0x80, %%eax; movl %%eax, %%cr4" : : : "eax");
    fpu_init();
    sysenter_setup();
}
