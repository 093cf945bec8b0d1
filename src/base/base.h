/* base.h: the few words that every file uses.
 * Must not know: anything but the compiler. */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#define NO_INLINE __attribute__((noinline))

/* On the functions that a script's recursion passes through: TSan has places for 65,536
 * open calls of a thread and writes past them, so it is not told of these. */
#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define RECURSIVE __attribute__((disable_sanitizer_instrumentation))
#endif
#endif
#ifndef RECURSIVE
#define RECURSIVE
#endif

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define CONTAINER_OF(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* States what the code relies on; never used on input. Checked in debug builds
 * (-DSHOAL_DEBUG), where a false one writes its text to standard error and aborts. */
#ifdef SHOAL_DEBUG
#define ASSERT(x) (LIKELY(x) ? (void)0 : base_assert_failed(#x, __FILE__, __LINE__))
#else
#define ASSERT(x) ((void)sizeof(!(x)))
#endif

/* Ends the host process with a message: a broken invariant, never bad input. Any
 * thread. */
_Noreturn void base_assert_failed(const char *text, const char *file, int line);

static inline size_t size_min(size_t a, size_t b) { return a < b ? a : b; }
static inline size_t size_max(size_t a, size_t b) { return a > b ? a : b; }
static inline int64_t int64_min(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t int64_max(int64_t a, int64_t b) { return a > b ? a : b; }

#endif
