/* history.h: the history list: counted, shared copy-on-write with clones. A script adds
 * to it only by history -s and -r. */
#ifndef SHELL_BUILTINS_HISTORY_H
#define SHELL_BUILTINS_HISTORY_H

struct history;

struct history *history_get(struct history *h); // NULL: NULL
void history_put(struct history *h);            // NULL: nothing; sys_share_free only

#endif
