/* regex.c: fuzzes regex/regex.h: any bytes as expression and text. Besides the
 * sanitizers' findings: what the searches say of the same thing must agree, groups lie
 * within the match, and all memory comes back, also where an allocation
 * fails. Input: two bytes of choices, one that says when memory ends, one with the length
 * of the pattern. */
#include "regex/regex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FUZZ_SPANS = 12, FUZZ_HEAP = 256 << 20 };

struct fuzz_heap {
    struct alloc alloc;
    size_t used, left; // bytes; allocations that still succeed
};

#define FUZZ_MUST(what)                          \
    do {                                         \
        if (!(what)) {                           \
            fprintf(stderr, "not: %s\n", #what); \
            abort();                             \
        }                                        \
    } while (0)

static void *fuzz_resize(const struct alloc *self, void *ptr, size_t old, size_t size)
{
    struct fuzz_heap *h = (struct fuzz_heap *)self;
    if (size && (h->left == 0 || h->used - old + size > FUZZ_HEAP))
        return NULL;
    h->left -= size > 0;
    h->used += size - old;
    if (size)
        return realloc(ptr, size);
    free(ptr);
    return NULL;
}

static bool fuzz_same(const struct regex_span *a, const struct regex_span *b)
{
    return a->start == b->start && a->end == b->end;
}

static void fuzz_check_spans(struct span text, const struct regex_span *m, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (m[i].start == REGEX_NONE)
            continue;
        FUZZ_MUST(m[i].start <= m[i].end && m[i].end <= text.len);
        FUZZ_MUST(m[0].start <= m[i].start && m[i].end <= m[0].end);
    }
}

/* One text, with and without groups. */
static void fuzz_search(struct regex *re, struct span text, unsigned flags)
{
    struct regex_span one, all[FUZZ_SPANS];
    int exists = regex_search(re, text, 0, flags, NULL, 0);
    int found = regex_search(re, text, 0, flags, &one, 1);
    int groups = regex_search(re, text, 0, flags, all, FUZZ_SPANS);
    if (exists < 0 || found < 0 || groups < 0)
        return; // memory, or the budget of back-references
    FUZZ_MUST(exists == found && found == groups);
    if (!found)
        return;
    FUZZ_MUST(fuzz_same(&one, &all[0]));
    fuzz_check_spans(text, all, FUZZ_SPANS);
}

/* All lines of a block: the search of many must find those that one by one match. */
static void fuzz_lines(struct regex *re, struct span block, char eol)
{
    for (size_t from = 0; from < block.len;) {
        struct regex_span line = {block.len, block.len};
        int found = regex_search_lines(re, block, from, &line);
        if (found < 0)
            return;
        FUZZ_MUST(line.start >= from && line.start <= line.end && line.end <= block.len);
        size_t limit = found ? line.end + 1 : block.len;
        while (from < limit && from < block.len) {
            size_t len = span_find(span_from(block, from), eol);
            struct span text = span_make(block.ptr + from, len);
            int match = regex_search(re, text, 0, 0, NULL, 0);
            if (match < 0)
                return;
            FUZZ_MUST(match == (found && from == line.start));
            from += len + 1;
        }
    }
}

static void fuzz_one(struct fuzz_heap *h, unsigned choices, struct span pattern,
                     struct span text)
{
    static const unsigned flags[] = {REGEX_ICASE,      REGEX_UTF8,  REGEX_NEWLINE,
                                     REGEX_WORD,       REGEX_WHOLE, REGEX_PLAIN,
                                     REGEX_CHECK_CLASS};
    struct regex_options o = {
        .alloc = &h->alloc, .lines = true, .eol = '\n', .steps = 20000};
    o.syntax = (enum regex_syntax)(choices & 7) > REGEX_LITERAL
                   ? REGEX_EXTENDED
                   : (enum regex_syntax)(choices & 7);
    for (size_t i = 0; i < COUNT_OF(flags); i++)
        if (choices >> (3 + i) & 1)
            o.flags |= flags[i];
    o.eol = choices >> 10 & 1 ? '\0' : '\n';
    struct regex *re;
    if (regex_compile(&re, &o, pattern))
        return;
    struct span line = span_make(text.ptr, span_find(text, o.eol));
    fuzz_search(re, line, choices >> 11 & 7);
    fuzz_lines(re, text, o.eol);
    regex_free(re);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4)
        return 0;
    struct fuzz_heap h = {.alloc = {fuzz_resize}, .left = SIZE_MAX};
    if (data[2])
        h.left = data[2] - 1u;
    size_t len = data[3] < size - 4 ? data[3] : size - 4;
    // copies of their own, so that reading beyond them is seen
    char *pattern = malloc(len + 1), *text = malloc(size - 4 - len + 1);
    memcpy(pattern, data + 4, len);
    memcpy(text, data + 4 + len, size - 4 - len);
    pattern = realloc(pattern, len ? len : 1);
    text = realloc(text, size - 4 - len ? size - 4 - len : 1);
    fuzz_one(&h, data[0] | (unsigned)data[1] << 8, span_make(pattern, len),
             span_make(text, size - 4 - len));
    free(pattern);
    free(text);
    FUZZ_MUST(h.used == 0);
    return 0;
}
