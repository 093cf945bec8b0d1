/* facts.h: what can be said of every match of a tree without running it.
 * Must not know: how it is used. */
#ifndef REGEX_FACTS_H
#define REGEX_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "regex/rtree.h"
#include "regex/seek.h"

#define FACTS_ENDLESS UINT32_MAX

enum { FACTS_LITERALS = 3 };

/* A string that is in every match. */
struct facts_literal {
    unsigned char bytes[SEEK_MAX];
    size_t len;  // > 0
    bool prefix; // every match begins with it
};

struct facts {
    uint32_t min, max;                             // bytes of a match
    struct facts_literal literals[FACTS_LITERALS]; // the one to be expected least first
    unsigned count;
    bool exact; // every match is the first of them, and it is a match everywhere
};

/* 0 or REGEX_ESPACE. */
MUST_CHECK int facts_find(const struct rtree *t, struct facts *f);

#endif
