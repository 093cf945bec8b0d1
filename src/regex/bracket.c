/* bracket.c: see bracket.h. */
#include "regex/bracket.h"

#include "base/utf8.h"
#include "regex/escape.h"
#include "regex/rset.h"

struct bracket {
    const struct bracket_options *o;
    struct rset *set;
    struct rmem *m;
    const char *at, *end;
};

/* One element: a character, or something added already. is_end: a range may begin or end
 * with it, which [:a:] and
 * [=a=] are not. */
struct bracket_item {
    bool is_char, is_end;
    uint32_t c; // an invalid byte is BRACKET_BYTE + itself
};

enum { BRACKET_BYTE = 0x200000 };

static uint32_t bracket_char(struct bracket *b)
{
    uint32_t c = (unsigned char)*b->at;
    int n = b->o->utf8 ? utf8_decode(b->at, (size_t)(b->end - b->at), &c) : 1;
    if (n < 1)
        c = BRACKET_BYTE + (unsigned char)*b->at;
    b->at += n < 1 ? 1 : n;
    return c;
}

/* The end of the name of [:name:], [.name.], [=name=], after the opening two; NULL: there
 * is none. */
static const char *bracket_name_end(const struct bracket *b, char kind)
{
    for (const char *p = b->at; p + 1 < b->end; p++)
        if (*p == kind && p[1] == ']')
            return p;
    return NULL;
}

static enum regex_error bracket_class(struct bracket *b, struct span name)
{
    enum ctype class = ctype_find(name);
    if (class == CTYPE_NONE)
        return REGEX_ECTYPE;
    if (b->o->icase && (class == CTYPE_UPPER || class == CTYPE_LOWER))
        class = CTYPE_ALPHA;
    rset_add_class(b->set, b->m, class);
    return REGEX_OK;
}

/* After "[:", "[." or "[=". */
static enum regex_error bracket_named(struct bracket *b, char kind,
                                      struct bracket_item *item)
{
    const char *close = bracket_name_end(b, kind);
    if (!close)
        return REGEX_EBRACK;
    struct span name = span_make(b->at, (size_t)(close - b->at));
    item->is_char = kind != ':';
    item->is_end = kind == '.';
    if (kind == ':') {
        b->at = close + 2;
        return bracket_class(b, name);
    }
    if (!name.len)
        return REGEX_ECOLLATE;
    item->c = bracket_char(b);
    if (b->at != close)
        return REGEX_ECOLLATE;
    b->at = close + 2;
    return REGEX_OK;
}

static enum regex_error bracket_item(struct bracket *b, struct bracket_item *item)
{
    *item = (struct bracket_item){.is_char = true, .is_end = true};
    if (*b->at == '[' && b->at + 1 < b->end &&
        (b->at[1] == ':' || b->at[1] == '.' || b->at[1] == '=')) {
        char kind = b->at[1];
        b->at += 2;
        return bracket_named(b, kind, item);
    }
    if (*b->at == '\\' && b->o->escapes && b->at + 1 < b->end) {
        b->at++;
        b->at += regex_escape(span_make(b->at, (size_t)(b->end - b->at)), &item->c);
        return REGEX_OK;
    }
    item->c = bracket_char(b);
    return REGEX_OK;
}

static uint32_t bracket_fold(const struct bracket *b, uint32_t c)
{
    if (!b->o->icase || c >= BRACKET_BYTE)
        return c;
    return b->o->utf8 ? ctype_to_upper(c) : (uint32_t)char_upper((int)c);
}

static enum regex_error bracket_add(struct bracket *b, uint32_t first, uint32_t last)
{
    first = bracket_fold(b, first);
    last = bracket_fold(b, last);
    if (first > last)
        return REGEX_ERANGE;
    if (first < BRACKET_BYTE) // no character is an invalid byte
        rset_add(b->set, b->m, first, last < BRACKET_BYTE ? last : 0x10ffff);
    return REGEX_OK;
}

/* An element and, if it begins one, its range. A - that is neither the first nor the last
 * is an element only as the end of a range. */
static enum regex_error bracket_element(struct bracket *b, bool is_first)
{
    struct bracket_item first, last;
    if (*b->at == '-' && !is_first && b->at + 1 < b->end && b->at[1] != ']')
        return REGEX_ERANGE;
    enum regex_error err = bracket_item(b, &first);
    if (err)
        return err;
    bool range = b->at + 1 < b->end && *b->at == '-' && b->at[1] != ']';
    if (!range)
        return first.is_char ? bracket_add(b, first.c, first.c) : REGEX_OK;
    if (!first.is_end)
        return REGEX_ERANGE;
    b->at++;
    err = bracket_item(b, &last);
    if (err)
        return err;
    return last.is_end ? bracket_add(b, first.c, last.c) : REGEX_ERANGE;
}

/* Whether it looks like [:alpha:]. */
static bool bracket_is_naked_class(struct span text)
{
    size_t close = span_find(text, ']');
    return text.len > 2 && text.ptr[1] == ':' && close < text.len && close > 2 &&
           text.ptr[close - 1] == ':';
}

enum regex_error bracket_read(const struct bracket_options *o, struct span text,
                              struct rset *set, struct rmem *m, size_t *len)
{
    struct bracket b = {o, set, m, text.ptr + 1, text.ptr + text.len};
    bool negated = b.at < b.end && *b.at == '^';
    b.at += negated;
    if (b.at == b.end)
        return REGEX_EBADPAT;
    for (const char *begin = b.at; b.at < b.end && (*b.at != ']' || b.at == begin);) {
        enum regex_error err = bracket_element(&b, b.at == begin);
        if (err)
            return err;
    }
    if (b.at >= b.end)
        return REGEX_EBRACK;
    if (o->check_class && bracket_is_naked_class(text))
        return REGEX_ECLASS;
    *len = (size_t)(b.at + 1 - text.ptr);
    if (o->icase)
        rset_fold(set, m);
    if (negated) {
        rset_negate(set, m);
        if (o->never >= 0)
            rset_remove_byte(set, (unsigned char)o->never);
    }
    return REGEX_OK;
}
