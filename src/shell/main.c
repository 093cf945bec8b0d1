/* main.c: the programs bash and sh: options, and where the commands come from. */
#include <errno.h>
#include <string.h>

#include "base/num.h"
#include "shell/args.h"
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
#include "user/in.h"
#include "user/out.h"
#include "user/path.h"

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
    if (strchr(name, '/') || !sys_stat(name, &st))
        return name;
    struct span list = var_get(sh, NAME_PATH);
    struct buf path = buf_make(sys_heap());
    while (list.len) {
        size_t len = span_find(list, ':');
        buf_clear(&path);
        buf_addf(&path, "%.*s/%s", (int)len, list.ptr, name);
        if (!sys_stat(buf_str(&path), &st) && (st.mode & SYS_IFMT) == SYS_IFREG)
            return buf_str(&path); // it need not be executable; the process keeps it
        list = span_from(list, len + 1);
    }
    buf_fini(&path);
    return name;
}

/* Reads the script, which becomes $0 once it is open. False: reported, sh->status set. */
static bool main_read_script(struct shell *sh, const char *path, char **data, size_t *len)
{
    struct in in;
    sh->msg_line_off = true;
    int err = in_open(&in, path);
    if (!err) {
        main_set_name(sh, path);
        err = in_all(&in, data, len);
        in_close(&in);
    }
    if (!err && *len && (*data)[*len - 1] == '\\' &&
        (*len < 2 || (*data)[*len - 2] != '\\'))
        --*len; // bash drops a backslash at the end of a file
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
    main_run_text(sh, span_make(data, len));
}

static void main_run_command(struct shell *sh, const char *text)
{
    if (!text) {
        sh->msg_line_off = true;
        shell_error(sh, "-c: option requires an argument");
        sh->msg_line_off = false;
        sh->status = 2;
        return;
    }
    sh->command = shared_text_new(span_of(text));
    if (var_set(sh, NAME_BASH_EXECUTION_STRING, span_of(text), 0))
        return;
    text_run_main(sh, span_of(sh->command->text), "-c");
    if (sh->flow == FLOW_ABORT && sh->status == 1) // as bash with -c only
        sh->status = 127;
}

/* Takes the positional parameters, and $0 of -c, from what follows the options. Gives the
 * command or the name of the script; NULL: there is none. */
static const char *main_take_operands(struct shell_args *m)
{
    struct shell *sh = m->sh;
    const char *what = NULL;
    sh->is_command = m->command;
    sh->from_stdin = !m->command && (m->from_stdin || m->next >= m->argc);
    if (!sh->from_stdin && m->next < m->argc)
        what = m->argv[m->next++];
    if (m->command && m->next < m->argc)
        main_set_name(sh, m->argv[m->next++]);
    params_set(sh, m->argc - m->next, m->argv + m->next);
    return what;
}

static void main_run(struct shell *sh, const char *what)
{
    if (sh->is_command) {
        main_run_command(sh, what);
    } else if (sh->from_stdin) {
        shell_push_frame(sh, FRAME_MAIN, "main", "");
        text_run_stdin(sh);
    } else {
        main_run_file(sh, what);
    }
}

/* BASH_ENV names a file that scripts run first; $0 is the script's there. */
static void main_run_env(struct shell *sh, const char *script)
{
    struct span path = var_get(sh, NAME_BASH_ENV), file;
    if (LIKELY(!path.ptr || !path.len) || sh->is_sh || shell_set(sh, SET_POSIX))
        return;
    struct shared_text *name = shared_text_new(span_of(sh->name->text));
    if (script && !sh->is_command)
        main_set_name(sh, script);
    if (!expand_text(sh, path, &file))
        exec_source_if_there(sh, file.ptr);
    shared_text_put(sh->name);
    sh->name = name;
}

/* What a login shell runs first. */
static void main_run_profile(struct shell *sh)
{
    static const char *const files[] = {"~/.bash_profile", "~/.bash_login", "~/.profile"};
    exec_source_if_there(sh, "/etc/profile");
    for (size_t i = sh->is_sh ? 2 : 0; i < COUNT_OF(files); i++)
        if (sh->flow != FLOW_NORMAL || exec_source_if_there(sh, files[i]))
            return;
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
    sh->options.shown = sh->options.shopt;
    return sh;
}

static int main_shell(int argc, char **argv, bool is_sh)
{
    struct shell *sh = main_begin(argv, is_sh);
    struct shell_args m = {.sh = sh, .argc = argc, .argv = argv, .next = 1};
    m.login = argc && argv[0][0] == '-';
    m.restricted = argc && span_eq_str(path_base(argv[0]), "rbash");
    shell_args_read(&m);
    if (m.finished)
        return m.status;
    sh->options.shown = sh->options.shopt;
    if (m.login && !m.no_profile)
        main_run_profile(sh);
    const char *what = main_take_operands(&m);
    if (sh->flow == FLOW_NORMAL)
        main_run_env(sh, what);
    if (m.restricted)
        shell_restrict(sh);
    if (sh->flow == FLOW_NORMAL)
        main_run(sh, what);
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
