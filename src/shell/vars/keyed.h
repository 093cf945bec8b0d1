/* keyed.h: the elements of an associative array: values by text, counted.
 *
 * A chained hash table that is walked in the order of bash's own, which scripts see in
 * ${!a[@]}: FNV-1 over the key, 1024 chains to begin with, newest first in its chain,
 * four times as many when there are twice as many keys as chains. (assoc.test pins it.)
 * Who changes one has made sure that it is the only owner (keyed_own). NULL is an empty
 * array.
 * Must not know: variables. */
#ifndef SHELL_VARS_KEYED_H
#define SHELL_VARS_KEYED_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "shell/vars/value.h"

struct keyed_entry {
    struct value value;
    struct text *key; // counted
    uint32_t hash;
    uint32_t next; // entry number + 1 of the next in the chain or, of a free one, in the
                   // free list; 0: none
};

struct keyed {
    _Atomic unsigned count; // owners
    uint32_t used, cap;     // entries ever filled, room
    uint32_t set;           // elements
    uint32_t free;          // entry number + 1 of the first free one
    uint32_t chains;        // a power of two
    uint32_t *heads;        // entry number + 1
    struct keyed_entry *entries;
};

/* The hash that bash's tables are ordered by, and an empty array with so many chains (a
 * power of two), which are what the order goes by. keyed_own makes those of bash's
 * arrays. */
uint32_t keyed_hash(struct span key);
struct keyed *keyed_new(uint32_t chains);

void keyed_hold(struct keyed *k); // NULL: nothing
void keyed_put(struct keyed *k);  // NULL: nothing; may free
struct keyed *keyed_own(struct keyed **k);

struct value *keyed_find(const struct keyed *k, struct span key); // NULL: none
struct value *keyed_add(struct keyed *k, struct span key);        // "" if it is new
void keyed_remove(struct keyed *k, struct span key);

/* All entries in order: fills entries, which has room for k->set. */
void keyed_order(const struct keyed *k, const struct keyed_entry **entries);

#endif
