/* cond.c: [[ ]]: see cond.h. */
#include "shell/exec/cond.h"

#include <string.h>

#include "shell/exec/rematch.h"
#include "shell/exec/trace.h"
#include "shell/expand/expand.h"
#include "shell/expand/pattern.h"
#include "shell/expand/place.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/syntax/tree.h"
#include "shell/vars/arrays.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/test.h"

enum { COND_TRUE, COND_FALSE, COND_ERROR, COND_BAD }; // ERROR: reported; BAD: not

static int cond_truth(bool is) { return is ? COND_TRUE : COND_FALSE; }

/* ---- Traces: "[[ -n x ]]" --------------------------------------------------------- */

static void cond_trace_word(struct shell *sh, struct span text)
{
    buf_add_char(&sh->trace, ' ');
    if (text.len)
        buf_add_span(&sh->trace, text);
    else
        buf_add_str(&sh->trace, "''");
}

static void cond_trace(struct shell *sh, const struct cond *c, bool not, struct span a,
                       const struct span *b)
{
    if (LIKELY(!shell_set(sh, SET_XTRACE)) || !trace_begin(sh))
        return;
    buf_add_str(&sh->trace, "[[");
    if (not )
        buf_add_str(&sh->trace, " !");
    if (!b)
        cond_trace_word(sh, span_of(c->op == COND_WORD ? "-n" : c->text));
    cond_trace_word(sh, a);
    if (b) {
        cond_trace_word(sh, span_of(c->text));
        cond_trace_word(sh, *b);
    }
    buf_add_str(&sh->trace, " ]]");
    trace_end(sh);
}

/* ---- Single tests ----------------------------------------------------------------- */

static int cond_variable(struct shell *sh, char letter, struct span text)
{
    if (letter == 'v')
        return cond_truth(place_text_is_set(sh, text));
    unsigned id = name_intern(text);
    const struct value *v = id ? var_find(sh, id, VAR_OP_NO_REF) : NULL;
    return cond_truth(v && (v->attrs & VAR_NAMEREF) && v->kind != VALUE_NONE);
}

static int cond_option(struct shell *sh, const char *name)
{
    int id = options_find_set(name);
    return cond_truth(id >= 0 && shell_set(sh, (enum set_option)id));
}

static int cond_unary(struct shell *sh, const struct cond *c, bool not )
{
    static const struct test_hooks hooks = {.bash = true, .name = "[["};
    struct span text;
    if (expand_string(sh, c->a, 0, &text))
        return COND_ERROR;
    cond_trace(sh, c, not, text, NULL);
    switch (c->op == COND_WORD ? 'n' : c->letter) {
    case 'n': return cond_truth(text.len != 0);
    case 'z': return cond_truth(text.len == 0);
    case 'v':
    case 'R': return cond_variable(sh, c->letter, text);
    case 'o': return cond_option(sh, text.ptr);
    default: return test_unary(&hooks, c->letter, text.ptr);
    }
}

/* ---- Two operands ----------------------------------------------------------------- */

static int cond_pattern(struct shell *sh, const struct cond *c, bool not )
{
    struct span text, pattern;
    if (expand_string(sh, c->a, 0, &text))
        return COND_ERROR;
    int err;
    if (c->op == COND_MATCH)
        err = expand_regex(sh, c->b, &pattern);
    else if (UNLIKELY(shell_set(sh, SET_XTRACE)))
        err = expand_pattern_shown(sh, c->b, &pattern);
    else
        err = expand_pattern(sh, c->b, &pattern);
    if (err)
        return COND_ERROR;
    cond_trace(sh, c, not, text, &pattern);
    if (c->op == COND_MATCH) {
        int found = rematch(sh, text, pattern);
        return found < 0 ? COND_BAD : cond_truth(found);
    }
    bool match = pattern_match(pattern, text, expand_match_flags(sh) | PATTERN_EXT);
    return cond_truth(match == (c->op == COND_EQUAL));
}

static int cond_number(struct shell *sh, struct span text, int64_t *n)
{
    if (!text.len) {
        *n = 0;
        return 0;
    }
    return arith_eval_text(sh, text, n);
}

static int cond_compare(enum cond_op op, int64_t a, int64_t b)
{
    switch (op) {
    case COND_EQ: return cond_truth(a == b);
    case COND_NE: return cond_truth(a != b);
    case COND_LT: return cond_truth(a < b);
    case COND_LE: return cond_truth(a <= b);
    case COND_GT: return cond_truth(a > b);
    default: return cond_truth(a >= b);
    }
}

static int cond_binary(struct shell *sh, const struct cond *c, bool not )
{
    struct span a, b;
    int64_t m, n;
    int err = c->op >= COND_EQ
                  ? expand_number(sh, c->a, &a) || expand_number(sh, c->b, &b)
                  : expand_string(sh, c->a, 0, &a) || expand_string(sh, c->b, 0, &b);
    if (err)
        return COND_ERROR;
    cond_trace(sh, c, not, a, &b);
    switch ((enum cond_op)c->op) {
    case COND_BEFORE: return cond_truth(span_cmp(a, b) < 0);
    case COND_AFTER: return cond_truth(span_cmp(a, b) > 0);
    case COND_NEWER: return cond_truth(test_newer(a.ptr, b.ptr));
    case COND_OLDER: return cond_truth(test_newer(b.ptr, a.ptr));
    case COND_SAME: return cond_truth(test_same_file(a.ptr, b.ptr));
    default: break;
    }
    if (cond_number(sh, a, &m) || cond_number(sh, b, &n))
        return COND_FALSE;
    return cond_compare((enum cond_op)c->op, m, n);
}

static int cond_eval(struct shell *sh, const struct cond *c, bool not );

static int cond_single(struct shell *sh, const struct cond *c, bool not )
{
    struct scratch_mark mark = scratch_mark(sh->scratch);
    int result;
    switch ((enum cond_op)c->op) {
    case COND_UNARY:
    case COND_WORD: result = cond_unary(sh, c, not ); break;
    case COND_EQUAL:
    case COND_NOT_EQUAL:
    case COND_MATCH: result = cond_pattern(sh, c, not ); break;
    default: result = cond_binary(sh, c, not ); break;
    }
    scratch_release(sh->scratch, mark);
    return UNLIKELY(sh->flow != FLOW_NORMAL) ? COND_ERROR : result;
}

/* not: an odd number of ! stands before it, which the trace shows. */
static int cond_eval(struct shell *sh, const struct cond *c, bool not )
{
    int result;
    switch ((enum cond_op)c->op) {
    case COND_NOT:
        result = cond_eval(sh, c->left, !not );
        return result == COND_ERROR ? result : cond_truth(result != COND_TRUE);
    case COND_GROUP:
        sys_nest_enter();
        result = cond_eval(sh, c->left, false);
        sys_nest_leave();
        return result;
    case COND_AND:
    case COND_OR:
        result = cond_eval(sh, c->left, false);
        if (result == COND_ERROR || (result == COND_TRUE) == (c->op == COND_OR))
            return result;
        return cond_eval(sh, c->right, false);
    default: return cond_single(sh, c, not );
    }
}

int exec_cond(struct shell *sh, const struct cond *cond)
{
    int result = cond_eval(sh, cond, false);
    if (result == COND_ERROR)
        return sh->status = sh->status ? sh->status : 1;
    return sh->status = result == COND_BAD ? 2 : result;
}
