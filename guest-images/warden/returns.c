/* Far returns and IRET to outer levels, and the gates of the IDT. Intel SDM volume 2, RET, IRET, INT n. */
#include "warden.h"

#define SPARE_CODE SPARE(0)
#define SPARE_DATA SPARE(1)
#define TRAP_STACK_TOP ((uint32_t)trap_stack + sizeof trap_stack)

/* What LRET and IRET find: EAX code, EBX its offset, EDX stack, ESI its offset, ECX flags. */
#define PUSH_LRET "pushl %edx\n pushl %esi\n pushl %eax\n pushl %ebx\n" AT "lret"
#define PUSH_IRET "pushl %edx\n pushl %esi\n pushl %ecx\n pushl %eax\n pushl %ebx\n" AT "iretl"

static uint32_t target;

static void make_target(void) {
  CODE("");
  target = (uint32_t)code_start;
  in.eax = USER_CODE, in.ebx = target, in.edx = USER_DATA, in.esi = USER_STACK_TOP, in.ecx = 2;
}

static void outward(void) {
  item("LRET to ring 3 takes its stack, and what ring 3 must not have");
  make_target();
  in.es = RING1_DATA;
  in.fs = USER_DATA;
  RUN(PUSH_LRET);
  fault_at(DONE, 0, target + 2);
  equal("CS", USER_CODE, trap.cs);
  equal("SS", USER_DATA, trap.ss);
  equal("ESP", USER_STACK_TOP, trap.esp);
  equal("DS", 0, trap.ds);
  equal("ES", 0, trap.es);
  equal("FS", USER_DATA, trap.fs);

  item("IRET to ring 3 takes its stack and flags");
  make_target();
  in.ecx = 2 | EFLAGS_IOPL(3) | EFLAGS_CF;
  RUN(PUSH_IRET);
  fault_at(DONE, 0, target + 2);
  equal("SS", USER_DATA, trap.ss);
  equal("ESP", USER_STACK_TOP, trap.esp);
  equal("EFLAGS", in.ecx, trap.eflags);
  equal("DS", 0, trap.ds);

  static const struct {
    const char *name;
    uint16_t cs, code_access, ss, data_access, vector, error;
  } refused[] = {
      {"to null code is #GP(0)", 0, 0, USER_DATA, 0, GP, 0},
      {"to data is #GP", SPARE_CODE | 3, DATA | DPL(3), USER_DATA, 0, GP, SPARE_CODE},
      {"to absent code is #NP", SPARE_CODE | 3, (CODE_READABLE | DPL(3)) & ~PRESENT, USER_DATA, 0, NP, SPARE_CODE},
      {"to code whose DPL is not the RPL is #GP", SPARE_CODE | 3, CODE_READABLE | DPL(2), USER_DATA, 0, GP, SPARE_CODE},
      {"to conforming code of a DPL above the RPL is #GP", SPARE_CODE | 1, CODE_CONFORMING | DPL(2), USER_DATA, 0, GP, SPARE_CODE},
      {"to a null stack is #GP(0)", USER_CODE, 0, 0, 0, GP, 0},
      {"to a stack of another RPL is #GP", USER_CODE, 0, SPARE_DATA, DATA | DPL(3), GP, SPARE_DATA},
      {"to a stack of another level is #GP", USER_CODE, 0, SPARE_DATA | 3, DATA | DPL(2), GP, SPARE_DATA},
      {"to a read-only stack is #GP", USER_CODE, 0, SPARE_DATA | 3, DATA_READ_ONLY | DPL(3), GP, SPARE_DATA},
      {"to an absent stack is #SS", USER_CODE, 0, SPARE_DATA | 3, (DATA | DPL(3)) & ~PRESENT, SS, SPARE_DATA},
  };
  for (unsigned i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    item(refused[i].name);
    make_target();
    set_segment(SPARE_CODE, 0, 0xfffff, refused[i].code_access | FLAT);
    set_segment(SPARE_DATA, 0, 0xfffff, refused[i].data_access | FLAT);
    in.eax = refused[i].cs, in.edx = refused[i].ss;
    RUN(PUSH_LRET);
    fault(refused[i].vector, refused[i].error);
    equal("ESP at LRET", in.esp - 16, trap.esp);
    RUN(PUSH_IRET);
    fault(refused[i].vector, refused[i].error);
    equal("ESP at IRET", in.esp - 20, trap.esp);
  }

  item("LRET and IRET to an inner level are #GP");
  user_mode();
  make_target();
  in.eax = KERNEL_CODE;
  RUN(PUSH_LRET);
  fault(GP, KERNEL_CODE);
  RUN(PUSH_IRET);
  fault(GP, KERNEL_CODE);

  item("LRET beyond its code's limit is #GP(0)");
  make_target();
  set_segment(SPARE_CODE, landing(), 0xfff, CODE_READABLE | BIG);
  in.eax = SPARE_CODE, in.ebx = 0x1000;
  RUN("pushl %eax\n pushl %ebx\n" AT "lret");
  fault(GP, 0);
}

static void flags(void) {
  const uint32_t kept = EFLAGS_IF | EFLAGS_IOPL(3) | EFLAGS_VM;

  item("POPF and IRET in ring 3 leave IF, IOPL and VM");
  user_mode();
  make_target();
  in.ecx = 2 | kept | EFLAGS_CF;
  RUN("pushl %ecx\n popfl");
  done();
  equal("EFLAGS after POPF", 2 | EFLAGS_CF, trap.eflags);
  RUN("pushl %ecx\n pushl %eax\n pushl %ebx\n iretl");
  fault_at(DONE, 0, target + 2);
  equal("EFLAGS after IRET", 2 | EFLAGS_CF, trap.eflags & (kept | EFLAGS_CF | 2));

  item("CLI, STI, IN and HLT in ring 3 follow IOPL");
  user_mode();
  RUN("cli");
  fault(GP, 0);
  RUN("sti");
  fault(GP, 0);
  RUN("inb $0x80, %al");
  fault(GP, 0);
  in.eflags |= EFLAGS_IOPL(3);
  RUN("sti\n inb $0x80, %al");
  done();
  equal("IF", EFLAGS_IF, trap.eflags & EFLAGS_IF);
  RUN("hlt");
  fault(GP, 0);

  item("what only ring 0 may do is #GP(0) in ring 3");
  user_mode();
  in.eflags |= EFLAGS_IOPL(3);
  RUN("movl %cr0, %eax");
  fault(GP, 0);
  RUN("movl %eax, %dr7");
  fault(GP, 0);
  RUN("lgdt (%esp)");
  fault(GP, 0);
  RUN("lldt %ax");
  fault(GP, 0);
  RUN("clts");
  fault(GP, 0);
  RUN("invlpg (%esp)");
  fault(GP, 0);
}

static void interrupts(void) {
  item("an interrupt gate clears IF and TF, a trap gate keeps IF");
  CODE("pushfl\n popl %eax");
  set_idt_gate(0x90, KERNEL_CODE, (uint32_t)code_start, INTERRUPT_GATE);
  set_idt_gate(0x91, KERNEL_CODE, (uint32_t)code_start, TRAP_GATE);
  in.eflags |= EFLAGS_IF;
  RUN("int $0x90");
  equal("EFLAGS behind an interrupt gate", 2, trap.eax & (EFLAGS_IF | EFLAGS_TF | 2));
  RUN("int $0x91");
  equal("EFLAGS behind a trap gate", EFLAGS_IF | 2, trap.eax & (EFLAGS_IF | EFLAGS_TF | 2));

  item("a 16-bit interrupt gate pushes words");
  CODE("");
  set_segment(SPARE_CODE, (uint32_t)code_start, 0xfff, CODE_READABLE | BIG);
  set_idt_gate(0x90, SPARE_CODE, 0, 0x86 | DPL(3));
  user_mode();
  RUN("int $0x90");
  fault_at(DONE, 0, 2);
  const uint16_t *words = (const uint16_t *)(TRAP_STACK_TOP - 10);
  equal("ESP", (uint32_t)words, trap.esp);
  equal("IP", (MARK + 2) & 0xffff, words[0]);
  equal("CS", USER_CODE, words[1]);
  equal("FLAGS", 2, words[2]);
  equal("SP", in.esp & 0xffff, words[3]);
  equal("SS", USER_DATA, words[4]);

  item("a 16-bit gate pushes the error code as a word");
  CODE("movl (%esp), %eax");
  set_segment(SPARE_CODE, (uint32_t)code_start, 0xfff, CODE_READABLE | BIG);
  set_idt_gate(GP, SPARE_CODE, 0, 0x86);
  user_mode();
  in.ebx = 0x1230;
  RUN("movw %bx, %ds");
  equal("the error code, and IP behind it", (MARK & 0xffff) << 16 | 0x1230, trap.eax);
  equal("ESP", TRAP_STACK_TOP - 12, trap.esp);

  item("an interrupt to conforming code stays in ring 3");
  CODE("");
  set_segment(SPARE_CODE, (uint32_t)code_start, 0xfff, CODE_CONFORMING | BIG);
  set_idt_gate(0x90, SPARE_CODE, 0, INTERRUPT_GATE | DPL(3));
  user_mode();
  RUN("int $0x90");
  fault_at(DONE, 0, 2);
  equal("CS", SPARE_CODE | 3, trap.cs);
  equal("ESP", in.esp - 12, trap.esp);

  /* Volume 3A, section 6.13: error codes with the IDT bit. */
  item("INT n is checked against the gate's DPL, an exception is not");
  user_mode();
  RUN("int $0x91");
  fault(GP, 0x91 * 8 + 2);
  RUN("ud2");
  fault(UD, 0);
  RUN("int3");
  fault_at(BP, 0, MARK + 1);
  set_idt_gate(BP, KERNEL_CODE, 0, INTERRUPT_GATE);
  RUN("int3");
  fault(GP, BP * 8 + 2);

  item("INT n through an absent gate, no gate, and beyond the IDT");
  set_idt_gate(0x90, KERNEL_CODE, 0, INTERRUPT_GATE & ~PRESENT);
  RUN("int $0x90");
  fault(NP, 0x90 * 8 + 2);
  set_idt_gate(0x90, KERNEL_CODE, 0, CALL_GATE32);
  RUN("int $0x90");
  fault(GP, 0x90 * 8 + 2);
  load_idt((uint32_t)idt, 0x91 * 8 + 6);
  RUN("int $0x91");
  fault(GP, 0x91 * 8 + 2);

  static const struct {
    const char *name;
    uint16_t code, access, vector, error;
  } targets[] = {
      {"INT n to null code is #GP(0)", 0, 0, GP, 0},
      {"INT n to data is #GP", SPARE_CODE, DATA, GP, SPARE_CODE},
      {"INT n to absent code is #NP", SPARE_CODE, CODE_READABLE & ~PRESENT, NP, SPARE_CODE},
      {"INT n to an outer level is #GP", SPARE_CODE, CODE_READABLE | DPL(3), GP, SPARE_CODE},
  };
  for (unsigned i = 0; i < sizeof targets / sizeof targets[0]; i++) {
    item(targets[i].name);
    set_segment(SPARE_CODE, 0, 0xfffff, targets[i].access | FLAT);
    set_idt_gate(0x90, targets[i].code, 0, INTERRUPT_GATE);
    RUN("int $0x90");
    fault(targets[i].vector, targets[i].error);
  }

  item("INT n beyond its code's limit is #GP(0)");
  set_segment(SPARE_CODE, landing(), 0xfff, CODE_READABLE | BIG);
  set_idt_gate(0x90, SPARE_CODE, 0x1000, INTERRUPT_GATE);
  RUN("int $0x90");
  fault(GP, 0);

  item("INTO raises #OF behind itself, and only with OF");
  user_mode();
  RUN("into");
  done();
  RUN("movb $0x7f, %al\n incb %al\n" AT "into");
  fault_at(OF, 0, MARK + 1);
}

void returns(void) {
  outward();
  flags();
  interrupts();
}
