/* tree.h: the syntax tree of bash, as the parser makes it and everything else reads it.
 *
 * A tree is one complete command (what bash reads before it executes: a line, or as many
 * lines as its last construct needs). It lies in one arena, never changes after it was
 * parsed, and is counted: processes share it. All strings in it end in NUL. Names (of
 * variables, functions) are numbers of sys_intern.
 * Must not know: values, execution. */
#ifndef SHELL_SYNTAX_TREE_H
#define SHELL_SYNTAX_TREE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "shell/syntax/arena.h"

struct arith; // syntax/arith.h
struct node;
struct param;
struct word;

/* ---- A parsed command line, counted ----------------------------------------------- */
struct script {
    atomic_uint count;
    struct arena arena;
    struct node *root; // NULL: nothing but blanks and comments
    unsigned line;     // number of its first line
};

/* A reference in a local is borrowed. script_put may free: sys_share_free only, so that
 * it can be called from what is registered with sys_at_death. */
struct script *script_get(struct script *s);
void script_put(struct script *s); // NULL: nothing

/* ---- Arithmetic text ---------------------------------------------------------------
 * The inside of $((...)), ((...)), a subscript, a substring offset, a part of for ((;;)).
 * word: its text as in double quotes. arith: the same compiled, or NULL if it has to be
 * expanded and parsed when it is run (arith_parse of syntax/arith.h), because expansions
 * make up more than operands of it or because it is wrong. */
struct expr {
    struct word *word; // for messages word->raw is the text; an empty text has no parts
    // a subscript with quotes or backslashes, which arithmetic keeps; NULL: word serves
    struct word *kept;
    const struct arith *arith;
};

/* ---- Words ------------------------------------------------------------------------ */
enum part_kind {
    PART_TEXT,    // text, quotes removed
    PART_PARAM,   // $x ${...}
    PART_COMMAND, // $(...) `...`
    PART_ARITH,   // $((...)) $[...]
    PART_PROCESS, // <(...) >(...)
    PART_TILDE,   // ~ ~user ~+ ~- ~1: text is what follows the ~; only where bash expands
                  // it
    PART_BRACE,   // {a,b} {1..9}: only in words with WORD_BRACE
};

enum {
    PART_QUOTED = 1, // inside quotes or after a backslash: no splitting, no globbing. An
                     // empty quoted PART_TEXT stands for "" and ''
    PART_GLOB = 2,   // unquoted PART_TEXT with * ? [ or a ( of an extended pattern
    PART_BACKQUOTE = 4, // PART_COMMAND written `...`
    PART_OUTPUT = 8,    // PART_PROCESS >(...)
    PART_BRACKET = 16,  // PART_ARITH written $[...]
    // of a quoted expansion: changes from one "..." of the word to the next
    PART_GROUP = 32,
    // text in "..." in the word of "${x-word}": bash finds braces there, as it looks for
    // them before it knows of the word
    PART_INNER = 64,
};

/* {a,b,c}: alternatives (count >= 2, sequence false); {1..9..2}, {a..z}: sequence. With
 * `set +B` it is literal: "{" alternatives joined with "," "}", or text. */
struct brace {
    bool sequence;
    bool letters;  // {a..z}: from and to are characters
    uint8_t width; // pad numbers with zeros to this many characters; 0: no padding
    int64_t from, to, step; // step as written (0: not given)
    struct span text;       // of a sequence, as written
    unsigned count;
    struct word *alternatives; // array; their flags are not set for use as whole words
};

struct part {
    uint8_t kind;  // enum part_kind
    uint8_t flags; // PART_*
    union {
        struct span text; // TEXT, TILDE
        const struct param *param;
        struct {
            struct node *body;  // COMMAND, PROCESS: NULL if empty
            struct word *file;  // COMMAND $(<file): the word (body is set too); else NULL
            struct span source; // what to print it as, without $( ) or ` `
            struct script *script; // the tree this is in, for a process that runs body
        } command;
        struct expr arith;
        const struct brace *brace;
    };
};

enum {
    WORD_LITERAL = 1, // no expansion of any kind can change it: `text` is its value
    WORD_QUOTED = 2,  // has quotes: an empty result is kept
    WORD_SPLIT = 4,   // has unquoted $x, $(), $(()): to be split (and globbed)
    WORD_GLOB = 8,    // has unquoted pattern characters in its literal text
    WORD_BRACE = 16,  // has PART_BRACE
    WORD_TILDE = 32,  // has PART_TILDE
    // has $@ $* ${a[@]} ${!p*} ...: may become several or no words even in quotes
    WORD_MULTI = 64,
    WORD_SINGLE = 128,        // exactly one part, a PART_PARAM
    WORD_QUOTED_SINGLE = 256, // the same, and it is quoted: "$x"
};

struct word {
    uint16_t flags; // WORD_*
    unsigned count;
    struct part *parts;
    struct span text; // of WORD_LITERAL: its value; else empty
    struct span raw;  // as written (commands in $(...) as bash prints them), for messages
                      // and printing
    // the argument NAME=... of declare, export, local, readonly, typeset (also after
    // command, builtin); NULL: an ordinary word
    struct assign *assign;
    unsigned line;
};

/* ---- Parameter expansion ---------------------------------------------------------- */
enum param_what {
    PARAM_NAME,       // name
    PARAM_POSITIONAL, // number >= 1
    PARAM_AT,         // $@
    PARAM_STAR,       // $*
    PARAM_COUNT,      // $#
    PARAM_STATUS,     // $?
    PARAM_OPTIONS,    // $-
    PARAM_PID,        // $$
    PARAM_JOB,        // $!
    PARAM_ZERO,       // $0
};

enum param_subscript {
    SUBSCRIPT_NONE,
    SUBSCRIPT_EXPR, // a[expr]: subscript
    SUBSCRIPT_AT,   // a[@]
    SUBSCRIPT_STAR, // a[*]
};

enum param_op {
    PARAM_PLAIN,      // ${x}
    PARAM_LENGTH,     // ${#x} ${#a[@]}
    PARAM_DEFAULT,    // ${x-word} ${x:-word}: colon says which
    PARAM_ASSIGN,     // ${x=word}
    PARAM_ERROR,      // ${x?word}
    PARAM_ALTERNATE,  // ${x+word}
    PARAM_CUT_PREFIX, // ${x#pat}
    PARAM_CUT_PREFIX_LONG,
    PARAM_CUT_SUFFIX, // ${x%pat}
    PARAM_CUT_SUFFIX_LONG,
    PARAM_REPLACE,        // ${x/pat/new}: word, word2 (NULL: nothing)
    PARAM_REPLACE_ALL,    // ${x//pat/new}
    PARAM_REPLACE_PREFIX, // ${x/#pat/new}
    PARAM_REPLACE_SUFFIX, // ${x/%pat/new}
    PARAM_UPPER_FIRST,    // ${x^pat}: word, or NULL for any character
    PARAM_UPPER,          // ${x^^pat}
    PARAM_LOWER_FIRST,    // ${x,pat}
    PARAM_LOWER,          // ${x,,pat}
    PARAM_TOGGLE_FIRST,   // ${x~pat}
    PARAM_TOGGLE,         // ${x~~pat}
    PARAM_SUBSTRING, // ${x:offset:length}: offset, length (length.word NULL: to the end)
    PARAM_TRANSFORM, // ${x@Q}: letter
    PARAM_NAMES,     // ${!prefix@} ${!prefix*}: name is the prefix; letter @ or *
    PARAM_KEYS,      // ${!a[@]} ${!a[*]}: subscript_kind says which
    PARAM_BAD,       // raw: bad substitution, when it is expanded
};

struct param {
    uint8_t what;           // enum param_what
    uint8_t op;             // enum param_op
    uint8_t subscript_kind; // enum param_subscript
    bool colon;             // DEFAULT, ASSIGN, ERROR, ALTERNATE: with ":"
    bool indirect;          // ${!x...} that is neither NAMES nor KEYS
    bool braces;            // written with { }
    char letter;            // TRANSFORM, NAMES
    unsigned name;          // NAME, and NAMES
    unsigned number;        // POSITIONAL
    struct expr subscript;  // arithmetic, or (word with quotes removed) the key
    struct word *word,
        *word2; // word is never NULL where the operator has one (it may be empty)
    struct expr offset, length;
    struct span raw; // "${...}" or "$x" as written
};

/* ---- Assignments ------------------------------------------------------------------ */
struct element {
    bool append; // [key]+=value
    bool has_key;
    struct expr key;     // [key]=value: arithmetic, or (word with quotes removed) the key
    struct word *value;  // without key: expanded to any number of words
    struct word *braced; // the whole as a word, if braces make several of it; else NULL
};

struct assign {
    unsigned name;
    bool append; // +=
    bool has_subscript;
    bool array; // NAME=(...): elements; else value. With a subscript it is an error at
                // run time: "a[1]: cannot assign list to array member"
    struct expr subscript;
    struct word *value; // never NULL unless array; NAME= has an empty word
    unsigned count;
    struct element *elements;
    struct span raw; // the whole as written
};

/* ---- Redirections ----------------------------------------------------------------- */
enum redirect_op {
    REDIRECT_READ,        // <
    REDIRECT_WRITE,       // >
    REDIRECT_CLOBBER,     // >|
    REDIRECT_APPEND,      // >>
    REDIRECT_READ_WRITE,  // <>
    REDIRECT_DUP_IN,      // <&word
    REDIRECT_DUP_OUT,     // >&word (without fd and if the word is no number: as BOTH)
    REDIRECT_BOTH,        // &>
    REDIRECT_BOTH_APPEND, // &>>
    REDIRECT_HERE,        // <<word: word is the body
    REDIRECT_STRING,      // <<<word
};

struct redirect {
    uint8_t op;                // enum redirect_op
    bool fd_given;             // a number or {var} was written
    bool strip_tabs;           // <<-
    bool quoted;               // HERE: the delimiter is quoted, so word is WORD_LITERAL
    int fd;                    // what is redirected; defaults filled in; -1 with var
    unsigned var;              // {var}: a name, else 0
    struct expr var_subscript; // {var[i]}; word NULL: none
    struct word *word;
    struct span delimiter; // HERE: quotes removed
    struct redirect *next;
};

/* ---- Commands --------------------------------------------------------------------- */
enum node_kind {
    NODE_SIMPLE,
    NODE_PIPELINE,
    NODE_AND_OR,
    NODE_LIST,
    NODE_BACKGROUND, // body &
    NODE_SUBSHELL,   // ( body )
    NODE_GROUP,      // { body; }
    NODE_IF,
    NODE_WHILE,
    NODE_UNTIL,
    NODE_FOR,
    NODE_SELECT,
    NODE_FOR_ARITH,
    NODE_CASE,
    NODE_FUNCTION,
    NODE_COND,  // [[ ]]
    NODE_ARITH, // (( ))
    NODE_COPROC,
    NODE_TEXT, // the inside of `...` that is wrong: to be run as eval runs text, so that
               // its errors come out then, behind "NAME: command substitution: line N: "
};

struct node_simple {
    unsigned name; // the first word, interned, if it is literal; else 0
    unsigned assign_count, word_count;
    struct assign *assigns; // array
    struct word *words;     // array
};

enum { PIPELINE_NOT = 1, PIPELINE_TIME = 2, PIPELINE_TIME_POSIX = 4 };

struct node_pipeline {
    unsigned flags; // PIPELINE_*: with count 1 at least one is set; TIME may have count 0
    unsigned count;
    struct node **stages; // |& is a redirection 2>&1 at the end of its left side
};

enum and_or_op { AND_OR_FIRST, AND_OR_AND, AND_OR_OR };

struct and_or_item {
    enum and_or_op op; // before node
    struct node *node;
};

struct if_clause {
    struct node *test, *body; // never NULL
};

enum case_end { CASE_BREAK, CASE_FALL, CASE_NEXT }; // ;; ;& ;;&

struct case_clause {
    unsigned count;
    struct word *patterns; // array
    struct node *body;     // NULL: empty
    enum case_end end;
};

enum cond_op {
    COND_AND,
    COND_OR,
    COND_NOT,       // left, right
    COND_GROUP,     // ( left )
    COND_UNARY,     // -f a: letter
    COND_WORD,      // a alone: is it not empty
    COND_EQUAL,     // a == b, a = b: b is a pattern
    COND_NOT_EQUAL, // a != b
    COND_MATCH,     // a =~ b: b is a regular expression; its quoted parts are literal
    COND_BEFORE,
    COND_AFTER, // a < b, a > b
    COND_NEWER,
    COND_OLDER,
    COND_SAME, // -nt -ot -ef
    COND_EQ,
    COND_NE,
    COND_LT,
    COND_LE,
    COND_GT,
    COND_GE, // -eq ...: arithmetic on a and b
};

struct cond {
    uint8_t op;       // enum cond_op
    char letter;      // UNARY
    const char *text; // the operator as written
    unsigned line;
    struct cond *left, *right;
    struct word *a, *b;
};

struct node {
    uint8_t kind;  // enum node_kind
    bool newline;  // in a list: a newline stood behind it, not ; (only for printing)
    unsigned line; // of its first word; for LINENO
    struct redirect *redirects; // in order
    union {
        struct node_simple simple;
        struct node_pipeline pipeline;
        struct {
            unsigned count;
            struct and_or_item *items;
        } and_or;
        struct {
            unsigned count;
            struct node **items; // executed in turn
        } list;
        struct node *body; // BACKGROUND, SUBSHELL, GROUP
        struct {
            unsigned count; // if and elif
            struct if_clause *clauses;
            struct node *otherwise; // else; NULL: none
        } branch;
        struct if_clause loop; // WHILE, UNTIL
        struct {               // FOR, SELECT
            unsigned name;
            bool bad_name; // run time error: `NAME': not a valid identifier
            bool has_in;   // else over "$@"
            unsigned count;
            struct word *words;
            struct node *body;
        } each;
        struct {
            struct expr init, test, step; // word NULL: left out
            struct node *body;
        } count;
        struct {
            struct word *subject;
            unsigned count;
            struct case_clause *clauses;
        } choose;
        struct {
            unsigned name; // interned; may be any word, such as a-b
            bool bad_name; // it has quotes or expansions: `NAME': not a valid identifier
            bool keyword;  // written with `function`
            unsigned line; // what bash takes for that of the body; 0: none
            struct node *body; // with its own redirects
            // the tree this is in: what a definition takes a count of
            struct script *script;
        } function;
        struct cond *cond;
        struct expr arith;
        struct span text;
        struct {
            unsigned name; // COPROC by default
            bool bad_name; // run time error, as above
            struct node *body;
        } coproc;
    };
};

#endif
