/* inode.c: see inode.h. */
#include "vfs/inode.h"

#include <errno.h>
#include <string.h>

#include "kernel/limits.h"
#include "sys.h"

_Static_assert(sizeof(struct inode) == 112, "records are laid out for pages");
_Static_assert(sizeof(struct inode_page) <= 4096 - 32,
               "a page and its heap header fit 4 KiB");

void inode_table_init(struct inode_table *t, const struct content_owner *owner)
{
    *t = (struct inode_table){.owner = *owner, .next_slot = INODE_ROOT};
}

static void inode_contents_share(const struct inode *i)
{
    uint32_t type = i->mode & SYS_IFMT;
    if (type == SYS_IFDIR) {
        if (i->u.dir.names)
            dir_share(i->u.dir.names);
    } else if (type == SYS_IFREG || type == SYS_IFLNK) {
        content_share(&i->u.content);
    }
}

static void inode_contents_fini(struct inode *i, const struct content_owner *o)
{
    uint32_t type = i->mode & SYS_IFMT;
    if (type == SYS_IFDIR)
        dir_put(i->u.dir.names);
    else if (type == SYS_IFREG || type == SYS_IFLNK)
        content_fini(&i->u.content, o);
}

/* Drops a page; the last count gives up what its records hold. */
static void inode_page_put(struct inode_page *page, const struct content_owner *o)
{
    if (!counted_drop(&page->counted))
        return;
    for (unsigned i = 0; i < INODE_SLOTS; i++)
        inode_contents_fini(&page->slots[i], o);
    counted_free(&page->counted);
}

void inode_table_fini(struct inode_table *t)
{
    // What was charged goes with the sandbox; a shared page outlives it uncharged.
    struct content_owner uncharged = {t->owner.alloc, NULL};
    for (uint32_t i = 0; i < t->page_count; i++)
        inode_page_put(t->pages[i], &uncharged);
    t->owner.alloc->resize(t->owner.alloc, t->pages, t->page_cap * sizeof t->pages[0], 0);
    t->pages = NULL;
    t->page_count = t->page_cap = 0;
}

static int inode_table_reserve(struct inode_table *t, uint32_t count)
{
    if (count <= t->page_cap)
        return 0;
    uint32_t cap = t->page_cap ? t->page_cap : 8;
    while (cap < count)
        cap *= 2;
    const struct alloc *a = t->owner.alloc;
    struct inode_page **pages = a->resize(a, t->pages, t->page_cap * sizeof t->pages[0],
                                          cap * sizeof t->pages[0]);
    if (!pages)
        return -ENOMEM;
    t->pages = pages;
    t->page_cap = cap;
    return 0;
}

int inode_table_fork(struct inode_table *t, const struct inode_table *from)
{
    ASSERT(!t->page_count);
    int err = inode_table_reserve(t, from->page_count + 1);
    if (err)
        return err;
    for (uint32_t i = 0; i < from->page_count; i++) {
        t->pages[i] = from->pages[i];
        counted_get(&t->pages[i]->counted);
    }
    t->page_count = from->page_count;
    t->free_slot = 0; // not in shared pages
    t->next_slot = from->page_count * INODE_SLOTS;
    return 0;
}

/* Makes page number n private. -ENOSPC. */
static int inode_page_own(struct inode_table *t, uint32_t n)
{
    struct inode_page *old = t->pages[n];
    if (LIKELY(counted_is_own(&old->counted, t->owner.alloc)))
        return 0;
    struct inode_page *copy = counted_new(t->owner.alloc, sizeof *copy);
    if (!copy)
        return -ENOSPC;
    memcpy(copy->slots, old->slots, sizeof copy->slots);
    for (unsigned i = 0; i < INODE_SLOTS; i++)
        inode_contents_share(&copy->slots[i]);
    struct content_owner uncharged = {t->owner.alloc,
                                      NULL}; // the copy is charged as the old one was
    inode_page_put(old, &uncharged);
    t->pages[n] = copy;
    return 0;
}

struct inode *inode_table_own(struct inode_table *t, uint64_t ino)
{
    uint32_t slot = (uint32_t)ino;
    ASSERT(inode_table_find(t, ino));
    if (inode_page_own(t, slot / INODE_SLOTS))
        return NULL;
    return &t->pages[slot / INODE_SLOTS]->slots[slot % INODE_SLOTS];
}

/* Adds a page of records never used. -ENOSPC. */
static int inode_table_grow(struct inode_table *t)
{
    if (t->page_count >= UINT32_MAX / INODE_SLOTS ||
        inode_table_reserve(t, t->page_count + 1))
        return -ENOSPC;
    struct inode_page *page = counted_new(t->owner.alloc, sizeof *page);
    if (!page)
        return -ENOSPC;
    memset(page->slots, 0, sizeof page->slots);
    t->pages[t->page_count++] = page;
    return 0;
}

struct inode *inode_table_add(struct inode_table *t, uint64_t *ino)
{
    struct limits *limits = t->owner.limits;
    uint32_t slot = t->free_slot ? t->free_slot : t->next_slot;
    if (limits && !limits_take(limits, LIMIT_FS_FILES, 1))
        return NULL;
    if ((slot / INODE_SLOTS >= t->page_count && inode_table_grow(t)) ||
        inode_page_own(t, slot / INODE_SLOTS)) {
        if (limits)
            limits_give(limits, LIMIT_FS_FILES, 1);
        return NULL;
    }
    struct inode *i = &t->pages[slot / INODE_SLOTS]->slots[slot % INODE_SLOTS];
    if (t->free_slot)
        t->free_slot = i->u.next_free;
    else
        t->next_slot++;
    ASSERT(!i->mode);
    *i = (struct inode){.generation = i->generation, .flags = limits ? INODE_CHARGED : 0};
    *ino = (uint64_t)i->generation << 32 | slot;
    return i;
}

void inode_table_remove(struct inode_table *t, uint64_t ino)
{
    uint32_t slot = (uint32_t)ino;
    struct inode *i = &t->pages[slot / INODE_SLOTS]->slots[slot % INODE_SLOTS];
    ASSERT(i->mode &&
           counted_is_own(&t->pages[slot / INODE_SLOTS]->counted, t->owner.alloc));
    inode_contents_fini(i, &t->owner);
    if ((i->flags & INODE_CHARGED) && t->owner.limits)
        limits_give(t->owner.limits, LIMIT_FS_FILES, 1);
    *i = (struct inode){.generation = i->generation + 1};
    i->u.next_free = t->free_slot;
    t->free_slot = slot;
}
