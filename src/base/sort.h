/* sort.h: a stable sort of pointers: equal items keep their order.
 *
 * About n log2 n comparisons at worst, n - 1 where the items are in order already.
 * Must not know: the items. */
#ifndef BASE_SORT_H
#define BASE_SORT_H

#include <stddef.h>

/* < 0, 0 or > 0 as a goes before, with or after b. It must be consistent; if it is
 * not, the order is unspecified but the sort ends and every item is still there once. */
typedef int sort_cmp(const void *a, const void *b, void *ctx);

/* Called now and then (every few thousand comparisons), so that a long sort can be
 * charged and stopped. It may never return. */
typedef void sort_tick(void *ctx);

/* Sorts items. scratch has room for n pointers too; what it holds after is
 * unspecified. ctx goes to both callbacks. tick may be NULL. */
void sort_pointers(void **items, size_t n, sort_cmp *cmp, void *ctx, void **scratch,
                   sort_tick *tick);

#endif
