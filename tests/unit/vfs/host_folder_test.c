/* host_folder_test.c: vfs/host_folder.h: nothing outside of the folder is ever reached,
 * with openat2 and without it, and while names are changed. */
#include "vfs/host_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fmt.h"
#include "kernel/host.h"
#include "sys.h"
#include "tests/unit/test.h"

/* A folder on the host: secret, in/ (what is given), in/sub/file, links in in/. */
struct outer {
    char path[64];
    struct host_handle *in;
};

static const char *outer_path(const struct outer *o, const char *name)
{
    static char path[2][256];
    static int turn;
    turn = !turn;
    fmt_to(path[turn], sizeof path[turn], "%s/%s", o->path, name);
    return path[turn];
}

static void outer_file(const struct outer *o, const char *name, const char *text)
{
    int fd = open(outer_path(o, name), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

static void outer_make(struct outer *o)
{
    strcpy(o->path, "/tmp/shoal-outer-XXXXXX");
    CHECK(mkdtemp(o->path) != NULL);
    outer_file(o, "secret", "secret");
    CHECK_EQ(mkdir(outer_path(o, "in"), 0755), 0);
    CHECK_EQ(mkdir(outer_path(o, "in/sub"), 0755), 0);
    outer_file(o, "in/sub/file", "inside");
    static const char *const links[][2] = {
        {"../secret", "in/up"}, {"/etc/passwd", "in/absolute"},
        {"..", "in/parent"},    {"/proc/self/root", "in/magic"},
        {"sub", "in/within"},   {"sub/file", "in/plain"}};
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        CHECK_EQ(symlink(links[i][0], outer_path(o, links[i][1])), 0);
    CHECK_EQ(mkfifo(outer_path(o, "in/fifo"), 0644), 0);
    CHECK_EQ(host_folder_open(outer_path(o, "in"), &o->in), 0);
}

static void outer_remove(struct outer *o)
{
    char command[128];
    host_handle_put(o->in);
    fmt_to(command, sizeof command, "rm -r %s", o->path);
    CHECK_EQ(system(command), 0);
}

static bool count_names(void *arg, uint64_t ino, uint32_t type, const char *name)
{
    (void)ino, (void)type, (void)name;
    return ++*(int *)arg < 100;
}

static void see_what_is_inside(const struct outer *o)
{
    struct sys_stat st;
    struct host_handle *file;
    char buf[64];
    int count = 0;
    CHECK_EQ(host_folder_stat(o->in, "", &st), 0);
    CHECK_EQ(st.mode & SYS_IFMT, SYS_IFDIR);
    CHECK_EQ(host_folder_list(o->in, "", count_names, &count), 0);
    CHECK_EQ(count, 8);
    CHECK_EQ(host_folder_stat(o->in, "sub/file", &st), 0);
    CHECK_EQ(st.size, 6);
    CHECK_EQ(host_folder_stat(o->in, "up", &st), 0); // the link itself
    CHECK_EQ(st.mode & SYS_IFMT, SYS_IFLNK);
    CHECK_EQ(host_folder_readlink(o->in, "absolute", buf, sizeof buf), 11);
    CHECK_MEM(buf, "/etc/passwd", 11);
    CHECK_EQ(host_folder_open_file(o->in, "sub/file", &file), 0);
    CHECK_EQ(host_folder_pread(file, buf, sizeof buf, 2), 4);
    CHECK_MEM(buf, "side", 4);
    CHECK_EQ(host_folder_pread(file, buf, sizeof buf, 6), 0);
    CHECK_EQ(host_folder_fstat(file, &st), 0);
    CHECK_EQ(st.size, 6);
    host_handle_put(file);
}

static void reach_nothing_outside(const struct outer *o)
{
    static const char *const paths[] = {"..",
                                        "../secret",
                                        "sub/../../secret",
                                        "/etc/passwd",
                                        "up",
                                        "absolute",
                                        "parent",
                                        "parent/secret",
                                        "magic",
                                        "magic/etc/passwd",
                                        "within",
                                        "within/file",
                                        "plain",
                                        "none",
                                        "sub/file/x",
                                        "fifo",
                                        "sub",
                                        "",
                                        "sub/none"};
    struct host_handle *file;
    struct sys_stat st;
    int count = 0;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (!CHECK(host_folder_open_file(o->in, paths[i], &file) < 0))
            fprintf(stderr, "opened %s\n", paths[i]);
    CHECK(host_folder_stat(o->in, "..", &st) < 0);
    CHECK(host_folder_stat(o->in, "parent/secret", &st) < 0);
    CHECK(host_folder_stat(o->in, "within/file", &st) < 0);
    CHECK(host_folder_stat(o->in, "/etc", &st) < 0);
    CHECK(host_folder_list(o->in, "parent", count_names, &count) < 0);
    CHECK(host_folder_list(o->in, "magic", count_names, &count) < 0);
    CHECK(host_folder_list(o->in, "within", count_names, &count) < 0);
    CHECK_EQ(count, 0);
    CHECK_EQ(host_folder_stat(o->in, "none", &st), -ENOENT);
    CHECK_EQ(host_folder_stat(o->in, "sub/file/x", &st), -ENOTDIR);
    CHECK_EQ(host_folder_open_file(o->in, "fifo", &file), -EACCES);
    CHECK_EQ(host_folder_open_file(o->in, "sub", &file), -EACCES);
    CHECK(host_folder_readlink(o->in, "sub", (char *)&st, sizeof st) < 0);
}

TEST(host_folder_is_a_world_of_its_own_by_itself)
{
    struct outer o;
    outer_make(&o);
    see_what_is_inside(&o);
    reach_nothing_outside(&o);
    struct host_handle *none;
    CHECK_EQ(host_folder_open(outer_path(&o, "secret"), &none), -ENOTDIR);
    CHECK_EQ(host_folder_open(outer_path(&o, "none"), &none), -ENOENT);
    outer_remove(&o);
}

/* Has openat2 fail with ENOSYS on this thread, as on an old host. */
static bool forget_openat2(void)
{
    enum { OPENAT2 = 437 };
    struct sock_filter filter[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                            offsetof(struct seccomp_data, nr)),
                                   BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OPENAT2, 0, 1),
                                   BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
                                   BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
    return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
           !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void look_without_openat2(void *arg)
{
    if (!forget_openat2())
        return; // an emulator knows no filters
    see_what_is_inside(arg);
    reach_nothing_outside(arg);
}

TEST(host_folder_without_openat2_is_as_closed_by_itself)
{
    struct outer o;
    uintptr_t thread;
    outer_make(&o);
    CHECK_EQ(host_thread_start(&thread, look_without_openat2, &o), 0);
    host_thread_join(thread);
    outer_remove(&o);
}

struct race {
    struct outer outer;
    atomic_bool over, filtered;
    atomic_int inside, outside;
};

/* Opens in/turn/file again and again, which is never to be the secret's. */
static void open_in_race(void *arg)
{
    struct race *r = arg;
    char buf[16];
    if (atomic_load(&r->filtered) && !forget_openat2())
        return;
    while (!atomic_load(&r->over)) {
        struct host_handle *file;
        if (host_folder_open_file(r->outer.in, "turn/file", &file))
            continue;
        int64_t got = host_folder_pread(file, buf, sizeof buf, 0);
        bool right = got == 6 && memcmp(buf, "inside", 6) == 0;
        atomic_fetch_add(right ? &r->inside : &r->outside, 1);
        host_handle_put(file);
    }
}

/* A folder of the given one takes turns with a link that leads out of it. */
TEST(host_folder_is_not_left_while_a_folder_turns_into_a_link_by_itself)
{
    static struct race r;
    uintptr_t threads[2];
    outer_make(&r.outer);
    CHECK_EQ(mkdir(outer_path(&r.outer, "other"), 0755), 0);
    outer_file(&r.outer, "other/file", "secret");
    CHECK_EQ(symlink("../other", outer_path(&r.outer, "in/link")), 0);
    CHECK_EQ(rename(outer_path(&r.outer, "in/sub"), outer_path(&r.outer, "in/turn")), 0);
    for (int filtered = 0; filtered < 2; filtered++) {
        atomic_store(&r.over, false);
        atomic_store(&r.filtered, filtered);
        for (int i = 0; i < 2; i++)
            CHECK_EQ(host_thread_start(&threads[i], open_in_race, &r), 0);
        const char *turn = outer_path(&r.outer, "in/turn"),
                   *link = outer_path(&r.outer, "in/link");
        for (int i = 0; i < 6000; i++)
            (void)!syscall(SYS_renameat2, AT_FDCWD, turn, AT_FDCWD, link, 2);
        atomic_store(&r.over, true);
        for (int i = 0; i < 2; i++)
            host_thread_join(threads[i]);
    }
    CHECK_EQ(atomic_load(&r.outside), 0);
    outer_remove(&r.outer);
}
