/* The two ends of a run. */
#include "kernel.h"

/* The debug-exit device: the emulator ends with status 2 * value + 1. */
#define DEBUG_EXIT 0xf4

noreturn void machine_power_off(int status)
{
    local_irq_disable();
    outb(status, DEBUG_EXIT);
    for (;;)
        asm volatile("hlt");
}

/* The keyboard controller pulses the processor's reset line. */
noreturn void machine_restart(void)
{
    local_irq_disable();
    outb(0xfe, 0x64);
    for (;;)
        asm volatile("hlt");
}
