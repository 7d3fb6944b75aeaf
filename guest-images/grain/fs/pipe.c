/* Pipes: a page as a ring, and whoever finds it empty or full sleeps until the other end moves. */
#include "fs.h"
#include "mm.h"

struct pipe {
    struct semaphore sem;
    struct wait_queue_head wait;
    int readers, writers;
    unsigned start, length;
    char *buffer;
};

static void pipe_put(struct pipe *pipe)
{
    wake_up(&pipe->wait);
    if (pipe->readers || pipe->writers)
        return;
    free_page(pipe->buffer);
    kfree(pipe, sizeof(*pipe));
}

static void release_reader(struct file *file)
{
    struct pipe *pipe = file->data;
    preempt_disable();
    pipe->readers--;
    pipe_put(pipe);
    preempt_enable();
}

static void release_writer(struct file *file)
{
    struct pipe *pipe = file->data;
    preempt_disable();
    pipe->writers--;
    pipe_put(pipe);
    preempt_enable();
}

/* What is there, at least one byte; 0 once it is empty and nobody can write any more. */
static long pipe_read(struct file *file, char *user, size_t n)
{
    struct pipe *pipe = file->data;
    long done = 0;

    if (!n)
        return 0;
    for (;;) {
        down(&pipe->sem);
        while (n && pipe->length) {
            unsigned part = min(min(n, pipe->length), PAGE_SIZE - pipe->start);
            if (copy_to_user(user + done, pipe->buffer + pipe->start, part)) {
                up(&pipe->sem);
                return -EFAULT;
            }
            pipe->start = (pipe->start + part) % PAGE_SIZE;
            pipe->length -= part;
            done += part;
            n -= part;
        }
        up(&pipe->sem);
        if (done) {
            wake_up(&pipe->wait);
            return done;
        }
        if (!pipe->writers)
            return 0;
        if (wait_event_interruptible(&pipe->wait, pipe->length || !pipe->writers))
            return -ERESTARTSYS;
    }
}

/* All of it, however often the reader has to make room. */
static long pipe_write(struct file *file, const char *user, size_t n)
{
    struct pipe *pipe = file->data;
    size_t done = 0;

    while (done < n) {
        if (!pipe->readers) {
            send_group_signal(SIGPIPE, current);
            return done ? (long)done : -EPIPE;
        }
        down(&pipe->sem);
        while (done < n && pipe->length < PAGE_SIZE) {
            unsigned end = (pipe->start + pipe->length) % PAGE_SIZE;
            unsigned part = min(min(n - done, PAGE_SIZE - pipe->length), PAGE_SIZE - end);
            if (copy_from_user(pipe->buffer + end, user + done, part)) {
                up(&pipe->sem);
                return -EFAULT;
            }
            pipe->length += part;
            done += part;
        }
        up(&pipe->sem);
        wake_up(&pipe->wait);
        if (done < n &&
            wait_event_interruptible(&pipe->wait, pipe->length < PAGE_SIZE || !pipe->readers))
            return done ? (long)done : -ERESTARTSYS;
    }
    return done;
}

static const struct file_operations read_end = {.read = pipe_read, .release = release_reader};
static const struct file_operations write_end = {.write = pipe_write, .release = release_writer};

static struct pipe *new_pipe(void)
{
    struct pipe *pipe = kzalloc(sizeof(*pipe));

    if (!pipe)
        return NULL;
    pipe->buffer = get_zeroed_page();
    if (!pipe->buffer) {
        kfree(pipe, sizeof(*pipe));
        return NULL;
    }
    init_MUTEX(&pipe->sem);
    INIT_WAIT_QUEUE(&pipe->wait);
    pipe->readers = pipe->writers = 1;
    return pipe;
}

static int open_end(struct pipe *pipe, const struct file_operations *op, unsigned long flags)
{
    struct file *file = get_empty_file(op, flags);
    if (IS_ERR(file)) {
        struct file unopened = {.data = pipe};
        op->release(&unopened);
        return PTR_ERR(file);
    }
    file->data = pipe;
    return install_fd(file);
}

long sys_close(unsigned fd);

long sys_pipe(int *user)
{
    struct pipe *pipe = new_pipe();
    int fd[2];

    if (!pipe)
        return -ENOMEM;
    fd[0] = open_end(pipe, &read_end, O_RDONLY);
    fd[1] = open_end(pipe, &write_end, O_WRONLY);
    if (fd[0] >= 0 && fd[1] >= 0 && !copy_to_user(user, fd, sizeof(fd)))
        return 0;
    for (int i = 0; i < 2; i++) {
        if (fd[i] >= 0)
            sys_close(fd[i]);
    }
    return fd[0] < 0 ? fd[0] : fd[1] < 0 ? fd[1] : -EFAULT;
}
