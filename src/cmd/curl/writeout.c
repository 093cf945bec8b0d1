/* writeout.c: see writeout.h. The variables are in writeout.def. */
#include "cmd/curl/writeout.h"

#include "base/str.h"
#include "cmd/curl/param.h"
#include "user/msg.h"
#include "user/out.h"

enum curl_value_kind {
    CURL_VALUE_WORD,
    CURL_VALUE_COUNT,
    CURL_VALUE_CODE,
    CURL_VALUE_TIME,
    CURL_VALUE_HEADERS,
    CURL_VALUE_JSON,
    CURL_VALUE_STDOUT,
    CURL_VALUE_STDERR,
    CURL_VALUE_ONERROR,
};

struct curl_value {
    const char *name;
    enum curl_value_kind kind;
    const char *word; // NULL: none
    int64_t number;
};

#define VARIABLE(name, kind, value) +1
enum {
    CURL_VALUES = 0
#include "cmd/curl/writeout.def"
};
#undef VARIABLE

struct curl_writeout {
    const struct curl_transfer *t;
    struct curl_value values[CURL_VALUES];
    struct buf text; // collected for fd
    int fd;
    bool stop; // %{onerror} after a success
};

static const char *curl_writeout_version(int version)
{
    switch (version) {
    case 10: return "1.0";
    case 11: return "1.1";
    case 20: return "2";
    default: return "0";
    }
}

static const char *curl_writeout_scheme(const struct curl_transfer *t)
{
    if (!t->last.remote_ip[0])
        return NULL;
    return str_eq(t->url.scheme, "https") ? "HTTPS" : "HTTP";
}

static int64_t curl_writeout_speed(int64_t bytes, int64_t total_ns)
{
    return total_ns > 0 ? (int64_t)((double)bytes * 1e9 / (double)total_ns) : 0;
}

static void curl_writeout_fill(struct curl_writeout *w, int64_t total_ns)
{
    const struct curl_transfer *t = w->t;
#define WORD(value) value, 0
#define COUNT(value) NULL, value
#define CODE(value) NULL, value
#define TIME(value) NULL, value
#define HEADERS(value) NULL, value
#define JSON(value) NULL, value
#define STDOUT(value) NULL, value
#define STDERR(value) NULL, value
#define ONERROR(value) NULL, value
#define VARIABLE(name, kind, value) {name, CURL_VALUE_##kind, kind(value)},
    const struct curl_value values[CURL_VALUES] = {
#include "cmd/curl/writeout.def"
    };
#undef VARIABLE
#undef WORD
#undef COUNT
#undef CODE
#undef TIME
#undef HEADERS
#undef JSON
#undef STDOUT
#undef STDERR
#undef ONERROR
    memcpy(w->values, values, sizeof values);
}

/* ---- JSON ------------------------------------------------------------------------- */

static void curl_writeout_add_string(struct buf *b, const char *text, bool lower)
{
    static const char special[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    buf_add_char(b, '"');
    for (; *text; text++) {
        char c = lower ? (char)char_lower(*text) : *text;
        const char *found = NULL;
        for (size_t i = 0; i < sizeof special - 1 && !found; i += 2)
            if (special[i] == c)
                found = &special[i + 1];
        if (found)
            buf_addf(b, "\\%c", *found);
        else if ((unsigned char)c < ' ')
            buf_addf(b, "\\u%04x", (unsigned char)c);
        else
            buf_add_char(b, c);
    }
    buf_add_char(b, '"');
}

/* Whether the name of header i came before. */
static bool curl_writeout_is_repeated(const struct httphead *h, size_t i)
{
    const char *name = strlist_at(&h->names, i);
    for (size_t k = 0; k < i; k++)
        if (httphead_is_name(span_of(strlist_at(&h->names, k)), name))
            return true;
    return false;
}

static void curl_writeout_add_headers(struct buf *b, const struct httphead *h)
{
    buf_add_char(b, '{');
    bool first = true;
    for (size_t i = 0; i < httphead_count(h); i++) {
        sys_tick();
        if (curl_writeout_is_repeated(h, i))
            continue;
        const char *name = strlist_at(&h->names, i), *value;
        buf_add_str(b, first ? "" : ",\n");
        first = false;
        curl_writeout_add_string(b, name, true);
        buf_add_str(b, ":[");
        for (size_t k = 0; (value = httphead_value(h, name, k)); k++) {
            buf_add_str(b, k ? "," : "");
            curl_writeout_add_string(b, value, false);
        }
        buf_add_char(b, ']');
    }
    buf_add_str(b, "\n}");
}

static void curl_writeout_add_time(struct buf *b, int64_t ns)
{
    int64_t us = ns / 1000;
    buf_addf(b, "%lld.%06lld", (long long)(us / 1000000), (long long)(us % 1000000));
}

static void curl_writeout_add_json(struct curl_writeout *w)
{
    struct buf *b = &w->text;
    buf_add_char(b, '{');
    for (size_t i = 0; i < CURL_VALUES; i++) {
        const struct curl_value *v = &w->values[i];
        if (v->kind > CURL_VALUE_TIME)
            continue;
        buf_addf(b, "\"%s\":", v->name);
        if (v->kind == CURL_VALUE_TIME)
            curl_writeout_add_time(b, v->number);
        else if (v->kind != CURL_VALUE_WORD)
            buf_addf(b, "%lld", (long long)v->number);
        else if (v->word)
            curl_writeout_add_string(b, v->word, false);
        else
            buf_add_str(b, "null");
        buf_add_char(b, ',');
    }
    buf_add_str(b, "\"curl_version\":\"libcurl/7.88.1\"}");
}

/* ---- The format ------------------------------------------------------------------- */

static void curl_writeout_flush(struct curl_writeout *w)
{
    int err = out_write_all(w->fd, w->text.data, w->text.len);
    (void)err; // as curl, which does not look
    buf_clear(&w->text);
}

static void curl_writeout_value(struct curl_writeout *w, const struct curl_value *v)
{
    struct buf *b = &w->text;
    switch (v->kind) {
    case CURL_VALUE_WORD: buf_add_str(b, v->word ? v->word : ""); break;
    case CURL_VALUE_COUNT: buf_addf(b, "%lld", (long long)v->number); break;
    case CURL_VALUE_CODE: buf_addf(b, "%03lld", (long long)v->number); break;
    case CURL_VALUE_TIME: curl_writeout_add_time(b, v->number); break;
    case CURL_VALUE_HEADERS: curl_writeout_add_headers(b, &w->t->head); break;
    case CURL_VALUE_JSON: curl_writeout_add_json(w); break;
    case CURL_VALUE_ONERROR: w->stop = !w->t->result; break;
    case CURL_VALUE_STDOUT:
    case CURL_VALUE_STDERR:
        curl_writeout_flush(w);
        w->fd = v->kind == CURL_VALUE_STDOUT ? 1 : 2;
        break;
    }
}

static void curl_writeout_name(struct curl_writeout *w, struct span name)
{
    for (size_t i = 0; i < CURL_VALUES; i++)
        if (span_eq_str(name, w->values[i].name)) {
            curl_writeout_value(w, &w->values[i]);
            return;
        }
    msg("unknown --write-out variable: '%.*s'", (int)name.len, name.ptr);
}

/* "%{name}" and "%header{name}": gives the end of it, or NULL: it is something else. */
static const char *curl_writeout_percent(struct curl_writeout *w, const char *p)
{
    bool header = str_starts(p, "%header{");
    const char *name = p + (header ? strlen("%header{") : strlen("%{"));
    const char *end = header || p[1] == '{' ? strchr(name, '}') : NULL;
    if (!end)
        return NULL;
    struct span s = span_make(name, (size_t)(end - name));
    if (!header) {
        curl_writeout_name(w, s);
        return end + 1;
    }
    for (size_t i = 0; i < httphead_count(&w->t->head); i++) {
        const char *other = strlist_at(&w->t->head.names, i);
        if (!httphead_is_name(s, other))
            continue;
        buf_add_str(&w->text, strlist_at(&w->t->head.values, i));
        break;
    }
    return end + 1;
}

static void curl_writeout_escape(struct buf *b, char c)
{
    switch (c) {
    case 'r': buf_add_char(b, '\r'); break;
    case 'n': buf_add_char(b, '\n'); break;
    case 't': buf_add_char(b, '\t'); break;
    default: buf_addf(b, "\\%c", c); break;
    }
}

static void curl_writeout_format(struct curl_writeout *w, const char *p)
{
    while (*p && !w->stop) {
        const char *end = *p == '%' && p[1] ? curl_writeout_percent(w, p) : NULL;
        if (end) {
            p = end;
        } else if (*p == '%' && p[1]) {
            if (p[1] == '%')
                buf_add_char(&w->text, '%');
            else if (p[1] == '{')
                buf_add_str(&w->text, "%{");
            else
                buf_addf(&w->text, "%%%c", p[1]);
            p += 2;
        } else if (*p == '\\' && p[1]) {
            curl_writeout_escape(&w->text, p[1]);
            p += 2;
        } else {
            buf_add_char(&w->text, *p++);
        }
    }
}

bool curl_writeout_wants_certs(const struct curl_config *c)
{
    static const char *const names[] = {"%{certs}", "%{num_certs}", "%{json}"};
    bool wants = c->write_out && c->write_out[0] == '@';
    for (size_t i = 0; i < COUNT_OF(names); i++)
        wants |= c->write_out && strstr(c->write_out, names[i]);
    return wants;
}

void curl_writeout(const struct curl_transfer *t, int64_t total_ns)
{
    const char *format = t->config->write_out;
    if (!format)
        return;
    struct buf file = buf_make(sys_heap());
    if (format[0] == '@') {
        if (curl_param_file(&file, format + 1, true))
            curl_warn(t->global, "Failed to open %s!", format + 1);
        format = buf_str(&file);
    }
    struct curl_writeout *w = sys_alloc_zero(sizeof *w); // too large for a small stack
    w->t = t;
    w->text = buf_make(sys_heap());
    w->fd = 1;
    curl_writeout_fill(w, total_ns);
    curl_writeout_format(w, format);
    curl_writeout_flush(w);
    buf_fini(&w->text);
    buf_fini(&file);
    sys_free(w);
}
