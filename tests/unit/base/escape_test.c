/* escape_test.c: base/escape.h. What is expected was printed by bash 5.2 and GNU ls
 * 9.1. */
#include "base/escape.h"

#include "base/buf.h"
#include "tests/unit/test.h"

/* Checks what each mode makes of text; NULL: stops at \c before anything else. */
static void check_decoded(struct test *t, const char *text, const char *const want[4])
{
    for (int mode = ESCAPE_ECHO; mode <= ESCAPE_DOLLAR; mode++) {
        struct buf b = buf_make(t->alloc);
        bool stopped = escape_add_decoded(&b, (enum escape_mode)mode, span_of(text));
        CHECK_EQ(stopped, want[mode] == NULL);
        CHECK_STR(buf_str(&b), want[mode] ? want[mode] : "");
        buf_fini(&b);
    }
}

#define CHECK_DECODED(text, echo, b, printf, dollar) \
    check_decoded(t, text, (const char *const[]){echo, b, printf, dollar})

TEST(letters_are_the_same_everywhere)
{
    static const char all[] = "\a\b\033\033\f\n\r\t\v\\-";
    CHECK_DECODED("\\a\\b\\e\\E\\f\\n\\r\\t\\v\\\\-", all, all, all, all);
    CHECK_DECODED("no escapes", "no escapes", "no escapes", "no escapes", "no escapes");
    CHECK_DECODED("\\q\\", "\\q\\", "\\q\\", "\\q\\", "\\q\\");
}

TEST(octal_numbers_begin_with_a_zero_or_not)
{
    CHECK_DECODED("\\101", "\\101", "A", "A", "A");
    CHECK_DECODED("\\0101", "A", "A", "\b1", "\b1");
    CHECK_DECODED("\\01011", "A1", "A1", "\b11", "\b11");
    CHECK_DECODED("\\1018", "\\1018", "A8", "A8", "A8");
    CHECK_DECODED("\\777", "\\777", "\377", "\377", "\377");
    CHECK_DECODED("\\8", "\\8", "\\8", "\\8", "\\8");
}

TEST(hexadecimal_numbers_have_two_digits_or_braces)
{
    CHECK_DECODED("\\x41\\x4g", "A\004g", "A\004g", "A\004g", "A\004g");
    CHECK_DECODED("\\x411", "A1", "A1", "A1", "A1");
    CHECK_DECODED("\\xg", "\\xg", "\\xg", "\\xg", "\\xg");
    CHECK_DECODED("\\x{4142}z", "\\x{4142}z", "\\x{4142}z", "\\x{4142}z", "Bz");
}

TEST(unicode_numbers_become_utf8)
{
    CHECK_DECODED("\\u00e9a", "\u00e9a", "\u00e9a", "\u00e9a", "\u00e9a");
    CHECK_DECODED("\\U0001f6001", "\U0001f6001", "\U0001f6001", "\U0001f6001",
                  "\U0001f6001");
    CHECK_DECODED("\\uD800", "\xed\xa0\x80", "\xed\xa0\x80", "\xed\xa0\x80",
                  "\xed\xa0\x80");
    CHECK_DECODED("a\\Uffffffffb", "ab", "ab", "ab", "ab");
    CHECK_DECODED("\\ug", "\\ug", "\\ug", "\\ug", "\\ug");
}

TEST(c_ends_the_output_or_makes_a_control_character)
{
    CHECK_DECODED("\\cbc", NULL, NULL, "\\cbc", "\002c");
    CHECK_DECODED("\\c?", NULL, NULL, "\\c?", "\177");
    CHECK_DECODED("\\c\\\\a", NULL, NULL, "\\c\\a", "\034a");
    CHECK_DECODED("\\c", NULL, NULL, "\\c", "\\c");
}

TEST(quotes_are_escapes_in_some_modes_only)
{
    CHECK_DECODED("\\'\\\"\\?", "\\'\\\"\\?", "\\'\\\"\\?", "'\"?", "'\"?");
}

TEST(a_nul_ends_dollar_quotes_only)
{
    struct buf b = buf_make(t->alloc);
    escape_add_decoded(&b, ESCAPE_DOLLAR, span_of("a\\0b\\x00c"));
    CHECK_STR(buf_str(&b), "a");
    escape_add_decoded(&b, ESCAPE_PRINTF_B, span_of("\\0b"));
    CHECK_EQ(b.len, 3);
    CHECK_MEM(b.data, "a\0b", 3);
    buf_fini(&b);
}

TEST(missing_digits_are_told)
{
    struct escape e;
    CHECK_EQ(escape_read(ESCAPE_PRINTF, span_of("xg"), &e), 1);
    CHECK_EQ(e.missing, 'x');
    CHECK_EQ(escape_read(ESCAPE_PRINTF, span_of("U"), &e), 1);
    CHECK_EQ(e.missing, 'U');
    CHECK_EQ(escape_read(ESCAPE_PRINTF, span_of(""), &e), 0);
    CHECK_EQ(e.len, 1);
    CHECK_EQ(e.missing, 0);
}

struct quote_case {
    const char *text, *backslashed, *single, *twice;
};

TEST(text_is_quoted_as_bash_does)
{
    static const struct quote_case cases[] = {
        {"", "''", "''", "\"\""},
        {"plain", "plain", "'plain'", "\"plain\""},
        {"a b", "a\\ b", "'a b'", "\"a b\""},
        {"it's", "it\\'s", "'it'\\''s'", "\"it's\""},
        {"'", "\\'", "\\'", "\"'\""},
        {"a$b`c\\d\"e!f", "a\\$b\\`c\\\\d\\\"e\\!f", "'a$b`c\\d\"e!f'",
         "\"a\\$b\\`c\\\\d\\\"e!f\""},
        {"~a~:~b=~", "\\~a~:\\~b=\\~", "'~a~:~b=~'", "\"~a~:~b=~\""},
        {"#a#", "\\#a#", "'#a#'", "\"#a#\""},
        {"a,b", "a\\,b", "'a,b'", "\"a,b\""},
        {"[{x}]", "\\[\\{x\\}\\]", "'[{x}]'", "\"[{x}]\""},
        {"a\nb'", "$'a\\nb\\''", "$'a\\nb\\''", "$'a\\nb\\''"},
        {"\033\1771", "$'\\E\\1771'", "$'\\E\\1771'", "$'\\E\\1771'"},
        {"\u00e9", "\u00e9", "'\u00e9'", "\"\u00e9\""},
        {"\u00e9\xff", "$'\u00e9\\377'", "$'\u00e9\\377'", "$'\u00e9\\377'"},
        {"\302\205", "$'\\302\\205'", "$'\\302\\205'", "$'\\302\\205'"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct quote_case *c = &cases[i];
        struct buf b = buf_make(t->alloc);
        escape_add_backslashed(&b, span_of(c->text), true);
        CHECK_STR(buf_str(&b), c->backslashed);
        buf_clear(&b);
        escape_add_single(&b, span_of(c->text), true);
        CHECK_STR(buf_str(&b), c->single);
        buf_clear(&b);
        escape_add_double(&b, span_of(c->text), true);
        CHECK_STR(buf_str(&b), c->twice);
        buf_fini(&b);
    }
    struct buf b = buf_make(t->alloc);
    escape_add_double(&b, span_of("a\u00e9"), false);
    escape_add_backslashed(&b, span_of("a b"), false);
    CHECK_STR(buf_str(&b), "$'a\\303\\251'a\\ b");
    buf_fini(&b);
}

TEST(text_is_quoted_as_gnu_does)
{
    static const struct {
        const char *text, *want[8]; // in the order of enum escape_gnu
    } cases[] = {
        {"plain",
         {"plain", "'plain'", "plain", "'plain'", "'plain'", "\u2018plain\u2019",
          "\"plain\"", "plain"}},
        {"a b",
         {"'a b'", "'a b'", "'a b'", "'a b'", "'a b'", "\u2018a b\u2019", "\"a b\"",
          "a\\ b"}},
        {"it's",
         {"\"it's\"", "\"it's\"", "\"it's\"", "\"it's\"", "'it\\'s'", "\u2018it's\u2019",
          "\"it's\"", "it's"}},
        {"a'$",
         {"'a'\\''$'", "'a'\\''$'", "'a'\\''$'", "'a'\\''$'", "'a\\'$'",
          "\u2018a'$\u2019", "\"a'$\"", "a'$"}},
        {"a\nb",
         {"'a\nb'", "'a\nb'", "'a'$'\\n''b'", "'a'$'\\n''b'", "'a\\nb'",
          "\u2018a\\nb\u2019", "\"a\\nb\"", "a\\nb"}},
        {"a'\n",
         {"'a'\\''\n'", "'a'\\''\n'", "'''a'\\'''$'\\n'", "'''a'\\'''$'\\n'", "'a\\'\\n'",
          "\u2018a'\\n\u2019", "\"a'\\n\"", "a'\\n"}},
        {"\xff",
         {"\xff", "'\xff'", "''$'\\377'", "''$'\\377'", "'\\377'", "\u2018\\377\u2019",
          "\"\\377\"", "\\377"}},
        {"{", {"'{'", "'{'", "'{'", "'{'", "'{'", "\u2018{\u2019", "\"{\"", "{"}},
        {"{a}#~",
         {"{a}#~", "'{a}#~'", "{a}#~", "'{a}#~'", "'{a}#~'", "\u2018{a}#~\u2019",
          "\"{a}#~\"", "{a}#~"}},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        for (int style = ESCAPE_GNU_SHELL; style <= ESCAPE_GNU_ESCAPE; style++) {
            struct buf b = buf_make(t->alloc);
            escape_add_gnu(&b, (enum escape_gnu)style, span_of(cases[i].text));
            CHECK_STR(buf_str(&b), cases[i].want[style]);
            buf_fini(&b);
        }
}

TEST(a_colon_is_quoted_in_operands_of_messages)
{
    struct buf b = buf_make(t->alloc);
    escape_add_gnu_operand(&b, ESCAPE_GNU_SHELL_ESCAPE, span_of("a:b"));
    escape_add_gnu_operand(&b, ESCAPE_GNU_SHELL_ESCAPE, span_of("q:'r"));
    escape_add_gnu(&b, ESCAPE_GNU_SHELL_ESCAPE, span_of("a:b"));
    escape_add_gnu_operand(&b, ESCAPE_GNU_SHELL_ESCAPE, span_of(""));
    CHECK_STR(buf_str(&b), "'a:b'\"q:'r\"a:b''");
    buf_fini(&b);
}

TEST(a_nul_among_gnu_escapes_is_short_where_no_digit_follows)
{
    struct buf b = buf_make(t->alloc);
    escape_add_gnu(&b, ESCAPE_GNU_C, span_make("a\0b\0001", 5));
    CHECK_STR(buf_str(&b), "\"a\\0b\\0001\"");
    buf_fini(&b);
}

TEST(plain_single_quotes_leave_control_characters)
{
    struct buf b = buf_make(t->alloc);
    escape_add_plain_single(&b, span_of("a\nb's"));
    escape_add_plain_single(&b, span_of("'"));
    escape_add_dollar(&b, span_of("x"), true);
    CHECK_STR(buf_str(&b), "'a\nb'\\''s'\\'$'x'");
    buf_fini(&b);
}
