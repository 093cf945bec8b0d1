/* timers_test.c: kernel/timers.h: order, cancelling, late timers, threads. */
#include "kernel/timers.h"

#include "kernel/host.h"
#include "tests/unit/test.h"

struct bell {
    struct timer timer;
    struct timers *timers;
    int id;
    bool was_locked; // when it fired
};

static int rung[8], rung_count;

static void bell_ring(struct timer *t)
{
    struct bell *b = (struct bell *)t;
    b->was_locked = lock_is_held(&b->timers->lock);
    rung[rung_count++ % 8] = b->id;
}

static struct bell bell_make(struct timers *s, int id)
{
    return (struct bell){.timer.fire = bell_ring, .timers = s, .id = id};
}

TEST(timers_fire_in_the_order_of_their_deadlines_and_no_sooner)
{
    struct timers s;
    timers_init(&s);
    struct bell a = bell_make(&s, 1), b = bell_make(&s, 2), c = bell_make(&s, 3);
    rung_count = 0;
    CHECK_EQ(atomic_load(&s.earliest), UINT64_MAX);
    CHECK(timers_add(&s, &b.timer, 20));
    CHECK(!timers_add(&s, &c.timer, 30));
    CHECK(timers_add(&s, &a.timer, 10)); // it is the earliest now
    CHECK_EQ(atomic_load(&s.earliest), 10);
    CHECK_EQ(timers_fire(&s, 9), 0);
    CHECK_EQ(timers_fire(&s, 29), 2);
    CHECK_EQ(rung[0], 1);
    CHECK_EQ(rung[1], 2);
    CHECK_EQ(atomic_load(&s.earliest), 30);
    CHECK_EQ(timers_fire(&s, UINT64_MAX - 1), 1);
    CHECK_EQ(rung[2], 3);
    CHECK_EQ(atomic_load(&s.earliest), UINT64_MAX);
    CHECK(a.was_locked && b.was_locked && c.was_locked);
}

TEST(timers_of_one_deadline_fire_in_the_order_they_were_armed)
{
    struct timers s;
    struct bell bells[8];
    timers_init(&s);
    rung_count = 0;
    for (int i = 0; i < 8; i++) {
        bells[i] = bell_make(&s, i);
        CHECK_EQ(timers_add(&s, &bells[i].timer, 5), i == 0);
    }
    CHECK_EQ(timers_fire(&s, 5), 8);
    for (int i = 0; i < 8; i++)
        CHECK_EQ(rung[i], i);
}

TEST(a_cancelled_timer_does_not_fire_and_can_be_armed_again)
{
    struct timers s;
    timers_init(&s);
    struct bell a = bell_make(&s, 1), b = bell_make(&s, 2);
    rung_count = 0;
    CHECK(!timers_cancel(&s, &a.timer)); // it was not armed
    CHECK(timers_add(&s, &a.timer, 10));
    CHECK(!timers_add(&s, &b.timer, 20));
    CHECK(timers_cancel(&s, &a.timer));
    CHECK(!timers_cancel(&s, &a.timer));
    CHECK_EQ(atomic_load(&s.earliest), 20);
    CHECK_EQ(timers_fire(&s, 15), 0);
    CHECK(!timers_add(&s, &a.timer, 25));
    CHECK_EQ(timers_fire(&s, 25), 2);
    CHECK_EQ(rung[0], 2);
    CHECK_EQ(rung[1], 1);
    CHECK(!timers_cancel(&s, &a.timer)); // it has fired
}

/* Arms itself once more: so the lock must be free. */
static void bell_ring_again(struct timer *t)
{
    struct bell *b = (struct bell *)t;
    bell_ring(t);
    if (rung_count == 1)
        timers_add(b->timers, t, 40);
}

TEST(a_late_timer_fires_without_the_lock)
{
    struct timers s;
    timers_init(&s);
    struct bell a = bell_make(&s, 7);
    a.timer.fire = bell_ring_again;
    a.timer.late = true;
    rung_count = 0;
    CHECK(timers_add(&s, &a.timer, 30));
    CHECK_EQ(timers_fire(&s, 35), 1);
    CHECK(!a.was_locked);
    CHECK_EQ(timers_fire(&s, 35), 0);
    CHECK_EQ(timers_fire(&s, 40), 1);
    CHECK_EQ(rung_count, 2);
}

enum { BELLS = 4, ROUNDS = 4000 };

/* Bells that several threads arm and cancel while another fires them. */
struct tower {
    struct timers timers;
    atomic_int fired, cancelled, at_work;
};

struct tower_bell {
    struct timer timer;
    struct tower *tower;
};

static void tower_ring(struct timer *t)
{
    atomic_fetch_add(&((struct tower_bell *)t)->tower->fired, 1);
}

static void tower_arm(void *arg)
{
    struct tower *w = arg;
    struct tower_bell bell = {.timer.fire = tower_ring, .tower = w};
    for (int i = 0; i < ROUNDS; i++) {
        timers_add(&w->timers, &bell.timer, (uint64_t)i % 7);
        if (i % 3 == 0)
            host_thread_yield();
        atomic_fetch_add(&w->cancelled, timers_cancel(&w->timers, &bell.timer));
    }
    atomic_fetch_sub(&w->at_work, 1);
}

TEST(a_timer_either_fires_or_is_cancelled_on_many_threads)
{
    struct tower w = {.fired = 0};
    uintptr_t threads[BELLS];
    timers_init(&w.timers);
    atomic_store(&w.at_work, BELLS);
    for (int i = 0; i < BELLS; i++)
        CHECK_EQ(host_thread_start(&threads[i], tower_arm, &w), 0);
    for (uint64_t now = 0; atomic_load(&w.at_work); now++)
        timers_fire(&w.timers, now % 8);
    for (int i = 0; i < BELLS; i++)
        host_thread_join(threads[i]);
    CHECK_EQ(atomic_load(&w.fired) + atomic_load(&w.cancelled), BELLS * ROUNDS);
    CHECK_EQ(atomic_load(&w.timers.earliest), UINT64_MAX);
}
