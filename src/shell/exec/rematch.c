/* rematch.c: see rematch.h. Private to the process: a clone starts with nothing
 * compiled. */
#include "shell/exec/rematch.h"

#include "regex/regex.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/vars/arrays.h"
#include "shell/vars/state.h"
#include "sys.h"

enum { REMATCH_KEPT = 8 };

struct rematch_kept {
    struct regex *regex;
    struct buf source;
    unsigned flags;
};

struct rematch_cache {
    struct rematch_kept kept[REMATCH_KEPT];
    unsigned next; // to be replaced
};

static struct rematch_cache *rematch_cache(void)
{
    struct rematch_cache *c = sys_slot_get(SYS_SLOT_REGEX);
    if (!c) {
        c = sys_alloc_zero(sizeof *c);
        for (size_t i = 0; i < REMATCH_KEPT; i++)
            c->kept[i].source = buf_make(sys_heap());
        sys_slot_set(SYS_SLOT_REGEX, c);
    }
    return c;
}

/* The expression compiled; NULL: it is wrong. Valid until REMATCH_KEPT others were
 * asked for. */
static struct regex *rematch_compile(struct span source, unsigned flags)
{
    struct rematch_cache *c = rematch_cache();
    for (size_t i = 0; i < REMATCH_KEPT; i++)
        if (c->kept[i].regex && c->kept[i].flags == flags &&
            span_eq(buf_span(&c->kept[i].source), source))
            return c->kept[i].regex;
    struct regex_options o = {
        .alloc = sys_heap(), .tick = sys_ticks, .syntax = REGEX_EXTENDED, .flags = flags};
    struct regex *regex;
    if (regex_compile(&regex, &o, source))
        return NULL;
    struct rematch_kept *k = &c->kept[c->next++ % REMATCH_KEPT];
    regex_free(k->regex);
    buf_clear(&k->source);
    buf_add_span(&k->source, source);
    k->regex = regex;
    k->flags = flags;
    return regex;
}

int rematch(struct shell *sh, struct span text, struct span regex)
{
    unsigned flags = (shell_shopt(sh, SHOPT_NOCASEMATCH) ? REGEX_ICASE : 0) |
                     (sh->vars->utf8 ? REGEX_UTF8 : 0) | REGEX_CLOSE_ORDINARY;
    struct regex *re = rematch_compile(regex, flags);
    if (!re)
        return -1;
    size_t count = regex_groups(re) + 1;
    struct regex_span *m = scratch_alloc(sh->scratch, count * sizeof *m);
    struct span *parts = scratch_alloc(sh->scratch, count * sizeof *parts);
    int found = regex_search(re, text, 0, 0, m, count);
    if (found < 0)
        return -1;
    for (size_t i = 0; found && i < count; i++)
        parts[i] = m[i].start == REGEX_NONE
                       ? span_of("")
                       : span_make(text.ptr + m[i].start, m[i].end - m[i].start);
    return array_assign(sh, NAME_BASH_REMATCH, parts, found ? count : 0) ? -1 : found;
}
