/* host_clock.c: the host's clocks and random numbers. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "kernel/host.h"

uint64_t host_clock_mono(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int64_t host_clock_real(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* For a host without getrandom(2). */
static void host_random_device(char *buf, size_t len)
{
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && len > 0) {
        ssize_t n = read(fd, buf, len);
        if (n == 0 || (n < 0 && errno != EINTR))
            break;
        if (n > 0) {
            buf += n;
            len -= (size_t)n;
        }
    }
    if (len > 0)
        abort(); // no randomness: going on would be unsafe
    close(fd);
}

void host_random(void *buf, size_t len)
{
    char *dst = buf;
    while (len > 0) {
        ssize_t n = getrandom(dst, len, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            host_random_device(dst, len);
            return;
        }
        dst += n;
        len -= (size_t)n;
    }
}
