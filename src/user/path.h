/* path.h: paths as text; nothing here looks at files. */
#ifndef USER_PATH_H
#define USER_PATH_H

#include "base/str.h"

struct buf;

/* The last component without slashes after it: "b" of "a/b/"; "/" of "//"; "" of "". */
struct span path_base(const char *path);

/* What basename(1) and dirname(1) take for the directory: "a" of "a/b/", "/" of "/a", "."
 * of "a". */
struct span path_dir(const char *path);

/* dir/name as a heap block, with one slash between them; only name if dir is "". */
char *path_join(const char *dir, const char *name);

/* Adds path with "." and "//" left out and ".." resolved as text. An absolute path stays
 * so; an empty result is ".". */
void path_add_normal(struct buf *b, const char *path);

/* Adds the way from one absolute, normal path to another, as text: "../../x". */
void path_add_relative(struct buf *b, const char *from, const char *to);

/* The working directory as a heap block; NULL if it is gone. */
char *path_cwd(void);

#endif
