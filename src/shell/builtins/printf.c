/* printf.c: the builtin printf, a front on user/printf.h. */
#include "user/printf.h"

#include "base/buf.h"
#include "base/num.h"
#include "shell/builtins/builtin.h"
#include "shell/expand/place.h"
#include "shell/shell.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/out.h"

static int builtin_printf_set(void *ctx, const char *name, int64_t value)
{
    char text[24];
    size_t len = num_from_i64(text, value);
    if (!name_is_valid(span_of(name))) // not of an element either
        return shell_builtin_error(ctx, "`%s': not a valid identifier", name);
    return var_set(ctx, name_intern(span_of(name)), span_make(text, len), 0);
}

static const char *builtin_printf_get(void *ctx, const char *name)
{
    struct span value = var_get(ctx, name_intern(span_of(name)));
    return value.ptr;
}

/* Standard output is written line by line, as seen from the messages. */
static size_t builtin_printf_flush(void *ctx, struct span text)
{
    (void)ctx;
    size_t last = span_find_last(text, '\n');
    size_t len = last < text.len ? last + 1 : 0;
    out_span(span_make(text.ptr, len));
    return out_flush() ? SIZE_MAX : len; // its error sticks
}

int builtin_printf(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "v:");
    const char *variable = NULL;
    for (int c; (c = builtin_opts_next(&o)) != -1;) {
        if (c != 'v')
            return 2;
        variable = o.arg;
        struct span name = span_of(variable);
        size_t bracket = span_find(name, '[');
        bool closed = bracket == name.len ||
                      (name.ptr[name.len - 1] == ']' && bracket + 2 < name.len);
        if (!closed || !name_is_valid(span_make(name.ptr, bracket))) {
            shell_builtin_error(sh, "`%s': not a valid identifier", variable);
            return 2;
        }
    }
    if (o.next >= argc)
        return builtin_usage(sh);
    struct printf_how how = {.bash = true,
                             .bytes = !vars_is_utf8(sh),
                             .set = builtin_printf_set,
                             .get = builtin_printf_get,
                             .flush = variable ? NULL : builtin_printf_flush,
                             .ctx = sh};
    how.started = vars_start(sh); // $SECONDS is not looked at
    struct buf text = buf_make(sys_heap());
    int status = printf_run(&text, &how, argv[o.next], argv + o.next + 1);
    if (variable) {
        status |= place_set_text(sh, span_of(variable), span_of(buf_str(&text)));
    } else {
        out_span(buf_span(&text));
    }
    buf_fini(&text);
    return status;
}
