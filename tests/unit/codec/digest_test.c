/* digest_test.c: codec/digest.h: results of other implementations, pieces, copies. */
#include "codec/digest.h"

#include "tests/unit/test.h"

enum { LENGTHS = 300 };

static const enum digest_kind kinds[] = {DIGEST_MD5,    DIGEST_SHA1,   DIGEST_SHA224,
                                         DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512,
                                         DIGEST_BLAKE2B};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* Ends d and gives the result in hexadecimal. */
static const char *end_as_text(struct digest *d)
{
    static char text[2 * DIGEST_MAX + 1];
    unsigned char result[DIGEST_MAX];
    size_t size = d->size;
    digest_end(d, result);
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = "0123456789abcdef"[result[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[result[i] & 15];
    }
    text[2 * size] = '\0';
    return text;
}

static const char *text_of(enum digest_kind kind, size_t size, const void *ptr,
                           size_t len)
{
    struct digest d;
    digest_init(&d, kind, size);
    digest_add(&d, ptr, len);
    return end_as_text(&d);
}

TEST(digests_of_short_texts_are_those_of_the_standards)
{
    static const char *const want[KINDS] = {
        "900150983cd24fb0d6963f7d28e17f72",
        "a9993e364706816aba3e25717850c26c9cd0d89d",
        "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
        "8086072ba1e7cc2358baeca134c825a7",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
        "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
    };
    static const char *const empty[KINDS] = {
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
        "274edebfe76f65fbd51ad2f14898b95b",
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
        "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
        "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419"
        "d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce",
    };
    for (int k = 0; k < KINDS; k++) {
        size_t size = digest_size(kinds[k]);
        CHECK_STR(text_of(kinds[k], size, "abc", 3), want[k]);
        CHECK_STR(text_of(kinds[k], size, "", 0), empty[k]);
    }
}

static void fill(unsigned char data[LENGTHS])
{
    for (int i = 0; i < LENGTHS; i++)
        data[i] = (unsigned char)(i * 7 + 3);
}

/* The digest of the digests of the first 0, 1, 2 ... bytes of the data. */
TEST(digests_of_every_length_around_the_blocks_are_right)
{
    static const char *const want[KINDS] = {
        "7822672476780d31feb48545a90bc2ae",
        "ca9349a03c700fe25e6c2cde997aa96ac2227d8a",
        "5f7950f53f41eebd9543fb23018cdccfb5c4c3bfb2a89447014ef130",
        "7b074096cabb18dd0d1b468a173cb2f97f80e952525bca29542e606fd6d0753a",
        "3349f9e93dc68265966dd4b4eeb7d0a68a152793b87f45699e689686e9c4438a"
        "66fff34d4f5a8f701dafeec6c29475d2",
        "ef606bab51d67f7cb5a90635c7fcde9f432e07fcdf712be07573dfce3f71136c"
        "5e01c111214f5e2038133624ee53638b903fa4383bcee60d1b5aa63a5aac7c77",
        "b7b2d7bb8d1ced42a2880641f6a789dce40351cff597b51838a5618069145287"
        "d32fa33f2bf3fc10ae2339bd273dca3265cd67760cfeaa1862c4681bc7b95560",
    };
    unsigned char data[LENGTHS], result[DIGEST_MAX];
    fill(data);
    for (int k = 0; k < KINDS; k++) {
        struct digest all, one;
        digest_init(&all, kinds[k], digest_size(kinds[k]));
        for (size_t len = 0; len < LENGTHS; len++) {
            digest_init(&one, kinds[k], digest_size(kinds[k]));
            digest_add(&one, data, len);
            digest_end(&one, result);
            digest_add(&all, result, digest_size(kinds[k]));
        }
        CHECK_STR(end_as_text(&all), want[k]);
    }
}

TEST(a_million_bytes_in_pieces_of_any_size_give_the_same)
{
    static const char *const want[KINDS] = {
        "7707d6ae4e027c70eea2a935c2296f21",
        "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
        "20794655980c91d8bbb4c1ea97618a4bf03f42581948b2ee4ee7ad67",
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
        "9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b"
        "07b8b3dc38ecc4ebae97ddd87f3d8985",
        "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
        "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b",
        "98fb3efb7206fd19ebf69b6f312cf7b64e3b94dbe1a17107913975a793f177e1"
        "d077609d7fba363cbba00d05f7aa4e4fa8715d6428104c0a75643b0ff3fd3eaf",
    };
    static char text[1000];
    memset(text, 'a', sizeof text);
    for (int k = 0; k < KINDS; k++) {
        struct digest d;
        digest_init(&d, kinds[k], digest_size(kinds[k]));
        size_t left = 1000000;
        for (size_t step = 0; left; step++) {
            size_t len = step * 37 % sizeof text;
            if (len > left)
                len = left;
            digest_add(&d, text, len);
            left -= len;
        }
        CHECK_STR(end_as_text(&d), want[k]);
    }
}

TEST(a_copy_of_a_digest_goes_on_by_itself)
{
    for (int k = 0; k < KINDS; k++) {
        size_t size = digest_size(kinds[k]);
        unsigned char data[LENGTHS];
        char want[2 * DIGEST_MAX + 1];
        fill(data);
        struct digest d, copy;
        digest_init(&d, kinds[k], size);
        digest_add(&d, data, 150);
        copy = d;
        digest_add(&d, "elsewhere", 9);
        strcpy(want, text_of(kinds[k], size, data, LENGTHS));
        digest_add(&copy, data + 150, LENGTHS - 150);
        CHECK_STR(end_as_text(&copy), want);
        CHECK(strcmp(end_as_text(&d), want) != 0);
    }
}

TEST(blake2b_has_digests_of_any_size)
{
    CHECK_STR(text_of(DIGEST_BLAKE2B, 1, "abc", 3), "6b");
    CHECK_STR(text_of(DIGEST_BLAKE2B, 20, "abc", 3),
              "384264f676f39536840523f284921cdc68b6846b");
    CHECK_STR(text_of(DIGEST_BLAKE2B, 32, "abc", 3),
              "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    CHECK_STR(text_of(DIGEST_BLAKE2B, 63, "abc", 3),
              "eb5324bb0b0f9ca27381f22f5e49604d7c341b77371fe5bf61fb643c8ab481c7"
              "555ef17c9b9e7c92f0daafff6c0d748cab97d2b267bf53f8225c173ea26f3e");
}
