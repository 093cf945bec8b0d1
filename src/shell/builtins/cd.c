/* cd.c: cd and pwd. */
#include <errno.h>
#include <string.h>

#include "shell/builtins/builtin.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/errtext.h"
#include "user/msg.h"
#include "user/out.h"
#include "user/path.h"

struct cd {
    bool physical; // -P
    bool check;    // -e
    bool print;    // the way there came from CDPATH or OLDPWD
};

static void cd_set_cwd(struct shell *sh, struct span path)
{
    struct shared_text *cwd = shared_text_new(path);
    shared_text_put(sh->cwd);
    sh->cwd = cwd;
}

/* PWD and OLDPWD after the directory changed. */
static int cd_set_vars(struct shell *sh)
{
    struct span old = var_get(sh, NAME_PWD);
    int err = old.ptr
                  ? var_set(sh, NAME_OLDPWD, span_of(scratch_copy(sh->scratch, old)), 0)
                  : 0;
    if (var_set(sh, NAME_PWD, span_of(sh->cwd->text), 0))
        err = 1;
    return err;
}

/* The text of where path leads from the logical directory: "/a/b" from "/a/x" and
 * "../b". */
static struct span cd_logical(struct shell *sh, const char *path)
{
    struct buf whole = buf_make(sys_heap()), normal = buf_make(sys_heap());
    if (*path != '/' && sh->cwd) {
        buf_add_str(&whole, sh->cwd->text);
        if (!str_eq(sh->cwd->text, "/"))
            buf_add_char(&whole, '/');
    }
    buf_add_str(&whole, path);
    bool twice = str_starts(buf_str(&whole), "//") && !str_starts(buf_str(&whole), "///");
    if (twice) // two slashes at the beginning are kept
        buf_add_char(&normal, '/');
    path_add_normal(&normal, buf_str(&whole));
    if (str_eq(buf_str(&normal), "///"))
        buf_cut(&normal, 2);
    struct span text =
        span_make(scratch_copy(sh->scratch, buf_span(&normal)), normal.len);
    buf_fini(&whole);
    buf_fini(&normal);
    return text;
}

static int cd_physical(struct shell *sh, const char *path)
{
    int err = sys_chdir(path);
    if (err)
        return err;
    char *cwd = path_cwd();
    if (cwd)
        cd_set_cwd(sh, span_of(cwd));
    sys_free(cwd);
    return 0;
}

/* Whether path is made of "." and ".." alone. */
static bool cd_is_dots(const char *path)
{
    for (; *path; path++)
        if (*path != '.' && *path != '/')
            return false;
    return true;
}

static void cd_warn_lost(void)
{
    msg_raw("cd: error retrieving current directory: getcwd: cannot access parent "
            "directories: %s\n",
            errtext(ENOENT));
}

static int cd_to(struct shell *sh, const struct cd *cd, const char *path)
{
    if (cd->physical)
        return cd_physical(sh, path);
    struct span logical = cd_logical(sh, path);
    struct sys_stat st;
    int err = cd_is_dots(path) ? 0 : sys_stat(path, &st); // a/../b needs a
    if (!err)
        err = sys_chdir(logical.ptr);
    if (!err) {
        cd_set_cwd(sh, logical);
        return 0;
    }
    if (str_eq(path, ".")) { // the folder is gone: we stay
        cd_warn_lost();
        return 0;
    }
    return cd_physical(sh, path);
}

/* Tries the folders of CDPATH. True: it is done. */
static bool cd_search(struct shell *sh, struct cd *cd, const char *path)
{
    struct span list = var_get(sh, NAME_CDPATH);
    if (!list.ptr || *path == '/' || str_eq(path, ".") || str_eq(path, "..") ||
        str_starts(path, "./") || str_starts(path, "../"))
        return false;
    for (const char *at = list.ptr; at;) {
        const char *end = strchr(at, ':');
        size_t len = end ? (size_t)(end - at) : strlen(at);
        struct scratch_text t = scratch_text_make(sh->scratch);
        scratch_text_add(&t, at, len);
        if (len && at[len - 1] != '/')
            scratch_text_add_char(&t, '/');
        scratch_text_add(&t, path, strlen(path));
        if (!cd_to(sh, cd, scratch_text_end(&t).ptr)) {
            cd->print = len != 0;
            return true;
        }
        at = end ? end + 1 : NULL;
    }
    return false;
}

static int cd_run(struct shell *sh, struct cd *cd, const char *path)
{
    if (!*path) {
        if (cd->print)
            out_char('\n');
        return 0;
    }
    if (!cd_search(sh, cd, path)) {
        int err = cd_to(sh, cd, path);
        if (err && shell_shopt(sh, SHOPT_CDABLE_VARS) && name_is_valid(span_of(path))) {
            struct span value = var_get(sh, name_intern(span_of(path)));
            if (value.ptr && !cd_to(sh, cd, value.ptr)) {
                cd->print = true;
                err = 0;
            }
        }
        if (err)
            return shell_builtin_errno(sh, err, "%s", shell_shown(sh, path));
    }
    if (cd->print)
        outf("%s\n", sh->cwd->text);
    return cd_set_vars(sh);
}

int builtin_cd(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "LPe");
    if (shell_refuses(sh, NULL))
        return 1;
    struct cd cd = {.physical = shell_set(sh, SET_PHYSICAL)};
    for (int c; (c = builtin_opts_next(&o)) != -1;)
        switch (c) {
        case 'L': cd.physical = false; break;
        case 'P': cd.physical = true; break;
        case 'e': cd.check = true; break;
        default: return 2;
        }
    if (argc - o.next > 1)
        return shell_builtin_error(sh, "too many arguments");
    const char *path = argv[o.next];
    if (!path || str_eq(path, "-")) {
        struct span value = var_get(sh, path ? NAME_OLDPWD : NAME_HOME);
        if (!value.ptr)
            return shell_builtin_error(sh, "%s not set", path ? "OLDPWD" : "HOME");
        cd.print = path != NULL;
        path = value.ptr;
    }
    struct scratch_mark mark = scratch_mark(sh->scratch);
    int status = cd_run(sh, &cd, scratch_copy(sh->scratch, span_of(path)));
    scratch_release(sh->scratch, mark);
    return status;
}

int builtin_pwd(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "LP");
    bool physical = shell_set(sh, SET_PHYSICAL);
    for (int c; (c = builtin_opts_next(&o)) != -1;)
        switch (c) {
        case 'L': physical = false; break;
        case 'P': physical = true; break;
        default: return 2;
        }
    if (!physical && sh->cwd) {
        outf("%s\n", sh->cwd->text);
        return 0;
    }
    char *cwd = path_cwd();
    if (!cwd) {
        msg_raw("pwd: error retrieving current directory: getcwd: cannot access parent "
                "directories: %s\n",
                errtext(ENOENT));
        return 1;
    }
    outf("%s\n", cwd);
    sys_free(cwd);
    return 0;
}
