/* grep_match.c: the patterns, and finding them. See grep.h. */
#include <errno.h>

#include "cmd/grep/grep.h"
#include "user/cmd.h"
#include "user/msg.h"

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

int grep_compile(struct grep *g)
{
    static const enum regex_syntax syntax[] = {
        [GREP_BASIC] = REGEX_GREP,
        [GREP_EXTENDED] = REGEX_EGREP,
        [GREP_FIXED] = REGEX_LITERAL,
        [GREP_PERL] = REGEX_EGREP,
    };
    size_t count = grep_count_patterns(g), bad = 0;
    struct span *patterns = sys_alloc((count + 1) * sizeof *patterns);
    const char *at = g->patterns.data;
    for (size_t i = 0; i < count; i++) {
        const char *end =
            memchr(at, '\n', (size_t)(g->patterns.data + g->patterns.len - at));
        patterns[i] = span_make(at, (size_t)(end - at));
        at = end + 1;
    }
    struct regex_options o = {
        .alloc = sys_heap(),
        .tick = sys_ticks,
        .syntax = syntax[g->matcher],
        .flags = (g->icase ? REGEX_ICASE : 0u) | (g->utf8 ? REGEX_UTF8 : 0u) |
                 (g->words ? REGEX_WORD : 0u) | (g->whole ? REGEX_WHOLE : 0u),
        .eol = g->eol,
        .lines = true,
        .warn = grep_warn,
        .bad = &bad,
    };
    enum regex_error err = regex_compile_list(&g->re, &o, patterns, count);
    sys_free(patterns);
    return err ? grep_complain(g, err, bad) : 0;
}

static bool grep_check(int result)
{
    if (result >= 0)
        return result > 0;
    msg(result == -E2BIG ? "exceeded the step limit of back-references"
                         : "memory exhausted");
    cmd_exit(2);
}

bool grep_find_line(struct grep *g, struct span block, size_t from,
                    struct regex_span *line)
{
    return grep_check(regex_search_lines(g->re, block, from, line));
}

bool grep_find_match(struct grep *g, struct span line, size_t at,
                     struct regex_span *match)
{
    return grep_check(regex_search(g->re, line, at, 0, match, 1));
}
