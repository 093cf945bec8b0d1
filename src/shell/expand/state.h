/* state.h: what expansion keeps for a shell between calls (vars->expand), and what its
 * files share. */
#ifndef SHELL_EXPAND_STATE_H
#define SHELL_EXPAND_STATE_H

#include "shell/expand/expand.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/syntax/arith.h"
#include "shell/syntax/tree.h"
#include "shell/vars/state.h"

enum { EXPAND_ARITH_SLOTS = 64 };

/* The tree of an arithmetic text that was met at run time. Its memory is in the sandbox
 * heap, so that all of them are on a list that death releases. */
struct arith_entry {
    struct arith_entry *next, *prev; // of `live`
    struct arena arena;
    const struct arith *tree;
    struct span text; // in the arena
    unsigned busy;    // evaluations in progress
    bool orphan;      // no slot points to it any more
};

struct expand {
    struct arith_entry *live;
    struct arith_entry *slots[EXPAND_ARITH_SLOTS];
    unsigned arith_depth; // values that are expressions, in expressions
    struct script *texts; // trees of texts parsed at run time and in use, see expand_text
};

struct expand *expand_state(struct shell *sh);

/* $(( )) inside of commands, and subscripts: messages do not name the command around. */
MUST_CHECK int arith_eval_inside(struct shell *sh, const struct expr *expr, int64_t *n);
MUST_CHECK int arith_eval_index(struct shell *sh, const struct expr *expr, int64_t *n);
MUST_CHECK int arith_eval_index_text(struct shell *sh, struct span text, int64_t *n);

/* ---- words.c ---------------------------------------------------------------------- */

/* Where an expansion puts its fields, and how. */
struct field {
    struct shell *sh;
    struct args *out;         // NULL: one string, no splitting
    struct scratch_text text; // of the field in the making
    struct scratch_text
        pattern; // the same, quoted characters escaped; only while globbing
    const struct ifs *ifs;
    bool has;              // there is a field, though it may be empty
    bool globbing;         // the field has active pattern characters
    bool glob;             // fields may be patterns: out and no `set -f`
    uint8_t escape;        // enum field_escape: what quoted text becomes
    bool ended_space;      // the last field was ended by IFS white space
    bool assign;           // the value of an assignment
    bool element;          // [0]=value of an indexed array
    bool target;           // of a redirection in posix mode
    uint8_t group;         // flags of the quoted string that the last part was in
    bool empty;            // an expansion in it was empty: it makes a field unless ...
    bool dropped;          // ... a "$@" of nothing stood beside it
    bool in_quotes;        // inside the word of "${x-word}", whose quotes go on
    bool here;             // a here-document
    bool word;             // inside the word of ${x-word}: unquoted text is split too
    const struct word *of; // what is expanded
};

enum field_escape {
    ESCAPE_NOTHING,
    ESCAPE_PATTERN,
    ESCAPE_ALL,   // a pattern in which each quoted character is seen to be
    ESCAPE_BYTES, // the same where characters are bytes
    ESCAPE_REGEX,
    ESCAPE_REPLACEMENT
};

void field_add(struct field *f, struct span text,
               bool quoted);                             // text that stays together
void field_add_split(struct field *f, struct span text); // an unquoted expansion
void field_add_value(struct field *f, struct span text, bool quoted); // one or the other

struct span args_join(struct shell *sh, const struct args *args); // by spaces

void field_end(struct field *f);       // the field ends here, if there is one
void field_add_empty(struct field *f); // an expansion in quotes that gave nothing

/* A quoted string of the word is over. */
static inline void field_settle(struct field *f)
{
    if (f->empty && !f->dropped)
        f->has = true;
    f->empty = f->dropped = false;
}

/* Between two items of an unquoted $@ or $*. */
void field_separate(struct field *f);

/* Expands the parts of a word into f. 0, or 1 (reported). */
MUST_CHECK int expand_parts(struct field *f, const struct word *word);

/* One string, with quoted characters escaped as asked for; flags: EXPAND_*. */
MUST_CHECK int expand_to(struct shell *sh, const struct word *word, uint8_t escape,
                         unsigned flags, struct span *text);

/* The fields of a word; files are not looked for. operand: it is the word of ${x-word}.
 */
MUST_CHECK int expand_unmatched(struct shell *sh, const struct word *word, bool operand,
                                struct args *out);

/* The same (of no operand) joined by spaces. */
MUST_CHECK int expand_joined(struct shell *sh, const struct word *word,
                             struct span *text);

/* The text of a parameter in a context that wants one string ("$x"). */
MUST_CHECK int expand_part_text(struct shell *sh, const struct part *part,
                                struct span *text);

/* ---- param.c ---------------------------------------------------------------------- */

/* $@ ${a[@]} ${!a@}, with an operator or without, whose result is a list. */
static inline bool part_is_at(const struct part *part)
{
    const struct param *param = part->param;
    if (part->kind != PART_PARAM || param->op == PARAM_LENGTH ||
        param->op == PARAM_ALTERNATE)
        return false;
    return param->what == PARAM_AT || param->subscript_kind == SUBSCRIPT_AT ||
           (param->op == PARAM_NAMES && param->letter == '@');
}

enum param_joins {
    JOINS_SPACE,  // with spaces
    JOINS_QUOTED, // in quotes as * does (results of / ^ ,)
    JOINS_STAR,   // always as * does (results of # % @)
};

/* The value of a parameter: one text (ptr NULL: unset) or a list. */
struct param_value {
    bool list;     // items and count hold; else one
    bool star;     // of $* ${a[*]}
    bool keeps;    // empty and in quotes it is a word, even beside a "$@" of nothing
    bool splits;   // of * in quotes, beside a "$@": the word is split between the items
    size_t loose;  // so much of the (first) text is split even in quotes: ${a[@]@A}
    bool spaced;   // not in quotes, and IFS is empty: one text, with spaces
    uint8_t joins; // enum param_joins: of a list of @ that becomes one string
    struct span one;
    struct span *items;
    size_t count;
};

MUST_CHECK int expand_param(struct field *f, const struct param *param, bool quoted);

/* Reports an error of an expansion and ends the command line. Returns 1. */
int expand_fail(struct shell *sh, const char *format, ...) PRINTF_LIKE(2, 3);
int expand_unbound(struct shell *sh, struct span name); // set -u

/* Joins a list as "$*" (star) or as "$@" in a single string. */
struct span expand_join(struct shell *sh, const struct param_value *v);

/* text.c: a subscript in a text of arithmetic that was met at run time. */
MUST_CHECK int expand_subscript(struct shell *sh, struct span text, struct span *result);

/* ---- others ----------------------------------------------------------------------- */
size_t expand_length(struct shell *sh, struct span text); // characters
MUST_CHECK int expand_transform(struct shell *sh, const struct param *param,
                                struct param_value *v);
void expand_case(struct shell *sh, struct param_value *v, enum param_op op,
                 struct span pattern);

/* glob.c: adds the files that match pattern to out, sorted. Gives their number; 0: none
 * (nothing was added). */
size_t glob_add(struct shell *sh, struct span pattern, struct args *out);

/* tilde.c: what ~text stands for; ptr NULL: nothing, leave it. */
struct span expand_tilde(struct shell *sh, struct span text);

/* Makes a PART_TILDE plain text. */
void expand_no_tilde(struct shell *sh, struct part *part);

/* brace.c: words with WORD_BRACE: the list of words it stands for, in scratch memory. */
size_t expand_braces(struct shell *sh, const struct word *word,
                     const struct word **words);

#endif
