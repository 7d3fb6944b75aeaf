/* The console as a terminal: lines with echo and erase, and Ctrl-C for the foreground group. */
#include "fs.h"

#define SIZE 1024
#define ERASE 0x7f
#define BACKSPACE 0x08
#define INTERRUPT 0x03
#define END_OF_FILE 0x04

static struct wait_queue_head input_wait = WAIT_QUEUE_INIT(input_wait);
static char line[SIZE], ready[SIZE];
static unsigned line_length, ready_start, ready_length, ends; /* ends: Ctrl-D on an empty line */
static int foreground;

static void interrupt_foreground(void *unused)
{
    (void)unused;
    if (foreground)
        kill_pgrp(SIGINT, foreground);
}

/* Signals need locks that an interrupt must not take: keventd sends it. */
static struct work_struct interrupt_work = WORK_INIT(interrupt_work, interrupt_foreground, NULL);

static void end_line(void)
{
    for (unsigned i = 0; i < line_length && ready_length < SIZE; i++)
        ready[(ready_start + ready_length++) % SIZE] = line[i];
    line_length = 0;
    wake_up(&input_wait);
}

/* From the serial port's interrupt. */
void tty_receive(char c)
{
    if (c == '\r')
        c = '\n';
    if (c == INTERRUPT) {
        line_length = 0;
        serial_putc('^'), serial_putc('C'), serial_putc('\n');
        schedule_work(&interrupt_work);
    } else if (c == ERASE || c == BACKSPACE) {
        if (line_length) {
            line_length--;
            serial_putc('\b'), serial_putc(' '), serial_putc('\b');
        }
    } else if (c == END_OF_FILE) {
        ends += !line_length;
        end_line();
    } else if (c == '\n' || (line_length < SIZE - 1 && (u8)c >= ' ')) {
        serial_putc(c);
        line[line_length++] = c;
        if (c == '\n')
            end_line();
    }
}

static long tty_read(struct file *file, char *user, size_t n)
{
    char text[128];
    size_t taken = 0;

    (void)file;
    if (wait_event_interruptible(&input_wait, ready_length || ends))
        return -ERESTARTSYS;
    local_irq_disable();
    if (!ready_length)
        ends--;
    while (taken < min(n, sizeof(text)) && ready_length) {
        text[taken] = ready[ready_start];
        ready_start = (ready_start + 1) % SIZE;
        ready_length--;
        if (text[taken++] == '\n')
            break;
    }
    local_irq_enable();
    return copy_to_user(user, text, taken) ? -EFAULT : (long)taken;
}

static long tty_write(struct file *file, const char *user, size_t n)
{
    char text[128];
    size_t done = 0;

    (void)file;
    while (done < n) {
        size_t part = min(n - done, sizeof(text));
        if (copy_from_user(text, user + done, part))
            return -EFAULT;
        for (size_t i = 0; i < part; i++)
            serial_putc(text[i]);
        done += part;
    }
    return done;
}

static long tty_ioctl(struct file *file, unsigned command, unsigned long argument)
{
    (void)file;
    if (command == TIOCGPGRP)
        return put_user(foreground, (int *)argument);
    if (command == TIOCSPGRP)
        return get_user(foreground, (int *)argument);
    return -ENOTTY;
}

const struct file_operations tty_operations = {
    .read = tty_read, .write = tty_write, .ioctl = tty_ioctl};
