/* rematch.c: see rematch.h. */
#include "shell/exec/rematch.h"

#include "regex/regex.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/vars/arrays.h"
#include "shell/vars/state.h"
#include "user/pattern.h"

int rematch(struct shell *sh, struct span text, struct span regex)
{
    struct regex_options o = {.syntax = REGEX_EXTENDED};
    o.flags = (shell_shopt(sh, SHOPT_NOCASEMATCH) ? REGEX_ICASE : 0) |
              (sh->vars->utf8 ? REGEX_UTF8 : 0) | REGEX_CLOSE_ORDINARY;
    struct pattern p;
    if (pattern_take(&p, &o, &regex, 1))
        return -1;
    size_t count = regex_groups(p.re) + 1;
    struct regex_span *m = scratch_alloc(sh->scratch, count * sizeof *m);
    struct span *parts = scratch_alloc(sh->scratch, count * sizeof *parts);
    int found = regex_search(p.re, text, 0, 0, m, count);
    pattern_give(&p);
    if (found < 0)
        return -1;
    for (size_t i = 0; found && i < count; i++)
        parts[i] = m[i].start == REGEX_NONE
                       ? span_of("")
                       : span_make(text.ptr + m[i].start, m[i].end - m[i].start);
    struct value *v = vars_own(sh->vars, NAME_BASH_REMATCH);
    v->attrs &= (uint16_t)~VAR_READONLY; // bash makes a new variable
    return array_assign(sh, NAME_BASH_REMATCH, parts, found ? count : 0) ? -1 : found;
}
