/* Descriptors, and the system calls on them. */
#include "fs.h"
#include "mm.h"

struct file *get_empty_file(const struct file_operations *op, unsigned long flags)
{
    struct file *file = kzalloc(sizeof(*file));

    if (!file)
        return ERR_PTR(-ENOMEM);
    file->count = 1;
    file->op = op;
    file->flags = flags;
    return file;
}

void fput(struct file *file)
{
    if (!put_count(&file->count))
        return;
    if (file->op->release)
        file->op->release(file);
    kfree(file, sizeof(*file));
}

/* The file of a descriptor with a reference taken, or NULL. */
static struct file *fget(unsigned fd)
{
    struct file *file = NULL;

    preempt_disable();
    if (fd < NR_OPEN && current->files->fd[fd]) {
        file = current->files->fd[fd];
        get_count(&file->count);
    }
    preempt_enable();
    return file;
}

/* Gives the file, with its reference, the lowest free descriptor. */
int install_fd(struct file *file)
{
    int result = -EMFILE;

    if (IS_ERR(file))
        return PTR_ERR(file);
    preempt_disable();
    for (int fd = 0; fd < NR_OPEN && result < 0; fd++) {
        if (!current->files->fd[fd]) {
            current->files->fd[fd] = file;
            result = fd;
        }
    }
    preempt_enable();
    if (result < 0)
        fput(file);
    return result;
}

struct files_struct *dup_files(struct files_struct *old)
{
    struct files_struct *files = kmalloc(sizeof(*files));

    if (!files)
        return NULL;
    preempt_disable();
    *files = *old;
    files->count = 1;
    for (int fd = 0; fd < NR_OPEN; fd++) {
        if (files->fd[fd])
            get_count(&files->fd[fd]->count);
    }
    preempt_enable();
    return files;
}

void exit_files(struct task_struct *p)
{
    struct files_struct *files = p->files;

    if (!put_count(&files->count))
        return;
    for (int fd = 0; fd < NR_OPEN; fd++) {
        if (files->fd[fd])
            fput(files->fd[fd]);
    }
    kfree(files, sizeof(*files));
}

long sys_open(const char *user, unsigned long flags)
{
    char name[64];
    long length = strncpy_from_user(name, user, sizeof(name));

    return length < 0 ? length : install_fd(open_name(name, flags));
}

long sys_close(unsigned fd)
{
    struct file *file = NULL;

    preempt_disable();
    if (fd < NR_OPEN) {
        file = current->files->fd[fd];
        current->files->fd[fd] = NULL;
    }
    preempt_enable();
    if (!file)
        return -EBADF;
    fput(file);
    return 0;
}

long sys_read(unsigned fd, char *user, size_t n)
{
    struct file *file = fget(fd);
    long result = -EBADF;

    if (!file)
        return result;
    if ((file->flags & O_ACCMODE) != O_WRONLY)
        result = file->op->read ? file->op->read(file, user, n) : -EINVAL;
    fput(file);
    return result;
}

long sys_write(unsigned fd, const char *user, size_t n)
{
    struct file *file = fget(fd);
    long result = -EBADF;

    if (!file)
        return result;
    if ((file->flags & O_ACCMODE) != O_RDONLY)
        result = file->op->write ? file->op->write(file, user, n) : -EINVAL;
    fput(file);
    return result;
}

long sys_lseek(unsigned fd, long offset, int whence)
{
    struct file *file = fget(fd);
    long result = -EINVAL;

    if (!file)
        return -EBADF;
    if (whence == SEEK_CUR)
        offset += file->pos;
    if ((whence == SEEK_SET || whence == SEEK_CUR) && offset >= 0)
        result = file->pos = offset;
    fput(file);
    return result;
}

long sys_ioctl(unsigned fd, unsigned command, unsigned long argument)
{
    struct file *file = fget(fd);
    long result;

    if (!file)
        return -EBADF;
    result = file->op->ioctl ? file->op->ioctl(file, command, argument) : -ENOTTY;
    fput(file);
    return result;
}

long sys_dup(unsigned fd)
{
    struct file *file = fget(fd);
    return file ? install_fd(file) : -EBADF;
}

long sys_dup2(unsigned old, unsigned new)
{
    struct file *file = fget(old), *replaced;

    if (!file)
        return -EBADF;
    if (new >= NR_OPEN || new == old) {
        fput(file);
        return new == old ? (long)new : -EBADF;
    }
    preempt_disable();
    replaced = current->files->fd[new];
    current->files->fd[new] = file;
    preempt_enable();
    if (replaced)
        fput(replaced);
    return new;
}
