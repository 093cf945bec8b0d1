/* trace_test.c: kernel/trace.h: what an observer is told of the life of processes. */
#include "kernel/trace.h"

#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"
#include "kernel/file.h"
#include "kernel/pipe.h"
#include "sys.h"
#include "tests/unit/calls/fixture.h"

static const struct sys_start offer = {.place = SYS_RUN_OFFER};

struct log {
    struct lock lock;
    size_t len;
    uint64_t last_ns;
    bool in_order;
    char text[20000];
};

/* Adds a line "pid kind number text". */
static void log_event(void *arg, const struct trace_event *e)
{
    static const char *const kinds[] = {"start", "name", "run",    "wait",
                                        "wake",  "call", "signal", "exit"};
    struct log *l = arg;
    lock_acquire(&l->lock);
    l->in_order &= e->time_ns + 1000000000 >= l->last_ns;
    l->last_ns = e->time_ns;
    l->len += fmt_to(l->text + l->len, sizeof l->text - l->len, "%d %s %lld %s\n", e->pid,
                     kinds[e->kind], (long long)e->number, e->text ? e->text : "-");
    lock_release(&l->lock);
}

static int signal_and_exit(void *arg)
{
    (void)arg;
    return sys_kill(sys_getppid(), SYS_SIGWINCH) ? 1 : 5;
}

static void live(struct test *t)
{
    char *argv[] = {"wait", NULL};
    int fds[2];
    char c;
    struct sys_ended ended;
    (void)t;
    CHECK_EQ(sys_pipe(fds, 0), 0);
    CHECK_EQ(sys_clone(signal_and_exit, NULL, &offer), 3);
    CHECK_EQ(sys_close(fds[1]), 0);
    CHECK_EQ(sys_read(fds[0], &c, 1), 0);
    CHECK_EQ(sys_wait(3, 0, &ended), 3);
    CHECK_EQ(sys_spawn("wait", argv, argv + 1, &offer), 4);
    CHECK_EQ(sys_kill(4, SYS_SIGKILL), 0);
    CHECK_EQ(sys_wait(4, 0, &ended), 4);
    sys_set_name("a name of more than thirty-one bytes");
}

static void trace_run_of(struct test *t, struct log *l, bool calls)
{
    struct fixture *f = fixture_new();
    *l = (struct log){.in_order = true};
    lock_init(&l->lock, LOCK_TRACE);
    struct trace trace = {.sink = log_event, .arg = l, .calls = calls};
    fixture_open(f, t, 2, &(struct kernel_config){0});
    f->kernel.trace = &trace;
    fixture_run(f, live);
    fixture_close(f);
    free(f);
}

TEST(a_trace_tells_of_every_step_of_a_process_by_itself)
{
    static struct log l;
    trace_run_of(t, &l, true);
    static const char *const lines[] = {
        "2 start 1 body\n", "3 start 2 body\n",
        "3 run ",           "2 signal 28 -\n",
        "3 exit 5 -\n",     "4 start 2 wait\n",
        "4 signal 9 -\n",   "4 exit -9 -\n",
        "2 call 3 clone\n", "2 call 0 pipe\n",
        "2 call 4 spawn\n", "2 call 0 read\n",
        "2 exit 0 -\n",     "2 name 0 a name of more than thirty-one \n"};
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        if (!CHECK(strstr(l.text, lines[i])))
            CHECK_STR(lines[i], l.text); // shows both
    CHECK(l.in_order);
}

TEST(a_trace_without_calls_tells_of_none_by_itself)
{
    static struct log l;
    trace_run_of(t, &l, false);
    CHECK(strstr(l.text, "3 exit 5 -\n"));
    CHECK(!strstr(l.text, " call "));
}

TEST(the_reason_of_a_wait_names_its_file_and_its_process)
{
    struct file *ends[2];
    char text[40];
    CHECK_EQ(file_new_pipe(t->kernel, ends), 0);
    struct wait_reason reason = {"a writer of", ends[0], 0};
    CHECK_EQ(trace_reason(&reason, text, sizeof text), 20);
    CHECK_STR(text, "a writer of pipe:[1]");
    reason = (struct wait_reason){"process", NULL, 7};
    trace_reason(&reason, text, sizeof text);
    CHECK_STR(text, "process 7");
    reason = (struct wait_reason){.what = "a timer"};
    trace_reason(&reason, text, sizeof text);
    CHECK_STR(text, "a timer");
    file_put(ends[0]);
    file_put(ends[1]);
}
