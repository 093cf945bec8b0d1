/* param_args.c: the operands of ${x...}: patterns, replacements, offsets; and when they
 * are evaluated, which shows where they have effects. See param.h. */
#include "shell/expand/param.h"
#include "shell/syntax/arith.h"
#include "shell/vars/arrays.h"
#include "sys.h"

int param_number(struct shell *sh, const struct param *param, const struct expr *expr,
                 int64_t *n)
{
    *n = 0;
    if (!expr->word || (!expr->word->count && !expr->arith))
        return 0;
    const char *cmd = sh->cmd;
    const struct param_target target = param_target_of(param);
    struct span name = param_name(sh, param, &target); // "x: 1+: syntax error ..."
    sh->cmd = name.ptr + (name.ptr[0] == '$');
    int err = arith_eval(sh, expr, n);
    sh->cmd = cmd;
    if (!err)
        return 0;
    if (sh->flow == FLOW_NORMAL)
        shell_discard(sh, 1);
    return 1;
}

bool param_is_number(const struct expr *expr)
{
    return expr->arith && (!expr->arith->root || expr->arith->root->op == ARITH_NUMBER);
}

/* ---- Which are evaluated ---------------------------------------------------------- */

bool param_cuts(enum param_op op)
{
    return op == PARAM_CUT_PREFIX || op == PARAM_CUT_PREFIX_LONG ||
           op == PARAM_CUT_SUFFIX || op == PARAM_CUT_SUFFIX_LONG;
}

/* Whether the value of a variable is an expression, which may assign when it is used. */
static bool param_name_assigns(struct shell *sh, unsigned name)
{
    int64_t number;
    const struct value *v = vars_read(sh, name);
    return v->attrs & VAR_NAMEREF || (!value_number(v, &number) && var_get(sh, name).len);
}

static bool param_node_assigns(struct shell *sh, const struct arith_node *n)
{
    if (!n || n->op == ARITH_NUMBER || n->op == ARITH_PARAM)
        return false;
    if (n->op == ARITH_NAME)
        return param_name_assigns(sh, n->name);
    return param_node_assigns(sh, n->left) || param_node_assigns(sh, n->right) ||
           param_node_assigns(sh, n->third);
}

static bool param_word_assigns(const struct word *word)
{
    for (unsigned i = 0; word && i < word->count; i++) {
        const struct part *part = &word->parts[i];
        if (part->kind == PART_ARITH ||
            (part->kind == PART_PARAM && part->param->op != PARAM_PLAIN))
            return true;
    }
    return false;
}

static bool param_expr_assigns(struct shell *sh, const struct expr *expr)
{
    if (!expr->arith)
        return expr->word && expr->word->count > 0;
    return expr->arith->assigns || param_word_assigns(expr->word) ||
           param_node_assigns(sh, expr->arith->root);
}

/* Whether the operands may assign to the parameter itself. */
static bool param_may_assign(struct shell *sh, const struct param *param)
{
    if (param->op == PARAM_SUBSTRING)
        return param_expr_assigns(sh, &param->offset) ||
               param_expr_assigns(sh, &param->length);
    return param_word_assigns(param->word) || param_word_assigns(param->word2);
}

/* Whether the operands of a list are looked at. */
static bool param_list_counts(struct shell *sh, const struct param *param,
                              const struct param_target *t, bool quoted)
{
    bool named = t->what == PARAM_NAME;
    if (!named && param->op == PARAM_SUBSTRING)
        return true;
    size_t count = named ? array_count(sh, t->name) : (size_t)params_of(sh)->count;
    if (count != 1 || quoted || !param_cuts(param->op))
        return count > 0;
    struct param_value v;
    param_get(sh, t, &v);
    return v.items[0].len > 0;
}

/* ${x/$p/y}: a # or % that the pattern begins with may come from an expansion. */
static enum param_op param_anchor(const struct param *param, struct span *pattern)
{
    char first = pattern->len ? pattern->ptr[0] : '\0';
    if (param->op != PARAM_REPLACE || (first != '#' && first != '%'))
        return param->op;
    *pattern = span_from(*pattern, 1);
    return first == '#' ? PARAM_REPLACE_PREFIX : PARAM_REPLACE_SUFFIX;
}

static bool param_has_quotes(const struct word *word)
{
    for (unsigned i = 0; word && i < word->count; i++)
        if (word->parts[i].flags & PART_QUOTED)
            return true;
    return false;
}

/* ---- Evaluating ------------------------------------------------------------------- */

int param_evaluate(struct shell *sh, const struct param *param, struct param_args *args)
{
    switch (param->op) {
    case PARAM_SUBSTRING:
        args->has_length = param->length.word != NULL;
        return param_number(sh, param, &param->offset, &args->offset);
    case PARAM_REPLACE:
    case PARAM_REPLACE_ALL:
    case PARAM_REPLACE_PREFIX:
    case PARAM_REPLACE_SUFFIX:
        args->replacement = span_of("");
        if (expand_pattern(sh, param->word, &args->pattern))
            return 1;
        args->op = param_anchor(param, &args->pattern);
        return param->word2 &&
               expand_to(sh, param->word2,
                         shell_shopt(sh, SHOPT_PATSUB_REPLACEMENT) ? ESCAPE_REPLACEMENT
                                                                   : ESCAPE_NOTHING,
                         0, &args->replacement);
    case PARAM_CUT_PREFIX:
    case PARAM_CUT_PREFIX_LONG:
    case PARAM_CUT_SUFFIX:
    case PARAM_CUT_SUFFIX_LONG:
    case PARAM_UPPER_FIRST:
    case PARAM_UPPER:
    case PARAM_LOWER_FIRST:
    case PARAM_LOWER:
    case PARAM_TOGGLE_FIRST:
    case PARAM_TOGGLE:
        if (param->word && expand_pattern(sh, param->word, &args->pattern))
            return 1;
        args->matches_nothing = !args->pattern.len && param_has_quotes(param->word);
        return 0;
    default: return 0;
    }
}

static int param_prepare_list(struct shell *sh, const struct param *param,
                              const struct param_target *t, bool quoted,
                              struct param_args *args, struct param_value *v)
{
    if (param_list_counts(sh, param, t, quoted) && param_evaluate(sh, param, args))
        return 1;
    param_get(sh, t, v);
    return 0;
}

int param_prepare(struct shell *sh, const struct param *param,
                  const struct param_target *t, bool quoted, struct param_args *args,
                  struct param_value *v)
{
    if (t->what == PARAM_AT || t->what == PARAM_STAR || t->subscript == SUBSCRIPT_AT ||
        t->subscript == SUBSCRIPT_STAR)
        return param_prepare_list(sh, param, t, quoted, args, v);
    param_get(sh, t, v);
    if (!v->one.ptr || (!v->one.len && param_cuts(param->op)))
        return 0;
    args->copied = param_may_assign(sh, param);
    if (args->copied)
        v->one.ptr = scratch_copy(sh->scratch, v->one);
    if (param_evaluate(sh, param, args))
        return 1;
    if (!args->copied)
        param_get(sh, t, v); // it may lie elsewhere now
    return 0;
}
