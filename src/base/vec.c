/* vec.c: growable arrays of pointers and of strings. */
#include "base/vec.h"

#include <errno.h>
#include <string.h>

enum { VEC_FIRST = 8 }; // pointers, with the NULL

void vec_fini(struct vec *v)
{
    if (v->items)
        v->alloc->resize(v->alloc, v->items, v->cap * sizeof *v->items, 0);
    *v = vec_make(v->alloc);
}

int vec_reserve(struct vec *v, size_t extra)
{
    size_t need = v->len + extra + 1;
    if (need <= v->cap)
        return 0;
    if (extra > SIZE_MAX / 32)
        return -ENOMEM;
    size_t cap = size_max(v->cap * 2, size_max(need, VEC_FIRST));
    void **items =
        v->alloc->resize(v->alloc, v->items, v->cap * sizeof *items, cap * sizeof *items);
    if (!items)
        return -ENOMEM;
    items[v->len] = NULL;
    v->items = items;
    v->cap = cap;
    return 0;
}

int vec_push(struct vec *v, void *item)
{
    if (UNLIKELY(v->len + 1 >= v->cap) && vec_reserve(v, 1))
        return -ENOMEM;
    v->items[v->len++] = item;
    v->items[v->len] = NULL;
    return 0;
}

int vec_insert(struct vec *v, size_t at, void *item)
{
    ASSERT(at <= v->len);
    if (vec_reserve(v, 1))
        return -ENOMEM;
    memmove(v->items + at + 1, v->items + at, (v->len - at + 1) * sizeof *v->items);
    v->items[at] = item;
    v->len++;
    return 0;
}

void *vec_pop(struct vec *v)
{
    if (v->len == 0)
        return NULL;
    void *item = v->items[--v->len];
    v->items[v->len] = NULL;
    return item;
}

void *vec_remove(struct vec *v, size_t at)
{
    ASSERT(at < v->len);
    void *item = v->items[at];
    memmove(v->items + at, v->items + at + 1, (v->len - at) * sizeof *v->items);
    v->len--;
    return item;
}

void vec_cut(struct vec *v, size_t len)
{
    ASSERT(len <= v->len);
    v->len = len;
    if (v->items)
        v->items[len] = NULL;
}

void **vec_take(struct vec *v, size_t *cap)
{
    if (vec_reserve(v, 0))
        return NULL;
    void **items = v->items;
    *cap = v->cap;
    *v = vec_make(v->alloc);
    return items;
}

static void strlist_free_text(struct strlist *l, char *text)
{
    l->vec.alloc->resize(l->vec.alloc, text, strlen(text) + 1, 0);
}

/* A block of its own with text up to its first NUL, or NULL. */
static char *strlist_copy(const struct strlist *l, struct span text)
{
    size_t len = span_find(text, '\0');
    char *copy = l->vec.alloc->resize(l->vec.alloc, NULL, 0, len + 1);
    if (!copy)
        return NULL;
    if (len)
        memcpy(copy, text.ptr, len);
    copy[len] = '\0';
    return copy;
}

void strlist_clear(struct strlist *l)
{
    for (size_t i = 0; i < l->vec.len; i++)
        strlist_free_text(l, l->vec.items[i]);
    vec_cut(&l->vec, 0);
}

void strlist_fini(struct strlist *l)
{
    strlist_clear(l);
    vec_fini(&l->vec);
}

int strlist_insert(struct strlist *l, size_t at, struct span text)
{
    if (vec_reserve(&l->vec, 1))
        return -ENOMEM;
    char *copy = strlist_copy(l, text);
    if (!copy)
        return -ENOMEM;
    return vec_insert(&l->vec, at, copy);
}

int strlist_add(struct strlist *l, struct span text)
{
    return strlist_insert(l, l->vec.len, text);
}

int strlist_add_str(struct strlist *l, const char *text)
{
    return strlist_add(l, span_of(text));
}

int strlist_add_taken(struct strlist *l, char *text) { return vec_push(&l->vec, text); }

void strlist_remove(struct strlist *l, size_t at)
{
    strlist_free_text(l, vec_remove(&l->vec, at));
}

char **strlist_argv(const struct strlist *l)
{
    static char *const none[] = {NULL};
    return l->vec.items ? (char **)l->vec.items : (char **)none;
}
