/* stack_test.c: kernel/stack.h. */
#define _DEFAULT_SOURCE // madvise, mincore
#include "kernel/stack.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/host.h"
#include "tests/unit/test.h"

enum { MANY = 3000 };

/* Whether the host holds a page there. */
static bool committed(const char *at)
{
    unsigned char resident = 0;
    char *page = (char *)((uintptr_t)at & ~(uintptr_t)4095);
    return !mincore(page, 4096, &resident) && (resident & 1);
}

TEST(stacks_have_the_sizes_of_their_classes)
{
    struct stack_pool pool;
    struct stack small, deep;
    stack_pool_init(&pool);
    CHECK_EQ(stack_get(&pool, STACK_SMALL, &small), 0);
    CHECK_EQ(stack_get(&pool, STACK_DEEP, &deep), 0);
    CHECK(small.size > 250 << 10 && small.size < 257 << 10);
    CHECK(deep.size > 16000 << 10 && deep.size < 16385 << 10);
    CHECK_EQ((uintptr_t)(small.low + small.size) % 16, 0);
    CHECK_EQ((uintptr_t)(deep.low + deep.size) % 16, 0);
    memset(small.low, 1, small.size);
    deep.low[0] = deep.low[deep.size - 1] = 1;
    stack_put(&pool, &small);
    stack_put(&pool, &deep);
    stack_pool_fini(&pool);
}

/* Whether the host takes advice on memory at all: qemu-user ignores it, and its guards.
 * */
static bool takes_advice(void)
{
    char *page = host_pages_map(4096);
    bool taken = madvise(page, 4096, 12345) != 0; // no such advice
    host_pages_unmap(page, 4096);
    return taken;
}

/* Whether writing a byte there ends a process of the host. */
static bool traps(char *at)
{
    if (!takes_advice())
        return true;

    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        signal(SIGSEGV, SIG_DFL);
        signal(SIGBUS, SIG_DFL);
        *(volatile char *)at = 1;
        _exit(0);
    }
    int status;
    return waitpid(child, &status, 0) == child && WIFSIGNALED(status);
}

TEST(each_stack_ends_at_a_guard_that_traps)
{
    struct stack_pool pool;
    struct stack stack[3];
    stack_pool_init(&pool);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(stack_get(&pool, i ? STACK_SMALL : STACK_DEEP, &stack[i]), 0);
        CHECK(traps(stack[i].low - 1));
        CHECK(traps(stack[i].low - 4096));
        CHECK(!traps(stack[i].low) || !takes_advice());
    }
    for (int i = 0; i < 3; i++)
        stack_put(&pool, &stack[i]);
    CHECK(traps(stack[0].low - 1)); // a warm one
    stack_pool_trim(&pool);
    stack_pool_fini(&pool);
}

TEST(guards_outlive_a_trim)
{
    struct stack_pool pool;
    struct stack held, stack;
    stack_pool_init(&pool);
    CHECK_EQ(stack_get(&pool, STACK_SMALL, &held), 0);
    CHECK_EQ(stack_get(&pool, STACK_SMALL, &stack), 0);
    memset(stack.low, 7, stack.size);
    char *low = stack.low;
    stack_put(&pool, &stack);
    stack_pool_trim(&pool);
    CHECK(!committed(low));
    CHECK_EQ(stack_get(&pool, STACK_SMALL, &stack), 0);
    CHECK(stack.low == low); // the cold one comes before a new one
    CHECK(traps(stack.low - 1));
    CHECK_EQ(stack.low[0], 0);
    stack_put(&pool, &stack);
    stack_put(&pool, &held);
    stack_pool_fini(&pool);
}

TEST(the_stack_that_was_put_last_comes_back_first)
{
    struct stack_pool pool;
    struct stack a, b;
    stack_pool_init(&pool);
    CHECK_EQ(stack_get(&pool, STACK_SMALL, &a), 0);
    CHECK_EQ(stack_get(&pool, STACK_SMALL, &b), 0);
    CHECK(a.low != b.low);
    stack_put(&pool, &b);
    stack_put(&pool, &a);
    CHECK_EQ(stack_get(&pool, STACK_SMALL, &b), 0);
    CHECK(b.low == a.low);
    stack_put(&pool, &b);
    stack_pool_fini(&pool);
}

TEST(deep_pages_of_returned_stacks_are_given_back)
{
    struct stack_pool pool;
    struct stack stack;
    size_t given_back = 0;
    stack_pool_init(&pool);
    for (int i = 0; i < 16; i++) {
        CHECK_EQ(stack_get(&pool, STACK_DEEP, &stack), 0);
        memset(stack.low + stack.size - (1 << 20), 1, 1 << 20);
        stack_put(&pool, &stack);
        given_back += !committed(stack.low + stack.size - stack.size % 4096 - (1 << 19));
    }
    CHECK_EQ(given_back, 4); // one in four is looked at
    stack_pool_fini(&pool);
}

TEST(thousands_of_stacks_do_not_overlap_and_come_back)
{
    static struct stack stacks[MANY];
    struct stack_pool pool;
    stack_pool_init(&pool);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < MANY; i++) {
            if (!CHECK_EQ(stack_get(&pool, STACK_SMALL, &stacks[i]), 0))
                return;
            memcpy(stacks[i].low + stacks[i].size - sizeof i, &i, sizeof i);
        }
        CHECK_EQ(pool.live, MANY);
        for (int i = 0; i < MANY; i++)
            if (!CHECK_MEM(stacks[i].low + stacks[i].size - sizeof i, &i, sizeof i))
                break;
        for (int i = 0; i < MANY; i++)
            if (round != 1 || i % 300) // some stay over the trim
                stack_put(&pool, &stacks[i]);
        if (round == 1) {
            stack_pool_trim(&pool);
            CHECK_EQ(pool.live, MANY / 300);
            CHECK_EQ(pool.shelves[STACK_SMALL].warm_count, 0);
            for (int i = 0; i < MANY; i += 300)
                stack_put(&pool, &stacks[i]);
        }
    }
    stack_pool_trim(&pool);
    CHECK_EQ(pool.live, 0);
    CHECK(pool.shelves[STACK_SMALL].slabs == NULL); // whole slabs go back
    stack_pool_fini(&pool);
}

static void get_and_put(void *arg)
{
    struct stack_pool *pool = arg;
    struct stack stacks[8];
    for (int i = 0; i < 2000; i++) {
        for (int k = 0; k < 8; k++) {
            enum stack_class class = (i + k) % 3 ? STACK_SMALL : STACK_DEEP;
            CHECK_EQ(stack_get(pool, class, &stacks[k]), 0);
            stacks[k].low[stacks[k].size - 1] = (char)k;
        }
        for (int k = 0; k < 8; k++) {
            CHECK_EQ(stacks[k].low[stacks[k].size - 1], k);
            stack_put(pool, &stacks[k]);
        }
        if (i % 100 == 0)
            stack_pool_trim(pool);
    }
}

TEST(threads_share_a_stack_pool)
{
    struct stack_pool pool;
    uintptr_t threads[3];
    stack_pool_init(&pool);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(host_thread_start(&threads[i], get_and_put, &pool), 0);
    for (int i = 0; i < 3; i++)
        host_thread_join(threads[i]);
    CHECK_EQ(pool.live, 0);
    stack_pool_fini(&pool);
}
