/* The two 8259 interrupt controllers, and what every interrupt does around its handler. */
#include "sched.h"

#define MASTER 0x20
#define SLAVE 0xa0

void timer_interrupt(struct pt_regs *regs);
void serial_interrupt(void);

struct statistics stat;
unsigned long stat_syscalls_fast;
static u16 masked = 0xfffb; /* all but the line of the second controller */

void i8259_init(void)
{
    outb(0x11, MASTER); /* ICW1: edge triggered, cascaded, ICW4 follows */
    outb(0x20, MASTER + 1);
    outb(0x04, MASTER + 1);
    outb(0x01, MASTER + 1);
    outb(0x11, SLAVE);
    outb(0x28, SLAVE + 1);
    outb(0x02, SLAVE + 1);
    outb(0x01, SLAVE + 1);
    outb(masked & 0xff, MASTER + 1);
    outb(masked >> 8, SLAVE + 1);
}

void i8259_enable(int irq)
{
    masked &= ~(1 << irq);
    outb(masked & 0xff, MASTER + 1);
    outb(masked >> 8, SLAVE + 1);
}

/* From common_interrupt: orig_eax is the line less 256. */
regparm3 void do_IRQ(struct pt_regs *regs)
{
    int irq = regs->orig_eax & 0xff;

    stat.interrupts++;
    irq_enter();
    if (irq >= 8)
        outb(0x20, SLAVE);
    outb(0x20, MASTER);
    if (irq == 0)
        timer_interrupt(regs);
    else if (irq == 4)
        serial_interrupt();
    irq_exit();
}
