/* The system calls by number. Arguments come in EBX, ECX, EDX, ESI, EDI, EBP; see entry.S. */
#include "abi.h"

#define CALLS(X)                                                                                   \
    X(exit) X(fork) X(read) X(write) X(open) X(close) X(waitpid) X(execve) X(lseek) X(getpid)      \
    X(setuid) X(getuid) X(ptrace) X(pause) X(nice) X(sync) X(kill) X(dup) X(pipe) X(brk) X(ioctl)  \
    X(setpgid) X(umask) X(dup2) X(getppid) X(getpgrp) X(setsid) X(sigaction) X(setrlimit)          \
    X(getrlimit) X(gettimeofday) X(mmap) X(munmap) X(ioperm) X(reboot) X(wait4) X(sigreturn)       \
    X(clone) X(sigprocmask) X(sched_yield) X(nanosleep) X(vfork) X(gettid) X(tkill) X(futex)       \
    X(set_thread_area) X(exit_group) X(set_tid_address)

/* Each has its own parameters; the table does not care. */
#define DECLARE(name) extern char sys_##name[];
CALLS(DECLARE)
extern char sys_ni_syscall[];

#define SLOT(name) [NR_##name] = sys_##name,
#pragma GCC diagnostic ignored "-Woverride-init"
const void *const sys_call_table[NR_syscalls] = {
    [0 ... NR_syscalls - 1] = sys_ni_syscall,
    CALLS(SLOT)
};
