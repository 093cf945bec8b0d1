/* perlre.c: see perlre.h. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "codec/perlre.h"

#include <errno.h>
#include <pcre2.h>
#include <string.h>

enum {
    PERLRE_STEPS = 2000000,
    PERLRE_HEAP_KIB = 64 << 10,
    PERLRE_NEST = 100, // of parentheses: what a small stack has room for
};

struct perlre {
    const struct alloc *alloc;
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *limits;
};

/* ---- Memory: the library does not tell the size of what it frees ------------------ */

struct perlre_block {
    size_t size;
    _Alignas(16) unsigned char bytes[];
};

static void *perlre_new(size_t size, void *ctx)
{
    const struct alloc *a = ctx;
    size_t whole = size + sizeof(struct perlre_block);
    struct perlre_block *b = whole > size ? a->resize(a, NULL, 0, whole) : NULL;
    if (!b)
        return NULL;
    b->size = whole;
    return b->bytes;
}

static void perlre_drop(void *ptr, void *ctx)
{
    const struct alloc *a = ctx;
    if (!ptr)
        return;
    char *b = (char *)ptr - offsetof(struct perlre_block, bytes);
    a->resize(a, b, ((struct perlre_block *)b)->size, 0);
}

/* ---- Compiling -------------------------------------------------------------------- */

static uint32_t perlre_options(unsigned flags)
{
    return PCRE2_DOLLAR_ENDONLY | (flags & PERLRE_ICASE ? PCRE2_CASELESS : 0u) |
           (flags & PERLRE_UTF8 ? PCRE2_UTF | PCRE2_MATCH_INVALID_UTF : 0u);
}

/* The pattern between two conditions: no \w before, none after. Gives a block of *len
 * bytes. */
static char *perlre_add_words(const struct alloc *a, struct span pattern, size_t *len)
{
    static const char before[] = "(?<!\\w)(?:", after[] = ")(?!\\w)";
    *len = sizeof before - 1 + pattern.len + sizeof after - 1;
    char *text = a->resize(a, NULL, 0, *len);
    if (!text)
        return NULL;
    memcpy(text, before, sizeof before - 1);
    memcpy(text + sizeof before - 1, pattern.ptr, pattern.len);
    memcpy(text + sizeof before - 1 + pattern.len, after, sizeof after - 1);
    return text;
}

static int perlre_compile_code(struct perlre *p, pcre2_general_context *memory,
                               unsigned flags, struct span pattern, int *error)
{
    pcre2_compile_context *context = pcre2_compile_context_create(memory);
    if (!context)
        return -ENOMEM;
    pcre2_set_parens_nest_limit(context, PERLRE_NEST);
    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    if (flags & PERLRE_WHOLE)
        pcre2_set_compile_extra_options(context, PCRE2_EXTRA_MATCH_LINE);
    PCRE2_SIZE place;
    p->code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, perlre_options(flags),
                            error, &place, context);
    pcre2_compile_context_free(context);
    return p->code ? 0 : -EINVAL;
}

static int perlre_prepare(struct perlre *p, unsigned flags, struct span pattern,
                          int *error)
{
    pcre2_general_context *memory =
        pcre2_general_context_create(perlre_new, perlre_drop, (void *)p->alloc);
    if (!memory)
        return -ENOMEM;
    int err = perlre_compile_code(p, memory, flags, pattern, error);
    if (!err) {
        p->data = pcre2_match_data_create(1, memory);
        p->limits = pcre2_match_context_create(memory);
        err = p->data && p->limits ? 0 : -ENOMEM;
    }
    pcre2_general_context_free(memory);
    if (err)
        return err;
    pcre2_set_match_limit(p->limits, PERLRE_STEPS);
    pcre2_set_depth_limit(p->limits, PERLRE_STEPS);
    pcre2_set_heap_limit(p->limits, PERLRE_HEAP_KIB);
    return 0;
}

int perlre_compile(struct perlre **result, const struct alloc *alloc, unsigned flags,
                   struct span pattern, char why[PERLRE_ERROR_MAX])
{
    struct perlre *p = alloc->resize(alloc, NULL, 0, sizeof *p);
    if (!p)
        return -ENOMEM;
    *p = (struct perlre){.alloc = alloc};
    size_t len = 0;
    char *words = NULL;
    bool wrap = flags & PERLRE_WORD && !(flags & PERLRE_WHOLE);
    if (wrap && !(words = perlre_add_words(alloc, pattern, &len))) {
        perlre_free(p);
        return -ENOMEM;
    }
    int error = 0;
    int err = perlre_prepare(p, flags, wrap ? span_make(words, len) : pattern, &error);
    if (wrap)
        alloc->resize(alloc, words, len, 0);
    if (err == -EINVAL)
        pcre2_get_error_message(error, (PCRE2_UCHAR *)why, PERLRE_ERROR_MAX);
    if (err)
        perlre_free(p);
    else
        *result = p;
    return err;
}

void perlre_free(struct perlre *p)
{
    if (!p)
        return;
    pcre2_match_context_free(p->limits);
    pcre2_match_data_free(p->data);
    pcre2_code_free(p->code);
    p->alloc->resize(p->alloc, p, sizeof *p, 0);
}

/* ---- Searching -------------------------------------------------------------------- */

int perlre_search(struct perlre *p, struct span text, size_t from, size_t *start,
                  size_t *end)
{
    int found =
        pcre2_match(p->code, (PCRE2_SPTR)text.ptr, text.len, from, 0, p->data, p->limits);
    switch (found) {
    case PCRE2_ERROR_NOMATCH: return 0;
    case PCRE2_ERROR_MATCHLIMIT:
    case PCRE2_ERROR_RECURSELOOP:
    case PCRE2_ERROR_DEPTHLIMIT: return -E2BIG;
    case PCRE2_ERROR_HEAPLIMIT:
    case PCRE2_ERROR_NOMEMORY: return -ENOMEM;
    default: break;
    }
    if (found < 0)
        return -EINVAL;
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(p->data);
    *start = ends[0];
    *end = ends[1];
    return 1;
}
