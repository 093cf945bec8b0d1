/* process_test.c: the life of processes: clone, spawn, exec, exit, wait, groups,
 * re-parenting. */
#include <errno.h>
#include <string.h>

#include "kernel/kernel.h"
#include "kernel/process.h"
#include "sys.h"
#include "tests/unit/calls/fixture.h"

static const struct sys_start next = {.place = SYS_RUN_NEXT};
static const struct sys_start offer = {.place = SYS_RUN_OFFER};
static char *const no_env[] = {NULL};

static int exit_with(void *arg) { return *(int *)arg; }

TEST(clone_runs_a_function_and_wait_gives_its_status)
{
    int status = 7;
    int pid = sys_clone(exit_with, &status, &next);
    struct sys_ended ended;
    CHECK(pid > sys_getpid());
    CHECK_EQ(sys_wait(pid, 0, &ended), pid);
    CHECK_EQ(ended.status, 7);
    CHECK_EQ(ended.signal, 0);
    CHECK_EQ(sys_wait(pid, 0, &ended), -ECHILD);
}

TEST(spawn_runs_a_program_with_its_words)
{
    char *argv[] = {"exit", "42", NULL};
    struct sys_ended ended;
    int pid = sys_spawn("exit", argv, no_env, &next);
    CHECK_EQ(sys_wait(pid, 0, &ended), pid);
    CHECK_EQ(ended.status, 42);
    CHECK_EQ(sys_spawn("nothing", argv, no_env, &next), -ENOENT);
}

static int exec_exit(void *arg)
{
    char *argv[] = {"exit", arg, NULL};
    return sys_exec("exit", argv, no_env) ? 98 : 97;
}

TEST(exec_keeps_the_pid_and_changes_the_program)
{
    struct sys_ended ended;
    int pid = sys_clone(exec_exit, "5", &offer);
    CHECK_EQ(sys_wait(-1, 0, &ended), pid);
    CHECK_EQ(ended.pid, pid);
    CHECK_EQ(ended.status, 5);
}

TEST(wait_without_children_fails_and_nohang_does_not_wait)
{
    struct sys_ended ended;
    char *argv[] = {"wait", NULL};
    CHECK_EQ(sys_wait(-1, 0, &ended), -ECHILD);
    int pid = sys_spawn("wait", argv, no_env, &offer);
    CHECK_EQ(sys_wait(-1, SYS_NOHANG, &ended), 0);
    CHECK_EQ(sys_kill(pid, SYS_SIGTERM), 0);
    CHECK_EQ(sys_wait(pid, 0, &ended), pid);
    CHECK_EQ(ended.status, 128 + SYS_SIGTERM);
    CHECK_EQ(ended.signal, SYS_SIGTERM);
}

static int make_orphan(void *arg)
{
    char *argv[] = {"exit", "0", NULL};
    (void)arg;
    return sys_spawn("exit", argv, no_env, &offer) > 0 ? 3 : 4;
}

TEST(orphans_go_to_pid_1_and_leave_no_zombie)
{
    struct sys_ended ended;
    int pid = sys_clone(make_orphan, NULL, &next);
    CHECK_EQ(sys_wait(pid, 0, &ended), pid);
    CHECK_EQ(ended.status, 3);
    CHECK_EQ(sys_wait(-1, 0, &ended), -ECHILD);
}

TEST(groups_can_be_made_waited_for_and_killed)
{
    char *argv[] = {"wait", NULL};
    struct sys_start own = {.place = SYS_RUN_OFFER, .pgid = -1};
    int leader = sys_spawn("wait", argv, no_env, &own);
    CHECK_EQ(sys_getpgid(leader), leader);
    struct sys_start same = {.place = SYS_RUN_OFFER, .pgid = leader};
    int second = sys_spawn("wait", argv, no_env, &same);
    CHECK_EQ(sys_getpgid(second), leader);
    struct sys_start none = {.place = SYS_RUN_OFFER, .pgid = 9999};
    CHECK_EQ(sys_spawn("wait", argv, no_env, &none), -EPERM);
    CHECK_EQ(sys_kill(-leader, SYS_SIGHUP), 0);
    struct sys_ended ended;
    int first_pid = sys_wait(-leader, 0, &ended);
    CHECK(first_pid == leader || first_pid == second);
    CHECK_EQ(ended.signal, SYS_SIGHUP);
    CHECK_EQ(sys_wait(-leader, 0, &ended), leader + second - first_pid);
    CHECK_EQ(sys_wait(-leader, 0, &ended), -ECHILD);
}

static void count_release(void *state) { (*(int *)state)++; }

static int die_registered(void *arg)
{
    sys_at_death(count_release, arg);
    sys_at_death(count_release, arg);
    sys_not_at_death(count_release, arg);
    char *argv[] = {"spin", NULL};
    return sys_exec("nothing", argv, no_env) ? sys_exec("spin", argv, no_env) : 0;
}

TEST(registered_state_is_released_at_exec_and_at_death)
{
    int *released = sys_share_alloc(sizeof *released);
    struct sys_ended ended;
    *released = 0;
    int pid = sys_clone(die_registered, released, &next);
    CHECK_EQ(sys_sleep(0.01), 0);
    CHECK_EQ(sys_kill(pid, SYS_SIGKILL), 0);
    CHECK_EQ(sys_wait(pid, 0, &ended), pid);
    CHECK_EQ(ended.signal, SYS_SIGKILL);
    CHECK_EQ(*released, 1);
    sys_share_free(released);
}

static int add_one(void *arg)
{
    atomic_fetch_add((atomic_int *)arg, 1);
    return 0;
}

TEST(ten_thousand_children_all_run_and_are_all_waited_for)
{
    atomic_int *count = sys_share_alloc(sizeof *count);
    struct sys_ended ended;
    atomic_init(count, 0);
    for (int i = 0; i < 10000; i++)
        CHECK(sys_clone(add_one, count, &offer) > 0);
    int waited = 0;
    while (sys_wait(-1, 0, &ended) > 0)
        waited++;
    CHECK_EQ(waited, 10000);
    CHECK_EQ(atomic_load(count), 10000);
    sys_share_free(count);
}

TEST(names_are_interned_once)
{
    unsigned path = sys_intern("PATH", 4);
    CHECK_EQ(sys_intern("PATHS", 4), path);
    CHECK_STR(sys_interned(path), "PATH");
    for (int i = 0; i < 3000; i++) {
        char name[8] = {(char)('a' + i % 26), (char)('a' + i / 26 % 26),
                        (char)('a' + i / 676)};
        unsigned id = sys_intern(name, 3);
        CHECK_STR(sys_interned(id), name);
    }
    CHECK_EQ(sys_intern("PATH", 4), path);
}
