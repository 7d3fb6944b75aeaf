/*
 * Pages of the disk kept in memory. Reading brings one in; writing makes it dirty. pdflush writes
 * dirty ones back from time to time, kswapd throws clean ones out when there are too many.
 */
#include "mm.h"

#define HIGH_WATER 48 /* from here on kswapd is woken */
#define LOW_WATER 24  /* and stops at this */
#define FLUSH_TICKS (HZ / 4)

static struct list_head lru = LIST_HEAD_INIT(lru); /* most recently used first */
static struct semaphore cache_sem = SEMAPHORE_INIT(cache_sem);
static struct wait_queue_head kswapd_wait = WAIT_QUEUE_INIT(kswapd_wait);
static unsigned long pages, dirty;

unsigned long cache_pages(void)
{
    return pages;
}

unsigned long cache_dirty(void)
{
    return dirty;
}

/* Under cache_sem: the page, brought in if need be, first in the list; or NULL. */
static struct page *find_page(unsigned long index)
{
    struct page *page;

    list_for_each_entry(page, &lru, lru) {
        if (page->index == index) {
            list_del_init(&page->lru);
            list_add(&page->lru, &lru);
            return page;
        }
    }
    page = alloc_page();
    if (!page)
        return NULL;
    page->index = index;
    ramdisk_transfer(index, page_address(page), 0);
    stat.cache_reads++;
    list_add(&page->lru, &lru);
    if (++pages > HIGH_WATER)
        wake_up(&kswapd_wait);
    return page;
}

static void write_back(struct page *page)
{
    if (!(page->flags & PG_DIRTY))
        return;
    ramdisk_transfer(page->index, page_address(page), 1);
    page->flags &= ~PG_DIRTY;
    dirty--;
    stat.cache_written++;
}

/* How much of [pos, pos + n) lies on the page of pos, and on the disk. */
static size_t piece(unsigned long pos, size_t n)
{
    if (pos >= DISK_PAGES * PAGE_SIZE)
        return 0;
    return min(n, PAGE_SIZE - pos % PAGE_SIZE);
}

long cache_read(unsigned long pos, char *user, size_t n)
{
    size_t done = 0, part;
    long error = 0;

    while (!error && done < n && (part = piece(pos + done, n - done))) {
        struct page *page;
        down(&cache_sem);
        page = find_page((pos + done) / PAGE_SIZE);
        if (!page)
            error = -ENOMEM;
        else if (copy_to_user(user + done, (char *)page_address(page) + (pos + done) % PAGE_SIZE,
                              part))
            error = -EFAULT;
        up(&cache_sem);
        done += part;
    }
    return error ? error : (long)done;
}

long cache_write(unsigned long pos, const char *user, size_t n)
{
    size_t done = 0, part;
    long error = 0;

    while (!error && done < n && (part = piece(pos + done, n - done))) {
        struct page *page;
        down(&cache_sem);
        page = find_page((pos + done) / PAGE_SIZE);
        if (page && !(page->flags & PG_DIRTY)) {
            page->flags |= PG_DIRTY;
            dirty++;
        }
        if (!page)
            error = -ENOMEM;
        else if (copy_from_user((char *)page_address(page) + (pos + done) % PAGE_SIZE, user + done,
                                part))
            error = -EFAULT;
        up(&cache_sem);
        done += part;
    }
    return error ? error : done || !n ? (long)done : -ENOSPC;
}

void cache_sync(void)
{
    struct page *page;

    down(&cache_sem);
    list_for_each_entry(page, &lru, lru)
        write_back(page);
    up(&cache_sem);
}

int pdflush(void *unused)
{
    (void)unused;
    daemonize("pdflush");
    for (;;) {
        current->state = TASK_INTERRUPTIBLE;
        schedule_timeout(FLUSH_TICKS);
        if (dirty)
            cache_sync();
    }
}

/* From the least recently used on; a dirty page is written back first. */
static void shrink_cache(void)
{
    down(&cache_sem);
    while (pages > LOW_WATER) {
        struct page *page = list_entry(lru.prev, struct page, lru);
        write_back(page);
        list_del_init(&page->lru);
        put_page(page);
        pages--;
        stat.cache_reclaimed++;
    }
    up(&cache_sem);
}

int kswapd(void *unused)
{
    (void)unused;
    daemonize("kswapd");
    for (;;) {
        wait_event(&kswapd_wait, pages > HIGH_WATER);
        shrink_cache();
    }
}
