/* names_test.c: kernel/names.h and args.h: interned names, the words of a program. */
#include "kernel/names.h"

#include <errno.h>
#include <string.h>

#include "base/fmt.h"
#include "kernel/args.h"
#include "sys.h"
#include "tests/unit/calls/fixture.h"

TEST(a_number_without_a_name_has_an_empty_text)
{
    unsigned id = sys_intern("last", 4);
    CHECK_STR(sys_interned(0), "");
    CHECK_STR(sys_interned(id + 1), "");
    CHECK_STR(sys_interned(id + 100000), "");
    CHECK_STR(sys_interned(INT32_MAX), "");
    CHECK_STR(sys_interned(UINT32_MAX), "");
}

TEST(names_differ_in_every_byte_and_in_length)
{
    struct names *n = names_new(t->kernel);
    CHECK_EQ(names_intern(n, "", 0), 1);
    CHECK_EQ(names_intern(n, "a", 1), 2);
    CHECK_EQ(names_intern(n, "a\0", 2), 3);
    CHECK_EQ(names_intern(n, "a\0b", 3), 4);
    CHECK_EQ(names_intern(n, "a\0c", 3), 5);
    CHECK_EQ(names_intern(n, "a\0b", 3), 4);
    CHECK_EQ(names_intern(n, "", 0), 1);
    CHECK_MEM(names_text(n, 5), "a\0c", 4);
    names_free(n);
}

struct sharing {
    atomic_int next;
    unsigned ids[4][2000];
};

/* Interns the same names as the others, in an order of its own. */
static int intern_all(void *arg)
{
    struct sharing *s = arg;
    int me = atomic_fetch_add(&s->next, 1);
    for (int i = 0; i < 2000; i++) {
        int which = me % 2 ? 1999 - i : i;
        char name[20];
        size_t len = fmt_to(name, sizeof name, "shared%d", which);
        s->ids[me][which] = sys_intern(name, len);
        if (strcmp(sys_interned(s->ids[me][which]), name) != 0)
            return 1;
        sys_tick();
    }
    return 0;
}

TEST(processes_that_intern_at_once_get_the_same_numbers)
{
    struct sys_start offer = {.place = SYS_RUN_OFFER};
    struct sys_ended ended;
    struct sharing *s = sys_share_alloc(sizeof *s);
    atomic_init(&s->next, 0);
    for (int i = 0; i < 4; i++)
        CHECK(sys_clone(intern_all, s, &offer) > 0);
    for (int i = 0; i < 4; i++) {
        CHECK(sys_wait(-1, 0, &ended) > 0);
        CHECK_EQ(ended.status, 0);
    }
    for (int i = 1; i < 4; i++)
        CHECK_MEM(s->ids[i], s->ids[0], sizeof s->ids[0]);
    sys_share_free(s);
}

/* ---- words ------------------------------------------------------------------------ */

TEST(args_put_a_prefix_in_place_of_the_first_word)
{
    char *prefix[] = {"/bin/sh", "-e", "script", NULL},
         *argv[] = {"zero", "", "two", NULL}, *envp[] = {"A=1", "B=", NULL}, *array[8];
    struct args *a;
    CHECK_EQ(args_new(t->kernel, prefix, argv, envp, &a), 0);
    CHECK_EQ(a->argc, 5);
    CHECK_EQ(a->envc, 2);
    CHECK_MEM(a->text, "/bin/sh\0-e\0script\0\0two\0A=1\0B=\0", a->bytes);
    CHECK_EQ(a->bytes - a->argv_bytes, 7);
    char *env = args_point(a->text, a->argc, array);
    CHECK_STR(array[4], "two");
    CHECK(!array[5]);
    CHECK_STR(env, "A=1");
    CHECK(args_get(a) == a);
    args_put(t->kernel, a);
    CHECK_STR(array[3], ""); // one count is left
    args_put(t->kernel, a);
    args_put(t->kernel, NULL);
}

TEST(args_may_be_empty_and_have_no_environment)
{
    char *none[] = {NULL}, *prefix[] = {"sh", NULL}, *array[2];
    struct args *a;
    CHECK_EQ(args_new(t->kernel, NULL, none, NULL, &a), 0);
    CHECK_EQ(a->argc + a->envc + a->bytes, 0);
    args_point(a->text, 0, array);
    CHECK(!array[0]);
    args_put(t->kernel, a);
    CHECK_EQ(args_new(t->kernel, prefix, none, NULL, &a), 0);
    CHECK_EQ(a->argc, 1);
    args_put(t->kernel, a);
}

TEST(args_of_more_than_their_maximum_are_refused)
{
    char *word = sys_alloc(ARGS_MAX + 1), *argv[] = {"exit", word, NULL},
         *none[] = {NULL};
    struct sys_start start = {.place = SYS_RUN_NEXT};
    struct args *a;
    memset(word, 'x', ARGS_MAX);
    word[ARGS_MAX - 6] = '\0'; // with "exit" and both NULs, just the most
    CHECK_EQ(args_new(t->kernel, NULL, argv, none, &a), 0);
    CHECK_EQ(a->bytes, ARGS_MAX);
    args_put(t->kernel, a);
    word[ARGS_MAX - 6] = 'x';
    word[ARGS_MAX - 5] = '\0';
    CHECK_EQ(args_new(t->kernel, NULL, argv, none, &a), -E2BIG);
    CHECK_EQ(args_new(t->kernel, NULL, none, argv, &a), -E2BIG); // the environment too
    CHECK_EQ(sys_spawn("exit", argv, none, &start), -E2BIG);
    CHECK_EQ(sys_exec("exit", argv, none), -E2BIG);
}

static int edit_own_words(void *arg)
{
    (void)arg;
    sys_argv()[0] = "changed"; // its own array, not its parent's
    return sys_environ()[0] != NULL;
}

TEST(each_process_has_arrays_of_its_own_for_its_words)
{
    struct sys_start start = {.place = SYS_RUN_NEXT};
    struct sys_ended ended;
    char **argv = sys_argv();
    CHECK_STR(argv[0], "body");
    CHECK(!argv[1]);
    CHECK(sys_clone(edit_own_words, NULL, &start) > 0);
    CHECK(sys_wait(-1, 0, &ended) > 0);
    CHECK_EQ(ended.status, 0);
    CHECK_STR(argv[0], "body");
    CHECK(sys_argv() == argv);
}
