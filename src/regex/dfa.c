/* dfa.c: see dfa.h. Making states is in dfa_state.c; here they are walked through. */
#include "regex/dfa.h"

#include <errno.h>
#include <string.h>

#include "regex/dfa_state.h"
#include "regex/regex.h"

enum { DFA_STEP = 1 << 15, DFA_TICK = 32 }; // bytes between ticks, bytes for one tick

static unsigned dfa_end_column(const struct dfa *d, unsigned flags, unsigned not_flag)
{
    return d->classes + (flags & not_flag ? 1 : 0);
}

static void dfa_tick(const struct dfa *d, size_t bytes)
{
    if (d->tick && bytes >= DFA_TICK)
        d->tick((unsigned)(bytes / DFA_TICK));
}

/* The side of the place `from`, which a match begins at: of wide characters only that they are. */
static unsigned dfa_side_at(const struct dfa *d, struct span text, size_t from, unsigned flags)
{
    if (!from)
        return flags & REGEX_NOTBOL ? SIDE_EDGE : SIDE_EDGE | SIDE_LINE;
    return side_of_byte((unsigned char)text.ptr[from - 1], d->utf8);
}

static unsigned dfa_side_of_end(struct span text, size_t end, const struct dfa *d, unsigned flags)
{
    if (end == text.len)
        return flags & REGEX_NOTEOL ? SIDE_EDGE : SIDE_EDGE | SIDE_LINE;
    return side_of_byte((unsigned char)text.ptr[end], d->utf8);
}

/* Takes one step where the table has no ordinary answer: a new state is made. 0: no memory. */
static uint32_t dfa_slow_step(struct dfa *d, uint32_t v, unsigned column)
{
    uint32_t next = d->rows[v + column];
    return next ? next : dfa_make_next(d, v, column);
}

/* From v over the bytes p to end. Stops at the first match: *matched. */
static uint32_t dfa_run_exists(struct dfa *d, uint32_t v, const unsigned char *p,
                               const unsigned char *end, bool *matched)
{
    const uint8_t *class_of = d->class_of;
    const uint32_t *rows = d->rows;
    const int32_t dead = (int32_t)d->stride;
    while (p < end) {
        uint32_t next = rows[v + class_of[*p]];
        if (UNLIKELY((int32_t)next <= dead)) {
            next = dfa_slow_step(d, v, class_of[*p]);
            rows = d->rows;
            if (!next)
                return 0;
            if (next & DFA_MATCH) {
                *matched = true;
                return next;
            }
            if (next == (uint32_t)dead)
                return next;
        }
        v = next;
        p++;
    }
    return v;
}

int dfa_exists(struct dfa *d, struct span text, size_t from, unsigned flags)
{
    const unsigned char *p = (const unsigned char *)text.ptr;
    uint32_t v = dfa_start(d, dfa_side_at(d, text, from, flags), flags & REGEX_ANCHORED);
    if (!v)
        return -ENOMEM;
    bool matched = false;
    while (from < text.len) {
        size_t step = size_min(text.len - from, DFA_STEP);
        v = dfa_run_exists(d, v, p + from, p + from + step, &matched);
        dfa_tick(d, step);
        if (!v)
            return -ENOMEM;
        if (matched || v == d->stride)
            return matched;
        from += step;
    }
    uint32_t next = dfa_slow_step(d, v, dfa_end_column(d, flags, REGEX_NOTEOL));
    return next ? (next & DFA_MATCH) != 0 : -ENOMEM;
}

/* The same, noting in *last where the last match ended. */
static uint32_t dfa_run_longest(struct dfa *d, uint32_t v, const unsigned char *p,
                                const unsigned char *end, const unsigned char **last)
{
    const uint8_t *class_of = d->class_of;
    const uint32_t *rows = d->rows;
    const int32_t dead = (int32_t)d->stride;
    while (p < end) {
        uint32_t next = rows[v + class_of[*p]];
        if (UNLIKELY((int32_t)next <= dead)) {
            if (!next) {
                next = dfa_slow_step(d, v, class_of[*p]);
                rows = d->rows;
                if (!next)
                    return 0;
            }
            if (next & DFA_MATCH)
                *last = p;
            next &= ~DFA_MATCH;
            if (next == (uint32_t)dead)
                return next;
        }
        v = next;
        p++;
    }
    return v;
}

int dfa_longest(struct dfa *d, struct span text, size_t from, unsigned flags, size_t *end)
{
    const unsigned char *begin = (const unsigned char *)text.ptr, *last = NULL;
    uint32_t v = dfa_start(d, dfa_side_at(d, text, from, flags), flags & REGEX_ANCHORED);
    if (!v)
        return -ENOMEM;
    while (from < text.len && v != d->stride) {
        size_t step = size_min(text.len - from, DFA_STEP);
        v = dfa_run_longest(d, v, begin + from, begin + from + step, &last);
        dfa_tick(d, step);
        if (!v)
            return -ENOMEM;
        from += step;
    }
    if (v != d->stride) {
        uint32_t next = dfa_slow_step(d, v, dfa_end_column(d, flags, REGEX_NOTEOL));
        if (!next)
            return -ENOMEM;
        if (next & DFA_MATCH)
            last = begin + text.len;
    }
    if (last)
        *end = (size_t)(last - begin);
    return last != NULL;
}

/* Backwards from p down to end. */
static uint32_t dfa_run_reverse(struct dfa *d, uint32_t v, const unsigned char *p,
                                const unsigned char *end, const unsigned char **last)
{
    const uint8_t *class_of = d->class_of;
    while (p > end) {
        unsigned class = class_of[p[-1]];
        uint32_t next = d->rows[v + class];
        if (UNLIKELY((int32_t)next <= (int32_t)d->stride)) {
            next = dfa_slow_step(d, v, class);
            if (!next)
                return 0;
            if (next & DFA_MATCH)
                *last = p;
            next &= ~DFA_MATCH;
            if (next == d->stride)
                return next;
        }
        v = next;
        p--;
    }
    return v;
}

int dfa_reverse(struct dfa *d, struct span text, size_t from, size_t end, unsigned flags,
                size_t *start)
{
    const unsigned char *begin = (const unsigned char *)text.ptr, *last = NULL;
    uint32_t v = dfa_start(d, dfa_side_of_end(text, end, d, flags), true);
    if (!v)
        return -ENOMEM;
    for (size_t at = end; at > from && v != d->stride;) {
        size_t step = size_min(at - from, DFA_STEP);
        v = dfa_run_reverse(d, v, begin + at, begin + at - step, &last);
        dfa_tick(d, step);
        if (!v)
            return -ENOMEM;
        at -= step;
    }
    if (v != d->stride) {
        unsigned column = from ? d->class_of[begin[from - 1]]
                               : dfa_end_column(d, flags, REGEX_NOTBOL);
        uint32_t next = dfa_slow_step(d, v, column);
        if (!next)
            return -ENOMEM;
        if (next & DFA_MATCH)
            last = begin + from;
    }
    if (last)
        *start = (size_t)(last - begin);
    return last != NULL;
}

/* ---- Lines of a block ----*/

/* From v over the bytes p to end: the place of the byte that told of a match; or end, or NULL without
 * memory. */
static const unsigned char *dfa_run_lines(struct dfa *d, uint32_t *state, const unsigned char *p,
                                          const unsigned char *end, bool *matched)
{
    const uint8_t *class_of = d->class_of;
    const uint32_t *rows = d->rows;
    const int32_t dead = (int32_t)d->stride;
    uint32_t v = *state;
    while (p < end) {
        uint32_t next = rows[v + class_of[*p]];
        if (UNLIKELY((int32_t)next <= dead)) {
            next = dfa_slow_step(d, v, class_of[*p]);
            rows = d->rows;
            if (!next)
                return NULL;
            if (next & DFA_MATCH) {
                *matched = true;
                return p;
            }
            if (next == (uint32_t)dead) { // nothing more in this line
                p = memchr(p, d->eol, (size_t)(end - p));
                if (!p)
                    break;
                next = dfa_start(d, SIDE_EDGE | SIDE_LINE, false);
                rows = d->rows;
                if (!next)
                    return NULL;
            }
        }
        v = next;
        p++;
    }
    *state = p ? v : (uint32_t)dead;
    return end;
}

/* In the middle of a line that is dead: goes on behind it. */
static const unsigned char *dfa_skip_line(struct dfa *d, uint32_t *v, const unsigned char *p,
                                          const unsigned char *end)
{
    const unsigned char *eol = memchr(p, d->eol, (size_t)(end - p));
    if (!eol)
        return end;
    *v = dfa_start(d, SIDE_EDGE | SIDE_LINE, false);
    return eol + 1;
}

int dfa_find_line(struct dfa *d, struct span block, size_t from, size_t *at)
{
    const unsigned char *begin = (const unsigned char *)block.ptr, *p = begin + from;
    const unsigned char *end = begin + block.len;
    uint32_t v = dfa_start(d, SIDE_EDGE | SIDE_LINE, false);
    bool matched = false;
    while (p < end) {
        if (v == d->stride)
            p = dfa_skip_line(d, &v, p, end);
        const unsigned char *limit = p + size_min((size_t)(end - p), DFA_STEP);
        const unsigned char *stop = v ? dfa_run_lines(d, &v, p, limit, &matched) : NULL;
        if (!stop || !v)
            return -ENOMEM;
        dfa_tick(d, (size_t)(stop - p));
        p = stop;
        if (matched) {
            *at = (size_t)(p - begin);
            return 1;
        }
    }
    if (!v)
        return -ENOMEM;
    if (v == d->stride || from == block.len || end[-1] == (unsigned char)d->eol)
        return 0;
    uint32_t next = dfa_slow_step(d, v, dfa_end_column(d, 0, REGEX_NOTEOL));
    *at = block.len;
    return next ? (next & DFA_MATCH) != 0 : -ENOMEM;
}
