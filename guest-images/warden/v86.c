/* Virtual-8086 mode without its extensions: Intel SDM volume 3A, chapter 21 (20 in older editions). */
#include "warden.h"

#define END_OF_CODE AT "hlt" /* #GP(0) at any IOPL: what is before it ran */

/* Runs code that is to raise an exception at AT. */
#define EXPECT_V86(vector, error, text) ({ RUN_V86(text); fault(vector, error); })

static void sensitive(void) {
  item("CLI, STI, PUSHF, POPF, INT n and IRET are #GP(0) below IOPL 3");
  for (uint32_t iopl = 0; iopl < 3; iopl++) {
    v86_mode(iopl);
    EXPECT_V86(GP, 0, "cli");
    EXPECT_V86(GP, 0, "sti");
    EXPECT_V86(GP, 0, "pushfw");
    EXPECT_V86(GP, 0, "popfw");
    EXPECT_V86(GP, 0, "pushfl");
    EXPECT_V86(GP, 0, "popfl");
    EXPECT_V86(GP, 0, "int $0x80");
    EXPECT_V86(GP, 0, "iretw");
    equal("ESP", in.esp, trap.esp);
  }

  item("at IOPL 3 they run; IOPL, VM and VIP stay");
  v86_mode(3);
  RUN_V86("sti\n pushfw\n popw %ax\n orw $0x400, %ax\n pushw %ax\n popfw\n cli\n" END_OF_CODE);
  fault(GP, 0);
  equal("FLAGS that were pushed", EFLAGS_IOPL(3) | EFLAGS_IF | EFLAGS_DF | 2, trap.eax & 0xffff);
  equal("EFLAGS", EFLAGS_VM | EFLAGS_IOPL(3) | EFLAGS_DF | 2, TRAP_FLAGS);
  RUN_V86("xorl %eax, %eax\n pushl %eax\n popfl\n" END_OF_CODE);
  fault(GP, 0);
  equal("EFLAGS after POPF of 0", EFLAGS_VM | EFLAGS_IOPL(3) | 2, TRAP_FLAGS);

  item("IRET at IOPL 3 takes CS, IP and FLAGS as real mode has them");
  v86_mode(3);
  in.ebx = 0x8d5; /* OF, SF, ZF, AF, PF, CF and no IF */
  RUN_V86("pushw %bx\n movw $0x1001, %ax\n pushw %ax\n pushw $0\n iretw\n .balign 16\n" END_OF_CODE);
  fault_at(GP, 0, 0);
  equal("CS", 0x1001, trap.cs);
  equal("ESP", in.esp, trap.esp);
  equal("EFLAGS", EFLAGS_VM | EFLAGS_IOPL(3) | 0x8d7, TRAP_FLAGS);

  item("HLT, MOV CR, MOV DR, CLTS, LGDT, LMSW and INVLPG are #GP(0) at IOPL 3 too");
  v86_mode(3);
  EXPECT_V86(GP, 0, "hlt");
  EXPECT_V86(GP, 0, "movl %cr0, %eax");
  EXPECT_V86(GP, 0, "movl %eax, %dr0");
  EXPECT_V86(GP, 0, "clts");
  EXPECT_V86(GP, 0, "lgdt 0");
  EXPECT_V86(GP, 0, "lmsw %ax");
  EXPECT_V86(GP, 0, "invlpg 0");
  EXPECT_V86(GP, 0, "wbinvd");

  item("LLDT, LTR, SLDT, STR, LAR, LSL, VERR and ARPL are #UD");
  v86_mode(3);
  EXPECT_V86(UD, 0, "lldt %ax");
  EXPECT_V86(UD, 0, "ltr %ax");
  EXPECT_V86(UD, 0, "sldt %ax");
  EXPECT_V86(UD, 0, "str %ax");
  EXPECT_V86(UD, 0, "lar %ax, %bx");
  EXPECT_V86(UD, 0, "lsl %ax, %bx");
  EXPECT_V86(UD, 0, "verr %ax");
  EXPECT_V86(UD, 0, "arpl %ax, %bx");

  item("SGDT, SMSW and segment loads run");
  v86_mode(0);
  RUN_V86("smsw %ax\n sgdt 0\n movw $0x1234, %bx\n movw %bx, %fs\n movw %bx, %ds\n" END_OF_CODE);
  fault(GP, 0);
  equal("SMSW", read_cr0() & 0xffff, trap.eax & 0xffff);
  equal("FS", 0x1234, trap.fs);
  equal("DS", 0x1234, trap.ds);
}

static void interrupts(void) {
  item("INT n at IOPL 3 goes to ring 0 with all segments on its stack");
  v86_mode(3);
  in.fs = 0x1111, in.gs = 0x2222;
  RUN_V86("int $0x80");
  fault_at(DONE, 0, 2);
  equal("CS", V86_CODE >> 4, trap.cs);
  equal("SS", V86_STACK >> 4, trap.ss);
  equal("ESP", 0x1000, trap.esp);
  equal("FS", 0x1111, trap.fs);
  equal("GS", 0x2222, trap.gs);
  equal("EFLAGS", in.eflags, TRAP_FLAGS);
  equal("DS to GS of the handler", 0, vm_handler_segments);

  item("INT n at IOPL 3 is checked against the gate's DPL");
  v86_mode(3);
  EXPECT_V86(GP, 0x90 * 8 + 2, "int $0x90");

  item("INT3 and INTO do not ask for IOPL, but for the gate's DPL");
  v86_mode(0);
  RUN_V86("int3");
  fault_at(BP, 0, 1);
  RUN_V86("movb $0x7f, %al\n incb %al\n" AT "into");
  fault_at(OF, 0, MARK + 1);
  set_idt_gate(BP, KERNEL_CODE, 0, INTERRUPT_GATE);
  EXPECT_V86(GP, BP * 8 + 2, "int3");

  /* Volume 2, INT n: the handler's code must be of ring 0. */
  item("a handler of ring 1 is #GP of its code");
  v86_mode(3);
  set_idt_gate(0x90, RING1_CODE & ~3, landing() + 0x1000, INTERRUPT_GATE | DPL(3));
  EXPECT_V86(GP, RING1_CODE & ~3, "int $0x90");

  item("INT n through a task gate and IRET back: VM and the segments are in the TSS");
  CODE("iretl");
  set_task(&other_tss, code_start, 0);
  set_segment(SPARE(0), (uint32_t)&other_tss, sizeof other_tss - 1, TSS32);
  set_idt_gate(0x90, SPARE(0), 0, TASK_GATE | DPL(3));
  v86_mode(3);
  in.fs = 0x1111;
  RUN_V86("int $0x90\n int $0x80");
  fault_at(DONE, 0, 4);
  equal("FS", 0x1111, trap.fs);
  equal("EFLAGS", in.eflags, TRAP_FLAGS);
  equal("EFLAGS in the TSS", in.eflags, main_tss.eflags & ~(uint32_t)EFLAGS_RF);
  equal("FS in the TSS", 0x1111, main_tss.fs & 0xffff);
  equal("EIP in the TSS", 2, main_tss.eip);

  item("an exception of the processor goes to ring 0 at any IOPL");
  v86_mode(0);
  EXPECT_V86(UD, 0, "nop\n" AT "ud2");
  EXPECT_V86(DE, 0, "xorw %cx, %cx\n" AT "divw %cx");
}

static void memory(void) {
  item("a segment begins at 16 times its selector");
  v86_mode(0);
  *(uint32_t *)(V86_DATA + 0x20) = 0xfeedbeef;
  RUN_V86("movl 0x20, %eax\n movw $0x3001, %bx\n movw %bx, %es\n movl %es:0x10, %ecx\n" END_OF_CODE);
  fault(GP, 0);
  equal("through DS", 0xfeedbeef, trap.eax);
  equal("through ES", 0xfeedbeef, trap.ecx);

  item("a word at FFFFh is #GP(0), on the stack #SS(0)");
  v86_mode(0);
  EXPECT_V86(GP, 0, "movw 0xffff, %ax");
  EXPECT_V86(GP, 0, "movl %eax, 0xfffd");
  EXPECT_V86(SS, 0, "movw $0xffff, %bp\n" AT "movw (%bp), %ax");
  EXPECT_V86(GP, 0, "movl $0x10000, %ebx\n" AT "movb (%ebx), %al");
  RUN_V86("movw 0xfffe, %ax\n" END_OF_CODE);
  fault(GP, 0);

  item("SP goes round at 0");
  v86_mode(0);
  RUN_V86("xorl %esp, %esp\n movw $0x1234, %ax\n pushw %ax\n" END_OF_CODE);
  fault(GP, 0);
  equal("ESP", 0xfffe, trap.esp);
  equal("the word pushed", 0x1234, *(uint16_t *)(V86_STACK + 0xfffe));

  item("its accesses are the user's");
  v86_mode(0);
  in.ds = 0x5000;
  uint32_t *table = (uint32_t *)(page_directory[0] & ~0xfffu);
  table[0x50] &= ~(uint32_t)PAGE_U;
  invalidate(0x50000);
  EXPECT_V86(PF, PF_PRESENT | PF_USER, "movb 0x123, %al");
  equal("CR2", 0x50123, trap.cr2);
  EXPECT_V86(PF, PF_PRESENT | PF_WRITE | PF_USER, "movb %al, 0x123");
  table[0x50] |= PAGE_U;
  invalidate(0x50000);
}

static void allow(uint32_t port) { main_tss.io_bits[port >> 3] &= ~(1 << (port & 7)); }

/* Volume 1, section 19.5.2 (18.5.2): the I/O permission bitmap. */
static void ports(void) {
  item("the I/O bitmap decides in virtual-8086 mode, at any IOPL");
  for (uint32_t iopl = 0; iopl <= 3; iopl += 3) {
    v86_mode(iopl);
    main_tss.io_bits[0x80 >> 3] = 0xff;
    EXPECT_V86(GP, 0, "inb $0x80, %al");
    EXPECT_V86(GP, 0, "outb %al, $0x80");
    allow(0x80);
    RUN_V86("inb $0x80, %al\n outb %al, $0x80\n" END_OF_CODE);
    fault(GP, 0);
  }

  item("all ports of a word or doubleword have to be allowed");
  v86_mode(0);
  allow(0x87);
  EXPECT_V86(GP, 0, "inw $0x87, %ax");
  allow(0x88);
  RUN_V86("inw $0x87, %ax\n" END_OF_CODE);
  fault(GP, 0);
  EXPECT_V86(GP, 0, "inl $0x87, %eax");

  item("the I/O bitmap decides in ring 3 below IOPL 3");
  user_mode();
  RUN("inb $0x80, %al");
  fault(GP, 0);
  allow(0x80);
  RUN("inb $0x80, %al");
  done();
  memset(main_tss.io_bits, 0xff, sizeof main_tss.io_bits);
  in.eflags |= EFLAGS_IOPL(3);
  RUN("inb $0x80, %al");
  done();

  item("ports beyond the bitmap's end are refused");
  user_mode();
  memset(main_tss.io_bits, 0, sizeof main_tss.io_bits);
  RUN("movw $0x3f0, %dx\n inb %dx, %al");
  done();
  RUN("movw $0x1000, %dx\n" AT "inb %dx, %al");
  fault(GP, 0);
  main_tss.io_map = sizeof main_tss;
  RUN("inb $0x80, %al");
  fault(GP, 0);

  item("the bitmap's last byte needs one behind it");
  user_mode();
  memset(main_tss.io_bits, 0, sizeof main_tss.io_bits);
  set_segment(MAIN_TSS, (uint32_t)&main_tss, offsetof(struct tss32, io_bits) + 0x10, TSS32);
  load_task(MAIN_TSS);
  RUN("inb $0x7f, %al");
  done();
  RUN("inb $0x80, %al");
  fault(GP, 0);

  item("INS and OUTS ask as well, and before memory");
  user_mode();
  unmap(0);
  in.edi = in.esi = W(0);
  RUN("movw $0x80, %dx\n" AT "insb");
  fault(GP, 0);
  RUN("movw $0x80, %dx\n" AT "outsb");
  fault(GP, 0);
}

void v86(void) {
  sensitive();
  interrupts();
  memory();
  ports();
}
