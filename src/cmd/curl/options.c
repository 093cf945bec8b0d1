/* options.c: see options.h. The table is options.def. */
#include "cmd/curl/options.h"

#include "base/str.h"
#include "cmd/curl/data.h"
#include "cmd/curl/form.h"
#include "cmd/curl/param.h"
#include "cmd/curl/set.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/env.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/path.h"

enum curl_how {
    CURL_HOW_FLAG,
    CURL_HOW_GLOBAL,
    CURL_HOW_TEXT,
    CURL_HOW_SECONDS,
    CURL_HOW_NUMBER,
    CURL_HOW_CALL,
    CURL_HOW_REFUSE,
    CURL_HOW_REFUSE_OFF
};

struct curl_option {
    const char *name;
    char letter; // NUL: none
    unsigned char how;
    bool has_arg;
    size_t offset;     // of the field
    curl_set_fn *call; // of CALL
    const char *why;   // of REFUSE; NULL: no reason worth telling
};

static curl_set_fn curl_set_config, curl_set_help, curl_set_version;

static const struct curl_option curl_options[] = {
#define FIELD(name, letter, how, arg, type, field) \
    {name, letter, how, arg, offsetof(struct type, field), NULL, NULL},
#define FLAG(name, letter, field) \
    FIELD(name, letter, CURL_HOW_FLAG, false, curl_config, field)
#define GLOBAL(name, letter, field) \
    FIELD(name, letter, CURL_HOW_GLOBAL, false, curl_global, field)
#define TEXT(name, letter, field) \
    FIELD(name, letter, CURL_HOW_TEXT, true, curl_config, field)
#define SECONDS(name, letter, field) \
    FIELD(name, letter, CURL_HOW_SECONDS, true, curl_config, field)
#define NUMBER(name, letter, field) \
    FIELD(name, letter, CURL_HOW_NUMBER, true, curl_config, field)
#define CALL(name, letter, arg, function) \
    {name, letter, CURL_HOW_CALL, arg, 0, function, NULL},
#define REFUSE(name, letter, arg, why) {name, letter, CURL_HOW_REFUSE, arg, 0, NULL, why},
#define REFUSE_OFF(name, why) {name, 0, CURL_HOW_REFUSE_OFF, false, 0, NULL, why},
#include "cmd/curl/options.def"
#undef FIELD
#undef FLAG
#undef GLOBAL
#undef TEXT
#undef SECONDS
#undef NUMBER
#undef CALL
#undef REFUSE
#undef REFUSE_OFF
};

/* Applies one option. */
static enum curl_bad curl_option_apply(struct curl_global *g, const struct curl_option *o,
                                       const char *arg, bool on)
{
    char *base = o->how == CURL_HOW_GLOBAL ? (char *)g : (char *)g->last;
    void *field = base + o->offset;
    switch ((enum curl_how)o->how) {
    case CURL_HOW_FLAG:
    case CURL_HOW_GLOBAL: *(bool *)field = on; return CURL_GOOD;
    case CURL_HOW_TEXT: *(const char **)field = arg; return CURL_GOOD;
    case CURL_HOW_SECONDS: return curl_param_seconds(arg, field);
    case CURL_HOW_NUMBER: return curl_param_count(arg, field);
    case CURL_HOW_CALL: return o->call(g, arg, on);
    case CURL_HOW_REFUSE: return on ? CURL_BAD_REFUSED : CURL_GOOD;
    case CURL_HOW_REFUSE_OFF: return on ? CURL_GOOD : CURL_BAD_REFUSED;
    }
    return CURL_BAD_UNKNOWN;
}

/* ---- Finding ---------------------------------------------------------------------- */

static const struct curl_option *curl_option_by_letter(char letter)
{
    for (size_t i = 0; i < COUNT_OF(curl_options); i++)
        if (curl_options[i].letter == letter && letter)
            return &curl_options[i];
    return NULL;
}

/* By its name, or the beginning of just one. */
static enum curl_bad curl_option_by_name(const char *name,
                                         const struct curl_option **found)
{
    *found = NULL;
    int matches = 0;
    for (size_t i = 0; i < COUNT_OF(curl_options); i++) {
        const struct curl_option *o = &curl_options[i];
        if (!str_starts(o->name, name))
            continue;
        *found = o;
        if (str_eq(o->name, name))
            return CURL_GOOD;
        matches++;
    }
    return matches == 1 ? CURL_GOOD : matches ? CURL_BAD_AMBIGUOUS : CURL_BAD_UNKNOWN;
}

/* "--name" or "--no-name", without the dashes. */
static enum curl_bad curl_option_find_long(const char *word, const struct curl_option **o,
                                           bool *on)
{
    enum curl_bad bad = curl_option_by_name(word, o);
    *on = true;
    if (bad != CURL_BAD_UNKNOWN || !str_starts(word, "no-"))
        return bad;
    *on = false;
    bad = curl_option_by_name(word + strlen("no-"), o);
    return !bad && (*o)->has_arg ? CURL_BAD_UNKNOWN : bad;
}

/* ---- Words ------------------------------------------------------------------------ */

/* What went wrong, for the message. */
struct curl_option_error {
    enum curl_bad bad;
    const char *why;
};

/* "-abc": options without argument, the last perhaps with one. */
static struct curl_option_error curl_option_letters(struct curl_global *g,
                                                    const char *word, const char *next,
                                                    bool *took)
{
    const char *p = word + 1;
    do {
        const struct curl_option *o = curl_option_by_letter(*p);
        if (!o)
            return (struct curl_option_error){CURL_BAD_UNKNOWN, NULL};
        const char *arg = NULL;
        if (o->has_arg) {
            arg = p[1] ? p + 1 : next;
            *took = !p[1];
            if (!arg)
                return (struct curl_option_error){CURL_BAD_NO_ARGUMENT, NULL};
        }
        enum curl_bad bad = curl_option_apply(g, o, arg, true);
        if (bad || arg)
            return (struct curl_option_error){bad, o->why};
    } while (*++p);
    return (struct curl_option_error){CURL_GOOD, NULL};
}

/* One option of the command line or a config file; *took: its argument was `next`. */
static struct curl_option_error curl_option_word(struct curl_global *g, const char *word,
                                                 const char *next, bool *took)
{
    if (word[0] == '-' && word[1] != '-')
        return curl_option_letters(g, word, next, took);
    const struct curl_option *o;
    bool on;
    enum curl_bad bad = curl_option_find_long(word + strspn(word, "-"), &o, &on);
    if (bad)
        return (struct curl_option_error){bad, NULL};
    *took = o->has_arg;
    if (o->has_arg && !next)
        return (struct curl_option_error){CURL_BAD_NO_ARGUMENT, NULL};
    return (struct curl_option_error){curl_option_apply(g, o, next, on), o->why};
}

static const char *curl_option_reason(struct curl_option_error error)
{
    static const char *const reasons[CURL_BADS] = {
        [CURL_BAD_AMBIGUOUS] = "is ambiguous",
        [CURL_BAD_UNKNOWN] = "is unknown",
        [CURL_BAD_NO_ARGUMENT] = "requires parameter",
        [CURL_BAD_USE] = "is badly used here",
        [CURL_BAD_NUMBER] = "expected a proper numerical parameter",
        [CURL_BAD_NEGATIVE] = "expected a positive numerical parameter",
        [CURL_BAD_READ] = "error encountered when reading a file",
        [CURL_BAD_REFUSED] = "is not supported in this sandbox",
    };
    return reasons[error.bad];
}

static void curl_option_try_help(void)
{
    msg("try 'curl --help' or 'curl --manual' for more information");
}

/* The message for an option; gives the exit status. */
static int curl_option_report(const char *word, struct curl_option_error error)
{
    enum { USAGE = 2, READ_ERROR = 26 };
    bool reason = error.bad == CURL_BAD_REFUSED && error.why;
    msg("option %s: %s%s%s", word, curl_option_reason(error), reason ? ": " : "",
        reason ? error.why : "");
    curl_option_try_help();
    return error.bad == CURL_BAD_READ ? READ_ERROR : USAGE;
}

/* ---- Help ------------------------------------------------------------------------- */

static enum curl_bad curl_set_help(struct curl_global *g, const char *arg, bool on)
{
    (void)g, (void)arg, (void)on;
    outf("Usage: curl [options...] <url>\n%s", cmd_self()->help);
    cmd_exit(0);
}

static enum curl_bad curl_set_version(struct curl_global *g, const char *arg, bool on)
{
    (void)g, (void)arg, (void)on;
    out_str("curl 7.88.1 (shoal) libcurl/7.88.1\n"
            "Protocols: http https\n"
            "Features: HTTP2 HTTPS IPv6 Largefile libz SSL\n");
    cmd_exit(0);
}

/* ---- Config files ----------------------------------------------------------------- */

/* The argument in quotes, with escapes, or a word, behind which *more may stand. A heap
 * block; NULL: none. */
static char *curl_config_argument(const char *p, bool *more)
{
    struct buf b = buf_make(sys_heap());
    *more = false;
    if (*p != '"') {
        size_t len = strcspn(p, " \t\r\n\f\v");
        if (!len)
            return NULL;
        buf_add(&b, p, len);
        p += len + strspn(p + len, " \t\r\n\f\v");
        *more = *p && *p != '#';
        return buf_take(&b);
    }
    static const char escapes[] = "t\tn\nr\rv\v";
    for (p++; *p && *p != '"'; p++) {
        const char *known = NULL;
        if (*p == '\\' && p[1]) {
            p++;
            known = strchr(escapes, *p);
        }
        buf_add_char(&b, known && (known - escapes) % 2 == 0 ? known[1] : *p);
    }
    return b.data ? buf_take(&b) : sys_strdup("");
}

/* What is wrong with a line is a warning; but what is not supported must not be ignored.
 */
static int curl_config_problem(const struct curl_global *g, const char *place,
                               const char *word, struct curl_option_error error)
{
    if (error.bad == CURL_BAD_REFUSED)
        return curl_option_report(word, error);
    curl_warn(g, "%s: warning: '%s' %s", place, word, curl_option_reason(error));
    return 0;
}

/* One line of a config file: "option = argument", dashes and "=" at will. 0, or the exit
 * status. */
static int curl_config_line(struct curl_global *g, char *line, const char *place)
{
    char *p = line;
    while (char_is_space(*p))
        p++;
    if (!*p || strchr("#/*", *p))
        return 0;
    char *word = p;
    bool dashed = *p == '-';
    while (*p && !char_is_space(*p) && (dashed || !strchr("=:", *p)))
        p++;
    if (*p)
        *p++ = '\0';
    while (char_is_space(*p) || *p == '=' || *p == ':')
        p++;
    bool more;
    char *arg = curl_config_argument(p, &more);
    if (more)
        curl_warn(g,
                  "%s: warning: '%s' uses unquoted whitespace in the line that may cause "
                  "side-effects!",
                  place, word);
    bool took = false;
    struct curl_option_error error = curl_option_word(g, word, arg, &took);
    if (!error.bad && arg && !took && *word != '-')
        error.bad = CURL_BAD_USE;
    return error.bad ? curl_config_problem(g, place, word, error) : 0;
}

/* 0; -errno: it cannot be read; > 0: the exit status. */
static int curl_config_read(struct curl_global *g, const char *file)
{
    struct in in;
    int err = in_open(&in, file);
    if (err)
        return err;
    struct span line;
    struct buf copy = buf_make(sys_heap()), place = buf_make(sys_heap());
    for (size_t at = 1; !err && in_line(&in, '\n', &line); at++) {
        buf_clear(&copy);
        buf_add_span(&copy, line);
        if (copy.len && copy.data[copy.len - 1] == '\n')
            buf_cut(&copy, copy.len - 1);
        buf_clear(&place);
        buf_addf(&place, "%s:%zu", str_eq(file, "-") ? "<stdin>" : file, at);
        sys_nest_enter(); // a file may name itself
        err = curl_config_line(g, sys_strdup(buf_str(&copy)), buf_str(&place));
        sys_nest_leave();
    }
    buf_fini(&copy);
    buf_fini(&place);
    in_close(&in);
    return err;
}

static enum curl_bad curl_set_config(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    int err = curl_config_read(g, arg);
    if (err < 0)
        msg("cannot read config from '%s'", arg);
    return err < 0 ? CURL_BAD_READ : err ? CURL_BAD_USE : CURL_GOOD;
}

static void curl_config_read_default(struct curl_global *g)
{
    static const char *const places[][2] = {
        {"CURL_HOME", ".curlrc"}, {"XDG_CONFIG_HOME", ".curlrc"}, {"HOME", ".curlrc"}};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        const char *home = env_get(places[i][0]);
        char *file = home && *home ? path_join(home, places[i][1]) : NULL;
        int err = file ? curl_config_read(g, file) : -1;
        sys_free(file);
        if (err >= 0)
            return; // there was one
    }
}

/* ---- The command line ------------------------------------------------------------- */

static int curl_options_check(const struct curl_global *g)
{
    for (const struct curl_config *c = g->first; c; c = c->next) {
        if (c->include && c->content_disposition) {
            msg("showing headers and --remote-header-name cannot be combined");
            curl_option_try_help();
            return 2;
        }
        if (!c->targets || !c->targets->url) {
            msg("no URL specified!");
            curl_option_try_help();
            return 2;
        }
    }
    return 0;
}

int curl_options_read(struct curl_global *g, int argc, char **argv)
{
    curl_config_add(g);
    bool disabled =
        argc > 1 && (str_eq(argv[1], "--disable") || str_starts(argv[1], "-q"));
    if (!disabled)
        curl_config_read_default(g);
    if (argc < 2 && !g->first->targets) {
        curl_option_try_help();
        return 2;
    }
    bool options = true;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        bool took = false;
        struct curl_option_error error = {CURL_GOOD, NULL};
        if (options && str_eq(word, "--"))
            options = false;
        else if (options && word[0] == '-')
            error = curl_option_word(g, word, argv[i + 1], &took);
        else
            error.bad = curl_set_url(g, word, true);
        if (error.bad)
            return curl_option_report(word, error);
        i += took;
    }
    return curl_options_check(g);
}
