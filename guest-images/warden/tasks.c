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

/* One descriptor is wrong, and the old task is told. */
static void refused(const char *name, uint32_t vector, uint32_t attributes, uint32_t limit) {
  item(name);
  make_empty_task(0);
  set_segment(TASK, (uint32_t)&other_tss, limit, attributes);
  RUN(JUMP);
  fault(vector, TASK);
  equal("TR", MAIN_TSS, trap.tr);
}

static void refusals(void) {
  /* Volume 3A, table 8-1: exception conditions checked during a task switch. */
  refused("JMP to an absent TSS is #NP", NP, TSS32 & ~PRESENT, 0x67);
  refused("JMP to a busy TSS is #GP", GP, TSS32 | TSS_BUSY, 0x67);
  refused("JMP to a TSS of 67h bytes is #TS", TS, TSS32, 0x66);
  refused("JMP to a 16-bit TSS of 2Bh bytes is #TS", TS, TSS16, 0x2a);
  refused("JMP to an LDT is #GP", GP, LDT_TYPE, 0x67);

  item("a TSS of 68h bytes is enough");
  make_empty_task(0);
  set_segment(TASK, (uint32_t)&other_tss, 0x67, TSS32);
  RUN(JUMP);
  fault_at(DONE, 0, child + 2);

  item("JMP to a TSS of a higher level is #GP, to one of its own is not");
  make_empty_task(0);
  user_mode();
  RUN(JUMP);
  fault(GP, TASK);
  set_access_byte(TASK, TSS32 | DPL(3));
  user_mode();
  RUN(JUMP);
  fault_at(DONE, 0, child + 2);

  item("JMP to a TSS in the LDT is #GP");
  make_empty_task(0);
  install_ldt();
  ldt[0] = gdt[TASK >> 3];
  RUN("ljmp $" TEXT(IN_LDT(0)) ", $0");
  fault(GP, IN_LDT(0));

  item("JMP through an absent task gate is #NP of the gate");
  make_empty_task(0);
  set_gate(SPARE(1), TASK, 0, TASK_GATE & ~PRESENT);
  RUN("ljmp $" TEXT(SPARE(1)) ", $0");
  fault(NP, SPARE(1));

  item("JMP through a task gate that names no TSS is #GP of what it names");
  set_gate(SPARE(1), KERNEL_DATA, 0, TASK_GATE);
  RUN("ljmp $" TEXT(SPARE(1)) ", $0");
  fault(GP, KERNEL_DATA);

  item("INT n through a task gate to an absent TSS is #NP of the TSS");
  make_empty_task(0);
  set_access_byte(TASK, TSS32 & ~PRESENT);
  set_idt_gate(0x90, TASK, 0, TASK_GATE);
  RUN("int $0x90");
  fault(NP, TASK);

  item("a TSS in a missing page is a page fault of the old task");
  make_empty_task(0);
  set_segment(TASK, W(1) - 0x20, 0x67, TSS32);
  unmap(1);
  RUN(JUMP);
  equal("vector", PF, trap.vector);
  equal("EIP", MARK, trap.eip);
  equal("the page of CR2", W(1), trap.cr2 & ~0xfff);
  equal("TR", MAIN_TSS, trap.tr);

  item("LTR wants an available, present TSS of the GDT, and marks it busy");
  make_empty_task(0);
  in.eax = TASK;
  RUN("ltr %ax");
  done();
  equal("TR", TASK, trap.tr);
  equal("the TSS's type", TSS32 | TSS_BUSY, access_byte(TASK));
  RUN("ltr %ax");
  fault(GP, TASK);
  set_access_byte(TASK, TSS32 & ~PRESENT);
  RUN("ltr %ax");
  fault(NP, TASK);
  in.eax = 0;
  RUN("ltr %ax");
  fault(GP, 0);
}

static void back_links(void) {
  static const struct {
    const char *name;
    uint32_t link, attributes, vector;
  } links[] = {
      {"IRET with NT to an absent TSS is #NP", TASK, (TSS32 | TSS_BUSY) & ~PRESENT, NP},
      {"IRET with NT to a TSS that is not busy is #TS", TASK, TSS32, TS},
      {"IRET with NT to a data segment is #TS", KERNEL_DATA, TSS32, TS},
      {"IRET with NT to a selector of the LDT is #TS", IN_LDT(2), TSS32, TS},
      {"IRET with NT beyond the GDT is #TS", 0x1000, TSS32, TS},
  };
  for (unsigned i = 0; i < sizeof links / sizeof links[0]; i++) {
    item(links[i].name);
    make_empty_task(0);
    set_access_byte(TASK, links[i].attributes);
    main_tss.link = links[i].link;
    in.eflags |= EFLAGS_NT;
    RUN("iretl");
    fault(links[i].vector, links[i].link);
  }
}

/* What the new TSS names is wrong: the new task is told, in its own context. */
static void broken_tasks(void) {
  static const struct {
    const char *name;
    uint16_t offset, selector;
    uint16_t attributes; /* of SPARE(1) */
    uint16_t vector, error;
  } broken[] = {
#define FIELD(name) offsetof(struct tss32, name)
      {"a task whose LDT is a data segment is #TS", FIELD(ldt), SPARE(1), DATA, TS, SPARE(1)},
      {"a task whose LDT is absent is #TS", FIELD(ldt), SPARE(1), LDT_TYPE & ~PRESENT, TS, SPARE(1)},
      {"a task with a data segment for code is #TS", FIELD(cs), SPARE(1) | 3, DATA | DPL(3), TS, SPARE(1)},
      {"a task with absent code is #NP", FIELD(cs), SPARE(1) | 3, (CODE_READABLE | DPL(3)) & ~PRESENT, NP, SPARE(1)},
      {"a task with code of another level is #TS", FIELD(cs), SPARE(1) | 3, CODE_READABLE | DPL(2), TS, SPARE(1)},
      {"a task without a stack segment is #TS", FIELD(ss), 0, 0, TS, 0},
      {"a task with a read-only stack is #TS", FIELD(ss), SPARE(1) | 3, DATA_READ_ONLY | DPL(3), TS, SPARE(1)},
      {"a task with a stack of another level is #TS", FIELD(ss), SPARE(1) | 3, DATA | DPL(2), TS, SPARE(1)},
      {"a task with an absent stack is #SS", FIELD(ss), SPARE(1) | 3, (DATA | DPL(3)) & ~PRESENT, SS, SPARE(1)},
      {"a task with execute-only data is #TS", FIELD(ds), SPARE(1) | 3, CODE_ONLY | DPL(3), TS, SPARE(1)},
      {"a task with data of an inner level is #TS", FIELD(es), SPARE(1) | 3, DATA, TS, SPARE(1)},
      {"a task with absent data is #NP", FIELD(gs), SPARE(1) | 3, (DATA | DPL(3)) & ~PRESENT, NP, SPARE(1)},
  };
  for (unsigned i = 0; i < sizeof broken / sizeof broken[0]; i++) {
    item(broken[i].name);
    make_empty_task(3);
    set_segment(SPARE(1), 0, 0xfffff, broken[i].attributes | FLAT);
    *(uint16_t *)((uint8_t *)&other_tss + broken[i].offset) = broken[i].selector;
    RUN(JUMP);
    fault_at(broken[i].vector, broken[i].error, child);
    equal("TR", TASK, trap.tr);
  }

  item("a task that begins beyond its code's limit is #GP");
  make_empty_task(3);
  set_segment(SPARE(1), landing(), 0xfff, CODE_READABLE | DPL(3) | BIG);
  other_tss.cs = SPARE(1) | 3;
  other_tss.eip = 0x1000;
  RUN(JUMP);
  fault_at(GP, 0, 0x1000);
  equal("TR", TASK, trap.tr);
}

void tasks(void) {
  switches();
  small_tasks();
  task_gates();
  refusals();
  back_links();
  broken_tasks();
}
