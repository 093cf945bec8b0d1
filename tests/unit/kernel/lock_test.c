/* lock_test.c: kernel/lock.h between threads. */
#include "kernel/lock.h"

#include "kernel/host.h"
#include "tests/unit/test.h"

enum { THREADS = 4, ROUNDS = 50000 };

struct shared {
    struct lock lock;
    long count;
};

static void add_many(void *arg)
{
    struct shared *s = arg;
    for (int i = 0; i < ROUNDS; i++) {
        lock_acquire(&s->lock);
        s->count++;
        lock_release(&s->lock);
    }
}

TEST(lock_lets_one_thread_in_at_a_time)
{
    struct shared s = {LOCK_INIT(LOCK_PIPE), 0};
    uintptr_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        CHECK_EQ(host_thread_start(&threads[i], add_many, &s), 0);
    for (int i = 0; i < THREADS; i++)
        host_thread_join(threads[i]);
    CHECK_EQ(s.count, THREADS * ROUNDS);
    CHECK_EQ(lock_is_held(&s.lock), 0);
}

static void take_and_count(void *arg)
{
    struct shared *s = arg;
    lock_acquire(&s->lock);
    s->count++;
    lock_release(&s->lock);
}

TEST(lock_is_waited_for_by_sleeping_when_its_holder_takes_long)
{
    struct shared s = {LOCK_INIT(LOCK_PIPE), 0};
    uintptr_t threads[2];
    lock_acquire(&s.lock);
    for (int i = 0; i < 2; i++)
        CHECK_EQ(host_thread_start(&threads[i], take_and_count, &s), 0);
    while (atomic_load(&s.lock.word) != 2)
        host_thread_yield();
    CHECK_EQ(s.count, 0);
    lock_release(&s.lock);
    for (int i = 0; i < 2; i++)
        host_thread_join(threads[i]);
    CHECK_EQ(s.count, 2);
}

TEST(locks_are_taken_in_the_order_of_their_ranks)
{
    struct lock low, high;
    lock_init(&low, LOCK_FAMILY);
    lock_init(&high, LOCK_HEAP);
    lock_acquire(&low);
    lock_acquire(&high);
    lock_release(&low);
    CHECK(lock_is_held(&high));
    lock_release(&high);
    lock_acquire(&low);
    lock_release(&low);
}

TEST(futex_wait_ends_at_its_timeout)
{
    atomic_uint word = 7;
    uint64_t start = host_clock_mono();
    host_futex_wait(&word, 8, -1); // returns at once: the value differs
    host_futex_wait(&word, 7, 2000000);
    CHECK(host_clock_mono() - start >= 2000000);
}

static struct worker *as_worker(void *ptr) { return ptr; }

static void note_worker(void *arg)
{
    CHECK(host_worker() == NULL);
    host_set_worker(as_worker(arg));
    CHECK(host_worker() == as_worker(arg));
}

TEST(each_thread_has_its_own_worker)
{
    int one, two;
    uintptr_t thread;
    host_set_worker(as_worker(&one));
    CHECK_EQ(host_thread_start(&thread, note_worker, &two), 0);
    host_thread_join(thread);
    CHECK(host_worker() == as_worker(&one));
    host_set_worker(NULL);
}

TEST(host_has_processors_time_and_random_bytes)
{
    unsigned char a[64] = {0}, b[64] = {0};
    host_random(a, sizeof a);
    host_random(b, sizeof b);
    CHECK(memcmp(a, b, sizeof a) != 0);
    CHECK(host_cpu_count() >= 1);
    CHECK(host_clock_real() > INT64_C(1600000000) * 1000000000);
    uint64_t now = host_clock_mono();
    CHECK(host_clock_mono() >= now);
}
