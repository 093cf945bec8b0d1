/* url.h: an http or https URL in the one form that policy judges and that is sent.
 *
 * What url_text gives is what the transport gets, so that no second parser can read the
 * URL in another way: the host is lower case, without trailing dot, an IPv4 address in
 * any notation is dotted decimal, the port stands there, dot segments are gone.
 * A host with bytes beyond ASCII is refused: names are written in their ASCII form
 * (xn--...). Credentials are refused: programs send them as headers.
 * Must not know: rules. No I/O, no state. */
#ifndef NET_URL_H
#define NET_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "net/address.h"

enum { URL_HOST_MAX = 255, URL_MAX = 1 << 20 };

struct url {
    bool https;
    uint16_t port;
    char host[URL_HOST_MAX + 1]; // a name or address; IPv6 without brackets
    struct address address;      // of the host; family 0: it is a name
    struct buf target;           // path, and query with its '?'
    size_t path_len;             // of target
};

/* Reads text; u's buffers come from alloc and are freed by url_fini, also after failure.
 * 0; -EPROTONOSUPPORT: another scheme; -EPERM: it has credentials; -EINVAL; -ENOMEM. */
MUST_CHECK int url_parse(struct url *u, struct span text, const struct alloc *alloc);
void url_fini(struct url *u);

/* Adds "https://host:443", then the target, to b. */
void url_text(const struct url *u, struct buf *b);

/* Adds the path as the most lenient server might read it: percent-encoding undone
 * (repeatedly), backslashes as slashes, parameters of dot segments ignored, and then
 * without dot segments. */
void url_lenient_path(const struct url *u, struct buf *b);

/* Adds the path with the encoding of unreserved characters undone (RFC 3986, 6.2.2). */
void url_plain_path(const struct url *u, struct buf *b);

#endif
