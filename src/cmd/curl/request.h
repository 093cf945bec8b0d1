/* request.h: the request that a transfer makes next. */
#ifndef CMD_CURL_REQUEST_H
#define CMD_CURL_REQUEST_H

#include "cmd/curl/state.h"

/* How the config has its requests sent: body, method. false: it asks for two ways, which
 * is said. */
bool curl_request_choose(struct curl_transfer *t);

/* Opens the exchange for t->url. false: curl_fail was called. */
bool curl_request_open(struct curl_transfer *t);

/* Reads the URL given, with what --url-query and -G add. false: curl_fail was called. */
bool curl_request_read_url(struct curl_transfer *t);

/* Whether curl may fetch the URL at all. false: curl_fail was called. */
bool curl_request_check_scheme(struct curl_transfer *t, bool redirect);

#endif
