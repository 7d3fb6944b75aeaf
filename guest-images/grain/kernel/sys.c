/* The small system calls: who am I, and what are my limits. */
#include "mm.h"

long sys_ni_syscall(void)
{
    return -ENOSYS;
}

long sys_getpid(void)
{
    return current->tgid;
}

long sys_gettid(void)
{
    return current->pid;
}

long sys_getppid(void)
{
    return current->group_leader->real_parent->tgid;
}

long sys_getpgrp(void)
{
    return current->pids[PIDTYPE_PGID].nr;
}

static void move_to(struct task_struct *leader, enum pid_type type, int nr)
{
    struct task_struct *t;
    for_each_task(t) {
        if (t->tgid == leader->tgid && t->pids[type].nr != nr) {
            detach_pid(t, type);
            attach_pid(t, type, nr);
        }
    }
}

long sys_setpgid(int pid, int pgid)
{
    struct task_struct *p;
    long error = -ESRCH;

    spin_lock(&tasklist_lock);
    p = find_task_by_pid(pid ? pid : current->tgid);
    if (p && (p->tgid == current->tgid || p->real_parent->tgid == current->tgid)) {
        move_to(p, PIDTYPE_PGID, pgid ? pgid : p->pid);
        error = 0;
    }
    spin_unlock(&tasklist_lock);
    return error;
}

long sys_setsid(void)
{
    struct task_struct *p;
    long result = -EPERM;
    int leads = 0;

    spin_lock(&tasklist_lock);
    for_each_task_pid(p, PIDTYPE_PGID, current->tgid)
        leads = 1;
    if (!leads) {
        move_to(current, PIDTYPE_PGID, current->tgid);
        move_to(current, PIDTYPE_SID, current->tgid);
        result = current->tgid;
    }
    spin_unlock(&tasklist_lock);
    return result;
}

long sys_umask(unsigned long mask)
{
    unsigned long old = current->fs->umask;
    current->fs->umask = mask & 0777;
    return old;
}

long sys_getrlimit(unsigned resource, struct rlimit *user)
{
    if (resource >= RLIM_NLIMITS)
        return -EINVAL;
    return put_user(current->signal->rlim[resource], user);
}

long sys_setrlimit(unsigned resource, const struct rlimit *user)
{
    struct rlimit limit;

    if (resource >= RLIM_NLIMITS)
        return -EINVAL;
    if (copy_from_user(&limit, user, sizeof(limit)))
        return -EFAULT;
    if (limit.soft > limit.hard)
        return -EINVAL;
    if (limit.hard > current->signal->rlim[resource].hard && current->user->uid)
        return -EPERM;
    current->signal->rlim[resource] = limit;
    return 0;
}

long sys_sync(void)
{
    cache_sync();
    return 0;
}

long sys_reboot(unsigned long magic1, unsigned long magic2, unsigned long command, long argument)
{
    if (magic1 != REBOOT_MAGIC1 || magic2 != REBOOT_MAGIC2)
        return -EINVAL;
    if (current->user->uid)
        return -EPERM;
    if (command == REBOOT_POWER_OFF)
        machine_power_off(argument);
    if (command == REBOOT_RESTART)
        machine_restart();
    return -EINVAL;
}

/* A kernel thread under its own name, out of its maker's session, without its files. */
void daemonize(const char *name)
{
    strncpy_ended(current->comm, name, sizeof(current->comm));
    spin_lock(&tasklist_lock);
    move_to(current, PIDTYPE_SID, 1);
    move_to(current, PIDTYPE_PGID, 1);
    spin_unlock(&tasklist_lock);
    current->blocked = ~0UL;
}
