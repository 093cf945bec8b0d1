/* source.h: the body of a request, read as it is sent.
 * Must not know: exchanges. */
#ifndef CMD_CURL_SOURCE_H
#define CMD_CURL_SOURCE_H

#include "cmd/curl/state.h"

/* Makes the body that the config and -T ask for. false: curl_fail was called. */
bool curl_source_open(struct curl_transfer *t);

/* Begins again, for another request. false: it cannot. */
bool curl_source_rewind(struct curl_source *s);

/* Fills the block if it is empty. 0; -EAGAIN: nothing is there yet; -errno. s->end is set
 * once all has been read. */
int curl_source_fill(struct curl_source *s);

/* The descriptor to poll before more can be read; -1: none. */
int curl_source_poll_fd(const struct curl_source *s);

static inline bool curl_source_is_done(const struct curl_source *s)
{
    return s->end && s->pos == s->used;
}

void curl_source_close(struct curl_source *s);

#endif
