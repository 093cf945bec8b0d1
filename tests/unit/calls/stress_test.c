/* stress_test.c: processes killed at every moment: in calls, allocations, transfers,
 * spawns.
 *
 * A few hunters keep a herd of victims each and kill one after another at random; at the
 * end nothing may be left: the fixture finds a leak, a stuck process, a descriptor; the
 * harness's alarm finds a lost wake-up. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/rand.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "sys.h"
#include "tests/unit/calls/fixture.h"

#if defined __SANITIZE_ADDRESS__ || defined SHOAL_MALLOC_HEAP
enum { STRESS_KILLS = 10000 };
#else
enum { STRESS_KILLS = 100000 };
#endif
enum { STRESS_HUNTERS = 4, STRESS_HERD = 12 };

static const struct sys_start places[] = {{.place = SYS_RUN_NEXT},
                                          {.place = SYS_RUN_LOCAL},
                                          {.place = SYS_RUN_OFFER},
                                          {.pgid = -1}};

static const struct sys_start *any_place(struct rand *r)
{
    return &places[rand_below(r, COUNT_OF(places))];
}

static void seed(struct rand *r)
{
    uint64_t bits;
    sys_random(&bits, sizeof bits);
    rand_init(r, bits);
}

/* ---- What victims do, again and again --------------------------------------------- */

static void do_memory(struct rand *r)
{
    char *blocks[16];
    for (size_t i = 0; i < COUNT_OF(blocks); i++) {
        size_t size = 1 + rand_below(r, rand_below(r, 8) ? 300 : 20000);
        blocks[i] = memset(sys_alloc(size), 1, size);
    }
    for (size_t i = 0; i < COUNT_OF(blocks); i += 2)
        sys_free(blocks[i]);
    sys_ticks((unsigned)rand_below(r, 3000));
}

/* Descriptors go to a child in the pointer itself: its parent may be gone before it
 * looks. */
static void *pack_fds(const int fds[2])
{
    return (void *)(intptr_t)(fds[0] << 16 | fds[1]);
}

static int feed(void *arg)
{
    int writer = (int)((intptr_t)arg & 0xffff);
    char buf[3000] = {0};
    struct rand r;
    seed(&r);
    sys_close((int)((intptr_t)arg >> 16));
    for (int i = 0; i < 20; i++)
        if (sys_write(writer, buf, 1 + rand_below(&r, sizeof buf)) < 0)
            return 1;
    return 0;
}

static void do_transfer(struct rand *r)
{
    int fds[2];
    char buf[2000];
    if (sys_pipe(fds, 0))
        return;
    int pid = sys_clone(feed, pack_fds(fds), any_place(r));
    sys_close(fds[1]);
    while (pid > 0 && sys_read(fds[0], buf, 1 + rand_below(r, sizeof buf)) > 0)
        if (rand_below(r, 100) == 0)
            break; // the writer gets SIGPIPE
    sys_close(fds[0]);
    struct sys_ended ended;
    if (pid > 0 && sys_wait(pid, 0, &ended) < 0)
        return;
}

static void do_spawn(struct rand *r)
{
    char *argv[] = {"exit", "3", NULL};
    struct sys_ended ended;
    int count = (int)rand_below(r, 4);
    for (int i = 0; i < count; i++)
        if (sys_spawn("exit", argv, argv + 2, any_place(r)) < 0)
            return;
    while (sys_wait(-1, 0, &ended) > 0)
        continue;
}

static int fill_capture(void *arg)
{
    return sys_write((int)((intptr_t)arg & 0xffff), "some bytes", 10) != 10;
}

static void do_capture(struct rand *r)
{
    int fds[2];
    char *data;
    size_t len;
    struct sys_ended ended;
    if (sys_capture(fds))
        return;
    int pid = sys_clone(fill_capture, pack_fds(fds), any_place(r));
    sys_close(fds[1]);
    if (sys_capture_take(fds[0], &data, &len) == 0)
        sys_free(data);
    if (pid > 0 && sys_wait(pid, 0, &ended) < 0)
        return;
}

static void do_sleep(struct rand *r)
{
    struct sys_pollfd none = {-1, 0, 0};
    int err = sys_sleep((double)rand_below(r, 100) / 1e6);
    if (!err && sys_poll(&none, 1, (int64_t)rand_below(r, 50000)) < 0)
        return;
}

static void drop_shared(void *state) { sys_share_free(state); }

static _Noreturn int victim(void *arg)
{
    static void (*const acts[])(struct rand *) = {do_memory, do_transfer, do_spawn,
                                                  do_capture, do_sleep};
    struct rand r;
    (void)arg;
    void *state = sys_share_alloc(500);
    sys_at_death(drop_shared, state);
    seed(&r);
    for (;;)
        acts[rand_below(&r, COUNT_OF(acts))](&r);
}

/* ---- Hunters ---------------------------------------------------------------------- */

/* Kills pid in one of several ways and waits for its end. */
static int hunt(struct rand *r, int pid)
{
    static const int kills[] = {SYS_SIGKILL, SYS_SIGTERM, SYS_SIGINT, SYS_SIGUSR1};
    struct sys_ended ended;
    if (rand_below(r, 16) == 0) { // stopped ones die of SIGKILL alone
        if (sys_kill(pid, SYS_SIGSTOP) || sys_kill(pid, SYS_SIGKILL))
            return -1;
    } else if (sys_kill(pid, kills[rand_below(r, COUNT_OF(kills))])) {
        return -1;
    }
    int got = sys_wait(pid, 0, &ended);
    return got == pid && ended.signal ? 0 : -1;
}

static int hunter(void *arg)
{
    atomic_int *kills = arg;
    int herd[STRESS_HERD] = {0};
    struct rand r;
    seed(&r);
    while (atomic_fetch_add(kills, 1) < STRESS_KILLS) {
        int *pid = &herd[rand_below(&r, STRESS_HERD)];
        if (*pid && hunt(&r, *pid))
            return 1;
        *pid = sys_clone(victim, NULL, any_place(&r));
        if (*pid < 0)
            return 2;
        if (rand_below(&r, 4) == 0 && sys_sleep(rand_below(&r, 20) / 1e6))
            return 3;
    }
    for (int i = 0; i < STRESS_HERD; i++)
        if (herd[i] && hunt(&r, herd[i]))
            return 4;
    return 0;
}

TEST(processes_killed_at_every_moment_leave_nothing_behind)
{
    atomic_int *kills = sys_share_alloc(sizeof *kills);
    struct sys_ended ended;
    atomic_init(kills, 0);
    for (int i = 0; i < STRESS_HUNTERS; i++)
        CHECK(sys_clone(hunter, kills, &places[2]) > 0);
    for (int i = 0; i < STRESS_HUNTERS; i++) {
        CHECK(sys_wait(-1, 0, &ended) > 0);
        CHECK_EQ(ended.status, 0);
    }
    CHECK(atomic_load(kills) >= STRESS_KILLS);
    sys_share_free(kills);
}

/* The whole run is ended from outside while everything happens. */
static void start_herd(struct test *t)
{
    (void)t;
    for (int i = 0; i < 30; i++)
        CHECK(sys_clone(victim, NULL, &places[2]) > 0);
    CHECK_EQ(sys_sleep(0.0001 * (double)(sys_getpid() % 20)), 0);
    kernel_end(t->kernel, KERNEL_END_CANCEL);
}

TEST(cancelled_runs_leave_nothing_behind_by_itself)
{
    struct fixture *f = fixture_new();
    fixture_open(f, t, 3, &(struct kernel_config){0});
    for (int run = 0; run < STRESS_KILLS / 200; run++) {
        fixture_run(f, start_herd);
        CHECK_EQ(atomic_load(&f->kernel.ending), KERNEL_END_CANCEL);
        kernel_rearm(&f->kernel);
    }
    fixture_close(f);
    free(f);
}
