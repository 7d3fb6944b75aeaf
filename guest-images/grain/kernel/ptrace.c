/*
 * One process watches and steers another: it becomes the other's parent, and is told of its stops.
 */
#include "mm.h"

/* Stops for the tracer, with a signal as the reason; goes on when that says so. */
void ptrace_stop(int code)
{
    spin_lock(&tasklist_lock);
    current->exit_code = code;
    current->state = TASK_TRACED;
    notify_parent_of_stop(current);
    spin_unlock(&tasklist_lock);
    schedule();
}

/* Stops for an event the tracer asked for; there is no signal to deliver afterwards. */
void ptrace_notify(int code)
{
    if (!(current->ptrace & PT_PTRACED))
        return;
    ptrace_stop(code);
    current->exit_code = 0;
}

/* Back to its own parent. Under tasklist_lock. */
void ptrace_unlink(struct task_struct *p)
{
    p->ptrace = 0;
    p->parent = p->real_parent;
}

static struct pt_regs *registers_of(struct task_struct *p)
{
    return (struct pt_regs *)p->thread.esp0 - 1;
}

/* The order in which debuggers know the registers (struct user_regs_struct). */
static void get_registers(struct task_struct *p, unsigned long out[17])
{
    struct pt_regs *regs = registers_of(p);
    unsigned long values[17] = {
        regs->ebx, regs->ecx,   regs->edx,     regs->esi,      regs->edi, regs->ebp, regs->eax,
        regs->xds, regs->xes,   p->thread.fs,  p->thread.gs,   regs->orig_eax, regs->eip,
        regs->xcs, regs->eflags, regs->esp,    regs->xss,
    };
    memcpy(out, values, sizeof(values));
}

static long peek_user(struct task_struct *p, unsigned long at, unsigned long *user)
{
    unsigned long registers[17];

    if (at & 3)
        return -EIO;
    if (at >= USER_AREA_DEBUGREG && at < USER_AREA_DEBUGREG + 32)
        return put_user(p->thread.debugreg[(at - USER_AREA_DEBUGREG) / 4], user);
    if (at >= sizeof(registers))
        return -EIO;
    get_registers(p, registers);
    return put_user(registers[at / 4], user);
}

/* Debug registers only, and none that would watch the kernel. */
static long poke_user(struct task_struct *p, unsigned long at, unsigned long value)
{
    unsigned index = (at - USER_AREA_DEBUGREG) / 4;

    if ((at & 3) || at < USER_AREA_DEBUGREG || index > 7 || index == 4 || index == 5)
        return -EIO;
    if (index < 4 && value >= TASK_SIZE - 3)
        return -EIO;
    if (index == 7)
        value &= ~0xfc00UL;
    p->thread.debugreg[index] = value;
    return 0;
}

static void resume(struct task_struct *p, int sig, int single_step)
{
    struct pt_regs *regs = registers_of(p);

    if (single_step)
        regs->eflags |= EFLAGS_TF;
    else
        regs->eflags &= ~EFLAGS_TF;
    p->exit_code = sig;
    wake_up_state(p, TASK_TRACED | TASK_STOPPED);
}

static long attach(struct task_struct *p)
{
    if (p->tgid == current->tgid || p->pid == 1 || !p->mm || p->ptrace)
        return -EPERM;
    if (current->user->uid && current->user != p->user)
        return -EPERM;
    p->ptrace = PT_PTRACED;
    p->parent = current;
    return send_signal(SIGSTOP, p);
}

static unsigned long trace_options(unsigned long data)
{
    return PT_PTRACED | (data & PTRACE_O_TRACEFORK ? PT_TRACE_FORK : 0) |
           (data & PTRACE_O_TRACEVFORK ? PT_TRACE_VFORK : 0) |
           (data & PTRACE_O_TRACECLONE ? PT_TRACE_CLONE : 0);
}

/* A stopped child's request; its memory, and only that, may be waited for. */
static long request_of_stopped(struct task_struct *p, long request, unsigned long addr,
                               unsigned long data)
{
    unsigned long word, registers[17];
    long error;

    switch (request) {
    case PTRACE_PEEKTEXT:
    case PTRACE_PEEKDATA:
        error = access_process_vm(p, addr, &word, 0);
        return error ? error : put_user(word, (unsigned long *)data);
    case PTRACE_POKEDATA:
        return access_process_vm(p, addr, &data, 1);
    case PTRACE_PEEKUSR:
        return peek_user(p, addr, (unsigned long *)data);
    case PTRACE_POKEUSR:
        return poke_user(p, addr, data);
    case PTRACE_GETREGS:
        get_registers(p, registers);
        return copy_to_user((void *)data, registers, sizeof(registers)) ? -EFAULT : 0;
    case PTRACE_SETOPTIONS:
        p->ptrace = trace_options(data);
        return 0;
    case PTRACE_GETEVENTMSG:
        return put_user(p->ptrace_message, (unsigned long *)data);
    case PTRACE_KILL:
        data = SIGKILL;
        /* fall through */
    case PTRACE_CONT:
    case PTRACE_SINGLESTEP:
        if (data > NSIG)
            return -EIO;
        resume(p, data, request == PTRACE_SINGLESTEP);
        return 0;
    case PTRACE_DETACH:
        if (data > NSIG)
            return -EIO;
        spin_lock(&tasklist_lock);
        ptrace_unlink(p);
        resume(p, data, 0);
        spin_unlock(&tasklist_lock);
        return 0;
    default:
        return -EIO;
    }
}

long sys_ptrace(long request, int pid, unsigned long addr, unsigned long data)
{
    struct task_struct *p;
    long error;

    if (request == PTRACE_TRACEME) {
        if (current->ptrace)
            return -EPERM;
        current->ptrace = PT_PTRACED;
        return 0;
    }
    spin_lock(&tasklist_lock);
    p = find_task_by_pid(pid);
    if (p)
        get_count(&p->usage);
    error = !p ? -ESRCH : request == PTRACE_ATTACH ? attach(p) : 0;
    if (!error && request != PTRACE_ATTACH &&
        (!p->ptrace || p->parent != current || !(p->state & (TASK_TRACED | TASK_STOPPED))))
        error = -ESRCH;
    spin_unlock(&tasklist_lock);
    if (!error && request != PTRACE_ATTACH)
        error = request_of_stopped(p, request, addr, data);
    if (p)
        put_task_struct(p);
    return error;
}
