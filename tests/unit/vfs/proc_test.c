/* proc_test.c: /proc, exec, working directories. */
#include <errno.h>
#include <string.h>

#include "base/fmt.h"
#include "tests/unit/vfs/fixture.h"

TEST(proc_tells_about_the_caller)
{
    char buf[4096], path[64];
    struct sys_stat st;
    CHECK(strstr(read_text("/proc/self/status", buf, sizeof buf),
                 "\nUid:\t1000\t1000\t1000\t1000\n"));
    fmt_to(path, sizeof path, "/proc/%d/cmdline", sys_getpid());
    int fd = sys_open(path, SYS_RDONLY, 0);
    CHECK_EQ(sys_read(fd, buf, sizeof buf), 10);
    CHECK_MEM(buf, "body\0word\0", 10);
    CHECK_EQ(sys_close(fd), 0);
    fd = sys_open("/proc/self/environ", SYS_RDONLY, 0);
    CHECK_EQ(sys_read(fd, buf, sizeof buf), 11);
    CHECK_MEM(buf, "NAME=value\0", 11);
    CHECK_EQ(sys_readlink("/proc/self/cwd", buf, sizeof buf), 10);
    CHECK_MEM(buf, "/home/user", 10);
    CHECK_EQ(sys_readlink("/proc/self/exe", buf, sizeof buf), 13);
    CHECK_MEM(buf, "/usr/bin/body", 13);
    CHECK_STR(read_text("/proc/self/comm", buf, sizeof buf), "body\n");
    CHECK_EQ(sys_stat("/proc/99999", &st), -ENOENT);
    CHECK_EQ(sys_stat("/proc/1/status", &st), 0);
    CHECK_EQ(st.uid, 0);
    CHECK_EQ(sys_unlink("/proc/self/comm"), -EACCES);
    CHECK_EQ(sys_open("/proc/version", SYS_WRONLY, 0), -EACCES);
}

static int proc_sleeper(void *arg)
{
    (void)arg;
    return sys_sleep(100) ? 0 : 1;
}

TEST(proc_shows_other_processes)
{
    char buf[4096], path[64], want[64];
    struct sys_start start = {.place = SYS_RUN_OFFER};
    struct sys_ended ended;
    CHECK_EQ(write_text("f", "x"), 0);
    CHECK_EQ(sys_open("f", SYS_RDONLY, 0), 0);
    int pid = sys_clone(proc_sleeper, NULL, &start);
    CHECK_EQ(sys_sleep(0.05), 0);
    fmt_to(path, sizeof path, "/proc/%d/stat", pid);
    fmt_to(want, sizeof want, "%d (body) S %d ", pid, sys_getpid());
    CHECK(strncmp(read_text(path, buf, sizeof buf), want, strlen(want)) == 0);
    fmt_to(path, sizeof path, "/proc/%d/fd/0", pid);
    CHECK_EQ(sys_readlink(path, buf, sizeof buf), 12);
    CHECK_STR(read_text(path, buf, sizeof buf), "x");

    bool seen = false;
    int64_t n;
    int fd = sys_open("/proc", SYS_RDONLY, 0);
    fmt_to(want, sizeof want, "%d", pid);
    while ((n = sys_readdir(fd, buf, 512)) > 0)
        for (int64_t at = 0; at < n;) {
            const struct sys_dirent *e =
                (const struct sys_dirent *)(const void *)(buf + at);
            seen |= strcmp(e->name, want) == 0;
            at += e->size;
        }
    CHECK(seen);
    CHECK_EQ(sys_kill(pid, SYS_SIGKILL), 0);
    CHECK_EQ(sys_wait(pid, 0, &ended), pid);
    CHECK_EQ(sys_open(path, SYS_RDONLY, 0), -ENOENT);
}

TEST(proc_global_files_have_text)
{
    static const char *const paths[] = {"/proc/version",
                                        "/proc/uptime",
                                        "/proc/loadavg",
                                        "/proc/meminfo",
                                        "/proc/cpuinfo",
                                        "/proc/stat",
                                        "/proc/filesystems",
                                        "/proc/mounts",
                                        "/proc/sys/kernel/pid_max",
                                        "/proc/sys/kernel/hostname",
                                        "/proc/sys/kernel/random/uuid",
                                        "/proc/sys/fs/file-max",
                                        "/proc/self/limits"};
    char buf[4096];
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        size_t len = strlen(read_text(paths[i], buf, sizeof buf));
        CHECK(len > 1 && buf[len - 1] == '\n');
    }
    CHECK_STR(
        read_text("/proc/mounts", buf, sizeof buf),
        "tmpfs / tmpfs rw 0 0\ndevtmpfs /dev devtmpfs rw 0 0\nproc /proc proc rw 0 0\n");
    CHECK_STR(read_text("/proc/sys/kernel/hostname", buf, sizeof buf), "shoal\n");
}

/* Runs path with two words and gives what it wrote. */
static const char *run(const char *path, char *buf, size_t cap, int *err)
{
    char *argv[] = {"zero", "one", NULL}, *envp[] = {NULL};
    struct sys_start start = {.place = SYS_RUN_NEXT};
    struct sys_ended ended;
    int out = sys_open("out", SYS_RDWR | SYS_CREAT | SYS_TRUNC, 0666);
    CHECK_EQ(sys_dup_to(out, 1, 0), 1);
    *err = sys_spawn(path, argv, envp, &start);
    if (*err > 0)
        CHECK_EQ(sys_wait(*err, 0, &ended), *err);
    sys_close(1);
    sys_close(out);
    return read_text("out", buf, cap);
}

TEST(exec_runs_programs_and_scripts)
{
    char buf[512];
    int err;
    CHECK_STR(run("/bin/args", buf, sizeof buf, &err), "zero\none\n");
    CHECK_EQ(write_text("a", "#! /usr/bin/args  two words \nrest"), 0);
    run("a", buf, sizeof buf, &err);
    CHECK_EQ(err, -EACCES);
    CHECK_EQ(sys_chmod("a", 0755), 0);
    CHECK_STR(run("a", buf, sizeof buf, &err), "/usr/bin/args\ntwo words\na\none\n");
    CHECK_EQ(write_text("b", "#!./a"), 0);
    CHECK_EQ(sys_chmod("b", 0755), 0);
    CHECK_STR(run("./b", buf, sizeof buf, &err),
              "/usr/bin/args\ntwo words\n./a\n./b\none\n");
    CHECK_EQ(write_text("c", "\177SHOAL args\n"), 0); // as cp of a program does
    CHECK_EQ(sys_chmod("c", 0755), 0);
    CHECK_STR(run("c", buf, sizeof buf, &err), "zero\none\n");
    CHECK_EQ(write_text("d", "echo text"), 0);
    CHECK_EQ(sys_chmod("d", 0755), 0);
    run("d", buf, sizeof buf, &err);
    CHECK_EQ(err, -ENOEXEC);
    CHECK_EQ(write_text("e", "#!/home/user/e"), 0);
    CHECK_EQ(sys_chmod("e", 0755), 0);
    run("e", buf, sizeof buf, &err);
    CHECK_EQ(err, -ELOOP);
    run("/tmp", buf, sizeof buf, &err);
    CHECK_EQ(err, -EACCES);
    run("/bin/none", buf, sizeof buf, &err);
    CHECK_EQ(err, -ENOENT);
}

static int cwd_of_child(void *arg)
{
    (void)arg;
    char buf[64];
    return sys_chdir("/tmp") == 0 && sys_getcwd(buf, sizeof buf) == 4 ? 0 : 1;
}

TEST(cwd_is_inherited_and_each_process_has_its_own)
{
    char buf[64];
    struct sys_start start = {.place = SYS_RUN_NEXT};
    struct sys_ended ended;
    CHECK_EQ(sys_mkdir("d", 0777), 0);
    CHECK_EQ(sys_symlink("d", "s"), 0);
    CHECK_EQ(sys_chdir("s"), 0);
    CHECK_EQ(sys_getcwd(buf, sizeof buf), 12);
    CHECK_STR(buf, "/home/user/d");
    CHECK_EQ(sys_chdir("../d/.././d"), 0);
    CHECK_EQ(sys_getcwd(buf, sizeof buf), 12);
    CHECK_EQ(sys_getcwd(buf, 12), -ERANGE);
    CHECK(sys_clone(cwd_of_child, NULL, &start) > 0);
    CHECK(sys_wait(-1, 0, &ended) > 0);
    CHECK_EQ(ended.status, 0);
    CHECK_EQ(sys_getcwd(buf, sizeof buf), 12);
    int fd = sys_open("/tmp", SYS_RDONLY, 0);
    CHECK_EQ(sys_fchdir(fd), 0);
    CHECK_EQ(sys_getcwd(buf, sizeof buf), 4);
    CHECK_STR(buf, "/tmp");
    fmt_to(buf, sizeof buf, "/proc/self/fd/%d", fd);
    CHECK_EQ(sys_chdir("/"), 0);
    CHECK_EQ(sys_chdir(buf), 0);
    CHECK_EQ(sys_getcwd(buf, sizeof buf), 4);
    CHECK_EQ(sys_chdir("/dev/null"), -ENOTDIR);
    CHECK_EQ(sys_chdir("/etc/passwd"), -ENOTDIR);
    CHECK_EQ(sys_chdir("/"), 0);
    CHECK_EQ(sys_getcwd(buf, sizeof buf), 1);
    CHECK_STR(buf, "/");
}
