/* exec_test.c: vfs/exec.h: what the first line of an executable file means. */
#include "vfs/exec.h"

#include <errno.h>
#include <string.h>

#include "base/fmt.h"
#include "tests/unit/vfs/fixture.h"

static void make(const char *path, const char *text)
{
    CHECK_EQ(write_text(path, text), 0);
    CHECK_EQ(sys_chmod(path, 0755), 0);
}

/* The words in place of argv[0], with '|' between; the program's name if there are none;
 * or an error. */
static const char *resolved(const char *path)
{
    static char text[1000];
    const struct program *program = NULL;
    char **prefix = NULL;
    int err = vfs_exec_resolve(process_self(), path, &program, &prefix);
    if (err) {
        fmt_to(text, sizeof text, "error %d", -err);
        return text;
    }
    size_t len = fmt_to(text, sizeof text, "%s", prefix ? "" : program->name);
    for (char **word = prefix; word && *word; word++)
        len += fmt_to(text + len, sizeof text - len, "%s%s", len ? "|" : "", *word);
    return text;
}

static const char *error_text(int err)
{
    static char text[20];
    fmt_to(text, sizeof text, "error %d", err);
    return text;
}

TEST(exec_takes_one_argument_and_cuts_blanks_off)
{
    make("a", "#!/usr/bin/args\n");
    CHECK_STR(resolved("a"), "/usr/bin/args|a");
    make("b", "#!  \t/usr/bin/args \t one  two \t\nrest");
    CHECK_STR(resolved("./b"), "/usr/bin/args|one  two|./b");
    make("c", "#!/usr/bin/args -x"); // no newline
    CHECK_STR(resolved("/home/user/c"), "/usr/bin/args|-x|/home/user/c");
    CHECK_STR(resolved("/bin/args"), "args");
}

TEST(exec_of_what_is_no_program_is_enoexec)
{
    static const char *const texts[] = {"",
                                        "#",
                                        "#!",
                                        "#! \t \n/usr/bin/args\n",
                                        "text\n",
                                        "\n#!/usr/bin/args\n",
                                        "\177ELF",
                                        "\177SHOAL args", // the line must end
                                        "\177SHOAL none\n",
                                        "\177SHOAL \n"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        make("x", texts[i]);
        CHECK_STR(resolved("x"), error_text(ENOEXEC));
    }
}

TEST(exec_refuses_what_is_not_there_or_may_not_be_run)
{
    make("plain", "#!/usr/bin/args\n");
    CHECK_EQ(sys_chmod("plain", 0644), 0);
    CHECK_STR(resolved("plain"), error_text(EACCES));
    CHECK_STR(resolved("none"), error_text(ENOENT));
    CHECK_STR(resolved("plain/x"), error_text(ENOTDIR));
    CHECK_STR(resolved("/tmp"), error_text(EACCES));
    CHECK_STR(resolved("/dev/null"), error_text(EACCES));
    CHECK_EQ(sys_mkfifo("fifo", 0777), 0);
    CHECK_STR(resolved("fifo"), error_text(EACCES)); // and does not wait for a writer
    CHECK_EQ(sys_symlink("loop", "loop"), 0);
    CHECK_STR(resolved("loop"), error_text(ELOOP));
    make("to-none", "#!/none\n");
    CHECK_STR(resolved("to-none"), error_text(ENOENT));
    make("to-plain", "#!plain\n");
    CHECK_STR(resolved("to-plain"), error_text(EACCES));
    make("to-folder", "#!/tmp\n");
    CHECK_STR(resolved("to-folder"), error_text(EACCES));
}

TEST(exec_follows_five_levels_of_scripts_and_no_more)
{
    char name[8], text[32], want[200];
    size_t len = fmt_to(want, sizeof want, "/usr/bin/args|-0");
    make("s0", "#!/usr/bin/args -0\n");
    for (int i = 1; i < 6; i++) {
        fmt_to(name, sizeof name, "s%d", i);
        fmt_to(text, sizeof text, "#!s%d -%d\n", i - 1, i);
        make(name, text);
    }
    for (int i = 0; i < 4; i++) // each script stands behind its interpreter's words
        len += fmt_to(want + len, sizeof want - len, "|s%d|-%d", i, i + 1);
    fmt_to(want + len, sizeof want - len, "|s4");
    CHECK_STR(resolved("s4"), want);
    CHECK_STR(resolved("s5"), error_text(ELOOP));
    make("self", "#!self\n");
    CHECK_STR(resolved("self"), error_text(ELOOP));
}

/* Only the first 256 bytes of the file are looked at. */
TEST(exec_runs_no_part_of_a_path_that_is_too_long)
{
    char text[400] = "#!";
    memset(text + 2, '/', 241);
    strcpy(text + 243, "/usr/bin/args"); // ends with byte 256
    CHECK_EQ(strlen(text), 256);
    strcat(text, "-and-more\n");
    make("long", text);
    CHECK_STR(resolved("long"), error_text(ENOEXEC));
    strcpy(text + 242, "/usr/bin/args argument\n"); // a blank comes before the end
    make("short", text);
    text[255] = '\0';
    CHECK(strstr(resolved("short"), "/usr/bin/args|short"));
    CHECK_EQ(sys_symlink("/bin/args", "link"), 0);
    CHECK_STR(resolved("link"), "args");
}
