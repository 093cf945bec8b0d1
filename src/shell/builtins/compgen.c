/* compgen.c: compgen, and the words that a whole specification gives. */
#include <string.h>

#include "base/buf.h"
#include "shell/builtins/builtin.h"
#include "shell/builtins/completion.h"
#include "shell/exec/exec.h"
#include "shell/expand/expand.h"
#include "shell/expand/pattern.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/syntax/parse.h"
#include "shell/vars/arrays.h"
#include "shell/vars/functions.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/out.h"

/* ---- -W --------------------------------------------------------------------------- */

/* Expands text as a word (without file names, unless glob) and adds what begins with
 * word. */
static void compgen_expand(struct shell *sh, struct span text, bool glob,
                           const char *word, struct strlist *out)
{
    char *error;
    struct word *tree;
    struct script *script = parse_unquoted(text, (unsigned)sh->line, 0, &tree, &error);
    if (!script) {
        shell_error(sh, "%s", error);
        sys_free(error);
        return;
    }
    struct options saved = sh->options;
    struct args args = {0};
    if (!glob)
        options_set(&sh->options, SET_NOGLOB, true);
    shell_push_script(sh, script);
    int err = expand_word(sh, tree, &args) || expand_files(sh, &args);
    sh->options = saved;
    for (size_t i = 0; !err && i < args.count; i++)
        if (str_starts(args.items[i], word))
            strlist_add_str(out, args.items[i]);
    shell_pop_script(sh); // where some of the words lie
}

/* The end of the piece of a word list that begins at `at`: before an unquoted
 * separator. */
static size_t compgen_piece_end(const char *text, size_t at, const char *separators)
{
    unsigned nested = 0; // in $( ) or ${ }
    char quote = '\0';
    for (; text[at]; at++) {
        char c = text[at];
        if (c == '\\' && quote != '\'' && text[at + 1])
            at++;
        else if (quote)
            quote = c == quote ? '\0' : quote;
        else if (c == '\'' || c == '"' || c == '`')
            quote = c;
        else if (c == '$' && (text[at + 1] == '(' || text[at + 1] == '{')) {
            nested++;
            at++;
        } else if (nested && (c == ')' || c == '}'))
            nested--;
        else if (!nested && strchr(separators, c))
            break;
    }
    return at;
}

static void compgen_words(struct shell *sh, const char *text, const char *word,
                          struct strlist *out)
{
    struct span ifs = var_get(sh, NAME_IFS);
    char *separators = sys_strdup(ifs.ptr ? ifs.ptr : " \t\n");
    for (size_t at = 0; text[at];) {
        size_t end = compgen_piece_end(text, at, separators);
        if (end > at)
            compgen_expand(sh, span_make(text + at, end - at), false, word, out);
        at = end + (text[end] != '\0');
        sys_tick();
    }
    sys_free(separators);
}

/* ---- -F, -C ----------------------------------------------------------------------- */

static void compgen_function(struct shell *sh, const char *name, const char *word,
                             struct strlist *out)
{
    unsigned id = sys_intern(name, strlen(name)), reply = NAME_COMPREPLY;
    if (!function_find(sh, id)) {
        shell_error(sh, "completion: function `%s' not found", name);
        return;
    }
    char *command = sys_strdup(sh->cmd), *copy = sys_strdup(word),
         *function = sys_strdup(name);
    char empty[] = "";
    char *argv[] = {function, command, copy, empty, NULL};
    if (var_set_str(sh, NAME_COMP_LINE, "") || var_set_int(sh, NAME_COMP_POINT, 0) ||
        var_set_int(sh, NAME_COMP_CWORD, -1) || var_unset(sh, reply, 0))
        return;
    const char *cmd = sh->cmd;
    exec_argv(sh, 4, argv, 0);
    sh->cmd = cmd;
    struct span *values;
    size_t count = array_list(sh, reply, NULL, &values);
    for (size_t i = 0; i < count; i++)
        strlist_add(out, values[i]);
    static const unsigned names[] = {NAME_COMPREPLY, NAME_COMP_LINE, NAME_COMP_POINT,
                                     NAME_COMP_CWORD};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        (void)var_unset(sh, names[i], 0);
    sys_free(command);
    sys_free(copy);
    sys_free(function);
}

/* The lines that a command prints. */
static void compgen_command(struct shell *sh, const char *text, const char *word,
                            struct strlist *out)
{
    struct buf source = buf_make(sys_heap());
    struct span output;
    buf_addf(&source, "$(%s '%s' '%s' '')", text, sh->cmd, word);
    if (!expand_text(sh, buf_span(&source), &output))
        for (size_t at = 0; at < output.len;) {
            struct span rest = span_from(output, at);
            size_t len = span_find(rest, '\n');
            strlist_add(out, span_make(rest.ptr, len));
            at += len + 1;
        }
    buf_fini(&source);
}

/* ---- Filters ---------------------------------------------------------------------- */

/* The pattern of -X with & replaced by the word. */
static char *compgen_filter_pattern(const char *filter, const char *word)
{
    struct buf pattern = buf_make(sys_heap());
    for (; *filter; filter++)
        if (*filter == '\\' && filter[1] == '&') {
            buf_add_char(&pattern, '&');
            filter++;
        } else if (*filter == '&') {
            buf_add_str(&pattern, word);
        } else {
            buf_add_char(&pattern, *filter);
        }
    return buf_take(&pattern);
}

static void compgen_filter(const char *filter, const char *word, struct strlist *out)
{
    bool keep = *filter == '!';
    char *pattern = compgen_filter_pattern(filter + keep, word);
    for (size_t i = strlist_len(out); i-- > 0;)
        if (pattern_match(span_of(pattern), span_of(strlist_at(out, i)), PATTERN_EXT) !=
            keep)
            strlist_remove(out, i);
    sys_free(pattern);
}

static void compgen_surround(const struct completion_spec *spec, struct strlist *out)
{
    struct strlist all = strlist_make(sys_heap());
    for (size_t i = 0; i < strlist_len(out); i++) {
        struct buf text = buf_make(sys_heap());
        buf_addf(&text, "%s%s%s", spec->prefix ? spec->prefix : "", strlist_at(out, i),
                 spec->suffix ? spec->suffix : "");
        strlist_add_str(&all, buf_str(&text));
        buf_fini(&text);
    }
    strlist_fini(out);
    *out = all;
}

static bool compgen_has(const struct completion_spec *spec, enum completion_option option)
{
    return spec->options >> option & 1;
}

void completion_generate(struct shell *sh, const struct completion_spec *spec,
                         const char *word, struct strlist *out)
{
    for (int i = 0; i < ACTIONS; i++)
        if (spec->actions >> i & 1)
            completion_add_action(sh, (enum completion_action)i, word, out);
    if (spec->glob) {
        struct strlist found = strlist_make(sys_heap());
        compgen_expand(sh, span_of(spec->glob), true, "", &found);
        bool none = strlist_len(&found) == 1 && str_eq(strlist_at(&found, 0), spec->glob);
        for (size_t i = 0; i < strlist_len(&found) && !none; i++)
            strlist_add_str(out, strlist_at(&found, i));
        strlist_fini(&found);
    }
    if (spec->words)
        compgen_words(sh, spec->words, word, out);
    if (spec->function)
        compgen_function(sh, spec->function, word, out);
    if (spec->command)
        compgen_command(sh, spec->command, word, out);
    if (spec->filter)
        compgen_filter(spec->filter, word, out);
    if (spec->prefix || spec->suffix)
        compgen_surround(spec, out);
    bool none = !strlist_len(out);
    if (compgen_has(spec, OPTION_PLUSDIRS) ||
        (none && compgen_has(spec, OPTION_DIRNAMES)))
        completion_add_action(sh, ACTION_DIRECTORY, word, out);
    if (none &&
        (compgen_has(spec, OPTION_DEFAULT) || compgen_has(spec, OPTION_BASHDEFAULT)))
        completion_add_action(sh, ACTION_FILE, word, out);
}

static int compgen_run(struct shell *sh, const struct completion_spec *spec,
                       const char *word)
{
    struct strlist out = strlist_make(sys_heap());
    struct scratch_mark mark = scratch_mark(sh->scratch);
    if (spec->function)
        shell_builtin_error(sh, "warning: -F option may not work as you expect");
    if (spec->command)
        shell_builtin_error(sh, "warning: -C option may not work as you expect");
    completion_generate(sh, spec, word, &out);
    scratch_release(sh->scratch, mark);
    for (size_t i = 0; i < strlist_len(&out); i++)
        outf("%s\n", strlist_at(&out, i));
    int status = strlist_len(&out) == 0;
    strlist_fini(&out);
    return status;
}

int builtin_compgen(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, completion_letters);
    struct completion_spec spec = {0};
    if (argc == 1)
        return 0;
    int status = 0;
    for (int c; !status && (c = builtin_opts_next(&o)) != -1;)
        if (completion_read_option(sh, &spec, c, o.arg))
            status = 2;
    if (!status) {
        char *word = sys_strdup(o.next < argc ? argv[o.next] : "");
        status = compgen_run(sh, &spec, word);
        sys_free(word);
    }
    completion_spec_fini(&spec);
    return status;
}
