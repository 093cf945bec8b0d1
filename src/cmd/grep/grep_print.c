/* grep_print.c: output of lines and summaries. See grep.h. */
#include "base/utf8.h"
#include "cmd/grep/grep.h"
#include "user/msg.h"
#include "user/out.h"
#include "user/scan.h"

static void grep_print_separator(const struct grep *g, char c)
{
    grep_start_color(&g->colors, g->colors.separator);
    out_char(c);
    grep_end_color(&g->colors, g->colors.separator);
}

void grep_print_name(const struct grep_file *f, char separator)
{
    const struct grep *g = f->g;
    grep_start_color(&g->colors, g->colors.file);
    out_str(f->name);
    grep_end_color(&g->colors, g->colors.file);
    if (g->null_name)
        out_char('\0');
    else if (separator)
        grep_print_separator(g, separator);
}

static void grep_print_number(const struct grep *g, uint64_t n, int width,
                              struct span color)
{
    grep_start_color(&g->colors, color);
    outf("%*llu", width, (unsigned long long)n);
    grep_end_color(&g->colors, color);
}

/* The number of the line at begin. */
static uint64_t grep_line_number(struct grep_file *f, size_t begin)
{
    if (begin > f->counted) {
        f->line_count +=
            scan_count(span_make(f->buf + f->counted, begin - f->counted), f->g->eol);
        f->counted = begin;
    }
    return f->line_count + 1;
}

/* What stands before a line or match. false: the text is no valid UTF-8 and is not to be
 * shown. */
static bool grep_print_head(struct grep_file *f, size_t line, struct span text,
                            char separator)
{
    const struct grep *g = f->g;
    if (g->utf8 && g->binary != GREP_TEXT && !utf8_is_valid(text)) {
        f->bad_lines++;
        return false;
    }
    if (g->show_name)
        grep_print_name(f, separator);
    if (g->show_line) {
        grep_print_number(g, grep_line_number(f, line), f->width, g->colors.line);
        grep_print_separator(g, separator);
    }
    if (g->show_byte) {
        uint64_t at = f->base + (size_t)(text.ptr - f->buf);
        grep_print_number(g, at, f->width, g->colors.byte);
        grep_print_separator(g, separator);
    }
    if (g->align && (g->show_name || g->show_line || g->show_byte) && text.len)
        out_char('\t');
    return true;
}

/* The matches of a line: alone (-o), or in colour with what is between them. Gives how
 * much of the line was output. */
static size_t grep_print_matches(struct grep_file *f, size_t begin, struct span line,
                                 struct span line_color, struct span match_color)
{
    struct grep *g = f->g;
    size_t at = 0, shown = 0;
    struct regex_span m;
    char separator = g->invert ? '-' : ':';
    while (at < line.len && grep_find_match(g, line, at, &m) && m.start < line.len) {
        sys_tick();
        if (m.end == m.start) {
            at = g->utf8 ? utf8_next(line, m.start) : m.start + 1;
            continue;
        }
        struct span text = span_make(line.ptr + m.start, m.end - m.start);
        if (g->only) {
            if (!grep_print_head(f, begin, text, separator))
                return line.len;
        } else {
            grep_start_color(&g->colors, line_color);
            out_bytes(line.ptr + shown, m.start - shown);
        }
        grep_start_color(&g->colors, match_color);
        out_span(text);
        grep_end_color(&g->colors, match_color);
        if (g->only)
            out_char(g->eol);
        at = shown = m.end;
    }
    return g->only ? line.len : shown;
}

/* Outputs one line, as selected (':') or context ('-'). */
static void grep_print_line(struct grep_file *f, size_t begin, size_t end, char separator)
{
    struct grep *g = f->g;
    const struct grep_colors *c = &g->colors;
    bool selected = separator == ':', matching = selected != g->invert;
    struct span line = span_make(f->buf + begin, end - 1 - begin);
    f->shown = end;
    f->begun = f->g->any_shown = true;
    if (!g->only && !grep_print_head(f, begin, line, separator)) {
        f->begun &= !selected; // else as if a gap were before what comes next
        return;
    }
    size_t shown = 0;
    struct span line_color = {NULL, 0}, match_color = {NULL, 0};
    if (c->on) {
        line_color =
            selected != (g->invert && c->reverse) ? c->selected_line : c->context_line;
        match_color = selected ? c->selected_match : c->context_match;
    }
    if (matching && (g->only || match_color.len))
        shown = grep_print_matches(f, begin, line, line_color, match_color);
    if (g->only)
        return;
    struct span rest = span_from(line, shown);
    if (line_color.len && rest.len) {
        size_t tail = rest.len - (rest.ptr[rest.len - 1] == '\r');
        if (tail) {
            grep_start_color(c, line_color);
            out_bytes(rest.ptr, tail);
            grep_end_color(c, line_color);
        }
        rest = span_from(rest, tail);
    }
    out_span(rest);
    out_char(g->eol);
    if (g->line_buffered)
        out_flush();
}

/* The end of the line at begin, behind its eol. */
static size_t grep_line_end(const struct grep_file *f, size_t begin)
{
    const char *eol = memchr(f->buf + begin, f->g->eol, f->len - begin);
    return eol ? (size_t)(eol + 1 - f->buf) : f->len;
}

void grep_print_pending(struct grep_file *f, size_t limit)
{
    while (f->pending > 0 && f->shown < limit) {
        size_t begin = f->shown, end = grep_line_end(f, begin);
        f->pending--;
        grep_print_line(f, begin, end, '-');
    }
}

/* The begin of the first of up to `before` lines before begin that have not been
 * shown. */
static size_t grep_before(const struct grep_file *f, size_t begin)
{
    for (int64_t i = 0; i < f->g->before && begin > f->shown; i++) {
        const char *eol = memrchr(f->buf + f->shown, f->g->eol, begin - 1 - f->shown);
        begin = eol ? (size_t)(eol + 1 - f->buf) : f->shown;
    }
    return begin;
}

void grep_print_selected(struct grep_file *f, size_t begin, size_t end)
{
    const struct grep *g = f->g;
    grep_print_pending(f, begin);
    size_t from = grep_before(f, begin);
    bool run_goes_on = g->invert && f->bad_lines && begin == f->shown;
    bool gap = g->any_shown && (from != f->shown || (!f->begun && !run_goes_on));
    if ((g->before >= 0 || g->after >= 0) && gap && g->group_separator) {
        grep_start_color(&g->colors, g->colors.separator);
        out_str(g->group_separator);
        grep_end_color(&g->colors, g->colors.separator);
        out_char('\n');
    }
    while (from < begin) {
        size_t next = grep_line_end(f, from);
        grep_print_line(f, from, next, '-');
        from = next;
    }
    size_t bad = f->bad_lines;
    grep_print_line(f, begin, end, ':');
    f->pending = g->after > 0 && f->bad_lines == bad ? g->after : 0;
}

void grep_print_summary(struct grep_file *f)
{
    const struct grep *g = f->g;
    bool binary = f->bad_lines || (f->null_seen && f->selected > f->selected_at_null);
    bool quiet = g->quiet || g->count || g->list;
    if (binary && !quiet) {
        out_flush();
        msg_warn("%s: binary file matches", f->name);
    }
    if (g->quiet)
        return;
    if (g->count) {
        if (g->show_name)
            grep_print_name(f, ':');
        outf("%lld\n", (long long)f->selected);
    }
    if (g->list && (f->selected > 0) == (g->list == GREP_LIST_MATCHING)) {
        grep_print_name(f, '\0');
        if (!g->null_name)
            out_char('\n');
    }
    if (g->line_buffered)
        out_flush();
}
