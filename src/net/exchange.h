/* exchange.h: one request and its response, between a program that holds its descriptor
 * and the driver that does it.
 *
 * The program writes the request's body and reads the response's; both queues are
 * bounded: the driver pauses the transfer while EXCHANGE_HIGH bytes wait to be read, the
 * program sleeps while as many wait to be sent. The driver is told (nudge) when the
 * program did something that it may wait for. Either side may end first: a closed
 * exchange takes no more bytes, a finished one keeps what is to be read.
 * Invariant: `active`, the exchange counts as one that may wake a process (kernel.h),
 * from its start until it is finished, closed, or can go on only when the program acts
 * (its answer waits to be read, or its body is to be shown to a hook).
 * Must not know: how requests are done, policy. */
#ifndef NET_EXCHANGE_H
#define NET_EXCHANGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/list.h"
#include "kernel/lock.h"
#include "kernel/waitq.h"
#include "net/ring.h"
#include "net/url.h"
#include "sys.h"

struct file;
struct kernel;
struct policy_rule;

enum {
    EXCHANGE_HIGH = 262144,
    EXCHANGE_LOW = 65536,
    EXCHANGE_LOG_MAX = 262144,
    EXCHANGE_CERTS_MAX = 262144,
    EXCHANGE_HELD_MAX = 16 << 20
}; // bytes

struct exchange {
    // const once started
    struct kernel *kernel;
    struct url url;
    struct buf method;
    struct buf headers; // lines of the program, each with its NUL
    int64_t body_len;   // -1: unknown
    unsigned flags;     // SYS_HTTP_*
    int64_t connect_timeout_ns;
    uint64_t start_ns;
    const struct policy_rule *rule; // NULL: refused
    bool held;                      // the whole body is awaited before anything is done
    void (*nudge)(struct exchange *x); // called without locks, on any thread

    atomic_uint refs; // the file's and the driver's

    // the driver's own
    struct list inbox; // guarded by the driver's lock, as the next
    bool attached;     // it is the driver's: may be in its inbox
    bool taken;        // the driver has begun
    void *work;

    struct lock lock; // rank LOCK_STREAM; guards the rest
    struct waitq can_read, can_write;
    struct ring in, out;
    int64_t out_total;       // bytes written by the program
    bool out_ended;          // no more will be
    bool closed;             // the descriptor is gone
    bool active;             // see above
    bool paused_in;          // the driver waits until there is room in `in`
    bool paused_out;         // the driver waits until there is something in `out`
    struct buf headers_read; // of the response, what was not taken yet
    uint64_t header_total;
    struct buf log;
    struct buf certs; // what is told of the server's, each with its NUL
    struct sys_http_info info;
};

/* Makes an exchange with an open file that belongs to it. -EMFILE -ENOMEM. */
MUST_CHECK int exchange_new(struct kernel *k, struct exchange **x, struct file **file);
void exchange_put(struct exchange *x);

/* The exchange of an open file; NULL: it is another kind. */
struct exchange *exchange_of(struct file *f);

/* ---- The program's side: own fiber ------------------------------------------------ */

/* Waits until the response's headers are there, or it is over. -EINTR. May block. */
MUST_CHECK int exchange_wait(struct exchange *x);
void exchange_end_body(struct exchange *x);

/* Under the lock: what the program has done lets the driver go on, so it may wake a
 * process from now on. */
void exchange_goes_on_locked(struct exchange *x);

/* ---- The driver's side: any thread, no lock held ---------------------------------- */

/* The driver takes it up: it has a count, and the kernel may not go before
 * exchange_detach, which gives both back. */
void exchange_attach(struct exchange *x);
void exchange_detach(struct exchange *x);

/* Adds to the response's body, to its headers, to the log. -ENOMEM; -EPIPE: closed;
 * -EDQUOT: limit net-bytes; -EMSGSIZE: limit net-headers. Give whether the transfer
 * should pause in *full. */
MUST_CHECK int exchange_put_body(struct exchange *x, const void *data, size_t len,
                                 bool *full);
MUST_CHECK int exchange_put_header(struct exchange *x, const void *line, size_t len);
void exchange_put_log(struct exchange *x, const char *mark, struct span line);

/* Tells of the server's certificates; what is beyond EXCHANGE_CERTS_MAX is dropped. */
void exchange_put_cert(struct exchange *x, const char *text);

/* Takes bytes of the request's body. 0: none now, the program will nudge; -ENODATA: it
 * is at its end; -EDQUOT: limit net-bytes. */
MUST_CHECK int64_t exchange_take_body(struct exchange *x, void *data, size_t len);

/* Tells what is known of the transfer: all of info but error, message, total_ns,
 * headers_done and done. */
void exchange_note(struct exchange *x, const struct sys_http_info *info);
void exchange_headers_done(struct exchange *x);

/* Tells that its host's addresses are known, after so long. */
void exchange_named(struct exchange *x, int64_t name_ns);

/* The transfer is paused until the program has read; false: it has. */
bool exchange_pause(struct exchange *x);

/* What the driver should look at. */
struct exchange_wants {
    bool closed, over, resume_in, resume_out; // over: closed or finished
    bool begin; // nothing is awaited from the program before the start
};
struct exchange_wants exchange_look(struct exchange *x);

/* It is over: with an error (0: none) and its message. The first one counts. */
void exchange_finish(struct exchange *x, int error, const char *format, ...)
    PRINTF_LIKE(3, 4);

#endif
