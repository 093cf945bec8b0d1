/* error.c: see error.h; and what the codes mean, and the version. */
#include "sandbox/error.h"

#include <errno.h>

#include "base/base.h"
#include "shoal.h"

struct error_text {
    int code;
    const char *text;
};

static const struct error_text error_texts[] = {
    {0, "success"},
    {SHOAL_E_NOMEM, "out of memory"},
    {SHOAL_E_INVALID, "invalid argument"},
    {SHOAL_E_STATE, "not possible in this state"},
    {SHOAL_E_BUSY, "busy"},
    {SHOAL_E_TIMEOUT, "timed out"},
    {SHOAL_E_LIMIT, "limit of the sandbox reached"},
    {SHOAL_E_HOST, "the host has no more threads or descriptors"},
    {SHOAL_E_NOT_SUPPORTED, "not supported"},
    {SHOAL_E_NOT_FOUND, "no such file or directory"},
    {SHOAL_E_EXISTS, "file exists"},
    {SHOAL_E_NOT_DIR, "not a directory"},
    {SHOAL_E_IS_DIR, "is a directory"},
    {SHOAL_E_NOT_EMPTY, "directory not empty"},
    {SHOAL_E_ACCESS, "permission denied"},
    {SHOAL_E_LOOP, "too many levels of symbolic links"},
    {SHOAL_E_NAME_TOO_LONG, "file name too long"},
    {SHOAL_E_NO_SPACE, "no space left in the sandbox"},
    {SHOAL_E_READ_ONLY, "read-only file system"},
    {SHOAL_E_TOO_BIG, "too big"},
    {SHOAL_E_IO, "input/output error"},
};

const char *shoal_strerror(int code)
{
    for (size_t i = 0; i < COUNT_OF(error_texts); i++)
        if (error_texts[i].code == code)
            return error_texts[i].text;
    return "unknown error";
}

struct error_pair {
    int err, code;
};

static const struct error_pair error_pairs[] = {
    {-ENOMEM, SHOAL_E_NOMEM},
    {-EINVAL, SHOAL_E_INVALID},
    {-EBADF, SHOAL_E_INVALID},
    {-EBUSY, SHOAL_E_BUSY},
    {-ETXTBSY, SHOAL_E_BUSY},
    {-ETIMEDOUT, SHOAL_E_TIMEOUT},
    {-EAGAIN, SHOAL_E_LIMIT},
    {-EMFILE, SHOAL_E_LIMIT},
    {-ENFILE, SHOAL_E_HOST},
    {-ENOSYS, SHOAL_E_NOT_SUPPORTED},
    {-ENXIO, SHOAL_E_NOT_SUPPORTED},
    {-ESPIPE, SHOAL_E_NOT_SUPPORTED},
    {-EOPNOTSUPP, SHOAL_E_NOT_SUPPORTED},
    {-ENOENT, SHOAL_E_NOT_FOUND},
    {-EEXIST, SHOAL_E_EXISTS},
    {-ENOTDIR, SHOAL_E_NOT_DIR},
    {-EISDIR, SHOAL_E_IS_DIR},
    {-ENOTEMPTY, SHOAL_E_NOT_EMPTY},
    {-EACCES, SHOAL_E_ACCESS},
    {-EPERM, SHOAL_E_ACCESS},
    {-ELOOP, SHOAL_E_LOOP},
    {-ENAMETOOLONG, SHOAL_E_NAME_TOO_LONG},
    {-ENOSPC, SHOAL_E_NO_SPACE},
    {-EMLINK, SHOAL_E_NO_SPACE},
    {-EROFS, SHOAL_E_READ_ONLY},
    {-EFBIG, SHOAL_E_TOO_BIG},
    {-E2BIG, SHOAL_E_TOO_BIG},
};

int error_code(int err)
{
    if (err >= 0)
        return 0;
    for (size_t i = 0; i < COUNT_OF(error_pairs); i++)
        if (error_pairs[i].err == err)
            return error_pairs[i].code;
    return SHOAL_E_IO;
}

const char *shoal_version(void) { return SHOAL_VERSION; }

unsigned shoal_abi(void) { return SHOAL_ABI; }
