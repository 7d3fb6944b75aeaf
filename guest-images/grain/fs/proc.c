/* /proc: what the kernel knows about itself, as text made when it is opened. */
#include "fs.h"
#include "mm.h"

struct text {
    char *buffer;
    unsigned length;
};

static void print(struct text *text, const char *format, ...) printf_like(2, 3);
static void print(struct text *text, const char *format, ...)
{
    unsigned room = PAGE_SIZE - text->length;
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(text->buffer + text->length, room, format, args);
    va_end(args);
    text->length += min((unsigned)length, room - 1);
}

static char state_letter(long state)
{
    switch (state) {
    case TASK_RUNNING: return 'R';
    case TASK_INTERRUPTIBLE: return 'S';
    case TASK_UNINTERRUPTIBLE: return 'D';
    case TASK_STOPPED: return 'T';
    case TASK_TRACED: return 't';
    default: return 'Z';
    }
}

/* Kernel threads stand in brackets. */
static void show_processes(struct text *text)
{
    struct task_struct *p;

    print(text, "  PID  PPID   TID PRI S  TICKS SWITCHES NAME\n");
    spin_lock(&tasklist_lock);
    for_each_task(p) {
        int kernel = !p->mm && !(p->flags & PF_EXITING);
        print(text, "%5d %5d %5d %3d %c %6lu %8lu %s%s%s\n", p->tgid, p->real_parent->tgid, p->pid,
              p->prio, state_letter(p->state), p->ticks, p->switches, kernel ? "[" : "", p->comm,
              kernel ? "]" : "");
    }
    spin_unlock(&tasklist_lock);
}

static void show_statistics(struct text *text)
{
    print(text, "ticks %lu\nswitches %lu\nrunning %lu\nforks %lu\nthreads %d\nfree_pages %lu\n"
          "idle_ticks %lu\n",
          jiffies, nr_switches(), nr_running(), total_forks, nr_threads, nr_free_pages(),
          init_task.ticks);
#define COUNTER(name) print(text, #name " %lu\n", stat.name)
    COUNTER(interrupts);
    COUNTER(page_faults);
    COUNTER(cow_copies);
    COUNTER(cow_reuses);
    COUNTER(demand_zero);
    COUNTER(demand_file);
    COUNTER(stack_growths);
    COUNTER(mm_switches);
    COUNTER(lazy_switches);
    COUNTER(mm_borrowed);
    COUNTER(mm_dropped);
    COUNTER(fpu_traps);
    COUNTER(fpu_saves);
    COUNTER(kernel_preemptions);
    COUNTER(work_done);
    COUNTER(softirqs);
    COUNTER(ksoftirqd_runs);
    COUNTER(cache_reads);
    COUNTER(cache_written);
    COUNTER(cache_reclaimed);
    COUNTER(tasks_freed);
    print(text, "syscalls_fast %lu\ncache_pages %lu\ncache_dirty %lu\n", stat_syscalls_fast,
          cache_pages(), cache_dirty());
}

static void show_command_line(struct text *text)
{
    print(text, "%s\n", command_line);
}

static void show_threads_max(struct text *text)
{
    print(text, "%d\n", max_threads);
}

static long set_threads_max(const char *value)
{
    int number = 0;
    for (; *value >= '0' && *value <= '9'; value++)
        number = number * 10 + *value - '0';
    if (number < 1)
        return -EINVAL;
    max_threads = number;
    return 0;
}

static void show_archive(struct text *text)
{
    extern const struct archive_entry archive[];
    for (const struct archive_entry *entry = archive; entry->name; entry++)
        print(text, "%7d %s\n", entry->end - entry->start, entry->name);
}

/* kernel/selftest.c: opening the file runs the tests. */
void kernel_selftest(void (*report)(void *context, const char *name, int passed), void *context);

static void report_test(void *context, const char *name, int passed)
{
    print(context, "%s %s\n", passed ? "ok" : "FAILED", name);
}

static void show_selftest(struct text *text)
{
    kernel_selftest(report_test, text);
}

static const struct proc_entry {
    const char *name;
    void (*show)(struct text *text);
    long (*set)(const char *value);
} entries[] = {
    {"processes", show_processes, NULL},
    {"stat", show_statistics, NULL},
    {"cmdline", show_command_line, NULL},
    {"threads-max", show_threads_max, set_threads_max},
    {"files", show_archive, NULL},
    {"selftest", show_selftest, NULL},
};

/* An open entry: which, and its text. */
struct proc_file {
    const struct proc_entry *entry;
    struct text text;
};

static long proc_read(struct file *file, char *user, size_t n)
{
    struct proc_file *proc = file->data;

    if (file->pos >= proc->text.length)
        return 0;
    n = min(n, proc->text.length - file->pos);
    if (copy_to_user(user, proc->text.buffer + file->pos, n))
        return -EFAULT;
    file->pos += n;
    return n;
}

static long proc_write(struct file *file, const char *user, size_t n)
{
    const struct proc_entry *entry = ((struct proc_file *)file->data)->entry;
    char value[32] = "";
    long error;

    if (!entry->set)
        return -EACCES;
    if (current->user->uid)
        return -EPERM;
    if (n >= sizeof(value))
        return -EINVAL;
    if (copy_from_user(value, user, n))
        return -EFAULT;
    error = entry->set(value);
    return error ? error : (long)n;
}

static void proc_release(struct file *file)
{
    struct proc_file *proc = file->data;
    free_page(proc->text.buffer);
    kfree(proc, sizeof(*proc));
}

static const struct file_operations proc_operations = {
    .read = proc_read, .write = proc_write, .release = proc_release};

static struct file *open_entry(const struct proc_entry *entry, unsigned long flags)
{
    struct proc_file *proc = kzalloc(sizeof(*proc));
    struct file *file;

    if (!proc)
        return ERR_PTR(-ENOMEM);
    proc->entry = entry;
    proc->text.buffer = get_zeroed_page();
    file = get_empty_file(&proc_operations, flags);
    if (!proc->text.buffer || IS_ERR(file)) {
        if (proc->text.buffer)
            free_page(proc->text.buffer);
        if (!IS_ERR(file))
            kfree(file, sizeof(*file));
        kfree(proc, sizeof(*proc));
        return ERR_PTR(-ENOMEM);
    }
    file->data = proc;
    if ((flags & O_ACCMODE) != O_WRONLY)
        entry->show(&proc->text);
    return file;
}

struct file *proc_open(const char *name, unsigned long flags)
{
    for (unsigned i = 0; i < ARRAY_SIZE(entries); i++) {
        if (!strcmp(entries[i].name, name))
            return open_entry(&entries[i], flags);
    }
    return ERR_PTR(-ENOENT);
}
