/* config.c: see config.h. */
#include "cmd/curl/config.h"

#include "sys.h"
#include "user/msg.h"

enum { CURL_MAX_REDIRS = 50, CURL_WARN_WIDTH = 79 };

struct curl_config *curl_config_add(struct curl_global *g)
{
    struct curl_config *c = sys_alloc_zero(sizeof *c);
    c->headers = strlist_make(sys_heap());
    c->cookie_files = strlist_make(sys_heap());
    c->data = buf_make(sys_heap());
    c->query = buf_make(sys_heap());
    c->cookie = buf_make(sys_heap());
    c->form_end = &c->form;
    c->max_redirs = CURL_MAX_REDIRS;
    if (g->last)
        g->last->next = c;
    else
        g->first = c;
    return g->last = c;
}

static bool curl_config_has_url(const struct curl_target *t) { return t->url; }
static bool curl_config_has_out(const struct curl_target *t) { return t->has_out; }
static bool curl_config_has_upload(const struct curl_target *t) { return t->upload; }

static struct curl_target *curl_config_find(struct curl_config *c,
                                            bool (*has)(const struct curl_target *))
{
    struct curl_target **place = &c->targets;
    while (*place && has(*place)) {
        place = &(*place)->next;
        sys_tick();
    }
    if (!*place)
        *place = sys_alloc_zero(sizeof **place);
    return *place;
}

struct curl_target *curl_config_for_url(struct curl_config *c)
{
    return curl_config_find(c, curl_config_has_url);
}

struct curl_target *curl_config_for_out(struct curl_config *c)
{
    return curl_config_find(c, curl_config_has_out);
}

struct curl_target *curl_config_for_upload(struct curl_config *c)
{
    return curl_config_find(c, curl_config_has_upload);
}

/* Where a line of at most `width` bytes ends: behind its last blank, if it has one. */
static size_t curl_warn_break(struct span text, size_t width)
{
    if (text.len <= width)
        return text.len;
    size_t cut = width - 1;
    while (cut && !char_is_blank(text.ptr[cut]))
        cut--;
    return cut ? cut + 1 : width;
}

void curl_warn(const struct curl_global *g, const char *format, ...)
{
    if (g->silent)
        return;
    struct buf text = buf_make(sys_heap()), lines = buf_make(sys_heap());
    va_list args;
    va_start(args, format);
    buf_addv(&text, format, args);
    va_end(args);
    struct span rest = buf_span(&text);
    while (rest.len) {
        size_t len = curl_warn_break(rest, CURL_WARN_WIDTH - strlen("Warning: "));
        buf_addf(&lines, "Warning: %.*s\n", (int)len, rest.ptr);
        rest = span_from(rest, len);
    }
    msg_raw("%s", buf_str(&lines));
    buf_fini(&text);
    buf_fini(&lines);
}
