/* Page faults of what crosses levels, of tables that the processor reads by itself, and of code. */
#include "warden.h"

#define READ PF_USER
#define WRITE (PF_USER | PF_WRITE)

static uint32_t *word(uint32_t linear) { return (uint32_t *)(arena[0] + (linear - WINDOW)); }

static void crossing_levels(void) {
  begin("IRET to an outer level");
  kernel_mode();
  in.es = in.fs = in.gs = in.ds = USER_DATA; /* which ring 3 may keep */
  CODE("iretl");
  in.esp = W(1) - 8;
  *word(W(1) - 8) = END;
  *word(W(1) - 4) = USER_CODE;
  *word(W(1)) = 2;
  *word(W(1) + 4) = USER_STACK_TOP;
  *word(W(1) + 8) = USER_DATA;
  restarts(1, 0, W(1), OWN_MEMORY);

  begin("IRET to virtual-8086 mode");
  kernel_mode();
  memcpy((void *)V86_CODE, "\xcd\x80", 2);
  CODE("iretl");
  in.esp = W(1) - 24;
  const uint32_t frame[] = {0, V86_CODE >> 4, EFLAGS_VM | EFLAGS_IOPL(3) | 2, 0x1000, V86_STACK >> 4,
                            1, 2, 3, 4};
  memcpy(word(W(1) - 24), frame, sizeof frame);
  restarts(1, 0, W(1), OWN_MEMORY);
  equal("GS", 4, trap.gs);

  begin("far RET to an outer level");
  kernel_mode();
  in.es = in.fs = in.gs = in.ds = USER_DATA;
  CODE("lret");
  in.esp = W(1) - 8;
  *word(W(1) - 8) = END;
  *word(W(1) - 4) = USER_CODE;
  *word(W(1)) = USER_STACK_TOP;
  *word(W(1) + 4) = USER_DATA;
  restarts(1, 0, W(1), OWN_MEMORY);

  /* To ring 1, so that ring 0's stack serves the page fault. Its pushes are the supervisor's. */
  begin("far CALL through a call gate whose inner stack is missing");
  CODE("");
  set_gate(SPARE(0), RING1_CODE, (uint32_t)code_start, CALL_GATE32 | DPL(3));
  main_tss.esp1 = W(1);
  CODE("lcall $" TEXT(SPARE(0)) ", $0");
  restarts(0, PF_WRITE, W(1) - 4, PAGE_ONLY);

  begin("far CALL through a call gate whose inner stack goes on in a missing page");
  CODE("");
  set_gate(SPARE(0), RING1_CODE, (uint32_t)code_start, CALL_GATE32 | DPL(3));
  main_tss.esp1 = W(1) + 8;
  CODE("lcall $" TEXT(SPARE(0)) ", $0");
  restarts(0, PF_WRITE, W(1) - 4, PAGE_ONLY);
}

/* Volume 3A, section 4.6.1: accesses to the tables are the supervisor's at any level. */
static void tables(void) {
  begin("a segment's descriptor in a missing page");
  set_segment(LDT, W(1) - 8, 0xff, LDT_TYPE);
  load_ldt(LDT);
  memcpy(word(W(1)), &gdt[USER_DATA >> 3], 8);
  in.eax = 0xf;
  CODE("movl %eax, %fs");
  restarts(1, 0, W(1), PAGE_ONLY);

  begin("the accessed bit of a descriptor in a read-only page");
  set_segment(LDT, W(1) - 8, 0xff, LDT_TYPE);
  load_ldt(LDT);
  memcpy(word(W(1)), &gdt[USER_DATA >> 3], 8);
  *word(W(1) + 4) &= ~(ACCESSED << 8);
  set_page(1, (uint32_t)arena[1] | PAGE_P | PAGE_U);
  in.eax = 0xf;
  RUN("movl %eax, %fs");
  fault(PF, PF_PRESENT | PF_WRITE);
  equal("FS", USER_DATA, trap.fs);

  begin("the I/O bitmap in a missing page");
  const uint32_t base = W(1) - offsetof(struct tss32, io_bits);
  main_tss.io_bits[0x80 >> 3] = 0;
  memcpy(word(base), &main_tss, sizeof main_tss);
  set_segment(MAIN_TSS, base, sizeof main_tss - 1, TSS32);
  load_task(MAIN_TSS);
  CODE("inb $0x80, %al");
  restarts(1, 0, W(1) + 0x10, PAGE_ONLY);

  begin("LGDT of 6 bytes across a page's end");
  kernel_mode();
  *word(W(1) - 4) = (sizeof gdt - 1) | (uint32_t)gdt << 16;
  *word(W(1)) = (uint32_t)gdt >> 16;
  in.esi = W(1) - 4;
  CODE("lgdt (%esi)");
  restarts(1, 0, W(1), 0);

  begin("SGDT of 6 bytes across a page's end");
  in.edi = W(1) - 4;
  CODE("sgdt (%edi)");
  restarts(1, WRITE, W(1), 0);
}

/* The code named last, so that its byte `offset` is the first of page 1. */
static void lay_across(uint32_t offset) {
  memcpy(word(W(1) - offset), (const void *)code_start, code_end - code_start);
  in.eip = W(1) - offset;
}

static void fetches(void) {
  begin("an instruction that goes on in a missing page");
  CODE("movl $0x12345678, %eax");
  lay_across(3);
  restarts(1, READ, W(1), 0);
  equal("EAX", 0x12345678, trap.eax);

  begin("an instruction whose last byte is in a missing page");
  CODE("addl $0x12345678, %ebx");
  lay_across(5);
  restarts(1, READ, W(1), 0);

  begin("prefixes before a missing page");
  CODE("cs\n ds\n es\n movl %eax, %ecx");
  lay_across(2);
  restarts(1, READ, W(1), 0);

  begin("code that goes on in a missing page");
  CODE("incl %eax\n" AT "incl %ebx");
  lay_across(1);
  restarts(1, READ, W(1), PROGRESS);
  equal("EIP at the fault", W(1), faulted.eip);
  equal("EAX at the fault", 0xa0a1a2a4, faulted.eax);

  begin("a jump to a missing page faults there");
  CODE(AT "");
  lay_across(0);
  const uint32_t target = in.eip;
  unmap(1);
  in.eax = target;
  RUN("jmp *%eax");
  fault_at(PF, READ, target);
  equal("CR2", target, trap.cr2);

  begin("a call to a missing page faults there, its return address pushed");
  unmap(1);
  in.eax = W(1);
  RUN("call *%eax");
  fault_at(PF, READ, W(1));
  equal("ESP", in.esp - 4, trap.esp);
  equal("the return address", MARK + 2, *(uint32_t *)trap.esp);

  begin("a fetch by ring 0");
  unmap(1);
  kernel_mode();
  in.eax = W(1);
  RUN("jmp *%eax");
  fault_at(PF, 0, W(1));

  begin("a jump that is not taken fetches nothing");
  CODE("xorl %eax, %eax\n jnz . + 0x1000");
  lay_across(20);
  unmap(1);
  unmap(2);
  run_at(in.eip);
  done();
}

void page_faults_system(void) {
  crossing_levels();
  tables();
  fetches();
}
