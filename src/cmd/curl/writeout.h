/* writeout.h: -w: what is told of a transfer at its end. */
#ifndef CMD_CURL_WRITEOUT_H
#define CMD_CURL_WRITEOUT_H

#include "cmd/curl/state.h"

/* Writes the format of -w with its variables filled in, if there is one. total_ns: the
 * time of all of the transfer. */
void curl_writeout(const struct curl_transfer *t, int64_t total_ns);

/* Whether the format shows the server's certificates, or may: it is in a file. */
bool curl_writeout_wants_certs(const struct curl_config *c);

#endif
