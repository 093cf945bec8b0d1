/* caller.c: caller. */
#include "base/num.h"
#include "shell/builtins/builtin.h"
#include "shell/shell.h"
#include "user/out.h"

static const char *caller_source(const struct frame *f)
{
    return f && *f->source ? f->source : "NULL";
}

/* Bash does not look whether it could be written. */
static int caller_end(void)
{
    if (out_flush())
        out_reset();
    return 0;
}

int builtin_caller(struct shell *sh, int argc, char **argv)
{
    int first = builtin_no_options(sh, argc, argv), n = 0;
    if (first < 0)
        return 2;
    if (first == argc) {
        const struct frame *f = shell_frame(sh, 0);
        if (!f) // of -c
            return 1;
        bool called = f->kind != FRAME_MAIN;
        outf("%d %s\n", called ? f->call_line : 0,
             caller_source(called ? shell_frame(sh, 1) : NULL));
        return caller_end();
    }
    if (num_to_int(argv[first], &n)) {
        builtin_bad_number(sh, argv[first]);
        return builtin_usage(sh);
    }
    const struct frame *f = n >= 0 ? shell_frame(sh, n) : NULL;
    const struct frame *up = n >= 0 ? shell_frame(sh, n + 1) : NULL;
    if (!f || !up)
        return 1;
    outf("%d %s %s\n", f->call_line, up->name, caller_source(up));
    return caller_end();
}
