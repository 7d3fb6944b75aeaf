/* Names: three places where a file can be. */
#include "fs.h"

struct file *open_name(const char *name, unsigned long flags)
{
    const struct archive_entry *entry;

    if (!strncmp(name, "/dev/", 5))
        return device_open(name + 5, flags);
    if (!strncmp(name, "/proc/", 6))
        return proc_open(name + 6, flags);
    entry = archive_find(name);
    if (!entry)
        return ERR_PTR(-ENOENT);
    if ((flags & O_ACCMODE) != O_RDONLY)
        return ERR_PTR(-EACCES);
    return archive_open(entry);
}
