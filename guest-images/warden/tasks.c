/* Task switches: Intel SDM volume 3A, chapter 8 (7 in editions before 2021). */
#include "warden.h"

#define TASK SPARE(0)
#define JUMP "ljmp $" TEXT(SPARE(0)) ", $0"
#define CALL "lcall $" TEXT(SPARE(0)) ", $0"

static uint32_t child; /* where the other task begins */

/* The code named last becomes a task, whose TSS descriptor is TASK. */
static void make_task(uint32_t ring) {
  child = (uint32_t)code_start;
  set_task(&other_tss, code_start, ring);
  set_segment(TASK, (uint32_t)&other_tss, sizeof other_tss - 1, TSS32);
}

static void make_empty_task(uint32_t ring) {
  CODE("");
  make_task(ring);
}

static void switches(void) {
  item("JMP to a TSS loads the task's registers, EFLAGS and TR");
  make_empty_task(0);
  other_tss.eax = 0x10101010, other_tss.ecx = 0x20202020, other_tss.edx = 0x30303030;
  other_tss.ebx = 0x40404040, other_tss.ebp = 0x50505050, other_tss.esi = 0x60606060;
  other_tss.edi = 0x70707070, other_tss.eflags |= EFLAGS_DF | EFLAGS_CF;
  RUN(JUMP);
  fault_at(DONE, 0, child + 2);
  equal("EAX", 0x10101010, trap.eax);
  equal("ECX", 0x20202020, trap.ecx);
  equal("EDX", 0x30303030, trap.edx);
  equal("EBX", 0x40404040, trap.ebx);
  equal("EBP", 0x50505050, trap.ebp);
  equal("ESI", 0x60606060, trap.esi);
  equal("EDI", 0x70707070, trap.edi);
  equal("EFLAGS", EFLAGS_DF | EFLAGS_CF | 2, trap.eflags);
  equal("TR", TASK, trap.tr);

  item("JMP to a TSS saves the old task");
  make_empty_task(0);
  in.eax = 0x12345678, in.edi = 0x9abcdef0, in.eflags |= EFLAGS_CF;
  RUN(JUMP);
  equal("EIP", MARK + 7, main_tss.eip);
  equal("EAX", in.eax, main_tss.eax);
  equal("EDI", in.edi, main_tss.edi);
  equal("ESP", in.esp, main_tss.esp);
  equal("EFLAGS", in.eflags, main_tss.eflags);
  equal("CS", KERNEL_CODE, main_tss.cs);
  equal("SS", KERNEL_DATA, main_tss.ss);

  item("JMP to a TSS hands the busy bit on; no back link, no NT");
  make_empty_task(0);
  other_tss.link = 0x77;
  RUN(JUMP);
  equal("the old TSS's type", TSS32, trap.main_access);
  equal("the new TSS's type", TSS32 | TSS_BUSY, access_byte(TASK));
  equal("back link", 0x77, other_tss.link);
  equal("EFLAGS", 2, trap.eflags);

  item("CALL to a TSS leaves both busy, writes the back link and sets NT");
  make_empty_task(0);
  RUN(CALL);
  fault_at(DONE, 0, child + 2);
  equal("the old TSS's type", TSS32 | TSS_BUSY, trap.main_access);
  equal("the new TSS's type", TSS32 | TSS_BUSY, access_byte(TASK));
  equal("back link", MAIN_TSS, other_tss.link & 0xffff);
  equal("EFLAGS", EFLAGS_NT | 2, trap.eflags);

  item("a task switch sets CR0.TS");
  make_empty_task(0);
  write_cr0(read_cr0() & ~(uint32_t)CR0_TS);
  RUN(JUMP);
  equal("TS", CR0_TS, trap.cr0 & CR0_TS);

  item("IRET with NT goes back to the caller and frees the task");
  CODE("incl %ecx\n iretl");
  make_task(0);
  RUN(CALL);
  done();
  equal("TR", MAIN_TSS, trap.tr);
  equal("the task's type", TSS32, access_byte(TASK));
  equal("NT in the flags that were saved", 0, other_tss.eflags & EFLAGS_NT);
  equal("ECX of the task", 1, other_tss.ecx);
  equal("EFLAGS", 2, trap.eflags);

  item("a task that is called again goes on behind its IRET");
  CODE("incl %ecx\n iretl\n addl $16, %ecx\n iretl");
  make_task(0);
  RUN(CALL "\n" CALL);
  done();
  equal("ECX of the task", 17, other_tss.ecx);

  item("CR3 comes from the TSS");
  static uint32_t directory[1024] __attribute__((aligned(4096)));
  static uint32_t table[1024] __attribute__((aligned(4096)));
  memcpy(directory, page_directory, sizeof directory);
  directory[WINDOW >> 22] = (uint32_t)table | PAGE_ALL;
  table[0] = (uint32_t)arena[1] | PAGE_ALL;
  *(uint32_t *)arena[0] = 0xaaaa, *(uint32_t *)arena[1] = 0xbbbb;
  CODE("movl " TEXT(WINDOW) ", %eax");
  make_task(0);
  other_tss.cr3 = (uint32_t)directory;
  RUN("movl " TEXT(WINDOW) ", %eax\n" JUMP);
  done();
  equal("a word of the new address space", 0xbbbb, trap.eax);
  equal("a word of the old one", 0xaaaa, main_tss.eax);
  equal("CR3", (uint32_t)directory, trap.cr3);

  item("the LDT comes from the TSS, and segments from the LDT");
  CODE("movl 0, %eax");
  make_task(0);
  set_segment(LDT, (uint32_t)ldt, sizeof ldt - 1, LDT_TYPE);
  set_segment(IN_LDT(1), W(0), 0xfff, DATA | BIG);
  *(uint32_t *)arena[0] = 0xcccc;
  other_tss.ldt = LDT;
  other_tss.ds = IN_LDT(1);
  RUN(JUMP);
  done();
  equal("LDTR", LDT, trap.ldtr);
  equal("DS", IN_LDT(1), trap.ds);
  equal("a word of the LDT's segment", 0xcccc, trap.eax);

  /* Volume 3B, section 18.3.1.5 (debug exception condition of a task switch). */
  item("the T bit of a TSS raises #DB before its task's first instruction");
  make_empty_task(0);
  other_tss.trap = 1;
  RUN(JUMP);
  fault_at(DB, 0, child);
  equal("DR6.BT", 0x8000, trap.dr6 & 0xe00f);
  equal("TR", TASK, trap.tr);

  /* Volume 3B, section 18.2.4: L0 to L3 are of the task. */
  item("a task switch takes back local breakpoints and leaves global ones");
  make_empty_task(0);
  in.dr7 = 0x409; /* L0, G1, of addresses that nobody executes */
  RUN(JUMP);
  done();
  equal("DR7.L0 to G1", 8, trap.dr7 & 0xf);

  item("a task of virtual-8086 mode");
  CODE(".code16\n movl $0x12345678, %eax");
  memcpy((void *)V86_CODE, (const void *)code_start, code_end - code_start);
  make_task(0);
  other_tss.eip = 0;
  other_tss.cs = V86_CODE >> 4;
  other_tss.ss = other_tss.ds = other_tss.es = V86_DATA >> 4;
  other_tss.esp = 0x1000;
  other_tss.eflags = EFLAGS_VM | EFLAGS_IOPL(3) | 2;
  RUN(JUMP);
  done();
  equal("CS", V86_CODE >> 4, trap.cs);
  equal("EFLAGS", EFLAGS_VM | EFLAGS_IOPL(3) | 2, trap.eflags);
  equal("EAX", 0x12345678, trap.eax);
}

static void small(void) {
  small_tss.cs = KERNEL_CODE;
  small_tss.ss = small_tss.ds = small_tss.es = KERNEL_DATA;
  small_tss.flags = 2;
  small_tss.sp = 0x1000;
  set_segment(TASK, (uint32_t)&small_tss, sizeof small_tss - 1, TSS16);
  /* A 16-bit IP: code below 64 KiB. */
  set_segment(SPARE(1), V86_CODE, 0xffff, CODE_READABLE | BIG);
  memcpy((void *)V86_CODE, (const void *)code_start, code_end - code_start);
  small_tss.cs = SPARE(1);
}

static void small_tasks(void) {
  item("JMP to a 16-bit TSS loads words");
  CODE("");
  small();
  small_tss.ax = 0x1111, small_tss.di = 0x2222;
  RUN(JUMP);
  fault_at(DONE, 0, 2);
  equal("AX", 0x1111, trap.eax & 0xffff);
  equal("DI", 0x2222, trap.edi & 0xffff);
  equal("CS", SPARE(1), trap.cs);
  equal("TR", TASK, trap.tr);
  equal("the TSS's type", TSS16 | TSS_BUSY, access_byte(TASK));

  item("CALL to a 16-bit TSS and IRET back; the task is saved as words");
  CODE("movl $0x12345678, %eax\n iretl");
  small();
  RUN(CALL);
  done();
  equal("AX that was saved", 0x5678, small_tss.ax);
  equal("IP that was saved", 6, small_tss.ip);
  equal("CX, the word behind", 0, small_tss.cx);
  equal("back link", MAIN_TSS, small_tss.link);
  equal("TR", MAIN_TSS, trap.tr);
}

static void task_gates(void) {
  item("a task gate leads to its task, at any offset");
  make_empty_task(0);
  set_gate(SPARE(1), TASK, 0, TASK_GATE);
  RUN("ljmp $" TEXT(SPARE(1)) ", $0x1234");
  fault_at(DONE, 0, child + 2);
  equal("TR", TASK, trap.tr);

  item("a task gate's DPL counts, its TSS's does not");
  make_empty_task(0);
  set_gate(SPARE(1), TASK, 0, TASK_GATE | DPL(3));
  set_gate(SPARE(2), TASK, 0, TASK_GATE);
  user_mode();
  RUN("lcall $" TEXT(SPARE(2)) ", $0");
  fault(GP, SPARE(2));
  user_mode();
  RUN("lcall $" TEXT(SPARE(1)) ", $0");
  fault_at(DONE, 0, child + 2);

  item("INT n through a task gate pushes no error code");
  make_empty_task(0);
  set_idt_gate(0x90, TASK, 0, TASK_GATE);
  RUN("int $0x90");
  fault_at(DONE, 0, child + 2);
  equal("ESP of the task", other_tss.esp, trap.esp);
  equal("NT", EFLAGS_NT, trap.eflags & EFLAGS_NT);
  equal("EIP that was saved", MARK + 2, main_tss.eip);

  item("a page fault through a task gate: error code, CR2 and the state of the culprit");
  extern const uint8_t task_entry[];
  make_empty_task(0);
  other_tss.eip = (uint32_t)task_entry;
  other_tss.eax = PF, other_tss.ebx = 1;
  set_idt_gate(PF, TASK, 0, TASK_GATE);
  unmap(0);
  user_mode();
  in.ebx = W(0) + 8;
  RUN("movl %eax, (%ebx)");
  fault(PF, PF_WRITE | PF_USER);
  equal("CR2", W(0) + 8, trap.cr2);
  equal("ESP of the task", other_tss.esp - 4, task_esp);
  equal("NT in the task", EFLAGS_NT, task_eflags & EFLAGS_NT);
  equal("CS that was saved", USER_CODE, trap.cs);
  equal("ESP that was saved", in.esp, trap.esp);
  equal("back link", MAIN_TSS, other_tss.link & 0xffff);

  /* Table 6-5: the #SS of the error code belongs to the delivery of the page fault. */
  item("a page fault's error code without room on its task's stack is #DF, of that task");
  make_empty_task(0);
  set_segment(SPARE(1), W(0), 0xfff, DATA | BIG);
  other_tss.ss = SPARE(1);
  other_tss.esp = 2;
  set_idt_gate(PF, TASK, 0, TASK_GATE);
  unmap(1);
  in.ebx = W(1);
  RUN("movl (%ebx), %eax");
  fault(DF, 0); /* at the old task's EIP, which its TSS has */
  equal("EIP of the task", child, other_tss.eip);
  equal("ESP of the task", 2, other_tss.esp);
  equal("back link", TASK, double_fault_tss.link & 0xffff);

  item("IRET of a page fault's task restarts the instruction");
  CODE("addl $4, %esp\n orl $1, (%eax)\n invlpg (%ebx)\n iretl");
  make_task(0);
  other_tss.eax = (uint32_t)&window_table[0], other_tss.ebx = W(0);
  set_idt_gate(PF, TASK, 0, TASK_GATE);
  unmap(0);
  *(uint32_t *)arena[0] = 0xdddd;
  user_mode();
  in.ebx = W(0);
  RUN("movl (%ebx), %eax");
  done();
  equal("EAX", 0xdddd, trap.eax);
  equal("TR", MAIN_TSS, trap.tr);
}

void tasks(void) {
  switches();
  small_tasks();
  task_gates();
}
