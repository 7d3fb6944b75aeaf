/*
 * Frames of RAM. Free ones stand in lists of blocks of 1, 2, 4 ... 32 frames; a block is split when
 * no smaller one is left, and joined with its buddy, the other half, when both are free again.
 */
#include "mm.h"

#define ORDERS 6

struct page *mem_map;
unsigned long max_pfn;
static struct list_head free_area[ORDERS];
static unsigned long free_count;

static void add_block(struct page *page, int order)
{
    page->flags |= PG_FREE;
    page->order = order;
    list_add(&page->lru, &free_area[order]);
}

static void remove_block(struct page *page)
{
    page->flags &= ~PG_FREE;
    list_del_init(&page->lru);
}

void mem_init(void)
{
    extern char _end[];
    unsigned long first;

    for (int order = 0; order < ORDERS; order++)
        INIT_LIST_HEAD(&free_area[order]);
    max_pfn = memory_end >> 12;
    mem_map = (struct page *)PAGE_ALIGN((unsigned long)_end);
    memset(mem_map, 0, max_pfn * sizeof(struct page));
    first = PAGE_ALIGN(pa(mem_map + max_pfn)) >> 12;
    for (unsigned long pfn = 0; pfn < first; pfn++)
        mem_map[pfn].flags = PG_RESERVED;
    /* In the largest aligned blocks there are. */
    for (unsigned long pfn = first; pfn < max_pfn;) {
        int order = min(__builtin_ctzl(pfn), ORDERS - 1);
        while (pfn + (1UL << order) > max_pfn)
            order--;
        add_block(mem_map + pfn, order);
        free_count += 1UL << order;
        pfn += 1UL << order;
    }
}

/* 1 << order frames in a row with a count of 1, or NULL. */
struct page *alloc_pages(int order)
{
    unsigned long flags = local_irq_save();
    struct page *page = NULL;

    for (int from = order; from < ORDERS; from++) {
        if (list_empty(&free_area[from]))
            continue;
        page = list_entry(free_area[from].next, struct page, lru);
        remove_block(page);
        while (from > order) {
            from--;
            add_block(page + (1UL << from), from);
        }
        free_count -= 1UL << order;
        page->count = 1;
        page->flags = 0;
        break;
    }
    local_irq_restore(flags);
    return page;
}

void free_pages(struct page *page, int order)
{
    unsigned long flags = local_irq_save();
    unsigned long pfn = page - mem_map;

    page->count = 0;
    free_count += 1UL << order;
    for (; order < ORDERS - 1; order++) {
        unsigned long buddy = pfn ^ (1UL << order);
        if (buddy >= max_pfn || !(mem_map[buddy].flags & PG_FREE) || mem_map[buddy].order != order)
            break;
        remove_block(mem_map + buddy);
        pfn &= buddy;
    }
    add_block(mem_map + pfn, order);
    local_irq_restore(flags);
}

void put_page(struct page *page)
{
    if (!(page->flags & PG_RESERVED) && put_count(&page->count))
        free_pages(page, 0);
}

void *get_zeroed_page(void)
{
    struct page *page = alloc_page();
    return page ? memset(page_address(page), 0, PAGE_SIZE) : NULL;
}

unsigned long nr_free_pages(void)
{
    return free_count;
}
