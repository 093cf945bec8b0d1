/* guest.c: see guest.h. */
#include "kernel/guest.h"

#include "base/num.h"
#include "kernel/host.h"
#include "kernel/host_loop.h"
#include "kernel/runtime.h"
#include "kernel/worker.h"

struct worker *guest_enter(struct runtime *rt)
{
    lock_acquire(&rt->idle_lock);
    bool is_free = !atomic_load(&rt->started);
    if (is_free)
        atomic_store(&rt->started, 1);
    lock_release(&rt->idle_lock);
    return is_free ? &rt->workers[0] : NULL;
}

/* What it would have run or looked for next is for others. */
static void guest_hand_over(struct worker *w)
{
    if (w->next)
        worker_push(w, w->next);
    w->next = NULL;
    if (w->is_searching) {
        w->is_searching = false;
        atomic_fetch_sub(&w->runtime->searching, 1);
    }
    if (atomic_load(&w->stealable))
        runtime_share(w->runtime);
}

void guest_work(struct worker *w, bool (*done)(void *arg), void *arg)
{
    void *locale;
    if (num_enter_c_locale(&locale))
        return; // does not happen: the "C" locale takes no memory
    worker_work(w, done, arg);
    guest_hand_over(w);
    atomic_store(&w->handling, NULL);
    num_leave_c_locale(locale);
}

void guest_poke(struct worker *w)
{
    unsigned asleep = WORKER_ASLEEP;
    if (atomic_compare_exchange_strong(&w->wake_word, &asleep, WORKER_WOKEN))
        worker_wake(w);
}

void guest_leave(struct worker *w)
{
    struct runtime *rt = w->runtime;
    struct host_loop *loop = atomic_load(&w->loop);
    lock_acquire(&rt->idle_lock);
    bool is_needed = atomic_load(&rt->running) || (loop && host_loop_has_tasks(loop));
    if (atomic_load(&rt->started) == 1 && !is_needed)
        atomic_store(&rt->started, 0);
    else
        runtime_staff_locked(rt, w);
    lock_release(&rt->idle_lock);
}
