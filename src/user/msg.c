/* msg.c: a message is put together first and written at once, so that those of processes
 * side by side do not mix. */
#include "user/msg.h"

#include "base/buf.h"
#include "base/escape.h"
#include "base/str.h"
#include "base/utf8.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/env.h"
#include "user/errtext.h"
#include "user/out.h"
#include "user/state.h"

static void msg_put(struct buf *b)
{
    int err = out_write_all(2, b->data, b->len);
    (void)err; // nowhere to say it
    buf_fini(b);
}

static struct buf msg_begin(const char *format, va_list args)
{
    struct buf b = buf_make(sys_heap());
    const struct user *u = user_state();
    if (u->prefix_add)
        u->prefix_add(&b);
    else
        buf_addf(&b, "%s: ", msg_prefix());
    buf_addv(&b, format, args);
    return b;
}

static void msg_add_try_help(struct buf *b)
{
    const struct cmd *entry = user_state()->entry;
    if (entry && entry->try_prefixed)
        buf_addf(b, "%s: ", msg_prefix());
    if (entry && entry->try_usage)
        buf_addf(b, "Usage: %s [OPTION]... %s\n", msg_prefix(), entry->usage);
    buf_addf(b, "Try '%s --help' for more information.\n", msg_prefix());
}

int msg_v(const char *format, va_list args)
{
    struct buf b = msg_begin(format, args);
    buf_add_char(&b, '\n');
    msg_put(&b);
    return 1;
}

int msg(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    msg_v(format, args);
    va_end(args);
    return 1;
}

int msg_warn(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    msg_v(format, args);
    va_end(args);
    return 0;
}

int msg_errno(int err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct buf b = msg_begin(format, args);
    va_end(args);
    buf_addf(&b, ": %s\n", errtext(err));
    msg_put(&b);
    return 1;
}

int msg_usage(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct buf b = msg_begin(format, args);
    va_end(args);
    buf_add_char(&b, '\n');
    msg_add_try_help(&b);
    msg_put(&b);
    return 1;
}

int msg_try_help(void)
{
    struct buf b = buf_make(sys_heap());
    msg_add_try_help(&b);
    msg_put(&b);
    return 1;
}

int msg_raw(const char *format, ...)
{
    struct buf b = buf_make(sys_heap());
    va_list args;
    va_start(args, format);
    buf_addv(&b, format, args);
    va_end(args);
    msg_put(&b);
    return 1;
}

void msg_set_prefix(const char *text)
{
    struct user *u = user_state();
    sys_free(u->prefix_own);
    u->prefix_own = text ? sys_strdup(text) : NULL;
    u->prefix = u->prefix_own;
}

void msg_set_prefix_by(void (*add)(struct buf *b)) { user_state()->prefix_add = add; }

const char *msg_prefix(void)
{
    struct user *u = user_state();
    if (u->prefix)
        return u->prefix;
    char **argv = sys_argv();
    return argv && argv[0] ? argv[0] : "?";
}

/* Whether the environment asks for the C locale, as one without LANG does. */
static bool msg_is_c_locale(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *value = env_get(names[i]);
        if (value && *value)
            return str_eq(value, "C") || str_eq(value, "POSIX");
    }
    return true;
}

static struct buf *msg_quoted_buf(void)
{
    struct user *u = user_state();
    struct buf *b = &u->quoted[u->quoted_next++ % USER_QUOTED];
    buf_clear(b);
    return b;
}

/* A byte as in a C string. */
static void msg_add_c_char(struct buf *b, char c)
{
    static const char letters[] = "abtnvfr"; // from \a (7) on

    if (c == '\\')
        buf_add_str(b, "\\\\");
    else if (c >= 7 && c <= 13)
        buf_addf(b, "\\%c", letters[c - 7]);
    else if (char_is_print((unsigned char)c))
        buf_add_char(b, c);
    else
        buf_addf(b, "\\%03o", (unsigned char)c);
}

const char *quoted(const char *text)
{
    struct buf *b = msg_quoted_buf();
    bool plain = msg_is_c_locale();
    const char *close = plain ? "'" : "\u2019";
    buf_add_str(b, plain ? "'" : "\u2018");
    for (struct span s = span_of(text); s.len;) {
        uint32_t c;
        int n = utf8_decode(s.ptr, s.len, &c);
        bool utf8 = n > 1 && !plain && (c < 0x80 || c >= 0xa0);
        if (str_starts(s.ptr, close))
            buf_add_char(b, '\\');
        if (utf8)
            buf_add(b, s.ptr, (size_t)n);
        else
            msg_add_c_char(b, *s.ptr);
        s = span_from(s, utf8 ? (size_t)n : 1);
    }
    buf_add_str(b, close);
    return buf_str(b);
}

const char *quoted_file(const char *name)
{
    struct buf *b = msg_quoted_buf();
    escape_add_gnu_operand(b, ESCAPE_GNU_SHELL_ESCAPE, span_of(name));
    return buf_str(b);
}

const char *quoted_path(const char *name)
{
    struct buf *b = msg_quoted_buf();
    escape_add_gnu(b, ESCAPE_GNU_SHELL_ESCAPE_ALWAYS, span_of(name));
    return buf_str(b);
}
