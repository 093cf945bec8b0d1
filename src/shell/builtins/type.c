/* type.c: type and command. */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "shell/builtins/builtin.h"
#include "shell/builtins/describe.h"
#include "shell/exec/exec.h"
#include "shell/exec/lookup.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/syntax/parse.h"
#include "shell/syntax/print.h"
#include "shell/vars/aliases.h"
#include "shell/vars/functions.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/out.h"

void describe_function(struct shell *sh, unsigned id)
{
    const struct function *f = function_find(sh, id);
    struct buf b = buf_make(sys_heap());
    print_function(&b, f->body);
    buf_add_char(&b, '\n');
    out_span(buf_span(&b));
    buf_fini(&b);
}

/* What is being described, and how. */
struct describe {
    struct shell *sh;
    const char *name;
    enum describe_style style;
    unsigned flags;
    bool found;
};

/* A meaning was found: tells it unless it is told elsewhere. true: that is all. */
static bool describe_found(struct describe *d, const char *word, const char *format)
{
    d->found = true;
    switch (d->style) {
    case DESCRIBE_WORD: outf("%s\n", word); break;
    case DESCRIBE_SHORT: outf("%s\n", d->name); break;
    case DESCRIBE_LONG:
        outf("%s ", d->name);
        outf("%s\n", format);
        break;
    case DESCRIBE_PATH: break;
    }
    return !(d->flags & DESCRIBE_ALL);
}

static bool describe_is_alias(struct describe *d)
{
    const char *value = alias_find(d->sh, span_of(d->name));
    if (!value || !shell_shopt(d->sh, SHOPT_EXPAND_ALIASES))
        return false;
    if (d->style == DESCRIBE_WORD)
        return describe_found(d, "alias", "");
    d->found = true;
    if (d->style == DESCRIBE_SHORT)
        describe_alias(d->sh, d->name, false);
    else if (d->style == DESCRIBE_LONG)
        outf("%s is aliased to `%s'\n", d->name, value);
    return !(d->flags & DESCRIBE_ALL);
}

static bool describe_is_function(struct describe *d)
{
    unsigned id = sys_intern(d->name, strlen(d->name));
    if ((d->flags & DESCRIBE_NO_FUNCTIONS) || !function_find(d->sh, id))
        return false;
    bool done = describe_found(d, "function", "is a function");
    if (d->style == DESCRIBE_LONG)
        describe_function(d->sh, id);
    return done;
}

static bool describe_is_builtin(struct describe *d)
{
    const struct builtin *b = builtin_find(d->sh, span_of(d->name));
    if (!b)
        return false;
    bool special = b->flags & BUILTIN_SPECIAL && shell_set(d->sh, SET_POSIX);
    return describe_found(d, "builtin",
                          special ? "is a special shell builtin" : "is a shell builtin");
}

static bool describe_path(struct describe *d, const char *path, bool hashed)
{
    d->found = true;
    if (d->style == DESCRIBE_WORD)
        outf("file\n");
    else if (d->style != DESCRIBE_LONG)
        outf("%s\n", path);
    else
        outf(hashed ? "%s is hashed (%s)\n" : "%s is %s\n", d->name, path);
    return !(d->flags & DESCRIBE_ALL);
}

static bool describe_is_executable(const char *path)
{
    struct sys_stat st;
    return !sys_stat(path, &st) && (st.mode & SYS_IFMT) != SYS_IFDIR &&
           !sys_access(path, SYS_X_OK);
}

static void describe_files(struct describe *d)
{
    struct shell *sh = d->sh;
    if (strchr(d->name, '/')) {
        if (describe_is_executable(d->name))
            describe_path(d, d->name, false);
        return;
    }
    if (d->flags & DESCRIBE_ALL) {
        for (char **paths = lookup_all(sh, d->name); *paths; paths++)
            describe_path(d, *paths, false);
        return;
    }
    struct lookup_entry entry;
    if (!(d->flags & DESCRIBE_DEFAULT_PATH) && lookup_entry_of(sh, d->name, &entry)) {
        describe_path(d, entry.path, true);
        return;
    }
    int err = 0;
    const char *path =
        d->flags & DESCRIBE_DEFAULT_PATH
            ? lookup_search(sh, d->name, "/usr/local/bin:/bin:/usr/bin", &err)
            : lookup_find(sh, d->name, false, &err);
    if (path && !err)
        describe_path(d, path, false);
}

static void describe_all(struct describe *d)
{
    if (!(d->flags & DESCRIBE_FORCE_PATH)) {
        if (describe_is_alias(d))
            return;
        if (parse_is_reserved(d->name) &&
            describe_found(d, "keyword", "is a shell keyword"))
            return;
        if (describe_is_function(d) || describe_is_builtin(d))
            return;
    }
    describe_files(d);
}

bool describe_name(struct shell *sh, const char *name, enum describe_style style,
                   unsigned flags)
{
    struct describe d = {.sh = sh, .name = name, .style = style, .flags = flags};
    struct scratch_mark mark = scratch_mark(sh->scratch);
    describe_all(&d);
    scratch_release(sh->scratch, mark);
    return d.found;
}

int builtin_type(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "afptP");
    enum describe_style style = DESCRIBE_LONG;
    unsigned flags = 0;
    for (int c; (c = builtin_opts_next(&o)) != -1;)
        switch (c) {
        case 'a': flags |= DESCRIBE_ALL; break;
        case 'f': flags |= DESCRIBE_NO_FUNCTIONS; break;
        case 'p': style = DESCRIBE_PATH; break;
        case 't': style = DESCRIBE_WORD; break;
        case 'P':
            style = DESCRIBE_PATH;
            flags |= DESCRIBE_FORCE_PATH;
            break;
        default: return 2;
        }
    int status = 0;
    for (int i = o.next; i < argc; i++) {
        if (describe_name(sh, argv[i], style, flags))
            continue;
        status = 1;
        if (style == DESCRIBE_LONG)
            shell_builtin_error(sh, "%s: not found", argv[i]);
    }
    return status;
}

static int command_describe(struct shell *sh, int argc, char **argv,
                            enum describe_style style, unsigned flags)
{
    bool any = argc == 0;
    for (int i = 0; i < argc; i++) {
        if (describe_name(sh, argv[i], style, flags))
            any = true;
        else if (style == DESCRIBE_LONG)
            shell_builtin_error(sh, "%s: not found", argv[i]);
    }
    return !any;
}

int builtin_command(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "pVv");
    enum describe_style style = DESCRIBE_PATH; // none
    unsigned flags = 0;
    for (int c; (c = builtin_opts_next(&o)) != -1;)
        switch (c) {
        case 'p': flags |= DESCRIBE_DEFAULT_PATH; break;
        case 'v': style = DESCRIBE_SHORT; break;
        case 'V': style = DESCRIBE_LONG; break;
        default: return 2;
        }
    argc -= o.next;
    argv += o.next;
    if (flags && shell_refuses(sh, "-p"))
        return 1;
    if (style != DESCRIBE_PATH)
        return command_describe(sh, argc, argv, style, flags);
    if (argc == 0)
        return 0;
    sh->cmd = NULL; // what is not found is reported as without `command`
    sh->commanded++;
    int status =
        exec_argv(sh, argc, argv, EXEC_NO_FUNCTIONS | (flags ? EXEC_DEFAULT_PATH : 0));
    sh->commanded--;
    return status;
}
