/* host_panic.c: the end of the host process at a broken invariant. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/fmt.h"

void base_assert_failed(const char *text, const char *file, int line)
{
    char message[512];
    size_t len = fmt_to(message, sizeof message, "%s:%d: assertion failed: %s\n", file,
                        line, text);
    ssize_t written = write(STDERR_FILENO, message, len);
    (void)written; // there is nobody left to tell
    abort();
}
