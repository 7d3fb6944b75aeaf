/*
 * How a process comes into being: copy_process makes the copy, part by part, each copied or shared
 * as the flags say; do_fork gives it a number and lets it run.
 */
#include "fs.h"
#include "mm.h"

int nr_threads, max_threads;
unsigned long total_forks;
spinlock_t tasklist_lock = SPIN_LOCK_UNLOCKED;

/* Kernel stacks may take up an eighth of memory. */
void fork_init(unsigned long pages)
{
    max_threads = max(pages / (8 * THREAD_SIZE / PAGE_SIZE), 20UL);
    init_task.signal->rlim[RLIMIT_NPROC].soft = max_threads / 2;
    init_task.signal->rlim[RLIMIT_NPROC].hard = max_threads / 2;
}

void free_task_struct(struct task_struct *p)
{
    free_uid(p->user);
    free_pages(virt_to_page(p->thread_info), 1);
    kfree(p, sizeof(*p));
}

/* A task_struct and a kernel stack like the current one's. */
static struct task_struct *dup_task_struct(void)
{
    struct task_struct *p = kmalloc(sizeof(*p));
    struct page *stack = alloc_pages(1);

    if (!p || !stack) {
        if (p)
            kfree(p, sizeof(*p));
        if (stack)
            free_pages(stack, 1);
        return NULL;
    }
    unlazy_fpu(current); /* or the copy would lack what is still in the FPU */
    *p = *current;
    p->thread_info = page_address(stack);
    *p->thread_info = *current_thread_info();
    p->thread_info->task = p;
    p->thread_info->status = 0;
    p->usage = 2;
    return p;
}

static int copy_files(unsigned long flags, struct task_struct *p)
{
    if (flags & CLONE_FILES) {
        get_count(&p->files->count);
        return 0;
    }
    p->files = dup_files(p->files);
    return p->files ? 0 : -ENOMEM;
}

static int copy_fs(unsigned long flags, struct task_struct *p)
{
    struct fs_struct *fs;

    if (flags & CLONE_FS) {
        get_count(&p->fs->count);
        return 0;
    }
    fs = kmalloc(sizeof(*fs));
    if (!fs)
        return -ENOMEM;
    *fs = *p->fs;
    fs->count = 1;
    p->fs = fs;
    return 0;
}

static int copy_sighand(unsigned long flags, struct task_struct *p)
{
    struct sighand_struct *sighand;

    if (flags & CLONE_SIGHAND) {
        get_count(&p->sighand->count);
        return 0;
    }
    sighand = kmalloc(sizeof(*sighand));
    if (!sighand)
        return -ENOMEM;
    *sighand = *p->sighand;
    sighand->count = 1;
    p->sighand = sighand;
    return 0;
}

static int copy_signal(unsigned long flags, struct task_struct *p)
{
    struct signal_struct *signal;

    if (flags & CLONE_THREAD) {
        get_count(&p->signal->count);
        return 0;
    }
    signal = kzalloc(sizeof(*signal));
    if (!signal)
        return -ENOMEM;
    signal->count = 1;
    INIT_WAIT_QUEUE(&signal->wait_chldexit);
    memcpy(signal->rlim, p->signal->rlim, sizeof(signal->rlim));
    p->signal = signal;
    return 0;
}

static int copy_mm(unsigned long flags, struct task_struct *p)
{
    p->mm = NULL;
    p->active_mm = NULL;
    if (!current->mm)
        return 0; /* kernel threads have none, and borrow */
    if (flags & CLONE_VM) {
        p->mm = current->mm;
        get_count(&p->mm->mm_users);
    } else {
        p->mm = dup_mm(current->mm);
        if (!p->mm)
            return -ENOMEM;
    }
    p->active_mm = p->mm;
    return 0;
}

static int copy_namespace(unsigned long flags, struct task_struct *p)
{
    struct namespace *namespace;

    if (!(flags & CLONE_NEWNS)) {
        get_count(&p->namespace->count);
        return 0;
    }
    if (current->user->uid)
        return -EPERM;
    namespace = kmalloc(sizeof(*namespace));
    if (!namespace)
        return -ENOMEM;
    namespace->count = 1;
    p->namespace = namespace;
    return 0;
}

/* Into the family, the lists and the hashes: from here on others can find it. */
static void link_task(struct task_struct *p, unsigned long flags)
{
    spin_lock(&tasklist_lock);
    if (flags & (CLONE_PARENT | CLONE_THREAD))
        p->real_parent = current->real_parent;
    else
        p->real_parent = current;
    p->parent = p->real_parent;
    if ((flags & CLONE_PTRACE) && (current->ptrace & PT_PTRACED)) {
        p->ptrace = current->ptrace;
        p->parent = current->parent;
    }
    list_add_tail(&p->tasks, &init_task.tasks);
    attach_pid(p, PIDTYPE_PID, p->pid);
    attach_pid(p, PIDTYPE_TGID, p->tgid);
    attach_pid(p, PIDTYPE_PGID, current->pids[PIDTYPE_PGID].nr);
    attach_pid(p, PIDTYPE_SID, current->pids[PIDTYPE_SID].nr);
    nr_threads++;
    total_forks++;
    spin_unlock(&tasklist_lock);
}

/* The copy, not yet running; or an error. */
static struct task_struct *copy_process(unsigned long flags, unsigned long stack,
                                        struct pt_regs *regs, int *parent_tid, int *child_tid,
                                        int pid)
{
    struct task_struct *p;
    int error;

    if ((flags & (CLONE_NEWNS | CLONE_FS)) == (CLONE_NEWNS | CLONE_FS))
        return ERR_PTR(-EINVAL);
    if ((flags & CLONE_THREAD) && !(flags & CLONE_SIGHAND))
        return ERR_PTR(-EINVAL);
    if ((flags & CLONE_SIGHAND) && !(flags & CLONE_VM))
        return ERR_PTR(-EINVAL);

    if ((unsigned long)current->user->processes >= current->signal->rlim[RLIMIT_NPROC].soft &&
        current->user != &root_user)
        return ERR_PTR(-EAGAIN);
    if (nr_threads >= max_threads)
        return ERR_PTR(-EAGAIN);

    p = dup_task_struct();
    if (!p)
        return ERR_PTR(-ENOMEM);
    get_count(&p->user->count);
    get_count(&p->user->processes);
    p->flags = (p->flags | PF_FORKNOEXEC) & ~PF_EXITING;
    p->pid = pid;
    p->tgid = flags & CLONE_THREAD ? current->tgid : pid;
    p->group_leader = flags & CLONE_THREAD ? current->group_leader : p;
    p->exit_signal = flags & CLONE_THREAD ? -1 : (int)(flags & CSIGNAL);
    p->ptrace = 0;
    p->vfork_done = NULL;
    p->pending = 0;
    p->thread_info->flags = 0;
    p->ticks = p->switches = 0;
    p->start_time = jiffies;
    p->thread.io_bitmap = NULL;
    p->set_child_tid = flags & CLONE_CHILD_SETTID ? child_tid : NULL;
    p->clear_child_tid = flags & CLONE_CHILD_CLEARTID ? child_tid : NULL;

    error = copy_files(flags, p);
    if (error)
        goto bad_task;
    error = copy_fs(flags, p);
    if (error)
        goto bad_files;
    error = copy_sighand(flags, p);
    if (error)
        goto bad_fs;
    error = copy_signal(flags, p);
    if (error)
        goto bad_sighand;
    error = copy_mm(flags, p);
    if (error)
        goto bad_signal;
    error = copy_namespace(flags, p);
    if (error)
        goto bad_mm;
    error = copy_thread(flags, stack, p, regs);
    if (error)
        goto bad_namespace;
    if ((flags & CLONE_PARENT_SETTID) && put_user(pid, parent_tid)) {
        error = -EFAULT;
        goto bad_namespace;
    }
    sched_fork(p);
    link_task(p, flags);
    return p;

bad_namespace:
    if (put_count(&p->namespace->count))
        kfree(p->namespace, sizeof(*p->namespace));
bad_mm:
    if (p->mm)
        mmput(p->mm);
bad_signal:
    if (put_count(&p->signal->count))
        kfree(p->signal, sizeof(*p->signal));
bad_sighand:
    exit_sighand(p);
bad_fs:
    exit_fs(p);
bad_files:
    exit_files(p);
bad_task:
    p->user->processes--;
    free_task_struct(p);
    return ERR_PTR(error);
}

/* Which event, if any, the tracer of the parent wants to hear of. */
static int fork_event(unsigned long flags)
{
    if (flags & CLONE_UNTRACED)
        return 0;
    if (flags & CLONE_VFORK)
        return current->ptrace & PT_TRACE_VFORK ? PTRACE_EVENT_VFORK : 0;
    if ((flags & CSIGNAL) != SIGCHLD)
        return current->ptrace & PT_TRACE_CLONE ? PTRACE_EVENT_CLONE : 0;
    return current->ptrace & PT_TRACE_FORK ? PTRACE_EVENT_FORK : 0;
}

/* The new process's PID, or an error. What all of fork, vfork, clone and kernel_thread come to. */
long do_fork(unsigned long flags, unsigned long stack, struct pt_regs *regs, int *parent_tid,
             int *child_tid)
{
    struct task_struct *p;
    struct completion vfork;
    int pid = alloc_pidmap();
    int event = 0;

    if (pid < 0)
        return -EAGAIN;
    if (current->ptrace) {
        event = fork_event(flags);
        if (event)
            flags |= CLONE_PTRACE;
    }
    p = copy_process(flags, stack, regs, parent_tid, child_tid, pid);
    if (IS_ERR(p)) {
        free_pidmap(pid);
        return PTR_ERR(p);
    }
    if (flags & CLONE_VFORK) {
        p->vfork_done = &vfork;
        init_completion(&vfork);
    }
    if ((p->ptrace & PT_PTRACED) || (flags & CLONE_STOPPED)) {
        p->pending |= sigmask(SIGSTOP);
        p->thread_info->flags |= TIF_SIGPENDING;
    }
    if (flags & CLONE_STOPPED)
        p->state = TASK_STOPPED;
    else
        wake_up_new_task(p, flags);
    if (event) {
        current->ptrace_message = pid;
        ptrace_notify((event << 8) | SIGTRAP);
    }
    if (flags & CLONE_VFORK)
        wait_for_completion(&vfork);
    return pid;
}

/* The address space is not this process's any more: by exec or by exit. */
void mm_release(struct task_struct *p)
{
    struct completion *vfork_done = p->vfork_done;

    if (vfork_done) {
        p->vfork_done = NULL;
        complete(vfork_done);
    }
    if (p->clear_child_tid && p->mm && p->mm->mm_users > 1) {
        int *tid = p->clear_child_tid;
        long futex_wake(int *address, int count);

        p->clear_child_tid = NULL;
        put_user(0, tid);
        futex_wake(tid, 1);
    }
}

long sys_fork(long b, long c, long d, long si, long di, long bp, struct pt_regs *regs)
{
    (void)b, (void)c, (void)d, (void)si, (void)di, (void)bp;
    return do_fork(SIGCHLD, regs->esp, regs, NULL, NULL);
}

long sys_vfork(long b, long c, long d, long si, long di, long bp, struct pt_regs *regs)
{
    (void)b, (void)c, (void)d, (void)si, (void)di, (void)bp;
    return do_fork(CLONE_VFORK | CLONE_VM | SIGCHLD, regs->esp, regs, NULL, NULL);
}

long sys_clone(unsigned long flags, unsigned long stack, int *parent_tid, long tls,
               int *child_tid, long bp, struct pt_regs *regs)
{
    (void)tls, (void)bp; /* copy_thread takes the descriptor from the saved ESI */
    if (!stack)
        stack = regs->esp;
    return do_fork(flags, stack, regs, parent_tid, child_tid);
}

long sys_set_tid_address(int *tid)
{
    current->clear_child_tid = tid;
    return current->pid;
}
