/*
 * Access to programs' memory: the address is held against the limit here, faults are caught there.
 */
#include "sched.h"

size_t copy_user_generic(void *to, const void *from, size_t n);

static int access_ok(const void *address, size_t n)
{
    unsigned long limit = current_thread_info()->addr_limit;
    return n <= limit && (unsigned long)address <= limit - n;
}

size_t copy_to_user(void *to, const void *from, size_t n)
{
    return access_ok(to, n) ? copy_user_generic(to, from, n) : n;
}

size_t copy_from_user(void *to, const void *from, size_t n)
{
    return access_ok(from, n) ? copy_user_generic(to, from, n) : n;
}

long strncpy_from_user(char *to, const char *from, size_t size)
{
    for (size_t n = 0; n < size; n++) {
        if (get_user(to[n], from + n))
            return -EFAULT;
        if (!to[n])
            return n;
    }
    return -E2BIG;
}

struct exception_entry {
    unsigned long instruction, fixup;
};
extern const struct exception_entry __start___ex_table[], __stop___ex_table[];

unsigned long search_exception_table(unsigned long eip)
{
    for (const struct exception_entry *e = __start___ex_table; e < __stop___ex_table; e++) {
        if (e->instruction == eip)
            return e->fixup;
    }
    return 0;
}
