/* The virtual-8086 mode extensions, and virtual interrupts of ring 3: Intel SDM volume 3A, sections 21.3, 21.4. */
#include "warden.h"

#define END_OF_CODE AT "hlt"
#define EXPECT_V86(vector, error, text) ({ RUN_V86(text); fault(vector, error); })

static const char *const names[] = {
    "CLI and STI below IOPL 3 change VIF",
    "STI with VIP pending is #GP(0)",
    "PUSHF below IOPL 3 shows VIF as IF, and IOPL 3",
    "POPF below IOPL 3 takes IF to VIF",
    "POPF of TF, or of IF with VIP pending, is #GP(0)",
    "PUSHF, POPF and IRET of 32 bits are #GP(0) below IOPL 3",
    "IRET below IOPL 3 takes IF to VIF",
    "IRET of TF, or of IF with VIP pending, is #GP(0)",
    "at IOPL 3 CLI and STI change IF, not VIF",
    "a clear bit of the redirection bitmap sends INT n to the program's vectors",
    "a set bit below IOPL 3 is #GP(0)",
    "a set bit at IOPL 3 sends INT n to the IDT",
    "a clear bit at IOPL 3 shows FLAGS as they are and clears IF",
    "INT3 is not redirected",
    "without CR4.VME the redirection bitmap does not count",
    "CR4.PVI: CLI and STI in ring 3 below IOPL 3 change VIF",
    "CR4.PVI: STI with VIP pending is #GP(0)",
    "CR4.PVI: PUSHF and POPF know nothing of VIF",
};
static unsigned next;

static void extended(uint32_t iopl, uint32_t more) {
  write_cr4(read_cr4() | CR4_VME);
  v86_mode(iopl);
  in.eflags |= more;
}

static void next_item(void) { item(names[next++]); }

static void virtual_interrupt_flag(void) {
  next_item();
  extended(0, 0);
  RUN_V86("sti\n" END_OF_CODE);
  fault(GP, 0);
  equal("EFLAGS after STI", EFLAGS_VM | EFLAGS_VIF | 2, TRAP_FLAGS);
  extended(0, EFLAGS_VIF | EFLAGS_IF);
  RUN_V86("cli\n" END_OF_CODE);
  fault(GP, 0);
  equal("EFLAGS after CLI", EFLAGS_VM | EFLAGS_IF | 2, TRAP_FLAGS);

  next_item();
  extended(0, EFLAGS_VIP);
  EXPECT_V86(GP, 0, "sti");
  RUN_V86("cli\n" END_OF_CODE);
  fault(GP, 0);

  next_item();
  extended(0, EFLAGS_VIF);
  RUN_V86("pushfw\n popw %ax\n cli\n pushfw\n popw %bx\n" END_OF_CODE);
  fault(GP, 0);
  equal("FLAGS with VIF", EFLAGS_IOPL(3) | EFLAGS_IF | 2, trap.eax & 0xffff);
  equal("FLAGS without", EFLAGS_IOPL(3) | 2, trap.ebx & 0xffff);

  next_item();
  extended(0, 0);
  RUN_V86("movw $0x0203, %ax\n pushw %ax\n popfw\n" END_OF_CODE);
  fault(GP, 0);
  equal("EFLAGS", EFLAGS_VM | EFLAGS_VIF | EFLAGS_CF | 2, TRAP_FLAGS);

  next_item();
  extended(0, 0);
  EXPECT_V86(GP, 0, "movw $0x0102, %ax\n pushw %ax\n" AT "popfw");
  extended(0, EFLAGS_VIP);
  EXPECT_V86(GP, 0, "movw $0x0202, %ax\n pushw %ax\n" AT "popfw");
  equal("ESP", in.esp - 2, trap.esp);

  next_item();
  extended(0, 0);
  EXPECT_V86(GP, 0, "pushfl");
  EXPECT_V86(GP, 0, "popfl");
  EXPECT_V86(GP, 0, "iretl");

  next_item();
  extended(0, 0);
  RUN_V86("movw $0x0203, %ax\n pushw %ax\n movw $0x1001, %ax\n pushw %ax\n pushw $0\n iretw\n"
          ".balign 16\n" END_OF_CODE);
  fault_at(GP, 0, 0);
  equal("CS", 0x1001, trap.cs);
  equal("EFLAGS", EFLAGS_VM | EFLAGS_VIF | EFLAGS_CF | 2, TRAP_FLAGS);

  next_item();
  extended(0, 0);
  EXPECT_V86(GP, 0, "movw $0x0102, %ax\n pushw %ax\n pushw %cs\n pushw $0\n" AT "iretw");
  extended(0, EFLAGS_VIP);
  EXPECT_V86(GP, 0, "movw $0x0202, %ax\n pushw %ax\n pushw %cs\n pushw $0\n" AT "iretw");

  next_item();
  extended(3, EFLAGS_VIP);
  RUN_V86("sti\n" END_OF_CODE);
  fault(GP, 0);
  equal("EFLAGS", EFLAGS_VM | EFLAGS_VIP | EFLAGS_IOPL(3) | EFLAGS_IF | 2, TRAP_FLAGS);
}

/* The program's vector 90h leads to 1001h:0, where HLT ends it. */
#define INT_AND_HANDLER "int $0x90\n .balign 16\n" END_OF_CODE
#define REDIRECT(vector) main_tss.redirection[(vector) >> 3] &= ~(1 << ((vector) & 7))

/* Volume 3A, table 21-2: the methods of handling software interrupts. */
static void redirection(void) {
  /* Vectors at linear address 0, which the compiler takes for a null pointer's. */
  asm volatile("movl $0x10010000, 0x90 * 4" : : : "memory");
  const uint16_t *frame = (const uint16_t *)(V86_STACK + 0x1000 - 6);

  next_item();
  extended(0, EFLAGS_VIF);
  REDIRECT(0x90);
  RUN_V86(INT_AND_HANDLER);
  fault_at(GP, 0, 0);
  equal("CS", 0x1001, trap.cs);
  equal("ESP", 0x1000 - 6, trap.esp);
  equal("IP in the frame", 2, frame[0]);
  equal("CS in the frame", V86_CODE >> 4, frame[1]);
  equal("FLAGS in the frame", EFLAGS_IOPL(3) | EFLAGS_IF | 2, frame[2]);
  equal("EFLAGS", EFLAGS_VM | 2, TRAP_FLAGS);

  next_item();
  extended(0, 0);
  EXPECT_V86(GP, 0, AT "int $0x90");

  next_item();
  extended(3, 0);
  EXPECT_V86(GP, 0x90 * 8 + 2, AT "int $0x90"); /* a gate of ring 0 */
  RUN_V86("int $0x80");
  fault_at(DONE, 0, 2);

  next_item();
  extended(3, EFLAGS_IF | EFLAGS_VIF);
  REDIRECT(0x90);
  RUN_V86(INT_AND_HANDLER);
  fault_at(GP, 0, 0);
  equal("CS", 0x1001, trap.cs);
  equal("FLAGS in the frame", EFLAGS_IOPL(3) | EFLAGS_IF | 2, frame[2]);
  equal("EFLAGS", EFLAGS_VM | EFLAGS_IOPL(3) | EFLAGS_VIF | 2, TRAP_FLAGS);

  next_item();
  extended(0, 0);
  REDIRECT(BP);
  RUN_V86("int3");
  fault_at(BP, 0, 1);

  next_item();
  v86_mode(0);
  REDIRECT(0x90);
  EXPECT_V86(GP, 0, AT "int $0x90");
  v86_mode(3);
  EXPECT_V86(GP, 0x90 * 8 + 2, AT "int $0x90");
}

static void protected_virtual_interrupts(void) {
  next_item();
  write_cr4(read_cr4() | CR4_PVI);
  user_mode();
  RUN("sti");
  done();
  equal("EFLAGS after STI", EFLAGS_VIF | 2, TRAP_FLAGS);
  in.eflags |= EFLAGS_VIF | EFLAGS_IF;
  RUN("cli");
  done();
  equal("EFLAGS after CLI", EFLAGS_IF | 2, TRAP_FLAGS);

  next_item();
  write_cr4(read_cr4() | CR4_PVI);
  user_mode();
  in.eflags |= EFLAGS_VIP;
  RUN("sti");
  fault(GP, 0);

  next_item();
  write_cr4(read_cr4() | CR4_PVI);
  user_mode();
  in.eflags |= EFLAGS_VIF;
  RUN("pushfl\n popl %eax\n pushl $0x203\n popfl");
  done();
  equal("EFLAGS that were pushed", EFLAGS_VIF | 2, trap.eax);
  equal("EFLAGS after POPF", EFLAGS_VIF | EFLAGS_CF | 2, TRAP_FLAGS);
}

void vme(void) {
  next = 0;
  if (features & CPUID_VME) {
    virtual_interrupt_flag();
    redirection();
    protected_virtual_interrupts();
  } else {
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
      skipped(names[i]);
  }
}
