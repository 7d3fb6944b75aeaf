/* The ordinary page tables: RAM at its own address, open to all rings, and a window to play in. */
#include "warden.h"

#define IDENTITY_TABLES 4 /* 16 MiB */

uint32_t page_directory[1024] __attribute__((aligned(4096)));
uint32_t window_table[1024] __attribute__((aligned(4096)));
static uint32_t identity[IDENTITY_TABLES * 1024] __attribute__((aligned(4096)));
uint8_t arena[WINDOW_PAGES][4096] __attribute__((aligned(4096)));

void set_page(int page, uint32_t entry) {
  window_table[page] = entry;
  invalidate(W(page));
}

void map(int page) { set_page(page, (uint32_t)arena[page] | PAGE_ALL); }

void unmap(int page) { set_page(page, (uint32_t)arena[page] | PAGE_W | PAGE_U); }

void pages_reset(void) {
  page_directory[WINDOW >> 22] = (uint32_t)window_table | PAGE_ALL;
  memset(window_table, 0, sizeof window_table);
  for (int page = 0; page < WINDOW_PAGES; page++)
    map(page);
  write_cr3((uint32_t)page_directory);
}

void pages_init(void) {
  for (uint32_t page = 0; page < 1024 * IDENTITY_TABLES; page++)
    identity[page] = page << 12 | PAGE_ALL;
  for (int table = 0; table < IDENTITY_TABLES; table++)
    page_directory[table] = (uint32_t)&identity[1024 * table] | PAGE_ALL;
  pages_reset();
  write_cr0(read_cr0() | CR0_PG | CR0_WP);
}
