/* sort.h: what the parts of sort share: its settings, keys, and lines. */
#ifndef CMD_SORT_SORT_H
#define CMD_SORT_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* How text is compared. */
enum sort_kind {
    SORT_TEXT,
    SORT_NUMERIC, // -n
    SORT_GENERAL, // -g
    SORT_HUMAN,   // -h
    SORT_MONTH,   // -M
    SORT_RANDOM,  // -R
    SORT_VERSION, // -V
};

struct sort_how {
    bool numeric, general, human, month, random, version; // as given, to see conflicts
    bool dictionary, fold, printable, reverse;
    bool skip_start, skip_end; // -b
};

/* A key: from start_field.start_char to end_field.end_char, from 0 on; an end_char of 0
 * is the end of end_field. */
struct sort_key {
    size_t start_field, start_char;
    bool has_end;
    size_t end_field, end_char;
    struct sort_how how;
    enum sort_kind kind;
};

struct sort {
    struct sort_key *keys;
    size_t key_count;
    struct sort_how global;
    int tab; // -1: fields are separated by the change from blank to other
    char delimiter;
    bool unique, stable;
    uint64_t salt;      // of -R
    const char *output; // NULL: standard output
};

struct sort_line {
    struct span text; // without delimiter
    struct span key;  // the first key
};

/* What is sorted: order says all it can about the first key, so that most comparisons
 * need not look at the line. */
struct sort_item {
    uint64_t order;
    const struct sort_line *line;
};

/* ---- sort_key.c ------------------------------------------------------------------- */

/* Finds the first key of the line. */
void sort_find_first_key(const struct sort *s, struct sort_line *line);

/* An approximation of the first key: lines with a lower order come first, and of those
 * with equal order nothing is known. */
uint64_t sort_find_order(const struct sort *s, const struct sort_line *line);

/* Compares by all keys, and by the whole line unless -s or -u. */
int sort_compare_lines(const struct sort *s, const struct sort_line *a,
                       const struct sort_line *b);

/* The same without the whole line as a last resort: 0 means equal to -u and -c. */
int sort_compare_keys(const struct sort *s, const struct sort_line *a,
                      const struct sort_line *b);

/* ---- sort_run.c: each gives the exit status --------------------------------------- */

int sort_files(const struct sort *s, char **names);
int sort_merge(const struct sort *s, char **names);
int sort_check(const struct sort *s, const char *name, bool quiet);

#endif
