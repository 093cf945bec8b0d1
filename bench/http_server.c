/* http_server.c: the server that downloads are timed against: GET /N gives N bytes, over
 * connections that stay open. One thread; it costs less than any client.
 *
 * Prints its port, and serves until its standard input ends. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_MAX = 4096, BODY_BLOCK = 1 << 20, BACKLOG = 1024, EVENTS = 64 };

struct client {
    int fd;
    size_t used;   // of request
    uint64_t left; // bytes of the body that are still to be sent
    char request[REQUEST_MAX + 1];
};

static char body[BODY_BLOCK];

/* Watches fd for input, or for room. */
static void server_watch(int loop, int operation, int fd, void *ptr, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = ptr};
    if (epoll_ctl(loop, operation, fd, &event))
        perror("epoll_ctl");
}

static void server_close(struct client *c)
{
    close(c->fd);
    free(c);
}

/* Sends what there is room for. false: the client is gone. */
static int server_send(int loop, struct client *c)
{
    while (c->left) {
        size_t len = c->left < BODY_BLOCK ? (size_t)c->left : BODY_BLOCK;
        ssize_t n = send(c->fd, body, len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            server_watch(loop, EPOLL_CTL_MOD, c->fd, c, EPOLLOUT);
            return 1;
        }
        if (n < 0)
            return 0;
        c->left -= (uint64_t)n;
    }
    return 1;
}

/* Answers the request that has come: head and, if it fits, body in one piece. */
static int server_answer(int loop, struct client *c)
{
    c->left = strtoull(c->request + strlen("GET /"), NULL, 10);
    char text[REQUEST_MAX];
    int len = snprintf(text, sizeof text,
                       "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
                       "Content-Length: %llu\r\n\r\n",
                       (unsigned long long)c->left);
    if (c->left <= sizeof text - (size_t)len) {
        memcpy(text + len, body, c->left);
        len += (int)c->left;
        c->left = 0;
    }
    c->used = 0;
    return send(c->fd, text, (size_t)len, MSG_NOSIGNAL) == len && server_send(loop, c);
}

static int server_read(int loop, struct client *c)
{
    ssize_t n = recv(c->fd, c->request + c->used, REQUEST_MAX - c->used, MSG_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN;
    if (n == 0)
        return 0;
    c->used += (size_t)n;
    c->request[c->used] = '\0';
    return !strstr(c->request, "\r\n\r\n") || server_answer(loop, c);
}

static void server_accept(int loop, int listener)
{
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
        return;
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct client *c = calloc(1, sizeof *c);
    if (!c) {
        close(fd);
        return;
    }
    c->fd = fd;
    server_watch(loop, EPOLL_CTL_ADD, fd, c, EPOLLIN);
}

static void server_serve(int loop, struct client *c, uint32_t events)
{
    int alive = 1;
    if (events & EPOLLOUT) {
        alive = server_send(loop, c);
        if (alive && !c->left)
            server_watch(loop, EPOLL_CTL_MOD, c->fd, c, EPOLLIN);
    } else {
        alive = server_read(loop, c);
    }
    if (!alive)
        server_close(c);
}

static int server_listen(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) || listen(fd, BACKLOG) ||
        getsockname(fd, (struct sockaddr *)&address, &len)) {
        perror("http-server");
        exit(1);
    }
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

int main(void)
{
    memset(body, 'x', sizeof body);
    int loop = epoll_create1(0), listener = server_listen();
    static char at_listener, at_input;
    server_watch(loop, EPOLL_CTL_ADD, listener, &at_listener, EPOLLIN);
    server_watch(loop, EPOLL_CTL_ADD, 0, &at_input, EPOLLIN);
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(loop, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == &at_input)
                return 0;
            if (events[i].data.ptr == &at_listener)
                server_accept(loop, listener);
            else
                server_serve(loop, events[i].data.ptr, events[i].events);
        }
    }
}
