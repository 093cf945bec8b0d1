/* set.h: the options of curl that do more than to set a field, but for those of the
 * request's body (data.h).
 *
 * Each function applies one option to the config that is filled. `on` is false for its
 * --no- form.
 * Must not know: how options are found on the command line. */
#ifndef CMD_CURL_SET_H
#define CMD_CURL_SET_H

#include <stdbool.h>

#include "cmd/curl/config.h"
#include "cmd/curl/param.h"

typedef enum curl_bad curl_set_fn(struct curl_global *g, const char *arg, bool on);

curl_set_fn curl_set_clobber, curl_set_continue, curl_set_cookie, curl_set_fail,
    curl_set_fail_with_body, curl_set_header, curl_set_http10, curl_set_http11,
    curl_set_http2, curl_set_limit_rate, curl_set_max_filesize, curl_set_max_redirs,
    curl_set_meter, curl_set_next, curl_set_nothing, curl_set_output,
    curl_set_parallel_max, curl_set_proto, curl_set_proto_redir, curl_set_range,
    curl_set_referer, curl_set_remote_name, curl_set_stderr, curl_set_trusted,
    curl_set_upload, curl_set_url, curl_set_user, curl_set_user_agent;

#endif
