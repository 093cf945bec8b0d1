/* declare.c: declare, typeset and local. */
#include "shell/builtins/declare.h"

#include <string.h>

#include "shell/builtins/builtin.h"
#include "shell/exec/exec.h"
#include "shell/exec/trace.h"
#include "shell/expand/expand.h"
#include "shell/expand/place.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/syntax/parse.h"
#include "shell/syntax/tree.h"
#include "shell/vars/arrays.h"
#include "shell/vars/functions.h"
#include "shell/vars/vars.h"
#include "sys.h"

/* ---- One variable ----------------------------------------------------------------- */

/* "name[subscript]+=value" taken apart. */
struct declare_text {
    struct span name, place; // place: with the subscript
    struct span value;       // ptr NULL: none
    bool subscript, append;
};

static bool declare_split(const char *text, struct declare_text *t)
{
    size_t at = 0, len = strlen(text);
    while (char_is_name((unsigned char)text[at]))
        at++;
    *t = (struct declare_text){.name = span_make(text, at)};
    if (text[at] == '[') {
        size_t close = parse_find_bracket(span_of(text + at + 1));
        if (close == SIZE_MAX)
            return false;
        at += close + 2;
        t->subscript = true;
    }
    t->place = span_make(text, at);
    if (text[at] == '+' && text[at + 1] == '=') {
        t->append = true;
        at++;
    }
    if (text[at] == '=')
        t->value = span_make(text + at + 1, len - at - 1);
    else if (text[at] || (t->subscript && text[at - 2] == '[')) // a[]
        return false;
    return name_is_valid(t->name);
}

static bool declare_is_compound(struct span value)
{
    return value.ptr && value.len > 1 && value.ptr[0] == '(' &&
           value.ptr[value.len - 1] == ')';
}

/* Bash drops the command line, or ends, as for an array value in the script. Gives the
 * status. */
static int declare_fail_syntax(struct shell *sh, struct parser *failed)
{
    const struct parse_message *m;
    size_t count = parse_errors(failed, &m);
    int status = parse_status(failed);
    bool ends = shell_set(sh, SET_ERREXIT); // at once
    for (size_t i = 0; i < count && !(ends && i); i++)
        exec_say_parse(sh, "array assign", &m[i]);
    parse_free(failed);
    if (!ends && status == 1)
        return shell_fail_expansion(sh, 1);
    sh->flow = FLOW_EXIT;
    return sh->status = 2;
}

/* A value such as "(1 2)" that came from an expansion, for a variable that is an
 * array. */
static int declare_compound(struct shell *sh, unsigned id, const struct declare_text *t)
{
    struct parser *failed;
    struct assign *assign;
    unsigned options = shell_shopt(sh, SHOPT_EXTGLOB) ? PARSE_EXTGLOB : 0;
    struct span inside = span_make(t->value.ptr + 1, t->value.len - 2);
    struct script *script =
        parse_array(inside, (unsigned)sh->line, options, &assign, &failed);
    if (!script)
        return declare_fail_syntax(sh, failed);
    const char *cmd = sh->cmd;
    sh->cmd = NULL;
    assign->append = t->append;
    shell_push_script(sh, script);
    int err = expand_assign_array(sh, id, assign);
    shell_pop_script(sh);
    sh->cmd = cmd;
    return err;
}

/* The elements of an array value, as the word was expanded. */
static int declare_store(const struct declare *d, unsigned id, const struct assign *array)
{
    struct shell *sh = d->sh;
    const char *cmd = sh->cmd;
    sh->cmd = NULL;
    int err = expand_store_array(sh, id, array, d->items);
    sh->cmd = cmd;
    return err;
}

/* Where it cannot be assigned to bash says so, and goes on. */
static int declare_element(struct shell *sh, const struct declare_text *t)
{
    struct place place;
    int err = place_parse(sh, t->place, &place);
    if (err < 0 || (!err && place.kind == PLACE_KEY && !place.key.len))
        return shell_error(sh, "%.*s: bad array subscript", (int)t->place.len,
                           t->place.ptr);
    if (err)
        return 1;
    bool all = place.kind == PLACE_ALL || place.kind == PLACE_STAR;
    if (all && var_is_assoc(sh, place.id))
        place.kind = PLACE_KEY; // of that name
    err = place_set(sh, &place, t->value, t->append ? VAR_OP_APPEND : 0);
    return err && (all || sh->flow != FLOW_NORMAL);
}

static int declare_assign(const struct declare *d, unsigned id,
                          const struct declare_text *t, const struct assign *array)
{
    struct shell *sh = d->sh;
    unsigned flags = t->append ? VAR_OP_APPEND : 0;
    if (array)
        return declare_store(d, id, array);
    if (!t->value.ptr)
        return 0;
    if (d->silent && sh->builtin_scoped && var_attrs(sh, id) & VAR_TEMPORARY)
        flags = 0; // x=1 export x+=2 is x=2
    bool compound = declare_is_compound(t->value);
    bool whole = !t->subscript && !d->silent && var_is_array(sh, id);
    if (compound && (d->indexed || d->assoc || whole))
        return declare_compound(sh, id, t);
    return t->subscript ? declare_element(sh, t) : var_set(sh, id, t->value, flags);
}

static bool declare_makes_local(const struct declare *d)
{
    return d->local && !d->global && scope_in_function(d->sh);
}

/* In a function an array takes nothing over from the local scalar that it was. */
static bool declare_is_fresh(const struct declare *d, unsigned id)
{
    return declare_makes_local(d) && var_is_set(d->sh, id) && !var_is_array(d->sh, id);
}

static int declare_indexed(const struct declare *d, unsigned id)
{
    return declare_is_fresh(d, id) ? array_clear(d->sh, id) : var_make_indexed(d->sh, id);
}

static int declare_assoc(const struct declare *d, unsigned id)
{
    bool fresh = declare_is_fresh(d, id);
    return var_make_assoc(d->sh, id) || (fresh && assoc_clear(d->sh, id));
}

/* +a NAME[SUBSCRIPT], +A NAME: no array is made less of one. (One that a subscript has
 * just made of a scalar bash takes for a scalar again, an empty one.) */
static int declare_less(const struct declare *d, unsigned id,
                        const struct declare_text *t)
{
    struct shell *sh = d->sh;
    bool is_array = var_is_array(sh, id), is_assoc = var_is_assoc(sh, id);
    bool global = d->global || !scope_in_function(sh);
    if (d->no_indexed && !is_array && t->subscript && var_is_set(sh, id) && global)
        return var_set(sh, id, span_of(""), VAR_OP_FORCE);
    if (!is_array && t->subscript && declare_indexed(d, id))
        return 1;
    if (d->no_assoc ? !is_assoc : is_assoc || !(is_array || t->subscript))
        return 0;
    if (t->value.ptr && !var_is_array_set(sh, id) && !var_is_local(sh, id) &&
        array_clear(sh, id))
        return 1;
    return shell_builtin_error(sh, "%s: cannot destroy array variables in this way",
                               sys_interned(id));
}

/* An array of the other kind than -a or -A asks for. */
static bool declare_mismatches(const struct declare *d, unsigned id)
{
    bool is_assoc = var_is_assoc(d->sh, id);
    return d->assoc ? var_is_array(d->sh, id) && !is_assoc : d->indexed && is_assoc;
}

/* The kind of the variable: -a, -A, a subscript or an array value. */
static int declare_kind(const struct declare *d, unsigned id,
                        const struct declare_text *t, const struct assign *array)
{
    struct shell *sh = d->sh;
    bool is_array = var_is_array(sh, id);
    if (d->no_indexed || d->no_assoc)
        return declare_less(d, id, t);
    if (array && declare_mismatches(d, id)) {
        shell_error(sh, "%s: cannot convert %s array", sys_interned(id),
                    d->assoc ? "indexed to associative" : "associative to indexed");
        return d->local && scope_in_function(sh) ? 1 : shell_discard(sh, 1);
    }
    if (d->silent && !t->value.ptr && !array) // `readonly -a x` makes no array
        return 0;
    if (d->assoc && declare_assoc(d, id))
        return 1;
    if (d->assoc && d->indexed && !array) {
        if (t->value.ptr && !var_is_array_set(sh, id) && assoc_clear(sh, id))
            return 1;
        return shell_builtin_error(sh, "%s: cannot convert associative to indexed array",
                                   sys_interned(id));
    }
    if (d->assoc)
        return 0;
    if (d->indexed || (!is_array && (t->subscript || array)))
        return declare_indexed(d, id);
    return 0;
}

/* declare -n ref+=text: only what is added is reported. */
static int declare_longer_target(const struct declare *d, unsigned id,
                                 struct span *target)
{
    char number[24];
    const struct value *own = var_find(d->sh, id, VAR_OP_NO_REF);
    if (!var_is_target(*target))
        return shell_builtin_error(d->sh, "`%.*s': not a valid identifier",
                                   (int)target->len, target->ptr);
    struct scratch_text t = scratch_text_make(d->sh->scratch);
    if (own)
        scratch_text_add_span(&t, value_text(own, number));
    scratch_text_add_span(&t, *target);
    *target = scratch_text_end(&t);
    return !var_is_target(*target);
}

static int declare_reference(const struct declare *d, unsigned id,
                             const struct declare_text *t)
{
    struct shell *sh = d->sh;
    struct span target = t->value;
    const struct value *own = var_find(sh, id, VAR_OP_NO_REF);
    if (!target.ptr) {
        if (own && own->attrs & VAR_NAMEREF)
            return 0;
        target = var_get(sh, id);
        if (target.ptr)
            target = span_make(scratch_copy(sh->scratch, target), target.len);
    }
    if (t->append && declare_longer_target(d, id, &target))
        return 1;
    if (target.ptr && var_set_nameref(sh, id, target))
        return 1;
    return var_change(sh, id, d->add, d->remove, VAR_OP_NO_REF);
}

/* set -a exports what is declared, though it has no value yet, but not what is an array.
 */
static int declare_export(const struct declare *d, unsigned id, bool subscript,
                          const struct assign *value)
{
    struct shell *sh = d->sh;
    bool array = value || var_is_array(sh, id);
    if (!var_find(sh, id, 0))
        array = d->indexed || d->assoc || subscript;
    return array ? 0 : var_change(sh, id, VAR_EXPORT, 0, VAR_OP_NO_REF);
}

/* declare a[1]="(1 2)" */
static void declare_warn(const struct declare *d, unsigned id,
                         const struct declare_text *t)
{
    if (t->subscript && declare_is_compound(t->value) && !d->indexed && !d->assoc &&
        !var_is_array(d->sh, id) && !var_is_local(d->sh, id))
        shell_error(d->sh,
                    "warning: %.*s%s=%.*s: quoted compound array assignment deprecated",
                    (int)t->place.len, t->place.ptr, t->append ? "+" : "",
                    (int)t->value.len, t->value.ptr);
}

/* export REF, where that means an element: it is assigned to, but not exported. The
 * status is 0 all the same. */
static int declare_refuse_element(const struct declare *d, const struct declare_text *t)
{
    if (t->value.ptr && declare_element(d->sh, t))
        return 1;
    if (d->add)
        shell_builtin_error(d->sh, "`%.*s': not a valid identifier", (int)t->place.len,
                            t->place.ptr);
    return 0;
}

/* declare REF=(...) in the same case. */
static int declare_refuse_list(const struct declare *d, unsigned id,
                               const struct declare_text *t)
{
    struct shell *sh = d->sh;
    if (!var_is_array(sh, id) && var_make_indexed(sh, id))
        return 1;
    shell_error(sh, "`%.*s': not a valid identifier", (int)t->place.len, t->place.ptr);
    return shell_discard(sh, 1);
}

/* declare ref[0]=x: a new array in place of the reference. */
static int declare_unreference(const struct declare *d, unsigned id,
                               const struct declare_text *t)
{
    const struct value *own = var_find(d->sh, id, VAR_OP_NO_REF);
    if (!own || !(own->attrs & VAR_NAMEREF))
        return 0;
    if (t->value.ptr)
        shell_error(d->sh, "warning: %s: removing nameref attribute", sys_interned(id));
    return var_unset(d->sh, id, VAR_OP_NO_REF);
}

static int declare_attributes(const struct declare *d, unsigned id,
                              const struct declare_text *t, const struct assign *array)
{
    struct shell *sh = d->sh;
    bool fresh = !var_find(sh, id, 0);
    if (d->add & VAR_NAMEREF)
        return declare_reference(d, id, t);
    if (t->subscript && (d->silent || array)) // by reference
        return array ? declare_refuse_list(d, id, t) : declare_refuse_element(d, t);
    if (d->remove & VAR_NAMEREF) {
        if (var_change(sh, id, 0, VAR_NAMEREF, VAR_OP_NO_REF))
            return 1;
    }
    if (t->subscript && declare_unreference(d, id, t))
        return 1;
    if (UNLIKELY(shell_set(sh, SET_ALLEXPORT)) && !declare_makes_local(d) &&
        declare_export(d, id, t->subscript, array))
        return 1;
    // export assigns before it exports
    bool exports = d->silent && !array;
    unsigned late = t->subscript ? 0 : exports ? d->add : d->add & VAR_READONLY;
    bool assigns = t->value.ptr || array;
    if (array && var_attrs(sh, id) & VAR_READONLY) {
        shell_error(sh, "%s: readonly variable", sys_interned(id));
        return shell_discard(sh, 1);
    }
    if (assigns && !d->silent && var_attrs(sh, id) & VAR_READONLY)
        return shell_builtin_error(sh, "%s: readonly variable", sys_interned(id));
    declare_warn(d, id, t);
    if (declare_kind(d, id, t, array))
        return 1;
    if (assigns && t->subscript && (d->add & VAR_READONLY || fresh) &&
        !var_is_array_set(sh, id) && !var_is_local(sh, id) &&
        (var_is_assoc(sh, id) ? assoc_clear(sh, id) : array_clear(sh, id)))
        return 1;
    if (var_change(sh, id, d->add & ~late, d->remove & ~(unsigned)VAR_NAMEREF, 0))
        return 1;
    int err = declare_assign(d, id, t, array);
    return err || !late ? err : var_change(sh, id, late, 0, 0);
}

/* Makes name[sub] the place. */
static void declare_set_place(struct shell *sh, struct declare_text *t, unsigned name,
                              struct span sub)
{
    struct scratch_text place = scratch_text_make(sh->scratch);
    scratch_text_add_span(&place, span_of(sys_interned(name)));
    scratch_text_add_char(&place, '[');
    scratch_text_add_span(&place, sub);
    scratch_text_add_char(&place, ']');
    t->place = scratch_text_end(&place);
    t->subscript = true;
}

/* What a nameref means, unless it is about the reference itself, which ref[0] is too, or
 * a new local. Of one to an element bash makes a local variable that nobody sees: 0. */
static unsigned declare_target(const struct declare *d, unsigned id,
                               struct declare_text *t, const struct assign *array)
{
    struct span sub;
    struct shell *sh = d->sh;
    if (((d->add | d->remove) & VAR_NAMEREF) ||
        (declare_makes_local(d) ? !var_is_local(sh, id)
                                : t->subscript && (t->value.ptr || !var_find(sh, id, 0))))
        return id;
    unsigned target = var_resolve(sh, id, &sub);
    if (!target || !sub.ptr)
        return target ? target : id;
    if ((d->local || array) && var_is_local(sh, id))
        return 0;
    declare_set_place(sh, t, target, sub);
    return target;
}

/* What is wrong with declare -n before a local variable is made. */
static int declare_check_reference(const struct declare *d, unsigned id,
                                   const struct declare_text *t)
{
    struct shell *sh = d->sh;
    const struct value *own = var_find(sh, id, VAR_OP_NO_REF);
    if (declare_makes_local(d) && !var_is_local(sh, id))
        own = NULL;
    if (t->value.len && !t->subscript && !t->append && var_check_nameref(sh, t->value))
        return 1;
    if (t->subscript || (own && own->kind >= VALUE_INDEXED))
        return shell_builtin_error(sh, "%.*s: reference variable cannot be an array",
                                   (int)t->place.len, t->place.ptr);
    return 0;
}

static int declare_named(struct declare *d, unsigned id, struct declare_text *t,
                         const struct assign *array)
{
    struct shell *sh = d->sh;
    struct scratch_mark mark = scratch_mark(sh->scratch);
    bool makes_local = declare_makes_local(d);
    id = declare_target(d, id, t, array);
    if (!id)
        return 0;
    if (d->add & VAR_NAMEREF && declare_check_reference(d, id, t)) {
        scratch_release(sh->scratch, mark);
        return 1;
    }
    bool hidden = d->global && var_swap_global(sh, id);
    int err = 0;
    bool kept = d->add & (VAR_EXPORT | VAR_READONLY) && !d->silent && !d->global &&
                var_keep_declared(sh, id);
    if (makes_local && !kept) {
        bool inherit = d->inherit || shell_shopt(sh, SHOPT_LOCALVAR_INHERIT);
        err = var_make_local(sh, id, inherit);
    }
    if (!err)
        err = declare_attributes(d, id, t, array);
    if (hidden)
        var_swap_global(sh, id);
    scratch_release(sh->scratch, mark);
    return err;
}

static int declare_bad_name(struct shell *sh, struct span name)
{
    return shell_builtin_error(sh, "`%.*s': not a valid identifier", (int)name.len,
                               name.ptr);
}

int declare_variable(struct declare *d, char **word)
{
    struct declare_text t;
    if (!declare_split(*word, &t))
        return declare_bad_name(d->sh, span_of(*word));
    if (!t.subscript || !d->silent)
        return declare_named(d, name_intern(t.name), &t, NULL);
    if (t.value.ptr) { // export and readonly take no elements
        *word = scratch_copy(d->sh->scratch, t.place);
        d->refused = true;
    }
    return declare_bad_name(d->sh, t.place);
}

/* ---- Functions -------------------------------------------------------------------- */

static int declare_one_function(struct declare *d, const char *name)
{
    if (strchr(name, '='))
        return shell_builtin_error(d->sh, "cannot use `-f' to make functions");
    unsigned id = sys_intern(name, strlen(name));
    const struct function *f = function_find(d->sh, id);
    if (!f)
        return 1;
    unsigned add = declare_function_attrs(d->add),
             remove = declare_function_attrs(d->remove);
    if ((!add && !remove) || d->print) {
        declare_print_function(d, id, false);
        return 0;
    }
    if (f->attrs & FUNCTION_READONLY & remove)
        return shell_builtin_error(d->sh, "%s: readonly function", name);
    function_change(d->sh, id, add, remove);
    return 0;
}

/* ---- Options ---------------------------------------------------------------------- */

static bool declare_option(struct declare *d, int c, bool plus)
{
    unsigned attr = 0;
    switch (c) {
    case 'a': *(plus ? &d->no_indexed : &d->indexed) = true; break;
    case 'A': *(plus ? &d->no_assoc : &d->assoc) = true; break;
    case 'f': d->functions = !plus; break;
    case 'F': d->functions = d->names = !plus; break;
    case 'g': d->global = !plus; break;
    case 'I': d->inherit = true; break;
    case 'p': d->print = true; break;
    case 'c': attr = VAR_CAPITAL; break;
    case 'i': attr = VAR_INTEGER; break;
    case 'l': attr = VAR_LOWER; break;
    case 'n': attr = VAR_NAMEREF; break;
    case 'r': attr = VAR_READONLY; break;
    case 't': attr = VAR_TRACE; break;
    case 'u': attr = VAR_UPPER; break;
    case 'x': attr = VAR_EXPORT; break;
    default: return false;
    }
    *(plus ? &d->remove : &d->add) |= attr;
    return true;
}

/* Two of -l, -u and -c take each other away. */
static void declare_settle_cases(struct declare *d)
{
    const unsigned cases = VAR_LOWER | VAR_UPPER | VAR_CAPITAL;
    unsigned given = d->add & cases;
    if (given & (given - 1))
        d->add &= ~cases;
}

static int declare_one(struct declare *d, char **word)
{
    const char *text = *word;
    if (d->functions)
        return declare_one_function(d, text);
    if (d->print)
        return declare_print_one(d, text);
    if (d->local && str_eq(text, "-") && str_eq(d->sh->cmd, "local")) {
        scope_save_options(d->sh);
        return 0;
    }
    return declare_variable(d, word);
}

/* ---- Words with array values ------------------------------------------------------- */

/* The options among the words before, for what they say of the value. */
static void declare_scan_options(struct declare *d, char *const *words, size_t count)
{
    const unsigned values = VAR_INTEGER | VAR_LOWER | VAR_UPPER | VAR_CAPITAL;
    bool declares = !str_eq(words[0], "export") && !str_eq(words[0], "readonly");
    for (size_t i = 1; i < count; i++) {
        const char *word = words[i];
        if ((*word != '-' && *word != '+') || !word[1] || str_eq(word, "--"))
            break;
        for (const char *c = word + 1; *c; c++)
            declare_option(d, *c, *word == '+');
    }
    d->local = declares;
    d->no_indexed = d->no_assoc = false;
    d->add &= values;
    d->remove &= values;
    declare_settle_cases(d);
}

/* The elements, expanded before the variable changes. */
static int declare_expand(struct declare *d, const struct assign *array)
{
    struct shell *sh = d->sh;
    bool makes_local =
        declare_makes_local(d) && !d->inherit && !var_is_local(sh, array->name);
    bool assoc = d->assoc || (!makes_local && var_is_assoc(sh, array->name));
    d->items = expand_array(sh, array,
                            ARRAY_DECLARED | (assoc ? ARRAY_ASSOC : 0) |
                                (assoc && !d->assoc ? ARRAY_FIELDS : 0));
    if (!d->items)
        return 1;
    if (UNLIKELY(shell_set(sh, SET_XTRACE)) &&
        !(makes_local ? var_attrs(sh, array->name) & VAR_READONLY
                      : declare_mismatches(d, array->name)))
        exec_trace_array(sh, array, d->items);
    return 0;
}

int declare_array_word(struct shell *sh, char *const *words, size_t count,
                       const struct assign *array)
{
    struct declare d = {.sh = sh, .silent = true};
    struct declare_text t = {.name = span_of(sys_interned(array->name)),
                             .append = array->append};
    const char *cmd = sh->cmd;
    t.place = t.name;
    declare_scan_options(&d, words, count);
    if (declare_expand(&d, array))
        return 1;
    sh->cmd = sh->functions ? shell_frame(sh, 0)->name : NULL;
    int err = declare_named(&d, array->name, &t, array);
    sh->cmd = cmd;
    return err;
}

/* ---- The builtins ----------------------------------------------------------------- */

static int declare_show_all(struct shell *sh, char **argv) // as `set` does
{
    char *set[] = {argv[0], NULL};
    return builtin_set(sh, 1, set);
}

static int declare_run(struct declare *d, int argc, char **argv)
{
    struct shell *sh = d->sh;
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "+aAcfFgiIlnprtux");
    for (int c; (c = builtin_opts_next(&o)) != -1;)
        if (!declare_option(d, c, o.plus))
            return 2;
    bool all = !d->add && !d->indexed && !d->assoc && !d->functions && !d->print;
    if (o.next >= argc && all && !str_eq(sh->cmd, "local"))
        return declare_show_all(sh, argv);
    if (o.next >= argc) {
        declare_print_matching(d);
        return 0;
    }
    declare_settle_cases(d);
    d->add &= ~d->remove; // +i comes after -i, wherever it stands
    int status = 0;
    for (int i = o.next; i < argc && sh->flow == FLOW_NORMAL; i++)
        status |= declare_one(d, &argv[i]);
    return status;
}

int builtin_declare(struct shell *sh, int argc, char **argv)
{
    struct declare d = {.sh = sh, .local = true};
    return declare_run(&d, argc, argv);
}

int builtin_local(struct shell *sh, int argc, char **argv)
{
    struct declare d = {.sh = sh, .local = true};
    if (!scope_in_function(sh))
        return shell_builtin_error(sh, "can only be used in a function");
    return declare_run(&d, argc, argv);
}
