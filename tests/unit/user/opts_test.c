/* opts_test.c: user/opts.h: what getopt_long would give. */
#include "user/opts.h"

#include "sys.h"
#include "tests/unit/vfs/fixture.h"

static const struct opt table[] = {
    {"all", 'a', OPT_PLAIN},    {"lines", 'n', OPT_ARG}, {"color", 300, OPT_MAYBE},
    {"column", 301, OPT_PLAIN}, {NULL, 'o', OPT_MAYBE},  {0},
};

static struct opts begin(unsigned flags, char **argv)
{
    int argc = 0;
    while (argv[argc])
        argc++;
    return opts_make(table, flags, argc, argv);
}

/* Messages go nowhere. */
static void silence(void) { sys_close(2); }

TEST(options_may_stand_after_operands)
{
    char *argv[] = {"x", "one", "-a", "two", "-n", "5", "--", "-a", NULL};
    struct opts o = begin(0, argv);
    CHECK_EQ(opts_next(&o), 'a');
    CHECK_EQ(opts_next(&o), 'n');
    CHECK_STR(o.arg, "5");
    CHECK_EQ(opts_next(&o), OPTS_END);
    CHECK_EQ(opts_next(&o), OPTS_END);
    CHECK_EQ(o.count, 3);
    CHECK_STR(o.operands[0], "one");
    CHECK_STR(o.operands[1], "two");
    CHECK_STR(o.operands[2], "-a");
    CHECK(o.operands[3] == NULL);
    CHECK_STR(argv[1], "one"); // argv stays as it was
}

TEST(the_first_operand_may_end_them)
{
    char *argv[] = {"x", "-a", "cmd", "-n", NULL};
    struct opts o = begin(OPTS_STOP, argv);
    CHECK_EQ(opts_next(&o), 'a');
    CHECK_EQ(opts_next(&o), OPTS_END);
    CHECK_EQ(o.count, 2);
    CHECK_STR(o.operands[1], "-n");
}

TEST(letters_cluster_and_take_the_rest_as_argument)
{
    char *argv[] = {"x", "-an5", "-o", "-ox", "-", NULL};
    struct opts o = begin(0, argv);
    CHECK_EQ(opts_next(&o), 'a');
    CHECK_EQ(opts_next(&o), 'n');
    CHECK_STR(o.arg, "5");
    CHECK_EQ(opts_next(&o), 'o');
    CHECK(o.arg == NULL);
    CHECK_EQ(opts_next(&o), 'o');
    CHECK_STR(o.arg, "x");
    CHECK_EQ(opts_next(&o), OPTS_END);
    CHECK_STR(o.operands[0], "-");
}

TEST(long_names_may_be_cut_while_they_are_unique)
{
    char *argv[] = {"x", "--al", "--lin=3", "--li", "4", "--colo", "--color=x", NULL};
    struct opts o = begin(0, argv);
    CHECK_EQ(opts_next(&o), 'a');
    CHECK_EQ(opts_next(&o), 'n');
    CHECK_STR(o.arg, "3");
    CHECK_EQ(opts_next(&o), 'n');
    CHECK_STR(o.arg, "4");
    CHECK_EQ(opts_next(&o), 300);
    CHECK(o.arg == NULL);
    CHECK_EQ(opts_next(&o), 300);
    CHECK_STR(o.arg, "x");
    CHECK_STR(o.long_name, "color");
}

TEST(what_is_wrong_is_an_error)
{
    static char *words[] = {"-z", "--zzz", "--col", "--all=1", "-n", "--lines"};
    silence();
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        char *argv[] = {"x", words[i], NULL};
        struct opts o = begin(0, argv);
        CHECK_EQ(opts_next(&o), OPTS_ERROR);
    }
}

TEST(digits_and_plus_may_be_options)
{
    char *argv[] = {"x", "-a12k", "+3", "y", NULL};
    struct opts o = begin(OPTS_DIGITS | OPTS_PLUS, argv);
    CHECK_EQ(opts_next(&o), 'a');
    CHECK_EQ(opts_next(&o), OPTS_NUMBER);
    CHECK_STR(o.arg, "12k");
    CHECK_EQ(opts_next(&o), OPTS_NUMBER);
    CHECK_STR(o.arg, "+3");
    CHECK_EQ(opts_next(&o), OPTS_END);
    CHECK_EQ(o.count, 1);
}

TEST(words_match_by_prefix_and_meaning)
{
    static const char *const list[] = {"always", "yes", "auto", "automatic", NULL};
    static const int values[] = {1, 1, 2, 2};
    CHECK_EQ(opts_match("al", list, values), 0);
    CHECK_EQ(opts_match("a", list, values), -2);
    CHECK_EQ(opts_match("aut", list, values), 2);
    CHECK_EQ(opts_match("aut", list, NULL), -2);
    CHECK_EQ(opts_match("auto", list, NULL), 2);
    CHECK_EQ(opts_match("no", list, values), -1);
}
