/* arith_text.c: arithmetic from texts and from compiled words, and its messages. See
 * expand.h, arith_run.h.
 *
 * Texts that are met at run time are parsed once and kept (state.h). */
#include <string.h>

#include "base/hash.h"
#include "base/num.h"
#include "shell/expand/arith_run.h"
#include "shell/expand/place.h"
#include "shell/vars/arrays.h"
#include "sys.h"

/* ---- Errors ----------------------------------------------------------------------- */

static int arith_report(struct shell *sh, struct span text, const char *what,
                        struct span token)
{
    while (text.len && char_is_blank((unsigned char)text.ptr[0]))
        text = span_from(text, 1);
    shell_builtin_error(sh, "%.*s: %s (error token is \"%.*s\")", (int)text.len, text.ptr,
                        what, (int)token.len, token.ptr);
    return 1;
}

/* The node of tree b that stands where `node` stands in tree a, which has the same shape.
 */
static const struct arith_node *arith_counterpart(const struct arith_node *a,
                                                  const struct arith_node *b,
                                                  const struct arith_node *node)
{
    if (a == node || !a || !b)
        return a == node ? b : NULL;
    const struct arith_node *found = arith_counterpart(a->left, b->left, node);
    if (!found)
        found = arith_counterpart(a->right, b->right, node);
    return found ? found : arith_counterpart(a->third, b->third, node);
}

static int arith_report_run(const struct arith_run *r, struct span text)
{
    if (!r->failed)
        return 1; // reported where it happened
    const struct arith_node *at = r->failed;
    struct arena arena = {0};
    if (at->error)
        return arith_report(r->sh, at->error->text, r->what, at->error->token);
    if (r->tree->param_count) { // the message shows the text with the parameters' values
                                // in it
        const struct arith *again = arith_parse(&arena, text);
        at = arith_counterpart(r->tree->root, again->root, at);
    }
    struct span token = at && at->at <= text.len ? span_from(text, at->at) : text;
    arith_report(r->sh, text, r->what, token);
    arena_free_all(&arena);
    return 1;
}

/* ---- Texts ------------------------------------------------------------------------ */

static void arith_drop(struct expand *state, struct arith_entry *e)
{
    if (e->prev)
        e->prev->next = e->next;
    else
        state->live = e->next;
    if (e->next)
        e->next->prev = e->prev;
    arena_free_all(&e->arena);
    sys_share_free(e);
}

/* A new entry for text, on the list. */
static struct arith_entry *arith_add(struct expand *state, struct span text)
{
    struct arith_entry *e = sys_share_alloc(sizeof *e);
    *e = (struct arith_entry){.next = state->live};
    if (state->live)
        state->live->prev = e;
    state->live = e;
    e->text = arena_copy_span(&e->arena, text);
    e->tree = arith_parse(&e->arena, e->text);
    return e;
}

static struct arith_entry *arith_find(struct shell *sh, struct span text)
{
    struct expand *state = expand_state(sh);
    struct arith_entry **slot = &state->slots[hash_span(text, 0) % EXPAND_ARITH_SLOTS];
    struct arith_entry *e = *slot;
    if (e && span_eq(e->text, text))
        return e;
    *slot = NULL;
    if (e && e->busy)
        e->orphan = true;
    else if (e)
        arith_drop(state, e);
    *slot = e = arith_add(state, text);
    return e;
}

static int arith_eval_parsed(struct shell *sh, struct span text, int64_t *n)
{
    struct expand *state = expand_state(sh);
    struct arith_entry *e = arith_find(sh, text);
    struct arith_run r = {.sh = sh, .tree = e->tree};
    sys_nest_enter();
    state->arith_depth++;
    e->busy++;
    *n = 0;
    int err = e->tree->root && !arith_run(&r, e->tree->root, n);
    if (err)
        arith_report_run(&r, e->text);
    state->arith_depth--;
    if (!--e->busy && e->orphan)
        arith_drop(state, e);
    sys_nest_leave();
    return err;
}

/* A text that is a plain number needs no tree. */
static bool arith_is_plain(struct span text, int64_t *n)
{
    size_t i = text.len && text.ptr[0] == '-';
    if (i == text.len || text.len - i > 18 || (text.ptr[i] == '0' && text.len - i > 1))
        return false;
    int64_t value = 0;
    for (size_t at = i; at < text.len; at++) {
        if (!char_is_digit((unsigned char)text.ptr[at]))
            return false;
        value = value * 10 + (text.ptr[at] - '0');
    }
    *n = i ? -value : value;
    return true;
}

int arith_eval_text(struct shell *sh, struct span text, int64_t *n)
{
    if (arith_is_plain(text, n))
        return 0;
    return arith_eval_parsed(sh, text, n);
}

/* ---- Compiled expressions --------------------------------------------------------- */

/* The value of an operand $x; -1: failed; 1: it is no plain number but `text`. */
static int arith_param(struct shell *sh, const struct part *part, int64_t *n,
                       struct span *text)
{
    if (part->kind == PART_PARAM && part->param->what == PARAM_NAME &&
        part->param->op == PARAM_PLAIN && !part->param->subscript_kind &&
        !part->param->indirect) {
        const struct value *v = vars_slot(sh->vars, part->param->name);
        if (v->kind == VALUE_NUM && !(v->attrs & VAR_DYNAMIC)) {
            *n = v->num;
            return 0;
        }
    }
    if (expand_part_text(sh, part, text))
        return -1;
    return arith_is_plain(*text, n) ? 0 : 1;
}

/* Whether the word has a subscript. */
static bool arith_has_bracket(const struct word *word)
{
    for (unsigned i = 0; i < word->count; i++)
        if (word->parts[i].kind == PART_TEXT &&
            span_find(word->parts[i].text, '[') < word->parts[i].text.len)
            return true;
    return false;
}

/* The operands that were expanded before it was seen that one is no number. They are not
 * expanded again, as that may have effects. */
struct arith_known {
    const int64_t *numbers;
    unsigned count;
    struct span next; // the one behind them; ptr NULL: it is not known
};

/* The text of a word with subscripts in the making. */
struct arith_text {
    struct scratch_text text;
    const struct arith_known *known;
    unsigned depth;    // of brackets
    bool quoted;       // within '...' in a subscript
    bool takes_quotes; // the text is expanded: quotes in subscripts go
};

/* Whether it is a # that a key begins with, which bash takes for a comment. */
static bool arith_is_first(const struct arith_text *t, char c)
{
    return c == '#' && t->text.len && t->text.data[t->text.len - 1] == '[';
}

/* A character that is part of a key, whatever it is. */
static void arith_text_add_key(struct arith_text *t, char c)
{
    if (c && (strchr("[]$`\"'\\~", c) || arith_is_first(t, c)))
        scratch_text_add_char(&t->text, '\\');
    scratch_text_add_char(&t->text, c);
}

static void arith_text_add_written(struct arith_text *t, struct span s)
{
    for (size_t at = 0; at < s.len; at++) {
        char c = s.ptr[at];
        bool takes = t->depth && t->takes_quotes;
        if (takes && c == '\'') {
            t->quoted = !t->quoted;
        } else if (t->quoted) {
            arith_text_add_key(t, c);
        } else if (takes && c == '\\' && at + 1 < s.len) {
            arith_text_add_key(t, s.ptr[++at]);
        } else {
            t->depth = t->depth + (c == '[') - (c == ']' && t->depth);
            scratch_text_add_char(&t->text, c);
        }
    }
}

/* The text of an operand, the at'th; from what is known where it is. */
static int arith_text_part(struct shell *sh, const struct arith_known *known,
                           const struct part *part, unsigned at, struct span *text)
{
    if (at < known->count) {
        char *digits = scratch_alloc(sh->scratch, 24);
        *text = span_make(digits, num_from_i64(digits, known->numbers[at]));
        return 0;
    }
    if (at > known->count || !known->next.ptr)
        return expand_part_text(sh, part, text);
    *text = known->next;
    return 0;
}

/* What comes out of an expansion. */
static int arith_text_add_part(struct shell *sh, struct arith_text *t,
                               const struct part *part, unsigned operand)
{
    struct span s;
    if (t->quoted && part->kind == PART_PARAM)
        s = part->param->raw;
    else if (arith_text_part(sh, t->known, part, operand, &s))
        return 1;
    for (size_t at = 0; at < s.len; at++)
        if (t->depth)
            arith_text_add_key(t, s.ptr[at]);
        else
            scratch_text_add_char(&t->text, s.ptr[at]);
    return 0;
}

/* Expands a word with subscripts. What comes out of an expansion between brackets is part
 * of a key, whatever it is: brackets, quotes and $ get a backslash. */
static int arith_expand(struct shell *sh, const struct word *word,
                        const struct arith_known *known, struct span *text)
{
    struct arith_text t = {.text = scratch_text_make(sh->scratch), .known = known};
    for (unsigned i = 0; i < word->count; i++)
        t.takes_quotes |= word->parts[i].kind != PART_TEXT ||
                          span_find(word->parts[i].text, '~') < word->parts[i].text.len;
    for (unsigned i = 0, operand = 0; i < word->count; i++)
        if (word->parts[i].kind == PART_TEXT)
            arith_text_add_written(&t, word->parts[i].text);
        else if (arith_text_add_part(sh, &t, &word->parts[i], operand++))
            return 1;
    *text = scratch_text_end(&t.text);
    return 0;
}

static int arith_expand_word(struct shell *sh, const struct word *word, struct span *text)
{
    const struct arith_known nothing = {0};
    return arith_has_bracket(word) ? arith_expand(sh, word, &nothing, text)
                                   : expand_to(sh, word, ESCAPE_NOTHING, 0, text);
}

static int arith_eval_word(struct shell *sh, const struct word *word,
                           const struct arith_known *known, int64_t *n)
{
    struct span text;
    int err = known->count || known->next.ptr ? arith_expand(sh, word, known, &text)
                                              : arith_expand_word(sh, word, &text);
    return err || arith_eval_text(sh, text, n);
}

int arith_text(struct shell *sh, const struct expr *expr, struct span *text)
{
    return arith_expand_word(sh, expr->kept ? expr->kept : expr->word, text);
}

/* The text of a compiled expression with the values that its operands had. */
static struct span arith_shown_text(const struct arith_run *r, const struct word *word)
{
    struct scratch_text t = scratch_text_make(r->sh->scratch);
    unsigned param = 0;
    if (!r->tree->param_count)
        return r->tree->text;
    for (unsigned i = 0; i < word->count; i++) {
        const struct part *part = &word->parts[i];
        char digits[24];
        if (part->kind == PART_TEXT)
            scratch_text_add_span(&t, part->text);
        else if (param < r->tree->param_count)
            scratch_text_add(&t, digits, num_from_i64(digits, r->params[param++]));
    }
    return scratch_text_end(&t);
}

/* "z-$y" with y=-4 is the text "z--4", which is no subtraction. */
static bool arith_follows_minus(const struct word *word, const struct part *part)
{
    for (unsigned i = 1; i < word->count; i++)
        if (&word->parts[i] == part) {
            const struct part *before = part - 1;
            return before->kind == PART_TEXT && before->text.len &&
                   before->text.ptr[before->text.len - 1] == '-';
        }
    return false;
}

/* An error in a subscript ends the command line, and what it was evaluated in. */
static int arith_end_index(struct shell *sh, int err)
{
    if (err && sh->flow == FLOW_NORMAL)
        shell_discard_far(sh, 1);
    return err;
}

static int arith_eval_unnamed(struct shell *sh, const struct expr *expr, int64_t *n)
{
    const char *cmd = sh->cmd;
    sh->cmd = NULL;
    int err = arith_eval(sh, expr, n);
    sh->cmd = cmd;
    return err;
}

int arith_eval_inside(struct shell *sh, const struct expr *expr, int64_t *n)
{
    int err = arith_eval_unnamed(sh, expr, n);
    if (err && sh->flow == FLOW_NORMAL)
        shell_fail_expansion(sh, 1);
    return err;
}

int arith_eval_index(struct shell *sh, const struct expr *expr, int64_t *n)
{
    return arith_end_index(sh, arith_eval_unnamed(sh, expr, n));
}

int arith_eval_index_text(struct shell *sh, struct span text, int64_t *n)
{
    const char *cmd = sh->cmd;
    sh->cmd = NULL;
    int err = arith_eval_text(sh, text, n);
    sh->cmd = cmd;
    return arith_end_index(sh, err);
}

int arith_eval(struct shell *sh, const struct expr *expr, int64_t *n)
{
    const struct arith *tree = expr->arith;
    const struct word *word = expr->kept ? expr->kept : expr->word;
    struct scratch_mark mark = scratch_mark(sh->scratch);
    struct arith_run r = {.sh = sh, .tree = tree, .compiled = true};
    struct arith_known known = {.numbers = r.params};
    int err = tree ? 0 : 1;
    for (unsigned i = 0; !err && i < tree->param_count; i++) {
        struct span text = {NULL, 0};
        err = arith_param(sh, tree->params[i], &r.params[i], &text);
        known.count += !err;
        if (err)
            known.next = text;
        else if (r.params[i] < 0 && arith_follows_minus(word, tree->params[i]))
            err = 1;
    }
    if (err == 1) {
        err = arith_eval_word(sh, word, &known, n);
    } else if (!err) {
        *n = 0;
        err = tree->root && !arith_run(&r, tree->root, n);
        if (err && r.failed)
            arith_report_run(&r, arith_shown_text(&r, word));
    }
    scratch_release(sh->scratch, mark);
    return err ? 1 : 0;
}
