/* wget_fetch.h: one URL on its way: what the request, the file and the tries share. */
#ifndef CMD_WGET_WGET_FETCH_H
#define CMD_WGET_WGET_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/wget/wget.h"
#include "sys.h"
#include "user/httphead.h"
#include "user/weburl.h"

#define WGET_SECOND INT64_C(1000000000) // in ns

/* Errors of an exchange, as curl numbers them; the last is our own. */
enum {
    WGET_TIMED_OUT = 28,
    WGET_RESOLVE = 6,
    WGET_CONNECT = 7,
    WGET_EMPTY = 52,
    WGET_PARTIAL = 18,
    WGET_BAD_REQUEST = 43, // nothing was sent
    WGET_CERTIFICATE = 60,
    WGET_LIMIT = 63, // of the sandbox: another try would meet it too
    WGET_TLS = 35,
    WGET_OPERATION_TIMED_OUT = 1000, // the read timeout
};

/* What became of a try. */
enum wget_end { WGET_OVER, WGET_AGAIN, WGET_REDIRECT };

struct wget_fetch {
    struct wget *w;
    struct weburl url;
    char *text; // the URL as it is shown
    char *name; // of the file; NULL: standard output or -O
    bool name_chosen;
    bool get;   // a redirect has changed the method
    bool login; // the password is sent
    int64_t redirects;
    int64_t start; // bytes that are there already
    int64_t try;

    // of the exchange
    int fd, out; // out: the file, -1: not yet open
    struct httphead head;
    struct sys_http_info info;
    int error;
};

/* ---- The request (wget_request.c) -------------------------------------------------- */

/* Opens the exchange: f->fd, or -errno. */
int wget_open(struct wget_fetch *f);

/* Sends the body and waits for the headers; f->error tells if there are none. */
void wget_exchange(struct wget_fetch *f);

/* Waits until something can be read; false: the read timeout is over. */
bool wget_wait(const struct wget_fetch *f);

/* Whether the next request has a body. */
bool wget_sends_body(const struct wget_fetch *f);

/* ---- The body (wget_save.c) -------------------------------------------------------- */

/* Saves the body of a good answer. */
enum wget_end wget_save(struct wget_fetch *f);

/* "Length: ..." of the log. start: bytes that are there already. */
void wget_say_length(const struct wget_fetch *f, int64_t start);

/* ---- The tries (wget_fetch.c) ------------------------------------------------------ */

/* "Retrying." or "Giving up." */
enum wget_end wget_again(struct wget_fetch *f);

/* The reason in the transport's message. */
const char *wget_reason(const struct wget_fetch *f);

/* What is wrong with a URL, or NULL. */
const char *wget_bad_url(enum weburl_error err);

#endif
