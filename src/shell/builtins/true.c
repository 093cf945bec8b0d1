/* true.c: true, false, : */
#include "shell/builtins/builtin.h"

int builtin_true(struct shell *sh, int argc, char **argv)
{
    (void)sh, (void)argc, (void)argv;
    return 0;
}

int builtin_colon(struct shell *sh, int argc, char **argv)
{
    (void)sh, (void)argc, (void)argv;
    return 0;
}

int builtin_false(struct shell *sh, int argc, char **argv)
{
    (void)sh, (void)argc, (void)argv;
    return 1;
}
