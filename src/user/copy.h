/* copy.h: copying files and trees with their attributes: cp, mv between filesystems,
 * install. */
#ifndef USER_COPY_H
#define USER_COPY_H

#include <stdbool.h>

#include "base/map.h"
#include "user/backup.h"

enum copy_follow { COPY_FOLLOW_NONE, COPY_FOLLOW_ARGS, COPY_FOLLOW_ALL };
enum copy_overwrite { COPY_OVERWRITE, COPY_ASK, COPY_KEEP }; // -f, -i, -n

struct copy {
    enum copy_follow follow;
    enum copy_overwrite overwrite;
    bool update; // only over what is older
    bool recursive;
    bool hard_link, symlink; // make links, do not copy
    bool attributes_only, copy_contents, one_fs;
    bool force;        // remove a target that cannot be opened
    bool remove_first; // remove targets before
    bool preserve_mode, preserve_owner, preserve_times, preserve_links;
    bool default_mode; // --no-preserve=mode: as if made anew
    bool verbose;
    bool moving; // for mv
    enum backup backup;
    const char *suffix;
    unsigned umask;

    int status;       // 1 after an error, which was reported
    struct map links; // "dev:ino" of a source with several names -> its first target
    struct map made;  // targets -> "dev:ino" of their source
};

void copy_init(struct copy *c);

/* Copies source (a file, or with `recursive` a tree) to target. Errors are reported.
 * true: all went well. */
bool copy_run(struct copy *c, const char *source, const char *target);

/* Makes room for a new target: asks, backs up or removes, as the choices say. st: of the
 * target (by lstat). *backup: the backup's name (heap), or NULL. false: leave it as it
 * is; *failed: after a message. */
bool copy_clear_target(struct copy *c, const char *target, char **backup, bool *failed);

/* Whether the target, which exists, may be overwritten as -i, -n and -u have it. */
bool copy_may_overwrite(const struct copy *c, int64_t source_mtime_ns,
                        const char *target);

#endif
