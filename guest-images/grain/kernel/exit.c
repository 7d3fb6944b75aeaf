/*
 * How a process ends: do_exit gives back all but the task_struct and the stack it still runs on;
 * wait4 takes the exit code; the next process to run frees the rest.
 */
#include "fs.h"
#include "mm.h"

int thread_group_empty(struct task_struct *p)
{
    struct task_struct *t;

    for_each_task_pid(t, PIDTYPE_TGID, p->tgid) {
        if (t != p)
            return 0;
    }
    return 1;
}

void exit_sighand(struct task_struct *p)
{
    if (put_count(&p->sighand->count))
        kfree(p->sighand, sizeof(*p->sighand));
}

void exit_fs(struct task_struct *p)
{
    if (put_count(&p->fs->count))
        kfree(p->fs, sizeof(*p->fs));
}

/*
 * Out of the lists and hashes; a zombie group leader whose last thread this was is announced now.
 */
void release_task(struct task_struct *p)
{
    struct task_struct *leader = p->group_leader;

    spin_lock(&tasklist_lock);
    ptrace_unlink(p);
    for (int type = 0; type < PIDTYPE_MAX; type++)
        detach_pid(p, type);
    list_del_init(&p->tasks);
    nr_threads--;
    if (leader != p && leader->state == TASK_ZOMBIE && thread_group_empty(leader))
        do_notify_parent(leader, leader->exit_signal);
    if (put_count(&p->signal->count))
        kfree(p->signal, sizeof(*p->signal));
    exit_sighand(p);
    sched_exit(p);
    p->user->processes--;
    spin_unlock(&tasklist_lock);
    put_task_struct(p);
}

/* Children of the dead go to another thread of its group, or to process 1. */
static void forget_original_parent(struct task_struct *father)
{
    struct task_struct *p, *t, *reaper = find_task_by_pid(1);

    for_each_task_pid(t, PIDTYPE_TGID, father->tgid) {
        if (t != father && !(t->flags & PF_EXITING)) {
            reaper = t;
            break;
        }
    }
    for_each_task(p) {
        if (p->parent == father && p->ptrace) { /* its tracer is gone */
            p->ptrace = 0;
            p->parent = p->real_parent;
            if (p->state == TASK_TRACED)
                wake_up_state(p, TASK_TRACED);
        }
        if (p->real_parent == father) {
            if (p->parent == father)
                p->parent = reaper;
            p->real_parent = reaper;
            if (p->state == TASK_ZOMBIE && p->exit_signal != -1 && thread_group_empty(p))
                do_notify_parent(p, SIGCHLD);
        }
    }
}

/* Tells whom it concerns, and becomes a zombie, or nothing if nobody waits. */
static void exit_notify(struct task_struct *p)
{
    int zombie = 1;

    spin_lock(&tasklist_lock);
    forget_original_parent(p);
    if (p->exit_signal == -1 && !p->ptrace)
        zombie = 0;
    else if (thread_group_empty(p) || p->ptrace)
        do_notify_parent(p, p->ptrace ? SIGCHLD : p->exit_signal);
    /* A parent that ignores SIGCHLD does not want zombies: do_notify_parent has seen to that. */
    if (p->exit_signal == -1 && !p->ptrace)
        zombie = 0;
    p->state = zombie ? TASK_ZOMBIE : TASK_DEAD;
    spin_unlock(&tasklist_lock);
    if (!zombie)
        release_task(p);
}

noreturn void do_exit(long code)
{
    struct task_struct *p = current;

    if (in_interrupt())
        panic("exit in an interrupt");
    if (p->pid == 0)
        panic("process 0 exits");
    if (p->pid == 1)
        panic("init exits with %lx", code);
    p->flags |= PF_EXITING;
    p->state = TASK_RUNNING;
    exit_mm(p);
    exit_files(p);
    exit_fs(p);
    exit_thread();
    if (put_count(&p->namespace->count))
        kfree(p->namespace, sizeof(*p->namespace));
    p->exit_code = code;
    preempt_disable();
    exit_notify(p);
    p->flags |= PF_DEAD; /* finish_task_switch drops the last reference */
    schedule();
    panic("a dead process runs");
}

noreturn void do_group_exit(int code)
{
    struct signal_struct *signal = current->signal;

    spin_lock(&tasklist_lock);
    if (signal->group_exec && signal->group_exec != current) {
        /* Killed for another thread's exec: that one goes on. */
    } else if (signal->group_exit) {
        code = signal->group_exit_code;
    } else {
        signal->group_exit = 1;
        signal->group_exit_code = code;
        zap_other_threads(current);
    }
    spin_unlock(&tasklist_lock);
    do_exit(code);
}

long sys_exit(int code)
{
    do_exit((code & 0xff) << 8);
}

long sys_exit_group(int code)
{
    do_group_exit((code & 0xff) << 8);
}

/* Whether wait4 was asked for this child: pid > 0 that one, -1 any, 0 and below -1 its group. */
static int eligible_child(struct task_struct *p, int pid, unsigned options)
{
    int clone_child;

    if (p->parent->tgid != current->tgid)
        return 0;
    if (pid > 0 ? p->pid != pid
                : pid != -1 && p->pids[PIDTYPE_PGID].nr !=
                                   (pid ? -pid : current->pids[PIDTYPE_PGID].nr))
        return 0;
    if (p->exit_signal == -1 && !p->ptrace)
        return 0;
    clone_child = p->exit_signal != SIGCHLD && !p->ptrace;
    return (options & WALL) || clone_child == ((options & WCLONE) != 0);
}

/*
 * The PID of a child that ended or stopped, taken; 0 if there is none yet; -ECHILD if none can be.
 */
static long wait_once(int pid, int *status, unsigned options)
{
    struct task_struct *p;
    long result = -ECHILD;
    int code = 0, release = 0;

    spin_lock(&tasklist_lock);
    for_each_task(p) {
        if (!eligible_child(p, pid, options))
            continue;
        result = 0;
        if (p->state == TASK_ZOMBIE && (p->exit_signal == -1 || thread_group_empty(p))) {
            code = p->signal->group_exit ? p->signal->group_exit_code : p->exit_code;
            release = 1;
        } else if (p->exit_code &&
                   (p->state == TASK_TRACED ||
                    (p->state == TASK_STOPPED && (options & WUNTRACED)))) {
            code = (p->exit_code << 8) | 0x7f;
            p->exit_code = 0;
        } else {
            continue;
        }
        result = p->pid;
        break;
    }
    if (release && p->parent != p->real_parent) {
        /* A tracer has seen it; now it is its own parent's. */
        ptrace_unlink(p);
        do_notify_parent(p, p->exit_signal);
        release = 0;
    }
    if (release)
        p->state = TASK_DEAD; /* so that nobody else takes it */
    spin_unlock(&tasklist_lock);
    if (release)
        release_task(p);
    if (result > 0 && status && put_user(code, status))
        return -EFAULT;
    return result;
}

long sys_wait4(int pid, int *status, unsigned options, void *usage)
{
    long result = 0, interrupted = 0;

    (void)usage;
    if (options & WNOHANG)
        return wait_once(pid, status, options);
    interrupted = wait_event_interruptible(&current->signal->wait_chldexit,
                                           (result = wait_once(pid, status, options)) != 0);
    return interrupted ? interrupted : result;
}

long sys_waitpid(int pid, int *status, unsigned options)
{
    return sys_wait4(pid, status, options, NULL);
}
