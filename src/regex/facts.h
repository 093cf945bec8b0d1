/* facts.h: what can be said of every match of a tree without running it.
 * Must not know: how it is used. */
#ifndef REGEX_FACTS_H
#define REGEX_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "regex/rtree.h"
#include "regex/seek.h"

#define FACTS_ENDLESS UINT32_MAX

struct facts {
    uint32_t min, max;               // bytes of a match
    unsigned char literal[SEEK_MAX]; // is in every match
    size_t len;                      // of literal; 0: none is known
    bool prefix;                     // every match begins with it
    bool exact;                      // every match is it, and it is a match everywhere
};

/* 0 or REGEX_ESPACE. */
MUST_CHECK int facts_find(const struct rtree *t, struct facts *f);

#endif
