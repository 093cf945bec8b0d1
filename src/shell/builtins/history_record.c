/* history_record.c: set -o history: the commands of a script become entries of the list.
 *
 * Several lines of a command become one, with "; " or a blank between them, as cmdhist
 * asks: what a line ends in tells which. In quotes and here-documents a newline stays. */
#include <string.h>

#include "base/buf.h"
#include "shell/builtins/history.h"
#include "shell/expand/pattern.h"
#include "shell/shell.h"
#include "shell/vars/vars.h"
#include "sys.h"

/* What the text so far has opened. */
struct record {
    char quote;      // ' or ", 0: none
    unsigned nests;  // $( and ` around
    unsigned arrays; // name=( around
    bool document;   // a here-document has begun
};

/* Takes a line in. A line with << makes the rest a document. */
static void record_scan(struct record *r, struct span line)
{
    for (size_t i = 0; i < line.len; i++) {
        char c = line.ptr[i], next = i + 1 < line.len ? line.ptr[i + 1] : '\0';
        if (c == '\\' && r->quote != '\'')
            i++;
        else if (r->quote)
            r->quote = c == r->quote ? '\0' : r->quote;
        else if (c == '\'' || c == '"' || c == '`')
            r->quote = c;
        else if (c == '$' && next == '(')
            r->nests++, i++;
        else if (c == '=' && next == '(')
            r->arrays++, i++;
        else if (c == ')' && (r->nests || r->arrays))
            r->nests ? r->nests-- : r->arrays--;
        else if (c == '<' && next == '<') {
            bool string = i + 2 < line.len && line.ptr[i + 2] == '<';
            r->document |= !string;
            i += string ? 2 : 1;
        }
    }
}

/* Whether nothing has to stand between the line and the next: it ends in a word or
 * operator that another command follows. */
static bool record_needs_no_semicolon(struct span line)
{
    static const char *const words[] = {"do", "then", "else", "elif", "while", "until",
                                        "if", "{",    "(",    "in",   "!",     "time",
                                        "&&", "||",   "|",    "|&",   ";",     ";;",
                                        ";&", ";;&",  "&"};
    size_t end = line.len;
    while (end && char_is_blank(line.ptr[end - 1]))
        end--;
    size_t start = end;
    while (start && !char_is_blank(line.ptr[start - 1]))
        start--;
    struct span word = span_make(line.ptr + start, end - start);
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (span_eq_str(word, words[i]))
            return true;
    return !word.len || strchr(";&|{)", word.ptr[word.len - 1]);
}

static const char *record_between(const struct shell *sh, const struct record *r,
                                  struct span line)
{
    if (r->quote || r->nests || r->document || shell_shopt(sh, SHOPT_LITHIST))
        return "\n";
    return r->arrays || record_needs_no_semicolon(line) ? " " : "; ";
}

/* Skips lines of comment at the beginning, which are not kept. True: there were some. */
static bool record_skip_comments(struct span *rest)
{
    bool any = false;
    for (;;) {
        size_t at = 0;
        while (at < rest->len && char_is_blank(rest->ptr[at]))
            at++;
        if (at == rest->len || rest->ptr[at] != '#')
            return any;
        *rest = span_from(*rest, size_min(span_find(*rest, '\n') + 1, rest->len));
        any = true;
    }
}

static void record_join(const struct shell *sh, struct span source, struct buf *b)
{
    struct record r = {0};
    for (struct span rest = source; rest.len;) {
        size_t end = span_find(rest, '\n');
        struct span line = span_make(rest.ptr, end);
        rest = span_from(rest, size_min(end + 1, rest.len));
        record_scan(&r, line);
        bool goes_on = rest.len && line.len && line.ptr[line.len - 1] == '\\';
        buf_add(b, line.ptr, line.len - goes_on);
        const char *between = record_between(sh, &r, line);
        if (*between != '\n' && !goes_on && record_skip_comments(&rest))
            between = "\n";
        if (rest.len && !goes_on)
            buf_add_str(b, between);
        sys_tick();
    }
    if (r.document)
        buf_add_char(b, '\n');
}

/* ---- What is left out ------------------------------------------------------------- */

static bool record_controls(struct shell *sh, const char *what)
{
    struct span list = var_get(sh, NAME_HISTCONTROL);
    while (list.len) {
        size_t end = span_find(list, ':');
        struct span word = span_make(list.ptr, end);
        if (span_eq_str(word, what) ||
            (span_eq_str(word, "ignoreboth") && !str_eq(what, "erasedups")))
            return true;
        list = span_from(list, size_min(end + 1, list.len));
    }
    return false;
}

/* HISTIGNORE: patterns for the whole line; & is the last entry. */
static bool record_is_ignored(struct shell *sh, struct span line)
{
    struct span list = var_get(sh, NAME_HISTIGNORE);
    while (list.len) {
        size_t end = span_find(list, ':');
        struct span pattern = span_make(list.ptr, end);
        if (span_eq_str(pattern, "&") ? span_eq(line, history_last(sh))
                                      : pattern_match(pattern, line, 0))
            return true;
        list = span_from(list, size_min(end + 1, list.len));
    }
    return false;
}

static void record_line(struct shell *sh, struct span line)
{
    if (!line.len || (char_is_blank(line.ptr[0]) && record_controls(sh, "ignorespace")) ||
        (record_controls(sh, "ignoredups") && span_eq(line, history_last(sh))) ||
        record_is_ignored(sh, line))
        return;
    if (record_controls(sh, "erasedups"))
        history_forget(sh, line);
    history_push(sh, line);
}

void history_record(struct shell *sh, struct span source)
{
    if (source.len && source.ptr[source.len - 1] == '\n')
        source.len--;
    struct buf b = buf_make(sys_heap());
    if (shell_shopt(sh, SHOPT_CMDHIST))
        record_join(sh, source, &b);
    else
        buf_add_span(&b, source);
    for (struct span rest = buf_span(&b); rest.len;) {
        bool whole = shell_shopt(sh, SHOPT_CMDHIST);
        size_t end = whole ? rest.len : span_find(rest, '\n');
        record_line(sh, span_make(rest.ptr, end));
        rest = span_from(rest, size_min(end + 1, rest.len));
    }
    buf_fini(&b);
}
