/* Page faults in the middle of what ring 3 executes. */
#include "warden.h"

#define READ PF_USER
#define WRITE (PF_USER | PF_WRITE)

static uint32_t *word(uint32_t linear) { return (uint32_t *)(arena[0] + (linear - WINDOW)); }

static void stack_instructions(void) {
  begin("PUSHA");
  in.esp = W(1) + 8;
  CODE("pushal");
  restarts(0, WRITE, W(1) - 4, 0);

  /* Which registers it has loaded by then is left open; ESP it has not. */
  begin("POPA");
  in.esp = W(1) - 8;
  CODE("popal");
  restarts(1, READ, W(1), PROGRESS);
  equal("ESP at the fault", W(1) - 8, faulted.esp);

  begin("PUSHA of words");
  in.esp = W(1) + 4;
  CODE("pushaw");
  restarts(0, WRITE, W(1) - 2, 0);

  begin("ENTER without levels");
  in.esp = W(1);
  CODE("enter $16, $0");
  restarts(0, WRITE, W(1) - 4, 0);

  begin("ENTER with levels: the stack");
  in.esp = W(2) + 8;
  in.ebp = W(3) + 0x100;
  CODE("enter $0, $3");
  restarts(1, WRITE, W(2) - 4, 0);

  begin("ENTER with levels: the display");
  in.esp = W(4);
  in.ebp = W(1) + 4;
  CODE("enter $0, $3");
  restarts(0, READ, W(1) - 4, 0);

  /* Volume 2, ENTER: #PF if a write by the final stack pointer would cause one. */
  begin("ENTER tries its final stack pointer");
  in.esp = W(2) + 8;
  CODE("enter $16, $0");
  restarts(1, WRITE, W(2) + 8 - 4 - 16, 0);

  begin("LEAVE");
  in.ebp = W(1);
  CODE("leave");
  restarts(1, READ, W(1), 0);

  begin("LEAVE across a page's end");
  in.ebp = W(1) - 2;
  CODE("leave");
  restarts(1, READ, W(1), 0);

  begin("PUSH of memory that is missing");
  in.esi = W(1) - 2;
  CODE("pushl (%esi)");
  restarts(1, READ, W(1), 0);

  begin("PUSH of memory to a stack that is missing");
  in.esi = W(2);
  in.esp = W(1);
  CODE("pushl (%esi)");
  restarts(0, WRITE, W(1) - 4, 0);

  begin("POP to memory that is missing");
  in.edi = W(1);
  in.esp = W(2);
  CODE("popl (%edi)");
  restarts(1, WRITE, W(1), 0);

  begin("POP to memory by ESP, which counts as popped");
  in.esp = W(1) - 4;
  CODE("popl (%esp)");
  restarts(1, WRITE, W(1), 0);

  begin("PUSHF and POPF");
  in.esp = W(1) + 2;
  CODE("pushfl");
  restarts(0, WRITE, W(1) - 2, 0);
  in.eip = 0;
  user_mode();
  *word(W(1) - 2) = 0x8d7;
  in.esp = W(1) - 2;
  CODE("popfl");
  restarts(1, READ, W(1), 0);
}

static void transfers(void) {
  begin("CALL");
  in.esp = W(1);
  CODE("call 1f\n nop\n 1:");
  restarts(0, WRITE, W(1) - 4, 0);

  begin("CALL by way of memory that is missing");
  in.esi = W(1) - 2;
  CODE("call *(%esi)");
  *word(W(1) - 2) = END;
  restarts(1, READ, W(1), 0);

  begin("RET");
  CODE("ret");
  in.esp = W(1) - 2;
  *word(W(1) - 2) = END;
  restarts(1, READ, W(1), 0);

  begin("far CALL");
  in.esp = W(1) + 4;
  CODE("lcall $" TEXT(USER_CODE) ", $1f\n nop\n 1:");
  restarts(0, WRITE, W(1) - 4, 0);

  begin("far CALL by way of memory whose selector is missing");
  in.esi = W(1) - 4;
  CODE("lcall *(%esi)");
  *word(W(1) - 4) = END;
  *word(W(1)) = USER_CODE;
  restarts(1, READ, W(1), 0);

  begin("far RET");
  CODE("lret $8");
  in.esp = W(1) - 4;
  *word(W(1) - 4) = END;
  *word(W(1)) = USER_CODE;
  restarts(1, READ, W(1), 0);

  begin("IRET to the same level");
  CODE("iretl");
  in.esp = W(1) - 8;
  *word(W(1) - 8) = END;
  *word(W(1) - 4) = USER_CODE;
  *word(W(1)) = 2 | EFLAGS_CF;
  restarts(1, READ, W(1), 0);

  begin("LES");
  CODE("lesl (%esi), %eax");
  in.esi = W(1) - 4;
  *word(W(1)) = USER_DATA;
  in.es = 0;
  restarts(1, READ, W(1), 0);

  begin("LSS");
  CODE("lssl (%esi), %esp");
  in.esi = W(1) - 4;
  *word(W(1) - 4) = W(3);
  *word(W(1)) = USER_DATA;
  restarts(1, READ, W(1), 0);

  begin("BOUND");
  CODE("boundl %eax, (%esi)");
  in.esi = W(1) - 4;
  in.eax = 5;
  *word(W(1) - 4) = 1;
  *word(W(1)) = 9;
  restarts(1, READ, W(1), 0);
}

static void progress(uint32_t ecx, uint32_t esi, uint32_t edi) {
  equal("ECX at the fault", ecx, faulted.ecx);
  equal("ESI at the fault", esi, faulted.esi);
  equal("EDI at the fault", edi, faulted.edi);
}


static void strings(const char *name, uint32_t esi, uint32_t edi, uint32_t ecx, uint32_t flags) {
  begin(name);
  in.esi = esi, in.edi = edi, in.ecx = ecx;
  in.eflags |= flags;
}

static void string_instructions(void) {
  strings("REP MOVS up, to a missing page", W(2), W(1) - 8, 6, 0);
  CODE("rep movsl");
  restarts(1, WRITE, W(1), PROGRESS);
  progress(4, W(2) + 8, W(1));

  strings("REP MOVS up, from a missing page", W(1) - 8, W(2), 6, 0);
  CODE("rep movsl");
  restarts(1, READ, W(1), PROGRESS);
  progress(4, W(1), W(2) + 8);

  strings("REP MOVS down, to a missing page", W(2) + 0x100, W(1) + 4, 6, EFLAGS_DF);
  CODE("rep movsl");
  restarts(0, WRITE, W(1) - 4, PROGRESS);
  progress(4, W(2) + 0xf8, W(1) - 4);

  strings("REP MOVS down, from a missing page", W(1) + 4, W(2) + 0x100, 6, EFLAGS_DF);
  CODE("rep movsl");
  restarts(0, READ, W(1) - 4, PROGRESS);
  progress(4, W(1) - 4, W(2) + 0xf8);

  strings("REP MOVS of an element across a page's end", W(2), W(1) - 6, 3, 0);
  CODE("rep movsl");
  restarts(1, WRITE, W(1), PROGRESS);
  progress(2, W(2) + 4, W(1) - 2);

  strings("MOVS from a page to a missing one changes nothing", W(2), W(1), 1, 0);
  CODE("movsl");
  restarts(1, WRITE, W(1), 0);

  strings("MOVS reads before it writes", W(1), W(2), 1, 0);
  unmap(2);
  RUN("movsl");
  fault(PF, WRITE);
  unmap(1);
  RUN("movsl");
  fault(PF, READ);
  equal("CR2", W(1), trap.cr2);

  strings("REP STOS", 0, W(1) - 10, 20, 0);
  CODE("rep stosb");
  restarts(1, WRITE, W(1), PROGRESS);
  progress(10, 0, W(1));

  strings("REP STOS of a whole page and more", 0, W(1), 2048, 0);
  CODE("rep stosl");
  restarts(2, WRITE, W(2), PROGRESS);
  progress(1024, 0, W(2));

  strings("REP LODS", W(1) - 8, 0, 4, 0);
  CODE("rep lodsl");
  restarts(1, READ, W(1), PROGRESS);
  progress(2, W(1), 0);

  strings("REPE CMPS: the flags stay as they were before it", W(3), W(1) - 5, 20, EFLAGS_CF);
  memset(arena[0], 0x33, sizeof arena);
  CODE("repe cmpsb");
  restarts(1, READ, W(1), PROGRESS);
  progress(15, W(3) + 5, W(1));
  equal("EFLAGS at the fault", EFLAGS_CF | 2, faulted.eflags & ~(uint32_t)EFLAGS_RF);

  strings("REPNE SCAS", 0, W(1) - 5, 20, 0);
  memset(arena[0], 0x33, sizeof arena);
  CODE("repne scasb");
  restarts(1, READ, W(1), PROGRESS);
  progress(15, 0, W(1));

  strings("INS to a missing page", 0, W(1), 1, EFLAGS_IOPL(3));
  in.edx = 0x80;
  CODE("insb");
  restarts(1, WRITE, W(1), 0);

  strings("OUTS from a missing page", W(1), 0, 1, EFLAGS_IOPL(3));
  in.edx = 0x80;
  CODE("outsb");
  restarts(1, READ, W(1), 0);
}

/* An operand across a page's end, once with either half missing: it is written or nothing is. */
#define BOTH_HALVES(name, offset, text)             \
  ({                                                \
    begin(name ": the second half is missing");     \
    in.edi = W(1) - (offset);                       \
    CODE(text);                                     \
    restarts(1, WRITE, W(1), UNTOUCHED);            \
    begin(name ": the first half is missing");      \
    in.edi = W(1) - (offset);                       \
    restarts(0, WRITE, W(1) - (offset), UNTOUCHED); \
  })

static void read_modify_write(void) {
  begin("a read across a page's end");
  in.esi = W(1) - 1;
  CODE("movl (%esi), %eax");
  restarts(1, READ, W(1), 0);

  begin("a write across a page's end writes neither half");
  in.edi = W(1) - 1;
  CODE("movl %eax, (%edi)");
  restarts(1, WRITE, W(1), UNTOUCHED);

  /* A Xeon reports these as writes, though they read first. */
  BOTH_HALVES("ADD to memory", 2, "addl %eax, (%edi)");
  BOTH_HALVES("INC of memory", 2, "incl (%edi)");
  BOTH_HALVES("SHL of memory", 1, "shll $3, (%edi)");
  BOTH_HALVES("NEG of memory", 3, "negl (%edi)");
  BOTH_HALVES("BTS of memory", 2, "btsl $5, (%edi)");
  BOTH_HALVES("XCHG", 2, "xchgl %eax, (%edi)");
  BOTH_HALVES("XADD", 2, "xaddl %eax, (%edi)");
  BOTH_HALVES("CMPXCHG that does not match is a write too", 2, "cmpxchgl %ebx, (%edi)");
  BOTH_HALVES("SHLD of memory", 2, "shldl $4, %eax, (%edi)");
  if (!(features & CPUID_CX8)) {
    skipped("CMPXCHG8B");
    return;
  }
  BOTH_HALVES("CMPXCHG8B that does not match", 4, "cmpxchg8b (%edi)");
  begin("CMPXCHG8B that matches");
  CODE("cmpxchg8b (%edi)");
  in.edi = W(1) - 4;
  *word(W(1) - 4) = in.eax;
  *word(W(1)) = in.edx;
  restarts(1, WRITE, W(1), 0);
}

static void floating_point(void) {
  begin("FSAVE");
  in.edi = W(1) - 50;
  CODE("fninit\n fld1\n fldpi\n" AT "fnsave (%edi)");
  restarts(1, WRITE, W(1), PAGE_ONLY);

  begin("FRSTOR");
  in.edi = W(1) - 50;
  RUN("fninit\n fld1\n fldpi\n fnsave (%edi)");
  in.eip = 0;
  CODE("frstor (%edi)");
  restarts(1, READ, W(1), PAGE_ONLY);

  begin("FSTP of 80 bits, which pops only when it has stored");
  in.edi = W(1) - 5;
  CODE("fninit\n fld1\n fldpi\n" AT "fstpt (%edi)\n fnstsw %ax");
  restarts(1, WRITE, W(1), PAGE_ONLY);

  begin("FLD of 64 bits");
  in.esi = W(1) - 4;
  CODE("fninit\n" AT "fldl (%esi)\n fnstsw %ax");
  restarts(1, READ, W(1), PAGE_ONLY);

  if (!(features & CPUID_FXSR)) {
    skipped("FXSAVE");
    skipped("FXRSTOR");
    return;
  }
  begin("FXSAVE");
  in.edi = W(1) - 256;
  CODE("fninit\n fld1\n" AT "fxsave (%edi)");
  restarts(1, WRITE, W(1), PAGE_ONLY);

  begin("FXRSTOR");
  in.edi = W(1) - 256;
  RUN("fninit\n fld1\n fxsave (%edi)");
  in.eip = 0;
  CODE("fxrstor (%edi)");
  restarts(1, READ, W(1), PAGE_ONLY);
}

void page_faults(void) {
  stack_instructions();
  transfers();
  string_instructions();
  read_modify_write();
  floating_point();
}
