/* Memory, from a program's side. */
#include "user.h"

/* Pages of zeroes, or NULL. Private ones unless the flags say otherwise. */
void *map_memory(size_t length, unsigned long flags)
{
    struct mmap_arguments arguments = {0, length, PROT_READ | PROT_WRITE,
                                       MAP_ANONYMOUS | (flags ? flags : MAP_PRIVATE), -1, 0};
    void *result = (void *)syscall(NR_mmap, &arguments);
    return IS_ERR(result) ? NULL : result;
}

/* From the heap, for as long as the program runs. */
void *allocate(size_t size)
{
    unsigned long start = (brk(0) + 15) & ~15UL;
    return (unsigned long)brk(start + size) == start + size ? (void *)start : NULL;
}
