/* Processes: what one is made of, and the functions that make, run, stop and end it. */
#ifndef GRAIN_SCHED_H
#define GRAIN_SCHED_H

#include "kernel.h"
#include "list.h"

/* task_struct.state */
#define TASK_RUNNING 0
#define TASK_INTERRUPTIBLE 1
#define TASK_UNINTERRUPTIBLE 2
#define TASK_STOPPED 4
#define TASK_TRACED 8
#define TASK_ZOMBIE 16
#define TASK_DEAD 32

/* task_struct.flags */
#define PF_EXITING 0x0004
#define PF_FORKNOEXEC 0x0040
#define PF_DEAD 0x0008
#define PF_USED_MATH 0x2000

/* task_struct.ptrace */
#define PT_PTRACED 1
#define PT_TRACE_FORK 2
#define PT_TRACE_VFORK 4
#define PT_TRACE_CLONE 8

/* thread_info.status */
#define TS_USEDFPU 1 /* the FPU's registers are this process's */

/* preempt_count: the low bits count preempt_disable and locks, the rest say where we are. */
#define SOFTIRQ_OFFSET 0x00000100
#define HARDIRQ_OFFSET 0x00010000
#define PREEMPT_ACTIVE 0x04000000 /* being preempted: not asleep, whatever the state says */
#define in_interrupt() (current_thread_info()->preempt_count & 0x00ffff00)
#define in_atomic() (current_thread_info()->preempt_count & ~PREEMPT_ACTIVE)

struct task_struct;

struct thread_info {
    struct task_struct *task;
    unsigned long flags;  /* TIF_... */
    unsigned long status; /* TS_... */
    int preempt_count;    /* 0: may be preempted */
    unsigned long addr_limit;
};

union thread_union {
    struct thread_info thread_info;
    unsigned long stack[THREAD_SIZE / sizeof(long)];
};

static inline struct thread_info *current_thread_info(void)
{
    unsigned long esp;
    asm("movl %%esp, %0" : "=r"(esp));
    return (struct thread_info *)(esp & ~(THREAD_SIZE - 1UL));
}

#define current (current_thread_info()->task)

/* Addresses from here on are refused in system calls; the kernel lifts that for its own calls. */
#define USER_LIMIT TASK_SIZE
#define KERNEL_LIMIT 0xffffffff
#define set_fs(limit) (current_thread_info()->addr_limit = (limit))

/* Locks. One processor: what must be kept out is preemption, and with _irq interrupts too. */
typedef struct {
    int unused;
} spinlock_t;
#define SPIN_LOCK_UNLOCKED ((spinlock_t){0})

void preempt_schedule(void);
#define barrier() asm volatile("" : : : "memory")
#define preempt_disable()                                                                          \
    do {                                                                                           \
        current_thread_info()->preempt_count++;                                                    \
        barrier();                                                                                 \
    } while (0)
#define preempt_enable_no_resched()                                                                \
    do {                                                                                           \
        barrier();                                                                                 \
        current_thread_info()->preempt_count--;                                                    \
    } while (0)
#define preempt_enable()                                                                           \
    do {                                                                                           \
        preempt_enable_no_resched();                                                               \
        if (current_thread_info()->flags & TIF_NEED_RESCHED)                                       \
            preempt_schedule();                                                                    \
    } while (0)

static inline void spin_lock(spinlock_t *lock)
{
    (void)lock;
    preempt_disable();
}

static inline void spin_unlock(spinlock_t *lock)
{
    (void)lock;
    preempt_enable();
}

static inline void spin_lock_irq(spinlock_t *lock)
{
    local_irq_disable();
    (void)lock;
    preempt_disable();
}

static inline void spin_unlock_irq(spinlock_t *lock)
{
    (void)lock;
    preempt_enable_no_resched();
    local_irq_enable();
    if (current_thread_info()->flags & TIF_NEED_RESCHED)
        preempt_schedule();
}

/* A count that reaches 0 once: true for whoever took it there. */
static inline int put_count(int *count)
{
    u8 zero;
    asm volatile("decl %0; sete %1" : "+m"(*count), "=q"(zero) : : "memory", "cc");
    return zero;
}

static inline void get_count(int *count)
{
    asm volatile("incl %0" : "+m"(*count) : : "memory", "cc");
}

/* Waiting. */
struct wait_queue_head {
    struct list_head tasks;
};
struct wait_queue {
    struct task_struct *task;
    struct list_head link;
};
#define WAIT_QUEUE_INIT(name) {LIST_HEAD_INIT((name).tasks)}
#define INIT_WAIT_QUEUE(queue) INIT_LIST_HEAD(&(queue)->tasks)
void add_wait_queue(struct wait_queue_head *head, struct wait_queue *wait);
void remove_wait_queue(struct wait_queue *wait);
void wake_up(struct wait_queue_head *head);

#define wait_event_state(head, condition, sleep_state, interrupted)                                \
    ({                                                                                             \
        long wait_result = 0;                                                                      \
        struct wait_queue wait = {current, {NULL, NULL}};                                          \
        add_wait_queue(head, &wait);                                                               \
        for (;;) {                                                                                 \
            current->state = (sleep_state);                                                        \
            if (condition)                                                                         \
                break;                                                                             \
            if (interrupted) {                                                                     \
                wait_result = -ERESTARTSYS;                                                        \
                break;                                                                             \
            }                                                                                      \
            schedule();                                                                            \
        }                                                                                          \
        current->state = TASK_RUNNING;                                                             \
        remove_wait_queue(&wait);                                                                  \
        wait_result;                                                                               \
    })
#define wait_event(head, condition) wait_event_state(head, condition, TASK_UNINTERRUPTIBLE, 0)
#define wait_event_interruptible(head, condition)                                                  \
    wait_event_state(head, condition, TASK_INTERRUPTIBLE, signal_pending(current))

struct completion {
    int done;
    struct wait_queue_head wait;
};
void init_completion(struct completion *x);
void complete(struct completion *x);
void wait_for_completion(struct completion *x);

struct semaphore {
    int count;
    struct wait_queue_head wait;
};
#define SEMAPHORE_INIT(name) {1, WAIT_QUEUE_INIT((name).wait)}
void init_MUTEX(struct semaphore *sem);
void down(struct semaphore *sem);
void up(struct semaphore *sem);

/* A user's account: how many processes it has. */
struct user_struct {
    struct list_head link;
    int count, processes;
    unsigned long uid;
};
extern struct user_struct root_user;
struct user_struct *find_or_create_user(unsigned long uid);
void free_uid(struct user_struct *user);

/* Signal handlers: shared with CLONE_SIGHAND. */
struct sighand_struct {
    int count;
    struct sigaction action[NSIG];
};

/* What a thread group shares: with CLONE_THREAD. */
struct signal_struct {
    int count;
    unsigned long shared_pending;
    struct wait_queue_head wait_chldexit; /* wait4() of any thread of the group */
    int group_exit, group_exit_code;
    struct task_struct *group_exec; /* the thread that waits in exec for the others to end */
    struct rlimit rlim[RLIM_NLIMITS];
};

struct fs_struct {
    int count;
    unsigned long umask;
};

struct namespace {
    int count;
};

/* Pids: by what a number may name a process. */
enum pid_type { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_PGID, PIDTYPE_SID, PIDTYPE_MAX };
struct pid_link {
    int nr;
    struct list_head chain;
};

struct files_struct;
struct mm_struct;
struct prio_array;

struct task_struct {
    volatile long state;
    struct thread_info *thread_info;
    int usage; /* 2 from birth: one for whoever waits for it, one for the processor it runs on */
    unsigned long flags;
    struct thread_struct thread;

    unsigned long ptrace, ptrace_message;
    struct list_head run_list;
    struct prio_array *array; /* the queue it is on, or NULL */
    int prio, static_prio;
    int time_slice, first_time_slice;

    struct list_head tasks; /* all processes, thread by thread */
    struct mm_struct *mm, *active_mm;

    int exit_code, exit_signal;
    int pid, tgid;
    struct task_struct *real_parent, *parent; /* the second is the tracer, where there is one */
    struct task_struct *group_leader;
    struct pid_link pids[PIDTYPE_MAX];
    struct completion *vfork_done;
    int *set_child_tid, *clear_child_tid;

    struct user_struct *user;
    char comm[16];
    struct files_struct *files;
    struct fs_struct *fs;
    struct namespace *namespace;
    struct signal_struct *signal;
    struct sighand_struct *sighand;
    unsigned long blocked, pending;

    unsigned long start_time, ticks, switches;
    union fpu_state fpu;
};

extern union thread_union init_thread_union;
extern struct task_struct init_task;
extern spinlock_t tasklist_lock;
#define for_each_task(p) list_for_each_entry(p, &init_task.tasks, tasks)

#define put_task_struct(p)                                                                         \
    do {                                                                                           \
        if (put_count(&(p)->usage))                                                                \
            free_task_struct(p);                                                                   \
    } while (0)
void free_task_struct(struct task_struct *p);

static inline int signal_pending(struct task_struct *p)
{
    return (p->thread_info->flags & TIF_SIGPENDING) != 0;
}

static inline void set_need_resched(struct task_struct *p)
{
    p->thread_info->flags |= TIF_NEED_RESCHED;
}

static inline int need_resched(void)
{
    return (*(volatile unsigned long *)&current_thread_info()->flags & TIF_NEED_RESCHED) != 0;
}

static inline int thread_group_leader(struct task_struct *p)
{
    return p->pid == p->tgid;
}

int thread_group_empty(struct task_struct *p);

/* sched.c */
#define MAX_PRIO 140
#define NICE_0_PRIO 120
void sched_init(void);
void schedule(void);
void schedule_tail(struct task_struct *prev) regparm3;
long schedule_timeout(long ticks);
int wake_up_process(struct task_struct *p);
int wake_up_state(struct task_struct *p, long states);
void wake_up_new_task(struct task_struct *p, unsigned long clone_flags);
void sched_fork(struct task_struct *p);
void sched_exit(struct task_struct *p);
void scheduler_tick(void);
void set_user_nice(struct task_struct *p, int nice);
unsigned long nr_switches(void);
unsigned long nr_running(void);

/* fork.c, exit.c */
extern int nr_threads, max_threads;
extern unsigned long total_forks;
void fork_init(unsigned long pages);
long do_fork(unsigned long clone_flags, unsigned long stack, struct pt_regs *regs,
             int *parent_tid, int *child_tid);
void mm_release(struct task_struct *p);
noreturn void do_exit(long code);
noreturn void do_group_exit(int code);
void release_task(struct task_struct *p);
void exit_sighand(struct task_struct *p);
void exit_fs(struct task_struct *p);

/* pid.c */
int alloc_pidmap(void);
void free_pidmap(int pid);
void attach_pid(struct task_struct *p, enum pid_type type, int nr);
void detach_pid(struct task_struct *p, enum pid_type type);
struct task_struct *find_task_by_pid(int pid);
struct list_head *pid_chain(enum pid_type type, int nr);
void pid_init(void);
#define for_each_task_pid(p, type, number)                                                         \
    list_for_each_entry(p, pid_chain(type, number), pids[type].chain)                              \
        if ((p)->pids[type].nr == (number))

/* arch/process.c */
int copy_thread(unsigned long clone_flags, unsigned long stack, struct task_struct *p,
                struct pt_regs *regs);
void start_thread(struct pt_regs *regs, unsigned long eip, unsigned long esp);
void exit_thread(void);
void flush_thread(void);
int do_set_thread_area(struct task_struct *p, struct user_desc *desc, int may_choose);
noreturn void cpu_idle(void);
int kernel_thread(int (*fn)(void *), void *arg, unsigned long flags);
int kernel_thread_24(int (*fn)(void *), void *arg, unsigned long flags);
int kernel_thread_26(int (*fn)(void *), void *arg, unsigned long flags);
extern int kernel_thread_form; /* 24 or 26: which of them kernel_thread is */
void daemonize(const char *name);

/* arch/fpu.c */
void fpu_init(void);
void unlazy_fpu(struct task_struct *p);
void clear_fpu(struct task_struct *p);

/* signal.c, ptrace.c */
#define sigmask(sig) (1UL << ((sig)-1))
void recalc_sigpending(struct task_struct *p);
int send_signal(int sig, struct task_struct *p);
int send_group_signal(int sig, struct task_struct *p);
void force_signal(int sig, struct task_struct *p);
int kill_pgrp(int sig, int pgrp);
void flush_signal_handlers(struct task_struct *p);
void do_notify_parent(struct task_struct *p, int sig);
void notify_parent_of_stop(struct task_struct *p);
void zap_other_threads(struct task_struct *p);
void ptrace_stop(int code);
void ptrace_notify(int code);
void ptrace_unlink(struct task_struct *p);

/* timer.c, softirq.c, workqueue.c */
struct timer_list {
    struct list_head link;
    unsigned long expires;
    void (*function)(unsigned long);
    unsigned long data;
};
void timers_init(void);
void add_timer(struct timer_list *timer);
void del_timer(struct timer_list *timer);

enum { TIMER_SOFTIRQ, TEST_SOFTIRQ, NR_SOFTIRQS };
void open_softirq(int number, void (*action)(void));
void raise_softirq(int number);
void irq_enter(void);
void irq_exit(void);
int ksoftirqd(void *unused);

struct work_struct {
    struct list_head link;
    void (*function)(void *);
    void *data;
    int pending;
};
#define WORK_INIT(name, function, data) {LIST_HEAD_INIT((name).link), function, data, 0}
void schedule_work(struct work_struct *work);
int keventd(void *unused);

#endif
