/*
 * What the kernel and its programs agree on: error numbers, system call numbers, flags, signals.
 * The numbers are those of Linux on i386, so that the words of its manual pages hold here too.
 * The assembler reads this file as well: constants first, types guarded.
 */
#ifndef GRAIN_ABI_H
#define GRAIN_ABI_H

/* Errors: a system call returns the negative number. */
#define EPERM 1
#define ENOENT 2
#define ESRCH 3
#define EINTR 4
#define EIO 5
#define E2BIG 7
#define ENOEXEC 8
#define EBADF 9
#define ECHILD 10
#define EAGAIN 11
#define ENOMEM 12
#define EACCES 13
#define EFAULT 14
#define EINVAL 22
#define EMFILE 24
#define ENOTTY 25
#define ENOSPC 28
#define ESPIPE 29
#define EPIPE 32
#define ENOSYS 38
/* These two never reach a program: the signal code turns them into a restart or into EINTR. */
#define ERESTARTSYS 512
#define ERESTARTNOHAND 514

/* System calls, by their number in EAX. */
#define NR_exit 1
#define NR_fork 2
#define NR_read 3
#define NR_write 4
#define NR_open 5
#define NR_close 6
#define NR_waitpid 7
#define NR_execve 11
#define NR_lseek 19
#define NR_getpid 20
#define NR_setuid 23
#define NR_getuid 24
#define NR_ptrace 26
#define NR_pause 29
#define NR_nice 34
#define NR_sync 36
#define NR_kill 37
#define NR_dup 41
#define NR_pipe 42
#define NR_brk 45
#define NR_ioctl 54
#define NR_setpgid 57
#define NR_umask 60
#define NR_dup2 63
#define NR_getppid 64
#define NR_getpgrp 65
#define NR_setsid 66
#define NR_sigaction 67
#define NR_setrlimit 75
#define NR_getrlimit 76
#define NR_gettimeofday 78
#define NR_mmap 90
#define NR_munmap 91
#define NR_ioperm 101
#define NR_reboot 88
#define NR_wait4 114
#define NR_sigreturn 119
#define NR_clone 120
#define NR_sigprocmask 126
#define NR_sched_yield 158
#define NR_nanosleep 162
#define NR_vfork 190
#define NR_gettid 224
#define NR_tkill 238
#define NR_futex 240
#define NR_set_thread_area 243
#define NR_exit_group 252
#define NR_set_tid_address 258
#define NR_syscalls 260

/* clone(): the low byte is the signal sent to the parent at the child's end. */
#define CSIGNAL 0x000000ff
#define CLONE_VM 0x00000100
#define CLONE_FS 0x00000200
#define CLONE_FILES 0x00000400
#define CLONE_SIGHAND 0x00000800
#define CLONE_PTRACE 0x00002000
#define CLONE_VFORK 0x00004000
#define CLONE_PARENT 0x00008000
#define CLONE_THREAD 0x00010000
#define CLONE_NEWNS 0x00020000
#define CLONE_SETTLS 0x00080000
#define CLONE_PARENT_SETTID 0x00100000
#define CLONE_CHILD_CLEARTID 0x00200000
#define CLONE_UNTRACED 0x00800000
#define CLONE_CHILD_SETTID 0x01000000
#define CLONE_STOPPED 0x02000000

/* Signals. */
#define SIGHUP 1
#define SIGINT 2
#define SIGQUIT 3
#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGBUS 7
#define SIGFPE 8
#define SIGKILL 9
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGUSR2 12
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGCHLD 17
#define SIGCONT 18
#define SIGSTOP 19
#define SIGTSTP 20
#define SIGTTIN 21
#define SIGTTOU 22
#define SIGURG 23
#define SIGWINCH 28
#define NSIG 32

#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2
#define SA_NODEFER 0x40000000
#define SA_RESTART 0x10000000
#define SA_RESETHAND 0x80000000

/* wait4() */
#define WNOHANG 1
#define WUNTRACED 2
#define WALL 0x40000000
#define WCLONE 0x80000000

/* ptrace() */
#define PTRACE_TRACEME 0
#define PTRACE_PEEKTEXT 1
#define PTRACE_PEEKDATA 2
#define PTRACE_PEEKUSR 3
#define PTRACE_POKEDATA 5
#define PTRACE_POKEUSR 6
#define PTRACE_CONT 7
#define PTRACE_KILL 8
#define PTRACE_SINGLESTEP 9
#define PTRACE_GETREGS 12
#define PTRACE_ATTACH 16
#define PTRACE_DETACH 17
#define PTRACE_SETOPTIONS 0x4200
#define PTRACE_GETEVENTMSG 0x4201
#define PTRACE_O_TRACEFORK 2
#define PTRACE_O_TRACEVFORK 4
#define PTRACE_O_TRACECLONE 8
#define PTRACE_EVENT_FORK 1
#define PTRACE_EVENT_VFORK 2
#define PTRACE_EVENT_CLONE 3
/* The debug registers, as PTRACE_PEEKUSR and POKEUSR number the "user area": DR0 is here. */
#define USER_AREA_DEBUGREG 252

/* Files and memory. */
#define O_RDONLY 0
#define O_WRONLY 1
#define O_RDWR 2
#define O_ACCMODE 3
#define SEEK_SET 0
#define SEEK_CUR 1
#define TIOCGPGRP 0x540f
#define TIOCSPGRP 0x5410
#define PROT_READ 1
#define PROT_WRITE 2
#define PROT_EXEC 4
#define MAP_SHARED 1
#define MAP_PRIVATE 2
#define MAP_FIXED 0x10
#define MAP_ANONYMOUS 0x20
#define MAP_GROWSDOWN 0x100

#define RLIMIT_STACK 3
#define RLIMIT_NPROC 6
#define RLIMIT_NOFILE 7
#define RLIM_NLIMITS 8
#define RLIM_INFINITY 0xffffffff

#define FUTEX_WAIT 0
#define FUTEX_WAKE 1

/* reboot(magic1, magic2, command, argument): power off ends the machine by the debug-exit port. */
#define REBOOT_MAGIC1 0xfee1dead
#define REBOOT_MAGIC2 672274793
#define REBOOT_RESTART 0x01234567
#define REBOOT_POWER_OFF 0x4321fedc

/* The page through which programs enter the kernel by SYSENTER. */
#define VSYSCALL_BASE 0xffffe000

#ifndef __ASSEMBLER__

/* sigaction()'s argument. The restorer is the code a handler returns to: it calls sigreturn(). */
struct sigaction {
    void (*handler)(int);
    unsigned long mask;
    unsigned long flags;
    void (*restorer)(void);
};
#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN ((void (*)(int))1)

struct rlimit {
    unsigned long soft, hard;
};

struct timespec {
    long seconds, nanoseconds;
};

struct timeval {
    long seconds, microseconds;
};

/* set_thread_area() and CLONE_SETTLS: a segment, and the GDT entry it goes to (-1: any free). */
struct user_desc {
    unsigned int entry_number;
    unsigned long base_addr;
    unsigned int limit;
    unsigned int seg_32bit : 1, contents : 2, read_exec_only : 1, limit_in_pages : 1,
        seg_not_present : 1, useable : 1;
};

/* mmap() takes its six arguments in memory, through a pointer in EBX. */
struct mmap_arguments {
    unsigned long addr, length, prot, flags, fd, offset;
};

/* The registers of a process as SAVE_ALL leaves them on its kernel stack: lowest address first. */
struct pt_regs {
    long ebx, ecx, edx, esi, edi, ebp, eax;
    unsigned long xds, xes;
    long orig_eax; /* system call number, or a trap's error code, or below 0 for an interrupt */
    unsigned long eip, xcs, eflags;
    unsigned long esp, xss; /* only there when the processor came from user mode */
};

#endif
#endif
