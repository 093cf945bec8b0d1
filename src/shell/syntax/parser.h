/* parser.h: the parser's state, private to syntax/.
 *
 * The text being parsed is a window (struct input) in which everything is an offset: it
 * may be moved when lines are added behind it. Parts of it (a subscript, $((...))),
 * here-documents and backquoted commands are parsed by changing the window for a while
 * (input_enter, input_leave). Lists under construction lie on stacks, one for each type;
 * what is complete is copied to the tree's arena. After an error (p->failed) the lexer
 * gives TOKEN_END for ever, so that everything unwinds. */
#ifndef SHELL_SYNTAX_PARSER_H
#define SHELL_SYNTAX_PARSER_H

#include "base/buf.h"
#include "base/vec.h"
#include "shell/syntax/parse.h"
#include "shell/syntax/tree.h"

struct input {
    const char *text;
    size_t pos, len;
    unsigned line;   // of pos
    bool closed;     // nothing comes after len
    bool ended;      // the newline that the last line lacks was read
    size_t replaced; // p->replaced[] from here on is about this text
    bool copied;     // text is a copy that only this window has
};

/* Items of one type, contiguous: parser_push adds, parser_take moves those above a mark
 * to the arena. */
struct stack {
    char *data;
    size_t len, cap; // bytes
};

enum parser_stack {
    STACK_PARTS,
    STACK_WORDS,
    STACK_ASSIGNS,
    STACK_ELEMENTS,
    STACK_NODES,
    STACK_CLAUSES,
    STACKS
};

enum token_kind {
    TOKEN_END, // of the input, or an error
    TOKEN_NEWLINE,
    TOKEN_WORD,
    TOKEN_ASSIGN,   // a word that is an assignment, before a command
    TOKEN_FD,       // a number or {name} before a redirection
    TOKEN_REDIRECT, // redirect says which
    TOKEN_SEMI,
    TOKEN_SEMI_SEMI,
    TOKEN_SEMI_AND,
    TOKEN_SEMI_SEMI_AND,
    TOKEN_AMP,
    TOKEN_AND,
    TOKEN_PIPE,
    TOKEN_PIPE_AMP,
    TOKEN_OR,
    TOKEN_OPEN,
    TOKEN_CLOSE,
};

/* In bash's order, see parse_reserved_words. */
enum reserved {
    RESERVED_IF,
    RESERVED_THEN,
    RESERVED_ELSE,
    RESERVED_ELIF,
    RESERVED_FI,
    RESERVED_CASE,
    RESERVED_ESAC,
    RESERVED_FOR,
    RESERVED_SELECT,
    RESERVED_WHILE,
    RESERVED_UNTIL,
    RESERVED_DO,
    RESERVED_DONE,
    RESERVED_IN,
    RESERVED_FUNCTION,
    RESERVED_TIME,
    RESERVED_OPEN,
    RESERVED_CLOSE,
    RESERVED_NOT,
    RESERVED_COND,
    RESERVED_COND_END,
    RESERVED_COPROC,
    RESERVED_NONE,
};

struct token {
    uint8_t kind;     // enum token_kind
    uint8_t redirect; // enum redirect_op
    bool strip_tabs;  // of <<-
    bool plain;       // a word without quotes and expansions
    unsigned line;
    size_t start, end; // in the window
    int fd;            // FD: the number, or -1
    unsigned var;      // FD
    struct expr var_subscript;
    union {
        struct word word;
        struct assign assign;
    };
};

/* How a token is to be read. */
enum {
    LEX_COMMAND = 1,  // first word of a command: assignments, aliases
    LEX_DECLARE = 2,  // an argument of declare and the like
    LEX_EVAL = 4,     // an argument of eval or let: a=(...) is one word
    LEX_BRACES = 8,   // {a,b} is expanded
    LEX_PATTERN = 16, // +(a|b) whatever the options say
    LEX_REGEX = 32,   // the right side of =~
    LEX_NO_ALIAS = 64,
    LEX_NO_ARRAY = 128, // with LEX_DECLARE: not a=(...)
    LEX_ARGUMENT = LEX_BRACES,
    LEX_NO_FD = 256, // digits are a word
    LEX_FIRST = LEX_COMMAND | LEX_BRACES,
    LEX_STRING = 512,         // the word of <<<
    LEX_AFTER = LEX_NO_ALIAS, // behind a compound command
};

/* A here-document whose body follows the line. */
struct heredoc {
    struct redirect *redirect;
    unsigned line;
    struct heredoc *next;
};

/* A command substitution within the word that is read, as bash prints it. */
struct replaced {
    size_t start, end; // in the window
    struct span text;
};

/* What was read in search of the end of a (( that is none: bash reads it a second time.
 */
struct reread {
    size_t start, end; // in the window
    unsigned line;     // of its end: that of all in it
    unsigned texts;    // p->texts in this window
    struct reread *outer;
};

struct alias_use {
    size_t end; // of its text in the window
    bool blank; // it ends in a blank: the word behind it may be an alias too
    struct alias_use *next;
    size_t name_len;
    char name[];
};

struct parser {
    struct input in;
    struct buf own;   // the window, where it is not the given text itself
    struct span rest; // of the given text, behind the window
    size_t given;     // length of the text given

    struct parse_hooks hooks;
    unsigned options; // PARSE_*

    struct script *script; // under construction
    struct arena *arena;   // its arena
    struct stack stacks[STACKS];
    struct buf text; // literal text of words under construction
    struct replaced *replaced;
    size_t replaced_count, replaced_cap;
    struct heredoc *heredocs, **heredocs_end;
    unsigned blank_lines; // before the command
    struct buf joins; // of the command: a size_t for each newline in a here-document that
                      // a backslash took away

    struct token token; // looked at and not yet taken
    bool have;          // token is valid
    struct alias_use *aliases;
    size_t guard;   // up to here nothing ends the word that word_scan is about to read
    unsigned texts; // entered by input_enter_text around pos
    struct reread *reread; // the last
    char unclosed;      // what input_find_close missed: its closing character, or a quote
    size_t unclosed_at; // where that began
    unsigned substitutions; // nested $( ) around pos in this window
    unsigned groups;        // nested { } around pos
    // of the last function: its name's line, and that of its {. bash has one place for
    // each, so that a function gets those of the last one within it
    unsigned function_line, brace_line;

    bool failed, fatal; // fatal: nothing more can be parsed
    bool at_end;        // the error was the end of the input
    int status;
    struct parse_message *errors, *warnings;
    size_t error_count, warning_count;
};

/* ---- parser.c: memory, errors ----------------------------------------------------- */
void parser_push(struct parser *p, enum parser_stack which, const void *item,
                 size_t size);
static inline size_t parser_mark(const struct parser *p, enum parser_stack which)
{
    return p->stacks[which].len;
}
/* What an attempt to parse a text of its own must leave as it was. */
struct parser_try {
    size_t stacks[STACKS], text, errors;
    unsigned substitutions, groups;
    struct heredoc *heredocs, **heredocs_end;
};
struct parser_try parser_try(const struct parser *p);
/* The attempt is over. false: it failed, and nothing is left of it. */
bool parser_tried(struct parser *p, const struct parser_try *try);
/* Here-documents that it met are not read. */
void parser_drop_heredocs(struct parser *p, const struct parser_try *try);

/* Copies what lies above mark to the arena (NULL if nothing) and counts it. */
void *parser_take(struct parser *p, enum parser_stack which, size_t mark, size_t size,
                  unsigned *count);

/* Report an error; only the first counts. Give NULL, for convenience. */
void *parser_fail(struct parser *p, unsigned line, const char *format, ...)
    PRINTF_LIKE(3, 4);
void parser_add_error(struct parser *p, unsigned line, const char *format, ...)
    PRINTF_LIKE(3, 4);
void *parser_fail_unexpected(struct parser *p); // the token p->token
void *parser_fail_near(struct parser *p, struct span token, unsigned line);
void *parser_fail_close(struct parser *p, unsigned line,
                        char wanted);         // unexpected EOF ... matching
void *parser_fail_unclosed(struct parser *p); // what input_find_close missed
void parser_warn(struct parser *p, unsigned line, const char *format, ...)
    PRINTF_LIKE(3, 4);

struct node *parser_new_node(struct parser *p, enum node_kind kind, unsigned line);

/* ---- input.c: the window ---------------------------------------------------------- */
bool input_more(struct parser *p); // adds a line behind len; false: there is none
static inline int input_at(struct parser *p, size_t at)
{
    while (at >= p->in.len)
        if (!input_more(p))
            return -1;
    return (unsigned char)p->in.text[at];
}
static inline int input_peek(struct parser *p)
{
    return LIKELY(p->in.pos < p->in.len) ? (unsigned char)p->in.text[p->in.pos]
                                         : input_at(p, p->in.pos);
}
/* The innermost text around [from, to) that was read in search of the end of a ((. */
const struct reread *input_find_reread(const struct parser *p, size_t from, size_t to);
static inline unsigned input_line(const struct parser *p)
{
    if (LIKELY(!p->reread))
        return p->in.line;
    const struct reread *r = input_find_reread(p, p->in.pos, p->in.pos + 1);
    return r ? r->line : p->in.line;
}
void input_skip(struct parser *p, size_t to); // moves pos on, counting lines

/* Makes [pos, end) of the window, or another text, the whole input. leave: restores; for
 * a part of the window pos is then its end. */
struct input input_enter_part(struct parser *p, size_t end);
void input_leave_part(struct parser *p, const struct input *outer, size_t end);
struct input input_enter_text(struct parser *p, struct span text, unsigned line);
void input_leave_text(struct parser *p, const struct input *outer);

/* Replaces [start, end) by an alias's value. */
void input_splice(struct parser *p, size_t start, size_t end, struct span name,
                  struct span value);
bool input_in_alias(struct parser *p, struct span name); // its text is being read
/* Behind the \newlines that begin at `at`; `at`: there are none. */
size_t input_past_newlines(struct parser *p, size_t at);
/* Moves the \newlines in [pos, end) to pos, before what else stands there. */
void input_pull_newlines(struct parser *p, size_t end);
bool input_behind_alias(struct parser *p,
                        size_t at);         // one that ended in a blank, not yet used
void input_begin_command(struct parser *p); // drops what lies before pos

/* From behind an opening quote to behind the closing one. SIZE_MAX: there is none. */
size_t input_skip_quotes(struct parser *p, size_t at, char quote);

/* The offset of the character that closes what was opened before from: quotes and
 * substitutions inside are stepped over. SIZE_MAX: there is none. open: nests; NUL: does
 * not. */
size_t input_find_close(struct parser *p, size_t from, char open, char close);

/* Whether a metacharacter that is not quoted lies in [from, to). */
bool input_has_meta(struct parser *p, size_t from, size_t to);

/* ---- lex.c ------------------------------------------------------------------------ */
extern const unsigned char lex_class[256];
enum { LEX_META = 1, LEX_QUOTE = 2, LEX_GLOB = 4, LEX_ODD = 8, LEX_BLANK = 16 };
static inline bool lex_is_meta(int c) { return c < 0 || (lex_class[c] & LEX_META); }

struct token *lex_peek(struct parser *p, unsigned flags);
static inline void lex_take(struct parser *p) { p->have = false; }
bool lex_accept(struct parser *p, enum token_kind kind, unsigned flags);
enum reserved lex_reserved(const struct token *t); // RESERVED_NONE: it is none
void lex_skip_newlines(struct parser *p, unsigned flags);
void lex_skip_blanks(struct parser *p);
size_t lex_operator(struct parser *p, struct token *t); // its length at pos; 0: none

/* ---- word.c ----------------------------------------------------------------------- */
enum {
    SCAN_META = 1,   // ends before a metacharacter
    SCAN_QUOTED = 2, // in double quotes
    SCAN_HERE = 4,   // in a here-document: " is nothing special
    SCAN_DROP = 8,   // in arithmetic: double quotes are dropped
    SCAN_EXTGLOB = 16,
    SCAN_REGEX = 32,
    SCAN_TILDE = 64,         // ~ at the start
    SCAN_TILDE_ASSIGN = 128, // and after : (the value of an assignment)
    SCAN_TILDE_MAYBE = 256,  // after name= if it looks like an assignment
    SCAN_BRACES = 512,
    SCAN_PARAM = 1024, // the word of ${x-word} in double quotes: \} and '...'
    SCAN_INNER = 4096, // "..." in such a word: a backslash quotes any character
    SCAN_DEEP = 8192,  // a word within such quotes
    SCAN_FIRST = 2048, // the first character does not end the word: ${x////_}
};

/* Reads a word from pos on up to what ends it: a metacharacter, an unquoted stop or stop2
 * (NUL: none), the end. */
void word_scan(struct parser *p, unsigned flags, char stop, char stop2,
               struct word *word);

/* The same for a part of the window up to end, as a new word or as arithmetic text. */
struct word *word_scan_part(struct parser *p, size_t end, unsigned flags);
void word_scan_expr(struct parser *p, size_t end, unsigned flags, struct expr *expr);

/* Makes words of known text. */
void word_make_literal(struct parser *p, struct word *word, struct span text);

/* The text of the window from start to end, with command substitutions as bash prints
 * them. */
struct span word_raw(struct parser *p, size_t start, size_t end);
void word_add_replaced(struct parser *p, size_t start, size_t end, struct span text,
                       size_t mark);

/* Sets the flags that follow from the parts. */
void word_classify(struct parser *p, struct word *word);

/* ---- param.c, substitute.c: what follows a $; pos is on it. false: it is itself ---- */
bool param_scan(struct parser *p, unsigned flags, struct part *part);
/* Whether a \newline stands within the name or operator at pos: it is before it then. */
bool param_joins_lines(struct parser *p);
bool substitute_scan(struct parser *p, unsigned flags, struct part *part); // $( $(( $[
void substitute_backquote(struct parser *p, unsigned flags,
                          struct part *part);                 // pos on `
void substitute_process(struct parser *p, struct part *part); // pos on < >

/* ---- assign.c --------------------------------------------------------------------- */
/* Offsets of what may be an assignment; 0: not there. */
struct assign_place {
    size_t open, close; // of the subscript; close SIZE_MAX: it has no end
    size_t equals;      // the = or +=
};

/* Whether an assignment begins at pos. */
bool assign_find(struct parser *p, struct assign_place *place);
/* The same for an argument, where blanks and operators end a subscript too. */
bool assign_find_argument(struct parser *p, struct assign_place *place);
/* flags: more SCAN_* for the value. false: there is none. */
bool assign_scan(struct parser *p, unsigned flags, struct assign *assign);
/* From behind the ( on, behind the end: a ')', or -1, the end of the text. */
void assign_scan_elements(struct parser *p, struct assign *assign, int end);

/* ---- tilde.c, brace.c: over the parts of a word on the stack above mark ----------- */
void tilde_split(struct parser *p, size_t mark, unsigned flags);
bool brace_split(struct parser *p, size_t mark); // true: there is a PART_BRACE now

/* ---- heredoc.c -------------------------------------------------------------------- */
void heredoc_add(struct parser *p, struct redirect *r);
void heredoc_read_all(struct parser *p); // pos is behind a newline

/* ---- command.c, compound.c, cond.c ------------------------------------------------ */
struct node *command_parse_list(
    struct parser *p); // up to what cannot continue it; NULL: failed
struct node *command_parse_list_or_none(
    struct parser *p);                             // the same, may be empty (NULL)
struct node *command_parse_line(struct parser *p); // a complete command
struct redirect **redirect_parse_all(struct parser *p, struct redirect **end,
                                     unsigned flags);
bool compound_starts(const struct token *t);   // whether it begins a compound command
struct node *compound_parse(struct parser *p); // with its redirections
struct node *compound_parse_coproc(struct parser *p); // behind `coproc`
struct node *compound_parse_function(struct parser *p, const struct word *name,
                                     bool keyword);
struct node *simple_parse(struct parser *p,
                          const struct token *first); // first: taken already, or NULL
struct cond *cond_parse(struct parser *p);            // behind [[, up to and with ]]

/* ---- print.c ---------------------------------------------------------------------- */
struct span print_to_arena(struct parser *p,
                           const struct node *body); // as bash prints $( ) bodies

#endif
