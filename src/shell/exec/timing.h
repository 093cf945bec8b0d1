/* timing.h: the report of `time`. */
#ifndef SHELL_EXEC_TIMING_H
#define SHELL_EXEC_TIMING_H

#include <stdbool.h>
#include <stdint.h>

#include "sys.h"

struct buf;
struct shell;

struct timing {
    int64_t start_ns;
    struct sys_times times;
};

struct timing timing_begin(void);
// by TIMEFORMAT, on standard error
void timing_report(struct shell *sh, const struct timing *t, bool posix);

/* "0m1.234s": for `times`. */
void timing_add(struct buf *b, uint64_t ns, int digits, bool minutes);

#endif
