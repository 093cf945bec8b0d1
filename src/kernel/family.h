/* family.h: who is whose child: the process table, groups, sessions, waiting for
 * children.
 *
 * Everything here is guarded by kernel.family. A process is in the table from family_add
 * until its parent has taken its status, or from the start as a zombie of pid 1, which
 * takes at once (but `kept` ones).
 * Must not know: fibers, heaps. */
#ifndef KERNEL_FAMILY_H
#define KERNEL_FAMILY_H

#include <stdbool.h>

#include "base/base.h"

struct kernel;
struct process;
struct sys_ended;

void family_init(struct kernel *k);
void family_add_init(struct kernel *k, struct process *init); // pid 1

/* Gives p a pid and puts it in the table, as a child of parent (NULL: of pid 1). pgid as
 * in struct sys_start.
 * Errors: -EAGAIN limits processes, processes-total, or the sandbox is ending; -EPERM;
 * -ENOMEM. */
MUST_CHECK int family_add(struct kernel *k, struct process *p, struct process *parent,
                          int pgid);

/* Takes back family_add for a process that never ran. */
void family_forget(struct process *p);
void family_forget_locked(struct process *p);

/* Whether some process of session sid is in group pgid; family is held. */
bool family_has_group(struct kernel *k, int pgid, int sid);

/* Moves p into the existing group pgid of its session; family is held. -EPERM. */
MUST_CHECK int family_set_group(struct process *p, int pgid);

/* self is over: its children go to pid 1, it becomes a zombie, its parent hears of it. */
void family_exit(struct process *self, int status, int sig);

/* The body of sys_wait. May block. */
MUST_CHECK int family_wait(struct process *self, int which, unsigned flags,
                           struct sys_ended *ended);

#endif
