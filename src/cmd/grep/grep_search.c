/* grep_search.c: reading a file in blocks and looking for lines in them. See grep.h.
 *
 * A block ends with the last complete line that was read; what follows, and the lines
 * before that may still be wanted as context, are kept. Places are indices into the
 * buffer and move when it is moved. */
#include <errno.h>

#include "base/utf8.h"
#include "cmd/grep/grep.h"
#include "user/msg.h"
#include "user/out.h"
#include "user/scan.h"

enum {
    GREP_BLOCK = 96 << 10
}; // what GNU reads at once: whether a line is before the first NUL's block shows

/* ---- Lines ------------------------------------------------------------------------ */

static void grep_select(struct grep_file *f, size_t begin, size_t end)
{
    f->selected++;
    f->after_last = end;
    if (!f->silent)
        grep_print_selected(f, begin, end);
    f->stop = f->first_only;
}

static bool grep_is_plain(const struct grep *g)
{
    return !g->only && !g->show_name && !g->show_line && !g->show_byte && !g->colors.on &&
           g->before < 0 && g->after < 0 && !g->line_buffered && g->max == INT64_MAX;
}

/* Selects all the lines of a part of the buffer, many at once where nothing is said of
 * each. */
static void grep_select_all(struct grep_file *f, size_t begin, size_t end)
{
    const struct grep *g = f->g;
    struct span part = span_make(f->buf + begin, end - begin);
    bool together =
        begin < end && !f->first_only && g->max == INT64_MAX &&
        (f->silent || (grep_is_plain(g) &&
                       (!g->utf8 || g->binary == GREP_TEXT || utf8_is_valid(part))));
    if (together) {
        f->selected += (int64_t)scan_count(part, g->eol);
        f->after_last = end;
        if (!f->silent)
            out_span(part);
        return;
    }
    while (begin < end && !f->stop && f->selected < g->max) {
        const char *eol = memchr(f->buf + begin, g->eol, end - begin);
        size_t next = (size_t)(eol + 1 - f->buf);
        grep_select(f, begin, next);
        begin = next;
    }
}

/* Looks at the lines from f->done to limit. */
static void grep_lines(struct grep_file *f, size_t limit)
{
    struct grep *g = f->g;
    struct span block = span_make(f->buf, limit);
    while (f->done < limit && !f->stop && f->selected < g->max) {
        struct regex_span line = {limit, limit};
        bool found = grep_find_line(g, block, f->done, &line);
        size_t from = f->done;
        f->done = found ? line.end + 1 : limit;
        if (g->invert)
            grep_select_all(f, from, line.start);
        else if (found && grep_is_plain(g) && !f->silent && !f->first_only)
            grep_select_all(f, line.start, line.end + 1);
        else if (found)
            grep_select(f, line.start, line.end + 1);
    }
    f->done = limit;
}

/* ---- The buffer ------------------------------------------------------------------- */

/* The begin of what must be kept: unread lines, and those before that may become
 * context. */
static size_t grep_keep_from(const struct grep_file *f)
{
    size_t from = f->done;
    for (int64_t i = 0; i < f->g->before && from > f->shown; i++) {
        const char *eol = memrchr(f->buf + f->shown, f->g->eol, from - 1 - f->shown);
        from = eol ? (size_t)(eol + 1 - f->buf) : f->shown;
    }
    return from;
}

static void grep_count_lines(struct grep_file *f, size_t to)
{
    if (f->g->show_line && to > f->counted)
        f->line_count +=
            scan_count(span_make(f->buf + f->counted, to - f->counted), f->g->eol);
    f->counted = to > f->counted ? to : f->counted;
}

/* Moves what is kept to the front and makes room for a block behind it. */
static void grep_make_room(struct grep_file *f)
{
    size_t from = grep_keep_from(f);
    grep_count_lines(f, from);
    if (from) {
        memmove(f->buf, f->buf + from, f->len - from);
        f->base += from;
        f->len -= from;
        f->done -= from;
        f->counted -= from;
        f->shown = f->shown > from ? f->shown - from : 0;
        f->after_last = f->after_last > from ? f->after_last - from : 0;
    }
    if (f->cap - f->len < GREP_BLOCK + 1) {
        size_t need = f->len + GREP_BLOCK + 1;
        f->cap = size_max(need, f->cap + f->cap / 2);
        f->buf = sys_resize(f->buf, f->cap);
    }
}

/* Reads a block. Gives the count, 0 at the end or after an error, which it has
 * reported. */
static size_t grep_read(struct grep_file *f)
{
    for (;;) {
        int64_t n = sys_read(f->fd, f->buf + f->len, GREP_BLOCK);
        if (n == -EINTR)
            continue;
        if (n >= 0)
            return (size_t)n;
        f->g->any_error = true;
        bool folder = n == -EISDIR && f->g->folders != GREP_READ;
        if (!f->g->no_messages && !folder) {
            out_flush();
            msg_errno((int)n, "%s", f->name);
        }
        return 0;
    }
}

/* In a binary file NUL bytes end lines too. */
static void grep_look_for_null(struct grep_file *f, size_t from)
{
    struct grep *g = f->g;
    if (!g->eol || g->binary == GREP_TEXT)
        return;
    char *null = memchr(f->buf + from, '\0', f->len - from);
    if (!null)
        return;
    if (!f->null_seen) {
        f->null_seen = true;
        f->selected_at_null = f->selected;
        if (g->binary == GREP_WITHOUT_MATCH) {
            f->stop = true;
            return;
        }
        f->silent = true;
        f->first_only |= !g->count;
    }
    char *end = f->buf + f->len;
    for (; null; null = memchr(null, '\0', (size_t)(end - null)))
        *null = g->eol;
}

/* The end of the last complete line. */
static size_t grep_limit(const struct grep_file *f, size_t new_from)
{
    const char *eol = memrchr(f->buf + new_from, f->g->eol, f->len - new_from);
    return eol ? (size_t)(eol + 1 - f->buf) : f->done;
}

static void grep_run(struct grep_file *f)
{
    struct grep *g = f->g;
    for (;;) {
        grep_make_room(f);
        size_t from = f->len, n = grep_read(f);
        f->len += n;
        if (n)
            grep_look_for_null(f, from);
        else if (f->len > f->done && f->buf[f->len - 1] != g->eol)
            f->buf[f->len++] = g->eol; // there is room: the last line lacks its end
        if (f->stop)
            return;
        size_t limit = n ? grep_limit(f, from) : f->len;
        grep_lines(f, limit);
        grep_print_pending(f, limit);
        if (!n || f->stop || (f->selected >= g->max && !f->pending))
            return;
    }
}

/* ---- Beginning and end ------------------------------------------------------------ */

/* Leaves standard input, if it can be moved, behind the last selected line where -m
 * stopped, else at its end. */
static void grep_leave(struct grep_file *f)
{
    if (!f->is_stdin)
        return;
    int64_t end;
    if (f->selected >= f->g->max && !f->first_only)
        end = sys_seek(f->fd, (int64_t)(f->base + f->after_last), SYS_SEEK_SET);
    else
        end = f->stop ? sys_seek(f->fd, 0, SYS_SEEK_END) : 0;
    (void)end; // of a pipe it cannot be told
}

/* The width that -T gives to numbers: of the largest there can be. */
static int grep_number_width(const struct grep *g, int fd)
{
    struct sys_stat st;
    if (!g->align || sys_fstat(fd, &st))
        return 0;
    bool known = (st.mode & SYS_IFMT) == SYS_IFREG;
    uint64_t n = known ? (uint64_t)st.size + g->show_line : INT64_MAX;
    int width = 0;
    do
        width++;
    while ((n /= 10) != 0);
    return width;
}

void grep_search(struct grep *g, const char *name, int fd, bool is_stdin)
{
    struct grep_file f = {.g = g, .name = name, .fd = fd, .is_stdin = is_stdin};
    if (is_stdin) {
        int64_t at = sys_seek(fd, 0, SYS_SEEK_CUR);
        f.base = at > 0 ? (uint64_t)at : 0;
    }
    uint64_t start = f.base;
    g->searched = name;
    f.width = grep_number_width(g, fd);
    f.first_only = (g->quiet || g->list || g->out_is_null) && !g->count;
    f.silent = g->quiet || g->list || g->count || g->out_is_null;
    f.base = 0;
    grep_run(&f);
    f.base += start;
    grep_leave(&f);
    if (f.selected)
        g->any_selected = true;
    grep_print_summary(&f);
    sys_free(f.buf);
}
