/* httphead.c: see httphead.h. */
#include "user/httphead.h"

#include "base/num.h"
#include "base/str.h"
#include "sys.h"

void httphead_init(struct httphead *h)
{
    *h = (struct httphead){.names = strlist_make(sys_heap()),
                           .values = strlist_make(sys_heap()),
                           .line = buf_make(sys_heap())};
}

void httphead_fini(struct httphead *h)
{
    strlist_fini(&h->names);
    strlist_fini(&h->values);
    buf_fini(&h->line);
    sys_free(h->reason);
    h->reason = NULL;
}

static struct span httphead_trim(struct span s)
{
    while (s.len && char_is_space(s.ptr[0]))
        s = span_from(s, 1);
    while (s.len && char_is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

/* "HTTP/1.1 200 OK". */
static void httphead_begin(struct httphead *h, struct span line)
{
    strlist_clear(&h->names);
    strlist_clear(&h->values);
    struct span rest = span_from(line, span_find(line, ' ') + 1);
    int64_t status = 0;
    size_t i = 0;
    for (; i < rest.len && i < 3 && char_is_digit(rest.ptr[i]); i++)
        status = status * 10 + rest.ptr[i] - '0';
    h->status = (int)status;
    sys_free(h->reason);
    struct buf b = buf_make(sys_heap());
    buf_add_span(&b, httphead_trim(span_from(rest, i)));
    h->reason = buf_take(&b);
}

static void httphead_line(struct httphead *h, struct span line)
{
    if (span_starts(line, span_of("HTTP/"))) {
        httphead_begin(h, line);
        return;
    }
    size_t colon = span_find(line, ':');
    if (colon == line.len)
        return; // the empty line at the end, or junk
    (void)strlist_add(&h->names, httphead_trim(span_make(line.ptr, colon)));
    (void)strlist_add(&h->values, httphead_trim(span_from(line, colon + 1)));
}

void httphead_feed(struct httphead *h, struct span text)
{
    while (text.len) {
        size_t end = span_find(text, '\n');
        buf_add(&h->line, text.ptr, end);
        if (end == text.len)
            return;
        httphead_line(h, buf_span(&h->line));
        buf_clear(&h->line);
        text = span_from(text, end + 1);
    }
}

size_t httphead_count(const struct httphead *h) { return strlist_len(&h->names); }

bool httphead_is_name(struct span a, const char *b)
{
    size_t i = 0;
    while (i < a.len && b[i] && char_lower(a.ptr[i]) == char_lower(b[i]))
        i++;
    return i == a.len && !b[i];
}

const char *httphead_value(const struct httphead *h, const char *name, size_t index)
{
    for (size_t i = 0; i < httphead_count(h); i++)
        if (httphead_is_name(span_of(strlist_at(&h->names, i)), name) && !index--)
            return strlist_at(&h->values, i);
    return NULL;
}

/* Adds a parameter's value: up to its closing quote, or to the semicolon. */
static void httphead_add_parameter(struct buf *b, const char *text)
{
    if (*text != '"') {
        struct span s = span_make(text, span_find(span_of(text), ';'));
        buf_add_span(b, httphead_trim(s));
        return;
    }
    for (text++; *text && *text != '"'; text++) {
        if (*text == '\\' && text[1])
            text++;
        buf_add_char(b, *text);
    }
}

/* Where the value of "; filename=" begins, or NULL. */
static const char *httphead_find_filename(const char *text)
{
    for (const char *p = strchr(text, ';'); p; p = strchr(p, ';')) {
        p++;
        while (char_is_blank(*p))
            p++;
        if (strlen(p) > 9 && httphead_is_name(span_make(p, 9), "filename="))
            return p + 9;
    }
    return NULL;
}

char *httphead_file_name(const struct httphead *h)
{
    const char *field = httphead_find(h, "Content-Disposition");
    const char *value = field ? httphead_find_filename(field) : NULL;
    if (!value)
        return NULL;
    struct buf b = buf_make(sys_heap());
    httphead_add_parameter(&b, value);
    const char *name = buf_str(&b);
    for (const char *p = name; *p; p++)
        if (*p == '/' || *p == '\\')
            name = p + 1;
    char *result =
        *name && !str_eq(name, ".") && !str_eq(name, "..") ? sys_strdup(name) : NULL;
    buf_fini(&b);
    return result;
}
