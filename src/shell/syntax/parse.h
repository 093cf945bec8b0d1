/* parse.h: from text to trees, one complete command at a time, as bash reads it.
 *
 * A parser is made for a text (a script file, -c, eval, a trap, a sourced file), or for
 * lines that come one by one (standard input). Errors are given as text, the caller
 * reports them.
 * Must not know: what commands do, variables, where lines come from. */
#ifndef SHELL_SYNTAX_PARSE_H
#define SHELL_SYNTAX_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/str.h"
#include "shell/syntax/tree.h"

struct buf;
struct parser;

enum {
    PARSE_EXTGLOB = 1,   // shopt -s extglob
    PARSE_POSIX = 2,     // set -o posix
    PARSE_ALIASES = 4,   // shopt -s expand_aliases
    PARSE_NO_BRACES = 8, // never make PART_BRACE
    PARSE_ASCII = 16,    // the C locale
};

struct parse_hooks {
    /* The value of an alias, valid until the next call, or NULL. Called only with
     * PARSE_ALIASES. */
    const char *(*alias)(void *ctx, struct span name);
    /* The present PARSE_* flags; asked for at the start of each command. NULL: 0. */
    unsigned (*options)(void *ctx);
    /* The next line with its newline (the last may lack it), valid until the next call;
     * false: the end. NULL: the text given to parse_new is all there is. May block. */
    bool (*line)(void *ctx, struct span *line);
    /* Told of each $"..." that is parsed with the script: the text between the quotes,
     * and the line that it begins on. NULL: nobody asks. */
    void (*string)(void *ctx, struct span text, unsigned line);
    void *ctx;
};

/* Makes a parser for text (kept by the caller until parse_free), whose first line is
 * number line. Private to the process. The parser registers itself with sys_at_death, so
 * that a tree half made is released if the process dies. */
struct parser *parse_new(struct span text, unsigned line,
                         const struct parse_hooks *hooks);
void parse_free(struct parser *p);

enum parse_result { PARSE_OK, PARSE_END, PARSE_ERROR, PARSE_DISCARD };

/* Parses the next complete command. PARSE_OK: *script is a new tree (the caller's count,
 * to be put into state that is released at death before the next sys_ call); its root may
 * be NULL. PARSE_END: nothing is left. PARSE_ERROR: parse_errors says what; nothing more
 * is read. PARSE_DISCARD: likewise, but the next line may be parsed (a wrong a=(...)); $?
 * becomes parse_status. Nests and ends the run at the limit of depth. May block in
 * hooks->line. */
MUST_CHECK enum parse_result parse_next(struct parser *p, struct script **script);

/* An error: one or more messages as bash prints them behind its prefix "NAME: line N:
 * ". */
struct parse_message {
    unsigned line;
    const char *text; // "syntax error near unexpected token `)'", or "`  echo )'": the
                      // source line
};
size_t parse_errors(const struct parser *p, const struct parse_message **messages);

/* The exit status after PARSE_ERROR or PARSE_DISCARD: 2 or 1, or one of these, after
 * which bash ends as if the text had ended, with the status of the command before; but
 * eval and source give 2. */
enum {
    PARSE_STATUS_LAST = -1,   // some errors in [[ ]]
    PARSE_STATUS_CUT_OFF = -2 // the end within quotes and the like: if that is 0, 2
};
int parse_status(const struct parser *p);

/* Warnings of the last parse_next ("here-document at line 1 delimited by end-of-file
 * (wanted `x')"). */
size_t parse_warnings(const struct parser *p, const struct parse_message **messages);

/* The line in which the text ends that was parsed last; the number of the line that is
 * read next (LINENO while nothing runs), and the source text of the last command, for
 * `set -v`. */
unsigned parse_last_line(const struct parser *p);
unsigned parse_line(const struct parser *p);

/* Counts on from a line before the one that was reached, as bash does after an error. */
void parse_count_from(struct parser *p, unsigned line);
struct span parse_source(const struct parser *p);

/* Adds the same as set -v shows it: without the ends of lines that a backslash in a
 * here-document takes away. */
void parse_add_echo(const struct parser *p, struct buf *b);

/* Byte offset in the text given to parse_new of what was not yet parsed (for -c and stdin
 * hand-over). */
size_t parse_offset(const struct parser *p);

/* ---- Parts for others ------------------------------------------------------------- */

/* Parses text at run time as one word as it would stand in double quotes (prompt, PS4,
 * here-documents, arithmetic text that has to be expanded again). The tree's root is
 * NULL; the word is in its arena. On an error (unterminated quote or $( ) gives NULL and
 * sets *error to an allocated message (sys_free). */
struct script *parse_dquoted(struct span text, unsigned line, unsigned options,
                             struct word **word, char **error);

/* The same for arithmetic: the double quotes go. */
struct script *parse_arith(struct span text, unsigned line, unsigned options,
                           struct word **word, char **error);

/* Parses text as one unquoted word, blanks and operators in it included (compgen -W).
 * NULL and *error as above. */
struct script *parse_unquoted(struct span text, unsigned line, unsigned options,
                              struct word **word, char **error);

/* Parses text as what stands between the parentheses of declare 'a=(1 2)' where it came
 * from an expansion: gives elements. On an error gives NULL, and in *failed the parser,
 * for parse_errors, parse_status and parse_free. */
struct script *parse_array(struct span text, unsigned line, unsigned options,
                           struct assign **assign, struct parser **failed);

/* Where in text the ] is that closes a [ before it; SIZE_MAX: nowhere. */
size_t parse_find_bracket(struct span text);

/* Whether text is a reserved word, for `type` and `compgen -k`. */
bool parse_is_reserved(const char *text);
extern const char *const parse_reserved_words[]; // ended by NULL, in bash's order

/* Whether text is a name: letters, digits, _ and no digit first. */
bool parse_is_name(struct span text);

#endif
