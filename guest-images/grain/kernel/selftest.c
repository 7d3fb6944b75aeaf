/* Tests of what programs cannot see from outside. Reading /proc/selftest runs them. */
#include "mm.h"

long sys_wait4(int pid, int *status, unsigned options, void *usage);

static int wait_for(int pid)
{
    unsigned long limit = current_thread_info()->addr_limit;
    int status = -1;

    set_fs(KERNEL_LIMIT);
    sys_wait4(pid, &status, WALL, NULL);
    set_fs(limit);
    return status;
}

/* A kernel thread that tells what it found. */
struct sighting {
    struct task_struct *task;
    void *stack;
    int preempt_count;
};

static int look(void *arg)
{
    struct sighting *seen = arg;
    seen->task = current;
    seen->stack = current_thread_info();
    seen->preempt_count = current_thread_info()->preempt_count;
    return 7;
}

static int on_own_stack(const struct sighting *seen)
{
    return seen->task && seen->task != current && seen->stack != current_thread_info() &&
           !seen->preempt_count;
}

static int test_kernel_thread_24(void)
{
    struct sighting seen = {0};
    int pid = kernel_thread_24(look, &seen, 0);
    return pid > 0 && wait_for(pid) == 7 << 8 && on_own_stack(&seen);
}

static int test_kernel_thread_26(void)
{
    struct sighting seen = {0};
    int pid = kernel_thread_26(look, &seen, 0);
    return pid > 0 && wait_for(pid) == 7 && on_own_stack(&seen);
}

static int test_selected_form(void)
{
    int form = kernel_thread_form, passed = 1;

    for (kernel_thread_form = 24; kernel_thread_form <= 26; kernel_thread_form += 2) {
        struct sighting seen = {0};
        int pid = kernel_thread(look, &seen, 0);
        passed &= wait_for(pid) == (kernel_thread_form == 24 ? 7 << 8 : 7) && on_own_stack(&seen);
    }
    kernel_thread_form = form;
    return passed;
}

/* What keventd finds when it runs on behalf of a process. */
struct borrowed {
    struct completion done;
    struct mm_struct *mm, *active_mm;
    unsigned long cr3;
};

static void look_at_memory(void *data)
{
    struct borrowed *seen = data;
    seen->mm = current->mm;
    seen->active_mm = current->active_mm;
    seen->cr3 = read_cr3();
    complete(&seen->done);
}

static int test_lazy_tlb(void)
{
    struct borrowed seen;
    struct work_struct work = WORK_INIT(work, look_at_memory, &seen);
    int count = current->mm->mm_count;

    init_completion(&seen.done);
    schedule_work(&work);
    wait_for_completion(&seen.done);
    return !seen.mm && seen.active_mm == current->mm && seen.cr3 == read_cr3() &&
           current->mm->mm_count == count;
}

/* Counts for as long as it is let. */
static volatile unsigned long spins;
static volatile int spinning;

static int spin(void *unused)
{
    (void)unused;
    while (spinning)
        spins++;
    return 0;
}

static void busy_wait(unsigned long ticks)
{
    unsigned long end = jiffies + ticks;
    while ((long)(jiffies - end) < 0)
        cpu_relax();
}

/* With preemption off even the end of the time slice changes nothing; with it on, it does. */
static int test_preemption(void)
{
    unsigned long before, held, after;
    int pid;

    spinning = 1;
    preempt_disable();
    pid = kernel_thread(spin, NULL, 0);
    before = spins;
    busy_wait(12); /* a time slice is 10 */
    held = spins;
    preempt_enable();
    for (int i = 0; i < 30 && spins == held; i++)
        busy_wait(1);
    after = spins;
    spinning = 0;
    wait_for(pid);
    return held == before && after != held;
}

static volatile int rounds;

static void raise_again(void)
{
    if (++rounds < 40)
        raise_softirq(TEST_SOFTIRQ);
}

/* A softirq that never ends by itself is taken over by ksoftirqd. */
static int test_ksoftirqd(void)
{
    unsigned long before = stat.ksoftirqd_runs;

    rounds = 0;
    open_softirq(TEST_SOFTIRQ, raise_again);
    raise_softirq(TEST_SOFTIRQ);
    for (int i = 0; i < 50 && rounds < 40; i++) {
        current->state = TASK_INTERRUPTIBLE;
        schedule_timeout(2);
    }
    return rounds == 40 && stat.ksoftirqd_runs > before;
}

static int test_timer(void)
{
    unsigned long start = jiffies;
    current->state = TASK_UNINTERRUPTIBLE;
    return schedule_timeout(3) == 0 && jiffies - start >= 3;
}

/* A better priority runs as soon as it wakes, not when the other's time is up. */
static int set_flag(void *flag)
{
    set_user_nice(current, -10);
    current->state = TASK_INTERRUPTIBLE;
    schedule();
    *(volatile int *)flag = 1;
    return 0;
}

static int test_priority(void)
{
    volatile int flag = 0;
    int pid = kernel_thread(set_flag, (void *)&flag, 0), at_once;
    struct task_struct *p;

    current->state = TASK_UNINTERRUPTIBLE;
    schedule_timeout(2); /* it sleeps by now */
    p = find_task_by_pid(pid);
    preempt_disable();
    if (p)
        wake_up_process(p);
    preempt_enable();
    at_once = flag;
    wait_for(pid);
    return at_once;
}

/* A bad pointer is an error, not the kernel's end. */
static int test_exception_table(void)
{
    char c;
    return copy_from_user(&c, (void *)0x10, 1) == 1 &&
           copy_from_user(&c, (void *)PAGE_OFFSET, 1) == 1;
}

void kernel_selftest(void (*report)(void *context, const char *name, int passed), void *context)
{
    report(context, "kernel_thread in 2.4's form: int $0x80, ESP against ESI",
           test_kernel_thread_24());
    report(context, "kernel_thread in 2.6's form: a made-up pt_regs and kernel_thread_helper",
           test_kernel_thread_26());
    report(context, "kernel_thread takes the form that is selected", test_selected_form());
    report(context, "a kernel thread borrows active_mm and leaves CR3 alone", test_lazy_tlb());
    report(context, "preempt_count holds the timer off, and 0 lets it preempt the kernel",
           test_preemption());
    report(context, "a better priority preempts when it wakes", test_priority());
    report(context, "ksoftirqd takes over a softirq that keeps being raised", test_ksoftirqd());
    report(context, "a timer wakes a sleeper", test_timer());
    report(context, "the exception table catches the kernel's faults on programs' pointers",
           test_exception_table());
}
