/* shelf.c: see shelf.h; and the calls for bundles. The blocks of a bundle are on a list,
 * so that a process may die between any two of them. */
#include "kernel/shelf.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include "base/hash.h"
#include "base/list.h"
#include "kernel/door.h"
#include "kernel/kernel.h"
#include "kernel/lock.h"
#include "kernel/process.h"
#include "sys.h"

enum {
    SHELF_BUNDLES = 32,
    SHELF_BYTES = 4 << 20,
    SHELF_PART = 16, // of limit memory
    SHELF_LARGE = 4, // no bundle takes more than this part of the shelf
};

struct shelf {
    struct kernel *kernel;
    struct lock lock;    // rank LOCK_SHELF; guards what follows
    struct list bundles; // the last put there first
    unsigned count;
    size_t bytes;
};

struct bundle_block {
    _Alignas(16) struct list link;
    size_t size; // with this head
};

struct bundle {
    struct sys_bundle pub;
    struct kernel *kernel;
    struct list blocks;
    size_t bytes;
    struct list shelf_link;
    uint64_t hash;
    size_t key_len;
    char key[];
};

static_assert(sizeof(struct bundle_block) % 16 == 0, "blocks are aligned to 16");

static struct bundle *bundle_of(const struct alloc *heap)
{
    return CONTAINER_OF(CONTAINER_OF(heap, struct sys_bundle, heap), struct bundle, pub);
}

/* ---- Bundles ---------------------------------------------------------------------- */

static void bundle_free_block(struct bundle *b, struct bundle_block *block)
{
    list_remove(&block->link);
    b->bytes -= block->size;
    kernel_free(b->kernel, block);
}

static void bundle_release(void *bundle)
{
    struct bundle *b = bundle;
    struct list *link, *after;
    LIST_EACH_SAFE(link, after, &b->blocks)
    {
        bundle_free_block(b, LIST_ENTRY(link, struct bundle_block, link));
    }
    kernel_free(b->kernel, b);
}

/* Puts the block, which has moved, into the place of its list where it was. */
static void bundle_mend(struct bundle_block *block)
{
    block->link.prev->next = block->link.next->prev = &block->link;
}

static void *bundle_resize(const struct alloc *heap, void *ptr, size_t old, size_t size)
{
    (void)old;
    struct bundle *b = bundle_of(heap);
    struct bundle_block *block = ptr ? (struct bundle_block *)ptr - 1 : NULL;
    if (!size) {
        if (block)
            bundle_free_block(b, block);
        return NULL;
    }
    if (size > SIZE_MAX - sizeof *block)
        door_limit(process_self(), LIMIT_MEMORY);
    struct bundle_block *moved = sys_share_resize(block, size + sizeof *block);
    if (block) {
        bundle_mend(moved);
        b->bytes -= moved->size;
    } else {
        list_add(&b->blocks, &moved->link);
    }
    moved->size = size + sizeof *block;
    b->bytes += moved->size;
    return moved + 1;
}

/* Makes b the process's: it goes when the process does. */
static struct sys_bundle *bundle_hold(struct process *self, struct bundle *b)
{
    if (process_add_death(self, bundle_release, b)) {
        bundle_release(b);
        door_limit(self, LIMIT_MEMORY);
    }
    return &b->pub;
}

struct sys_bundle *sys_bundle_new(const void *key, size_t len)
{
    struct process *self = process_self();
    struct bundle *b = sys_share_alloc(sizeof *b + len);
    *b = (struct bundle){.pub.heap.resize = bundle_resize,
                         .kernel = self->kernel,
                         .bytes = sizeof *b + len,
                         .hash = hash_bytes(key, len, 0),
                         .key_len = len};
    memcpy(b->key, key, len);
    list_init(&b->blocks);
    return bundle_hold(self, b);
}

void sys_bundle_free(struct sys_bundle *bundle)
{
    struct bundle *b = bundle_of(&bundle->heap);
    sys_not_at_death(bundle_release, b);
    bundle_release(b);
}

/* ---- The shelf -------------------------------------------------------------------- */

struct shelf *shelf_new(struct kernel *k)
{
    struct shelf *s = kernel_alloc_zero(k, sizeof *s);
    if (!s)
        return NULL;
    s->kernel = k;
    lock_init(&s->lock, LOCK_SHELF);
    list_init(&s->bundles);
    return s;
}

static void shelf_remove_locked(struct shelf *s, struct bundle *b)
{
    list_remove(&b->shelf_link);
    s->count--;
    s->bytes -= b->bytes;
}

static void shelf_release_all(struct list *bundles)
{
    struct list *link, *after;
    LIST_EACH_SAFE(link, after, bundles)
    {
        list_remove(link);
        bundle_release(LIST_ENTRY(link, struct bundle, shelf_link));
    }
}

void shelf_free(struct shelf *s)
{
    shelf_release_all(&s->bundles);
    kernel_free(s->kernel, s);
}

struct sys_bundle *sys_shelf_take(const void *key, size_t len)
{
    struct process *self = process_self();
    struct shelf *s = self->kernel->shelf;
    uint64_t hash = hash_bytes(key, len, 0);
    struct bundle *found = NULL;
    struct list *link;
    lock_acquire(&s->lock);
    LIST_EACH(link, &s->bundles)
    {
        struct bundle *b = LIST_ENTRY(link, struct bundle, shelf_link);
        if (b->hash == hash && b->key_len == len && memcmp(b->key, key, len) == 0) {
            found = b;
            shelf_remove_locked(s, b);
            break;
        }
    }
    lock_release(&s->lock);
    return found ? bundle_hold(self, found) : NULL;
}

static size_t shelf_room(struct kernel *k)
{
    uint64_t limit = atomic_load_explicit(&k->account.limit, memory_order_relaxed);
    return limit / SHELF_PART < SHELF_BYTES ? (size_t)(limit / SHELF_PART) : SHELF_BYTES;
}

void sys_shelf_put(struct sys_bundle *bundle)
{
    struct process *self = process_self();
    struct bundle *b = bundle_of(&bundle->heap);
    struct shelf *s = self->kernel->shelf;
    size_t room = shelf_room(self->kernel);
    struct list gone;
    list_init(&gone);
    sys_not_at_death(bundle_release, b);
    if (b->bytes > room / SHELF_LARGE) {
        bundle_release(b);
        return;
    }
    lock_acquire(&s->lock);
    while (s->count >= SHELF_BUNDLES || (s->count && s->bytes + b->bytes > room)) {
        struct bundle *oldest = LIST_ENTRY(s->bundles.prev, struct bundle, shelf_link);
        shelf_remove_locked(s, oldest);
        list_add(&gone, &oldest->shelf_link);
    }
    list_add(&s->bundles, &b->shelf_link);
    s->count++;
    s->bytes += b->bytes;
    lock_release(&s->lock);
    shelf_release_all(&gone);
}
