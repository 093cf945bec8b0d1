/* walk_test.c: user/walk.h. */
#include "user/walk.h"

#include <errno.h>

#include "tests/unit/vfs/fixture.h"

static void make_tree(void)
{
    CHECK_EQ(sys_mkdir("d", 0755), 0);
    CHECK_EQ(sys_mkdir("d/e", 0755), 0);
    CHECK_EQ(write_text("d/a", "1"), 0);
    CHECK_EQ(write_text("d/e/f", "2"), 0);
    CHECK_EQ(sys_symlink("..", "d/up"), 0);
}

/* The steps of a walk as text, such as "<d .d/a >d". */
static void describe(const char *root, unsigned flags, char *text, size_t cap)
{
    static const char kinds[] = {
        [WALK_FILE] = '.',  [WALK_PRE] = '<',        [WALK_POST] = '>',
        [WALK_ERROR] = '!', [WALK_UNREADABLE] = '?', [WALK_LOOP] = '@'};
    struct walk w;
    size_t len = 0;
    text[0] = '\0';
    walk_begin(&w, root, flags);
    for (struct walk_entry *e; (e = walk_next(&w)) != NULL;) {
        size_t path = strlen(e->path);
        if (len + path + 3 > cap)
            break;
        text[len++] = kinds[e->kind];
        memcpy(text + len, e->path, path);
        len += path;
        text[len++] = ' ';
        text[len] = '\0';
    }
}

TEST(folders_come_before_and_after_what_is_in_them)
{
    char text[256];
    make_tree();
    describe("d", WALK_SORT, text, sizeof text);
    CHECK_STR(text, "<d .d/a <d/e .d/e/f >d/e .d/up >d ");
    describe("d/", WALK_SORT, text, sizeof text);
    CHECK_STR(text, "<d/ .d/a <d/e .d/e/f >d/e .d/up >d/ ");
    describe("d/a", 0, text, sizeof text);
    CHECK_STR(text, ".d/a ");
    describe("nope", 0, text, sizeof text);
    CHECK_STR(text, "!nope ");
}

TEST(a_link_to_a_folder_above_is_a_loop)
{
    char text[256];
    make_tree();
    CHECK_EQ(sys_unlink("d/up"), 0);
    CHECK_EQ(sys_symlink("../../d", "d/e/up"), 0);
    describe("d", WALK_SORT | WALK_FOLLOW, text, sizeof text);
    CHECK_STR(text, "<d .d/a <d/e .d/e/f @d/e/up >d/e >d ");
}

TEST(a_folder_may_be_skipped)
{
    struct walk w;
    int steps = 0;
    make_tree();
    walk_begin(&w, "d", WALK_SORT);
    for (struct walk_entry *e; (e = walk_next(&w)) != NULL; steps++) {
        CHECK(strcmp(e->name, "f") != 0);
        if (e->kind == WALK_PRE && e->depth == 1)
            walk_skip(&w);
    }
    CHECK_EQ(steps, 5);
}

TEST(depth_does_not_need_stack)
{
    for (int i = 0; i < 1000; i++) {
        CHECK_EQ(sys_mkdir("x", 0755), 0);
        CHECK_EQ(sys_chdir("x"), 0);
    }
    CHECK_EQ(sys_chdir("/home/user"), 0);
    struct walk w;
    int deepest = 0;
    walk_begin(&w, "x", 0);
    for (struct walk_entry *e; (e = walk_next(&w)) != NULL;)
        deepest = e->depth > deepest ? e->depth : deepest;
    CHECK_EQ(deepest, 999);
}
