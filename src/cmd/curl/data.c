/* data.c: see data.h. */
#include "cmd/curl/data.h"

#include "base/buf.h"
#include "base/str.h"
#include "sys.h"
#include "user/weburl.h"

/* Text encoded as forms have it: a blank is "+". */
static void curl_data_add_form_encoded(struct buf *b, struct span text)
{
    while (text.len) {
        size_t blank = span_find(text, ' ');
        weburl_add_escaped(b, span_make(text.ptr, blank));
        if (blank < text.len)
            buf_add_char(b, '+');
        text = span_from(text, blank + 1);
    }
}

/* Parts are joined with "&". */
static void curl_data_join(struct curl_config *c)
{
    if (c->has_data)
        buf_add_char(&c->data, '&');
    c->has_data = true;
}

/* Adds arg, or what the file of "@file" holds. */
static void curl_data_add(struct curl_global *g, struct buf *b, const char *arg,
                          bool text)
{
    if (arg[0] != '@')
        buf_add_str(b, arg);
    else if (curl_param_file(b, arg + 1, text))
        curl_warn(g, "Couldn't read data from file \"%s\", this makes an empty POST.",
                  arg + 1);
}

enum curl_bad curl_set_data(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    curl_data_join(g->last);
    curl_data_add(g, &g->last->data, arg, true);
    return CURL_GOOD;
}

enum curl_bad curl_set_data_binary(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    curl_data_join(g->last);
    curl_data_add(g, &g->last->data, arg, false);
    return CURL_GOOD;
}

enum curl_bad curl_set_data_raw(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    curl_data_join(g->last);
    buf_add_str(&g->last->data, arg);
    return CURL_GOOD;
}

enum curl_bad curl_set_json(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    g->last->has_data = g->last->json = true;
    curl_data_add(g, &g->last->data, arg, false);
    return CURL_GOOD;
}

/* "content", "=content", "name=content", "@file", "name@file": only the content is
 * encoded. */
static enum curl_bad curl_data_add_encoded(struct curl_global *g, struct buf *b,
                                           const char *arg)
{
    const char *sign = strchr(arg, '=');
    if (!sign)
        sign = strchr(arg, '@');
    if (sign && sign > arg)
        buf_addf(b, "%.*s=", (int)(sign - arg), arg);
    if (!sign || *sign == '=') {
        curl_data_add_form_encoded(b, span_of(sign ? sign + 1 : arg));
        return CURL_GOOD;
    }
    struct buf content = buf_make(sys_heap());
    curl_data_add(g, &content, sign, false);
    curl_data_add_form_encoded(b, buf_span(&content));
    buf_fini(&content);
    return CURL_GOOD;
}

enum curl_bad curl_set_data_urlencode(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    curl_data_join(g->last);
    return curl_data_add_encoded(g, &g->last->data, arg);
}

enum curl_bad curl_set_url_query(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    struct buf *query = &g->last->query;
    if (query->len)
        buf_add_char(query, '&');
    if (arg[0] != '+')
        return curl_data_add_encoded(g, query, arg);
    buf_add_str(query, arg + 1);
    return CURL_GOOD;
}
