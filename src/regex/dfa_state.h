/* dfa_state.h: making the states of a dfa. Private to dfa.c.
 *
 * A state is named by its index times the stride. Index 0 means "not made yet"; 1 is the
 * state without a way on. */
#ifndef REGEX_DFA_STATE_H
#define REGEX_DFA_STATE_H

#include <stdbool.h>
#include <stdint.h>

struct dfa;

#define DFA_MATCH 0x80000000u // of a transition: a match ended before the byte

/* The state that a search begins in, beside a byte or edge. 0: out of memory. */
uint32_t dfa_start(struct dfa *d, unsigned side, bool anchored);

/* The state after v reads a class of bytes (or d->classes: the end; + 1: an end that is
 * no line's), put into the table. 0: out of memory. All states but the result may be gone
 * after it. */
uint32_t dfa_make_next(struct dfa *d, uint32_t v, unsigned column);

#endif
