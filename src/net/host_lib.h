/* host_lib.h: libcurl and c-ares, loaded when a policy first allows something.
 *
 * Linking them would cost each start of a program several milliseconds; and a statically
 * linked tool holds no loader: only lib_load, which it does not call, needs one. */
#ifndef NET_HOST_LIB_H
#define NET_HOST_LIB_H

#include <ares.h>
#include <curl/curl.h>
#include <openssl/ssl.h>

struct lib {
#define LIB_CURL(name) __typeof__(curl_##name) *name;
#define LIB_ARES(name) __typeof__(ares_##name) *ares_##name;
#define LIB_SSL(name) __typeof__(SSL_##name) *ssl_##name;
#include "net/host_lib.def"
#undef LIB_CURL
#undef LIB_ARES
#undef LIB_SSL
};

#endif
