/* keyed.c: the elements of an associative array. See keyed.h. */
#include "shell/vars/keyed.h"

#include <string.h>

#include "base/base.h"
#include "sys.h"

enum { KEYED_CHAINS = 1024, KEYED_LOAD = 2, KEYED_GROWTH = 4 };

/* As bash has it, whose characters are signed: it sets the order of the keys. */
uint32_t keyed_hash(struct span key)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < key.len; i++)
        hash = (hash * 16777619u) ^ (uint32_t)(int32_t)(signed char)key.ptr[i];
    return hash;
}

struct keyed *keyed_new(uint32_t chains)
{
    uint32_t *heads = sys_share_alloc(chains * sizeof *heads);
    struct keyed *k = sys_share_alloc(sizeof *k);
    memset(heads, 0, chains * sizeof *heads);
    *k = (struct keyed){.heads = heads, .chains = chains};
    atomic_init(&k->count, 1);
    return k;
}

void keyed_hold(struct keyed *k)
{
    if (k)
        atomic_fetch_add_explicit(&k->count, 1, memory_order_relaxed);
}

static void keyed_put_key(struct text *key)
{
    if (atomic_fetch_sub_explicit(&key->count, 1, memory_order_acq_rel) == 1)
        sys_share_free(key);
}

void keyed_put(struct keyed *k)
{
    if (!k || atomic_fetch_sub_explicit(&k->count, 1, memory_order_acq_rel) != 1)
        return;
    for (uint32_t i = 0; i < k->used; i++)
        if (k->entries[i].key) {
            keyed_put_key(k->entries[i].key);
            value_clear(&k->entries[i].value);
        }
    sys_share_free(k->entries);
    sys_share_free(k->heads);
    sys_share_free(k);
}

static struct keyed *keyed_copy(const struct keyed *src)
{
    struct keyed *k = keyed_new(src->chains);
    if (src->used)
        k->entries = sys_share_alloc(src->used * sizeof *k->entries);
    for (uint32_t i = 0; i < src->used; i++) {
        k->entries[i] = src->entries[i];
        if (!src->entries[i].key)
            continue;
        atomic_fetch_add_explicit(&src->entries[i].key->count, 1, memory_order_relaxed);
        value_copy(&k->entries[i].value, &src->entries[i].value);
    }
    memcpy(k->heads, src->heads, src->chains * sizeof *k->heads);
    k->used = k->cap = src->used;
    k->set = src->set;
    k->free = src->free;
    return k;
}

struct keyed *keyed_own(struct keyed **k)
{
    if (!*k) {
        *k = keyed_new(KEYED_CHAINS);
    } else if (atomic_load_explicit(&(*k)->count, memory_order_acquire) != 1) {
        struct keyed *copy = keyed_copy(*k);
        keyed_put(*k);
        *k = copy;
    }
    return *k;
}

static bool keyed_is(const struct keyed_entry *e, uint32_t hash, struct span key)
{
    return e->hash == hash && e->key->len == key.len &&
           memcmp(e->key->data, key.ptr, key.len) == 0;
}

struct value *keyed_find(const struct keyed *k, struct span key)
{
    if (!k)
        return NULL;
    uint32_t hash = keyed_hash(key);
    for (uint32_t i = k->heads[hash & (k->chains - 1)]; i; i = k->entries[i - 1].next)
        if (keyed_is(&k->entries[i - 1], hash, key))
            return &k->entries[i - 1].value;
    return NULL;
}

static void keyed_link(struct keyed_entry *entries, uint32_t *heads, uint32_t chains,
                       uint32_t i)
{
    uint32_t *head = &heads[entries[i - 1].hash & (chains - 1)];
    entries[i - 1].next = *head;
    *head = i;
}

static void keyed_grow(struct keyed *k)
{
    uint32_t chains = k->chains * KEYED_GROWTH;
    uint32_t *heads = sys_share_alloc(chains * sizeof *heads);
    memset(heads, 0, chains * sizeof *heads);
    for (uint32_t chain = 0; chain < k->chains; chain++)
        for (uint32_t i = k->heads[chain], next; i; i = next) {
            next = k->entries[i - 1].next;
            keyed_link(k->entries, heads, chains, i);
        }
    sys_share_free(k->heads);
    k->heads = heads;
    k->chains = chains;
}

/* Room for one more entry. Whoever dies here for want of memory holds nothing yet. */
static void keyed_reserve(struct keyed *k)
{
    if (k->set >= k->chains * KEYED_LOAD)
        keyed_grow(k);
    if (k->free || k->used < k->cap)
        return;
    uint32_t cap = k->cap ? k->cap * 2 : 8;
    sys_check_size(SYS_LIMIT_EXPANSION, (uint64_t)cap * sizeof *k->entries);
    k->entries = sys_share_resize(k->entries, cap * sizeof *k->entries);
    k->cap = cap;
}

/* The number + 1 of an entry that may be filled; there is one. */
static uint32_t keyed_take(struct keyed *k)
{
    if (!k->free)
        return ++k->used;
    uint32_t i = k->free;
    k->free = k->entries[i - 1].next;
    return i;
}

struct value *keyed_add(struct keyed *k, struct span key)
{
    struct value *found = keyed_find(k, key);
    if (found)
        return found;
    keyed_reserve(k);
    struct text *text = sys_share_alloc(sizeof *text + key.len + 1);
    atomic_init(&text->count, 1);
    text->len = text->cap = key.len;
    if (key.len)
        memcpy(text->data, key.ptr, key.len);
    text->data[key.len] = '\0';
    uint32_t i = keyed_take(k);
    k->entries[i - 1] = (struct keyed_entry){
        .value = {.kind = VALUE_SHORT}, .key = text, .hash = keyed_hash(key)};
    keyed_link(k->entries, k->heads, k->chains, i);
    k->set++;
    return &k->entries[i - 1].value;
}

void keyed_remove(struct keyed *k, struct span key)
{
    uint32_t hash = keyed_hash(key);
    uint32_t *link = &k->heads[hash & (k->chains - 1)];
    while (*link && !keyed_is(&k->entries[*link - 1], hash, key))
        link = &k->entries[*link - 1].next;
    if (!*link)
        return;
    uint32_t i = *link;
    struct keyed_entry *e = &k->entries[i - 1];
    *link = e->next;
    keyed_put_key(e->key);
    e->key = NULL;
    value_clear(&e->value);
    e->next = k->free;
    k->free = i;
    k->set--;
}

void keyed_order(const struct keyed *k, const struct keyed_entry **entries)
{
    size_t to = 0;
    for (uint32_t chain = 0; k && to < k->set; chain++)
        for (uint32_t i = k->heads[chain]; i; i = k->entries[i - 1].next)
            entries[to++] = &k->entries[i - 1];
}
