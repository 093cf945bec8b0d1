/* sed.h: what the parts of sed share: the program, its parser's and its machine's
 * interface. */
#ifndef CMD_SED_SED_H
#define CMD_SED_SED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/vec.h"
#include "regex/regex.h"
#include "user/in.h"
#include "user/out.h"
#include "user/pattern.h"

enum sed_status { SED_OK, SED_BAD_USAGE, SED_BAD_INPUT, SED_PANIC = 4 };

/* An expression as written, and as compiled; the empty one (without a pattern) is the one
 * used last. */
struct sed_regex {
    struct pattern pattern;
    struct buf text; // without delimiters and escapes
    bool icase, lines;
    size_t groups; // that the replacement refers to
};

enum sed_address_kind {
    SED_NO_ADDRESS,
    SED_LINE,     // n
    SED_STEP,     // n~step
    SED_LAST,     // $
    SED_MATCH,    // /re/
    SED_ZERO,     // 0, of 0,/re/
    SED_PLUS,     // +n, as the second one
    SED_MULTIPLE, // ~n, as the second one
};

struct sed_address {
    enum sed_address_kind kind;
    uint64_t n, step;
    struct sed_regex *regex;
};

/* A part of a replacement: text, then a group (-1: none), after a change of case. */
enum sed_case {
    SED_CASE_KEEP,
    SED_CASE_UPPER,
    SED_CASE_LOWER,
    SED_CASE_END,
    SED_CASE_UPPER_ONE,
    SED_CASE_LOWER_ONE
};
struct sed_part {
    enum sed_case change;
    struct span text;
    int group;
};

struct sed_replace {
    struct sed_regex *regex;
    struct sed_part *parts;
    size_t part_count, part_cap;
    bool has_case;
    int max_group;
    bool global, print;
    int prints; // how often p was given: 2 only with e
    uint64_t number;
    struct sed_file *file; // of the w flag
};

/* y: for bytes a table, for others pairs. */
struct sed_translate {
    unsigned char bytes[256];
    bool wide; // some of it is no single byte
    struct sed_pair {
        uint32_t from;
        char to[4];
        int len;
    } * pairs;
    size_t pair_count;
    struct span from, to; // for --debug
};

/* A file that w, W or r, R name. */
struct sed_file {
    const char *name;
    struct out *out; // of w; its own or standard output
    struct out own;
    bool missing_newline; // the last line that went there had none
    struct in in;         // of R
    bool in_open, in_failed;
};

struct sed_command {
    struct sed_address a1, a2;
    bool negated;
    char name;
    bool range_active, range_closed; // closed: it has begun; a first address that is a
                                     // number does so once
    uint64_t range_end;
    struct span text; // a i c; a label; the file name of r R w W
    size_t target;    // of b t T { : the next command's index
    int64_t number;   // q Q l L; -1: none
    struct sed_replace *replace;
    struct sed_translate *translate;
    struct sed_file *file;
};

enum sed_posix { SED_EXTENDED, SED_POSIX };

struct sed {
    // options
    bool quiet, extended, separate, in_place, unbuffered, sandbox, debug, posix, follow;
    bool correct; // by POSIXLY_CORRECT or --posix: as POSIX has it, with GNU's additions
    const char *suffix; // of backups, NULL: none
    char delimiter;     // of lines
    uint64_t line_width;
    bool utf8;

    // the program
    struct sed_command *commands;
    size_t command_count, command_cap;
    struct vec files;   // struct sed_file *
    struct vec regexes; // struct sed_regex *
    struct sed_file std;
    const char *temp; // the file that is written in place of another, or NULL
    int debug_depth;  // of blocks, as --debug counts them: jumps out of one are not
                      // noticed
};

/* ---- sed_parse.c, sed_parse_s.c --------------------------------------------------- */

/* The text of a part of the program, and where it comes from, for messages. */
struct sed_source {
    const char *text, *at, *end;
    int expression;   // number of the -e, or 0
    const char *file; // of -f
    uint64_t line;
};

struct sed_parser {
    struct sed *sed;
    struct sed_source in;
    struct sed_command *cur;
    struct sed_block {
        size_t command; // the {
        uint64_t line;
    } * blocks; // that are open
    size_t block_count, block_cap;
    bool pending_text; // a\ ended the last -e: the next one is its text
    struct buf text;   // of a i c that is being read
};

/* Adds a part of the program. expression: its number, or 0 for a file. A mistake ends the
 * process. */
void sed_parse(struct sed_parser *p, struct span text, int expression, const char *file);

/* After the last part: closes blocks, finds labels. */
void sed_parse_end(struct sed_parser *p);

// between the two
enum { SED_EOF = -1 };
int sed_getc(struct sed_parser *p);
void sed_ungetc(struct sed_parser *p, int c);
int sed_skip_blanks(struct sed_parser *p); // gives the first that is none, read
_Noreturn void sed_bad(struct sed_parser *p, const char *text);

/* Reads up to the delimiter into b. regex: an expression, in which brackets hide it and
 * \n is a newline; else newlines need a backslash. false: it does not end. */
bool sed_read_delimited(struct sed_parser *p, int delimiter, bool regex, struct buf *b);
void sed_parse_s(struct sed_parser *p);
void sed_parse_y(struct sed_parser *p);

/* The file of a w or W command or flag, after its blanks. */
struct sed_file *sed_parse_file(struct sed_parser *p, bool write);

/* Compiles an expression. groups: the largest group that is referred to. */
struct sed_regex *sed_make_regex(struct sed_parser *p, struct span text, bool icase,
                                 bool lines, int groups);

/* ---- sed_escape.c ----------------------------------------------------------------- */

enum sed_escape_use { SED_IN_TEXT, SED_IN_REGEX, SED_IN_REPLACEMENT };

/* Reads \a \f \n... \cX \dNNN \oNNN \xHH: from is behind the backslash. Gives how much of
 * it belongs to the escape, 0 if it is none of these; *c is the byte. -1: \c is followed
 * by nothing it could stand for. */
int sed_escape(struct span from, unsigned char *c);

/* Replaces these in an expression, in brackets not if posix: *b gets what regex_compile
 * is to be given. */
void sed_convert_regex(struct buf *b, struct span text, bool posix);

/* The length of a bracket expression behind its "["; *closed: it ends in this line. */
size_t sed_bracket(struct span from, bool *closed);

/* ---- sed_exec.c ------------------------------------------------------------------- */

/* Runs the program over the files. Gives the exit status. */
int sed_run(struct sed *s, char **names);

/* ---- sed_input.c ------------------------------------------------------------------ */

struct sed_input {
    struct sed *sed;
    char **names;     // that are left
    const char *name; // of the present one, "-" for standard input
    struct in in;
    bool open;
    struct in stdin_in; // if stdin_open: it comes later, and was looked at
    bool stdin_open;
    uint64_t line;
    int status;
    bool restarted; // the present file is the first line's, with -s

    // of the file that is edited in place
    struct out edit;
    bool editing;
    struct buf temp_name;
    struct buf target_name; // for --follow-symlinks
};

/* Reads the next line into b, with *chomped: it ended in the delimiter. false: there is
 * none. */
bool sed_read_line(struct sed_input *in, struct buf *b, bool *chomped);

/* Whether the line read last is the last one (of the file with -s and -i). */
bool sed_is_last(struct sed_input *in);

/* Closes what is open; finishes a file that is edited in place. */
void sed_end_input(struct sed_input *in);

/* ---- sed_subst.c ------------------------------------------------------------------ */

struct sed_machine;

/* s on the pattern space. true: something was replaced. */
bool sed_substitute(struct sed_machine *m, const struct sed_replace *r);
void sed_translate_space(struct sed_machine *m, const struct sed_translate *t);

/* What a program works on. */
struct sed_machine {
    struct sed *sed;
    struct sed_input input;
    struct buf space, hold, other; // other: where a replacement is built
    bool chomped, hold_chomped;
    bool quit;           // by q
    bool replaced;       // since the last line was read: for t
    struct regex *last;  // the regular expression used last
    bool last_in_pieces; // it is to be searched for in each line of the pattern space
                         // alone
    struct vec appends;  // struct sed_append *
    int exit_status;
    struct sed_file *out; // standard output, or the file edited in place
};

/* The regular expression to use for r: itself, or the one used last. */
struct regex *sed_current_regex(struct sed_machine *m, const struct sed_regex *r);

/* 1 or 0: an error ends the process. */
int sed_search(struct sed_machine *m, struct regex *re, struct span text, size_t from,
               struct regex_span *spans, size_t count);

/* After a message, end the process: at once, or when what was written before is written
 * out. A file that was edited in place is as it was. */
_Noreturn void sed_stop(const struct sed *s, int status);
_Noreturn void sed_give_up(struct sed *s, int status);

void sed_put_line(struct sed_machine *m, struct sed_file *f, struct span line,
                  bool newline);

/* ---- sed_debug.c ------------------------------------------------------------------ */

void sed_print_program(struct sed *s);
void sed_print_command(struct sed *s, const struct sed_command *c);
void sed_debug_space(const char *title, const struct buf *space);
void sed_debug_match(struct span line, const struct regex_span *spans, size_t count);

#endif
