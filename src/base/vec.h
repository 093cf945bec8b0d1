/* vec.h: growable arrays: of pointers, and of strings as argv has them.
 *
 * Invariant: items is NULL while nothing was ever added; else items[len] is NULL.
 * Must not know: what the pointers point to (vec); who runs the argv (strlist). */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stddef.h>

#include "base/alloc.h"
#include "base/base.h"
#include "base/str.h"

struct vec {
    void **items;
    size_t len, cap;
    const struct alloc *alloc;
};

static inline struct vec vec_make(const struct alloc *alloc)
{
    return (struct vec){.alloc = alloc};
}
void vec_fini(struct vec *v); // frees the array, not what it points to; usable after

/* Makes room for extra more. All that add return 0, or -ENOMEM with nothing changed;
 * where the allocator cannot fail the result may be ignored. */
int vec_reserve(struct vec *v, size_t extra);
int vec_push(struct vec *v, void *item);
int vec_insert(struct vec *v, size_t at, void *item); // at <= len

/* Take out the last item (NULL if there is none), or the item at index at < len; those
 * after it move down. */
void *vec_pop(struct vec *v);
void *vec_remove(struct vec *v, size_t at);

void vec_cut(struct vec *v, size_t len); // forgets the items from index len on

/* The items with their NULL, as the caller's own block of *cap pointers (freed through
 * the same allocator); the vec is empty after. NULL only when out of memory. */
void **vec_take(struct vec *v, size_t *cap);

/* A list of strings that owns its copies. */
struct strlist {
    struct vec vec; // of char *, each a block of strlen + 1 bytes
};

static inline struct strlist strlist_make(const struct alloc *alloc)
{
    return (struct strlist){vec_make(alloc)};
}
void strlist_fini(struct strlist *l);  // frees the strings too
void strlist_clear(struct strlist *l); // frees the strings, keeps the array

/* Add a copy of text (up to its first NUL byte, if it has one). 0 or -ENOMEM. */
int strlist_add(struct strlist *l, struct span text);
int strlist_add_str(struct strlist *l, const char *text);
int strlist_insert(struct strlist *l, size_t at, struct span text); // at <= length

/* Adds text itself, a block of strlen + 1 bytes of the same allocator. Takes it, or on
 * -ENOMEM does not. */
int strlist_add_taken(struct strlist *l, char *text);

void strlist_remove(struct strlist *l, size_t at);

static inline size_t strlist_len(const struct strlist *l) { return l->vec.len; }
static inline const char *strlist_at(const struct strlist *l, size_t at)
{
    return l->vec.items[at];
}

/* The strings as an argv, ended by NULL; valid until the list changes. The strings may be
 * written to, not lengthened or shortened. */
char **strlist_argv(const struct strlist *l);

#endif
