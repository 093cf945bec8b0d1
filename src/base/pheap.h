/* pheap.h: a priority queue through a node inside the members (a pairing heap), for
 * timers.
 *
 * Invariant: no node's (key, order) is less than its parent's. Equal keys come out in
 * the order they were pushed. O(1) to push, O(log n) amortised to take out; nothing is
 * allocated and nothing recurses.
 * Must not know: what a key counts. */
#ifndef BASE_PHEAP_H
#define BASE_PHEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pheap_node {
    uint64_t key, order;       // order: when it was pushed
    struct pheap_node *child;  // the first of its children
    struct pheap_node *next;   // the sibling to the right
    struct pheap_node **place; // what points to this node; NULL: it is in no heap
};

struct pheap {
    struct pheap_node *root;
    uint64_t pushed; // nodes ever pushed
    size_t count;
};

/* All zero bytes are an empty heap, and a node that is in no heap. */
static inline void pheap_init(struct pheap *h) { *h = (struct pheap){0}; }
static inline void pheap_node_init(struct pheap_node *n) { *n = (struct pheap_node){0}; }

static inline bool pheap_is_empty(const struct pheap *h) { return !h->root; }
static inline bool pheap_has(const struct pheap_node *n) { return n->place != NULL; }

/* The node with the least key, or NULL. */
static inline struct pheap_node *pheap_min(const struct pheap *h) { return h->root; }

void pheap_push(struct pheap *h, struct pheap_node *n, uint64_t key); // n is in no heap
struct pheap_node *pheap_pop_min(struct pheap *h);                    // NULL: it is empty
void pheap_remove(struct pheap *h, struct pheap_node *n); // n may be in no heap

#endif
