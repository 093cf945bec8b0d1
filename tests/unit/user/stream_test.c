/* stream_test.c: user/in.h and user/out.h over files and pipes. */
#include <errno.h>
#include <stdlib.h>

#include "sys.h"
#include "tests/unit/vfs/fixture.h"
#include "user/in.h"
#include "user/out.h"

/* Writes what `seq first last` does to a file. */
static void write_numbers(const char *path, int first, int last)
{
    struct out o = out_make(sys_open(path, SYS_WRONLY | SYS_CREAT | SYS_TRUNC, 0644));
    for (int i = first; i <= last; i++)
        out_addf(&o, "%d\n", i);
    CHECK_EQ(out_close(&o), 0);
}

TEST(what_is_written_in_parts_arrives_whole)
{
    struct sys_stat st;
    write_numbers("f", 1, 100000);
    CHECK_EQ(sys_stat("f", &st), 0);
    CHECK_EQ(st.size, 588895);
}

TEST(lines_come_one_by_one_whatever_their_length)
{
    struct in in;
    struct span line;
    write_numbers("f", 1, 50000);
    CHECK_EQ(in_open(&in, "f"), 0);
    for (int i = 1; i <= 50000; i++) {
        if (!CHECK(in_line(&in, '\n', &line)))
            return;
        if (atoi(line.ptr) != i)
            CHECK_EQ(atoi(line.ptr), i);
    }
    CHECK(!in_line(&in, '\n', &line));
    CHECK_EQ(in.err, 0);
    in_close(&in);
}

TEST(a_line_may_be_longer_than_the_buffer_and_lack_its_end)
{
    struct out o = out_make(sys_open("f", SYS_WRONLY | SYS_CREAT, 0644));
    for (int i = 0; i < 300000; i++)
        out_add_char(&o, 'x');
    out_add(&o, "\0y\nend", 6);
    CHECK_EQ(out_close(&o), 0);
    struct in in;
    struct span line;
    CHECK_EQ(in_open(&in, "f"), 0);
    CHECK(in_line(&in, '\n', &line));
    CHECK_EQ(line.len, 300003);
    CHECK_EQ(line.ptr[300000], '\0');
    CHECK(in_line(&in, '\n', &line));
    CHECK_EQ(line.len, 3);
    CHECK(!in_line(&in, '\n', &line));
}

TEST(lines_blocks_and_characters_may_be_mixed)
{
    CHECK_EQ(write_text("f", "ab\ncd\nef"), 0);
    struct in in;
    struct span s;
    CHECK_EQ(in_open(&in, "f"), 0);
    CHECK_EQ(in_peek(&in), 'a');
    CHECK_EQ(in_char(&in), 'a');
    CHECK(in_line(&in, '\n', &s));
    CHECK_MEM(s.ptr, "b\n", 2);
    CHECK(in_block(&in, &s));
    CHECK_EQ(s.len, 5);
    CHECK_EQ(in_char(&in), -1);
    in_close(&in);
}

TEST(what_was_not_taken_can_be_given_back)
{
    CHECK_EQ(write_text("f", "ab\ncd\n"), 0);
    int fd = sys_open("f", SYS_RDONLY, 0);
    struct in in = in_make(fd);
    struct span s;
    CHECK(in_line(&in, '\n', &s));
    in_give_back(&in);
    CHECK_EQ(sys_seek(fd, 0, SYS_SEEK_CUR), 3);
}

TEST(all_of_an_input_is_a_string)
{
    char *data;
    size_t len;
    struct in in;
    write_numbers("f", 1, 100000);
    CHECK_EQ(in_open(&in, "f"), 0);
    CHECK_EQ(in_all(&in, &data, &len), 0);
    CHECK_EQ(len, 588895);
    CHECK_EQ(data[len], '\0');
}

TEST(errors_stick)
{
    struct in in;
    struct span s;
    CHECK_EQ(in_open(&in, "nope"), -ENOENT);
    CHECK_EQ(in_open(&in, "."), 0);
    CHECK(!in_block(&in, &s));
    CHECK_EQ(in.err, -EISDIR);
    struct out o = out_make(99);
    out_add_str(&o, "x");
    CHECK_EQ(out_drain(&o), -EBADF);
    out_add_str(&o, "y");
    CHECK_EQ(out_drain(&o), -EBADF);
}

TEST(files_of_a_command_line_are_opened_in_turn)
{
    char *names[] = {"a", "b", NULL};
    struct in_files files = in_files_make(names);
    struct in in;
    struct span s;
    CHECK_EQ(write_text("a", "1"), 0);
    CHECK_EQ(write_text("b", "2"), 0);
    CHECK(in_next_file(&files, &in));
    CHECK_STR(files.name, "a");
    CHECK(in_block(&in, &s) && *s.ptr == '1');
    CHECK(in_next_file(&files, &in));
    CHECK(in_block(&in, &s) && *s.ptr == '2');
    CHECK(!in_next_file(&files, &in));
    CHECK_EQ(files.status, 0);
}
