/* finish.c: see finish.h. */
#include "cmd/curl/finish.h"

#include <errno.h>

#include "base/num.h"
#include "base/str.h"
#include "cmd/curl/output.h"
#include "cmd/curl/transfer.h"
#include "cmd/curl/writeout.h"
#include "user/httpdate.h"
#include "user/msg.h"

#define CURL_SECOND INT64_C(1000000000) // in ns
#define CURL_RETRY_MOST (600 * CURL_SECOND)

/* ---- Messages --------------------------------------------------------------------- */

static void curl_finish_report(const struct curl_transfer *t)
{
    enum { CERTIFICATE = 60 };
    const struct curl_global *g = t->global;
    bool said = t->result == CURL_ERR_INIT && !t->error; // a warning was enough
    if (!t->result || (g->silent && !g->show_error) || said)
        return;
    msg("(%d) %s", t->result, curl_error_of(t));
    if (t->result == CERTIFICATE)
        msg_raw("More details here: https://curl.se/docs/sslcerts.html\n\n"
                "curl failed to verify the legitimacy of the server and therefore could "
                "not\n"
                "establish a secure connection to it. To learn more about this situation "
                "and\n"
                "how to fix it, please visit the web page mentioned above.\n");
}

/* ---- Trying again ----------------------------------------------------------------- */

/* Why it is worth trying again; NULL: it is not. */
static const char *curl_finish_reason(const struct curl_transfer *t)
{
    const struct curl_config *c = t->config;
    int result = t->result;
    if (result == CURL_ERR_TIMEOUT || result == CURL_ERR_RESOLVE)
        return ": timeout";
    if (c->retry_refused && result == CURL_ERR_CONNECT)
        return ": connection refused";
    if (!result || (result == CURL_ERR_HTTP && (c->fail || c->fail_with_body)))
        switch (t->info.status) {
        case 408:
        case 429:
        case 500:
        case 502:
        case 503:
        case 504: return ": HTTP error";
        }
    return result && c->retry_all ? " (retrying all errors)" : NULL;
}

/* Retry-After in ns: seconds or a date; 0: none. */
static int64_t curl_finish_retry_after(const struct curl_transfer *t)
{
    const char *text = httphead_find(&t->head, "Retry-After");
    int64_t n;
    if (!text)
        return 0;
    if (httpdate_parse(text, &n))
        n -= sys_clock(SYS_CLOCK_REAL) / CURL_SECOND;
    else if (num_to_i64(text, &n, NULL) == -EINVAL)
        return 0;
    return n <= 0 ? 0 : int64_min(n, INT64_MAX / CURL_SECOND) * CURL_SECOND;
}

static bool curl_finish_again(struct curl_transfer *t)
{
    const struct curl_config *c = t->config;
    int64_t now = sys_clock(SYS_CLOCK_MONOTONIC);
    int64_t max_ns = c->retry_max_time_s * CURL_SECOND;
    if (!t->retries_left || (max_ns && now - t->retry_start_ns >= max_ns))
        return false;
    const char *reason = curl_finish_reason(t);
    if (!reason)
        return false;
    if (!t->retry_sleep_ns)
        t->retry_sleep_ns =
            c->retry_delay_s ? c->retry_delay_s * CURL_SECOND : CURL_SECOND;
    int64_t sleep_ns = t->retry_sleep_ns, after = curl_finish_retry_after(t);
    if (after && reason[0] == ':') {
        sleep_ns = after;
        if (max_ns && now - t->retry_start_ns + after > max_ns) {
            curl_warn(t->global,
                      "The Retry-After: time would make this command line exceed "
                      "the maximum allowed time for retries.");
            return false;
        }
    }
    curl_warn(t->global, "Problem %s. Will retry in %lld seconds. %lld retries left.",
              reason, (long long)(sleep_ns / CURL_SECOND), (long long)t->retries_left);
    t->retries_left--;
    if (!c->retry_delay_s)
        t->retry_sleep_ns = int64_min(t->retry_sleep_ns * 2, CURL_RETRY_MOST);
    curl_transfer_again(t, now + sleep_ns);
    return true;
}

/* ---- The end ---------------------------------------------------------------------- */

static void curl_finish_file(struct curl_transfer *t)
{
    const struct curl_config *c = t->config;
    curl_output_close(t);
    if (!t->out.path)
        return;
    if (t->result && c->remove_on_error && t->out.bytes) {
        int err = sys_unlink(t->out.path);
        if (!err && !t->global->silent)
            msg_raw("Note: Removed output file: %s\n", t->out.path);
    }
    int64_t moment;
    const char *field = httphead_find(&t->head, "Last-Modified");
    if (!t->result && c->remote_time && field && httpdate_parse(field, &moment)) {
        int err =
            sys_utimes(t->out.path, moment * CURL_SECOND, moment * CURL_SECOND, true);
        if (err)
            curl_warn(t->global, "Failed to set filetime on %s", t->out.path);
    }
}

bool curl_finish(struct curl_transfer *t)
{
    int64_t total_ns = sys_clock(SYS_CLOCK_MONOTONIC) - t->start_ns;
    if (!t->result && t->config->fail_with_body && t->info.status >= 400)
        curl_fail(t, CURL_ERR_HTTP, "The requested URL returned error: %d",
                  t->info.status);
    bool empty =
        !t->result && !t->condition_unmet && !t->skip_body && t->info.status != 304;
    if (empty && !curl_output_create(t))
        curl_fail(t, CURL_ERR_WRITE, "Failed writing received data to disk/application");
    curl_finish_report(t);
    if (curl_finish_again(t))
        return true;
    curl_finish_file(t);
    curl_writeout(t, total_ns);
    return false;
}
