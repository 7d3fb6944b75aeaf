/*
 * Numbers for processes: a bitmap of those in use, and for each kind of number a hash table that
 * finds the processes it names: one for a PID, many for a thread group, a process group, a session.
 */
#include "sched.h"

#define PID_MAX 32768
#define RESERVED_PIDS 300 /* after the first round, numbers start again here */
#define HASH_SIZE 64

static u32 pidmap[PID_MAX / 32] = {1}; /* 0 is process 0's */
static int last_pid;
static struct list_head pid_hash[PIDTYPE_MAX][HASH_SIZE];

void pid_init(void)
{
    for (int type = 0; type < PIDTYPE_MAX; type++) {
        for (int i = 0; i < HASH_SIZE; i++)
            INIT_LIST_HEAD(&pid_hash[type][i]);
        attach_pid(&init_task, type, 0);
    }
}

/* The next free number after the last one given, or -1. */
int alloc_pidmap(void)
{
    int pid = -1;

    preempt_disable();
    for (int tried = 0, next = last_pid; tried < PID_MAX; tried++) {
        if (++next >= PID_MAX)
            next = RESERVED_PIDS;
        if (!(pidmap[next / 32] & (1u << (next % 32)))) {
            pidmap[next / 32] |= 1u << (next % 32);
            pid = last_pid = next;
            break;
        }
    }
    preempt_enable();
    return pid;
}

void free_pidmap(int pid)
{
    preempt_disable();
    pidmap[pid / 32] &= ~(1u << (pid % 32));
    preempt_enable();
}

struct list_head *pid_chain(enum pid_type type, int nr)
{
    return &pid_hash[type][(unsigned)nr % HASH_SIZE];
}

void attach_pid(struct task_struct *p, enum pid_type type, int nr)
{
    p->pids[type].nr = nr;
    list_add_tail(&p->pids[type].chain, pid_chain(type, nr));
}

/* Under tasklist_lock. The number is free again once nothing is named by it any more. */
void detach_pid(struct task_struct *p, enum pid_type type)
{
    struct task_struct *other;
    int nr = p->pids[type].nr;

    list_del_init(&p->pids[type].chain);
    for (int i = 0; i < PIDTYPE_MAX; i++) {
        for_each_task_pid(other, i, nr)
            return;
    }
    free_pidmap(nr);
}

struct task_struct *find_task_by_pid(int pid)
{
    struct task_struct *p;

    for_each_task_pid(p, PIDTYPE_PID, pid)
        return p;
    return NULL;
}
