/* ls_show.c: writing a list: long lines, columns, one a line, commas. */
#include "base/base.h"
#include "base/fmt.h"
#include "base/num.h"
#include "cmd/ls/ls.h"
#include "user/ids.h"
#include "user/mode.h"
#include "user/out.h"
#include "user/zone.h"

enum { LS_COLUMN_MIN = 3 };

/* The widths of the columns that are filled on the left. */
struct ls_widths {
    size_t inode, blocks, links, owner, group, author, size, major, minor;
};

/* ---- Names with what goes with them ----------------------------------------------- */

static void ls_put_color(struct ls *ls, const char *color)
{
    if (!ls->color_began)
        out_str("\033[0m");
    ls->color_began = true;
    outf("\033[%sm", color);
}

static void ls_put_name(struct ls *ls, const struct ls_list *l, const struct ls_file *f)
{
    struct buf b = buf_make(sys_heap());
    bool quoted;
    const char *color = ls_color_of(ls, f, false);
    ls_add_name(ls, &b, f->name, &quoted);
    if (ls->align_quotes && l->any_quoted && !quoted)
        out_char(' ');
    if (color)
        ls_put_color(ls, color);
    out_span(buf_span(&b));
    if (color)
        out_str("\033[0m");
    buf_fini(&b);
}

static uint32_t ls_mode_of(const struct ls_file *f)
{
    return f->stat_ok ? f->st.mode : f->type;
}

static void ls_put_indicator(const struct ls *ls, const struct ls_file *f)
{
    char c = ls_indicator_of(ls, f->stat_ok, ls_mode_of(f));
    if (c)
        out_char(c);
}

static size_t ls_add_blocks(const struct ls *ls, char dst[HUMAN_LEN],
                            const struct ls_file *f)
{
    if (!f->stat_ok)
        return fmt_to(dst, HUMAN_LEN, "?");
    return human_blocks(dst, (uint64_t)f->st.blocks * 512, &ls->block_how);
}

static size_t ls_add_inode(char dst[HUMAN_LEN], const struct ls_file *f)
{
    if (f->stat_failed)
        return fmt_to(dst, HUMAN_LEN, "?");
    return fmt_to(dst, HUMAN_LEN, "%llu", (unsigned long long)f->ino);
}

/* Inode and blocks, filled to their widths (0: as they are). */
static void ls_put_front(const struct ls *ls, const struct ls_file *f,
                         const struct ls_widths *w)
{
    char text[HUMAN_LEN];
    if (ls->inode) {
        ls_add_inode(text, f);
        outf("%*s ", (int)w->inode, text);
    }
    if (ls->blocks) {
        ls_add_blocks(ls, text, f);
        outf("%*s ", (int)w->blocks, text);
    }
}

static void ls_put_short(struct ls *ls, const struct ls_list *l, const struct ls_file *f,
                         const struct ls_widths *w)
{
    ls_put_front(ls, f, w);
    ls_put_name(ls, l, f);
    ls_put_indicator(ls, f);
}

/* The width of what ls_put_short writes. */
static size_t ls_short_width(const struct ls *ls, const struct ls_list *l,
                             const struct ls_file *f, const struct ls_widths *w)
{
    size_t width = f->columns;
    char text[HUMAN_LEN];
    if (ls->align_quotes && l->any_quoted && !f->quoted)
        width++;
    if (ls->inode)
        width += 1 + (w->inode ? w->inode : ls_add_inode(text, f));
    if (ls->blocks)
        width += 1 + (w->blocks ? w->blocks : ls_add_blocks(ls, text, f));
    return width + (ls_indicator_of(ls, f->stat_ok, ls_mode_of(f)) != '\0');
}

/* ---- Long lines ------------------------------------------------------------------- */

static void ls_owner_name(const struct ls *ls, uint32_t id, char dst[IDS_NAME])
{
    if (ls->numeric || !ids_user_name(id, dst))
        fmt_to(dst, IDS_NAME, "%u", id);
}

static void ls_group_name(const struct ls *ls, uint32_t id, char dst[IDS_NAME])
{
    if (ls->numeric || !ids_group_name(id, dst))
        fmt_to(dst, IDS_NAME, "%u", id);
}

static bool ls_is_device(const struct ls_file *f)
{
    uint32_t type = f->st.mode & SYS_IFMT;
    return type == SYS_IFCHR || type == SYS_IFBLK;
}

/* Numbers as Linux packs them. */
static unsigned ls_major(uint64_t rdev) { return (unsigned)(rdev >> 8 & 0xfff); }
static unsigned ls_minor(uint64_t rdev)
{
    return (unsigned)((rdev & 0xff) | (rdev >> 12 & 0xfff00));
}

/* Names of the ids seen last, so that the files are not read for each line. */
struct ls_names {
    bool has_owner, has_group;
    uint32_t uid, gid;
    char owner[IDS_NAME], group[IDS_NAME];
};

static void ls_find_names(const struct ls *ls, struct ls_names *n,
                          const struct sys_stat *st)
{
    if (!n->has_owner || n->uid != st->uid)
        ls_owner_name(ls, n->uid = st->uid, n->owner);
    if (!n->has_group || n->gid != st->gid)
        ls_group_name(ls, n->gid = st->gid, n->group);
    n->has_owner = n->has_group = true;
}

static size_t ls_digits(uint64_t n)
{
    char text[24];
    return num_from_u64(text, n);
}

static void ls_widen(size_t *width, size_t needed)
{
    if (*width < needed)
        *width = needed;
}

static void ls_measure_file(const struct ls *ls, const struct ls_file *f,
                            struct ls_widths *w, struct ls_names *n)
{
    char text[HUMAN_LEN];
    if (ls->inode)
        ls_widen(&w->inode, ls_add_inode(text, f));
    if (ls->blocks)
        ls_widen(&w->blocks, ls_add_blocks(ls, text, f));
    if (ls->format != LS_LONG)
        return;
    if (!f->stat_ok) {
        ls_widen(&w->links, 1);
        ls_widen(&w->owner, 1);
        ls_widen(&w->group, 1);
        ls_widen(&w->author, 1);
        ls_widen(&w->size, 1);
        return;
    }
    ls_find_names(ls, n, &f->st);
    ls_widen(&w->links, ls_digits(f->st.nlink));
    ls_widen(&w->owner, strlen(n->owner));
    ls_widen(&w->author, strlen(n->owner));
    ls_widen(&w->group, strlen(n->group));
    if (ls_is_device(f)) {
        ls_widen(&w->major, ls_digits(ls_major(f->st.rdev)));
        ls_widen(&w->minor, ls_digits(ls_minor(f->st.rdev)));
        ls_widen(&w->size, w->major + 2 + w->minor);
    } else {
        ls_widen(&w->size, human_blocks(text, (uint64_t)f->st.size, &ls->size_how));
    }
}

static struct ls_widths ls_measure(const struct ls *ls, const struct ls_list *l)
{
    struct ls_widths w = {0};
    struct ls_names names = {0};
    for (size_t i = 0; i < l->count; i++)
        ls_measure_file(ls, l->order[i], &w, &names);
    return w;
}

/* An id or name: numbers to the right, names to the left. */
static void ls_put_owner(const struct ls *ls, const char *name, size_t width)
{
    outf(ls->numeric ? "%*s " : "%-*s ", (int)width, name);
}

static void ls_put_size(const struct ls *ls, const struct ls_file *f,
                        const struct ls_widths *w)
{
    char text[HUMAN_LEN];
    if (f->stat_ok && ls_is_device(f)) {
        size_t blank = w->size - (w->major + 2 + w->minor);
        outf("%*u, %*u ", (int)(w->major + blank), ls_major(f->st.rdev), (int)w->minor,
             ls_minor(f->st.rdev));
        return;
    }
    if (f->stat_ok)
        human_blocks(text, (uint64_t)f->st.size, &ls->size_how);
    else
        fmt_to(text, sizeof text, "?");
    outf("%*s ", (int)w->size, text);
}

static int64_t ls_shown_time(const struct ls *ls, const struct sys_stat *st)
{
    switch (ls->time) {
    case LS_CTIME: return st->ctime_ns;
    case LS_ATIME: return st->atime_ns;
    case LS_BIRTH: return st->birth_ns;
    default: return st->mtime_ns;
    }
}

static void ls_add_time(const struct ls *ls, struct buf *b, int64_t ns)
{
    int64_t seconds = ns / 1000000000, rest = ns % 1000000000;
    if (rest < 0) {
        seconds--;
        rest += 1000000000;
    }
    int64_t half_year = 31556952 / 2;
    bool recent = seconds > ls->now_s - half_year && seconds <= ls->now_s;
    zone_format(b, ls->zone, recent ? ls->new_time_format : ls->old_time_format, seconds,
                rest);
}

static void ls_put_time(const struct ls *ls, const struct ls_file *f)
{
    struct buf b = buf_make(sys_heap());
    ls_add_time(ls, &b, f->stat_ok ? ls_shown_time(ls, &f->st) : 0);
    if (f->stat_ok)
        outf("%s ", buf_str(&b));
    else
        outf("%*s ", (int)b.len, "?");
    buf_fini(&b);
}

static void ls_put_target(struct ls *ls, const struct ls_file *f)
{
    if (!f->link)
        return;
    struct buf b = buf_make(sys_heap());
    bool quoted;
    const char *color = ls_color_of(ls, f, true);
    ls_add_name(ls, &b, f->link, &quoted);
    out_str(" -> ");
    if (color)
        ls_put_color(ls, color);
    out_span(buf_span(&b));
    if (color)
        out_str("\033[0m");
    char c = f->link_mode ? ls_indicator_of(ls, true, f->link_mode) : '\0';
    if (c)
        out_char(c);
    buf_fini(&b);
}

static void ls_put_long(struct ls *ls, const struct ls_list *l, const struct ls_file *f,
                        const struct ls_widths *w, struct ls_names *n)
{
    char mode[11];
    ls_put_front(ls, f, w);
    mode_letters(mode, ls_mode_of(f));
    if (f->stat_ok) {
        ls_find_names(ls, n, &f->st);
        outf("%s %*u ", mode, (int)w->links, f->st.nlink);
    } else {
        outf("%c????????? %*s ", f->type ? mode[0] : '-', (int)w->links, "?");
    }
    if (ls->owner)
        ls_put_owner(ls, f->stat_ok ? n->owner : "?", w->owner);
    if (ls->group)
        ls_put_owner(ls, f->stat_ok ? n->group : "?", w->group);
    if (ls->author)
        ls_put_owner(ls, f->stat_ok ? n->owner : "?", w->author);
    ls_put_size(ls, f, w);
    ls_put_time(ls, f);
    ls_put_name(ls, l, f);
    if (ls_mode_of(f) >> 12 == SYS_IFLNK >> 12)
        ls_put_target(ls, f);
    else
        ls_put_indicator(ls, f);
    out_char(ls->end);
}

/* ---- Columns ---------------------------------------------------------------------- */

static void ls_indent(const struct ls *ls, size_t from, size_t to)
{
    while (from < to)
        if (ls->tab && to / ls->tab > (from + 1) / ls->tab) {
            out_char('\t');
            from += ls->tab - from % ls->tab;
        } else {
            out_char(' ');
            from++;
        }
}

/* Whether count columns fit; widths gets theirs, with two spaces between. */
static bool ls_fits(const struct ls *ls, const size_t *width, size_t files, size_t count,
                    size_t *widths)
{
    bool down = ls->format == LS_COLUMNS;
    size_t rows = (files + count - 1) / count, line = count * LS_COLUMN_MIN;
    for (size_t i = 0; i < count; i++)
        widths[i] = LS_COLUMN_MIN;
    for (size_t i = 0; i < files; i++) {
        size_t column = down ? i / rows : i % count;
        size_t needed = width[i] + (column == count - 1 ? 0 : 2);
        if (widths[column] < needed) {
            line += needed - widths[column];
            widths[column] = needed;
            if (line >= ls->width)
                return false;
        }
    }
    return line < ls->width;
}

static size_t ls_find_columns(const struct ls *ls, const size_t *width, size_t files,
                              size_t *widths)
{
    size_t most = ls->width / LS_COLUMN_MIN + (ls->width % LS_COLUMN_MIN != 0);
    for (size_t count = size_min(most, files); count > 1; count--) {
        sys_ticks((unsigned)(files / 64) + 1);
        if (ls_fits(ls, width, files, count, widths))
            return count;
    }
    return 1;
}

static void ls_put_down(struct ls *ls, const struct ls_list *l, const struct ls_widths *w,
                        const size_t *width, const size_t *widths, size_t columns)
{
    size_t rows = l->count / columns + (l->count % columns != 0);
    for (size_t row = 0; row < rows; row++) {
        size_t position = 0, column = 0;
        for (size_t i = row;; i += rows) {
            ls_put_short(ls, l, l->order[i], w);
            if (i + rows >= l->count)
                break;
            ls_indent(ls, position + width[i], position + widths[column]);
            position += widths[column++];
        }
        out_char(ls->end);
    }
}

static void ls_put_across(struct ls *ls, const struct ls_list *l,
                          const struct ls_widths *w, const size_t *width,
                          const size_t *widths, size_t columns)
{
    size_t position = 0;
    for (size_t i = 0; i < l->count; i++) {
        size_t column = i % columns;
        if (i && !column) {
            out_char(ls->end);
            position = 0;
        } else if (i) {
            ls_indent(ls, position + width[i - 1], position + widths[column - 1]);
            position += widths[column - 1];
        }
        ls_put_short(ls, l, l->order[i], w);
    }
    out_char(ls->end);
}

static void ls_put_columns(struct ls *ls, const struct ls_list *l)
{
    struct ls_widths w = ls_measure(ls, l);
    size_t *width = sys_alloc((l->count + ls->width + 2) * sizeof *width);
    size_t *widths = width + l->count;
    for (size_t i = 0; i < l->count; i++)
        width[i] = ls_short_width(ls, l, l->order[i], &w);
    size_t columns = ls_find_columns(ls, width, l->count, widths);
    if (ls->format == LS_COLUMNS)
        ls_put_down(ls, l, &w, width, widths, columns);
    else
        ls_put_across(ls, l, &w, width, widths, columns);
    sys_free(width);
}

/* With a comma, or with two spaces where the width is unlimited. */
static void ls_put_separated(struct ls *ls, const struct ls_list *l, char separator)
{
    static const struct ls_widths none = {0};
    size_t position = 0;
    for (size_t i = 0; i < l->count; i++) {
        size_t width = ls->width ? ls_short_width(ls, l, l->order[i], &none) : 0;
        if (i) {
            bool same_line = !ls->width || position + width + 2 < ls->width;
            out_char(separator);
            out_char(same_line ? ' ' : ls->end);
            position = same_line ? position + 2 : 0;
        }
        ls_put_short(ls, l, l->order[i], &none);
        position += width;
    }
    out_char(ls->end);
}

static void ls_put_lines(struct ls *ls, const struct ls_list *l)
{
    struct ls_widths w = ls_measure(ls, l);
    struct ls_names names = {0};
    for (size_t i = 0; i < l->count; i++) {
        sys_tick();
        if (ls->format == LS_LONG) {
            ls_put_long(ls, l, l->order[i], &w, &names);
        } else {
            ls_put_short(ls, l, l->order[i], &w);
            out_char(ls->end);
        }
    }
}

uint64_t ls_total_blocks(const struct ls_list *l)
{
    uint64_t total = 0;
    for (size_t i = 0; i < l->count; i++)
        if (l->files[i].stat_ok)
            total += (uint64_t)l->files[i].st.blocks * 512;
    return total;
}

void ls_show(struct ls *ls, struct ls_list *l)
{
    if (!l->count)
        return;
    switch (ls->format) {
    case LS_LONG:
    case LS_SINGLE: ls_put_lines(ls, l); break;
    case LS_COMMAS: ls_put_separated(ls, l, ','); break;
    default:
        if (ls->width)
            ls_put_columns(ls, l);
        else
            ls_put_separated(ls, l, ' ');
    }
}
