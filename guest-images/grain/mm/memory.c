/*
 * Page tables: pages come when they are first touched, and are copied when they are first written.
 */
#include "mm.h"

static pte_t *pte_in(struct mm_struct *mm, unsigned long address)
{
    unsigned long entry = mm->pgd[address >> 22];
    return entry & PTE_PRESENT ? (pte_t *)va(entry & PAGE_MASK) + ((address >> 12) & 0x3ff) : NULL;
}

/* The entry for an address, or NULL if there is not even a table. */
pte_t *lookup_pte(struct mm_struct *mm, unsigned long address)
{
    return pte_in(mm, address);
}

static pte_t *pte_alloc(struct mm_struct *mm, unsigned long address)
{
    if (!(mm->pgd[address >> 22] & PTE_PRESENT)) {
        void *table = get_zeroed_page();
        if (!table)
            return NULL;
        mm->pgd[address >> 22] = pa(table) | PTE_PRESENT | PTE_RW | PTE_USER;
    }
    return pte_in(mm, address);
}

static struct page *pte_page(pte_t pte)
{
    return phys_to_page(pte & PAGE_MASK);
}

static void set_pte(pte_t *pte, unsigned long address, struct page *page, unsigned long flags)
{
    *pte = page_to_phys(page) | flags | PTE_PRESENT | PTE_USER | PTE_ACCESSED;
    invlpg(address);
}

/* First touch: a page of zeroes, or of what the area starts with. */
static int do_no_page(struct vm_area *area, unsigned long address, pte_t *pte, int write)
{
    unsigned long offset = address - area->start;
    struct page *page;
    u8 *to;

    if (!write && !(area->flags & VM_SHARED) && (!area->data || offset >= area->data_size)) {
        /* Only read so far: one page of zeroes serves all. */
        set_pte(pte, address, virt_to_page(empty_zero_page), 0);
        return 0;
    }
    page = alloc_page();
    if (!page)
        return -ENOMEM;
    to = page_address(page);
    memset(to, 0, PAGE_SIZE);
    if (area->data && offset < area->data_size) {
        memcpy(to, area->data + offset, min(area->data_size - offset, (unsigned long)PAGE_SIZE));
        stat.demand_file++;
    } else {
        stat.demand_zero++;
    }
    set_pte(pte, address, page, area->flags & VM_WRITE ? PTE_RW | PTE_DIRTY : 0);
    return 0;
}

/*
 * A write to a page that is there but shared since a fork: the last user takes it, others a copy.
 */
static int do_wp_page(unsigned long address, pte_t *pte)
{
    struct page *old = pte_page(*pte), *page;

    if (!(old->flags & PG_RESERVED) && old->count == 1) {
        stat.cow_reuses++;
        set_pte(pte, address, old, PTE_RW | PTE_DIRTY);
        return 0;
    }
    page = alloc_page();
    if (!page)
        return -ENOMEM;
    memcpy(page_address(page), page_address(old), PAGE_SIZE);
    set_pte(pte, address, page, PTE_RW | PTE_DIRTY);
    put_page(old);
    stat.cow_copies++;
    return 0;
}

int handle_mm_fault(struct mm_struct *mm, struct vm_area *area, unsigned long address, int write)
{
    pte_t *pte = pte_alloc(mm, address);

    address &= PAGE_MASK;
    if (!pte)
        return -ENOMEM;
    if (!(*pte & PTE_PRESENT))
        return do_no_page(area, address, pte, write);
    if (write && !(*pte & PTE_RW))
        return do_wp_page(address, pte);
    invlpg(address); /* another thread was faster */
    return 0;
}

/* For fork: the child gets the same pages; where either could write, both now may only read. */
int copy_page_range(struct mm_struct *to, struct mm_struct *from, struct vm_area *area)
{
    for (unsigned long address = area->start; address < area->end; address += PAGE_SIZE) {
        pte_t *source = pte_in(from, address), *target;

        if (!source) {
            address |= 0x3ff000; /* no table: on to the next 4 MiB */
            continue;
        }
        if (!(*source & PTE_PRESENT))
            continue;
        target = pte_alloc(to, address);
        if (!target)
            return -ENOMEM;
        if (!(area->flags & VM_SHARED))
            *source &= ~PTE_RW;
        *target = *source;
        get_page(pte_page(*source));
    }
    return 0;
}

void zap_page_range(struct mm_struct *mm, unsigned long start, unsigned long end)
{
    for (unsigned long address = start; address < end; address += PAGE_SIZE) {
        pte_t *pte = pte_in(mm, address);

        if (!pte) {
            address |= 0x3ff000;
            continue;
        }
        if (!(*pte & PTE_PRESENT))
            continue;
        struct page *page = pte_page(*pte);
        *pte = 0;
        invlpg(address);
        put_page(page);
    }
}

void free_page_tables(struct mm_struct *mm)
{
    for (unsigned long i = 0; i < USER_PGDS; i++) {
        unsigned long entry = mm->pgd[i];
        if (!(entry & PTE_PRESENT))
            continue;
        mm->pgd[i] = 0;
        free_page(va(entry & PAGE_MASK));
    }
    load_cr3(read_cr3());
}

int access_process_vm(struct task_struct *p, unsigned long address, unsigned long *word, int write)
{
    struct mm_struct *mm = p->mm;
    struct vm_area *area;
    int error = -EIO;

    if (!mm || address % PAGE_SIZE > PAGE_SIZE - sizeof(*word))
        return -EIO;
    down(&mm->mmap_sem);
    area = find_vma(mm, address);
    if (area && area->start <= address) {
        pte_t *pte = pte_in(mm, address);
        if (!pte || !(*pte & PTE_PRESENT) || (write && !(*pte & PTE_RW)))
            error = handle_mm_fault(mm, area, address, write);
        else
            error = 0;
        if (!error) {
            unsigned long *at = va((*pte_in(mm, address) & PAGE_MASK) | (address & ~PAGE_MASK));
            if (write)
                *at = *word;
            else
                *word = *at;
        }
    }
    up(&mm->mmap_sem);
    return error;
}
