/*
 * An exception while another is delivered: Intel SDM volume 3A, section 6.15, interrupt 8 (table 6-5).
 * #DE, #TS, #NP, #SS and #GP are contributory; error codes on the way have EXT set (section 6.13).
 */
#include "warden.h"

#define EXT 1
#define IN_IDT 2

extern const uint8_t trap_stubs[], task_entry[];

static void absent(uint32_t vector) {
  set_idt_gate(vector, KERNEL_CODE, 0, INTERRUPT_GATE & ~PRESENT);
}

/* #DF by an interrupt gate in place of the task gate. */
static void plain_double_fault(void) {
  set_idt_gate(DF, KERNEL_CODE, (uint32_t)trap_stubs + 16 * DF, INTERRUPT_GATE);
}

/* The IDT's entries before `vector` in one page of the window, from there on in the next. */
static void split_idt(uint32_t vector) {
  const uint32_t base = W(1) - 8 * vector;
  memcpy((void *)base, idt, sizeof idt);
  load_idt(base, sizeof idt - 1);
}

static void contributory(void) {
  item("#GP without a handler is #DF(0) at the instruction");
  plain_double_fault();
  absent(GP);
  in.eax = 0x1000;
  RUN("nop\n" AT "movw %ax, %ss");
  fault(DF, 0);

  item("#DE without a handler is #DF");
  plain_double_fault();
  absent(DE);
  RUN("xorl %ecx, %ecx\n" AT "divl %ecx");
  fault(DF, 0);

  item("#NP, #SS and #TS without a handler are #DF");
  plain_double_fault();
  absent(NP);
  absent(SS);
  absent(TS);
  set_segment(SPARE(0), 0, 0xfffff, (DATA & ~PRESENT) | FLAT);
  in.eax = SPARE(0);
  RUN("movw %ax, %ds");
  fault(DF, 0);
  RUN("movw %ax, %ss");
  fault(DF, 0);
  in.eflags |= EFLAGS_NT;
  main_tss.link = KERNEL_DATA;
  RUN("iretl");
  fault(DF, 0);

  item("#GP whose handler's code is bad is #DF");
  plain_double_fault();
  set_idt_gate(GP, KERNEL_DATA, 0, INTERRUPT_GATE);
  in.eax = 0x1000;
  RUN("movw %ax, %ds");
  fault(DF, 0);

  item("#GP of ring 3 without an inner stack is #DF by its task");
  user_mode();
  main_tss.ss0 = 0;
  RUN("hlt");
  fault(DF, 0);
  equal("by a task", 1, trap.by_task);
  equal("CS", USER_CODE, trap.cs);
  equal("ESP", in.esp, trap.esp);

  item("#GP beyond the IDT's limit is #DF");
  plain_double_fault();
  load_idt((uint32_t)idt, 8 * GP - 1);
  in.eax = 0x1000;
  RUN("movw %ax, %ds");
  fault(DF, 0);
}

static void benign(void) {
  item("#UD without a handler is #NP of the gate, with EXT");
  absent(UD);
  RUN("ud2");
  fault(NP, 8 * UD + IN_IDT + EXT);

  item("#UD without a gate is #GP, with EXT");
  set_idt_gate(UD, 0, 0, 0);
  RUN("ud2");
  fault(GP, 8 * UD + IN_IDT + EXT);

  item("#UD whose handler's code is bad is #GP of the code, with EXT");
  set_idt_gate(UD, KERNEL_DATA, 0, INTERRUPT_GATE);
  RUN("ud2");
  fault(GP, KERNEL_DATA + EXT);

  item("INT n without a handler is #NP without EXT, of INT3 too");
  absent(0x90);
  RUN("int $0x90");
  fault(NP, 8 * 0x90 + IN_IDT);
  absent(BP);
  RUN("int3");
  fault(NP, 8 * BP + IN_IDT);

  item("#UD of ring 3 whose inner stack is bad is #TS with EXT, by a task gate");
  set_task(&other_tss, task_entry, 0);
  other_tss.eax = TS, other_tss.ebx = 1;
  set_segment(SPARE(0), (uint32_t)&other_tss, sizeof other_tss - 1, TSS32);
  set_idt_gate(TS, SPARE(0), 0, TASK_GATE);
  user_mode();
  main_tss.ss0 = USER_DATA & ~3;
  RUN("ud2");
  fault(TS, (USER_DATA & ~3) + EXT);

  item("#DB without a handler is #NP of the gate, with EXT, behind the instruction");
  absent(DB);
  in.eflags |= EFLAGS_TF;
  RUN("nop\n" AT "nop");
  fault(NP, 8 * DB + IN_IDT + EXT);
}

static void page_faults_first(void) {
  item("a page fault without a handler is #DF");
  plain_double_fault();
  absent(PF);
  unmap(0);
  in.ebx = W(0) + 4;
  RUN("movl (%ebx), %eax");
  fault(DF, 0);
  equal("CR2", W(0) + 4, trap.cr2);

  item("a page fault whose handler's code is bad is #DF");
  plain_double_fault();
  set_idt_gate(PF, KERNEL_DATA, 0, INTERRUPT_GATE);
  unmap(0);
  in.ebx = W(0);
  RUN("movl (%ebx), %eax");
  fault(DF, 0);

  item("a page fault whose gate is in a missing page is #DF, CR2 that of the gate");
  plain_double_fault();
  split_idt(PF);
  unmap(1);
  unmap(3);
  in.ebx = W(3);
  RUN("movl (%ebx), %eax");
  fault(DF, 0);
  equal("CR2", W(1), trap.cr2);

  item("a page fault of ring 3 whose inner stack is in a missing page is #DF by its task");
  unmap(0);
  unmap(1);
  main_tss.esp0 = W(1);
  user_mode();
  in.ebx = W(1) + 8;
  RUN("movl (%ebx), %eax");
  fault(DF, 0);
  equal("by a task", 1, trap.by_task);
  equal("CR2", W(1) - 4, trap.cr2 & ~3);
  equal("CS", USER_CODE, trap.cs);
  equal("ESP", in.esp, trap.esp);

  item("a page fault of ring 3 without an inner stack is #DF by its task");
  unmap(0);
  main_tss.ss0 = 0;
  user_mode();
  in.ebx = W(0);
  RUN("movl (%ebx), %eax");
  fault(DF, 0);
  equal("CR2", W(0), trap.cr2);

  item("ring 0's stack has run out: #DF by its task, ESP and EIP as the push found them");
  unmap(0);
  in.ebp = W(1);
  RUN("movl %ebp, %esp\n" AT "pushl %eax");
  fault(DF, 0);
  equal("by a task", 1, trap.by_task);
  equal("ESP", W(1), trap.esp);
  equal("CR2", W(1) - 4, trap.cr2);
  equal("NT in the task", EFLAGS_NT, task_eflags & EFLAGS_NT);
  equal("back link", MAIN_TSS, double_fault_tss.link & 0xffff);
  equal("the error code's place", double_fault_tss.esp - 4, task_esp);
}

static void page_faults_second(void) {
  item("#GP whose gate is in a missing page is a page fault, of ring 0, at the instruction");
  split_idt(PF);
  unmap(0);
  in.eax = 0x1000;
  RUN("movw %ax, %ds");
  fault(PF, 0);
  equal("CR2", W(1) - 8, trap.cr2 & ~7);

  item("the page fault's handler returns, and #GP comes after all");
  split_idt(PF);
  unmap(0);
  in.eax = 0x1000;
  RUN("movw %ax, %ds");
  fault(PF, 0);
  map(0);
  resume();
  fault(GP, 0x1000);

  item("#GP whose stack is in a missing page is a page fault, a write of ring 0");
  set_task(&other_tss, task_entry, 0);
  other_tss.eax = PF, other_tss.ebx = 1;
  set_segment(SPARE(0), (uint32_t)&other_tss, sizeof other_tss - 1, TSS32);
  set_idt_gate(PF, SPARE(0), 0, TASK_GATE);
  unmap(0);
  main_tss.esp0 = W(1);
  user_mode();
  RUN("hlt");
  fault(PF, PF_WRITE);
  equal("the page of CR2", W(0), trap.cr2 & ~0xfffu);
  equal("CS", USER_CODE, trap.cs);
  equal("ESP", in.esp, trap.esp);

  item("#UD and then a page fault are a page fault");
  split_idt(GP);
  unmap(0);
  RUN("ud2");
  fault(PF, 0);

  item("INT n whose gate is in a missing page is a page fault at INT");
  split_idt(0x90);
  unmap(1);
  in.eax = 1;
  RUN("int $0x90");
  fault(PF, 0);
  equal("CR2", W(1), trap.cr2);
  map(1);
  resume();
  fault_at(0x90, 0, MARK + 2);
}

void nested(void) {
  contributory();
  benign();
  page_faults_first();
  page_faults_second();
}
