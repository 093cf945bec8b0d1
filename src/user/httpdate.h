/* httpdate.h: moments as HTTP writes them: "Wed, 01 Mar 2023 10:00:00 GMT", and the other
 * forms that are met in cookies and on curl's command line. */
#ifndef USER_HTTPDATE_H
#define USER_HTTPDATE_H

#include <stdbool.h>
#include <stdint.h>

struct buf;

/* Reads a date in any of the forms that HTTP has had, in any order of its parts: names of
 * days and months, day, year, HH:MM:SS, a zone (+0100, GMT, EST), 20230301. Seconds since
 * 1970 (leap seconds are no more). false: it is no date. */
bool httpdate_parse(const char *text, int64_t *seconds);

/* Adds "Wed, 01 Mar 2023 10:00:00 GMT". */
void httpdate_add(struct buf *b, int64_t seconds);

#endif
