/* file_test.c: the files of a sandbox from outside. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/api/api.h"

TEST(files_go_in_and_out)
{
    struct shoal_sandbox *sb = api_sandbox(t);
    char buf[32];
    CHECK_EQ(shoal_file_write(sb, "/home/user/in", "one\ntwo\n", 8, 0644), 0);
    api_check(sb, "sort -r in > out; echo $?; [ -O in ] && echo mine; : >> in",
              "0\nmine\n", 0);
    CHECK_EQ(shoal_file_read(sb, "/home/user/out", 0, buf, sizeof buf), 8);
    CHECK_MEM(buf, "two\none\n", 8);
    CHECK_EQ(shoal_file_read(sb, "/home/user/out", 4, buf, 2), 2);
    CHECK_MEM(buf, "on", 2);
    CHECK_EQ(shoal_file_read(sb, "/home/user/out", 8, buf, sizeof buf), 0);
    CHECK_EQ(shoal_file_write(sb, "/home/user/in", "x", 1, 0644), 0);
    api_check(sb, "cat in", "x", 0);
}

TEST(what_is_at_a_path_can_be_asked)
{
    struct shoal_sandbox *sb = api_sandbox(t);
    struct shoal_stat st;
    CHECK_EQ(shoal_file_write(sb, "/a/b/c", "12345", 5, 0751), 0);
    CHECK_EQ(shoal_file_stat(sb, "/a/b/c", &st), 0);
    CHECK_EQ(st.type, SHOAL_FILE);
    CHECK_EQ(st.mode, 0751);
    CHECK_EQ(st.size, 5);
    CHECK_EQ(st.uid, 1000);
    CHECK_EQ(st.links, 1);
    CHECK(st.mtime_ns > 0);
    CHECK_EQ(shoal_file_stat(sb, "/a/b", &st), 0);
    CHECK_EQ(st.type, SHOAL_DIRECTORY);
    CHECK_EQ(shoal_file_make_link(sb, "b/c", "/a/link"), 0);
    CHECK_EQ(shoal_file_stat(sb, "/a/link", &st), 0);
    CHECK_EQ(st.type, SHOAL_LINK);
    CHECK_EQ(shoal_file_stat(sb, "/dev/null", &st), 0);
    CHECK_EQ(st.type, SHOAL_DEVICE);
}

TEST(errors_of_files_have_their_codes)
{
    struct shoal_sandbox *sb = api_sandbox(t);
    struct shoal_stat st;
    char buf[8];
    CHECK_EQ(shoal_file_stat(sb, "/nonesuch", &st), SHOAL_E_NOT_FOUND);
    CHECK_EQ(shoal_file_stat(sb, "relative", &st), SHOAL_E_INVALID);
    CHECK_EQ(shoal_file_read(sb, "/nonesuch", 0, buf, 8), SHOAL_E_NOT_FOUND);
    CHECK_EQ(shoal_file_read(sb, "/tmp", 0, buf, 8), SHOAL_E_IS_DIR);
    CHECK_EQ(shoal_file_write(sb, "/tmp", "", 0, 0644), SHOAL_E_IS_DIR);
    CHECK_EQ(shoal_file_write(sb, "/etc/passwd/x", "", 0, 0644), SHOAL_E_NOT_DIR);
    CHECK_EQ(shoal_file_remove(sb, "/nonesuch"), SHOAL_E_NOT_FOUND);
    CHECK_EQ(shoal_file_make_link(sb, "x", "/tmp"), SHOAL_E_EXISTS);
    CHECK_EQ(shoal_mount_host(sb, "/nonesuch", "/mnt", SHOAL_READ_ONLY),
             SHOAL_E_NOT_FOUND);
    CHECK_EQ(shoal_mount_host(sb, "/", "/mnt", 0), SHOAL_E_NOT_SUPPORTED);
}

static int file_add_name(void *arg, const char *name, enum shoal_file_type type)
{
    char *all = arg;
    snprintf(all + strlen(all), 100 - strlen(all), "%s%c", name,
             type == SHOAL_DIRECTORY ? '/' : ' ');
    return 0;
}

static int file_stop_at_first(void *arg, const char *name, enum shoal_file_type type)
{
    (void)name;
    (void)type;
    return ++*(int *)arg;
}

TEST(directories_are_made_listed_renamed_and_removed)
{
    struct shoal_sandbox *sb = api_sandbox(t);
    char names[100] = "";
    int calls = 0;
    CHECK_EQ(shoal_file_make_dir(sb, "/work/deep/er", 0755), 0);
    CHECK_EQ(shoal_file_make_dir(sb, "/work/deep/er", 0755), 0);
    CHECK_EQ(shoal_file_write(sb, "/work/file", "", 0, 0644), 0);
    CHECK_EQ(shoal_file_list(sb, "/work", file_add_name, names), 0);
    CHECK(strcmp(names, "deep/file ") == 0 || strcmp(names, "file deep/") == 0);
    CHECK_EQ(shoal_file_list(sb, "/work", file_stop_at_first, &calls), 1);
    CHECK_EQ(calls, 1);
    CHECK_EQ(shoal_file_list(sb, "/work/file", file_add_name, names), SHOAL_E_NOT_DIR);
    CHECK_EQ(shoal_file_rename(sb, "/work/deep", "/work/moved"), 0);
    api_check(sb, "cd /work; echo *; cd moved; echo *; : > er/new", "file moved\ner\n",
              0);
    CHECK_EQ(shoal_file_remove(sb, "/work"), 0);
    api_check(sb, "ls -d /work 2>&- || echo gone", "gone\n", 0);
}

TEST(a_large_tree_is_removed)
{
    struct shoal_sandbox *sb = api_sandbox(t);
    api_check(sb,
              "mkdir t; cd t; for i in {1..40}; do mkdir $i; cd $i; echo > a; echo > b; "
              "mkdir empty; done; echo made",
              "made\n", 0);
    CHECK_EQ(shoal_file_remove(sb, "/home/user/t"), 0);
    api_check(sb, "echo *", "*\n", 0);
}

TEST(a_host_folder_is_shown_read_only)
{
    char folder[] = "/tmp/shoal-api-XXXXXX", path[64];
    if (!CHECK(mkdtemp(folder) != NULL))
        return;
    snprintf(path, sizeof path, "%s/file", folder);
    FILE *f = fopen(path, "w");
    if (!CHECK(f != NULL))
        return;
    fputs("from the host\n", f);
    fclose(f);
    struct shoal_sandbox *sb = api_sandbox(t);
    CHECK_EQ(shoal_mount_host(sb, folder, "/mnt/host", SHOAL_READ_ONLY), 0);
    api_check(sb, "cd /mnt/host; cat file; echo *; echo x > file || echo refused; ls ..",
              "from the host\nfile\nrefused\nhost\n", 0);
    char buf[32];
    CHECK_EQ(shoal_file_read(sb, "/mnt/host/file", 0, buf, sizeof buf), 14);
    unlink(path);
    rmdir(folder);
}

TEST(files_can_be_used_while_a_run_is_in_progress)
{
    struct shoal_sandbox *sb = api_sandbox(t);
    struct shoal_run *run =
        api_run_new(sb, "until [ -e /tmp/go ]; do sleep 0.005; done; cat /tmp/go");
    CHECK_EQ(shoal_run_start(run), 0);
    CHECK_EQ(shoal_run_wait(run, 20), SHOAL_E_TIMEOUT);
    CHECK_EQ(shoal_file_write(sb, "/tmp/new", "went", 4, 0644), 0);
    CHECK_EQ(shoal_file_rename(sb, "/tmp/new", "/tmp/go"), 0);
    CHECK_EQ(shoal_run_wait(run, 20000), 0);
    CHECK_STR(shoal_run_output(run, SHOAL_STDOUT, NULL), "went");
    shoal_run_free(run);
}

TEST(files_stay_from_run_to_run)
{
    api_check(api_sandbox(t), "echo 1 > f; x=1", "", 0);
    api_check(api_sandbox(t), "cat f; echo [$x]", "1\n[]\n", 0);
}
