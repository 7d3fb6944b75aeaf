/* Instructions that fault half way are to be as if they had not begun: Intel SDM volume 3A, section 6.5. */
#include "warden.h"

struct frame faulted;
static uint8_t contents[sizeof arena], outcome[sizeof arena];

void begin(const char *name) {
  item(name);
  user_mode();
  for (unsigned page = 0; page < WINDOW_PAGES; page++)
    for (unsigned i = 0; i < sizeof arena[0]; i++)
      arena[page][i] = (i + page) * 7 + (i >> 8);
  in.eax = 0xa0a1a2a3, in.ecx = 0xc0c1c2c3, in.edx = 0xd0d1d2d3, in.ebx = 0xb0b1b2b3;
  in.ebp = 0xe0e1e2e3, in.esi = 0x10111213, in.edi = 0x20212223;
}

static void same_registers(const struct frame *expected, const struct frame *was) {
  equal("EAX", expected->eax, was->eax);
  equal("ECX", expected->ecx, was->ecx);
  equal("EDX", expected->edx, was->edx);
  equal("EBX", expected->ebx, was->ebx);
  equal("EBP", expected->ebp, was->ebp);
  equal("ESI", expected->esi, was->esi);
  equal("EDI", expected->edi, was->edi);
  equal("ESP", expected->esp, was->esp);
  equal("EFLAGS", expected->eflags, was->eflags & ~(uint32_t)EFLAGS_RF);
  equal("CS", expected->cs, was->cs & 0xffff);
  equal("SS", expected->ss, was->ss & 0xffff);
  equal("DS", expected->ds, was->ds & 0xffff);
  equal("ES", expected->es, was->es & 0xffff);
  equal("FS", expected->fs, was->fs & 0xffff);
}

void restarts(int missing, uint32_t error, uint32_t cr2, unsigned how) {
  const struct frame start = in;
  const uint32_t eip = in.eip ? in.eip : (uint32_t)code_start;
  const uint8_t *mark = code_mark;
  memcpy(contents, arena, sizeof arena);
  run_at(eip);
  done();
  const struct frame end = trap;
  memcpy(outcome, arena, sizeof arena);

  for (int read_only = 0; read_only <= (error & PF_WRITE ? 1 : 0); read_only++) {
    in = start;
    memcpy(arena, contents, sizeof arena);
    if (read_only)
      set_page(missing, (uint32_t)arena[missing] | PAGE_P | PAGE_U);
    else
      unmap(missing);
    code_mark = mark;
    run_at(eip);
    fault(PF, error | (read_only ? PF_PRESENT : 0));
    if (how & PAGE_ONLY)
      equal("the page of CR2", cr2 & ~0xfffu, trap.cr2 & ~0xfffu);
    else
      equal("CR2", cr2, trap.cr2);
    faulted = trap;
    if (!(how & PROGRESS))
      same_registers(&start, &faulted);
    if (how & UNTOUCHED)
      equal("memory that differs at the fault", 0, memcmp(contents, arena, sizeof arena) != 0);
    map(missing);
    if (trap.vector != PF)
      return;
    resume();
    done();
    same_registers(&end, &trap);
    if (!(how & OWN_MEMORY))
      equal("memory that differs in the end", 0, memcmp(outcome, arena, sizeof arena) != 0);
  }
}
