/* main.c: the programs bash and sh: options, and where the commands come from. */
#include <errno.h>
#include <string.h>

#include "base/num.h"
#include "shell/exec/exec.h"
#include "shell/exec/subshell.h"
#include "shell/exec/text.h"
#include "shell/exec/traps.h"
#include "shell/expand/expand.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/start.h"
#include "shell/vars/params.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/errtext.h"
#include "user/find.h"
#include "user/in.h"
#include "user/out.h"

int cmd_bash(int argc, char **argv);
int cmd_sh(int argc, char **argv);

const struct cmd shell_bash_entry = {
    .name = "bash",
    .usage = "[GNU long option] [option] script-file ...",
    .help =
        "Run commands from a script file, from -c's argument, or from standard input.\n",
    .main = cmd_bash,
    .deep = true,
    .no_help = true,
};

const struct cmd shell_sh_entry = {
    .name = "sh",
    .usage = "[option] script-file ...",
    .help =
        "Run commands from a script file, from -c's argument, or from standard input.\n",
    .main = cmd_sh,
    .deep = true,
    .no_help = true,
};

/* What the command line says. */
struct main_args {
    struct shell *sh;
    int argc, next;
    char **argv;
    bool command, from_stdin, list_options, finished; // -c, -s, -o alone, --help
    int status;                                       // where finished
};

static void main_finish(struct main_args *m, int status)
{
    m->finished = true;
    m->status = status;
}

static void main_bad_option(struct main_args *m, const char *option)
{
    shell_error(m->sh, "%s: invalid option", option);
    struct out o = out_make(2);
    const char *name = m->sh->is_sh ? "sh" : "bash";
    out_addf(&o,
             "Usage:\t%s [GNU long option] [option] ...\n\t%s [GNU long option] [option] "
             "script-file ...\n",
             name, name);
    out_drain(&o);
    main_finish(m, 2);
}

static void main_help(struct main_args *m)
{
    const char *name = m->argv[0];
    outf(
        "GNU bash, version 5.2.15(1)-release-(x86_64-pc-linux-gnu)\n"
        "Usage:\t%s [GNU long option] [option] ...\n"
        "\t%s [GNU long option] [option] script-file ...\n"
        "Shell options:\n\t-c command\t\t(invocation only)\n\t-s\t\t\t(invocation only)\n"
        "\t-abefhkmnptuvxBCEHPT or -o option\n",
        name, name);
    main_finish(m, 0);
}

static void main_version(struct main_args *m)
{
    outf("GNU bash, version %s (x86_64-pc-linux-gnu)\n",
         var_get_str(m->sh, NAME_BASH_VERSION));
    main_finish(m, 0);
}

static void main_long_option(struct main_args *m, const char *name)
{
    static const char *const ignored[] = {"norc", "noprofile", "noediting", "login",
                                          "posix-off"};
    static const char *const with_file[] = {"rcfile", "init-file"};

    for (size_t i = 0; i < COUNT_OF(ignored); i++)
        if (str_eq(name, ignored[i]))
            return;
    for (size_t i = 0; i < COUNT_OF(with_file); i++)
        if (str_eq(name, with_file[i])) {
            m->next++;
            return;
        }
    if (str_eq(name, "posix"))
        shell_option_set(m->sh, SET_POSIX, true);
    else if (str_eq(name, "verbose"))
        shell_option_set(m->sh, SET_VERBOSE, true);
    else if (str_eq(name, "help"))
        main_help(m);
    else if (str_eq(name, "version"))
        main_version(m);
    else
        main_bad_option(m, m->argv[m->next - 1]);
}

/* -o NAME, +o NAME, -O NAME, +O NAME. */
static void main_named_option(struct main_args *m, char letter, bool on)
{
    const char *name = m->next < m->argc ? m->argv[m->next++] : NULL;
    if (!name) {
        main_bad_option(m, letter == 'o' ? "-o" : "-O");
        return;
    }
    int id = letter == 'o' ? options_find_set(name) : options_find_shopt(name);
    if (id < 0) {
        shell_error(m->sh,
                    letter == 'o' ? "%s: invalid option name"
                                  : "%s: invalid shell option name",
                    name);
        main_finish(m, 2);
    } else if (letter == 'o') {
        shell_option_set(m->sh, (enum set_option)id, on);
    } else {
        options_shopt_set(&m->sh->options, (enum shopt_option)id, on);
    }
}

static void main_letters(struct main_args *m, const char *word)
{
    bool on = word[0] == '-';
    for (const char *letter = word + 1; *letter && !m->finished; letter++) {
        int id = options_find_letter(*letter);
        if (*letter == 'c' && on)
            m->command = true;
        else if (*letter == 's' && on)
            m->from_stdin = true;
        else if (*letter == 'o' || *letter == 'O')
            main_named_option(m, *letter, on);
        else if (*letter == 'l' && on)
            options_shopt_set(&m->sh->options, SHOPT_LOGIN_SHELL, true);
        else if (id >= 0)
            shell_option_set(m->sh, (enum set_option)id, on);
        else {
            char option[] = {word[0], *letter, '\0'};
            main_bad_option(m, option);
        }
    }
}

static void main_options(struct main_args *m)
{
    m->sh->msg_line_off = true;
    while (m->next < m->argc && !m->finished) {
        const char *word = m->argv[m->next];
        if ((word[0] != '-' && word[0] != '+') || !word[1])
            break;
        m->next++;
        if (str_eq(word, "--"))
            break;
        if (str_starts(word, "--"))
            main_long_option(m, word + 2);
        else
            main_letters(m, word);
    }
    if (m->next < m->argc && str_eq(m->argv[m->next], "-") && !m->finished)
        m->next++;
    m->sh->msg_line_off = false;
}

/* ---- Where commands come from ----------------------------------------------------- */

static void main_set_name(struct shell *sh, const char *name)
{
    struct shared_text *text = shared_text_new(span_of(name));
    shared_text_put(sh->name);
    sh->name = text;
}

/* The script file for a name: as it stands, or in PATH. */
static const char *main_find_script(struct shell *sh, const char *name)
{
    struct sys_stat st;
    char *found;
    if (strchr(name, '/') || !sys_stat(name, &st))
        return name;
    return path_search(name, var_get_str(sh, NAME_PATH), &found) ? name : found;
}

/* Reads the script; *status is set where that is impossible. */
static bool main_read_script(struct shell *sh, const char *path, char **data, size_t *len)
{
    struct in in;
    int err = in_open(&in, path);
    if (!err) {
        err = in_all(&in, data, len);
        in_close(&in);
    }
    sh->msg_line_off = true;
    if (err) {
        shell_error(sh, "%s: %s", path, errtext(err));
        sh->status = err == -ENOENT ? 127 : 126;
    } else if (memchr(*data, '\0', size_min(*len, 80)) &&
               !memchr(*data, '\n', size_min(*len, 80))) {
        shell_error(sh, "%s: cannot execute binary file", path);
        err = -ENOEXEC;
        sh->status = 126;
    }
    sh->msg_line_off = false;
    return !err;
}

/* Runs text as the script whose name $0 is. */
static void main_run_text(struct shell *sh, struct span text)
{
    const char *name = sh->name->text;
    sys_check_size(SYS_LIMIT_SCRIPT, text.len);
    shell_push_frame(sh, FRAME_MAIN, "main",
                     sys_interned(sys_intern(name, strlen(name))));
    text_run_main(sh, text, NULL);
}

static void main_run_file(struct shell *sh, const char *name)
{
    char *data;
    size_t len;
    const char *path = main_find_script(sh, name);
    if (!main_read_script(sh, path, &data, &len))
        return;
    main_set_name(sh, path);
    main_run_text(sh, span_make(data, len));
}

static void main_run_command(struct shell *sh, struct main_args *m)
{
    if (m->next >= m->argc) {
        sh->msg_line_off = true;
        shell_error(sh, "-c: option requires an argument");
        sh->msg_line_off = false;
        sh->status = 2;
        return;
    }
    const char *text = m->argv[m->next++];
    sh->command = shared_text_new(span_of(text));
    if (var_set(sh, NAME_BASH_EXECUTION_STRING, span_of(text), 0))
        return;
    if (m->next < m->argc)
        main_set_name(sh, m->argv[m->next++]);
    params_set(sh, m->argc - m->next, m->argv + m->next);
    text_run_main(sh, span_of(sh->command->text), "-c");
    if (sh->flow == FLOW_ABORT && sh->status == 1) // as bash with -c only
        sh->status = 127;
}

static void main_run(struct main_args *m)
{
    struct shell *sh = m->sh;
    sh->is_command = m->command;
    if (m->command) {
        main_run_command(sh, m);
        return;
    }
    sh->from_stdin = m->from_stdin || m->next >= m->argc;
    if (sh->from_stdin) {
        params_set(sh, m->argc - m->next, m->argv + m->next);
        shell_push_frame(sh, FRAME_MAIN, "main", "");
        text_run_stdin(sh);
        return;
    }
    const char *name = m->argv[m->next++];
    params_set(sh, m->argc - m->next, m->argv + m->next);
    main_run_file(sh, name);
}

/* BASH_ENV names a file that scripts run first. */
static void main_run_env(struct shell *sh)
{
    struct span path = var_get(sh, NAME_BASH_ENV), file;
    struct sys_stat st;
    char *data;
    size_t len;
    if (LIKELY(!path.ptr || !path.len) || sh->is_sh || shell_set(sh, SET_POSIX))
        return;
    struct in in;
    if (expand_text(sh, path, &file) || sys_stat(file.ptr, &st) || in_open(&in, file.ptr))
        return;
    if (!in_all(&in, &data, &len))
        exec_source(sh, file.ptr, span_make(data, len));
    in_close(&in);
}

/* Signals that were ignored when the shell started stay so. */
static void main_note_ignored(struct shell *sh)
{
    for (int sig = 1; sig < SYS_SIGNALS; sig++)
        if (sys_signal_get(sig) == SYS_IGNORE)
            sh->ignored_entry |= UINT64_C(1) << (sig - 1);
}

/* The state of a shell whose name is argv[0]. */
static struct shell *main_begin(char **argv, bool is_sh)
{
    cmd_be_shell();
    struct shell *sh = shell_new();
    sh->is_sh = is_sh;
    main_set_name(sh, argv[0] ? argv[0] : is_sh ? "sh" : "bash");
    sh->cwd = shared_text_new(var_get(sh, NAME_PWD));
    if (is_sh)
        shell_option_set(sh, SET_POSIX, true);
    main_note_ignored(sh);
    return sh;
}

static int main_shell(int argc, char **argv, bool is_sh)
{
    struct shell *sh = main_begin(argv, is_sh);
    struct main_args m = {.sh = sh, .argc = argc, .argv = argv, .next = 1};
    main_options(&m);
    if (m.finished)
        return m.status;
    main_run_env(sh);
    if (sh->flow == FLOW_NORMAL)
        main_run(&m);
    return subshell_finish(sh);
}

int cmd_bash(int argc, char **argv) { return main_shell(argc, argv, false); }
int cmd_sh(int argc, char **argv) { return main_shell(argc, argv, true); }

int shell_start_main(int argc, char **argv)
{
    const struct shell_start *start = (const struct shell_start *)cmd_self();
    struct shell *sh = main_begin(argv, false);
    main_set_name(sh, argv[1]);
    params_set(sh, argc - 2, argv + 2);
    main_run_text(sh, start->text);
    return subshell_finish(sh);
}
