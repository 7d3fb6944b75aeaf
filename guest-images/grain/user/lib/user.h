/* The programs' library. System calls return what the kernel does: below 0 is an error number. */
#ifndef GRAIN_USER_H
#define GRAIN_USER_H

#include "abi.h"
#include "types.h"

long syscall(long number, ...);
long syscall_fast(long number, ...);

noreturn void exit(int code);
noreturn void exit_thread(int code);
long fork(void);
long vfork(void);
long clone(unsigned long flags, void *stack, int *parent_tid, void *tls, int *child_tid,
           int (*fn)(void *), void *arg);
void restorer(void);
long signal_action(int sig, void (*handler)(int), unsigned long flags);

#define read(fd, buffer, n) syscall(NR_read, fd, buffer, n)
#define write(fd, buffer, n) syscall(NR_write, fd, buffer, n)
#define open(name, flags) syscall(NR_open, name, flags)
#define close(fd) syscall(NR_close, fd)
#define dup(fd) syscall(NR_dup, fd)
#define dup2(from, to) syscall(NR_dup2, from, to)
#define lseek(fd, offset, whence) syscall(NR_lseek, fd, offset, whence)
#define pipe(fds) syscall(NR_pipe, fds)
#define ioctl(fd, command, argument) syscall(NR_ioctl, fd, command, argument)
#define execve(name, argv, envp) syscall(NR_execve, name, argv, envp)
#define wait4(pid, status, options) syscall(NR_wait4, pid, status, options, 0)
#define getpid() syscall(NR_getpid)
#define gettid() syscall(NR_gettid)
#define getppid() syscall(NR_getppid)
#define getpgrp() syscall(NR_getpgrp)
#define setpgid(pid, group) syscall(NR_setpgid, pid, group)
#define kill(pid, sig) syscall(NR_kill, pid, sig)
#define tkill(tid, sig) syscall(NR_tkill, tid, sig)
#define pause() syscall(NR_pause)
#define sched_yield() syscall(NR_sched_yield)
#define sigprocmask(how, new, old) syscall(NR_sigprocmask, how, new, old)
#define ptrace(request, pid, addr, data) syscall(NR_ptrace, request, pid, addr, data)
#define brk(end) syscall(NR_brk, end)
#define munmap(start, length) syscall(NR_munmap, start, length)
#define umask(mask) syscall(NR_umask, mask)
#define setuid(uid) syscall(NR_setuid, uid)
#define nice(increment) syscall(NR_nice, increment)
#define setrlimit(resource, limit) syscall(NR_setrlimit, resource, limit)
#define getrlimit(resource, limit) syscall(NR_getrlimit, resource, limit)
#define ioperm(from, count, on) syscall(NR_ioperm, from, count, on)
#define set_thread_area(desc) syscall(NR_set_thread_area, desc)
#define futex(address, operation, value) syscall(NR_futex, address, operation, value)
#define gettimeofday(t) syscall(NR_gettimeofday, t)

void *map_memory(size_t length, unsigned long flags);
void *allocate(size_t size);
void sleep_ms(long milliseconds);

/* Starts a program and waits: its exit code, or 128 + the signal that ended it, or below 0. */
long run(const char *name, const char *const *argv);
/* The value of a line "NAME VALUE" of /proc/stat. */
unsigned long statistic(const char *name);
long read_file(const char *name, char *buffer, size_t size);

int printf(const char *format, ...) printf_like(1, 2);
int snprintf(char *buffer, size_t size, const char *format, ...) printf_like(3, 4);
int vsnprintf(char *buffer, size_t size, const char *format, va_list args);
/* A line without its end; its length, or -1 at the end of the input. */
int read_line(int fd, char *buffer, size_t size);
long parse_number(const char *text);

void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strncpy_ended(char *to, const char *from, size_t size);

#define exited_with(status, code) ((status) == (code) << 8)
#define killed_by(status, sig) ((status) == (sig))
#define stopped_by(status, sig) ((status) == (((sig) << 8) | 0x7f))

#endif
