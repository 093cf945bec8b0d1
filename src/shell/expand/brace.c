/* brace.c: {a,b} and {1..9}: from one word to the words it stands for.
 *
 * The results share their parts with the tree and lie in scratch memory. */
#include <string.h>

#include "base/num.h"
#include "shell/expand/state.h"
#include "sys.h"

/* A word in the making: its parts. */
struct brace_item {
    struct part *parts;
    unsigned count;
};

struct brace_list {
    struct brace_item *items;
    size_t count, cap;
};

static void brace_add(struct shell *sh, struct brace_list *list, struct brace_item item)
{
    if (list->count == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 8;
        sys_check_size(SYS_LIMIT_EXPANSION, cap * sizeof item);
        list->items = scratch_resize(sh->scratch, list->items, list->cap * sizeof item,
                                     cap * sizeof item);
        list->cap = cap;
    }
    list->items[list->count++] = item;
    sys_tick();
}

/* Braces come before variables: $x{1,2} is $x1 $x2. Gives whether more text may belong to
 * the name. */
static bool brace_glue(struct shell *sh, struct part *name, struct part *text)
{
    if (name->kind != PART_PARAM || text->kind != PART_TEXT ||
        (name->flags & PART_QUOTED) || (text->flags & PART_QUOTED))
        return false;
    const struct param *old = name->param;
    size_t len = 0;
    while (len < text->text.len && char_is_name((unsigned char)text->text.ptr[len]))
        len++;
    if (old->what != PARAM_NAME || old->braces || !len)
        return old->what == PARAM_NAME && !old->braces && !text->text.len;
    struct scratch_text t = scratch_text_make(sh->scratch);
    struct param *new = scratch_alloc(sh->scratch, sizeof *new);
    scratch_text_add(&t, sys_interned(old->name), strlen(sys_interned(old->name)));
    scratch_text_add(&t, text->text.ptr, len);
    struct span joined = scratch_text_end(&t);
    *new = *old;
    new->name = sys_intern(joined.ptr, joined.len);
    name->param = new;
    text->text = span_from(text->text, len);
    return !text->text.len;
}

static struct brace_item brace_join(struct shell *sh, const struct part *head,
                                    unsigned head_count, struct brace_item mid,
                                    struct brace_item tail)
{
    unsigned count = head_count + mid.count + tail.count;
    struct part *parts = scratch_alloc(sh->scratch, (count + 1) * sizeof *parts);
    if (head_count)
        memcpy(parts, head, head_count * sizeof *parts);
    if (mid.count)
        memcpy(parts + head_count, mid.parts, mid.count * sizeof *parts);
    if (tail.count)
        memcpy(parts + head_count + mid.count, tail.parts, tail.count * sizeof *parts);
    for (unsigned i = 0; i < count; i++)
        for (unsigned k = i + 1; k < count && brace_glue(sh, &parts[i], &parts[k]); k++)
            ;
    return (struct brace_item){parts, count};
}

/* ---- Sequences -------------------------------------------------------------------- */

static struct brace_item brace_text(struct shell *sh, struct span text)
{
    struct part *part = scratch_alloc(sh->scratch, sizeof *part);
    *part = (struct part){.kind = PART_TEXT};
    part->text = span_make(scratch_copy(sh->scratch, text), text.len);
    if (text.len == 1 && !char_is_alnum((unsigned char)text.ptr[0]))
        part->flags = PART_QUOTED; // {A..z}: a bracket is meant as itself
    if (span_eq_str(text, "\\"))
        part->text.len = 0; // and the backslash quotes nothing
    return (struct brace_item){part, 1};
}

static struct brace_item brace_number(struct shell *sh, int64_t n, unsigned width)
{
    char digits[24], text[300];
    size_t len = num_from_u64(digits, n < 0 ? 0 - (uint64_t)n : (uint64_t)n), to = 0;
    if (n < 0)
        text[to++] = '-';
    while (to + len < width)
        text[to++] = '0';
    memcpy(text + to, digits, len);
    return brace_text(sh, span_make(text, to + len));
}

static void brace_sequence(struct shell *sh, const struct brace *b,
                           struct brace_list *out)
{
    uint64_t step = b->step < 0 ? 0 - (uint64_t)b->step : b->step ? (uint64_t)b->step : 1;
    bool up = b->from <= b->to;
    uint64_t distance =
        up ? (uint64_t)b->to - (uint64_t)b->from : (uint64_t)b->from - (uint64_t)b->to;
    for (uint64_t done = 0;; done += step) {
        int64_t n = (int64_t)((uint64_t)b->from + (up ? done : 0 - done));
        char letter = (char)n;
        brace_add(sh, out,
                  b->letters ? brace_text(sh, span_make(&letter, 1))
                             : brace_number(sh, n, b->width));
        if (distance - done < step)
            break;
    }
}

/* ---- Alternatives ----------------------------------------------------------------- */

static void brace_expand(struct shell *sh, const struct part *parts, unsigned count,
                         struct brace_list *out);

static void brace_alternatives(struct shell *sh, const struct brace *b,
                               struct brace_list *out)
{
    if (b->sequence) {
        brace_sequence(sh, b, out);
        return;
    }
    for (unsigned i = 0; i < b->count; i++)
        brace_expand(sh, b->alternatives[i].parts, b->alternatives[i].count, out);
}

/* "${x-"{a,b}"}" is "${x-"a"}" "${x-"b"}". */
static void brace_param(struct shell *sh, const struct part *part, struct brace_list *out)
{
    const struct word *word = part->param->word;
    struct brace_list list = {0};
    brace_expand(sh, word->parts, word->count, &list);
    for (size_t i = 0; i < list.count; i++) {
        struct {
            struct part part;
            struct param param;
            struct word word;
        } *copy = scratch_alloc(sh->scratch, sizeof *copy);
        copy->part = *part;
        copy->param = *part->param;
        copy->word = *word;
        copy->part.param = &copy->param;
        copy->param.word = &copy->word;
        copy->word.parts = list.items[i].parts;
        copy->word.count = list.items[i].count;
        copy->word.flags &= (uint16_t) ~(WORD_BRACE | WORD_LITERAL);
        brace_add(sh, out, (struct brace_item){&copy->part, 1});
    }
}

static bool brace_is_here(const struct part *part)
{
    return part->kind == PART_BRACE || (part->kind == PART_PARAM && part->param->word &&
                                        part->param->word->flags & WORD_BRACE);
}

static void brace_expand(struct shell *sh, const struct part *parts, unsigned count,
                         struct brace_list *out)
{
    unsigned at = 0;
    while (at < count && !brace_is_here(&parts[at]))
        at++;
    if (at == count) {
        brace_add(sh, out, (struct brace_item){(struct part *)parts, count});
        return;
    }
    sys_nest_enter();
    struct brace_list mid = {0}, tail = {0};
    if (parts[at].kind == PART_PARAM)
        brace_param(sh, &parts[at], &mid);
    else
        brace_alternatives(sh, parts[at].brace, &mid);
    brace_expand(sh, parts + at + 1, count - at - 1, &tail);
    for (size_t i = 0; i < mid.count; i++)
        for (size_t k = 0; k < tail.count; k++)
            brace_add(sh, out, brace_join(sh, parts, at, mid.items[i], tail.items[k]));
    sys_nest_leave();
}

/* ~{a,b} is ~a ~b: the tilde that a result begins with. */
static void brace_tilde(struct shell *sh, struct brace_item *item)
{
    struct part *p = item->parts;
    struct scratch_text name = scratch_text_make(sh->scratch);
    size_t slash = 0;
    unsigned i = 0;
    if (!item->count || p->kind != PART_TEXT || p->flags & PART_QUOTED ||
        !span_starts(p->text, span_of("~")))
        return;
    for (; i < item->count; i++) {
        struct span text = i ? p[i].text : span_from(p[i].text, 1);
        if (p[i].kind != PART_TEXT || p[i].flags & PART_QUOTED)
            return;
        slash = span_find(text, '/');
        scratch_text_add(&name, text.ptr, slash);
        if (slash < text.len) {
            slash += !i;
            break;
        }
    }
    unsigned rest = item->count - i;
    struct part *parts = scratch_alloc(sh->scratch, (rest + 2) * sizeof *parts);
    parts[0] = (struct part){.kind = PART_TILDE, .text = scratch_text_end(&name)};
    if (rest) {
        memcpy(parts + 1, p + i, rest * sizeof *parts);
        parts[1].text = span_from(parts[1].text, slash);
    }
    *item = (struct brace_item){parts, rest + 1};
}

size_t expand_braces(struct shell *sh, const struct word *word, const struct word **words)
{
    struct brace_list list = {0};
    brace_expand(sh, word->parts, word->count, &list);
    struct word *out = scratch_alloc(sh->scratch, (list.count + 1) * sizeof *out);
    for (size_t i = 0; i < list.count; i++) {
        brace_tilde(sh, &list.items[i]);
        for (unsigned k = 1; word->flags & WORD_TILDE && k < list.items[i].count; k++)
            expand_no_tilde(sh, &list.items[i].parts[k]); // x=~/{a,b}
        out[i] = *word;
        out[i].flags &=
            (uint16_t) ~(WORD_BRACE | WORD_LITERAL | WORD_SINGLE | WORD_QUOTED_SINGLE);
        out[i].parts = list.items[i].parts;
        out[i].count = list.items[i].count;
    }
    *words = out;
    return list.count;
}
