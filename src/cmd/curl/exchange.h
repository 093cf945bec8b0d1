/* exchange.h: the exchange of sys.h that a transfer has under way: its begin and its end.
 */
#ifndef CMD_CURL_EXCHANGE_H
#define CMD_CURL_EXCHANGE_H

#include "cmd/curl/state.h"

/* Makes the next request of t. It may be over at once: the phase tells. */
void curl_exchange_open(struct curl_transfer *t);

/* Writes the lines that have come since the last call, for -v. */
void curl_exchange_log(struct curl_transfer *t);

/* Closes it and keeps what -w will tell of it. */
void curl_exchange_close(struct curl_transfer *t);

/* The same, and the transfer is over. */
void curl_exchange_end(struct curl_transfer *t);

/* The same, with what the exchange says of its failure, unless there is a result. */
void curl_exchange_failed(struct curl_transfer *t);

#endif
