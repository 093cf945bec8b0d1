/* path_test.c: user/path.h and user/real.h. */
#include "user/path.h"

#include <errno.h>

#include "base/buf.h"
#include "sys.h"
#include "tests/unit/vfs/fixture.h"
#include "user/real.h"

static void check_span(struct span got, const char *want)
{
    CHECK_EQ(got.len, strlen(want));
    CHECK_MEM(got.ptr, want, strlen(want));
}

TEST(the_last_component_and_the_folder_are_those_of_basename_and_dirname)
{
    static const char *const cases[][3] = {
        {"a/b", "b", "a"}, {"a/b//", "b", "a"}, {"/", "/", "/"},
        {"//", "/", "/"},  {"a", "a", "."},     {"/a", "a", "/"},
        {"", "", "."},     {"a//b", "b", "a"},  {"/a//b/", "b", "/a"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        check_span(path_base(cases[i][0]), cases[i][1]);
        check_span(path_dir(cases[i][0]), cases[i][2]);
    }
}

TEST(joining_puts_one_slash_between)
{
    CHECK_STR(path_join("a", "b"), "a/b");
    CHECK_STR(path_join("a/", "b"), "a/b");
    CHECK_STR(path_join("", "b"), "b");
    CHECK_STR(path_join("/", "b"), "/b");
}

TEST(normal_paths_have_no_dots)
{
    static const char *const cases[][2] = {
        {"/a/./b//c/../d", "/a/b/d"},
        {"/..", "/"},
        {"a/..", "."},
        {"../a", "../a"},
        {"a/../../b", "../b"},
        {"", "."},
        {"./", "."},
        {"/a/../..//b/", "/b"},
        {"../..", "../.."},
        {"a/b/..", "a"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf b = buf_make(sys_heap());
        path_add_normal(&b, cases[i][0]);
        CHECK_STR(buf_str(&b), cases[i][1]);
    }
}

TEST(the_way_between_two_paths)
{
    static const char *const cases[][3] = {
        {"/a/b", "/a/c", "../c"}, {"/a", "/a", "."},    {"/", "/a", "a"},
        {"/a", "/", ".."},        {"/a/b", "/a", ".."}, {"/a", "/ab", "../ab"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf b = buf_make(sys_heap());
        path_add_relative(&b, cases[i][0], cases[i][1]);
        CHECK_STR(buf_str(&b), cases[i][2]);
    }
}

TEST(real_paths_follow_links_and_know_what_must_exist)
{
    char *path = NULL;
    CHECK_EQ(sys_mkdir("d", 0755), 0);
    CHECK_EQ(sys_symlink("d", "l"), 0);
    CHECK_EQ(sys_symlink("loop", "loop"), 0);
    CHECK_EQ(real_path("l/..//l", REAL_EXISTING, &path), 0);
    CHECK_STR(path, "/home/user/d");
    CHECK_EQ(real_path("l/x", REAL_LAST_MISSING, &path), 0);
    CHECK_STR(path, "/home/user/d/x");
    CHECK_EQ(real_path("l/x", REAL_EXISTING, &path), -ENOENT);
    CHECK_EQ(real_path("x/y", REAL_LAST_MISSING, &path), -ENOENT);
    CHECK_EQ(real_path("x/y", REAL_MISSING, &path), 0);
    CHECK_EQ(real_path("loop", REAL_EXISTING, &path), -ELOOP);
    CHECK_EQ(real_path("l", REAL_NO_LINKS, &path), 0);
    CHECK_STR(path, "/home/user/l");
    CHECK_EQ(real_path("", REAL_MISSING, &path), -ENOENT);
}
