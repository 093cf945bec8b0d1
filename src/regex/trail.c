/* trail.c: see trail.h. */
#include "regex/trail.h"

#include <errno.h>
#include <string.h>

#include "base/utf8.h"
#include "regex/rmem.h"
#include "regex/regex.h"

enum { TRAIL_SEEN_MAX = 1 << 20 }; // bits
#define TRAIL_NONE UINT32_MAX

static size_t trail_width(const struct trail *w) { return 2 * (size_t)w->p->tree->groups + 2; }

int trail_init(struct trail *w, const struct rprog *p)
{
    *w = (struct trail){.p = p, .mem = p->tree->mem};
    w->slots = rmem_new(w->mem, trail_width(w) * sizeof *w->slots);
    return w->slots ? 0 : -ENOMEM;
}

void trail_fini(struct trail *w)
{
    if (!w->p)
        return;
    rmem_free(w->mem, w->slots, trail_width(w) * sizeof *w->slots);
    rmem_free(w->mem, w->seen, w->seen_cap * sizeof *w->seen);
    rmem_free(w->mem, w->stack, w->stack_cap * sizeof *w->stack);
}

bool trail_fits(const struct trail *w, size_t len) { return len < TRAIL_SEEN_MAX / w->p->len; }

static int trail_clear_map(struct trail *w, size_t len)
{
    size_t need = ((len + 1) * w->p->len + 63) / 64;
    if (need > w->seen_cap) {
        rmem_free(w->mem, w->seen, w->seen_cap * sizeof *w->seen);
        w->seen_cap = 0;
        w->seen = rmem_new(w->mem, need * sizeof *w->seen);
        if (!w->seen)
            return -ENOMEM;
        w->seen_cap = need;
    } else {
        memset(w->seen, 0, need * sizeof *w->seen);
    }
    return 0;
}

static bool trail_push(struct trail *w, size_t *depth, struct trail_step step)
{
    w->stack = rmem_grow(w->mem, w->stack, &w->stack_cap, *depth, sizeof *w->stack);
    if (*depth >= w->stack_cap)
        return false;
    w->stack[(*depth)++] = step;
    return true;
}

/* The length of the character of the set at `at`; 0: none. */
static size_t trail_char(const struct rset *s, struct span text, size_t at, size_t end)
{
    unsigned char c = (unsigned char)text.ptr[at];
    if (c < 0x80 || !s->utf8)
        return rset_has_byte(s, c);
    uint32_t wide;
    int n = utf8_decode(text.ptr + at, end - at, &wide);
    return n > 0 && rset_has_wide(s, wide) ? (size_t)n : 0;
}

static bool trail_holds(const struct trail *w, const struct rprog_inst *inst, struct span text,
                       size_t at, unsigned flags)
{
    bool utf8 = w->p->tree->utf8;
    return assertion_holds((enum assertion)inst->arg, side_before(text, at, flags, utf8),
                           side_after(text, at, flags, utf8));
}

/* Walks from one step on until the way ends. 1: at the match's end; 0: nowhere; -ENOMEM. */
static int trail_way(struct trail *w, struct span text, unsigned flags, struct regex_span match,
                    uint32_t pc, size_t at, size_t *depth)
{
    const struct rprog_inst *insts = w->p->insts;
    size_t width = match.end - match.start + 1;
    for (;;) {
        size_t bit = pc * width + (at - match.start), n;
        uint64_t *seen = &w->seen[bit / 64], mask = UINT64_C(1) << (bit % 64);
        if (*seen & mask)
            return 0;
        *seen |= mask;
        const struct rprog_inst *inst = &insts[pc];
        switch ((enum rprog_op)inst->op) {
        case RPROG_ACCEPT:
            if (at == match.end)
                return 1;
            return 0;
        case RPROG_SPLIT:
            if (!trail_push(w, depth, (struct trail_step){inst->b, TRAIL_NONE, at}))
                return -ENOMEM;
            break;
        case RPROG_SAVE:
            if (!trail_push(w, depth, (struct trail_step){0, inst->b, w->slots[inst->b]}))
                return -ENOMEM;
            w->slots[inst->b] = at;
            break;
        case RPROG_ASSERT:
            if (!trail_holds(w, inst, text, at, flags))
                return 0;
            break;
        case RPROG_BYTE:
            if (at == match.end || (unsigned char)text.ptr[at] != inst->arg)
                return 0;
            at++;
            break;
        case RPROG_SET:
            n = at < match.end ? trail_char(rprog_set(w->p, inst), text, at, match.end) : 0;
            if (!n)
                return 0;
            at += n;
            break;
        default: return 0;
        }
        pc = inst->a;
    }
}

static void trail_give(const struct trail *w, struct regex_span *spans, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        bool has = i <= w->p->tree->groups && w->slots[2 * i] != REGEX_NONE
                && w->slots[2 * i + 1] != REGEX_NONE;
        spans[i].start = has ? w->slots[2 * i] : REGEX_NONE;
        spans[i].end = has ? w->slots[2 * i + 1] : REGEX_NONE;
    }
}

int trail_groups(struct trail *w, struct span text, unsigned flags, struct regex_span *spans,
                size_t count)
{
    int err = trail_clear_map(w, spans[0].end - spans[0].start);
    if (err)
        return err;
    for (size_t i = 0; i < trail_width(w); i++)
        w->slots[i] = REGEX_NONE;
    size_t depth = 0;
    int found = trail_way(w, text, flags, spans[0], w->p->start, spans[0].start, &depth);
    while (!found && depth) {
        struct trail_step step = w->stack[--depth];
        if (step.slot != TRAIL_NONE)
            w->slots[step.slot] = step.at;
        else
            found = trail_way(w, text, flags, spans[0], step.pc, step.at, &depth);
    }
    if (found > 0)
        trail_give(w, spans, count);
    return found;
}
