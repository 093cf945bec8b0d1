/* grep.h: what the parts of grep share: its settings, the patterns, and the file that is
 * being searched. */
#ifndef CMD_GREP_GREP_H
#define CMD_GREP_GREP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/vec.h"
#include "regex/regex.h"
#include "sys.h"
#include "user/pattern.h"

enum grep_matcher { GREP_BASIC, GREP_EXTENDED, GREP_FIXED, GREP_PERL };
enum grep_binary { GREP_BINARY, GREP_TEXT, GREP_WITHOUT_MATCH };
enum grep_folders { GREP_READ, GREP_RECURSE, GREP_SKIP };
enum grep_list { GREP_LIST_NONE, GREP_LIST_MATCHING, GREP_LIST_OTHERS };

/* Colours as the digits of SGR sequences. */
struct grep_colors {
    bool on;
    bool reverse;  // rv: with -v, sl and cx change places
    bool no_erase; // ne
    struct span selected_match, context_match, selected_line, context_line;
    struct span file, line, byte, separator;
};

/* --include, --exclude, --exclude-dir, in their order. */
struct grep_glob {
    const char *pattern;
    bool include, folder;
};

struct grep {
    // patterns
    enum grep_matcher matcher;
    bool has_matcher, icase, words, whole, utf8;
    struct buf patterns;      // each with a newline after it
    struct vec pattern_files; // struct grep_pattern_file *
    bool has_patterns;
    struct pattern pattern;
    struct perlre *perl;  // of -P; NULL: nothing matches
    const char *searched; // the name of the file that is being searched

    // what is selected
    bool invert;
    int64_t max; // lines of a file; INT64_MAX: all
    char eol;
    enum grep_binary binary;
    bool binary_given;

    // what is shown
    bool count, only, quiet, no_messages, line_buffered, align;
    enum grep_list list;
    int with_name; // 1, 0; -1: where there are several files
    bool show_name, show_line, show_byte, null_name;
    int64_t before, after;               // -1: no context
    const char *label, *group_separator; // NULL: none
    struct grep_colors colors;

    // files
    enum grep_folders folders;
    bool dereference, skip_devices, read_devices;
    struct grep_glob *globs;
    size_t glob_count, glob_cap;
    struct sys_stat out;
    bool out_is_file, out_is_null;

    // results
    bool any_selected, any_error,
        any_shown; // any_shown: a line was output: gaps are marked from now on
};

/* A file that is being searched. buf[0] is at `base` of the file. */
struct grep_file {
    struct grep *g;
    const char *name; // as shown
    int fd;
    bool is_stdin;
    int width; // of numbers, for -T

    char *buf;
    size_t len, cap;
    uint64_t base;
    size_t done;     // lines before it have been looked at
    size_t shown;    // lines before it have been output (or cannot be any more)
    bool begun;      // a line was output
    int64_t pending; // lines of context that are still to be output

    size_t counted; // ends of lines before it are in line_count
    uint64_t line_count;
    int64_t selected;
    size_t after_last; // behind the last selected line
    bool silent;       // lines are not output (any more)
    bool first_only;   // the first selected line decides
    bool stop;
    bool null_seen;   // it is binary
    size_t bad_lines; // that were not output, being no valid UTF-8
    int64_t selected_at_null;
};

/* ---- grep_match.c ----------------------------------------------------------------- */

/* Adds patterns separated by newlines, given by -e or as the operand (file NULL) or read
 * from a file. */
void grep_add_patterns(struct grep *g, struct span text, const char *file);

/* Makes g->pattern of the patterns. 0, or 2 after a message. */
MUST_CHECK int grep_compile(struct grep *g);

/* The first line from `from` on that matches. false: none. Ends the process with a
 * message when a limit is reached. */
bool grep_find_line(struct grep *g, struct span block, size_t from,
                    struct regex_span *line);

/* The first match at `at` or later in one line. */
bool grep_find_match(struct grep *g, struct span line, size_t at,
                     struct regex_span *match);

/* ---- grep_color.c ----------------------------------------------------------------- */

/* Turns colours on, as GREP_COLORS (and the older GREP_COLOR) have them. */
void grep_set_colors(struct grep_colors *c);
void grep_start_color(const struct grep_colors *c, struct span color);
void grep_end_color(const struct grep_colors *c, struct span color);

/* ---- grep_print.c: lines; begin and end are places in f->buf, end behind the eol ---- */

void grep_print_selected(struct grep_file *f, size_t begin, size_t end);

/* Outputs the context that is due, from lines before limit. */
void grep_print_pending(struct grep_file *f, size_t limit);
void grep_print_name(const struct grep_file *f, char separator);
void grep_print_summary(struct grep_file *f); // -c, -l, -L, binary

/* ---- grep_search.c ---------------------------------------------------------------- */

/* Searches an open file. */
void grep_search(struct grep *g, const char *name, int fd, bool is_stdin);

/* ---- grep_files.c ----------------------------------------------------------------- */

/* Searches the operands. */
void grep_operands(struct grep *g, char **names);

#endif
