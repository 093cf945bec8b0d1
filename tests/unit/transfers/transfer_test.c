/* transfer_test.c: the calls of the network against a real server. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "net/host_ask.h"
#include "net/host_engine.h"
#include "net/host_load.h"
#include "net/host_transfer.h"
#include "net/net.h"
#include "sys.h"
#include "tests/unit/calls/fixture.h"
#include "tests/unit/transfers/server.h"

static struct server *transfer_server; // of the test that runs

/* Runs body as a process of a kernel with a network that may reach the server; prepare
 * (NULL: nothing) changes it first. */
static void transfer_case_with(struct test *t, test_fn *body,
                               void (*prepare)(struct net *net))
{
    struct fixture *f = fixture_new();
    struct lib *lib = lib_load();
    if (!CHECK(lib != NULL))
        return;
    transfer_server = server_start();
    fixture_open(f, t, 2, &(struct kernel_config){0});
    struct net *net = net_new(&f->kernel);
    char rule[100];
    int port = server_port(transfer_server);
    net->engine = engine_new(net);
    net->lib = lib;
    f->kernel.net = net;
    snprintf(rule, sizeof rule, "http://127.0.0.1:%d/", port);
    CHECK_EQ(policy_add(&net->policy, rule), 0);
    CHECK_EQ(policy_add_secret(&net->policy, "X-Key: open sesame"), 0);
    snprintf(rule, sizeof rule, "http://rebound.test:%d/", port);
    CHECK_EQ(policy_add(&net->policy, rule), 0);
    CHECK_EQ(net_add_name(net, "rebound.test", "127.0.0.1"), 0);
    snprintf(rule, sizeof rule, "ADDRESS=127.0.0.0/8 http://named.test:%d/", port);
    CHECK_EQ(policy_add(&net->policy, rule), 0);
    CHECK_EQ(net_add_name(net, "named.test", "127.0.0.1"), 0);
    if (prepare)
        prepare(net);
    fixture_run(f, body);
    while (atomic_load(&f->kernel.sources)) // as a run's end waits for it
        usleep(1000);
    engine_end(net->engine);
    net_free(net);
    fixture_close(f);
    server_stop(transfer_server);
    lib_unload(lib);
    free(f);
}

static void transfer_case(struct test *t, test_fn *body)
{
    transfer_case_with(t, body, NULL);
}

static int transfer_open_at(const char *host, const char *path,
                            struct sys_http_request request)
{
    char url[256];
    snprintf(url, sizeof url, "http://%s:%d%s", host, server_port(transfer_server), path);
    request.url = url;
    request.method = request.method ? request.method : "GET";
    int fd = sys_http_open(&request);
    CHECK(fd >= 0);
    return fd;
}

static int transfer_get(const char *path)
{
    return transfer_open_at("127.0.0.1", path, (struct sys_http_request){0});
}

/* Reads all that there is; gives the count or -errno. buf gets the first cap bytes. */
static int64_t transfer_drain(int fd, char *buf, size_t cap)
{
    static char rest[65536];
    int64_t total = 0, got;
    do {
        bool first = total < (int64_t)cap;
        got = sys_read(fd, first ? buf + total : rest,
                       first ? cap - (size_t)total : sizeof rest);
        total += got > 0 ? got : 0;
    } while (got > 0);
    return got < 0 ? got : total;
}

/* What sys_http_wait tells of a request that must fail. */
static void transfer_check_error(int fd, int error, const char *part)
{
    struct sys_http_info info;
    if (!CHECK_EQ(sys_http_wait(fd, &info), 0))
        return;
    if (info.error == 0)
        transfer_drain(fd, info.local_ip, 0);
    CHECK_EQ(sys_http_info(fd, &info), 0);
    CHECK_EQ(info.error, error);
    if (!CHECK(strstr(info.message, part) != NULL))
        CHECK_STR(info.message, part);
    sys_close(fd);
}

static void body_reads_a_response(struct test *t)
{
    (void)t;
    struct sys_http_info info;
    char text[100] = "";
    int fd = transfer_get("/hello");
    CHECK_EQ(sys_http_wait(fd, &info), 0);
    CHECK_EQ(info.status, 200);
    CHECK_EQ(info.length, 6);
    CHECK_EQ(transfer_drain(fd, text, sizeof text - 1), 6);
    CHECK_STR(text, "hello\n");
    CHECK_EQ(sys_http_info(fd, &info), 0);
    CHECK_EQ(info.error, 0);
    CHECK(info.done && info.total_ns > 0 && info.connects == 1);
    CHECK_EQ(info.bytes_down, 6);
    CHECK_STR(info.remote_ip, "127.0.0.1");
    char *headers;
    size_t len;
    CHECK_EQ(sys_http_headers(fd, &headers, &len), 0);
    CHECK_STR(headers, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
    sys_close(fd);
}

TEST(a_response_is_read_by_itself) { transfer_case(t, body_reads_a_response); }

static void body_sends_a_body(struct test *t)
{
    (void)t;
    enum { LEN = 3000000 };
    char *data = sys_alloc(LEN), *back = sys_alloc(LEN);
    for (int i = 0; i < LEN; i++)
        data[i] = (char)(i * 7 + i / 1000);
    int fd =
        transfer_open_at("127.0.0.1", "/echo",
                         (struct sys_http_request){.method = "POST", .body_len = LEN});
    struct sys_pollfd p = {.fd = fd};
    int64_t out = 0, in = 0;
    while (in < LEN) {
        p.events = (short)(SYS_POLLIN | (out < LEN ? SYS_POLLOUT : 0));
        if (!CHECK_EQ(sys_poll(&p, 1, 10000000000), 1))
            return;
        if (p.revents & SYS_POLLOUT) {
            int64_t n = sys_write(fd, data + out,
                                  LEN - out < 50000 ? (size_t)(LEN - out) : 50000);
            if (!CHECK(n > 0))
                return;
            out += n;
        } else {
            struct sys_http_info info;
            char *text;
            size_t len;
            CHECK_EQ(sys_http_headers(fd, &text, &len), 0);
            CHECK_EQ(sys_http_info(fd, &info), 0);
            int64_t n = sys_read(fd, back + in, (size_t)(LEN - in));
            if (!CHECK(n > 0))
                return;
            in += n;
        }
    }
    CHECK_MEM(back, data, LEN);
    sys_close(fd);
}

TEST(a_body_is_sent_while_the_answer_comes_by_itself)
{
    transfer_case(t, body_sends_a_body);
}

static void body_reads_slowly(struct test *t)
{
    (void)t;
    char *buf = sys_alloc(65536);
    int fd = transfer_get("/big");
    int64_t total = 0, got;
    while ((got = sys_read(fd, buf, 65536)) > 0) {
        total += got;
        if (total < 1 << 20)
            CHECK_EQ(sys_sleep(0.001), 0);
    }
    CHECK_EQ(got, 0);
    CHECK_EQ(total, 8 << 20);
    sys_close(fd);
}

TEST(a_slow_reader_holds_the_transfer_back_by_itself)
{
    transfer_case(t, body_reads_slowly);
}

static void body_closes_early(struct test *t)
{
    (void)t;
    char buf[100];
    int fd = transfer_get("/endless");
    CHECK_EQ(sys_read(fd, buf, sizeof buf), 100);
    CHECK_EQ(sys_close(fd), 0);
    for (int i = 0; i < 500 && server_open_count(transfer_server); i++)
        CHECK_EQ(sys_sleep(0.01), 0);
    CHECK_EQ(server_open_count(transfer_server), 0);
    fd = transfer_get("/never"); // and death does the same
    (void)fd;
}

static void body_is_charged(struct test *t)
{
    struct account *account = &t->kernel->account;
    uint64_t before = atomic_load(&account->used);
    int fds[3];
    for (int i = 0; i < 3; i++)
        fds[i] = transfer_get("/never");
    while (server_count(transfer_server) < 3)
        CHECK_EQ(sys_sleep(0.001), 0);
    CHECK(atomic_load(&account->used) >= before + 3 * TRANSFER_CHARGE);
    for (int i = 0; i < 3; i++)
        sys_close(fds[i]);
    while (server_open_count(transfer_server))
        CHECK_EQ(sys_sleep(0.001), 0);
    CHECK(atomic_load(&account->used) < before + TRANSFER_CHARGE);
    atomic_store(&account->limit, before + TRANSFER_CHARGE);
    transfer_check_error(transfer_get("/hello"), 27, "Out of memory");
    atomic_store(&account->limit, UINT64_MAX);
}

TEST(what_libraries_hold_is_charged_by_itself) { transfer_case(t, body_is_charged); }

TEST(closing_ends_the_transfer_by_itself) { transfer_case(t, body_closes_early); }

static void body_many(struct test *t)
{
    (void)t;
    enum { MANY = 200 };
    int fds[MANY];
    int64_t start = sys_clock(SYS_CLOCK_MONOTONIC);
    for (int i = 0; i < MANY; i++)
        fds[i] = transfer_get("/slow");
    for (int i = 0; i < MANY; i++) {
        char text[10] = "";
        CHECK_EQ(transfer_drain(fds[i], text, 9), 5);
        CHECK_STR(text, "slow\n");
        sys_close(fds[i]);
    }
    CHECK(sys_clock(SYS_CLOCK_MONOTONIC) - start < 10000000000);
    CHECK_EQ(server_count(transfer_server), MANY);
}

TEST(two_hundred_run_at_once_by_itself) { transfer_case(t, body_many); }

static void body_refusals(struct test *t)
{
    (void)t;
    struct sys_http_request get = {0};
    transfer_check_error(transfer_open_at("other.test", "/", get), 7,
                         "refused by the network policy (no rule allows this host)");
    transfer_check_error(transfer_open_at("rebound.test", "/hello", get), 7,
                         "refused by the network policy (a loopback address)");
    transfer_check_error(transfer_open_at("127.1", "/hello",
                                          (struct sys_http_request){.method = "TRACE"}),
                         7, "no rule allows this method");
    transfer_check_error(transfer_open_at("u@127.0.0.1", "/hello", get), 3,
                         "credentials");
    const char *crlf[] = {"X: a\r\nY: b", NULL};
    get.headers = crlf;
    transfer_check_error(transfer_open_at("127.0.0.1", "/hello", get), 43, "malformed");
    const char *host[] = {"Host: other.test", NULL};
    get.headers = host;
    transfer_check_error(transfer_open_at("127.0.0.1", "/hello", get), 7, "Host names");
    CHECK_EQ(server_count(transfer_server), 0);
    char text[10] = "";
    get.headers = NULL;
    int fd = transfer_open_at("named.test", "/hello", get);
    CHECK_EQ(transfer_drain(fd, text, 9), 6);
    sys_close(fd);
}

TEST(what_policy_refuses_makes_no_connection_by_itself)
{
    transfer_case(t, body_refusals);
}

static void body_bounds(struct test *t)
{
    transfer_check_error(transfer_get("/headers"), 56, "Too large response headers");
    atomic_store(&t->kernel->limits.value[LIMIT_NET_BYTES], 10 << 20);
    int fd = transfer_open_at("127.0.0.1", "/bomb",
                              (struct sys_http_request){.flags = SYS_HTTP_COMPRESSED});
    transfer_check_error(fd, 63, "limit reached: net-bytes (10MiB)");
    atomic_store(&t->kernel->limits.value[LIMIT_NET_BYTES], UINT64_MAX);
    atomic_store(&t->kernel->limits.value[LIMIT_NET_TIME], 200000000);
    transfer_check_error(transfer_get("/never"), 28, "timed out");
    atomic_store(&t->kernel->limits.value[LIMIT_NET_REQUESTS], 3);
    transfer_check_error(transfer_get("/hello"), 7, "limit reached: net-requests (3)");
}

TEST(limits_bound_a_transfer_by_itself) { transfer_case(t, body_bounds); }

static void body_secrets(struct test *t)
{
    (void)t;
    const char *own[] = {"X-Own: 1", "x-key: mine", NULL};
    char text[1000] = "", *log;
    size_t len;
    struct sys_http_request get = {.headers = own, .flags = SYS_HTTP_VERBOSE};
    int fd = transfer_open_at("127.0.0.1", "/show", get);
    CHECK(transfer_drain(fd, text, sizeof text - 1) > 0);
    CHECK(strstr(text, "X-Key: open sesame\r\n") != NULL);
    CHECK(strstr(text, "X-Own: 1\r\n") != NULL);
    CHECK(strstr(text, "mine") == NULL);
    CHECK_EQ(sys_http_log(fd, &log, &len), 0);
    CHECK(strstr(log, "> GET /show HTTP/1.1\r\n") != NULL);
    CHECK(strstr(log, "> X-Own: 1\r\n") != NULL);
    CHECK(strstr(log, "sesame") == NULL && strstr(log, "X-Key") == NULL);
    sys_close(fd);
    memset(text, 0, sizeof text);
    fd = transfer_open_at("named.test", "/show", get); // another rule
    CHECK(transfer_drain(fd, text, sizeof text - 1) > 0);
    CHECK(strstr(text, "sesame") == NULL);
    CHECK(strstr(text, "x-key: mine\r\n") != NULL);
    sys_close(fd);
}

TEST(a_secret_is_sent_and_not_seen_by_itself) { transfer_case(t, body_secrets); }

/* ---- Hooks: a thread stands for the embedder's -------------------------------------- */

static void *hook_thread(void *net)
{
    usleep(10000);
    net_tell(net, true);
    return NULL;
}

static void hook_asked(struct kernel *k)
{
    pthread_t thread;
    CHECK_EQ(pthread_create(&thread, NULL, hook_thread, k->net), 0);
    pthread_detach(thread);
}

/* Answers /answer, refuses /refuse, lets others pass. */
static void hook_request(void *arg, struct ask *ask)
{
    (void)arg;
    if (strstr(ask->url, "/answer")) {
        char text[200];
        int len =
            snprintf(text, sizeof text, "%s %s %s %.*s", ask->method,
                     strrchr(ask->url, '/'), ask->headers, (int)ask->body_len, ask->body);
        ask_decide(ask, ASK_ANSWER, 203, "X-A: 1\nX-B: 2\r\n", text, (size_t)len);
    } else if (strstr(ask->url, "/refuse")) {
        ask_decide(ask, ASK_REFUSE, 0, "", "not today", 9);
    } else {
        ask_decide(ask, ASK_PASS, 0, "", "", 0);
    }
}

static void hook_prepare(struct net *net)
{
    net->asked = hook_asked;
    net->request_hook = hook_request;
}

static void body_hook(struct test *t)
{
    (void)t;
    struct sys_http_info info;
    const char *own[] = {"X-Own: 1", NULL};
    struct sys_http_request post = {.method = "POST", .headers = own, .body_len = 4};
    char text[300] = "", *headers;
    size_t len;
    int fd = transfer_open_at("127.0.0.1", "/answer", post);
    CHECK_EQ(sys_write(fd, "body", 4), 4);
    CHECK_EQ(sys_http_wait(fd, &info), 0);
    CHECK_EQ(info.status, 203);
    CHECK_EQ(transfer_drain(fd, text, sizeof text - 1), 26);
    CHECK_STR(text, "POST /answer X-Own: 1 body");
    CHECK_EQ(sys_http_headers(fd, &headers, &len), 0);
    CHECK_STR(headers, "HTTP/1.1 203 \r\nX-A: 1\r\nX-B: 2\r\n\r\n");
    sys_close(fd);
    transfer_check_error(transfer_get("/refuse"), 7,
                         "refused by the network policy (not today)");
    CHECK_EQ(server_count(transfer_server), 0);
    memset(text, 0, sizeof text);
    fd = transfer_open_at("127.0.0.1", "/echo", post);
    CHECK_EQ(sys_write(fd, "body", 4), 4);
    CHECK_EQ(transfer_drain(fd, text, sizeof text - 1), 4);
    CHECK_STR(text, "body");
    sys_close(fd);
    sys_close(transfer_get("/answer")); // nobody waits for the answer any more
    CHECK_EQ(sys_sleep(0.1), 0);
}

TEST(a_hook_sees_answers_and_refuses_by_itself)
{
    transfer_case_with(t, body_hook, hook_prepare);
}

/* First a public address, then another: what changes between two looks does not help. */
static void hook_lookup(void *arg, struct ask *ask)
{
    (void)arg;
    const char *reply = strstr(ask->url, "none") ? "" : "169.254.169.254,127.0.0.1,::1";
    ask_decide(ask, ASK_ANSWER, 0, "", reply, strlen(reply));
}

static void resolver_prepare(struct net *net)
{
    char rule[100];
    int port = server_port(transfer_server);
    net->asked = hook_asked;
    net->lookup_hook = hook_lookup;
    snprintf(rule, sizeof rule, "http://moving.test:%d/", port);
    CHECK_EQ(policy_add(&net->policy, rule), 0);
    snprintf(rule, sizeof rule, "http://none.test:%d/", port);
    CHECK_EQ(policy_add(&net->policy, rule), 0);
    snprintf(rule, sizeof rule, "ADDRESS=127.0.0.1 http://moving.test:%d/hello", port);
    CHECK_EQ(policy_add(&net->policy, rule), 0);
}

static void body_resolver(struct test *t)
{
    (void)t;
    struct sys_http_request get = {0};
    transfer_check_error(transfer_open_at("moving.test", "/", get), 7, "(a ");
    transfer_check_error(transfer_open_at("none.test", "/", get), 6,
                         "Could not resolve host: none.test");
    CHECK_EQ(server_count(transfer_server), 0);
    char text[10] = "";
    int fd =
        transfer_open_at("moving.test", "/hello", get); // of three the one that is named
    CHECK_EQ(transfer_drain(fd, text, 9), 6);
    sys_close(fd);
}

TEST(the_answers_of_a_resolver_are_judged_by_itself)
{
    transfer_case_with(t, body_resolver, resolver_prepare);
}

static void body_waits_for_all(struct test *t)
{
    (void)t;
    int fds[2];
    char c;
    int fd = transfer_get("/hello");
    CHECK_EQ(sys_pipe(fds, 0), 0);
    while (sys_read(fd, &c, 1) > 0)
        continue;
    CHECK_EQ(sys_read(fds[0], &c, 1), -EINTR); // a deadlock, though fd is open
}

TEST(a_transfer_that_is_over_hides_no_deadlock_by_itself)
{
    transfer_case(t, body_waits_for_all);
}
