/* follow.c: see follow.h. */
#include "cmd/curl/follow.h"

#include "base/str.h"
#include "cmd/curl/request.h"
#include "cmd/curl/source.h"
#include "user/msg.h"

bool curl_follow_is_redirect(struct curl_transfer *t)
{
    const char *location = httphead_find(&t->head, "Location");
    if (!location || !*location || t->info.status / 100 != 3)
        return false;
    struct weburl target;
    sys_free(t->redirect);
    t->redirect = weburl_join(&target, &t->url, location) ? sys_strdup(location)
                                                          : weburl_text(&target, true);
    weburl_free(&target);
    return true;
}

/* POST becomes GET at 301 to 303, anything but HEAD does at 303, unless --post30x says
 * otherwise (docs of curl's -L). */
static void curl_follow_change_method(struct curl_transfer *t)
{
    const struct curl_config *c = t->config;
    bool post = t->send == CURL_SEND_DATA || t->send == CURL_SEND_FORM;
    bool change = false;
    switch (t->info.status) {
    case 301: change = post && !c->post301; break;
    case 302: change = post && !c->post302; break;
    case 303: change = t->send == CURL_SEND_FILE || (post && !c->post303); break;
    }
    if (!change)
        return;
    t->send = CURL_SEND_GET;
    curl_source_close(&t->source);
}

static void curl_follow_set_referer(struct curl_transfer *t)
{
    if (!t->config->referer_auto)
        return;
    sys_free(t->referer);
    t->referer = weburl_text(&t->url, false);
}

static const char *curl_follow_problem(enum weburl_error err)
{
    switch (err) {
    case WEBURL_BAD_PORT:
        return "Port number was not a decimal number between 0 and 65535";
    case WEBURL_NO_HOST: return "No host part in the URL";
    case WEBURL_BAD_HOST: return "Bad hostname";
    default: return "Malformed input to a URL function";
    }
}

/* Schemes that curl knows, and that may be named in a redirect only to be refused. */
static bool curl_follow_knows(const char *scheme)
{
    static const char *const known[] = {"http",   "https", "ftp",  "ftps",   "file",
                                        "gopher", "dict",  "ldap", "telnet", "tftp",
                                        "scp",    "sftp",  "smb",  "smtp",   "imap"};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (str_eq(scheme, known[i]))
            return true;
    return false;
}

static bool curl_follow_resolve(struct curl_transfer *t, const char *location)
{
    struct weburl target;
    enum weburl_error err = weburl_join(&target, &t->url, location);
    if (err && err != WEBURL_NOT_WEB) {
        curl_fail(t, CURL_ERR_URL, "The redirect target URL could not be parsed: %s",
                  curl_follow_problem(err));
        return false;
    }
    if (err || !curl_follow_knows(target.scheme)) {
        curl_fail(t, CURL_ERR_SCHEME,
                  "The redirect target URL could not be parsed: "
                  "Unsupported URL scheme");
        return false;
    }
    bool web = str_eq(target.scheme, "http") || str_eq(target.scheme, "https");
    if (web && !target.fragment && t->url.fragment) // a fragment is inherited
        target.fragment = sys_strdup(t->url.fragment);
    weburl_free(&t->url);
    t->url = target;
    return curl_request_check_scheme(t, true);
}

bool curl_follow(struct curl_transfer *t)
{
    const struct curl_config *c = t->config;
    if (c->max_redirs >= 0 && t->redirects >= c->max_redirs) {
        curl_fail(t, CURL_ERR_REDIRECTS, "Maximum (%lld) redirects followed",
                  (long long)c->max_redirs);
        return false;
    }
    const char *location = httphead_find(&t->head, "Location");
    t->redirects++;
    curl_follow_set_referer(t);
    curl_follow_change_method(t);
    if (!curl_follow_resolve(t, location))
        return false;
    if (!curl_source_rewind(&t->source)) {
        curl_fail(t, CURL_ERR_REWIND, "necessary data rewind wasn't possible");
        return false;
    }
    if (t->global->verbose) {
        char *text = weburl_text(&t->url, true);
        msg_raw("* Issue another request to this URL: '%s'\n", text);
        sys_free(text);
    }
    return true;
}
