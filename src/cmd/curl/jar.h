/* jar.h: the cookies of a command line: -b FILE and -c FILE. */
#ifndef CMD_CURL_JAR_H
#define CMD_CURL_JAR_H

#include "cmd/curl/config.h"

/* Gives the configs that use cookies their jar, with what their files hold. */
void curl_jar_open(struct curl_global *g);

/* Writes the jar of a config to its file, if there is one. */
void curl_jar_save(struct curl_global *g, const struct curl_config *c);

#endif
