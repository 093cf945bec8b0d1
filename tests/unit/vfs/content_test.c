/* content_test.c: vfs/content.h and vfs/memfs.h where copies share pieces, and where
 * memory ends. */
#include "vfs/content.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/rand.h"
#include "tests/unit/test.h"
#include "vfs/inode.h"
#include "vfs/memfs.h"

enum { MODEL_MAX = 400000, COPIES = 3 };

struct model {
    struct content content;
    unsigned char *bytes; // MODEL_MAX, zero beyond the size
    int64_t size;
};

static void model_write(struct model *m, const struct content_owner *o, struct rand *r)
{
    static unsigned char data[70000];
    int64_t at =
        (int64_t)rand_below(r, rand_below(r, 2) ? 2000 : MODEL_MAX - sizeof data);
    size_t len = 1 + rand_below(r, rand_below(r, 4) ? 500 : sizeof data - 1);
    for (size_t i = 0; i < len; i++)
        data[i] = (unsigned char)rand_next(r);
    int64_t got = content_write(&m->content, o, data, len, at);
    CHECK(got == -ENOSPC || (got > 0 && got <= (int64_t)len));
    if (got < 0)
        return;
    memcpy(m->bytes + at, data, (size_t)got);
    m->size = int64_max(m->size, at + got);
}

static void model_truncate(struct model *m, const struct content_owner *o, struct rand *r)
{
    int64_t size = (int64_t)rand_below(r, rand_below(r, 3) ? MODEL_MAX : 100);
    if (content_truncate(&m->content, o, size))
        return;
    if (size < m->size)
        memset(m->bytes + size, 0, (size_t)(m->size - size));
    m->size = size;
}

static void model_copy(struct model *to, const struct model *from,
                       const struct content_owner *o)
{
    content_fini(&to->content, o);
    to->content = from->content;
    content_share(&to->content);
    memcpy(to->bytes, from->bytes, MODEL_MAX);
    to->size = from->size;
}

static bool model_check(const struct model *m)
{
    static unsigned char got[MODEL_MAX];
    return CHECK_EQ(m->content.size, m->size) &&
           CHECK_EQ(content_read(&m->content, got, MODEL_MAX, 0), m->size) &&
           CHECK_MEM(got, m->bytes, (size_t)m->size);
}

static void content_play(struct test *t, uint64_t seed, bool failing)
{
    struct content_owner owner = {t->alloc, NULL};
    struct model models[COPIES] = {0};
    struct rand r;
    rand_init(&r, seed);
    for (int i = 0; i < COPIES; i++)
        models[i].bytes = calloc(1, MODEL_MAX);
    bool good = true;
    for (int round = 0; good && round < 300; round++) {
        struct model *m = &models[rand_below(&r, COPIES)];
        if (failing)
            test_fail_alloc(t, rand_below(&r, 4));
        if (round % 10 == 9)
            model_copy(m,
                       &models[rand_below(&r, COPIES)] == m ? m + (m == models ? 1 : -1)
                                                            : &models[m == models],
                       &owner);
        else if (round % 7 == 6)
            model_truncate(m, &owner, &r);
        else
            model_write(m, &owner, &r);
        test_fail_alloc(t, SIZE_MAX / 2); // no more
        for (int i = 0; i < COPIES; i++)
            good &= model_check(&models[i]);
    }
    for (int i = 0; i < COPIES; i++) {
        content_fini(&models[i].content, &owner);
        free(models[i].bytes);
    }
}

TEST(content_of_copies_is_independent_by_itself)
{
    for (uint64_t seed = 1; seed <= 4; seed++)
        content_play(t, seed, false);
}

TEST(content_is_whole_after_memory_has_ended_by_itself)
{
    for (uint64_t seed = 11; seed <= 14; seed++)
        content_play(t, seed, true);
}

/* ---- forks of a file system ------------------------------------------------------- */

static uint64_t fork_make(struct memfs *m, uint64_t dir, const char *name, uint32_t mode,
                          const char *text)
{
    struct fs_new new = {.mode = mode, .target = span_of(text)};
    struct fs_brief b = {0};
    CHECK_EQ(memfs_ops.create(&m->fs, dir, span_of(name), &new, &b), 0);
    if ((mode & SYS_IFMT) == SYS_IFREG)
        CHECK_EQ(memfs_append(m, b.ino, span_of(text)), 0);
    return b.ino;
}

static const char *fork_text(struct memfs *m, uint64_t dir, const char *name)
{
    static char text[256];
    struct fs_brief b;
    if (memfs_ops.lookup(&m->fs, dir, span_of(name), NULL, &b))
        return "none";
    int64_t n = memfs_ops.head(&m->fs, b.ino, text, sizeof text - 1);
    text[n] = '\0';
    return text;
}

TEST(memfs_forks_share_until_they_change_by_itself)
{
    char long_text[200];
    memset(long_text, 'L', 199);
    long_text[199] = '\0';
    struct memfs *a = memfs_new(NULL, t->alloc);
    uint64_t d = fork_make(a, INODE_ROOT, "d", SYS_IFDIR | 0755, "");
    uint64_t f = fork_make(a, d, "f", SYS_IFREG | 0644, "small");
    uint64_t l = fork_make(a, d, "l", SYS_IFREG | 0644, long_text);
    fork_make(a, d, "s", SYS_IFLNK | 0777, long_text);
    size_t bytes = test_alloc_bytes(t);
    struct memfs *b = memfs_fork(a, NULL, t->alloc);
    CHECK(test_alloc_bytes(t) - bytes < 512); // nothing was copied
    struct memfs *c = memfs_fork(b, NULL, t->alloc);

    CHECK_EQ(memfs_append(b, f, span_of("+b")), 0);
    CHECK_EQ(memfs_append(b, l, span_of("+b")), 0);
    CHECK_EQ(memfs_ops.rename(&c->fs, d, span_of("f"), f, INODE_ROOT, span_of("g"), 0,
                              false),
             0);
    CHECK_EQ(memfs_ops.unlink(&c->fs, d, span_of("l"), l), 0);
    uint64_t new = fork_make(b, d, "new", SYS_IFREG | 0644, "new");
    CHECK_STR(fork_text(a, d, "f"), "small");
    CHECK_STR(fork_text(b, d, "f"), "small+b");
    CHECK_STR(fork_text(c, d, "f"), "none");
    CHECK_STR(fork_text(c, INODE_ROOT, "g"), "small");
    CHECK_STR(fork_text(a, d, "l"), long_text);
    CHECK_EQ(strlen(fork_text(b, d, "l")), 201);
    CHECK_STR(fork_text(c, d, "l"), "none");
    CHECK_STR(fork_text(a, d, "new"), "none");
    CHECK_STR(fork_text(c, d, "new"), "none");
    memfs_put(a);
    CHECK_STR(fork_text(b, d, "new"), "new");
    CHECK_STR(fork_text(c, INODE_ROOT, "g"), "small");
    struct sys_stat st;
    CHECK_EQ(memfs_ops.stat(&b->fs, new, &st), 0);
    CHECK_EQ(memfs_ops.stat(&c->fs, d, &st), 0);
    CHECK_EQ(st.nlink, 2);
    memfs_put(c);
    CHECK_STR(fork_text(b, d, "f"), "small+b");
    memfs_put(b);
}

TEST(memfs_is_whole_after_memory_has_ended_by_itself)
{
    struct memfs *a = memfs_new(NULL, t->alloc);
    uint64_t d = fork_make(a, INODE_ROOT, "d", SYS_IFDIR | 0755, "");
    fork_make(a, d, "f", SYS_IFREG | 0644, "text");
    for (size_t fail = 0; fail < 12; fail++) {
        struct fs_new new = {.mode = SYS_IFLNK | 0777,
                             .target = span_of("a target of more than thirty-two bytes")};
        struct fs_brief brief;
        test_fail_alloc(t, fail);
        struct memfs *b = memfs_fork(a, NULL, t->alloc);
        if (!b)
            continue;
        int err = memfs_ops.create(&b->fs, d, span_of("new"), &new, &brief);
        CHECK(err == 0 || err == -ENOSPC);
        CHECK_EQ(memfs_ops.lookup(&b->fs, d, span_of("new"), NULL, &brief),
                 err ? -ENOENT : 0);
        CHECK_EQ(memfs_ops.lookup(&b->fs, d, span_of("f"), NULL, &brief), 0);
        CHECK_STR(fork_text(b, d, "f"), "text");
        memfs_put(b);
    }
    test_fail_alloc(t, SIZE_MAX / 2);
    memfs_put(a);
}
