/* limits_test.c: kernel/limits.h and account.h: counting up to a limit, and its words. */
#include "kernel/limits.h"

#include "kernel/account.h"
#include "kernel/host.h"
#include "tests/unit/test.h"

TEST(limits_are_found_by_their_names)
{
    for (int id = 0; id < LIMITS; id++)
        CHECK_EQ(limits_find(limits_name((enum limit_id)id)), id);
    CHECK_EQ(limits_find("fs-files"), LIMIT_FS_FILES);
    CHECK_EQ(limits_find("fs-file"), -1);
    CHECK_EQ(limits_find(""), -1);
    CHECK_EQ(limits_unit(LIMIT_WALL), 0);
    CHECK_EQ(limits_unit(LIMIT_MEMORY), 1);
    CHECK_EQ(limits_unit(LIMIT_COMMANDS), 2);
}

TEST(what_would_pass_a_limit_is_not_counted)
{
    struct limits l;
    limits_init(&l);
    CHECK_EQ(atomic_load(&l.reached), -1);
    atomic_store(&l.value[LIMIT_COMMANDS], 10);
    CHECK(limits_take(&l, LIMIT_COMMANDS, 0));
    CHECK(limits_take(&l, LIMIT_COMMANDS, 10)); // just so much is allowed
    CHECK(!limits_take(&l, LIMIT_COMMANDS, 1));
    CHECK_EQ(atomic_load(&l.used[LIMIT_COMMANDS]), 10);
    limits_give(&l, LIMIT_COMMANDS, 4);
    CHECK(!limits_take(&l, LIMIT_COMMANDS, 5));
    CHECK(limits_take(&l, LIMIT_COMMANDS, 4));
    CHECK(!limits_take(&l, LIMIT_COMMANDS, UINT64_MAX)); // the sum is 9 in 64 bits
    CHECK_EQ(atomic_load(&l.used[LIMIT_COMMANDS]), 10);
    CHECK_EQ(atomic_load(&l.used[LIMIT_LOOPS]), 0);
}

static const char *described(enum limit_id id, uint64_t value)
{
    static char text[80];
    struct limits l;
    limits_init(&l);
    atomic_store(&l.value[id], value);
    size_t len = limits_describe(&l, id, text, sizeof text);
    CHECK_EQ(len, strlen(text));
    return text;
}

TEST(a_limit_is_told_in_the_largest_unit_that_is_exact)
{
    CHECK_STR(described(LIMIT_WALL, 2000000000), "limit reached: wall (2s)");
    CHECK_STR(described(LIMIT_CPU, 1500000000), "limit reached: cpu (1500ms)");
    CHECK_STR(described(LIMIT_CPU, 1001), "limit reached: cpu (1001ns)");
    CHECK_STR(described(LIMIT_CPU, 7000), "limit reached: cpu (7us)");
    CHECK_STR(described(LIMIT_MEMORY, 3 << 20), "limit reached: memory (3MiB)");
    CHECK_STR(described(LIMIT_OUTPUT, 1025), "limit reached: output (1025)");
    CHECK_STR(described(LIMIT_OUTPUT, 0), "limit reached: output (0)");
    CHECK_STR(described(LIMIT_OUTPUT, UINT64_C(5) << 40), "limit reached: output (5TiB)");
    CHECK_STR(described(LIMIT_OUTPUT, UINT64_C(1) << 50),
              "limit reached: output (1024TiB)");
    CHECK_STR(described(LIMIT_COMMANDS, 1000), "limit reached: commands (1000)");
}

TEST(an_account_refuses_what_would_pass_its_limit_and_stays_as_it_was)
{
    struct account a = {.used = 0, .limit = 100};
    CHECK(account_take(&a, 60));
    CHECK(!account_take(&a, 41));
    CHECK_EQ(atomic_load(&a.used), 60);
    CHECK(account_take(&a, 40));
    account_give(&a, 100);
    CHECK_EQ(atomic_load(&a.used), 0);
    CHECK(!account_take(&a, 101));
    CHECK_EQ(atomic_load(&a.used), 0);
}

enum { TAKERS = 4, TAKES = 20000, HELD_MAX = 10 };

struct taking {
    struct limits limits;
    struct account account;
    atomic_int held, most;
};

static void take_and_give(void *arg)
{
    struct taking *t = arg;
    for (int i = 0; i < TAKES; i++) {
        if (!limits_take(&t->limits, LIMIT_PROCESSES, 3))
            continue;
        int held = atomic_fetch_add(&t->held, 3) + 3;
        if (held > atomic_load(&t->most))
            atomic_store(&t->most, held);
        if (account_take(&t->account, 8))
            account_give(&t->account, 8);
        atomic_fetch_sub(&t->held, 3);
        limits_give(&t->limits, LIMIT_PROCESSES, 3);
    }
}

TEST(threads_never_have_more_than_a_limit_together)
{
    static struct taking t_;
    uintptr_t threads[TAKERS];
    limits_init(&t_.limits);
    atomic_store(&t_.limits.value[LIMIT_PROCESSES], HELD_MAX);
    atomic_store(&t_.account.limit, 8);
    for (int i = 0; i < TAKERS; i++)
        CHECK_EQ(host_thread_start(&threads[i], take_and_give, &t_), 0);
    for (int i = 0; i < TAKERS; i++)
        host_thread_join(threads[i]);
    CHECK(atomic_load(&t_.most) >= 3);
    CHECK(atomic_load(&t_.most) <= 9);
    CHECK_EQ(atomic_load(&t_.limits.used[LIMIT_PROCESSES]), 0);
    CHECK_EQ(atomic_load(&t_.account.used), 0);
}
