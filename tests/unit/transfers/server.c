/* server.c: see server.h. */
#include "tests/unit/transfers/server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

enum { SERVER_REQUEST = 65536, SERVER_BIG = 8 << 20, SERVER_BOMB = 64 << 20 };

struct server {
    int listener, port;
    pthread_t thread;
    atomic_bool stopping;
    atomic_int count, open;
};

struct server_connection {
    struct server *server;
    int fd;
    char request[SERVER_REQUEST];
    size_t len, head; // what was read; where the body begins
};

static bool server_send(struct server_connection *c, const void *data, size_t len)
{
    const char *at = data;
    while (len && !atomic_load(&c->server->stopping)) {
        struct pollfd p = {.fd = c->fd, .events = POLLOUT};
        if (poll(&p, 1, 50) == 0)
            continue;
        ssize_t done = send(c->fd, at, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (done <= 0)
            return false;
        at += done;
        len -= (size_t)done;
    }
    return len == 0;
}

static bool server_receive(struct server_connection *c)
{
    while (!atomic_load(&c->server->stopping) && c->len < SERVER_REQUEST - 1) {
        struct pollfd p = {.fd = c->fd, .events = POLLIN};
        if (poll(&p, 1, 50) == 0)
            continue;
        ssize_t got = recv(c->fd, c->request + c->len, SERVER_REQUEST - 1 - c->len, 0);
        if (got <= 0)
            return false;
        c->len += (size_t)got;
        c->request[c->len] = '\0';
        return true;
    }
    return false;
}

static bool server_read_head(struct server_connection *c)
{
    const char *end;
    while (!(end = strstr(c->request, "\r\n\r\n")))
        if (!server_receive(c))
            return false;
    c->head = (size_t)(end - c->request) + 4;
    return true;
}

static void server_reply(struct server_connection *c, const char *headers,
                         const void *body, size_t len)
{
    char head[256];
    int n = snprintf(head, sizeof head,
                     "HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n", headers, len);
    if (server_send(c, head, (size_t)n))
        server_send(c, body, len);
}

static void server_echo(struct server_connection *c)
{
    const char *field = strstr(c->request, "Content-Length: ");
    size_t want = field ? (size_t)atol(field + 16) : 0;
    char head[100];
    if (strstr(c->request, "100-continue"))
        server_send(c, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", want);
    server_send(c, head, strlen(head));
    size_t have = c->len - c->head;
    server_send(c, c->request + c->head, have);
    for (size_t done = have; done < want; done += c->len) {
        c->len = 0;
        if (!server_receive(c) || !server_send(c, c->request, c->len))
            break;
    }
}

static void server_fill(struct server_connection *c, const char *head, size_t total)
{
    static const char block[65536] = {0};
    bool fine = server_send(c, head, strlen(head));
    for (size_t sent = 0; fine && sent < total; sent += sizeof block)
        fine = server_send(c, block, sizeof block);
}

static void server_bomb(struct server_connection *c)
{
    static const char zeros[65536];
    z_stream z = {0};
    size_t cap = 1 << 20;
    unsigned char *out = malloc(cap);
    if (!out || deflateInit2(&z, 9, Z_DEFLATED, 31, 9, 0) != Z_OK)
        abort();
    z.next_out = out;
    z.avail_out = (unsigned)cap;
    for (size_t done = 0; done < SERVER_BOMB; done += sizeof zeros) {
        z.next_in = (unsigned char *)(size_t)zeros;
        z.avail_in = sizeof zeros;
        deflate(&z, Z_NO_FLUSH);
    }
    deflate(&z, Z_FINISH);
    size_t len = cap - z.avail_out;
    deflateEnd(&z);
    server_reply(c, "Content-Encoding: gzip\r\n", out, len);
    free(out);
}

static void server_wait(struct server_connection *c)
{
    struct pollfd p = {.fd = c->fd, .events = POLLIN};
    while (!atomic_load(&c->server->stopping) && poll(&p, 1, 20) == 0)
        continue;
}

static void server_answer(struct server_connection *c)
{
    char path[64] = "";
    sscanf(c->request, "%*s %63s", path);
    if (strcmp(path, "/hello") == 0)
        server_reply(c, "", "hello\n", 6);
    else if (strcmp(path, "/show") == 0)
        server_reply(c, "", c->request, c->head);
    else if (strcmp(path, "/echo") == 0)
        server_echo(c);
    else if (strcmp(path, "/big") == 0)
        server_fill(c, "HTTP/1.1 200 OK\r\nContent-Length: 8388608\r\n\r\n", SERVER_BIG);
    else if (strcmp(path, "/endless") == 0)
        server_fill(c, "HTTP/1.1 200 OK\r\n\r\n", SIZE_MAX);
    else if (strcmp(path, "/bomb") == 0)
        server_bomb(c);
    else if (strcmp(path, "/never") == 0)
        server_wait(c);
    else if (strcmp(path, "/headers") == 0)
        for (bool fine = server_send(c, "HTTP/1.1 200 OK\r\n", 17); fine;)
            fine = server_send(c, "X-Filler: 0123456789012345678901234567890\r\n", 43);
    else if (strcmp(path, "/slow") == 0) {
        usleep(300000);
        server_reply(c, "", "slow\n", 5);
    } else if (strcmp(path, "/moved") == 0)
        server_send(c,
                    "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n"
                    "Content-Length: 0\r\n\r\n",
                    77);
    else
        server_reply(c, "", "?", 1);
}

static void *server_serve(void *connection)
{
    struct server_connection *c = connection;
    struct server *s = c->server;
    if (server_read_head(c))
        server_answer(c);
    shutdown(c->fd, SHUT_WR);
    close(c->fd);
    free(c);
    atomic_fetch_sub(&s->open, 1);
    return NULL;
}

static void server_take(struct server *s, int fd)
{
    struct server_connection *c = calloc(1, sizeof *c);
    pthread_t thread;
    if (!c)
        abort();
    c->server = s;
    c->fd = fd;
    atomic_fetch_add(&s->count, 1);
    atomic_fetch_add(&s->open, 1);
    if (pthread_create(&thread, NULL, server_serve, c))
        abort();
    pthread_detach(thread);
}

static void *server_main(void *server)
{
    struct server *s = server;
    struct pollfd p = {.fd = s->listener, .events = POLLIN};
    while (!atomic_load(&s->stopping)) {
        int fd = poll(&p, 1, 20) > 0 ? accept(s->listener, NULL, NULL) : -1;
        if (fd >= 0)
            server_take(s, fd);
    }
    return NULL;
}

struct server *server_start(void)
{
    struct server *s = calloc(1, sizeof *s);
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    if (!s)
        abort();
    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(s->listener, (struct sockaddr *)&at, sizeof at) ||
        listen(s->listener, 512) ||
        getsockname(s->listener, (struct sockaddr *)&at, &len) ||
        pthread_create(&s->thread, NULL, server_main, s))
        abort();
    s->port = ntohs(at.sin_port);
    return s;
}

int server_port(const struct server *s) { return s->port; }

int server_count(const struct server *s) { return atomic_load(&s->count); }

int server_open_count(const struct server *s) { return atomic_load(&s->open); }

void server_stop(struct server *s)
{
    atomic_store(&s->stopping, true);
    pthread_join(s->thread, NULL);
    while (atomic_load(&s->open))
        usleep(1000);
    close(s->listener);
    free(s);
}
