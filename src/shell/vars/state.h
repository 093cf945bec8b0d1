/* state.h: struct vars itself, for the files of vars/ and the hot paths of expand/.
 *
 * Everything lies in the sandbox heap, since a clone is made by its parent; the
 * environment vector and what hangs on `expand` belong to the process. Invariants: a page
 * with count 1 may be written to; vars_no_page (count 0) stands for pages without
 * variables and never is. undo[scopes[i].start..) belongs to scope i up to the start of
 * the next. */
#ifndef SHELL_VARS_STATE_H
#define SHELL_VARS_STATE_H

#include <stdatomic.h>

#include "base/map.h"
#include "base/rand.h"
#include "shell/shell.h"
#include "shell/vars/params.h"
#include "shell/vars/value.h"
#include "shell/vars/vars.h"

enum { VARS_PAGE = 32 }; // slots of a page

struct var_page {
    _Atomic unsigned count;
    struct value slots[VARS_PAGE];
};

/* What a scope's end puts back. id 0: the options that `local -` saved, as num. */
struct var_undo {
    unsigned id;
    struct value saved;
    bool stays; // at the end of the scope the value stays (var_keep_temporary)
};

struct scope {
    enum scope_kind kind;
    size_t start; // of its entries in undo
};

/* How a byte splits fields: IFS as a table. */
enum {
    IFS_NONE,
    IFS_SPACE, // IFS white space
    IFS_OTHER,
    IFS_LEAD, // the first byte of a longer character of IFS
    IFS_CLASS = 3,
    IFS_GLOB = 4, // besides: a byte that can make text a pattern
};
struct ifs {
    bool valid;   // the table is that of the present IFS
    bool empty;   // IFS is set and empty: nothing splits
    char join[5]; // the first character of IFS as a string: what "$*" joins with
    uint8_t class[256];
    struct span
        wide; // the characters of IFS that are longer than a byte (in the variable)
};

struct function_page;

/* Environment entries that are handed on as they came ("A-B=1"). */
struct foreign {
    _Atomic unsigned count; // owners
    size_t len;
    char *entries[]; // their texts follow
};

struct vars {
    struct var_page **pages;
    unsigned page_count;
    struct var_undo *undo;
    size_t undo_len, undo_cap;
    struct scope *scopes;
    size_t scope_len, scope_cap;

    struct params params;
    struct function_page **functions;
    unsigned function_pages;
    struct map aliases; // of struct text *, counted

    bool utf8;                             // LC_ALL, LC_CTYPE, LANG ask for UTF-8
    unsigned path_changes, optind_changes; // see vars_path_changes
    int64_t start_s;                       // SECONDS is 0 then, seconds since 1970
    uint32_t random;                       // state of RANDOM
    uint32_t random_last;                  // what it gave last
    bool random_stale; // a subshell that has not asked yet: it gets a seed of its own
    struct ifs ifs;
    // counted: environment entries that are no variables; NULL: none
    struct foreign *foreign;

    char **environ; // cached (process heap), NULL: to be made
    void *expand;   // state of expansion (expand/hooks.c), NULL: none yet
};

extern const struct var_page vars_no_page;

static inline const struct value *vars_slot(const struct vars *v, unsigned id)
{
    unsigned page = id / VARS_PAGE;
    return &(LIKELY(page < v->page_count) ? v->pages[page] : &vars_no_page)
                ->slots[id % VARS_PAGE];
}

static inline bool vars_owns(const struct vars *v, unsigned id)
{
    unsigned page = id / VARS_PAGE;
    return page < v->page_count &&
           atomic_load_explicit(&v->pages[page]->count, memory_order_acquire) == 1;
}

/* The slot to be written to; valid until the next call that may copy the page: any
 * assignment. */
struct value *vars_own_slow(struct vars *v, unsigned id);
static inline struct value *vars_own(struct vars *v, unsigned id)
{
    if (LIKELY(vars_owns(v, id)))
        return &v->pages[id / VARS_PAGE]->slots[id % VARS_PAGE];
    return vars_own_slow(v, id);
}

/* A variable of which assignments do more than set it. */
enum {
    VAR_SLOW = VAR_EXPORT | VAR_READONLY | VAR_INTEGER | VAR_LOWER | VAR_UPPER |
               VAR_CAPITAL | VAR_NAMEREF | VAR_TRACE | VAR_DYNAMIC,
};

static inline bool var_exists(const struct value *v)
{
    return v->kind != VALUE_NONE || (v->attrs & ~(VAR_LOCAL | VAR_TEMPORARY));
}

/* Called after a variable up to NAME_WATCHED, or an exported one, has changed. */
void vars_changed(struct shell *sh, unsigned id, unsigned attrs);

/* special.c: computes the value of a VAR_DYNAMIC variable into its slot; takes an
 * assignment to one (true: that is all there is to do). */
void special_start(struct shell *sh);
void special_refresh(struct shell *sh, unsigned id);
bool special_set(struct shell *sh, unsigned id, struct span text);
void special_set_index(struct shell *sh, unsigned id, int64_t index, struct span text,
                       bool append);
bool special_set_key(struct shell *sh, unsigned id, struct span key, struct span text);

/* The slot for reading: a dynamic variable has been computed. */
static inline const struct value *vars_read(struct shell *sh, unsigned id)
{
    const struct value *v = vars_slot(sh->vars, id);
    if (UNLIKELY(v->attrs & VAR_DYNAMIC)) {
        special_refresh(sh, id);
        v = vars_slot(sh->vars, id);
    }
    return v;
}

/* The table for the present IFS. Valid until IFS changes. */
const struct ifs *vars_ifs_slow(struct shell *sh);
static inline const struct ifs *vars_ifs(struct shell *sh)
{
    return LIKELY(sh->vars->ifs.valid) ? &sh->vars->ifs : vars_ifs_slow(sh);
}

/* What an assignment stores, after the attributes were applied. 0, or 1 after a message.
 * old: what += adds to; NULL: nothing. */
struct var_new {
    struct span text;
    int64_t num;
    bool is_num;
    bool whole; // what += adds to is in it
};
MUST_CHECK int var_prepare(struct shell *sh, unsigned attrs, const struct value *old,
                           struct span text, struct var_new *new);
void var_store(struct value *v, const struct var_new *new, unsigned flags);

/* The value of an integer is wrong: the command line ends, with the status that the last
 * command had. 1. */
int var_discard(struct shell *sh);

/* What `id` += text comes to, in scratch memory. 0, or 1 after a message. */
MUST_CHECK int var_sum(struct shell *sh, unsigned id, struct span text, struct span *sum);

/* The global value that locals hide; NULL: none does. scopes.c */
struct value *scope_global(struct shell *sh, unsigned id);

/* A local nameref that leads back to itself means the global variable of its name. NULL:
 * it is no such one. */
struct value *var_behind_circle(struct shell *sh, unsigned id);

/* The part of a value that a plain assignment goes to: element 0 of an array. */
struct value *var_scalar(struct value *v);

/* The slot of the variable that `id` means (through namerefs), checked for readonly: NULL
 * after a message. */
struct value *var_open(struct shell *sh, unsigned *id);

void params_fini(struct params *p);
void params_copy(struct params *dst, const struct params *src);
/* letters.c: text with its letters as -u, -l or -c want them, in scratch memory. */
struct span letters_change(struct shell *sh, unsigned attrs, struct span text);
/* exported.c: functions in the environment, "BASH_FUNC_name%%=() {...}". */
bool exported_is_function(const char *entry);
void exported_import(struct shell *sh, const char *entry);
struct span exported_text(struct shell *sh, unsigned id); // the entry, in scratch memory

void foreign_put(struct foreign *f); // NULL: nothing
void functions_release(struct vars *v);
void functions_clone(struct vars *dst, const struct vars *src);
void aliases_release(struct vars *v);
void aliases_clone(struct vars *dst, const struct vars *src);

#endif
