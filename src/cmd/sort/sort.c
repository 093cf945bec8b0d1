/* sort.c: sort, merge or check lines. Imitates GNU coreutils sort in C.UTF-8, where text
 * is in the order of its bytes. Everything is held in memory. */
#include <errno.h>

#include "base/num.h"
#include "cmd/sort/sort.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"

int cmd_sort(int argc, char **argv);

enum {
    SORT_FAILED = 2,
    SORT_CHECK = 256,
    SORT_COMPRESS,
    SORT_FILES0,
    SORT_RANDOM_SOURCE,
    SORT_SORT,
    SORT_BATCH,
    SORT_PARALLEL,
};

static const struct opt sort_opts[] = {
    {"ignore-leading-blanks", 'b', OPT_PLAIN},
    {"check", SORT_CHECK, OPT_MAYBE},
    {"compress-program", SORT_COMPRESS, OPT_ARG},
    {"dictionary-order", 'd', OPT_PLAIN},
    {"ignore-case", 'f', OPT_PLAIN},
    {"files0-from", SORT_FILES0, OPT_ARG},
    {"general-numeric-sort", 'g', OPT_PLAIN},
    {"ignore-nonprinting", 'i', OPT_PLAIN},
    {"key", 'k', OPT_ARG},
    {"merge", 'm', OPT_PLAIN},
    {"month-sort", 'M', OPT_PLAIN},
    {"numeric-sort", 'n', OPT_PLAIN},
    {"human-numeric-sort", 'h', OPT_PLAIN},
    {"version-sort", 'V', OPT_PLAIN},
    {"random-sort", 'R', OPT_PLAIN},
    {"random-source", SORT_RANDOM_SOURCE, OPT_ARG},
    {"sort", SORT_SORT, OPT_ARG},
    {"output", 'o', OPT_ARG},
    {"reverse", 'r', OPT_PLAIN},
    {"stable", 's', OPT_PLAIN},
    {"batch-size", SORT_BATCH, OPT_ARG},
    {"buffer-size", 'S', OPT_ARG},
    {"field-separator", 't', OPT_ARG},
    {"temporary-directory", 'T', OPT_ARG},
    {"unique", 'u', OPT_PLAIN},
    {"zero-terminated", 'z', OPT_PLAIN},
    {"parallel", SORT_PARALLEL, OPT_ARG},
    {NULL, 'c', OPT_PLAIN},
    {NULL, 'C', OPT_PLAIN},
    {NULL, 'y', OPT_ARG},
    {0},
};

const struct cmd cmd_sort_entry = {
    .name = "sort",
    .usage = "[FILE]...",
    .help =
        "Write the sorted lines of all FILEs. Without FILE, or for -, read standard input.\n"
        "\n"
        "Order:\n"
        "  -b, --ignore-leading-blanks  ignore blanks before a key\n"
        "  -d, --dictionary-order       consider only blanks, letters and digits\n"
        "  -f, --ignore-case            lower case as upper case\n"
        "  -g, --general-numeric-sort   by numbers such as 1e3, inf\n"
        "  -i, --ignore-nonprinting     consider only printable characters\n"
        "  -M, --month-sort             (unknown) < JAN < ... < DEC\n"
        "  -h, --human-numeric-sort     by sizes such as 2K, 1G\n"
        "  -n, --numeric-sort           by decimal numbers\n"
        "  -R, --random-sort            shuffle, but keep equal keys together\n"
        "      --random-source=FILE     take random bytes from FILE\n"
        "  -r, --reverse                the other way round\n"
        "      --sort=WORD              general-numeric, human-numeric, month, numeric, random,\n"
        "                               version\n"
        "  -V, --version-sort           numbers inside text by value\n"
        "\n"
        "Other:\n"
        "  -c, --check                  only say whether the input is sorted\n"
        "  -C, --check=quiet            the same, by the exit status alone\n"
        "      --files0-from=F          read the names, which end in NUL, from F\n"
        "  -k, --key=KEYDEF             F[.C][OPTS][,F[.C][OPTS]]: field and character, from 1\n"
        "  -m, --merge                  the FILEs are sorted: merge them\n"
        "  -o, --output=FILE            write to FILE\n"
        "  -s, --stable                 leave lines with equal keys in their order\n"
        "  -t, --field-separator=SEP    in place of the change from blank to other\n"
        "  -u, --unique                 only the first of lines with equal keys\n"
        "  -z, --zero-terminated        lines end in NUL\n"
        "      --batch-size, -S, -T, --parallel, --compress-program  (checked, not used)\n",
    .main = cmd_sort,
    .opts = sort_opts,
    .opts_flags = OPTS_INORDER,
    .fail_status = SORT_FAILED,
};

struct sort_options {
    struct sort s;
    bool merge, tab_given;
    char check; // 'c', 'C' or 0
    const char *files0, *random_source;
    char **names;
    size_t name_count;
};

/* ---- Ordering options ------------------------------------------------------------- */

/* Sets what a letter says. where: 1 the start of a key, 2 its end, 3 both. false:
 * unknown. */
static bool sort_set_how(struct sort_how *how, char letter, int where)
{
    switch (letter) {
    case 'b':
        how->skip_start |= (where & 1) != 0;
        how->skip_end |= (where & 2) != 0;
        return true;
    case 'd': return how->dictionary = true;
    case 'f': return how->fold = true;
    case 'g': return how->general = true;
    case 'h': return how->human = true;
    case 'i': return how->printable = true;
    case 'M': return how->month = true;
    case 'n': return how->numeric = true;
    case 'R': return how->random = true;
    case 'r': return how->reverse = true;
    case 'V': return how->version = true;
    default: return false;
    }
}

static bool sort_how_is_default(const struct sort_how *h)
{
    return !(h->numeric || h->general || h->human || h->month || h->random ||
             h->version || h->dictionary || h->fold || h->printable || h->reverse ||
             h->skip_start || h->skip_end);
}

static void sort_check_how(const struct sort_how *h)
{
    int kinds = h->numeric + h->general + h->human + h->month +
                (h->version || h->random || h->dictionary || h->printable);
    if (kinds <= 1)
        return;
    char letters[16], *p = letters;
    const struct {
        bool set;
        char letter;
    } all[] = {{h->dictionary, 'd'},
               {h->fold, 'f'},
               {h->general, 'g'},
               {h->human, 'h'},
               {h->printable && !h->dictionary, 'i'},
               {h->month, 'M'},
               {h->numeric, 'n'},
               {h->random, 'R'},
               {h->version, 'V'}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].set)
            *p++ = all[i].letter;
    *p = '\0';
    msg("options '-%s' are incompatible", letters);
    cmd_exit(SORT_FAILED);
}

static enum sort_kind sort_kind_of(const struct sort_how *h)
{
    return h->numeric   ? SORT_NUMERIC
           : h->general ? SORT_GENERAL
           : h->human   ? SORT_HUMAN
           : h->month   ? SORT_MONTH
           : h->random  ? SORT_RANDOM
           : h->version ? SORT_VERSION
                        : SORT_TEXT;
}

/* ---- Keys ------------------------------------------------------------------------- */

static void sort_bad_key(const char *problem, const char *text)
{
    msg("%s: invalid field specification %s", problem, quoted(text));
    cmd_exit(SORT_FAILED);
}

static const char *sort_read_count(const char *p, const char *problem, size_t *n)
{
    uint64_t value = 0;
    int err = char_is_digit(*p) ? num_to_u64(p, &value, &p) : -EINVAL;
    if (err == -EINVAL) {
        msg("%s: invalid count at start of %s", problem, quoted(p));
        cmd_exit(SORT_FAILED);
    }
    *n = value > SIZE_MAX / 2 ? SIZE_MAX / 2 : (size_t)value;
    return p;
}

static const char *sort_read_how(const char *p, struct sort_how *how, int where)
{
    while (sort_set_how(how, *p, where))
        p++;
    return p;
}

static struct sort_key sort_read_key(const char *text)
{
    struct sort_key k = {0};
    const char *p =
        sort_read_count(text, "invalid number at field start", &k.start_field);
    if (!k.start_field--)
        sort_bad_key("field number is zero", text);
    if (*p == '.') {
        p = sort_read_count(p + 1, "invalid number after '.'", &k.start_char);
        if (!k.start_char--)
            sort_bad_key("character offset is zero", text);
    }
    p = sort_read_how(p, &k.how, 1);
    if (*p == ',') {
        k.has_end = true;
        p = sort_read_count(p + 1, "invalid number after ','", &k.end_field);
        if (!k.end_field--)
            sort_bad_key("field number is zero", text);
        if (*p == '.')
            p = sort_read_count(p + 1, "invalid number after '.'", &k.end_char);
        p = sort_read_how(p, &k.how, 2);
    }
    if (*p)
        sort_bad_key("stray character in field spec", text);
    return k;
}

static void sort_add_key(struct sort *s, struct sort_key k)
{
    s->keys = sys_resize(s->keys, (s->key_count + 1) * sizeof *s->keys);
    s->keys[s->key_count++] = k;
}

/* The obsolete +POS1 [-POS2]: fields and characters from 0 on. false: no such thing. */
static bool sort_read_obsolete(struct sort_options *so, const char *text,
                               const char *next, bool *took_next)
{
    struct sort_key k = {0};
    const char *p = text + 1;
    if (*text != '+' || !char_is_digit(*p))
        return false;
    p = sort_read_count(p, "", &k.start_field);
    if (*p == '.' && char_is_digit(p[1]))
        p = sort_read_count(p + 1, "", &k.start_char);
    p = sort_read_how(p, &k.how, 1);
    if (*p)
        return false;
    if (next && *next == '-' && char_is_digit(next[1])) {
        p = sort_read_count(next + 1, "invalid number after '-'", &k.end_field);
        k.has_end = true;
        if (*p == '.')
            p = sort_read_count(p + 1, "invalid number after '.'", &k.end_char);
        if (!k.end_char && k.end_field)
            k.end_field--;
        p = sort_read_how(p, &k.how, 2);
        if (*p)
            sort_bad_key("stray character in field spec", next);
        *took_next = true;
    }
    sort_add_key(&so->s, k);
    return true;
}

/* ---- Other options ---------------------------------------------------------------- */

static void sort_set_check(struct sort_options *so, char check)
{
    if (so->check && so->check != check) {
        msg("options '-cC' are incompatible");
        cmd_exit(SORT_FAILED);
    }
    so->check = check;
}

static bool sort_read_check(struct sort_options *so, const char *text)
{
    static const char *const names[] = {"quiet", "silent", "diagnose-first", NULL};
    static const int values[] = {0, 0, 1};
    int i = text ? opts_match_arg("--check", text, names, values) : 2;
    if (i >= 0)
        sort_set_check(so, i == 2 ? 'c' : 'C');
    return i >= 0;
}

static bool sort_read_kind(struct sort *s, const char *text)
{
    static const char *const names[] = {
        "general-numeric", "human-numeric", "month", "numeric",
        "random",          "version",       NULL};
    int i = opts_match_arg("--sort", text, names, NULL);
    return i >= 0 && sort_set_how(&s->global, "ghMnRV"[i], 3);
}

static void sort_set_tab(struct sort_options *so, const char *text)
{
    int tab = (unsigned char)*text;
    if (!*text) {
        msg("empty tab");
        cmd_exit(SORT_FAILED);
    }
    if (str_eq(text, "\\0")) {
        tab = 0;
    } else if (text[1]) {
        msg("multi-character tab %s", quoted(text));
        cmd_exit(SORT_FAILED);
    }
    if (so->tab_given && so->s.tab != tab) {
        msg("incompatible tabs");
        cmd_exit(SORT_FAILED);
    }
    so->tab_given = true;
    so->s.tab = tab;
}

static void sort_set_output(struct sort_options *so, const char *text)
{
    if (so->s.output && !str_eq(so->s.output, text)) {
        msg("multiple output files specified");
        cmd_exit(SORT_FAILED);
    }
    so->s.output = text;
}

/* A number that only has to be one. letters: suffixes. least: "" or the smallest. */
static bool sort_check_number(const char *what, const char *text, const char *letters,
                              uint64_t least)
{
    uint64_t n = 0;
    const char *rest = text;
    int err = char_is_digit(*text) ? num_to_size_of(text, letters, &n, &rest) : -EINVAL;
    if (err == -EINVAL)
        msg("invalid %s argument %s", what, quoted_path(text));
    else if (*rest)
        msg("invalid suffix in %s argument %s", what, quoted_path(text));
    else if (n < least && least == 1)
        msg("number in parallel must be nonzero");
    else if (n < least) {
        msg("invalid %s argument %s", what, quoted(text));
        msg("minimum %s argument is %s", what, quoted("2"));
    } else
        return true;
    return false;
}

static bool sort_check_size(const char *text)
{
    size_t len = strlen(text);
    if (len > 1 && text[len - 1] == '%' && char_is_digit(text[len - 2]))
        return true;
    return sort_check_number("-S", text, "bKkmMGgtTPEZY", 0);
}

static void sort_add_name(struct sort_options *so, const char *name)
{
    so->names = sys_resize(so->names, (so->name_count + 2) * sizeof *so->names);
    so->names[so->name_count++] = (char *)(uintptr_t)name;
    so->names[so->name_count] = NULL;
}

static bool sort_read_option(struct sort_options *so, int c, const char *arg)
{
    switch (c) {
    case SORT_CHECK: return sort_read_check(so, arg);
    case 'c':
    case 'C': sort_set_check(so, (char)c); return true;
    case SORT_FILES0: so->files0 = arg; return true;
    case 'k': sort_add_key(&so->s, sort_read_key(arg)); return true;
    case 'm': so->merge = true; return true;
    case SORT_RANDOM_SOURCE: so->random_source = arg; return true;
    case SORT_SORT: return sort_read_kind(&so->s, arg);
    case 'o': sort_set_output(so, arg); return true;
    case 's': so->s.stable = true; return true;
    case SORT_BATCH: return sort_check_number("--batch-size", arg, "", 2);
    case SORT_PARALLEL: return sort_check_number("--parallel", arg, "", 1);
    case 'S': return sort_check_size(arg);
    case 't': sort_set_tab(so, arg); return true;
    case SORT_COMPRESS:
    case 'T':
    case 'y': return true;
    case 'u': so->s.unique = true; return true;
    case 'z': so->s.delimiter = '\0'; return true;
    default: return c > 0 && c < 256 && sort_set_how(&so->s.global, (char)c, 3);
    }
}

/* Whether an error in a word list, which GNU gives another status. */
static int sort_read_options(struct sort_options *so, int argc, char **argv)
{
    struct opts o = opts_begin(&cmd_sort_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;) {
        if (c == OPTS_OPERAND) {
            bool took_next = false;
            const char *next = o.next < argc ? argv[o.next] : NULL;
            if (!sort_read_obsolete(so, o.arg, next, &took_next))
                sort_add_name(so, o.arg);
            o.next += took_next;
        } else if (!sort_read_option(so, c, o.arg)) {
            return c == SORT_CHECK || c == SORT_SORT ? 1 : SORT_FAILED;
        }
    }
    for (char **name = o.operands; *name; name++)
        sort_add_name(so, *name);
    return 0;
}

/* ---- Setting up ------------------------------------------------------------------- */

static int sort_read_files0(struct sort_options *so)
{
    if (so->name_count) {
        msg("extra operand %s", quoted_path(so->names[0]));
        msg_raw("file operands cannot be combined with --files0-from\n");
        msg_try_help();
        return SORT_FAILED;
    }
    struct in in;
    char *text;
    size_t len;
    int err = in_open(&in, so->files0);
    err = err ? err : in_all(&in, &text, &len);
    if (err) {
        msg_errno(err, "open failed: %s", quoted_file(so->files0));
        return SORT_FAILED;
    }
    uint64_t number = 1;
    for (const char *p = text; p < text + len; p += strlen(p) + 1, number++) {
        if (!*p) {
            msg("%s:%llu: invalid zero-length file name", quoted_file(so->files0),
                (unsigned long long)number);
            return SORT_FAILED;
        }
        sort_add_name(so, p);
    }
    if (!so->name_count) {
        msg("no input from %s", quoted_path(so->files0));
        return SORT_FAILED;
    }
    return 0;
}

/* Keys without options of their own have the global ones. */
static void sort_finish_keys(struct sort *s)
{
    for (size_t i = 0; i < s->key_count; i++) {
        struct sort_key *k = &s->keys[i];
        if (sort_how_is_default(&k->how))
            k->how = s->global;
        sort_check_how(&k->how);
        k->kind = sort_kind_of(&k->how);
    }
    struct sort_how plain = s->global;
    plain.reverse = false;
    if (!s->key_count && !sort_how_is_default(&plain)) {
        sort_check_how(&s->global);
        sort_add_key(s, (struct sort_key){.how = s->global,
                                          .kind = sort_kind_of(&s->global)});
    }
}

static bool sort_uses_chance(const struct sort *s)
{
    for (size_t i = 0; i < s->key_count; i++)
        if (s->keys[i].kind == SORT_RANDOM)
            return true;
    return false;
}

static int sort_set_salt(struct sort_options *so)
{
    if (!so->random_source) {
        sys_random(&so->s.salt, sizeof so->s.salt);
        return 0;
    }
    int fd = sys_open(so->random_source, SYS_RDONLY | SYS_CLOEXEC, 0);
    int64_t len = fd < 0 ? fd : sys_read(fd, &so->s.salt, sizeof so->s.salt);
    if (len >= 0)
        return 0;
    msg_errno((int)len, "open failed: %s", quoted_file(so->random_source));
    return SORT_FAILED;
}

static int sort_check_conflicts(const struct sort_options *so)
{
    if (!so->check)
        return 0;
    if (so->name_count > 1) {
        msg("extra operand %s not allowed with -%c", quoted_path(so->names[1]),
            so->check);
        return SORT_FAILED;
    }
    if (so->s.output) {
        msg("options '-%co' are incompatible", so->check);
        return SORT_FAILED;
    }
    return 0;
}

static bool sort_writes_over_input(const struct sort_options *so)
{
    struct sys_stat out, in;
    if (!so->s.output || sys_stat(so->s.output, &out))
        return false;
    for (char **name = so->names; *name; name++)
        if (!(str_eq(*name, "-") ? sys_fstat(0, &in) : sys_stat(*name, &in)) &&
            in.ino == out.ino && in.dev == out.dev)
            return true;
    return false;
}

int cmd_sort(int argc, char **argv)
{
    struct sort_options so = {.s = {.tab = -1, .delimiter = '\n'}};
    int status = sort_read_options(&so, argc, argv);
    if (!status && so.files0)
        status = sort_read_files0(&so);
    if (status)
        return status;
    sort_finish_keys(&so.s);
    if (!so.name_count)
        sort_add_name(&so, "-");
    status = sort_check_conflicts(&so);
    if (!status && sort_uses_chance(&so.s))
        status = sort_set_salt(&so);
    if (status)
        return status;
    if (so.check)
        return sort_check(&so.s, so.names[0], so.check == 'C');
    if (so.merge && sort_writes_over_input(&so))
        so.merge = false; // all is read before anything is written
    return so.merge ? sort_merge(&so.s, so.names) : sort_files(&so.s, so.names);
}
