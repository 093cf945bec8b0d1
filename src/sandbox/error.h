/* error.h: from the kernel's -errno to the codes of shoal.h. */
#ifndef SANDBOX_ERROR_H
#define SANDBOX_ERROR_H

/* The SHOAL_E_ code for err, a negative errno; 0 for 0. */
int error_code(int err);

#endif
