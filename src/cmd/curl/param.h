/* param.h: what may be wrong with an option's argument, and the readers that arguments
 * share.
 * Must not know: the options. */
#ifndef CMD_CURL_PARAM_H
#define CMD_CURL_PARAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"

struct buf;

enum curl_bad {
    CURL_GOOD,
    CURL_BAD_AMBIGUOUS,
    CURL_BAD_UNKNOWN,
    CURL_BAD_NO_ARGUMENT,
    CURL_BAD_USE,
    CURL_BAD_NUMBER,
    CURL_BAD_NEGATIVE,
    CURL_BAD_READ,
    CURL_BAD_REFUSED, // not supported here
    CURL_BADS,
};

/* A count that is not negative. */
MUST_CHECK enum curl_bad curl_param_count(const char *text, int64_t *n);

/* Seconds with a fraction. */
MUST_CHECK enum curl_bad curl_param_seconds(const char *text, double *n);

/* A number of bytes with k, M, G, T or P after it. */
MUST_CHECK enum curl_bad curl_param_size(const char *text, int64_t *n);

/* Adds the contents of a file ("-": standard input). text: without NUL and the ends of
 * lines, as -d has it. 0 or -errno. */
MUST_CHECK int curl_param_file(struct buf *b, const char *path, bool text);

#endif
