/* keyword.c: see keyword.h. */
#include "shell/exec/keyword.h"

#include <string.h>

#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/syntax/tree.h"
#include "sys.h"

/* The length of "NAME=", "NAME+=" or "NAME[...]=" at the beginning of a word as it is
 * written; 0: it is no assignment. *name is the name's length, *append whether there is
 * a +. */
static size_t keyword_prefix(struct span raw, size_t *name, bool *append)
{
    size_t at = 0;
    while (at < raw.len && char_is_name((unsigned char)raw.ptr[at]))
        at++;
    *name = at && !char_is_digit((unsigned char)raw.ptr[0]) ? at : 0;
    if (*name && at < raw.len && raw.ptr[at] == '[') {
        const char *close = memchr(raw.ptr + at, ']', raw.len - at);
        at = close ? (size_t)(close - raw.ptr) + 1 : raw.len;
    }
    *append = at < raw.len && raw.ptr[at] == '+';
    at += *append;
    return *name && at < raw.len && raw.ptr[at] == '=' ? at + 1 : 0;
}

/* What stands behind a prefix of plain text. */
static struct word *keyword_value(struct shell *sh, const struct word *word,
                                  size_t prefix)
{
    struct word *value = scratch_alloc(sh->scratch, sizeof *value);
    *value = *word;
    value->raw = span_from(word->raw, prefix);
    if (word->flags & WORD_LITERAL)
        value->text = span_from(word->text, prefix);
    if (!word->count)
        return value;
    value->parts = scratch_alloc(sh->scratch, word->count * sizeof *value->parts);
    memcpy(value->parts, word->parts, word->count * sizeof *value->parts);
    value->parts[0].text = span_from(value->parts[0].text, prefix);
    return value;
}

/* The word as an assignment. False: it is none. */
static bool keyword_assign(struct shell *sh, const struct word *word, struct assign *a)
{
    size_t name;
    bool append;
    size_t prefix = keyword_prefix(word->raw, &name, &append);
    if (LIKELY(!prefix))
        return false;
    if (word->assign) {
        *a = *word->assign;
        return true;
    }
    *a = (struct assign){.name = sys_intern(word->raw.ptr, name),
                         .append = append,
                         .has_subscript = word->raw.ptr[name] == '[',
                         .raw = word->raw};
    if (!a->has_subscript) {
        a->value = keyword_value(sh, word, prefix);
        return true;
    }
    struct word *sub = scratch_alloc(sh->scratch, sizeof *sub); // only to be refused
    *sub = (struct word){
        .raw = span_make(word->raw.ptr + name + 1, prefix - append - name - 3)};
    a->subscript.word = a->value = sub;
    return true;
}

const struct node_simple *keyword_sort(struct shell *sh, const struct node_simple *c)
{
    size_t room = c->assign_count + c->word_count;
    struct node_simple *sorted = scratch_alloc(sh->scratch, sizeof *sorted);
    *sorted = *c;
    sorted->assigns = scratch_alloc(sh->scratch, room * sizeof *sorted->assigns);
    sorted->words = scratch_alloc(sh->scratch, room * sizeof *sorted->words);
    if (c->assign_count)
        memcpy(sorted->assigns, c->assigns, c->assign_count * sizeof *sorted->assigns);
    sorted->word_count = 0;
    for (unsigned i = 0; i < c->word_count; i++) {
        struct assign *next = &sorted->assigns[sorted->assign_count];
        if (i && keyword_assign(sh, &c->words[i], next))
            sorted->assign_count++;
        else
            sorted->words[sorted->word_count++] = c->words[i];
        sys_tick();
    }
    return sorted;
}
