/* Doubly linked rings whose links lie inside the structures they connect. */
#ifndef GRAIN_LIST_H
#define GRAIN_LIST_H

#include "types.h"

struct list_head {
    struct list_head *next, *prev;
};

#define LIST_HEAD_INIT(name) {&(name), &(name)}

static inline void INIT_LIST_HEAD(struct list_head *head)
{
    head->next = head->prev = head;
}

static inline void list_insert(struct list_head *entry, struct list_head *prev,
                               struct list_head *next)
{
    next->prev = entry;
    entry->next = next;
    entry->prev = prev;
    prev->next = entry;
}

/* Inserts right behind head: first in the ring. */
static inline void list_add(struct list_head *entry, struct list_head *head)
{
    list_insert(entry, head, head->next);
}

/* Inserts right before head: last in the ring, or, head being an entry, just before that entry. */
static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
    list_insert(entry, head->prev, head);
}

static inline void list_del_init(struct list_head *entry)
{
    entry->next->prev = entry->prev;
    entry->prev->next = entry->next;
    INIT_LIST_HEAD(entry);
}

static inline int list_empty(const struct list_head *head)
{
    return head->next == head;
}

#define list_entry(ptr, type, member) container_of(ptr, type, member)

#define list_for_each_entry(pos, head, member)                                                     \
    for (pos = list_entry((head)->next, __typeof__(*pos), member); &pos->member != (head);         \
         pos = list_entry(pos->member.next, __typeof__(*pos), member))

/* The same, when the body may take pos out of the ring. */
#define list_for_each_entry_safe(pos, n, head, member)                                             \
    for (pos = list_entry((head)->next, __typeof__(*pos), member),                                 \
        n = list_entry(pos->member.next, __typeof__(*pos), member);                                \
         &pos->member != (head);                                                                   \
         pos = n, n = list_entry(n->member.next, __typeof__(*n), member))

#endif
