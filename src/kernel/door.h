/* door.h: the door between program code and kernel code: how every system call begins and
 * ends.
 *
 * A body is do_X(self, ...), and sys_X is `return sys_leave(self, do_X(sys_enter(CALL_X),
 * ...))` in effect. The door counts ticks, looks at signals, and is where a killed
 * process dies.
 * Must not know: what the calls do. */
#ifndef KERNEL_DOOR_H
#define KERNEL_DOOR_H

#include <stdint.h>

#include "base/base.h"

struct process;

enum call {
#define CALL(id, name) CALL_##id,
#include "kernel/call.def"
#undef CALL
    CALLS
};

const char *call_name(enum call call);

/* The calling process, which is in the kernel from now on. */
struct process *sys_enter(enum call call);

/* Leaves the kernel with result; does not return to a killed process. */
int64_t sys_leave(struct process *self, int64_t result);

/* The run is over for a limit that self reached: ends all processes, self first. Outside
 * and inside calls. */
_Noreturn void door_limit(struct process *self, int limit);

/* Dies at once if self is to die. For ticks and allocation, outside of calls. */
void door_check(struct process *self);

#endif
