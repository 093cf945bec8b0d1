/* glob.c: see glob.h. */
#include "cmd/curl/glob.h"

#include "base/buf.h"
#include "base/num.h"
#include "base/str.h"
#include "sys.h"

struct curl_glob_reader {
    struct curl_glob *g;
    const char *text, *p;
    size_t sets;
};

static struct curl_glob_part *curl_glob_add(struct curl_glob *g, enum curl_glob_kind kind)
{
    g->parts = sys_resize(g->parts, sizeof *g->parts * (g->count + 1));
    struct curl_glob_part *part = &g->parts[g->count++];
    *part = (struct curl_glob_part){.kind = kind, .items = strlist_make(sys_heap())};
    return part;
}

static bool curl_glob_fail(struct curl_glob_reader *r, const char *error, size_t at)
{
    r->g->error = error;
    r->g->error_at = at;
    return false;
}

static size_t curl_glob_position(const struct curl_glob_reader *r)
{
    return (size_t)(r->p - r->text) + 1;
}

/* "{a,b}", p is after the brace. */
static bool curl_glob_list(struct curl_glob_reader *r)
{
    struct curl_glob_part *part = curl_glob_add(r->g, CURL_GLOB_LIST);
    size_t opened = curl_glob_position(r) - 1;
    struct buf b = buf_make(sys_heap());
    for (;; r->p++) {
        if (!*r->p)
            return curl_glob_fail(r, "unmatched brace", opened);
        if (*r->p == '{' || *r->p == '[')
            return curl_glob_fail(r, "nested brace", curl_glob_position(r));
        if (*r->p == ']')
            return curl_glob_fail(r, "unexpected close bracket", curl_glob_position(r));
        if (*r->p == ',' || *r->p == '}') {
            if (*r->p == '}' && !b.len && !strlist_len(&part->items))
                return curl_glob_fail(r, "empty string within braces",
                                      curl_glob_position(r));
            (void)strlist_add(&part->items, buf_span(&b));
            buf_clear(&b);
            if (*r->p == '}')
                break;
            continue;
        }
        if (*r->p == '\\' && r->p[1])
            r->p++;
        buf_add_char(&b, *r->p);
    }
    r->p++;
    buf_fini(&b);
    return true;
}

static bool curl_glob_range_fits(const struct curl_glob_part *part)
{
    if (part->first == part->last)
        return part->step == 1;
    return part->step > 0 && part->first < part->last &&
           part->step <= part->last - part->first;
}

/* "a-z]" or "a-z:2]". What is no range is found fault with at its begin. */
static bool curl_glob_letters(struct curl_glob_reader *r, struct curl_glob_part *part)
{
    part->kind = CURL_GLOB_LETTERS;
    const char *p = r->p, *end = p + 3;
    if (p[1] != '-' || !p[2])
        return false;
    part->first = p[0];
    part->last = p[2];
    if (*end == ':' && (!char_is_digit(end[1]) || num_to_i64(end + 1, &part->step, &end)))
        return false;
    if (*end != ']')
        return false;
    r->p = end + 1;
    return curl_glob_range_fits(part) && char_is_alpha((int)part->last) &&
           char_is_lower((int)part->first) == char_is_lower((int)part->last);
}

/* "1-9]" or "1-9:2]". r->p follows from number to number. */
static bool curl_glob_numbers(struct curl_glob_reader *r, struct curl_glob_part *part)
{
    size_t digits = strspn(r->p, "0123456789");
    if (r->p[0] == '0' && digits > 1)
        part->width = (int)size_min(digits, 1000);
    const char *end;
    if (num_to_i64(r->p, &part->first, &end) || *end != '-')
        return false;
    r->p = end + 1;
    if (!char_is_digit(*r->p) || num_to_i64(r->p, &part->last, &end))
        return false;
    if (*end == ':') {
        r->p = end + 1;
        if (!char_is_digit(*r->p) || num_to_i64(r->p, &part->step, &end))
            return false;
    }
    if (*end != ']')
        return false;
    r->p = end + 1;
    return curl_glob_range_fits(part);
}

/* "[1-9:2]", p is after the bracket. */
static bool curl_glob_range(struct curl_glob_reader *r)
{
    struct curl_glob_part *part = curl_glob_add(r->g, CURL_GLOB_NUMBERS);
    part->step = 1;
    bool ok = false;
    if (char_is_alpha(*r->p))
        ok = curl_glob_letters(r, part);
    else if (char_is_digit(*r->p))
        ok = curl_glob_numbers(r, part);
    else
        return curl_glob_fail(r, "bad range specification", curl_glob_position(r));
    part->at = part->first;
    return ok || curl_glob_fail(r, "bad range", curl_glob_position(r));
}

/* An address of IPv6 in its brackets is no set. */
static size_t curl_glob_address(const char *p)
{
    size_t len = strspn(p + 1, "0123456789abcdefABCDEF:.");
    if (p[len + 1] == '%')
        len += strcspn(p + len + 1, "]");
    bool colons = memchr(p, ':', len + 1) && !memchr(p, '-', len + 1);
    return p[len + 1] == ']' && colons ? len + 2 : 0;
}

/* Text up to the next set. */
static bool curl_glob_text(struct curl_glob_reader *r)
{
    struct buf b = buf_make(sys_heap());
    while (*r->p && *r->p != '{') {
        if (*r->p == '[') {
            size_t address = curl_glob_address(r->p);
            if (!address && !(r->p[1] == ']'))
                break;
            address = address ? address : 2;
            buf_add(&b, r->p, address);
            r->p += address;
            continue;
        }
        if (*r->p == '}' || *r->p == ']') {
            buf_fini(&b);
            return curl_glob_fail(r, "unmatched close brace/bracket",
                                  curl_glob_position(r));
        }
        if (*r->p == '\\' && r->p[1] && strchr("{[}]", r->p[1]))
            r->p++;
        buf_add_char(&b, *r->p++);
    }
    struct curl_glob_part *part = curl_glob_add(r->g, CURL_GLOB_TEXT);
    (void)strlist_add(&part->items, buf_span(&b));
    buf_fini(&b);
    return true;
}

static bool curl_glob_set(struct curl_glob_reader *r)
{
    if (++r->sets > CURL_GLOB_SETS)
        return curl_glob_fail(r, "too many globs", curl_glob_position(r));
    return *r->p++ == '{' ? curl_glob_list(r) : curl_glob_range(r);
}

bool curl_glob_open(struct curl_glob *g, const char *text, bool plain)
{
    *g = (struct curl_glob){0};
    if (plain) {
        (void)strlist_add_str(&curl_glob_add(g, CURL_GLOB_TEXT)->items, text);
        return true;
    }
    struct curl_glob_reader r = {g, text, text, 0};
    do {
        if (!curl_glob_text(&r))
            return false;
    } while (*r.p && curl_glob_set(&r));
    return !g->error;
}

void curl_glob_close(struct curl_glob *g)
{
    for (size_t i = 0; i < g->count; i++)
        strlist_fini(&g->parts[i].items);
    sys_free(g->parts);
    *g = (struct curl_glob){0};
}

static void curl_glob_add_current(struct buf *b, const struct curl_glob_part *part)
{
    switch (part->kind) {
    case CURL_GLOB_TEXT: buf_add_str(b, strlist_at(&part->items, 0)); break;
    case CURL_GLOB_LIST:
        buf_add_str(b, strlist_at(&part->items, (size_t)part->at));
        break;
    case CURL_GLOB_LETTERS: buf_add_char(b, (char)part->at); break;
    case CURL_GLOB_NUMBERS:
        buf_addf(b, "%0*lld", part->width, (long long)part->at);
        break;
    }
}

/* Goes to the part's next item; false: it was the last, and the first is current again.
 */
static bool curl_glob_advance(struct curl_glob_part *part)
{
    switch (part->kind) {
    case CURL_GLOB_TEXT: return false;
    case CURL_GLOB_LIST:
        part->at = (part->at + 1) % (int64_t)strlist_len(&part->items);
        return part->at != 0;
    default:
        if (part->at > part->last - part->step) {
            part->at = part->first;
            return false;
        }
        part->at += part->step;
        return true;
    }
}

char *curl_glob_next(struct curl_glob *g)
{
    size_t i = g->count;
    while (g->began && i && !curl_glob_advance(&g->parts[i - 1]))
        i--;
    if (!i)
        return NULL;
    g->began = true;
    struct buf b = buf_make(sys_heap());
    for (i = 0; i < g->count; i++)
        curl_glob_add_current(&b, &g->parts[i]);
    return b.data ? buf_take(&b) : sys_strdup("");
}

bool curl_glob_is_many(const struct curl_glob *g)
{
    for (size_t i = 0; i < g->count; i++) {
        const struct curl_glob_part *part = &g->parts[i];
        if (part->kind == CURL_GLOB_LIST ? strlist_len(&part->items) > 1
                                         : part->last > part->first)
            return true;
    }
    return false;
}

/* The index-th set, from 1, or NULL. */
static const struct curl_glob_part *curl_glob_find(const struct curl_glob *g,
                                                   int64_t index)
{
    for (size_t i = 0; i < g->count; i++)
        if (g->parts[i].kind != CURL_GLOB_TEXT && --index == 0)
            return &g->parts[i];
    return NULL;
}

char *curl_glob_name(const struct curl_glob *g, const char *text)
{
    struct buf b = buf_make(sys_heap());
    while (*text) {
        const char *rest = text;
        int64_t index = 0;
        const struct curl_glob_part *part = NULL;
        if (*text == '#' && char_is_digit(text[1]) &&
            !num_to_i64(text + 1, &index, &rest))
            part = curl_glob_find(g, index);
        if (part) {
            curl_glob_add_current(&b, part);
            text = rest;
        } else {
            buf_add_char(&b, *text++);
        }
    }
    return b.data ? buf_take(&b) : sys_strdup("");
}
