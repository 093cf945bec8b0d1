/* sed_parse.c: from the text of a program to commands. See sed.h. */
#include <errno.h>

#include "base/num.h"
#include "cmd/sed/sed.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/msg.h"
#include "user/version.h"

#define SED_COMMANDS "{}=abcdDgGhHilnNpPqrstwxy:"
#define SED_GNU_COMMANDS "eFQRTvWz" // not with --posix
#define SED_VERSION "4.9"           // what `v` compares with

/* ---- Characters and messages ------------------------------------------------------ */

_Noreturn void sed_bad(struct sed_parser *p, const char *text)
{
    if (p->in.expression)
        msg("-e expression #%d, char %zu: %s", p->in.expression,
            (size_t)(p->in.at - p->in.text), text);
    else
        msg("file %s line %llu: %s", p->in.file, (unsigned long long)p->in.line, text);
    cmd_exit(SED_BAD_USAGE);
}

int sed_getc(struct sed_parser *p)
{
    if (p->in.at == p->in.end)
        return SED_EOF;
    int c = (unsigned char)*p->in.at++;
    p->in.line += c == '\n';
    return c;
}

void sed_ungetc(struct sed_parser *p, int c)
{
    if (c == SED_EOF)
        return;
    p->in.at--;
    p->in.line -= c == '\n';
}

int sed_skip_blanks(struct sed_parser *p)
{
    int c;
    do
        c = sed_getc(p);
    while (c != SED_EOF && char_is_blank(c));
    return c;
}

static int sed_skip_space(struct sed_parser *p)
{
    int c;
    do
        c = sed_getc(p);
    while (c != SED_EOF && (char_is_space(c) || c == ';'));
    return c;
}

/* What may follow a command: blanks, then its end; a } or # is left. */
static void sed_end_command(struct sed_parser *p)
{
    int c = sed_skip_blanks(p);
    if (c == '}' || c == '#')
        sed_ungetc(p, c);
    else if (c != SED_EOF && c != '\n' && c != ';')
        sed_bad(p, "extra characters after command");
}

static uint64_t sed_number(struct sed_parser *p, int c)
{
    uint64_t n = 0;
    for (; c != SED_EOF && char_is_digit(c); c = sed_getc(p))
        n = n > UINT64_MAX / 10 - 1 ? UINT64_MAX / 10 : n * 10 + (uint64_t)(c - '0');
    sed_ungetc(p, c);
    return n;
}

bool sed_read_delimited(struct sed_parser *p, int delimiter, bool regex, struct buf *b)
{
    for (int c; (c = sed_getc(p)) != SED_EOF;) {
        if (c == '\n') {
            sed_ungetc(p, c);
            return false;
        }
        if (c == delimiter)
            return true;
        if (c == '\\') {
            c = sed_getc(p);
            if (c == SED_EOF)
                return false;
            if (c == delimiter && (regex || delimiter != '&'))
                ; // the delimiter itself
            else if (c == 'n' && regex)
                c = '\n';
            else if (c != '\n' || !regex)
                buf_add_char(b, '\\');
            buf_add_char(b, (char)c);
            continue;
        }
        buf_add_char(b, (char)c);
        if (c == '[' &&
            regex) { // in brackets the delimiter is ordinary, if they are closed
            struct span rest = span_make(p->in.at, (size_t)(p->in.end - p->in.at));
            bool closed;
            size_t len = sed_bracket(rest, &closed);
            p->in.at += len;
            if (!closed)
                return false;
            buf_add_span(b, span_make(rest.ptr, len));
        }
    }
    return false;
}

/* ---- Regular expressions and files ------------------------------------------------ */

/* With -z lines end in NUL, and sed_search looks at each of them alone. */
static unsigned sed_lines_flag(const struct sed *s)
{
    return s->delimiter ? REGEX_NEWLINE : REGEX_NO_NEWLINE;
}

struct sed_regex *sed_make_regex(struct sed_parser *p, struct span text, bool icase,
                                 bool lines, int groups)
{
    const struct sed *s = p->sed;
    struct sed_regex *r = sys_alloc_zero(sizeof *r);
    vec_push(&p->sed->regexes, r);
    r->icase = icase;
    r->lines = lines;
    r->groups = (size_t)groups;
    if (!text.len) {
        if (icase || lines)
            sed_bad(p, "cannot specify modifiers on empty regexp");
        return r;
    }
    struct regex_options o = {
        .syntax = s->extended ? REGEX_EXTENDED : REGEX_BASIC,
        .flags = REGEX_CHECK_CLASS | (icase ? REGEX_ICASE : 0u) |
                 (lines ? sed_lines_flag(s) : 0u) | (s->utf8 ? REGEX_UTF8 : 0u) |
                 (s->posix ? REGEX_PLAIN : 0u),
    };
    r->text = buf_make(sys_heap());
    sed_convert_regex(&r->text, text, s->correct);
    struct span source = buf_span(&r->text);
    enum regex_error err = pattern_take(&r->pattern, &o, &source, 1);
    if (err == REGEX_ECLASS) {
        msg("%s", regex_error_text(err));
        cmd_exit(SED_PANIC);
    }
    if (err)
        sed_bad(p, regex_error_text(err));
    if ((size_t)groups > regex_groups(r->pattern.re)) {
        char message[64];
        buf_clear(&p->text);
        buf_addf(&p->text, "invalid reference \\%d on `s' command's RHS", groups);
        memcpy(message, p->text.data, size_min(p->text.len + 1, sizeof message));
        sed_bad(p, message);
    }
    return r;
}

static struct sed_file *sed_find_file(struct sed *s, const char *name)
{
    for (size_t i = 0; i < s->files.len; i++) {
        struct sed_file *f = s->files.items[i];
        if (str_eq(f->name, name))
            return f;
    }
    struct sed_file *f = sys_alloc_zero(sizeof *f);
    f->name = sys_strdup(name);
    vec_push(&s->files, f);
    return f;
}

static void sed_open_output(struct sed *s, struct sed_file *f)
{
    if (f->out)
        return;
    if (str_eq(f->name, "/dev/stdout")) {
        f->out = out_std();
        return;
    }
    bool err_stream = str_eq(f->name, "/dev/stderr");
    int fd =
        err_stream
            ? 2
            : sys_open(f->name, SYS_WRONLY | SYS_CREAT | SYS_TRUNC | SYS_CLOEXEC, 0666);
    if (fd < 0) {
        msg_errno(fd, "couldn't open file %s", f->name);
        cmd_exit(SED_PANIC);
    }
    f->own = out_make(fd);
    f->out = &f->own;
    (void)s;
}

/* The rest of the line. */
static struct span sed_read_name(struct sed_parser *p)
{
    int c = sed_skip_blanks(p);
    sed_ungetc(p, c);
    const char *begin = p->in.at;
    while ((c = sed_getc(p)) != SED_EOF && c != '\n')
        continue;
    const char *end = p->in.at - (c == '\n');
    if (begin == end)
        sed_bad(p, "missing filename in r/R/w/W commands");
    return span_make(begin, (size_t)(end - begin));
}

static const char *sed_copy(struct span text)
{
    char *copy = sys_alloc(text.len + 1);
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return copy;
}

struct sed_file *sed_parse_file(struct sed_parser *p, bool write)
{
    const char *name = sed_copy(sed_read_name(p));
    struct sed_file *f = sed_find_file(p->sed, name);
    if (write)
        sed_open_output(p->sed, f);
    return f;
}

/* ---- Addresses -------------------------------------------------------------------- */

/* After "/" or "\c". */
static void sed_parse_match(struct sed_parser *p, int delimiter, struct sed_address *a)
{
    struct buf b = buf_make(sys_heap());
    if (!sed_read_delimited(p, delimiter, true, &b))
        sed_bad(p, "unterminated address regex");
    bool icase = false, lines = false;
    for (;;) {
        int c = sed_skip_blanks(p);
        if (c == 'I' && !p->sed->posix) {
            icase = true;
        } else if (c == 'M' && !p->sed->posix) {
            lines = true;
        } else {
            sed_ungetc(p, c);
            break;
        }
    }
    a->kind = SED_MATCH;
    a->regex = sed_make_regex(p, buf_span(&b), icase, lines, 0);
    buf_fini(&b);
}

static void sed_parse_line_number(struct sed_parser *p, int c, struct sed_address *a)
{
    a->kind = SED_LINE;
    a->n = sed_number(p, c);
    c = sed_skip_blanks(p);
    if (c != '~' || p->sed->posix) {
        sed_ungetc(p, c);
        return;
    }
    c = sed_skip_blanks(p);
    if (c != SED_EOF && char_is_digit(c)) {
        a->step = sed_number(p, c);
        a->kind = a->step ? SED_STEP : SED_LINE;
    } else {
        sed_ungetc(p, c);
    }
}

/* Reads an address that begins with c. false: it is none. */
static bool sed_parse_address(struct sed_parser *p, int c, struct sed_address *a)
{
    *a = (struct sed_address){.kind = SED_NO_ADDRESS};
    if (c == '/' || c == '\\') {
        if (c == '\\') {
            c = sed_getc(p);
            if (c == SED_EOF)
                sed_bad(p, "unterminated address regex");
        }
        sed_parse_match(p, c, a);
    } else if (c != SED_EOF && char_is_digit(c)) {
        sed_parse_line_number(p, c, a);
    } else if ((c == '+' || c == '~') && !p->sed->posix) {
        a->kind = c == '+' ? SED_PLUS : SED_MULTIPLE;
        c = sed_skip_blanks(p);
        if (c != SED_EOF && char_is_digit(c)) {
            a->n = sed_number(p, c);
        } else {
            sed_ungetc(p, c);
            sed_bad(p, "expected number"); // what GNU takes for 0 has no use
        }
    } else if (c == '$') {
        a->kind = SED_LAST;
    } else {
        return false;
    }
    return true;
}

/* The addresses of a command, and its !. Gives the character of the command. */
static int sed_parse_addresses(struct sed_parser *p, int c)
{
    struct sed_command *cmd = p->cur;
    if (sed_parse_address(p, c, &cmd->a1)) {
        if (cmd->a1.kind == SED_PLUS || cmd->a1.kind == SED_MULTIPLE)
            sed_bad(p, "invalid usage of +N or ~N as first address");
        c = sed_skip_blanks(p);
        if (c == ',') {
            c = sed_skip_blanks(p);
            if (!sed_parse_address(p, c, &cmd->a2))
                sed_bad(p, "unexpected `,'");
            c = sed_skip_blanks(p);
        }
        if (cmd->a1.kind == SED_LINE && cmd->a1.n == 0) {
            if (cmd->a2.kind != SED_MATCH || p->sed->posix) {
                if (c != SED_EOF)
                    sed_ungetc(p, c), sed_getc(p);
                sed_bad(p, "invalid usage of line address 0");
            }
            cmd->a1.kind = SED_ZERO;
            cmd->range_active = true;
        }
    }
    if (c == '!') {
        cmd->negated = true;
        c = sed_skip_blanks(p);
        if (c == '!')
            sed_bad(p, "multiple `!'s");
    }
    return c;
}

/* ---- The text of a, i, c ---------------------------------------------------------- */

/* Adds the text's bytes, as written, up to a newline without backslash. A backslash at
 * the end stands for a newline: the text goes on in the next part of the program. */
static void sed_read_text_lines(struct sed_parser *p)
{
    struct buf *b = &p->text;
    for (int c; (c = sed_getc(p)) != SED_EOF;) {
        if (c == '\\') {
            c = sed_getc(p);
            p->pending_text = c == SED_EOF;
            if (c == SED_EOF)
                break;
            buf_add_char(b, '\\');
            buf_add_char(b, (char)c);
            continue;
        }
        buf_add_char(b, (char)c);
        if (c == '\n')
            return;
    }
    buf_add_char(b, '\n');
}

/* Takes the backslashes out, in place: what is left is no longer. */
static void sed_unescape_text(struct buf *b)
{
    size_t to = 0;
    for (size_t i = 0; i < b->len; i++) {
        unsigned char c = (unsigned char)b->data[i];
        if (c == '\\' && i + 1 < b->len) {
            c = (unsigned char)b->data[i + 1];
            int n = sed_escape(span_from(buf_span(b), i + 1), &c);
            i += n > 0 ? (size_t)n : 1;
        }
        b->data[to++] = (char)c;
    }
    buf_cut(b, to);
}

/* The text is complete. sed-parse.test: one whose end is a backslash keeps the others. */
static void sed_finish_text(struct sed_parser *p)
{
    if (!p->pending_text)
        sed_unescape_text(&p->text);
    size_t len = p->text.len;
    if (len &&
        p->cur->name != 'a') // ends as the lines of the input; in GNU's `a` does not
        p->text.data[len - 1] = p->sed->delimiter;
    p->cur->text = len ? span_make(buf_take(&p->text), len) : span_make("", 0);
    buf_clear(&p->text);
    p->pending_text = false;
}

static void sed_parse_text(struct sed_parser *p)
{
    int c = sed_skip_blanks(p);
    if (c == SED_EOF)
        sed_bad(p, "expected \\ after `a', `c' or `i'");
    buf_clear(&p->text);
    if (c == '\\') {
        const char *behind = p->in.at;
        c = sed_skip_blanks(p);
        if (c == SED_EOF) {
            if (p->sed->posix)
                sed_bad(p, "incomplete command");
            p->pending_text = true;
            return;
        }
        if (c != '\n') { // a\text: blanks count
            p->in.at = behind;
            c = sed_getc(p);
            if (!char_is_blank(c)) { // but not an escape
                buf_add_char(&p->text, (char)c);
                c = SED_EOF;
            }
            sed_ungetc(p, c);
        }
    } else {
        if (p->sed->posix)
            sed_bad(p, "expected \\ after `a', `c' or `i'");
        sed_ungetc(p, c);
    }
    sed_read_text_lines(p);
    if (!p->pending_text)
        sed_finish_text(p);
}

/* ---- Labels and blocks ------------------------------------------------------------ */

static struct span sed_read_label(struct sed_parser *p)
{
    int c = sed_skip_blanks(p);
    const char *begin = c == SED_EOF ? p->in.at : p->in.at - 1;
    while (c != SED_EOF && c != '\n' && c != ';' && !char_is_space(c) && c != '}')
        c = sed_getc(p);
    const char *end = c == SED_EOF ? p->in.at : p->in.at - 1;
    sed_ungetc(p, c);
    return span_make(begin, (size_t)(end - begin));
}

static void sed_open_block(struct sed_parser *p)
{
    if (p->block_count == p->block_cap) {
        p->block_cap = p->block_cap ? p->block_cap * 2 : 16;
        p->blocks = sys_resize(p->blocks, p->block_cap * sizeof *p->blocks);
    }
    p->blocks[p->block_count++] =
        (struct sed_block){p->sed->command_count - 1, p->in.line};
}

static void sed_close_block(struct sed_parser *p)
{
    if (!p->block_count)
        sed_bad(p, "unexpected `}'");
    if (p->cur->a1.kind)
        sed_bad(p, "} doesn't want any addresses");
    p->sed->commands[p->blocks[--p->block_count].command].target =
        p->sed->command_count - 1;
}

/* ---- Commands --------------------------------------------------------------------- */

static int64_t sed_parse_number(struct sed_parser *p)
{
    int c = sed_skip_blanks(p);
    if (!p->sed->posix && c != SED_EOF && char_is_digit(c))
        return (int64_t)sed_number(p, c);
    sed_ungetc(p, c);
    return -1;
}

static void sed_no_sandbox(struct sed_parser *p)
{
    if (p->sed->sandbox)
        sed_bad(p, "e/r/w commands disabled in sandbox mode");
}

static void sed_parse_version(struct sed_parser *p)
{
    struct span label = sed_read_label(p);
    const char *wanted = label.len ? sed_copy(label) : "4.0";
    if (version_compare(span_of(wanted), span_of(SED_VERSION)) > 0)
        sed_bad(p, "expected newer version of sed");
    p->sed->posix = p->sed->correct = false;
}

static void sed_parse_command_with_file(struct sed_parser *p, char name)
{
    sed_no_sandbox(p);
    bool write = name == 'w' || name == 'W';
    p->cur->file = sed_parse_file(p, write);
    p->cur->text = span_of(p->cur->file->name);
}

static void sed_parse_label(struct sed_parser *p)
{
    if (p->cur->a1.kind)
        sed_bad(p, ": doesn't want any addresses");
    p->cur->text = sed_read_label(p);
    p->cur->text = span_of(sed_copy(p->cur->text));
    if (!p->cur->text.len)
        sed_bad(p, "\":\" lacks a label");
}

/* The rest of a command, after its name. */
static void sed_parse_rest(struct sed_parser *p, char name)
{
    struct sed_command *cmd = p->cur;
    switch (name) {
    case '{': sed_open_block(p); return;
    case '}':
        sed_close_block(p);
        sed_end_command(p);
        return;
    case ':': sed_parse_label(p); return;
    case 'a':
    case 'i':
    case 'c': sed_parse_text(p); return;
    case 'b':
    case 't':
    case 'T': cmd->text = span_of(sed_copy(sed_read_label(p))); return;
    case 'q':
    case 'Q':
        if (cmd->a2.kind)
            sed_bad(p, "command only uses one address");
        cmd->number = sed_parse_number(p);
        break;
    case 'l': cmd->number = sed_parse_number(p); break;
    case 'r':
    case 'R':
    case 'w':
    case 'W': sed_parse_command_with_file(p, name); return;
    case 's': sed_parse_s(p); return;
    case 'y': sed_parse_y(p); break;
    case 'v': sed_parse_version(p); return;
    case 'e': sed_bad(p, "e/r/w commands disabled in sandbox mode");
    default: break;
    }
    sed_end_command(p);
}

static struct sed_command *sed_add_command(struct sed *s)
{
    if (s->command_count == s->command_cap) {
        s->command_cap = s->command_cap ? s->command_cap * 2 : 16;
        s->commands = sys_resize(s->commands, s->command_cap * sizeof *s->commands);
    }
    struct sed_command *c = &s->commands[s->command_count++];
    *c = (struct sed_command){.number = -1};
    return c;
}

static void sed_parse_one(struct sed_parser *p, int c)
{
    p->cur = sed_add_command(p->sed);
    c = sed_parse_addresses(p, c);
    if (c == '#') {
        if (p->cur->a1.kind)
            sed_bad(p, "comments don't accept any addresses");
        p->sed->command_count--;
        while ((c = sed_getc(p)) != SED_EOF && c != '\n')
            continue;
        return;
    }
    if (c == SED_EOF)
        sed_bad(p, "missing command");
    if (!strchr(p->sed->posix ? SED_COMMANDS : SED_COMMANDS SED_GNU_COMMANDS, c)) {
        buf_clear(&p->text);
        buf_addf(&p->text, "unknown command: `%c'", c);
        sed_bad(p, buf_str(&p->text));
    }
    if (p->sed->posix && p->cur->a2.kind && strchr("=ailr", c))
        sed_bad(p, "command only uses one address");
    p->cur->name = (char)c;
    sed_parse_rest(p, (char)c);
}

void sed_parse(struct sed_parser *p, struct span text, int expression, const char *file)
{
    p->in =
        (struct sed_source){text.ptr, text.ptr, text.ptr + text.len, expression, file, 1};
    bool first = !p->sed->command_count && expression <= 1 && !p->pending_text;
    if (first && text.len >= 2 && memcmp(text.ptr, "#n", 2) == 0) // whatever follows
        p->sed->quiet = true;
    if (p->pending_text) {
        p->pending_text = false;
        sed_read_text_lines(p);
        if (p->pending_text)
            return;
        sed_finish_text(p);
    }
    for (int c; (c = sed_skip_space(p)) != SED_EOF;)
        sed_parse_one(p, c);
}

static void sed_resolve_label(struct sed *s, struct sed_command *c)
{
    if (!c->text.len) {
        c->target = s->command_count;
        return;
    }
    for (size_t i = 0; i < s->command_count; i++)
        if (s->commands[i].name == ':' && span_eq(s->commands[i].text, c->text)) {
            c->target = i;
            return;
        }
    msg("can't find label for jump to `%s'", c->text.ptr);
    cmd_exit(SED_PANIC);
}

void sed_parse_end(struct sed_parser *p)
{
    struct sed *s = p->sed;
    if (p->pending_text)
        sed_finish_text(p);
    if (p->block_count) {
        p->in.at = p->in.text;
        p->in.line = p->blocks[p->block_count - 1].line;
        sed_bad(p, "unmatched `{'");
    }
    for (size_t i = 0; i < s->command_count; i++)
        if (strchr("btT", s->commands[i].name))
            sed_resolve_label(s, &s->commands[i]);
}
