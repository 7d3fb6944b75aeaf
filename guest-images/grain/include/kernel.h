/* What every part of the kernel uses: messages, memory functions, access to programs' memory. */
#ifndef GRAIN_KERNEL_H
#define GRAIN_KERNEL_H

#include "processor.h"
#include "types.h"

void printk(const char *format, ...) printf_like(1, 2);
noreturn void panic(const char *format, ...) printf_like(1, 2);
int vsnprintf(char *buffer, size_t size, const char *format, va_list args);
int snprintf(char *buffer, size_t size, const char *format, ...) printf_like(3, 4);

void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strncpy_ended(char *to, const char *from, size_t size);

/*
 * Copies between the kernel and a program. They return how many bytes were not copied: below 1 for
 * success. arch/usercopy.S catches the faults through the exception table.
 */
size_t copy_to_user(void *to, const void *from, size_t n);
size_t copy_from_user(void *to, const void *from, size_t n);
/* The length copied, less than size, or -EFAULT, or -E2BIG where no zero was found. */
long strncpy_from_user(char *to, const char *from, size_t size);

#define put_user(value, pointer)                                                                   \
    ({                                                                                             \
        __typeof__(*(pointer)) put_value = (value);                                                \
        copy_to_user(pointer, &put_value, sizeof(put_value)) ? -EFAULT : 0;                        \
    })
#define get_user(variable, pointer)                                                                \
    (copy_from_user(&(variable), pointer, sizeof(variable)) ? -EFAULT : 0)

/* Where an instruction that faulted goes on instead, or 0. */
unsigned long search_exception_table(unsigned long eip);

/* What the boot loader handed over. */
extern char command_line[256];
extern unsigned long memory_end; /* physical, in bytes */

/* Drivers and traps, each set up once by start_kernel. */
void serial_init(void);
void serial_putc(char c);
void serial_irq_enable(void);
void desc_init(void);
void trap_init(void);
void cpu_init(void);
void i8259_init(void);
void i8259_enable(int irq);
void time_init(void);

noreturn void machine_power_off(int status);
noreturn void machine_restart(void);

/* HZ ticks a second, counted here since the start. */
#define HZ 100
extern volatile unsigned long jiffies;

/* Counters shown in /proc/stat; the self test reads them. */
struct statistics {
    unsigned long interrupts, page_faults, cow_copies, cow_reuses, demand_zero, demand_file,
        stack_growths;
    unsigned long mm_switches, lazy_switches, mm_borrowed, mm_dropped;
    unsigned long fpu_traps, fpu_saves;
    unsigned long kernel_preemptions, work_done, softirqs, ksoftirqd_runs;
    unsigned long cache_reads, cache_written, cache_reclaimed;
    unsigned long tasks_freed;
};
extern struct statistics stat;
extern unsigned long stat_syscalls_fast; /* apart: entry.S counts it */

#endif
