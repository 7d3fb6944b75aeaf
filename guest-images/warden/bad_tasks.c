/* Task switches that fail: Intel SDM volume 3A, table 8-1 (7-1 in editions before 2021). */
#include "warden.h"

#define TASK SPARE(0)
#define JUMP "ljmp $" TEXT(SPARE(0)) ", $0"

static uint32_t child; /* where the other task begins */

/* A task that ends at once, whose TSS descriptor is TASK. */
static void make_empty_task(uint32_t ring) {
  CODE("");
  child = (uint32_t)code_start;
  set_task(&other_tss, code_start, ring);
  set_segment(TASK, (uint32_t)&other_tss, sizeof other_tss - 1, TSS32);
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

void bad_tasks(void) {
  refusals();
  back_links();
  broken_tasks();
}
