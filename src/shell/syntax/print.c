/* print.c: trees as text, in the layout of bash 5.2.
 *
 * Bodies of here-documents are deferred to the end of the line. Outside of functions
 * lists stay on one line. */
#include "shell/syntax/print.h"

#include "base/escape.h"
#include "shell/syntax/parser.h"
#include "sys.h"

struct printer {
    struct buf *out;
    int indent;        // columns
    int functions;     // nested definitions: lists are split into lines
    bool skip_indent;  // the next command goes on on this line
    bool substitution; // for $(...): newlines between commands are kept
    bool was_heredoc;  // the last thing printed was the body of a here-document
    const struct redirect *
        deferred; // here-documents whose bodies are to come: this one and those behind it
};

static void print_node(struct printer *p, const struct node *n);

static void print_indent(struct printer *p)
{
    buf_add_repeated(p->out, ' ', (size_t)p->indent);
}

static void print_newline(struct printer *p, const char *text)
{
    buf_add_char(p->out, '\n');
    print_indent(p);
    buf_add_str(p->out, text);
}

static void print_semicolon(struct printer *p)
{
    char last = p->out->len ? p->out->data[p->out->len - 1] : '\0';
    if (last != '&' && last != '\n')
        buf_add_char(p->out, ';');
}

/* A part of a compound command: its own lines, deeper. */
static void print_body(struct printer *p, const struct node *n)
{
    p->indent += 4;
    print_node(p, n);
    p->indent -= 4;
}

/* ---- Redirections ----------------------------------------------------------------- */

static void print_redirect_fd(struct buf *out, const struct redirect *r, int fd)
{
    if (r->var) {
        buf_addf(out, "{%s", sys_interned(r->var));
        if (r->var_subscript.word)
            buf_addf(out, "[%s]", r->var_subscript.word->raw.ptr);
        buf_add_char(out, '}');
    } else if (r->fd != fd) {
        buf_addf(out, "%d", r->fd);
    }
}

/* Whether a descriptor or a move of one is meant, so that bash names its own descriptor
 * too. */
static bool print_word_is_fd(const struct word *word)
{
    struct span text = word->raw;
    if (text.len && text.ptr[text.len - 1] == '-')
        return true;
    for (size_t i = 0; i < text.len; i++)
        if (!char_is_digit((unsigned char)text.ptr[i]))
            return false;
    return true;
}

static void print_redirect_here(struct buf *out, const struct redirect *r)
{
    print_redirect_fd(out, r, 0);
    buf_add_str(out, r->strip_tabs ? "<<-" : "<<");
    if (r->quoted)
        escape_add_plain_single(out, r->delimiter);
    else
        buf_add_span(out, r->delimiter);
}

void print_redirect(struct buf *out, const struct redirect *r)
{
    static const char *const texts[] = {
        [REDIRECT_READ] = "< ",          [REDIRECT_WRITE] = "> ",
        [REDIRECT_CLOBBER] = ">| ",      [REDIRECT_APPEND] = ">> ",
        [REDIRECT_READ_WRITE] = "<> ",   [REDIRECT_DUP_IN] = "<&",
        [REDIRECT_DUP_OUT] = ">&",       [REDIRECT_BOTH] = "&> ",
        [REDIRECT_BOTH_APPEND] = "&>> ", [REDIRECT_HERE] = "<<",
        [REDIRECT_STRING] = "<<< ",
    };
    int hidden = -1; // the descriptor that is not printed
    switch ((enum redirect_op)r->op) {
    case REDIRECT_HERE: print_redirect_here(out, r); return;
    case REDIRECT_READ:
    case REDIRECT_STRING: hidden = 0; break;
    case REDIRECT_WRITE:
    case REDIRECT_APPEND:
    case REDIRECT_CLOBBER:
    case REDIRECT_BOTH:
    case REDIRECT_BOTH_APPEND: hidden = 1; break;
    case REDIRECT_DUP_IN:
    case REDIRECT_DUP_OUT:
        if (!print_word_is_fd(r->word))
            hidden = r->op == REDIRECT_DUP_IN ? 0 : 1;
        break;
    case REDIRECT_READ_WRITE: break;
    }
    bool close = hidden < 0 && span_eq_str(r->word->raw, "-"); // <&- is printed as >&-
    print_redirect_fd(out, r, hidden);
    buf_add_str(out, close ? ">&" : texts[r->op]);
    buf_add_span(out, r->word->raw);
}

static void print_redirects(struct printer *p, const struct redirect *r, bool space)
{
    if (r)
        p->was_heredoc = false;
    for (; r; r = r->next) {
        if (space)
            buf_add_char(p->out, ' ');
        space = true;
        print_redirect(p->out, r);
        if (r->op == REDIRECT_HERE && !p->deferred)
            p->deferred = r;
    }
}

/* The bodies of the here-documents of the line that ends here, after text. */
static void print_deferred(struct printer *p, const char *text)
{
    const struct redirect *r = p->deferred;
    if (!r)
        return;
    p->deferred = NULL;
    if (!str_eq(text, ";"))
        buf_add_str(p->out, text);
    buf_add_char(p->out, '\n');
    for (; r; r = r->next) {
        if (r->op != REDIRECT_HERE)
            continue;
        buf_add_span(p->out, r->word->raw);
        buf_add_span(p->out, r->delimiter);
        buf_add_char(p->out, '\n');
    }
    p->was_heredoc = true;
}

/* ---- Words ------------------------------------------------------------------------ */

static void print_words(struct buf *out, const struct word *words, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (i)
            buf_add_char(out, ' ');
        buf_add_span(out, words[i].raw);
    }
}

static void print_simple(struct printer *p, const struct node *n)
{
    bool any = n->simple.assign_count || n->simple.word_count;
    for (unsigned i = 0; i < n->simple.assign_count; i++) {
        if (i)
            buf_add_char(p->out, ' ');
        buf_add_span(p->out, n->simple.assigns[i].raw);
    }
    if (n->simple.assign_count && n->simple.word_count)
        buf_add_char(p->out, ' ');
    print_words(p->out, n->simple.words, n->simple.word_count);
    print_redirects(p, n->redirects, any);
}

/* ---- Lists ------------------------------------------------------------------------ */

/* What stands between a command and the next one of a list. */
static void print_separator(struct printer *p, bool newline)
{
    if (p->deferred)
        print_deferred(p, ";");
    else if (p->was_heredoc)
        p->was_heredoc = false;
    else if (p->functions || !newline)
        buf_add_char(p->out, ';');
    buf_add_char(p->out, p->functions || newline ? '\n' : ' ');
    if (!p->functions)
        p->skip_indent = true;
}

static void print_async(struct printer *p)
{
    if (p->deferred)
        print_deferred(p, " &");
    else
        buf_add_str(p->out, " &");
}

static void print_list_item(struct printer *p, const struct node *item, bool first,
                            bool last)
{
    bool async = item->kind == NODE_BACKGROUND;
    print_node(p, async ? item->body : item);
    if (async) {
        bool heredoc = p->deferred != NULL;
        print_async(p);
        if (!last)
            buf_add_str(p->out, heredoc ? "  " : " ");
        p->skip_indent = !last;
        return;
    }
    if (!first)
        print_deferred(p, "");
    if (!last)
        print_separator(p, item->newline && p->substitution);
}

static void print_list(struct printer *p, const struct node *n)
{
    for (unsigned i = 0; i < n->list.count; i++)
        print_list_item(p, n->list.items[i], i == 0, i + 1 == n->list.count);
    print_deferred(p, "");
}

static void print_operator(struct printer *p, const char *text)
{
    bool pipe = str_eq(text, " |");
    if (p->deferred) {
        print_deferred(p, pipe ? text : text[1] == '&' ? " && " : " || ");
        if (pipe)
            buf_add_char(p->out, ' ');
    } else {
        buf_add_str(p->out, text);
    }
    buf_add_char(p->out, ' ');
    p->skip_indent = true;
}

static void print_and_or(struct printer *p, const struct node *n)
{
    for (unsigned i = 0; i < n->and_or.count; i++) {
        if (i)
            print_operator(p, n->and_or.items[i].op == AND_OR_AND ? " &&" : " ||");
        print_node(p, n->and_or.items[i].node);
    }
    print_deferred(p, "");
}

static void print_pipeline(struct printer *p, const struct node *n)
{
    unsigned flags = n->pipeline.flags;
    if (flags & PIPELINE_TIME)
        buf_add_str(p->out, flags & PIPELINE_TIME_POSIX ? "time -p " : "time ");
    if (flags & PIPELINE_NOT)
        buf_add_str(p->out, "! ");
    for (unsigned i = 0; i < n->pipeline.count; i++) {
        if (i)
            print_operator(p, " |");
        p->skip_indent = true;
        print_node(p, n->pipeline.stages[i]);
    }
    if (n->pipeline.count > 1)
        print_deferred(p, "");
}

/* ---- Compound commands ------------------------------------------------------------ */

static void print_subshell(struct printer *p, const struct node *n)
{
    buf_add_str(p->out, "( ");
    p->skip_indent = true;
    print_node(p, n->body);
    print_deferred(p, "");
    buf_add_str(p->out, " )");
}

static void print_group(struct printer *p, const struct node *n)
{
    buf_add_str(p->out, "{ ");
    if (!p->functions) {
        p->skip_indent = true;
        print_node(p, n->body);
        print_deferred(p, "");
        print_semicolon(p);
        buf_add_str(p->out, " }");
        return;
    }
    buf_add_char(p->out, '\n');
    print_body(p, n->body);
    print_deferred(p, "");
    print_newline(p, "}");
}

/* `if` and `elif`: the latter as an if inside of an else. */
static void print_if(struct printer *p, const struct node *n, unsigned from)
{
    const struct if_clause *clause = &n->branch.clauses[from];
    buf_add_str(p->out, "if ");
    p->skip_indent = true;
    print_node(p, clause->test);
    print_semicolon(p);
    buf_add_str(p->out, " then\n");
    print_body(p, clause->body);
    print_deferred(p, "");
    bool elif = from + 1 < n->branch.count;
    if (elif || n->branch.otherwise) {
        print_semicolon(p);
        print_newline(p, "else\n");
        if (elif) {
            p->indent += 4;
            print_indent(p);
            sys_nest_enter();
            print_if(p, n, from + 1);
            sys_nest_leave();
            p->indent -= 4;
        } else {
            print_body(p, n->branch.otherwise);
            print_deferred(p, "");
        }
    }
    print_semicolon(p);
    print_newline(p, "fi");
}

static void print_do(struct printer *p, const struct node *body)
{
    print_body(p, body);
    print_deferred(p, "");
    print_semicolon(p);
    print_newline(p, "done");
}

static void print_loop(struct printer *p, const struct node *n, const char *word)
{
    buf_add_str(p->out, word);
    p->skip_indent = true;
    print_node(p, n->loop.test);
    print_deferred(p, "");
    print_semicolon(p);
    buf_add_str(p->out, " do\n");
    print_do(p, n->loop.body);
}

static void print_each(struct printer *p, const struct node *n, const char *word)
{
    buf_addf(p->out, "%s %s in ", word, sys_interned(n->each.name));
    if (n->each.has_in)
        print_words(p->out, n->each.words, n->each.count);
    else
        buf_add_str(p->out, "\"$@\"");
    buf_add_char(p->out, ';');
    print_newline(p, "do\n");
    print_do(p, n->each.body);
}

static void print_expr(struct buf *out, const struct expr *expr)
{
    if (expr->word)
        buf_add_span(out, expr->word->raw);
    else
        buf_add_char(out, '1');
}

static void print_for_arith(struct printer *p, const struct node *n)
{
    buf_add_str(p->out, "for ((");
    print_expr(p->out, &n->count.init);
    buf_add_str(p->out, "; ");
    print_expr(p->out, &n->count.test);
    buf_add_str(p->out, "; ");
    print_expr(p->out, &n->count.step);
    buf_add_str(p->out, "))");
    print_newline(p, "do\n");
    print_do(p, n->count.body);
}

static void print_clause(struct printer *p, const struct case_clause *clause)
{
    static const char *const ends[] = {";;", ";&", ";;&"};
    print_newline(p, "");
    for (unsigned i = 0; i < clause->count; i++) {
        if (i)
            buf_add_str(p->out, " | ");
        buf_add_span(p->out, clause->patterns[i].raw);
    }
    buf_add_str(p->out, ")\n");
    if (clause->body)
        print_body(p, clause->body);
    print_deferred(p, "");
    print_newline(p, ends[clause->end]);
}

static void print_case(struct printer *p, const struct node *n)
{
    buf_add_str(p->out, "case ");
    buf_add_span(p->out, n->choose.subject->raw);
    buf_add_str(p->out, " in ");
    p->indent += 4;
    for (unsigned i = 0; i < n->choose.count; i++)
        print_clause(p, &n->choose.clauses[i]);
    p->indent -= 4;
    print_newline(p, "esac");
}

static void print_cond_part(struct printer *p, const struct cond *c)
{
    struct buf *out = p->out;
    switch ((enum cond_op)c->op) {
    case COND_AND:
    case COND_OR:
        print_cond_part(p, c->left);
        buf_add_str(out, c->op == COND_AND ? " && " : " || ");
        sys_nest_enter();
        print_cond_part(p, c->right);
        sys_nest_leave();
        break;
    case COND_NOT:
        buf_add_str(out, "! ");
        print_cond_part(p, c->left);
        break;
    case COND_GROUP:
        buf_add_str(out, "( ");
        sys_nest_enter();
        print_cond_part(p, c->left);
        sys_nest_leave();
        buf_add_str(out, " )");
        break;
    case COND_UNARY:
    case COND_WORD:
        buf_addf(out, "-%c ", c->op == COND_WORD ? 'n' : c->letter);
        buf_add_span(out, c->a->raw);
        break;
    default:
        buf_add_span(out, c->a->raw);
        buf_addf(out, " %s ", c->text);
        buf_add_span(out, c->b->raw);
    }
}

/* ---- Functions -------------------------------------------------------------------- */

/* "{ ... }" around a function's body, with the body's redirections. */
static void print_function_body(struct printer *p, const struct node *body)
{
    bool group = body->kind == NODE_GROUP;
    print_indent(p);
    buf_add_str(p->out, "{ \n");
    p->functions++;
    p->indent += 4;
    print_node(p, group ? body->body : body);
    print_deferred(p, "");
    p->indent -= 4;
    p->functions--;
    print_newline(p, "}");
    if (group)
        print_redirects(p, body->redirects, true);
}

static void print_definition(struct printer *p, const struct node *n)
{
    buf_addf(p->out, "function %s () \n", sys_interned(n->function.name));
    print_function_body(p, n->function.body);
    p->was_heredoc = false;
}

void print_function(struct buf *out, const struct node *function)
{
    struct printer p = {.out = out};
    buf_addf(out, "%s () \n", sys_interned(function->function.name));
    print_function_body(&p, function->function.body);
}

/* ---- All of them ------------------------------------------------------------------ */

static void print_kind(struct printer *p, const struct node *n)
{
    switch ((enum node_kind)n->kind) {
    case NODE_SIMPLE: print_simple(p, n); break;
    case NODE_PIPELINE: print_pipeline(p, n); break;
    case NODE_AND_OR: print_and_or(p, n); break;
    case NODE_LIST: print_list(p, n); break;
    case NODE_BACKGROUND:
        p->skip_indent = true;
        print_node(p, n->body);
        print_async(p);
        break;
    case NODE_SUBSHELL: print_subshell(p, n); break;
    case NODE_GROUP: print_group(p, n); break;
    case NODE_IF: print_if(p, n, 0); break;
    case NODE_WHILE: print_loop(p, n, "while "); break;
    case NODE_UNTIL: print_loop(p, n, "until "); break;
    case NODE_FOR: print_each(p, n, "for"); break;
    case NODE_SELECT: print_each(p, n, "select"); break;
    case NODE_FOR_ARITH: print_for_arith(p, n); break;
    case NODE_CASE: print_case(p, n); break;
    case NODE_FUNCTION: print_definition(p, n); break;
    case NODE_COND:
        buf_add_str(p->out, "[[ ");
        print_cond_part(p, n->cond);
        buf_add_str(p->out, " ]]");
        break;
    case NODE_ARITH:
        buf_add_str(p->out, "((");
        buf_add_span(p->out, n->arith.word->raw);
        buf_add_str(p->out, "))");
        break;
    case NODE_TEXT: buf_add_span(p->out, n->text); break;
    case NODE_COPROC:
        buf_addf(p->out, "coproc %s ", sys_interned(n->coproc.name));
        p->skip_indent = true;
        print_node(p, n->coproc.body);
        break;
    }
}

/* Those that only hold other commands: the first of these is indented. */
static bool print_is_transparent(const struct node *n)
{
    return n->kind == NODE_LIST || n->kind == NODE_AND_OR;
}

static void print_node(struct printer *p, const struct node *n)
{
    sys_nest_enter();
    if (!print_is_transparent(n)) {
        if (!p->skip_indent)
            print_indent(p);
        p->skip_indent = false;
    }
    print_kind(p, n);
    if (n->kind != NODE_SIMPLE && n->kind != NODE_FUNCTION)
        print_redirects(p, n->redirects, true);
    sys_nest_leave();
    sys_tick();
}

static void print_top(struct buf *out, const struct node *node, bool substitution)
{
    struct printer p = {.out = out, .skip_indent = true, .substitution = substitution};
    if (!node)
        return;
    print_node(&p, node);
    print_deferred(&p, "");
}

void print_command(struct buf *out, const struct node *node)
{
    print_top(out, node, false);
}

void print_cond(struct buf *out, const struct cond *cond)
{
    struct printer p = {.out = out};
    print_cond_part(&p, cond);
}

struct span print_to_arena(struct parser *p, const struct node *body)
{
    struct buf text = buf_make(sys_heap());
    print_top(&text, body, true);
    if (text.len && text.data[0] == '(') // not to become $((
        buf_insert(&text, 0, " ", 1);
    struct span copy = arena_copy_span(p->arena, span_make(buf_str(&text), text.len));
    buf_fini(&text);
    return copy;
}
