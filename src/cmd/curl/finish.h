/* finish.h: the end of a transfer: messages, another try, what is written of it. */
#ifndef CMD_CURL_FINISH_H
#define CMD_CURL_FINISH_H

#include "cmd/curl/state.h"

/* Reports a transfer that has come to its end. true: it is tried again, later. false: it
 * is over, and t->result is its status. */
bool curl_finish(struct curl_transfer *t);

#endif
