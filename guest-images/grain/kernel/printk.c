/* The kernel's voice. */
#include "sched.h"

void printk(const char *format, ...)
{
    char line[256];
    unsigned long flags;
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    flags = local_irq_save();
    for (char *c = line; *c; c++)
        serial_putc(*c);
    local_irq_restore(flags);
}

noreturn void panic(const char *format, ...)
{
    char line[256];
    va_list args;

    local_irq_disable();
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    printk("Kernel panic: %s\n", line);
    machine_power_off(127);
}
