/* The first serial port, a 16550: the console. */
#include "fs.h"

#define PORT 0x3f8
#define LSR_DATA 0x01
#define LSR_EMPTY 0x20

void serial_init(void)
{
    outb(0x00, PORT + 1);
    outb(0x80, PORT + 3); /* divisor latch */
    outb(0x01, PORT);     /* 115,200 baud */
    outb(0x00, PORT + 1);
    outb(0x03, PORT + 3); /* 8 bits, no parity */
    outb(0x07, PORT + 2); /* FIFOs on and empty */
    outb(0x0b, PORT + 4); /* DTR, RTS, OUT2: interrupts reach the controller */
}

void serial_irq_enable(void)
{
    i8259_enable(4);
    outb(0x01, PORT + 1); /* on received data */
}

void serial_putc(char c)
{
    if (c == '\n')
        serial_putc('\r');
    while (!(inb(PORT + 5) & LSR_EMPTY))
        cpu_relax();
    outb(c, PORT);
}

void serial_interrupt(void)
{
    while (inb(PORT + 5) & LSR_DATA)
        tty_receive(inb(PORT));
}
