/* 32-bit paging: Intel SDM volume 3A, sections 4.3 and 4.6 to 4.10. */
#include "warden.h"

#define DIRECTORY_ENTRY page_directory[WINDOW >> 22]
#define LARGE 0x40400000u /* behind the window */
#define LARGE_ENTRY page_directory[LARGE >> 22]

static void flush(void) { write_cr3(read_cr3()); }

static void set_bits(uint32_t table_bits, uint32_t directory_bits) {
  window_table[0] = (uint32_t)arena[0] | table_bits;
  DIRECTORY_ENTRY = (uint32_t)window_table | directory_bits;
  flush();
  in.ebx = W(0) + 0x10;
}

static void used(uint32_t table_bits, uint32_t directory_bits) {
  equal("A and D of the page", table_bits, window_table[0] & (PAGE_A | PAGE_D));
  equal("A of its table", directory_bits, DIRECTORY_ENTRY & PAGE_A);
}

#define USES(name, text, bits)          \
  ({                                    \
    item(name);                         \
    set_bits(PAGE_ALL, PAGE_ALL);       \
    user_mode();                        \
    in.ebx = W(0) + 0x10;               \
    RUN(text);                          \
    done();                             \
    used(bits, PAGE_A);                 \
  })

static void accessed_and_dirty(void) {
  USES("a read sets A, not D", "movl (%ebx), %eax", PAGE_A);
  USES("a write sets A and D", "movl %eax, (%ebx)", PAGE_A | PAGE_D);
  USES("a write after a read sets D", "movl (%ebx), %eax\n movl %eax, (%ebx)", PAGE_A | PAGE_D);
  USES("an addition to memory sets D", "addl $0, (%ebx)", PAGE_A | PAGE_D);
  USES("CMPXCHG that does not match sets D", "notl %eax\n cmpxchgl %ecx, (%ebx)", PAGE_A | PAGE_D);
  USES("TEST and CMP set no D", "testl %eax, (%ebx)\n cmpl %eax, (%ebx)", PAGE_A);

  item("code that is executed sets A");
  CODE("nop");
  memcpy(arena[0], (const void *)code_start, code_end - code_start);
  set_bits(PAGE_ALL, PAGE_ALL);
  user_mode();
  run_at(W(0));
  fault_at(DONE, 0, W(0) + 3);
  used(PAGE_A, PAGE_A);

  item("an access across a page's end sets the bits of both");
  set_bits(PAGE_ALL, PAGE_ALL);
  window_table[1] = (uint32_t)arena[1] | PAGE_ALL;
  flush();
  in.ebx = W(1) - 1;
  RUN("movw %ax, (%ebx)");
  done();
  used(PAGE_A | PAGE_D, PAGE_A);
  equal("A and D of the second page", PAGE_A | PAGE_D, window_table[1] & (PAGE_A | PAGE_D));

  item("D is set again when software has cleared it");
  set_bits(PAGE_ALL, PAGE_ALL);
  RUN("movl %eax, (%ebx)");
  set_bits(PAGE_ALL, PAGE_ALL);
  RUN("movl %eax, (%ebx)");
  used(PAGE_A | PAGE_D, PAGE_A);

  item("a write that is refused sets no D");
  set_bits(PAGE_P | PAGE_U, PAGE_ALL);
  user_mode();
  in.ebx = W(0);
  RUN("movl %eax, (%ebx)");
  fault(PF, PF_PRESENT | PF_WRITE | PF_USER);
  equal("D", 0, window_table[0] & PAGE_D);

  item("an entry that is not present is left alone");
  set_bits(PAGE_W | PAGE_U, PAGE_ALL);
  RUN("movl %eax, (%ebx)");
  fault(PF, PF_WRITE);
  equal("the entry", (uint32_t)arena[0] | PAGE_W | PAGE_U, window_table[0]);
}

/* A read or write of ring 0 or 3, with CR0.WP or without, and the page fault it raises: 0 if none. */
static const struct {
  const char *name;
  uint8_t page, table; /* rights */
  char access;
  uint8_t ring, wp, error;
} rights[] = {
    {"ring 3 reads a supervisor's page", PAGE_P | PAGE_W, PAGE_ALL, 'r', 3, 1, 5},
    {"ring 3 writes a supervisor's page", PAGE_P | PAGE_W, PAGE_ALL, 'w', 3, 1, 7},
    {"ring 3 reads a user's page of a supervisor's table", PAGE_ALL, PAGE_P | PAGE_W, 'r', 3, 1, 5},
    {"ring 3 writes a read-only page", PAGE_P | PAGE_U, PAGE_ALL, 'w', 3, 1, 7},
    {"ring 3 writes a read-only page, WP off", PAGE_P | PAGE_U, PAGE_ALL, 'w', 3, 0, 7},
    {"ring 3 writes a page of a read-only table", PAGE_ALL, PAGE_P | PAGE_U, 'w', 3, 1, 7},
    {"ring 3 reads a read-only page", PAGE_P | PAGE_U, PAGE_ALL, 'r', 3, 1, 0},
    {"ring 0 writes a read-only page, WP on", PAGE_P, PAGE_ALL, 'w', 0, 1, 3},
    {"ring 0 writes a user's read-only page, WP on", PAGE_P | PAGE_U, PAGE_ALL, 'w', 0, 1, 3},
    {"ring 0 writes a page of a read-only table, WP on", PAGE_ALL, PAGE_P, 'w', 0, 1, 3},
    {"ring 0 writes a read-only page, WP off", PAGE_P | PAGE_U, PAGE_ALL, 'w', 0, 0, 0},
    {"ring 0 reads a supervisor's page", PAGE_P, PAGE_P, 'r', 0, 1, 0},
    {"ring 1 reads a supervisor's page", PAGE_P, PAGE_P, 'r', 1, 1, 0},
    {"ring 2 writes a read-only page, WP on", PAGE_P, PAGE_ALL, 'w', 2, 1, 3},
};

static void permissions(void) {
  static const uint16_t codes[] = {KERNEL_CODE, RING1_CODE, RING2_CODE, USER_CODE};
  for (unsigned i = 0; i < sizeof rights / sizeof rights[0]; i++) {
    item(rights[i].name);
    set_bits(rights[i].page, rights[i].table);
    in.cs = codes[rights[i].ring];
    in.ss = in.ds = in.es = in.fs = in.gs = in.cs + 8;
    in.eax = 0x600df00d;
    if (!rights[i].wp)
      write_cr0(read_cr0() & ~(uint32_t)CR0_WP);
    if (rights[i].access == 'r')
      RUN("movl (%ebx), %eax");
    else
      RUN("movl %eax, (%ebx)");
    if (rights[i].error) {
      fault(PF, rights[i].error);
      equal("CR2", in.ebx, trap.cr2);
    } else {
      done();
      if (rights[i].access == 'w')
        used(PAGE_A | PAGE_D, PAGE_A);
    }
  }

  item("a missing table: error code and CR2 are as a missing page's");
  set_bits(PAGE_ALL, PAGE_W | PAGE_U);
  RUN("movl (%ebx), %eax");
  fault(PF, 0);
  user_mode();
  RUN("movl %eax, (%ebx)");
  fault(PF, PF_WRITE | PF_USER);
  equal("CR2", in.ebx, trap.cr2);

  item("CR2 stays when another exception follows");
  unmap(0);
  in.ebx = W(0) + 0x123;
  RUN("movl (%ebx), %eax");
  RUN("ud2");
  fault(UD, 0);
  equal("CR2", W(0) + 0x123, trap.cr2);
}

/* Volume 3A, section 4.3, table 4-4. */
static void large_pages(void) {
  static const char *const names[] = {
      "CR4.PSE: a page of 4 MiB", "CR4.PSE: A and D of a page of 4 MiB",
      "CR4.PSE: bit 21 of a page of 4 MiB is reserved", "CR4.PSE: rights of a page of 4 MiB",
      "without CR4.PSE the entry names a table"};
  if (!(features & CPUID_PSE)) {
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
      skipped(names[i]);
    return;
  }
  const uint32_t address = LARGE + (uint32_t)arena[0] % 0x400000;
  const uint32_t frame = (uint32_t)arena[0] & ~0x3fffffu;

  item(names[0]);
  write_cr4(read_cr4() | CR4_PSE);
  LARGE_ENTRY = frame | PAGE_S | PAGE_ALL;
  *(uint32_t *)arena[0] = 0x600df00d;
  in.ebx = address;
  RUN("movl (%ebx), %eax");
  done();
  equal("a word", 0x600df00d, trap.eax);

  item(names[1]);
  write_cr4(read_cr4() | CR4_PSE);
  LARGE_ENTRY = frame | PAGE_S | PAGE_ALL;
  flush();
  in.ebx = address;
  RUN("movl (%ebx), %eax");
  equal("A and D after a read", PAGE_A, LARGE_ENTRY & (PAGE_A | PAGE_D));
  RUN("movl %eax, (%ebx)");
  equal("A and D after a write", PAGE_A | PAGE_D, LARGE_ENTRY & (PAGE_A | PAGE_D));

  item(names[2]);
  write_cr4(read_cr4() | CR4_PSE);
  LARGE_ENTRY = frame | 1 << 21 | PAGE_S | PAGE_ALL;
  flush();
  in.ebx = address;
  RUN("movl (%ebx), %eax");
  fault(PF, PF_PRESENT | PF_RESERVED);
  user_mode();
  RUN("movl %eax, (%ebx)");
  fault(PF, PF_PRESENT | PF_RESERVED | PF_WRITE | PF_USER);

  item(names[3]);
  write_cr4(read_cr4() | CR4_PSE);
  LARGE_ENTRY = frame | PAGE_S | PAGE_P | PAGE_U;
  flush();
  user_mode();
  in.ebx = address;
  RUN("movl (%ebx), %eax\n" AT "movl %eax, (%ebx)");
  fault(PF, PF_PRESENT | PF_WRITE | PF_USER);
  LARGE_ENTRY = frame | PAGE_S | PAGE_P;
  flush();
  RUN("movl (%ebx), %eax");
  fault(PF, PF_PRESENT | PF_USER);

  item(names[4]);
  write_cr4(read_cr4() & ~(uint32_t)CR4_PSE);
  LARGE_ENTRY = (uint32_t)window_table | PAGE_S | PAGE_ALL;
  flush();
  *(uint32_t *)arena[2] = 0xc0ffee;
  in.ebx = LARGE + 0x2000;
  RUN("movl (%ebx), %eax");
  done();
  equal("a word of page 2", 0xc0ffee, trap.eax);
  LARGE_ENTRY = 0;
}

/* ---- what the processor remembers of page tables; section 4.10 */

/* Reads page 0, which shows 0xa..., makes it show page 1, which is 0xb..., and reads once more. */
#define REMAP(text) "movl (%ebx), %eax\n movl %ecx, (%esi)\n" text "\n movl (%ebx), %edx"

static void remap(uint32_t global) {
  set_page(0, (uint32_t)arena[0] | PAGE_ALL | global);
  *(uint32_t *)arena[0] = 0xaaaaaaaa, *(uint32_t *)arena[1] = 0xbbbbbbbb;
  in.ebx = W(0), in.esi = (uint32_t)&window_table[0];
  in.ecx = (uint32_t)arena[1] | PAGE_ALL | global;
}

static void seen(uint32_t value) {
  done();
  equal("before", 0xaaaaaaaa, trap.eax);
  equal("after", value, trap.edx);
}

static void translations(void) {
  item("INVLPG makes a changed entry seen");
  remap(0);
  RUN(REMAP("invlpg (%ebx)"));
  seen(0xbbbbbbbb);

  item("a load of CR3 makes a changed entry seen");
  remap(0);
  RUN(REMAP("movl %cr3, %edi\n movl %edi, %cr3"));
  seen(0xbbbbbbbb);

  item("paging switched off and on makes a changed entry seen");
  remap(0);
  RUN(REMAP("movl %cr0, %edi\n movl %edi, %ebp\n andl $0x7fffffff, %edi\n movl %edi, %cr0\n jmp 1f\n"
            "1: movl %ebp, %cr0\n jmp 1f\n 1:"));
  seen(0xbbbbbbbb);

  item("an entry that was not present is seen as soon as it is");
  unmap(0);
  in.ebx = W(0), in.esi = (uint32_t)&window_table[0], in.ecx = (uint32_t)arena[0] | PAGE_ALL;
  RUN("movl (%ebx), %eax");
  fault(PF, 0);
  RUN("movl %ecx, (%esi)\n movl (%ebx), %eax");
  done();

  static const char *const names[] = {
      "CR4.PGE: a global page outlives a load of CR3", "CR4.PGE: INVLPG drops a global page",
      "CR4.PGE switched off and on drops global pages", "without CR4.PGE no page is global"};
  if (!(features & CPUID_PGE)) {
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
      skipped(names[i]);
    return;
  }
  /* A processor may forget a translation at any time; those at hand do not. */
  item(names[0]);
  write_cr4(read_cr4() | CR4_PGE);
  remap(PAGE_G);
  RUN(REMAP("movl %cr3, %edi\n movl %edi, %cr3"));
  seen(0xaaaaaaaa);

  item(names[1]);
  write_cr4(read_cr4() | CR4_PGE);
  remap(PAGE_G);
  RUN(REMAP("invlpg (%ebx)"));
  seen(0xbbbbbbbb);

  item(names[2]);
  write_cr4(read_cr4() | CR4_PGE);
  remap(PAGE_G);
  RUN(REMAP("movl %cr4, %edi\n movl %edi, %ebp\n andl $~0x80, %edi\n movl %edi, %cr4\n movl %ebp, %cr4"));
  seen(0xbbbbbbbb);

  item(names[3]);
  remap(PAGE_G);
  RUN(REMAP("movl %cr3, %edi\n movl %edi, %cr3"));
  seen(0xbbbbbbbb);
}

void paging(void) {
  accessed_and_dirty();
  permissions();
  large_pages();
  translations();
}
