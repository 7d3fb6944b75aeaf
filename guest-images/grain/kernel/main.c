/* From the first C function to the first program. */
#include "fs.h"
#include "mm.h"

/* The part of the Multiboot information structure that is used here. */
struct multiboot_info {
    u32 flags, mem_lower, mem_upper, boot_device, cmdline;
};
#define MULTIBOOT_MEMORY 1
#define MULTIBOOT_CMDLINE 4
#define WORDS_MAX 16               /* of the command line, for init */
#define MEMORY_MAX (896UL << 20) /* what startup_32 has mapped */

char command_line[256];
unsigned long memory_end;

/* Some loaders put the kernel's file name in front: a word that sets nothing. */
static const char *skip_kernel_name(const char *line)
{
    const char *end = line;
    while (*end && *end != ' ' && *end != '=')
        end++;
    if (*end == '=')
        return line;
    while (*end == ' ')
        end++;
    return end;
}

static void read_boot_information(unsigned long physical)
{
    const struct multiboot_info *info = va(physical);

    memory_end = 16 << 20;
    if (info->flags & MULTIBOOT_MEMORY)
        memory_end = min(((unsigned long)info->mem_upper << 10) + (1UL << 20), MEMORY_MAX);
    if (info->flags & MULTIBOOT_CMDLINE)
        strncpy_ended(command_line, skip_kernel_name(va(info->cmdline)), sizeof(command_line));
}

/* Where the value of a word name=value of the command line begins, or NULL. */
const char *option(const char *name)
{
    size_t length = strlen(name);
    for (const char *at = command_line; *at; at++) {
        if ((at == command_line || at[-1] == ' ') && !strncmp(at, name, length) &&
            at[length] == '=')
            return at + length + 1;
    }
    return NULL;
}

/* Process 1 in the kernel: starts the kernel's own threads, then becomes /init. */
static long execve_from_kernel(const char *name, const char **argv, const char **envp)
{
    long result;
    asm volatile("int $0x80"
                 : "=a"(result)
                 : "0"(NR_execve), "b"(name), "c"(argv), "d"(envp)
                 : "memory");
    return result;
}

/* As in Linux, words NAME=VALUE of the command line are init's environment, others its arguments. */
static void split_words(char *at, const char **arguments, const char **environment)
{
    const char **arguments_end = arguments + WORDS_MAX, **environment_end = environment + WORDS_MAX;

    while (*at) {
        const char *word = at;
        int sets = 0;
        while (*at && *at != ' ')
            sets |= *at++ == '=';
        if (*at)
            *at++ = 0;
        if (sets && environment < environment_end)
            *environment++ = word;
        else if (*word && !sets && arguments < arguments_end)
            *arguments++ = word;
    }
}

static int init(void *unused)
{
    static char words[sizeof(command_line)];
    static const char *argv[WORDS_MAX + 2] = {"/init"}, *envp[WORDS_MAX + 1];
    unsigned long files = CLONE_FS | CLONE_FILES | CLONE_SIGHAND;

    (void)unused;
    strncpy_ended(words, command_line, sizeof(words));
    split_words(words, argv + 1, envp);
    kernel_thread(ksoftirqd, NULL, files);
    kernel_thread(keventd, NULL, files);
    kernel_thread(kswapd, NULL, files);
    kernel_thread(pdflush, NULL, files);
    for (int i = 0; i < 3; i++)
        install_fd(open_name("/dev/console", O_RDWR));
    set_fs(KERNEL_LIMIT);
    panic("no init: error %ld", -execve_from_kernel("/init", argv, envp));
}

/* Process 0, on init_thread_union, with all it needs allocated statically: see init_task.c. */
void start_kernel(unsigned long multiboot_information)
{
    const char *form;

    serial_init();
    read_boot_information(multiboot_information);
    desc_init();
    trap_init();
    i8259_init();
    mem_init();
    cpu_init();
    sched_init();
    pid_init();
    timers_init();
    fork_init(max_pfn);
    ramdisk_init();
    printk("grain, a small kernel in the shape of Linux 2.6\n");
    printk("Command line: %s\n", command_line);
    printk("Memory: %lu MiB\n", (memory_end + (1 << 20) - 1) >> 20);
    form = option("kernel_thread");
    if (form && !strncmp(form, "2.4", 3))
        kernel_thread_form = 24;
    printk("Kernel threads in the form of Linux 2.%d\n", kernel_thread_form - 20);
    time_init();
    serial_irq_enable();
    local_irq_enable();
    kernel_thread(init, NULL, CLONE_FS | CLONE_SIGHAND);
    cpu_idle();
}
