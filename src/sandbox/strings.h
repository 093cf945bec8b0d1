/* strings.h: lists of strings one behind another in a buffer, each with its NUL:
 * arguments, environments. */
#ifndef SANDBOX_STRINGS_H
#define SANDBOX_STRINGS_H

#include <stddef.h>

#include "base/base.h"

struct buf;
struct kernel;

/* Adds text. -ENOMEM: the list is as it was. */
MUST_CHECK int strings_add(struct buf *list, const char *text);

/* Adds what other has. -ENOMEM. */
MUST_CHECK int strings_add_all(struct buf *list, const struct buf *other);

/* In a list of "NAME=VALUE": gives name a value, in place of the one it had. keep: a NULL
 * value leaves "NAME" as a mark that it is to be taken out; else NULL takes it out.
 * -EINVAL no name; -ENOMEM. */
MUST_CHECK int strings_set_env(struct buf *list, const char *name, const char *value,
                               bool keep);

/* Applies each entry of changes (made with keep) to list. -ENOMEM. */
MUST_CHECK int strings_change_env(struct buf *list, const struct buf *changes);

/* An array of pointers to head (count of them, may be NULL) and then the strings of list,
 * NULL-ended, to be given to kernel_free. NULL: no memory. */
char **strings_point(struct kernel *k, const char *const *head, size_t count,
                     const struct buf *list);

#endif
