/* fixture.c: each test as a process with files of its own, as for the filesystem. */
#include "tests/unit/vfs/fixture.c"
