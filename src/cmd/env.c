/* env.c: run a program in a changed environment. Imitates GNU coreutils env. */
#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/str.h"
#include "base/vec.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/env.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/run.h"
#include "user/signame.h"

int cmd_env(int argc, char **argv);

enum { ENV_FAILED = 125, ENV_DEFAULT = 256, ENV_IGNORE, ENV_BLOCK, ENV_LIST };

static const struct opt env_opts[] = {
    {"ignore-environment", 'i', OPT_PLAIN},
    {"null", '0', OPT_PLAIN},
    {"unset", 'u', OPT_ARG},
    {"chdir", 'C', OPT_ARG},
    {"default-signal", ENV_DEFAULT, OPT_MAYBE},
    {"ignore-signal", ENV_IGNORE, OPT_MAYBE},
    {"block-signal", ENV_BLOCK, OPT_MAYBE},
    {"list-signal-handling", ENV_LIST, OPT_PLAIN},
    {"debug", 'v', OPT_PLAIN},
    {"split-string", 'S', OPT_ARG},
    {0},
};

const struct cmd cmd_env_entry = {
    .name = "env",
    .usage = "[-] [NAME=VALUE]... [COMMAND [ARG]...]",
    .help =
        "Set each NAME to VALUE in the environment and run COMMAND; without it, write the\n"
        "environment.\n"
        "\n"
        "  -i, --ignore-environment    begin with an empty environment (also -)\n"
        "  -0, --null                  end each line of output with NUL\n"
        "  -u, --unset=NAME            take NAME out of the environment\n"
        "  -C, --chdir=DIR             change to DIR first\n"
        "  -S, --split-string=S        split S into arguments\n"
        "      --block-signal[=SIG]    block the signals in the list SIG, or all\n"
        "      --default-signal[=SIG]  set them to their default action\n"
        "      --ignore-signal[=SIG]   ignore them\n"
        "      --list-signal-handling  say which are not handled by default\n"
        "  -v, --debug                 say what is done\n",
    .main = cmd_env,
    .opts = env_opts,
    .opts_flags = OPTS_STOP,
    .fail_status = ENV_FAILED,
};

struct env {
    bool empty, null, debug, list_signals;
    const char *folder;
    struct strlist unset;
    bool signals_set;
    uint64_t blocked, ignored, defaulted; // bit sig - 1
};

/* ---- -S --------------------------------------------------------------------------- */

struct env_split {
    struct strlist words;
    struct buf word;
    bool in_word;
};

static void env_refuse(const char *format, const char *text)
{
    char whole[80];
    size_t len = strlen(format);
    memcpy(whole, format, len + 1);
    msg(whole, text);
    cmd_exit(ENV_FAILED);
}

static void env_end_word(struct env_split *s)
{
    if (s->in_word)
        strlist_add(&s->words, buf_span(&s->word));
    buf_clear(&s->word);
    s->in_word = false;
}

/* ${NAME} at p. Gives the place after it. */
static const char *env_split_variable(struct env_split *s, const char *p)
{
    const char *end = p[1] == '{' ? strchr(p, '}') : NULL;
    size_t len = end ? (size_t)(end - p - 2) : 0;
    bool valid = len && !char_is_digit(p[2]);
    for (size_t i = 0; valid && i < len; i++)
        valid = char_is_name(p[2 + i]);
    if (!valid)
        env_refuse("only ${VARNAME} expansion is supported, error at: %s", p);
    struct buf name = buf_make(sys_heap());
    buf_add(&name, p + 2, len);
    const char *value = env_get(buf_str(&name));
    if (value) {
        buf_add_str(&s->word, value);
        s->in_word = true;
    }
    buf_fini(&name);
    return end + 1;
}

/* The escape that p, after the backslash, is. false: \c, the end. */
static bool env_split_escape(struct env_split *s, const char *p, bool quoted_double)
{
    static const char letters[] = "fnrtv", bytes[] = "\f\n\r\t\v";
    const char *letter = *p ? strchr(letters, *p) : NULL;
    char unknown[2] = {*p, '\0'};
    if (!*p)
        env_refuse("invalid backslash at end of string in -S%s", "");
    if (*p == 'c') {
        if (quoted_double)
            env_refuse("'\\c' must not appear in double-quoted -S string%s", "");
        return false;
    }
    if (*p == '_' && !quoted_double) {
        env_end_word(s);
        return true;
    }
    if (letter)
        buf_add_char(&s->word, bytes[letter - letters]);
    else if (strchr("\"#$'\\", *p))
        buf_add_char(&s->word, *p);
    else if (*p == '_')
        buf_add_char(&s->word, ' ');
    else
        env_refuse("invalid sequence '\\%s' in -S", unknown);
    s->in_word = true;
    return true;
}

static struct strlist env_split(const char *p)
{
    struct env_split s = {strlist_make(sys_heap()), buf_make(sys_heap()), false};
    char quote = '\0';
    for (; *p; p++) {
        if (quote == '\'' && *p != '\'' &&
            !(*p == '\\' && (p[1] == '\\' || p[1] == '\''))) {
            buf_add_char(&s.word, *p);
        } else if ((*p == '\'' || *p == '"') && (!quote || quote == *p)) {
            quote = quote ? '\0' : *p;
            s.in_word = true;
        } else if (*p == '\\') {
            if (!env_split_escape(&s, ++p, quote == '"'))
                break;
        } else if (*p == '$') {
            p = env_split_variable(&s, p) - 1;
        } else if (!quote && char_is_space(*p)) {
            env_end_word(&s);
        } else if (!quote && *p == '#' && !s.in_word) {
            break;
        } else {
            buf_add_char(&s.word, *p);
            s.in_word = true;
        }
    }
    if (quote)
        env_refuse("no terminating quote in -S string%s", "");
    env_end_word(&s);
    return s.words;
}

static void env_debug_split(const char *text, const struct strlist *words)
{
    msg_raw("split -S:  %s\n", quoted(text));
    for (size_t i = 0; i < strlist_len(words); i++)
        msg_raw("%s %s\n", i ? "     &   " : " into:   ", quoted(strlist_at(words, i)));
}

/* ---- Signals ---------------------------------------------------------------------- */

static void env_add_signals(struct env *e, uint64_t *mask, const char *list)
{
    e->signals_set = true;
    if (!list) {
        *mask |= ~UINT64_C(0);
        return;
    }
    struct buf name = buf_make(sys_heap());
    while (*list) {
        size_t len = strcspn(list, ",");
        buf_clear(&name);
        buf_add(&name, list, len);
        int sig = signame_parse(buf_str(&name));
        if (sig <= 0) {
            msg("%s: invalid signal", quoted(buf_str(&name)));
            cmd_exit((msg_try_help(), ENV_FAILED));
        }
        *mask |= UINT64_C(1) << (sig - 1);
        list += len + (list[len] == ',');
    }
    buf_fini(&name);
}

static void env_set_signals(const struct env *e)
{
    for (int sig = 1; sig < SYS_SIGNALS; sig++) {
        uint64_t bit = UINT64_C(1) << (sig - 1);
        int failed = 0;
        if (e->defaulted & bit)
            failed |= sys_signal_set(sig, SYS_DEFAULT);
        if (e->ignored & bit)
            failed |= sys_signal_set(sig, SYS_IGNORE);
        (void)failed; // KILL and STOP stay as they are
    }
    if (e->blocked)
        sys_signal_block(e->blocked | sys_signal_block(0));
}

static void env_list_signals(void)
{
    uint64_t blocked = sys_signal_block(0);
    sys_signal_block(blocked);
    for (int sig = 1; sig < SYS_SIGNALS; sig++) {
        bool block = blocked >> (sig - 1) & 1, ignore = sys_signal_get(sig) == SYS_IGNORE;
        if ((block || ignore) && signame_of(sig))
            msg_raw("%-10s (%2d): %s%s%s\n", signame_of(sig), sig, block ? "BLOCK" : "",
                    block && ignore ? "," : "", ignore ? "IGNORE" : "");
    }
}

/* ---- The command ------------------------------------------------------------------ */

static int env_read_option(struct env *e, int c, const char *arg)
{
    switch (c) {
    case 'i': e->empty = true; return 0;
    case '0': e->null = true; return 0;
    case 'u': strlist_add_str(&e->unset, arg); return 0;
    case 'C': e->folder = arg; return 0;
    case 'v': e->debug = true; return 0;
    case ENV_DEFAULT: env_add_signals(e, &e->defaulted, arg); return 0;
    case ENV_IGNORE: env_add_signals(e, &e->ignored, arg); return 0;
    case ENV_BLOCK: env_add_signals(e, &e->blocked, arg); return 0;
    case ENV_LIST: e->list_signals = true; return 0;
    default: return ENV_FAILED;
    }
}

/* The words of -S with the arguments that follow it, as a new argv. */
static char **env_insert_words(const struct env *e, const struct opts *o, int *argc)
{
    struct strlist words = env_split(o->arg);
    if (e->debug)
        env_debug_split(o->arg, &words);
    strlist_insert(&words, 0, span_of(msg_prefix()));
    for (int i = o->next; i < o->argc; i++)
        strlist_add_str(&words, o->argv[i]);
    *argc = (int)strlist_len(&words);
    return strlist_argv(&words); // the list lives as long as the process
}

static int env_read_options(struct env *e, struct opts *o, int argc, char **argv)
{
    *o = opts_begin(&cmd_env_entry, argc, argv);
    for (int c; (c = opts_next(o)) != OPTS_END;) {
        if (c == 'S') {
            char **words = env_insert_words(e, o, &argc);
            *o = opts_begin(&cmd_env_entry, argc, words);
        } else if (env_read_option(e, c, o->arg)) {
            return ENV_FAILED;
        }
    }
    return 0;
}

static int env_unset_names(const struct env *e, struct strlist *env)
{
    for (size_t i = 0; i < strlist_len(&e->unset); i++) {
        const char *name = strlist_at(&e->unset, i);
        if (!*name || strchr(name, '=')) {
            msg_errno(EINVAL, "cannot unset %s", quoted(name));
            return ENV_FAILED;
        }
        if (e->debug)
            msg_raw("unset:    %s\n", name);
        env_list_unset(env, name);
    }
    return 0;
}

static void env_write(const struct env *e, const struct strlist *env)
{
    for (size_t i = 0; i < strlist_len(env); i++) {
        out_str(strlist_at(env, i));
        out_char(e->null ? '\0' : '\n');
    }
}

static int env_run(const struct env *e, char **args, char **envp)
{
    if (e->debug) {
        msg_raw("executing: %s\n", args[0]);
        for (int i = 0; args[i]; i++)
            msg_raw("   arg[%d]= %s\n", i, quoted(args[i]));
    }
    int err = run_exec(args, envp);
    msg_errno(err, "%s", quoted(args[0]));
    if (err == -ENOENT && strpbrk(args[0], " \t\n\v\f\r"))
        msg_warn("use -[v]S to pass options in shebang lines");
    return run_fail_status(err);
}

int cmd_env(int argc, char **argv)
{
    struct env e = {.unset = strlist_make(sys_heap())};
    struct opts o;
    int status = env_read_options(&e, &o, argc, argv);
    if (status)
        return status;
    char **args = o.operands;
    if (*args && str_eq(*args, "-")) {
        e.empty = true;
        args++;
    }
    struct strlist env = e.empty ? strlist_make(sys_heap()) : env_list_copy();
    if (e.empty && e.debug)
        msg_raw("cleaning environ\n");
    if (!e.empty && (status = env_unset_names(&e, &env)) != 0)
        return status;
    for (; *args && strchr(*args, '='); args++) {
        if (e.debug)
            msg_raw("setenv:   %s\n", *args);
        env_list_put(&env, *args);
    }
    if (*args && e.null) {
        msg_usage("cannot specify --null (-0) with command");
        return ENV_FAILED;
    }
    if (!*args && e.folder) {
        msg_usage("must specify command with --chdir (-C)");
        return ENV_FAILED;
    }
    if (!*args) {
        env_write(&e, &env);
        return 0;
    }
    if (e.signals_set)
        env_set_signals(&e);
    if (e.list_signals)
        env_list_signals();
    if (e.folder) {
        if (e.debug)
            msg_raw("chdir:    %s\n", quoted_path(e.folder));
        int err = sys_chdir(e.folder);
        if (err) {
            msg_errno(err, "cannot change directory to %s", quoted_path(e.folder));
            return ENV_FAILED;
        }
    }
    return env_run(&e, args, strlist_len(&env) ? strlist_argv(&env) : (char *[]){NULL});
}
