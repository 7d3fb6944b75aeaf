/* The ways into the kernel and back. */
#include "check.h"

/* A system call between two looks at the registers it must not touch. */
static int registers_survive(void)
{
    long a, b, c, d;
    asm volatile("movl $0x11111111, %%ebx; movl $0x22222222, %%esi; movl $0x33333333, %%edi\n\t"
                 "pushl %%ebp; movl $0x44444444, %%ebp\n\t"
                 "int $0x80\n\t"
                 "movl %%ebp, %%ecx; popl %%ebp"
                 : "=b"(a), "=S"(b), "=D"(c), "=c"(d)
                 : "a"(NR_getpid)
                 : "memory");
    return a == 0x11111111 && b == 0x22222222 && c == 0x33333333 && d == 0x44444444;
}

static int fast_registers_survive(void)
{
    long a, b, c, d;
    asm volatile("movl $0x11111111, %%ebx; movl $0x22222222, %%esi; movl $0x33333333, %%edi\n\t"
                 "pushl %%ebp; movl $0x44444444, %%ebp\n\t"
                 "call *%5\n\t"
                 "movl %%ebp, %%ecx; popl %%ebp"
                 : "=b"(a), "=S"(b), "=D"(c), "=c"(d)
                 : "a"(NR_getpid), "d"(VSYSCALL_BASE)
                 : "memory");
    return a == 0x11111111 && b == 0x22222222 && c == 0x33333333 && d == 0x44444444;
}

/* SYSENTER without the page's preparation: EBP points nowhere. The kernel returns to the page, with
   ESP where EBP pointed: the program dies there, the kernel does not. */
static int wild_sysenter(void)
{
    asm volatile("movl $-4096, %%ebp; sysenter" : : "a"(NR_getpid));
    return 0;
}

static int fork_by_sysenter(void)
{
    int status = -1;
    long pid = syscall_fast(NR_fork);
    if (pid == 0)
        exit(9);
    return wait4(pid, &status, 0) == pid && exited_with(status, 9);
}

static int pipes_work(void)
{
    int fds[2];
    char got[8] = "";
    int good = !pipe(fds) && write(fds[1], "abcdef", 6) == 6 && read(fds[0], got, 4) == 4 &&
               !memcmp(got, "abcd", 4) && read(fds[0], got, 8) == 2 && !memcmp(got, "ef", 2);
    close(fds[1]);
    good &= read(fds[0], got, 8) == 0;
    close(fds[0]);
    return good;
}

static int descriptors_work(void)
{
    int fds[2];
    char c = 0;
    int good = !pipe(fds) && dup2(fds[1], 20) == 20 && !close(fds[1]) && write(20, "x", 1) == 1 &&
               read(fds[0], &c, 1) == 1 && c == 'x' && !close(20) && read(fds[0], &c, 1) == 0;
    close(fds[0]);
    return good && close(20) == -EBADF && write(20, "x", 1) == -EBADF;
}

static int files_work(void)
{
    char start[4];
    long fd = open("/bin/true", O_RDONLY);
    int good = fd >= 0 && read(fd, start, 4) == 4 && !memcmp(start, "\177ELF", 4) &&
               lseek(fd, 1, SEEK_SET) == 1 && read(fd, start, 3) == 3 && !memcmp(start, "ELF", 3);
    close(fd);
    return good && open("/none", O_RDONLY) == -ENOENT && open("/bin/true", O_RDWR) == -EACCES;
}

static int exec_passes_arguments(void)
{
    const char *argv[] = {"sort", "-t", NULL};
    const char *none[] = {"none", NULL};
    return run("/bin/sort", argv) == 0 && run("/bin/none", none) == 127 &&
           execve("/proc/stat", none, none) == -ENOENT;
}

void test_system_calls(void)
{
    check("int $0x80 returns a result and keeps the registers",
          syscall(NR_getpid) > 1 && registers_survive());
    check("SYSENTER and SYSEXIT return the same and keep the registers",
          syscall_fast(NR_getpid) == syscall(NR_getpid) && fast_registers_survive());
    check("unknown system calls give ENOSYS, either way",
          syscall(0) == -ENOSYS && syscall(259) == -ENOSYS && syscall(100000) == -ENOSYS &&
              syscall(-1) == -ENOSYS && syscall_fast(100000) == -ENOSYS);
    check("a child forked by SYSENTER returns by IRET", fork_by_sysenter());
    check("SYSENTER with a wild EBP ends the program only",
          killed_by(status_of(wild_sysenter), SIGSEGV));
    check("bad pointers give EFAULT",
          write(1, (void *)0x10, 1) == -EFAULT && syscall(NR_pipe, 0xc0100000) == -EFAULT &&
              open((char *)0xfffffff0, 0) == -EFAULT);
    check("pipes carry bytes in order and end", pipes_work());
    check("descriptors are duplicated and closed", descriptors_work());
    check("files of the archive are read, not written", files_work());
    check("execve passes arguments and refuses what is not there", exec_passes_arguments());
}
