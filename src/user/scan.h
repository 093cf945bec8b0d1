/* scan.h: counting and searching in blocks of bytes, many at once. */
#ifndef USER_SCAN_H
#define USER_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* How often the byte c occurs. */
size_t scan_count(struct span s, char c);

/* The index after the count-th c; s.len if there are fewer. *found (may be NULL): how
 * many. */
size_t scan_skip(struct span s, char c, uint64_t count, uint64_t *found);

/* The index after the count-th c counted from the end; 0 if there are fewer. *found as
 * above. */
size_t scan_skip_back(struct span s, char c, uint64_t count, uint64_t *found);

/* Words (runs of printable bytes between white space) in ASCII text. *in_word: whether
 * the byte before was in one; set to that of the last byte. Gives how many bytes were
 * looked at: it stops before a byte above 127. */
size_t scan_words(struct span s, uint64_t *words, bool *in_word);

#endif
