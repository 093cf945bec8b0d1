/* family_test.c: kernel/family.h: whom one waits for, orphans, groups, sessions. */
#include "kernel/family.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "kernel/kernel.h"
#include "kernel/process.h"
#include "sys.h"
#include "tests/unit/calls/fixture.h"

static const struct sys_start next = {.place = SYS_RUN_NEXT};
static const struct sys_start offer = {.place = SYS_RUN_OFFER};
static const struct sys_start apart = {.place = SYS_RUN_OFFER, .pgid = -1};
static char *const no_env[] = {NULL};

static int spawn_wait(const struct sys_start *start)
{
    char *argv[] = {"wait", NULL};
    int pid = sys_spawn("wait", argv, no_env, start);
    CHECK(pid > 0);
    return pid;
}

static int exit_with(void *arg) { return *(int *)arg; }

static void end(int pid)
{
    struct sys_ended ended;
    CHECK_EQ(sys_kill(pid, SYS_SIGKILL), 0);
    CHECK_EQ(sys_wait(pid, 0, &ended), pid);
}

/* Waits until pid is a zombie. */
static void until_ended(int pid)
{
    while (sys_getpgid(pid) != -ESRCH)
        CHECK_EQ(sys_sleep(0.001), 0);
}

TEST(wait_for_the_own_group_passes_children_of_others_by)
{
    struct sys_ended ended;
    int status = 3, other = spawn_wait(&apart);
    int same = sys_clone(exit_with, &status, &offer);
    CHECK_EQ(sys_wait(0, 0, &ended), same);
    CHECK_EQ(ended.status, 3);
    CHECK_EQ(sys_wait(0, 0, &ended), -ECHILD);
    CHECK_EQ(sys_wait(-sys_getpid(), 0, &ended), -ECHILD); // the same group
    CHECK_EQ(sys_wait(-other, SYS_NOHANG, &ended), 0);
    end(other);
    CHECK_EQ(sys_wait(-other, SYS_NOHANG, &ended), -ECHILD);
}

TEST(wait_gives_the_child_that_ended_first)
{
    struct sys_ended ended;
    int status[] = {1, 2, 3}, pids[3];
    for (int i = 0; i < 3; i++) {
        pids[i] = sys_clone(exit_with, &status[i], &next);
        until_ended(pids[i]);
    }
    CHECK_EQ(sys_wait(pids[1], 0, &ended), pids[1]); // one by name does not wait its turn
    CHECK_EQ(sys_wait(-1, 0, &ended), pids[0]);
    CHECK_EQ(sys_wait(-1, 0, &ended), pids[2]);
    CHECK_EQ(sys_wait(-1, 0, &ended), -ECHILD);
}

static int wait_for_pid(void *arg)
{
    struct sys_ended ended;
    return sys_wait(*(int *)arg, 0, &ended) == -ECHILD ? 0 : 1;
}

TEST(only_the_parent_can_wait_for_a_process)
{
    struct sys_ended ended;
    int pid = spawn_wait(&offer), self = sys_getpid();
    CHECK(sys_clone(wait_for_pid, &pid, &next) > 0); // a brother
    CHECK(sys_wait(0, 0, &ended) > 0);
    CHECK_EQ(ended.status, 0);
    CHECK_EQ(sys_wait(self, 0, &ended), -ECHILD);
    CHECK_EQ(sys_wait(1, 0, &ended), -ECHILD);
    CHECK_EQ(sys_wait(INT_MAX, 0, &ended), -ECHILD);
    CHECK_EQ(sys_wait(INT_MIN, 0, &ended), -ECHILD);
    CHECK_EQ(sys_wait(INT_MIN + 1, 0, &ended), -ECHILD);
    end(pid);
}

static int signal_parent(void *arg)
{
    (void)arg;
    if (sys_kill(sys_getppid(), SYS_SIGUSR1))
        return 1;
    while (sys_sleep(1e30) == -EINTR)
        continue;
    return 2;
}

TEST(a_caught_signal_ends_the_wait_for_a_child)
{
    struct sys_ended ended = {.pid = -7};
    CHECK_EQ(sys_signal_set(SYS_SIGUSR1, SYS_CATCH), 0);
    int pid = sys_clone(signal_parent, NULL, &offer);
    CHECK_EQ(sys_wait(pid, 0, &ended), -EINTR);
    CHECK_EQ(ended.pid, -7);
    CHECK_EQ(sys_signal_take(), SYS_SIGUSR1);
    end(pid);
}

struct orphan {
    atomic_int parent, seen;
    int pipe[2];
};

/* Waits until its parent is gone, and looks who is its parent now. */
static int be_orphan(void *arg)
{
    struct orphan *o = arg;
    while (sys_getppid() == atomic_load(&o->parent))
        if (sys_sleep(0.001))
            return 1;
    atomic_store(&o->seen, sys_getppid());
    return 0; // which closes the pipe
}

static int leave_orphan(void *arg)
{
    atomic_store(&((struct orphan *)arg)->parent, sys_getpid());
    return sys_clone(be_orphan, arg, &offer) > 0 ? 0 : 1;
}

TEST(a_child_without_a_parent_is_pid_1s)
{
    struct orphan *o = sys_share_alloc(sizeof *o);
    struct sys_ended ended;
    char c;
    CHECK_EQ(sys_pipe(o->pipe, 0), 0);
    int pid = sys_clone(leave_orphan, o, &offer);
    CHECK_EQ(sys_close(o->pipe[1]), 0);
    CHECK_EQ(sys_wait(pid, 0, &ended), pid);
    CHECK_EQ(ended.status, 0);
    CHECK_EQ(sys_read(o->pipe[0], &c, 1), 0);
    CHECK_EQ(atomic_load(&o->seen), 1);
    CHECK_EQ(sys_wait(-1, 0, &ended), -ECHILD);
    sys_share_free(o);
}

static _Noreturn int exit_large(void *arg)
{
    int how = *(int *)arg;
    if (how < 1000)
        sys_exit(how);
    (void)!sys_signal_set(SYS_SIGTERM, SYS_IGNORE);
    sys_exit_signal(SYS_SIGTERM);
}

TEST(an_exit_status_has_eight_bits)
{
    static const int how[] = {256 + 7, -1, 255, 1000}, status[] = {7, 255, 255, 143};
    struct sys_ended ended;
    for (int i = 0; i < 4; i++) {
        int one = how[i];
        CHECK(sys_clone(exit_large, &one, &next) > 0);
        CHECK(sys_wait(-1, 0, &ended) > 0);
        CHECK_EQ(ended.status, status[i]);
        CHECK_EQ(ended.signal, i == 3 ? SYS_SIGTERM : 0);
    }
}

static int use_cpu(void *arg)
{
    (void)arg;
    struct sys_times times;
    do {
        sys_ticks(1000);
        sys_times(&times);
    } while (times.self_ns < 3000000);
    return 0;
}

static int have_child_use_cpu(void *arg)
{
    struct sys_ended ended;
    return sys_clone(use_cpu, arg, &next) > 0 && sys_wait(-1, 0, &ended) > 0 ? 0 : 1;
}

TEST(the_cpu_time_of_children_and_theirs_is_counted_when_they_are_waited_for)
{
    struct sys_times times;
    struct sys_ended ended;
    sys_times(&times);
    CHECK_EQ(times.children_ns, 0);
    CHECK(sys_clone(have_child_use_cpu, NULL, &next) > 0);
    CHECK(sys_wait(-1, 0, &ended) > 0);
    CHECK_EQ(ended.status, 0);
    sys_times(&times);
    CHECK(times.children_ns >= 3000000);
    CHECK(times.children_ns >= ended.cpu_ns);
}

/* ---- groups and sessions ---------------------------------------------------------- */

TEST(setpgid_refuses_as_posix_says)
{
    int pid = spawn_wait(&offer), self = sys_getpid();
    CHECK_EQ(sys_setpgid(pid, -1), -EINVAL);
    CHECK_EQ(sys_setpgid(9999, 0), -ESRCH);
    CHECK_EQ(sys_setpgid(1, 0), -ESRCH);      // not a child
    CHECK_EQ(sys_setpgid(0, 0), -EPERM);      // the leader of a session
    CHECK_EQ(sys_setpgid(pid, 9999), -EPERM); // no such group
    CHECK_EQ(sys_getpgid(pid), self);
    CHECK_EQ(sys_setpgid(pid, 0), 0);
    CHECK_EQ(sys_getpgid(pid), pid);
    CHECK_EQ(sys_setpgid(pid, self), 0); // and back
    CHECK_EQ(sys_getpgid(pid), self);
    CHECK_EQ(sys_getpgid(9999), -ESRCH);
    CHECK_EQ(sys_getsid(9999), -ESRCH);
    CHECK_EQ(sys_getsid(pid), self);
    CHECK_EQ(sys_getsid(0), self);
    CHECK_EQ(sys_setsid(), -EPERM); // it leads its group
    CHECK_EQ(sys_kill(pid, SYS_SIGKILL), 0);
    until_ended(pid);
    CHECK_EQ(sys_setpgid(pid, 0), -ESRCH);
    end(pid);
}

static int be_session(void *arg)
{
    (void)arg;
    int old = sys_getpgid(0), self = sys_getpid();
    if (sys_setsid() != self || sys_getsid(0) != self || sys_getpgid(0) != self)
        return 1;
    if (sys_setsid() != -EPERM)
        return 2;
    const struct sys_start into_old = {.place = SYS_RUN_NEXT, .pgid = old};
    char *argv[] = {"wait", NULL};
    if (sys_spawn("wait", argv, no_env, &into_old) != -EPERM)
        return 3; // a group of another session
    return 0;
}

TEST(setsid_makes_a_session_and_a_group)
{
    struct sys_ended ended;
    CHECK(sys_clone(be_session, NULL, &offer) > 0);
    CHECK(sys_wait(-1, 0, &ended) > 0);
    CHECK_EQ(ended.status, 0);
}

/* Leaves the group that it leads, in which its child stays. */
static int leave_own_group(void *arg)
{
    int old = *(int *)arg, child = spawn_wait(&next), status = 0;
    if (sys_setpgid(0, old) || sys_getpgid(child) != sys_getpid())
        status = 1;
    else if (sys_setsid() != -EPERM)
        status = 2;
    end(child);
    if (!status && sys_setsid() != sys_getpid())
        status = 3;
    return status;
}

TEST(setsid_refuses_while_others_are_in_the_group_of_that_number)
{
    struct sys_ended ended;
    int group = sys_getpgid(0);
    CHECK(sys_clone(leave_own_group, &group, &apart) > 0);
    CHECK(sys_wait(-1, 0, &ended) > 0);
    CHECK_EQ(ended.status, 0);
}

/* ---- what fails leaves nothing ---------------------------------------------------- */

static void count_release(void *arg) { atomic_fetch_add((atomic_int *)arg, 1); }

static int never(void *arg)
{
    (void)arg;
    return 1;
}

TEST(a_clone_that_fails_releases_its_argument_at_once)
{
    atomic_int *count = sys_share_alloc(sizeof *count);
    struct limits *limits = &t->kernel->limits;
    struct sys_ended ended;
    atomic_init(count, 0);
    struct sys_start start = {.pgid = 9999, .release = count_release};
    uint64_t used = atomic_load(&limits->used[LIMIT_PROCESSES]);
    CHECK_EQ(sys_clone(never, count, &start), -EPERM);
    CHECK_EQ(atomic_load(count), 1);
    CHECK_EQ(atomic_load(&limits->used[LIMIT_PROCESSES]), used);
    atomic_store(&limits->value[LIMIT_PROCESSES], used);
    start.pgid = 0;
    CHECK_EQ(sys_clone(never, count, &start), -EAGAIN);
    CHECK_EQ(atomic_load(count), 2);
    CHECK_EQ(atomic_load(&limits->used[LIMIT_PROCESSES]), used);
    CHECK_EQ(sys_wait(-1, 0, &ended), -ECHILD);
    sys_share_free(count);
}

TEST(a_zombie_counts_against_the_processes_until_it_is_waited_for)
{
    struct limits *limits = &t->kernel->limits;
    struct sys_ended ended;
    int status = 0;
    uint64_t used = atomic_load(&limits->used[LIMIT_PROCESSES]);
    atomic_store(&limits->value[LIMIT_PROCESSES], used + 1);
    int pid = sys_clone(exit_with, &status, &next);
    until_ended(pid);
    CHECK_EQ(sys_clone(exit_with, &status, &next), -EAGAIN);
    CHECK_EQ(sys_kill(pid, SYS_SIGTERM), 0); // it can still be named
    CHECK_EQ(sys_wait(pid, 0, &ended), pid);
    CHECK(sys_clone(exit_with, &status, &next) > pid); // pids are not used again
}
