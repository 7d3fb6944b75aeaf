/*
 * Signals. Sending sets a bit; delivery is the receiver's own work, on its way back to user mode:
 * it ends, stops, ignores, or has a frame put on its stack that runs the handler.
 */
#include "mm.h"

#define UNBLOCKABLE (sigmask(SIGKILL) | sigmask(SIGSTOP))
#define STOP_SIGNALS (sigmask(SIGSTOP) | sigmask(SIGTSTP) | sigmask(SIGTTIN) | sigmask(SIGTTOU))
#define IGNORED_BY_DEFAULT                                                                         \
    (sigmask(SIGCHLD) | sigmask(SIGCONT) | sigmask(SIGURG) | sigmask(SIGWINCH))

static struct sigaction *action_of(struct task_struct *p, int sig)
{
    return &p->sighand->action[sig - 1];
}

static unsigned long deliverable(struct task_struct *p)
{
    return (p->pending | p->signal->shared_pending) & ~p->blocked;
}

void recalc_sigpending(struct task_struct *p)
{
    if (deliverable(p))
        p->thread_info->flags |= TIF_SIGPENDING;
    else
        p->thread_info->flags &= ~TIF_SIGPENDING;
}

/*
 * Kernel threads have no user mode to return to: they are not for signals, nor is a dead process.
 */
static int takes_signals(struct task_struct *p)
{
    return p->mm && !(p->flags & PF_EXITING);
}

static int ignored(struct task_struct *p, int sig)
{
    void (*handler)(int) = action_of(p, sig)->handler;
    if (p->ptrace || (p->blocked & sigmask(sig)))
        return 0;
    return handler == SIG_IGN || (handler == SIG_DFL && (sigmask(sig) & IGNORED_BY_DEFAULT));
}

static void signal_wake_up(struct task_struct *p, int fatal)
{
    p->thread_info->flags |= TIF_SIGPENDING;
    wake_up_state(p, TASK_INTERRUPTIBLE | (fatal ? TASK_STOPPED | TASK_TRACED : 0));
}

/* Continuing undoes stops that are on their way, and the other way round. */
static void handle_stop_signal(int sig, struct task_struct *p)
{
    struct task_struct *t;

    if (sig == SIGCONT) {
        p->signal->shared_pending &= ~STOP_SIGNALS;
        for_each_task_pid(t, PIDTYPE_TGID, p->tgid) {
            t->pending &= ~STOP_SIGNALS;
            wake_up_state(t, TASK_STOPPED);
        }
    } else if (sigmask(sig) & STOP_SIGNALS) {
        p->signal->shared_pending &= ~sigmask(SIGCONT);
        for_each_task_pid(t, PIDTYPE_TGID, p->tgid)
            t->pending &= ~sigmask(SIGCONT);
    }
}

/* To one thread. */
int send_signal(int sig, struct task_struct *p)
{
    if (!takes_signals(p))
        return 0;
    handle_stop_signal(sig, p);
    if (ignored(p, sig))
        return 0;
    p->pending |= sigmask(sig);
    if (!(p->blocked & sigmask(sig)))
        signal_wake_up(p, sig == SIGKILL);
    return 0;
}

/* To a process: any thread that does not block it may take it; fatal ones and stops go to all. */
int send_group_signal(int sig, struct task_struct *p)
{
    struct task_struct *t;

    if (sig == SIGKILL || (sigmask(sig) & STOP_SIGNALS)) {
        for_each_task_pid(t, PIDTYPE_TGID, p->tgid)
            send_signal(sig, t);
        return 0;
    }
    handle_stop_signal(sig, p);
    if (ignored(p, sig))
        return 0;
    for_each_task_pid(t, PIDTYPE_TGID, p->tgid) {
        if (!takes_signals(t))
            continue;
        p->signal->shared_pending |= sigmask(sig);
        if (!(t->blocked & sigmask(sig))) {
            signal_wake_up(t, 0);
            break;
        }
    }
    return 0;
}

/* A fault's signal cannot wait: blocked or ignored, it kills. */
void force_signal(int sig, struct task_struct *p)
{
    struct sigaction *action = action_of(p, sig);

    spin_lock(&tasklist_lock);
    if (action->handler == SIG_IGN || (p->blocked & sigmask(sig))) {
        action->handler = SIG_DFL;
        p->blocked &= ~sigmask(sig);
    }
    send_signal(sig, p);
    spin_unlock(&tasklist_lock);
}

int kill_pgrp(int sig, int pgrp)
{
    struct task_struct *p;
    int found = 0;

    spin_lock(&tasklist_lock);
    for_each_task_pid(p, PIDTYPE_PGID, pgrp) {
        found = 1;
        if (sig && thread_group_leader(p))
            send_group_signal(sig, p);
    }
    spin_unlock(&tasklist_lock);
    return found ? 0 : -ESRCH;
}

void flush_signal_handlers(struct task_struct *p)
{
    for (int sig = 1; sig <= NSIG; sig++) {
        struct sigaction *action = action_of(p, sig);
        if (action->handler != SIG_IGN)
            action->handler = SIG_DFL;
        action->flags = action->mask = 0;
    }
}

void zap_other_threads(struct task_struct *p)
{
    struct task_struct *t;

    for_each_task_pid(t, PIDTYPE_TGID, p->tgid) {
        if (t != p)
            send_signal(SIGKILL, t);
    }
}

/*
 * A child's end. A parent that ignores SIGCHLD gets no zombie: the child's exit signal becomes -1.
 */
void do_notify_parent(struct task_struct *p, int sig)
{
    struct task_struct *parent = p->parent;

    if (sig == SIGCHLD && !p->ptrace && action_of(parent, SIGCHLD)->handler == SIG_IGN)
        p->exit_signal = -1;
    else if (sig > 0 && sig <= NSIG)
        send_group_signal(sig, parent);
    wake_up(&parent->signal->wait_chldexit);
}

/* A child's stop: to its tracer, if it has one. */
void notify_parent_of_stop(struct task_struct *p)
{
    send_group_signal(SIGCHLD, p->parent);
    wake_up(&p->parent->signal->wait_chldexit);
}

static void do_signal_stop(int sig)
{
    spin_lock(&tasklist_lock);
    current->exit_code = sig;
    current->state = TASK_STOPPED;
    if (thread_group_leader(current))
        notify_parent_of_stop(current);
    spin_unlock(&tasklist_lock);
    schedule();
}

static int dequeue_signal(void)
{
    unsigned long flags = local_irq_save(), set = deliverable(current);
    int sig = set ? __builtin_ctzl(set & sigmask(SIGKILL) ? sigmask(SIGKILL) : set) + 1 : 0;

    if (sig && (current->pending & sigmask(sig)))
        current->pending &= ~sigmask(sig);
    else if (sig)
        current->signal->shared_pending &= ~sigmask(sig);
    recalc_sigpending(current);
    local_irq_restore(flags);
    return sig;
}

/* The next signal with a handler; those without are dealt with here, the fatal ones for good. */
static int get_signal_to_deliver(void)
{
    int sig;

    while ((sig = dequeue_signal())) {
        void (*handler)(int);

        if ((current->ptrace & PT_PTRACED) && sig != SIGKILL) {
            ptrace_stop(sig);
            sig = current->exit_code; /* what the tracer makes of it */
            current->exit_code = 0;
            if (!sig)
                continue;
        }
        handler = action_of(current, sig)->handler;
        if (handler == SIG_IGN && sig != SIGKILL)
            continue;
        if (handler != SIG_DFL && sig != SIGKILL)
            return sig;
        if ((sigmask(sig) & IGNORED_BY_DEFAULT) || current->pid == 1)
            continue;
        if (sigmask(sig) & STOP_SIGNALS)
            do_signal_stop(sig);
        else
            do_group_exit(sig);
    }
    return 0;
}

/* What a handler finds on its stack, lowest address first; sigreturn() takes it back. */
struct signal_frame {
    void (*return_to)(void); /* the restorer */
    long sig;
    struct pt_regs regs;
    unsigned long blocked;
    long fpu_used;
    union fpu_state fpu;
};

static void setup_frame(int sig, struct sigaction *action, struct pt_regs *regs)
{
    struct signal_frame *frame =
        (struct signal_frame *)(((regs->esp - sizeof(struct signal_frame)) & ~15UL) - 4);
    long used = (current->flags & PF_USED_MATH) != 0;
    int error;

    unlazy_fpu(current);
    error = put_user(action->restorer, &frame->return_to) | put_user((long)sig, &frame->sig) |
            put_user(*regs, &frame->regs) | put_user(current->blocked, &frame->blocked) |
            put_user(used, &frame->fpu_used) |
            (used && copy_to_user(&frame->fpu, &current->fpu, sizeof(current->fpu)));
    if (error)
        do_group_exit(SIGSEGV);
    regs->esp = (unsigned long)frame;
    regs->eip = (unsigned long)action->handler;
    regs->eflags &= ~EFLAGS_TF;
}

#define EFLAGS_FOR_PROGRAMS 0x00050dd5 /* AC, RF, OF, DF, TF, SF, ZF, AF, PF, CF */

long sys_sigreturn(long b, long c, long d, long si, long di, long bp, struct pt_regs *regs)
{
    /* The handler's RET has taken return_to off the stack. */
    struct signal_frame *frame = (struct signal_frame *)(regs->esp - 4);
    struct pt_regs saved;
    unsigned long blocked;
    long used;

    (void)b, (void)c, (void)d, (void)si, (void)di, (void)bp;
    if (get_user(saved, &frame->regs) || get_user(blocked, &frame->blocked) ||
        get_user(used, &frame->fpu_used))
        do_group_exit(SIGSEGV);
    clear_fpu(current);
    if (used) {
        if (copy_from_user(&current->fpu, &frame->fpu, sizeof(current->fpu)))
            do_group_exit(SIGSEGV);
        *(u32 *)(current->fpu.fxsave + 24) &= 0xffbf; /* MXCSR: no bit that would fault */
        current->flags |= PF_USED_MATH;
    }
    saved.xcs = USER_CS;
    saved.xss = USER_DS;
    saved.eflags =
        (regs->eflags & ~EFLAGS_FOR_PROGRAMS) | (saved.eflags & EFLAGS_FOR_PROGRAMS);
    saved.orig_eax = -1;
    *regs = saved;
    current->blocked = blocked & ~UNBLOCKABLE;
    recalc_sigpending(current);
    return regs->eax;
}

/* A system call that a signal cut short: from the start again, or -EINTR. INT and SYSENTER + JMP
   are both two bytes long. */
static void restart_system_call(struct pt_regs *regs, struct sigaction *action)
{
    if (regs->orig_eax < 0 || (regs->eax != -ERESTARTSYS && regs->eax != -ERESTARTNOHAND))
        return;
    if (action && (regs->eax == -ERESTARTNOHAND || !(action->flags & SA_RESTART))) {
        regs->eax = -EINTR;
    } else {
        regs->eax = regs->orig_eax;
        regs->eip -= 2;
    }
    regs->orig_eax = -1;
}

/* From entry.S, on the way back to user mode with TIF_SIGPENDING. */
regparm3 void do_notify_resume(struct pt_regs *regs)
{
    struct sigaction *action;
    int sig;

    sig = get_signal_to_deliver();
    if (!sig) {
        restart_system_call(regs, NULL);
        return;
    }
    action = action_of(current, sig);
    restart_system_call(regs, action);
    setup_frame(sig, action, regs);
    current->blocked |= action->mask & ~UNBLOCKABLE;
    if (!(action->flags & SA_NODEFER))
        current->blocked |= sigmask(sig) & ~UNBLOCKABLE;
    if (action->flags & SA_RESETHAND)
        action->handler = SIG_DFL;
    recalc_sigpending(current);
}

long sys_sigaction(int sig, const struct sigaction *new, struct sigaction *old)
{
    struct sigaction action;

    if (sig < 1 || sig > NSIG)
        return -EINVAL;
    if (old && put_user(*action_of(current, sig), old))
        return -EFAULT;
    if (!new)
        return 0;
    if (sigmask(sig) & UNBLOCKABLE)
        return -EINVAL;
    if (copy_from_user(&action, new, sizeof(action)))
        return -EFAULT;
    *action_of(current, sig) = action;
    return 0;
}

long sys_sigprocmask(int how, const unsigned long *new, unsigned long *old)
{
    unsigned long before = current->blocked, set;

    if (new) {
        if (get_user(set, new))
            return -EFAULT;
        set &= ~UNBLOCKABLE;
        if (how == SIG_BLOCK)
            current->blocked |= set;
        else if (how == SIG_UNBLOCK)
            current->blocked &= ~set;
        else if (how == SIG_SETMASK)
            current->blocked = set;
        else
            return -EINVAL;
        recalc_sigpending(current);
    }
    return old ? put_user(before, old) : 0;
}

long sys_pause(void)
{
    current->state = TASK_INTERRUPTIBLE;
    schedule();
    return -ERESTARTNOHAND;
}

static int may_signal(struct task_struct *p)
{
    return !current->user->uid || current->user == p->user;
}

/*
 * pid: above 0 a process, 0 the caller's group, -1 all but init and the caller, below -1 a group.
 */
long sys_kill(int pid, int sig)
{
    struct task_struct *p;
    int error = -ESRCH;

    if (sig < 0 || sig > NSIG)
        return -EINVAL;
    if (pid == 0 || pid < -1)
        return kill_pgrp(sig, pid ? -pid : current->pids[PIDTYPE_PGID].nr);
    spin_lock(&tasklist_lock);
    if (pid > 0) {
        p = find_task_by_pid(pid);
        if (p)
            error = !may_signal(p) ? -EPERM : sig ? send_group_signal(sig, p) : 0;
    } else {
        for_each_task(p) {
            if (p->pid > 1 && p->mm && p->tgid != current->tgid && thread_group_leader(p) &&
                may_signal(p))
                error = sig ? send_group_signal(sig, p) : 0;
        }
    }
    spin_unlock(&tasklist_lock);
    return error;
}

/* To one thread only. */
long sys_tkill(int pid, int sig)
{
    struct task_struct *p;
    int error = -ESRCH;

    if (sig < 0 || sig > NSIG)
        return -EINVAL;
    spin_lock(&tasklist_lock);
    p = find_task_by_pid(pid);
    if (p)
        error = !may_signal(p) ? -EPERM : sig ? send_signal(sig, p) : 0;
    spin_unlock(&tasklist_lock);
    return error;
}
