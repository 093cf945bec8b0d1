/* errtext.h: what an error number means, in the words of GNU's strerror. */
#ifndef USER_ERRTEXT_H
#define USER_ERRTEXT_H

/* "No such file or directory" for ENOENT or -ENOENT. Never NULL; an unknown number is
 * "Unknown error". */
const char *errtext(int err);

#endif
