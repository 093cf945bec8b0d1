/* tilde.c: finds the places in a word where bash expands ~, and makes them PART_TILDE. */
#include "shell/syntax/parser.h"

#include "sys.h"

static bool tilde_is_plain(const struct part *part)
{
    return part->kind == PART_TEXT && !(part->flags & PART_QUOTED);
}

/* The length of NAME= or NAME+= at the start of text; 0: it does not look like an
 * assignment. */
static size_t tilde_name_len(struct span text)
{
    size_t at = span_find(text, '=');
    if (at == text.len)
        return 0;
    size_t len = at && text.ptr[at - 1] == '+' ? at - 1 : at;
    return parse_is_name(span_make(text.ptr, len)) ? at + 1 : 0;
}

/* The length of the name behind a ~ at text[at]; SIZE_MAX: it is no tilde prefix. */
static size_t tilde_prefix(struct span text, size_t at, bool last)
{
    size_t end = at + 1;
    for (; end < text.len; end++) {
        char c = text.ptr[end];
        if (c == '/' || c == ':')
            return end - at - 1;
        if (!char_is_alnum(c) && c != '_' && c != '.' && c != '-' && c != '+')
            return SIZE_MAX;
    }
    return last ? end - at - 1 : SIZE_MAX;
}

static void tilde_push_text(struct parser *p, const struct part *part, size_t from,
                            size_t to)
{
    if (from == to && part->text.len)
        return;
    struct part piece = *part;
    piece.text = arena_copy_span(p->arena, span_make(part->text.ptr + from, to - from));
    parser_push(p, STACK_PARTS, &piece, sizeof piece);
}

/* Pushes a plain text with its tildes split off. first: it begins the word; last: nothing
 * follows. */
static void tilde_split_text(struct parser *p, const struct part *part, bool first,
                             bool last, unsigned flags)
{
    struct span text = part->text;
    bool colons = flags & SCAN_TILDE_ASSIGN;
    size_t from = 0, value = SIZE_MAX; // value: of what looks like an assignment
    if (first && (flags & SCAN_TILDE_MAYBE)) {
        size_t len = tilde_name_len(text);
        if (len) {
            value = len;
            colons = true;
        }
    }
    for (size_t at = 0; at < text.len; at++) {
        bool here = text.ptr[at] == '~' &&
                    ((at == 0 && first && (flags & SCAN_TILDE)) || at == value ||
                     (colons && at > 0 && text.ptr[at - 1] == ':'));
        size_t len = here ? tilde_prefix(text, at, last) : SIZE_MAX;
        if (len == SIZE_MAX)
            continue;
        tilde_push_text(p, part, from, at);
        struct part tilde = {.kind = PART_TILDE};
        tilde.text = arena_copy_span(p->arena, span_make(text.ptr + at + 1, len));
        parser_push(p, STACK_PARTS, &tilde, sizeof tilde);
        from = at + 1 + len;
        at = from - 1;
    }
    if (from < text.len || from == 0)
        tilde_push_text(p, part, from, text.len);
}

void tilde_split(struct parser *p, size_t mark, unsigned flags)
{
    struct stack *s = &p->stacks[STACK_PARTS];
    size_t count = (s->len - mark) / sizeof(struct part);
    if (!count)
        return;
    const struct part *parts = (const struct part *)(s->data + mark);
    bool found = false;
    for (size_t i = 0; i < count; i++)
        found |= tilde_is_plain(&parts[i]) &&
                 span_find(parts[i].text, '~') < parts[i].text.len;
    if (!found)
        return;
    struct part *copy = sys_alloc(count * sizeof *copy);
    memcpy(copy, parts, count * sizeof *copy);
    s->len = mark;
    for (size_t i = 0; i < count; i++)
        if (tilde_is_plain(&copy[i]))
            tilde_split_text(p, &copy[i], i == 0, i + 1 == count, flags);
        else
            parser_push(p, STACK_PARTS, &copy[i], sizeof copy[i]);
    sys_free(copy);
}
