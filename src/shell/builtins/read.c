/* read.c: read. */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "shell/builtins/builtin.h"
#include "shell/builtins/bytes.h"
#include "shell/expand/expand.h"
#include "shell/expand/place.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/vars/arrays.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/msg.h"

struct read {
    struct shell *sh;
    bool raw;       // -r
    bool exact;     // -N
    bool counted;   // -n or -N
    bool timed;     // -t
    int64_t count;  // characters
    double timeout; // seconds
    int delimiter, fd;
    const char *array; // -a
    const char *prompt;
    struct buf text;
};

/* ---- Options ---------------------------------------------------------------------- */

static int read_parse_count(struct read *r, const char *arg)
{
    if (num_to_i64_whole(arg, &r->count) || r->count < 0)
        return builtin_bad_number(r->sh, arg);
    r->counted = true;
    return 0;
}

/* Seconds, with a fraction of digits. */
static int read_parse_timeout(struct read *r, const char *arg)
{
    const char *rest = arg;
    while (char_is_digit(*rest))
        rest++;
    if (*rest == '.')
        for (rest++; char_is_digit(*rest);)
            rest++;
    if (*rest || num_to_double(arg, &r->timeout, NULL))
        return shell_builtin_error(r->sh, "%s: invalid timeout specification", arg);
    r->timed = true;
    return 0;
}

static int read_parse_fd(struct read *r, const char *arg)
{
    if (num_to_int(arg, &r->fd) || r->fd < 0)
        return shell_builtin_error(r->sh, "%s: invalid file descriptor specification",
                                   arg);
    int flags = sys_fd_flags(r->fd);
    if (flags < 0)
        return shell_builtin_error(
            r->sh, "%s: invalid file descriptor: Bad file descriptor", arg);
    return 0;
}

/* One option. 0; a status after a message. */
static int read_option(struct read *r, int c, const char *arg)
{
    switch (c) {
    case 'a': r->array = arg; return 0;
    case 'd': r->delimiter = (unsigned char)*arg; return 0;
    case 'n': return read_parse_count(r, arg);
    case 'N': r->exact = true; return read_parse_count(r, arg);
    case 'p': r->prompt = arg; return 0;
    case 'r': r->raw = true; return 0;
    case 't': return read_parse_timeout(r, arg);
    case 'u': return read_parse_fd(r, arg);
    case 'e':
    case 'i':
    case 's': return 0; // matter on a terminal only
    default: return 2;
    }
}

/* ---- Reading ---------------------------------------------------------------------- */

/* The rest of a character of UTF-8 that begins with c. false: the input ended. */
static bool read_character(struct read *r, struct bytes *b, int c)
{
    buf_add_char(&r->text, (char)c);
    if (c < 0xc2 || !vars_is_utf8(r->sh))
        return true;
    for (int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1; more > 0; more--) {
        c = bytes_next(b);
        if (c < 0)
            return false;
        buf_add_char(&r->text, (char)c);
    }
    return true;
}

/* Reads the text up to the delimiter. Gives how it ended: 0, or BYTES_*. */
static int read_text(struct read *r, struct bytes *b)
{
    int64_t left = r->count;
    while (!r->counted || left > 0) {
        int c = bytes_next(b);
        if (c < 0)
            return c;
        if (c == r->delimiter && !r->exact)
            return 0;
        if (c == 0)
            continue;
        if (c == '\\' && !r->raw) {
            c = bytes_next(b);
            if (c < 0)
                return c;
            if (c == '\n') // a continued line
                continue;
            buf_add_char(&r->text, '\\');
        }
        if (!read_character(r, b, c))
            return BYTES_END;
        left--;
        if (!(r->text.len & 255)) {
            sys_tick();
            sys_check_size(SYS_LIMIT_EXPANSION, r->text.len);
        }
    }
    return 0;
}

/* ---- Assigning -------------------------------------------------------------------- */

/* The text without its backslashes: for REPLY and -N. */
static struct span read_plain(struct read *r)
{
    char *to = r->text.data;
    size_t len = 0;
    if (r->raw || !to)
        return span_make(buf_str(&r->text), r->text.len);
    for (size_t i = 0; i < r->text.len; i++) {
        if (to[i] == '\\' && i + 1 < r->text.len)
            i++;
        to[len++] = to[i];
    }
    buf_cut(&r->text, len);
    return span_make(buf_str(&r->text), len);
}

static int read_assign_array(struct read *r)
{
    struct shell *sh = r->sh;
    unsigned id = name_intern(span_of(r->array));
    if (!id)
        return shell_builtin_error(sh, "`%s': not a valid identifier", r->array);
    if (var_is_assoc(sh, id))
        return shell_builtin_error(sh, "%s: not an indexed array", r->array);
    struct args fields = {0};
    expand_split_read(sh, buf_span(&r->text), r->raw, SIZE_MAX, &fields);
    struct span *values = scratch_alloc(sh->scratch, (fields.count + 1) * sizeof *values);
    for (size_t i = 0; i < fields.count; i++)
        values[i] = span_of(fields.items[i]);
    return array_assign(sh, id, values, fields.count);
}

static int read_assign_one(struct read *r, const char *name, struct span text)
{
    struct span whole = span_of(name), base = span_make(name, span_find(whole, '['));
    if (!name_is_valid(base))
        return shell_builtin_error(r->sh, "`%s': not a valid identifier", name);
    return place_set_text(r->sh, whole, text);
}

static int read_assign_names(struct read *r, int count, char **names)
{
    struct shell *sh = r->sh;
    if (r->exact) {
        int err = read_assign_one(r, names[0], read_plain(r));
        for (int i = 1; i < count && !err; i++)
            err = read_assign_one(r, names[i], span_make("", 0));
        return err;
    }
    struct args fields = {0};
    expand_split_read(sh, buf_span(&r->text), r->raw, (size_t)count, &fields);
    for (int i = 0; i < count; i++) {
        const char *text = (size_t)i < fields.count ? fields.items[i] : "";
        if (read_assign_one(r, names[i], span_of(text)))
            return 1;
    }
    return 0;
}

static int read_assign(struct read *r, int count, char **names)
{
    struct scratch_mark mark = scratch_mark(r->sh->scratch);
    int err;
    if (r->array) {
        err = read_assign_array(r);
    } else if (count) {
        err = read_assign_names(r, count, names);
    } else {
        err = read_assign_one(r, "REPLY", read_plain(r));
    }
    scratch_release(r->sh->scratch, mark);
    return err;
}

/* read -t 0: is there input? */
static int read_probe(const struct read *r)
{
    struct sys_pollfd poll = {.fd = r->fd, .events = SYS_POLLIN};
    return sys_poll(&poll, 1, 0) > 0 ? 0 : 1;
}

static int read_run(struct read *r, int count, char **names)
{
    struct bytes b;
    if (r->prompt && sys_isatty(r->fd))
        msg_raw("%s", r->prompt);
    bytes_begin(&b, r->sh, r->fd);
    if (!r->timed && var_is_set(r->sh, NAME_TMOUT)) {
        r->timeout = (double)var_get_int(r->sh, NAME_TMOUT);
        r->timed = r->timeout > 0;
    }
    if (r->timed)
        bytes_set_timeout(&b, r->timeout);
    int end = read_text(r, &b);
    bytes_end(&b);
    if (end == BYTES_STOP)
        return r->sh->status;
    if (end == BYTES_ERROR)
        return shell_builtin_error(r->sh, "read error: %d: %s", r->fd,
                                   "Bad file descriptor");
    int err = read_assign(r, count, names);
    return err ? 1 : end == BYTES_TIMEOUT ? 142 : end == BYTES_END;
}

int builtin_read(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "ersa:d:i:n:N:p:t:u:");
    struct read r = {.sh = sh, .delimiter = '\n', .text = buf_make(sys_heap())};
    for (int c; (c = builtin_opts_next(&o)) != -1;) {
        int status = read_option(&r, c, o.arg);
        if (status)
            return status;
    }
    char **names = argv + o.next;
    int count = argc - o.next;
    if (count && !r.array) { // the first is checked before anything is read
        struct span name = span_of(names[0]);
        if (!name_is_valid(span_make(name.ptr, span_find(name, '['))))
            return shell_builtin_error(sh, "`%s': not a valid identifier", names[0]);
    }
    if (r.timed && r.timeout == 0)
        return read_probe(&r);
    int status = read_run(&r, count, names);
    buf_fini(&r.text);
    return status;
}
