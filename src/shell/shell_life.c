/* shell_life.c: making, cloning and releasing the state of a shell; its messages.
 *
 * A struct shell always lies in the sandbox heap, since a clone is made by the parent;
 * so do the arrays that a clone copies. */
#include "shell/shell.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "shell/builtins/builtin.h"
#include "shell/builtins/history.h"
#include "shell/exec/jobs.h"
#include "shell/exec/lookup.h"
#include "shell/exec/traps.h"
#include "shell/scratch.h"
#include "shell/syntax/tree.h"
#include "shell/vars/names.h"
#include "shell/vars/state.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/env.h"
#include "user/errtext.h"
#include "user/msg.h"
#include "user/out.h"

struct shared_text *shared_text_new(struct span text)
{
    struct shared_text *t = sys_share_alloc(sizeof *t + text.len + 1);
    atomic_init(&t->count, 1);
    if (text.len)
        memcpy(t->text, text.ptr, text.len);
    t->text[text.len] = '\0';
    return t;
}

struct shared_text *shared_text_get(struct shared_text *t)
{
    if (t)
        atomic_fetch_add_explicit(&t->count, 1, memory_order_relaxed);
    return t;
}

void shared_text_put(struct shared_text *t)
{
    if (t && atomic_fetch_sub_explicit(&t->count, 1, memory_order_acq_rel) == 1)
        sys_share_free(t);
}

struct shell *shell_self(void) { return sys_slot_get(SYS_SLOT_SHELL); }

/* Messages of src/user/ (test, printf) begin as the shell's own do. */
static void shell_add_msg_prefix(struct buf *b)
{
    shell_add_prefix(shell_self(), NULL, b);
}

/* What both kinds of shell need in the process's own memory. */
static void shell_begin(struct shell *sh)
{
    sys_slot_set(SYS_SLOT_SHELL, sh);
    sh->scratch = sys_alloc_zero(sizeof *sh->scratch);
    sh->trace = buf_make(sys_heap());
    sh->own_pid = sys_getpid();
    msg_set_prefix_by(shell_add_msg_prefix);
}

struct shell *shell_new(void)
{
    names_start();
    builtin_start();
    struct shell *sh = sys_share_alloc(sizeof *sh);
    memset(sh, 0, sizeof *sh);
    sh->options = options_default();
    sh->capture_status = -1;
    sh->pipestatus = sh->pipestatus_small;
    sh->last_arg.text = sh->last_arg.small;
    sh->last_arg.cap = sizeof sh->last_arg.small;
    sys_at_death(shell_release, sh);
    shell_begin(sh);
    sh->pid = sh->own_pid;
    sh->lookup = lookup_new();
    sh->vars = vars_new(sh);
    const char *last = env_get("_");
    shell_set_last_arg(sh, last ? last : "/bin/bash");
    return sh;
}

static void shell_drop_args(struct frame *f)
{
    for (size_t i = 0; f->args && i < f->args->count; i++)
        shared_text_put(f->args->items[i]);
    sys_share_free(f->args);
    f->args = NULL;
}

static void shell_copy_args(struct frame *f)
{
    size_t size = sizeof *f->args + f->args->count * sizeof(struct shared_text *);
    struct frame_args *copy = sys_share_alloc(size);
    memcpy(copy, f->args, size);
    for (size_t i = 0; i < copy->count; i++)
        shared_text_get(copy->items[i]);
    f->args = copy;
}

static void shell_copy_frames(struct shell *sh, const struct shell *parent)
{
    if (!parent->frame_count) {
        sh->frames = NULL;
        sh->frame_cap = 0;
        return;
    }
    size_t bytes = (size_t)parent->frame_count * sizeof *sh->frames;
    sh->frames = sys_share_alloc(bytes);
    memcpy(sh->frames, parent->frames, bytes);
    for (int i = 0; i < parent->frame_count; i++)
        if (UNLIKELY(sh->frames[i].args != NULL))
            shell_copy_args(&sh->frames[i]);
    sh->frame_cap = parent->frame_count;
}

static void shell_copy_dirs(struct shell *sh, const struct shell *parent)
{
    sh->dirs.items = NULL;
    if (!parent->dirs.count)
        return;
    sh->dirs.items = sys_share_alloc(parent->dirs.count * sizeof *sh->dirs.items);
    for (size_t i = 0; i < parent->dirs.count; i++) {
        size_t size = strlen(parent->dirs.items[i]) + 1;
        sh->dirs.items[i] = sys_share_alloc(size);
        memcpy(sh->dirs.items[i], parent->dirs.items[i], size);
    }
}

static void shell_copy_pipestatus(struct shell *sh, const struct shell *parent)
{
    if (parent->pipestatus == parent->pipestatus_small) {
        sh->pipestatus = sh->pipestatus_small;
        return;
    }
    sh->pipestatus = sh->pipestatus_small;
    shell_set_pipestatuses(sh, parent->pipestatus, parent->pipestatus_count);
}

static void shell_copy_last_arg(struct shell *sh, const struct shell *parent)
{
    if (parent->last_arg.text == parent->last_arg.small) {
        sh->last_arg.text = sh->last_arg.small;
        return;
    }
    size_t size = strlen(parent->last_arg.text) + 1;
    sh->last_arg.text = sys_share_alloc(size);
    sh->last_arg.cap = size;
    memcpy(sh->last_arg.text, parent->last_arg.text, size);
}

void shell_set_last_arg(struct shell *sh, const char *text)
{
    size_t size = strlen(text) + 1;
    if (UNLIKELY(size > sh->last_arg.cap)) {
        char *block = sh->last_arg.text == sh->last_arg.small ? NULL : sh->last_arg.text;
        sh->last_arg.text = sys_share_resize(block, size * 2);
        sh->last_arg.cap = size * 2;
    }
    memcpy(sh->last_arg.text, text, size);
}

/* A clone runs a part of the tree that runs now; in a trap it may ask for the command
 * that was interrupted, which lies in one of the others. */
static void shell_copy_running(struct shell *sh, const struct shell *parent)
{
    sh->script = NULL;
    size_t first =
        parent->in_trap || !parent->running_count ? 0 : parent->running_count - 1;
    for (size_t i = first; i < parent->running_count; i++) {
        shell_reserve_script(sh);
        shell_push_script(sh, script_get(parent->running[i]));
    }
    if (parent->in_trap)
        sh->last_script = parent->last_script ? script_get(parent->last_script) : NULL;
    else
        sh->command_node = NULL;
}

struct shell *shell_clone(struct shell *parent)
{
    struct shell *sh = sys_share_alloc(sizeof *sh);
    memcpy(sh, parent, sizeof *sh);
    sh->scratch = NULL;
    sh->jobs = NULL;
    sh->undo = NULL;
    sh->parser = NULL;
    sh->procsubs = NULL;
    sh->coprocs = NULL;
    sh->completions = NULL;
    history_get(sh->history);
    sh->child = (struct child){.in = -1, .out = -1};
    shell_copy_last_arg(sh, parent);
    sh->running_count = sh->running_cap = 0;
    sh->running = NULL;
    sh->last_script = NULL;
    shared_text_get(sh->name);
    shared_text_get(sh->command);
    shared_text_get(sh->cwd);
    shell_copy_frames(sh, parent);
    shell_copy_dirs(sh, parent);
    shell_copy_pipestatus(sh, parent);
    sh->traps = traps_get(parent->traps);
    sh->lookup = lookup_get(parent->lookup);
    sh->vars = vars_clone(parent);
    sh->subshell++;
    shell_copy_running(sh, parent);
    return sh;
}

void shell_adopt(struct shell *clone) { shell_begin(clone); }

void shell_release(void *shell)
{
    struct shell *sh = shell;
    if (sh->jobs)
        jobs_release(sh->jobs);
    traps_put(sh->traps);
    lookup_put(sh->lookup);
    history_put(sh->history);
    if (sh->vars)
        vars_release(sh->vars);
    for (size_t i = 0; i < sh->running_count; i++)
        script_put(sh->running[i]);
    script_put(sh->last_script);
    sys_share_free(sh->running);
    for (int i = 0; i < sh->frame_count; i++)
        if (UNLIKELY(sh->frames[i].args != NULL))
            shell_drop_args(&sh->frames[i]);
    sys_share_free(sh->frames);
    for (size_t i = 0; i < sh->dirs.count; i++)
        sys_share_free(sh->dirs.items[i]);
    sys_share_free(sh->dirs.items);
    if (sh->pipestatus != sh->pipestatus_small)
        sys_share_free(sh->pipestatus);
    sys_share_free(sh->child.close);
    sys_share_free(sh->child.words);
    jobs_copy_free(sh->child.jobs);
    if (sh->last_arg.text != sh->last_arg.small)
        sys_share_free(sh->last_arg.text);
    shared_text_put(sh->name);
    shared_text_put(sh->command);
    shared_text_put(sh->cwd);
    sys_share_free(sh);
}

static void shell_note_args(struct frame *frame, int argc, char *const *argv)
{
    struct frame_args *args =
        sys_share_alloc(sizeof *args + (size_t)argc * sizeof(struct shared_text *));
    args->count = 0;
    frame->args = args;
    for (int i = 0; i < argc; i++) {
        args->items[i] = shared_text_new(span_of(argv[i]));
        args->count++;
    }
}

void shell_frame_note_args(struct shell *sh, int argc, char *const *argv)
{
    shell_note_args(shell_frame(sh, 0), argc, argv);
}

void shell_note_main_args(struct shell *sh)
{
    const struct params *params = params_of(sh);
    if (sh->frame_count && !sh->frames[0].args)
        shell_note_args(&sh->frames[0], params->count, params->argv);
}

void shell_push_frame(struct shell *sh, enum frame_kind kind, const char *name,
                      const char *source)
{
    if (sh->frame_count == sh->frame_cap) {
        int cap = sh->frame_cap ? sh->frame_cap * 2 : 8;
        sh->frames = sys_share_resize(sh->frames, (size_t)cap * sizeof *sh->frames);
        sh->frame_cap = cap;
    }
    sh->frames[sh->frame_count++] = (struct frame){.kind = kind,
                                                   .name = name,
                                                   .source = source,
                                                   .call_line = sh->line,
                                                   .loops = sh->loops};
    sh->loops = 0;
}

void shell_pop_frame(struct shell *sh)
{
    ASSERT(sh->frame_count > 0);
    struct frame *f = &sh->frames[--sh->frame_count];
    sh->loops = f->loops;
    sh->line = f->call_line;
    if (UNLIKELY(f->args != NULL))
        shell_drop_args(f);
}

void shell_reserve_script(struct shell *sh)
{
    if (sh->running_count == sh->running_cap) {
        size_t cap = sh->running_cap ? sh->running_cap * 2 : 4;
        sh->running = sys_share_resize(sh->running, cap * sizeof(struct script *));
        sh->running_cap = cap;
    }
}

void shell_push_script(struct shell *sh, struct script *script)
{
    shell_reserve_script(sh);
    sh->running[sh->running_count++] = script;
    sh->script = script;
}

void shell_pop_script(struct shell *sh)
{
    ASSERT(sh->running_count > 0);
    struct script *script = sh->running[--sh->running_count];
    sh->script = sh->running_count ? sh->running[sh->running_count - 1] : NULL;
    if (script == sh->command_script) { // BASH_COMMAND may still be asked for
        struct script *last = sh->last_script;
        sh->last_script = script;
        script = last;
    }
    script_put(script);
}

void shell_set_pipestatuses(struct shell *sh, const int *statuses, size_t count)
{
    if (count > COUNT_OF(sh->pipestatus_small)) {
        int *block = sh->pipestatus == sh->pipestatus_small ? NULL : sh->pipestatus;
        sh->pipestatus = sys_share_resize(block, count * sizeof(int));
    }
    memcpy(sh->pipestatus, statuses, count * sizeof(int));
    sh->pipestatus_count = count;
}

static void shell_start_history(struct shell *sh)
{
    static const unsigned sizes[] = {NAME_HISTSIZE, NAME_HISTFILESIZE};
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        if (!var_is_set(sh, sizes[i]) && var_set(sh, sizes[i], span_of("500"), 0))
            return;
}

/* What posix mode switches on with itself. */
static const enum shopt_option shell_posix_shopts[] = {
    SHOPT_EXPAND_ALIASES, SHOPT_INTERACTIVE_COMMENTS, SHOPT_INHERIT_ERREXIT,
    SHOPT_SHIFT_VERBOSE, SHOPT_SOURCEPATH};

void shell_set_posix(struct shell *sh, bool on)
{
    static const enum shopt_option without[] = {SHOPT_EXPAND_ALIASES,
                                                SHOPT_SHIFT_VERBOSE};
    for (size_t i = 0; on && i < COUNT_OF(shell_posix_shopts); i++)
        options_shopt_set(&sh->options, shell_posix_shopts[i], true);
    for (size_t i = 0; !on && i < COUNT_OF(without); i++)
        options_shopt_set(&sh->options, without[i], false);
}

void shell_option_set(struct shell *sh, enum set_option id, bool on)
{
    if (id == SET_POSIX && on == shell_set(sh, SET_POSIX))
        return;
    options_set(&sh->options, id, on);
    if (sh->vars)
        vars_changed(sh, NAME_SHELLOPTS, VAR_EXPORT);
    if (id == SET_HISTORY && on && sh->vars)
        shell_start_history(sh);
    if (id != SET_POSIX)
        return;
    shell_set_posix(sh, on);
    if (!sh->vars)
        return;
    if (on && !var_is_set(sh, NAME_POSIXLY_CORRECT))
        on = var_set(sh, NAME_POSIXLY_CORRECT, span_of("y"), VAR_OP_FORCE) == 0;
    else if (!on)
        var_unset(sh, NAME_POSIXLY_CORRECT, VAR_OP_FORCE);
}

enum { SHELL_SAVED_SHOPTS = 32 }; // the first bit of them among saved options
static_assert((int)SET_OPTIONS <= (int)SHELL_SAVED_SHOPTS,
              "saved options fit into a word");

uint64_t shell_options_save(const struct shell *sh)
{
    uint64_t saved = sh->options.set;
    for (size_t i = 0; i < COUNT_OF(shell_posix_shopts); i++)
        saved |= (uint64_t)shell_shopt(sh, shell_posix_shopts[i])
                 << (SHELL_SAVED_SHOPTS + i);
    return saved;
}

void shell_options_restore(struct shell *sh, uint64_t saved)
{
    uint64_t changed = sh->options.set ^ saved;
    for (unsigned id = 0; id < SET_OPTIONS; id++)
        if ((changed >> id) & 1)
            shell_option_set(sh, (enum set_option)id, (saved >> id) & 1);
    for (size_t i = 0; i < COUNT_OF(shell_posix_shopts); i++)
        options_shopt_set(&sh->options, shell_posix_shopts[i],
                          (saved >> (SHELL_SAVED_SHOPTS + i)) & 1);
}

void shell_shopt_set(struct shell *sh, enum shopt_option id, bool on)
{
    options_shopt_set(&sh->options, id, on);
    sh->options.shown = sh->options.shopt;
    vars_changed(sh, NAME_BASHOPTS, VAR_EXPORT);
    if (id == SHOPT_EXTDEBUG) {
        if (on && sh->vars)
            shell_note_main_args(sh);
        shell_option_set(sh, SET_FUNCTRACE, on);
        shell_option_set(sh, SET_ERRTRACE, on);
    }
}

/* "NAME: what: line N: "; with gnu_errfmt "NAME: what:N: ", for which bash has an
 * exception of its own: messages of builtins. */
static void shell_add_place(struct shell *sh, const char *what, bool builtin,
                            struct buf *b)
{
    const struct frame *f = shell_frame(sh, 0);
    const char *source = f && *f->source ? f->source : NULL;
    bool gnu = shell_shopt(sh, SHOPT_GNU_ERRFMT);
    int line = sh->line > 0 ? sh->line : 1;
    buf_add_str(b, source ? source : sh->name ? sh->name->text : "bash");
    if (what)
        buf_addf(b, ": %s", what);
    if (sh->msg_line_off)
        buf_add_str(b, ": ");
    else
        buf_addf(b, gnu && !builtin ? ":%d: " : ": line %d: ", line);
}

void shell_add_prefix(struct shell *sh, const char *what, struct buf *b)
{
    shell_add_place(sh, what, false, b);
}

static int shell_message(struct shell *sh, bool builtin, int err, const char *format,
                         va_list args)
{
    struct buf b = buf_make(sys_heap());
    out_flush(); // what a builtin printed before comes first
    shell_add_place(sh, NULL, builtin && sh->cmd, &b);
    if (builtin && sh->cmd)
        buf_addf(&b, "%s: ", sh->cmd);
    buf_addv(&b, format, args);
    if (err)
        buf_addf(&b, ": %s", errtext(err));
    buf_add_char(&b, '\n');
    int failed = out_write_all(2, b.data, b.len);
    (void)failed; // nowhere to say it
    buf_fini(&b);
    return 1;
}

int shell_error(struct shell *sh, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    shell_message(sh, false, 0, format, args);
    va_end(args);
    return 1;
}

int shell_report(struct shell *sh, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    shell_message(sh, false, 0, format, args);
    va_end(args);
    if (shell_set(sh, SET_ERREXIT)) {
        sh->flow = FLOW_EXIT;
        sh->status = 1;
    }
    return 1;
}

int shell_errno(struct shell *sh, int err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    shell_message(sh, false, err, format, args);
    va_end(args);
    return 1;
}

int shell_builtin_error(struct shell *sh, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    shell_message(sh, true, 0, format, args);
    va_end(args);
    return 1;
}

int shell_builtin_errno(struct shell *sh, int err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    shell_message(sh, true, err, format, args);
    va_end(args);
    return 1;
}

const char *shell_shown(struct shell *sh, const char *name)
{
    if (escape_is_printable(span_of(name), sh->vars->utf8))
        return name;
    struct buf b = buf_make(sys_heap());
    escape_add_dollar(&b, span_of(name), sh->vars->utf8);
    name = scratch_copy(sh->scratch, buf_span(&b));
    buf_fini(&b);
    return name;
}

int shell_abort(struct shell *sh, int status)
{
    if (sh->flow == FLOW_EXIT)
        return sh->status;
    sh->flow = FLOW_ABORT;
    return sh->status = status;
}

int shell_discard(struct shell *sh, int status)
{
    if (sh->flow == FLOW_EXIT)
        return sh->status;
    sh->flow = FLOW_DISCARD;
    sh->discard_far = false;
    return sh->status = status;
}

int shell_fail_expansion(struct shell *sh, int status)
{
    return shell_set(sh, SET_POSIX) ? shell_abort(sh, 1) : shell_discard(sh, status);
}

int shell_discard_far(struct shell *sh, int status)
{
    shell_discard(sh, status);
    sh->discard_far = true;
    return sh->status;
}
