/* state.h: a transfer: one URL, from its first request to what is told of it at its end.
 *
 * A transfer is one or more exchanges of sys.h, one after another: redirects and retries.
 * Must not know: which transfers run beside it. */
#ifndef CMD_CURL_STATE_H
#define CMD_CURL_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "cmd/curl/config.h"
#include "cmd/curl/form.h"
#include "sys.h"
#include "user/httphead.h"
#include "user/weburl.h"

enum { CURL_BODY_BLOCK = 65536 }; // bytes of a request's body in flight

/* Where a request's body comes from: pieces, or a descriptor. */
struct curl_source {
    struct curl_form_body form;     // pieces; of -d it is a single one
    const struct curl_piece *piece; // that is sent
    size_t at;                      // in its text
    int fd;                         // of the piece's file, or of -T; -1: none
    bool opened;                    // fd is ours to close
    bool wait;                      // fd may block: it is polled
    bool end;                       // nothing more comes
    int64_t len, start;             // -1: not known; where in the file it begins
    char *block;                    // read and not yet sent: block[pos..used)
    size_t pos, used;
};

/* Where the answer goes. */
struct curl_output {
    char *path;       // NULL: standard output
    int fd;           // -1: not yet open
    bool from_header; // the name is the server's: nothing is overwritten
    bool append;
    int64_t init;  // bytes that were there before
    int64_t bytes; // written
};

enum curl_phase {
    CURL_PHASE_SLEEP, // until wake_ns, then the request is made
    CURL_PHASE_HEAD,  // until the headers are there
    CURL_PHASE_BODY,
    CURL_PHASE_DONE,
};

struct curl_transfer {
    struct curl_transfer *next;
    struct curl_global *global;
    struct curl_config *config;
    char *given;  // the URL as the globs made it
    char *upload; // of -T; NULL: none
    int number;   // from 0

    enum curl_phase phase;
    int64_t wake_ns;  // not to be touched before: a retry, or the limit of the rate
    int64_t start_ns; // of the transfer
    int64_t retry_start_ns;
    int64_t retries_left, retry_sleep_ns;

    // the request
    enum curl_send send;
    struct weburl url, first; // now, and of the first request
    char *url_text;           // as -w shows it
    char *method;
    char *referer;
    char *redirect; // the text of Location, resolved, whether it is followed or not
    struct curl_source source;
    int64_t resume_from;

    // the exchange
    int fd; // -1: none
    struct httphead head;
    struct sys_http_info info;
    struct sys_http_info last; // of the last connection, and of the last answer its
                               // status and version
    struct buf certs; // of the last server that showed some, a line for each fact
    int cert_count;
    char *content_type;      // of the last answer that had one
    struct buf header_piece; // lines that wait for their end
    bool skip_body;          // a redirect, or what a resumed download has already
    bool body_began, condition_unmet;
    int content_range; // 1: the answer begins where it should; 0: no word of it

    struct curl_output out;
    int headers_fd; // of -D; -1: none
    int64_t redirects, header_count;
    struct sys_http_info sum;      // of the exchanges that are over: times, counts
    int64_t down, up;              // bytes of the last exchange's bodies
    int64_t speed_ns, speed_bytes; // --speed-limit: the last moment it was fast enough

    int result;  // curl's exit status
    char *error; // its message; NULL: the usual one
};

/* Sets the result, with a message of its own. */
void curl_fail(struct curl_transfer *t, int result, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* The usual message of an exit status. */
const char *curl_error_text(int result);

/* The message of the transfer: its own, or the usual one. */
const char *curl_error_of(const struct curl_transfer *t);

/* Exit statuses of curl that are made here; others come with sys_http_info. */
enum {
    CURL_ERR_SCHEME = 1,
    CURL_ERR_INIT = 2,
    CURL_ERR_URL = 3,
    CURL_ERR_RESOLVE = 6,
    CURL_ERR_CONNECT = 7,
    CURL_ERR_HTTP = 22,
    CURL_ERR_WRITE = 23,
    CURL_ERR_READ = 26,
    CURL_ERR_MEMORY = 27,
    CURL_ERR_TIMEOUT = 28,
    CURL_ERR_RANGE = 33,
    CURL_ERR_RESUME = 36,
    CURL_ERR_REDIRECTS = 47,
    CURL_ERR_TOO_LARGE = 63,
    CURL_ERR_REWIND = 65,
    CURL_ERR_LOGIN = 67,
};

#endif
