/* rand_test.c: base/rand.h. */
#include "base/rand.h"

#include "base/base.h"
#include "tests/unit/test.h"

TEST(the_same_seed_gives_the_same_numbers)
{
    struct rand a, b, c;
    rand_init(&a, 1);
    rand_init(&b, 1);
    rand_init(&c, 2);
    int differ = 0;
    for (int i = 0; i < 100; i++) {
        uint64_t n = rand_next(&a);
        CHECK(n == rand_next(&b));
        differ += n != rand_next(&c);
    }
    CHECK_EQ(differ, 100);
}

TEST(the_numbers_are_those_of_the_published_generator)
{
    struct rand r = {{1, 2, 3, 4}};
    static const uint64_t want[] = {11520, 0, 1509978240, 1215971899390074240};
    for (size_t i = 0; i < COUNT_OF(want); i++)
        CHECK(rand_next(&r) == want[i]);
}

TEST(numbers_below_a_limit_are_all_about_as_likely)
{
    struct rand r;
    int count[10] = {0};
    rand_init(&r, 3);
    for (int i = 0; i < 100000; i++) {
        uint64_t n = rand_below(&r, 10);
        if (!CHECK(n < 10))
            return;
        count[n]++;
        double unit = rand_unit(&r);
        CHECK(unit >= 0 && unit < 1);
    }
    for (int i = 0; i < 10; i++)
        CHECK(count[i] > 9500 && count[i] < 10500);
    CHECK_EQ(rand_below(&r, 1), 0);
}

TEST(bytes_are_filled_in_exactly)
{
    struct rand r;
    unsigned char bytes[21] = {0};
    rand_init(&r, 0);
    rand_fill(&r, bytes, 20);
    CHECK_EQ(bytes[20], 0);
    rand_fill(&r, bytes, 0);
    int zeros = 0;
    for (int i = 0; i < 20; i++)
        zeros += bytes[i] == 0;
    CHECK(zeros < 4);
}
