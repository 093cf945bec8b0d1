/* timers.c: see timers.h. */
#include "kernel/timers.h"

static void timers_update_locked(struct timers *s)
{
    const struct pheap_node *min = pheap_min(&s->heap);
    atomic_store_explicit(&s->earliest, min ? min->key : UINT64_MAX,
                          memory_order_relaxed);
}

void timers_init(struct timers *s)
{
    lock_init(&s->lock, LOCK_TIMERS);
    pheap_init(&s->heap);
    atomic_init(&s->earliest, UINT64_MAX);
}

bool timers_add(struct timers *s, struct timer *t, uint64_t deadline_ns)
{
    ASSERT(!t->armed);
    lock_acquire(&s->lock);
    pheap_node_init(&t->node);
    pheap_push(&s->heap, &t->node, deadline_ns);
    t->armed = true;
    timers_update_locked(s);
    bool first = pheap_min(&s->heap) == &t->node;
    lock_release(&s->lock);
    return first;
}

bool timers_cancel(struct timers *s, struct timer *t)
{
    lock_acquire(&s->lock);
    bool armed = t->armed;
    if (armed) {
        pheap_remove(&s->heap, &t->node);
        t->armed = false;
        timers_update_locked(s);
    }
    lock_release(&s->lock);
    return armed;
}

/* Takes the timers that are due out of the heap and fires them; late ones are left for
 * the caller to fire. */
static unsigned timers_fire_locked(struct timers *s, uint64_t now_ns, struct timer **late)
{
    unsigned fired = 0;
    struct pheap_node *min;
    while ((min = pheap_min(&s->heap)) && min->key <= now_ns) {
        struct timer *t = CONTAINER_OF(min, struct timer, node);
        pheap_remove(&s->heap, min);
        t->armed = false;
        fired++;
        if (!t->late) {
            t->fire(t);
            continue;
        }
        t->next = *late;
        *late = t;
    }
    timers_update_locked(s);
    return fired;
}

unsigned timers_fire(struct timers *s, uint64_t now_ns)
{
    if (atomic_load_explicit(&s->earliest, memory_order_relaxed) > now_ns)
        return 0;
    struct timer *late = NULL;
    lock_acquire(&s->lock);
    unsigned fired = timers_fire_locked(s, now_ns, &late);
    lock_release(&s->lock);
    while (late) {
        struct timer *t = late;
        late = t->next; // t may be gone once it has fired
        t->fire(t);
    }
    return fired;
}
