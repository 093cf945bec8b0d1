/* config.h: what curl was asked to do, as its options say it.
 *
 * A config holds the options of one operation (--next begins another), a target one URL
 * of it with what -o, -O or -T said beside. All text lives as long as the process. Must
 * not know: how options are written, transfers. */
#ifndef CMD_CURL_CONFIG_H
#define CMD_CURL_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/vec.h"
#include "user/cookies.h"

struct curl_part; // form.h

/* How the request comes to its body and method. */
enum curl_send {
    CURL_SEND_UNSET,
    CURL_SEND_GET,
    CURL_SEND_HEAD,
    CURL_SEND_DATA,
    CURL_SEND_FORM,
    CURL_SEND_FILE
};

struct curl_target {
    struct curl_target *next;
    const char *url;    // NULL: not given yet
    const char *out;    // -o; NULL: standard output, or:
    bool remote_name;   // -O
    bool has_out;       // -o or -O was given for it
    const char *upload; // -T
};

struct curl_config {
    struct curl_config *next;
    struct curl_target *targets;

    // the request
    enum curl_send send;
    const char *method, *user_agent, *referer, *user, *bearer, *range, *time_cond;
    struct strlist headers; // -H, "@file" read already
    struct buf data;        // -d and its relatives
    struct buf query;       // --url-query
    struct curl_part *form, **form_end;
    struct curl_part *form_open; // the multipart that "=(" has begun, not yet closed
    bool has_data, get, head, json, referer_auto, compressed, form_escape;
    int http_version; // 0, 10, 11, 20
    bool ipv4, ipv6, globoff, no_user_in_url;
    const char *proto_default;
    bool no_http, no_https, no_http_redirect, no_https_redirect; // --proto

    // what becomes of the answer
    const char *dump_header, *output_dir, *write_out, *etag_save, *etag_compare;
    bool include, fail, fail_with_body, remote_name_all, content_disposition;
    bool create_dirs, remote_time, no_clobber, remove_on_error;
    int64_t resume_from; // -C; -1: from the size of the file
    bool resume;
    int64_t max_filesize;

    // redirects
    bool follow, trusted, post301, post302, post303;
    int64_t max_redirs; // -1: any number

    // cookies
    struct buf cookie; // -b 'a=b'
    struct strlist cookie_files;
    const char *cookie_jar;
    bool cookies_on, no_session_cookies;
    struct cookies *jar; // shared by the operations that follow each other

    // time
    int64_t retries, retry_delay_s, retry_max_time_s;
    bool retry_all, retry_refused;
    double connect_timeout_s, max_time_s;
    int64_t limit_rate, speed_limit, speed_time_s; // bytes per second
};

struct curl_global {
    struct curl_config *first, *last;
    bool silent, show_error, verbose, parallel, fail_early, bar, no_meter;
    int64_t parallel_max;
};

/* A new config with curl's defaults, put last. */
struct curl_config *curl_config_add(struct curl_global *g);

/* The first target that has no URL (no output, no upload) yet; a new one if all have. */
struct curl_target *curl_config_for_url(struct curl_config *c);
struct curl_target *curl_config_for_out(struct curl_config *c);
struct curl_target *curl_config_for_upload(struct curl_config *c);

/* "Warning: TEXT" on standard error, in lines of 79 columns; nothing with -s. */
void curl_warn(const struct curl_global *g, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
