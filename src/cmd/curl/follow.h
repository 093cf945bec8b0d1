/* follow.h: redirects: where they lead, and what changes on the way. */
#ifndef CMD_CURL_FOLLOW_H
#define CMD_CURL_FOLLOW_H

#include "cmd/curl/state.h"

/* Whether the answer is a redirect; notes where to in t->redirect. */
bool curl_follow_is_redirect(struct curl_transfer *t);

/* Makes the target of the redirect the next request. false: curl_fail was called. */
bool curl_follow(struct curl_transfer *t);

#endif
