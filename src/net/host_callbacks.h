/* host_callbacks.h: what libcurl calls while it does a transfer, which is the last
 * argument of each. What they find wrong is noted by transfer_fail. Home thread only.
 * Must not know: how libcurl was told of the request. */
#ifndef NET_HOST_CALLBACKS_H
#define NET_HOST_CALLBACKS_H

#include <stddef.h>

#include "net/host_lib.h"

/* The codings of bodies that are undone: not zstd, whose decoder takes up to 128 MiB for
 * one transfer, uncharged. */
extern const char callback_codings[];

/* The address that is really connected to is judged once more, whatever led to it; and,
 * before the request is sent, also that of a connection which another rule has opened. */
curl_socket_t callback_open_socket(void *transfer, curlsocktype purpose,
                                   struct curl_sockaddr *to);
int callback_check_peer(void *transfer, char *remote, char *local, int remote_port,
                        int local_port);

/* The variable SSLKEYLOGFILE of the host must not have the keys of connections written
 * down: libcurl's callback that does so is taken away again. */
CURLcode callback_keep_keys(CURL *easy, void *ssl_context, void *transfer);

/* Bytes of the answer, of the request's body, lines of the answer's head, of the log. */
size_t callback_take_answer(char *data, size_t size, size_t count, void *transfer);
size_t callback_give_body(char *data, size_t size, size_t count, void *transfer);
size_t callback_take_header(char *line, size_t size, size_t count, void *transfer);
int callback_log(CURL *easy, curl_infotype type, char *data, size_t len, void *transfer);

#endif
