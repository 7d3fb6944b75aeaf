/* execve: another program takes the process over. ELF files of the archive, linked statically. */
#include "fs.h"
#include "mm.h"

struct elf_header {
    u8 ident[16];
    u16 type, machine;
    u32 version, entry, phoff, shoff, flags;
    u16 ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf_segment {
    u32 type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

#define ELF_EXECUTABLE 2
#define ELF_386 3
#define ELF_LOAD 1
#define ELF_WRITE 2
#define ELF_EXECUTE 1

/* The new program's argument strings, taken over before the old address space goes. */
#define ARGUMENTS_MAX 64
struct arguments {
    int argc, envc;
    unsigned used;
    unsigned at[ARGUMENTS_MAX]; /* of each string in text */
    char *text;                 /* a page */
};

static int copy_strings(struct arguments *a, const char *const *user, int *count)
{
    const char *string;

    for (*count = 0;; (*count)++) {
        long length;

        if (!user)
            return 0;
        if (get_user(string, user + *count))
            return -EFAULT;
        if (!string)
            return 0;
        if (a->argc + a->envc >= ARGUMENTS_MAX)
            return -E2BIG;
        length = strncpy_from_user(a->text + a->used, string, PAGE_SIZE - a->used);
        if (length < 0)
            return length;
        a->at[count == &a->argc ? a->argc : a->argc + a->envc] = a->used;
        a->used += length + 1;
    }
}

static const struct elf_header *check_elf(const struct archive_entry *file)
{
    const struct elf_header *elf = (const struct elf_header *)file->start;
    size_t size = file->end - file->start;

    if (size < sizeof(*elf) || memcmp(elf->ident, "\177ELF\1\1", 6) ||
        elf->type != ELF_EXECUTABLE || elf->machine != ELF_386 ||
        elf->phentsize != sizeof(struct elf_segment) ||
        elf->phoff + elf->phnum * sizeof(struct elf_segment) > size)
        return NULL;
    return elf;
}

/* The areas of a program; its pages come when they are touched. */
static int map_program(struct mm_struct *mm, const struct archive_entry *file)
{
    const struct elf_header *elf = (const struct elf_header *)file->start;
    const struct elf_segment *segment = (const struct elf_segment *)(file->start + elf->phoff);
    int error = 0;

    for (int i = 0; i < elf->phnum && !error; i++, segment++) {
        unsigned long start = segment->vaddr & PAGE_MASK;
        unsigned long end = PAGE_ALIGN(segment->vaddr + segment->memsz);
        unsigned long lead = segment->vaddr - start;
        unsigned long flags = VM_READ | (segment->flags & ELF_WRITE ? VM_WRITE : 0) |
                              (segment->flags & ELF_EXECUTE ? VM_EXEC : 0);

        if (segment->type != ELF_LOAD || !segment->memsz)
            continue;
        if (segment->offset < lead ||
            segment->offset + segment->filesz > (size_t)(file->end - file->start))
            return -ENOEXEC;
        error = insert_area(mm, start, end, flags, file->start + segment->offset - lead,
                            segment->filesz + lead);
        mm->start_brk = mm->brk = max(mm->brk, end);
    }
    return error;
}

/* The other threads are gone, but for the leader: that one stays, as a zombie. */
static int alone_but_for_leader(void)
{
    struct task_struct *t;

    for_each_task_pid(t, PIDTYPE_TGID, current->tgid) {
        if (t != current && (t != current->group_leader || t->state != TASK_ZOMBIE))
            return 0;
    }
    return 1;
}

/*
 * The process keeps its PID, whichever of its threads execs: the leader's goes to the current one.
 */
static void become_leader(void)
{
    struct task_struct *leader = current->group_leader;
    int tid = current->pid;

    spin_lock(&tasklist_lock);
    detach_pid(leader, PIDTYPE_PID);
    leader->pid = tid;
    attach_pid(leader, PIDTYPE_PID, tid);
    detach_pid(current, PIDTYPE_PID);
    current->pid = current->tgid;
    attach_pid(current, PIDTYPE_PID, current->tgid);
    current->real_parent = leader->real_parent;
    current->parent = leader->parent;
    current->ptrace = leader->ptrace;
    current->exit_signal = leader->exit_signal;
    current->group_leader = leader->group_leader = current;
    leader->exit_signal = -1;
    leader->state = TASK_DEAD;
    spin_unlock(&tasklist_lock);
    release_task(leader);
}

static void end_other_threads(void)
{
    spin_lock(&tasklist_lock);
    current->signal->group_exec = current;
    zap_other_threads(current);
    spin_unlock(&tasklist_lock);
    while (!alone_but_for_leader()) {
        current->state = TASK_UNINTERRUPTIBLE;
        schedule_timeout(1);
    }
    if (!thread_group_leader(current))
        become_leader();
    current->signal->group_exec = NULL;
}

/* Other threads end, and handlers are this process's own again. */
static int leave_old_program(void)
{
    if (!thread_group_empty(current))
        end_other_threads();
    if (current->sighand->count > 1) {
        struct sighand_struct *own = kmalloc(sizeof(*own));
        if (!own)
            return -ENOMEM;
        *own = *current->sighand;
        own->count = 1;
        exit_sighand(current);
        current->sighand = own;
    }
    flush_signal_handlers(current);
    return 0;
}

/* argc, argv, envp and an empty auxiliary vector, below the strings. Returns the stack pointer. */
static unsigned long build_stack(const struct arguments *a)
{
    unsigned long strings = (TASK_SIZE - 16 - a->used) & ~15UL;
    unsigned long words = 1 + a->argc + 1 + a->envc + 1 + 2;
    unsigned long stack = (strings - words * 4) & ~15UL;
    unsigned long *at = (unsigned long *)stack;
    int error = copy_to_user((void *)strings, a->text, a->used) |
                put_user((unsigned long)a->argc, at++);

    for (int i = 0; i < a->argc + a->envc; i++) {
        if (i == a->argc)
            error |= put_user(0UL, at++);
        error |= put_user(strings + a->at[i], at++);
    }
    if (!a->envc)
        error |= put_user(0UL, at++);
    error |= put_user(0UL, at++);
    error |= put_user(0UL, at++) | put_user(0UL, at++);
    return error ? 0 : stack;
}

static int do_execve(const char *name, struct arguments *a, struct pt_regs *regs)
{
    const struct archive_entry *file = archive_find(name);
    const struct elf_header *elf;
    struct mm_struct *mm, *old = current->mm, *old_active = current->active_mm;
    const char *base = name;
    unsigned long stack;
    int error;

    if (!file)
        return -ENOENT;
    elf = check_elf(file);
    if (!elf)
        return -ENOEXEC;
    mm = mm_alloc();
    if (!mm)
        return -ENOMEM;
    mm->start_stack = TASK_SIZE;
    error = map_program(mm, file);
    if (!error)
        error = insert_area(mm, TASK_SIZE - 4 * PAGE_SIZE, TASK_SIZE,
                            VM_READ | VM_WRITE | VM_GROWSDOWN, NULL, 0);
    if (!error)
        error = leave_old_program();
    if (error) {
        mmput(mm);
        return error;
    }

    /* No way back from here on. */
    mm_release(current);
    activate_mm(old_active, mm);
    if (old) {
        mmput(old);
    } else {
        stat.mm_dropped++;
        mmdrop(old_active); /* a kernel thread becomes a process: it borrows no more */
    }
    flush_thread();
    current->flags &= ~PF_FORKNOEXEC;
    for (const char *c = name; *c; c++) {
        if (*c == '/')
            base = c + 1;
    }
    strncpy_ended(current->comm, base, sizeof(current->comm));
    set_fs(USER_LIMIT);
    stack = build_stack(a);
    if (!stack)
        do_group_exit(SIGKILL);
    start_thread(regs, elf->entry, stack);
    if (current->ptrace & PT_PTRACED)
        send_signal(SIGTRAP, current);
    return 0;
}

long sys_execve(const char *user_name, const char *const *argv, const char *const *envp, long si,
                long di, long bp, struct pt_regs *regs)
{
    char name[64];
    struct arguments a = {0};
    long error;

    (void)si, (void)di, (void)bp;
    error = strncpy_from_user(name, user_name, sizeof(name));
    if (error < 0)
        return error;
    a.text = get_zeroed_page();
    if (!a.text)
        return -ENOMEM;
    error = copy_strings(&a, argv, &a.argc);
    if (!error)
        error = copy_strings(&a, envp, &a.envc);
    if (!error)
        error = do_execve(name, &a, regs);
    free_page(a.text);
    return error;
}
