/* human.h: sizes for people: 1.5K, 23M, and block counts, as ls -h, du, df print them. */
#ifndef USER_HUMAN_H
#define USER_HUMAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HUMAN_LEN = 32 };

/* Writes bytes as "4.0K" (powers of 1024, rounded up), or with `si` as "4.1k" (of
 * 1000). */
size_t human_size(char dst[HUMAN_LEN], uint64_t bytes, bool si);

/* How sizes are to be shown: --block-size and its relatives. */
struct human_how {
    bool human, si; // as human_size
    uint64_t block; // else in units of so many bytes, rounded up
    char suffix[4]; // after the number: "K", "kB", "M" of --block-size=K
    bool grouped;   // --block-size="'1"
};

/* Reads SIZE of --block-size: human-readable, si, K, 1K, MB, 512. 0; -EINVAL; -ERANGE. */
int human_parse_block(const char *text, struct human_how *how);

size_t human_blocks(char dst[HUMAN_LEN], uint64_t bytes, const struct human_how *how);

#endif
