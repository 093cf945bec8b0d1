/* family.c: see family.h. */
#include "kernel/family.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "kernel/args.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "kernel/worker.h"

enum { FAMILY_TABLE_MIN = 64 };

/* ---- The table -------------------------------------------------------------------- */

static struct process **family_slot(struct kernel *k, int pid)
{
    return &k->table[(unsigned)pid & (k->table_size - 1)];
}

struct process *process_find_locked(struct kernel *k, int pid)
{
    ASSERT(lock_is_held(&k->family));
    struct process *p = *family_slot(k, pid);
    while (p && p->pid != pid)
        p = p->hash_next;
    return p;
}

static int family_grow(struct kernel *k)
{
    unsigned size = k->table_size * 2;
    struct process **table = kernel_alloc_zero(k, size * sizeof *table);
    if (!table)
        return -ENOMEM;
    struct process **old = k->table;
    unsigned old_size = k->table_size;
    k->table = table;
    k->table_size = size;
    for (unsigned i = 0; i < old_size; i++)
        while (old[i]) {
            struct process *p = old[i];
            old[i] = p->hash_next;
            p->hash_next = *family_slot(k, p->pid);
            *family_slot(k, p->pid) = p;
        }
    if (old != k->first_table)
        kernel_free(k, old);
    return 0;
}

static int family_insert(struct kernel *k, struct process *p)
{
    if (k->process_count >= k->table_size) {
        int err = family_grow(k);
        if (err)
            return err;
    }
    p->pid = k->next_pid++;
    p->hash_next = *family_slot(k, p->pid);
    *family_slot(k, p->pid) = p;
    list_add_tail(&k->all, &p->all_link);
    k->process_count++;
    return 0;
}

/* Takes p out of the table: its pid is forgotten. The table's count is the caller's to
 * drop. */
static void family_remove(struct kernel *k, struct process *p)
{
    struct process **at = family_slot(k, p->pid);
    while (*at != p)
        at = &(*at)->hash_next;
    *at = p->hash_next;
    list_remove(&p->all_link);
    list_remove(&p->sibling);
    k->process_count--;
    limits_give(&k->limits, LIMIT_PROCESSES, 1);
}

void family_init(struct kernel *k)
{
    lock_init(&k->family, LOCK_FAMILY);
    k->table = k->first_table;
    k->table_size = FAMILY_TABLE_MIN;
    static_assert(sizeof k->first_table == FAMILY_TABLE_MIN * sizeof *k->table,
                  "its size");
    list_init(&k->all);
    k->next_pid = 1;
}

void family_add_init(struct kernel *k, struct process *init)
{
    lock_acquire(&k->family);
    int err = family_insert(k, init); // the table is large enough
    ASSERT(!err && init->pid == 1);
    (void)err;
    init->pgid = init->sid = 1;
    k->init = init;
    lock_release(&k->family);
}

/* ---- Beginning -------------------------------------------------------------------- */

bool family_has_group(struct kernel *k, int pgid, int sid)
{
    struct list *l;
    LIST_EACH(l, &k->all)
    {
        struct process *p = LIST_ENTRY(l, struct process, all_link);
        if (p->pgid == pgid && p->sid == sid)
            return true;
    }
    return false;
}

int family_set_group(struct process *p, int pgid)
{
    if (!family_has_group(p->kernel, pgid, p->sid))
        return -EPERM;
    p->pgid = pgid;
    return 0;
}

static int family_join(struct kernel *k, struct process *p, struct process *parent,
                       int pgid)
{
    p->sid = parent == k->init ? p->pid : parent->sid;
    if (pgid == -1 || parent == k->init)
        p->pgid = p->pid;
    else if (pgid == 0)
        p->pgid = parent->pgid;
    else if (pgid == parent->pgid || family_has_group(k, pgid, p->sid))
        p->pgid = pgid;
    else
        return -EPERM;
    return 0;
}

static int family_add_locked(struct kernel *k, struct process *p, struct process *parent,
                             int pgid)
{
    if (atomic_load(&k->ending))
        return -EAGAIN;
    int err = family_insert(k, p);
    if (err)
        return err;
    p->parent = parent;
    list_add_tail(&parent->children, &p->sibling);
    memcpy(p->name, parent->name, sizeof p->name);
    err = family_join(k, p, parent, pgid);
    if (err) {
        family_remove(k, p);
        p->pid = 0;
    }
    return err;
}

int family_add(struct kernel *k, struct process *p, struct process *parent, int pgid)
{
    if (!limits_take(&k->limits, LIMIT_PROCESSES, 1))
        return -EAGAIN;
    if (!limits_take(&k->limits, LIMIT_PROCESSES_TOTAL, 1)) {
        limits_give(&k->limits, LIMIT_PROCESSES, 1);
        kernel_end_limit(k, LIMIT_PROCESSES_TOTAL);
        return -EAGAIN;
    }
    lock_acquire(&k->family);
    int err = family_add_locked(k, p, parent ? parent : k->init, pgid);
    lock_release(&k->family);
    if (err && err != -EPERM)
        limits_give(&k->limits, LIMIT_PROCESSES, 1);
    return err;
}

void family_forget_locked(struct process *p)
{
    family_remove(p->kernel, p);
    p->pid = 0;
}

void family_forget(struct process *p)
{
    lock_acquire(&p->kernel->family);
    family_forget_locked(p);
    lock_release(&p->kernel->family);
}

/* ---- Ending ----------------------------------------------------------------------- */

/* The children of self become pid 1's, which takes the status of those that ended. Gives
 * a list of those, whose counts are to be dropped. */
static void family_orphan(struct kernel *k, struct process *self, struct list *taken)
{
    struct list *l;
    while ((l = list_first(&self->children))) {
        struct process *child = LIST_ENTRY(l, struct process, sibling);
        list_remove(l);
        child->parent = k->init;
        list_add_tail(&k->init->children, l);
    }
    while ((l = list_first(&self->zombies))) {
        struct process *child = LIST_ENTRY(l, struct process, sibling);
        family_remove(k, child);
        list_add_tail(taken, l);
    }
}

/* Tells the parent, or takes the status at once for pid 1. */
static void family_report(struct kernel *k, struct process *self, struct list *taken)
{
    struct process *parent = self->parent;
    list_remove(&self->sibling);
    if (parent == k->init && !self->kept) {
        family_remove(k, self);
        list_add_tail(taken, &self->sibling);
        return;
    }
    list_add_tail(&parent->zombies, &self->sibling);
    if (parent == k->init) {
        if (k->hooks->main_ended)
            k->hooks->main_ended(k, self->pid, self->end_status, self->end_by_signal);
        return;
    }
    if (atomic_load_explicit(&parent->caught, memory_order_relaxed) >> (SYS_SIGCHLD - 1) &
        1)
        process_signal(parent, SYS_SIGCHLD);
    waitq_wake_all(&parent->child_ended);
}

void family_exit(struct process *self, int status, int sig)
{
    struct kernel *k = self->kernel;
    struct list taken;
    list_init(&taken);
    lock_acquire(&k->family);
    self->zombie = true;
    self->end_status = sig ? sig : status;
    self->end_by_signal = sig != 0;
    family_orphan(k, self, &taken);
    family_report(k, self, &taken);
    lock_release(&k->family);
    struct list *l;
    while ((l = list_pop(&taken)))
        process_put(LIST_ENTRY(l, struct process, sibling));
}

/* ---- Waiting ---------------------------------------------------------------------- */

static bool family_matches(const struct process *self, const struct process *child,
                           int which)
{
    if (which > 0)
        return child->pid == which;
    if (which == -1)
        return true;
    return which == 0 ? child->pgid == self->pgid : -child->pgid == which;
}

/* The longest ended child that matches; NULL with *any whether a living one matches. */
static struct process *family_find_ended(struct process *self, int which, bool *any)
{
    struct list *l;
    *any = false;
    if (which > 0) {
        struct process *child = process_find_locked(self->kernel, which);
        *any = child && child->parent == self;
        return *any && child->zombie ? child : NULL;
    }
    LIST_EACH(l, &self->zombies)
    if (family_matches(self, LIST_ENTRY(l, struct process, sibling), which))
        return LIST_ENTRY(l, struct process, sibling);
    LIST_EACH(l, &self->children)
    if (family_matches(self, LIST_ENTRY(l, struct process, sibling), which)) {
        *any = true;
        break;
    }
    return NULL;
}

static void family_take(struct process *self, struct process *child,
                        struct sys_ended *ended)
{
    *ended = (struct sys_ended){
        .pid = child->pid,
        .status = child->end_by_signal ? 128 + child->end_status : child->end_status,
        .signal = child->end_by_signal ? child->end_status : 0,
        .cpu_ns = child->cpu_ns,
    };
    self->children_cpu_ns += child->cpu_ns + child->children_cpu_ns;
    family_remove(self->kernel, child);
}

static int family_wait_locked(struct process *self, int which, unsigned flags,
                              struct sys_ended *ended, struct process **taken)
{
    struct kernel *k = self->kernel;
    const struct wait_reason reason = {which > 0 ? "process" : "a child process", NULL,
                                       which > 0 ? which : 0};
    for (;;) {
        bool any;
        struct process *child = family_find_ended(self, which, &any);
        if (child) {
            family_take(self, child, ended);
            *taken = child;
            return ended->pid;
        }
        if (!any)
            return -ECHILD;
        if (flags & SYS_NOHANG)
            return 0;
        int err = waitq_sleep(&self->child_ended, &k->family, UINT64_MAX,
                              WAIT_INTERRUPTIBLE, &reason);
        if (err && !family_find_ended(self, which, &any))
            return err;
    }
}

int family_wait(struct process *self, int which, unsigned flags, struct sys_ended *ended)
{
    struct kernel *k = self->kernel;
    struct process *taken = NULL;
    lock_acquire(&k->family);
    int pid = family_wait_locked(self, which, flags, ended, &taken);
    lock_release(&k->family);
    if (taken)
        process_put(taken);
    return pid;
}
