/* waitq_test.c: kernel/waitq.h: who is woken, and what else ends a sleep. */
#include "kernel/waitq.h"

#include <errno.h>

#include "kernel/kernel.h"
#include "kernel/process.h"
#include "sys.h"
#include "tests/unit/calls/fixture.h"

enum { SLEEPERS = 5 };

struct dormitory {
    struct lock lock;
    struct waitq q;
    int asleep, woken, order[SLEEPERS];
    bool go;
};

static struct dormitory *dormitory_new(void)
{
    struct dormitory *d = sys_share_alloc(sizeof *d);
    *d = (struct dormitory){.asleep = 0};
    lock_init(&d->lock, LOCK_PIPE);
    waitq_init(&d->q);
    return d;
}

static int sleep_in(void *arg)
{
    static const struct wait_reason reason = {.what = "its turn to wake"};
    struct dormitory *d = arg;
    lock_acquire(&d->lock);
    int number = d->asleep++, seen = d->woken;
    int err = 0;
    while (!err && d->woken == seen && !d->go) // for no reason it sleeps on
        err = waitq_sleep(&d->q, &d->lock, UINT64_MAX, WAIT_INTERRUPTIBLE, &reason);
    d->order[d->woken % SLEEPERS] = number;
    d->woken++;
    lock_release(&d->lock);
    return err ? 1 : 0;
}

static void until(struct dormitory *d, const int *value, int want)
{
    for (;;) {
        lock_acquire(&d->lock);
        int now = *value;
        lock_release(&d->lock);
        if (now == want)
            return;
        CHECK_EQ(sys_sleep(0.001), 0);
    }
}

TEST(all_that_sleep_on_a_queue_are_woken_at_once)
{
    static const struct sys_start offer = {.place = SYS_RUN_OFFER};
    struct sys_ended ended;
    struct dormitory *d = dormitory_new();
    for (int i = 0; i < SLEEPERS; i++)
        CHECK(sys_clone(sleep_in, d, &offer) > 0);
    until(d, &d->asleep, SLEEPERS);
    lock_acquire(&d->lock);
    CHECK(!waitq_is_empty(&d->q));
    d->go = true;
    waitq_wake_all(&d->q);
    CHECK(waitq_is_empty(&d->q));
    lock_release(&d->lock);
    for (int i = 0; i < SLEEPERS; i++) {
        CHECK(sys_wait(-1, 0, &ended) > 0);
        CHECK_EQ(ended.status, 0);
    }
    sys_share_free(d);
}

/* Each sleeper waits for a number of its own, which it is given in turn. */
static int sleep_in_turn(void *arg)
{
    static const struct wait_reason reason = {.what = "its turn to wake"};
    struct dormitory *d = arg;
    lock_acquire(&d->lock);
    int number = d->asleep++;
    int err = waitq_sleep(&d->q, &d->lock, UINT64_MAX, WAIT_INTERRUPTIBLE, &reason);
    d->order[d->woken++] = number;
    lock_release(&d->lock);
    return err ? 1 : 0;
}

TEST(the_longest_waiting_is_woken_first)
{
    static const struct sys_start offer = {.place = SYS_RUN_OFFER};
    struct sys_ended ended;
    struct dormitory *d = dormitory_new();
    for (int i = 0; i < SLEEPERS; i++) {
        CHECK(sys_clone(sleep_in_turn, d, &offer) > 0);
        until(d, &d->asleep, i + 1);
    }
    for (int i = 0; i < SLEEPERS; i++) {
        lock_acquire(&d->lock);
        waitq_wake_one(&d->q);
        lock_release(&d->lock);
        until(d, &d->woken, i + 1);
        CHECK_EQ(d->order[i], i);
        CHECK(sys_wait(-1, 0, &ended) > 0);
        CHECK_EQ(ended.status, 0);
    }
    lock_acquire(&d->lock);
    waitq_wake_one(&d->q); // nobody is there
    lock_release(&d->lock);
    sys_share_free(d);
}

TEST(a_sleep_on_a_queue_ends_at_its_deadline)
{
    static const struct wait_reason reason = {.what = "nothing"};
    struct dormitory *d = dormitory_new();
    uint64_t deadline = kernel_mono(t->kernel) + 10000000;
    int err = 0;
    lock_acquire(&d->lock);
    while (!err)
        err = waitq_sleep(&d->q, &d->lock, deadline, WAIT_INTERRUPTIBLE, &reason);
    CHECK_EQ(err, -ETIMEDOUT);
    CHECK(lock_is_held(&d->lock));
    CHECK(kernel_mono(t->kernel) >= deadline);
    CHECK(waitq_is_empty(&d->q));
    CHECK_EQ(waitq_sleep(&d->q, &d->lock, 1, WAIT_INTERRUPTIBLE, &reason), -ETIMEDOUT);
    lock_release(&d->lock);
    sys_share_free(d);
}

static int signal_and_wake(void *arg)
{
    struct dormitory *d = arg;
    until(d, &d->asleep, 1);
    if (sys_kill(sys_getppid(), SYS_SIGUSR1) || sys_sleep(0.01))
        return 1;
    lock_acquire(&d->lock);
    d->go = true;
    waitq_wake_one(&d->q);
    lock_release(&d->lock);
    return 0;
}

TEST(only_an_interruptible_sleep_is_ended_by_a_caught_signal)
{
    static const struct sys_start offer = {.place = SYS_RUN_OFFER};
    static const struct wait_reason reason = {.what = "a signal"};
    struct sys_ended ended;
    CHECK_EQ(sys_signal_set(SYS_SIGUSR1, SYS_CATCH), 0);
    struct dormitory *d = dormitory_new();
    for (int killable = 0; killable < 2; killable++) {
        d->go = false;
        d->asleep = 0;
        CHECK(sys_clone(signal_and_wake, d, &offer) > 0);
        lock_acquire(&d->lock);
        d->asleep = 1;
        int err = 0;
        while (!err && !d->go)
            err = waitq_sleep(&d->q, &d->lock, UINT64_MAX,
                              killable ? WAIT_KILLABLE : WAIT_INTERRUPTIBLE, &reason);
        lock_release(&d->lock);
        CHECK_EQ(err, killable ? 0 : -EINTR);
        CHECK_EQ(sys_signal_take(), SYS_SIGUSR1);
        CHECK(sys_wait(-1, 0, &ended) > 0);
        CHECK_EQ(ended.status, 0);
    }
    sys_share_free(d);
}
