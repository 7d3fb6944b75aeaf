/* What a process is to the processor: its first registers, its switch, its segments, its end. */
#include "mm.h"

extern struct tss_struct *const init_tss;
extern char ret_from_fork[];

/* The registers of a process that came from user mode lie at the very top of its kernel stack. */
static struct pt_regs *task_pt_regs(struct task_struct *p)
{
    return (struct pt_regs *)((unsigned long)p->thread_info + THREAD_SIZE) - 1;
}

/*
 * The child's kernel stack is made to look as if it had once been in switch_to: a pt_regs, a
 * thread.esp that points to it, and a thread.eip that goes on to return through it.
 */
int copy_thread(unsigned long clone_flags, unsigned long stack, struct task_struct *p,
                struct pt_regs *regs)
{
    struct pt_regs *childregs = task_pt_regs(p);

    *childregs = *regs;
    childregs->eax = 0;
    childregs->esp = stack;
    p->thread.esp = (unsigned long)childregs;
    p->thread.esp0 = (unsigned long)(childregs + 1);
    p->thread.eip = (unsigned long)ret_from_fork;
    asm("movl %%fs, %0" : "=r"(p->thread.fs));
    asm("movl %%gs, %0" : "=r"(p->thread.gs));

    if (current->thread.io_bitmap) {
        struct page *bitmap = alloc_pages(1);
        if (!bitmap)
            return -ENOMEM;
        p->thread.io_bitmap = page_address(bitmap);
        memcpy(p->thread.io_bitmap, current->thread.io_bitmap, IO_BITMAP_BYTES);
    }
    if (clone_flags & CLONE_SETTLS) {
        struct user_desc desc;
        int error;
        if (copy_from_user(&desc, (void *)childregs->esi, sizeof(desc)))
            error = -EFAULT;
        else
            error = do_set_thread_area(p, &desc, 0);
        if (error) {
            if (p->thread.io_bitmap)
                free_pages(virt_to_page(p->thread.io_bitmap), 1);
            return error;
        }
    }
    return 0;
}

/* A selector that no longer names a segment is replaced by the null selector. */
#define load_segment(register, value)                                                              \
    asm volatile("1: movl %0, %%" #register "\n2:\n"                                               \
                 ".pushsection .text.fixup, \"ax\"\n"                                              \
                 "3: pushl $0; popl %%" #register "; jmp 2b\n"                                     \
                 ".popsection\n"                                                                   \
                 ".pushsection __ex_table, \"a\"\n.align 4\n.long 1b, 3b\n.popsection"             \
                 :                                                                                 \
                 : "r"(value))

static void load_tls(struct thread_struct *thread)
{
    for (int i = 0; i < GDT_TLS_ENTRIES; i++)
        gdt_table[GDT_TLS_MIN + i] = thread->tls_array[i];
}

static void load_io_bitmap(struct thread_struct *next)
{
    if (next->io_bitmap) {
        memcpy(init_tss->io_bitmap, next->io_bitmap, IO_BITMAP_BYTES);
        init_tss->io_bitmap_offset = offsetof(struct tss_struct, io_bitmap);
    } else {
        init_tss->io_bitmap_offset = IO_BITMAP_NONE;
    }
}

static void load_debug_registers(struct thread_struct *next)
{
    set_debugreg(next->debugreg[0], 0);
    set_debugreg(next->debugreg[1], 1);
    set_debugreg(next->debugreg[2], 2);
    set_debugreg(next->debugreg[3], 3);
    set_debugreg(next->debugreg[6], 6);
    set_debugreg(next->debugreg[7], 7);
}

/*
 * The part of a switch that is not the stack. Jumped to by switch_to, on next's stack; its return
 * address is next's thread.eip. Returns prev.
 */
regparm3 struct task_struct *__switch_to(struct task_struct *prev_p, struct task_struct *next_p)
{
    struct thread_struct *prev = &prev_p->thread, *next = &next_p->thread;

    unlazy_fpu(prev_p);
    init_tss->esp0 = next->esp0;
    asm volatile("movl %%fs, %0" : "=r"(prev->fs));
    asm volatile("movl %%gs, %0" : "=r"(prev->gs));
    load_tls(next);
    if (prev->fs | prev->gs | next->fs | next->gs) {
        load_segment(fs, next->fs);
        load_segment(gs, next->gs);
    }
    if (prev->debugreg[7] | next->debugreg[7])
        load_debug_registers(next);
    if (prev->io_bitmap || next->io_bitmap)
        load_io_bitmap(next);
    return prev_p;
}

/* The registers with which a program begins. Called on the frame of the system call execve. */
void start_thread(struct pt_regs *regs, unsigned long eip, unsigned long esp)
{
    load_segment(fs, 0);
    load_segment(gs, 0);
    regs->ebx = regs->ecx = regs->edx = regs->esi = regs->edi = regs->ebp = regs->eax = 0;
    regs->xds = regs->xes = regs->xss = USER_DS;
    regs->xcs = USER_CS;
    regs->eflags = EFLAGS_IF;
    regs->eip = eip;
    regs->esp = esp;
}

/* What the processor keeps for a program: gone with it. */
void flush_thread(void)
{
    exit_thread();
    preempt_disable();
    memset(current->thread.tls_array, 0, sizeof(current->thread.tls_array));
    load_tls(&current->thread);
    memset(current->thread.debugreg, 0, sizeof(current->thread.debugreg));
    load_debug_registers(&current->thread);
    preempt_enable();
    clear_fpu(current);
}

void exit_thread(void)
{
    u8 *bitmap = current->thread.io_bitmap;
    if (bitmap) {
        preempt_disable();
        current->thread.io_bitmap = NULL;
        load_io_bitmap(&current->thread);
        preempt_enable();
        free_pages(virt_to_page(bitmap), 1);
    }
}

/* A segment for thread-local storage goes to one of three entries of the GDT. */
int do_set_thread_area(struct task_struct *p, struct user_desc *desc, int may_choose)
{
    int index = desc->entry_number;
    struct desc_struct *entry;
    int empty = !desc->base_addr && !desc->limit && desc->seg_not_present;

    if (index == -1 && may_choose) {
        for (int i = 0; i < GDT_TLS_ENTRIES && index == -1; i++) {
            if (!p->thread.tls_array[i].b)
                index = GDT_TLS_MIN + i;
        }
        if (index == -1)
            return -ESRCH;
    }
    if (index < GDT_TLS_MIN || index >= GDT_TLS_MIN + GDT_TLS_ENTRIES)
        return -EINVAL;
    entry = &p->thread.tls_array[index - GDT_TLS_MIN];
    if (empty) {
        entry->a = entry->b = 0;
    } else {
        entry->a = (desc->base_addr << 16) | (desc->limit & 0xffff);
        entry->b = (desc->base_addr & 0xff000000) | ((desc->base_addr >> 16) & 0xff) |
                   (desc->limit & 0xf0000) | ((desc->read_exec_only ^ 1) << 9) |
                   (desc->contents << 10) | ((desc->seg_not_present ^ 1) << 15) |
                   (desc->seg_32bit << 22) | (desc->limit_in_pages << 23) | 0x7000;
    }
    desc->entry_number = index;
    return 0;
}

long sys_set_thread_area(struct user_desc *user)
{
    struct user_desc desc;
    int error;

    if (copy_from_user(&desc, user, sizeof(desc)))
        return -EFAULT;
    error = do_set_thread_area(current, &desc, 1);
    if (error)
        return error;
    preempt_disable();
    load_tls(&current->thread);
    preempt_enable();
    return put_user(desc.entry_number, &user->entry_number);
}

/* Permits a program I/O ports: 0 bits in the bitmap. */
long sys_ioperm(unsigned long from, unsigned long count, int on)
{
    if (from + count <= from || from + count > IO_BITMAP_BYTES * 8)
        return -EINVAL;
    if (on && current->user->uid)
        return -EPERM;
    if (!current->thread.io_bitmap) {
        struct page *page = alloc_pages(1);
        if (!page)
            return -ENOMEM;
        memset(page_address(page), 0xff, IO_BITMAP_BYTES);
        current->thread.io_bitmap = page_address(page);
    }
    for (unsigned long port = from; port < from + count; port++) {
        u8 bit = 1 << (port & 7);
        if (on)
            current->thread.io_bitmap[port >> 3] &= ~bit;
        else
            current->thread.io_bitmap[port >> 3] |= bit;
    }
    preempt_disable();
    load_io_bitmap(&current->thread);
    preempt_enable();
    return 0;
}

/* Process 0, once everything runs: the processor sleeps until an interrupt makes work. */
noreturn void cpu_idle(void)
{
    for (;;) {
        while (!need_resched()) {
            local_irq_disable();
            if (need_resched())
                local_irq_enable();
            else
                safe_halt();
        }
        schedule();
    }
}
