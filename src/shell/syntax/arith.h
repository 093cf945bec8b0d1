/* arith.h: arithmetic expressions as trees.
 *
 * Parsed here, evaluated by expand/arith_eval.c. Precedence and errors as in bash 5.2.
 * Operands written $x, ${...}, $# that stand alone as an operand are compiled as
 * ARITH_PARAM: before evaluation all params are expanded in order; if each is a plain
 * decimal integer (-?[1-9][0-9]*|0, within 18 digits) the compiled form holds, else the
 * text has to be expanded and parsed anew (struct expr.word, arith_parse).
 * Must not know: values. */
#ifndef SHELL_SYNTAX_ARITH_H
#define SHELL_SYNTAX_ARITH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "shell/syntax/arena.h"
#include "shell/syntax/tree.h"

enum arith_op {
    ARITH_NUMBER, // value
    ARITH_PARAM,  // params[value]
    ARITH_NAME,   // name
    ARITH_INDEX,  // name[sub]
    // unary: left
    ARITH_NEGATE,
    ARITH_PLUS,
    ARITH_NOT,
    ARITH_INVERT,
    // left is NAME or INDEX
    ARITH_PRE_INC,
    ARITH_PRE_DEC,
    ARITH_POST_INC,
    ARITH_POST_DEC,
    // binary: left, right
    ARITH_POWER,
    ARITH_MUL,
    ARITH_DIV,
    ARITH_MOD,
    ARITH_ADD,
    ARITH_SUB,
    ARITH_SHIFT_LEFT,
    ARITH_SHIFT_RIGHT,
    ARITH_LT,
    ARITH_LE,
    ARITH_GT,
    ARITH_GE,
    ARITH_EQ,
    ARITH_NE,
    ARITH_BIT_AND,
    ARITH_BIT_XOR,
    ARITH_BIT_OR,
    ARITH_AND,
    ARITH_OR,
    ARITH_COMMA,
    ARITH_PEEK,   // left; right is what bash reads behind it, and so evaluates as well
    ARITH_ERROR,  // nothing can be read from here on; `error` says why
    ARITH_COND,   // left ? right : third
    ARITH_ASSIGN, // left = right; `with` is the operator of += ... or ARITH_ASSIGN itself
                  // for plain =
};

/* What is wrong: "syntax error: operand expected", and the rest of the text from the
 * wrong token. The message of bash is `TEXT: WHAT (error token is "TOKEN")`, TEXT without
 * the blanks before it. */
struct arith_error {
    const char *what;
    struct span token;
    struct span text; // what to show of the text: bash cuts it behind a wrong number
};

struct arith_node {
    uint8_t op, with; // enum arith_op
    uint32_t at;      // offset in the text from which a run time error names it
                 // (DIV, MOD: the divisor; POWER: the end of the exponent; ASSIGN: the
                 // right side)
    bool broken; // an ARITH_ERROR is in it: also where it is skipped it is an error
    bool power;  // ** is in it, which may be one too
    unsigned name;
    int64_t value;
    const struct arith_error *error;
    struct span sub_text;   // INDEX: as written
    const struct expr *sub; // INDEX: word (for associative arrays, quotes removed), arith
    const struct arith_node *left, *right, *third;
};

enum { ARITH_PARAMS = 8 };

struct arith {
    const struct arith_node *root; // NULL: blank text, value 0
    struct span text;
    bool assigns;         // = += ... ++ -- are in it, or a subscript in which they may be
    unsigned param_count; // at most ARITH_PARAMS
    const struct part *params[ARITH_PARAMS];
};

/* White space between tokens. */
static inline bool arith_is_space(int c) { return c == ' ' || c == '\t' || c == '\n'; }

/* Parses text that was fully expanded, at run time. Bash evaluates while it reads, so
 * that what stands before a syntax error has its effect: of such a text the tree holds
 * what is before the error, and an ARITH_ERROR in place of the rest (root->broken). Ends
 * the run where it is nested too deeply. */
const struct arith *arith_parse(struct arena *a, struct span text);

/* Compiles the text of a word as the parser found it. NULL: to be done at run time. */
const struct arith *arith_compile(struct arena *a, const struct word *word);

#endif
