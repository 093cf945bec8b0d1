/* substitute.c: $(...), `...`, $((...)), $[...], <(...) and >(...). */
#include "shell/syntax/parser.h"

#include <string.h>

#include "shell/syntax/arith.h"
#include "sys.h"

void word_scan_expr(struct parser *p, size_t end, unsigned flags, struct expr *expr)
{
    size_t start = p->in.pos;
    unsigned line = p->in.line;
    expr->word = word_scan_part(p, end, flags);
    const char *raw = p->in.text + start;
    expr->kept = NULL;
    if (!p->failed && !(flags & SCAN_QUOTED) &&
        (memchr(raw, '\'', end - start) || memchr(raw, '\\', end - start))) {
        unsigned end_line = p->in.line;
        p->in.pos = start;
        p->in.line = line;
        const struct parser_try try = parser_try(p);
        expr->kept = word_scan_part(p, end, SCAN_QUOTED | SCAN_DROP);
        if (!parser_tried(p, &try)) { // a key: ['`']
            expr->kept = NULL;
            p->in.pos = end;
            p->in.line = end_line;
        }
    }
    expr->arith =
        p->failed ? NULL : arith_compile(p->arena, expr->kept ? expr->kept : expr->word);
}

/* $((...)), pos on the $. false: it is a command that begins with a subshell. */
static bool substitute_arith(struct parser *p, struct part *part)
{
    size_t from = p->in.pos + 3;
    size_t end = input_find_close(p, from, '(', ')');
    if (end == SIZE_MAX) {
        parser_fail_unclosed(p);
        return true;
    }
    if (input_at(p, end + 1) != ')')
        return false;
    part->kind = PART_ARITH;
    p->in.pos = from;
    word_scan_expr(p, end, SCAN_QUOTED | SCAN_DROP, &part->arith);
    p->in.pos = end + 2;
    return true;
}

static void substitute_bracket(struct parser *p, struct part *part)
{
    size_t from = p->in.pos + 2;
    size_t end = input_find_close(p, from, '[', ']');
    if (end == SIZE_MAX) {
        parser_fail_unclosed(p);
        return;
    }
    part->kind = PART_ARITH;
    part->flags |= PART_BRACKET;
    p->in.pos = from;
    word_scan_expr(p, end, SCAN_QUOTED | SCAN_DROP, &part->arith);
    p->in.pos = end + 1;
}

/* The word of $(<file). */
static struct word *substitute_file(const struct node *body)
{
    if (!body || body->kind != NODE_SIMPLE || body->simple.word_count ||
        body->simple.assign_count)
        return NULL;
    const struct redirect *r = body->redirects;
    if (!r || r->next || r->op != REDIRECT_READ || r->fd != 0 || r->var)
        return NULL;
    return r->word;
}

static void substitute_set(struct parser *p, struct part *part, struct node *body)
{
    part->command.body = body;
    part->command.file = substitute_file(body);
    part->command.script = p->script;
}

/* Here-documents of the inside whose text is still to come follow the line outside. */
static void substitute_join_heredocs(struct parser *p, struct heredoc *outer,
                                     struct heredoc **outer_end)
{
    unsigned left = 0;
    for (const struct heredoc *h = p->heredocs; h; h = h->next)
        left++;
    if (left)
        parser_warn(p, p->in.line,
                    "warning: command substitution: %u unterminated here-document%s",
                    left, left > 1 ? "s" : "");
    if (!outer)
        return;
    *outer_end = p->heredocs;
    p->heredocs_end = p->heredocs ? p->heredocs_end : outer_end;
    p->heredocs = outer;
}

/* The commands up to and with ")", pos behind the "(". */
static struct node *substitute_parse(struct parser *p)
{
    struct heredoc *outer = p->heredocs, **outer_end = p->heredocs_end;
    p->heredocs = NULL;
    p->heredocs_end = &p->heredocs;
    p->substitutions++;
    p->have = false;
    sys_nest_enter();
    struct node *body = command_parse_list_or_none(p);
    if (!p->failed && !lex_accept(p, TOKEN_CLOSE, LEX_AFTER))
        parser_fail_unexpected(p);
    sys_nest_leave();
    p->substitutions--;
    p->have = false;
    if (!p->failed)
        substitute_join_heredocs(p, outer, outer_end);
    return body;
}

static void substitute_command(struct parser *p, struct part *part, enum part_kind kind)
{
    size_t start = p->in.pos, mark = p->replaced_count;
    p->in.pos += 2;
    struct node *body = substitute_parse(p);
    if (p->failed)
        return;
    part->kind = (uint8_t)kind;
    substitute_set(p, part, body);
    part->command.source = print_to_arena(p, body);
    word_add_replaced(p, start + 2, p->in.pos - 1, part->command.source, mark);
}

/* Parses text as commands of their own. false: it is wrong; nothing is left of that. */
static bool substitute_try(struct parser *p, struct span text, struct node **body)
{
    const struct parser_try try = parser_try(p);
    struct input outer = input_enter_text(p, text, p->in.line);
    p->substitutions = p->groups = 0;
    p->heredocs = NULL;
    p->heredocs_end = &p->heredocs;
    p->have = false;

    sys_nest_enter();
    *body = command_parse_list_or_none(p);
    if (!p->failed && lex_peek(p, LEX_AFTER)->kind != TOKEN_END)
        parser_fail_unexpected(p);
    sys_nest_leave();

    input_leave_text(p, &outer);
    p->have = false;
    parser_drop_heredocs(p, &try);
    return parser_tried(p, &try);
}

/* $((...) that is no arithmetic, pos on the $. As in bash a wrong command there is found
 * when it runs, and it is printed as written. */
static void substitute_late(struct parser *p, struct part *part)
{
    size_t from = p->in.pos + 2, end = input_find_close(p, from, '(', ')');
    struct node *body;
    if (end == SIZE_MAX) {
        parser_fail_unclosed(p);
        return;
    }
    struct span text =
        arena_copy_span(p->arena, span_make(p->in.text + from, end - from));
    if (!substitute_try(p, text, &body)) {
        body = parser_new_node(p, NODE_TEXT, p->in.line);
        body->text = text;
    }
    part->kind = PART_COMMAND;
    substitute_set(p, part, body);
    part->command.source = text;
    input_skip(p, end + 1);
}

bool substitute_scan(struct parser *p, unsigned flags, struct part *part)
{
    (void)flags;
    int c = input_at(p, p->in.pos + 1);
    if (c == '[')
        substitute_bracket(p, part);
    else if (c != '(')
        return false;
    else if (input_at(p, p->in.pos + 2) != '(')
        substitute_command(p, part, PART_COMMAND);
    else if (!substitute_arith(p, part))
        substitute_late(p, part);
    return true;
}

void substitute_process(struct parser *p, struct part *part)
{
    if (input_peek(p) == '>')
        part->flags |= PART_OUTPUT;
    substitute_command(p, part, PART_PROCESS);
}

/* ---- Backquotes ------------------------------------------------------------------- */

/* Whether a backslash before c is taken away in backquotes: "..." in the word of "${x-}"
 * has taken away those that quote anything. */
static bool substitute_quotes(unsigned flags, char c)
{
    if (flags & SCAN_INNER)
        return c != '\0';
    bool quoted = (flags & SCAN_QUOTED) && !(flags & SCAN_HERE);
    return c == '$' || c == '`' || c == '\\' || (quoted && c == '"');
}

/* The text between backquotes up to end, its backslashes taken away. */
static struct span substitute_unescape(struct parser *p, size_t end, unsigned flags)
{
    size_t mark = p->text.len;
    for (size_t at = p->in.pos; at < end; at++) {
        char c = p->in.text[at];
        char next = at + 1 < end ? p->in.text[at + 1] : '\0';
        if (c == '\\' && substitute_quotes(flags, next)) {
            c = next;
            at++;
        }
        buf_add_char(&p->text, c);
    }
    struct span text = arena_copy_span(p->arena, span_make(buf_str(&p->text) + mark,
                                                           p->text.len - mark));
    buf_cut(&p->text, mark);
    return text;
}

void substitute_backquote(struct parser *p, unsigned flags, struct part *part)
{
    size_t end = ++p->in.pos;
    int c;
    while ((c = input_at(p, end)) != '`' && c >= 0)
        end += c == '\\' ? 2 : 1;
    if (c < 0) {
        parser_fail_close(p, p->in.line, '`');
        return;
    }
    for (size_t at = p->in.pos; at + 1 < end; at++)
        if (p->in.text[at] == '\\' && p->in.text[at + 1] == '\n')
            word_add_replaced(p, at, at + 2, span_make("", 0), p->replaced_count);
    struct span text = substitute_unescape(p, end, flags);
    struct node *body = NULL;
    if (!substitute_try(p, text, &body)) {
        body = parser_new_node(p, NODE_TEXT, p->in.line);
        body->text = text;
    }
    part->kind = PART_COMMAND;
    part->flags |= PART_BACKQUOTE;
    substitute_set(p, part, body);
    part->command.source = text;
    input_skip(p, end + 1);
}
