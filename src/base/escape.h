/* escape.h: backslash escapes read, and text quoted so that a shell reads it back.
 *
 * Text is bytes; UTF-8 in it counts as printable where it is valid. Imitates bash 5.2
 * and GNU coreutils in a UTF-8 locale.
 * Must not know: words, expansion. */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/str.h"

struct buf;

/* Whose escapes. All know \a \b \e \E \f \n \r \t \v \\ \xHH \uHHHH \UHHHHHHHH, and
 * keep the backslash of what they do not know. */
enum escape_mode {
    ESCAPE_ECHO,     // echo -e: \0nnn; \c ends all output
    ESCAPE_PRINTF_B, // printf %b: \0nnn and \nnn; \c ends all output
    ESCAPE_PRINTF,   // printf's format: \nnn; \' \" \?
    ESCAPE_DOLLAR,   // $'...': \nnn; \cX is control-X; \x{H...}; \' \" \?
};

/* What one escape stands for. */
struct escape {
    char bytes[8]; // without NUL
    int len;       // 0 to 6 (a character above 2^31 is none)
    bool stop;     // \c: nothing more is to be output
    char missing;  // x, u or U where its digits are missing (bash then warns), else NUL
};

/* Reads the escape that follows a backslash: text begins after it. Returns how many
 * bytes of text belong to it; an unknown one is the backslash and the character after
 * it. */
size_t escape_read(enum escape_mode mode, struct span text, struct escape *out);

/* Adds text with its escapes replaced. Returns true if \c ended it. In ESCAPE_DOLLAR a
 * NUL that an escape made ends the text, as in bash. */
bool escape_add_decoded(struct buf *b, enum escape_mode mode, struct span text);

/* Text quoted as bash does it. utf8 false: the locale is not UTF-8, bytes above 127 are
 * no printable characters.
 *
 * As printf %q gives it: a\ b, '' for nothing, $'a\nb' where there are control
 * characters. */
void escape_add_backslashed(struct buf *b, struct span text, bool utf8);

/* Text as ${x@Q} gives it: 'it'\''s', or $'a\nb'. */
void escape_add_single(struct buf *b, struct span text, bool utf8);

/* Text as declare -p gives it: "a\$b", or $'a\nb'. */
void escape_add_double(struct buf *b, struct span text, bool utf8);

/* Text as $'...' whatever it holds. */
void escape_add_dollar(struct buf *b, struct span text, bool utf8);

/* Text in single quotes always, ' as '\'', control characters as they are; a lone ' is
 * \': `alias`, `trap -p`. */
void escape_add_plain_single(struct buf *b, struct span text);

/* Whether all of it can be shown as it is. */
bool escape_is_printable(struct span text, bool utf8);

/* The length of the character at text[at], and whether it can be shown: it is a
 * printable ASCII character or a valid other one (controls, separators and
 * noncharacters apart; that a code is not assigned is not known here). at < text.len. */
size_t escape_unit(struct span text, size_t at, bool utf8, bool *printable);

/* GNU's quoting styles. SHELL_ESCAPE: quoted where a shell needs it: it's is "it's", a
 * newline is 'a'$'\n''b' (ls on a terminal, and operands in messages). ALWAYS: at
 * least '' around it. SHELL without ESCAPE: control characters as they are. LOCALE:
 * '...' with C escapes inside, \' too (most messages); LOCALE_UTF8: the same in \u2018
 * and \u2019. C: "..." with C escapes. ESCAPE: C escapes and \space only (ls -b). */
enum escape_gnu {
    ESCAPE_GNU_SHELL,
    ESCAPE_GNU_SHELL_ALWAYS,
    ESCAPE_GNU_SHELL_ESCAPE,
    ESCAPE_GNU_SHELL_ESCAPE_ALWAYS,
    ESCAPE_GNU_LOCALE,
    ESCAPE_GNU_LOCALE_UTF8,
    ESCAPE_GNU_C,
    ESCAPE_GNU_ESCAPE,
};
void escape_add_gnu(struct buf *b, enum escape_gnu style, struct span text);

/* The same, where a colon is special too: the operand of a message "cmd: operand:
 * reason". */
void escape_add_gnu_operand(struct buf *b, enum escape_gnu style, struct span text);

#endif
