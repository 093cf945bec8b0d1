/* ids.h: users and groups by name and number, from /etc/passwd and /etc/group. */
#ifndef USER_IDS_H
#define USER_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { IDS_NAME = 64 };

/* The names that belong to numbers. false, with the number as text: there is none. */
bool ids_user_name(uint32_t uid, char dst[IDS_NAME]);
bool ids_group_name(uint32_t gid, char dst[IDS_NAME]);

/* The numbers of names. *gid (may be NULL): the user's group. false: no such name. */
bool ids_user(const char *name, uint32_t *uid, uint32_t *gid);
bool ids_group(const char *name, uint32_t *gid);

/* The home folder of a user, as a heap block; NULL: no such user. */
char *ids_home(const char *name);

/* The groups that a user is a member of, gid first. Gives a heap block and their
 * number. */
uint32_t *ids_groups_of(const char *name, uint32_t gid, size_t *count);

#endif
