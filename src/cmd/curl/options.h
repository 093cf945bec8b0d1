/* options.h: curl's command line and its config files, read into configs.
 * Must not know: transfers. */
#ifndef CMD_CURL_OPTIONS_H
#define CMD_CURL_OPTIONS_H

#include "cmd/curl/config.h"

/* Reads the default config file and argv. 0, or the exit status after a message. --help
 * and --version are answered here: the process then ends. */
int curl_options_read(struct curl_global *g, int argc, char **argv);

#endif
