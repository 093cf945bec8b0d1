/* test.c: test and [ as programs: fronts on user/test.h, which the builtins share. */
#include "user/test.h"

#include "base/str.h"
#include "user/cmd.h"
#include "user/msg.h"

int cmd_test(int argc, char **argv);
int cmd_bracket(int argc, char **argv);

const struct cmd cmd_test_entry = {
    .name = "test",
    .usage = "EXPRESSION",
    .help =
        "Exit with the status that EXPRESSION determines: 0 true, 1 false, 2 an error.\n",
    .main = cmd_test,
    .deep = true,
    .no_help = true,
};

const struct cmd cmd_bracket_entry = {
    .name = "[",
    .usage = "EXPRESSION ]",
    .help =
        "Exit with the status that EXPRESSION determines: 0 true, 1 false, 2 an error.\n",
    .main = cmd_bracket,
    .deep = true,
    .no_help = true,
};

static const struct test_hooks test_no_hooks = {.name = "test"};

int cmd_test(int argc, char **argv)
{
    return test_run(&test_no_hooks, argc - 1, argv + 1);
}

int cmd_bracket(int argc, char **argv)
{
    if (argc < 2 || !str_eq(argv[argc - 1], "]")) {
        msg("missing %s", quoted("]"));
        return TEST_ERROR;
    }
    return test_run(&test_no_hooks, argc - 2, argv + 1);
}
