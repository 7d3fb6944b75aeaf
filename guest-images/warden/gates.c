/* Far calls, jumps and returns, through gates and without. Intel SDM volume 3A, sections 5.8, 6.12. */
#include "warden.h"

#define GATE SPARE(0)
#define LCALL "lcall $" TEXT(SPARE(0)) " + 3, $0"
#define LJMP "ljmp $" TEXT(SPARE(0)) " + 3, $0"
#define INNER SPARE(1)
#define TRAP_STACK_TOP ((uint32_t)trap_stack + sizeof trap_stack)

/* The code named last, behind a call gate that ring 3 may use. */
static void make_gate(uint32_t code, uint32_t parameters) {
  set_gate(GATE, code, (uint32_t)code_start, CALL_GATE32 | DPL(3) | parameters << 8);
  user_mode();
}

static void make_empty_gate(uint32_t code, uint32_t parameters) {
  CODE("");
  make_gate(code, parameters);
}

static void calls(void) {
  item("a call gate to ring 0: stack of the TSS, parameters copied");
  make_empty_gate(KERNEL_CODE, 2);
  const uint32_t target = (uint32_t)code_start;
  RUN("pushl $0x11\n pushl $0x22\n" AT LCALL);
  fault_at(DONE, 0, target + 2);
  const uint32_t *frame = (const uint32_t *)(TRAP_STACK_TOP - 24);
  equal("CS", KERNEL_CODE, trap.cs);
  equal("SS", KERNEL_DATA, trap.ss);
  equal("ESP", (uint32_t)frame, trap.esp);
  equal("EIP in the frame", MARK + 7, frame[0]);
  equal("CS in the frame", USER_CODE, frame[1]);
  equal("the last parameter", 0x22, frame[2]);
  equal("the first parameter", 0x11, frame[3]);
  equal("ESP in the frame", in.esp - 8, frame[4]);
  equal("SS in the frame", USER_DATA, frame[5]);

  item("a return through all rings drops the parameters on both stacks");
  CODE("lret $8");
  make_gate(KERNEL_CODE, 2);
  RUN("pushl $0x11\n pushl $0x22\n" AT LCALL);
  done();
  equal("CS", USER_CODE, trap.cs);
  equal("ESP", in.esp, trap.esp);

  item("a call gate to ring 1, whose stack and level it gets");
  make_empty_gate(RING1_CODE, 0);
  main_tss.esp1 = KERNEL_STACK_TOP;
  RUN(LCALL);
  equal("CS", RING1_CODE, trap.cs);
  equal("SS", RING1_DATA, trap.ss);
  equal("ESP", KERNEL_STACK_TOP - 16, trap.esp);

  item("a call gate of its own level stays on its stack");
  make_empty_gate(USER_CODE, 5);
  RUN(LCALL);
  equal("CS", USER_CODE, trap.cs);
  equal("ESP", in.esp - 8, trap.esp);

  item("a 16-bit call gate pushes words");
  CODE("");
  set_segment(INNER, (uint32_t)code_start, 0xfff, CODE_READABLE | BIG);
  set_gate(GATE, INNER, 0, CALL_GATE16 | DPL(3) | 1 << 8);
  user_mode();
  RUN("pushl $0x11112222\n" AT LCALL);
  const uint16_t *words = (const uint16_t *)(TRAP_STACK_TOP - 10);
  fault_at(DONE, 0, 2);
  equal("ESP", (uint32_t)words, trap.esp);
  equal("IP in the frame", (MARK + 7) & 0xffff, words[0]);
  equal("CS in the frame", USER_CODE, words[1]);
  equal("the parameter", 0x2222, words[2]);
  equal("SP in the frame", (in.esp - 4) & 0xffff, words[3]);
  equal("SS in the frame", USER_DATA, words[4]);
}

static void refused_gates(void) {
  item("a call gate of an inner level is #GP of the gate");
  make_empty_gate(KERNEL_CODE, 0);
  set_access_byte(GATE, CALL_GATE32 | DPL(2));
  RUN(LCALL);
  fault(GP, GATE);

  item("a call gate's DPL counts against the RPL too");
  make_empty_gate(KERNEL_CODE, 0);
  set_access_byte(GATE, CALL_GATE32 | DPL(2));
  kernel_mode();
  RUN(LCALL);
  fault(GP, GATE);

  item("an absent call gate is #NP of the gate");
  make_empty_gate(KERNEL_CODE, 0);
  set_access_byte(GATE, (CALL_GATE32 | DPL(3)) & ~PRESENT);
  RUN(LCALL);
  fault(NP, GATE);

  static const struct {
    const char *name;
    uint16_t code, access, vector, error;
  } targets[] = {
      {"a call gate to nothing is #GP(0)", 0, 0, GP, 0},
      {"a call gate to data is #GP of the data", INNER, DATA, GP, INNER},
      {"a call gate to absent code is #NP of the code", INNER, CODE_READABLE & ~PRESENT, NP, INNER},
      {"a call gate beyond the GDT is #GP", 0x1000, 0, GP, 0x1000},
  };
  for (unsigned i = 0; i < sizeof targets / sizeof targets[0]; i++) {
    item(targets[i].name);
    make_empty_gate(targets[i].code, 0);
    set_segment(INNER, 0, 0xfffff, targets[i].access | FLAT);
    RUN(LCALL);
    fault(targets[i].vector, targets[i].error);
  }

  item("a call gate to an outer level is #GP of the code");
  make_empty_gate(USER_CODE, 0);
  kernel_mode();
  RUN(LCALL);
  fault(GP, USER_CODE & ~3);

  item("a call gate beyond its code's limit is #GP(0)");
  make_empty_gate(INNER, 0);
  set_segment(INNER, 0, 0xffff, CODE_READABLE | BIG);
  RUN(LCALL);
  fault(GP, 0);
  equal("ESP", in.esp, trap.esp);

  item("JMP through a call gate does not change the level");
  make_empty_gate(KERNEL_CODE, 0);
  RUN(LJMP);
  fault(GP, KERNEL_CODE);
  make_empty_gate(USER_CODE, 0);
  RUN(LJMP);
  equal("vector", DONE, trap.vector);
  equal("ESP", in.esp, trap.esp);
}

/* The inner stack that the TSS names, ring 1's, so that ring 0's serves the exception. */
static void inner_stacks(void) {
  static const struct {
    const char *name;
    uint16_t selector, access, vector, error;
  } stacks[] = {
      {"no inner stack is #TS(0)", 0, 0, TS, 0},
      {"an inner stack beyond the GDT is #TS", 0x1001, 0, TS, 0x1000},
      {"an inner stack with another RPL is #TS", INNER, DATA | DPL(1), TS, INNER},
      {"an inner stack of another level is #TS", INNER | 1, DATA | DPL(2), TS, INNER},
      {"a read-only inner stack is #TS", INNER | 1, DATA_READ_ONLY | DPL(1), TS, INNER},
      {"an absent inner stack is #SS", INNER | 1, (DATA | DPL(1)) & ~PRESENT, SS, INNER},
  };
  for (unsigned i = 0; i < sizeof stacks / sizeof stacks[0]; i++) {
    item(stacks[i].name);
    make_empty_gate(RING1_CODE, 0);
    set_segment(INNER, 0, 0xfffff, stacks[i].access | FLAT);
    main_tss.ss1 = stacks[i].selector;
    RUN(LCALL);
    fault(stacks[i].vector, stacks[i].error);
    equal("CS", USER_CODE, trap.cs);
    equal("ESP", in.esp, trap.esp);
  }

  /* Volume 2, CALL: "#SS(NewSS)" where the new stack has no room. */
  item("an inner stack without room is #SS of the stack");
  make_empty_gate(RING1_CODE, 0);
  set_segment(INNER, W(0), 0xfff, DATA | DPL(1) | BIG);
  main_tss.ss1 = INNER | 1;
  main_tss.esp1 = 12;
  RUN(LCALL);
  fault(SS, INNER);
  main_tss.esp1 = 16;
  RUN(LCALL);
  equal("vector", DONE, trap.vector);

  item("a TSS too short for the inner stack is #TS of the TSS");
  make_empty_gate(RING1_CODE, 0);
  set_segment(MAIN_TSS, (uint32_t)&main_tss, 15, TSS32);
  load_task(MAIN_TSS);
  RUN(LCALL);
  fault(TS, MAIN_TSS);
}

static void conforming(void) {
  item("conforming code of ring 0 runs at its caller's level");
  CODE("");
  set_segment(GATE, (uint32_t)code_start, 0xfff, CODE_CONFORMING | BIG);
  user_mode();
  RUN(LCALL);
  fault_at(DONE, 0, 2);
  equal("CS", GATE | 3, trap.cs);
  equal("SS", USER_DATA, trap.ss);
  RUN("ljmp $" TEXT(SPARE(0)) ", $0");
  fault_at(DONE, 0, 2);
  equal("CS", GATE | 3, trap.cs);

  item("conforming code of an outer level is #GP");
  set_segment(GATE, 0, 0xfffff, CODE_CONFORMING | DPL(3) | FLAT);
  RUN(LCALL);
  fault(GP, GATE);

  item("a call gate to conforming code does not change the level");
  make_empty_gate(INNER, 0);
  set_segment(INNER, 0, 0xfffff, CODE_CONFORMING | FLAT);
  RUN(LCALL);
  equal("CS", INNER | 3, trap.cs);
  equal("ESP", in.esp - 8, trap.esp);
  RUN(LJMP);
  equal("CS", INNER | 3, trap.cs);

  item("code of an inner level is #GP, called or jumped to");
  user_mode();
  RUN("lcall $" TEXT(KERNEL_CODE) ", $0");
  fault(GP, KERNEL_CODE);
  RUN("ljmp $" TEXT(KERNEL_CODE) ", $0");
  fault(GP, KERNEL_CODE);

  item("a far jump's RPL must not be above the level");
  RUN("ljmp $" TEXT(KERNEL_CODE) " + 1, $0");
  fault(GP, KERNEL_CODE);

  item("a far jump to null, data, absent code and beyond the limit");
  RUN("ljmp $3, $0");
  fault(GP, 0);
  RUN("ljmp $" TEXT(KERNEL_DATA) ", $0");
  fault(GP, KERNEL_DATA);
  set_segment(INNER, 0, 0xfff, (CODE_READABLE & ~PRESENT) | BIG);
  RUN("ljmp $" TEXT(SPARE(1)) ", $0x1000");
  fault(NP, INNER);
  set_access_byte(INNER, CODE_READABLE);
  RUN("ljmp $" TEXT(SPARE(1)) ", $0x1000");
  fault(GP, 0);

  item("a far call whose stack has no room is #SS(0)");
  user_mode();
  set_segment(INNER, W(0), 0xfff, DATA | DPL(3) | BIG);
  in.ss = INNER | 3;
  in.esp = 4;
  RUN("lcall $" TEXT(USER_CODE) ", $0");
  fault(SS, 0);
  equal("ESP", 4, trap.esp);
}

void gates(void) {
  calls();
  refused_gates();
  inner_stacks();
  conforming();
}
