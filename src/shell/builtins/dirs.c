/* dirs.c: pushd, popd, dirs.
 *
 * The stack is the working directory and below it sh->dirs.items; entry 0 is the working
 * directory. */
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "shell/builtins/builtin.h"
#include "shell/shell.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/out.h"

/* ---- The stack -------------------------------------------------------------------- */

static char *dirs_copy(const char *path)
{
    size_t size = strlen(path) + 1;
    return memcpy(sys_share_alloc(size), path, size);
}

static void dirs_insert(struct shell *sh, size_t at, const char *path)
{
    char *copy = dirs_copy(path);
    size_t count = sh->dirs.count;
    char **items = sys_share_resize(sh->dirs.items, (count + 1) * sizeof *items);
    sh->dirs.items = items;
    memmove(items + at + 1, items + at, (count - at) * sizeof *items);
    items[at] = copy;
    sh->dirs.count++;
}

static void dirs_remove(struct shell *sh, size_t at)
{
    sys_share_free(sh->dirs.items[at]);
    sh->dirs.count--;
    memmove(sh->dirs.items + at, sh->dirs.items + at + 1,
            (sh->dirs.count - at) * sizeof *sh->dirs.items);
}

static const char *dirs_cwd(struct shell *sh) { return sh->cwd ? sh->cwd->text : "."; }

static const char *dirs_at(struct shell *sh, size_t at)
{
    return at ? sh->dirs.items[at - 1] : dirs_cwd(sh);
}

/* ---- Printing --------------------------------------------------------------------- */

enum { DIRS_LONG = 1, DIRS_LINES = 2, DIRS_NUMBERS = 4 };

/* A path with the home directory as ~. */
static void dirs_print_path(struct shell *sh, const char *path, unsigned flags)
{
    const char *home = var_get_str(sh, NAME_HOME);
    size_t len = strlen(home);
    bool below = len > 1 && !strncmp(path, home, len) && (!path[len] || path[len] == '/');
    if (below && !(flags & DIRS_LONG))
        outf("~%s", path + len);
    else
        out_str(path);
}

static void dirs_print(struct shell *sh, unsigned flags)
{
    for (size_t i = 0; i <= sh->dirs.count; i++) {
        if (flags & DIRS_NUMBERS)
            outf("%2zu  ", i);
        dirs_print_path(sh, dirs_at(sh, i), flags);
        bool last = i == sh->dirs.count;
        out_char(last || flags & (DIRS_LINES | DIRS_NUMBERS) ? '\n' : ' ');
    }
}

/* ---- Arguments -------------------------------------------------------------------- */

/* Whether text is +N or -N; *at gets the entry, counted from the top. */
static bool dirs_number(struct shell *sh, const char *text, bool *good, size_t *at)
{
    if ((*text != '+' && *text != '-') || !text[1])
        return false;
    uint64_t n;
    const char *rest;
    *good = !num_to_u64(text + 1, &n, &rest) && !*rest && char_is_digit(text[1]);
    *at = 0;
    if (*good)
        *at = n > sh->dirs.count ? SIZE_MAX : *text == '+' ? n : sh->dirs.count - n;
    return true;
}

static int dirs_bad_number(struct shell *sh, const char *text)
{
    builtin_bad_number(sh, text);
    return builtin_usage(sh);
}

static int dirs_out_of_range(struct shell *sh, const char *text)
{
    text += str_eq(sh->cmd, "dirs"); // which leaves the sign out
    if (!sh->dirs.count)
        return shell_builtin_error(sh, "directory stack empty");
    return shell_builtin_error(sh, "%s: directory stack index out of range", text);
}

static int dirs_change(struct shell *sh, const char *path)
{
    char *copy = sys_strdup(path); // the stack may change
    char *argv[] = {"cd", "--", copy, NULL};
    int status = builtin_cd(sh, 3, argv);
    sys_free(copy);
    return status;
}

/* ---- dirs ------------------------------------------------------------------------- */

static void dirs_clear(struct shell *sh)
{
    while (sh->dirs.count)
        dirs_remove(sh, sh->dirs.count - 1);
}

int builtin_dirs(struct shell *sh, int argc, char **argv)
{
    unsigned flags = 0;
    size_t only = SIZE_MAX;
    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i];
        bool good;
        if (str_eq(arg, "--")) {
            break;
        } else if (str_eq(arg, "--help")) {
            builtin_show_help(sh, sh->builtin);
            return 2;
        } else if (str_eq(arg, "-c")) {
            dirs_clear(sh);
            return 0;
        } else if (str_eq(arg, "-l")) {
            flags |= DIRS_LONG;
        } else if (str_eq(arg, "-p")) {
            flags |= DIRS_LINES;
        } else if (str_eq(arg, "-v")) {
            flags |= DIRS_NUMBERS;
        } else if (dirs_number(sh, arg, &good, &only)) {
            if (!good)
                return dirs_bad_number(sh, arg);
            if (only == SIZE_MAX)
                return dirs_out_of_range(sh, arg);
        } else {
            return builtin_bad_option(sh, arg);
        }
    }
    if (only == SIZE_MAX) {
        dirs_print(sh, flags);
        return 0;
    }
    if (flags & DIRS_NUMBERS)
        outf("%2zu  ", only);
    dirs_print_path(sh, dirs_at(sh, only), flags);
    out_char('\n');
    return 0;
}

/* ---- pushd ------------------------------------------------------------------------ */

/* Rotates the stack so that entry at is on top. */
static int dirs_rotate(struct shell *sh, size_t at, bool stay)
{
    if (at == 0 && stay)
        return 0;
    size_t count = sh->dirs.count + 1;
    char **all = sys_alloc(count * sizeof *all);
    for (size_t i = 0; i < count; i++)
        all[i] = sys_strdup(dirs_at(sh, (at + i) % count));
    int status = stay ? 0 : dirs_change(sh, all[0]);
    if (!status) {
        dirs_clear(sh);
        for (size_t i = 1; i < count; i++)
            dirs_insert(sh, i - 1, all[i]);
    }
    for (size_t i = 0; i < count; i++)
        sys_free(all[i]);
    sys_free(all);
    return status;
}

static int dirs_push(struct shell *sh, const char *path, bool stay)
{
    if (stay) {
        dirs_insert(sh, 0, path);
        return 0;
    }
    char *old = sys_strdup(dirs_cwd(sh));
    int status = dirs_change(sh, path);
    if (!status)
        dirs_insert(sh, 0, old);
    sys_free(old);
    return status;
}

/* Takes the leading -n of pushd and popd. Gives the index of what follows, -1: return
 * 2. */
static int dirs_flags(struct shell *sh, int argc, char **argv, bool *stay)
{
    int i = 1;
    for (; i < argc; i++)
        if (str_eq(argv[i], "-n"))
            *stay = true;
        else if (str_eq(argv[i], "--help")) {
            builtin_show_help(sh, sh->builtin);
            return -1;
        } else
            return str_eq(argv[i], "--") ? i + 1 : i;
    return i;
}

int builtin_pushd(struct shell *sh, int argc, char **argv)
{
    bool stay = false, good;
    int first = dirs_flags(sh, argc, argv, &stay), status;
    if (first < 0)
        return 2;
    const char *arg = first < argc ? argv[first] : NULL;
    size_t at;
    if (argc - first > 1)
        return shell_builtin_error(sh, "too many arguments");
    if (!arg) {
        if (!sh->dirs.count)
            return shell_builtin_error(sh, "no other directory");
        char *old = sys_strdup(dirs_cwd(sh));
        status = stay ? 0 : dirs_change(sh, dirs_at(sh, 1));
        if (!status && !stay) {
            dirs_remove(sh, 0);
            dirs_insert(sh, 0, old);
        }
        sys_free(old);
    } else if (!str_eq(argv[first - 1], "--") && dirs_number(sh, arg, &good, &at)) {
        if (!good)
            return dirs_bad_number(sh, arg);
        if (at == SIZE_MAX || !sh->dirs.count)
            return dirs_out_of_range(sh, arg);
        status = dirs_rotate(sh, at, stay);
    } else {
        status = dirs_push(sh, arg, stay);
    }
    if (!status)
        dirs_print(sh, 0);
    return status;
}

/* ---- popd ------------------------------------------------------------------------- */

static int dirs_pop(struct shell *sh, size_t at, bool stay)
{
    int status = 0;
    if (at == 0 && !stay)
        status = dirs_change(sh, dirs_at(sh, 1));
    if (!status)
        dirs_remove(sh, at ? at - 1 : 0);
    if (!status)
        dirs_print(sh, 0);
    return status;
}

int builtin_popd(struct shell *sh, int argc, char **argv)
{
    bool stay = false, good;
    int first = dirs_flags(sh, argc, argv, &stay);
    if (first < 0)
        return 2;
    const char *arg = first < argc ? argv[first] : NULL;
    size_t at = 0;
    if (arg && !dirs_number(sh, arg, &good, &at)) {
        shell_builtin_error(sh, "%s: invalid argument", arg);
        return builtin_usage(sh);
    }
    if (arg && !good)
        return dirs_bad_number(sh, arg);
    if (at == SIZE_MAX || !sh->dirs.count)
        return arg ? dirs_out_of_range(sh, arg)
                   : shell_builtin_error(sh, "directory stack empty");
    return dirs_pop(sh, at, stay);
}
