/* fiber_jump.h: the part of fiber.c that depends on the processor. For fiber.c only. */
#ifndef KERNEL_FIBER_JUMP_H
#define KERNEL_FIBER_JUMP_H

#include <stddef.h>

/* Whether the switch is our assembly, which reads the frame that fiber.c builds. */
#if !defined(SHOAL_UCONTEXT) && !defined(__x86_64__) && !defined(__aarch64__)
#define SHOAL_UCONTEXT
#endif

/* Saves the running context on its stack and its place in *save, and resumes the one at
 * load. */
void fiber_jump(void **save, void *load);

/* Builds on the stack [low, low+size) what fiber_jump resumes as main(arg). */
void *fiber_frame(char *low, size_t size, void (*main)(void *arg), void *arg);

/* The first instructions of a fiber (assembly). */
void fiber_trampoline(void);

#endif
