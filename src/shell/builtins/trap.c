/* trap.c: trap. */
#include "base/escape.h"
#include "shell/builtins/builtin.h"
#include "shell/exec/traps.h"
#include "shell/shell.h"
#include "shell/syntax/tree.h"
#include "sys.h"
#include "user/out.h"
#include "user/signame.h"

/* unset: also what has the default, which `trap -p` shows in POSIX mode. */
static void trap_show(struct shell *sh, int number, bool unset)
{
    const char *action = trap_is_listed(sh, number) ? trap_action(sh, number) : NULL;
    bool ignored = number >= 1 && number <= 64 && (sh->ignored_entry >> (number - 1) & 1);
    if (ignored)
        action = "";
    if (!action && !unset)
        return;
    struct buf b = buf_make(sys_heap());
    buf_add_str(&b, "trap -- ");
    if (action)
        escape_add_plain_single(&b, span_of(action));
    else
        buf_add_char(&b, '-');
    bool sig = number >= 1 && number < TRAP_DEBUG && !shell_set(sh, SET_POSIX);
    const char *name = trap_name(number);
    if (name)
        buf_addf(&b, " %s%s\n", sig ? "SIG" : "", name);
    else
        buf_addf(&b, " %d\n", number);
    out_span(buf_span(&b));
    buf_fini(&b);
}

static int trap_bad(struct shell *sh, const char *text)
{
    return shell_builtin_error(sh, "%s: invalid signal specification", text);
}

/* In a job that is no single command bash finds SIGINT ignored the first time it lists
 * traps, and for good. */
static void trap_look_at_job(struct shell *sh)
{
    uint64_t interrupt = UINT64_C(1) << (SYS_SIGINT - 1);
    const struct node *node = sh->child.node;
    if (sh->ignored_job & interrupt && !(node && node->kind == NODE_SIMPLE))
        sh->ignored_entry |= interrupt;
}

static int trap_show_some(struct shell *sh, bool print, int count, char **names)
{
    int status = 0;
    bool unset = print && shell_set(sh, SET_POSIX);
    trap_look_at_job(sh);
    if (!count)
        for (int i = 0; i < TRAPS; i++)
            if (unset || i >= SYS_SIGNALS || signame_of(i))
                trap_show(sh, i, unset);
    for (int i = 0; i < count; i++) {
        int number = trap_parse(names[i]);
        if (number < 0)
            status = trap_bad(sh, names[i]);
        else
            trap_show(sh, number, unset);
    }
    return status;
}

static int trap_set_all(struct shell *sh, const char *action, int count, char **names)
{
    int status = 0;
    for (int i = 0; i < count; i++) {
        int number = trap_parse(names[i]);
        if (number < 0)
            status = trap_bad(sh, names[i]);
        else
            trap_set(sh, number, action);
    }
    return status;
}

/* Whether the first word is no action but a signal, whose default is asked for: a
 * number, or the only word. */
static bool trap_is_reset(const char *word, int count)
{
    return (char_is_digit(*word) && trap_parse(word) >= 0) ||
           (count == 1 && trap_parse(word) >= 0);
}

int builtin_trap(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "lp");
    bool list = false, show = false;
    for (int c; (c = builtin_opts_next(&o)) != -1;)
        switch (c) {
        case 'l': list = true; break;
        case 'p': show = true; break;
        default: return BUILTIN_MISUSED;
        }
    char **words = argv + o.next;
    int count = argc - o.next;
    if (list) {
        signame_write_table(out_std());
        return 0;
    }
    if (show || !count)
        return trap_show_some(sh, show, count, words);
    if (trap_is_reset(words[0], count))
        return trap_set_all(sh, NULL, count, words);
    if (count == 1)
        return builtin_usage(sh);
    return trap_set_all(sh, str_eq(words[0], "-") ? NULL : words[0], count - 1,
                        words + 1);
}
