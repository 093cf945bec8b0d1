/* text.c: see text.h. Each complete command is parsed when those before it have run. */
#include "shell/exec/text.h"

#include <errno.h>
#include <string.h>

#include "shell/builtins/history.h"
#include "shell/exec/exec.h"
#include "shell/exec/traps.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/syntax/parse.h"
#include "shell/syntax/tree.h"
#include "shell/vars/aliases.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/in.h"
#include "user/out.h"

struct text_source {
    struct shell *sh;
    struct parser *parser;
    const char *what; // in messages: "eval", "-c"; NULL: nothing
    bool is_main;     // a syntax error ends the shell
    bool is_called;   // by eval or source: it does so in posix mode
    struct buf line;  // of standard input
};

/* ---- What the parser asks for ----------------------------------------------------- */

static const char *text_alias(void *ctx, struct span name)
{
    struct text_source *t = ctx;
    return alias_find(t->sh, name);
}

static unsigned text_options(void *ctx)
{
    const struct shell *sh = ((struct text_source *)ctx)->sh;
    return (shell_shopt(sh, SHOPT_EXTGLOB) ? PARSE_EXTGLOB : 0) |
           (shell_set(sh, SET_POSIX) ? PARSE_POSIX : 0) |
           (shell_shopt(sh, SHOPT_EXPAND_ALIASES) ? PARSE_ALIASES : 0) |
           (shell_set(sh, SET_BRACEEXPAND) ? 0 : PARSE_NO_BRACES) |
           (vars_is_utf8(sh) ? 0 : PARSE_ASCII);
}

/* A text in the form of a message catalog's source. */
static void text_out_po(struct span text)
{
    bool lines = span_find(text, '\n') < text.len;
    outf(lines ? "msgid \"\"\n\"" : "msgid \"");
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"' || c == '\\')
            out_char('\\');
        if (c == '\n')
            outf("\\n\"\n\"");
        else
            out_char(c);
    }
    outf("\"\nmsgstr \"\"\n");
}

/* bash -D, --dump-po-strings. */
static void text_dump(void *ctx, struct span text, unsigned line)
{
    const struct shell *sh = ((struct text_source *)ctx)->sh;
    if (sh->dump == DUMP_PO) {
        outf("#: %s:%u\n", sh->is_command ? "-c" : sh->name->text, line);
        text_out_po(text);
    } else {
        out_char('"');
        out_span(text);
        out_span(span_of("\"\n"));
    }
}

/* A line of standard input, a byte at a time from what cannot be sought, so that
 * nothing is read ahead. */
static bool text_stdin_line(void *ctx, struct span *line)
{
    struct text_source *t = ctx;
    char block[512];
    buf_clear(&t->line);
    bool seeks = sys_seek(0, 0, SYS_SEEK_CUR) >= 0;
    for (;;) {
        int64_t n = sys_read(0, block, seeks ? sizeof block : 1);
        if (n == -EINTR) {
            exec_take_signals(t->sh);
            continue;
        }
        if (n <= 0)
            break;
        char *end = memchr(block, '\n', (size_t)n);
        size_t used = end ? (size_t)(end - block) + 1 : (size_t)n;
        buf_add(&t->line, block, used);
        if (seeks && used < (size_t)n && sys_seek(0, (int64_t)used - n, SYS_SEEK_CUR) < 0)
            break;
        if (end)
            break;
    }
    *line = buf_span(&t->line);
    sys_check_size(SYS_LIMIT_SCRIPT, t->line.len);
    return t->line.len != 0;
}

/* ---- Messages --------------------------------------------------------------------- */

void exec_say_parse(struct shell *sh, const char *what, const struct parse_message *m)
{
    int line = sh->line;
    struct buf b = buf_make(sys_heap());
    sh->line = (int)m->line;
    shell_add_prefix(sh, what, &b);
    buf_addf(&b, "%s\n", m->text);
    sh->line = line;
    int err = out_write_all(2, b.data, b.len);
    (void)err; // nowhere to say it
    buf_fini(&b);
}

static void text_warn(const struct text_source *t)
{
    const struct parse_message *m;
    size_t count = parse_warnings(t->parser, &m);
    for (size_t i = 0; i < count; i++)
        exec_say_parse(t->sh, t->what, &m[i]);
}

static void text_fail(const struct text_source *t)
{
    const struct parse_message *m;
    size_t count = parse_errors(t->parser, &m);
    bool ends = shell_set(t->sh, SET_ERREXIT) && !t->sh->quiet; // at once
    for (size_t i = 0; i < count && !(ends && i); i++)
        exec_say_parse(t->sh, t->what, &m[i]);
    if (ends) {
        t->sh->flow = FLOW_EXIT;
        t->sh->status = 2;
        return;
    }
    int status = parse_status(t->parser);
    bool stands = t->is_main && (status == PARSE_STATUS_LAST ||
                                 (status == PARSE_STATUS_CUT_OFF && t->sh->status));
    if (!stands)
        t->sh->status = status < 0 ? 2 : status;
}

static void text_fail_for_good(const struct text_source *t)
{
    text_fail(t);
    if (t->is_main || (t->is_called && shell_set(t->sh, SET_POSIX) && !t->sh->commanded))
        t->sh->flow = FLOW_EXIT;
}

static void text_echo(const struct text_source *t)
{
    struct buf b = buf_make(sys_heap());
    parse_add_echo(t->parser, &b);
    if (b.len && b.data[b.len - 1] != '\n')
        buf_add_char(&b, '\n');
    int err = out_write_all(2, b.data, b.len);
    (void)err;
    buf_fini(&b);
}

/* ---- Running ---------------------------------------------------------------------- */

/* Runs one tree, whose count it takes. */
static void text_run_tree(struct text_source *t, struct script *script)
{
    struct shell *sh = t->sh;
    shell_push_script(sh, script);
    sh->outer_line = (int)parse_last_line(t->parser);
    if (script->root && !shell_set(sh, SET_NOEXEC))
        exec_node(sh, script->root);
    shell_pop_script(sh);
}

static bool text_goes_on(struct text_source *t)
{
    struct shell *sh = t->sh;
    bool far = sh->discard_far || sh->own_pid != sh->pid; // it ends a subshell
    if (sh->flow == FLOW_DISCARD && (t->is_main || !far)) {
        sh->flow = FLOW_NORMAL;
        if (!t->is_main)
            sh->status = 1;
        shell_set_pipestatus(sh, sh->status);
        if (t->is_main) // bash has lost the lines behind the command that failed
            parse_count_from(t->parser, (unsigned)sh->line + 1);
    }
    return sh->flow == FLOW_NORMAL;
}

static void text_loop(struct text_source *t)
{
    struct shell *sh = t->sh;
    struct script *script;
    bool any = false;
    for (;;) {
        shell_reserve_script(sh);
        bool record = t->is_main && !t->what && shell_set(sh, SET_HISTORY);
        enum parse_result result = parse_next(t->parser, &script);
        if (UNLIKELY(shell_set(sh, SET_VERBOSE)))
            text_echo(t);
        text_warn(t);
        if (result == PARSE_OK && UNLIKELY(record))
            history_record(sh, parse_source(t->parser));
        if (result == PARSE_ERROR) {
            text_fail_for_good(t);
            return;
        }
        if (result == PARSE_DISCARD) { // a=( ; ): the script goes on with its next line
            text_fail(t);
            any = true;
            if (shell_set(sh, SET_POSIX))
                shell_abort(sh, 1);
            if (sh->flow != FLOW_NORMAL)
                return;
            continue;
        }
        if (result == PARSE_END)
            break;
        any = any || script->root;
        sh->command_number += t->is_main;
        text_run_tree(t, script);
        if (!text_goes_on(t))
            return;
        if (t->is_main && UNLIKELY(shell_set(sh, SET_ONECMD))) {
            sh->flow = FLOW_EXIT;
            return;
        }
    }
    if (!any && !t->is_main) // eval '' is true
        sh->status = 0;
}

/* BASH_COMMAND is again what it was before the text, if that still runs. */
static void text_restore_command(struct shell *sh, const struct node *node,
                                 const struct script *script)
{
    size_t i = 0;
    while (i < sh->running_count && sh->running[i] != script)
        i++;
    if (i == sh->running_count)
        return;
    sh->command_node = node;
    sh->command_script = script;
}

/* Frames are kept small: this recurses with eval and source. */
static int text_run(struct text_source *t, struct span text, int line, bool by_line)
{
    struct shell *sh = t->sh;
    const struct node *command = sh->command_node;
    const struct script *script = sh->command_script;
    struct parser *outer = sh->parser;
    int outer_line = sh->outer_line;
    const struct builtin *builtin = sh->builtin;
    const char *cmd = sh->cmd;
    struct parse_hooks hooks = {.alias = text_alias,
                                .string = sh->dump ? text_dump : NULL,
                                .options = text_options,
                                .line = by_line ? text_stdin_line : NULL,
                                .ctx = t};
    t->line = buf_make(sys_heap());
    t->parser = parse_new(text, (unsigned)line, &hooks);
    sh->parser = t->parser;
    sh->builtin = NULL; // what runs are commands of their own
    sh->cmd = NULL;
    text_loop(t);
    text_restore_command(sh, command, script);
    sh->builtin = builtin;
    sh->cmd = cmd;
    sh->parser = outer;
    sh->outer_line = outer_line;
    parse_free(t->parser);
    buf_fini(&t->line);
    return sh->status;
}

int exec_text(struct shell *sh, struct span text, const char *what, int line)
{
    struct text_source t = {
        .sh = sh, .what = what, .is_called = what && str_eq(what, "eval")};
    int at = sh->line;
    const struct builtin *builtin = sh->builtin;
    const char *cmd = sh->cmd;
    sh->builtin = NULL; // messages are not those of `eval` or `exit`
    sh->cmd = NULL;
    sh->trace_level++;
    text_run(&t, text, line, false);
    sh->trace_level--;
    sh->builtin = builtin;
    sh->cmd = cmd;
    sh->line = at;
    return sh->status;
}

/* For BASH_ARGV: a file without arguments has its own name as one. */
static void text_note_args(struct shell *sh, const char *path, int argc, char **argv)
{
    char *name = scratch_copy(sh->scratch, span_of(path));
    if (shell_shopt(sh, SHOPT_EXTDEBUG))
        shell_frame_note_args(sh, argc ? argc : 1, argc ? argv : &name);
}

int exec_source(struct shell *sh, const char *path, struct span text, int argc,
                char **argv)
{
    struct text_source t = {.sh = sh, .is_called = true};
    const char *source = sys_interned(sys_intern(path, strlen(path)));
    int loops = sh->loops;
    shell_push_frame(sh, FRAME_SOURCE, "source", source);
    text_note_args(sh, path, argc, argv);
    sh->loops = loops; // break in a sourced file leaves the loop around it
    sh->sources++;
    sh->trace_level++;
    text_run(&t, text, 1, false);
    if (sh->traps)
        traps_run_return(sh);
    if (sh->flow == FLOW_RETURN)
        sh->flow = FLOW_NORMAL;
    sh->trace_level--;
    sh->sources--;
    shell_pop_frame(sh);
    return sh->status;
}

bool exec_source_if_there(struct shell *sh, const char *path)
{
    struct buf name = buf_make(sys_heap());
    struct in in;
    char *data;
    size_t len;
    if (str_starts(path, "~/"))
        buf_addf(&name, "%s%s", var_get_str(sh, NAME_HOME), path + 1);
    else
        buf_add_str(&name, path);
    bool found = !in_open(&in, buf_str(&name));
    if (found) {
        if (!in_all(&in, &data, &len)) {
            exec_source(sh, buf_str(&name), span_make(data, len), 0, NULL);
            sys_free(data);
        }
        in_close(&in);
    }
    buf_fini(&name);
    return found;
}

int text_run_main(struct shell *sh, struct span text, const char *what)
{
    struct text_source t = {.sh = sh, .what = what, .is_main = true};
    return text_run(&t, text, 1, false);
}

int text_run_stdin(struct shell *sh)
{
    struct text_source t = {.sh = sh, .is_main = true};
    return text_run(&t, span_make("", 0), 1, true);
}
