/* httphead_test.c: user/httphead.h. */
#include "user/httphead.h"

#include "base/str.h"
#include "sys.h"
#include "tests/unit/test.h"

static void feed(struct httphead *h, const char *text)
{
    httphead_feed(h, span_of(text));
}

TEST(a_head_is_read_in_pieces_of_any_size)
{
    (void)t;
    static const char text[] = "HTTP/1.1 404 Not Found\r\nServer: x\r\nX-Empty:\r\n"
                               "Set-Cookie:  a=1 \r\nset-cookie: b=2\r\n\r\n";
    for (size_t step = 1; step < sizeof text; step++) {
        struct httphead h;
        httphead_init(&h);
        for (size_t at = 0; at < sizeof text - 1; at += step)
            httphead_feed(&h, span_make(text + at, size_min(step, sizeof text - 1 - at)));
        CHECK_EQ(h.status, 404);
        CHECK_STR(h.reason, "Not Found");
        CHECK_EQ(httphead_count(&h), 4);
        CHECK_STR(httphead_find(&h, "SERVER"), "x");
        CHECK_STR(httphead_find(&h, "x-empty"), "");
        CHECK_STR(httphead_value(&h, "Set-Cookie", 0), "a=1");
        CHECK_STR(httphead_value(&h, "Set-Cookie", 1), "b=2");
        CHECK(httphead_value(&h, "Set-Cookie", 2) == NULL);
        CHECK(httphead_find(&h, "Nothing") == NULL);
        httphead_fini(&h);
    }
}

TEST(a_new_status_line_begins_a_new_head)
{
    (void)t;
    struct httphead h;
    httphead_init(&h);
    feed(&h, "HTTP/1.1 100 Continue\r\nX-Old: 1\r\n\r\nHTTP/2 200\r\nX-New: 2\r\n\r\n");
    CHECK_EQ(h.status, 200);
    CHECK(httphead_find(&h, "X-Old") == NULL);
    CHECK_STR(httphead_find(&h, "X-New"), "2");
    httphead_fini(&h);
}

TEST(a_name_is_a_name_in_any_case)
{
    (void)t;
    CHECK(httphead_is_name(span_of("CONTENT-type"), "Content-Type"));
    CHECK(!httphead_is_name(span_of("Content-Typ"), "Content-Type"));
    CHECK(!httphead_is_name(span_of("Content-Type "), "Content-Type"));
}

static void check_file_name(const char *disposition, const char *want)
{
    struct httphead h;
    httphead_init(&h);
    feed(&h, "HTTP/1.1 200 OK\r\nContent-Disposition: ");
    feed(&h, disposition);
    feed(&h, "\r\n\r\n");
    char *name = httphead_file_name(&h);
    if (!CHECK_STR(name ? name : "none", want))
        CHECK_STR(disposition, "the case above");
    sys_free(name);
    httphead_fini(&h);
}

TEST(the_name_of_a_file_leads_nowhere_else)
{
    (void)t;
    check_file_name("attachment; filename=a.txt", "a.txt");
    check_file_name("attachment; filename=\"a b.txt\"; x=y", "a b.txt");
    check_file_name("attachment; filename=\"../../etc/passwd\"", "passwd");
    check_file_name("attachment; filename=/etc/passwd", "passwd");
    check_file_name("attachment; filename=\"c:\\\\dir\\\\file\"", "file");
    check_file_name("attachment; filename=\"..\"", "none");
    check_file_name("attachment; filename=\".\"", "none");
    check_file_name("attachment; filename=\"\"", "none");
    check_file_name("attachment; filename=\"dir/\"", "none");
    check_file_name("inline", "none");
}
