/* tabs.h: tab stops, as expand and unexpand take them. */
#ifndef USER_TABS_H
#define USER_TABS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tabs {
    uint64_t *stops;
    size_t count;
    uint64_t every;    // "/N": multiples of N after the stops; 0: none
    uint64_t every_on; // "+N": every N after the last stop; 0: none
};

/* Adds a list such as "4,8,+8". false: after a message. */
bool tabs_add(struct tabs *t, const char *list);

/* Checks all that was added, and sets the default of 8. false: after a message. */
bool tabs_finish(struct tabs *t);

/* The first stop beyond a column. *last: there is none, and the result is column + 1. */
uint64_t tabs_next(const struct tabs *t, uint64_t column, bool *last);

#endif
