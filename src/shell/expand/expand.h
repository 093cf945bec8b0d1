/* expand.h: from words of the tree to strings.
 *
 * Results lie in the shell's scratch memory (sh->scratch): the caller took a mark before
 * and releases it when it has no more use for them. Functions that return int return 0,
 * or non-zero after an error that they have reported (unset variable under -u, ${x?}, bad
 * substitution, division by 0, readonly, failglob, ambiguous redirect); sh->status is
 * then set, and sh->flow if more than this command ends. What an expansion runs ($(...))
 * may change anything. May block.
 * Must not know: how commands run (only exec_capture and exec_process_subst of
 * exec/exec.h). */
#ifndef SHELL_EXPAND_EXPAND_H
#define SHELL_EXPAND_EXPAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/str.h"

struct assign;
struct expr;
struct shell;
struct word;

/* An item of args that is a pattern: files come into its place. */
struct args_glob {
    struct args_glob *next;
    size_t at;
    struct span pattern;
};

/* A growing argv in scratch memory. All zero is empty. */
struct args {
    char **items; // items[count] is NULL (once something was added)
    size_t count, cap;
    struct args_glob *globs, *last; // in the order of their items
};

void args_add(struct shell *sh, struct args *args,
              char *text); // text lives in scratch memory

/* The expansion of a command's word: braces, tilde, parameters, commands, arithmetic,
 * splitting, quote removal. Adds to out. */
MUST_CHECK int expand_word(struct shell *sh, const struct word *word, struct args *out);

/* The last step, once all words of a command are expanded: its patterns become the files
 * that they match. */
MUST_CHECK int expand_patterns(struct shell *sh, struct args *args);
MUST_CHECK static inline int expand_files(struct shell *sh, struct args *args)
{
    return UNLIKELY(args->globs != NULL) ? expand_patterns(sh, args) : 0;
}
MUST_CHECK int expand_glob(struct shell *sh, struct span pattern, char *raw,
                           struct args *out); // of one pattern

/* A word that is one string: no braces, splitting, globbing. Tilde as in an assignment
 * (also after colons) for EXPAND_ASSIGN, as in a word otherwise. Case subjects, [[ ]]
 * operands, here-documents (EXPAND_HEREDOC: no tilde), values. */
enum {
    EXPAND_ASSIGN = 1,
    EXPAND_HEREDOC = 2,
    EXPAND_ELEMENT = 4 // of expand_to: the value of [0]=value in a=(...)
};
MUST_CHECK int expand_string(struct shell *sh, const struct word *word, unsigned flags,
                             struct span *text);

/* An operand of -eq and the like: an unquoted $@ is split, and its fields joined. */
MUST_CHECK int expand_number(struct shell *sh, const struct word *word,
                             struct span *text);

/* As expand_string, with what was quoted escaped by backslashes: for pattern_match (case,
 * [[ == ]]). */
MUST_CHECK int expand_pattern(struct shell *sh, const struct word *word,
                              struct span *pattern);

/* The same pattern as set -x shows it: a backslash before each character quoted. */
MUST_CHECK int expand_pattern_shown(struct shell *sh, const struct word *word,
                                    struct span *pattern);

/* The flags of pattern.h for this shell's options and locale (PATTERN_NOCASE is the
 * caller's to add). */
unsigned expand_pattern_flags(struct shell *sh);

/* And those for matching strings, with nocasematch: case, [[ == ]], ${x/y}. */
unsigned expand_match_flags(struct shell *sh);

/* The same for =~: quoted characters that mean something in a regular expression are
 * escaped. */
MUST_CHECK int expand_regex(struct shell *sh, const struct word *word,
                            struct span *regex);

/* The target of a redirection: one word, or "ambiguous redirect", which names var
 * (NULL: the word). */
MUST_CHECK int expand_redirect(struct shell *sh, const struct word *word, const char *var,
                               struct span *text);

/* Performs an assignment from the tree: name, name[sub], arrays, +=. Used for assignments
 * without a command. */
MUST_CHECK int expand_assign(struct shell *sh, const struct assign *assign);

/* The same before a command: x=1 cmd. In the innermost scope (scope_push), exported. */
MUST_CHECK int expand_assign_temporary(struct shell *sh, const struct assign *assign);

/* The array value (...) for a variable. In two steps for declaration builtins, whose
 * values are expanded before the variable changes. expand_array gives NULL after an
 * error; expand_array_shown the elements as set -x shows them: "('a' ['k']='v')". */
enum {
    ARRAY_ASSOC = 1,    // of an associative array
    ARRAY_DECLARED = 2, // of a declaration builtin: messages show what was expanded
    ARRAY_FIELDS = 4,   // with ARRAY_ASSOC: words without a key are split all the same
};
struct assign_items;
MUST_CHECK struct assign_items *expand_array(struct shell *sh,
                                             const struct assign *assign, unsigned flags);
struct span expand_array_shown(struct shell *sh, const struct assign_items *items);
MUST_CHECK int expand_store_array(struct shell *sh, unsigned id,
                                  const struct assign *assign,
                                  struct assign_items *items);
MUST_CHECK int expand_assign_array(struct shell *sh, unsigned id,
                                   const struct assign *assign);

/* Splits text by IFS into fields as `read` does: at most max fields, the last gets the
 * rest (without IFS white space at its end). raw: backslashes are plain. Adds to out. */
void expand_split_read(struct shell *sh, struct span text, bool raw, size_t max,
                       struct args *out);

/* PS4 and the like: parameters, commands and arithmetic in a text, as in double quotes.
 * ${x@P} and PS4 with prompt escapes: expand_prompt. */
MUST_CHECK int expand_text(struct shell *sh, struct span text, struct span *result);
MUST_CHECK int expand_prompt(struct shell *sh, struct span text, struct span *result);

/* Arithmetic: the expression of a tree, or the text it expands to; a text that was fully
 * expanded (let, integers' values; in it names are looked up but $ is no operator). An
 * error is reported as `TEXT: WHAT (error token is "TOKEN")` behind sh->cmd ("let", "((",
 * "[["), if that is set. */
MUST_CHECK int arith_eval(struct shell *sh, const struct expr *expr, int64_t *n);
MUST_CHECK int arith_text(struct shell *sh, const struct expr *expr, struct span *text);
MUST_CHECK int arith_eval_text(struct shell *sh, struct span text, int64_t *n);

#endif
