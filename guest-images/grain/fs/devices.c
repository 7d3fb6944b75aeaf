/* /dev: the console, the RAM disk through the page cache, nothing, and zeroes. */
#include "fs.h"
#include "mm.h"

extern const struct file_operations tty_operations;

static long disk_read(struct file *file, char *user, size_t n)
{
    long done = cache_read(file->pos, user, n);
    if (done > 0)
        file->pos += done;
    return done;
}

static long disk_write(struct file *file, const char *user, size_t n)
{
    long done = cache_write(file->pos, user, n);
    if (done > 0)
        file->pos += done;
    return done;
}

static long null_read(struct file *file, char *user, size_t n)
{
    (void)file, (void)user, (void)n;
    return 0;
}

static long null_write(struct file *file, const char *user, size_t n)
{
    (void)file, (void)user;
    return n;
}

static long zero_read(struct file *file, char *user, size_t n)
{
    (void)file;
    for (size_t done = 0; done < n; done += PAGE_SIZE) {
        if (copy_to_user(user + done, empty_zero_page, min(n - done, (size_t)PAGE_SIZE)))
            return -EFAULT;
    }
    return n;
}

static const struct file_operations disk_operations = {.read = disk_read, .write = disk_write};
static const struct file_operations null_operations = {.read = null_read, .write = null_write};
static const struct file_operations zero_operations = {.read = zero_read, .write = null_write};

static const struct {
    const char *name;
    const struct file_operations *op;
} devices[] = {
    {"console", &tty_operations},
    {"ram0", &disk_operations},
    {"null", &null_operations},
    {"zero", &zero_operations},
};

struct file *device_open(const char *name, unsigned long flags)
{
    for (unsigned i = 0; i < ARRAY_SIZE(devices); i++) {
        if (!strcmp(devices[i].name, name))
            return get_empty_file(devices[i].op, flags);
    }
    return ERR_PTR(-ENOENT);
}
