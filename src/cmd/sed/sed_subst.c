/* sed_subst.c: the commands s and y on the pattern space. See sed.h. */
#include <errno.h>

#include "base/utf8.h"
#include "cmd/sed/sed.h"
#include "regex/ctype.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/msg.h"

enum { SED_SPANS = 10 };

struct regex *sed_current_regex(struct sed_machine *m, const struct sed_regex *r)
{
    if (r->pattern.re) {
        m->last_in_pieces = r->lines && !m->sed->delimiter;
        return m->last = r->pattern.re;
    }
    if (!m->last) {
        msg("-e expression #1, char 0: no previous regular expression");
        sed_give_up(m->sed, SED_BAD_USAGE);
    }
    if (r->groups > regex_groups(m->last)) {
        msg("-e expression #1, char 0: invalid reference \\%zu on `s' command's RHS",
            r->groups);
        sed_give_up(m->sed, SED_BAD_USAGE);
    }
    return m->last;
}

/* Searches the lines of the pattern space, which end in NUL, one by one. */
static int sed_search_pieces(struct regex *re, struct span text, size_t from,
                             struct regex_span *spans, size_t count)
{
    for (;;) {
        const char *before = from ? memrchr(text.ptr, '\0', from) : NULL;
        size_t begin = before ? (size_t)(before + 1 - text.ptr) : 0;
        struct span piece = span_from(text, begin);
        piece.len = from - begin + span_find(span_from(text, from), '\0');
        int found = regex_search(re, piece, from - begin, 0, spans, count);
        for (size_t i = 0; found > 0 && i < count; i++)
            if (spans[i].start != REGEX_NONE)
                spans[i] =
                    (struct regex_span){spans[i].start + begin, spans[i].end + begin};
        if (found || begin + piece.len == text.len)
            return found;
        from = begin + piece.len + 1;
    }
}

int sed_search(struct sed_machine *m, struct regex *re, struct span text, size_t from,
               struct regex_span *spans, size_t count)
{
    int found = m->last_in_pieces ? sed_search_pieces(re, text, from, spans, count)
                                  : regex_search(re, text, from, 0, spans, count);
    if (found >= 0)
        return found;
    msg(found == -E2BIG ? "exceeded the step limit of regular expressions"
                        : "memory exhausted");
    sed_give_up(m->sed, SED_PANIC);
}

/* ---- Changes of case -------------------------------------------------------------- */

struct sed_caser {
    enum sed_case mode, once;
};

static void sed_change_case(struct sed_caser *c, enum sed_case change)
{
    if (change == SED_CASE_UPPER_ONE || change == SED_CASE_LOWER_ONE)
        c->once = change;
    else if (change != SED_CASE_KEEP)
        *c = (struct sed_caser){change == SED_CASE_END ? SED_CASE_KEEP : change,
                                SED_CASE_KEEP};
}

static uint32_t sed_cased(enum sed_case how, uint32_t c)
{
    if (how == SED_CASE_UPPER || how == SED_CASE_UPPER_ONE)
        return ctype_to_upper(c);
    return how == SED_CASE_KEEP ? c : ctype_to_lower(c);
}

static void sed_add_cased(struct sed_machine *m, struct sed_caser *c, struct span text)
{
    while (text.len) {
        enum sed_case how = c->once ? c->once : c->mode;
        if (how == SED_CASE_KEEP) {
            buf_add_span(&m->other, text);
            return;
        }
        c->once = SED_CASE_KEEP;
        uint32_t wide;
        int n = m->sed->utf8 ? utf8_decode(text.ptr, text.len, &wide) : 0;
        if (n > 1) {
            char bytes[4];
            buf_add(&m->other, bytes, (size_t)utf8_encode(bytes, sed_cased(how, wide)));
        } else {
            unsigned char byte = (unsigned char)*text.ptr;
            buf_add_char(&m->other,
                         byte < 0x80 ? (char)sed_cased(how, byte) : (char)byte);
            n = 1;
        }
        text = span_from(text, (size_t)n);
    }
}

/* ---- s ---------------------------------------------------------------------------- */

static struct span sed_group(struct span line, const struct regex_span *m)
{
    if (m->start == REGEX_NONE)
        return span_make("", 0);
    return span_make(line.ptr + m->start, m->end - m->start);
}

static void sed_add_replacement(struct sed_machine *m, const struct sed_replace *r,
                                struct span line, const struct regex_span *spans)
{
    struct sed_caser c = {SED_CASE_KEEP, SED_CASE_KEEP};
    for (size_t i = 0; i < r->part_count; i++) {
        const struct sed_part *part = &r->parts[i];
        struct span group = {"", 0};
        if (part->group >= 0)
            group = sed_group(line, &spans[part->group]);
        if (r->has_case) {
            sed_change_case(&c, part->change);
            sed_add_cased(m, &c, part->text);
            sed_add_cased(m, &c, group);
        } else {
            buf_add_span(&m->other, part->text);
            buf_add_span(&m->other, group);
        }
    }
}

static size_t sed_char_len(const struct sed_machine *m, struct span line, size_t at)
{
    return m->sed->utf8 ? utf8_next(line, at) - at : 1;
}

/* Puts the line with what was to be replaced into m->other. false: there was nothing. */
static bool sed_replace_in(struct sed_machine *m, const struct sed_replace *r,
                           struct span line)
{
    struct regex *re = sed_current_regex(m, r->regex);
    struct regex_span spans[SED_SPANS];
    size_t count = m->sed->debug ? SED_SPANS : (size_t)r->max_group + 1, at = 0, kept = 0;
    size_t last_end = SIZE_MAX;
    uint64_t found = 0;
    bool any = false;
    while (at <= line.len && sed_search(m, re, line, at, spans, count)) {
        sys_tick();
        bool empty = spans[0].start == spans[0].end;
        bool again = empty && spans[0].start == last_end; // right behind the last match
        if (m->sed->debug && last_end == SIZE_MAX)        // the first one only
            sed_debug_match(line, spans, regex_groups(re) + 1);
        if (!again && ++found >= r->number) {
            if (!any)
                buf_clear(&m->other);
            any = true;
            buf_add(&m->other, line.ptr + kept, spans[0].start - kept);
            sed_add_replacement(m, r, line, spans);
            kept = spans[0].end;
            if (!r->global)
                break;
        }
        at = last_end = spans[0].end;
        if (empty)
            at += at < line.len ? sed_char_len(m, line, at) : 1;
    }
    if (any)
        buf_add(&m->other, line.ptr + kept, line.len - kept);
    return any;
}

bool sed_substitute(struct sed_machine *m, const struct sed_replace *r)
{
    struct span line = span_make(buf_str(&m->space), m->space.len);
    if (!sed_replace_in(m, r, line))
        return false;
    struct buf old = m->space;
    m->space = m->other;
    m->other = old;
    m->replaced = true;
    return true;
}

/* ---- y ---------------------------------------------------------------------------- */

static void sed_translate_wide(struct sed_machine *m, const struct sed_translate *t)
{
    struct span line = buf_span(&m->space);
    buf_clear(&m->other);
    while (line.len) {
        uint32_t c = (unsigned char)*line.ptr;
        int n = m->sed->utf8 ? utf8_decode(line.ptr, line.len, &c) : 1;
        size_t i = t->pair_count;
        for (size_t k = 0; k < t->pair_count && n > 0; k++)
            if (t->pairs[k].from == c) {
                i = k;
                break;
            }
        n = n < 1 ? 1 : n;
        if (i < t->pair_count)
            buf_add(&m->other, t->pairs[i].to, (size_t)t->pairs[i].len);
        else
            buf_add(&m->other, line.ptr, (size_t)n);
        line = span_from(line, (size_t)n);
    }
    struct buf old = m->space;
    m->space = m->other;
    m->other = old;
}

void sed_translate_space(struct sed_machine *m, const struct sed_translate *t)
{
    if (t->wide) {
        sed_translate_wide(m, t);
        return;
    }
    for (size_t i = 0; i < m->space.len; i++)
        m->space.data[i] = (char)t->bytes[(unsigned char)m->space.data[i]];
}
