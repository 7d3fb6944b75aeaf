/*
 * Process 0. It is not forked from anything: all that a process consists of stands here, filled in
 * by the compiler, and every other process is a copy of a copy of it.
 */
#include "fs.h"
#include "mm.h"

struct mm_struct init_mm = {
    .mm_users = 2,
    .mm_count = 1,
    .pgd = swapper_pg_dir,
    .mmap_sem = SEMAPHORE_INIT(init_mm.mmap_sem),
};

static struct fs_struct init_fs = {.count = 1, .umask = 022};
static struct namespace init_namespace = {.count = 1};
struct files_struct init_files = {.count = 1};

static struct signal_struct init_signals = {
    .count = 1,
    .wait_chldexit = WAIT_QUEUE_INIT(init_signals.wait_chldexit),
    .rlim = {
        [0 ... RLIMIT_STACK - 1] = {RLIM_INFINITY, RLIM_INFINITY},
        [RLIMIT_STACK] = {8 << 20, RLIM_INFINITY},
        [RLIMIT_STACK + 1 ... RLIM_NLIMITS - 1] = {RLIM_INFINITY, RLIM_INFINITY},
    },
};

static struct sighand_struct init_sighand = {.count = 1};

struct user_struct root_user = {
    .link = LIST_HEAD_INIT(root_user.link),
    .count = 1,
    .processes = 1,
};

union thread_union init_thread_union __attribute__((aligned(THREAD_SIZE),
                                                    section(".data.init_task"))) = {
    .thread_info = {.task = &init_task, .preempt_count = 0, .addr_limit = KERNEL_LIMIT},
};

struct task_struct init_task = {
    .state = TASK_RUNNING,
    .thread_info = &init_thread_union.thread_info,
    .usage = 2,
    .thread = {.esp0 = (unsigned long)&init_thread_union + THREAD_SIZE},
    .prio = MAX_PRIO,
    .static_prio = NICE_0_PRIO,
    .time_slice = HZ,
    .run_list = LIST_HEAD_INIT(init_task.run_list),
    .tasks = LIST_HEAD_INIT(init_task.tasks),
    .active_mm = &init_mm,
    .real_parent = &init_task,
    .parent = &init_task,
    .group_leader = &init_task,
    .user = &root_user,
    .comm = "swapper",
    .files = &init_files,
    .fs = &init_fs,
    .namespace = &init_namespace,
    .signal = &init_signals,
    .sighand = &init_sighand,
};
