/* host_transfer.h: one exchange as an easy handle of libcurl. Home thread only.
 * Must not know: the multi handle, names. */
#ifndef NET_HOST_TRANSFER_H
#define NET_HOST_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/list.h"
#include "net/address.h"
#include "net/host_lib.h"

struct ask;
struct exchange;
struct resolver_query;
struct net;

/* CHARGE: bytes that the sandbox is charged for a transfer and its connection, since
 * libcurl and OpenSSL have their own heap: a buffer of 100 KiB, handles, 50 KiB of TLS.
 */
enum { TRANSFER_ADDRESSES = 16, TRANSFER_CHARGE = 196608 };

struct transfer {
    const struct net *net;
    const struct lib *lib;
    struct exchange *x;
    struct list link;             // in the engine's list of transfers
    struct list full_link;        // in `full` while more waits to be read than should
    struct list *full;            // the engine's list of those
    struct resolver_query *query; // NULL: none
    struct ask *ask;              // what the embedder is asked; NULL: nothing
    CURL *easy;                   // NULL: names are still being looked up
    bool added;                   // to the multi handle
    bool is_paused;               // receiving
    struct curl_slist *headers, *resolve;
    struct address addresses[TRANSFER_ADDRESSES]; // that may be connected to
    unsigned address_count;
    uint64_t find_ns; // when its host was begun to be looked for; 0: not yet
    int64_t name_ns;
    int certs; // of the server that the exchange was told of
    int error; // what the callbacks found wrong, 0: nothing
    char message[256];
    char curl_message[CURL_ERROR_SIZE];
};

/* NULL: no memory. */
struct transfer *transfer_new(const struct net *net, struct exchange *x,
                              struct list *full);
void transfer_free(struct transfer *t);

/* Notes what a callback found wrong, in curl's terms, or as an error of exchange_put_*.
 * The first one counts. */
void transfer_fail(struct transfer *t, int error, const char *format, ...)
    PRINTF_LIKE(3, 4);
void transfer_fail_errno(struct transfer *t, int err);

/* Keeps those of count addresses that policy and the request allow. 0, or the exchange
 * was finished with the reason. */
MUST_CHECK int transfer_set_addresses(struct transfer *t, const struct address *addresses,
                                      unsigned count);

/* The addresses, separated by commas or spaces, that the embedder has given; gives how
 * many. */
unsigned transfer_read_addresses(const struct ask *ask,
                                 struct address found[TRANSFER_ADDRESSES]);

/* The exchange is refused, or gets the embedder's answer, and is over. */
int transfer_refuse(struct transfer *t, const char *host, const char *why);
void transfer_answer(struct transfer *t, const struct ask *ask);

/* When it ends if libcurl does not have it by then: the time to connect, which the
 * program sets, has the look-up in it; limit net-time has all. UINT64_MAX: never. */
uint64_t transfer_deadline(const struct transfer *t);

/* The exchange fails, since that moment has come. */
void transfer_expire(struct transfer *t);

/* What is left of limit net-time (0: there is none) and of the time to connect, in
 * milliseconds; at least one. */
long transfer_left_ms(const struct transfer *t);
long transfer_connect_ms(const struct transfer *t);

/* Makes the easy handle (host_request.c). -ENOMEM. */
MUST_CHECK int transfer_prepare(struct transfer *t);

/* The exchange has room again, or something to send. */
void transfer_resume(struct transfer *t, bool in, bool out);

/* Pauses it if the exchange is full. */
void transfer_pause(struct transfer *t);

/* Tells the exchange what is known now. */
void transfer_note(struct transfer *t);

/* It is over. */
void transfer_finish(struct transfer *t, CURLcode result);

#endif
