/* rprog.c: see rprog.h. Code is made from its end to its begin: each node is given what
 * comes after it and gives its first instruction. A stack of frames stands in for
 * recursion. */
#include "regex/rprog.h"

#include "base/utf8.h"
#include "regex/regex.h"

enum {
    RPROG_MAX = 400000,    // instructions,
    RPROG_COPIES = 33000,  // and those of them in second and later copies, each set one
    RPROG_STEPS = 4 << 20, // of the builder: repetitions of nothing take no instruction
};

struct rprog_frame {
    uint32_t node, next;
    uint32_t acc;   // what has been made of it so far
    uint32_t count; // children or repetitions that are left
    uint32_t loop;  // the SPLIT of an endless repetition
    uint32_t base;  // where its children begin in the list of children
    bool began;
    bool optional; // it is the first copy of a repetition that may be left out
    bool again; // it is in a copy that is not the first: glibc forgets `optional` there
};

struct rprog_build {
    struct rprog *p;
    const struct rtree *t;
    struct rmem *m;
    struct rprog_frame *frames;
    size_t frame_count, frame_cap;
    uint32_t *children;
    size_t child_count, child_cap;
    uint32_t ret;
    bool optional, again; // for the next frame
    size_t steps, copies;
    bool too_big;
};

static uint32_t rprog_add(struct rprog_build *b, struct rprog_inst inst)
{
    struct rprog *p = b->p;
    if (inst.op != RPROG_SET_NODE && b->frame_count &&
        b->frames[b->frame_count - 1].again)
        b->copies++;
    if (p->len >= RPROG_MAX || b->copies > RPROG_COPIES) {
        b->too_big = true;
        return 0;
    }
    p->insts = rmem_grow(b->m, p->insts, &p->cap, p->len, sizeof *p->insts);
    if (p->len >= p->cap)
        return 0;
    p->insts[p->len] = inst;
    return (uint32_t)p->len++;
}

static uint32_t rprog_add_split(struct rprog_build *b, uint32_t first, uint32_t second)
{
    return rprog_add(b, (struct rprog_inst){.op = RPROG_SPLIT, .a = first, .b = second});
}

static uint32_t rprog_add_literal(struct rprog_build *b, const struct rtree_node *n,
                                  uint32_t next)
{
    for (int i = 0; i < n->len; i++) {
        int at = b->p->kind == RPROG_REVERSE ? i : n->len - 1 - i;
        next = rprog_add(
            b, (struct rprog_inst){.op = RPROG_BYTE, .arg = n->bytes[at], .a = next});
    }
    return next;
}

static uint32_t rprog_add_set(struct rprog_build *b, uint32_t index, uint32_t next)
{
    const struct rset *set = b->t->sets[index];
    uint32_t first =
        rprog_add(b, (struct rprog_inst){.op = RPROG_SET, .a = next, .b = index});
    for (unsigned node = 1; node <= set->nodes && !b->too_big; node++)
        rprog_add(
            b, (struct rprog_inst){
                   .op = RPROG_SET_NODE, .node = (uint16_t)node, .a = next, .b = index});
    return first;
}

static uint32_t rprog_add_backref(struct rprog_build *b, const struct rtree_node *n,
                                  uint32_t next)
{
    if (b->p->kind == RPROG_GROUPS)
        return rprog_add(
            b, (struct rprog_inst){.op = RPROG_BACKREF, .a = next, .b = n->value});
    uint32_t loop = rprog_add_split(b, 0, next);
    uint32_t any = rprog_add(b, (struct rprog_inst){.op = RPROG_ANY_BYTE, .a = loop});
    if (b->p->insts)
        b->p->insts[loop].a = any;
    return loop;
}

static void rprog_push(struct rprog_build *b, uint32_t node, uint32_t next)
{
    b->frames =
        rmem_grow(b->m, b->frames, &b->frame_cap, b->frame_count, sizeof *b->frames);
    if (b->frame_count)
        b->again |= b->frames[b->frame_count - 1].again;
    if (b->frame_count < b->frame_cap)
        b->frames[b->frame_count++] = (struct rprog_frame){
            .node = node, .next = next, .optional = b->optional, .again = b->again};
    b->optional = b->again = false;
}

static void rprog_pop(struct rprog_build *b, uint32_t ret)
{
    b->ret = ret;
    b->frame_count--;
}

static bool rprog_add_child(struct rprog_build *b, uint32_t child)
{
    b->children =
        rmem_grow(b->m, b->children, &b->child_cap, b->child_count, sizeof *b->children);
    if (b->child_count >= b->child_cap)
        return false;
    b->children[b->child_count++] = child;
    return true;
}

/* Puts a node's children on the list; the frame counts them. */
static void rprog_list_children(struct rprog_build *b, struct rprog_frame *f)
{
    f->base = (uint32_t)b->child_count;
    for (uint32_t child = b->t->nodes[f->node].first; child;
         child = b->t->nodes[child].next)
        f->count += rprog_add_child(b, child);
}

static void rprog_do_concat(struct rprog_build *b, struct rprog_frame *f)
{
    bool reverse = b->p->kind == RPROG_REVERSE;
    if (!f->began) {
        f->began = true;
        f->acc = f->next;
        rprog_list_children(b, f);
        f->loop = f->count; // how many there are
    } else {
        f->acc = b->ret;
    }
    if (!f->count) {
        b->child_count = f->base;
        rprog_pop(b, f->acc);
        return;
    }
    f->count--;
    uint32_t at = reverse ? f->loop - 1 - f->count : f->count;
    rprog_push(b, b->children[f->base + at], f->acc);
}

/* glibc prefers the second alternative to a first one that is nothing at all. */
static void rprog_order_alt(struct rprog_build *b, const struct rprog_frame *f)
{
    if (f->count < 2)
        return;
    uint32_t *child = b->children + f->base;
    if (b->t->nodes[child[0]].op == RTREE_EMPTY) {
        uint32_t first = child[0];
        child[0] = child[1];
        child[1] = first;
    }
}

/* a|b|c is (a|b)|c: the order of the choices is glibc's, which matters where one is made
 * again at the same place (trail.c). */
static void rprog_do_alt(struct rprog_build *b, struct rprog_frame *f)
{
    if (!f->began) {
        f->began = true;
        rprog_list_children(b, f);
        rprog_order_alt(b, f);
        f->loop = f->count;
    } else {
        bool first = f->count + 1 == f->loop;
        f->acc = first ? b->ret : rprog_add_split(b, f->acc, b->ret);
    }
    if (!f->count) {
        b->child_count = f->base;
        rprog_pop(b, f->acc);
        return;
    }
    f->count--;
    rprog_push(b, b->children[f->base + f->loop - 1 - f->count], f->next);
}

/* How the repetition is made. FORWARD and REVERSE: x{2,4} as xx(x(x)?)?, x+ and x{2,}
 * with a loop around the last x. GROUPS, so that groups come out as in glibc: x+ as xx*,
 * x{0,3} as ((x?x)?x)?. */
struct rprog_repeat {
    uint32_t optional,
        total; // copies that may be left out (they are the last ones), and all
    bool endless, counted; // counted: the number of optional ones is chosen at the begin
};

static struct rprog_repeat rprog_plan_repeat(const struct rprog_build *b,
                                             const struct rtree_node *n)
{
    enum { COUNTED_MAX = 100 }; // more would make too many ways
    struct rprog_repeat plan = {.endless = n->max == RTREE_INFINITE};
    bool groups = b->p->kind == RPROG_GROUPS;
    if (plan.endless) {
        plan.optional = 1;
        plan.total = groups ? n->min + 1 : n->min ? n->min : 1;
    } else {
        plan.optional = n->max - n->min;
        plan.total = n->max;
        plan.counted = groups && plan.optional > 1 && plan.optional <= COUNTED_MAX;
    }
    return plan;
}

/* b->ret is the copy just made, the f->count-th from the end: what comes before it leads
 * to f->acc. */
static void rprog_close_copy(struct rprog_build *b, struct rprog_frame *f,
                             const struct rprog_repeat *plan, const struct rtree_node *n)
{
    f->acc = b->ret;
    if (plan->endless && f->count == 1) {
        if (b->p->len > f->loop)
            b->p->insts[f->loop].a = b->ret;
        bool star = b->p->kind == RPROG_GROUPS || !n->min;
        f->acc = star ? f->loop : b->ret;
    } else if (plan->counted && f->count <= plan->optional) {
        b->children[f->base + plan->optional - f->count] = b->ret;
    } else if (!plan->endless && !plan->counted && f->count <= plan->optional) {
        f->acc = rprog_add_split(b, b->ret, f->next);
    }
    if (plan->counted && f->count == plan->optional) {
        const uint32_t *copy = b->children + f->base;
        uint32_t acc = copy[0];
        for (uint32_t i = 1; i <= plan->optional; i++)
            acc = rprog_add_split(b, acc, i < plan->optional ? copy[i] : f->next);
        f->acc = acc;
    }
}

/* From the end: first what may be left out (or the loop), then what must be there. */
static void rprog_do_repeat(struct rprog_build *b, struct rprog_frame *f)
{
    const struct rtree_node *n = &b->t->nodes[f->node];
    struct rprog_repeat plan = rprog_plan_repeat(b, n);
    if (!f->began) {
        f->began = true;
        f->acc = f->next;
        f->base = (uint32_t)b->child_count;
        if (plan.endless)
            f->acc = f->loop = rprog_add_split(b, 0, f->next);
        for (uint32_t i = 0; plan.counted && i < plan.optional; i++)
            rprog_add_child(b, 0);
    } else {
        f->count++;
        rprog_close_copy(b, f, &plan, n);
    }
    if (f->count == plan.total) {
        b->child_count = f->base;
        rprog_pop(b, f->acc);
        return;
    }
    b->optional = f->count + 1 == plan.optional && !f->again;
    b->again = f->count + 1 < plan.total;
    rprog_push(b, n->first, f->acc);
}

static void rprog_do_group(struct rprog_build *b, struct rprog_frame *f)
{
    const struct rtree_node *n = &b->t->nodes[f->node];
    if (b->p->kind != RPROG_GROUPS) {
        *f = (struct rprog_frame){.node = n->first, .next = f->next, .again = f->again};
    } else if (!f->began) {
        f->began = true;
        rprog_push(b, n->first,
                   rprog_add(b, (struct rprog_inst){.op = RPROG_SAVE,
                                                    .arg = f->optional,
                                                    .a = f->next,
                                                    .b = n->value * 2 + 1}));
    } else {
        rprog_pop(b, rprog_add(b, (struct rprog_inst){
                                      .op = RPROG_SAVE, .a = b->ret, .b = n->value * 2}));
    }
}

static void rprog_step(struct rprog_build *b)
{
    struct rprog_frame *f = &b->frames[b->frame_count - 1];
    const struct rtree_node *n = &b->t->nodes[f->node];
    switch ((enum rtree_op)n->op) {
    case RTREE_EMPTY: rprog_pop(b, f->next); break;
    case RTREE_LITERAL: rprog_pop(b, rprog_add_literal(b, n, f->next)); break;
    case RTREE_SET: rprog_pop(b, rprog_add_set(b, n->value, f->next)); break;
    case RTREE_ASSERT:
        rprog_pop(b, rprog_add(b, (struct rprog_inst){.op = RPROG_ASSERT,
                                                      .arg = (uint8_t)n->value,
                                                      .a = f->next}));
        break;
    case RTREE_BACKREF: rprog_pop(b, rprog_add_backref(b, n, f->next)); break;
    case RTREE_GROUP: rprog_do_group(b, f); break;
    case RTREE_CONCAT: rprog_do_concat(b, f); break;
    case RTREE_ALT: rprog_do_alt(b, f); break;
    case RTREE_REPEAT: rprog_do_repeat(b, f); break;
    default: rprog_pop(b, 0); break; // the FAIL at 0
    }
}

int rprog_build(struct rprog *p, const struct rtree *t, enum rprog_kind kind)
{
    *p = (struct rprog){.tree = t, .kind = kind};
    struct rprog_build b = {.p = p, .t = t, .m = t->mem};
    rprog_add(&b, (struct rprog_inst){.op = RPROG_FAIL});
    rprog_push(&b, t->root, rprog_add(&b, (struct rprog_inst){.op = RPROG_ACCEPT}));
    while (b.frame_count && !b.m->failed && !b.too_big) {
        rprog_step(&b);
        b.too_big |= ++b.steps > RPROG_STEPS;
    }
    p->start = b.ret;
    rmem_free(b.m, b.frames, b.frame_cap * sizeof *b.frames);
    rmem_free(b.m, b.children, b.child_cap * sizeof *b.children);
    if (b.m->failed)
        return REGEX_ESPACE;
    return b.too_big ? REGEX_ESIZE : REGEX_OK;
}

void rprog_fini(struct rprog *p)
{
    if (p->insts)
        rmem_free(p->tree->mem, p->insts, p->cap * sizeof *p->insts);
    p->insts = NULL;
}

/* ---- Assertions ------------------------------------------------------------------- */

static unsigned side_of_char(struct span text, size_t at, bool utf8)
{
    unsigned char c = (unsigned char)text.ptr[at];
    if (c < 0x80 || !utf8)
        return side_of_byte(c, false);
    uint32_t wide;
    int n = utf8_decode(text.ptr + at, text.len - at, &wide);
    return n > 0 && ctype_is_word(wide) ? SIDE_WORD : 0;
}

unsigned side_before(struct span text, size_t at, unsigned flags, bool utf8)
{
    if (!at)
        return flags & REGEX_NOTBOL ? SIDE_EDGE : SIDE_EDGE | SIDE_LINE;
    size_t begin = at - 1;
    if (utf8 && (unsigned char)text.ptr[begin] >= 0x80) {
        while (begin && at - begin < 4 && ((unsigned char)text.ptr[begin] & 0xc0) == 0x80)
            begin--;
        uint32_t c;
        int n = utf8_decode(text.ptr + begin, at - begin, &c);
        return n == (int)(at - begin) && ctype_is_word(c) ? SIDE_WORD : 0;
    }
    return side_of_byte((unsigned char)text.ptr[begin], false);
}

unsigned side_after(struct span text, size_t at, unsigned flags, bool utf8)
{
    if (at == text.len)
        return flags & REGEX_NOTEOL ? SIDE_EDGE : SIDE_EDGE | SIDE_LINE;
    return side_of_char(text, at, utf8);
}

bool assertion_holds(enum assertion a, unsigned before, unsigned after)
{
    bool wide = (before | after) & SIDE_WIDE;
    bool word_before = before & SIDE_WORD, word_after = after & SIDE_WORD;
    switch (a) {
    case ASSERT_LINE_START: return before & (SIDE_LINE | SIDE_NEWLINE);
    case ASSERT_LINE_END: return after & (SIDE_LINE | SIDE_NEWLINE);
    case ASSERT_TEXT_START: return before & SIDE_LINE;
    case ASSERT_TEXT_END: return after & SIDE_LINE;
    case ASSERT_BUFFER_START: return before & SIDE_EDGE;
    case ASSERT_BUFFER_END: return after & SIDE_EDGE;
    case ASSERT_WORD_EDGE: return wide || word_before != word_after;
    case ASSERT_NO_WORD_EDGE: return wide || word_before == word_after;
    case ASSERT_WORD_START: return !word_before && after & (SIDE_WORD | SIDE_WIDE);
    case ASSERT_WORD_END: return before & (SIDE_WORD | SIDE_WIDE) && !word_after;
    case ASSERT_NO_WORD_BEFORE: return !word_before;
    case ASSERT_NO_WORD_AFTER: return !word_after;
    default: return false;
    }
}
