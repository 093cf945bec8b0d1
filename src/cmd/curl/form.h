/* form.h: multipart bodies: -F and --form-string (RFC 7578).
 *
 * Parts form a list; one that "=(" opened has a list of its own. A body is a row of
 * pieces, text in memory or a file that is read when its turn comes, so that large files
 * stream. Must not know: requests. */
#ifndef CMD_CURL_FORM_H
#define CMD_CURL_FORM_H

#include "base/buf.h"
#include "cmd/curl/set.h"

struct curl_part {
    struct curl_part *next;
    struct curl_part *children; // of a multipart
    const char *name, *type, *file_name, *encoder;
    struct strlist headers;
    const char *path; // "@path": sent from the file; NULL: text
    struct buf text;
    bool multipart;
};

curl_set_fn curl_set_form, curl_set_form_string;

/* A piece of a body: text, or, with path, a file. */
struct curl_piece {
    struct curl_piece *next;
    struct buf text;
    const char *path;
};

struct curl_form_body {
    struct curl_piece *pieces;
    int64_t len; // -1: not known
    char *type;  // of the body, with its boundary
};

/* The body made of a config's parts. 0, or -errno: a file cannot be read. */
MUST_CHECK int curl_form_make(const struct curl_config *c, struct curl_form_body *body);

#endif
