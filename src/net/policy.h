/* policy.h: who may be talked to: rules, and which of them allows a request.
 *
 * A rule in text is a URL prefix with conditions before it, separated by spaces:
 *
 *     [METHODS=GET,POST ][ADDRESS=10.1.2.3,10.9.0.0/16 ]https://host[:port][/path]
 *
 * A URL is beneath it if scheme, host and port are the same and its path begins with the
 * rule's on a segment boundary, in the plain reading and in that of the most lenient
 * server. Of several rules the one with the longest path governs. Addresses that are not
 * public are refused unless the governing rule names them, as its host or by ADDRESS.
 * Without rules nothing is allowed. A rule may carry secret headers, which are sent with
 * the requests that it governs and take the place of the program's own.
 * Must not know: transports. No I/O; const while requests are made. */
#ifndef NET_POLICY_H
#define NET_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/buf.h"
#include "net/url.h"

enum { POLICY_RANGES_MAX = 16 };

struct policy_rule {
    struct url url;
    struct buf path;    // its plain path; "" is all of the host
    struct buf methods; // ",GET,POST,"; "": any
    struct address_range ranges[POLICY_RANGES_MAX];
    unsigned range_count;
    struct buf secrets; // header lines, each with its NUL
};

struct policy {
    const struct alloc *alloc;
    struct policy_rule *rules;
    size_t count;
};

void policy_init(struct policy *p, const struct alloc *alloc);
void policy_fini(struct policy *p);

/* Adds a rule. -EINVAL: the text is none; -ENOMEM. */
MUST_CHECK int policy_add(struct policy *p, const char *text);

/* Adds a secret header ("Name: value") to the rule added last. -EINVAL: no header, one
 * that the transport makes, or no rule; -ENOMEM. */
MUST_CHECK int policy_add_secret(struct policy *p, const char *header);

/* The rule that governs a request, or NULL with the reason. -ENOMEM counts as refused. */
const struct policy_rule *policy_find(const struct policy *p, const struct url *u,
                                      const char *method, const char **reason);

/* Why the rule does not allow a connection to a; NULL: it does. */
const char *policy_refuses_address(const struct policy_rule *rule,
                                   const struct address *a);

/* Why a program may not send this header line (which header_check has passed) with a
 * request of body_len bytes (-1: unknown): it would reach past what the rule allows, by
 * another host, a second request hidden in the body, or a server's ways to override
 * method and path. NULL: it may. */
const char *policy_refuses_header(const struct policy_rule *rule, const struct url *u,
                                  const char *line, int64_t body_len);

/* Whether the rule has a secret header of that name. */
bool policy_has_secret(const struct policy_rule *rule, struct span name);

/* The secret headers, one after another: NULL gives the first; NULL after the last. */
const char *policy_next_secret(const struct policy_rule *rule, const char *secret);

#endif
