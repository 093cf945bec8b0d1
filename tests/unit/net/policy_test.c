/* policy_test.c: net/policy.h: what rules allow, and what they refuse. */
#include "net/policy.h"

#include <errno.h>

#include "tests/unit/test.h"

static const char *check_find(struct test *t, const struct policy *p, const char *method,
                              const char *url)
{
    struct url u;
    const char *reason = "not parsed";
    int err = url_parse(&u, span_of(url), t->alloc);
    const struct policy_rule *rule = err ? NULL : policy_find(p, &u, method, &reason);
    url_fini(&u);
    return rule ? "allowed" : reason;
}

static void check_rule(struct test *t, const char *rule, const char *method,
                       const char *url, const char *want)
{
    struct policy p;
    policy_init(&p, t->alloc);
    CHECK_EQ(policy_add(&p, rule), 0);
    CHECK_STR(check_find(t, &p, method, url), want);
    policy_fini(&p);
}

TEST(without_rules_nothing_is_allowed)
{
    struct policy p;
    policy_init(&p, t->alloc);
    CHECK_STR(check_find(t, &p, "GET", "https://example.com/"), "no network is allowed");
    policy_fini(&p);
}

TEST(a_rule_is_a_prefix_on_segment_boundaries)
{
    static const char api[] = "https://api.example.com:443/v1";
    static const char *const fine[] = {
        "https://api.example.com/v1",        "https://API.example.com./v1/x?y",
        "https://api.example.com:443/v1/",   "https://api.example.com/%76%31/a",
        "https://api.example.com/x/../v1/y", "https://api.example.com/v1?q",
    };
    static const char *const path[] = {
        "https://api.example.com/",           "https://api.example.com/v10",
        "https://api.example.com/v1/../v2",   "https://api.example.com/v1/%2e%2e/v2",
        "https://api.example.com/v1/..%2fv2", "https://api.example.com/v1/..%5cv2",
        "https://api.example.com/v1/..;/v2",  "https://api.example.com/v1/%252e%252e/v2",
        "https://api.example.com/V1/",        "https://api.example.com//v1/",
    };
    static const char *const host[] = {
        "http://api.example.com:443/v1/",
        "https://api.example.com:444/v1/",
        "https://api.example.com.evil.test/v1/",
        "https://evil-api.example.com/v1/",
        "https://xapi.example.com/v1/",
        "https://example.com/v1/",
        "https://apiXexample.com/v1/",
        "https://[::ffff:1.2.3.4]/v1/",
        "https://16909060/v1/",
    };
    for (size_t i = 0; i < COUNT_OF(fine); i++)
        check_rule(t, api, "GET", fine[i], "allowed");
    for (size_t i = 0; i < COUNT_OF(path); i++)
        check_rule(t, api, "GET", path[i], "no rule allows this path");
    for (size_t i = 0; i < COUNT_OF(host); i++)
        check_rule(t, api, "GET", host[i], "no rule allows this host");
    check_rule(t, "https://a.test/v1/", "GET", "https://a.test/v1",
               "no rule allows this path");
    check_rule(t, "https://a.test/v1/", "GET", "https://a.test/v1/x", "allowed");
}

TEST(an_address_is_the_same_in_every_notation)
{
    check_rule(t, "http://127.0.0.1/", "GET", "http://2130706433/", "allowed");
    check_rule(t, "http://127.0.0.1/", "GET", "http://0x7f.1/", "allowed");
    check_rule(t, "http://0x7f000001/", "GET", "http://127.0.0.1/", "allowed");
    check_rule(t, "http://[::1]/", "GET", "http://[0:0:0:0:0:0:0:1]/", "allowed");
    check_rule(t, "http://127.0.0.1/", "GET", "http://[::ffff:127.0.0.1]/",
               "no rule allows this host");
    check_rule(t, "http://1.1.1.1/", "GET", "http://2130706433/",
               "no rule allows this host");
}

TEST(methods_are_those_of_the_rule)
{
    static const char rule[] = "METHODS=GET,POST https://a.test/";
    check_rule(t, rule, "GET", "https://a.test/", "allowed");
    check_rule(t, rule, "POST", "https://a.test/", "allowed");
    check_rule(t, rule, "DELETE", "https://a.test/", "no rule allows this method");
    check_rule(t, rule, "get", "https://a.test/", "no rule allows this method");
    check_rule(t, rule, "GET,POST", "https://a.test/", "no rule allows this method");
    check_rule(t, "https://a.test/", "PURGE", "https://a.test/", "allowed");
    check_rule(t, "https://a.test/", "CONNECT", "https://a.test/",
               "no rule allows this method");
    check_rule(t, "https://a.test/", "trace", "https://a.test/",
               "no rule allows this method");
}

TEST(what_is_no_rule_is_refused)
{
    static const char *const wrong[] = {
        "",
        "a.test",
        "ftp://a.test/",
        "https://u@a.test/",
        "https://a.test/?q",
        "https://a.test/#f",
        "METHODS= https://a.test/",
        "METHODS=GET, https://a.test/",
        "METHODS=G(T https://a.test/",
        "METHODS=GET METHODS=PUT https://a.test/",
        "ADDRESS= https://a.test/",
        "ADDRESS=10.0.0.0/40 https://a.test/",
        "ADDRESS=a https://a.test/",
        "WHAT=1 https://a.test/",
        "https://a.test/ ",
        "https://*.a.test/",
        "ADDRESS=1.1.1.1,,2.2.2.2 https://a.test/",
    };
    struct policy p;
    policy_init(&p, t->alloc);
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (!CHECK_EQ(policy_add(&p, wrong[i]), -EINVAL))
            CHECK_STR(wrong[i], "to be refused");
    policy_fini(&p);
}

static void check_address(struct test *t, const char *rule, const char *address,
                          const char *want)
{
    struct policy p;
    struct address a;
    policy_init(&p, t->alloc);
    CHECK_EQ(policy_add(&p, rule), 0);
    CHECK_EQ(address_parse(span_of(address), &a), 0);
    const char *why = policy_refuses_address(&p.rules[0], &a);
    CHECK_STR(why ? why : "allowed", want);
    policy_fini(&p);
}

TEST(an_address_that_is_not_public_must_be_named)
{
    check_address(t, "https://a.test/", "8.8.8.8", "allowed");
    check_address(t, "https://a.test/", "127.0.0.1", "a loopback address");
    check_address(t, "https://a.test/", "169.254.169.254",
                  "a metadata service's address");
    check_address(t, "https://a.test/", "::ffff:10.0.0.1", "a private address");
    check_address(t, "https://127.0.0.1/", "127.0.0.1", "allowed");
    check_address(t, "https://127.0.0.1/", "127.0.0.2", "a loopback address");
    check_address(t, "ADDRESS=10.0.0.0/8,::1 https://a.test/", "10.9.9.9", "allowed");
    check_address(t, "ADDRESS=10.0.0.0/8,::1 https://a.test/", "::1", "allowed");
    check_address(t, "ADDRESS=10.0.0.0/8 https://a.test/", "::ffff:10.0.0.1",
                  "a private address");
}

TEST(the_longest_rule_governs)
{
    struct policy p;
    struct url u;
    const char *reason;
    policy_init(&p, t->alloc);
    CHECK_EQ(policy_add(&p, "https://a.test/"), 0);
    CHECK_EQ(policy_add(&p, "https://a.test/x/y"), 0);
    CHECK_EQ(policy_add_secret(&p, "Authorization: Bearer 1"), 0);
    CHECK_EQ(policy_add(&p, "https://a.test/x"), 0);
    CHECK_EQ(url_parse(&u, span_of("https://a.test/x/y/z"), t->alloc), 0);
    const struct policy_rule *rule = policy_find(&p, &u, "GET", &reason);
    CHECK(rule == &p.rules[1]);
    CHECK(policy_has_secret(rule, span_of("AUTHORIZATION")));
    CHECK_STR(policy_next_secret(rule, NULL), "Authorization: Bearer 1");
    CHECK(policy_next_secret(rule, policy_next_secret(rule, NULL)) == NULL);
    CHECK(policy_next_secret(&p.rules[2], NULL) == NULL);
    url_fini(&u);
    policy_fini(&p);
}

TEST(a_secret_is_a_whole_header)
{
    static const char *const wrong[] = {"Key",
                                        "Key:",
                                        "Key;",
                                        "Key: ",
                                        ": x",
                                        "K y: x",
                                        "Key: a\r\nB: c",
                                        "Host: x",
                                        "Content-Length: 3",
                                        "Key: twice"};
    struct policy p;
    policy_init(&p, t->alloc);
    CHECK_EQ(policy_add_secret(&p, "Key: x"), -EINVAL); // no rule
    CHECK_EQ(policy_add(&p, "https://a.test/"), 0);
    CHECK_EQ(policy_add_secret(&p, "key: once"), 0);
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (!CHECK_EQ(policy_add_secret(&p, wrong[i]), -EINVAL))
            CHECK_STR(wrong[i], "to be refused");
    policy_fini(&p);
}

static void check_header(struct test *t, const char *rule, const char *line,
                         int64_t body_len, bool allowed)
{
    struct policy p;
    struct url u;
    policy_init(&p, t->alloc);
    CHECK_EQ(policy_add(&p, rule), 0);
    CHECK_EQ(url_parse(&u, span_of("http://a.test:8080/v1/x"), t->alloc), 0);
    const char *why = policy_refuses_header(&p.rules[0], &u, line, body_len);
    if (!CHECK_EQ(why == NULL, allowed))
        CHECK_STR(line, allowed ? "allowed" : "refused");
    url_fini(&u);
    policy_fini(&p);
}

TEST(headers_do_not_reach_past_the_rule)
{
    static const char all[] = "http://a.test:8080/";
    check_header(t, all, "Accept: x", 0, true);
    check_header(t, all, "Host: a.test:8080", 0, true);
    check_header(t, all, "Host:", 0, true);
    check_header(t, all, "Host: a.test", 0, false);
    check_header(t, all, "hOST: evil.test", 0, false);
    check_header(t, all, "Content-Length: 3", 3, true);
    check_header(t, all, "Content-Length: 0", 3, false);
    check_header(t, all, "Content-Length: 3", -1, false);
    check_header(t, all, "Transfer-Encoding: chunked", -1, true);
    check_header(t, all, "Transfer-Encoding: chunked", 3, false);
    check_header(t, all, "Transfer-Encoding: chunked, gzip", -1, false);
    check_header(t, all, "Connection: close", 0, true);
    check_header(t, all, "Connection: Upgrade", 0, false);
    check_header(t, all, "Upgrade: h2c", 0, false);
    check_header(t, all, "X-HTTP-Method-Override: PUT", 0, true);
    check_header(t, "METHODS=GET http://a.test:8080/", "X-HTTP-Method-Override: PUT", 0,
                 false);
    check_header(t, all, "X-Original-URL: /admin", 0, true);
    check_header(t, "http://a.test:8080/v1", "x-original-url: /admin", 0, false);
}

TEST(a_policy_without_memory_allows_nothing)
{
    for (size_t i = 0; i < 12; i++) {
        struct policy p;
        policy_init(&p, t->alloc);
        test_fail_alloc(t, i);
        int err = policy_add(&p, "METHODS=GET https://a.test/v1");
        CHECK(err == 0 || err == -ENOMEM);
        CHECK_EQ(p.count, err == 0);
        policy_fini(&p);
    }
}
