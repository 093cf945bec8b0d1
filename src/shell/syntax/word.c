/* word.c: words: quotes, literal text, and what follows a $, made into parts. */
#include "shell/syntax/parser.h"

#include "base/escape.h"
#include "sys.h"

/* A word being read. Its parts lie on STACK_PARTS above mark; literal text that is not
 * yet a part lies in p->text above text_mark. */
struct scan {
    unsigned flags; // SCAN_*
    char stop, stop2;
    bool run;        // there is literal text, perhaps empty
    bool run_quoted; // and it is quoted
    bool run_glob, run_inner;
    bool apostrophe; // between '...' in the "..." of such a word, for braces only
    bool quoted;     // the word has quotes
    uint8_t group;   // PART_GROUP in every second "..."
    bool brace;      // it has an unquoted {
    bool bracket;    // an unquoted [ was seen
    unsigned parens; // open ones of +(...)
    size_t guard;    // offset up to which nothing ends the word
    size_t mark, text_mark;
};

static void scan_flush(struct parser *p, struct scan *s)
{
    if (!s->run)
        return;
    struct part part = {.kind = PART_TEXT};
    part.flags =
        (uint8_t)((s->run_quoted ? PART_QUOTED : 0) | (s->run_glob ? PART_GLOB : 0) |
                  (s->run_inner ? PART_INNER : 0));
    part.text = arena_copy_span(p->arena, span_make(buf_str(&p->text) + s->text_mark,
                                                    p->text.len - s->text_mark));
    buf_cut(&p->text, s->text_mark);
    s->run = s->run_glob = s->run_inner = false;
    parser_push(p, STACK_PARTS, &part, sizeof part);
}

/* Literal text follows, quoted or not. */
static void scan_run(struct parser *p, struct scan *s, bool quoted)
{
    if (s->run && (s->run_quoted != quoted || s->run_inner))
        scan_flush(p, s);
    s->run = true;
    s->run_quoted = quoted;
    s->quoted |= quoted;
}

static void scan_add_char(struct parser *p, struct scan *s, int c, bool quoted)
{
    scan_run(p, s, quoted);
    buf_add_char(&p->text, (char)c);
}

static void scan_add_part(struct parser *p, struct scan *s, struct part *part)
{
    scan_flush(p, s);
    if (s->flags & SCAN_QUOTED) {
        part->flags |= PART_QUOTED | s->group;
        s->quoted = true;
    }
    parser_push(p, STACK_PARTS, part, sizeof *part);
}

/* ---- Quotes ----------------------------------------------------------------------- */

/* 'text', pos on the quote. */
static void scan_single(struct parser *p, struct scan *s)
{
    unsigned line = p->in.line;
    size_t start = p->in.pos + 1, at = start;
    int c;
    while ((c = input_at(p, at)) != '\'' && c >= 0)
        at++;
    if (c < 0) {
        parser_fail_close(p, line, '\'');
        return;
    }
    scan_run(p, s, true);
    buf_add(&p->text, p->in.text + start, at - start);
    input_skip(p, at + 1);
}

/* How the text of $'...' is printed: as '...', or without quotes in the word of
 * "${x-word}", where they are characters of it. */
static void scan_show_text(struct buf *b, struct span text, bool quoted)
{
    if (!quoted) {
        escape_add_plain_single(b, text);
        return;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (memchr("$`\"\\}", text.ptr[i], 5))
            buf_add_char(b, '\\');
        buf_add_char(b, text.ptr[i]);
    }
}

/* $'text', pos on the $. */
static void scan_dollar_single(struct parser *p, struct scan *s)
{
    unsigned line = p->in.line;
    size_t start = p->in.pos + 2, at = start;
    int c;
    while ((c = input_at(p, at)) != '\'' && c >= 0)
        at += c == '\\' ? 2 : 1;
    if (c < 0) {
        parser_fail_close(p, line, '\'');
        return;
    }
    scan_run(p, s, true);
    size_t mark = p->text.len;
    escape_add_decoded(&p->text,
                       ESCAPE_DOLLAR | (p->options & PARSE_ASCII ? ESCAPE_ASCII : 0),
                       span_make(p->in.text + start, at - start));
    struct buf shown = buf_make(sys_heap());
    scan_show_text(&shown, span_make(buf_str(&p->text) + mark, p->text.len - mark),
                   s->flags & SCAN_PARAM);
    word_add_replaced(p, start - 2, at + 1, arena_copy_span(p->arena, buf_span(&shown)),
                      p->replaced_count);
    buf_fini(&shown);
    input_skip(p, at + 1);
}

static void scan_quoted_char(struct parser *p, struct scan *s, int c);

/* $'text' or $"text" in the word of "${x-word}", $"text" in arithmetic. */
static bool scan_is_dollar_quote(struct parser *p, const struct scan *s, int c, int quote)
{
    unsigned where = quote == '"' ? SCAN_PARAM | SCAN_DROP : SCAN_PARAM;
    return c == '$' && s->flags & where && !(s->flags & SCAN_HERE) &&
           input_at(p, p->in.pos + 1) == quote;
}

/* "text", pos on the first quote. */
static void scan_double(struct parser *p, struct scan *s)
{
    unsigned line = p->in.line, flags = s->flags;
    size_t parts = p->stacks[STACK_PARTS].len, text = p->text.len;
    p->in.pos++;
    s->group ^= PART_GROUP;
    s->flags = (flags & ~(unsigned)(SCAN_HERE | SCAN_DROP | SCAN_PARAM)) | SCAN_QUOTED;
    if (flags & SCAN_PARAM)
        s->flags |= SCAN_INNER;
    int c;
    while ((c = input_peek(p)) != '"' && c >= 0 && !p->failed)
        scan_quoted_char(p, s, c);
    s->flags = flags;
    s->quoted = true;
    if (p->stacks[STACK_PARTS].len == parts && p->text.len == text)
        scan_run(p, s, true); // "" is something
    if (c < 0)
        parser_fail_close(p, line, '"');
    else
        p->in.pos++;
}

/* A backslash and a newline: nothing. */
static void scan_continuation(struct parser *p)
{
    word_add_replaced(p, p->in.pos, p->in.pos + 2, span_make("", 0), p->replaced_count);
    p->in.pos += 2;
    p->in.line++;
}

/* A backslash inside double quotes. */
static void scan_quoted_backslash(struct parser *p, struct scan *s)
{
    int next = input_at(p, p->in.pos + 1);
    if (next == '\n') {
        scan_continuation(p);
        return;
    }
    p->in.pos++;
    bool special = next == '$' || next == '`' || next == '\\' ||
                   (next == '"' && !(s->flags & SCAN_HERE)) ||
                   (next == '}' && (s->flags & SCAN_PARAM)) ||
                   (next >= 0 && (s->flags & SCAN_INNER));
    if (!special) {
        scan_add_char(p, s, '\\', true);
        if (next == '\'' && s->flags & SCAN_PARAM && !(s->flags & SCAN_HERE)) {
            scan_add_char(p, s, next, true); // it opens nothing
            p->in.pos++;
        }
        return;
    }
    scan_add_char(p, s, next, true);
    p->in.pos++;
}

/* An apostrophe in "${x-'...'}": text, but up to its mate nothing ends the word. */
static void scan_quoted_apostrophe(struct parser *p, struct scan *s)
{
    size_t at = p->in.pos;
    scan_add_char(p, s, '\'', true);
    p->in.pos++;
    if (!(s->flags & SCAN_PARAM) || s->flags & SCAN_HERE || at < s->guard)
        return;
    int c;
    while ((c = input_at(p, ++at)) != '\'' && c >= 0)
        ;
    if (c < 0)
        parser_fail_close(p, p->in.line, '\'');
    else
        s->guard = at + 1;
}

/* $"text", pos on the $: printed without it. */
static void scan_dollar_double(struct parser *p, struct scan *s)
{
    word_add_replaced(p, p->in.pos, p->in.pos + 1, span_make("", 0), p->replaced_count);
    size_t start = ++p->in.pos + 1;
    if (UNLIKELY(p->hooks.string != NULL) && !p->texts) {
        size_t end = input_skip_quotes(p, start, '"');
        if (end != SIZE_MAX)
            p->hooks.string(p->hooks.ctx, span_make(p->in.text + start, end - 1 - start),
                            p->in.line);
    }
    if (s->flags & SCAN_DROP)
        p->in.pos++;
    else
        scan_double(p, s);
}

/* A $ or ` in any text. */
static void scan_expansion(struct parser *p, struct scan *s, int c)
{
    struct part part = {0};
    unsigned flags = s->flags;
    if (c == '$' && UNLIKELY(param_joins_lines(p)))
        return;       // to the \newline, which is at pos now
    scan_flush(p, s); // nested words use the same stacks
    if (c == '`')
        substitute_backquote(p, flags, &part);
    else if (!param_scan(p, flags, &part) && !substitute_scan(p, flags, &part)) {
        if (!p->failed) {
            scan_add_char(p, s, '$', (flags & SCAN_QUOTED) != 0);
            p->in.pos++;
        }
        return;
    }
    if (!p->failed)
        scan_add_part(p, s, &part);
}

/* In "..." in the word of "${x-word}", but not in yet another such word. */
static bool scan_finds_braces(const struct scan *s)
{
    return (s->flags & (SCAN_INNER | SCAN_DEEP)) == SCAN_INNER;
}

/* A run of characters that mean nothing in quotes. The first may be anything. */
static void scan_quoted_run(struct parser *p, struct scan *s)
{
    const unsigned char *text = (const unsigned char *)p->in.text;
    size_t start = p->in.pos, at = start + 1;
    while (at < p->in.len && !(lex_class[text[at]] & LEX_QUOTE) && text[at] != '\n' &&
           text[at] != (unsigned char)s->stop && text[at] != (unsigned char)s->stop2)
        at++;
    bool inner = scan_finds_braces(s) && !s->apostrophe;
    if (!inner || !s->run_inner)
        scan_run(p, s, true);
    if (inner && !s->run_inner) {
        scan_flush(p, s);
        scan_run(p, s, true);
        s->run_inner = true;
    }
    s->brace |= inner && memchr(text + start, '{', at - start);
    buf_add(&p->text, p->in.text + start, at - start);
    p->in.pos = at;
}

/* A character in double quotes, a here-document or arithmetic. */
static void scan_quoted_char(struct parser *p, struct scan *s, int c)
{
    switch (c) {
    case '\\': scan_quoted_backslash(p, s); break;
    case '$':
    case '`':
        if (scan_is_dollar_quote(p, s, c, '\''))
            scan_dollar_single(p, s);
        else if (scan_is_dollar_quote(p, s, c, '"'))
            scan_dollar_double(p, s);
        else
            scan_expansion(p, s, c);
        break;
    case '\'':
        s->apostrophe ^= scan_finds_braces(s);
        scan_quoted_apostrophe(p, s);
        break;
    case '"':
        if (s->flags & SCAN_HERE && !(s->flags & SCAN_PARAM))
            goto plain;
        if (s->flags & SCAN_DROP)
            p->in.pos++;
        else
            scan_double(p, s);
        break;
    case '\n':
        p->in.line++;
        scan_add_char(p, s, c, true);
        p->in.pos++;
        break;
    default:
    plain:
        scan_quoted_run(p, s);
    }
}

/* ---- Unquoted text ---------------------------------------------------------------- */

/* Behind a backslash outside of quotes. */
static void scan_backslash(struct parser *p, struct scan *s)
{
    int next = input_at(p, p->in.pos + 1);
    if (next == '\n') {
        scan_continuation(p);
        return;
    }
    p->in.pos++;
    if (next < 0) { // at the end of the text it stands for itself
        scan_add_char(p, s, '\\', false);
    } else {
        scan_add_char(p, s, next, true);
        p->in.pos++;
    }
}

static void scan_dollar(struct parser *p, struct scan *s)
{
    int next = input_at(p, p->in.pos + 1);
    if (next == '\'') {
        scan_dollar_single(p, s);
    } else if (next == '"') {
        scan_dollar_double(p, s);
    } else {
        scan_expansion(p, s, '$');
    }
}

/* Characters that begin something in a pattern: * ? [ ] + @ ! */
static void scan_pattern_char(struct parser *p, struct scan *s, int c)
{
    scan_run(p, s, false);
    if (c == '[')
        s->bracket = true;
    else if (c == '*' || c == '?' || (c == ']' && s->bracket))
        s->run_glob = true;
    buf_add_char(&p->text, (char)c);
    p->in.pos++;
    if ((s->flags & SCAN_EXTGLOB) && c != '[' && c != ']' && input_peek(p) == '(' &&
        p->in.pos >= s->guard) {
        s->run_glob = true;
        s->parens++;
        buf_add_char(&p->text, '(');
        p->in.pos++;
    }
}

/* A metacharacter. true: it belongs to the word. */
static bool scan_meta_char(struct parser *p, struct scan *s, int c)
{
    if ((c == '<' || c == '>') && (s->flags & SCAN_META) &&
        input_at(p, p->in.pos + 1) == '(' && !(s->flags & SCAN_REGEX)) {
        struct part part = {0};
        scan_flush(p, s);
        substitute_process(p, &part);
        if (!p->failed)
            scan_add_part(p, s, &part);
        return true;
    }
    if (s->parens) {
        s->parens += c == '(';
        s->parens -= c == ')';
    } else if ((s->flags & SCAN_REGEX) && (c == '(' || c == '|')) {
        s->parens += c == '(';
    } else if ((s->flags & SCAN_META) && p->in.pos >= s->guard) {
        return false;
    }
    scan_add_char(p, s, c, false);
    p->in.line += c == '\n';
    p->in.pos++;
    return true;
}

/* A run of characters that mean nothing. */
static void scan_plain_run(struct parser *p, struct scan *s)
{
    const unsigned char *text = (const unsigned char *)p->in.text;
    size_t start = p->in.pos, at = start + 1;
    while (at < p->in.len && !lex_class[text[at]] && text[at] != (unsigned char)s->stop &&
           text[at] != (unsigned char)s->stop2)
        at++;
    scan_run(p, s, false);
    buf_add(&p->text, p->in.text + start, at - start);
    p->in.pos = at;
}

/* An unquoted character. false: it ends the word. */
static bool scan_plain_char(struct parser *p, struct scan *s, int c)
{
    unsigned class = lex_class[c];
    if (!class) {
        scan_plain_run(p, s);
        return true;
    }
    if (class & LEX_META)
        return scan_meta_char(p, s, c);
    switch (c) {
    case '\\': scan_backslash(p, s); break;
    case '\'': scan_single(p, s); break;
    case '"': scan_double(p, s); break;
    case '$': scan_dollar(p, s); break;
    case '`': scan_expansion(p, s, c); break;
    case '*':
    case '?':
    case '[':
    case ']':
    case '+':
    case '@':
    case '!': scan_pattern_char(p, s, c); break;
    case '{': s->brace = true; // fall through
    default: scan_add_char(p, s, c, false); p->in.pos++;
    }
    return true;
}

static void scan_all(struct parser *p, struct scan *s)
{
    for (int c; (c = input_peek(p)) >= 0 && !p->failed;) {
        if (s->stop && !s->parens && p->in.pos >= s->guard &&
            (c == s->stop || c == s->stop2))
            return;
        if (s->flags & SCAN_QUOTED)
            scan_quoted_char(p, s, c);
        else if (!scan_plain_char(p, s, c))
            return;
        sys_tick();
    }
}

/* ---- Whole words ------------------------------------------------------------------ */

/* The value of a word whose parts are all plain text. */
static struct span word_join(struct parser *p, const struct word *word)
{
    if (word->count == 1)
        return word->parts[0].text;
    size_t len = 0, at = 0;
    for (unsigned i = 0; i < word->count; i++)
        len += word->parts[i].text.len;
    char *text = arena_alloc(p->arena, len + 1);
    for (unsigned i = 0; i < word->count; i++) {
        struct span part = word->parts[i].text;
        memcpy(text + at, part.ptr, part.len);
        at += part.len;
    }
    text[len] = '\0';
    return span_make(text, len);
}

static bool word_param_is_multi(const struct param *param)
{
    return param->what == PARAM_AT || param->what == PARAM_STAR || param->indirect ||
           param->subscript_kind == SUBSCRIPT_AT ||
           param->subscript_kind == SUBSCRIPT_STAR || param->op == PARAM_NAMES ||
           (param->word && param->word->flags & WORD_MULTI);
}

static unsigned word_part_flags(const struct part *part)
{
    unsigned flags = part->flags & PART_QUOTED ? WORD_QUOTED : 0;
    switch ((enum part_kind)part->kind) {
    case PART_TEXT: return flags | (part->flags & PART_GLOB ? WORD_GLOB : 0);
    case PART_TILDE: return flags | WORD_TILDE;
    case PART_BRACE: return flags | WORD_BRACE;
    case PART_PARAM:
        flags |= word_param_is_multi(part->param) ? WORD_MULTI : 0;
        if (part->param->word)
            flags |= part->param->word->flags & WORD_BRACE; // fall through
    case PART_COMMAND:
    case PART_ARITH: return flags | (flags & WORD_QUOTED ? 0 : WORD_SPLIT);
    case PART_PROCESS: break;
    }
    return flags;
}

void word_classify(struct parser *p, struct word *word)
{
    unsigned flags = 0;
    bool literal = true;
    for (unsigned i = 0; i < word->count; i++) {
        flags |= word_part_flags(&word->parts[i]);
        literal &= word->parts[i].kind == PART_TEXT;
    }
    if (word->count == 1 && word->parts[0].kind == PART_PARAM)
        flags |= word->parts[0].flags & PART_QUOTED ? WORD_QUOTED_SINGLE : WORD_SINGLE;
    if (literal && !(flags & WORD_GLOB)) {
        flags |= WORD_LITERAL;
        word->text = word->count ? word_join(p, word) : span_make("", 0);
    }
    word->flags = (uint16_t)flags;
}

void word_make_literal(struct parser *p, struct word *word, struct span text)
{
    struct part *part = arena_alloc_zero(p->arena, sizeof *part);
    part->kind = PART_TEXT;
    part->text = arena_copy_span(p->arena, text);
    *word = (struct word){.flags = WORD_LITERAL,
                          .count = 1,
                          .parts = part,
                          .text = part->text,
                          .raw = part->text,
                          .line = p->in.line};
}

void word_scan(struct parser *p, unsigned flags, char stop, char stop2, struct word *word)
{
    size_t start = p->in.pos;
    struct scan s = {.flags = flags, .stop = stop, .stop2 = stop2};
    s.guard = flags & SCAN_FIRST ? start + 1 : p->guard;
    p->guard = 0;
    s.mark = parser_mark(p, STACK_PARTS);
    s.text_mark = p->text.len;
    *word = (struct word){.line = p->in.line};

    scan_all(p, &s);
    if (s.parens && (flags & SCAN_META) && input_peek(p) < 0)
        parser_fail_close(p, word->line, ')');
    scan_flush(p, &s);
    if (flags & (SCAN_TILDE | SCAN_TILDE_ASSIGN))
        tilde_split(p, s.mark, flags);
    if ((flags & (SCAN_BRACES | SCAN_PARAM)) && s.brace)
        brace_split(p, s.mark);
    word->parts = parser_take(p, STACK_PARTS, s.mark, sizeof *word->parts, &word->count);
    // after an error the position may lie anywhere, and nobody looks at the word
    word->raw = p->failed ? span_of("") : word_raw(p, start, p->in.pos);
    word_classify(p, word);
}

struct word *word_scan_part(struct parser *p, size_t end, unsigned flags)
{
    struct word *word = arena_alloc(p->arena, sizeof *word);
    struct input outer = input_enter_part(p, end);
    sys_nest_enter();
    word_scan(p, flags, '\0', '\0', word);
    sys_nest_leave();
    input_leave_part(p, &outer, end);
    return word;
}

/* ---- Text as written -------------------------------------------------------------- */

void word_add_replaced(struct parser *p, size_t start, size_t end, struct span text,
                       size_t mark)
{
    p->replaced_count = mark; // what lies inside of it is in its text
    if (mark == p->replaced_cap) {
        p->replaced_cap = size_max(8, mark * 2);
        p->replaced = sys_resize(p->replaced, p->replaced_cap * sizeof *p->replaced);
    }
    p->replaced[p->replaced_count++] = (struct replaced){start, end, text};
}

struct span word_raw(struct parser *p, size_t start, size_t end)
{
    size_t first = p->replaced_count;
    while (first > p->in.replaced && p->replaced[first - 1].start >= start)
        first--;
    if (first == p->replaced_count)
        return arena_copy_span(p->arena, span_make(p->in.text + start, end - start));
    size_t mark = p->text.len, at = start;
    for (size_t i = first; i < p->replaced_count && p->replaced[i].end <= end; i++) {
        buf_add(&p->text, p->in.text + at, p->replaced[i].start - at);
        buf_add_span(&p->text, p->replaced[i].text);
        at = p->replaced[i].end;
    }
    buf_add(&p->text, p->in.text + at, end - at);
    struct span raw = arena_copy_span(p->arena, span_make(buf_str(&p->text) + mark,
                                                          p->text.len - mark));
    buf_cut(&p->text, mark);
    return raw;
}
