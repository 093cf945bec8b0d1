/* shell.h: the state of one shell process as a whole.
 *
 * A struct shell belongs to one process. What it shares with other shells of the
 * sandbox (trees, values, functions) it reaches through counted pointers, which
 * shell_release drops when the process dies (sys_at_death). A subshell gets a clone
 * that its parent made (shell_clone), whose own memory lies in the sandbox heap, for
 * the child to take over.
 * Flow: a command that ends something beyond itself sets `flow` and returns; whoever
 * runs commands one after another stops while flow is not FLOW_NORMAL, up to the one
 * it is meant for.
 * Must not know: the grammar; how a command is run (exec/exec.h). */
#ifndef SHELL_SHELL_H
#define SHELL_SHELL_H

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/str.h"
#include "shell/options.h"

struct builtin;     // builtins/builtin.h
struct jobs;        // exec/jobs.h
struct jobs_copy;   // exec/jobs.h
struct lookup;      // exec/lookup.h
struct parser;      // syntax/parse.h
struct scratch;     // shell/scratch.h
struct node;        // syntax/tree.h
struct procsub;     // exec/procsubst.h
struct completions; // builtins/completion.h
struct history;     // builtins/history.h
struct coproc;      // exec/coproc.h
struct script;      // syntax/tree.h
struct traps;       // exec/traps.h
struct undo;        // exec/redirect.h
struct vars;        // vars/vars.h

enum { DUMP_NONE, DUMP_STRINGS, DUMP_PO }; // bash -D, --dump-po-strings

enum flow {
    FLOW_NORMAL,
    FLOW_BREAK,    // out of flow_levels loops
    FLOW_CONTINUE, // the next turn of the flow_levels'th loop
    FLOW_RETURN,   // from the function or sourced script; its status is `status`
    FLOW_EXIT,     // from the shell: EXIT trap, then death with `status`
    FLOW_ABORT, // an error that ends a shell that runs a script: unset with -u, ${x?} ...
    FLOW_DISCARD, // an error that ends the command line being run ("top level" in bash):
                  // whoever runs the text goes on with its next line
};

/* A call in progress: a function, a sourced script, or the script itself. FUNCNAME,
 * BASH_SOURCE, BASH_LINENO and `caller` read them. They lie in one array, the
 * innermost last. */
enum frame_kind { FRAME_MAIN, FRAME_FUNCTION, FRAME_SOURCE };
struct frame {
    const char *name;   // the function; "source"; "main": an interned text
    const char *source; // the file it was defined in (function), or being read: interned
    enum frame_kind kind;
    int call_line;           // the line of the call, in the caller
    int loops;               // sh->loops of the caller
    struct frame_args *args; // owned: under extdebug, for BASH_ARGV; NULL
};

/* Arguments of a call. */
struct frame_args {
    size_t count;
    struct shared_text *items[]; // counted
};

/* A text shared with clones. */
struct shared_text {
    atomic_uint count;
    char text[];
};

/* What a new process of this shell is to do: set in its clone before it starts. */
struct child {
    const struct node *node; // NULL: nothing (an empty body)
    uint8_t kind;            // enum child_kind (exec/subshell.h)
    bool null_input;         // standard input is /dev/null
    int in, out;             // descriptors that become 0 and 1; -1: they stay
    // descriptors to close, -1: none; in a clone a block of the sandbox heap
    int *close;
    size_t close_count;
    char **words;           // CHILD_COMMAND: the command's; in a clone as close
    uint64_t mask;          // of signals that the parent did not block
    struct jobs_copy *jobs; // the parent's jobs, to be shown; NULL
};

struct shell {
    // The hot part: what every command touches.
    enum flow flow;
    int flow_levels;  // FLOW_BREAK, FLOW_CONTINUE: loops left to leave
    int status;       // $?
    int line;         // of the command being run: LINENO, and messages
    int outer_line;   // the last that was read, or the function's: between commands
    bool discard_far; // FLOW_DISCARD is not over at the end of an eval or source
    bool discarded_function; // the last one was left by an error: FUNCNAME stays
    int loops;               // loops around the current command, in this function
    // > 0: errexit does not apply (a condition, `!`, all but the last of && ||)
    int quiet;
    const struct node *inverted; // `! command`: its own failure counts for nothing
    struct options options;      // set -o, shopt
    // owned: variables, positional parameters, functions, aliases (S2)
    struct vars *vars;
    struct scratch *scratch; // owned: memory of expansions (S2)
    struct frame *frames;    // calls in progress (sandbox heap); see shell_frame()
    int frame_count, frame_cap;
    struct script *script; // the tree that runs; held by `running`
    const char *cmd;       // the name of the builtin that runs, for messages; NULL: none
    const struct builtin *builtin; // the builtin that runs; NULL: none
    // it has assignments before it, in the innermost scope: lists leave them out
    bool builtin_scoped;

    // Identity.
    struct shared_text *name;    // $0
    struct shared_text *command; // the text of -c: $BASH_EXECUTION_STRING; NULL
    // the logical working directory: what `pwd` prints; NULL: unknown
    struct shared_text *cwd;
    int pid;            // $$
    int command_number; // top-level commands so far: \# of prompts
    int own_pid;        // $BASHPID
    int subshell;       // $BASH_SUBSHELL
    int functions;      // function calls in progress
    int sources;        // sourced scripts in progress
    bool is_sh;         // started as `sh`
    bool from_stdin;    // reads its commands from standard input (-s)
    bool is_command;    // -c
    // a pipe or a compound command's redirection is standard input: a job keeps it
    bool input_given;
    bool in_capture;   // this process is the subshell of a $(...)
    bool in_trap;      // a trap's action runs
    int return_before; // $? before the `return` that is under way: RETURN's action sees
                       // it
    int trap_status;   // $? before it: what `exit` alone gives in it
    // $BASH_SUBSHELL goes up once the first command's words are expanded
    bool subshell_late;
    int debug_status;    // what DEBUG's action ended with
    bool debug_done;     // DEBUG's action for the first command has run in the parent
    int commanded;       // runs of `command` in progress: no error ends a posix shell
    bool keep_redirects; // set by exec without a command: its redirections stay
    uint8_t dump; // what is printed of each $"..." instead of running the script: DUMP_*
    int trace_level;   // of eval, source, traps, $( ) and <( ) around: `++`
    int trace_exit;    // the level of EXIT's action
    bool xtracing;     // PS4 is being expanded: no trace of that
    bool msg_line_off; // messages leave out "line N" (only while options are read)

    /* The last pipeline: PIPESTATUS. pipestatus points to pipestatus_small, or is a
     * block of the sandbox heap. */
    int *pipestatus;
    size_t pipestatus_count;
    int pipestatus_small[4];

    // of the last $(...) of the command being expanded; -1: none. A command that is
    // assignments alone has it as its status
    int capture_status;
    int child_signal; // the signal that last ended a child in the foreground
    int last_job_pid; // $!; 0: none yet
    const struct node *command_node;     // that runs now, or ran last: BASH_COMMAND
    const struct expr *command_part;     // of a for (( )): what is evaluated
    const struct script *command_script; // the tree it lies in: running, or last_script
    // counted: a tree that was left, with the command_node of then in it
    struct script *last_script;
    struct {        // $_: the last argument of the last command
        char *text; // small, or a block of the sandbox heap
        size_t cap;
        char small[48];
    } last_arg;
    // bit by index in builtins/table.def: switched off by `enable -n`
    uint64_t builtins_off[2];
    struct jobs *jobs;   // owned: children and their statuses (exec/jobs.h)
    struct traps *traps; // counted: trap actions (exec/traps.h); NULL: none
    bool traps_stale;    // they are the parent's: shown by `trap`, not run
    // DEBUG, RETURN, ERR that do not apply in this function (exec/traps.h)
    uint8_t traps_hidden;
    uint8_t traps_unlisted; // the same, as `trap` has it, which looks through subshells
    // signals that were ignored when the shell started: bit sig - 1
    uint64_t ignored_entry;
    uint64_t ignored_job;    // ignored because this is a job, until `trap` sets them
    uint64_t signals;        // taken, their traps still to be run: bit sig - 1
    unsigned children_ended; // runs of the CHLD trap that are due
    struct lookup *lookup;   // counted: PATH's hash table (exec/lookup.h)
    struct undo *undo;       // redirections to be taken back (exec/redirect.h)
    struct parser *parser;   // of the innermost source of commands; NULL
    // counted: every tree of which a part runs, the innermost last
    struct script **running;
    size_t running_count, running_cap;
    struct procsub *procsubs; // <( ) and >( ) of the commands that run (exec/procsubst.h)
    struct coproc *coprocs;   // (exec/coproc.h)
    // complete's table, this process's own; NULL: empty (builtins/completion.h)
    // counted: what history lists; NULL: empty (builtins/history.h)
    struct history *history;
    struct completions *completions;
    struct buf trace; // set -x builds its lines here
    struct {
        int index;        // OPTIND as getopts last saw it
        int at;           // position in the word
        unsigned changes; // vars_optind_changes() then
    } getopts;
    // pushd: the stack below the cwd, top first; strings and array in the sandbox heap
    struct {
        char **items;
        size_t count;
    } dirs;
    struct child child; // in a clone
};

/* The nth call from inside, 0 the innermost; NULL beyond the outermost. */
static inline struct frame *shell_frame(const struct shell *sh, int n)
{
    return n < sh->frame_count ? &sh->frames[sh->frame_count - 1 - n] : NULL;
}

/* Enters and leaves a call. Names are to be interned (or static). */
void shell_push_frame(struct shell *sh, enum frame_kind kind, const char *name,
                      const char *source);
void shell_pop_frame(struct shell *sh);
void shell_frame_note_args(struct shell *sh, int argc,
                           char *const *argv); // of the innermost

/* The positional parameters of now as the arguments of the script, for BASH_ARGV, unless
 * it has some: bash does so when they are first looked at, or extdebug is set. */
void shell_note_main_args(struct shell *sh);

/* The command for BASH_COMMAND, unless a trap's action runs. */
static inline void shell_note_command(struct shell *sh, const struct node *node)
{
    if (sh->in_trap)
        return;
    sh->command_node = node;
    sh->command_script = sh->script;
}

/* Holds a tree while a part of it runs, as sh->script. push takes the caller's count;
 * pop drops it. Who has a count that is in no registered state yet calls
 * shell_reserve_script before it gets that. */
void shell_reserve_script(struct shell *sh);
void shell_push_script(struct shell *sh, struct script *script);
void shell_pop_script(struct shell *sh);

void shell_set_last_arg(struct shell *sh, const char *text); // $_

struct shared_text *shared_text_new(struct span text);
struct shared_text *shared_text_get(struct shared_text *t); // NULL: NULL
void shared_text_put(struct shared_text *t);                // NULL: nothing

/* Sets PIPESTATUS: to one status, or count of them. */
static inline void shell_set_pipestatus(struct shell *sh, int status)
{
    sh->pipestatus[0] = status;
    sh->pipestatus_count = 1;
}
void shell_set_pipestatuses(struct shell *sh, const int *statuses, size_t count);

/* The shell of this process. */
struct shell *shell_self(void);

/* Makes the state of a new shell with the environment of the process. main.c fills in
 * the identity. The process is registered to release it. */
struct shell *shell_new(void);

/* For a subshell: the parent makes a clone (in the sandbox heap) and starts the child
 * with shell_release as sys_start.release; the child adopts the clone as its first
 * act. */
struct shell *shell_clone(struct shell *parent);
void shell_adopt(struct shell *clone);
void shell_release(void *shell); // drops all counts, frees it: for sys_at_death

static inline bool shell_set(const struct shell *sh, enum set_option id)
{
    return options_is_set(&sh->options, id);
}
static inline bool shell_shopt(const struct shell *sh, enum shopt_option id)
{
    return options_is_shopt(&sh->options, id);
}

/* Changes an option with everything that hangs on it. Used by set, shopt, main. */
void shell_option_set(struct shell *sh, enum set_option id, bool on);
// only what posix mode switches besides, of which BASHOPTS does not tell yet
void shell_set_posix(struct shell *sh, bool on);
void shell_shopt_set(struct shell *sh, enum shopt_option id, bool on);

/* For `local -`: set's options, and those of shopt that posix mode switches. */
uint64_t shell_options_save(const struct shell *sh);
void shell_options_restore(struct shell *sh, uint64_t saved);

/* A restricted shell. shell_refuses: whether this is one, after the message "WHAT:
 * restricted" (NULL: without it), which names the builtin; _path: if there is a slash in
 * path. shell_restrict: makes it one, once its startup files have run. */
bool shell_refuses(struct shell *sh, const char *what);
bool shell_refuses_path(struct shell *sh, const char *path);
void shell_restrict(struct shell *sh);

/* Messages: "NAME: line N: text". Return 1. shell_builtin_error puts the builtin's
 * name first: "NAME: line N: cd: text". */
int shell_error(struct shell *sh, const char *format, ...) PRINTF_LIKE(2, 3);
/* The same for what ends the shell at once under errexit, wherever it happens: readonly
 * variables, bad subscripts and substitutions. */
int shell_report(struct shell *sh, const char *format, ...) PRINTF_LIKE(2, 3);
int shell_errno(struct shell *sh, int err, const char *format, ...) PRINTF_LIKE(3, 4);
int shell_builtin_error(struct shell *sh, const char *format, ...) PRINTF_LIKE(2, 3);
int shell_builtin_errno(struct shell *sh, int err, const char *format, ...)
    PRINTF_LIKE(3, 4);
void shell_add_prefix(
    struct shell *sh, const char *what,
    struct buf *b); // "NAME: line N: "; with what: "NAME: what: line N: "

/* Ends what runs now: sets flow and status, unless the shell ends already. Return status.
 */
int shell_abort(struct shell *sh, int status);          // FLOW_ABORT
int shell_discard(struct shell *sh, int status);        // FLOW_DISCARD
int shell_fail_expansion(struct shell *sh, int status); // POSIX mode: it ends the shell
/* The same for what also ends an eval or a sourced file around: values of integers and
 * subscripts that are wrong. */
int shell_discard_far(struct shell *sh, int status);

/* A name as messages show it: as $'...' where it has what cannot be printed. In scratch
 * memory, or the name itself. */
const char *shell_shown(struct shell *sh, const char *name);

#endif
