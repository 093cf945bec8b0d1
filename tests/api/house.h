/* house.h: the servers of tests/net (HTTP, TLS with good and bad certificates, DNS) as a
 * child process. The tests run in the folder of the project.
 * Must not know: shoal. */
#ifndef TESTS_API_HOUSE_H
#define TESTS_API_HOUSE_H

#include <sys/types.h>

struct house {
    int http, other, tls, elsewhere, stranger, http2, expired, early, dns; // ports
    char ca[200]; // the path of the authority
    char folder[100];
    pid_t pid;
    int stop; // closing it ends the servers
};

void house_start(struct house *h); // aborts if it cannot
void house_stop(struct house *h);

#endif
