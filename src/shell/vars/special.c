/* special.c: variables whose value is computed when it is looked at: RANDOM, LINENO,
 * FUNCNAME ...
 *
 * special_refresh puts the present value into the variable's slot; assignments go through
 * special_set. Unset makes them ordinary variables, as in bash. */
#include <string.h>

#include "base/buf.h"
#include "base/fmt.h"
#include "base/num.h"
#include "base/sort.h"
#include "shell/builtins/history.h"
#include "shell/scratch.h"
#include "shell/syntax/print.h"
#include "shell/vars/aliases.h"
#include "shell/vars/arrays.h"
#include "shell/vars/cells.h"
#include "shell/vars/hooks.h"
#include "shell/vars/keyed.h"
#include "shell/vars/slot.h"
#include "shell/vars/special.h"
#include "shell/vars/state.h"
#include "sys.h"

/* ---- Numbers ---------------------------------------------------------------------- */

int64_t vars_start(const struct shell *sh) { return sh->vars->start_s; }

static int64_t special_now_s(void) { return sys_clock(SYS_CLOCK_REAL) / 1000000000; }

void special_seed(struct vars *v)
{
    sys_random(&v->random, sizeof v->random);
    v->random_stale = false;
}

/* The generator of Park and Miller, folded to 15 bits; never the same number twice in a
 * row. The sequence after RANDOM=seed is that of bash 5.2 (variables.test). */
static int64_t special_random(struct vars *v)
{
    uint32_t n;
    if (UNLIKELY(v->random_stale))
        special_seed(v);
    do {
        int64_t x = v->random ? v->random : 123459876;
        int64_t high = x / 127773, low = x % 127773;
        x = 16807 * low - 2836 * high;
        v->random = (uint32_t)(x < 0 ? x + 0x7fffffff : x);
        n = ((v->random >> 16) ^ (v->random & 65535)) & 32767;
    } while (n == v->random_last);
    v->random_last = n;
    return n;
}

static int64_t special_srandom(void)
{
    uint32_t n;
    sys_random(&n, sizeof n);
    return n;
}

/* ---- Text ------------------------------------------------------------------------- */

static struct span special_epoch(char dst[40])
{
    int64_t us = sys_clock(SYS_CLOCK_REAL) / 1000;
    size_t len = fmt_to(dst, 40, "%lld.%06lld", (long long)(us / 1000000),
                        (long long)(us % 1000000));
    return span_make(dst, len);
}

static struct span special_options(struct shell *sh, bool shopts)
{
    struct scratch_text t = scratch_text_make(sh->scratch);
    unsigned count = shopts ? SHOPT_OPTIONS : SET_OPTIONS;
    for (unsigned i = 0; i < count; i++) {
        uint64_t bits = shopts ? sh->options.shown : sh->options.set;
        if (!(bits >> i & 1))
            continue;
        const char *name = shopts ? options_shopt_name((enum shopt_option)i)
                                  : options_set_name((enum set_option)i);
        if (t.len)
            scratch_text_add_char(&t, ':');
        scratch_text_add(&t, name, strlen(name));
    }
    return scratch_text_end(&t);
}

/* A loop is shown by its head. */
static void special_add_for(struct buf *b, const struct node *node, const char *word)
{
    buf_addf(b, "%s %s in", word, sys_interned(node->each.name));
    for (unsigned i = 0; i < node->each.count; i++) {
        buf_add_char(b, ' ');
        buf_add_span(b, node->each.words[i].raw);
    }
    if (!node->each.has_in)
        buf_add_str(b, " \"$@\"");
}

/* The expression of for (( )) that is evaluated. */
static void special_add_expr(struct buf *b, const struct node *node,
                             const struct expr *part)
{
    const struct expr *expr = &node->count.test; // where it is that of another loop
    if (part == &node->count.init || part == &node->count.step)
        expr = part;
    buf_add_str(b, "((");
    buf_add_span(b, expr->word ? expr->word->raw : span_of("1"));
    buf_add_str(b, "))");
}

/* (The text of a command is printed from its tree.) */
struct span special_command(struct shell *sh)
{
    struct buf b = buf_make(sys_heap());
    const struct node *node = sh->command_node;
    int kind = node ? (int)node->kind : -1;
    if (kind == NODE_FOR || kind == NODE_SELECT)
        special_add_for(&b, node, kind == NODE_FOR ? "for" : "select");
    else if (kind == NODE_FOR_ARITH)
        special_add_expr(&b, node, sh->command_part);
    else if (kind == NODE_CASE)
        buf_addf(&b, "case %.*s in ", (int)node->choose.subject->raw.len,
                 node->choose.subject->raw.ptr);
    else
        print_command(&b, node);
    struct span text = span_make(scratch_copy(sh->scratch, buf_span(&b)), b.len);
    buf_fini(&b);
    return text;
}

bool special_refuses_local(unsigned id)
{
    switch (id) {
    case NAME_FUNCNAME:
    case NAME_GROUPS:
    case NAME_DIRSTACK:
    case NAME_BASH_SOURCE:
    case NAME_BASH_LINENO:
    case NAME_BASH_ARGC:
    case NAME_BASH_ARGV: return true;
    default: return false;
    }
}

/* ---- Arrays ----------------------------------------------------------------------- */

static void special_add(struct cells *c, struct span text)
{
    value_set(cells_add(c, cells_end(c)), text);
}

static void special_add_num(struct cells *c, int64_t n)
{
    value_set_num(cells_add(c, cells_end(c)), n);
}

/* FUNCNAME, BASH_SOURCE, BASH_LINENO: one element a frame, the innermost first. */
static void special_frames(struct shell *sh, unsigned id, struct cells *c)
{
    const struct frame *f;
    if (id == NAME_FUNCNAME && !sh->functions && !sh->discarded_function)
        return;
    for (int i = 0; (f = shell_frame(sh, i)) != NULL; i++)
        if (id == NAME_FUNCNAME)
            special_add(c, span_of(f->name));
        else if (id == NAME_BASH_SOURCE)
            special_add(c, span_of(f->source));
        else
            special_add_num(c, f->call_line);
}

/* The arguments of the calls in progress, the last one of the innermost first. */
static void special_args(struct shell *sh, bool counts, struct cells *c)
{
    const struct frame *f;
    for (int i = 0; (f = shell_frame(sh, i)) != NULL; i++) {
        if (!f->args)
            continue;
        if (counts)
            special_add_num(c, (int64_t)f->args->count);
        else
            for (size_t k = f->args->count; k > 0; k--)
                special_add(c, span_of(f->args->items[k - 1]->text));
    }
}

static void special_dirs(struct shell *sh, struct cells *c)
{
    special_add(c, span_of(sh->cwd ? sh->cwd->text : ""));
    for (size_t i = 0; i < sh->dirs.count; i++)
        special_add(c, span_of(sh->dirs.items[i]));
}

static void special_fill(struct shell *sh, unsigned id, struct cells *c)
{
    switch (id) {
    case NAME_PIPESTATUS:
        for (size_t i = 0; i < sh->pipestatus_count; i++)
            special_add_num(c, sh->pipestatus[i]);
        break;
    case NAME_DIRSTACK: special_dirs(sh, c); break;
    case NAME_GROUPS: special_add_num(c, sys_getgid()); break;
    case NAME_BASH_ARGC:
    case NAME_BASH_ARGV: special_args(sh, id == NAME_BASH_ARGC, c); break;
    default: special_frames(sh, id, c);
    }
}

static void special_refresh_array(struct shell *sh, unsigned id)
{
    struct value *v = vars_own(sh->vars, id);
    if (v->kind != VALUE_INDEXED || !v->array ||
        atomic_load_explicit(&v->array->count, memory_order_acquire) != 1) {
        struct cells *fresh = cells_new();
        slot_clear(v);
        v->kind = VALUE_INDEXED;
        v->array = fresh;
    }
    cells_clear(v->array);
    special_fill(sh, id, v->array);
    if (id == NAME_FUNCNAME && !v->array->set) { // declare -p prints it without "=()"
        cells_put(v->array);
        v->array = NULL;
    }
}

/* The chains of bash's tables of aliases and of commands, for the order of them. */
enum { SPECIAL_ALIAS_CHAINS = 64, SPECIAL_COMMAND_CHAINS = 256 };

/* An empty associative array for the variable. */
static struct value *special_fresh_keyed(struct shell *sh, unsigned id, uint32_t chains)
{
    struct value *v = vars_own(sh->vars, id);
    struct keyed *fresh = keyed_new(chains);
    slot_clear(v);
    v->kind = VALUE_ASSOC;
    v->assoc = fresh;
    return v;
}

static void special_refresh_aliases(struct shell *sh)
{
    struct value *v = special_fresh_keyed(sh, NAME_BASH_ALIASES, SPECIAL_ALIAS_CHAINS);
    struct scratch_mark mark = scratch_mark(sh->scratch);
    const char **names;
    size_t count = alias_list(sh, &names);
    for (size_t i = 0; i < count; i++) {
        const char *text = alias_find(sh, span_of(names[i]));
        value_set(keyed_add(v->assoc, span_of(names[i])), span_of(text));
    }
    scratch_release(sh->scratch, mark);
}

static void special_refresh_commands(struct shell *sh)
{
    struct value *v = special_fresh_keyed(sh, NAME_BASH_CMDS, SPECIAL_COMMAND_CHAINS);
    struct span name, path;
    for (size_t at = 0; var_hooks.next_command(sh, &at, &name, &path);)
        value_set(keyed_add(v->assoc, name), path);
}

struct special_row {
    unsigned id, attrs;
    enum value_kind kind;
};

static const struct special_row special_rows[] = {
    {NAME_RANDOM, VAR_INTEGER, VALUE_NONE},
    {NAME_SRANDOM, VAR_INTEGER, VALUE_NONE},
    {NAME_SECONDS, 0, VALUE_NONE},
    {NAME_EPOCHSECONDS, 0, VALUE_NONE},
    {NAME_EPOCHREALTIME, 0, VALUE_NONE},
    {NAME_LINENO, 0, VALUE_NONE},
    {NAME_BASHPID, VAR_INTEGER, VALUE_NONE},
    {NAME_BASH_SUBSHELL, 0, VALUE_NONE},
    {NAME_BASH_COMMAND, 0, VALUE_NONE},
    {NAME_BASH_ARGV0, 0, VALUE_NONE},
    {NAME_UNDERSCORE, 0, VALUE_NONE},
    {NAME_HISTCMD, VAR_INTEGER, VALUE_NONE},
    {NAME_SHELLOPTS, VAR_READONLY, VALUE_NONE},
    {NAME_BASHOPTS, VAR_READONLY, VALUE_NONE},
    {NAME_FUNCNAME, 0, VALUE_INDEXED},
    {NAME_BASH_SOURCE, 0, VALUE_INDEXED},
    {NAME_BASH_LINENO, 0, VALUE_INDEXED},
    {NAME_PIPESTATUS, 0, VALUE_INDEXED},
    {NAME_DIRSTACK, 0, VALUE_INDEXED},
    {NAME_GROUPS, 0, VALUE_INDEXED},
    {NAME_BASH_ARGC, 0, VALUE_INDEXED},
    {NAME_BASH_ARGV, 0, VALUE_INDEXED},
    {NAME_BASH_ALIASES, 0, VALUE_ASSOC},
    {NAME_BASH_CMDS, 0, VALUE_ASSOC},
    {NAME_COMP_WORDBREAKS, 0, VALUE_NONE},
};

/* ---- All -------------------------------------------------------------------------- */

static bool special_number(struct shell *sh, unsigned id, int64_t *n)
{
    switch (id) {
    case NAME_RANDOM: *n = special_random(sh->vars); break;
    case NAME_SRANDOM: *n = special_srandom(); break;
    case NAME_SECONDS: *n = special_now_s() - sh->vars->start_s; break;
    case NAME_EPOCHSECONDS: *n = special_now_s(); break;
    case NAME_LINENO: *n = sh->line; break;
    case NAME_BASHPID: *n = sh->own_pid; break;
    case NAME_BASH_SUBSHELL: *n = sh->subshell; break;
    case NAME_HISTCMD:
        *n = shell_set(sh, SET_HISTORY) ? (int64_t)history_count(sh) : 0;
        break;
    default: return false;
    }
    return true;
}

static bool special_text(struct shell *sh, unsigned id, struct span *text, char buf[40])
{
    switch (id) {
    case NAME_EPOCHREALTIME: *text = special_epoch(buf); break;
    case NAME_SHELLOPTS: *text = special_options(sh, false); break;
    case NAME_BASHOPTS: *text = special_options(sh, true); break;
    case NAME_BASH_ARGV0: *text = span_of(sh->name ? sh->name->text : ""); break;
    case NAME_BASH_COMMAND: *text = special_command(sh); break;
    case NAME_COMP_WORDBREAKS: *text = span_of(" \t\n\"'@><=;|&(:"); break;
    case NAME_UNDERSCORE: *text = span_of(sh->last_arg.text); break;
    default: return false;
    }
    return true;
}

bool special_list(struct shell *sh, unsigned id)
{
    switch (id) {
    case NAME_BASH_ARGC:
    case NAME_BASH_ARGV:
        if (vars_slot(sh->vars, id)->attrs & VAR_DYNAMIC)
            special_refresh_array(sh, id); // and the script's arguments are not noted
        return false;
    case NAME_SHELLOPTS:
    case NAME_BASHOPTS:
    case NAME_UNDERSCORE:
    case NAME_FUNCNAME:
    case NAME_BASH_SOURCE:
    case NAME_BASH_LINENO:
    case NAME_PIPESTATUS: return true;
    default: return false;
    }
}

static bool special_is_scalar(unsigned id)
{
    for (size_t i = 0; i < COUNT_OF(special_rows); i++)
        if (special_rows[i].id == id)
            return special_rows[i].kind == VALUE_NONE;
    return false;
}

void special_refresh(struct shell *sh, unsigned id)
{
    int64_t n;
    if (vars_slot(sh->vars, id)->kind == VALUE_INDEXED && special_is_scalar(id))
        slot_clear(vars_own(sh->vars, id)); // RANDOM[2]=x made it an array
    if (special_number(sh, id, &n)) {
        struct value *v = vars_own(sh->vars, id);
        value_set_num(v, n);
        v->attrs |= id == NAME_SECONDS ? VAR_INTEGER : 0; // once it was looked at
        return;
    }
    char buf[40];
    struct span text;
    struct scratch_mark mark = scratch_mark(sh->scratch);
    if (special_text(sh, id, &text, buf)) {
        value_set(vars_own(sh->vars, id), text);
        scratch_release(sh->scratch, mark);
    } else if (id == NAME_BASH_ALIASES) {
        special_refresh_aliases(sh);
    } else if (id == NAME_BASH_CMDS) {
        special_refresh_commands(sh);
    } else {
        bool args = id == NAME_BASH_ARGC || id == NAME_BASH_ARGV;
        if (args && !sh->functions && !sh->sources)
            shell_note_main_args(sh);
        special_refresh_array(sh, id);
    }
}

bool special_set(struct shell *sh, unsigned id, struct span text)
{
    int64_t n = 0;
    switch (id) {
    case NAME_RANDOM:
        if (!var_hooks.arith(sh, text, &n))
            sh->vars->random = (uint32_t)n;
        value_set(vars_own(sh->vars, id), text); // what lists show until it is read
        sh->vars->random_last = 0;
        sh->vars->random_stale = false;
        return true;
    case NAME_SECONDS:
        if (num_to_i64(text.ptr, &n, NULL))
            n = 0;
        sh->vars->start_s = special_now_s() - n;
        value_set(vars_own(sh->vars, id), text);
        return true;
    case NAME_BASH_SUBSHELL:
        if (num_to_i64(text.ptr, &n, NULL))
            n = 0;
        sh->subshell = (int)n;
        return true;
    case NAME_BASH_ARGV0: {
        struct shared_text *name = shared_text_new(text);
        shared_text_put(sh->name);
        sh->name = name;
        return true;
    }
    case NAME_COMP_WORDBREAKS: // an ordinary variable from now on
        vars_own(sh->vars, id)->attrs &= (uint16_t)~VAR_DYNAMIC;
        return false;
    default: return true; // assignments have no effect
    }
}

/* DIRSTACK[1]=/x: entry 0 and what is beyond the end bash leaves as they are. */
static void special_set_dir(struct shell *sh, size_t at, struct span text, bool append)
{
    char *old = sh->dirs.items[at];
    size_t len = append ? strlen(old) : 0;
    char *fresh = sys_share_alloc(len + text.len + 1);
    memcpy(fresh, old, len);
    if (text.len)
        memcpy(fresh + len, text.ptr, text.len);
    fresh[len + text.len] = '\0';
    sh->dirs.items[at] = fresh;
    sys_share_free(old);
}

bool special_set_key(struct shell *sh, unsigned id, struct span key, struct span text)
{
    if (id == NAME_BASH_ALIASES)
        alias_set(sh, key, text);
    else if (id == NAME_BASH_CMDS)
        var_hooks.set_command(sh, key, text);
    else
        return false;
    return true;
}

void special_set_index(struct shell *sh, unsigned id, int64_t index, struct span text,
                       bool append)
{
    if (id != NAME_DIRSTACK)
        special_set(sh, id, text);
    else if (index > 0 && (uint64_t)index <= sh->dirs.count)
        special_set_dir(sh, (size_t)index - 1, text, append);
}

/* ---- At the start ----------------------------------------------------------------- */

static void special_set_text(struct shell *sh, unsigned id, const char *text,
                             unsigned attrs)
{
    struct value *v = vars_own(sh->vars, id);
    value_set(v, span_of(text));
    v->attrs = (uint16_t)attrs;
}

static void special_set_number(struct shell *sh, unsigned id, int64_t n, unsigned attrs)
{
    struct value *v = vars_own(sh->vars, id);
    value_set_num(v, n);
    v->attrs = (uint16_t)(attrs | VAR_INTEGER);
}

static void special_start_version(struct shell *sh, const char *machine)
{
    static const char *const info[] = {"5", "2", "15", "1", "release"};
    for (size_t i = 0; i < COUNT_OF(info); i++)
        if (array_set(sh, NAME_BASH_VERSINFO, (int64_t)i, span_of(info[i]), 0))
            return;
    if (!array_set(sh, NAME_BASH_VERSINFO, COUNT_OF(info), span_of(machine), 0))
        vars_own(sh->vars, NAME_BASH_VERSINFO)->attrs = VAR_READONLY;
    special_set_text(sh, NAME_BASH_VERSION, "5.2.15(1)-release", 0);
    special_set_text(sh, NAME_SHOAL_VERSION, "0.1.0", 0);
}

void special_start(struct shell *sh)
{
    struct sys_uname u;
    sys_uname(&u);
    char machine[80];
    fmt_to(machine, sizeof machine, "%s-pc-linux-gnu", u.machine);
    special_start_version(sh, machine);
    special_set_text(sh, NAME_HOSTNAME, u.nodename, 0);
    special_set_text(sh, NAME_HOSTTYPE, u.machine, 0);
    special_set_text(sh, NAME_MACHTYPE, machine, 0);
    special_set_text(sh, NAME_OSTYPE, "linux-gnu", 0);
    special_set_text(sh, NAME_BASH, sh->is_sh ? "/bin/sh" : "/bin/bash", 0);
    special_set_text(sh, NAME_IFS, " \t\n", 0);
    special_set_text(sh, NAME_PS4, "+ ", 0);
    special_set_number(sh, NAME_OPTIND, 1, 0);
    special_set_text(sh, NAME_OPTERR, "1", 0);
    special_set_number(sh, NAME_PPID, sys_getppid(), VAR_READONLY);
    special_set_number(sh, NAME_UID, sys_getuid(), VAR_READONLY);
    special_set_number(sh, NAME_EUID, sys_getuid(), VAR_READONLY);
    for (size_t i = 0; i < COUNT_OF(special_rows); i++) {
        struct value *v = vars_own(sh->vars, special_rows[i].id);
        slot_clear(v);
        v->kind = (uint8_t)special_rows[i].kind;
        v->attrs = (uint16_t)(special_rows[i].attrs | VAR_DYNAMIC);
    }
    sh->vars->start_s = special_now_s();
    special_seed(sh->vars);
}
