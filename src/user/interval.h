/* interval.h: lengths of time on the command line: "1.5", "2m", "1h", "3d". */
#ifndef USER_INTERVAL_H
#define USER_INTERVAL_H

#include "base/base.h"

/* All of text in seconds. 0, or -EINVAL. */
MUST_CHECK int interval_parse(const char *text, double *seconds);

#endif
