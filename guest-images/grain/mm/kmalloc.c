/* Small blocks: pages cut into pieces of 32, 64 ... 2,048 bytes, aligned to their size. */
#include "mm.h"

#define SMALLEST_SHIFT 5
#define SIZES 7

struct piece {
    struct piece *next;
};
static struct piece *free_pieces[SIZES];

static int size_class(size_t size)
{
    int class = 0;
    while (((size_t)1 << (SMALLEST_SHIFT + class)) < size)
        class++;
    if (class >= SIZES)
        panic("kmalloc of %u bytes", size);
    return class;
}

void *kmalloc(size_t size)
{
    int class = size_class(size);
    unsigned long flags = local_irq_save();
    struct piece *piece;

    if (!free_pieces[class]) {
        struct page *page = alloc_page();
        if (page) {
            char *start = page_address(page);
            for (size_t at = 0; at < PAGE_SIZE; at += (size_t)1 << (SMALLEST_SHIFT + class)) {
                piece = (struct piece *)(start + at);
                piece->next = free_pieces[class];
                free_pieces[class] = piece;
            }
        }
    }
    piece = free_pieces[class];
    if (piece)
        free_pieces[class] = piece->next;
    local_irq_restore(flags);
    return piece;
}

void *kzalloc(size_t size)
{
    void *block = kmalloc(size);
    return block ? memset(block, 0, size) : NULL;
}

void kfree(void *block, size_t size)
{
    int class = size_class(size);
    unsigned long flags = local_irq_save();
    struct piece *piece = block;

    piece->next = free_pieces[class];
    free_pieces[class] = piece;
    local_irq_restore(flags);
}
