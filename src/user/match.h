/* match.h: file name patterns for commands, as fnmatch() has them: * ? [a-z] [!a]
 * [[:alpha:]] \x. (The shell's own patterns, with variables and extglob in them, are in
 * shell/.) */
#ifndef USER_MATCH_H
#define USER_MATCH_H

#include <stdbool.h>

enum {
    MATCH_PERIOD = 1,    // a period at the beginning must be matched by a period
    MATCH_PATH = 2,      // a slash must be matched by a slash (FNM_PATHNAME)
    MATCH_FOLD = 4,      // upper and lower case are the same
    MATCH_NO_ESCAPE = 8, // a backslash is an ordinary character
};

/* Whether all of text matches. Characters are those of UTF-8, invalid bytes each one.
 * Time is at most proportional to the product of the lengths. */
bool match_pattern(const char *pattern, const char *text, unsigned flags);

#endif
