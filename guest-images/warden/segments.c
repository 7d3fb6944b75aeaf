/* Segments: what may be loaded, and what may be done with it. Intel SDM volume 3A, chapter 5. */
#include "warden.h"

#define SPARE_SEGMENT SPARE(0)

/* ---- loading DS and SS; volume 2, MOV: the order of the checks and their error codes */

#define OK DONE

static const struct {
  const char *name;
  char target; /* 'd': DS, 's': SS */
  uint8_t ring;
  uint16_t selector, access; /* of SPARE_SEGMENT */
  uint16_t vector, error;
} loads[] = {
    {"DS may be null", 'd', 0, 3, 0, OK, 0},
    {"SS null is #GP(0)", 's', 0, 0, 0, GP, 0},
    {"DS beyond the GDT is #GP", 'd', 0, 0x1000, 0, GP, 0x1000},
    {"DS of an LDT that is not there is #GP", 'd', 0, IN_LDT(1), 0, GP, IN_LDT(1)},
    {"SS of an LDT that is not there is #GP", 's', 0, IN_LDT(1), 0, GP, IN_LDT(1)},
    {"DS absent is #NP", 'd', 0, SPARE_SEGMENT, DATA & ~PRESENT, NP, SPARE_SEGMENT},
    {"SS absent is #SS", 's', 0, SPARE_SEGMENT, DATA & ~PRESENT, SS, SPARE_SEGMENT},
    {"DS of the wrong type and absent is #GP", 'd', 0, SPARE_SEGMENT, CODE_ONLY & ~PRESENT, GP, SPARE_SEGMENT},
    {"SS read-only and absent is #GP", 's', 0, SPARE_SEGMENT, DATA_READ_ONLY & ~PRESENT, GP, SPARE_SEGMENT},
    {"DS from a system descriptor is #GP", 'd', 0, SPARE_SEGMENT, LDT_TYPE, GP, SPARE_SEGMENT},
    {"SS from a system descriptor is #GP", 's', 0, SPARE_SEGMENT, LDT_TYPE, GP, SPARE_SEGMENT},
    {"DS execute-only is #GP", 'd', 0, SPARE_SEGMENT, CODE_ONLY, GP, SPARE_SEGMENT},
    {"DS from readable code", 'd', 0, SPARE_SEGMENT, CODE_READABLE, OK, 0},
    {"DS read-only", 'd', 0, SPARE_SEGMENT, DATA_READ_ONLY, OK, 0},
    {"SS from readable code is #GP", 's', 0, SPARE_SEGMENT, CODE_READABLE, GP, SPARE_SEGMENT},
    {"SS read-only is #GP", 's', 0, SPARE_SEGMENT, DATA_READ_ONLY, GP, SPARE_SEGMENT},
    {"SS with another RPL is #GP", 's', 0, SPARE_SEGMENT | 1, DATA, GP, SPARE_SEGMENT},
    {"SS with another DPL is #GP", 's', 0, SPARE_SEGMENT, DATA | DPL(1), GP, SPARE_SEGMENT},
    {"SS of ring 3 in ring 3", 's', 3, SPARE_SEGMENT | 3, DATA | DPL(3), OK, 0},
    {"SS of ring 0 in ring 3 is #GP", 's', 3, SPARE_SEGMENT, DATA, GP, SPARE_SEGMENT},
    {"DS of ring 2 in ring 3 is #GP", 'd', 3, SPARE_SEGMENT, DATA | DPL(2), GP, SPARE_SEGMENT},
    {"DS of ring 0 in ring 0 with RPL 3 is #GP", 'd', 0, SPARE_SEGMENT | 3, DATA, GP, SPARE_SEGMENT},
    {"DS from inner code is #GP", 'd', 3, SPARE_SEGMENT, CODE_READABLE, GP, SPARE_SEGMENT},
    {"DS from inner conforming code", 'd', 3, SPARE_SEGMENT | 3, CODE_CONFORMING, OK, 0},
};

static void loading(void) {
  for (unsigned i = 0; i < sizeof loads / sizeof loads[0]; i++) {
    item(loads[i].name);
    if (loads[i].ring == 3)
      user_mode();
    set_segment(SPARE_SEGMENT, 0, 0xfffff, loads[i].access | FLAT);
    in.eax = loads[i].selector;
    const uint32_t before = loads[i].target == 'd' ? in.ds : in.ss;
    if (loads[i].target == 'd')
      RUN("movw %ax, %ds");
    else
      RUN("movw %ax, %ss");
    const uint32_t now = loads[i].target == 'd' ? trap.ds : trap.ss;
    if (loads[i].vector == OK) {
      done();
      equal("the register", loads[i].selector, now & 0xffff);
    } else {
      fault_at(loads[i].vector, loads[i].error, in.eip);
      equal("the register", before, now & 0xffff);
    }
    const bool marks = loads[i].vector == OK && loads[i].access;
    equal("the accessed bit", marks, access_byte(SPARE_SEGMENT) & ACCESSED);
  }

  item("a descriptor that the GDT's limit cuts is #GP");
  set_segment(SPARE_SEGMENT, 0, 0xfffff, DATA | FLAT);
  load_gdt(SPARE_SEGMENT + 6);
  in.eax = SPARE_SEGMENT;
  RUN("movw %ax, %ds");
  fault(GP, SPARE_SEGMENT);
  load_gdt(SPARE_SEGMENT + 7);
  RUN("movw %ax, %ds");
  done();

  item("POP DS that faults leaves ESP as it was");
  in.eax = 0x1000;
  RUN("pushl %eax\n" AT "popl %ds");
  fault(GP, 0x1000);
  equal("ESP", in.esp - 4, trap.esp);

  item("LLDT takes null, or an LDT of the GDT");
  RUN("xorl %eax, %eax\n lldt %ax");
  done();
  RUN("movl $" TEXT(KERNEL_DATA) ", %eax\n" AT "lldt %ax");
  fault(GP, KERNEL_DATA);
  set_segment(LDT, 0, 0xffff, LDT_TYPE & ~PRESENT);
  RUN("movl $" TEXT(LDT) ", %eax\n" AT "lldt %ax");
  fault(NP, LDT);
}

/* ---- limits: a doubleword at one offset is inside, at the other it is not */

static void limits(const char *name, uint32_t base, uint32_t limit, uint32_t attributes,
                   uint32_t inside, uint32_t outside) {
  item(name);
  set_segment(SPARE_SEGMENT, base, limit, attributes);
  in.fs = SPARE_SEGMENT;
  in.ebx = inside;
  *(uint32_t *)(arena[0] + (base + inside - W(0))) = 0x5a5a5a5a;
  RUN("movl %fs:(%ebx), %eax");
  done();
  equal("what was read", 0x5a5a5a5a, trap.eax);
  in.ebx = outside;
  RUN("movl %fs:(%ebx), %eax");
  fault(GP, 0);
  RUN("movl %eax, %fs:(%ebx)");
  fault(GP, 0);
  RUN("addl %eax, %fs:(%ebx)");
  fault(GP, 0);
}

static void limit_checks(void) {
  limits("the last doubleword of a segment", W(0), 0xfff, DATA | BIG, 0xffc, 0xffd);
  limits("the limit in pages", W(0), 0, DATA | FLAT, 0xffc, 0x1000);
  limits("a limit within a page", W(0), 0x1234, DATA | BIG, 0x1231, 0x1232);
  limits("an offset from above is beyond the limit", W(0), 0xfff, DATA | BIG, 0, 0xfffffffc);
  limits("expand-down: the limit itself is outside", W(0), 0xfff, DATA_DOWN | BIG, 0x1000, 0xffc);
  limits("expand-down: no part may be outside", W(0), 0xfff, DATA_DOWN | BIG, 0x1000, 0xfff);
  limits("expand-down, 32-bit: up to FFFFFFFFh", W(1), 0xfff, DATA_DOWN | BIG, 0xfffffffc, 0xfffffffd);
  limits("expand-down, 16-bit: up to FFFFh", W(1) - 0x10000, 0xfff, DATA_DOWN, 0xfffc, 0xfffd);
  limits("expand-down in pages", W(0), 0, DATA_DOWN | FLAT, 0x1000, 0xffc);

  item("a byte at the limit is inside, the next is not");
  set_segment(SPARE_SEGMENT, W(0), 0x7ff, DATA | BIG);
  in.fs = SPARE_SEGMENT;
  in.ebx = 0x7ff;
  RUN("movb %fs:(%ebx), %al");
  done();
  in.ebx = 0x800;
  RUN("movb %fs:(%ebx), %al");
  fault(GP, 0);

  item("REP MOVS stops at the limit, its registers at the element");
  set_segment(SPARE_SEGMENT, W(0), 0x7ff, DATA | BIG);
  in.es = SPARE_SEGMENT;
  in.esi = W(1), in.edi = 0x7f0, in.ecx = 8;
  RUN("rep movsl");
  fault(GP, 0);
  equal("ECX", 4, trap.ecx);
  equal("ESI", W(1) + 16, trap.esi);
  equal("EDI", 0x800, trap.edi);
}

static void types(void) {
  item("a write to a read-only segment is #GP(0)");
  set_segment(SPARE_SEGMENT, W(0), 0xfff, DATA_READ_ONLY | BIG);
  in.fs = SPARE_SEGMENT;
  RUN("movl %fs:0, %eax");
  done();
  RUN("movl %eax, %fs:0");
  fault(GP, 0);
  RUN("incl %fs:0");
  fault(GP, 0);

  item("a write to the code segment is #GP(0)");
  in.ebx = W(0);
  RUN("movl %cs:(%ebx), %eax");
  done();
  RUN("movl %eax, %cs:(%ebx)");
  fault(GP, 0);

  item("a read of execute-only code is #GP(0)");
  user_mode();
  set_segment(SPARE_SEGMENT, 0, 0xfffff, CODE_ONLY | DPL(3) | FLAT);
  in.cs = SPARE_SEGMENT | 3;
  in.ebx = W(0);
  RUN("movl %cs:(%ebx), %eax");
  fault(GP, 0);

  item("a read or write through a null selector is #GP(0)");
  in.ds = 0;
  in.es = 3;
  in.esi = in.edi = W(0);
  RUN("movl (%esi), %eax");
  fault(GP, 0);
  RUN("movl %eax, (%esi)");
  fault(GP, 0);
  RUN("ss; movsb");
  fault(GP, 0);

  item("LAR, LSL, VERR and VERW tell what may be done");
  user_mode();
  set_segment(SPARE_SEGMENT, 0, 0xfff, DATA_READ_ONLY | DPL(3) | FLAT);
  in.eax = SPARE_SEGMENT | 3;
  in.edx = KERNEL_DATA;
  RUN("larl %eax, %ecx\n lsll %eax, %ebx\n verr %ax\n setz %al\n"
      "movl $" TEXT(SPARE(0)) " + 3, %esi\n verw %si\n setz %ah\n larl %edx, %edi\n setz %dl");
  done();
  equal("LAR", 0xc0f000, trap.ecx & 0xfff000);
  equal("the access byte", DATA_READ_ONLY | DPL(3), trap.ecx >> 8 & 0xff);
  equal("LSL", 0xffffff, trap.ebx);
  equal("VERR", 1, trap.eax & 0xff);
  equal("VERW", 0, trap.eax >> 8 & 0xff);
  equal("LAR of ring 0's data", 0, trap.edx & 0xff);

  item("ARPL raises the RPL, and tells");
  user_mode();
  in.eax = 0x10, in.ebx = 3;
  RUN("arpl %bx, %ax");
  done();
  equal("the selector", 0x13, trap.eax);
  equal("ZF", EFLAGS_ZF, trap.eflags & EFLAGS_ZF);
}

/* ---- stacks */

/* A ring 3 stack in the window. */
static void stack(uint32_t limit, uint32_t attributes, uint32_t esp) {
  user_mode();
  set_segment(SPARE_SEGMENT, W(0), limit, attributes | DPL(3));
  in.ss = SPARE_SEGMENT | 3;
  in.esp = esp;
}

static void stacks(void) {
  item("a push below offset 0 is #SS(0), ESP as it was");
  stack(0xfff, DATA | BIG, 0);
  RUN("pushl %eax");
  fault(SS, 0);
  equal("ESP", 0, trap.esp);

  item("a pop beyond the limit is #SS(0)");
  stack(0xfff, DATA | BIG, 0xffd);
  RUN("popl %eax");
  fault(SS, 0);
  equal("ESP", 0xffd, trap.esp);

  item("an operand by EBP beyond the limit is #SS(0), by DS #GP(0)");
  stack(0xfff, DATA | BIG, 0x800);
  in.ebp = 0x1000;
  RUN("movl (%ebp), %eax");
  fault(SS, 0);
  RUN("incl (%ebp)");
  fault(SS, 0);
  in.ds = in.ss;
  RUN("movl %ds:(%ebp), %eax");
  fault(GP, 0);

  item("a push below an expand-down stack is #SS(0)");
  stack(0xfff, DATA_DOWN | BIG, 0x1004);
  RUN("pushl %eax\n" AT "pushl %eax");
  fault(SS, 0);
  equal("ESP", 0x1000, trap.esp);

  item("a 16-bit stack goes round, and leaves ESP's upper word");
  stack(0xffff, DATA, 0); /* IRET to a 16-bit stack loads SP only */
  set_segment(SPARE_SEGMENT, W(1) - 0x10000, 0xffff, DATA | DPL(3));
  in.eax = 0xfeedbeef;
  RUN("movl $0x12340000, %esp\n pushl %eax");
  done();
  equal("ESP", 0x1234fffc, trap.esp);
  equal("the word pushed", 0xfeedbeef, *(uint32_t *)(arena[0] + 0xffc));

  item("a near CALL without room is #SS(0), nothing changed");
  stack(0xfff, DATA | BIG, 0);
  RUN("call 1f\n 1:");
  fault(SS, 0);
  equal("ESP", 0, trap.esp);

  item("ENTER and PUSHA without room are #SS(0), nothing changed");
  stack(0xfff, DATA | BIG, 8);
  in.ebp = 0x77;
  RUN("enter $0, $3");
  fault(SS, 0);
  equal("EBP", 0x77, trap.ebp);
  equal("ESP", 8, trap.esp);
  RUN("pushal");
  fault(SS, 0);
  equal("ESP", 8, trap.esp);
}

/* ---- where code ends */

/* Runs the code at offset 0 of a segment of its own. */
static void run_limited(uint32_t limit) {
  user_mode();
  landing();
  memcpy((void *)V86_CODE, (const void *)code_start, code_end - code_start);
  set_segment(SPARE_SEGMENT, V86_CODE, limit, CODE_READABLE | DPL(3) | BIG);
  in.cs = SPARE_SEGMENT | 3;
  run_at(0);
}

static void code_limits(void) {
  item("a jump beyond the code's limit is #GP(0) of the jump");
  CODE("nop\n" AT "jmp . + 0x200");
  run_limited(0xff);
  fault(GP, 0);

  item("a call and a return beyond the code's limit, ESP as it was");
  CODE("nop\n" AT "call . + 0x200");
  run_limited(0xff);
  fault(GP, 0);
  equal("ESP", in.esp, trap.esp);
  CODE("pushl $0x100\n" AT "ret");
  run_limited(0xff);
  fault(GP, 0);
  equal("ESP", in.esp - 4, trap.esp);

  item("an instruction that the limit cuts is #GP(0), the one before runs");
  CODE("incl %eax\n" AT "movl $1, %eax");
  run_limited(4);
  fault(GP, 0);
  equal("EAX", in.eax + 1, trap.eax);

  item("the first instruction beyond the limit is #GP(0)");
  CODE("incl %eax\n" AT "nop");
  run_limited(0);
  fault(GP, 0);

  item("an instruction has 15 bytes at most");
  RUN(".fill 14, 1, 0x3e\n nop");
  done();
  RUN(".fill 15, 1, 0x3e\n nop");
  fault(GP, 0);
}

void segments(void) {
  loading();
  limit_checks();
  types();
  stacks();
  code_limits();
}
