/* args.c: see args.h. */
#include "shell/args.h"

#include <string.h>

#include "base/buf.h"
#include "shell/shell.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/out.h"

static void args_finish(struct shell_args *a, int status)
{
    a->finished = true;
    a->status = status;
}

static const char *args_name(const struct shell_args *a)
{
    return a->sh->is_sh ? "sh" : "bash";
}

/* ---- Usage ------------------------------------------------------------------------ */

static void args_add_usage(const struct shell_args *a, struct buf *b)
{
    static const char *const names[] = {"dump-po-strings", "dump-strings", "help",
                                        "init-file",       "login",        "noediting",
                                        "noprofile",       "norc",         "posix",
                                        "rcfile",          "restricted",   "verbose",
                                        "version"};
    const char *name = args_name(a);
    buf_addf(b,
             "Usage:\t%s [GNU long option] [option] ...\n"
             "\t%s [GNU long option] [option] script-file ...\nGNU long options:\n",
             name, name);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        buf_addf(b, "\t--%s\n", names[i]);
    buf_add_str(b, "Shell options:\n"
                   "\t-lrsD or -c command or -O shopt_option\t\t(invocation only)\n"
                   "\t-abefhkmnptuvxBCEHPT or -o option\n");
}

static void args_bad(struct shell_args *a, const char *option, const char *what)
{
    struct buf b = buf_make(sys_heap());
    shell_error(a->sh, "%s: %s", option, what);
    args_add_usage(a, &b);
    int err = out_write_all(2, b.data, b.len);
    (void)err; // nowhere to say it
    buf_fini(&b);
    args_finish(a, 2);
}

static void args_help(struct shell_args *a)
{
    struct buf b = buf_make(sys_heap());
    outf("GNU bash, version %s-(x86_64-pc-linux-gnu)\n",
         var_get_str(a->sh, NAME_BASH_VERSION));
    args_add_usage(a, &b);
    out_span(buf_span(&b));
    buf_fini(&b);
    args_finish(a, 0);
}

static void args_version(struct shell_args *a)
{
    outf("GNU bash, version %s (x86_64-pc-linux-gnu)\n"
         "This is the shell of shoal %s, which imitates it.\n",
         var_get_str(a->sh, NAME_BASH_VERSION), var_get_str(a->sh, NAME_SHOAL_VERSION));
    args_finish(a, 0);
}

/* ---- Long options ----------------------------------------------------------------- */

/* Nothing runs, what $"..." holds is printed. */
static void args_dump(struct shell_args *a, uint8_t dump)
{
    a->sh->dump = dump;
    shell_option_set(a->sh, SET_NOEXEC, true);
}

/* Of a shell that is not interactive these change nothing. */
static bool args_is_ignored(const char *name)
{
    return str_eq(name, "norc") || str_eq(name, "noediting");
}

static void args_skip_file(struct shell_args *a, const char *name)
{
    if (a->next < a->argc) {
        a->next++;
        return;
    }
    shell_error(a->sh, "%s: option requires an argument", name);
    args_finish(a, 2);
}

static void args_long(struct shell_args *a, const char *name)
{
    if (args_is_ignored(name))
        return;
    if (str_eq(name, "rcfile") || str_eq(name, "init-file"))
        args_skip_file(a, name);
    else if (str_eq(name, "posix"))
        shell_option_set(a->sh, SET_POSIX, true);
    else if (str_eq(name, "verbose"))
        shell_option_set(a->sh, SET_VERBOSE, true);
    else if (str_eq(name, "login"))
        a->login = true;
    else if (str_eq(name, "restricted"))
        a->restricted = true;
    else if (str_eq(name, "noprofile"))
        a->no_profile = true;
    else if (str_eq(name, "dump-strings"))
        args_dump(a, DUMP_STRINGS);
    else if (str_eq(name, "dump-po-strings"))
        args_dump(a, DUMP_PO);
    else if (str_eq(name, "help"))
        args_help(a);
    else if (str_eq(name, "version"))
        args_version(a);
    else
        args_bad(a, a->argv[a->next - 1], "invalid option");
}

/* ---- Letters ---------------------------------------------------------------------- */

/* -o or -O without a name: all of them are listed. */
static void args_list(struct shell_args *a, char letter, bool on)
{
    unsigned count = letter == 'o' ? SET_OPTIONS : SHOPT_OPTIONS;
    for (unsigned i = 0; i < count; i++) {
        bool set = letter == 'o' ? shell_set(a->sh, (enum set_option)i)
                                 : shell_shopt(a->sh, (enum shopt_option)i);
        const char *name = letter == 'o' ? options_set_name((enum set_option)i)
                                         : options_shopt_name((enum shopt_option)i);
        if (on)
            outf("%-15s\t%s\n", name, set ? "on" : "off");
        else if (letter == 'o')
            outf("set %co %s\n", set ? '-' : '+', name);
        else
            outf("shopt -%c %s\n", set ? 's' : 'u', name);
    }
}

/* -o NAME, +o NAME, -O NAME, +O NAME. */
static void args_named(struct shell_args *a, char letter, bool on)
{
    const char *name = a->next < a->argc ? a->argv[a->next++] : NULL;
    if (!name) {
        args_list(a, letter, on);
        return;
    }
    int id = letter == 'o' ? options_find_set(name) : options_find_shopt(name);
    if (id < 0) {
        const char *shell = letter == 'o' ? args_name(a) : NULL;
        shell_error(a->sh, "line 0: %s%s%s: invalid %soption name", shell ? shell : "",
                    shell ? ": " : "", name, letter == 'o' ? "" : "shell ");
        args_finish(a, 2);
    } else if (letter == 'o') {
        shell_option_set(a->sh, (enum set_option)id, on);
    } else {
        options_shopt_set(&a->sh->options, (enum shopt_option)id, on);
    }
}

static void args_letter(struct shell_args *a, char letter, bool on)
{
    int id = options_find_letter(letter);
    switch (letter) {
    case 'c': a->command = true; break; // with + too, as in bash
    case 's': a->from_stdin = true; break;
    case 'l': a->login = true; break;
    case 'r': a->restricted |= on; break;
    case 'D': args_dump(a, DUMP_STRINGS); break;
    case 'o':
    case 'O': args_named(a, letter, on); break;
    default:
        if (id >= 0) {
            shell_option_set(a->sh, (enum set_option)id, on);
        } else {
            char option[] = {on ? '-' : '+', letter, '\0'};
            args_bad(a, option, "invalid option");
        }
    }
}

void shell_args_read(struct shell_args *a)
{
    a->sh->msg_line_off = true;
    while (a->next < a->argc && !a->finished) {
        const char *word = a->argv[a->next];
        if ((word[0] != '-' && word[0] != '+') || !word[1])
            break;
        a->next++;
        if (str_eq(word, "--"))
            break;
        if (str_starts(word, "--"))
            args_long(a, word + 2);
        else
            for (const char *c = word + 1; *c && !a->finished; c++)
                args_letter(a, *c, word[0] == '-');
    }
    if (a->next < a->argc && str_eq(a->argv[a->next], "-") && !a->finished)
        a->next++;
    a->sh->msg_line_off = false;
    if (a->login)
        options_shopt_set(&a->sh->options, SHOPT_LOGIN_SHELL, true);
}
