/* transfer.h: the steps of a transfer, driven from outside, so that any number of them
 * can go on at once. */
#ifndef CMD_CURL_TRANSFER_H
#define CMD_CURL_TRANSFER_H

#include "cmd/curl/state.h"

/* Makes the first request, or fails: the phase tells. */
void curl_transfer_start(struct curl_transfer *t, const char *out, bool remote_name);

/* Does what can be done without waiting for the network. */
void curl_transfer_step(struct curl_transfer *t);

/* What is waited for: up to two descriptors, and a moment (INT64_MAX: none). Gives the
 * number of entries filled. */
enum { CURL_TRANSFER_POLLS = 2 };
size_t curl_transfer_waits(const struct curl_transfer *t, struct sys_pollfd *fds,
                           int64_t *until_ns);

/* After CURL_PHASE_DONE: makes ready for another try. */
void curl_transfer_again(struct curl_transfer *t, int64_t wake_ns);

/* Frees all but the struct. */
void curl_transfer_fini(struct curl_transfer *t);

#endif
