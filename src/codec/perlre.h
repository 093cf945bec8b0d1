/* perlre.h: Perl's regular expressions (grep -P), a thin front on PCRE2.
 *
 * All memory is the allocator's, so that a process may die in the middle of a search;
 * the library keeps no state of its own. It is not compiled to machine code: that would
 * need memory that can be written and run. A search cannot be interrupted, so its steps
 * are limited, to some 50 ms, and so are its memory and the depth of a pattern.
 * Must not know: lines, files, messages. */
#ifndef CODEC_PERLRE_H
#define CODEC_PERLRE_H

#include <stddef.h>

#include "base/alloc.h"
#include "base/base.h"
#include "base/str.h"

enum perlre_flag {
    PERLRE_ICASE = 1,
    PERLRE_UTF8 = 2,  // characters are UTF-8, invalid bytes match nothing; else bytes
    PERLRE_WHOLE = 4, // the match is the whole text (grep -x)
    PERLRE_WORD = 8,  // \w is neither before nor after the match (grep -w)
};

enum { PERLRE_ERROR_MAX = 256 }; // bytes of a message

struct perlre;

/* Compiles pattern into *result. Returns 0; -ENOMEM; -EINVAL: why says what is wrong, in
 * the library's words. */
MUST_CHECK int perlre_compile(struct perlre **result, const struct alloc *alloc,
                              unsigned flags, struct span pattern,
                              char why[PERLRE_ERROR_MAX]);

void perlre_free(struct perlre *p); // p may be NULL

/* The first match at `from` or later: bytes *start to *end of text (perhaps before
 * `from`: \K). Returns 1; 0: none; -ENOMEM: also past the limit of memory for one search;
 * -E2BIG: the limit of steps; -EINVAL: what else the library may say. */
MUST_CHECK int perlre_search(struct perlre *p, struct span text, size_t from,
                             size_t *start, size_t *end);

#endif
