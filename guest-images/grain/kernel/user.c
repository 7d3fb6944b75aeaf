/* Accounts: whose process it is, and how many that user has. */
#include "mm.h"

/* Under preemption off. */
static struct user_struct *find_user(unsigned long uid)
{
    struct user_struct *user = &root_user;
    do {
        if (user->uid == uid)
            return user;
        user = list_entry(user->link.next, struct user_struct, link);
    } while (user != &root_user);
    return NULL;
}

struct user_struct *find_or_create_user(unsigned long uid)
{
    struct user_struct *new = kzalloc(sizeof(*new)), *user;

    if (!new)
        return NULL;
    preempt_disable();
    user = find_user(uid);
    if (!user) {
        user = new;
        new = NULL;
        user->uid = uid;
        list_add_tail(&user->link, &root_user.link);
    }
    get_count(&user->count);
    preempt_enable();
    if (new)
        kfree(new, sizeof(*new));
    return user;
}

void free_uid(struct user_struct *user)
{
    preempt_disable();
    if (put_count(&user->count)) {
        list_del_init(&user->link);
        kfree(user, sizeof(*user));
    }
    preempt_enable();
}

long sys_setuid(unsigned long uid)
{
    struct user_struct *old = current->user, *new;

    if (old->uid && old->uid != uid)
        return -EPERM;
    new = find_or_create_user(uid);
    if (!new)
        return -ENOMEM;
    preempt_disable();
    old->processes--;
    new->processes++;
    current->user = new;
    preempt_enable();
    free_uid(old);
    return 0;
}

long sys_getuid(void)
{
    return current->user->uid;
}
