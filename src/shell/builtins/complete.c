/* complete.c: complete and compopt, which keep specifications, and bind, which has no
 * keys to bind. */
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "shell/builtins/builtin.h"
#include "shell/builtins/completion.h"
#include "shell/shell.h"
#include "sys.h"
#include "user/out.h"

/* ---- The table -------------------------------------------------------------------- */

static struct completions *complete_table(struct shell *sh)
{
    if (!sh->completions) {
        sh->completions = sys_alloc_zero(sizeof *sh->completions);
        sh->completions->specs = vec_make(sys_heap());
    }
    return sh->completions;
}

static size_t complete_find(struct completions *all, const char *name)
{
    for (size_t i = 0; i < all->specs.len; i++)
        if (str_eq(((struct completion_spec *)all->specs.items[i])->name, name))
            return i;
    return SIZE_MAX;
}

static struct completion_spec *complete_at(struct completions *all, size_t at)
{
    return all->specs.items[at];
}

static void complete_remove(struct completions *all, size_t at)
{
    struct completion_spec *spec = vec_remove(&all->specs, at);
    completion_spec_fini(spec);
    sys_free(spec);
}

static char *complete_copy(const char *text) { return text ? sys_strdup(text) : NULL; }

static void complete_set(struct completions *all, const char *name,
                         const struct completion_spec *spec)
{
    size_t at = complete_find(all, name);
    struct completion_spec *copy = sys_alloc(sizeof *copy);
    *copy = (struct completion_spec){
        .name = sys_strdup(name),
        .actions = spec->actions,
        .options = spec->options,
        .glob = complete_copy(spec->glob),
        .words = complete_copy(spec->words),
        .function = complete_copy(spec->function),
        .command = complete_copy(spec->command),
        .prefix = complete_copy(spec->prefix),
        .suffix = complete_copy(spec->suffix),
        .filter = complete_copy(spec->filter),
    };
    if (at != SIZE_MAX)
        complete_remove(all, at);
    vec_push(&all->specs, copy);
}

/* ---- Printing --------------------------------------------------------------------- */

static void complete_add_text(struct buf *b, const char *option, const char *text)
{
    if (!text)
        return;
    buf_addf(b, " %s ", option);
    escape_add_plain_single(b, span_of(text));
}

static void complete_print(const struct completion_spec *spec)
{
    struct buf b = buf_make(sys_heap());
    buf_add_str(&b, "complete");
    for (int i = 0; i < OPTIONS; i++)
        if (spec->options >> i & 1)
            buf_addf(&b, " -o %s", completion_option_name((enum completion_option)i));
    for (int letter = 'a'; letter <= 'z'; letter++)
        for (int i = 0; i < ACTIONS; i++)
            if (spec->actions >> i & 1 &&
                completion_action_letter((enum completion_action)i) == letter)
                buf_addf(&b, " -%c", letter);
    for (int i = 0; i < ACTIONS; i++)
        if (spec->actions >> i & 1 &&
            !completion_action_letter((enum completion_action)i))
            buf_addf(&b, " -A %s", completion_action_name((enum completion_action)i));
    complete_add_text(&b, "-G", spec->glob);
    complete_add_text(&b, "-W", spec->words);
    complete_add_text(&b, "-P", spec->prefix);
    complete_add_text(&b, "-S", spec->suffix);
    complete_add_text(&b, "-X", spec->filter);
    complete_add_text(&b, "-C", spec->command);
    if (spec->function)
        buf_addf(&b, " -F %s", spec->function);
    outf("%s %s\n", buf_str(&b), spec->name);
    buf_fini(&b);
}

static void complete_print_all(struct completions *all)
{
    for (size_t i = 0; i < all->specs.len; i++)
        complete_print(complete_at(all, i));
}

static int complete_unknown(struct shell *sh, const char *name)
{
    return shell_builtin_error(sh, "%s: no completion specification", name);
}

static int complete_print_names(struct shell *sh, const char *const *names)
{
    struct completions *all = complete_table(sh);
    int status = 0;
    for (; *names; names++) {
        size_t at = complete_find(all, *names);
        if (at == SIZE_MAX)
            status = complete_unknown(sh, *names);
        else
            complete_print(complete_at(all, at));
    }
    return status;
}

static int complete_remove_names(struct shell *sh, const char *const *names)
{
    struct completions *all = complete_table(sh);
    int status = 0;
    if (!*names)
        while (all->specs.len)
            complete_remove(all, 0);
    for (; *names; names++) {
        size_t at = complete_find(all, *names);
        if (at == SIZE_MAX)
            status = complete_unknown(sh, *names);
        else
            complete_remove(all, at);
    }
    return status;
}

/* ---- complete --------------------------------------------------------------------- */

/* -D, -E and -I stand for a name. */
static const char complete_special[][3] = {"-D", "-E", "-I"};

static const char *complete_special_name(int c)
{
    return c == 'D'   ? complete_special[0]
           : c == 'E' ? complete_special[1]
           : c == 'I' ? complete_special[2]
                      : NULL;
}

static int complete_run(struct shell *sh, struct completion_spec *spec, int argc,
                        char **argv)
{
    struct buf letters = buf_make(sys_heap());
    buf_addf(&letters, "prDEI%s", completion_letters);
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, buf_str(&letters));
    bool print = false, drop = false;
    const char *special[2] = {NULL, NULL};
    for (int c; (c = builtin_opts_next(&o)) != -1;) {
        if (c == 'p')
            print = true;
        else if (c == 'r')
            drop = true;
        else if (complete_special_name(c))
            special[0] = complete_special_name(c);
        else if (completion_read_option(sh, spec, c, o.arg))
            return 2;
    }
    buf_fini(&letters);
    const char *const *names = special[0] ? special : (const char *const *)argv + o.next;
    if (drop)
        return complete_remove_names(sh, names);
    if (argc == 1 || (print && !*names)) {
        complete_print_all(complete_table(sh));
        return 0;
    }
    if (print)
        return complete_print_names(sh, names);
    if (!*names)
        return builtin_usage(sh);
    for (; *names; names++)
        complete_set(complete_table(sh), *names, spec);
    return 0;
}

int builtin_complete(struct shell *sh, int argc, char **argv)
{
    struct completion_spec spec = {0};
    int status = complete_run(sh, &spec, argc, argv);
    completion_spec_fini(&spec);
    return status;
}

/* ---- compopt ---------------------------------------------------------------------- */

static void compopt_print(const struct completion_spec *spec)
{
    outf("compopt");
    for (int i = 0; i < OPTIONS; i++)
        outf(" %co %s", spec->options >> i & 1 ? '-' : '+',
             completion_option_name((enum completion_option)i));
    outf(" %s\n", spec->name);
}

static int compopt_names(struct shell *sh, const char *const *names, uint32_t on,
                         uint32_t off)
{
    struct completions *all = complete_table(sh);
    int status = 0;
    for (; *names; names++) {
        size_t at = complete_find(all, *names);
        if (at == SIZE_MAX) {
            status = complete_unknown(sh, *names);
            continue;
        }
        struct completion_spec *spec = complete_at(all, at);
        if (!on && !off)
            compopt_print(spec);
        spec->options = (spec->options | on) & ~off;
    }
    return status;
}

int builtin_compopt(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "+o:DEI");
    uint32_t on = 0, off = 0;
    const char *special[2] = {NULL, NULL};
    for (int c; (c = builtin_opts_next(&o)) != -1;) {
        if (complete_special_name(c)) {
            special[0] = complete_special_name(c);
            continue;
        }
        if (c != 'o')
            return 2;
        int option = completion_find_option(o.arg);
        if (option < 0) {
            shell_builtin_error(sh, "%s: invalid option name", o.arg);
            return 2;
        }
        *(o.plus ? &off : &on) |= UINT32_C(1) << option;
    }
    const char *const *names = special[0] ? special : (const char *const *)argv + o.next;
    if (!*names)
        return shell_builtin_error(sh, "not currently executing completion function");
    return compopt_names(sh, names, on, off);
}

int builtin_bind(struct shell *sh, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    shell_builtin_error(sh, "warning: line editing not enabled");
    return 0;
}
