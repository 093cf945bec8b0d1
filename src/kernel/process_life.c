/* process_life.c: the life of a process: making, starting, exec, dying. See process.h. */
#include <errno.h>
#include <string.h>

#include "base/fmt.h"
#include "kernel/args.h"
#include "kernel/door.h"
#include "kernel/family.h"
#include "kernel/host.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "kernel/rlimits.h"
#include "kernel/runtime.h"
#include "kernel/trace.h"
#include "kernel/worker.h"

struct death {
    void (*release)(void *state);
    void *state;
    struct death *next;
};

/* ---- Making ----------------------------------------------------------------------- */

static void process_init_fields(struct process *p, struct kernel *k)
{
    p->kernel = k;
    atomic_init(&p->state, PROCESS_NEW);
    atomic_init(&p->refs, 1);
    list_init(&p->run_link);
    list_init(&p->all_link);
    list_init(&p->children);
    list_init(&p->zombies);
    list_init(&p->sibling);
    waitq_init(&p->child_ended);
    heap_init(&p->heap, &k->runtime->pool, &k->account);
    fdtab_init(&p->fds, k);
}

/* What a child takes over from its parent but for descriptors and cwd. */
static void process_inherit(struct process *p, struct process *parent)
{
    atomic_store(&p->blocked, atomic_load(&parent->blocked));
    atomic_store(&p->ignored, atomic_load(&parent->ignored));
    atomic_store(&p->caught, atomic_load(&parent->caught));
    p->args = args_get(parent->args);
    p->rlimits = rlimits_get(parent->rlimits);
    p->program = parent->program;
}

struct process *process_new_init(struct kernel *k)
{
    struct process *p = kernel_alloc_zero(k, sizeof *p);
    if (!p)
        return NULL;
    process_init_fields(p, k);
    fmt_to(p->name, sizeof p->name, "init");
    family_add_init(k, p);
    return p;
}

int process_new(struct kernel *k, struct process *parent, bool deep,
                const struct sys_start *start, struct process **process)
{
    struct process *p = kernel_alloc_zero(k, sizeof *p);
    if (!p)
        return -ENOMEM;
    process_init_fields(p, k);
    p->place = (uint8_t)start->place;
    p->deep = deep;
    int err = stack_get(&k->runtime->stacks, deep ? STACK_DEEP : STACK_SMALL, &p->stack);
    if (err) {
        kernel_free(k, p);
        return err;
    }
    if (parent)
        process_inherit(p, parent);
    err = k->hooks->process_init(p, parent);
    if (!err)
        err = family_add(k, p, parent, start->pgid);
    if (err) {
        process_abandon(p);
        return err;
    }
    *process = p;
    return 0;
}

void process_abandon(struct process *p)
{
    struct kernel *k = p->kernel;
    if (p->pid)
        family_forget(p);
    fdtab_fini(&p->fds);
    rlimits_put(k, p->rlimits);
    if (p->fs)
        k->hooks->process_fini(p);
    heap_fini(&p->heap);
    stack_put(&k->runtime->stacks, &p->stack);
    process_put(p);
}

void process_start(struct process *p)
{
    struct kernel *k = p->kernel;
    struct worker *w = host_worker();
    fiber_init(&p->fiber, p->stack.low, p->stack.size, process_main, p);
    atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed); // the scheduler's
    atomic_fetch_add(&k->live, 1);
    kernel_active(k);
    atomic_store(&p->state, PROCESS_READY);
    if (k->trace)
        trace_event(k, TRACE_START, p->pid, p->parent ? p->parent->pid : 0, p->name);
    if (p->place == SYS_RUN_NEXT && w && !k->deterministic) {
        if (w->next)
            worker_push(w, w->next);
        w->next = p;
        return;
    }
    runtime_ready(k->runtime, p);
    if (w && !k->deterministic)
        worker_crowded(w);
}

void process_put(struct process *p)
{
    if (atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) != 1)
        return;
    args_put(p->kernel, p->args);
    kernel_free(p->kernel, p);
}

/* ---- Running ---------------------------------------------------------------------- */

void process_main(void *process)
{
    struct process *p = process;
    fiber_entered(&p->fiber);
    door_check(p); // it may have been killed before it ran
    int status;
    if (p->main) {
        status = p->main(p->arg);
    } else {
        char **argv = sys_argv();
        status = p->program->start(p->program->entry, (int)p->args->argc, argv);
    }
    process_exit(process_self(), status & 255, 0);
}

/* ---- Dying ------------------------------------------------------------------------ */

int process_add_death(struct process *p, void (*release)(void *state), void *state)
{
    struct death *d = heap_alloc(&p->heap, sizeof *d);
    if (!d)
        return -ENOMEM;
    *d = (struct death){.release = release, .state = state, .next = p->deaths};
    p->deaths = d;
    return 0;
}

void sys_at_death(void (*release)(void *state), void *state)
{
    struct process *self = process_self();
    if (process_add_death(self, release, state))
        door_limit(self, LIMIT_MEMORY);
}

void sys_not_at_death(void (*release)(void *state), void *state)
{
    struct process *self = process_self();
    for (struct death **at = &self->deaths; *at; at = &(*at)->next)
        if ((*at)->release == release && (*at)->state == state) {
            struct death *d = *at;
            *at = d->next;
            sys_free(d);
            return;
        }
}

/* Gives up all that a program has: what it registered, then its heap. */
static void process_release_program(struct process *self)
{
    while (self->deaths) {
        struct death *d = self->deaths;
        self->deaths = d->next;
        d->release(d->state);
    }
    memset(self->slots, 0, sizeof self->slots);
    self->argv = self->environ = NULL;
    self->depth = 0;
    heap_fini(&self->heap);
}

/* Gives back what was taken in advance of the counted limits. */
static void process_return_allowance(struct process *self)
{
    limits_give(&self->kernel->limits, LIMIT_COMMANDS, self->allowance[0]);
    limits_give(&self->kernel->limits, LIMIT_LOOPS, self->allowance[1]);
    self->allowance[0] = self->allowance[1] = 0;
}

_Noreturn void process_exit(struct process *self, int status, int sig)
{
    struct kernel *k = self->kernel;
    ASSERT(!self->exiting);
    self->exiting = true;
    process_release_program(self);
    process_return_allowance(self);
    fdtab_fini(&self->fds);
    rlimits_put(k, self->rlimits);
    self->rlimits = NULL;
    k->hooks->process_fini(self);
    if (k->trace)
        trace_event(k, TRACE_EXIT, self->pid, sig ? -sig : status, NULL);
    struct worker *w = host_worker();
    worker_account(w);
    family_exit(self, status, sig);
    worker_switch_last(w, AFTER_EXIT);
}

void process_reset(struct process *self)
{
    process_release_program(self);
    fdtab_close_on_exec(&self->fds);
    atomic_store(&self->caught, 0);
    if (atomic_load(&self->pending)) // a caught one that was not taken acts now
        atomic_fetch_or(&self->attention, ATTENTION_SIGNAL);
}

_Noreturn void process_restart(struct process *self)
{
    (void)self;
    worker_switch_last(host_worker(), AFTER_EXEC);
}

void process_swap_stack(struct process *p)
{
    fiber_fini(&p->fiber);
    if (p->next_stack.low) {
        stack_put(&p->kernel->runtime->stacks, &p->stack);
        p->stack = p->next_stack;
        p->next_stack.low = NULL;
    }
    p->deep = p->program->deep;
    fiber_init(&p->fiber, p->stack.low, p->stack.size, process_main, p);
}
