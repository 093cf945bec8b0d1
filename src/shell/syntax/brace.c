/* brace.c: brace expansion as structure: {a,b} and {1..9} in the parts of a word become
 * PART_BRACE, leftmost first, as bash finds them. */
#include "shell/syntax/parser.h"

#include "base/num.h"
#include "sys.h"

/* A place among parts: before character `at` of part `part` (parts that are not plain
 * text are one character long). */
struct brace_at {
    size_t part, at;
};

/* A plain { and what it opens. */
struct brace_found {
    struct brace_at open, inside, end; // before and behind the {, before the }
    unsigned commas;                   // outside of inner braces
    bool closed;
};

/* The parts of the word as they were, and all its braces in order. */
struct brace_word {
    const struct part *parts;
    size_t count;
    struct brace_found *braces;
    size_t brace_count;
};

static bool brace_is_plain(const struct part *part)
{
    return part->kind == PART_TEXT &&
           (part->flags & (PART_QUOTED | PART_INNER)) != PART_QUOTED;
}

/* The plain character at a place and the step behind it; 0 for anything else; -1 at the
 * end. */
static int brace_next(const struct brace_word *w, struct brace_at *at)
{
    while (at->part < w->count) {
        const struct part *part = &w->parts[at->part];
        if (!brace_is_plain(part)) {
            *at = (struct brace_at){at->part + 1, 0};
            return 0;
        }
        if (at->at < part->text.len)
            return (unsigned char)part->text.ptr[at->at++];
        *at = (struct brace_at){at->part + 1, 0};
    }
    return -1;
}

static bool brace_before(struct brace_at a, struct brace_at b)
{
    return a.part < b.part || (a.part == b.part && a.at < b.at);
}

/* Pushes the parts between two places as they are. */
static void brace_push(struct parser *p, const struct brace_word *w, struct brace_at from,
                       struct brace_at to)
{
    while (brace_before(from, to) && from.part < w->count) {
        const struct part *part = &w->parts[from.part];
        if (brace_is_plain(part)) {
            size_t end = to.part == from.part ? to.at : part->text.len;
            struct part piece = *part;
            piece.text = arena_copy_span(p->arena, span_make(part->text.ptr + from.at,
                                                             end - from.at));
            if (piece.text.len)
                parser_push(p, STACK_PARTS, &piece, sizeof piece);
        } else {
            parser_push(p, STACK_PARTS, part, sizeof *part);
        }
        from = (struct brace_at){from.part + 1, 0};
    }
}

/* Finds all braces in one pass; a stack through `open` tells which a } closes. */
static void brace_find_all(struct brace_word *w)
{
    struct brace_at at = {0};
    size_t cap = 0, depth = 0, *stack = NULL;
    for (int c; (c = brace_next(w, &at)) >= 0; sys_tick()) {
        if (c == '{') {
            if (w->brace_count == cap) {
                cap = size_max(8, cap * 2);
                w->braces = sys_resize(w->braces, cap * sizeof *w->braces);
                stack = sys_resize(stack, cap * sizeof *stack);
            }
            stack[depth++] = w->brace_count;
            struct brace_found *f = &w->braces[w->brace_count++];
            *f = (struct brace_found){.open = at, .inside = at};
            f->open.at--; // at is in the same part, behind the {
        } else if (depth && c == '}') {
            struct brace_found *f = &w->braces[stack[--depth]];
            f->closed = true;
            f->end = at;
            f->end.at--;
        } else if (depth && c == ',') {
            w->braces[stack[depth - 1]].commas++;
        }
    }
    sys_free(stack);
}

/* The index of the first brace at or behind a place. */
static size_t brace_first(const struct brace_word *w, struct brace_at at)
{
    size_t low = 0, high = w->brace_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (brace_before(w->braces[middle].open, at))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- {x..y..step} ----------------------------------------------------------------- */

/* The number that text is, all of it. */
static bool brace_number(struct span text, int64_t *n)
{
    char copy[32];
    const char *rest;
    if (!text.len || text.len >= sizeof copy || char_is_space(*text.ptr))
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return num_to_i64(copy, n, &rest) == 0 && !*rest;
}

/* Whether a number is written with leading zeros, which asks for padding. */
static bool brace_is_padded(struct span text)
{
    return (text.len > 1 && text.ptr[0] == '0') ||
           (text.len > 2 && text.ptr[0] == '-' && text.ptr[1] == '0');
}

static bool brace_ends(struct span from, struct span to, struct brace *b)
{
    if (from.len == 1 && to.len == 1 && char_is_alpha(*from.ptr) &&
        char_is_alpha(*to.ptr)) {
        b->letters = true;
        b->from = *from.ptr;
        b->to = *to.ptr;
        return true;
    }
    if (!brace_number(from, &b->from) || !brace_number(to, &b->to))
        return false;
    if (brace_is_padded(from) || brace_is_padded(to))
        b->width = (uint8_t)size_max(from.len, to.len);
    return true;
}

static bool brace_sequence(struct span text, struct brace *b)
{
    struct span dots = span_of("..");
    size_t first = span_find_span(text, dots);
    if (first >= text.len)
        return false;
    struct span from = span_make(text.ptr, first), to = span_from(text, first + 2);
    size_t second = span_find_span(to, dots);
    if (second < to.len) {
        if (!brace_number(span_from(to, second + 2), &b->step))
            return false;
        to.len = second;
    }
    b->sequence = true;
    b->text = text;
    return brace_ends(from, to, b);
}

/* ---- Splitting -------------------------------------------------------------------- */

static bool brace_push_split(struct parser *p, const struct brace_word *w,
                             struct brace_at from, struct brace_at to);

/* An alternative: the parts between two places, with the braces in them. */
static void brace_push_alternative(struct parser *p, const struct brace_word *w,
                                   struct brace_at from, struct brace_at to, bool starts)
{
    size_t mark = parser_mark(p, STACK_PARTS);
    struct word word = {.line = p->in.line};
    brace_push_split(p, w, from, to);
    if (starts)
        tilde_split(p, mark, SCAN_TILDE);
    word.parts = parser_take(p, STACK_PARTS, mark, sizeof *word.parts, &word.count);
    word_classify(p, &word);
    parser_push(p, STACK_WORDS, &word, sizeof word);
}

static void brace_push_list(struct parser *p, const struct brace_word *w,
                            const struct brace_found *found, struct brace *b)
{
    size_t mark = parser_mark(p, STACK_WORDS);
    struct brace_at at = found->inside, from = at;
    bool starts = at.part == 0 && at.at == 1;
    unsigned depth = 0;
    while (brace_before(at, found->end)) {
        struct brace_at before = at;
        int c = brace_next(w, &at);
        depth += c == '{';
        depth -= c == '}' && depth;
        if (c == ',' && depth == 0) {
            before = at; // in the same part, behind the comma
            before.at--;
            brace_push_alternative(p, w, from, before, starts);
            from = at;
        }
    }
    brace_push_alternative(p, w, from, found->end, starts);
    b->alternatives =
        parser_take(p, STACK_WORDS, mark, sizeof *b->alternatives, &b->count);
}

/* The brace that was found as a part. false: it is none after all. */
static bool brace_push_found(struct parser *p, const struct brace_word *w,
                             const struct brace_found *found)
{
    struct brace b = {0};
    if (found->commas) {
        brace_push_list(p, w, found, &b);
    } else {
        const struct part *part = &w->parts[found->inside.part];
        if (found->inside.part != found->end.part)
            return false;
        struct span text = span_make(part->text.ptr + found->inside.at,
                                     found->end.at - found->inside.at);
        if (!brace_sequence(text, &b))
            return false;
        b.text = arena_copy_span(p->arena, text);
    }
    struct brace *copy = arena_alloc(p->arena, sizeof *copy);
    *copy = b;
    struct part part = {.kind = PART_BRACE, .brace = copy};
    parser_push(p, STACK_PARTS, &part, sizeof part);
    return true;
}

/* Pushes what is between two places, with its braces as parts. true: there were some. */
static bool brace_push_split(struct parser *p, const struct brace_word *w,
                             struct brace_at from, struct brace_at to)
{
    bool any = false;
    sys_nest_enter();
    for (size_t i = brace_first(w, from); i < w->brace_count; i++) {
        const struct brace_found *f = &w->braces[i];
        if (!brace_before(f->open, to))
            break;
        if (!f->closed || brace_before(f->open, from))
            continue;
        size_t mark = parser_mark(p, STACK_PARTS);
        brace_push(p, w, from, f->open);
        if (brace_push_found(p, w, f)) {
            any = true;
            from = (struct brace_at){f->end.part, f->end.at + 1};
            i = brace_first(w, from) - 1;
        } else {
            p->stacks[STACK_PARTS].len = mark;
        }
        sys_tick();
    }
    brace_push(p, w, from, to);
    sys_nest_leave();
    return any;
}

bool brace_split(struct parser *p, size_t mark)
{
    struct stack *s = &p->stacks[STACK_PARTS];
    size_t count = (s->len - mark) / sizeof(struct part);
    struct part *copy = sys_alloc(count * sizeof *copy + 1);
    memcpy(copy, s->data + mark, count * sizeof *copy);
    s->len = mark;
    struct brace_word w = {.parts = copy, .count = count};
    brace_find_all(&w);
    bool any = brace_push_split(p, &w, (struct brace_at){0}, (struct brace_at){count, 0});
    if (!any) {
        s->len = mark;
        for (size_t i = 0; i < count; i++)
            parser_push(p, STACK_PARTS, &copy[i], sizeof copy[i]);
    }
    sys_free(w.braces);
    sys_free(copy);
    return any;
}
