/* echo.c: see echo.h. */
#include "user/echo.h"

#include "base/buf.h"
#include "base/escape.h"
#include "base/str.h"
#include "sys.h"
#include "user/out.h"

/* Reads an option word such as -neE. false: it is text. */
static bool echo_read_option(const char *word, bool *newline, bool *escapes)
{
    if (*word != '-' || !word[1] || word[1 + strspn(word + 1, "neE")])
        return false;
    for (word++; *word; word++)
        if (*word == 'n')
            *newline = false;
        else
            *escapes = *word == 'e';
    return true;
}

/* Whether \c ended it. */
static bool echo_write_escaped(struct out *o, const char *text, bool ascii)
{
    struct buf b = buf_make(sys_heap());
    bool stop =
        escape_add_decoded(&b, ESCAPE_ECHO | (ascii ? ESCAPE_ASCII : 0), span_of(text));
    out_add_span(o, buf_span(&b));
    buf_fini(&b);
    return stop;
}

void echo_write(struct out *o, char **args, bool plain, bool escapes, bool ascii)
{
    bool newline = true;
    if (!plain)
        while (*args && echo_read_option(*args, &newline, &escapes))
            args++;
    for (char **arg = args; *arg; arg++) {
        if (arg != args)
            out_add_char(o, ' ');
        if (!escapes)
            out_add_str(o, *arg);
        else if (echo_write_escaped(o, *arg, ascii))
            return;
    }
    if (newline)
        out_add_char(o, '\n');
}
