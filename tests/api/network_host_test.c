/* network_host_test.c: the network and the host: variables of its environment,
 * certificates, servers for names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/api/api.h"
#include "tests/api/house.h"

static void host_allow(struct shoal_sandbox *sb, const char *host, int port)
{
    char rule[200];
    snprintf(rule, sizeof rule, "ADDRESS=127.0.0.1 %s:%d/", host, port);
    CHECK_EQ(shoal_net_allow(sb, rule), 0);
}

/* Fetches /hello; the output ends in curl's status. */
static void host_check(struct shoal_sandbox *sb, const char *host, int port,
                       const char *output)
{
    char text[300];
    snprintf(text, sizeof text, "curl -s %s:%d/hello; echo $?", host, port);
    api_check(sb, text, output, 0);
}

TEST(variables_of_the_host_let_nothing_leave_and_trust_nobody)
{
    struct house h;
    house_start(&h);
    char keys[200], trust[300];
    struct stat st;
    snprintf(keys, sizeof keys, "/tmp/shoal-keys-%d", (int)getpid());
    snprintf(trust, sizeof trust, "%s", h.ca);
    const char *variables[][2] = {
        {"SSLKEYLOGFILE", keys},
        {"SSL_CERT_FILE", trust},
        {"SSL_CERT_DIR", h.folder},
        {"CURL_CA_BUNDLE", trust},
        {"http_proxy", "http://127.0.0.1:1"},
        {"https_proxy", "http://127.0.0.1:1"},
        {"ALL_PROXY", "http://127.0.0.1:1"},
        {"RES_OPTIONS", "ndots:9 attempts:1"},
        {"LOCALDOMAIN", "test"},
    };
    enum { VARIABLES = sizeof variables / sizeof *variables };
    for (size_t i = 0; i < VARIABLES; i++)
        CHECK_EQ(setenv(variables[i][0], variables[i][1], 1), 0);
    struct shoal_sandbox *sb = api_sandbox(t);
    host_allow(sb, "https://localhost", h.tls);
    host_allow(sb, "http://127.0.0.1", h.http);
    host_check(sb, "https://localhost", h.tls, "60\n");
    CHECK_EQ(shoal_net_set_ca(sb, h.ca), 0);
    host_check(sb, "https://localhost", h.tls, "hello, world\n0\n");
    host_check(sb, "http://127.0.0.1", h.http, "hello, world\n0\n");
    for (size_t i = 0; i < VARIABLES; i++)
        CHECK_EQ(unsetenv(variables[i][0]), 0);
    if (stat(keys, &st) == 0) // libcurl makes the file when it is loaded
        CHECK_EQ(st.st_size, 0);
    unlink(keys);
    house_stop(&h);
}

TEST(servers_are_checked_against_the_authority_of_the_embedder)
{
    struct house h;
    house_start(&h);
    struct shoal_sandbox *sb = api_sandbox(t);
    host_allow(sb, "https://localhost", h.tls);
    host_allow(sb, "https://localhost", h.elsewhere);
    host_allow(sb, "https://localhost", h.stranger);
    host_allow(sb, "https://elsewhere.test", h.elsewhere);
    host_allow(sb, "https://other.test", h.elsewhere);
    CHECK_EQ(shoal_net_add_name(sb, "elsewhere.test", "127.0.0.1"), 0);
    CHECK_EQ(shoal_net_add_name(sb, "other.test", "127.0.0.1"), 0);
    host_check(sb, "https://localhost", h.tls, "60\n");
    CHECK_EQ(shoal_net_set_ca(sb, h.ca), 0);
    host_check(sb, "https://localhost", h.tls, "hello, world\n0\n");
    host_check(sb, "https://localhost", h.elsewhere, "60\n");
    host_check(sb, "https://elsewhere.test", h.elsewhere, "hello, world\n0\n");
    host_check(sb, "https://other.test", h.elsewhere, "60\n"); // not on that connection
    host_check(sb, "https://localhost", h.stranger, "60\n");
    CHECK_EQ(shoal_net_set_ca(sb, "/nowhere/ca.pem"), 0);
    host_check(sb, "https://localhost", h.stranger, "77\n");
    house_stop(&h);
}

TEST(names_are_asked_of_the_servers_that_the_embedder_names)
{
    static const char *const bad[] = {"name",          "1.2.3.4:",  "1.2.3.4:0",
                                      "1.2.3.4:x",     ",",         "[::1",
                                      "1.2.3",         "[1.2.3.4]", "::1]:53",
                                      "1.2.3.4:65536", "1.2.3.4,"};
    struct shoal_sandbox *sb = api_sandbox(t);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (!CHECK_EQ(shoal_net_set_dns(sb, bad[i]), SHOAL_E_INVALID))
            CHECK_STR(bad[i], "the case above");
    CHECK_EQ(shoal_net_set_dns(sb, "1.2.3.4,::1,[::1]:5353,[fe80::1],1.2.3.4:5353"), 0);
    struct house h;
    house_start(&h);
    host_allow(sb, "http://here.test", h.http);
    char servers[100];
    snprintf(servers, sizeof servers, "127.0.0.1:%d", h.dns);
    CHECK_EQ(shoal_net_set_dns(sb, servers), 0);
    host_check(sb, "http://here.test", h.http, "hello, world\n0\n");
    snprintf(servers, sizeof servers, "127.0.0.1:%d", h.http); // nobody there
    CHECK_EQ(shoal_net_set_dns(sb, servers), 0);
    host_check(sb, "http://here.test", h.http, "6\n"); // the next run asks the new one
    house_stop(&h);
}

static void host_keep(void *arg, struct shoal_request *request)
{
    *(struct shoal_request **)arg = request;
}

TEST(a_request_that_a_hook_keeps_ends_in_time)
{
    struct shoal_sandbox *sb = api_sandbox(t);
    struct shoal_request *kept = NULL;
    CHECK_EQ(shoal_net_allow(sb, "http://127.0.0.1/"), 0);
    CHECK_EQ(shoal_net_set_hook(sb, host_keep, &kept), 0);
    CHECK_EQ(shoal_limit_set(sb, "net-time", "200ms"), 0);
    api_check(sb, "curl -s http://127.0.0.1/; echo $?", "28\n", 0);
    if (CHECK(kept != NULL))
        shoal_request_pass(kept); // nobody hears it
}

static void host_never_called(void *arg, struct shoal_request *request)
{
    (void)arg;
    CHECK(request == NULL);
}

TEST(a_request_whose_body_a_hook_awaits_hides_no_deadlock)
{
    struct shoal_sandbox *sb = api_sandbox(t);
    CHECK_EQ(shoal_net_allow(sb, "http://127.0.0.1/"), 0);
    CHECK_EQ(shoal_net_set_hook(sb, host_never_called, NULL), 0);
    struct shoal_run *run =
        api_run(t, "mkfifo f; exec 3<>f; curl -s -T - http://127.0.0.1/ <&3");
    CHECK_EQ(shoal_run_end(run), SHOAL_END_DEADLOCK);
    shoal_run_free(run);
}
