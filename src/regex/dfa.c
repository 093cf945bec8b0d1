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

/* The side of the place `from`, which a match begins at: of wide characters only that
 * they are. */
static unsigned dfa_side_at(const struct dfa *d, struct span text, size_t from,
                            unsigned flags)
{
    if (!from)
        return flags & REGEX_NOTBOL ? SIDE_EDGE : SIDE_EDGE | SIDE_LINE;
    unsigned char before = (unsigned char)text.ptr[from - 1];
    return before == d->eol ? SIDE_EDGE | SIDE_LINE : side_of_byte(before, d->utf8);
}

static unsigned dfa_side_of_end(struct span text, size_t end, const struct dfa *d,
                                unsigned flags)
{
    if (end == text.len)
        return flags & REGEX_NOTEOL ? SIDE_EDGE : SIDE_EDGE | SIDE_LINE;
    return side_of_byte((unsigned char)text.ptr[end], d->utf8);
}

/* Why a state could not be made. */
static int dfa_error(const struct dfa *d) { return *d->budget ? -ENOMEM : -E2BIG; }

/* Takes one step where the table has no ordinary answer: a new state is made. 0: no
 * memory. */
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
        return dfa_error(d);
    bool matched = false;
    while (from < text.len) {
        size_t step = size_min(text.len - from, DFA_STEP);
        v = dfa_run_exists(d, v, p + from, p + from + step, &matched);
        dfa_tick(d, step);
        if (!v)
            return dfa_error(d);
        if (matched || v == d->stride)
            return matched;
        from += step;
    }
    uint32_t next = dfa_slow_step(d, v, dfa_end_column(d, flags, REGEX_NOTEOL));
    return next ? (next & DFA_MATCH) != 0 : dfa_error(d);
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
        return dfa_error(d);
    while (from < text.len && v != d->stride) {
        size_t step = size_min(text.len - from, DFA_STEP);
        v = dfa_run_longest(d, v, begin + from, begin + from + step, &last);
        dfa_tick(d, step);
        if (!v)
            return dfa_error(d);
        from += step;
    }
    if (v != d->stride) {
        uint32_t next = dfa_slow_step(d, v, dfa_end_column(d, flags, REGEX_NOTEOL));
        if (!next)
            return dfa_error(d);
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
        return dfa_error(d);
    for (size_t at = end; at > from && v != d->stride;) {
        size_t step = size_min(at - from, DFA_STEP);
        v = dfa_run_reverse(d, v, begin + at, begin + at - step, &last);
        dfa_tick(d, step);
        if (!v)
            return dfa_error(d);
        at -= step;
    }
    if (v != d->stride) {
        unsigned column =
            from ? d->class_of[begin[from - 1]] : dfa_end_column(d, flags, REGEX_NOTBOL);
        uint32_t next = dfa_slow_step(d, v, column);
        if (!next)
            return dfa_error(d);
        if (next & DFA_MATCH)
            last = begin + from;
    }
    if (last)
        *start = (size_t)(last - begin);
    return last != NULL;
}

/* ---- Lines of a block ------------------------------------------------------------- */

/* From v over the bytes p to end: the place of the byte that told of a match; or end, or
 * NULL without memory. */
static const unsigned char *dfa_run_lines(struct dfa *d, uint32_t *state,
                                          const unsigned char *p,
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
static const unsigned char *dfa_skip_line(struct dfa *d, uint32_t *v,
                                          const unsigned char *p,
                                          const unsigned char *end)
{
    const unsigned char *eol = memchr(p, d->eol, (size_t)(end - p));
    if (!eol)
        return end;
    *v = dfa_start(d, SIDE_EDGE | SIDE_LINE, false);
    return eol + 1;
}

/* A part of a block, from the begin of a line to the end of one, and how far it has been
 * read. */
struct dfa_lane {
    const unsigned char *p, *end;
    uint32_t v;
};

enum {
    DFA_LANES = 4,
    DFA_ALONE = 256, // bytes that are read before lanes are opened: often a match is near
    DFA_LANE_MIN = 256,
    DFA_LANE_MAX = 1 << 14,
};

/* Cuts the block into lanes of about equal length. */
static void dfa_open_lanes(const struct dfa *d, struct dfa_lane *lanes,
                           const unsigned char *p, const unsigned char *end,
                           uint32_t start)
{
    size_t each = size_min(size_max(d->gap / 2, DFA_LANE_MIN), DFA_LANE_MAX);
    each = size_min(each, (size_t)(end - p) / DFA_LANES);
    for (int i = 0; i < DFA_LANES; i++) {
        const unsigned char *cut = p + size_min((size_t)(end - p), each);
        const unsigned char *eol = memchr(cut, d->eol, (size_t)(end - cut));
        cut = eol ? eol + 1 : end;
        lanes[i] = (struct dfa_lane){p, cut, start};
        p = cut;
    }
}

/* Reads count bytes in each lane, or fewer if one of them comes to a state that is not
 * ordinary. A step has to wait for the one before it in its lane, but not for those in
 * the others. */
static void dfa_run_lanes(const struct dfa *d, struct dfa_lane *lanes, size_t count)
{
    const uint8_t *class_of = d->class_of;
    const uint32_t *rows = d->rows;
    const uint32_t ordinary = d->stride + 1;
    const unsigned char *p0 = lanes[0].p, *p1 = lanes[1].p, *p2 = lanes[2].p,
                        *p3 = lanes[3].p;
    uint32_t v0 = lanes[0].v, v1 = lanes[1].v, v2 = lanes[2].v, v3 = lanes[3].v;
    size_t i = 0;
    for (; i < count; i++) {
        uint32_t n0 = rows[v0 + class_of[p0[i]]], n1 = rows[v1 + class_of[p1[i]]];
        uint32_t n2 = rows[v2 + class_of[p2[i]]], n3 = rows[v3 + class_of[p3[i]]];
        uint32_t below =
            (n0 - ordinary) | (n1 - ordinary) | (n2 - ordinary) | (n3 - ordinary);
        uint32_t matches = n0 | n1 | n2 | n3;
        if (UNLIKELY((int32_t)(below | matches) < 0))
            break;
        v0 = n0, v1 = n1, v2 = n2, v3 = n3;
    }
    lanes[0] = (struct dfa_lane){p0 + i, lanes[0].end, v0};
    lanes[1] = (struct dfa_lane){p1 + i, lanes[1].end, v1};
    lanes[2] = (struct dfa_lane){p2 + i, lanes[2].end, v2};
    lanes[3] = (struct dfa_lane){p3 + i, lanes[3].end, v3};
}

/* Takes the step at which lanes stopped, in each of them. false: one has found a match,
 * or states were thrown away: they are to be finished one by one. */
static bool dfa_step_lanes(struct dfa *d, struct dfa_lane *lanes)
{
    unsigned flushes = d->flushes;
    for (int i = 0; i < DFA_LANES; i++) {
        struct dfa_lane *l = &lanes[i];
        unsigned class = d->class_of[*l->p];
        uint32_t next = dfa_slow_step(d, l->v, class);
        if (!next || next & DFA_MATCH || d->flushes != flushes)
            return false;
        if (next == d->stride) {
            const unsigned char *eol = memchr(l->p, d->eol, (size_t)(l->end - l->p));
            next = dfa_start(d, SIDE_EDGE | SIDE_LINE, false);
            if (!eol || !next || d->flushes != flushes)
                return false;
            l->p = eol;
        }
        l->v = next;
        l->p++;
    }
    return true;
}

static size_t dfa_shortest_lane(const struct dfa_lane *lanes)
{
    size_t shortest = SIZE_MAX;
    for (int i = 0; i < DFA_LANES; i++)
        shortest = size_min(shortest, (size_t)(lanes[i].end - lanes[i].p));
    return shortest;
}

/* Reads from p, a line's begin, in lanes. Gives how far; *matched: there is the byte that
 * told of a match. NULL: no memory. */
static const unsigned char *dfa_find_in_lanes(struct dfa *d, const unsigned char *p,
                                              const unsigned char *end, bool *matched)
{
    struct dfa_lane lanes[DFA_LANES];
    uint32_t start = dfa_start(d, SIDE_EDGE | SIDE_LINE, false);
    if (!start)
        return NULL;
    dfa_open_lanes(d, lanes, p, end, start);
    unsigned flushes = d->flushes;
    for (size_t count; (count = dfa_shortest_lane(lanes)) > 0;) {
        dfa_run_lanes(d, lanes, count);
        if (dfa_shortest_lane(lanes) == 0 || !dfa_step_lanes(d, lanes))
            break;
    }
    for (int i = 0; i < DFA_LANES; i++) { // what is left of each, in order
        struct dfa_lane *l = &lanes[i];
        if (d->flushes != flushes) { // its state is gone: from the line's begin
            const unsigned char *eol = memrchr(p, d->eol, (size_t)(l->p - p));
            l->p = eol ? eol + 1 : p;
            l->v = dfa_start(d, SIDE_EDGE | SIDE_LINE, false);
        }
        while (l->p < l->end && l->v) {
            if (l->v == d->stride)
                l->p = dfa_skip_line(d, &l->v, l->p, l->end);
            const unsigned char *stop = dfa_run_lines(d, &l->v, l->p, l->end, matched);
            if (!stop || *matched)
                return stop;
            l->p = stop;
        }
    }
    return lanes[DFA_LANES - 1].end;
}

/* Reads to a line's begin at or behind limit, alone. As dfa_find_in_lanes; *v: the state
 * at the end. */
static const unsigned char *dfa_find_alone(struct dfa *d, uint32_t *v,
                                           const unsigned char *p,
                                           const unsigned char *end, size_t len,
                                           bool *matched)
{
    const unsigned char *limit = p + size_min((size_t)(end - p), len);
    if (limit < end) {
        const unsigned char *eol = memchr(limit - 1, d->eol, (size_t)(end - limit + 1));
        limit = eol ? eol + 1 : end;
    }
    while (p < limit) {
        if (*v == d->stride)
            p = dfa_skip_line(d, v, p, limit);
        const unsigned char *step = p + size_min((size_t)(limit - p), DFA_STEP);
        const unsigned char *stop = *v ? dfa_run_lines(d, v, p, step, matched) : NULL;
        if (!stop || *matched)
            return stop;
        dfa_tick(d, (size_t)(stop - p));
        p = stop;
    }
    return p;
}

int dfa_find_line(struct dfa *d, struct span block, size_t from, size_t *at)
{
    const unsigned char *begin = (const unsigned char *)block.ptr, *p = begin + from;
    const unsigned char *end = begin + block.len;
    uint32_t v = dfa_start(d, SIDE_EDGE | SIDE_LINE, false);
    bool matched = false, alone = true;
    if (!v)
        return dfa_error(d);
    while (p < end) {
        bool lanes =
            !alone && (size_t)(end - p) >= DFA_LANES * DFA_LANE_MIN && end[-1] == d->eol;
        const unsigned char *stop =
            lanes ? dfa_find_in_lanes(d, p, end, &matched)
                  : dfa_find_alone(d, &v, p, end, alone ? DFA_ALONE : SIZE_MAX, &matched);
        if (!stop)
            return dfa_error(d);
        if (matched) {
            *at = (size_t)(stop - begin);
            d->gap = (d->gap * 7 + *at - from) / 8;
            return 1;
        }
        if (lanes) {
            dfa_tick(d, (size_t)(stop - p));
            v = dfa_start(d, SIDE_EDGE | SIDE_LINE, false);
        }
        p = stop;
        alone = false;
    }
    if (!v)
        return dfa_error(d);
    if (v == d->stride || from == block.len || end[-1] == (unsigned char)d->eol)
        return 0;
    uint32_t next = dfa_slow_step(d, v, dfa_end_column(d, 0, REGEX_NOTEOL));
    *at = block.len;
    return next ? (next & DFA_MATCH) != 0 : dfa_error(d);
}
