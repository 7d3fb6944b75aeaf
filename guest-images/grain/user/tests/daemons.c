/* The kernel's own threads, seen by what they do. */
#include "check.h"

#define PAGES 100
static u8 page[4096];

static int contains(const char *text, const char *part)
{
    size_t length = strlen(part);
    for (; *text; text++) {
        if (!strncmp(text, part, length))
            return 1;
    }
    return 0;
}

static int threads_are_there(void)
{
    static char text[4096];
    read_file("/proc/processes", text, sizeof(text));
    return contains(text, "[keventd]") && contains(text, "[kswapd]") &&
           contains(text, "[pdflush]") && contains(text, "[ksoftirqd]");
}

/* Dirty pages are written back without anybody asking. */
static int pages_are_written_back(void)
{
    long fd = open("/dev/ram0", O_RDWR);
    unsigned long written = statistic("cache_written"), dirty;

    for (int i = 0; i < 8; i++) {
        memset(page, i + 1, sizeof(page));
        write(fd, page, sizeof(page));
    }
    close(fd);
    dirty = statistic("cache_dirty");
    for (int i = 0; i < 20 && statistic("cache_dirty"); i++)
        sleep_ms(100);
    return dirty && !statistic("cache_dirty") && statistic("cache_written") >= written + 8;
}

/* More pages than the cache may hold: old ones go, and come back as they were. */
static int pages_are_reclaimed(void)
{
    long fd = open("/dev/ram0", O_RDWR);
    unsigned long reclaimed = statistic("cache_reclaimed");
    int good = 1;

    for (int i = 0; i < PAGES; i++) {
        memset(page, i + 1, sizeof(page));
        write(fd, page, sizeof(page));
    }
    for (int i = 0; i < 20 && statistic("cache_pages") > 48; i++)
        sleep_ms(20);
    good &= statistic("cache_pages") <= 48 && statistic("cache_reclaimed") > reclaimed;
    lseek(fd, 0, SEEK_SET);
    for (int i = 0; i < PAGES; i++) {
        good &= read(fd, page, sizeof(page)) == sizeof(page) && page[0] == i + 1 &&
                page[4095] == i + 1;
    }
    lseek(fd, 256 * 4096, SEEK_SET);
    good &= read(fd, page, 1) == 0 && write(fd, page, 1) == -ENOSPC;
    close(fd);
    return good;
}

static int work_is_done(void)
{
    return statistic("work_done") > 0;
}

void test_daemons(void)
{
    check("keventd, kswapd, pdflush and ksoftirqd run", threads_are_there());
    check("pdflush writes dirty pages back", pages_are_written_back());
    check("kswapd reclaims pages, and they come back as they were", pages_are_reclaimed());
    check("keventd has done its work", work_is_done());
}
