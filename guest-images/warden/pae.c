/* Physical-address extension and no-execute pages: Intel SDM volume 3A, sections 4.4, 4.6 and 4.7. */
#include "warden.h"

#define NX (1ull << 63)
#define LARGE 0x40200000u /* 2 MiB, behind the window's table */
#define EFER_NXE 0x800

static uint64_t pointers[4] __attribute__((aligned(32)));
static uint64_t low_directory[512] __attribute__((aligned(4096)));
static uint64_t window_directory[512] __attribute__((aligned(4096)));
static uint64_t table[512] __attribute__((aligned(4096)));

static uint32_t old_cr0, old_cr3, old_cr4;

/* An item with PAE tables: RAM at its own address in pages of 2 MiB, the window in pages of 4 KiB. */
static void enter_pae(const char *name, bool nx) {
  item(name);
  old_cr0 = read_cr0(), old_cr3 = read_cr3(), old_cr4 = read_cr4();
  for (uint32_t i = 0; i < 8; i++)
    low_directory[i] = i << 21 | PAGE_S | PAGE_ALL;
  memset(window_directory, 0, sizeof window_directory);
  window_directory[0] = (uint32_t)table | PAGE_ALL;
  for (uint32_t i = 0; i < WINDOW_PAGES; i++)
    table[i] = (uint32_t)arena[i] | PAGE_ALL;
  memset(pointers, 0, sizeof pointers);
  pointers[0] = (uint32_t)low_directory | PAGE_P;
  pointers[WINDOW >> 30] = (uint32_t)window_directory | PAGE_P;
  kernel_cr3 = double_fault_tss.cr3 = (uint32_t)pointers;
  set_paging(old_cr0, (uint32_t)pointers, old_cr4 | CR4_PAE, has_nx ? (nx ? EFER_NXE : 0) : -1);
  *(uint32_t *)arena[0] = 0x600df00d;
  in.ebx = W(0);
}

static void leave_pae(void) {
  kernel_cr3 = old_cr3;
  set_paging(old_cr0, old_cr3, old_cr4, has_nx ? 0 : -1);
}

static void set_entry(uint64_t *entry, uint64_t value) {
  *entry = value;
  write_cr3(read_cr3());
}

static void reads(void) {
  RUN("movl (%ebx), %eax");
  done();
  equal("a word", 0x600df00d, trap.eax);
}

static void pages(void) {
  enter_pae("a page of 4 KiB, its A and D", false);
  reads();
  equal("A and D after a read", PAGE_A, table[0] & (PAGE_A | PAGE_D));
  equal("A of the table", PAGE_A, window_directory[0] & PAGE_A);
  RUN("movl %eax, (%ebx)");
  equal("A and D after a write", PAGE_A | PAGE_D, table[0] & (PAGE_A | PAGE_D));
  leave_pae();

  enter_pae("a page of 2 MiB, its A and D, without CR4.PSE", false);
  uint64_t *const large = &window_directory[1];
  const uint32_t frame = (uint32_t)arena[0] & ~0x1fffffu;
  set_entry(large, frame | PAGE_S | PAGE_ALL);
  in.ebx = LARGE + (uint32_t)arena[0] % 0x200000;
  reads();
  equal("A and D after a read", PAGE_A, *large & (PAGE_A | PAGE_D));
  RUN("movl %eax, (%ebx)");
  equal("A and D after a write", PAGE_A | PAGE_D, *large & (PAGE_A | PAGE_D));
  leave_pae();

  enter_pae("rights at both levels", false);
  user_mode();
  set_entry(&table[0], (uint32_t)arena[0] | PAGE_P | PAGE_U);
  RUN("movl (%ebx), %eax\n" AT "movl %eax, (%ebx)");
  fault(PF, PF_PRESENT | PF_WRITE | PF_USER);
  set_entry(&table[0], (uint32_t)arena[0] | PAGE_ALL);
  set_entry(&window_directory[0], (uint32_t)table | PAGE_P | PAGE_W);
  RUN("movl (%ebx), %eax");
  fault(PF, PF_PRESENT | PF_USER);
  leave_pae();

  enter_pae("missing at each of three levels", false);
  set_entry(&table[0], 0);
  RUN("movl %eax, (%ebx)");
  fault(PF, PF_WRITE);
  set_entry(&window_directory[0], 0);
  RUN("movl %eax, (%ebx)");
  fault(PF, PF_WRITE);
  set_entry(&pointers[WINDOW >> 30], 0);
  RUN("movl %eax, (%ebx)");
  fault(PF, PF_WRITE);
  leave_pae();

  enter_pae("bits 62 to 52 are reserved", false);
  for (int bit = 52; bit <= 62; bit += 5) {
    set_entry(&table[0], (uint32_t)arena[0] | PAGE_ALL | 1ull << bit);
    RUN("movl (%ebx), %eax");
    fault(PF, PF_PRESENT | PF_RESERVED);
  }
  set_entry(&table[0], (uint32_t)arena[0] | PAGE_ALL);
  set_entry(&window_directory[0], (uint32_t)table | PAGE_ALL | 1ull << 62);
  RUN("movl (%ebx), %eax");
  fault(PF, PF_PRESENT | PF_RESERVED);
  leave_pae();

  enter_pae("bits 13 to 20 of a page of 2 MiB are reserved", false);
  in.ebx = LARGE;
  for (int bit = 13; bit <= 20; bit++) {
    set_entry(large, PAGE_S | PAGE_ALL | 1u << bit);
    RUN("movl %eax, (%ebx)");
    fault(PF, PF_PRESENT | PF_RESERVED | PF_WRITE);
  }
  leave_pae();

  enter_pae("bit 63 is reserved without EFER.NXE", false);
  set_entry(&table[0], (uint32_t)arena[0] | PAGE_ALL | NX);
  RUN("movl (%ebx), %eax");
  fault(PF, PF_PRESENT | PF_RESERVED);
  leave_pae();

  /* Section 4.4.1: the four pointers are loaded with CR3. */
  enter_pae("a changed pointer is not seen before CR3 is loaded", false);
  RUN("movl (%ebx), %eax");
  pointers[WINDOW >> 30] = 0;
  invalidate(W(0));
  reads();
  set_entry(&pointers[WINDOW >> 30], 0);
  RUN("movl (%ebx), %eax");
  fault(PF, 0);
  leave_pae();

  enter_pae("a load of CR3 whose pointers have reserved bits set is #GP(0)", false);
  static const uint8_t reserved[] = {1, 2, 5, 6, 7, 8};
  for (unsigned i = 0; i < sizeof reserved; i++) {
    pointers[3] = PAGE_P | 1u << reserved[i];
    RUN("movl %cr3, %eax\n" AT "movl %eax, %cr3");
    fault(GP, 0);
  }
  pointers[3] = 0;
  leave_pae();
}

static const char *const nx_names[] = {
    "NX: a fetch is refused, with the fetch bit; data are not",
    "NX of a table counts for its pages",
    "NX of a page of 2 MiB",
    "NX: a fetch of a missing page has the fetch bit, without EFER.NXE it has not",
    "NX: an instruction that goes on in a page of data",
    "NX: a fetch by ring 0",
};

static void no_execute(void) {
  CODE("nop");
  const uint32_t length = code_end - code_start;
  const void *const text = (const void *)code_start;

  enter_pae(nx_names[0], true);
  memcpy(arena[0], text, length);
  set_entry(&table[0], (uint32_t)arena[0] | PAGE_ALL | NX);
  user_mode();
  RUN("movl (%ebx), %eax\n movl %eax, (%ebx)");
  done();
  CODE("");
  run_at(W(0));
  fault(PF, PF_PRESENT | PF_USER | PF_FETCH);
  equal("CR2", W(0), trap.cr2);
  set_entry(&table[0], (uint32_t)arena[0] | PAGE_ALL);
  CODE("");
  run_at(W(0));
  done();
  leave_pae();

  enter_pae(nx_names[1], true);
  memcpy(arena[0], text, length);
  set_entry(&window_directory[0], (uint32_t)table | PAGE_ALL | NX);
  user_mode();
  CODE("");
  run_at(W(0));
  fault(PF, PF_PRESENT | PF_USER | PF_FETCH);
  leave_pae();

  enter_pae(nx_names[2], true);
  memcpy(arena[0], text, length);
  set_entry(&window_directory[1], ((uint32_t)arena[0] & ~0x1fffffu) | PAGE_S | PAGE_ALL | NX);
  user_mode();
  CODE("");
  run_at(LARGE + (uint32_t)arena[0] % 0x200000);
  fault(PF, PF_PRESENT | PF_USER | PF_FETCH);
  leave_pae();

  enter_pae(nx_names[3], true);
  set_entry(&table[0], 0);
  user_mode();
  CODE("");
  run_at(W(0));
  fault(PF, PF_USER | PF_FETCH);
  leave_pae();
  enter_pae(nx_names[3], false);
  set_entry(&table[0], 0);
  user_mode();
  CODE("");
  run_at(W(0));
  fault(PF, PF_USER);
  leave_pae();

  enter_pae(nx_names[4], true);
  memcpy((void *)(W(1) - 3), "\xb8\x78\x56\x34\x12\xcd\x80", 7); /* MOV EAX, 12345678h; INT 80h */
  set_entry(&table[1], (uint32_t)arena[1] | PAGE_ALL | NX);
  user_mode();
  CODE("");
  run_at(W(1) - 3);
  fault(PF, PF_PRESENT | PF_USER | PF_FETCH);
  equal("CR2", W(1), trap.cr2);
  leave_pae();

  enter_pae(nx_names[5], true);
  memcpy(arena[0], text, length);
  set_entry(&table[0], (uint32_t)arena[0] | PAGE_ALL | NX);
  CODE("");
  run_at(W(0));
  fault(PF, PF_PRESENT | PF_FETCH);
  leave_pae();
}

void pae(void) {
  if (!(features & CPUID_PAE)) {
    skipped("physical-address extension");
    return;
  }
  pages();
  if (has_nx) {
    no_execute();
  } else {
    for (unsigned i = 0; i < sizeof nx_names / sizeof nx_names[0]; i++)
      skipped(nx_names[i]);
  }
}
