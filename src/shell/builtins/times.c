/* times.c: times. (The kernel does not tell user from system time: all of it is user
 * time.) */
#include "base/buf.h"
#include "shell/builtins/builtin.h"
#include "shell/exec/timing.h"
#include "sys.h"
#include "user/out.h"

static void times_line(uint64_t ns)
{
    struct buf b = buf_make(sys_heap());
    timing_add(&b, ns, 3, true);
    buf_add_char(&b, ' ');
    timing_add(&b, 0, 3, true);
    buf_add_char(&b, '\n');
    out_span(buf_span(&b));
    buf_fini(&b);
}

int builtin_times(struct shell *sh, int argc, char **argv)
{
    struct sys_times t;
    if (builtin_no_options(sh, argc, argv) < 0)
        return BUILTIN_MISUSED;
    sys_times(&t);
    times_line(t.self_ns);
    times_line(t.children_ns);
    return 0;
}
