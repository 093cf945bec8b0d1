/* state.h: what a Unix program keeps in static variables of its libraries: one struct for
 * each process, made when first asked for. Private to src/user/. */
#ifndef USER_STATE_H
#define USER_STATE_H

#include "base/buf.h"
#include "user/out.h"

struct cmd;
struct in;

enum { USER_QUOTED = 4 }; // results of quoted() that are valid at once

struct user {
    const struct cmd *entry;           // NULL in a shell
    const char *prefix;                // of messages
    char *prefix_own;                  // prefix, where msg_set_prefix copied it
    void (*prefix_add)(struct buf *b); // msg_set_prefix_by
    struct out out;                    // standard output
    struct buf quoted[USER_QUOTED];
    unsigned quoted_next;
    struct in *answers; // to questions; NULL: none was asked
};

struct user *user_state(void);

#endif
