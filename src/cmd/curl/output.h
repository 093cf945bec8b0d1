/* output.h: where an answer goes: a file that is opened with its first byte, or standard
 * output. */
#ifndef CMD_CURL_OUTPUT_H
#define CMD_CURL_OUTPUT_H

#include "cmd/curl/state.h"

/* The file for a transfer: -o (with #1 already replaced) or the last part of the URL;
 * --output-dir and --create-dirs are heeded. false: curl_fail was called. */
bool curl_output_choose(struct curl_transfer *t, const char *name, bool remote_name);

/* The server has named the file (-J): name is taken. */
void curl_output_rename(struct curl_transfer *t, char *name);

/* Adds bytes. false: curl_fail was called. */
bool curl_output_write(struct curl_transfer *t, struct span bytes);

/* Makes the file, where no byte came and there is to be one. false: curl_fail. */
bool curl_output_create(struct curl_transfer *t);

/* Throws away what was written, for a retry. */
void curl_output_restart(struct curl_transfer *t);

void curl_output_close(struct curl_transfer *t);

#endif
