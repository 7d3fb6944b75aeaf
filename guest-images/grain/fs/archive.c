/* The files that came with the kernel: programs. They can be read and executed, not written. */
#include "fs.h"

extern const struct archive_entry archive[];

const struct archive_entry *archive_find(const char *name)
{
    for (const struct archive_entry *entry = archive; entry->name; entry++) {
        if (!strcmp(entry->name, name))
            return entry;
    }
    return NULL;
}

static long archive_read(struct file *file, char *user, size_t n)
{
    const struct archive_entry *entry = file->data;
    size_t size = entry->end - entry->start;

    if (file->pos >= size)
        return 0;
    n = min(n, size - file->pos);
    if (copy_to_user(user, entry->start + file->pos, n))
        return -EFAULT;
    file->pos += n;
    return n;
}

static const struct file_operations archive_operations = {.read = archive_read};

struct file *archive_open(const struct archive_entry *entry)
{
    struct file *file = get_empty_file(&archive_operations, O_RDONLY);
    if (!IS_ERR(file))
        file->data = (void *)entry;
    return file;
}
