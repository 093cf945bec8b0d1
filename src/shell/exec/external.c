/* external.c: see external.h. */
#include "shell/exec/external.h"

#include "shell/builtins/builtin.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "shell/exec/function.h"
#include "shell/exec/lookup.h"
#include "shell/exec/subshell.h"
#include "shell/exec/traps.h"
#include "shell/exec/waiting.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/vars/functions.h"
#include "shell/vars/params.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/errtext.h"
#include "user/find.h"
#include "user/path.h"

#define EXTERNAL_SHELL "/bin/bash"

/* ---- Failures --------------------------------------------------------------------- */

/* The interpreter of a script, if path is one: the word after "#!". */
static bool external_interpreter(const char *path, char *word, size_t size)
{
    int fd = sys_open(path, SYS_RDONLY | SYS_CLOEXEC, 0);
    if (fd < 0)
        return false;
    int64_t n = sys_read(fd, word, size - 1);
    sys_close(fd);
    if (n < 3 || word[0] != '#' || word[1] != '!')
        return false;
    word[n] = '\0';
    char *from = word + 2;
    while (char_is_blank(*from))
        from++;
    size_t len = strcspn(from, " \t\n");
    memmove(word, from, len);
    word[len] = '\0';
    return true;
}

/* The path from the root, as exec names it. */
static void external_add_path(struct buf *b, const char *path)
{
    char *cwd = *path == '/' ? NULL : path_cwd();
    while (str_starts(path, "./"))
        path += 2;
    buf_addf(b, "%s%s%s", cwd ? cwd : "", cwd ? "/" : "", path);
    sys_free(cwd);
}

static void external_report_path(struct shell *sh, const char *path, int err)
{
    struct buf b = buf_make(sys_heap());
    external_add_path(&b, path);
    shell_errno(sh, err, "%s", buf_str(&b));
    buf_fini(&b);
}

/* The two messages of exec. */
static int external_report_exec(struct shell *sh, const char *path, int err)
{
    struct buf b = buf_make(sys_heap());
    external_add_path(&b, path);
    external_report_path(sh, path, err);
    shell_error(sh, "exec: %s: cannot execute: %s", buf_str(&b), errtext(err));
    buf_fini(&b);
    return 126;
}

/* Says why the file at path, which was found as name, did not start. Gives the status. */
static int external_report(struct shell *sh, const char *name, const char *path, int err)
{
    if (err == -EPERM && shell_shopt(sh, SHOPT_RESTRICTED_SHELL))
        return shell_error(sh, "%s: restricted: cannot specify `/' in command names",
                           name);
    struct sys_stat st;
    char word[128];
    const char *cmd = sh->builtin && str_eq(sh->builtin->name, "exec") ? "exec" : NULL;
    const char *before = cmd ? cmd : "", *colon = cmd ? ": " : "";
    if (!path && cmd && !sys_stat(name, &st) && (st.mode & SYS_IFMT) == SYS_IFDIR) {
        shell_error(sh, "exec: %s: cannot execute: %s", name, errtext(EISDIR));
        return 126;
    }
    if (!path) {
        shell_error(sh, "%s%s%s: %s", before, colon, cmd ? name : shell_shown(sh, name),
                    var_get(sh, NAME_PATH).len || cmd
                        ? cmd ? "not found" : "command not found"
                        : errtext(ENOENT));
        return 127;
    }
    bool exists = !sys_stat(path, &st);
    if (cmd && err != -ENOENT)
        return external_report_exec(
            sh, path, exists && (st.mode & SYS_IFMT) == SYS_IFDIR ? -EISDIR : err);
    if (exists && (st.mode & SYS_IFMT) == SYS_IFDIR) {
        shell_error(sh, "%s%s%s: %s", before, colon, path,
                    errtext(cmd ? EACCES : EISDIR));
        return 126;
    }
    if (cmd && !exists && strchr(name, '/')) {
        external_report_path(sh, path, err);
        return 127;
    }
    if (exists && err == -ENOENT) {
        shell_error(sh, "%s: cannot execute: required file not found", path);
        return 127;
    }
    if (exists && !sys_access(path, SYS_X_OK) &&
        external_interpreter(path, word, sizeof word)) {
        bool off = sh->msg_line_off;
        sh->msg_line_off = true; // as bash
        shell_error(sh, "%s: %s: bad interpreter: %s", path, word, errtext(err));
        sh->msg_line_off = off;
        return 126;
    }
    shell_error(sh, "%s%s%s: %s", before, colon, path, errtext(err));
    return err == -ENOENT ? 127 : 126;
}

/* The file for a command, or NULL. *err as lookup_find. */
static const char *external_find(struct shell *sh, const char *name, bool remember,
                                 int *err)
{
    if (strchr(name, '/')) {
        *err = shell_shopt(sh, SHOPT_RESTRICTED_SHELL) ? -EPERM : 0;
        return name;
    }
    return lookup_find(sh, name, remember, err);
}

/* Whether a file that the kernel cannot run is text, which bash runs. */
static bool external_is_text(const char *path)
{
    char head[80];
    int fd = sys_open(path, SYS_RDONLY | SYS_CLOEXEC, 0);
    if (fd < 0)
        return true;
    int64_t n = sys_read(fd, head, sizeof head);
    sys_close(fd);
    for (int64_t i = 0; i < n && head[i] != '\n'; i++)
        if (!head[i])
            return false;
    return true;
}

/* The argv that has bash run the script at path. */
static char **external_script_argv(struct shell *sh, const char *path, char **argv)
{
    size_t count = 0;
    while (argv[count])
        count++;
    char **script = scratch_alloc(sh->scratch, (count + 2) * sizeof *script);
    script[0] = scratch_copy(sh->scratch, span_of(EXTERNAL_SHELL));
    script[1] = scratch_copy(sh->scratch, span_of(path));
    memcpy(script + 2, argv + 1, count * sizeof *script);
    return script;
}

static int external_not_text(struct shell *sh, const char *path)
{
    shell_error(sh, "%s: cannot execute binary file: %s", path, errtext(ENOEXEC));
    return 126;
}

/* ---- command_not_found_handle ----------------------------------------------------- */

static unsigned external_handler_name(void)
{
    static const char name[] = "command_not_found_handle";
    return sys_intern(name, sizeof name - 1);
}

static const struct function *external_handler(struct shell *sh)
{
    return function_find(sh, external_handler_name());
}

/* Calls it for argv, in this process. */
static int external_handle_missing(struct shell *sh, char **argv)
{
    unsigned id = external_handler_name();
    int count = 0;
    while (argv[count])
        count++;
    char **words = scratch_alloc(sh->scratch, ((size_t)count + 2) * sizeof *words);
    words[0] = scratch_copy(sh->scratch, span_of(sys_interned(id)));
    memcpy(words + 1, argv, ((size_t)count + 1) * sizeof *words);
    return exec_function(sh, external_handler(sh), id, count + 1, words);
}

int external_run_handler(struct shell *sh)
{
    return external_handle_missing(sh, params_of(sh)->argv);
}

/* Calls it in a process of its own, which finds the words as its positional
 * parameters. Gives the pid. */
static int external_start_handler(struct shell *sh, char **argv)
{
    struct params saved;
    int count = 0;
    while (argv[count])
        count++;
    params_push(sh, &saved, count, argv);
    struct child child = subshell_child(CHILD_HANDLER, NULL);
    int pid = subshell_start(sh, &child, NULL, SYS_RUN_NEXT, 0);
    params_pop(sh, &saved);
    return pid < 0 ? -sh->status : pid;
}

/* ---- Becoming --------------------------------------------------------------------- */

bool external_may_become(struct shell *sh, bool alone)
{
    if (LIKELY(!sh->traps))
        return true;
    for (int i = 0; i < (alone ? TRAP_DEBUG : TRAPS); i++)
        if (trap_active(sh, i))
            return false;
    return true;
}

/* The exported variables, and _=path. */
static char **external_environ(struct shell *sh, const char *path)
{
    char **vars = vars_environ(sh);
    size_t count = 0, len = strlen(path);
    while (vars[count])
        count++;
    char **env = scratch_alloc(sh->scratch, (count + 2) * sizeof *env);
    char *last = scratch_alloc(sh->scratch, len + 3);
    memcpy(env, vars, count * sizeof *env);
    memcpy(last, "_=", 2);
    memcpy(last + 2, path, len + 1);
    env[count] = last;
    env[count + 1] = NULL;
    return env;
}

/* The program that takes this shell's place is on its level. */
void external_lower_level(struct shell *sh)
{
    int64_t level = var_get_int(sh, NAME_SHLVL);
    int err = var_set_int(sh, NAME_SHLVL, level - 1);
    (void)err; // it is reported
}

int external_become(struct shell *sh, char **argv, const char *name, char **envp)
{
    int err;
    char *own = argv[0];
    const char *path = external_find(sh, own, false, &err);
    if (!path && external_handler(sh) && !sh->builtin)
        return external_handle_missing(sh, argv);
    if (!path)
        return external_report(sh, own, NULL, err);
    if (!err) {
        if (name)
            argv[0] = scratch_copy(sh->scratch, span_of(name));
        envp = envp ? envp : external_environ(sh, path);
        err = sys_exec(path, argv, envp);
        argv[0] = own;
    }
    if (err == -ENOEXEC) {
        if (!external_is_text(path))
            return external_not_text(sh, path);
        err = sys_exec(EXTERNAL_SHELL, external_script_argv(sh, path, argv), envp);
    }
    return external_report(sh, own, path, err);
}

/* ---- Starting --------------------------------------------------------------------- */

static int external_spawn(struct shell *sh, const char *path, char **argv)
{
    static const struct sys_start start = {.place = SYS_RUN_NEXT};
    char **envp = external_environ(sh, path);
    int pid = sys_spawn(path, argv, envp, &start);
    if (pid == -ENOEXEC && external_is_text(path))
        pid =
            sys_spawn(EXTERNAL_SHELL, external_script_argv(sh, path, argv), envp, &start);
    return pid;
}

int external_start(struct shell *sh, char **argv)
{
    int err;
    const char *path = external_find(sh, argv[0], true, &err);
    if (!path)
        return external_handler(sh) ? external_start_handler(sh, argv)
                                    : -external_report(sh, argv[0], NULL, err);
    if (err)
        return -external_report(sh, argv[0], path, err);
    int pid = external_spawn(sh, path, argv);
    if (pid > 0)
        return pid;
    if (pid == -EAGAIN)
        return -subshell_fork_failed(sh, pid);
    if (pid == -ENOEXEC)
        return -external_not_text(sh, path);
    return -external_report(sh, argv[0], path, pid);
}

int external_finish(struct shell *sh, int pid, const struct node *node)
{
    if (pid <= 0)
        return -pid;
    int status = wait_child(sh, pid, node);
    wait_notify(sh);
    return status;
}

int external_run(struct shell *sh, char **argv, bool default_path)
{
    struct scratch_mark mark = scratch_mark(sh->scratch);
    int err, pid;
    const char *path = default_path && !strchr(argv[0], '/')
                           ? lookup_search(sh, argv[0], FIND_DEFAULT_PATH, &err)
                           : NULL;
    pid = path && !err ? external_spawn(sh, path, argv) : external_start(sh, argv);
    int status = external_finish(sh, pid, NULL);
    scratch_release(sh->scratch, mark);
    return status;
}
