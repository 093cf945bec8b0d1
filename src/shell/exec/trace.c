/* trace.c: see trace.h. A line is put together in sh->trace and written at once. */
#include "shell/exec/trace.h"

#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/num.h"
#include "base/utf8.h"
#include "shell/exec/exec.h"
#include "shell/expand/expand.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/syntax/tree.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/out.h"

/* PS4's first character once for each level of eval, source, traps and substitutions. */
static void trace_add_prompt(struct shell *sh, struct span ps4)
{
    uint32_t c;
    if (!ps4.len)
        return;
    int first = utf8_decode(ps4.ptr, ps4.len, &c);
    size_t len = first > 0 ? (size_t)first : 1;
    for (int i = 0; i <= sh->trace_level; i++)
        buf_add(&sh->trace, ps4.ptr, len);
    buf_add_span(&sh->trace, span_from(ps4, len));
}

bool trace_begin(struct shell *sh)
{
    if (!shell_set(sh, SET_XTRACE) || sh->xtracing)
        return false;
    struct scratch_mark mark = scratch_mark(sh->scratch);
    struct span text = var_get(sh, NAME_PS4), ps4 = span_of("+ ");
    int status = sh->status, captured = sh->capture_status;
    sh->xtracing = true;
    if (!text.ptr)
        text = span_of("");
    if (expand_prompt(sh, text, &ps4))
        ps4 = text;
    sh->xtracing = false;
    if (sh->flow != FLOW_EXIT) // an error in PS4 ends nothing
        sh->flow = FLOW_NORMAL;
    sh->status = status;
    sh->capture_status = captured;
    buf_clear(&sh->trace);
    trace_add_prompt(sh, ps4);
    scratch_release(sh->scratch, mark);
    return true;
}

static int trace_fd(struct shell *sh)
{
    struct span text = var_get(sh, NAME_BASH_XTRACEFD);
    int fd;
    return text.ptr && !num_to_int(text.ptr, &fd) && sys_fd_flags(fd) >= 0 ? fd : 2;
}

void trace_end(struct shell *sh)
{
    buf_add_char(&sh->trace, '\n');
    int err = out_write_all(trace_fd(sh), sh->trace.data, sh->trace.len);
    (void)err; // nowhere to say it
}

/* Whether a word holds what means something to a shell. */
static bool trace_is_special(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i], before = i ? text.ptr[i - 1] : '=';
        if (strchr(" \t\n'\"\\|&;()<>!{}*[?]^$`", c))
            return true;
        if (c == '~' && (before == '=' || before == ':'))
            return true;
        if (c == '#' && (!i || char_is_blank(before)))
            return true;
    }
    return false;
}

void trace_add_quoted(struct shell *sh, struct span text)
{
    struct buf *b = &sh->trace;
    if (!text.len)
        buf_add_str(b, "''");
    else if (trace_is_special(text))
        escape_add_plain_single(b, text);
    else if (!escape_is_printable(text, vars_is_utf8(sh)))
        escape_add_dollar(b, text, vars_is_utf8(sh));
    else
        buf_add_span(b, text);
}

void exec_trace_text(struct shell *sh, struct span text)
{
    if (!trace_begin(sh))
        return;
    buf_add_span(&sh->trace, text);
    trace_end(sh);
}

void exec_trace_array(struct shell *sh, const struct assign *assign,
                      const struct assign_items *items)
{
    struct scratch_mark mark = scratch_mark(sh->scratch);
    if (trace_begin(sh)) {
        struct span shown = expand_array_shown(sh, items);
        buf_addf(&sh->trace, "%s%s=", sys_interned(assign->name),
                 assign->append ? "+" : "");
        buf_add_span(&sh->trace, shown);
        trace_end(sh);
    }
    scratch_release(sh->scratch, mark);
}

void exec_trace_command(struct shell *sh, char *const *words, size_t count)
{
    if (!trace_begin(sh))
        return;
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_add_char(&sh->trace, ' ');
        trace_add_quoted(sh, span_of(words[i]));
    }
    trace_end(sh);
}

void exec_trace_assign(struct shell *sh, struct span left, struct span value)
{
    if (!trace_begin(sh))
        return;
    buf_add_span(&sh->trace, left);
    if (value.len)
        trace_add_quoted(sh, value);
    trace_end(sh);
}

void exec_trace_argument(struct shell *sh, struct span text)
{
    size_t at = span_find(text, '=') + 1;
    exec_trace_assign(sh, span_make(text.ptr, at), span_from(text, at));
}
