/* heredoc.c: the bodies of here-documents, read when the line they were announced on has
 * ended. */
#include "shell/syntax/parser.h"

#include "sys.h"

/* The delimiter as it is compared: quotes removed. */
static struct span heredoc_unquote(struct parser *p, struct span raw)
{
    char *text = arena_alloc(p->arena, raw.len + 1);
    size_t len = 0;
    char quote = '\0';
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];
        if (quote ? c == quote : c == '"' || c == '\'') {
            quote = quote ? '\0' : c;
            continue;
        }
        if (c == '\\' && quote != '\'' && i + 1 < raw.len) {
            c = raw.ptr[++i];
            if (c == '\n')
                continue;
        }
        text[len++] = c;
    }
    text[len] = '\0';
    return span_make(text, len);
}

enum { HEREDOCS_MAX = 16 }; // of one command line, as in bash

void heredoc_add(struct parser *p, struct redirect *r)
{
    struct span raw = r->word->raw;
    unsigned count = 0;
    for (const struct heredoc *h = p->heredocs; h; h = h->next)
        count++;
    if (count >= HEREDOCS_MAX) {
        parser_fail(p, p->in.line, "maximum here-document count exceeded");
        return;
    }
    r->quoted = (r->word->flags & WORD_QUOTED) != 0;
    r->delimiter = r->quoted ? heredoc_unquote(p, raw) : raw;
    struct heredoc *h = arena_alloc(p->arena, sizeof *h);
    *h = (struct heredoc){r, p->in.line, NULL};
    *p->heredocs_end = h;
    p->heredocs_end = &h->next;
}

/* Adds the line at pos to body; a backslash at its end joins the next one to it. Returns
 * the length before. */
static size_t heredoc_add_line(struct parser *p, const struct redirect *r,
                               struct buf *body)
{
    size_t start = body->len;
    bool more = true;
    while (r->strip_tabs && input_peek(p) == '\t')
        p->in.pos++;
    while (more) {
        size_t from = p->in.pos, at = from, slashes = 0;
        int c;
        while ((c = input_at(p, at)) >= 0 && c != '\n') {
            slashes = c == '\\' ? slashes + 1 : 0;
            at++;
        }
        more = !r->quoted && slashes % 2 && c == '\n';
        if (more && !p->texts)
            buf_add(&p->joins, &at, sizeof at);
        buf_add(body, p->in.text + from, at - from - more);
        if (!more && c == '\n')
            buf_add_char(body, '\n');
        input_skip(p, c == '\n' ? at + 1 : at);
        if (c < 0)
            break;
    }
    sys_tick();
    return start;
}

/* Whether a line of the body is the delimiter. Inside $( ) a ")" may follow it. */
static bool heredoc_ends(struct parser *p, const struct heredoc *h, struct span line)
{
    struct span wanted = h->redirect->delimiter;
    size_t newline = line.len && line.ptr[line.len - 1] == '\n';
    if (span_eq(span_make(line.ptr, line.len - newline), wanted))
        return true;
    if (!p->substitutions || !span_starts(line, wanted) || line.len <= wanted.len ||
        line.ptr[wanted.len] != ')')
        return false;
    p->in.pos -= line.len - wanted.len;
    p->in.line -= (unsigned)newline;
    parser_warn(
        p, p->in.line,
        "warning: here-document at line %u delimited by end-of-file (wanted `%.*s')",
        h->line, (int)wanted.len, wanted.ptr);
    return true;
}

/* The body as a word. */
static struct word *heredoc_word(struct parser *p, const struct redirect *r,
                                 struct span text, unsigned line)
{
    struct word *word;
    if (r->quoted || !text.len) {
        word = arena_alloc_zero(p->arena, sizeof *word);
        word_make_literal(p, word, text);
        word->parts->flags = PART_QUOTED;
        word->flags |= WORD_QUOTED;
        return word;
    }
    const struct parser_try try = parser_try(p);
    struct input outer = input_enter_text(p, text, line);
    p->substitutions = 0;
    word = word_scan_part(p, text.len, SCAN_QUOTED | SCAN_HERE);
    input_leave_text(p, &outer);
    if (parser_tried(p, &try))
        return word; // else it is the expansion that fails
    struct param *bad = arena_alloc_zero(p->arena, sizeof *bad);
    *bad = (struct param){.op = PARAM_BAD, .raw = text};
    word_make_literal(p, word, text);
    word->parts->kind = PART_PARAM;
    word->parts->param = bad;
    word->flags = WORD_QUOTED;
    word->text = (struct span){0};
    return word;
}

static void heredoc_read(struct parser *p, const struct heredoc *h)
{
    struct redirect *r = h->redirect;
    struct buf body = buf_make(sys_heap());
    unsigned line = p->in.line;
    for (;;) {
        if (input_peek(p) < 0) {
            bool newline = p->in.pos && p->in.text[p->in.pos - 1] == '\n';
            parser_warn(
                p, p->in.line - newline,
                "warning: here-document at line %u delimited by end-of-file (wanted `%.*s')",
                h->line, (int)r->delimiter.len, r->delimiter.ptr);
            if (!newline && body.len) // which bash completes
                buf_add_char(&body, '\n');
            break;
        }
        size_t start = heredoc_add_line(p, r, &body);
        if (heredoc_ends(p, h, span_make(buf_str(&body) + start, body.len - start))) {
            buf_cut(&body, start);
            break;
        }
    }
    struct span text = arena_copy_span(p->arena, span_make(buf_str(&body), body.len));
    buf_fini(&body);
    r->word = heredoc_word(p, r, text, line);
}

void heredoc_read_all(struct parser *p)
{
    struct heredoc *h = p->heredocs;
    p->heredocs = NULL;
    p->heredocs_end = &p->heredocs;
    for (; h && !p->failed; h = h->next) {
        h->line = p->in.line > 1 ? p->in.line - 1 : 1;
        heredoc_read(p, h);
    }
}
