/* Pages: on demand, by copy, by growth; and what is out of bounds. */
#include "check.h"

static int zeroed[4096];
static int initialized[4096] = {1, 2, 3};

static int zero_page_then_own(void)
{
    char *p = map_memory(16 * 4096, 0);
    unsigned long before = statistic("demand_zero");
    int good = p && !p[5 * 4096] && !p[9 * 4096];

    p[5 * 4096] = 7;
    good &= p[5 * 4096] == 7 && !p[9 * 4096] && !p[5 * 4096 + 1];
    p[6 * 4096] = 1;
    good &= statistic("demand_zero") > before;
    return good && !munmap(p, 16 * 4096);
}

static int copy_on_write(void)
{
    char *p = map_memory(4 * 4096, 0);
    unsigned long before;
    int status = -1;
    long pid;

    memset(p, 'a', 4 * 4096);
    before = statistic("cow_copies");
    pid = fork();
    if (pid == 0) {
        p[0] = 'b';
        exit(p[0] == 'b' && p[4096] == 'a' ? 0 : 1);
    }
    wait4(pid, &status, 0);
    p[4096] = 'c';
    return !status && p[0] == 'a' && p[4096] == 'c' && statistic("cow_copies") > before;
}

/* The kernel, too, must copy before it writes: CR0.WP. */
static int copy_on_write_by_the_kernel(void)
{
    static char buffer[8] = "parent";
    int fds[2], status = -1;
    long pid;

    pipe(fds);
    write(fds[1], "child", 6);
    pid = fork();
    if (pid == 0) {
        read(fds[0], buffer, 6);
        exit(strcmp(buffer, "child"));
    }
    wait4(pid, &status, 0);
    close(fds[0]);
    close(fds[1]);
    return !status && !strcmp(buffer, "parent");
}

static int shared_memory(void)
{
    volatile int *p = map_memory(4096, MAP_SHARED);
    int status;
    long pid = fork();

    if (pid == 0) {
        *p = 42;
        exit(0);
    }
    wait4(pid, &status, 0);
    return *p == 42 && !munmap((void *)p, 4096);
}

static int heap_grows_and_shrinks(void)
{
    unsigned long start = brk(0);
    char *p = (char *)start;
    int good = (unsigned long)brk(start + 100000) == start + 100000;

    p[99999] = 1;
    good &= (unsigned long)brk(start) == start;
    good &= (unsigned long)brk(start + 100000) == start + 100000 && !p[99999];
    return good && (unsigned long)brk(start) == start;
}

static int deep(int depth)
{
    volatile char frame[1024];
    frame[0] = depth;
    return depth ? deep(depth - 1) + (frame[0] == (char)depth) : 0;
}

static int stack_grows(void)
{
    unsigned long before = statistic("stack_growths");
    return deep(1000) == 1000 && statistic("stack_growths") > before;
}

static int endless(int depth)
{
    volatile char frame[65536];
    frame[0] = depth;
    return depth < 0 ? 0 : endless(depth + 1) + frame[0];
}

static int endless_recursion(void)
{
    return endless(0);
}

static int below_stack(void)
{
    volatile char *p;
    asm("movl %%esp, %0" : "=r"(p));
    p[-(1 << 20)] = 1;
    return 0;
}

static int null_write(void)
{
    *(volatile int *)16 = 1;
    return 0;
}

static int text_write(void)
{
    *(volatile char *)(unsigned long)text_write = 0;
    return 0;
}

static int kernel_read(void)
{
    return *(volatile int *)0xc0100000 & 0;
}

static int unmapped_read(void)
{
    char *p = map_memory(4096, 0);
    p[0] = 1;
    munmap(p, 4096);
    return *(volatile char *)p & 0;
}

static int hole_in_mapping(void)
{
    char *p = map_memory(3 * 4096, 0);
    p[0] = 1;
    p[2 * 4096] = 2;
    munmap(p + 4096, 4096);
    return p[0] == 1 && p[2 * 4096] == 2 && write(1, p + 4096, 1) == -EFAULT &&
           !munmap(p, 3 * 4096);
}

void test_memory(void)
{
    check("demand paging brings data, and zeroes for the rest",
          initialized[2] == 3 && !initialized[4095] && !zeroed[4095]);
    check("a page only read is the zero page, one written is its own", zero_page_then_own());
    check("fork copies pages when they are written", copy_on_write());
    check("so it does when the kernel writes them", copy_on_write_by_the_kernel());
    check("shared pages stay shared over fork", shared_memory());
    check("brk grows and shrinks the heap, with zeroes", heap_grows_and_shrinks());
    check("munmap leaves what is around the hole", hole_in_mapping());
    check("the stack grows", stack_grows());
    check("SIGSEGV: a stack without end", killed_by(status_of(endless_recursion), SIGSEGV));
    check("SIGSEGV: far below the stack", killed_by(status_of(below_stack), SIGSEGV));
    check("SIGSEGV: a null pointer", killed_by(status_of(null_write), SIGSEGV));
    check("SIGSEGV: a write to the program's text", killed_by(status_of(text_write), SIGSEGV));
    check("SIGSEGV: the kernel's memory", killed_by(status_of(kernel_read), SIGSEGV));
    check("SIGSEGV: memory given back", killed_by(status_of(unmapped_read), SIGSEGV));
}
