/* network_test.c: rules, secrets and hooks of the network, as an embedder uses them, with
 * curl as the program that asks. */
#include <dlfcn.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/api/api.h"
#include "tests/unit/transfers/server.h"

/* A rule, or a command, with the server's port in place of %d. */
static const char *network_text(char text[300], const char *format,
                                const struct server *server)
{
    int port = server_port(server);
    snprintf(text, 300, format, port, port, port);
    return text;
}

static void network_allow(struct test *t, const char *rule, const struct server *server)
{
    char text[300];
    CHECK_EQ(shoal_net_allow(api_sandbox(t), network_text(text, rule, server)), 0);
}

/* Runs a command; its whole output must contain `part`, and not `absent`. */
static void network_check(struct test *t, const struct server *server,
                          const char *command, const char *part, const char *absent)
{
    char text[300];
    struct shoal_run *run = api_run(t, network_text(text, command, server));
    const char *out = shoal_run_output(run, SHOAL_STDOUT, NULL);
    if (!CHECK(out && strstr(out, part)))
        CHECK_STR(out, part);
    CHECK(!absent || (out && !strstr(out, absent)));
    shoal_run_free(run);
}

TEST(there_is_no_network_until_a_rule_allows_some)
{
    struct server *server = server_start();
    static const char command[] = "curl -sS http://127.0.0.1:%d/hello 2>&1; echo $?";
    network_check(t, server, command, "refused by the network policy", NULL);
    network_check(t, server, command, "7\n", "hello");
    CHECK_EQ(server_count(server), 0);
    network_allow(t, "http://127.0.0.1:%d/", server);
    network_check(t, server, command, "hello\n0\n", NULL);
    server_stop(server);
}

/* In a process of its own, since other tests have loaded it. */
TEST(the_module_is_loaded_for_a_rule_only)
{
    if (!getenv("SHOAL_TEST_FRESH")) {
        char *argv[] = {"api-tests", "the_module_is_loaded_for_a_rule_only", NULL};
        int status = -1;
        pid_t pid;
        setenv("SHOAL_TEST_FRESH", "1", 1);
        CHECK_EQ(posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environ), 0);
        CHECK_EQ(waitpid(pid, &status, 0), pid);
        CHECK_EQ(status, 0);
        unsetenv("SHOAL_TEST_FRESH");
        return;
    }
    struct server *server = server_start();
    static const char command[] = "curl -sS http://127.0.0.1:%d/hello 2>&1; echo $?";
    network_check(t, server, command, "7\n", "hello");
    CHECK(!dlopen("libcurl.so.4", RTLD_NOW | RTLD_NOLOAD));
    network_allow(t, "http://127.0.0.1:%d/", server);
    network_check(t, server, command, "hello\n0\n", NULL);
    CHECK(dlopen("libcurl.so.4", RTLD_NOW | RTLD_NOLOAD) != NULL);
    server_stop(server);
}

TEST(what_is_no_rule_is_told_and_runs_keep_theirs)
{
    struct shoal_sandbox *sb = api_sandbox(t);
    CHECK_EQ(shoal_net_allow(sb, "ftp://example.com/"), SHOAL_E_INVALID);
    CHECK_EQ(shoal_net_add_header(sb, "Key: value"), SHOAL_E_INVALID);
    CHECK_EQ(shoal_net_add_name(sb, "a.test", "nowhere"), SHOAL_E_INVALID);
    CHECK_EQ(shoal_net_add_name(sb, "a/b", "1.2.3.4"), SHOAL_E_INVALID);
    CHECK_EQ(shoal_net_allow(sb, "https://example.com/"), 0);
    CHECK_EQ(shoal_net_add_header(sb, "Key: a\r\nOther: b"), SHOAL_E_INVALID);
    struct shoal_run *run = api_run_new(sb, "sleep 100");
    CHECK_EQ(shoal_run_start(run), 0);
    CHECK_EQ(shoal_net_allow(sb, "https://example.org/"), SHOAL_E_BUSY);
    CHECK_EQ(shoal_net_add_header(sb, "Key: value"), SHOAL_E_BUSY);
    shoal_run_free(run);
    CHECK_EQ(shoal_net_add_header(sb, "Key: value"), 0);
}

TEST(deterministic_sandboxes_have_no_network)
{
    struct shoal_sandbox *sb;
    CHECK_EQ(shoal_sandbox_new(api_runtime(t), SHOAL_DETERMINISTIC, 0, &sb), 0);
    CHECK_EQ(shoal_net_allow(sb, "http://127.0.0.1/"), 0);
    api_check(sb, "curl -sS http://127.0.0.1/ 2>&1 | grep -c 'deterministic mode has no'",
              "1\n", 0);
    shoal_sandbox_free(sb);
}

TEST(a_secret_is_sent_where_its_rule_says_and_not_shown)
{
    struct server *server = server_start();
    network_allow(t, "http://127.0.0.1:%d/show", server);
    CHECK_EQ(shoal_net_add_header(api_sandbox(t), "X-Key: open sesame"), 0);
    network_allow(t, "ADDRESS=127.0.0.1 http://other.test:%d/", server);
    CHECK_EQ(shoal_net_add_name(api_sandbox(t), "other.test", "127.0.0.1"), 0);
    network_check(t, server, "curl -sv -o /dev/null http://127.0.0.1:%d/show 2>&1",
                  "> GET /show", "sesame");
    network_check(t, server, "curl -s -H 'x-key: mine' http://127.0.0.1:%d/show",
                  "X-Key: open sesame\r\n", "mine");
    network_check(t, server, "curl -s http://other.test:%d/show", "Host: other.test",
                  "sesame");
    server_stop(server);
}

TEST(cancelling_closes_transfers_at_once)
{
    struct server *server = server_start();
    char text[300];
    network_allow(t, "http://127.0.0.1:%d/", server);
    struct shoal_run *run = api_run_new(
        api_sandbox(t),
        network_text(text, "curl -s 127.0.0.1:%d/never & curl -s 127.0.0.1:%d/never",
                     server));
    CHECK_EQ(shoal_run_start(run), 0);
    while (server_count(server) < 2 && shoal_run_wait(run, 5) == SHOAL_E_TIMEOUT)
        continue;
    int64_t start = api_now_ms();
    shoal_run_cancel(run);
    CHECK_EQ(shoal_run_wait(run, 10000), 0);
    CHECK_EQ(shoal_run_end(run), SHOAL_END_CANCELLED);
    while (server_open_count(server) && api_now_ms() - start < 5000)
        usleep(1000);
    CHECK_EQ(server_open_count(server), 0);
    shoal_run_free(run);
    server_stop(server);
}

/* ---- Hooks ------------------------------------------------------------------------ */

struct network_hook {
    struct shoal_request *kept;
    unsigned seen;
    pthread_t thread;
};

static void *network_answer_later(void *request)
{
    usleep(20000);
    CHECK_EQ(shoal_request_answer(request, 200, "X-From: thread\n", "later\n", 6), 0);
    return NULL;
}

static void network_decide(void *arg, struct shoal_request *request)
{
    struct network_hook *hook = arg;
    const char *url = shoal_request_url(request);
    size_t len;
    const void *body = shoal_request_body(request, &len);
    hook->seen++;
    if (strstr(url, "/later")) {
        CHECK_EQ(pthread_create(&hook->thread, NULL, network_answer_later, request), 0);
    } else if (strstr(url, "/post")) {
        CHECK_STR(shoal_request_method(request), "POST");
        CHECK_EQ(len, 4);
        CHECK_MEM(body, "a=12", 4);
        shoal_request_refuse(request, "no posts");
    } else if (strstr(url, "/kept")) {
        hook->kept = request;
    } else {
        CHECK(shoal_request_header(request, 0) != NULL);
        CHECK(shoal_request_header(request, 1000) == NULL);
        CHECK_EQ(shoal_request_answer(request, 7, "", "", 0), SHOAL_E_INVALID);
        shoal_request_pass(request);
    }
}

TEST(a_hook_sees_every_request_and_decides)
{
    struct server *server = server_start();
    struct network_hook hook = {0};
    network_allow(t, "http://127.0.0.1:%d/", server);
    CHECK_EQ(shoal_net_set_hook(api_sandbox(t), network_decide, &hook), 0);
    network_check(t, server, "curl -si http://127.0.0.1:%d/later",
                  "X-From: thread\r\n\r\nlater\n", NULL);
    CHECK_EQ(pthread_join(hook.thread, NULL), 0);
    network_check(t, server, "curl -sS -d a=12 http://127.0.0.1:%d/post 2>&1",
                  "(no posts)", NULL);
    CHECK_EQ(server_count(server), 0);
    network_check(t, server, "curl -s http://127.0.0.1:%d/hello", "hello\n", NULL);
    CHECK_EQ(hook.seen, 3);
    server_stop(server);
}

TEST(a_request_may_be_answered_after_its_run_is_gone)
{
    struct server *server = server_start();
    struct network_hook hook = {0};
    struct shoal_sandbox *sb;
    char text[300];
    CHECK_EQ(shoal_sandbox_new(api_runtime(t), 0, 0, &sb), 0);
    CHECK_EQ(shoal_net_allow(sb, network_text(text, "http://127.0.0.1:%d/", server)), 0);
    CHECK_EQ(shoal_net_set_hook(sb, network_decide, &hook), 0);
    struct shoal_run *run =
        api_run_new(sb, network_text(text, "curl -s http://127.0.0.1:%d/kept", server));
    CHECK_EQ(shoal_run_start(run), 0);
    while (!hook.kept && shoal_run_wait(run, 5) == SHOAL_E_TIMEOUT)
        continue;
    shoal_run_free(run);
    shoal_sandbox_free(sb);
    CHECK(strstr(shoal_request_url(hook.kept), "/kept") != NULL);
    CHECK_EQ(shoal_request_answer(hook.kept, 200, "", "too late", 8), 0);
    server_stop(server);
}

/* First a good address, then one that is not for everybody. */
static void network_resolve(void *arg, struct shoal_lookup *lookup)
{
    unsigned *count = arg;
    CHECK_STR(shoal_lookup_host(lookup), "moving.test");
    CHECK_EQ(shoal_lookup_answer(lookup, (*count)++ ? "169.254.169.254" : "127.0.0.1"),
             0);
}

TEST(the_answers_of_a_resolver_are_judged_each_time)
{
    struct server *server = server_start();
    unsigned count = 0;
    network_allow(t, "ADDRESS=127.0.0.1 http://moving.test:%d/", server);
    CHECK_EQ(shoal_net_set_resolver(api_sandbox(t), network_resolve, &count), 0);
    network_check(t, server, "curl -s http://moving.test:%d/hello", "hello\n", NULL);
    network_check(t, server, "curl -sS http://moving.test:%d/hello 2>&1",
                  "refused by the network policy (a metadata service's address)", NULL);
    CHECK_EQ(count, 2);
    server_stop(server);
}

TEST(a_redirect_is_judged_like_any_request)
{
    struct server *server = server_start();
    network_allow(t, "http://127.0.0.1:%d/", server);
    network_check(t, server, "curl -sSL http://127.0.0.1:%d/moved 2>&1",
                  "Failed to connect to 169.254.169.254 port 80: refused", NULL);
    server_stop(server);
}
