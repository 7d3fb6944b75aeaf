/* The tables of descriptors, and the task state segments. */
#include "warden.h"

struct tss32 main_tss, double_fault_tss, other_tss;
struct tss16 small_tss;
uint64_t gdt[64], idt[256], ldt[16];
extern const uint8_t trap_stubs[], task_entry[];
static uint8_t double_fault_stack[1024] __attribute__((aligned(16)));

static uint64_t *place(uint32_t selector) {
  return &(selector & 4 ? ldt : gdt)[selector >> 3];
}

void set_segment(uint32_t selector, uint32_t base, uint32_t limit, uint32_t attributes) {
  const uint32_t low = (limit & 0xffff) | base << 16;
  const uint32_t high =
      (base & 0xff000000) | (limit & 0xf0000) | (attributes & 0xf0ff) << 8 | (base >> 16 & 0xff);
  *place(selector) = (uint64_t)high << 32 | low;
}

static uint64_t gate(uint32_t target, uint32_t offset, uint32_t attributes) {
  const uint32_t low = (offset & 0xffff) | target << 16;
  const uint32_t high = (offset & 0xffff0000) | (attributes & 0xff) << 8 | (attributes >> 8 & 31);
  return (uint64_t)high << 32 | low;
}

/* Bits 8 to 12 of the attributes are the count of parameters. */
void set_gate(uint32_t selector, uint32_t target, uint32_t offset, uint32_t attributes) {
  *place(selector) = gate(target, offset, attributes);
}

void set_idt_gate(uint32_t vector, uint32_t target, uint32_t offset, uint32_t access) {
  idt[vector] = gate(target, offset, access);
}

uint8_t access_byte(uint32_t selector) { return *place(selector) >> 40; }

void set_access_byte(uint32_t selector, uint8_t access) {
  ((uint8_t *)place(selector))[5] = access;
}

struct pointer {
  uint16_t limit;
  uint32_t base;
} __attribute__((packed));

void load_idt(uint32_t base, uint32_t limit) {
  const struct pointer pointer = {limit, base};
  asm volatile("lidt %0" : : "m"(pointer));
}

void load_gdt(uint32_t limit) {
  const struct pointer pointer = {limit, (uint32_t)gdt};
  asm volatile("lgdt %0" : : "m"(pointer) : "memory");
}

void load_ldt(uint32_t selector) { asm volatile("lldt %w0" : : "r"(selector) : "memory"); }

void load_task(uint32_t selector) { asm volatile("ltr %w0" : : "r"(selector) : "memory"); }

void install_ldt(void) {
  set_segment(LDT, (uint32_t)ldt, sizeof ldt - 1, LDT_TYPE);
  load_ldt(LDT);
}

void set_task(struct tss32 *tss, const void *code, uint32_t ring) {
  static const uint16_t codes[] = {KERNEL_CODE, RING1_CODE, RING2_CODE, USER_CODE};
  memset(tss, 0, sizeof *tss);
  tss->esp0 = (uint32_t)trap_stack + sizeof trap_stack;
  tss->ss0 = KERNEL_DATA;
  tss->esp1 = tss->esp2 = KERNEL_STACK_TOP;
  tss->ss1 = RING1_DATA;
  tss->ss2 = RING2_DATA;
  tss->cr3 = (uint32_t)page_directory;
  tss->eip = (uint32_t)code;
  tss->eflags = 2;
  tss->cs = codes[ring];
  tss->es = tss->ss = tss->ds = tss->fs = tss->gs = codes[ring] + 8;
  tss->esp = KERNEL_STACK_TOP;
  tss->io_map = offsetof(struct tss32, io_bits);
  memset(tss->redirection, 0xff, sizeof tss->redirection + sizeof tss->io_bits);
}

static void set_flat(uint32_t code, uint32_t level) {
  set_segment(code, 0, 0xfffff, CODE_READABLE | DPL(level) | FLAT);
  set_segment(code + 8, 0, 0xfffff, DATA | DPL(level) | FLAT);
}

void descriptors_reset(void) {
  memset(gdt, 0, sizeof gdt);
  memset(ldt, 0, sizeof ldt);
  set_flat(KERNEL_CODE, 0);
  set_flat(RING1_CODE, 1);
  set_flat(RING2_CODE, 2);
  set_flat(USER_CODE, 3);
  set_segment(MAIN_TSS, (uint32_t)&main_tss, sizeof main_tss - 1, TSS32);
  set_segment(DOUBLE_FAULT_TSS, (uint32_t)&double_fault_tss, sizeof double_fault_tss - 1, TSS32);
  set_task(&main_tss, NULL, 0);
  set_task(&other_tss, NULL, 0);
  memset(&small_tss, 0, sizeof small_tss);
  set_task(&double_fault_tss, task_entry, 0);
  double_fault_tss.esp = (uint32_t)double_fault_stack + sizeof double_fault_stack;
  double_fault_tss.eax = DF;
  double_fault_tss.ebx = 1;
  for (uint32_t vector = 0; vector < 256; vector++)
    set_idt_gate(vector, KERNEL_CODE, (uint32_t)trap_stubs + 16 * vector, INTERRUPT_GATE);
  set_idt_gate(BP, KERNEL_CODE, (uint32_t)trap_stubs + 16 * BP, INTERRUPT_GATE | DPL(3));
  set_idt_gate(OF, KERNEL_CODE, (uint32_t)trap_stubs + 16 * OF, INTERRUPT_GATE | DPL(3));
  set_idt_gate(DONE, KERNEL_CODE, (uint32_t)trap_stubs + 16 * DONE, INTERRUPT_GATE | DPL(3));
  set_idt_gate(DF, DOUBLE_FAULT_TSS, 0, TASK_GATE);
  load_gdt(sizeof gdt - 1);
  load_idt((uint32_t)idt, sizeof idt - 1);
  load_ldt(0);
  load_task(MAIN_TSS);
}
