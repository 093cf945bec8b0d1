/* regex.h: regular expressions: POSIX basic and extended with GNU's additions, in bytes
 * or UTF-8.
 *
 * The match is the leftmost one, and of those the longest. Groups are what glibc's
 * regexec gives (GNU sed and bash are the oracle): of the ways through the expression
 * that make up that match, the one that prefers the left alternative and one more
 * repetition at each choice. Time is linear in the text for a given expression, but for
 * back-references, which are searched under a budget of steps. Text and pattern may hold
 * NUL and invalid UTF-8; an invalid byte is matched by nothing but the same byte in the
 * pattern. A struct regex holds caches that a search fills: one search at a time, by its
 * owner.
 * Must not know: where memory comes from, who waits (both are given), files, the shell.
 *
 *     struct regex *re;
 *     struct regex_options o = {.alloc = sys_heap(), .tick = sys_ticks,
 *                               .syntax = REGEX_EXTENDED, .flags = REGEX_UTF8};
 *     enum regex_error err = regex_compile(&re, &o, pattern);
 *     if (err)
 *         return msg("%s", regex_error_text(err));
 *     struct regex_span m[10];
 *     if (regex_search(re, text, 0, 0, m, 10) > 0)
 *         ... text.ptr + m[0].start, m[0].end - m[0].start; m[1] is the first group
 * ... */
#ifndef REGEX_REGEX_H
#define REGEX_REGEX_H

#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/base.h"
#include "base/str.h"

struct regex;

/* Whose syntax: they differ in what a * or { in an odd place means. */
enum regex_syntax {
    REGEX_BASIC,    // POSIX basic, as regcomp() and sed: \( \) \{ \}, and GNU's \+ \? \|
    REGEX_EXTENDED, // POSIX extended, as regcomp(): bash =~, sed -E, find -regextype
                    // posix-extended
    REGEX_GREP,     // grep -G
    REGEX_EGREP,    // grep -E: an invalid interval stands for itself, * at a start for
                    // nothing
    REGEX_AWK,   // extended; backslashes work in brackets, \/ \" \NNN are escapes, no \1
    REGEX_EMACS, // find -regex: + and ? are operators, \( \) \|, no intervals
    REGEX_LITERAL, // no syntax: the pattern is a string (grep -F)
};

enum regex_flag {
    REGEX_ICASE = 1,
    REGEX_UTF8 = 2, // characters are UTF-8; else every byte is one
    // ^ and $ match at newlines too, . and [^x] match none (REG_NEWLINE; sed's M)
    REGEX_NEWLINE = 4,
    REGEX_WORD = 16,  // what is before and after the match is no word character (grep -w)
    REGEX_WHOLE = 32, // the match is the whole text or line (grep -x)
    REGEX_PLAIN = 64, // without GNU's additions: \+ \? \| \w \b ... (--posix)
    // an unmatched ) of REGEX_EXTENDED is ordinary, as in regcomp()
    REGEX_CLOSE_ORDINARY = 128,
    // [:space:] outside of brackets is REGEX_ECLASS, as in sed and grep
    REGEX_CHECK_CLASS = 256,
    // . and [^x] match no newline; ^ and $ are as they are (sed -z with M)
    REGEX_NO_NEWLINE = 512,
};

/* Errors of an expression; 0 is none. Values below 0 are -errno. */
enum regex_error {
    REGEX_OK,
    REGEX_ECOLLATE, // Invalid collation character
    REGEX_ECTYPE,   // Invalid character class name
    REGEX_EESCAPE,  // Trailing backslash
    REGEX_ESUBREG,  // Invalid back reference
    REGEX_EBRACK,   // Unmatched [, [^, [:, [., or [=
    REGEX_EPAREN,   // Unmatched ( or \(
    REGEX_EBRACE,   // Unmatched \{
    REGEX_EBADBR,   // Invalid content of \{\}
    REGEX_ERANGE,   // Invalid range end
    REGEX_EBADRPT,  // Invalid preceding regular expression
    REGEX_ESIZE,    // Regular expression too big
    REGEX_ERPAREN,  // Unmatched ) or \)
    REGEX_ECLASS,   // character class syntax is [[:space:]], not [:space:]
    REGEX_EBADPAT,  // Invalid regular expression: a [ that ends it
    REGEX_ESPACE,   // Memory exhausted: the allocator gave NULL
};

/* What GNU's programs print for an error. */
const char *regex_error_text(enum regex_error err);

/* Called for what grep -E warns of and accepts ("* at start of expression"), with the
 * text. */
typedef void regex_warn_fn(void *ctx, const char *text);

struct regex_options {
    const struct alloc *alloc;    // of everything, until regex_free
    void (*tick)(unsigned count); // called at times with the work done since; may be
                                  // NULL; may not return
    enum regex_syntax syntax;
    unsigned flags;      // of enum regex_flag
    char eol;            // the line end of regex_search_lines ('\n', or NUL for grep -z)
    bool lines;          // regex_search_lines will be called (and text never holds eol)
    uint64_t steps;      // budget of a text with back-references; 0: the default
    regex_warn_fn *warn; // of "* at start of expression"; may be NULL
    void *warn_ctx;
    size_t *bad; // gets the number of the pattern with an error, from 0; may be NULL
};

/* Compiles pattern into *re. On an error *re is untouched. */
MUST_CHECK enum regex_error regex_compile(struct regex **re,
                                          const struct regex_options *o,
                                          struct span pattern);

/* The same for the union of several patterns, each with groups and back-references of its
 * own (grep -e A -e B). No pattern at all matches nothing. */
MUST_CHECK enum regex_error regex_compile_list(struct regex **re,
                                               const struct regex_options *o,
                                               const struct span *patterns, size_t count);

void regex_free(struct regex *re); // re may be NULL

/* The number of groups; of a list, the most that one pattern has. */
size_t regex_groups(const struct regex *re);
bool regex_has_backref(const struct regex *re);

/* Bytes start to end of the text; start is REGEX_NONE for a group that took no part. */
struct regex_span {
    size_t start, end;
};
#define REGEX_NONE SIZE_MAX

enum regex_search_flag {
    REGEX_NOTBOL = 1, // the text's begin is no begin of a line
    REGEX_NOTEOL = 2,
    // only a match that begins at `from` (expr, awk, pattern-like uses)
    REGEX_ANCHORED = 4,
};

/* Searches text, which is one subject (^ matches at its begin), for a match that begins
 * at `from` or later; what is before `from` only counts for ^ \b \< and the like. from <=
 * text.len. spans: gets the match and the groups, count of them (0: it only matters
 * whether there is one, which is faster; 1 is faster than more). Returns 1; 0: none;
 * -ENOMEM; -E2BIG: the budget of the text is used up, which begins with the
 * search from 0. */
MUST_CHECK int regex_search(struct regex *re, struct span text, size_t from,
                            unsigned flags, struct regex_span *spans, size_t count);

/* Finds the first line in block, from `from` on (the begin of a line), in which there is
 * a match: *line gets its start and its end without the eol byte. The last line may lack
 * its eol. Searches many lines at once. Results as regex_search. Needs options.lines. */
MUST_CHECK int regex_search_lines(struct regex *re, struct span block, size_t from,
                                  struct regex_span *line);

#endif
