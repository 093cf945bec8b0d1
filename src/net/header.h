/* header.h: header lines as programs give them: "Name: value", "Name:" (takes a default
 * one away), "Name;" (sends it empty). No I/O, no state. */
#ifndef NET_HEADER_H
#define NET_HEADER_H

#include <stdbool.h>

#include "base/base.h"
#include "base/str.h"

/* Whether text is a token of HTTP: a method, a header's name. */
bool header_is_token(struct span text);

/* 0; -EINVAL: the name is no token, or there are control characters (CR, LF) in it. */
MUST_CHECK int header_check(const char *line);

struct span header_name(const char *line);
bool header_has_no_value(const char *line);        // "Name:", "Name;"
bool header_is_same(struct span a, struct span b); // names; case does not count

/* Whether the transport makes this one itself. */
bool header_is_transports(struct span name);

/* Whether the value of line is text, spaces around it and case aside. */
bool header_value_is(const char *line, const char *text);

#endif
