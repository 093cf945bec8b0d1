/* host_mem.c: pages from the host. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <sys/mman.h>

#include "kernel/host.h"

#if defined(__SANITIZE_ADDRESS__)
#define HOST_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HOST_ASAN
#endif
#endif

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102 // Linux 6.13
#endif

/* The address sanitizer keeps its marks when pages are unmapped: those of frames of a
 * fiber that ended would be found again in other pages at the same place. */
#ifdef HOST_ASAN
void __asan_unpoison_memory_region(const volatile void *ptr, size_t size);
#else
#define __asan_unpoison_memory_region(ptr, size) ((void)0)
#endif

/* Larger maps are slabs of stacks, which fiber_init unpoisons one by one. */
enum { HOST_UNPOISON_MAX = 4 << 20 };

void *host_pages_map(size_t size)
{
    void *ptr = mmap(NULL, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (ptr == MAP_FAILED)
        return NULL;
    if (size <= HOST_UNPOISON_MAX)
        __asan_unpoison_memory_region(ptr, size);
    return ptr;
}

void host_pages_unmap(void *ptr, size_t size) { munmap(ptr, size); }

void *host_pages_resize(void *ptr, size_t old, size_t size)
{
    void *moved = mremap(ptr, old, size, MREMAP_MAYMOVE);
    return moved == MAP_FAILED ? NULL : moved;
}

void host_pages_release(void *ptr, size_t size) { madvise(ptr, size, MADV_DONTNEED); }

bool host_pages_guard(void *ptr, size_t size)
{
    int err;
    do
        err = madvise(ptr, size, MADV_GUARD_INSTALL);
    while (err && errno == EINTR);
    return !err || !mprotect(ptr, size, PROT_NONE);
}

void host_pages_keep_small(void *ptr, size_t size)
{
    madvise(ptr, size, MADV_NOHUGEPAGE);
}

void host_pages_want_huge(void *ptr, size_t size) { madvise(ptr, size, MADV_HUGEPAGE); }
