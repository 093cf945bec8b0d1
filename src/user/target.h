/* target.h: where cp, mv and ln put things: a file, or a folder with the sources' names
 * in it. */
#ifndef USER_TARGET_H
#define USER_TARGET_H

#include <stdbool.h>

struct target {
    const char *folder_option; // -t
    bool no_folder;            // -T
    bool one_is_enough;        // ln: a single operand is linked into "."
    bool no_follow;            // ln -n: a link to a folder is a file

    // what target_find finds
    char **sources;
    int count;
    const char *folder; // NULL: a single source goes to `file`
    const char *file;
};

/* Divides the operands. false: after a message. */
bool target_find(struct target *t, char **operands, int count);

/* Where a source goes, as a heap block. */
char *target_path(const struct target *t, const char *source);

#endif
