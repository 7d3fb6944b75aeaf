/* The 8254's counter 0 ticks HZ times a second on line 0. */
#include "sched.h"

#define PIT_HZ 1193182
#define PIT_COMMAND 0x43
#define PIT_COUNTER 0x40

volatile unsigned long jiffies;

void time_init(void)
{
    unsigned divisor = (PIT_HZ + HZ / 2) / HZ;

    outb(0x34, PIT_COMMAND); /* counter 0, low then high byte, mode 2, binary */
    outb(divisor & 0xff, PIT_COUNTER);
    outb(divisor >> 8, PIT_COUNTER);
    i8259_enable(0);
}

void timer_interrupt(struct pt_regs *regs)
{
    (void)regs;
    jiffies++;
    current->ticks++;
    raise_softirq(TIMER_SOFTIRQ);
    scheduler_tick();
}
