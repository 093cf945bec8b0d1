/* grep_match.c: the patterns, and finding them. See grep.h. */
#include <errno.h>

#include "cmd/grep/grep.h"
#include "codec/perlre.h"
#include "user/cmd.h"
#include "user/msg.h"

enum { GREP_PERL_TICK = 16 }; // bytes for one tick

/* Whose patterns begin at which line of g->patterns; for messages. */
struct grep_pattern_file {
    const char *name;
    size_t first_line;
};

static size_t grep_count_patterns(const struct grep *g)
{
    size_t count = 0;
    for (size_t i = 0; i < g->patterns.len; i++)
        count += g->patterns.data[i] == '\n';
    return count;
}

void grep_add_patterns(struct grep *g, struct span text, const char *file)
{
    struct grep_pattern_file *source = sys_alloc(sizeof *source);
    *source = (struct grep_pattern_file){file, grep_count_patterns(g)};
    vec_push(&g->pattern_files, source);
    buf_add_span(&g->patterns, text);
    bool complete = text.len && text.ptr[text.len - 1] == '\n';
    if (!file || (text.len &&
                  !complete)) // -e 'a\n' is two patterns, a file's last newline ends one
        buf_add_char(&g->patterns, '\n');
    g->has_patterns = true;
}

static void grep_warn(void *ctx, const char *text)
{
    (void)ctx;
    msg_warn("warning: %s", text);
}

/* Says what is wrong with pattern number `bad`, and in which file. */
static int grep_complain(const struct grep *g, enum regex_error err, size_t bad)
{
    const struct grep_pattern_file *from = NULL;
    for (size_t i = 0; i < g->pattern_files.len; i++) {
        const struct grep_pattern_file *source = g->pattern_files.items[i];
        if (source->first_line <= bad)
            from = source;
    }
    if (from && from->name && err != REGEX_ESIZE)
        msg("%s:%zu: %s", from->name, bad - from->first_line + 1, regex_error_text(err));
    else
        msg("%s", regex_error_text(err));
    return 2;
}

/* The patterns as spans, count of them. */
static struct span *grep_split_patterns(const struct grep *g, size_t count)
{
    struct span *patterns = sys_alloc((count + 1) * sizeof *patterns);
    const char *at = g->patterns.data;
    for (size_t i = 0; i < count; i++) {
        const char *end =
            memchr(at, '\n', (size_t)(g->patterns.data + g->patterns.len - at));
        patterns[i] = span_make(at, (size_t)(end - at));
        at = end + 1;
    }
    return patterns;
}

static int grep_compile_perl(struct grep *g, const struct span *patterns, size_t count)
{
    char why[PERLRE_ERROR_MAX];
    if (count > 1) {
        msg("the -P option only supports a single pattern");
        return 2;
    }
    if (!count) // of an empty -f: nothing matches
        return 0;
    unsigned flags = (g->icase ? PERLRE_ICASE : 0u) | (g->utf8 ? PERLRE_UTF8 : 0u) |
                     (g->words ? PERLRE_WORD : 0u) | (g->whole ? PERLRE_WHOLE : 0u);
    int err = perlre_compile(&g->perl, sys_heap(), flags, patterns[0], why);
    if (err) {
        msg("%s", err == -ENOMEM ? "memory exhausted" : why);
        return 2;
    }
    struct regex_span match; // an endless recursion shows before any file is opened
    g->searched = "(standard input)";
    (void)grep_find_match(g, span_of(""), 0, &match);
    return 0;
}

static int grep_compile_posix(struct grep *g, const struct span *patterns, size_t count)
{
    static const enum regex_syntax syntax[] = {
        [GREP_BASIC] = REGEX_GREP,
        [GREP_EXTENDED] = REGEX_EGREP,
        [GREP_FIXED] = REGEX_LITERAL,
    };
    size_t bad = 0;
    struct regex_options o = {
        .syntax = syntax[g->matcher],
        .flags = (g->icase ? REGEX_ICASE : 0u) | (g->utf8 ? REGEX_UTF8 : 0u) |
                 (g->words ? REGEX_WORD : 0u) | (g->whole ? REGEX_WHOLE : 0u),
        .eol = g->eol,
        .lines = true,
        .warn = grep_warn,
        .bad = &bad,
    };
    enum regex_error err = pattern_take(&g->pattern, &o, patterns, count);
    return err ? grep_complain(g, err, bad) : 0;
}

int grep_compile(struct grep *g)
{
    size_t count = grep_count_patterns(g);
    struct span *patterns = grep_split_patterns(g, count);
    int err = g->matcher == GREP_PERL ? grep_compile_perl(g, patterns, count)
                                      : grep_compile_posix(g, patterns, count);
    sys_free(patterns);
    return err;
}

static bool grep_check(const struct grep *g, int result)
{
    if (result >= 0)
        return result > 0;
    if (result == -E2BIG && g->matcher == GREP_PERL)
        msg("%s: exceeded PCRE's backtracking limit", g->searched);
    else if (result == -E2BIG)
        msg("exceeded the step limit of regular expressions");
    else if (result == -EINVAL)
        msg("%s: internal PCRE error", g->searched);
    else
        msg("memory exhausted");
    cmd_exit(2);
}

/* One line at a time: an expression may look beyond the ends of what it matches. */
static bool grep_find_perl_line(struct grep *g, struct span block, size_t from,
                                struct regex_span *line)
{
    struct regex_span match;
    while (from < block.len) {
        const char *eol = memchr(block.ptr + from, g->eol, block.len - from);
        size_t end = eol ? (size_t)(eol - block.ptr) : block.len;
        if (grep_find_match(g, span_make(block.ptr + from, end - from), 0, &match)) {
            *line = (struct regex_span){from, end};
            return true;
        }
        from = end + 1;
    }
    return false;
}

bool grep_find_line(struct grep *g, struct span block, size_t from,
                    struct regex_span *line)
{
    if (g->matcher == GREP_PERL)
        return grep_find_perl_line(g, block, from, line);
    return grep_check(g, regex_search_lines(g->pattern.re, block, from, line));
}

bool grep_find_match(struct grep *g, struct span line, size_t at,
                     struct regex_span *match)
{
    if (g->matcher != GREP_PERL)
        return grep_check(g, regex_search(g->pattern.re, line, at, 0, match, 1));
    sys_ticks((unsigned)(line.len / GREP_PERL_TICK + 1));
    return g->perl &&
           grep_check(g, perlre_search(g->perl, line, at, &match->start, &match->end));
}
