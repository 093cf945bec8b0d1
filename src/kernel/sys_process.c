/* sys_process.c: the calls that make, replace, end and name processes. Documented in
 * sys.h. */
#include <errno.h>
#include <string.h>

#include "base/fmt.h"
#include "kernel/args.h"
#include "kernel/door.h"
#include "kernel/family.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "kernel/runtime.h"
#include "kernel/trace.h"
#include "kernel/worker.h"
#include "sys.h"

/* ---- Starting --------------------------------------------------------------------- */

static int do_clone(struct process *self, int (*main)(void *arg), void *arg,
                    const struct sys_start *start)
{
    struct process *child;
    int err = process_new(self->kernel, self, true, start, &child);
    if (err)
        return err;
    err = fdtab_copy(&child->fds, &self->fds);
    if (err) {
        process_abandon(child);
        return err;
    }
    if (start->release && process_add_death(child, start->release, arg)) {
        process_abandon(child);
        return -ENOMEM;
    }
    child->main = main;
    child->arg = arg;
    int pid = child->pid;
    process_start(child);
    return pid;
}

int sys_clone(int (*main)(void *arg), void *arg, const struct sys_start *start)
{
    struct process *self = sys_enter(CALL_CLONE);
    int pid = do_clone(self, main, arg, start);
    if (pid < 0 && start->release)
        start->release(arg);
    return (int)sys_leave(self, pid);
}

/* The last part of a path. */
static const char *process_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* What exec and spawn need: the program, and its words in one block. */
static int process_resolve(struct process *self, const char *path, char *const argv[],
                           char *const envp[], const struct program **program,
                           struct args **args)
{
    char **prefix = NULL;
    int err = self->kernel->hooks->exec_resolve(self, path, program, &prefix);
    if (err)
        return err;
    err = args_new(self->kernel, prefix, argv, envp, args);
    for (char **word = prefix; word && *word; word++)
        heap_free(&self->heap, *word);
    heap_free(&self->heap, prefix);
    return err;
}

static void process_set_program(struct process *p, const struct program *program,
                                struct args *args, const char *path)
{
    struct kernel *k = p->kernel;
    lock_acquire(&k->family);
    struct args *old = p->args;
    p->args = args;
    p->program = program;
    fmt_to(p->name, sizeof p->name, "%s", process_base_name(path));
    lock_release(&k->family);
    args_put(k, old);
    p->main = NULL;
}

static int do_spawn(struct process *self, const char *path, char *const argv[],
                    char *const envp[], const struct sys_start *start)
{
    const struct program *program;
    struct args *args;
    int err = process_resolve(self, path, argv, envp, &program, &args);
    if (err)
        return err;
    struct process *child;
    err = process_new(self->kernel, self, program->deep, start, &child);
    if (err) {
        args_put(self->kernel, args);
        return err;
    }
    process_set_program(child, program, args, path);
    err = fdtab_copy(&child->fds, &self->fds);
    if (err) {
        process_abandon(child);
        return err;
    }
    fdtab_close_on_exec(&child->fds);
    atomic_store(&child->caught, 0);
    int pid = child->pid;
    process_start(child);
    return pid;
}

int sys_spawn(const char *path, char *const argv[], char *const envp[],
              const struct sys_start *start)
{
    struct process *self = sys_enter(CALL_SPAWN);
    return (int)sys_leave(self, do_spawn(self, path, argv, envp, start));
}

static int do_exec(struct process *self, const char *path, char *const argv[],
                   char *const envp[])
{
    const struct program *program;
    struct args *args;
    int err = process_resolve(self, path, argv, envp, &program, &args);
    if (err)
        return err;
    if (program->deep != self->deep) {
        err = stack_get(&self->kernel->runtime->stacks,
                        program->deep ? STACK_DEEP : STACK_SMALL, &self->next_stack);
        if (err) {
            args_put(self->kernel, args);
            return err;
        }
    }
    process_set_program(self, program, args, path);
    process_reset(self);
    if (self->kernel->trace)
        trace_event(self->kernel, TRACE_NAME, self->pid, 0, self->name);
    process_restart(self);
}

int sys_exec(const char *path, char *const argv[], char *const envp[])
{
    struct process *self = sys_enter(CALL_EXEC);
    return (int)sys_leave(self, do_exec(self, path, argv, envp));
}

/* ---- Ending ----------------------------------------------------------------------- */

_Noreturn void sys_exit(int status)
{
    struct process *self = sys_enter(CALL_EXIT);
    sys_leave(self, 0); // a signal that came before counts
    process_exit(self, status & 255, 0);
}

_Noreturn void sys_exit_signal(int sig)
{
    struct process *self = sys_enter(CALL_EXIT);
    process_exit(self, 0, sig);
}

int sys_wait(int which, unsigned flags, struct sys_ended *ended)
{
    struct process *self = sys_enter(CALL_WAIT);
    return (int)sys_leave(self, family_wait(self, which, flags, ended));
}

/* ---- Identity --------------------------------------------------------------------- */

int sys_getpid(void) { return process_self()->pid; }

int sys_getppid(void)
{
    struct process *self = process_self();
    lock_acquire(&self->kernel->family);
    int pid = self->parent->pid;
    lock_release(&self->kernel->family);
    return pid;
}

int sys_getuid(void) { return 1000; }

int sys_getgid(void) { return 1000; }

/* The living process pid (0: self) as seen by self. */
static struct process *process_find_live(struct process *self, int pid)
{
    struct process *p = pid ? process_find_locked(self->kernel, pid) : self;
    return p && !p->zombie ? p : NULL;
}

int sys_getpgid(int pid)
{
    struct process *self = sys_enter(CALL_GETPGID);
    lock_acquire(&self->kernel->family);
    struct process *p = process_find_live(self, pid);
    int pgid = p ? p->pgid : -ESRCH;
    lock_release(&self->kernel->family);
    return (int)sys_leave(self, pgid);
}

int sys_getsid(int pid)
{
    struct process *self = sys_enter(CALL_GETSID);
    lock_acquire(&self->kernel->family);
    struct process *p = process_find_live(self, pid);
    int sid = p ? p->sid : -ESRCH;
    lock_release(&self->kernel->family);
    return (int)sys_leave(self, sid);
}

static int do_setpgid_locked(struct process *self, int pid, int pgid)
{
    struct process *p = process_find_live(self, pid);
    if (pgid < 0)
        return -EINVAL;
    if (!p || (p != self && p->parent != self))
        return -ESRCH;
    if (p->sid != self->sid || p->sid == p->pid)
        return -EPERM;
    if (pgid == 0 || pgid == p->pid) {
        p->pgid = p->pid;
        return 0;
    }
    return family_set_group(p, pgid);
}

int sys_setpgid(int pid, int pgid)
{
    struct process *self = sys_enter(CALL_SETPGID);
    lock_acquire(&self->kernel->family);
    int err = do_setpgid_locked(self, pid, pgid);
    lock_release(&self->kernel->family);
    return (int)sys_leave(self, err);
}

int sys_setsid(void)
{
    struct process *self = sys_enter(CALL_SETSID);
    lock_acquire(&self->kernel->family);
    int sid = -EPERM;
    if (!family_has_group(self->kernel, self->pid, self->sid))
        sid = self->sid = self->pgid = self->pid;
    lock_release(&self->kernel->family);
    return (int)sys_leave(self, sid);
}

void sys_set_name(const char *name)
{
    struct process *self = sys_enter(CALL_SET_NAME);
    lock_acquire(&self->kernel->family);
    fmt_to(self->name, sizeof self->name, "%s", name);
    lock_release(&self->kernel->family);
    if (self->kernel->trace)
        trace_event(self->kernel, TRACE_NAME, self->pid, 0, self->name);
    sys_leave(self, 0);
}

/* Makes the arrays of argv and environ that point into the block of words. */
static void process_point_args(struct process *self)
{
    struct args *a = self->args;
    char **arrays = process_alloc(self, (a->argc + a->envc + 2) * sizeof *arrays);
    self->argv = arrays;
    self->environ = arrays + a->argc + 1;
    char *env = args_point(a->text, a->argc, self->argv);
    args_point(env, a->envc, self->environ);
}

char **sys_argv(void)
{
    struct process *self = process_self();
    if (!self->argv)
        process_point_args(self);
    return self->argv;
}

char **sys_environ(void)
{
    struct process *self = process_self();
    if (!self->argv)
        process_point_args(self);
    return self->environ;
}

void sys_times(struct sys_times *times)
{
    struct process *self = sys_enter(CALL_TIMES);
    worker_tick_slow(self->worker); // brings cpu_ns up to date
    lock_acquire(&self->kernel->family);
    *times = (struct sys_times){self->cpu_ns, self->children_cpu_ns};
    lock_release(&self->kernel->family);
    sys_leave(self, 0);
}
