/* words.c: from words of the tree to fields, strings and patterns. See expand.h.
 *
 * Most words are literal, or a variable alone: those have ways of their own. */
#include <string.h>

#include "base/num.h"
#include "shell/exec/exec.h"
#include "shell/expand/param.h"
#include "shell/expand/pattern.h"
#include "shell/expand/state.h"
#include "sys.h"

static void field_start(struct field *f, struct shell *sh, struct args *out)
{
    *f = (struct field){.sh = sh, .out = out, .ifs = vars_ifs(sh)};
    f->text.scratch = sh->scratch;
    f->glob = out && !shell_set(sh, SET_NOGLOB);
}

int expand_fail(struct shell *sh, const char *format, ...)
{
    va_list args;
    struct buf b = buf_make(sys_heap());
    va_start(args, format);
    buf_addv(&b, format, args);
    va_end(args);
    shell_report(sh, "%s", buf_str(&b));
    buf_fini(&b);
    shell_discard(sh, 1);
    return 1;
}

int expand_unbound(struct shell *sh, struct span name)
{
    shell_report(sh, "%.*s: unbound variable", (int)name.len, name.ptr);
    shell_abort(sh, 1);
    return 1;
}

/* ---- Parts ------------------------------------------------------------------------ */

static int expand_command(struct field *f, const struct part *part)
{
    struct span text;
    if (exec_capture(f->sh, part->command.body, part->command.script, &text))
        return 1;
    f->ifs = vars_ifs(f->sh);
    field_add_value(f, text, part->flags & PART_QUOTED);
    sys_free((char *)text.ptr);
    return f->sh->flow == FLOW_NORMAL ? 0 : 1;
}

static int expand_arith_part(struct field *f, const struct part *part)
{
    int64_t n;
    if (arith_eval_inside(f->sh, &part->arith, &n))
        return 1;
    char text[24];
    size_t len = num_from_i64(text, n);
    f->ifs = vars_ifs(f->sh);
    field_add_value(f, span_make(text, len), part->flags & PART_QUOTED);
    return 0;
}

static int expand_process(struct field *f, const struct part *part)
{
    char *path = exec_process_subst(f->sh, part->command.body, part->command.script,
                                    !(part->flags & PART_OUTPUT));
    if (!path)
        return 1;
    field_add(f, span_of(path), true);
    sys_free(path);
    return 0;
}

static void expand_tilde_part(struct field *f, const struct part *part)
{
    struct span home = expand_tilde(f->sh, part->text);
    if (home.ptr) {
        field_add(f, home, true);
        return;
    }
    field_add(f, span_of("~"), false);
    if (part->text.len)
        field_add(f, part->text, false);
}

/* A brace where none are expanded (set +B, the value of an assignment). */
static int expand_brace_part(struct field *f, const struct brace *brace)
{
    int err = 0;
    if (brace->sequence) {
        field_add(f, span_of("{"), false);
        field_add(f, brace->text, false);
        field_add(f, span_of("}"), false);
        return 0;
    }
    field_add(f, span_of("{"), false);
    for (unsigned i = 0; i < brace->count && !err; i++) {
        if (i)
            field_add(f, span_of(","), false);
        err = expand_parts(f, &brace->alternatives[i]);
    }
    field_add(f, span_of("}"), false);
    return err;
}

/* Whether characters of patterns separate fields. */
static bool ifs_has_pattern(const struct ifs *ifs)
{
    return (ifs->class['*'] | ifs->class['?'] | ifs->class['[']) & IFS_CLASS;
}

/* Literal text of a word that is split: its characters that are in IFS separate nothing,
 * but bash quotes them, so that they are no pattern. */
static void expand_text_in_ifs(struct field *f, struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        bool in = f->ifs->class[(unsigned char)text.ptr[i]] & IFS_CLASS;
        field_add(f, span_make(text.ptr + i, 1), in);
        sys_tick();
    }
}

static void expand_text_part(struct field *f, const struct part *part)
{
    if (UNLIKELY(part->flags & PART_GLOB && f->glob && f->of->flags & WORD_SPLIT) &&
        ifs_has_pattern(vars_ifs(f->sh))) {
        f->ifs = vars_ifs(f->sh);
        expand_text_in_ifs(f, part->text);
        return;
    }
    if (f->word && !(part->flags & PART_QUOTED))
        field_add_split(f, part->text);
    else if (part->text.len || part->flags & PART_QUOTED)
        field_add(f, part->text, part->flags & PART_QUOTED);
}

static int expand_part(struct field *f, const struct part *part)
{
    uint8_t group = part->flags & (PART_QUOTED | PART_GROUP);
    if (group != f->group && !f->in_quotes) {
        field_settle(f);
        f->group = group;
    }
    switch (part->kind) {
    case PART_TEXT: expand_text_part(f, part); return 0;
    case PART_PARAM: return expand_param(f, part->param, part->flags & PART_QUOTED);
    case PART_COMMAND: return expand_command(f, part);
    case PART_ARITH: return expand_arith_part(f, part);
    case PART_PROCESS: return expand_process(f, part);
    case PART_TILDE: expand_tilde_part(f, part); return 0;
    default: return expand_brace_part(f, part->brace);
    }
}

int expand_parts(struct field *f, const struct word *word)
{
    const struct word *outer = f->of;
    f->of = word;
    for (unsigned i = 0; i < word->count; i++)
        if (expand_part(f, &word->parts[i]))
            return 1;
    f->of = outer;
    return 0;
}

/* ---- Words to fields -------------------------------------------------------------- */

/* The variable of a word that is $x or "$x" and nothing else; 0: it is another kind of
 * word. */
static unsigned expand_single(const struct word *word)
{
    if (!(word->flags & (WORD_SINGLE | WORD_QUOTED_SINGLE)))
        return 0;
    const struct param *p = word->parts[0].param;
    if (p->what != PARAM_NAME || p->op != PARAM_PLAIN || p->subscript_kind || p->indirect)
        return 0;
    return p->name;
}

/* Whether an unquoted value is one field that matches no files. */
static bool expand_is_plain(const struct ifs *ifs, struct span text)
{
    unsigned bits = 0;
    for (size_t i = 0; i < text.len; i++)
        bits |= ifs->class[(unsigned char)text.ptr[i]];
    return text.len && !bits;
}

static int expand_general(struct shell *sh, const struct word *word, struct args *out)
{
    struct field f;
    field_start(&f, sh, out);
    if (expand_parts(&f, word))
        return 1;
    field_end(&f);
    return 0;
}

/* NAME=value of a declaration builtin: one word. */
static int expand_declaration(struct shell *sh, const struct assign *a, struct args *out)
{
    struct scratch_text t = scratch_text_make(sh->scratch);
    const char *name = sys_interned(a->name);
    struct span text;
    scratch_text_add(&t, name, strlen(name));
    if (a->has_subscript) {
        if (expand_to(sh, a->subscript.word, ESCAPE_NOTHING, 0, &text))
            return 1;
        scratch_text_add_char(&t, '[');
        scratch_text_add_span(&t, text);
        scratch_text_add_char(&t, ']');
    }
    if (a->append)
        scratch_text_add_char(&t, '+');
    if (!a->array) {
        if (expand_to(sh, a->value, ESCAPE_NOTHING, EXPAND_ASSIGN, &text))
            return 1;
        scratch_text_add_char(&t, '=');
        scratch_text_add_span(&t, text);
    }
    args_add(sh, out, (char *)scratch_text_end(&t).ptr);
    return 0;
}

typedef int expand_fn(struct shell *sh, const struct word *word, struct args *out);

static int expand_word_braces(struct shell *sh, const struct word *word, struct args *out,
                              expand_fn *expand)
{
    const struct word *words;
    size_t count = expand_braces(sh, word, &words);
    for (size_t i = 0; i < count; i++) {
        if (expand(sh, &words[i], out))
            return 1;
        sys_tick();
    }
    return 0;
}

int expand_word(struct shell *sh, const struct word *word, struct args *out)
{
    if (LIKELY(word->flags & WORD_LITERAL)) {
        args_add(sh, out, (char *)word->text.ptr); // nobody writes to argv's strings
        return 0;
    }
    if (UNLIKELY(word->assign))
        return expand_declaration(sh, word->assign, out);
    unsigned name = expand_single(word);
    if (name) {
        struct span text = var_get(sh, name);
        if (text.ptr &&
            (word->flags & WORD_QUOTED_SINGLE || expand_is_plain(vars_ifs(sh), text))) {
            args_add(sh, out, scratch_copy(sh->scratch, text));
            return 0;
        }
    }
    if (word->flags & WORD_BRACE && shell_set(sh, SET_BRACEEXPAND))
        return expand_word_braces(sh, word, out, expand_general);
    return expand_general(sh, word, out);
}

/* ---- Words to one string ---------------------------------------------------------- */

/* Whether "$@" stands beside what is not in quotes. Where one string is wanted, bash
 * splits such a word and joins its fields. */
static bool expand_is_split(const struct word *word)
{
    bool list = false, loose = false;
    for (unsigned i = 0; i < word->count; i++) {
        const struct part *part = &word->parts[i];
        bool quoted = part->flags & PART_QUOTED;
        list |= quoted && part_is_at(part) && !param_is_conditional(part->param->op);
        loose |= !quoted && part->kind != PART_TEXT;
    }
    return list && loose;
}

int expand_to(struct shell *sh, const struct word *word, uint8_t escape, unsigned flags,
              struct span *text)
{
    if (word->flags & WORD_LITERAL && !(escape && word->flags & WORD_QUOTED)) {
        *text = word->text;
        return 0;
    }
    if (UNLIKELY(word->flags & WORD_MULTI) && !escape && !flags && expand_is_split(word))
        return expand_joined(sh, word, text);
    unsigned name = escape ? 0 : expand_single(word);
    if (name) {
        struct span value = var_get(sh, name);
        if (value.ptr) {
            *text = span_make(scratch_copy(sh->scratch, value), value.len);
            return 0;
        }
    }
    struct field f;
    field_start(&f, sh, NULL);
    f.escape = escape;
    f.assign = flags & EXPAND_ASSIGN;
    f.element = flags & EXPAND_ELEMENT;
    f.here = flags & EXPAND_HEREDOC;
    if (expand_parts(&f, word))
        return 1;
    *text = scratch_text_end(&f.text);
    return 0;
}

int expand_unmatched(struct shell *sh, const struct word *word, bool operand,
                     struct args *out)
{
    struct field f;
    field_start(&f, sh, out);
    f.glob = false;
    f.word = operand;
    if (expand_parts(&f, word))
        return 1;
    field_end(&f);
    return 0;
}

int expand_joined(struct shell *sh, const struct word *word, struct span *text)
{
    struct args args = {0};
    if (expand_unmatched(sh, word, false, &args))
        return 1;
    *text = args_join(sh, &args);
    return 0;
}

int expand_string(struct shell *sh, const struct word *word, unsigned flags,
                  struct span *text)
{
    return expand_to(sh, word, ESCAPE_NOTHING, flags, text);
}

int expand_number(struct shell *sh, const struct word *word, struct span *text)
{
    for (unsigned i = 0; word->flags & WORD_MULTI && i < word->count; i++)
        if (!(word->parts[i].flags & PART_QUOTED) && part_is_at(&word->parts[i]))
            return expand_joined(sh, word, text);
    return expand_string(sh, word, 0, text);
}

int expand_pattern(struct shell *sh, const struct word *word, struct span *pattern)
{
    return expand_to(sh, word, ESCAPE_PATTERN, 0, pattern);
}

int expand_pattern_shown(struct shell *sh, const struct word *word, struct span *pattern)
{
    return expand_to(sh, word, vars_is_utf8(sh) ? ESCAPE_ALL : ESCAPE_BYTES, 0, pattern);
}

int expand_regex(struct shell *sh, const struct word *word, struct span *regex)
{
    return expand_to(sh, word, ESCAPE_REGEX, 0, regex);
}

/* A word that is neither split nor matched with files; none where nothing is left of it.
 */
static int expand_unsplit(struct shell *sh, const struct word *word, struct args *out)
{
    struct field f;
    field_start(&f, sh, NULL);
    f.target = true;
    if (expand_parts(&f, word))
        return 1;
    field_settle(&f);
    if (f.has)
        args_add(sh, out, (char *)scratch_text_end(&f.text).ptr);
    return 0;
}

static int expand_target(struct shell *sh, const struct word *word, struct args *out)
{
    if (LIKELY(!shell_set(sh, SET_POSIX)))
        return expand_word(sh, word, out);
    if (word->flags & WORD_BRACE && shell_set(sh, SET_BRACEEXPAND))
        return expand_word_braces(sh, word, out, expand_unsplit);
    return expand_unsplit(sh, word, out);
}

/* The word as it is shown where it does not stand for one target. Where nothing is left
 * of it, bash has forgotten all but its commands. */
static int expand_ambiguous(struct shell *sh, const struct word *word, const char *var,
                            bool nothing)
{
    if (var)
        return shell_error(sh, "%s: ambiguous redirect", var);
    struct scratch_text t = scratch_text_make(sh->scratch);
    nothing = nothing && !(word->flags & WORD_GLOB);
    for (unsigned i = 0; nothing && i < word->count; i++) {
        const struct part *part = &word->parts[i];
        if (part->kind != PART_COMMAND)
            continue;
        bool back = part->flags & PART_BACKQUOTE;
        scratch_text_add_span(&t, span_of(back ? "`" : "$("));
        scratch_text_add_span(&t, part->command.source);
        scratch_text_add_char(&t, back ? '`' : ')');
    }
    struct span shown = t.len ? scratch_text_end(&t) : word->raw;
    return shell_error(sh, "%.*s: ambiguous redirect", (int)shown.len, shown.ptr);
}

int expand_redirect(struct shell *sh, const struct word *word, const char *var,
                    struct span *text)
{
    struct args args = {0};
    if (word->flags & WORD_LITERAL) {
        *text = word->text;
        return 0;
    }
    if (expand_target(sh, word, &args) || expand_files(sh, &args))
        return 1;
    if (args.count != 1)
        return expand_ambiguous(sh, word, var, !args.count);
    *text = span_of(args.items[0]);
    return 0;
}

int expand_part_text(struct shell *sh, const struct part *part, struct span *text)
{
    struct field f;
    field_start(&f, sh, NULL);
    if (expand_part(&f, part))
        return 1;
    *text = scratch_text_end(&f.text);
    return 0;
}

unsigned expand_pattern_flags(struct shell *sh)
{
    return (shell_shopt(sh, SHOPT_EXTGLOB) ? PATTERN_EXT : 0) |
           (sh->vars->utf8 ? 0 : PATTERN_BYTES);
}

unsigned expand_match_flags(struct shell *sh)
{
    return expand_pattern_flags(sh) |
           (shell_shopt(sh, SHOPT_NOCASEMATCH) ? PATTERN_NOCASE : 0);
}
