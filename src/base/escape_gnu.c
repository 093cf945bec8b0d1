/* escape_gnu.c: text quoted as GNU coreutils 9.1 quotes names in listings and
 * messages. */
#include "base/escape.h"

#include "base/buf.h"

/* What the shell styles need to know of a text before they begin. */
struct escape_needs {
    bool quotes;    // a shell would read it differently
    bool escapes;   // there are characters that cannot be shown
    bool has_quote; // there is a '
    bool no_double; // "..." would not do, or would look odd
    bool ends_in_escape;
};

/* Whether the ASCII character c at index at means something to a shell. */
static bool escape_gnu_is_special(struct span text, size_t at)
{
    char c = text.ptr[at];
    if (c == '#' || c == '~')
        return at == 0;
    if (c == '{' || c == '}')
        return text.len == 1;
    return c && strchr(" !\"$&'()*;<=>?[\\^`|\t\n\r", c);
}

/* Whether it may stand in "..." with no thought given to it. */
static bool escape_gnu_is_plain(struct span text, size_t at, bool printable)
{
    char c = text.ptr[at];
    if (c == ' ' || c == '\'')
        return true;
    if (strchr("#~", c))
        return at == 0;
    return printable && !strchr("{}", c) && !escape_gnu_is_special(text, at);
}

static struct escape_needs escape_gnu_look(struct span text)
{
    struct escape_needs needs = {.quotes = text.len == 0};
    for (size_t at = 0; at < text.len;) {
        bool printable;
        size_t len = escape_unit(text, at, true, &printable);
        needs.quotes |= escape_gnu_is_special(text, at);
        needs.escapes |= !printable;
        needs.has_quote |= text.ptr[at] == '\'';
        needs.no_double |= !text.ptr[at] || !escape_gnu_is_plain(text, at, printable);
        needs.ends_in_escape = !printable;
        at += len;
    }
    return needs;
}

/* Adds \n and the like, or octal digits. */
static void escape_gnu_add_code(struct buf *b, struct span text, size_t at, size_t len)
{
    static const char codes[] = "\a\b\t\n\v\f\r", letters[] = "abtnvfr";
    char c = text.ptr[at];
    const char *code = c ? strchr(codes, c) : NULL;
    if (code) {
        buf_addf(b, "\\%c", letters[code - codes]);
        return;
    }
    bool digit_follows = at + 1 < text.len && char_is_digit(text.ptr[at + 1]);
    if (!c && !digit_follows)
        buf_add_str(b, "\\0");
    else
        for (size_t i = 0; i < len; i++)
            buf_addf(b, "\\%03o", (unsigned)(unsigned char)text.ptr[at + i]);
}

/* Adds text in '...', what cannot be shown as '$'...'' between them. GNU's tools begin
 * with a '' (or leave a $' out) where there is a ' and the text ends in an escape: so
 * do we. */
static void escape_gnu_add_parts(struct buf *b, struct span text,
                                 const struct escape_needs *needs)
{
    bool in_dollar = needs->has_quote && needs->ends_in_escape;
    buf_add_char(b, '\'');
    for (size_t at = 0; at < text.len;) {
        bool printable;
        size_t len = escape_unit(text, at, true, &printable);
        if (text.ptr[at] == '\'') {
            buf_add_str(b, "'\\''");
            in_dollar = false;
        } else if (!printable) {
            if (!in_dollar)
                buf_add_str(b, "'$'");
            in_dollar = true;
            escape_gnu_add_code(b, text, at, len);
        } else {
            if (in_dollar)
                buf_add_str(b, "''");
            in_dollar = false;
            buf_add(b, text.ptr + at, len);
        }
        at += len;
    }
    buf_add_char(b, '\'');
}

static void escape_gnu_add_shell(struct buf *b, enum escape_gnu style, struct span text,
                                 bool operand)
{
    struct escape_needs needs = escape_gnu_look(text);
    bool escape =
        style == ESCAPE_GNU_SHELL_ESCAPE || style == ESCAPE_GNU_SHELL_ESCAPE_ALWAYS;
    needs.quotes |=
        style == ESCAPE_GNU_SHELL_ALWAYS || style == ESCAPE_GNU_SHELL_ESCAPE_ALWAYS;
    needs.quotes |= escape && needs.escapes;
    needs.quotes |= operand && span_find(text, ':') < text.len;
    if (!needs.quotes) {
        buf_add_span(b, text);
    } else if (needs.has_quote && !needs.no_double) {
        buf_add_char(b, '"');
        buf_add_span(b, text);
        buf_add_char(b, '"');
    } else if (escape) {
        escape_gnu_add_parts(b, text, &needs);
    } else if (span_eq_str(text, "'")) {
        buf_add_str(b, "\"'\"");
    } else {
        escape_add_plain_single(b, text);
    }
}

/* The styles with C escapes, between open and close; close and space may be escaped
 * too. */
static void escape_gnu_add_c(struct buf *b, struct span text, const char *open,
                             const char *close, char escaped)
{
    buf_add_str(b, open);
    for (size_t at = 0; at < text.len;) {
        bool printable;
        size_t len = escape_unit(text, at, true, &printable);
        if (!printable) {
            escape_gnu_add_code(b, text, at, len);
        } else {
            if (text.ptr[at] == '\\' || text.ptr[at] == escaped)
                buf_add_char(b, '\\');
            buf_add(b, text.ptr + at, len);
        }
        at += len;
    }
    buf_add_str(b, close);
}

static void escape_gnu_add(struct buf *b, enum escape_gnu style, struct span text,
                           bool operand)
{
    switch (style) {
    case ESCAPE_GNU_LOCALE: escape_gnu_add_c(b, text, "'", "'", '\''); break;
    case ESCAPE_GNU_LOCALE_UTF8:
        escape_gnu_add_c(b, text, "\u2018", "\u2019", '\\');
        break;
    case ESCAPE_GNU_C: escape_gnu_add_c(b, text, "\"", "\"", '"'); break;
    case ESCAPE_GNU_ESCAPE: escape_gnu_add_c(b, text, "", "", ' '); break;
    default: escape_gnu_add_shell(b, style, text, operand);
    }
}

void escape_add_gnu(struct buf *b, enum escape_gnu style, struct span text)
{
    escape_gnu_add(b, style, text, false);
}

void escape_add_gnu_operand(struct buf *b, enum escape_gnu style, struct span text)
{
    escape_gnu_add(b, style, text, true);
}
