/* text_test.c: the small modules that only look at text: mode.h, size.h, interval.h,
 * human.h, signame.h, version.h, match.h, width.h, scan.h, errtext.h. */
#include <errno.h>

#include "sys.h"
#include "tests/unit/vfs/fixture.h"
#include "user/errtext.h"
#include "user/human.h"
#include "user/interval.h"
#include "user/match.h"
#include "user/mode.h"
#include "user/scan.h"
#include "user/signame.h"
#include "user/size.h"
#include "user/version.h"
#include "user/width.h"

static void check_mode(const char *text, uint32_t before, unsigned umask, uint32_t after)
{
    uint32_t got = 0;
    CHECK_EQ(mode_change(text, before, umask, &got), 0);
    CHECK_EQ(got, after);
}

TEST(modes_change_as_chmod_says)
{
    check_mode("644", 0777, 0, 0644);
    check_mode("u+x,g-w", 0664, 0, 0744);
    check_mode("g=u", 0700, 0, 0770);
    check_mode("+x", 0600, 022, 0711);
    check_mode("=rw", 0777, 027, 0640);
    check_mode("a+X", 0600, 0, 0600);
    check_mode("a+X", SYS_IFDIR | 0600, 0, SYS_IFDIR | 0711);
    check_mode("u+s,+t", 0755, 0, 05755);
    check_mode("755", SYS_IFDIR | 06700, 0, SYS_IFDIR | 06755);
    check_mode("00755", SYS_IFDIR | 06700, 0, SYS_IFDIR | 0755);
    uint32_t got;
    static const char *const bad[] = {"",    "8",     "u",    "x",
                                      "u+q", "77777", "u+x,", "+x,,-w"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK_EQ(mode_change(bad[i], 0644, 0, &got), -EINVAL);
}

TEST(modes_are_shown_as_letters)
{
    char letters[11], mask[24];
    mode_letters(letters, SYS_IFREG | 04755);
    CHECK_STR(letters, "-rwsr-xr-x");
    mode_letters(letters, SYS_IFDIR | 01776);
    CHECK_STR(letters, "drwxrwxrwT");
    mode_umask_text(mask, 027);
    CHECK_STR(mask, "u=rwx,g=rx,o=");
    CHECK_STR(mode_type_name(SYS_IFREG, 0), "regular empty file");
}

TEST(sizes_have_suffixes)
{
    uint64_t n = 0;
    CHECK_EQ(size_parse("4G", &n), 0);
    CHECK_EQ(n, UINT64_C(4) << 30);
    CHECK_EQ(size_parse("1kB", &n), 0);
    CHECK_EQ(n, 1000);
    CHECK_EQ(size_parse("2KiB", &n), 0);
    CHECK_EQ(n, 2048);
    CHECK_EQ(size_parse("2b", &n), 0);
    CHECK_EQ(n, 1024);
    CHECK_EQ(size_parse("", &n), -EINVAL);
    CHECK_EQ(size_parse("x", &n), -EINVAL);
    CHECK_EQ(size_parse("-1", &n), -EINVAL);
    CHECK_EQ(size_parse("1x", &n), -EINVAL);
    CHECK_EQ(size_parse("99999999999999999999", &n), -EOVERFLOW);
}

TEST(intervals_have_units)
{
    double s = 0;
    CHECK_EQ(interval_parse("1.5", &s), 0);
    CHECK(s == 1.5);
    CHECK_EQ(interval_parse("2m", &s), 0);
    CHECK(s == 120);
    CHECK_EQ(interval_parse("1d", &s), 0);
    CHECK(s == 86400);
    CHECK_EQ(interval_parse("1x", &s), -EINVAL);
    CHECK_EQ(interval_parse("-1", &s), -EINVAL);
    CHECK_EQ(interval_parse("", &s), -EINVAL);
    CHECK_EQ(interval_parse("nan", &s), -EINVAL);
}

TEST(sizes_for_people_are_rounded_up)
{
    static const struct {
        uint64_t bytes;
        const char *human, *si;
    } cases[] = {{0, "0", "0"},
                 {999, "999", "999"},
                 {1000, "1000", "1.0k"},
                 {1023, "1023", "1.1k"},
                 {1024, "1.0K", "1.1k"},
                 {1025, "1.1K", "1.1k"},
                 {10240, "10K", "11k"},
                 {10241, "11K", "11k"},
                 {1048575, "1.0M", "1.1M"},
                 {UINT64_C(5) << 40, "5.0T", "5.5T"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[HUMAN_LEN];
        human_size(text, cases[i].bytes, false);
        CHECK_STR(text, cases[i].human);
        human_size(text, cases[i].bytes, true);
        CHECK_STR(text, cases[i].si);
    }
    struct human_how how;
    char text[HUMAN_LEN];
    CHECK_EQ(human_parse_block("K", &how), 0);
    human_blocks(text, 5000, &how);
    CHECK_STR(text, "5K");
    CHECK_EQ(human_parse_block("1M", &how), 0);
    human_blocks(text, 1, &how);
    CHECK_STR(text, "1");
    CHECK_EQ(human_parse_block("x", &how), -EINVAL);
}

TEST(signals_have_names_and_numbers)
{
    CHECK_STR(signame_of(15), "TERM");
    CHECK_STR(signame_of(0), "EXIT");
    CHECK_STR(signame_of(37), "RTMIN+3");
    CHECK(signame_of(32) == NULL && signame_of(65) == NULL && signame_of(-1) == NULL);
    CHECK_EQ(signame_parse("sigterm"), 15);
    CHECK_EQ(signame_parse("KILL"), 9);
    CHECK_EQ(signame_parse("9"), 9);
    CHECK_EQ(signame_parse("32"), -1);
    CHECK_EQ(signame_parse("FOO"), -1);
    CHECK_EQ(signame_find("9"), -1);
    CHECK_STR(signame_text(9), "Killed");
}

TEST(versions_are_in_natural_order)
{
    static const char *const order[] = {"",  ".",    "..",    ".a", "0",   "a~",
                                        "a", "a1.2", "a1.10", "a2", "a10", "b.tar.gz"};
    for (size_t i = 0; i + 1 < COUNT_OF(order); i++)
        CHECK(version_compare(span_of(order[i]), span_of(order[i + 1])) < 0);
    CHECK_EQ(version_compare(span_of("a01"), span_of("a1")), 0);
}

TEST(patterns_match_names)
{
    CHECK(match_pattern("*.c", "x.c", 0));
    CHECK(!match_pattern("*.c", ".c.h", 0));
    CHECK(match_pattern("a*b*c", "axxbxxbc", 0));
    CHECK(match_pattern("[a-c]?[!x]", "bé1", 0));
    CHECK(!match_pattern("*", ".x", MATCH_PERIOD));
    CHECK(match_pattern(".*", ".x", MATCH_PERIOD));
    CHECK(!match_pattern("*", "a/b", MATCH_PATH));
    CHECK(match_pattern("A*", "abc", MATCH_FOLD));
    CHECK(match_pattern("\\*", "*", 0) && !match_pattern("\\*", "x", 0));
    CHECK(match_pattern("[[:digit:]]*", "1a", 0));
    CHECK(match_pattern("[", "[", 0) && match_pattern("[]]", "]", 0));
    CHECK(!match_pattern("a", "ab", 0) && !match_pattern("ab", "a", 0));
}

TEST(characters_have_widths)
{
    CHECK_EQ(width_of('a'), 1);
    CHECK_EQ(width_of(0xe9), 1);
    CHECK_EQ(width_of(0x65e5), 2);
    CHECK_EQ(width_of(0x301), 0);
    CHECK_EQ(width_of('\n'), -1);
    CHECK(width_is_space(0x3000) && !width_is_space(0xa0));
}

TEST(counting_in_blocks_is_exact_at_every_length)
{
    char text[300];
    for (size_t len = 0; len < sizeof text; len++) {
        size_t newlines = 0;
        for (size_t i = 0; i < len; i++) {
            text[i] = (i * 7 + len) % 5 == 0 ? '\n' : 'x';
            newlines += text[i] == '\n';
        }
        struct span s = span_make(text, len);
        CHECK_EQ(scan_count(s, '\n'), newlines);
        uint64_t found, words = 0, want = 0;
        CHECK_EQ(scan_skip(s, '\n', newlines + 1, &found), len);
        CHECK_EQ(found, newlines);
        CHECK_EQ(scan_skip_back(s, '\n', newlines + 1, &found), 0);
        bool in_word = false;
        for (size_t i = 0; i < len; i++)
            want += text[i] == 'x' && (i == 0 || text[i - 1] == '\n');
        CHECK_EQ(scan_words(s, &words, &in_word), len);
        CHECK_EQ(words, want);
        CHECK_EQ(in_word, len && text[len - 1] == 'x');
    }
}

TEST(errors_have_texts)
{
    CHECK_STR(errtext(ENOENT), "No such file or directory");
    CHECK_STR(errtext(-EACCES), "Permission denied");
    CHECK_STR(errtext(99999), "Unknown error");
}
