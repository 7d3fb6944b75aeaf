/* Memory: pages, address spaces, the small page cache. */
#ifndef GRAIN_MM_H
#define GRAIN_MM_H

#include "sched.h"

#define pa(address) ((unsigned long)(address)-PAGE_OFFSET)
#define va(physical) ((void *)((unsigned long)(physical) + PAGE_OFFSET))
#define PAGE_ALIGN(x) (((x) + PAGE_SIZE - 1) & PAGE_MASK)

/* One for each frame of RAM. */
struct page {
    int count; /* users; 0: free */
    u16 flags;
    u16 order;              /* of a free block that starts here */
    unsigned long index;    /* in the page cache: which page of the disk */
    struct list_head lru;   /* free list, or page cache from most to least recently used */
};
#define PG_RESERVED 1 /* not counted: the kernel, the zero page, holes */
#define PG_FREE 2
#define PG_DIRTY 4

extern struct page *mem_map;
extern unsigned long max_pfn;
#define page_to_phys(page) ((unsigned long)((page)-mem_map) << 12)
#define phys_to_page(physical) (mem_map + ((physical) >> 12))
#define page_address(page) va(page_to_phys(page))
#define virt_to_page(address) phys_to_page(pa(address))

void mem_init(void);
struct page *alloc_pages(int order);
void free_pages(struct page *page, int order);
unsigned long nr_free_pages(void);
void *get_zeroed_page(void);
#define alloc_page() alloc_pages(0)
#define free_page(address) put_page(virt_to_page(address))
void put_page(struct page *page);
static inline void get_page(struct page *page)
{
    if (!(page->flags & PG_RESERVED))
        get_count(&page->count);
}

void *kmalloc(size_t size);
void *kzalloc(size_t size);
void kfree(void *block, size_t size);

/* Page tables: two levels of 1,024 entries. */
typedef unsigned long pte_t;
#define PTE_PRESENT 0x001
#define PTE_RW 0x002
#define PTE_USER 0x004
#define PTE_ACCESSED 0x020
#define PTE_DIRTY 0x040
#define PTE_GLOBAL 0x100
#define PGD_SIZE 1024
#define USER_PGDS (TASK_SIZE >> 22)
extern unsigned long swapper_pg_dir[PGD_SIZE];
extern char empty_zero_page[PAGE_SIZE];

/* A piece of an address space with the same rights and the same origin. */
struct vm_area {
    struct vm_area *next;
    unsigned long start, end;
    unsigned long flags;
    const u8 *data;          /* what it starts with, or NULL: zeroes */
    unsigned long data_size; /* bytes of it, from start on; zeroes behind */
};
#define VM_READ 1
#define VM_WRITE 2
#define VM_EXEC 4
#define VM_SHARED 8
#define VM_GROWSDOWN 16

/*
 * An address space. mm_users counts the processes that live in it; mm_count counts those and, as
 * one, all users, plus kernel threads that borrowed it: at 0 the page directory goes.
 */
struct mm_struct {
    int mm_users, mm_count;
    unsigned long *pgd;
    struct vm_area *mmap;
    struct semaphore mmap_sem;
    unsigned long start_brk, brk, start_stack;
};
extern struct mm_struct init_mm;

struct mm_struct *mm_alloc(void);
struct mm_struct *dup_mm(struct mm_struct *old);
void mmput(struct mm_struct *mm);
void mmdrop(struct mm_struct *mm);
void switch_mm(struct mm_struct *prev, struct mm_struct *next);
void activate_mm(struct mm_struct *prev, struct mm_struct *next);
void exit_mm(struct task_struct *p);

struct vm_area *find_vma(struct mm_struct *mm, unsigned long address);
int insert_area(struct mm_struct *mm, unsigned long start, unsigned long end, unsigned long flags,
                const u8 *data, unsigned long data_size);
int expand_stack(struct mm_struct *mm, struct vm_area *area, unsigned long address);

/* Makes a page present, or writable. 0, or -EFAULT, or -ENOMEM. Under mmap_sem. */
int handle_mm_fault(struct mm_struct *mm, struct vm_area *area, unsigned long address, int write);
int copy_page_range(struct mm_struct *to, struct mm_struct *from, struct vm_area *area);
void zap_page_range(struct mm_struct *mm, unsigned long start, unsigned long end);
void free_page_tables(struct mm_struct *mm);
pte_t *lookup_pte(struct mm_struct *mm, unsigned long address);
/* Reads or writes another process's word. */
int access_process_vm(struct task_struct *p, unsigned long address, unsigned long *word, int write);

/* The page cache over the RAM disk. */
#define DISK_PAGES 256
void ramdisk_init(void);
void ramdisk_transfer(unsigned long index, void *page, int write);
long cache_read(unsigned long pos, char *user, size_t n);
long cache_write(unsigned long pos, const char *user, size_t n);
void cache_sync(void);
unsigned long cache_pages(void), cache_dirty(void);
int kswapd(void *unused);
int pdflush(void *unused);

#endif
