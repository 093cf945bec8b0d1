/* address_test.c: net/address.h. */
#include "net/address.h"

#include <errno.h>

#include "tests/unit/test.h"

static void check_loose(const char *text, const char *want)
{
    struct address a;
    char got[ADDRESS_TEXT_MAX] = "";
    int err = address_parse_loose(span_of(text), &a);
    if (!err)
        address_format(&a, got);
    CHECK_STR(err == -EINVAL ? "a name" : err ? "wrong" : got, want);
}

TEST(an_ipv4_address_is_read_in_every_notation)
{
    static const char *const pairs[][2] = {
        {"127.0.0.1", "127.0.0.1"},
        {"2130706433", "127.0.0.1"},
        {"0x7f000001", "127.0.0.1"},
        {"017700000001", "127.0.0.1"},
        {"127.1", "127.0.0.1"},
        {"127.0.1", "127.0.0.1"},
        {"0x7f.1", "127.0.0.1"},
        {"0177.0.0.01", "127.0.0.1"},
        {"0", "0.0.0.0"},
        {"0x", "0.0.0.0"},
        {"169.16689662", "169.254.169.254"},
        {"4294967296", "wrong"},
        {"256.1.1.1", "wrong"},
        {"1.2.3.4.5", "wrong"},
        {"1.2.3.256", "wrong"},
        {"1..2", "wrong"},
        {"08", "wrong"},
        {"example.1", "wrong"},
        {"1.example", "a name"},
        {"0xg", "a name"},
        {"example", "a name"},
        {"", "a name"},
    };
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        check_loose(pairs[i][0], pairs[i][1]);
}

static void check_exact(const char *text, const char *want)
{
    struct address a;
    char got[ADDRESS_TEXT_MAX] = "wrong";
    if (!address_parse(span_of(text), &a))
        address_format(&a, got);
    CHECK_STR(got, want);
}

TEST(an_ipv6_address_has_one_form)
{
    static const char *const pairs[][2] = {
        {"::", "::"},
        {"::1", "::1"},
        {"1::", "1::"},
        {"0:0:0:0:0:0:0:1", "::1"},
        {"2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"},
        {"::ffff:127.0.0.1", "::ffff:7f00:1"},
        {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
        {"fe80::1%eth0", "wrong"},
        {"1:2:3", "wrong"},
        {":1:2:3:4:5:6:7", "wrong"},
        {"1:2:3:4:5:6:7:", "wrong"},
        {"1::2::3", "wrong"},
        {":::", "wrong"},
        {"1:2:3:4:5:6:7:8:9", "wrong"},
        {"1:2:3:4:5:6:7::8", "wrong"},
        {"12345::", "wrong"},
        {"::1.2.3", "wrong"},
        {"::1.2.3.4:5", "wrong"},
        {":", "wrong"},
        {"1.2.3.4", "1.2.3.4"},
        {"1.2.3", "wrong"},
        {"01.2.3.4", "wrong"},
        {"0x1.2.3.4", "wrong"},
    };
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        check_exact(pairs[i][0], pairs[i][1]);
}

TEST(only_public_addresses_are_public)
{
    static const char *const private[] = {
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.9.9.9",
        "169.254.169.254",
        "169.254.1.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.19.0.1",
        "198.51.100.1",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:0:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b::169.254.169.254",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::",
        "2001::1",
        "fc00::1",
        "fd12:3456::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "100::1",
        "64:ff9b:1::1",
        "3fff::1",
        "5f00::1",
        "4000::1",
    };
    static const char *const public[] = {
        "1.1.1.1",         "8.8.8.8",         "100.63.255.255",   "100.128.0.1",
        "172.15.0.1",      "172.32.0.1",      "192.0.1.1",        "198.20.0.1",
        "223.255.255.255", "2606:4700::1111", "64:ff9b::8.8.8.8", "2002:808:808::1",
        "::ffff:8.8.8.8",
    };
    struct address a;
    for (size_t i = 0; i < COUNT_OF(private); i++) {
        CHECK_EQ(address_parse(span_of(private[i]), &a), 0);
        if (!CHECK(address_why_not_public(&a) != NULL))
            CHECK_STR(private[i], "to be refused");
    }
    for (size_t i = 0; i < COUNT_OF(public); i++) {
        CHECK_EQ(address_parse(span_of(public[i]), &a), 0);
        if (!CHECK(address_why_not_public(&a) == NULL))
            CHECK_STR(public[i], "to be public");
    }
}

TEST(a_range_has_its_first_bits_in_common)
{
    struct address_range range;
    struct address a;
    CHECK_EQ(address_parse_range(span_of("10.128.0.0/9"), &range), 0);
    CHECK_EQ(address_parse(span_of("10.200.1.1"), &a), 0);
    CHECK(address_in_range(&a, &range));
    CHECK_EQ(address_parse(span_of("10.127.1.1"), &a), 0);
    CHECK(!address_in_range(&a, &range));
    CHECK_EQ(address_parse(span_of("::1"), &a), 0);
    CHECK(!address_in_range(&a, &range));
    CHECK_EQ(address_parse_range(span_of("0.0.0.0/0"), &range), 0);
    CHECK_EQ(address_parse_range(span_of("::1/128"), &range), 0);
    CHECK(address_in_range(&a, &range));
    static const char *const wrong[] = {"",          "1.2.3.4/",  "1.2.3.4/33",
                                        "::/129",    "1.2.3.4/x", "1.2.3.4/08",
                                        "/8",        "1.2.3/8",   "1.2.3.4/0x8",
                                        "1.2.3.4/-1"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK_EQ(address_parse_range(span_of(wrong[i]), &range), -EINVAL);
}
