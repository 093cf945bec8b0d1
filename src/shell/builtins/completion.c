/* completion.c: the words that the actions of complete and compgen stand for. */
#include "shell/builtins/completion.h"

#include <string.h>

#include "base/sort.h"
#include "shell/builtins/builtin.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/syntax/parse.h"
#include "shell/vars/aliases.h"
#include "shell/vars/arrays.h"
#include "shell/vars/functions.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/in.h"
#include "user/signame.h"

static const struct {
    const char *name;
    char letter;
} completion_actions[] = {
#define ACTION(id, name, letter) {name, letter},
#include "shell/builtins/completion.def"
#undef ACTION
};

static const char *const completion_options[] = {
#define OPTION(id, name) name,
#include "shell/builtins/completion.def"
#undef OPTION
};

const char completion_letters[] = "abcdefgjksuvo:A:G:W:P:S:X:F:C:";

const char *completion_action_name(enum completion_action action)
{
    return completion_actions[action].name;
}

char completion_action_letter(enum completion_action action)
{
    return completion_actions[action].letter;
}

const char *completion_option_name(enum completion_option option)
{
    return completion_options[option];
}

int completion_find_option(const char *name)
{
    for (int i = 0; i < OPTIONS; i++)
        if (str_eq(completion_options[i], name))
            return i;
    return -1;
}

/* ---- Options ---------------------------------------------------------------------- */

static int completion_set_action(struct shell *sh, struct completion_spec *spec,
                                 const char *name)
{
    for (int i = 0; i < ACTIONS; i++)
        if (str_eq(completion_actions[i].name, name)) {
            spec->actions |= UINT32_C(1) << i;
            return 0;
        }
    shell_builtin_error(sh, "%s: invalid action name", name);
    return 2;
}

static int completion_set_option(struct shell *sh, struct completion_spec *spec,
                                 const char *name)
{
    int option = completion_find_option(name);
    if (option < 0) {
        shell_builtin_error(sh, "%s: invalid option name", name);
        return 2;
    }
    spec->options |= UINT32_C(1) << option;
    return 0;
}

static int completion_set_text(char **text, const char *arg)
{
    sys_free(*text);
    *text = sys_strdup(arg);
    return 0;
}

int completion_read_option(struct shell *sh, struct completion_spec *spec, int c,
                           const char *arg)
{
    switch (c) {
    case 'A': return completion_set_action(sh, spec, arg);
    case 'o': return completion_set_option(sh, spec, arg);
    case 'G': return completion_set_text(&spec->glob, arg);
    case 'W': return completion_set_text(&spec->words, arg);
    case 'P': return completion_set_text(&spec->prefix, arg);
    case 'S': return completion_set_text(&spec->suffix, arg);
    case 'X': return completion_set_text(&spec->filter, arg);
    case 'F': return completion_set_text(&spec->function, arg);
    case 'C': return completion_set_text(&spec->command, arg);
    default: break;
    }
    for (int i = 0; i < ACTIONS; i++)
        if (completion_actions[i].letter && completion_actions[i].letter == c) {
            spec->actions |= UINT32_C(1) << i;
            return 0;
        }
    return 1;
}

void completion_spec_fini(struct completion_spec *spec)
{
    sys_free(spec->name);
    sys_free(spec->glob);
    sys_free(spec->words);
    sys_free(spec->function);
    sys_free(spec->command);
    sys_free(spec->prefix);
    sys_free(spec->suffix);
    sys_free(spec->filter);
}

/* ---- Words from the shell --------------------------------------------------------- */

static void completion_add(struct strlist *out, const char *text, const char *word)
{
    if (str_starts(text, word))
        strlist_add_str(out, text);
}

static void completion_add_builtins(struct shell *sh, const char *word, bool on, bool off,
                                    struct strlist *out)
{
    size_t count;
    const struct builtin *table = builtin_table(&count);
    for (size_t i = 0; i < count; i++)
        if (builtin_is_on(sh, &table[i]) ? on : off)
            completion_add(out, table[i].name, word);
}

static void completion_add_aliases(struct shell *sh, const char *word,
                                   struct strlist *out)
{
    const char **names;
    size_t count = alias_list(sh, &names);
    for (size_t i = 0; i < count; i++)
        completion_add(out, names[i], word);
}

static void completion_add_functions(struct shell *sh, const char *word,
                                     struct strlist *out)
{
    unsigned *ids;
    size_t count = function_list(sh, 0, &ids);
    for (size_t i = 0; i < count; i++)
        completion_add(out, sys_interned(ids[i]), word);
}

static void completion_add_variables(struct shell *sh, unsigned attrs, bool arrays,
                                     const char *word, struct strlist *out)
{
    unsigned *ids;
    size_t count = vars_list(sh, attrs, span_of(word), VARS_VISIBLE, &ids);
    for (size_t i = 0; i < count; i++)
        if (!arrays || var_is_array(sh, ids[i]))
            completion_add(out, sys_interned(ids[i]), word);
}

static void completion_add_keywords(const char *word, struct strlist *out)
{
    for (const char *const *k = parse_reserved_words; *k; k++)
        completion_add(out, *k, word);
}

static void completion_add_options(bool shopts, const char *word, struct strlist *out)
{
    int count = shopts ? (int)SHOPT_OPTIONS : (int)SET_OPTIONS;
    for (int i = 0; i < count; i++)
        completion_add(out,
                       shopts ? options_shopt_name((enum shopt_option)i)
                              : options_set_name((enum set_option)i),
                       word);
}

static void completion_add_signals(const char *word, struct strlist *out)
{
    for (int sig = 0; sig < SYS_SIGNALS; sig++) {
        const char *name = signame_of(sig);
        if (!name)
            continue;
        struct buf text = buf_make(sys_heap());
        buf_addf(&text, sig ? "SIG%s" : "%s", name);
        completion_add(out, buf_str(&text), word);
        buf_fini(&text);
    }
}

/* ---- Words from files ------------------------------------------------------------- */

/* The first words of a file's lines, up to a separator. */
static void completion_add_lines(const char *path, const char *separators,
                                 const char *word, struct strlist *out)
{
    struct in in;
    struct span line;
    if (in_open(&in, path))
        return;
    while (in_line(&in, '\n', &line)) {
        struct buf text = buf_make(sys_heap());
        for (size_t i = 0; i < line.len && !strchr(separators, line.ptr[i]); i++)
            buf_add_char(&text, line.ptr[i]);
        if (text.len && *text.data != '#')
            completion_add(out, text.data, word);
        buf_fini(&text);
    }
    in_close(&in);
}

static int completion_compare(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    return strcmp(a, b);
}

/* Sorts what was added from index `from` on. */
static void completion_sort(struct strlist *out, size_t from)
{
    size_t count = strlist_len(out) - from;
    if (count < 2)
        return;
    void **room = sys_alloc(count * sizeof *room);
    sort_pointers(out->vec.items + from, count, completion_compare, NULL, room, NULL);
    sys_free(room);
}

/* A kind of entries of a folder. */
enum completion_kind { COMPLETION_ANY, COMPLETION_FOLDERS, COMPLETION_PROGRAMS };

static bool completion_entry_fits(const char *path, enum completion_kind kind)
{
    struct sys_stat st;
    if (kind == COMPLETION_ANY)
        return true;
    if (sys_stat(path, &st))
        return false;
    bool folder = (st.mode & SYS_IFMT) == SYS_IFDIR;
    return kind == COMPLETION_FOLDERS ? folder : !folder && !sys_access(path, SYS_X_OK);
}

/* Adds the entries of a folder whose names begin with start; each is given with `shown`
 * before it. */
static void completion_add_entries(const char *folder, const char *shown,
                                   const char *start, enum completion_kind kind,
                                   struct strlist *out)
{
    size_t from = strlist_len(out);
    int fd =
        sys_open(*folder ? folder : ".", SYS_RDONLY | SYS_DIRECTORY | SYS_CLOEXEC, 0);
    if (fd < 0)
        return;
    char *block = sys_alloc(4096);
    for (int64_t len; (len = sys_readdir(fd, block, 4096)) > 0;)
        for (int64_t at = 0; at < len;) {
            const struct sys_dirent *e = (const struct sys_dirent *)(block + at);
            at += e->size;
            if (!str_starts(e->name, start) || (*e->name == '.' && *start != '.') ||
                str_eq(e->name, ".") || str_eq(e->name, ".."))
                continue;
            struct buf path = buf_make(sys_heap()), text = buf_make(sys_heap());
            buf_addf(&path, "%s%s%s", folder, *folder ? "/" : "", e->name);
            buf_addf(&text, "%s%s", shown, e->name);
            if (completion_entry_fits(buf_str(&path), kind))
                strlist_add_str(out, buf_str(&text));
            buf_fini(&path);
            buf_fini(&text);
        }
    sys_free(block);
    sys_close(fd);
    completion_sort(out, from);
}

static void completion_add_files(const char *word, enum completion_kind kind,
                                 struct strlist *out)
{
    const char *slash = strrchr(word, '/');
    const char *name = slash ? slash + 1 : word;
    struct buf shown = buf_make(sys_heap()), folder = buf_make(sys_heap());
    buf_add(&shown, word, (size_t)(name - word));
    buf_add(&folder, word, slash ? (size_t)(slash - word) : 0);
    if (slash == word)
        buf_add_char(&folder, '/');
    completion_add_entries(buf_str(&folder), buf_str(&shown), name, kind, out);
    buf_fini(&shown);
    buf_fini(&folder);
}

/* The programs in PATH. */
static void completion_add_programs(struct shell *sh, const char *word,
                                    struct strlist *out)
{
    char *path = sys_strdup(var_get_str(sh, NAME_PATH));
    for (char *at = path; at;) {
        char *end = strchr(at, ':');
        if (end)
            *end++ = '\0';
        completion_add_entries(at, "", word, COMPLETION_PROGRAMS, out);
        at = end;
    }
    sys_free(path);
}

static void completion_add_commands(struct shell *sh, const char *word,
                                    struct strlist *out)
{
    if (strchr(word, '/')) {
        completion_add_files(word, COMPLETION_PROGRAMS, out);
        return;
    }
    completion_add_aliases(sh, word, out);
    completion_add_keywords(word, out);
    completion_add_functions(sh, word, out);
    completion_add_builtins(sh, word, true, false, out);
    completion_add_programs(sh, word, out);
}

void completion_add_action(struct shell *sh, enum completion_action action,
                           const char *word, struct strlist *out)
{
    switch (action) {
    case ACTION_ALIAS: completion_add_aliases(sh, word, out); break;
    case ACTION_ARRAYVAR: completion_add_variables(sh, 0, true, word, out); break;
    case ACTION_BUILTIN:
    case ACTION_HELPTOPIC: completion_add_builtins(sh, word, true, true, out); break;
    case ACTION_DISABLED: completion_add_builtins(sh, word, false, true, out); break;
    case ACTION_ENABLED: completion_add_builtins(sh, word, true, false, out); break;
    case ACTION_EXPORT: completion_add_variables(sh, VAR_EXPORT, false, word, out); break;
    case ACTION_FUNCTION: completion_add_functions(sh, word, out); break;
    case ACTION_HOSTNAME: completion_add(out, "localhost", word); break;
    case ACTION_KEYWORD: completion_add_keywords(word, out); break;
    case ACTION_SETOPT: completion_add_options(false, word, out); break;
    case ACTION_SHOPT: completion_add_options(true, word, out); break;
    case ACTION_SIGNAL: completion_add_signals(word, out); break;
    case ACTION_VARIABLE: completion_add_variables(sh, 0, false, word, out); break;
    case ACTION_COMMAND: completion_add_commands(sh, word, out); break;
    case ACTION_FILE: completion_add_files(word, COMPLETION_ANY, out); break;
    case ACTION_DIRECTORY: completion_add_files(word, COMPLETION_FOLDERS, out); break;
    case ACTION_USER: completion_add_lines("/etc/passwd", ":\n", word, out); break;
    case ACTION_GROUP: completion_add_lines("/etc/group", ":\n", word, out); break;
    case ACTION_SERVICE: completion_add_lines("/etc/services", " \t\n", word, out); break;
    case ACTION_BINDING: // there are no keys,
    case ACTION_JOB:     // and jobs are not completed in a script
    case ACTION_RUNNING:
    case ACTION_STOPPED:
    case ACTIONS: break;
    }
}
