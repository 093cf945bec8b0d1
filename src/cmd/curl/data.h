/* data.h: the options that make a request's body of text: -d and its relatives, --json,
 * and --url-query.
 * Must not know: transfers. */
#ifndef CMD_CURL_DATA_H
#define CMD_CURL_DATA_H

#include "cmd/curl/set.h"

curl_set_fn curl_set_data, curl_set_data_binary, curl_set_data_raw,
    curl_set_data_urlencode, curl_set_json, curl_set_url_query;

#endif
