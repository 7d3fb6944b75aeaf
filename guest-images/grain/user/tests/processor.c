/* What a switch keeps apart for each process: the FPU, segments, I/O ports; and what it may not. */
#include "check.h"

#define PORT 0x80 /* the diagnostics port: reading it does nothing */

#define TERMS 20000

/* The sum goes through memory: the FPU's registers hold more digits than a double. */
static double series(double step)
{
    volatile double sum = 0;
    for (int i = 1; i <= TERMS; i++)
        sum += step / i;
    return sum;
}

/* Both compute at the same time, and both must get what each would alone. */
static int fpu_is_switched(void)
{
    volatile double alone = series(1.0), other = series(-2.0), again;
    unsigned long traps = statistic("fpu_traps");
    int status = -1, good = 1;
    long pid = fork();

    for (int i = 0; i < 20; i++) {
        again = series(pid ? 1.0 : -2.0);
        good &= again == (pid ? alone : other);
        sched_yield();
    }
    if (pid == 0)
        exit(!good);
    return wait4(pid, &status, 0) == pid && !status && good && statistic("fpu_traps") > traps;
}

/* The child goes on with its parent's registers: they were saved before the copy. */
static int fpu_is_forked(void)
{
    double in = 6.5, out = 0;
    int status = -1;
    long pid;

    asm volatile("fninit; fldl %2; int $0x80; fstpl %1"
                 : "=a"(pid), "=m"(out)
                 : "m"(in), "0"(NR_fork)
                 : "memory");
    if (pid == 0)
        exit(out == 6.5 ? 0 : 1);
    return wait4(pid, &status, 0) == pid && !status && out == 6.5;
}

static int read_port(void)
{
    u8 value;
    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(PORT));
    (void)value;
    return 12;
}

static int permitted_port(void)
{
    ioperm(PORT, 1, 1);
    return read_port();
}

static int inherited_port(void)
{
    int status = -1;
    ioperm(PORT, 1, 1);
    long pid = fork();
    if (pid == 0)
        exit(read_port());
    wait4(pid, &status, 0);
    return status >> 8;
}

static int other_port(void)
{
    u8 value;
    ioperm(PORT, 1, 1);
    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(0x70));
    return value;
}

static int withdrawn_port(void)
{
    ioperm(PORT, 1, 1);
    ioperm(PORT, 1, 0);
    return read_port();
}

static int gs_word(void)
{
    int value;
    asm volatile("movl %%gs:0, %0" : "=r"(value));
    return value;
}

/* The same selector, another segment in each process. */
static int own_segments(void)
{
    static int mine = 1, childs = 2;
    struct user_desc desc = {.entry_number = -1, .base_addr = (unsigned long)&mine, .limit = 3,
                             .seg_32bit = 1, .useable = 1};
    int status = -1, good;
    long pid;

    if (set_thread_area(&desc))
        return 0;
    asm volatile("movl %0, %%gs" : : "r"(desc.entry_number * 8 + 3));
    pid = fork();
    if (pid == 0) {
        desc.base_addr = (unsigned long)&childs;
        set_thread_area(&desc);
        asm volatile("movl %0, %%gs" : : "r"(desc.entry_number * 8 + 3));
        for (int i = 0; i < 20; i++) {
            if (gs_word() != 2)
                exit(1);
            sched_yield();
        }
        exit(0);
    }
    good = 1;
    for (int i = 0; i < 20; i++) {
        good &= gs_word() == 1;
        sched_yield();
    }
    good &= wait4(pid, &status, 0) == pid && !status && gs_word() == 1;
    asm volatile("movl %0, %%gs" : : "r"(0));
    desc.base_addr = desc.limit = 0;
    desc.seg_not_present = 1;
    return set_thread_area(&desc) == 0 && good;
}

static int kernel_selector(void)
{
    asm volatile("movl %0, %%fs" : : "r"(0x68));
    return 0;
}

static int interrupts_off(void)
{
    asm volatile("cli");
    return 0;
}

static int halt(void)
{
    asm volatile("hlt");
    return 0;
}

static int control_register(void)
{
    unsigned long value;
    asm volatile("movl %%cr3, %0" : "=r"(value));
    return value & 0;
}

static int kernel_gate(void)
{
    asm volatile("int $0x20");
    return 0;
}

void test_processor(void)
{
    check("the FPU's registers are switched, by #NM", fpu_is_switched());
    check("the FPU's registers are forked", fpu_is_forked());
    check("SIGSEGV: a port without permission", killed_by(status_of(read_port), SIGSEGV));
    check("ioperm permits a port", exited_with(status_of(permitted_port), 12));
    check("the child inherits the permission", exited_with(status_of(inherited_port), 12));
    check("for that port only", killed_by(status_of(other_port), SIGSEGV));
    check("until it is withdrawn", killed_by(status_of(withdrawn_port), SIGSEGV));
    check("each process has its own thread-local segment", own_segments());
    check("SIGSEGV: the kernel's selector", killed_by(status_of(kernel_selector), SIGSEGV));
    check("SIGSEGV: CLI, HLT, CR3, another gate",
          killed_by(status_of(interrupts_off), SIGSEGV) && killed_by(status_of(halt), SIGSEGV) &&
              killed_by(status_of(control_register), SIGSEGV) &&
              killed_by(status_of(kernel_gate), SIGSEGV));
}
