/* answer.h: what a server answers: headers and body, as they come. */
#ifndef CMD_CURL_ANSWER_H
#define CMD_CURL_ANSWER_H

#include "cmd/curl/state.h"

/* Takes the header lines that are there, and shows them. */
void curl_answer_take_headers(struct curl_transfer *t);

/* The headers are complete: decides what becomes of the body. */
void curl_answer_begin(struct curl_transfer *t);

/* Takes what there is of the body; at its end a redirect is followed, or the transfer is
 * over. */
void curl_answer_read(struct curl_transfer *t);

#endif
