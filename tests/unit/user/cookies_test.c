/* cookies_test.c: user/cookies.h (RFC 6265). */
#include "user/cookies.h"

#include "base/buf.h"
#include "sys.h"
#include "tests/unit/test.h"
#include "user/weburl.h"

enum { NOW = 1000000 };

static void set(struct cookies *jar, const char *url, const char *field)
{
    struct weburl u;
    CHECK_EQ(weburl_parse(&u, url, "http", 0), WEBURL_OK);
    cookies_set(jar, &u, field, NOW);
    weburl_free(&u);
}

static void check_header(const struct cookies *jar, const char *url, const char *want)
{
    struct weburl u;
    struct buf b = buf_make(sys_heap());
    CHECK_EQ(weburl_parse(&u, url, "http", 0), WEBURL_OK);
    cookies_add_header(jar, &u, NOW, &b);
    if (!CHECK_STR(buf_str(&b), want))
        CHECK_STR(url, "the case above");
    buf_fini(&b);
    weburl_free(&u);
}

TEST(a_cookie_goes_back_to_its_host_alone)
{
    (void)t;
    struct cookies jar;
    cookies_init(&jar);
    set(&jar, "http://a.test/", "x=1");
    check_header(&jar, "http://a.test/any", "x=1");
    check_header(&jar, "http://b.a.test/", "");
    check_header(&jar, "http://ba.test/", "");
    check_header(&jar, "http://test/", "");
}

TEST(a_domain_may_be_the_hosts_or_one_above_it)
{
    (void)t;
    struct cookies jar;
    cookies_init(&jar);
    set(&jar, "http://b.a.test/", "x=1; Domain=a.test");
    set(&jar, "http://b.a.test/", "y=2; Domain=.B.a.test");
    set(&jar, "http://b.a.test/", "z=3; domain=test");
    set(&jar, "http://b.a.test/", "v=4; domain=c.a.test");
    set(&jar, "http://b.a.test/", "w=5; domain=other.test");
    set(&jar, "http://10.0.0.1/", "n=6; domain=0.0.1");
    check_header(&jar, "http://a.test/", "x=1");
    check_header(&jar, "http://c.a.test/", "x=1");
    check_header(&jar, "http://other.test/", "");
    check_header(&jar, "http://11.0.0.1/", "");
    check_header(&jar, "http://xa.test/", "");
}

TEST(a_path_is_a_prefix_of_segments)
{
    (void)t;
    struct cookies jar;
    cookies_init(&jar);
    set(&jar, "http://a.test/dir/page", "x=1");
    set(&jar, "http://a.test/dir/page", "y=2; path=/dir/sub");
    check_header(&jar, "http://a.test/dir/other", "x=1");
    check_header(&jar, "http://a.test/dir/sub/x", "y=2; x=1");
    check_header(&jar, "http://a.test/directory", "");
    check_header(&jar, "http://a.test/", "");
}

TEST(a_secure_cookie_needs_tls)
{
    (void)t;
    struct cookies jar;
    cookies_init(&jar);
    set(&jar, "https://a.test/", "x=1; Secure");
    check_header(&jar, "https://a.test/", "x=1");
    check_header(&jar, "http://a.test/", "");
    set(&jar, "http://a.test/", "y=2; Secure"); // cannot be set without it
    check_header(&jar, "https://a.test/", "x=1");
}

TEST(cookies_end)
{
    (void)t;
    struct cookies jar;
    cookies_init(&jar);
    set(&jar, "http://a.test/", "x=1; Max-Age=10");
    set(&jar, "http://a.test/", "y=2; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
    set(&jar, "http://a.test/", "z=3; Max-Age=0");
    check_header(&jar, "http://a.test/", "x=1");
    set(&jar, "http://a.test/", "x=; Max-Age=-1");
    check_header(&jar, "http://a.test/", "");
}

TEST(a_file_may_hold_fields_of_answers)
{
    (void)t;
    struct cookies jar;
    static const char text[] = "Set-Cookie: a=1; domain=.A.test; max-age=9\n"
                               "set-cookie: b=2; path=/; domain=a.test\n"
                               "Set-Cookie: c=3\n";
    cookies_init(&jar);
    cookies_read(&jar, span_of(text), true, NOW);
    check_header(&jar, "http://a.test/", "b=2; a=1");
    cookies_init(&jar);
    cookies_read(&jar, span_of(text), false, NOW);
    check_header(&jar, "http://x.a.test/", "a=1");
}

TEST(a_file_gives_back_what_was_written)
{
    (void)t;
    struct cookies jar, other;
    struct buf b = buf_make(sys_heap());
    cookies_init(&jar);
    cookies_init(&other);
    set(&jar, "http://a.test/", "x=1; Max-Age=100; Domain=a.test");
    set(&jar, "https://a.test/", "y=2; Secure; HttpOnly; Path=/p");
    cookies_write(&jar, NOW, &b);
    CHECK(strstr(buf_str(&b), ".a.test\tTRUE\t/\tFALSE\t1000100\tx\t1\n") != NULL);
    CHECK(strstr(buf_str(&b), "#HttpOnly_a.test\tFALSE\t/p\tTRUE\t0\ty\t2\n") != NULL);
    cookies_read(&other, buf_span(&b), true, NOW);
    check_header(&other, "https://a.test/p", "y=2; x=1");
    cookies_init(&other);
    cookies_read(&other, buf_span(&b), false, NOW); // a new session
    check_header(&other, "https://a.test/p", "x=1");
    cookies_read(&other,
                 span_of("not\ta\tcookie\n\t\t\t\t\t\t\na.test\tFALSE\t/\tFALSE\t0\tq\n"),
                 true, NOW);
    check_header(&other, "http://a.test/", "q=; x=1");
    buf_fini(&b);
}
