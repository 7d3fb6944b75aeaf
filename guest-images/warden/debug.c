/* Breakpoints and single steps: Intel SDM volume 3B, chapter 18 (17 in older editions). */
#include "warden.h"

#define EXECUTE 0u
#define WRITE 1u
#define IO 2u
#define ACCESS 3u

#define SINGLE_STEP 0x4000
#define GENERAL_DETECT 0x2000
#define CAUSES 0xe00f

/* DR7: breakpoint n, globally, of a kind and a length; bit 10 reads as 1. */
static uint32_t enabled(int n, uint32_t kind, uint32_t length) {
  return 0x400 | 2u << 2 * n | kind << (16 + 4 * n) | (length - 1) << (18 + 4 * n);
}

static void trap_after(uint32_t causes, uint32_t eip) {
  fault_at(DB, 0, eip);
  equal("DR6", causes, trap.dr6 & CAUSES);
}

/* ---- instruction breakpoints */

static void instructions(void) {
  item("an instruction breakpoint comes before the instruction");
  CODE("incl %eax\n" AT "incl %eax");
  write_dr0(MARK);
  in.dr7 = enabled(0, EXECUTE, 1);
  run();
  trap_after(1, MARK);
  equal("EAX", in.eax + 1, trap.eax);

  /* Volume 3B, section 18.3.1.1: it is the handler that sets RF. */
  item("IRET with RF goes past an instruction breakpoint, once");
  CODE("movl $2, %ecx\n" AT "1: incl %eax\n loop 1b");
  write_dr1(MARK);
  in.dr7 = enabled(1, EXECUTE, 1);
  run();
  trap_after(2, MARK);
  equal("RF in the image", 0, trap.eflags & EFLAGS_RF);
  trap.eflags |= EFLAGS_RF;
  resume();
  trap_after(2, MARK);
  equal("EAX", 1, trap.eax);
  equal("ECX", 1, trap.ecx);

  item("a breakpoint that is not enabled does not stop; DR6 stays");
  CODE(AT "incl %eax");
  write_dr0(MARK);
  write_dr1(MARK);
  in.dr7 = 0x400;
  run();
  done();
  equal("DR6", 0, trap.dr6 & CAUSES);

  item("a breakpoint has to be an instruction's first byte");
  CODE(AT "movl $1, %eax");
  write_dr0(MARK + 1);
  in.dr7 = enabled(0, EXECUTE, 1);
  run();
  done();

  item("a fault's image has RF set, a trap's has not");
  RUN("ud2");
  equal("RF of #UD", EFLAGS_RF, trap.eflags & EFLAGS_RF);
  RUN("int3");
  equal("RF of INT3", 0, trap.eflags & EFLAGS_RF);

  item("two breakpoints of one instruction are both in DR6");
  CODE(AT "nop");
  write_dr0(MARK);
  write_dr3(MARK);
  in.dr7 = enabled(0, EXECUTE, 1) | enabled(3, EXECUTE, 1);
  run();
  trap_after(9, MARK);
}

/* Volume 3A, table 6-2: a code breakpoint is before a page fault of the fetch. */
static void priorities(void) {
  item("an instruction breakpoint in a missing page comes before the page fault");
  unmap(1);
  write_dr0(W(1));
  in.dr7 = enabled(0, EXECUTE, 1);
  in.eax = W(1);
  RUN("jmp *%eax");
  trap_after(1, W(1));
  trap.eflags |= EFLAGS_RF;
  resume();
  fault_at(PF, 0, W(1));

  /* Volume 3B, section 18.3.1.1: as if RF were set. */
  item("no instruction breakpoint directly behind MOV SS");
  CODE("movw %ax, %ss\n" AT "nop");
  in.eax = KERNEL_DATA;
  write_dr0(MARK);
  in.dr7 = enabled(0, EXECUTE, 1);
  run();
  done();
}

/* ---- data breakpoints: traps, after the access */

static void data(void) {
  static uint32_t words[4] __attribute__((aligned(16)));

  item("a write breakpoint comes after a write, not after a read");
  in.ebx = (uint32_t)words;
  in.eax = 0x12345678;
  write_dr0((uint32_t)words);
  in.dr7 = enabled(0, WRITE, 4);
  RUN("movl (%ebx), %ecx\n movl %eax, (%ebx)\n" AT "nop");
  trap_after(1, MARK);
  equal("the word", 0x12345678, words[0]);

  item("an access breakpoint comes after a read");
  in.ebx = (uint32_t)words;
  write_dr1((uint32_t)words);
  in.dr7 = enabled(1, ACCESS, 4);
  RUN("movl (%ebx), %ecx\n" AT "nop");
  trap_after(2, MARK);

  item("an access next to a breakpoint does not raise it");
  in.ebx = (uint32_t)words;
  write_dr0((uint32_t)words + 4);
  in.dr7 = enabled(0, ACCESS, 4);
  RUN("movl (%ebx), %ecx\n movl %ecx, 8(%ebx)\n movb 3(%ebx), %al");
  done();

  item("an access that overlaps a breakpoint by a byte raises it");
  in.ebx = (uint32_t)words + 1;
  write_dr0((uint32_t)words + 4);
  in.dr7 = enabled(0, ACCESS, 1);
  RUN("movl (%ebx), %ecx\n" AT "nop");
  trap_after(1, MARK);

  item("a breakpoint of 2 bytes catches its second byte, not the third");
  in.ebx = (uint32_t)words;
  write_dr0((uint32_t)words);
  in.dr7 = enabled(0, WRITE, 2);
  RUN("movb %al, 2(%ebx)\n movb %al, 1(%ebx)\n" AT "nop");
  trap_after(1, MARK);

  item("PUSH and CALL raise write breakpoints");
  write_dr0(KERNEL_STACK_TOP - 4);
  in.dr7 = enabled(0, WRITE, 4);
  in.eax = in.dr7; /* the way in writes there, so the breakpoint comes with the code */
  in.dr7 = 0;
  RUN("movl %eax, %dr7\n pushl %eax\n" AT "nop");
  trap_after(1, MARK);
  RUN("movl %eax, %dr7\n call 1f\n 1:" AT "nop");
  trap_after(1, MARK);

  item("a data breakpoint in REP MOVS comes after the element");
  in.esi = W(0), in.edi = W(1), in.ecx = 8;
  write_dr0(W(1) + 8);
  in.dr7 = enabled(0, WRITE, 4);
  RUN("rep movsl");
  trap_after(1, MARK);
  equal("ECX", 5, trap.ecx);
  equal("EDI", W(1) + 12, trap.edi);
}

static void ports(void) {
  static const char io[] = "CR4.DE: an I/O breakpoint comes after IN and OUT";
  static const char aliases[] = "CR4.DE: MOV of DR4 and DR5 is #UD, without they are DR6 and DR7";
  if (!(features & CPUID_DE)) {
    skipped(io);
    skipped(aliases);
    return;
  }
  item(io);
  write_cr4(read_cr4() | CR4_DE);
  write_dr2(0x80);
  in.dr7 = enabled(2, IO, 1);
  RUN("outb %al, $0x84\n outb %al, $0x80\n" AT "nop");
  trap_after(4, MARK);
  RUN("inb $0x80, %al\n" AT "nop");
  trap_after(4, MARK);

  item(aliases);
  RUN("movl %db4, %eax\n movl %db5, %ebx");
  done();
  equal("DR4", read_dr6(), trap.eax);
  equal("DR5", 0x400, trap.ebx);
  write_cr4(read_cr4() | CR4_DE);
  RUN("movl %db4, %eax");
  fault(UD, 0);
}

static void general_detect(void) {
  item("DR7.GD: an access to a debug register is #DB before it, and GD is cleared");
  in.dr7 = 0x2400;
  RUN("incl %ecx\n" AT "movl %dr0, %eax");
  trap_after(GENERAL_DETECT, MARK);
  equal("DR7", 0x400, trap.dr7);
  RUN("movl %eax, %dr6");
  trap_after(GENERAL_DETECT, MARK);

  /* Volume 3B, section 18.2.3: only bits 0 to 3 may be. */
  item("DR6 is not cleared by a debug exception");
  write_dr6(GENERAL_DETECT);
  in.dr7 = 0;
  in.eflags |= EFLAGS_TF;
  RUN("nop\n" AT "nop");
  trap_after(SINGLE_STEP | GENERAL_DETECT, MARK);
}

/* ---- single steps */

static void steps(void) {
  item("a single step comes after each instruction; the handler runs without TF");
  in.eflags |= EFLAGS_TF;
  RUN("incl %eax\n" AT "incl %eax");
  trap_after(SINGLE_STEP, MARK);
  equal("TF in the image", EFLAGS_TF, trap.eflags & EFLAGS_TF);
  resume();
  trap_after(SINGLE_STEP, END);
  equal("EAX", 2, trap.eax);

  item("a single step goes through a jump and a call");
  in.eflags |= EFLAGS_TF;
  RUN("jmp 1f\n nop\n 1:" AT "call 2f\n nop\n 2:");
  trap_after(SINGLE_STEP, MARK);
  resume();
  trap_after(SINGLE_STEP, END);

  /* Volume 3B, section 18.3.1.1: the image of a trap between elements has RF set. */
  item("TF over REP MOVS is a trap after each element, with RF set in the image");
  in.esi = W(0), in.edi = W(1), in.ecx = 3;
  in.eflags |= EFLAGS_TF;
  CODE("rep movsl");
  run();
  for (uint32_t left = 2; left > 0; left--) {
    trap_after(SINGLE_STEP, MARK);
    equal("ECX", left, trap.ecx);
    equal("RF in the image", EFLAGS_RF, trap.eflags & EFLAGS_RF);
    resume();
  }
  trap_after(SINGLE_STEP, END);
  equal("ECX", 0, trap.ecx);
  equal("RF in the last image", 0, trap.eflags & EFLAGS_RF);

  /* Volume 3A, section 6.8.3: the trap waits for the instruction that loads ESP. */
  item("no single step between MOV SS or POP SS and the next instruction");
  in.eflags |= EFLAGS_TF;
  in.eax = KERNEL_DATA;
  RUN("movw %ax, %ss\n nop\n" AT "nop");
  trap_after(SINGLE_STEP, MARK);
  RUN("pushl %eax\n popl %ss\n nop\n" AT "nop");
  resume(); /* behind PUSH */
  trap_after(SINGLE_STEP, MARK);

  item("POPF that sets TF: the first step comes after the next instruction");
  RUN("pushl $0x102\n popfl\n incl %eax\n" AT "nop");
  trap_after(SINGLE_STEP, MARK);

  item("POPF that clears TF is stepped itself, and is the last");
  in.eflags |= EFLAGS_TF;
  in.eax = 2;
  RUN("pushl %eax\n popfl\n" AT "nop\n nop");
  resume();
  trap_after(SINGLE_STEP, MARK);
  equal("TF in the image", 0, trap.eflags & EFLAGS_TF);
  resume();
  done();

  item("PUSHF under TF pushes it");
  in.eflags |= EFLAGS_TF;
  RUN("pushfl\n" AT "popl %eax");
  trap_after(SINGLE_STEP, MARK);
  equal("TF that was pushed", EFLAGS_TF, *(uint32_t *)trap.esp & EFLAGS_TF);

  item("INT n under TF is not stepped: TF waits in its image");
  user_mode();
  in.eflags |= EFLAGS_TF;
  RUN("int $0x80");
  fault_at(DONE, 0, MARK + 2);
  equal("TF in the image", EFLAGS_TF, trap.eflags & EFLAGS_TF);
  equal("DR6", 0, trap.dr6 & CAUSES);

  item("a faulting instruction is not stepped, nor is its exception's handler");
  user_mode();
  in.eflags |= EFLAGS_TF;
  RUN("ud2");
  fault(UD, 0);
  equal("DR6", 0, trap.dr6 & CAUSES);

  item("IRET that sets TF steps the instruction it goes to");
  CODE("incl %eax\n" AT "nop");
  const uint32_t after = MARK;
  in.ebx = (uint32_t)code_start;
  RUN("pushl $0x102\n pushl %cs\n pushl %ebx\n iretl");
  trap_after(SINGLE_STEP, after);
  equal("EAX", 1, trap.eax);

  item("a call gate leaves TF: the step comes in ring 0");
  CODE("nop");
  const uint32_t gate = (uint32_t)code_start;
  set_gate(SPARE(0), KERNEL_CODE, gate, CALL_GATE32 | DPL(3));
  user_mode();
  in.eflags |= EFLAGS_TF;
  RUN("lcall $" TEXT(SPARE(0)) ", $0");
  trap_after(SINGLE_STEP, gate);
  equal("CS", KERNEL_CODE, trap.cs);

  item("a task with TF set is stepped behind its first instruction");
  CODE("nop\n" AT "nop");
  const uint32_t stepped = MARK;
  set_task(&other_tss, code_start, 0);
  set_segment(SPARE(0), (uint32_t)&other_tss, sizeof other_tss - 1, TSS32);
  other_tss.eflags |= EFLAGS_TF;
  RUN("ljmp $" TEXT(SPARE(0)) ", $0");
  trap_after(SINGLE_STEP, stepped);

  item("a step and a data breakpoint of one instruction are one exception");
  in.ebx = W(0);
  write_dr0(W(0));
  in.dr7 = enabled(0, WRITE, 4);
  in.eflags |= EFLAGS_TF;
  RUN("movl %eax, (%ebx)\n" AT "nop");
  trap_after(SINGLE_STEP | 1, MARK);

  item("a data breakpoint of MOV SS waits for the next instruction");
  *(uint32_t *)arena[0] = KERNEL_DATA;
  in.ebx = W(0);
  write_dr0(W(0));
  in.dr7 = enabled(0, ACCESS, 4);
  RUN("movw (%ebx), %ss\n nop\n" AT "nop");
  trap_after(1, MARK);

  item("a single step in ring 3 and in virtual-8086 mode");
  user_mode();
  in.eflags |= EFLAGS_TF;
  RUN("incl %eax\n" AT "nop");
  trap_after(SINGLE_STEP, MARK);
  equal("CS", USER_CODE, trap.cs);
  v86_mode(0);
  in.eflags |= EFLAGS_TF;
  write_dr6(0);
  RUN_V86("incw %ax\n" AT "nop");
  trap_after(SINGLE_STEP, MARK);
  equal("VM", EFLAGS_VM, trap.eflags & EFLAGS_VM);
}

void debug(void) {
  instructions();
  priorities();
  data();
  ports();
  general_detect();
  steps();
}
