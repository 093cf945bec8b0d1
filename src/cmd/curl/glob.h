/* glob.h: URLs with [1-9] [a-z:2] {a,b} in them, and #1 in names of files.
 *
 * A pattern is a row of literal texts and of sets; its URLs come one after another, the
 * last set changing fastest. Nothing is made in advance.
 * Must not know: configs, transfers. */
#ifndef CMD_CURL_GLOB_H
#define CMD_CURL_GLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/vec.h"

enum curl_glob_kind {
    CURL_GLOB_TEXT,
    CURL_GLOB_LIST,
    CURL_GLOB_LETTERS,
    CURL_GLOB_NUMBERS
};

enum { CURL_GLOB_SETS = 100 };

struct curl_glob_part {
    enum curl_glob_kind kind;
    struct strlist items;      // of TEXT and LIST
    int64_t first, last, step; // of LETTERS and NUMBERS
    int width;                 // of numbers, with zeros in front
    int64_t at;                // the item or number of the current URL
};

struct curl_glob {
    struct curl_glob_part *parts;
    size_t count;
    const char *error; // why curl_glob_open failed
    size_t error_at;   // where, as a position from 1; 0: nowhere in particular
    bool began;
};

/* Reads a pattern; plain: text is one URL as it stands. false: error and error_at say why
 * (curl's exit status is 3). */
bool curl_glob_open(struct curl_glob *g, const char *text, bool plain);
void curl_glob_close(struct curl_glob *g);

/* The next URL, as a heap block; NULL: there are no more. */
char *curl_glob_next(struct curl_glob *g);

/* Whether there is more than one URL. */
bool curl_glob_is_many(const struct curl_glob *g);

/* A file name with #1 and so on replaced by what stands in the current URL; a heap
 * block. */
char *curl_glob_name(const struct curl_glob *g, const char *text);

#endif
