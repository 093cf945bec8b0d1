/* eval.c: eval, and source (.). */
#include <errno.h>
#include <string.h>

#include "shell/builtins/builtin.h"
#include "shell/exec/exec.h"
#include "shell/exec/lookup.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/vars/params.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/in.h"

int builtin_eval(struct shell *sh, int argc, char **argv)
{
    int first = builtin_no_options(sh, argc, argv);
    if (first < 0)
        return BUILTIN_MISUSED;
    if (first == argc)
        return 0;
    struct buf b = buf_make(sys_heap());
    struct span text = span_of(argv[first]);
    if (first + 1 < argc) {
        for (int i = first; i < argc; i++)
            buf_addf(&b, i > first ? " %s" : "%s", argv[i]);
        text = buf_span(&b);
    }
    sys_nest_enter();
    int status = exec_text(sh, text, "eval", sh->line);
    sys_nest_leave();
    buf_fini(&b);
    return status;
}

/* The file for a name without slash: in PATH (sourcepath), then in the working
 * directory, though not in posix mode. NULL: there is none. */
static const char *dot_find(struct shell *sh, const char *name)
{
    struct span path = var_get(sh, NAME_PATH);
    if (strchr(name, '/'))
        return name;
    const char *at = shell_shopt(sh, SHOPT_SOURCEPATH) ? path.ptr : NULL;
    while (at) {
        const char *end = strchr(at, ':');
        size_t len = end ? (size_t)(end - at) : strlen(at);
        struct scratch_text t = scratch_text_make(sh->scratch);
        scratch_text_add(&t, at, len);
        if (len)
            scratch_text_add_char(&t, '/');
        scratch_text_add(&t, name, strlen(name));
        struct span file = scratch_text_end(&t);
        struct sys_stat st;
        if (!sys_stat(file.ptr, &st) && (st.mode & SYS_IFMT) != SYS_IFDIR &&
            !sys_access(file.ptr, SYS_R_OK))
            return file.ptr;
        at = end ? end + 1 : NULL;
    }
    return shell_set(sh, SET_POSIX) ? NULL : name;
}

/* In posix mode this ends the shell. */
static int dot_not_found(struct shell *sh, const char *path, int err)
{
    bool posix = shell_set(sh, SET_POSIX);
    if (posix && !strchr(path, '/'))
        shell_builtin_error(sh, "%s: file not found", path);
    else
        shell_errno(sh, err, "%s", path);
    if (posix && !sh->commanded) {
        sh->flow = FLOW_EXIT;
        sh->status = 1;
    }
    return 1;
}

/* All of a file, in the process heap. 0, or 1 after a message. */
static int dot_read(struct shell *sh, const char *path, char **data, size_t *len)
{
    struct sys_stat st;
    if (!sys_stat(path, &st) && (st.mode & SYS_IFMT) == SYS_IFDIR)
        return shell_builtin_error(sh, "%s: is a directory", path);
    int fd;
    while ((fd = sys_open(path, SYS_RDONLY | SYS_CLOEXEC, 0)) == -EINTR)
        exec_take_signals(sh);
    if (fd < 0)
        return dot_not_found(sh, path, fd);
    struct in in = in_make(fd);
    int err = in_all(&in, data, len);
    in_close(&in);
    return err ? shell_errno(sh, err, "%s", path) : 0;
}

/* Arguments of a sourced file are its own, unless it has set others outside of functions.
 */
static void dot_leave_args(struct shell *sh, const struct params *saved)
{
    if (params_of(sh)->set && !sh->functions)
        params_keep(sh, saved);
    else
        params_pop(sh, saved);
}

static int dot_run(struct shell *sh, const char *path, int argc, char **argv)
{
    char *data;
    size_t len;
    struct params saved;
    if (dot_read(sh, path, &data, &len))
        return 1;
    sys_check_size(SYS_LIMIT_SCRIPT, len);
    if (argc)
        params_push(sh, &saved, argc, argv);
    params_of(sh)->set = false;
    sys_nest_enter();
    int status = exec_source(sh, path, span_make(data, len), argc, argv);
    sys_nest_leave();
    if (argc)
        dot_leave_args(sh, &saved);
    sys_free(data);
    return status;
}

int builtin_dot(struct shell *sh, int argc, char **argv)
{
    int first = builtin_no_options(sh, argc, argv);
    if (first < 0)
        return BUILTIN_MISUSED;
    if (first == argc) {
        shell_builtin_error(sh, "filename argument required");
        return builtin_usage(sh);
    }
    if (shell_refuses_path(sh, argv[first]))
        return 1;
    struct scratch_mark mark = scratch_mark(sh->scratch);
    const char *path = dot_find(sh, argv[first]);
    int status = path ? dot_run(sh, path, argc - first - 1, argv + first + 1)
                      : dot_not_found(sh, argv[first], -ENOENT);
    scratch_release(sh->scratch, mark);
    return status;
}
