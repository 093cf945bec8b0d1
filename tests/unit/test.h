/* test.h: the harness of the unit tests.
 *
 *     TEST(a_sentence_about_behaviour)
 *     {
 *         CHECK_EQ(size_min(1, 2), 1);
 *     }
 *
 * Tests of one executable run one after another in the order of their files; a failed
 * check is printed and counted and the test goes on. Checks may be made on any thread. A
 * test fails too if t->alloc has blocks left at its end. Arguments of the executable:
 * parts of the names of tests or files; with none, all tests run. -v names each test as
 * it starts.
 * Must not know: the modules under test. */
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct alloc;
struct kernel;

/* What a test gets, as t. */
struct test {
    const char *name;
    const struct alloc *alloc; // counts, and checks the old sizes it is told
    struct kernel *kernel;     // set by the test_setup of a fixture, else NULL
    void *fixture;             // for a fixture's own use
};

typedef void test_fn(struct test *t);

/* A fixture (fixture.c in the folder of the tests) may define these three; each has a
 * default that does nothing, but test_body, which calls the body: a fixture can run it on
 * a fiber. */
void test_setup(struct test *t);
void test_teardown(struct test *t);
void test_body(struct test *t, test_fn *body);

/* Lets the allocation after the next count ones of t->alloc fail, once. */
void test_fail_alloc(struct test *t, size_t count);

/* The blocks and bytes that are taken from t->alloc now. */
size_t test_alloc_blocks(const struct test *t);
size_t test_alloc_bytes(const struct test *t);

/* Each check is true if it holds, so that a test can stop: if (!CHECK(p)) return; */
#define CHECK(x) test_check((x), __FILE__, __LINE__, #x)
#define CHECK_EQ(got, want) \
    test_check_eq((intmax_t)(got), (intmax_t)(want), __FILE__, __LINE__, #got)
#define CHECK_STR(got, want) test_check_str((got), (want), __FILE__, __LINE__, #got)
#define CHECK_MEM(got, want, len) \
    test_check_mem((got), (want), (len), __FILE__, __LINE__, #got)

bool test_check(bool ok, const char *file, int line, const char *text);
bool test_check_eq(intmax_t got, intmax_t want, const char *file, int line,
                   const char *text);
bool test_check_str(const char *got, const char *want, const char *file, int line,
                    const char *text);
bool test_check_mem(const void *got, const void *want, size_t len, const char *file,
                    int line, const char *text);

/* Registered by a constructor, which TEST writes. */
struct test_entry {
    const char *name, *file;
    test_fn *body;
    struct test_entry *next;
};
void test_register(struct test_entry *entry);

#define TEST(test_name)                                                           \
    static void test_name(struct test *t);                                        \
    __attribute__((constructor)) static void test_name##_register(void)           \
    {                                                                             \
        static struct test_entry entry = {#test_name, __FILE__, test_name, NULL}; \
        test_register(&entry);                                                    \
    }                                                                             \
    static void test_name(struct test *t __attribute__((unused)))

#endif
