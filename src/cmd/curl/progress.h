/* progress.h: the meter on standard error that tells how far a transfer is.
 * Must not know: what the transfer does. */
#ifndef CMD_CURL_PROGRESS_H
#define CMD_CURL_PROGRESS_H

#include "cmd/curl/state.h"

struct curl_progress {
    bool on, bar;
    bool began;       // the head is written
    int64_t shown_ns; // when the last line was written
};

/* Whether there is a meter for the transfer; writes its head. */
void curl_progress_begin(struct curl_progress *p, const struct curl_transfer *t);

/* Writes a line if the last one is a second old. */
void curl_progress_update(struct curl_progress *p, const struct curl_transfer *t);

/* Writes the last line. */
void curl_progress_end(struct curl_progress *p, const struct curl_transfer *t);

#endif
