/* names_test.c: making, removing, linking and renaming. */
#include <errno.h>
#include <string.h>

#include "base/fmt.h"
#include "base/rand.h"
#include "kernel/limits.h"
#include "tests/unit/vfs/fixture.h"

static int exists(const char *path)
{
    struct sys_stat st;
    return sys_lstat(path, &st) == 0;
}

static unsigned links_of(const char *path)
{
    struct sys_stat st;
    return sys_lstat(path, &st) ? 0 : st.nlink;
}

TEST(names_mkdir_and_rmdir)
{
    struct sys_stat st;
    CHECK_EQ(sys_mkdir("a", 0777), 0);
    CHECK_EQ(sys_mkdir("a", 0777), -EEXIST);
    CHECK_EQ(sys_mkdir("a/b/", 0700), 0);
    CHECK_EQ(sys_stat("a", &st), 0);
    CHECK_EQ(st.mode, SYS_IFDIR | 0755); // less the umask 022
    CHECK_EQ(st.nlink, 3);
    CHECK_EQ(st.uid, 1000);
    CHECK_EQ(sys_stat("a/b", &st), 0);
    CHECK_EQ(st.mode, SYS_IFDIR | 0700);
    CHECK_EQ(sys_rmdir("a"), -ENOTEMPTY);
    CHECK_EQ(sys_rmdir("a/b/."), -EINVAL);
    CHECK_EQ(sys_rmdir("a/b/.."), -ENOTEMPTY);
    CHECK_EQ(sys_rmdir("/"), -EBUSY);
    CHECK_EQ(sys_unlink("a/b"), -EISDIR);
    CHECK_EQ(sys_rmdir("a/b"), 0);
    CHECK_EQ(links_of("a"), 2);
    CHECK_EQ(sys_rmdir("a"), 0);
    CHECK_EQ(sys_rmdir("a"), -ENOENT);
    CHECK_EQ(sys_mkdir("none/x", 0777), -ENOENT);
    CHECK_EQ(sys_mkdir("/x", 0777), -EACCES);
    CHECK_EQ(sys_mkdir("/usr/bin/x", 0777), -EACCES);
    CHECK_EQ(write_text("f", ""), 0);
    CHECK_EQ(sys_mkdir("f/x", 0777), -ENOTDIR);
    CHECK_EQ(sys_rmdir("f"), -ENOTDIR);
    CHECK_EQ(sys_mkdir("/tmp", 0777), -EEXIST);
}

TEST(names_hard_links_share_the_file)
{
    char buf[16];
    CHECK_EQ(write_text("a", "one"), 0);
    CHECK_EQ(sys_link("a", "b"), 0);
    CHECK_EQ(links_of("a"), 2);
    CHECK_EQ(write_text("b", "two"), 0);
    CHECK_STR(read_text("a", buf, sizeof buf), "two");
    CHECK_EQ(sys_link("a", "b"), -EEXIST);
    CHECK_EQ(sys_link("none", "c"), -ENOENT);
    CHECK_EQ(sys_mkdir("d", 0777), 0);
    CHECK_EQ(sys_link("d", "e"), -EPERM);
    CHECK_EQ(sys_link("a", "/dev/x"), -EXDEV);
    CHECK_EQ(sys_unlink("a"), 0);
    CHECK_EQ(links_of("b"), 1);
    CHECK_STR(read_text("b", buf, sizeof buf), "two");
    CHECK_EQ(sys_symlink("b", "s"), 0);
    CHECK_EQ(sys_link("s", "t"), 0); // the link itself
    CHECK_EQ(links_of("s"), 2);
}

TEST(names_an_unlinked_file_lives_while_it_is_open)
{
    char buf[8] = "";
    struct sys_stat st;
    CHECK_EQ(write_text("f", "abc"), 0);
    int fd = sys_open("f", SYS_RDWR, 0);
    CHECK_EQ(sys_unlink("f"), 0);
    CHECK(!exists("f"));
    CHECK_EQ(sys_read(fd, buf, 8), 3);
    CHECK_EQ(sys_write(fd, "def", 3), 3);
    CHECK_EQ(sys_fstat(fd, &st), 0);
    CHECK_EQ(st.nlink, 0);
    CHECK_EQ(st.size, 6);
    CHECK_EQ(write_text("f", "new"), 0);
    uint64_t old = st.ino;
    CHECK_EQ(sys_stat("f", &st), 0);
    CHECK(st.ino != old);
    CHECK_EQ(sys_close(fd), 0);
}

TEST(names_inode_numbers_are_not_used_again)
{
    struct sys_stat a, b;
    CHECK_EQ(write_text("f", ""), 0);
    CHECK_EQ(sys_stat("f", &a), 0);
    CHECK_EQ(sys_unlink("f"), 0);
    CHECK_EQ(write_text("f", ""), 0);
    CHECK_EQ(sys_stat("f", &b), 0);
    CHECK(a.ino != b.ino);
}

TEST(names_rename_replaces_and_refuses_as_posix_says)
{
    char buf[16];
    CHECK_EQ(write_text("a", "A"), 0);
    CHECK_EQ(write_text("b", "B"), 0);
    CHECK_EQ(sys_rename("a", "b", 0), 0);
    CHECK(!exists("a"));
    CHECK_STR(read_text("b", buf, sizeof buf), "A");
    CHECK_EQ(sys_rename("none", "b", 0), -ENOENT);
    CHECK_EQ(sys_mkdir("d", 0777), 0);
    CHECK_EQ(sys_mkdir("d/e", 0777), 0);
    CHECK_EQ(sys_rename("b", "d", 0), -EISDIR);
    CHECK_EQ(sys_rename("d", "b", 0), -ENOTDIR);
    CHECK_EQ(sys_rename("d", "d/e/f", 0), -EINVAL);
    CHECK_EQ(sys_rename("d/e", "d", 0), -ENOTEMPTY);
    CHECK_EQ(sys_rename("b", "c/", 0), -ENOTDIR);
    CHECK_EQ(sys_mkdir("g", 0777), 0);
    CHECK_EQ(sys_rename("d", "g", 0), 0); // an empty directory is replaced
    CHECK(exists("g/e"));
    CHECK_EQ(sys_mkdir("h", 0777), 0);
    CHECK_EQ(sys_rename("g/e", "h/e2/", 0), 0);
    CHECK_EQ(links_of("g"), 2);
    CHECK_EQ(links_of("h"), 3);
    CHECK_EQ(sys_rename("b", "h/e2/b", SYS_RENAME_NOREPLACE), 0);
    CHECK_EQ(write_text("b", "new"), 0);
    CHECK_EQ(sys_rename("b", "h/e2/b", SYS_RENAME_NOREPLACE), -EEXIST);
    CHECK_EQ(sys_rename("b", "h", SYS_RENAME_EXCHANGE), 0);
    CHECK_STR(read_text("h", buf, sizeof buf), "new");
    CHECK_STR(read_text("b/e2/b", buf, sizeof buf), "A");
    CHECK_EQ(sys_rename("b", "/dev/b", 0), -EXDEV);
    CHECK_EQ(sys_rename("b/..", "x", 0), -EBUSY);
    CHECK_EQ(sys_link("h", "h2"), 0);
    CHECK_EQ(sys_rename("h", "h2", 0), 0); // the same file: nothing happens
    CHECK(exists("h") && exists("h2"));
}

TEST(names_a_moved_directory_has_a_new_parent)
{
    char cwd[64];
    struct sys_stat a, b;
    CHECK_EQ(sys_mkdir("x", 0777), 0);
    CHECK_EQ(sys_mkdir("x/y", 0777), 0);
    CHECK_EQ(sys_mkdir("z", 0777), 0);
    CHECK_EQ(sys_chdir("x/y"), 0);
    CHECK_EQ(sys_getcwd(cwd, sizeof cwd), 14);
    CHECK_STR(cwd, "/home/user/x/y");
    CHECK_EQ(sys_rename("../../x/y", "../../z/w", 0), 0);
    CHECK_EQ(sys_getcwd(cwd, sizeof cwd), 14);
    CHECK_STR(cwd, "/home/user/z/w");
    CHECK_EQ(sys_stat("..", &a), 0);
    CHECK_EQ(sys_stat("/home/user/z", &b), 0);
    CHECK_EQ(a.ino, b.ino);
    CHECK_EQ(sys_rmdir("/home/user/z/w"), 0);
    CHECK_EQ(sys_getcwd(cwd, sizeof cwd), -ENOENT);
    CHECK_EQ(sys_mkdir("v", 0777), -ENOENT);
    CHECK_EQ(sys_stat(".", &a), 0);
    CHECK_EQ(a.nlink, 0);
}

TEST(names_the_sticky_bit_protects_the_files_of_others)
{
    CHECK_EQ(write_text("/tmp/mine", "x"), 0);
    CHECK_EQ(sys_rename("/tmp/mine", "/tmp/still", 0), 0);
    CHECK_EQ(sys_unlink("/tmp/still"), 0);
    CHECK_EQ(sys_unlink("/etc/passwd"), -EACCES);
    CHECK_EQ(sys_rename("/tmp", "/home/user/t", 0), -EACCES);
}

TEST(names_readdir_gives_each_name_once_while_others_come_and_go)
{
    enum { COUNT = 300 };
    static char names[COUNT][12];
    char buf[512];
    unsigned char seen[COUNT] = {0};
    CHECK_EQ(sys_mkdir("d", 0777), 0);
    CHECK_EQ(sys_chdir("d"), 0);
    for (int i = 0; i < COUNT; i++) {
        fmt_to(names[i], sizeof names[i], "f%d", i);
        CHECK_EQ(write_text(names[i], ""), 0);
    }
    int fd = sys_open(".", SYS_RDONLY | SYS_DIRECTORY, 0);
    int dots = 0, round = 0;
    int64_t n;
    while ((n = sys_readdir(fd, buf, sizeof buf)) > 0) {
        for (int64_t at = 0; at < n;) {
            const struct sys_dirent *e =
                (const struct sys_dirent *)(const void *)(buf + at);
            if (e->name[0] == '.')
                dots++;
            for (int i = 0; i < COUNT; i++)
                if (strcmp(names[i], e->name) == 0)
                    seen[i]++;
            at += e->size;
        }
        char extra[16];
        fmt_to(extra, sizeof extra, "g%d", round);
        if (round < 200) {
            CHECK_EQ(write_text(extra, ""), 0); // makes the directory grow
            if (round > 1) {
                fmt_to(extra, sizeof extra, "g%d", round - 2);
                CHECK_EQ(sys_unlink(extra), 0);
            }
        }
        round++;
    }
    CHECK_EQ(n, 0);
    CHECK_EQ(dots, 2);
    for (int i = 0; i < COUNT; i++)
        CHECK_EQ(seen[i], 1);
    CHECK_EQ(sys_seek(fd, 0, SYS_SEEK_SET), 0);
    CHECK(sys_readdir(fd, buf, sizeof buf) > 0);
    CHECK_EQ(sys_readdir(fd, buf, 100), -EINVAL);
    CHECK_EQ(sys_read(fd, buf, 1), -EISDIR);
}

/* A glob that runs while names come and go sees no more of them than there were at once.
 */
TEST(names_what_is_made_after_a_listing_ended_is_not_in_it)
{
    char buf[2048];
    CHECK_EQ(sys_mkdir("ended", 0755), 0);
    CHECK_EQ(write_text("ended/a", ""), 0);
    int fd = sys_open("ended", SYS_RDONLY | SYS_DIRECTORY, 0);
    CHECK(sys_readdir(fd, buf, sizeof buf) > 0);
    CHECK_EQ(write_text("ended/b", ""), 0);
    CHECK_EQ(sys_readdir(fd, buf, sizeof buf), 0);
    CHECK_EQ(sys_readdir(fd, buf, sizeof buf), 0);
    CHECK_EQ(sys_seek(fd, 0, SYS_SEEK_SET), 0);
    int64_t both = sys_readdir(fd, buf, sizeof buf);
    CHECK_EQ(sys_unlink("ended/b"), 0);
    CHECK_EQ(sys_seek(fd, 0, SYS_SEEK_SET), 0);
    int64_t one = sys_readdir(fd, buf, sizeof buf);
    CHECK(both > one && one > 0);
    CHECK_EQ(sys_close(fd), 0);
}

TEST(names_a_directory_of_many_files_finds_and_removes_each)
{
    enum { COUNT = 3000 };
    char name[32];
    CHECK_EQ(sys_mkdir("big", 0777), 0);
    for (int i = 0; i < COUNT; i++) {
        fmt_to(name, sizeof name, "big/name-%d", i);
        CHECK_EQ(write_text(name, ""), 0);
    }
    for (int i = 0; i < COUNT; i += 2) {
        fmt_to(name, sizeof name, "big/name-%d", i);
        CHECK_EQ(sys_unlink(name), 0);
    }
    for (int i = 0; i < COUNT; i++) {
        fmt_to(name, sizeof name, "big/name-%d", i);
        CHECK_EQ(exists(name), i % 2);
        if (i % 2)
            CHECK_EQ(sys_unlink(name), 0);
    }
    CHECK_EQ(sys_rmdir("big"), 0);
}

TEST(names_the_number_of_files_is_limited)
{
    uint64_t used = atomic_load(&t->kernel->limits.used[LIMIT_FS_FILES]);
    CHECK_EQ(used, 0); // the base image is not counted
    atomic_store(&t->kernel->limits.value[LIMIT_FS_FILES], 3);
    CHECK_EQ(write_text("a", ""), 0);
    CHECK_EQ(sys_mkdir("b", 0777), 0);
    CHECK_EQ(sys_symlink("x", "c"), 0);
    CHECK_EQ(write_text("d", ""), -ENOSPC);
    CHECK_EQ(sys_mkfifo("d", 0666), -ENOSPC);
    CHECK_EQ(sys_link("a", "a2"), 0); // no new file
    CHECK_EQ(sys_unlink("c"), 0);
    CHECK_EQ(write_text("d", ""), 0);
    CHECK_EQ(sys_unlink("a"), 0);
    CHECK_EQ(atomic_load(&t->kernel->limits.used[LIMIT_FS_FILES]), 3);
}

enum { PLAYERS = 5, PLAYS = 1500, PLAY_NAMES = 6 };

/* Does random things to a few names that all players share; each may fail, none may do
 * harm. */
static int play_with_names(void *arg)
{
    struct rand r;
    char a[32], b[32], buf[600];
    struct sys_stat st;
    rand_init(&r, (uint64_t)(intptr_t)arg);
    for (int i = 0; i < PLAYS; i++) {
        fmt_to(a, sizeof a, "d%u/n%u", (unsigned)rand_below(&r, 2),
               (unsigned)rand_below(&r, PLAY_NAMES));
        fmt_to(b, sizeof b, "d%u/n%u", (unsigned)rand_below(&r, 2),
               (unsigned)rand_below(&r, PLAY_NAMES));
        int err = 0, fd = -1;
        switch (rand_below(&r, 12)) {
        case 0:
            err = write_text(a, "some text that is longer than what fits a record");
            break;
        case 1: err = sys_unlink(a); break;
        case 2:
            err = sys_rename(a, b, rand_below(&r, 3) ? 0 : SYS_RENAME_EXCHANGE);
            break;
        case 3: err = sys_link(a, b); break;
        case 4: err = sys_mkdir(a, 0777); break;
        case 5: err = sys_rmdir(a); break;
        case 6: err = sys_symlink(b + 3, a); break;
        case 7: err = sys_chmod(a, 0777); break;
        case 8:
            fd = sys_open("d0", SYS_RDONLY, 0);
            err = (int)sys_readdir(fd, buf, sizeof buf);
            break;
        case 9:
            fd = sys_open(a, SYS_RDWR | SYS_APPEND | SYS_NONBLOCK, 0);
            if (fd >= 0)
                err = (int)sys_write(fd, buf, sizeof buf);
            break;
        case 10: err = sys_truncate(a, 40); break;
        default: err = sys_stat(rand_below(&r, 4) ? a : "/proc/self/fd/0", &st); break;
        }
        sys_close(fd);
        if (err == -EFAULT) // what no call gives
            return 1;
        sys_tick();
    }
    return 0;
}

TEST(names_survive_what_many_do_at_once)
{
    struct sys_start start = {.place = SYS_RUN_OFFER};
    struct sys_ended ended;
    char path[32];
    CHECK_EQ(sys_mkdir("d0", 0777), 0);
    CHECK_EQ(sys_mkdir("d1", 0777), 0);
    for (intptr_t i = 1; i <= PLAYERS; i++)
        CHECK(sys_clone(play_with_names, (void *)i, &start) > 0);
    for (int i = 0; i < PLAYERS; i++) {
        CHECK(sys_wait(-1, 0, &ended) > 0);
        CHECK_EQ(ended.status, 0);
    }
    // What is left can be removed, and then nothing is charged.
    for (int round = 0; round < 40; round++)
        for (int i = 0; i < 2 * PLAY_NAMES; i++) {
            fmt_to(path, sizeof path, "d%d/n%d", i % 2, i / 2);
            if (sys_unlink(path) == -EISDIR && sys_rmdir(path) == -ENOTEMPTY)
                for (int j = 0; j < PLAY_NAMES; j++) {
                    char inner[64];
                    fmt_to(inner, sizeof inner, "%s/n%d", path, j);
                    if (sys_unlink(inner) == -EISDIR)
                        (void)!sys_rename(inner, "moved", 0);
                }
        }
    if (exists("moved"))
        CHECK_EQ(sys_rmdir("moved"), 0);
    CHECK_EQ(sys_rmdir("d0"), 0);
    CHECK_EQ(sys_rmdir("d1"), 0);
    CHECK_EQ(atomic_load(&t->kernel->limits.used[LIMIT_FS_BYTES]), 0);
    CHECK_EQ(atomic_load(&t->kernel->limits.used[LIMIT_FS_FILES]), 0);
}
