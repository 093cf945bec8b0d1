/* fiber.c: fibers, apart from the switch itself: first frames, and what the sanitizers
 * must be told. */
#include "kernel/fiber.h"

#include <stdint.h>

#include "base/base.h"
#include "kernel/fiber_jump.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIBER_ASAN
#endif
#if __has_feature(thread_sanitizer)
#define FIBER_TSAN
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(FIBER_ASAN)
#define FIBER_ASAN
#endif
#if defined(__SANITIZE_THREAD__) && !defined(FIBER_TSAN)
#define FIBER_TSAN
#endif

#ifdef FIBER_ASAN
void __sanitizer_start_switch_fiber(void **fake_stack_save, const void *bottom,
                                    size_t size);
void __sanitizer_finish_switch_fiber(void *fake_stack, const void **bottom_old,
                                     size_t *size_old);
void __asan_unpoison_memory_region(const volatile void *ptr, size_t size);

/* `keep` is where the handle of the fake stack that is left goes; NULL: it is to be
 * freed. */
static inline void fiber_asan_leave(void **keep, struct fiber *from, struct fiber *to)
{
    to->resumer = from;
    __sanitizer_start_switch_fiber(keep, to->low ? to->low : to->asan_low,
                                   to->low ? to->size : to->asan_size);
}

static inline void fiber_asan_arrive(struct fiber *self, void *fake_stack)
{
    const void *low;
    size_t size;
    __sanitizer_finish_switch_fiber(fake_stack, &low, &size);
    struct fiber *from = self->resumer; // only a thread's fiber is sure to be there still
    (void)from;
    if (self->low && from->low == NULL) {
        from->asan_low = low;
        from->asan_size = size;
    }
}
#else
#define fiber_asan_leave(keep, from, to) ((void)0)
#define fiber_asan_arrive(self, fake_stack) ((void)0)
#define __asan_unpoison_memory_region(ptr, size) ((void)0)
#endif

#ifdef FIBER_TSAN
void *__tsan_get_current_fiber(void);
void *__tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void *fiber);
void __tsan_switch_to_fiber(void *fiber, unsigned flags);
#else
#define __tsan_get_current_fiber() NULL
#define __tsan_create_fiber(flags) NULL
#define __tsan_destroy_fiber(fiber) ((void)0)
#define __tsan_switch_to_fiber(fiber, flags) ((void)0)
#endif

#ifndef SHOAL_UCONTEXT
#if defined(__x86_64__)
enum {
    FRAME_WORDS = 8,
    FRAME_ARG = 4,
    FRAME_MAIN = 5,
    FRAME_RETURN = 7
}; // r12, rbx, rip
#define FRAME_CONTROL \
    0x0000037f00001f80u // x87 control word above mxcsr: the ABI's defaults
#else
enum {
    FRAME_WORDS = 22,
    FRAME_MAIN = 0,
    FRAME_ARG = 1,
    FRAME_RETURN = 11
}; // x19, x20, x30
#endif

void *fiber_frame(char *low, size_t size, void (*main)(void *arg), void *arg)
{
    uintptr_t top = ((uintptr_t)low + size) & ~(uintptr_t)15;
    uint64_t *frame = (uint64_t *)top - FRAME_WORDS;
    for (int i = 0; i < FRAME_WORDS; i++)
        frame[i] = 0;
#if defined(__x86_64__)
    frame[0] = FRAME_CONTROL;
#endif
    frame[FRAME_MAIN] = (uint64_t)(uintptr_t)main;
    frame[FRAME_ARG] = (uint64_t)(uintptr_t)arg;
    frame[FRAME_RETURN] = (uint64_t)(uintptr_t)fiber_trampoline;
    return frame;
}
#endif

void fiber_init_thread(struct fiber *self)
{
    *self = (struct fiber){.tsan = __tsan_get_current_fiber()};
}

void fiber_init(struct fiber *f, char *low, size_t size, void (*main)(void *arg),
                void *arg)
{
    __asan_unpoison_memory_region(low, size);
    *f = (struct fiber){.low = low, .size = size, .tsan = __tsan_create_fiber(0)};
    f->sp = fiber_frame(low, size, main, arg);
}

// Without sanitizers a mere jump to fiber_jump: no return of its own to mispredict.
void fiber_switch(struct fiber *from, struct fiber *to)
{
    fiber_asan_leave(&from->asan, from, to);
    __tsan_switch_to_fiber(to->tsan, 0);
    fiber_jump(&from->sp, to->sp);
    fiber_asan_arrive(from, from->asan);
}

_Noreturn void fiber_switch_last(struct fiber *from, struct fiber *to)
{
    fiber_asan_leave(NULL, from, to);
    __tsan_switch_to_fiber(to->tsan, 0);
    fiber_jump(&from->sp, to->sp);
    __builtin_unreachable();
}

void fiber_entered(struct fiber *self)
{
    (void)self;
    fiber_asan_arrive(self, NULL);
}

void fiber_fini(struct fiber *f)
{
    __tsan_destroy_fiber(f->tsan);
    f->tsan = NULL;
}
