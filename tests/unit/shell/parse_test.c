/* parse_test.c: shell/syntax/parse.h: trees, words, lines that come one by one,
 * errors. */
#include "shell/syntax/parse.h"

#include "base/buf.h"
#include "shell/syntax/arith.h"
#include "shell/syntax/print.h"
#include "sys.h"
#include "tests/unit/test.h"

/* The first command of a text, or NULL. */
static struct script *parse_one(const char *text)
{
    struct parser *p = parse_new(span_of(text), 1, NULL);
    struct script *script = NULL;
    enum parse_result result = parse_next(p, &script);
    parse_free(p);
    return result == PARSE_OK ? script : NULL;
}

/* The words of a command are read as they are when it is run: the only one of a simple
 * command behind its name. */
static const struct word *parse_word(const struct script *script)
{
    return &script->root->simple.words[1];
}

static void check_flags(const char *text, unsigned want)
{
    struct script *script = parse_one(text);
    if (!CHECK(script != NULL))
        return;
    CHECK_EQ(parse_word(script)->flags, want);
    script_put(script);
}

TEST(a_simple_command_has_assignments_words_and_redirections)
{
    struct script *script = parse_one("a=1 b+=2 cmd x 'y z' >out 2>&1\n");
    if (!CHECK(script != NULL))
        return;
    const struct node *n = script->root;
    CHECK_EQ(n->kind, NODE_SIMPLE);
    CHECK_EQ(n->simple.assign_count, 2);
    CHECK(n->simple.assigns[1].append);
    CHECK_EQ(n->simple.word_count, 3);
    CHECK_STR(sys_interned(n->simple.name), "cmd");
    CHECK_STR(n->simple.words[2].text.ptr, "y z");
    CHECK_STR(n->simple.words[2].raw.ptr, "'y z'");
    CHECK_EQ(n->redirects->op, REDIRECT_WRITE);
    CHECK_EQ(n->redirects->fd, 1);
    CHECK_EQ(n->redirects->next->fd, 2);
    script_put(script);
}

TEST(words_are_classified)
{
    check_flags("e abc", WORD_LITERAL);
    check_flags("e 'a'b\\c", WORD_LITERAL | WORD_QUOTED);
    check_flags("e [", WORD_LITERAL);
    check_flags("e [a]", WORD_GLOB);
    check_flags("e *", WORD_GLOB);
    check_flags("e \\*", WORD_LITERAL | WORD_QUOTED);
    check_flags("e $x", WORD_SPLIT | WORD_SINGLE);
    check_flags("e \"$x\"", WORD_QUOTED | WORD_QUOTED_SINGLE | 0);
    check_flags("e $@", WORD_SPLIT | WORD_SINGLE | WORD_MULTI);
    check_flags("e ~/x", WORD_TILDE);
    check_flags("e {a,b}", WORD_BRACE);
    check_flags("e {a}", WORD_LITERAL);
    check_flags("e $(x)", WORD_SPLIT);
}

TEST(commands_come_one_complete_line_at_a_time)
{
    struct parser *p = parse_new(span_of("a; b\n\nif c\nthen d\nfi; e\nf"), 1, NULL);
    struct script *script;
    CHECK_EQ(parse_next(p, &script), PARSE_OK);
    CHECK_EQ(script->root->kind, NODE_LIST);
    script_put(script);
    CHECK_EQ(parse_line(p), 2);
    CHECK_EQ(parse_next(p, &script), PARSE_OK);
    CHECK_EQ(script->root->kind, NODE_LIST);
    CHECK_EQ(script->root->list.items[0]->kind, NODE_IF);
    CHECK_EQ(script->root->list.items[1]->line, 5);
    script_put(script);
    CHECK_EQ(parse_next(p, &script), PARSE_OK);
    CHECK_EQ(script->root->line, 6);
    script_put(script);
    CHECK_EQ(parse_next(p, &script), PARSE_END);
    parse_free(p);
}

/* Gives lines and counts them. */
struct feed {
    const char *const *lines;
    unsigned given;
};

static bool parse_feed(void *ctx, struct span *line)
{
    struct feed *feed = ctx;
    if (!feed->lines[feed->given])
        return false;
    *line = span_of(feed->lines[feed->given++]);
    return true;
}

TEST(no_line_is_asked_for_before_it_is_needed)
{
    static const char *const lines[] = {"read x\n", "data\n", "cat <<E; echo \"a\n",
                                        "b\"\n",    "body\n", "E\n",
                                        "last",     NULL};
    struct feed feed = {lines, 0};
    struct parse_hooks hooks = {.line = parse_feed, .ctx = &feed};
    struct parser *p = parse_new(span_of(""), 1, &hooks);
    struct script *script;
    CHECK_EQ(parse_next(p, &script), PARSE_OK);
    CHECK_EQ(feed.given, 1);
    script_put(script);
    feed.given++; // what `read` would take
    CHECK_EQ(parse_next(p, &script), PARSE_OK);
    CHECK_EQ(feed.given, 6);
    const struct redirect *here = script->root->list.items[0]->redirects;
    CHECK_STR(here->word->text.ptr, "body\n");
    script_put(script);
    CHECK_EQ(parse_next(p, &script), PARSE_OK);
    CHECK_STR(sys_interned(script->root->simple.name), "last");
    script_put(script);
    CHECK_EQ(parse_next(p, &script), PARSE_END);
    parse_free(p);
}

TEST(an_error_ends_the_text_but_a_wrong_array_only_its_line)
{
    const struct parse_message *messages;
    struct parser *p = parse_new(span_of("a=(1;2); b\nc\nif )\nd\n"), 1, NULL);
    struct script *script;
    CHECK_EQ(parse_next(p, &script), PARSE_DISCARD);
    CHECK_EQ(parse_status(p), 1);
    CHECK_EQ(parse_errors(p, &messages), 2);
    CHECK_STR(messages[0].text, "syntax error near unexpected token `;'");
    CHECK_STR(messages[1].text, "`a=(1;2); b'");
    CHECK_EQ(parse_next(p, &script), PARSE_OK);
    script_put(script);
    CHECK_EQ(parse_next(p, &script), PARSE_ERROR);
    CHECK_EQ(parse_errors(p, &messages), 2);
    CHECK_EQ(messages[0].line, 3);
    CHECK_EQ(parse_status(p), 2);
    CHECK_EQ(parse_next(p, &script), PARSE_END);
    parse_free(p);
}

TEST(arithmetic_is_compiled_where_its_text_allows)
{
    struct script *script = parse_one("e $((a+2*$b)) $((${x}y)) $((1+))");
    if (!CHECK(script != NULL))
        return;
    const struct word *words = script->root->simple.words;
    const struct arith *good = words[1].parts[0].arith.arith;
    if (CHECK(good != NULL)) {
        CHECK_EQ(good->param_count, 1);
        CHECK_EQ(good->root->op, ARITH_ADD);
        CHECK_EQ(good->root->right->op, ARITH_MUL);
        CHECK_EQ(good->root->right->right->op, ARITH_PARAM);
    }
    CHECK(words[2].parts[0].arith.arith == NULL);
    CHECK(words[3].parts[0].arith.arith == NULL);
    script_put(script);
}

TEST(arithmetic_errors_name_the_rest_of_the_text)
{
    struct arena arena = {0};
    const struct arith *wrong = arith_parse(&arena, span_of("1 + * 3"));
    CHECK(wrong->root->broken);
    const struct arith_error error = *wrong->root->right->error;
    CHECK_STR(error.what, "syntax error: operand expected");
    CHECK_STR(error.token.ptr, "* 3");
    CHECK(arith_parse(&arena, span_of("  "))->root == NULL);
    arena_free_all(&arena);
}

TEST(a_tree_is_printed_as_bash_prints_it)
{
    struct script *script = parse_one("f() { a|b;if c;then d;fi;x=$( y  z ); }");
    if (!CHECK(script != NULL))
        return;
    struct buf text = buf_make(sys_heap());
    print_function(&text, script->root);
    CHECK_STR(buf_str(&text),
              "f () \n{ \n    a | b;\n    if c; then\n        d;\n    fi;\n"
              "    x=$(y z)\n}");
    buf_fini(&text);
    script_put(script);
}

TEST(a_script_lives_as_long_as_somebody_counts_it)
{
    struct script *script = parse_one("f() { :; }");
    if (!CHECK(script != NULL))
        return;
    CHECK(script->root->function.script == script);
    script_get(script);
    script_put(script);
    CHECK_STR(sys_interned(script->root->function.name), "f");
    script_put(script);
}
