/* fixture.c: each test as a process of a kernel of its own, as for the system calls. */
#include "tests/unit/calls/fixture.c"
