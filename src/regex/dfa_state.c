/* dfa_state.c: see dfa_state.h. */
#include "regex/dfa_state.h"

#include <errno.h>
#include <string.h>

#include "base/hash.h"
#include "regex/dfa.h"
#include "regex/rmem.h"

enum {
    DFA_FIRST_STATES = 16,
    DFA_ROW_BYTES_MAX = 4 << 20,
    DFA_ITEMS_MAX = 1 << 20,
    DFA_TABLE_BITS = 6,
    // with more nodes in a set each byte above 127 is a class of its own
    DFA_WIDE_NODES = 24,
};
#define DFA_GROUP_END UINT32_MAX // between groups of items

/* ---- Classes of bytes ------------------------------------------------------------- */

/* Splits the classes so that bytes with different keys are in different ones. */
static void dfa_split(struct dfa *d, const uint16_t key[256])
{
    enum { SLOTS = 512 };
    uint16_t table[SLOTS]; // 1 + the byte that began a class
    uint8_t new_class[256];
    memset(table, 0, sizeof table);
    d->classes = 0;
    for (unsigned c = 0; c < 256; c++) {
        unsigned slot = (d->class_of[c] * 0x9e3779b1u + key[c] * 0x85ebca6bu) >> 23;
        for (; table[slot]; slot = (slot + 1) % SLOTS) {
            unsigned first = table[slot] - 1u;
            if (d->class_of[first] == d->class_of[c] && key[first] == key[c])
                break;
        }
        if (table[slot]) {
            new_class[c] = new_class[table[slot] - 1];
        } else {
            table[slot] = (uint16_t)(c + 1);
            new_class[c] = (uint8_t)d->classes++;
        }
    }
    memcpy(d->class_of, new_class, sizeof new_class);
}

static void dfa_split_by_set(struct dfa *d, const struct rset *s)
{
    uint16_t key[256];
    for (unsigned c = 0; c < 256; c++) {
        key[c] = rset_has_byte(s, (unsigned char)c);
        if (c >= 0x80 && s->nodes > DFA_WIDE_NODES)
            key[c] = (uint16_t)c;
        else if (c >= 0xc0 && s->nodes)
            key[c] = (uint16_t)(2 + s->lead[c - 0x80]);
    }
    dfa_split(d, key);
    for (unsigned node = 1; node <= s->nodes && s->nodes <= DFA_WIDE_NODES; node++) {
        for (unsigned c = 0; c < 256; c++)
            key[c] = (uint16_t)(rset_step(s, node, (unsigned char)c) + 1);
        dfa_split(d, key);
    }
}

static void dfa_split_by_sides(struct dfa *d)
{
    uint16_t key[256];
    for (unsigned c = 0; c < 256; c++)
        key[c] = (uint16_t)(side_of_byte((unsigned char)c, d->utf8) & d->side_mask);
    dfa_split(d, key);
}

static void dfa_make_classes(struct dfa *d)
{
    uint16_t key[256] = {0};
    if (d->eol >= 0)
        key[d->eol] = 1;
    for (size_t i = 0; i < d->prog->len; i++) // every byte that stands alone is a class
        if (d->prog->insts[i].op == RPROG_BYTE)
            key[d->prog->insts[i].arg] = (uint16_t)(2 + d->prog->insts[i].arg);
    dfa_split(d, key);
    for (size_t i = 0; i < d->prog->tree->rset_count; i++)
        dfa_split_by_set(d, d->prog->tree->sets[i]);
    if (d->side_mask)
        dfa_split_by_sides(d);
    for (unsigned c = 256; c-- > 0;)
        d->sample[d->class_of[c]] = (uint8_t)c;
}

/* ---- Memory ----------------------------------------------------------------------- */

static void *dfa_new(struct dfa *d, size_t size) { return rmem_new(d->mem, size); }

static bool dfa_grow_rows(struct dfa *d)
{
    size_t cap = d->row_cap ? d->row_cap * 2 : DFA_FIRST_STATES;
    const struct alloc *a = d->mem->alloc;
    size_t row = d->stride * sizeof *d->rows;
    uint32_t *rows = a->resize(a, d->rows, d->row_cap * row, cap * row);
    if (!rows)
        return false;
    d->rows = rows;
    d->row_cap = cap;
    return true;
}

static void dfa_clear(struct dfa *d)
{
    memset(d->table, 0, sizeof *d->table << d->table_bits);
    memset(d->starts, 0, sizeof d->starts);
    memset(d->rows, 0, 2 * d->stride * sizeof *d->rows);
    for (unsigned i = 0; i < d->stride; i++)
        d->rows[d->stride + i] = d->stride; // the dead state leads to itself
    d->state_count = 2;
    d->item_count = 0;
}

static bool dfa_grow_table(struct dfa *d)
{
    uint32_t *table = dfa_new(d, sizeof *table << (d->table_bits + 1));
    if (!table)
        return false;
    rmem_free(d->mem, d->table, sizeof *table << d->table_bits);
    d->table = table;
    d->table_bits++;
    uint32_t mask = (1u << d->table_bits) - 1;
    for (uint32_t i = 2; i < d->state_count; i++) {
        uint32_t slot = d->states[i].hash & mask;
        while (table[slot])
            slot = (slot + 1) & mask;
        table[slot] = i;
    }
    return true;
}

/* Room for one more state of so many items; states may be thrown away for it. */
static bool dfa_make_room(struct dfa *d, uint32_t items)
{
    size_t row = d->stride * sizeof *d->rows;
    bool full = (d->state_count + 1) * row > DFA_ROW_BYTES_MAX ||
                d->item_count + (size_t)items > DFA_ITEMS_MAX;
    if (full && d->state_count > 2) {
        dfa_clear(d);
        d->flushes++;
    }
    if (d->state_count >= d->row_cap && !dfa_grow_rows(d))
        return false;
    d->states =
        rmem_grow(d->mem, d->states, &d->state_cap, d->state_count, sizeof *d->states);
    if (d->state_count >= d->state_cap)
        return false;
    while (d->item_count + (size_t)items > d->item_cap) {
        size_t cap = d->item_cap;
        d->items =
            rmem_grow(d->mem, d->items, &d->item_cap, d->item_cap, sizeof *d->items);
        if (d->item_cap == cap)
            return false;
    }
    return d->state_count * 2 < 1u << d->table_bits || dfa_grow_table(d);
}

/* The state with the items in d->next. */
static uint32_t dfa_add_state(struct dfa *d, unsigned side, bool seeding)
{
    uint32_t count = d->next_count;
    if (!count && !seeding)
        return d->stride;
    if (!dfa_make_room(d, count))
        return 0;
    uint32_t hash =
        (uint32_t)hash_bytes(d->next, count * sizeof *d->next, side * 2 + seeding);
    uint32_t mask = (1u << d->table_bits) - 1, slot = hash & mask;
    for (; d->table[slot]; slot = (slot + 1) & mask) {
        const struct dfa_state *s = &d->states[d->table[slot]];
        if (s->hash == hash && s->count == count && s->side == side &&
            s->seeding == seeding &&
            (!count ||
             memcmp(d->items + s->items, d->next, count * sizeof *d->next) == 0))
            return d->table[slot] * d->stride;
    }
    d->states[d->state_count] =
        (struct dfa_state){d->item_count, count, side, seeding, hash};
    if (count)
        memcpy(d->items + d->item_count, d->next, count * sizeof *d->next);
    d->item_count += count;
    memset(d->rows + (size_t)d->state_count * d->stride, 0, d->stride * sizeof *d->rows);
    d->table[slot] = d->state_count;
    return d->state_count++ * d->stride;
}

/* ---- Steps of the program --------------------------------------------------------- */

static void dfa_next_marks(struct dfa *d)
{
    if (++d->mark_now)
        return;
    memset(d->mark, 0, d->prog->len * sizeof *d->mark);
    memset(d->next_mark, 0, d->prog->len * sizeof *d->next_mark);
    d->mark_now = 1;
}

static void dfa_push_item(struct dfa *d, uint32_t pc)
{
    if (d->next_mark[pc] == d->mark_now)
        return;
    d->next_mark[pc] = d->mark_now;
    d->next[d->next_count++] = pc;
}

/* Adds what pc leads to without reading anything to the next state; assertions stay
 * pending there. */
static void dfa_push_closure(struct dfa *d, uint32_t pc)
{
    const struct rprog_inst *insts = d->prog->insts;
    uint32_t *stack = d->stack, depth = 0;
    stack[depth++] = pc;
    while (depth) {
        pc = stack[--depth];
        while (insts[pc].op == RPROG_SPLIT && d->next_mark[pc] != d->mark_now) {
            d->next_mark[pc] = d->mark_now;
            stack[depth++] = insts[pc].b;
            pc = insts[pc].a;
        }
        if (insts[pc].op != RPROG_SPLIT && insts[pc].op != RPROG_FAIL)
            dfa_push_item(d, pc);
        d->work++;
    }
}

static void dfa_step_set(struct dfa *d, uint32_t pc, unsigned char c)
{
    const struct rprog_inst *inst = &d->prog->insts[pc];
    const struct rset *s = rprog_set(d->prog, inst);
    unsigned node = inst->op == RPROG_SET_NODE ? inst->node : 0;
    uint32_t base = pc - node;
    if (d->mode == DFA_REVERSE) {
        if (rset_back_done(s, node, c))
            dfa_push_closure(d, inst->a);
        for (unsigned n = 0; (n = rset_back(s, node, c, n)) != 0;)
            dfa_push_item(d, base + n);
        return;
    }
    int n = rset_step(s, node, c);
    if (n == RSET_DONE)
        dfa_push_closure(d, inst->a);
    else if (n != RSET_FAIL)
        dfa_push_item(d, base + (uint32_t)n);
}

/* What is being read: a byte (c) or an end (-1), and the sides of the place before it. */
struct dfa_place {
    int c;
    unsigned before, after;
};

static bool dfa_holds(const struct dfa *d, const struct rprog_inst *inst,
                      const struct dfa_place *at)
{
    enum assertion a = (enum assertion)inst->arg;
    return d->mode == DFA_REVERSE ? assertion_holds(a, at->after, at->before)
                                  : assertion_holds(a, at->before, at->after);
}

/* Takes one instruction over the byte, after those that its assertions lead to. */
static void dfa_step_item(struct dfa *d, uint32_t pc, const struct dfa_place *at)
{
    const struct rprog_inst *insts = d->prog->insts;
    uint32_t *stack = d->stack + d->prog->len, depth = 0;
    stack[depth++] = pc;
    while (depth) {
        pc = stack[--depth];
        if (d->mark[pc] == d->mark_now)
            continue;
        d->mark[pc] = d->mark_now;
        d->work++;
        const struct rprog_inst *inst = &insts[pc];
        switch ((enum rprog_op)inst->op) {
        case RPROG_SPLIT:
            stack[depth++] = inst->b;
            stack[depth++] = inst->a;
            break;
        case RPROG_ASSERT:
            if (dfa_holds(d, inst, at))
                stack[depth++] = inst->a;
            break;
        case RPROG_ACCEPT: d->matched = true; break;
        case RPROG_BYTE:
            if (at->c == inst->arg)
                dfa_push_closure(d, inst->a);
            break;
        case RPROG_ANY_BYTE:
            if (at->c >= 0)
                dfa_push_closure(d, inst->a);
            break;
        case RPROG_SET:
        case RPROG_SET_NODE:
            if (at->c >= 0)
                dfa_step_set(d, pc, (unsigned char)at->c);
            break;
        default: break;
        }
    }
}

/* Whether they are in order, or were in the opposite one, as those of a long sequence
 * are, and have been turned round. */
static bool dfa_is_sorted(uint32_t *items, size_t len)
{
    size_t up = 1, down = 1;
    while (up < len && items[up - 1] <= items[up])
        up++;
    while (down < len && items[down - 1] >= items[down])
        down++;
    for (size_t i = 0; up < len && down == len && i < len / 2; i++) {
        uint32_t item = items[i];
        items[i] = items[len - 1 - i];
        items[len - 1 - i] = item;
    }
    return up >= len || down >= len;
}

static void dfa_sort(uint32_t *items, size_t len)
{
    if (dfa_is_sorted(items, len))
        return;
    static const size_t gaps[] = {64435, 28638, 12728, 5657, 2514, 1118, 497,
                                  221,   98,    43,    19,   8,    3,    1};
    for (size_t g = 0; g < COUNT_OF(gaps); g++)
        for (size_t gap = gaps[g], i = gap; i < len; i++) {
            uint32_t item = items[i];
            size_t at = i;
            for (; at >= gap && items[at - gap] > item; at -= gap)
                items[at] = items[at - gap];
            items[at] = item;
        }
}

/* Closes the group of items that begins at group_begin. Items of a group have no
 * order. */
static void dfa_end_group(struct dfa *d)
{
    if (d->mode != DFA_LONGEST || d->next_count == d->group_begin)
        return;
    dfa_sort(d->next + d->group_begin, d->next_count - d->group_begin);
    d->next[d->next_count++] = DFA_GROUP_END;
    d->group_begin = d->next_count;
}

/* Steps all items of a state, and those of a match that begins here. Gives whether later
 * places may begin one. */
static bool dfa_step_all(struct dfa *d, const struct dfa_state *s,
                         const struct dfa_place *at)
{
    d->matched = false;
    d->next_count = d->group_begin = 0;
    dfa_next_marks(d);
    for (uint32_t i = 0; i < s->count; i++) {
        uint32_t item = d->items[s->items + i];
        if (item != DFA_GROUP_END) {
            dfa_step_item(d, item, at);
            if (d->matched && d->mode == DFA_EXISTS)
                return false;
            continue;
        }
        dfa_end_group(d);
        if (d->matched) // of what began later nothing matters any more
            return false;
    }
    bool seeding = s->seeding;
    if (seeding && !d->matched)
        for (uint32_t i = 0; i < d->seed_count; i++)
            dfa_step_item(d, d->seeds[i], at);
    dfa_end_group(d);
    return seeding && !d->matched && !d->anchored_seeds;
}

static void dfa_charge(struct dfa *d)
{
    if (d->work >= 64 && d->tick) {
        d->tick(d->work / 8);
        d->work = 0;
    }
}

uint32_t dfa_make_next(struct dfa *d, uint32_t v, unsigned column)
{
    struct dfa_state s = d->states[v / d->stride];
    if (*d->budget <= s.count) {
        *d->budget = 0;
        return 0;
    }
    *d->budget -= s.count;
    bool is_end = column >= d->classes || (d->eol >= 0 && column == d->class_of[d->eol]);
    struct dfa_place at = {.c = is_end ? -1 : d->sample[column], .before = s.side};
    if (is_end)
        at.after = column == d->classes + 1 ? SIDE_EDGE : SIDE_EDGE | SIDE_LINE;
    else
        at.after = side_of_byte((unsigned char)at.c, d->utf8);
    bool seeding = dfa_step_all(d, &s, &at);
    dfa_charge(d);

    unsigned flushes = d->flushes;
    uint32_t next;
    if (is_end || (d->matched && d->mode == DFA_EXISTS)) {
        next = d->stride;
        if (!d->matched && column < d->classes)
            next = dfa_start(d, SIDE_EDGE | SIDE_LINE, false);
    } else {
        if (d->mode != DFA_LONGEST)
            dfa_sort(d->next, d->next_count);
        next = dfa_add_state(d, at.after & d->side_mask, seeding);
    }
    if (!next)
        return 0;
    if (d->matched)
        next |= DFA_MATCH;
    if (d->flushes == flushes)
        d->rows[v + column] = next;
    return next;
}

static void dfa_copy_seeds(struct dfa *d)
{
    d->next_count = d->group_begin = 0;
    for (uint32_t i = 0; i < d->seed_count; i++)
        d->next[d->next_count++] = d->seeds[i];
    dfa_end_group(d);
}

uint32_t dfa_start(struct dfa *d, unsigned side, bool anchored)
{
    side &= d->side_mask;
    uint32_t *start = &d->starts[side][anchored];
    if (*start)
        return *start;
    bool matched = d->matched;
    d->next_count = 0;
    if (anchored)
        dfa_copy_seeds(d);
    if (anchored && d->mode != DFA_LONGEST)
        dfa_sort(d->next, d->next_count);
    uint32_t v = dfa_add_state(d, side, !anchored);
    d->matched = matched;
    return *start = v;
}

/* ---- Beginning and end ------------------------------------------------------------ */

static unsigned dfa_side_mask(unsigned assertions)
{
    unsigned mask = 0;
    if (assertions & ASSERT_LINES)
        mask |= SIDE_LINE | SIDE_NEWLINE;
    if (assertions & (1u << ASSERT_TEXT_START | 1u << ASSERT_TEXT_END))
        mask |= SIDE_LINE;
    if (assertions & (1u << ASSERT_BUFFER_START | 1u << ASSERT_BUFFER_END))
        mask |= SIDE_EDGE;
    if (assertions & ASSERT_WORDS)
        mask |= SIDE_WORD | SIDE_WIDE;
    return mask;
}

/* What the program begins with, and whether all of it asks for the text's begin. */
static void dfa_find_seeds(struct dfa *d)
{
    dfa_next_marks(d);
    d->next_count = 0;
    dfa_push_closure(d, d->prog->start);
    d->seed_count = d->next_count;
    memcpy(d->seeds, d->next, d->next_count * sizeof *d->next);
    d->anchored_seeds = true;
    for (uint32_t i = 0; i < d->seed_count; i++) {
        const struct rprog_inst *inst = &d->prog->insts[d->seeds[i]];
        bool anchor = inst->op == RPROG_ASSERT && (inst->arg == ASSERT_TEXT_START ||
                                                   inst->arg == ASSERT_BUFFER_START);
        d->anchored_seeds &= anchor;
    }
}

int dfa_init(struct dfa *d, const struct rprog *p, enum dfa_mode mode, int eol,
             void (*tick)(unsigned), uint64_t *budget)
{
    *d = (struct dfa){
        .prog = p,
        .mem = p->tree->mem,
        .tick = tick,
        .budget = budget,
        .mode = mode,
        .utf8 = p->tree->utf8,
        .eol = eol,
        .side_mask = dfa_side_mask(p->tree->assertions),
        .classes = 1,
        .table_bits = DFA_TABLE_BITS,
        .gap = 1 << 16,
    };
    dfa_make_classes(d);
    d->stride = d->classes + 2;
    size_t size = p->len * sizeof(uint32_t);
    d->seeds = dfa_new(d, size);
    d->next = dfa_new(d, 2 * size);  // items and the ends of groups
    d->stack = dfa_new(d, 4 * size); // of the closure, and of the step that calls it
    d->mark = dfa_new(d, size);
    d->next_mark = dfa_new(d, size);
    d->table = dfa_new(d, sizeof *d->table << d->table_bits);
    if (!d->seeds || !d->next || !d->stack || !d->mark || !d->next_mark || !d->table ||
        !dfa_grow_rows(d))
        return -ENOMEM;
    dfa_clear(d);
    dfa_find_seeds(d);
    return 0;
}

void dfa_fini(struct dfa *d)
{
    if (!d->prog)
        return;
    size_t size = d->prog->len * sizeof(uint32_t);
    rmem_free(d->mem, d->seeds, size);
    rmem_free(d->mem, d->next, 2 * size);
    rmem_free(d->mem, d->stack, 4 * size);
    rmem_free(d->mem, d->mark, size);
    rmem_free(d->mem, d->next_mark, size);
    rmem_free(d->mem, d->table, sizeof *d->table << d->table_bits);
    rmem_free(d->mem, d->rows, d->row_cap * d->stride * sizeof *d->rows);
    rmem_free(d->mem, d->states, d->state_cap * sizeof *d->states);
    rmem_free(d->mem, d->items, d->item_cap * sizeof *d->items);
    d->prog = NULL;
}

/* ---- What a match begins with ----------------------------------------------------- */

static void dfa_add_first(const struct rprog *p, const struct rprog_inst *inst,
                          uint64_t bits[4])
{
    if (inst->op == RPROG_BYTE) {
        bits[inst->arg >> 6] |= UINT64_C(1) << (inst->arg & 63);
        return;
    }
    const struct rset *s = rprog_set(p, inst);
    for (unsigned c = 0; c < 256; c++)
        if (rset_has_byte(s, (unsigned char)c) || (c >= 0x80 && s->lead[c - 0x80]))
            bits[c >> 6] |= UINT64_C(1) << (c & 63);
}

bool dfa_first_bytes(const struct rprog *p, uint64_t bits[4])
{
    struct rmem *m = p->tree->mem;
    uint32_t *stack = rmem_new(m, 2 * p->len * sizeof *stack), depth = 0;
    uint8_t *seen = rmem_new(m, p->len);
    bool known = stack && seen;
    memset(bits, 0, 4 * sizeof *bits);
    if (known)
        stack[depth++] = p->start;
    while (known && depth) {
        uint32_t pc = stack[--depth];
        const struct rprog_inst *inst = &p->insts[pc];
        if (seen[pc])
            continue;
        seen[pc] = 1;
        if (inst->op == RPROG_SPLIT)
            stack[depth++] = inst->b;
        if (inst->op == RPROG_SPLIT || inst->op == RPROG_ASSERT)
            stack[depth++] = inst->a;
        else if (inst->op == RPROG_BYTE || inst->op == RPROG_SET)
            dfa_add_first(p, inst, bits);
        else if (inst->op != RPROG_FAIL)
            known = false;
    }
    rmem_free(m, stack, 2 * p->len * sizeof *stack);
    rmem_free(m, seen, p->len);
    return known;
}
