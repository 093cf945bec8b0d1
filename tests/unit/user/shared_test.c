/* shared_test.c: what builtins and commands share: printf.h, test.h, echo.h. */
#include "base/buf.h"
#include "sys.h"
#include "tests/unit/vfs/fixture.h"
#include "user/echo.h"
#include "user/out.h"
#include "user/printf.h"
#include "user/test.h"

static void silence(void) { sys_close(2); }

static int check_printf(const char *want, const char *format, const char *a,
                        const char *b)
{
    static const struct printf_how how = {.bash = true};
    char *args[] = {(char *)(uintptr_t)a, (char *)(uintptr_t)b, NULL};
    struct buf out = buf_make(sys_heap());
    int status = printf_run(&out, &how, format, args);
    CHECK_STR(buf_str(&out), want);
    return status;
}

TEST(printf_formats_as_bash_does)
{
    CHECK_EQ(check_printf("a-b-", "%s-", "a", "b"), 0);
    CHECK_EQ(check_printf("   42|42   |", "%5d|%-5d|", "42", "42"), 0);
    CHECK_EQ(check_printf("ff 31", "%x %d", "255", "0x1f"), 0);
    CHECK_EQ(check_printf("97 233", "%d %d", "'a", "\"é"), 0);
    CHECK_EQ(check_printf("a\tb", "%b", "a\\tb", NULL), 0);
    CHECK_EQ(check_printf("a\\ b", "%q", "a b", NULL), 0);
    CHECK_EQ(check_printf("1970-01-01", "%(%Y-%m-%d)T", "0", NULL), 0);
    CHECK_EQ(check_printf("[] 0", "[%s] %d", NULL, NULL), 0);
    CHECK_EQ(check_printf("A\\q", "\\x41\\q", NULL, NULL), 0);
}

TEST(printf_goes_on_after_bad_numbers_and_ends_at_bad_formats)
{
    silence();
    CHECK_EQ(check_printf("3 4", "%d %d", "3x", "4"), 1);
    CHECK_EQ(check_printf("a", "a%y", "1", NULL), 1);
    CHECK_EQ(check_printf("a", "a%", NULL, NULL), 1);
    CHECK_EQ(check_printf("x", "%bz", "x\\cy", NULL), 0);
}

static int run_test(const char *words)
{
    static const struct test_hooks hooks = {.bash = true, .name = "test"};
    char copy[128], *args[16];
    int count = 0;
    strncpy(copy, words, sizeof copy - 1);
    copy[sizeof copy - 1] = '\0';
    for (char *p = strtok(copy, " "); p; p = strtok(NULL, " "))
        args[count++] = strcmp(p, "''") == 0 ? "" : p;
    args[count] = NULL;
    return test_run(&hooks, count, args);
}

TEST(the_number_of_arguments_decides)
{
    silence();
    static const struct {
        const char *words;
        int result;
    } cases[] = {
        {"", 1},
        {"a", 0},
        {"''", 1},
        {"! a", 1},
        {"-n", 0},
        {"-z ''", 0},
        {"a = a", 0},
        {"a = b", 1},
        {"1 -lt 2", 0},
        {"1 -eq x", 2},
        {"a < b", 0},
        {"( a )", 0},
        {"! a = a", 1},
        {"a -a ''", 1},
        {"a -o ''", 0},
        {"a b", 2},
        {"a b c", 2},
        {"a b c d", 2},
        {"= = =", 0},
        {"a -a '' -o b", 0},
        {"( a = a ) -a ! -e nope", 0},
        {"( a", 2},
        {"-e / -a", 2},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (!CHECK_EQ(run_test(cases[i].words), cases[i].result))
            CHECK_STR(cases[i].words, "the case above");
}

TEST(files_are_tested)
{
    CHECK_EQ(write_text("f", "x"), 0);
    CHECK_EQ(sys_symlink("nope", "l"), 0);
    CHECK_EQ(run_test("-f f"), 0);
    CHECK_EQ(run_test("-d f"), 1);
    CHECK_EQ(run_test("-s f"), 0);
    CHECK_EQ(run_test("-L l"), 0);
    CHECK_EQ(run_test("-e l"), 1);
    CHECK_EQ(run_test("f -nt nope"), 0);
    CHECK_EQ(run_test("f -ef f"), 0);
}

TEST(echo_has_options_until_other_words)
{
    char *args[] = {"-ne", "a\\tb", "-n", NULL}, *text[] = {"-x", "-n", NULL};
    struct out o = out_make(sys_open("f", SYS_WRONLY | SYS_CREAT, 0644));
    char got[64];
    echo_write(&o, args, false, false, false);
    echo_write(&o, text, false, false, false);
    CHECK_EQ(out_close(&o), 0);
    CHECK_STR(read_text("f", got, sizeof got), "a\tb -n-x -n\n");
}
