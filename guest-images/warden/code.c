/*
 * Code that is written to: Intel SDM volume 3A, section 12.6 (11.6 in older editions). A store by the
 * address that the code runs at is seen by the next instruction; by another one, behind a serializing
 * instruction, here a load of CR3.
 */
#include "warden.h"

#define TURNS 3000
#define SUM (TURNS * (TURNS + 1) / 2)
#define SERIALIZE "movl %cr3, %edx\n movl %edx, %cr3\n"

/* The code named last, in the window. */
static void lay(uint32_t at) {
  memcpy(arena[0] + (at - WINDOW), (const void *)code_start, code_end - code_start);
  run_at(at);
}

static void next_instruction(void) {
  item("a store into the next instruction");
  RUN("movb $0x41, 1f\n 1: nop"); /* INC ECX */
  done();
  equal("ECX", 1, trap.ecx);

  item("a store into an instruction behind a jump");
  RUN("movl $0x22, 2f + 1\n jmp 1f\n nop\n 1: nop\n 2: movl $0x11, %eax");
  done();
  equal("EAX", 0x22, trap.eax);

  item("an immediate that changes on each turn of a loop");
  RUN("movl $" TEXT(TURNS) ", %ecx\n 1: movl %ecx, 2f + 1\n 2: .byte 5\n .long 0\n loop 1b");
  done();
  equal("the sum", SUM, trap.eax);

  item("an instruction that has been executed, earlier in the loop");
  RUN("movl $" TEXT(TURNS) ", %ecx\n 1: .byte 5\n .long 0\n movl %ecx, 1b + 1\n loop 1b");
  done();
  equal("the sum", SUM - 1, trap.eax);

  item("an opcode that changes on each turn: INC, DEC");
  RUN("movl $" TEXT(TURNS) ", %ecx\n 1: xorb $8, 2f\n 2: incl %eax\n incl %ebx\n loop 1b");
  done();
  equal("EAX", 0, trap.eax);
  equal("EBX", TURNS, trap.ebx);

  item("a function that is rewritten after a thousand calls");
  RUN("movl $1000, %ecx\n 1: call 3f\n loop 1b\n movb $0x43, 3f\n movl $1000, %ecx\n 2: call 3f\n loop 2b\n"
      "jmp 4f\n 3: incl %eax\n ret\n 4:");
  done();
  equal("EAX", 1000, trap.eax);
  equal("EBX", 1000, trap.ebx);

  item("PUSH over the next instructions");
  RUN("movl %esp, %edx\n movl $1f + 4, %esp\n pushl $0x41414141\n 1: .fill 4, 1, 0x90\n movl %edx, %esp");
  done();
  equal("ECX", 4, trap.ecx);

  item("CALL writes its return address over code that runs later");
  RUN("movl %esp, %edx\n movl $2f + 5, %esp\n call 1f\n nop\n 1: movl %edx, %esp\n 2: movl $0, %eax\n"
      " .byte 0xeb, 0");
  done();
  equal("EAX", (uint32_t)MARK + 12, trap.eax);

  item("a store that does not change the code leaves it as it is");
  RUN("movl $" TEXT(TURNS) ", %ecx\n 1: movb $0x40, 2f\n 2: incl %eax\n loop 1b");
  done();
  equal("EAX", TURNS, trap.eax);

  item("an ADD to an instruction's immediate");
  RUN("movl $10, %ecx\n 1: incl 2f + 1\n 2: .byte 5\n .long 0\n loop 1b");
  done();
  equal("the sum", 55, trap.eax);

  item("the middle of an instruction is another instruction");
  RUN("movl $3, %ecx\n 1: .byte 0xb8\n 2: incl %ebx\n incl %ebx\n nop\n nop\n decl %ecx\n jnz 2b");
  done();
  equal("EBX", 4, trap.ebx);
}

static void string_stores(void) {
  item("REP STOS over the instructions behind it");
  in.eax = 0x41;
  RUN("movl $1f, %edi\n movl $8, %ecx\n rep stosb\n 1: .fill 8, 1, 0x90");
  done();
  equal("ECX", 8, trap.ecx);

  item("REP MOVS over the instructions behind it");
  RUN("movl $2f, %esi\n movl $1f, %edi\n movl $2, %ecx\n rep movsl\n 1: .fill 8, 1, 0x90\n jmp 3f\n"
      "2: .fill 8, 1, 0x41\n 3:");
  done();
  equal("ECX", 8, trap.ecx);

  /* Its prefix is gone after the first byte; as NOP, STOS it stores once more. Measured on a Xeon. */
  item("REP STOS over itself is what it has become");
  RUN("movl $1f, %edi\n movb $0x90, %al\n movl $6, %ecx\n 1: rep stosb\n .fill 4, 1, 0x41");
  done();
  equal("EDI", MARK + 12 + 2, trap.edi);
  equal("ECX", 5 + 4, trap.ecx);

  /* The interrupt controller's mask is a byte that can be read back. */
  item("REP INS over itself is what it has become");
  RUN("movb $0x90, %al\n outb %al, $0x21\n movl $0x21, %edx\n movl $1f, %edi\n movl $6, %ecx\n"
      "1: rep insb\n .fill 4, 1, 0x41\n movb $0xff, %al\n outb %al, $0x21\n subl $1b, %edi");
  done();
  equal("bytes stored", 2, trap.edi);
  equal("ECX", 5 + 4, trap.ecx);

  item("REP MOVS downwards over the instructions behind it");
  RUN("std\n movl $2f + 7, %esi\n movl $1f + 7, %edi\n movl $8, %ecx\n rep movsb\n cld\n"
      "1: .fill 8, 1, 0x90\n jmp 3f\n 2: .fill 8, 1, 0x41\n 3:");
  done();
  equal("ECX", 8, trap.ecx);
}

static void other_mappings(void) {
  item("a store by another mapping of the page");
  in.ebx = (uint32_t)arena[0];
  CODE("9870: movl $0x22, 2f + 1 - 9870b(%ebx)\n" SERIALIZE "2: movl $0x11, %eax");
  lay(W(0));
  done();
  equal("EAX", 0x22, trap.eax);

  item("an immediate that changes by another mapping on each turn");
  in.ebx = (uint32_t)arena[0];
  CODE("9870: movl $" TEXT(TURNS) ", %ecx\n 1: movl %ecx, 2f + 1 - 9870b(%ebx)\n" SERIALIZE
       "2: .byte 5\n .long 0\n loop 1b");
  lay(W(0));
  done();
  equal("the sum", SUM, trap.eax);

  item("code by two mappings, written by the third");
  set_page(1, (uint32_t)arena[0] | PAGE_ALL);
  CODE("incl %eax");
  for (uint32_t page = 0; page < 2; page++) {
    lay(W(page));
    CODE("incl %eax");
  }
  arena[0][0] = 0x43;
  for (uint32_t page = 0; page < 2; page++) {
    CODE("incl %ebx");
    run_at(W(page));
    done();
    equal("EAX", 0, trap.eax);
    equal("EBX", 1, trap.ebx);
  }

  item("REP STOS by another mapping");
  in.edi = (uint32_t)arena[0] + 0x100;
  in.eax = 0x41, in.ecx = 16;
  memset(arena[0], 0x90, 0x1000);
  memcpy(arena[0] + 0x110, "\xcd\x80", 2);
  CODE("rep stosb\n" SERIALIZE "jmp . + 0xf8"); /* to offset 100h: 2 + 6 bytes lie before the jump */
  lay(W(0));
  done();
  equal("ECX", 16, trap.ecx);

  item("a page that shows another frame runs the other frame's code");
  memcpy(arena[0], "\x40\xcd\x80", 3); /* INC EAX; INT 80h */
  memcpy(arena[1], "\x43\xcd\x80", 3); /* INC EBX; INT 80h */
  CODE("");
  run_at(W(0));
  equal("EAX", 1, trap.eax);
  set_page(0, (uint32_t)arena[1] | PAGE_ALL);
  CODE("");
  run_at(W(0));
  done();
  equal("EBX", 1, trap.ebx);
  equal("EAX", 0, trap.eax);
}

static void page_ends(void) {
  item("an instruction across a page's end, changed in its second half");
  in.ebx = W(1) - 3;
  CODE("movl $" TEXT(TURNS) ", %ecx\n 1: movb %cl, 1(%edi)\n .byte 5\n .long 0\n movl %eax, %edx\n"
       "xorl %eax, %eax\n addl %edx, %esi\n loop 1b");
  const uint32_t start = W(1) - 11; /* the ADD is 8 bytes into the code: 3 bytes before the page's end */
  in.edi = W(1) - 1;                /* + 1: the third byte of its immediate */
  lay(start);
  done();
  uint32_t sum = 0;
  for (uint32_t turn = TURNS; turn > 0; turn--)
    sum += (turn & 0xff) << 16;
  equal("the sum", sum, trap.esi);

  item("an instruction across a page's end, changed in its first half");
  CODE("movl $" TEXT(TURNS) ", %ecx\n 1: movb %cl, 1(%edi)\n .byte 5\n .long 0\n movl %eax, %edx\n"
       "xorl %eax, %eax\n addl %edx, %esi\n loop 1b");
  in.edi = W(1) - 3; /* + 1: the first byte of its immediate */
  lay(start);
  done();
  sum = 0;
  for (uint32_t turn = TURNS; turn > 0; turn--)
    sum += turn & 0xff;
  equal("the sum", sum, trap.esi);

  item("a store across a page's end into the code of both pages");
  memset(arena[0], 0x90, 2 * 4096);
  CODE("movl $0x41414141, (%edi)");
  in.edi = W(1) - 2;
  memcpy(arena[1] + 0x10, "\xcd\x80", 2);
  memcpy(arena[0] + 0xff0, (const void *)code_start, 6);
  run_at(W(0) + 0xff0);
  done();
  equal("ECX", 4, trap.ecx);

  item("REP STOS across a page's end into code ahead");
  memset(arena[0], 0x90, 2 * 4096);
  memcpy(arena[1] + 0x10, "\xcd\x80", 2);
  memcpy(arena[0] + 0xff0, "\xf3\xaa", 2);
  in.edi = W(1) - 8, in.ecx = 16, in.eax = 0x41;
  CODE("");
  run_at(W(0) + 0xff0);
  done();
  equal("ECX", 16, trap.ecx);
}

static bool patch(void) {
  if (trap.vector != UD)
    return false;
  *(uint16_t *)trap.eip = 0x4343; /* INC EBX, twice */
  in = trap;
  return true;
}

static void by_handlers(void) {
  item("an exception's handler rewrites the instruction that raised it");
  hook = patch;
  RUN("ud2\n incl %eax");
  done();
  equal("EBX", 2, trap.ebx);
  equal("EAX", 1, trap.eax);

  item("ring 3's code, written by ring 3");
  user_mode();
  RUN("movl $" TEXT(TURNS) ", %ecx\n 1: movl %ecx, 2f + 1\n 2: .byte 5\n .long 0\n loop 1b");
  done();
  equal("the sum", SUM, trap.eax);

  item("a store to code in a read-only page is a page fault, the code as it was");
  memcpy(arena[0], "\x40\xcd\x80", 3);
  set_page(0, (uint32_t)arena[0] | PAGE_P | PAGE_U);
  user_mode();
  in.ebx = W(0);
  RUN("movb $0x43, (%ebx)");
  fault(PF, PF_PRESENT | PF_WRITE | PF_USER);
  CODE("");
  run_at(W(0));
  done();
  equal("EAX", 1, trap.eax);

  item("code in virtual-8086 mode that changes itself");
  v86_mode(3);
  in.ds = V86_CODE >> 4;
  in.ecx = TURNS;
  CODE(".code16\n 9870: 1: movw %cx, 2f + 1 - 9870b\n 2: .byte 5\n .word 0\n addl %eax, %ebx\n xorl %eax, %eax\n"
       "loop 1b\n");
  run_v86();
  done();
  equal("the sum", SUM, trap.ebx);
}

void code(void) {
  next_instruction();
  string_stores();
  other_mappings();
  page_ends();
  by_handlers();
}
