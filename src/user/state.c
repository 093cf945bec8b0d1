/* state.c: the struct behind SYS_SLOT_USER. */
#include "user/state.h"

#include "sys.h"

struct user *user_state(void)
{
    struct user *u = sys_slot_get(SYS_SLOT_USER);
    if (LIKELY(u != NULL))
        return u;
    u = sys_alloc_zero(sizeof *u);
    u->out = out_make(1);
    for (size_t i = 0; i < USER_QUOTED; i++)
        u->quoted[i] = buf_make(sys_heap());
    sys_slot_set(SYS_SLOT_USER, u);
    return u;
}
