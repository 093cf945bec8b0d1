/* worker_queue.c: the run queue of a worker: putting in, taking out, taking from others.
 * See worker.h. */
#include "base/base.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "kernel/runtime.h"
#include "kernel/worker.h"

enum { WORKER_CHOICES = 64 }; // how far into the queue a seed may reach

void worker_push(struct worker *w, struct process *p)
{
    struct tenant *tenant = &p->kernel->tenants[w->index];
    bool steal = !p->pinned && !p->kernel->pinned;
    lock_acquire(&w->lock);
    if (list_is_empty(&tenant->ready))
        list_add_tail(&w->ring, &tenant->link);
    list_add_tail(&tenant->ready, &p->run_link);
    atomic_fetch_add_explicit(&w->queued, 1, memory_order_relaxed);
    if (steal)
        atomic_fetch_add_explicit(&w->stealable, 1, memory_order_seq_cst);
    lock_release(&w->lock);
}

/* Which of a tenant's ready processes comes next: the first, or as the seed says. */
static struct list *worker_choose(struct tenant *tenant)
{
    struct list *link = list_first(&tenant->ready);
    struct kernel *k = tenant->kernel;
    if (!k->deterministic || k->seed == 0)
        return link;
    unsigned count = 0;
    for (struct list *l = link; l && count < WORKER_CHOICES;
         l = list_next(&tenant->ready, l))
        count++;
    for (uint64_t skip = rand_below(&k->order, count); skip; skip--)
        link = list_next(&tenant->ready, link);
    return link;
}

/* Takes p off its queue; w->lock is held. */
static struct process *worker_unlink(struct worker *w, struct tenant *tenant,
                                     struct list *link)
{
    struct process *p = LIST_ENTRY(link, struct process, run_link);
    list_remove(link);
    if (list_is_empty(&tenant->ready))
        list_remove(&tenant->link);
    atomic_fetch_sub_explicit(&w->queued, 1, memory_order_relaxed);
    if (!p->pinned && !p->kernel->pinned)
        atomic_fetch_sub_explicit(&w->stealable, 1, memory_order_relaxed);
    return p;
}

static struct process *worker_take_own(struct worker *w)
{
    struct process *p = NULL;
    if (!atomic_load_explicit(&w->queued, memory_order_relaxed))
        return NULL;
    lock_acquire(&w->lock);
    struct list *first = list_first(&w->ring);
    if (first) {
        struct tenant *tenant = LIST_ENTRY(first, struct tenant, link);
        p = worker_unlink(w, tenant, worker_choose(tenant));
    }
    lock_release(&w->lock);
    return p;
}

/* The first process of a tenant that others may take. */
static struct process *worker_take_from(struct worker *w, struct tenant *tenant)
{
    struct list *link;
    if (tenant->kernel->pinned)
        return NULL;
    LIST_EACH(link, &tenant->ready)
    if (!LIST_ENTRY(link, struct process, run_link)->pinned)
        return worker_unlink(w, tenant, link);
    return NULL;
}

struct process *worker_take(struct worker *w, struct worker *thief)
{
    if (w == thief)
        return worker_take_own(w);
    struct process *p = NULL;
    if (!atomic_load_explicit(&w->stealable, memory_order_seq_cst))
        return NULL;
    lock_acquire(&w->lock);
    for (struct list *l = list_first(&w->ring); l && !p; l = list_next(&w->ring, l))
        p = worker_take_from(w, LIST_ENTRY(l, struct tenant, link));
    lock_release(&w->lock);
    return p;
}

/* The slice is over: the next tenant's turn. */
void worker_turn(struct worker *w)
{
    lock_acquire(&w->lock);
    struct list *first = list_first(&w->ring);
    if (first && list_next(&w->ring, first)) {
        list_remove(first);
        list_add_tail(&w->ring, first);
    }
    lock_release(&w->lock);
}

static struct process *worker_steal(struct worker *w)
{
    struct runtime *rt = w->runtime;
    unsigned started = atomic_load_explicit(&rt->started, memory_order_acquire);
    unsigned start = (unsigned)rand_below(&w->random, rt->worker_count);
    for (unsigned i = 0; i < rt->worker_count; i++) {
        unsigned victim = (start + i) % rt->worker_count;
        if (victim == w->index || victim >= started)
            continue;
        struct process *p = worker_take(&rt->workers[victim], w);
        if (p)
            return p;
    }
    return NULL;
}

struct process *worker_next(struct worker *w)
{
    struct process *p = w->next;
    if (p) {
        w->next = NULL;
        return p;
    }
    p = worker_take_own(w);
    if (!p)
        p = worker_steal(w);
    if (p && w->is_searching) {
        w->is_searching = false;
        atomic_fetch_sub(&w->runtime->searching, 1);
    }
    return p;
}
