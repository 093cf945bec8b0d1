/* nfa.c: see nfa.h. Threads are kept in their order: of two that reach one instruction at
 * one place the earlier one wins. For a search that is the order of their starts, for
 * groups that of preference. */
#include "regex/nfa.h"

#include <errno.h>
#include <string.h>

#include "base/utf8.h"
#include "regex/rmem.h"
#include "regex/regex.h"

struct nfa_list {
    uint32_t *pcs;
    size_t *slots; // width of each thread's slots: its start, or its groups
    size_t count;
};

/* A step of following an instruction: to it, or (slot != NFA_NONE) giving a slot its old
 * value. */
struct nfa_todo {
    uint32_t pc, slot;
    size_t old;
};
#define NFA_NONE UINT32_MAX

struct nfa {
    const struct rprog *p;
    struct rmem *mem;
    struct span text;
    unsigned flags;
    size_t width;
    struct nfa_list lists[2];
    struct nfa_todo *todo;
    uint32_t *mark, mark_now;
    size_t *slots;          // of the thread that is being followed
    unsigned before, after; // sides of the present place
};

static int nfa_init(struct nfa *n, const struct rprog *p, struct span text,
                    unsigned flags, size_t width)
{
    *n = (struct nfa){
        .p = p, .mem = p->tree->mem, .text = text, .flags = flags, .width = width};
    bool ok = true;
    for (int i = 0; i < 2; i++) {
        n->lists[i].pcs = rmem_new(n->mem, p->len * sizeof(uint32_t));
        n->lists[i].slots = rmem_new(n->mem, p->len * width * sizeof(size_t));
        ok &= n->lists[i].pcs && n->lists[i].slots;
    }
    n->todo = rmem_new(n->mem, 2 * p->len * sizeof *n->todo);
    n->mark = rmem_new(n->mem, p->len * sizeof *n->mark);
    n->slots = rmem_new(n->mem, width * sizeof *n->slots);
    return ok && n->todo && n->mark && n->slots ? 0 : -ENOMEM;
}

static void nfa_fini(struct nfa *n)
{
    for (int i = 0; i < 2; i++) {
        rmem_free(n->mem, n->lists[i].pcs, n->p->len * sizeof(uint32_t));
        rmem_free(n->mem, n->lists[i].slots, n->p->len * n->width * sizeof(size_t));
    }
    rmem_free(n->mem, n->todo, 2 * n->p->len * sizeof *n->todo);
    rmem_free(n->mem, n->mark, n->p->len * sizeof *n->mark);
    rmem_free(n->mem, n->slots, n->width * sizeof *n->slots);
}

static void nfa_go_to(struct nfa *n, size_t at)
{
    n->before = side_before(n->text, at, n->flags, n->p->tree->utf8);
    n->after = side_after(n->text, at, n->flags, n->p->tree->utf8);
    if (++n->mark_now == 0) {
        memset(n->mark, 0, n->p->len * sizeof *n->mark);
        n->mark_now = 1;
    }
}

static void nfa_add(struct nfa *n, struct nfa_list *list, uint32_t pc)
{
    memcpy(list->slots + list->count * n->width, n->slots, n->width * sizeof *n->slots);
    list->pcs[list->count++] = pc;
}

/* Adds the threads that pc leads to without reading anything at place `at`, with
 * n->slots. */
static void nfa_follow(struct nfa *n, struct nfa_list *list, uint32_t pc, size_t at)
{
    struct nfa_todo *todo = n->todo;
    size_t depth = 0;
    todo[depth++] = (struct nfa_todo){.pc = pc, .slot = NFA_NONE};
    while (depth) {
        struct nfa_todo step = todo[--depth];
        if (step.slot != NFA_NONE) {
            n->slots[step.slot] = step.old;
            continue;
        }
        if (n->mark[step.pc] == n->mark_now)
            continue;
        n->mark[step.pc] = n->mark_now;
        const struct rprog_inst *inst = &n->p->insts[step.pc];
        switch ((enum rprog_op)inst->op) {
        case RPROG_SPLIT:
            todo[depth++] = (struct nfa_todo){.pc = inst->b, .slot = NFA_NONE};
            todo[depth++] = (struct nfa_todo){.pc = inst->a, .slot = NFA_NONE};
            break;
        case RPROG_ASSERT:
            if (assertion_holds((enum assertion)inst->arg, n->before, n->after))
                todo[depth++] = (struct nfa_todo){.pc = inst->a, .slot = NFA_NONE};
            break;
        case RPROG_SAVE:
            if (inst->b < n->width) {
                todo[depth++] =
                    (struct nfa_todo){.slot = inst->b, .old = n->slots[inst->b]};
                n->slots[inst->b] = at;
            }
            todo[depth++] = (struct nfa_todo){.pc = inst->a, .slot = NFA_NONE};
            break;
        case RPROG_FAIL:
        case RPROG_BACKREF: break;
        default: nfa_add(n, list, step.pc); break;
        }
    }
}

/* Moves one thread over the byte c before place `at`. */
static void nfa_step(struct nfa *n, struct nfa_list *next, uint32_t pc, unsigned char c,
                     size_t at)
{
    const struct rprog_inst *inst = &n->p->insts[pc];
    bool over = false;
    if (inst->op == RPROG_BYTE) {
        over = inst->arg == c;
    } else if (inst->op == RPROG_ANY_BYTE) {
        over = true;
    } else if (inst->op == RPROG_SET || inst->op == RPROG_SET_NODE) {
        unsigned node = inst->op == RPROG_SET_NODE ? inst->node : 0;
        int step = rset_step(rprog_set(n->p, inst), node, c);
        over = step == RSET_DONE;
        uint32_t half = pc - node + (uint32_t)(step > 0 ? step : 0);
        if (step > 0 && n->mark[half] != n->mark_now) {
            n->mark[half] = n->mark_now;
            nfa_add(n, next, half);
        }
    }
    if (over)
        nfa_follow(n, next, inst->a, at);
}

static void nfa_tick(const struct nfa *n, void (*tick)(unsigned), size_t count)
{
    (void)n;
    if (tick)
        tick((unsigned)(count / 4 + 1));
}

/* Notes a match of a thread that began at start and ends at `at`. */
static void nfa_found(struct regex_span *match, bool *found, size_t start, size_t at)
{
    *match = (struct regex_span){start, at};
    *found = true;
}

int nfa_search(const struct rprog *p, void (*tick)(unsigned), struct span text,
               size_t from, unsigned flags, struct regex_span *match)
{
    struct nfa n;
    bool found = false;
    int err = nfa_init(&n, p, text, flags, 1);
    struct nfa_list *now = &n.lists[0], *next = &n.lists[1];
    if (!err)
        nfa_go_to(&n, from);
    size_t begin = from; // the next place between characters
    for (size_t at = from; !err; at++) {
        bool between = at == begin || !p->tree->utf8;
        if (at == begin && at < text.len)
            begin = p->tree->utf8 ? utf8_next(text, at) : at + 1;
        if (!found && between && (at == from || !(flags & REGEX_ANCHORED))) {
            n.slots[0] = at;
            nfa_follow(&n, now, p->start, at);
        }
        if (at < text.len)
            nfa_go_to(&n, at + 1); // sides of the next place, where the threads go
        next->count = 0;
        for (size_t i = 0; i < now->count; i++) {
            size_t start = now->slots[i];
            if (found && start > match->start)
                break;
            n.slots[0] = start;
            if (p->insts[now->pcs[i]].op == RPROG_ACCEPT)
                nfa_found(match, &found, start, at);
            else if (at < text.len)
                nfa_step(&n, next, now->pcs[i], (unsigned char)text.ptr[at], at + 1);
        }
        nfa_tick(&n, tick, now->count);
        struct nfa_list *old = now;
        now = next;
        next = old;
        if (at == text.len || (!now->count && (found || flags & REGEX_ANCHORED)))
            break;
    }
    nfa_fini(&n);
    return err ? err : found;
}

static void nfa_give_groups(const struct nfa *n, const size_t *slots,
                            struct regex_span *spans, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        bool has = 2 * i + 1 < n->width && slots[2 * i + 1] != REGEX_NONE &&
                   slots[2 * i] != REGEX_NONE;
        spans[i].start = has ? slots[2 * i] : REGEX_NONE;
        spans[i].end = has ? slots[2 * i + 1] : REGEX_NONE;
    }
}

int nfa_groups(const struct rprog *p, void (*tick)(unsigned), struct span text,
               unsigned flags, struct regex_span *spans, size_t count)
{
    struct nfa n;
    bool found = false;
    int err = nfa_init(&n, p, text, flags, 2 * (size_t)p->tree->groups + 2);
    struct nfa_list *now = &n.lists[0], *next = &n.lists[1];
    if (!err) {
        nfa_go_to(&n, spans[0].start);
        for (size_t i = 0; i < n.width; i++)
            n.slots[i] = REGEX_NONE;
        nfa_follow(&n, now, p->start, spans[0].start);
    }
    for (size_t at = spans[0].start; !err && at < spans[0].end; at++) {
        nfa_go_to(&n, at + 1);
        next->count = 0;
        for (size_t i = 0; i < now->count; i++) {
            memcpy(n.slots, now->slots + i * n.width, n.width * sizeof *n.slots);
            nfa_step(&n, next, now->pcs[i], (unsigned char)text.ptr[at], at + 1);
        }
        nfa_tick(&n, tick, now->count);
        struct nfa_list *old = now;
        now = next;
        next = old;
    }
    for (size_t i = 0; !err && !found && i < now->count; i++)
        if (p->insts[now->pcs[i]].op == RPROG_ACCEPT) {
            nfa_give_groups(&n, now->slots + i * n.width, spans, count);
            found = true;
        }
    nfa_fini(&n);
    return err ? err : found;
}
