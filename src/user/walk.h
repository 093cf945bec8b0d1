/* walk.h: walking over directory trees, without recursion on their depth.
 *
 * A folder's entries are read when it is entered and held until it is left; one path
 * string grows and shrinks. A symbolic link that is followed to a folder above it is a
 * loop, reported once as WALK_LOOP. Every step passes the door. */
#ifndef USER_WALK_H
#define USER_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "sys.h"

enum {
    WALK_FOLLOW = 1,     // follow all symbolic links (-L)
    WALK_FOLLOW_ARG = 2, // follow the one that is the root (-H)
    WALK_SORT = 4,       // entries in the order of their bytes
    WALK_ONE_FS = 8,     // do not enter other filesystems (-x)
    WALK_NO_STAT = 16,   // fill only st.mode's type where the directory tells it
};

enum walk_kind {
    WALK_FILE,       // anything but a folder
    WALK_PRE,        // a folder before its entries
    WALK_POST,       // the same after them
    WALK_ERROR,      // could not be looked at: err
    WALK_UNREADABLE, // a folder, after its WALK_PRE, could not be read: err; WALK_POST
                     // follows
    WALK_LOOP,       // a folder that is one of its own ancestors: not entered
};

struct walk_entry {
    enum walk_kind kind;
    const char *path;   // root with the names below it, valid until the next step
    const char *name;   // its last component (of a root: the root as given)
    int depth;          // 0: the root
    int err;            // -errno
    struct sys_stat st; // of the link where links are not followed
};

struct walk_level;
struct walk {
    unsigned flags;
    struct buf path;
    struct walk_level *top;
    struct walk_entry entry;
    uint64_t root_dev;
    bool started, skip;
};

void walk_begin(struct walk *w, const char *root, unsigned flags);

/* The next entry, or NULL at the end. */
struct walk_entry *walk_next(struct walk *w);

/* After WALK_PRE: does not enter this folder (WALK_POST does not come either). */
void walk_skip(struct walk *w);

void walk_end(struct walk *w); // frees; only needed before walk_next gave NULL

/* ---- One folder ------------------------------------------------------------------- */

/* The names in a folder, without "." and "..", in the order that the system gives them,
 * each with its type (SYS_IF*, 0 unknown). */
struct walk_name {
    uint32_t type;
    uint64_t ino;
    char *name;
};
struct walk_names {
    struct walk_name *items;
    size_t count;
    char *text; // the names' bytes
};

/* 0 or -errno. dots: with "." and "..". */
MUST_CHECK int walk_read_folder(const char *path, bool dots, struct walk_names *names);
void walk_free_names(struct walk_names *names);
void walk_sort_names(struct walk_names *names);

#endif
