/* back.c: see back.h. */
#include "regex/back.h"

#include <errno.h>
#include <string.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "regex/dfa.h"
#include "regex/regex.h"
#include "regex/rmem.h"

enum {
    BACK_SEEN_BITS = 8,
    BACK_SEEN_BITS_MAX = 22,
    BACK_TICK = 1024,    // steps
    BACK_COMPARED = 128, // bytes that are compared in the time of a step
    BACK_FOLDED = 2,     // characters, without regard to case
};
#define BACK_NONE UINT32_MAX

/* Slots: start and end of each group, and behind them where each that is open began. */
static size_t back_width(const struct back *b)
{
    return 3 * ((size_t)b->p->tree->groups + 1);
}
static size_t back_open_slot(const struct back *b, size_t group)
{
    return 2 * ((size_t)b->p->tree->groups + 1) + group;
}

int back_init(struct back *b, const struct rprog *p, const struct rprog *forward,
              void (*tick)(unsigned), uint64_t *budget)
{
    *b = (struct back){.p = p, .mem = p->tree->mem, .tick = tick, .budget = budget};
    b->any_first = !dfa_first_bytes(forward, b->first);
    for (size_t i = 0; i < p->len; i++)
        if (p->insts[i].op == RPROG_BACKREF)
            b->referred |= 1u << p->insts[i].b;
    b->seen_bits = BACK_SEEN_BITS;
    b->seen = rmem_new(b->mem, sizeof *b->seen << b->seen_bits);
    b->slots = rmem_new(b->mem, back_width(b) * sizeof *b->slots);
    b->best = rmem_new(b->mem, back_width(b) * sizeof *b->best);
    return b->seen && b->slots && b->best ? 0 : -ENOMEM;
}

void back_fini(struct back *b)
{
    if (!b->p)
        return;
    rmem_free(b->mem, b->stack, b->stack_cap * sizeof *b->stack);
    rmem_free(b->mem, b->seen, sizeof *b->seen << b->seen_bits);
    rmem_free(b->mem, b->slots, back_width(b) * sizeof *b->slots);
    rmem_free(b->mem, b->best, back_width(b) * sizeof *b->best);
}

/* One search: where it began, what it may still spend, what it has found. */
struct back_run {
    struct back *b;
    struct span text;
    unsigned flags;
    size_t start, depth;
    uint64_t steps, ticked;
    bool found;
    size_t best_end;
};

/* ---- Choices made before ---------------------------------------------------------- */

static uint64_t back_hash(const struct back_run *r, uint32_t pc, size_t at)
{
    const struct back *b = r->b;
    uint64_t hash =
        hash_mix(hash_mix(r->start ^ b->search << 40) ^ ((uint64_t)pc << 40) ^ at);
    for (uint32_t g = 1; g < 10; g++)
        if (b->referred >> g & 1)
            hash = hash_mix(hash ^ hash_mix(b->slots[2 * g] * 3) ^ b->slots[2 * g + 1] ^
                            b->slots[back_open_slot(b, g)] << 32);
    return hash ? hash : 1;
}

static int back_grow_seen(struct back *b)
{
    size_t bits = b->seen_bits + 1, mask = ((size_t)1 << bits) - 1;
    if (bits > BACK_SEEN_BITS_MAX)
        return -E2BIG;
    uint64_t *seen = rmem_new(b->mem, sizeof *seen << bits);
    if (!seen)
        return -ENOMEM;
    for (size_t i = 0; i < (size_t)1 << b->seen_bits; i++)
        if (b->seen[i]) {
            size_t slot = b->seen[i] & mask;
            while (seen[slot])
                slot = (slot + 1) & mask;
            seen[slot] = b->seen[i];
        }
    rmem_free(b->mem, b->seen, sizeof *seen << b->seen_bits);
    b->seen = seen;
    b->seen_bits = bits;
    return 0;
}

/* 1 if this choice was made before (else it is noted), 0, -errno. */
static int back_was_here(struct back_run *r, uint32_t pc, size_t at)
{
    struct back *b = r->b;
    uint64_t hash = back_hash(r, pc, at);
    size_t mask = ((size_t)1 << b->seen_bits) - 1, slot = hash & mask;
    for (; b->seen[slot]; slot = (slot + 1) & mask)
        if (b->seen[slot] == hash)
            return 1;
    b->seen[slot] = hash;
    return ++b->seen_count * 2 > mask ? back_grow_seen(b) : 0;
}

static void back_forget(struct back *b)
{
    if (b->seen_count * 4 > (size_t)1 << b->seen_bits) {
        memset(b->seen, 0, sizeof *b->seen << b->seen_bits);
        b->seen_count = 0;
    }
}

/* ---- Steps ------------------------------------------------------------------------ */

static bool back_push(struct back_run *r, struct back_step step)
{
    struct back *b = r->b;
    b->stack = rmem_grow(b->mem, b->stack, &b->stack_cap, r->depth, sizeof *b->stack);
    if (r->depth >= b->stack_cap)
        return false;
    b->stack[r->depth++] = step;
    return true;
}

static size_t back_set(const struct back_run *r, const struct rset *s, size_t at)
{
    if (at == r->text.len)
        return 0;
    unsigned char c = (unsigned char)r->text.ptr[at];
    if (c < 0x80 || !s->utf8)
        return rset_has_byte(s, c);
    uint32_t wide;
    int n = utf8_decode(r->text.ptr + at, r->text.len - at, &wide);
    return n > 0 && rset_has_wide(s, wide) ? (size_t)n : 0;
}

static size_t back_char(struct span text, size_t at, bool utf8, uint32_t *c)
{
    int n = utf8 ? utf8_decode(text.ptr + at, text.len - at, c) : 0;
    if (n > 0) {
        *c = ctype_to_upper(*c);
        return (size_t)n;
    }
    *c = 0x200000u + (unsigned char)char_upper((unsigned char)text.ptr[at]);
    return 1;
}

/* Whether n bytes are the same. The steps are those of what was looked at. */
static bool back_same_bytes(struct back_run *r, const char *a, const char *b, size_t n)
{
    for (size_t done = 0; done < n; done += BACK_COMPARED) {
        if (memcmp(a + done, b + done, size_min(n - done, BACK_COMPARED)))
            return false;
        r->steps++;
    }
    return true;
}

/* As back_same, without regard to case. */
static size_t back_same_folded(struct back_run *r, size_t from, size_t to, size_t at)
{
    bool utf8 = r->b->p->tree->utf8;
    struct span group = span_make(r->text.ptr, to);
    size_t begin = at;
    uint32_t a, b;
    for (unsigned folded = 1; from < to; folded++) {
        if (at == r->text.len)
            return REGEX_NONE;
        from += back_char(group, from, utf8, &a);
        at += back_char(r->text, at, utf8, &b);
        if (a != b)
            return REGEX_NONE;
        r->steps += folded % BACK_FOLDED == 0;
    }
    return at - begin;
}

/* The length of the text at `at` that is as the group's; REGEX_NONE: it is not. */
static size_t back_same(struct back_run *r, uint32_t group, size_t at)
{
    size_t from = r->b->slots[2 * group], to = r->b->slots[2 * group + 1];
    if (from == REGEX_NONE || to == REGEX_NONE)
        return REGEX_NONE;
    if (r->b->p->tree->icase)
        return back_same_folded(r, from, to, at);
    const char *ptr = r->text.ptr;
    bool same = to - from <= r->text.len - at &&
                back_same_bytes(r, ptr + from, ptr + at, to - from);
    return same ? to - from : REGEX_NONE;
}

static bool back_holds(const struct back_run *r, const struct rprog_inst *inst, size_t at)
{
    bool utf8 = r->b->p->tree->utf8;
    return assertion_holds((enum assertion)inst->arg,
                           side_before(r->text, at, r->flags, utf8),
                           side_after(r->text, at, r->flags, utf8));
}

static void back_accept(struct back_run *r, size_t at)
{
    if (r->found && at <= r->best_end)
        return;
    r->found = true;
    r->best_end = at;
    memcpy(r->b->best, r->b->slots, back_width(r->b) * sizeof *r->b->best);
}

static bool back_set_slot(struct back_run *r, size_t slot, size_t value)
{
    struct back_step undo = {.slot = (uint32_t)slot, .at = r->b->slots[slot]};
    r->b->slots[slot] = value;
    return back_push(r, undo);
}

/* Passes the begin or end of a group. One more repetition that matched nothing leaves the
 * group as it was. */
static bool back_save(struct back_run *r, const struct rprog_inst *inst, size_t at)
{
    struct back *b = r->b;
    size_t group = inst->b / 2, open = back_open_slot(b, group);
    if (inst->b % 2 == 0)
        return back_set_slot(r, open, at);
    size_t start = b->slots[open];
    if (inst->arg && start == at && b->slots[2 * group] != REGEX_NONE)
        return true;
    return back_set_slot(r, 2 * group, start) && back_set_slot(r, 2 * group + 1, at);
}

static int back_charge(struct back_run *r)
{
    if (r->steps - r->ticked >= BACK_TICK && r->b->tick) {
        r->b->tick((unsigned)(r->steps - r->ticked) / 8);
        r->ticked = r->steps;
    }
    return r->steps > *r->b->budget ? -E2BIG : 0;
}

/* Takes what a search has spent off the budget. */
static void back_pay(const struct back_run *r)
{
    uint64_t *left = r->b->budget;
    *left -= r->steps < *left ? r->steps : *left;
}

/* Follows one way until it ends. 0, or -errno. */
static int back_way(struct back_run *r, uint32_t pc, size_t at)
{
    struct back *b = r->b;
    for (;;) {
        const struct rprog_inst *inst = &b->p->insts[pc];
        size_t n;
        r->steps++;
        int err = back_charge(r);
        if (err)
            return err;
        switch ((enum rprog_op)inst->op) {
        case RPROG_ACCEPT: back_accept(r, at); return 0;
        case RPROG_SPLIT:
            err = back_was_here(r, pc, at);
            if (err)
                return err < 0 ? err : 0;
            if (!back_push(r, (struct back_step){inst->b, BACK_NONE, at}))
                return -ENOMEM;
            break;
        case RPROG_SAVE:
            if (!back_save(r, inst, at))
                return -ENOMEM;
            break;
        case RPROG_ASSERT:
            if (!back_holds(r, inst, at))
                return 0;
            break;
        case RPROG_BYTE:
            if (at == r->text.len || (unsigned char)r->text.ptr[at] != inst->arg)
                return 0;
            at++;
            break;
        case RPROG_SET:
            n = back_set(r, rprog_set(b->p, inst), at);
            if (!n)
                return 0;
            at += n;
            break;
        case RPROG_BACKREF:
            n = back_same(r, inst->b, at);
            if (n == REGEX_NONE)
                return 0;
            at += n;
            break;
        default: return 0;
        }
        pc = inst->a;
    }
}

/* All ways from r->start. */
static int back_try(struct back_run *r)
{
    struct back *b = r->b;
    back_forget(b);
    for (size_t i = 0; i < back_width(b); i++)
        b->slots[i] = REGEX_NONE;
    r->depth = 0;
    int err = back_way(r, b->p->start, r->start);
    while (!err && r->depth) {
        struct back_step step = b->stack[--r->depth];
        if (step.slot != BACK_NONE)
            b->slots[step.slot] = step.at;
        else if (!r->found || r->best_end < r->text.len)
            err = back_way(r, step.pc, step.at);
        else
            break; // no match is longer
    }
    return err;
}

static bool back_may_begin(const struct back *b, struct span text, size_t at)
{
    if (b->any_first)
        return true;
    if (at == text.len)
        return false;
    unsigned char c = (unsigned char)text.ptr[at];
    return b->first[c >> 6] >> (c & 63) & 1;
}

static void back_give(const struct back *b, struct back_run *r, struct regex_span *spans,
                      size_t count)
{
    spans[0] = (struct regex_span){r->start, r->best_end};
    for (size_t i = 1; i < count; i++) {
        bool has = i <= b->p->tree->groups && b->best[2 * i] != REGEX_NONE &&
                   b->best[2 * i + 1] != REGEX_NONE;
        spans[i].start = has ? b->best[2 * i] : REGEX_NONE;
        spans[i].end = has ? b->best[2 * i + 1] : REGEX_NONE;
    }
}

int back_search(struct back *b, struct span text, size_t from, unsigned flags,
                struct regex_span *spans, size_t count)
{
    struct back_run r = {.b = b, .text = text, .flags = flags};
    b->search++;
    int err = 0;
    bool utf8 = b->p->tree->utf8;
    for (r.start = from; r.start <= text.len;
         r.start = utf8 && r.start < text.len ? utf8_next(text, r.start) : r.start + 1) {
        if (back_may_begin(b, text, r.start)) {
            err = back_try(&r);
            if (r.found && !err)
                back_give(b, &r, spans, count);
        }
        if (err || r.found || flags & REGEX_ANCHORED)
            break;
    }
    back_pay(&r);
    return err ? err : r.found;
}
