/* run.h: all transfers of a command line, one after another or side by side. */
#ifndef CMD_CURL_RUN_H
#define CMD_CURL_RUN_H

#include "cmd/curl/config.h"

/* Gives curl's exit status. */
int curl_run(struct curl_global *g);

#endif
