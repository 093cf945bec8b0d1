/* weburl_test.c: user/weburl.h. Results are curl's: what it asks for, and where it goes
 * on. */
#include "user/weburl.h"

#include "base/buf.h"
#include "sys.h"
#include "tests/unit/test.h"

static const char *weburl_outcome(enum weburl_error err, const struct weburl *u)
{
    static const char *const names[] = {
        [WEBURL_MALFORMED] = "malformed", [WEBURL_BAD_PORT] = "bad port",
        [WEBURL_BAD_HOST] = "bad host",   [WEBURL_NO_HOST] = "no host",
        [WEBURL_NOT_WEB] = "not web",
    };
    return err ? names[err] : weburl_text(u, true);
}

static void check_parse(const char *text, unsigned flags, const char *want)
{
    struct weburl u;
    enum weburl_error err = weburl_parse(&u, text, "http", flags);
    if (!CHECK_STR(weburl_outcome(err, &u), want))
        CHECK_STR(text, "the case above");
    weburl_free(&u);
}

TEST(a_url_is_taken_apart_and_put_together)
{
    (void)t;
    check_parse("example.com", 0, "http://example.com/");
    check_parse("HTTPS://Example.COM:8443/A?b=C#d", 0,
                "https://example.com:8443/A?b=C#d");
    check_parse("http:/example.com", 0, "http://example.com/");
    check_parse("http:///example.com", 0, "http://example.com/");
    check_parse("host:/x", 0, "host://x/");
    check_parse("host:80/x", 0, "http://host:80/x");
    check_parse("host:?q", 0, "http://host/?q");
    check_parse("http://[::1]:80/", 0, "http://[::1]:80/");
    check_parse("http://u%40:p:q@h/", 0, "http://u%40:p%3Aq@h/");
    check_parse("http://a@b@c/", 0, "http://a%40b@c/");
    check_parse("h?a/../b", 0, "http://h/?a/../b");
}

TEST(dots_in_a_path_are_taken_out)
{
    (void)t;
    check_parse("h/a/./b/../c", 0, "http://h/a/c");
    check_parse("h/../../x", 0, "http://h/x");
    check_parse("h/a/..", 0, "http://h/");
    check_parse("h/a/.", 0, "http://h/a/");
    check_parse("h/a..b/...", 0, "http://h/a..b/...");
    check_parse("h//a//..//b", 0, "http://h//a//b");
}

TEST(what_is_no_url_is_told)
{
    (void)t;
    check_parse("", 0, "malformed");
    check_parse("http:///", 0, "no host");
    check_parse("http:////h/", 0, "malformed");
    check_parse("http://h:99999/", 0, "bad port");
    check_parse("http://h:8x/", 0, "bad port");
    check_parse("http://[::1/", 0, "malformed");
    check_parse("http://[::1]x/", 0, "bad port");
    check_parse("http://a b/", 0, "malformed");
    check_parse("http://a<b/", 0, "bad host");
    check_parse("http://h/\r\nX: y", 0, "malformed");
    check_parse("http://h/\n", WEBURL_ENCODE, "malformed");
}

TEST(spaces_and_bytes_beyond_ascii_are_encoded_where_that_is_asked_for)
{
    (void)t;
    check_parse("http://h/a b?c d", WEBURL_ENCODE, "http://h/a%20b?c+d");
    check_parse("http://h/\xc3\xa4?\xff", WEBURL_ENCODE, "http://h/%c3%a4?%ff");
    check_parse("http://h/\xc3\xa4", 0, "http://h/\xc3\xa4");
}

static void check_join(const char *reference, const char *want)
{
    struct weburl base, u;
    CHECK_EQ(weburl_parse(&base, "http://u:p@h:8080/a/b?q#f", "http", 0), WEBURL_OK);
    enum weburl_error err = weburl_join(&u, &base, reference);
    if (!CHECK_STR(weburl_outcome(err, &u), want))
        CHECK_STR(reference, "the case above");
    weburl_free(&base);
    weburl_free(&u);
}

TEST(a_reference_is_resolved_where_it_was_found)
{
    (void)t;
    check_join("c", "http://u:p@h:8080/a/c");
    check_join("../c?d", "http://u:p@h:8080/c?d");
    check_join("/c", "http://u:p@h:8080/c");
    check_join("?x", "http://u:p@h:8080/a/b?x");
    check_join("#x", "http://u:p@h:8080/a/b?q#x");
    check_join("//other/c", "http://other/c");
    check_join("https://other/c d", "https://other/c%20d");
    check_join("c:d/e", "not web");
    check_join("mailto:a@b", "not web");
    check_join("javascript:1", "not web");
    check_join("x\ny", "malformed");
}

TEST(an_origin_is_scheme_host_and_port)
{
    (void)t;
    struct weburl a, b;
    CHECK_EQ(weburl_parse(&a, "https://H/x", "http", 0), WEBURL_OK);
    CHECK_EQ(weburl_parse(&b, "https://h:443/y", "http", 0), WEBURL_OK);
    CHECK(weburl_same_origin(&a, &b));
    CHECK_EQ(weburl_port(&a), 443);
    weburl_free(&b);
    CHECK_EQ(weburl_parse(&b, "http://h:443/y", "http", 0), WEBURL_OK);
    CHECK(!weburl_same_origin(&a, &b));
    weburl_free(&a);
    weburl_free(&b);
}

TEST(percent_codes_are_made_and_undone)
{
    (void)t;
    struct buf b = buf_make(sys_heap());
    weburl_add_escaped(&b, span_make("a b/\0~", 6));
    CHECK_STR(buf_str(&b), "a%20b%2F%00~");
    buf_clear(&b);
    weburl_add_unescaped(&b, span_of("%41%4a%zz%4"));
    CHECK_STR(buf_str(&b), "AJ%zz%4");
    buf_fini(&b);
}
