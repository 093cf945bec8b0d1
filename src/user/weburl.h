/* weburl.h: addresses of the web as text: taken apart, put together, resolved against
 * each other (RFC 3986, as browsers and curl are lenient with it).
 *
 * Must not know: which schemes can be fetched, who may be talked to. */
#ifndef USER_WEBURL_H
#define USER_WEBURL_H

#include <stdbool.h>

#include "base/base.h"
#include "base/str.h"

struct buf;

/* Strings are heap blocks; NULL: not given. */
struct weburl {
    char *scheme;          // in lower case
    char *user, *password; // decoded
    char *host;            // in lower case, an IPv6 address in its brackets
    int port;              // -1: none given
    char *path;            // as it is sent: "/" at least, without "." and ".."
    char *query;           // without its "?"
    char *fragment;        // without its "#"
    bool guessed;          // the scheme was not given
};

/* What is wrong with text: */
enum weburl_error {
    WEBURL_OK,
    WEBURL_MALFORMED,
    WEBURL_BAD_PORT,
    WEBURL_BAD_HOST,
    WEBURL_NO_HOST,
    WEBURL_NOT_WEB, // "mailto:a@b": nothing with a host
};

/* Flags: */
enum {
    WEBURL_ENCODE = 1, // spaces and bytes above 127 are encoded (redirects), not refused
};

/* Takes text apart. A missing scheme is default_scheme. What is there of *u on an error
 * is of no use. */
MUST_CHECK enum weburl_error weburl_parse(struct weburl *u, const char *text,
                                          const char *default_scheme, unsigned flags);

/* The URL that reference (absolute or relative) means where base was found. */
MUST_CHECK enum weburl_error weburl_join(struct weburl *u, const struct weburl *base,
                                         const char *reference);

void weburl_free(struct weburl *u);

/* Adds the URL as text. full: with user, password and fragment; else as it is asked
 * for. */
void weburl_add(struct buf *b, const struct weburl *u, bool full);
char *weburl_text(const struct weburl *u, bool full); // a heap block

/* The port: the one given, or 80 or 443 by the scheme. */
int weburl_port(const struct weburl *u);

/* Whether scheme, host and port of both are the same. */
bool weburl_same_origin(const struct weburl *a, const struct weburl *b);

/* Adds text with all but letters, digits and -._~ as %XX; with %XX decoded. */
void weburl_add_escaped(struct buf *b, struct span text);
void weburl_add_unescaped(struct buf *b, struct span text);

#endif
