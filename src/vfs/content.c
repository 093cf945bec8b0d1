/* content.c: see content.h. */
#include "vfs/content.h"

#include <errno.h>
#include <string.h>

#include "kernel/limits.h"

struct block {
    struct counted counted;
    uint32_t cap; // bytes of data
    bool charged; // to limit fs-bytes, by each content that has it
    char reserved[11];
    char data[];
};

struct extent {
    struct counted counted;
    uint32_t cap;
    uint32_t reserved;
    void *slot[]; // blocks, or extents of blocks; NULL: a hole
};

enum { BLOCK_HEAD = 32, BLOCK_FIRST = 960, BLOCK_FULL = 65472, BLOCK_RAMP = 6 };
_Static_assert(sizeof(struct block) == BLOCK_HEAD, "blocks fill powers of two");
_Static_assert(sizeof(struct content) == 56, "content is laid out for inode pages");

/* Where block `index` begins, for the small ones at the beginning. */
static const uint32_t content_ramp[BLOCK_RAMP + 1] = {0,     960,   2944, 6976,
                                                      15104, 31424, 64128};

/* The place of an offset: the block's index, the offset in it, and what the block
 * covers. */
struct content_place {
    uint64_t index;
    size_t within, span;
};

static struct content_place content_locate(int64_t offset)
{
    if (offset >= content_ramp[BLOCK_RAMP]) {
        uint64_t rest = (uint64_t)offset - content_ramp[BLOCK_RAMP];
        return (struct content_place){BLOCK_RAMP + rest / BLOCK_FULL, rest % BLOCK_FULL,
                                      BLOCK_FULL};
    }
    unsigned i = 0;
    while (offset >= content_ramp[i + 1])
        i++;
    return (struct content_place){i, (size_t)(offset - content_ramp[i]),
                                  content_ramp[i + 1] - content_ramp[i]};
}

/* ---- blocks ----------------------------------------------------------------------- */

static struct block *block_new(const struct content_owner *o, size_t cap)
{
    if (o->limits && !limits_take(o->limits, LIMIT_FS_BYTES, cap))
        return NULL;
    struct block *b = counted_new(o->alloc, BLOCK_HEAD + cap);
    if (!b) {
        if (o->limits)
            limits_give(o->limits, LIMIT_FS_BYTES, cap);
        return NULL;
    }
    b->cap = (uint32_t)cap;
    b->charged = o->limits != NULL;
    return b;
}

/* Takes b off c's books. */
static void block_uncharge(const struct block *b, struct content *c,
                           const struct content_owner *o)
{
    c->allocated -= b->cap;
    if (b->charged && o->limits)
        limits_give(o->limits, LIMIT_FS_BYTES, b->cap);
}

static void block_put(struct block *b, struct content *c, const struct content_owner *o)
{
    block_uncharge(b, c, o);
    if (counted_drop(&b->counted))
        counted_free(&b->counted);
}

/* A block of cap bytes in place of old (NULL: none), with the first keep bytes of it. */
static struct block *block_replace(struct block *old, size_t cap, size_t keep,
                                   struct content *c, const struct content_owner *o)
{
    struct block *b = block_new(o, cap);
    if (!b)
        return NULL;
    c->allocated += cap;
    if (old) {
        memcpy(b->data, old->data, size_min(keep, old->cap));
        block_put(old, c, o);
    }
    return b;
}

/* The capacity for a block that must hold need bytes of the span it covers. Only the
 * first is grown in steps. */
static size_t block_cap(const struct content_place *p, size_t need)
{
    if (p->index > 0)
        return p->span;
    size_t total = 128;
    while (total - 64 < need)
        total *= 2;
    return total - 64;
}

/* ---- extents ---------------------------------------------------------------------- */

static struct extent *extent_new(const struct content_owner *o, size_t cap)
{
    struct extent *e = counted_new(o->alloc, sizeof *e + cap * sizeof e->slot[0]);
    if (!e)
        return NULL;
    e->cap = (uint32_t)cap;
    memset(e->slot, 0, cap * sizeof e->slot[0]);
    return e;
}

/* Takes what e holds off c's books. */
static void extent_uncharge(const struct extent *e, bool inner, struct content *c,
                            const struct content_owner *o)
{
    for (uint32_t i = 0; i < e->cap; i++) {
        if (!e->slot[i])
            continue;
        if (inner)
            extent_uncharge(e->slot[i], false, c, o);
        else
            block_uncharge(e->slot[i], c, o);
    }
}

static void extent_drop(struct extent *e, bool inner)
{
    if (!counted_drop(&e->counted))
        return;
    for (uint32_t i = 0; i < e->cap; i++) {
        struct counted *piece = e->slot[i]; // every piece begins with its struct counted
        if (!piece)
            continue;
        if (inner)
            extent_drop(e->slot[i], false);
        else if (counted_drop(piece))
            counted_free(piece);
    }
    counted_free(&e->counted);
}

static void extent_put(struct extent *e, bool inner, struct content *c,
                       const struct content_owner *o)
{
    extent_uncharge(
        e, inner, c,
        o); // each charge is this content's own, even if somebody else keeps e
    extent_drop(e, inner);
}

/* A private copy with room for cap pointers in place of e, which is dropped. NULL: no
 * memory, e stays. */
static struct extent *extent_copy(struct extent *e, size_t cap,
                                  const struct content_owner *o)
{
    struct extent *copy = extent_new(o, cap);
    if (!copy)
        return NULL;
    memcpy(copy->slot, e->slot, e->cap * sizeof e->slot[0]);
    for (uint32_t i = 0; i < e->cap; i++)
        if (e->slot[i])
            counted_get(e->slot[i]);
    extent_drop(
        e,
        false); // whatever it points to is kept by the copy, so that one level is enough
    return copy;
}

/* Makes *e private and at least cap long. -ENOSPC. */
static int extent_own(struct extent **e, size_t cap, const struct content_owner *o)
{
    if (*e && counted_is_own(&(*e)->counted, o->alloc) && (*e)->cap >= cap)
        return 0;
    size_t room = *e ? (*e)->cap : 2;
    while (room < cap)
        room *= 2;
    if (cap <= EXTENT_MAX)
        room = size_min(room, EXTENT_MAX);
    struct extent *own = *e ? extent_copy(*e, room, o) : extent_new(o, room);
    if (!own)
        return -ENOSPC;
    *e = own;
    return 0;
}

/* The block at index, or NULL. */
static struct block *content_block(const struct content *c, uint64_t index)
{
    const struct extent *e = c->at.root;
    if (c->kind == CONTENT_TREE) {
        if (index / EXTENT_MAX >= e->cap)
            return NULL;
        e = e->slot[index / EXTENT_MAX];
        index %= EXTENT_MAX;
        if (!e)
            return NULL;
    }
    return index < e->cap ? e->slot[index] : NULL;
}

/* Turns a leaf into a tree with that leaf first. -ENOSPC. */
static int content_deepen(struct content *c, const struct content_owner *o)
{
    struct extent *root = extent_new(o, 2);
    if (!root)
        return -ENOSPC;
    root->slot[0] = c->at.root;
    c->at.root = root;
    c->kind = CONTENT_TREE;
    return 0;
}

/* The place of the pointer to block index, in private extents. NULL: no memory. */
static struct block **content_slot(struct content *c, const struct content_owner *o,
                                   uint64_t index)
{
    ASSERT(c->kind == CONTENT_LEAF || c->kind == CONTENT_TREE);
    if (c->kind == CONTENT_LEAF && index >= EXTENT_MAX && content_deepen(c, o))
        return NULL;
    if (c->kind == CONTENT_LEAF) {
        if (extent_own(&c->at.root, index + 1, o))
            return NULL;
        return (struct block **)&c->at.root->slot[index];
    }
    uint64_t top = index / EXTENT_MAX;
    if (extent_own(&c->at.root, top + 1, o))
        return NULL;
    struct extent **leaf = (struct extent **)&c->at.root->slot[top];
    if (extent_own(leaf, index % EXTENT_MAX + 1, o))
        return NULL;
    return (struct block **)&(*leaf)->slot[index % EXTENT_MAX];
}

/* ---- reading and writing ---------------------------------------------------------- */

size_t content_read(const struct content *c, void *buf, size_t len, int64_t offset)
{
    if (offset >= c->size)
        return 0;
    len = size_min(len, (uint64_t)(c->size - offset));
    if (c->kind == CONTENT_INLINE || c->kind == CONTENT_WHOLE) {
        memcpy(buf, content_text(c).ptr + offset, len);
        return len;
    }
    char *dst = buf;
    for (size_t done = 0; done < len;) {
        struct content_place p = content_locate(offset + (int64_t)done);
        size_t n = size_min(p.span - p.within, len - done);
        const struct block *b = content_block(c, p.index);
        size_t here = b && b->cap > p.within ? size_min(n, b->cap - p.within) : 0;
        if (here)
            memcpy(dst + done, b->data + p.within, here);
        memset(dst + done + here, 0, n - here);
        done += n;
    }
    return len;
}

/* Moves inline bytes to block 0. -ENOSPC, with nothing changed. */
static int content_spill(struct content *c, const struct content_owner *o)
{
    char small[CONTENT_SMALL];
    size_t size = (size_t)c->size;
    memcpy(small, c->at.small, sizeof small);
    struct extent *root = extent_new(o, 2);
    if (!root)
        return -ENOSPC;
    struct block *b = NULL;
    if (size) {
        struct content_place first = content_locate(0);
        b = block_replace(NULL, block_cap(&first, size), 0, c, o);
        if (!b) {
            counted_free(&root->counted);
            return -ENOSPC;
        }
        memcpy(b->data, small, size);
    }
    root->slot[0] = b;
    c->at.root = root;
    c->kind = CONTENT_LEAF;
    return 0;
}

/* Zeroes what lies between the size and offset `to` in the block where the file ends.
 * -ENOSPC. */
static int content_zero_gap(struct content *c, const struct content_owner *o, int64_t to)
{
    if (to <= c->size)
        return 0;
    struct content_place p = content_locate(c->size);
    struct block *b = content_block(c, p.index);
    if (!b || b->cap <= p.within)
        return 0;
    struct block **slot = content_slot(c, o, p.index);
    if (!slot)
        return -ENOSPC;
    if (!counted_is_own(&b->counted, o->alloc)) {
        b = block_replace(b, b->cap, p.within, c, o);
        if (!b)
            return -ENOSPC;
        *slot = b;
    }
    memset(b->data + p.within, 0,
           (size_t)int64_min(b->cap - (int64_t)p.within, to - c->size));
    return 0;
}

/* Writes n bytes within one block, at offset. -ENOSPC. */
static int content_write_block(struct content *c, const struct content_owner *o,
                               const struct content_place *p, const char *src, size_t n,
                               int64_t offset)
{
    struct block **slot = content_slot(c, o, p->index);
    if (!slot)
        return -ENOSPC;
    struct block *b = *slot;
    if (LIKELY(b && b->cap >= p->within + n && counted_is_own(&b->counted, o->alloc))) {
        memcpy(b->data + p->within, src, n);
        return 0;
    }
    size_t old_cap = b ? b->cap : 0;
    size_t cap = size_max(block_cap(p, p->within + n), old_cap);
    struct block *fresh = block_replace(b, cap, old_cap, c, o);
    if (!fresh)
        return -ENOSPC;
    // What the old block did not have is a hole up to this write, and after it up to the
    // size.
    if (p->within > old_cap)
        memset(fresh->data + old_cap, 0, p->within - old_cap);
    size_t end = size_max(p->within + n, old_cap);
    int64_t file_end = int64_min(c->size - (offset - (int64_t)p->within), (int64_t)cap);
    if (file_end > (int64_t)end)
        memset(fresh->data + end, 0, (size_t)file_end - end);
    memcpy(fresh->data + p->within, src, n);
    *slot = fresh;
    return 0;
}

int64_t content_write(struct content *c, const struct content_owner *o, const void *buf,
                      size_t len, int64_t offset)
{
    ASSERT(offset >= 0 && c->kind != CONTENT_WHOLE);
    if (c->kind == CONTENT_INLINE) {
        if ((uint64_t)offset + len <= CONTENT_SMALL) {
            if (offset > c->size)
                memset(c->at.small + c->size, 0, (size_t)(offset - c->size));
            memcpy(c->at.small + offset, buf, len);
            c->size = int64_max(c->size, offset + (int64_t)len);
            return (int64_t)len;
        }
        if (content_spill(c, o))
            return -ENOSPC;
    }
    if (content_zero_gap(c, o, offset))
        return -ENOSPC;
    size_t done = 0;
    while (done < len) {
        struct content_place p = content_locate(offset + (int64_t)done);
        size_t n = size_min(p.span - p.within, len - done);
        if (content_write_block(c, o, &p, (const char *)buf + done, n,
                                offset + (int64_t)done))
            break;
        done += n;
        c->size = int64_max(c->size, offset + (int64_t)done);
    }
    return done || !len ? (int64_t)done : -ENOSPC;
}

/* Drops all blocks from index `from` on. -ENOSPC (shared extents could not be copied). */
static int content_cut(struct content *c, const struct content_owner *o, uint64_t from)
{
    if (c->kind == CONTENT_LEAF) {
        if (c->at.root->cap <= from)
            return 0;
        if (extent_own(&c->at.root, 1, o))
            return -ENOSPC;
        for (uint64_t i = from; i < c->at.root->cap; i++)
            if (c->at.root->slot[i]) {
                block_put(c->at.root->slot[i], c, o);
                c->at.root->slot[i] = NULL;
            }
        return 0;
    }
    if (extent_own(&c->at.root, 1, o))
        return -ENOSPC;
    for (uint64_t top = from / EXTENT_MAX; top < c->at.root->cap; top++) {
        struct extent **leaf = (struct extent **)&c->at.root->slot[top];
        uint64_t first = top * EXTENT_MAX < from ? from % EXTENT_MAX : 0;
        if (!*leaf)
            continue;
        if (first == 0) {
            extent_put(*leaf, false, c, o);
            *leaf = NULL;
            continue;
        }
        if (extent_own(leaf, 1, o))
            return -ENOSPC;
        for (uint64_t i = first; i < (*leaf)->cap; i++)
            if ((*leaf)->slot[i]) {
                block_put((*leaf)->slot[i], c, o);
                (*leaf)->slot[i] = NULL;
            }
    }
    return 0;
}

int content_truncate(struct content *c, const struct content_owner *o, int64_t size)
{
    ASSERT(size >= 0 && size <= CONTENT_MAX && c->kind != CONTENT_WHOLE);
    if (size == 0) {
        content_fini(c, o);
        return 0;
    }
    if (c->kind == CONTENT_INLINE) {
        if (size <= CONTENT_SMALL) {
            if (size > c->size)
                memset(c->at.small + c->size, 0, (size_t)(size - c->size));
            c->size = size;
            return 0;
        }
        if (content_spill(c, o))
            return -ENOSPC;
    }
    if (size > c->size) {
        if (content_zero_gap(c, o, size))
            return -ENOSPC;
    } else {
        struct content_place p = content_locate(size);
        int err = content_cut(c, o, p.within ? p.index + 1 : p.index);
        if (err)
            return err;
    }
    c->size = size;
    return 0;
}

int content_set_text(struct content *c, const struct content_owner *o, struct span text)
{
    ASSERT(c->size == 0 && c->kind == CONTENT_INLINE);
    if (text.len > CONTENT_SMALL) {
        struct block *b = block_replace(NULL, text.len, 0, c, o);
        if (!b)
            return -ENOSPC;
        memcpy(b->data, text.ptr, text.len);
        c->at.whole = b;
        c->kind = CONTENT_WHOLE;
    } else if (text.len) {
        memcpy(c->at.small, text.ptr, text.len);
    }
    c->size = (int64_t)text.len;
    return 0;
}

struct span content_text(const struct content *c)
{
    const char *ptr = c->kind == CONTENT_WHOLE ? c->at.whole->data : c->at.small;
    return (struct span){ptr, (size_t)c->size};
}

void content_share(const struct content *c)
{
    if (c->kind == CONTENT_WHOLE)
        counted_get(&c->at.whole->counted);
    else if (c->kind != CONTENT_INLINE)
        counted_get(&c->at.root->counted);
}

void content_fini(struct content *c, const struct content_owner *o)
{
    if (c->kind == CONTENT_WHOLE)
        block_put(c->at.whole, c, o);
    else if (c->kind != CONTENT_INLINE)
        extent_put(c->at.root, c->kind == CONTENT_TREE, c, o);
    *c = (struct content){0};
}

int64_t content_next_data(const struct content *c, int64_t offset)
{
    if (c->kind == CONTENT_INLINE || c->kind == CONTENT_WHOLE)
        return offset;
    while (offset < c->size) {
        struct content_place p = content_locate(offset);
        if (content_block(c, p.index))
            return offset;
        offset += (int64_t)(p.span - p.within);
    }
    return c->size;
}
