/* list.h: doubly linked lists through a struct inside the members.
 *
 * A list is a ring through its head. A member that list_init or list_remove has left
 * alone is a ring of itself, so that list_is_empty(&x->link) says that x is on no
 * list.
 * Must not know: the members (CONTAINER_OF gets to them). */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"

struct list {
    struct list *next, *prev;
};

/* The member that a link is in. */
#define LIST_ENTRY(link, type, member) CONTAINER_OF(link, type, member)

/* Walk the links of a list from first to last. In LIST_EACH the list must not change; in
 * LIST_EACH_SAFE the current link may be removed (after is a second struct list *). */
#define LIST_EACH(link, head) \
    for ((link) = (head)->next; (link) != (head); (link) = (link)->next)
#define LIST_EACH_SAFE(link, after, head)                                 \
    for ((link) = (head)->next, (after) = (link)->next; (link) != (head); \
         (link) = (after), (after) = (link)->next)

/* Makes an empty list, or a link that is on no list. */
static inline void list_init(struct list *l) { l->next = l->prev = l; }

static inline bool list_is_empty(const struct list *l) { return l->next == l; }

static inline void list_add_between(struct list *link, struct list *prev,
                                    struct list *next)
{
    ASSERT(prev->next == next && next->prev == prev);
    link->prev = prev;
    link->next = next;
    prev->next = link;
    next->prev = link;
}

/* Add link as the first (last) of the list; or, with a link for head, after (before)
 * it. */
static inline void list_add(struct list *head, struct list *link)
{
    list_add_between(link, head, head->next);
}
static inline void list_add_tail(struct list *head, struct list *link)
{
    list_add_between(link, head->prev, head);
}

/* Takes link off its list. Does nothing if it is on none. */
static inline void list_remove(struct list *link)
{
    ASSERT(link->prev->next == link && link->next->prev == link);
    link->prev->next = link->next;
    link->next->prev = link->prev;
    list_init(link);
}

/* The first, the last, or the one after (before) link; NULL if there is none. */
static inline struct list *list_first(const struct list *head)
{
    return head->next == head ? NULL : head->next;
}
static inline struct list *list_last(const struct list *head)
{
    return head->prev == head ? NULL : head->prev;
}
static inline struct list *list_next(const struct list *head, const struct list *link)
{
    return link->next == head ? NULL : link->next;
}
static inline struct list *list_prev(const struct list *head, const struct list *link)
{
    return link->prev == head ? NULL : link->prev;
}

/* Takes the first off the list and gives it; NULL if the list is empty. */
static inline struct list *list_pop(struct list *head)
{
    struct list *first = list_first(head);
    if (first)
        list_remove(first);
    return first;
}

/* Moves all members of from, in order, to the end of to. */
static inline void list_move_all(struct list *to, struct list *from)
{
    if (list_is_empty(from))
        return;
    from->next->prev = to->prev;
    to->prev->next = from->next;
    from->prev->next = to;
    to->prev = from->prev;
    list_init(from);
}

static inline size_t list_count(const struct list *head)
{
    size_t count = 0;
    for (const struct list *l = head->next; l != head; l = l->next)
        count++;
    return count;
}

#endif
