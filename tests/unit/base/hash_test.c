/* hash_test.c: base/hash.h: that hashes differ where inputs do. */
#include "base/hash.h"

#include "base/base.h"
#include "tests/unit/test.h"

static int bits_set(uint64_t n) { return __builtin_popcountll(n); }

TEST(a_hash_depends_on_bytes_length_and_seed)
{
    static const char zeros[64];
    for (size_t a = 0; a < 64; a++)
        for (size_t b = a + 1; b < 64; b++)
            CHECK(hash_bytes(zeros, a, 1) != hash_bytes(zeros, b, 1));
    CHECK(hash_bytes("abc", 3, 1) != hash_bytes("abc", 3, 2));
    CHECK(hash_bytes("abc", 3, 1) == hash_span(span_make("abcd", 3), 1));
    CHECK(hash_bytes(NULL, 0, 5) == hash_bytes("", 0, 5));
}

TEST(one_bit_of_input_changes_half_of_the_output)
{
    unsigned char text[80];
    for (size_t len = 1; len <= sizeof text; len++) {
        int changed = 0;
        memset(text, 0x5a, sizeof text);
        uint64_t before = hash_bytes(text, len, 9);
        for (size_t bit = 0; bit < len * 8; bit++) {
            text[bit / 8] ^= (unsigned char)(1u << bit % 8);
            int now = bits_set(before ^ hash_bytes(text, len, 9));
            CHECK(now > 8);
            changed += now;
            text[bit / 8] ^= (unsigned char)(1u << bit % 8);
        }
        int mean = changed / (int)(len * 8);
        CHECK(mean >= 29 && mean <= 35);
    }
}

TEST(names_in_sequence_fill_a_table_evenly)
{
    static uint8_t low[1 << 16], high[1 << 16];
    memset(low, 0, sizeof low);
    memset(high, 0, sizeof high);
    int most = 0;
    for (int i = 0; i < 1 << 16; i++) {
        char name[8] = {'v', (char)('a' + i % 26), (char)(i >> 8), (char)i};
        uint64_t h = hash_bytes(name, 4, 0);
        low[h & 0xffff]++;
        high[h >> 48]++;
        most = most < low[h & 0xffff] ? low[h & 0xffff] : most;
        most = most < high[h >> 48] ? high[h >> 48] : most;
    }
    CHECK(most < 12); // 65536 balls in as many bins: about 8
}

TEST(mixing_a_number_spreads_it)
{
    int changed = 0;
    for (uint64_t n = 0; n < 64; n++)
        changed += bits_set(hash_mix(1000) ^ hash_mix(1000 ^ UINT64_C(1) << n));
    CHECK(changed > 64 * 24 && changed < 64 * 40);
}
