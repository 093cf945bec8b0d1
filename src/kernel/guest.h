/* guest.h: a thread of the embedder's that works as the first worker for a while.
 *
 * A run that is short costs more to hand to another thread and back than to do. So a
 * thread that has nothing else to do than wait for it may serve the first worker, if no
 * thread does. When it leaves and other sandboxes still run, a thread takes its place.
 * Must not know: runs. */
#ifndef KERNEL_GUEST_H
#define KERNEL_GUEST_H

#include <stdbool.h>

struct runtime;
struct worker;

/* The first worker, to be served by the calling thread; NULL: a thread serves it
 * already. */
struct worker *guest_enter(struct runtime *rt);

/* Runs processes, and sleeps where there are none, until done(arg). It is asked between
 * two processes and after guest_poke. Between two calls nobody serves the worker, but
 * others may take its processes. */
void guest_work(struct worker *w, bool (*done)(void *arg), void *arg);

/* Has the guest ask again whether it is done. Any thread, any locks, signal handlers. */
void guest_poke(struct worker *w);

void guest_leave(struct worker *w);

#endif
