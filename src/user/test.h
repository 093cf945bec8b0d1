/* test.h: the evaluator of test and [, by POSIX's rules on the number of arguments, with
 * bash's operators; and the single tests, which [[ ]] shares.
 *
 * Must not know: variables of a shell (the hooks know them). */
#ifndef USER_TEST_H
#define USER_TEST_H

#include <stdbool.h>
#include <stdint.h>

struct test_hooks {
    bool bash;        // bash's wording of messages; else GNU's
    const char *name; // "test" or "[", in bash's messages
    bool (*var_is_set)(void *ctx,
                       const char *name); // -v; NULL: no variables, -v and -R are
    bool (*var_is_ref)(void *ctx, const char *name);   // -R; unknown operators
    bool (*option_is_on)(void *ctx, const char *name); // -o
    void *ctx;
};

enum { TEST_TRUE = 0, TEST_FALSE = 1, TEST_ERROR = 2 };

/* Evaluates args[0..count), which do not contain the command's name and the "]".
 * TEST_ERROR: after a message. */
int test_run(const struct test_hooks *hooks, int count, char **args);

/* Whether text is a unary operator (-e ...), or a binary one (=, -nt ... without -a and
 * -o). */
bool test_is_unary(const struct test_hooks *hooks, const char *text);
bool test_is_binary(const char *text);

/* Tests one file, string, descriptor: op is the letter of a unary operator. */
int test_unary(const struct test_hooks *hooks, char op, const char *text);

/* -nt -ot -ef on files. */
bool test_newer(const char *a, const char *b);
bool test_same_file(const char *a, const char *b);

#endif
