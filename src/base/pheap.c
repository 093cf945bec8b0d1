/* pheap.c: a pairing heap: a tree in which each node has a list of children. */
#include "base/pheap.h"

#include "base/base.h"

static inline bool pheap_before(const struct pheap_node *a, const struct pheap_node *b)
{
    return a->key != b->key ? a->key < b->key : a->order < b->order;
}

/* Makes one tree of two (b may be NULL): the later root becomes the first child of the
 * other. */
static struct pheap_node *pheap_meld(struct pheap_node *a, struct pheap_node *b)
{
    if (!b)
        return a;
    if (pheap_before(b, a)) {
        struct pheap_node *swap = a;
        a = b;
        b = swap;
    }
    b->next = a->child;
    if (b->next)
        b->next->place = &b->next;
    b->place = &a->child;
    a->child = b;
    return a;
}

/* Makes one tree of a list of siblings: in pairs from the left, then all from the
 * right. */
static struct pheap_node *pheap_meld_list(struct pheap_node *list)
{
    struct pheap_node *pairs = NULL; // in reverse
    while (list) {
        struct pheap_node *a = list, *b = a->next;
        list = b ? b->next : NULL;
        a = pheap_meld(a, b);
        a->next = pairs;
        pairs = a;
    }
    struct pheap_node *tree = NULL;
    while (pairs) {
        struct pheap_node *next = pairs->next;
        tree = pheap_meld(pairs, tree);
        pairs = next;
    }
    return tree;
}

static void pheap_set_root(struct pheap *h, struct pheap_node *root)
{
    h->root = root;
    if (root) {
        root->next = NULL;
        root->place = &h->root;
    }
}

void pheap_push(struct pheap *h, struct pheap_node *n, uint64_t key)
{
    ASSERT(!pheap_has(n));
    *n = (struct pheap_node){.key = key, .order = h->pushed++};
    pheap_set_root(h, pheap_meld(n, h->root));
    h->count++;
}

void pheap_remove(struct pheap *h, struct pheap_node *n)
{
    if (!pheap_has(n))
        return;
    ASSERT(*n->place == n);
    *n->place = n->next;
    if (n->next)
        n->next->place = n->place;
    struct pheap_node *children = pheap_meld_list(n->child);
    if (children)
        pheap_set_root(h, pheap_meld(children, h->root));
    n->child = n->next = NULL;
    n->place = NULL;
    h->count--;
    ASSERT((h->count == 0) == (h->root == NULL));
}

struct pheap_node *pheap_pop_min(struct pheap *h)
{
    struct pheap_node *min = h->root;
    if (min)
        pheap_remove(h, min);
    return min;
}
