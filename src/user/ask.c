/* ask.c: see ask.h. The input is buffered for the process: later questions go on reading
 * it. */
#include "user/ask.h"

#include <stdarg.h>

#include "base/buf.h"
#include "sys.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/out.h"
#include "user/state.h"

static struct in *ask_input(void)
{
    struct user *u = user_state();
    if (!u->answers) {
        u->answers = sys_alloc(sizeof *u->answers);
        *u->answers = in_make(0);
    }
    return u->answers;
}

bool ask(const char *format, ...)
{
    struct buf b = buf_make(sys_heap());
    va_list args;
    va_start(args, format);
    buf_addv(&b, format, args);
    va_end(args);
    msg_raw("%s: %s", msg_prefix(), buf_str(&b));
    buf_fini(&b);
    struct span line;
    return in_line(ask_input(), '\n', &line) && (*line.ptr == 'y' || *line.ptr == 'Y');
}
