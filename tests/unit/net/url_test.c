/* url_test.c: net/url.h. */
#include "net/url.h"

#include <errno.h>

#include "tests/unit/test.h"

static void check_url(struct test *t, const char *text, const char *want)
{
    struct url u;
    struct buf got = buf_make(t->alloc);
    int err = url_parse(&u, span_of(text), t->alloc);
    if (err)
        buf_add_str(&got, err == -EPROTONOSUPPORT ? "scheme"
                          : err == -EPERM         ? "credentials"
                                                  : "wrong");
    else
        url_text(&u, &got);
    CHECK_STR(buf_str(&got), want);
    buf_fini(&got);
    url_fini(&u);
}

TEST(a_url_has_one_form)
{
    static const char *const pairs[][2] = {
        {"http://example.com", "http://example.com:80/"},
        {"HTTPS://Example.COM/a?b#c", "https://example.com:443/a?b"},
        {"http://example.com.:8080/", "http://example.com:8080/"},
        {"http://ex%61mple.com/", "http://example.com:80/"},
        {"http://example.com/a/../b/./c", "http://example.com:80/b/c"},
        {"http://example.com/../../x", "http://example.com:80/x"},
        {"http://example.com/a/%2e%2E/b", "http://example.com:80/b"},
        {"http://example.com/a/.", "http://example.com:80/a/"},
        {"http://example.com/a/..", "http://example.com:80/"},
        {"http://example.com//a//b", "http://example.com:80//a//b"},
        {"http://example.com/...", "http://example.com:80/..."},
        {"http://example.com/%41%2f", "http://example.com:80/%41%2f"},
        {"http://example.com?a=b/../c", "http://example.com:80/?a=b/../c"},
        {"http://example.com/a;b/..;/c", "http://example.com:80/a;b/..;/c"},
        {"http://0x7f.1/", "http://127.0.0.1:80/"},
        {"http://2130706433/", "http://127.0.0.1:80/"},
        {"http://0177.0.0.1./", "http://127.0.0.1:80/"},
        {"http://[::FFFF:127.0.0.1]:81/", "http://[::ffff:7f00:1]:81/"},
        {"http://[::1]", "http://[::1]:80/"},
        {"http://xn--bcher-kva.example/", "http://xn--bcher-kva.example:80/"},
    };
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        check_url(t, pairs[i][0], pairs[i][1]);
}

TEST(what_is_no_url_is_refused)
{
    static const char *const wrong[] = {
        "",
        "example.com",
        "http:/example.com",
        "http://",
        "http:///path",
        "http://exa mple.com/",
        "http://example.com/a b",
        "http://example.com/\r\nX: y",
        "http://example.com:0/",
        "http://example.com:65536/",
        "http://example.com:80a/",
        ("http://b\xc3\xbc"
         "cher.example/"),
        "http://b%c3%bccher.example/",
        "http://a%00b/",
        "http://a%2fb/",
        "http://a%40b/",
        "http://a..b/",
        "http://.a/",
        "http://a../",
        "http://1.2.3.4.5/",
        "http://256.256.256.256/",
        "http://[::1",
        "http://[::1]x/",
        "http://[fe80::1%25eth0]/",
        "http://[127.0.0.1]/",
        "http://a:b:c/",
        "http://\xef\xbc\x91.1.1.1/", // a full-width digit
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        check_url(t, wrong[i], "wrong");
    static const char *const schemes[] = {"ftp://a/",    "file:///etc/passwd",
                                          "httpss://a/", "gopher://a/",
                                          "h://a",       "https+x://a/"};
    for (size_t i = 0; i < COUNT_OF(schemes); i++)
        check_url(t, schemes[i], "scheme");
    static const char *const users[] = {"http://user@a/", "http://u:p@a/",
                                        "http://a.com@b.com/", "http://@a/",
                                        "http://a.com\\@b.com/"};
    for (size_t i = 0; i < COUNT_OF(users); i++)
        check_url(t, users[i], "credentials");
}

static void check_lenient(struct test *t, const char *text, const char *want)
{
    struct url u;
    struct buf got = buf_make(t->alloc);
    CHECK_EQ(url_parse(&u, span_of(text), t->alloc), 0);
    url_lenient_path(&u, &got);
    CHECK_STR(buf_str(&got), want);
    buf_fini(&got);
    url_fini(&u);
}

TEST(the_lenient_path_is_what_a_careless_server_reads)
{
    check_lenient(t, "http://a/v1/..%2fadmin", "/admin");
    check_lenient(t, "http://a/v1/%252e%252e/admin", "/admin");
    check_lenient(t, "http://a/v1/..;x=1/admin", "/admin");
    check_lenient(t, "http://a/v1/..\\admin", "/admin");
    check_lenient(t, "http://a/v1/%5c..%5cadmin", "/v1/admin");
    check_lenient(t, "http://a/v1/x%20y", "/v1/x y");
}

TEST(a_url_without_memory_gives_all_back)
{
    for (size_t i = 0; i < 4; i++) {
        struct url u;
        test_fail_alloc(t, i);
        int err = url_parse(&u, span_of("http://example.com/a/b?c"), t->alloc);
        CHECK(err == 0 || err == -ENOMEM);
        url_fini(&u);
    }
}
