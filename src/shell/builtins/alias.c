/* alias.c: alias and unalias. */
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "shell/builtins/builtin.h"
#include "shell/builtins/describe.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/vars/aliases.h"
#include "sys.h"
#include "user/out.h"

static void alias_show(struct shell *sh, const char *name, const char *before)
{
    struct buf b = buf_make(sys_heap());
    buf_addf(&b, "%s%s=", before, name);
    escape_add_plain_single(&b, span_of(alias_find(sh, span_of(name))));
    buf_add_char(&b, '\n');
    out_span(buf_span(&b));
    buf_fini(&b);
}

void describe_alias(struct shell *sh, const char *name, bool dashes)
{
    alias_show(sh, name, dashes && *name == '-' ? "alias -- " : "alias ");
}

/* For `alias`: in posix mode only -p makes it a command. */
static void alias_list_one(struct shell *sh, const char *name, bool reusable)
{
    if (shell_set(sh, SET_POSIX) && !reusable)
        alias_show(sh, name, "");
    else
        describe_alias(sh, name, true);
}

static void alias_show_all(struct shell *sh, bool reusable)
{
    struct scratch_mark mark = scratch_mark(sh->scratch);
    const char **names;
    size_t count = alias_list(sh, &names);
    for (size_t i = 0; i < count; i++)
        alias_list_one(sh, names[i], reusable);
    scratch_release(sh->scratch, mark);
}

/* "name=text" defines, "name" shows. The text is then gone for $_, as in bash. */
static int alias_word(struct shell *sh, char **word, bool reusable)
{
    const char *equals = strchr(*word, '=');
    if (!equals || equals == *word) {
        if (!alias_find(sh, span_of(*word)))
            return shell_builtin_error(sh, "%s: not found", *word);
        alias_list_one(sh, *word, reusable);
        return 0;
    }
    struct span name = span_make(*word, (size_t)(equals - *word));
    *word = scratch_copy(sh->scratch, name);
    for (size_t i = 0; i < name.len; i++)
        if (strchr(" \t\n/$`=|&;()<>\"'\\", name.ptr[i]))
            return shell_builtin_error(sh, "`%.*s': invalid alias name", (int)name.len,
                                       name.ptr);
    alias_set(sh, name, span_of(equals + 1));
    return 0;
}

int builtin_alias(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "p");
    bool reusable = false;
    for (int c; (c = builtin_opts_next(&o)) != -1;) {
        if (c != 'p')
            return 2;
        reusable = true;
    }
    if (argc == 1 || reusable)
        alias_show_all(sh, reusable);
    int status = 0;
    for (char **word = argv + o.next; *word; word++)
        status |= alias_word(sh, word, reusable);
    return status;
}

int builtin_unalias(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "a");
    for (int c; (c = builtin_opts_next(&o)) != -1;) {
        if (c != 'a')
            return 2;
        alias_unset_all(sh);
        return 0;
    }
    if (o.next == argc)
        return builtin_usage(sh);
    int status = 0;
    for (char **name = argv + o.next; *name; name++)
        if (!alias_unset(sh, span_of(*name)))
            status = shell_builtin_error(sh, "%s: not found", *name);
    return status;
}
