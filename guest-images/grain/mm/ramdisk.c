/* A disk made of RAM: what the page cache reads from and pdflush writes to. */
#include "mm.h"

static void *disk[DISK_PAGES];

void ramdisk_init(void)
{
    for (int i = 0; i < DISK_PAGES; i++)
        disk[i] = get_zeroed_page();
}

void ramdisk_transfer(unsigned long index, void *page, int write)
{
    if (write)
        memcpy(disk[index], page, PAGE_SIZE);
    else
        memcpy(page, disk[index], PAGE_SIZE);
}
