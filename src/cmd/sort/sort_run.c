/* sort_run.c: reading, sorting, merging, checking.
 *
 * Lines lie in blocks as they were read. What is sorted is an array of items of 16 bytes,
 * by a stable merge sort from runs that insertion has sorted. */
#include <errno.h>

#include "base/base.h"
#include "cmd/sort/sort.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/out.h"

enum {
    SORT_FAILED = 2,
    SORT_BLOCK = 65536, // the first block
    SORT_BLOCK_MAX = 1 << 24,
    SORT_RUN = 12, // items sorted by insertion
};

/* ---- Output ----------------------------------------------------------------------- */

struct sort_out {
    const struct sort *s;
    struct out own;
    const struct sort_line *last; // of -u
};

static void sort_write_failed(const struct sort *s, int err)
{
    msg_errno(err, "fflush failed: %s",
              s->output ? quoted_file(s->output) : "'standard output'");
    msg("write error");
    sys_exit(SORT_FAILED);
}

static struct sort_out sort_open_out(const struct sort *s)
{
    struct sort_out o = {.s = s, .own = out_make(1)};
    if (s->output) {
        int fd =
            sys_open(s->output, SYS_WRONLY | SYS_CREAT | SYS_TRUNC | SYS_CLOEXEC, 0666);
        if (fd < 0) {
            msg_errno(fd, "open failed: %s", quoted_file(s->output));
            cmd_exit(SORT_FAILED);
        }
        o.own.fd = fd;
    }
    return o;
}

static void sort_put(struct sort_out *o, const struct sort_line *line)
{
    if (o->s->unique && o->last && !sort_compare_keys(o->s, o->last, line))
        return;
    o->last = line;
    out_add_span(&o->own, line->text);
    out_add_char(&o->own, o->s->delimiter);
    if (UNLIKELY(o->own.err))
        sort_write_failed(o->s, o->own.err);
}

static int sort_close_out(struct sort_out *o)
{
    int err = out_drain(&o->own);
    if (!err && o->s->output)
        err = out_close(&o->own);
    if (err)
        sort_write_failed(o->s, err);
    return 0;
}

/* ---- Reading all lines ------------------------------------------------------------ */

struct sort_lines {
    const struct sort *s;
    struct sort_line *lines;
    size_t count, cap;
    char *block;
    size_t used, size; // of block
    size_t line_start; // of the line that is not complete
};

static void sort_add_line(struct sort_lines *l, const char *ptr, size_t len)
{
    if (l->count == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 64;
        l->lines = sys_resize(l->lines, l->cap * sizeof *l->lines);
    }
    struct sort_line *line = &l->lines[l->count++];
    line->text = span_make(ptr, len);
    sort_find_first_key(l->s, line);
}

/* Begins a larger block with what there is of the incomplete line. */
static void sort_new_block(struct sort_lines *l)
{
    size_t held = l->used - l->line_start;
    size_t size = size_min(l->size * 2, SORT_BLOCK_MAX);
    size = size_max(size_max(size, held * 2), SORT_BLOCK);
    char *block = sys_alloc(size);
    if (held)
        memcpy(block, l->block + l->line_start, held);
    if (l->line_start == 0) // no line lies in the old one
        sys_free(l->block);
    l->block = block;
    l->size = size;
    l->used = held;
    l->line_start = 0;
}

static void sort_take_lines(struct sort_lines *l, size_t from)
{
    while (from < l->used) {
        const char *end = memchr(l->block + from, l->s->delimiter, l->used - from);
        if (!end)
            return;
        sort_add_line(l, l->block + l->line_start,
                      (size_t)(end - l->block) - l->line_start);
        l->line_start = from = (size_t)(end - l->block) + 1;
    }
}

static void sort_read_failed(const char *name, int err)
{
    msg_errno(err, "read failed: %s", quoted_file(name));
    cmd_exit(SORT_FAILED);
}

static void sort_read_file(struct sort_lines *l, const char *name, int fd)
{
    for (;;) {
        if (l->used == l->size)
            sort_new_block(l);
        int64_t len = sys_read(fd, l->block + l->used, l->size - l->used);
        if (len < 0)
            sort_read_failed(name, (int)len);
        if (!len)
            break;
        size_t from = l->used;
        l->used += (size_t)len;
        sort_take_lines(l, from);
    }
    if (l->used > l->line_start) { // the last line lacks its delimiter
        sort_add_line(l, l->block + l->line_start, l->used - l->line_start);
        l->line_start = l->used;
    }
}

static int sort_open(const char *name, const char *problem)
{
    int fd = str_eq(name, "-") ? 0 : sys_open(name, SYS_RDONLY | SYS_CLOEXEC, 0);
    if (fd >= 0)
        return fd;
    msg_errno(fd, "%s: %s", problem, quoted_file(name));
    cmd_exit(SORT_FAILED);
}

/* That all can be read is found out before anything is read. */
static void sort_check_inputs(char **names)
{
    for (; *names; names++) {
        int err = str_eq(*names, "-") ? 0 : sys_access(*names, SYS_R_OK);
        if (err) {
            msg_errno(err, "cannot read: %s", quoted_file(*names));
            cmd_exit(SORT_FAILED);
        }
    }
}

static void sort_read_all(struct sort_lines *l, char **names)
{
    sort_check_inputs(names);
    for (; *names; names++) {
        int fd = sort_open(*names, "open failed");
        sort_read_file(l, *names, fd);
        if (fd > 0)
            sys_close(fd);
    }
}

/* ---- Sorting ---------------------------------------------------------------------- */

static inline bool sort_is_after(const struct sort *s, const struct sort_item *a,
                                 const struct sort_item *b)
{
    if (a->order != b->order)
        return a->order > b->order;
    return sort_compare_lines(s, a->line, b->line) > 0;
}

static void sort_insertion(const struct sort *s, struct sort_item *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct sort_item item = items[i];
        size_t j = i;
        for (; j && sort_is_after(s, &items[j - 1], &item); j--)
            items[j] = items[j - 1];
        items[j] = item;
    }
}

static void sort_merge_runs(const struct sort *s, const struct sort_item *a, size_t a_len,
                            const struct sort_item *b, size_t b_len, struct sort_item *to)
{
    const struct sort_item *a_end = a + a_len, *b_end = b + b_len;
    if (b_len && sort_is_after(s, a_end - 1, b)) // else they are in order as they are
        while (a < a_end && b < b_end) {
            bool take_b = sort_is_after(s, a, b);
            *to++ = *(take_b ? b : a);
            a += !take_b;
            b += take_b;
        }
    memcpy(to, a, (size_t)(a_end - a) * sizeof *a);
    to += a_end - a;
    memcpy(to, b, (size_t)(b_end - b) * sizeof *b);
}

/* Sorts items, with as much room in scratch. Gives where they are then. */
static struct sort_item *sort_items(const struct sort *s, struct sort_item *items,
                                    size_t count, struct sort_item *scratch)
{
    for (size_t i = 0; i < count; i += SORT_RUN) {
        sort_insertion(s, items + i, size_min(SORT_RUN, count - i));
        if (i % 1024 < SORT_RUN)
            sys_tick();
    }
    for (size_t run = SORT_RUN; run < count; run *= 2) {
        for (size_t i = 0; i < count; i += 2 * run) {
            size_t a_len = size_min(run, count - i),
                   b_len = size_min(run, count - i - a_len);
            sort_merge_runs(s, items + i, a_len, items + i + a_len, b_len, scratch + i);
            sys_ticks((unsigned)(run / 512) + 1);
        }
        struct sort_item *sorted = scratch;
        scratch = items;
        items = sorted;
    }
    return items;
}

int sort_files(const struct sort *s, char **names)
{
    struct sort_lines l = {.s = s};
    sort_read_all(&l, names);
    struct sort_item *items = sys_alloc(l.count * sizeof *items + 1);
    struct sort_item *scratch = sys_alloc(l.count * sizeof *items + 1);
    for (size_t i = 0; i < l.count; i++) {
        items[i] = (struct sort_item){sort_find_order(s, &l.lines[i]), &l.lines[i]};
        if (i % 1024 == 0)
            sys_tick();
    }
    items = sort_items(s, items, l.count, scratch);
    struct sort_out o = sort_open_out(s);
    for (size_t i = 0; i < l.count; i++)
        sort_put(&o, items[i].line);
    return sort_close_out(&o);
}

/* ---- Merging ---------------------------------------------------------------------- */

struct sort_input {
    struct in in;
    const char *name;
    struct sort_line line;
    struct sort_item item;
    bool ended;
};

/* The next line without its delimiter. false: the end. */
static bool sort_next_line(const struct sort *s, struct in *in, const char *name,
                           struct sort_line *line)
{
    if (!in_line(in, s->delimiter, &line->text)) {
        if (in->err)
            sort_read_failed(name, in->err);
        return false;
    }
    if (line->text.ptr[line->text.len - 1] == s->delimiter)
        line->text.len--;
    sort_find_first_key(s, line);
    return true;
}

static void sort_input_next(const struct sort *s, struct sort_input *i)
{
    i->ended = !sort_next_line(s, &i->in, i->name, &i->line);
    if (!i->ended)
        i->item = (struct sort_item){sort_find_order(s, &i->line), &i->line};
}

/* The input with the first line; earlier ones win. NULL: all have ended. */
static struct sort_input *sort_least(const struct sort *s, struct sort_input *inputs,
                                     size_t count)
{
    struct sort_input *least = NULL;
    for (size_t i = 0; i < count; i++)
        if (!inputs[i].ended &&
            (!least || sort_is_after(s, &least->item, &inputs[i].item)))
            least = &inputs[i];
    return least;
}

/* A copy of the line that lasts, for -u. */
static void sort_keep(const struct sort *s, struct sort_line *kept, size_t *cap,
                      const struct sort_line *line)
{
    char *own = (char *)(uintptr_t)kept->text.ptr;
    if (*cap < line->text.len + 1) {
        *cap = 2 * line->text.len + 64;
        own = sys_resize(own, *cap);
    }
    memcpy(own, line->text.ptr, line->text.len);
    kept->text = span_make(own, line->text.len);
    sort_find_first_key(s, kept);
}

int sort_merge(const struct sort *s, char **names)
{
    size_t count = 0;
    while (names[count])
        count++;
    struct sort_input *inputs = sys_alloc_zero((count + 1) * sizeof *inputs);
    sort_check_inputs(names);
    for (size_t i = 0; i < count; i++) {
        inputs[i].name = names[i];
        inputs[i].in = in_make(sort_open(names[i], "open failed"));
        sort_input_next(s, &inputs[i]);
    }
    struct sort_out o = {.s = s};
    struct sort_line kept = {0};
    size_t kept_cap = 0;
    bool open = false;
    struct sort sort_all = *s;
    sort_all.unique = false; // done here
    for (struct sort_input *i; (i = sort_least(s, inputs, count)) != NULL;) {
        if (!open)
            o = sort_open_out(&sort_all);
        open = true;
        if (!s->unique || !kept.text.ptr || sort_compare_keys(s, &kept, &i->line))
            sort_put(&o, &i->line);
        if (s->unique)
            sort_keep(s, &kept, &kept_cap, &i->line);
        sort_input_next(s, i);
    }
    if (!open)
        o = sort_open_out(&sort_all);
    return sort_close_out(&o);
}

/* ---- Checking --------------------------------------------------------------------- */

int sort_check(const struct sort *s, const char *name, bool quiet)
{
    struct in in = in_make(sort_open(name, "open failed"));
    struct sort_line line, before = {0};
    size_t cap = 0;
    for (uint64_t number = 1; sort_next_line(s, &in, name, &line); number++) {
        int order = before.text.ptr ? sort_compare_lines(s, &before, &line) : -1;
        if (order > 0 || (s->unique && order == 0)) {
            if (!quiet)
                msg("%s:%llu: disorder: %.*s", quoted_file(name),
                    (unsigned long long)number, (int)line.text.len, line.text.ptr);
            return 1;
        }
        sort_keep(s, &before, &cap, &line);
    }
    return 0;
}
