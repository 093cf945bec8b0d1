/* server.h: a small HTTP server on a loopback port, in threads of the test.
 *
 * It answers by path: /hello; /show, the request as it came; /echo, its body; /big, 8
 * MiB; /endless; /slow, after 300 ms; /never, no answer; /headers, without end; /bomb, 64
 * MiB in few bytes of gzip; /moved, to a private address. Each connection serves one
 * request. Must not know: what asks. */
#ifndef TESTS_UNIT_TRANSFERS_SERVER_H
#define TESTS_UNIT_TRANSFERS_SERVER_H

struct server;

struct server *server_start(void); // aborts if the host has no port
int server_port(const struct server *s);
int server_count(const struct server *s);      // connections that were taken
int server_open_count(const struct server *s); // and are not ended yet
void server_stop(struct server *s);

#endif
