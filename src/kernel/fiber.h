/* fiber.h: a suspended flow of control: a stack and a saved stack pointer.
 *
 * fiber_switch saves the callee-saved registers and the floating point control words on
 * the current stack and resumes another fiber. The switch is assembly (fiber_x86_64.S,
 * fiber_aarch64.S); elsewhere, or with SHOAL_UCONTEXT, host_ucontext.c. Each switch is
 * announced to the address and thread sanitizers. Must not know: workers, processes,
 * scheduling. */
#ifndef KERNEL_FIBER_H
#define KERNEL_FIBER_H

#include <stddef.h>

struct fiber {
    void *sp;    // saved stack pointer; meaningless while running
    char *low;   // lowest usable byte of the stack; NULL for a thread's own stack
    size_t size; // bytes from low up
    struct fiber *resumer; // who switched here last; the rest is for the sanitizers only
    void *asan;            // handle of the fake stack
    void *tsan;            // handle of the fiber
    const void *asan_low;  // bounds of a thread's own stack, known after its first switch
    size_t asan_size;
};

/* Makes `self` stand for the stack this thread runs on now. */
void fiber_init_thread(struct fiber *self);

/* Prepares f to run main(arg) on the stack [low, low+size) at the first switch. main must
 * not return. A recycled stack is unpoisoned. */
void fiber_init(struct fiber *f, char *low, size_t size, void (*main)(void *arg),
                void *arg);

/* Suspends `from`, which is running, and resumes `to`. Returns when somebody switches
 * back. */
void fiber_switch(struct fiber *from, struct fiber *to);

/* As fiber_switch, for a fiber that is never resumed. */
_Noreturn void fiber_switch_last(struct fiber *from, struct fiber *to);

/* Must be called first on a new fiber's stack by main (tells the sanitizer). */
void fiber_entered(struct fiber *self);

/* Gives up what the sanitizers hold of a fiber that ended; not from that fiber. */
void fiber_fini(struct fiber *f);

#endif
