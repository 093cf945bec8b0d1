/* guest_test.c: kernel/guest.h: a thread of the test's serves the first worker. */
#include "kernel/guest.h"

#include <stdlib.h>
#include <time.h>

#include "kernel/host.h"
#include "kernel/worker.h"
#include "sys.h"
#include "tests/unit/calls/fixture.h"

static bool run_is_over(void *arg)
{
    return atomic_load(&((struct fixture *)arg)->run_over);
}

static void start_body(struct fixture *f, test_fn *body)
{
    static char *const argv[] = {"body", NULL};
    f->body = body;
    atomic_store(&f->run_over, 0);
    CHECK(kernel_start(&f->kernel, kernel_program(&f->kernel, "body"), argv, argv + 1,
                       NULL) > 0);
}

static void take_ended(struct fixture *f, int pid)
{
    int status, sig;
    CHECK(kernel_ended(&f->kernel, pid, &status, &sig));
    CHECK_EQ(status, 0);
}

static struct fixture *open_with(struct test *t, unsigned workers)
{
    struct fixture *f = fixture_new();
    fixture_open(f, t, workers, &(struct kernel_config){0});
    return f;
}

static uintptr_t seen_by;

static void note_thread(struct test *t)
{
    struct sys_ended ended;
    char *argv[] = {"exit", "0", NULL};
    struct sys_start start = {.place = SYS_RUN_LOCAL};
    (void)t;
    seen_by = (uintptr_t)host_worker();
    CHECK_EQ(sys_sleep(0.005), 0);
    for (int i = 0; i < 10; i++)
        CHECK(sys_spawn("exit", argv, argv + 2, &start) > 0);
    while (sys_wait(-1, 0, &ended) > 0)
        continue;
}

TEST(a_guest_runs_everything_itself_and_comes_again_by_itself)
{
    struct fixture *f = open_with(t, 1);
    for (int pid = 2; pid < 40; pid += 11) {
        struct worker *w = guest_enter(&f->runtime);
        if (!CHECK(w == &f->runtime.workers[0]))
            break;
        CHECK(!guest_enter(&f->runtime)); // it is served
        start_body(f, note_thread);
        CHECK_EQ(atomic_load(&f->run_over), 0); // nobody else does it
        guest_work(w, run_is_over, f);
        take_ended(f, pid);
        CHECK_EQ(seen_by, (uintptr_t)w);
        CHECK(!host_worker()); // the thread is an ordinary one again
        guest_leave(w);
        CHECK_EQ(w->thread, 0);
    }
    fixture_close(f);
    free(f);
}

static void sleep_long(struct test *t)
{
    (void)t;
    CHECK_EQ(sys_sleep(0.05), 0);
}

static bool at_once(void *arg)
{
    (void)arg;
    return true;
}

TEST(a_run_goes_on_when_its_guest_leaves_by_itself)
{
    struct fixture *f = open_with(t, 1);
    struct worker *w = guest_enter(&f->runtime);
    start_body(f, sleep_long);
    guest_work(w, at_once, NULL);
    guest_leave(w); // a thread takes its place
    while (!atomic_load(&f->run_over))
        host_futex_wait(&f->run_over, 0, -1);
    take_ended(f, 2);
    CHECK(w->thread != 0);
    CHECK(!guest_enter(&f->runtime)); // a worker's thread serves it
    fixture_close(f);
    free(f);
}

struct poking {
    struct worker *worker;
    atomic_bool done;
};

static bool poked(void *arg) { return atomic_load(&((struct poking *)arg)->done); }

static void poke_late(void *arg)
{
    struct poking *p = arg;
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    atomic_store(&p->done, true);
    guest_poke(p->worker);
}

TEST(a_sleeping_guest_asks_again_when_it_is_poked_by_itself)
{
    struct fixture *f = open_with(t, 2);
    uintptr_t thread;
    struct poking p = {.worker = guest_enter(&f->runtime)};
    for (int i = 0; i < 3; i++) {
        atomic_store(&p.done, false);
        CHECK_EQ(host_thread_start(&thread, poke_late, &p), 0);
        guest_work(p.worker, poked, &p); // there is nothing to run: it would sleep on
        host_thread_join(thread);
        CHECK(atomic_load(&p.done));
    }
    guest_leave(p.worker);
    fixture_close(f);
    free(f);
}
