/* signame.h: names, numbers and descriptions of signals, as bash has them on Linux. */
#ifndef USER_SIGNAME_H
#define USER_SIGNAME_H

#include <stdbool.h>
#include <stddef.h>

enum { SIGNAME_LEN = 16 };

/* "TERM" for 15, "RTMIN+3" for 37, "EXIT" for 0. NULL: there is no such signal (32, 33,
 * 65). */
const char *signame_of(int sig);

/* The number of "TERM", "SIGTERM", "term", "15", "EXIT" or "0"; -1: no such signal. */
int signame_parse(const char *text);

/* The same without numbers: -1 for "15". */
int signame_find(const char *text);

/* "Terminated", "Killed", "Segmentation fault": what bash prints of a child that it
 * ended. */
const char *signame_text(int sig);

struct out;

/* The table of `kill -l` and `trap -l` of bash, in five columns. */
void signame_write_table(struct out *o);

#endif
