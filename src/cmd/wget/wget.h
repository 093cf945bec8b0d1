/* wget.h: what the parts of wget share: its options and its log.
 *
 * wget fetches one URL after another and waits for each; side by side run as many wgets
 * as the script starts. */
#ifndef CMD_WGET_WGET_H
#define CMD_WGET_WGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/vec.h"
#include "user/cookies.h"

/* Exit statuses; of several the lowest counts. */
enum {
    WGET_ERR_OTHER = 1,
    WGET_ERR_USAGE = 2,
    WGET_ERR_FILE = 3,
    WGET_ERR_NET = 4,
    WGET_ERR_TLS = 5,
    WGET_ERR_LOGIN = 6,
    WGET_ERR_PROTOCOL = 7,
    WGET_ERR_SERVER = 8,
};

/* How much is said: -q, -nv, or all. */
enum wget_level { WGET_QUIET, WGET_BRIEF, WGET_VERBOSE };

struct wget {
    // options
    enum wget_level level;
    const char *output, *prefix; // -O, -P
    const char *input;           // -i
    const char *body_file;
    const char *method, *user_agent, *referer, *user, *password;
    struct strlist headers;
    struct buf body;
    bool has_body, resume, no_clobber, newer, spider, show_headers, content_disposition;
    bool login_at_once, retry_refused, no_cookies, no_mtime;
    bool ipv4, ipv6, compressed;
    int64_t tries, max_redirects; // tries 0: no end
    double read_timeout_s, connect_timeout_s, wait_s, wait_retry_s;
    int64_t limit_rate;

    // state
    struct cookies jar;
    struct strlist urls;
    int out_fd; // of -O; -1: none
    int status;
    int64_t files, bytes, ns; // downloaded in all, and how long it took
};

/* Writes to the log (standard error) if that much is to be said. */
void wget_say(const struct wget *w, enum wget_level level, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Notes an error for the exit status. */
void wget_note(struct wget *w, int status);

/* "2026-11-28 09:38:28", local time, in a buffer of its own. */
enum { WGET_TIME_LEN = 32 };
void wget_time(char dst[WGET_TIME_LEN]);

/* "2.06 MB/s" or, short, "2.06M". */
void wget_speed(char dst[WGET_TIME_LEN], int64_t bytes, int64_t ns, bool brief);

/* "156K", "1.2M". */
void wget_size(char dst[WGET_TIME_LEN], int64_t bytes);

/* ---- The dots that show how far a download is (wget_dots.c) ------------------------ */

struct wget_dots {
    int64_t total; // bytes expected, -1: not known
    int64_t bytes; // of this try
    int64_t rows;  // complete lines of dots
    int dots;      // in the current line
    int64_t start_ns, row_ns;
};
void wget_dots_begin(const struct wget *w, struct wget_dots *d, int64_t total);
void wget_dots_add(const struct wget *w, struct wget_dots *d, int64_t bytes);
void wget_dots_end(const struct wget *w, struct wget_dots *d);

/* ---- Files (wget_name.c) ----------------------------------------------------------- */

struct weburl;

/* The name of the file for a URL, with -P in front; a heap block. name: what the server
 * called it, or NULL. */
char *wget_name(const struct wget *w, const struct weburl *u, const char *name);

/* The same with ".1", ".2" and so on behind it, if there is such a file. Takes name. */
char *wget_name_unused(char *name);

/* ---- One URL: all tries and redirects (wget_fetch.c) ------------------------------- */
void wget_fetch(struct wget *w, const char *url);

/* The lines of -i are added to the URLs; what is wrong is said. */
void wget_read_list(struct wget *w);

#endif
