/* address.h: addresses of the Internet as policy sees them: text to bytes and back, and
 * which of them are public.
 *
 * Must not know: names, rules. No I/O, no state. */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/str.h"

enum { ADDRESS_TEXT_MAX = 48 };

/* family 4: the first four bytes count; 6: all; 0: no address. */
struct address {
    unsigned family;
    uint8_t bytes[16];
};

/* An address and those that share its first bits. */
struct address_range {
    struct address first;
    unsigned bits;
};

/* Reads an IPv4 address as browsers and inet_aton do: one to four parts, decimal, octal
 * (0...) or hexadecimal (0x...), the last of which fills what is left. 0; -EINVAL: it is
 * a name; -ERANGE: it ends in a number and is no address. */
MUST_CHECK int address_parse_loose(struct span text, struct address *a);

/* Reads an IPv6 address, without brackets and zone. 0 or -EINVAL. */
MUST_CHECK int address_parse_6(struct span text, struct address *a);

/* Reads either kind in the usual form (dotted decimal). 0 or -EINVAL. */
MUST_CHECK int address_parse(struct span text, struct address *a);

/* Reads "10.0.0.0/8", or an address alone. 0 or -EINVAL. */
MUST_CHECK int address_parse_range(struct span text, struct address_range *range);

/* Writes the usual form (RFC 5952); gives its length. */
size_t address_format(const struct address *a, char dst[ADDRESS_TEXT_MAX]);

bool address_eq(const struct address *a, const struct address *b);
bool address_in_range(const struct address *a, const struct address_range *range);

/* What an address is for that is not a public one of a single machine ("a private
 * address", "a loopback address"), also where an IPv6 address carries such an IPv4 one
 * (mapped, compatible, 6to4, NAT64, Teredo); NULL: it is public. */
const char *address_why_not_public(const struct address *a);

#endif
