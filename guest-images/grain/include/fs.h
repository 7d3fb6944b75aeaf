/* Files: what a descriptor points to, what can be opened, what can be executed. */
#ifndef GRAIN_FS_H
#define GRAIN_FS_H

#include "sched.h"

struct file;
struct file_operations {
    long (*read)(struct file *file, char *user, size_t n);
    long (*write)(struct file *file, const char *user, size_t n);
    long (*ioctl)(struct file *file, unsigned int command, unsigned long argument);
    void (*release)(struct file *file);
};

/* An open file; descriptors of several processes may share it. */
struct file {
    int count;
    unsigned long flags;
    unsigned long pos;
    const struct file_operations *op;
    void *data;
};

#define NR_OPEN 32
struct files_struct {
    int count;
    struct file *fd[NR_OPEN];
};
extern struct files_struct init_files;

struct file *get_empty_file(const struct file_operations *op, unsigned long flags);
void fput(struct file *file);
int install_fd(struct file *file);
struct files_struct *dup_files(struct files_struct *old);
void exit_files(struct task_struct *p);

/* Opens by name: the archive's files, devices, and what /proc shows. */
struct file *open_name(const char *name, unsigned long flags);

/* The built-in archive: archive.S. */
struct archive_entry {
    const char *name;
    const u8 *start, *end;
};
const struct archive_entry *archive_find(const char *name);
struct file *archive_open(const struct archive_entry *entry);
struct file *device_open(const char *name, unsigned long flags);
struct file *proc_open(const char *name, unsigned long flags);

void tty_receive(char c);

#endif
