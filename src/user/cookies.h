/* cookies.h: a jar of cookies (RFC 6265), in memory and in files of the Netscape format.
 *
 * There is no list of public suffixes: a cookie for a domain without a dot in it is
 * refused, other than for the host that sets it.
 * Must not know: requests. */
#ifndef USER_COOKIES_H
#define USER_COOKIES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/str.h"
#include "base/vec.h"

struct buf;
struct weburl;

struct cookie {
    char *name, *value;
    char *domain;    // in lower case, without a dot in front
    char *path;      // "/" at least
    int64_t expires; // seconds since 1970; 0: with the session
    bool tail;       // for the hosts below the domain too
    bool secure, http_only;
    uint64_t order; // in which it was made
};

struct cookies {
    struct vec list; // of struct cookie *
    uint64_t made;
};

void cookies_init(struct cookies *jar);

/* Takes the value of a Set-Cookie field that came from u. What is wrong is ignored. */
void cookies_set(struct cookies *jar, const struct weburl *u, const char *field,
                 int64_t now);

/* Adds "a=1; b=2" for a request to u: nothing if there is none. */
void cookies_add_header(const struct cookies *jar, const struct weburl *u, int64_t now,
                        struct buf *b);

/* Reads a file's text: lines of the Netscape format, or Set-Cookie fields that name a
 * domain. Without `session` those cookies that end with their session are left out. */
void cookies_read(struct cookies *jar, struct span text, bool session, int64_t now);

/* Adds the text of a file with all that have not expired, the newest first. */
void cookies_write(const struct cookies *jar, int64_t now, struct buf *b);

#endif
