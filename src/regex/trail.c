/* trail.c: see trail.h. */
#include "regex/trail.h"

#include <errno.h>
#include <string.h>

#include "base/utf8.h"
#include "regex/rmem.h"
#include "regex/regex.h"

enum { TRAIL_SEEN_MAX = 1 << 20 }; // entries
#define TRAIL_NONE UINT32_MAX

static size_t trail_spans_size(const struct trail *w)
{
    return (w->p->tree->groups + (size_t)1) * sizeof(struct regex_span);
}

int trail_init(struct trail *w, const struct rprog *p)
{
    *w = (struct trail){.p = p, .mem = p->tree->mem};
    w->now = rmem_new(w->mem, trail_spans_size(w));
    w->before = rmem_new(w->mem, trail_spans_size(w));
    return w->now && w->before ? 0 : -ENOMEM;
}

void trail_fini(struct trail *w)
{
    if (!w->p)
        return;
    rmem_free(w->mem, w->now, trail_spans_size(w));
    rmem_free(w->mem, w->before, trail_spans_size(w));
    rmem_free(w->mem, w->seen, w->seen_cap * sizeof *w->seen);
    rmem_free(w->mem, w->stack, w->stack_cap * sizeof *w->stack);
}

bool trail_fits(const struct trail *w, size_t len)
{
    return len < TRAIL_SEEN_MAX / w->p->len;
}

static int trail_clear_map(struct trail *w, size_t len)
{
    size_t need = ((len + 1) * w->p->len + 31) / 32;
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

static bool trail_push(struct trail *w, struct trail_step step)
{
    w->stack = rmem_grow(w->mem, w->stack, &w->stack_cap, w->depth, sizeof *w->stack);
    if (w->depth >= w->stack_cap)
        return false;
    w->stack[w->depth++] = step;
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

static bool trail_holds(const struct trail *w, const struct rprog_inst *inst,
                        struct span text, size_t at, unsigned flags)
{
    bool utf8 = w->p->tree->utf8;
    return assertion_holds((enum assertion)inst->arg, side_before(text, at, flags, utf8),
                           side_after(text, at, flags, utf8));
}

/* Notes that the way comes to pc at a place; how often it had been there before, 2 at the
 * most. */
static unsigned trail_visit(struct trail *w, size_t bit)
{
    uint64_t *seen = &w->seen[bit / 32], shift = bit % 32 * 2;
    unsigned before = *seen >> shift & 3;
    if (before < 2)
        *seen += UINT64_C(1) << shift;
    return before;
}

/* At a choice: the other way is remembered, and this one given. glibc takes the second
 * one where the first was tried at this place before, which ends loops over nothing. */
static bool trail_choose(struct trail *w, const struct rprog_inst *inst, size_t at,
                         size_t bit_of_a, uint32_t *pc)
{
    bool again = w->seen[bit_of_a / 32] >> (bit_of_a % 32 * 2) & 3;
    *pc = again ? inst->b : inst->a;
    return trail_push(w, (struct trail_step){again ? inst->a : inst->b, TRAIL_NONE, at});
}

/* Walks from one step on until the way ends. 1: at the match's end; 0: nowhere;
 * -ENOMEM. */
static int trail_way(struct trail *w, struct span text, unsigned flags,
                     struct regex_span match, uint32_t pc, size_t at)
{
    const struct rprog_inst *insts = w->p->insts;
    size_t width = match.end - match.start + 1, n;
    for (;;) {
        if (trail_visit(w, pc * width + (at - match.start)) >= 2)
            return 0;
        const struct rprog_inst *inst = &insts[pc];
        pc = inst->a;
        switch ((enum rprog_op)inst->op) {
        case RPROG_ACCEPT:
            if (at == match.end)
                return 1;
            return 0;
        case RPROG_SPLIT:
            if (!trail_choose(w, inst, at, inst->a * width + (at - match.start), &pc))
                return -ENOMEM;
            break;
        case RPROG_SAVE:
            if (!trail_push(w, (struct trail_step){inst->arg, inst->b, at}))
                return -ENOMEM;
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
            n = at < match.end ? trail_char(rprog_set(w->p, inst), text, at, match.end)
                               : 0;
            if (!n)
                return 0;
            at += n;
            break;
        default: return 0;
        }
    }
}

static void trail_close_group(struct trail *w, size_t group, size_t at, bool optional)
{
    struct regex_span *g = &w->now[group];
    size_t size = (w->p->tree->groups + (size_t)1) * sizeof *g;
    if (g->start < at) {
        g->end = at;
        memcpy(w->before, w->now, size);
    } else if (optional && w->before[group].start != REGEX_NONE) {
        memcpy(w->now, w->before,
               size); // nothing was matched: as if it had not been tried
    } else {
        g->end = at;
    }
}

/* The groups along the way on the stack. */
static void trail_replay(struct trail *w, struct regex_span *spans, size_t count)
{
    size_t groups = w->p->tree->groups;
    for (size_t i = 0; i <= groups; i++)
        w->now[i] = w->before[i] = (struct regex_span){REGEX_NONE, REGEX_NONE};
    for (size_t i = 0; i < w->depth; i++) {
        const struct trail_step *step = &w->stack[i];
        if (step->slot == TRAIL_NONE)
            continue;
        if (step->slot % 2)
            trail_close_group(w, step->slot / 2, step->at, step->pc);
        else
            w->now[step->slot / 2] = (struct regex_span){step->at, REGEX_NONE};
    }
    for (size_t i = 1; i < count; i++) {
        bool has = i <= groups && w->now[i].end != REGEX_NONE;
        spans[i] = has ? w->now[i] : (struct regex_span){REGEX_NONE, REGEX_NONE};
    }
}

int trail_groups(struct trail *w, struct span text, unsigned flags,
                 struct regex_span *spans, size_t count)
{
    int err = trail_clear_map(w, spans[0].end - spans[0].start);
    if (err)
        return err;
    w->depth = 0;
    int found = trail_way(w, text, flags, spans[0], w->p->start, spans[0].start);
    while (!found && w->depth) {
        struct trail_step step = w->stack[--w->depth];
        if (step.slot == TRAIL_NONE)
            found = trail_way(w, text, flags, spans[0], step.pc, step.at);
    }
    if (found > 0)
        trail_replay(w, spans, count);
    return found;
}
