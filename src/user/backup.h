/* backup.h: names for backups of files that are to be overwritten: --backup of cp, mv,
 * ln. */
#ifndef USER_BACKUP_H
#define USER_BACKUP_H

#include <stdbool.h>

enum backup { BACKUP_NONE, BACKUP_SIMPLE, BACKUP_EXISTING, BACKUP_NUMBERED };

/* The kind that --backup=TEXT asks for; text NULL: what VERSION_CONTROL says, or
 * EXISTING. false: after a message. */
bool backup_read(const char *text, enum backup *kind);

/* The name for a backup of path, as a heap block. suffix NULL: SIMPLE_BACKUP_SUFFIX, or
 * "~". */
char *backup_name(const char *path, enum backup kind, const char *suffix);

#endif
