/* test.c: tests/unit/test.h, and main of each unit test executable. */
#include "tests/unit/test.h"

#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"

enum { TEST_LIMIT_S = 120, BLOCK_MAGIC = 0x5eed };

static struct test_entry *first, **last = &first;
static const char *volatile current = "(before the first test)";
static atomic_uint failed_checks;

void test_register(struct test_entry *entry)
{
    *last = entry;
    last = &entry->next;
}

__attribute__((weak)) void test_setup(struct test *t) { (void)t; }
__attribute__((weak)) void test_teardown(struct test *t) { (void)t; }
__attribute__((weak)) void test_body(struct test *t, test_fn *body) { body(t); }

/* Says that a check failed; the caller adds what it got. */
static void report(const char *file, int line, const char *text)
{
    atomic_fetch_add(&failed_checks, 1);
    printf("%s:%d: %s: CHECK failed: %s", file, line, current, text);
}

bool test_check(bool ok, const char *file, int line, const char *text)
{
    if (!ok) {
        report(file, line, text);
        putchar('\n');
    }
    return ok;
}

bool test_check_eq(intmax_t got, intmax_t want, const char *file, int line,
                   const char *text)
{
    if (got != want) {
        report(file, line, text);
        printf(" is %" PRIdMAX ", not %" PRIdMAX "\n", got, want);
    }
    return got == want;
}

static void print_bytes(const unsigned char *bytes, size_t len)
{
    putchar('"');
    for (size_t i = 0; i < len; i++)
        printf(bytes[i] >= ' ' && bytes[i] <= '~' ? "%c" : "\\x%02x", bytes[i]);
    putchar('"');
}

static void print_str(const char *s)
{
    if (s)
        print_bytes((const unsigned char *)s, strlen(s));
    else
        printf("NULL");
}

bool test_check_str(const char *got, const char *want, const char *file, int line,
                    const char *text)
{
    bool ok = got && want ? strcmp(got, want) == 0 : got == want;
    if (!ok) {
        report(file, line, text);
        printf(" is ");
        print_str(got);
        printf(", not ");
        print_str(want);
        putchar('\n');
    }
    return ok;
}

bool test_check_mem(const void *got, const void *want, size_t len, const char *file,
                    int line, const char *text)
{
    bool ok = len == 0 || memcmp(got, want, len) == 0;
    if (!ok) {
        report(file, line, text);
        printf(" is ");
        print_bytes(got, len);
        printf(", not ");
        print_bytes(want, len);
        putchar('\n');
    }
    return ok;
}

/* The allocator of a test: malloc with a head before each block. Any thread. */
struct counter {
    struct alloc alloc;
    atomic_size_t blocks, bytes;
    atomic_size_t fail_in; // allocations until one fails; 0: never
};

struct head {
    _Alignas(16) size_t size;
    size_t magic;
};

static void counter_remove(struct counter *c, struct head *head, size_t old)
{
    if (head->magic != BLOCK_MAGIC || head->size != old) {
        report(__FILE__, __LINE__,
               "a block is given back with the size it was taken with");
        printf(" (%zu, told %zu)\n", head->size, old);
        abort();
    }
    atomic_fetch_sub(&c->blocks, 1);
    atomic_fetch_sub(&c->bytes, old);
}

static void *counter_resize(const struct alloc *self, void *ptr, size_t old, size_t size)
{
    struct counter *c = (struct counter *)(uintptr_t)self;
    struct head *head = ptr ? (struct head *)ptr - 1 : NULL;

    if (size > 0 && atomic_load(&c->fail_in) > 0 && atomic_fetch_sub(&c->fail_in, 1) == 1)
        return NULL;
    struct head *fresh = NULL;
    if (size > 0) {
        fresh = size < SIZE_MAX / 2 ? malloc(sizeof *fresh + size) : NULL;
        if (!fresh)
            return NULL;
        *fresh = (struct head){.size = size, .magic = BLOCK_MAGIC};
        memset(fresh + 1, 0xa5, size);
        if (head)
            memcpy(fresh + 1, ptr, old < size ? old : size);
        atomic_fetch_add(&c->blocks, 1);
        atomic_fetch_add(&c->bytes, size);
    }
    if (head) {
        counter_remove(c, head, old);
        free(head);
    }
    return fresh ? fresh + 1 : NULL;
}

void test_fail_alloc(struct test *t, size_t count)
{
    atomic_store(&((struct counter *)(uintptr_t)t->alloc)->fail_in, count + 1);
}

size_t test_alloc_blocks(const struct test *t)
{
    return atomic_load(&((struct counter *)(uintptr_t)t->alloc)->blocks);
}

size_t test_alloc_bytes(const struct test *t)
{
    return atomic_load(&((struct counter *)(uintptr_t)t->alloc)->bytes);
}

/* Names the test that hangs or crashes. The sanitizers do the latter themselves. */
static void on_signal(int number)
{
    static const char text[] = "\ntest ends by a signal (out of time, if 14): ";
    ssize_t unused = write(STDERR_FILENO, text, sizeof text - 1);
    unused = write(STDERR_FILENO, current, strlen(current));
    unused = write(STDERR_FILENO, "\n", 1);
    (void)unused;
    signal(number, SIG_DFL);
    raise(number);
}

static void watch_signals(void)
{
    static char stack[65536]; // a fiber's own stack may be what is broken
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
    sigaction(SIGALRM, &action, NULL);
#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__ && !defined __clang__
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGFPE, &action, NULL);
    sigaction(SIGABRT, &action, NULL);
#endif
}

/* Runs one test; whether it passed. */
static bool run(const struct test_entry *entry)
{
    struct counter counter = {.alloc = {.resize = counter_resize}};
    struct test t = {.name = entry->name, .alloc = &counter.alloc};
    unsigned before = atomic_load(&failed_checks);

    current = entry->name;
    alarm(TEST_LIMIT_S);
    test_setup(&t);
    test_body(&t, entry->body);
    test_teardown(&t);
    size_t blocks = atomic_load(&counter.blocks);
    if (blocks) {
        report(entry->file, 0, "all memory is given back");
        printf(" (%zu blocks, %zu bytes left)\n", blocks, atomic_load(&counter.bytes));
    }
    alarm(0);
    return atomic_load(&failed_checks) == before;
}

static bool is_chosen(const struct test_entry *entry, char **parts)
{
    if (!*parts)
        return true;
    for (; *parts; parts++)
        if (strstr(entry->name, *parts) || strstr(entry->file, *parts))
            return true;
    return false;
}

int main(int argc, char **argv)
{
    unsigned passed = 0, failed = 0;
    bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;

    setvbuf(stdout, NULL, _IOLBF, 0);
    watch_signals();
    for (const struct test_entry *entry = first; entry; entry = entry->next) {
        if (!is_chosen(entry, argv + 1 + verbose))
            continue;
        if (verbose)
            printf("%s\n", entry->name);
        if (run(entry))
            passed++;
        else
            failed++;
    }
    printf("%u passed, %u failed\n", passed, failed);
    return failed > 0;
}
