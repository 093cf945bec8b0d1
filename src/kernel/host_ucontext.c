/* host_ucontext.c: the switch of fibers by the C library, for processors without an
 * assembly file and for builds with SHOAL_UCONTEXT. A hundred times slower: it saves the
 * signal mask too.
 *
 * A saved stack pointer is a pointer to a ucontext_t on the fiber's own stack. */
#include "kernel/fiber_jump.h"

#ifdef SHOAL_UCONTEXT
#include <stdint.h>
#include <stdlib.h>
#include <ucontext.h>

void fiber_jump(void **save, void *load)
{
    ucontext_t here;
    *save = &here;
    swapcontext(&here, load);
}

/* makecontext passes ints only: the pointers come in halves. */
static void host_ucontext_main(unsigned main_high, unsigned main_low, unsigned arg_high,
                               unsigned arg_low)
{
    void (*main)(void *arg) =
        (void (*)(void *))(uintptr_t)((uint64_t)main_high << 32 | main_low);
    main((void *)(uintptr_t)((uint64_t)arg_high << 32 | arg_low));
    abort(); // main must not return
}

void *fiber_frame(char *low, size_t size, void (*main)(void *arg), void *arg)
{
    uintptr_t top = ((uintptr_t)low + size - sizeof(ucontext_t)) & ~(uintptr_t)63;
    ucontext_t *context = (ucontext_t *)top;
    uint64_t main_bits = (uintptr_t)main, arg_bits = (uintptr_t)arg;

    getcontext(context);
    context->uc_stack.ss_sp = low;
    context->uc_stack.ss_size = top - (uintptr_t)low;
    context->uc_link = NULL;
    makecontext(context, (void (*)(void))host_ucontext_main, 4,
                (unsigned)(main_bits >> 32), (unsigned)main_bits,
                (unsigned)(arg_bits >> 32), (unsigned)arg_bits);
    return context;
}
#endif
