/* ls_name.c: how names look: quotes, indicators, colours. */
#include "base/base.h"
#include "base/utf8.h"
#include "cmd/ls/ls.h"
#include "user/msg.h"
#include "user/width.h"

/* ---- Quotes and widths ------------------------------------------------------------ */

/* Adds a name, with "?" for what cannot be printed if that is asked for. Gives the
 * width. */
static size_t ls_add_visible(struct buf *b, struct span s, bool hide_control)
{
    size_t columns = 0;
    while (s.len) {
        uint32_t c;
        int len = utf8_decode(s.ptr, s.len, &c);
        int width = len > 0 ? width_of(c) : -1;
        size_t used = len > 0 ? (size_t)len : 1;
        if (width < 0 && hide_control) {
            buf_add_char(b, '?');
            columns++;
        } else {
            buf_add(b, s.ptr, used);
            columns += width > 0 ? (size_t)width : 0;
        }
        s = span_from(s, used);
    }
    return columns;
}

size_t ls_add_name(const struct ls *ls, struct buf *b, const char *name, bool *is_quoted)
{
    struct buf text = buf_make(sys_heap());
    if (ls->quoting == LS_LITERAL)
        buf_add_str(&text, name);
    else if (ls->quoting == ESCAPE_GNU_LOCALE)
        buf_add_str(&text, quoted(name));
    else
        escape_add_gnu(&text, (enum escape_gnu)ls->quoting, span_of(name));
    *is_quoted = !str_eq(buf_str(&text), name);
    size_t columns = ls_add_visible(b, buf_span(&text), ls->hide_control);
    buf_fini(&text);
    return columns;
}

char ls_indicator_of(const struct ls *ls, bool stat_ok, uint32_t mode)
{
    if (ls->indicator == LS_PLAIN)
        return '\0';
    if ((mode & SYS_IFMT) == SYS_IFDIR)
        return '/';
    if (ls->indicator == LS_SLASH)
        return '\0';
    switch (mode & SYS_IFMT) {
    case SYS_IFREG:
        return ls->indicator == LS_CLASSIFY && stat_ok && (mode & 0111) ? '*' : '\0';
    case SYS_IFLNK: return '@';
    case SYS_IFIFO: return '|';
    case SYS_IFSOCK: return '=';
    default: return '\0';
    }
}

/* ---- Colours ---------------------------------------------------------------------- */

struct ls_extension {
    const char *suffix, *color;
    size_t len;
};

enum ls_color {
    LS_C_NORMAL,
    LS_C_FILE,
    LS_C_DIR,
    LS_C_LINK,
    LS_C_PIPE,
    LS_C_SOCKET,
    LS_C_BLOCK,
    LS_C_CHAR,
    LS_C_ORPHAN,
    LS_C_MISSING,
    LS_C_EXEC,
    LS_C_SETUID,
    LS_C_SETGID,
    LS_C_STICKY,
    LS_C_OTHER,
    LS_C_STICKY_OTHER,
    LS_C_HARD,
    LS_C_COUNT,
};

static const char ls_color_keys[LS_C_COUNT][3] = {
    "no", "fi", "di", "ln", "pi", "so", "bd", "cd", "or",
    "mi", "ex", "su", "sg", "st", "ow", "tw", "mh",
};

static const char *const ls_default_colors[LS_C_COUNT] = {
    [LS_C_DIR] = "01;34",    [LS_C_LINK] = "01;36",   [LS_C_PIPE] = "33",
    [LS_C_SOCKET] = "01;35", [LS_C_BLOCK] = "01;33",  [LS_C_CHAR] = "01;33",
    [LS_C_EXEC] = "01;32",   [LS_C_SETUID] = "37;41", [LS_C_SETGID] = "30;43",
    [LS_C_STICKY] = "37;44", [LS_C_OTHER] = "34;42",  [LS_C_STICKY_OTHER] = "30;42",
};

static char *ls_copy(const char *ptr, size_t len)
{
    char *copy = sys_alloc(len + 1);
    memcpy(copy, ptr, len);
    copy[len] = '\0';
    return copy;
}

static void ls_set_color(struct ls_colors *c, const char *key, size_t len, char *value)
{
    if (*key == '*') {
        c->extensions =
            sys_resize(c->extensions, (c->extension_count + 1) * sizeof *c->extensions);
        c->extensions[c->extension_count++] =
            (struct ls_extension){ls_copy(key + 1, len - 1), value, len - 1};
        return;
    }
    if (len != 2)
        return;
    if (memcmp(key, "ln", 2) == 0 && str_eq(value, "target")) {
        c->link_as_target = true;
        return;
    }
    bool none = !value[strspn(value, "0")];
    for (int i = 0; i < LS_C_COUNT; i++)
        if (memcmp(key, ls_color_keys[i], 2) == 0)
            c->type[i] = none ? NULL : value;
}

void ls_read_colors(struct ls *ls, const char *text)
{
    for (int i = 0; i < LS_C_COUNT; i++)
        ls->colors.type[i] = ls_default_colors[i];
    while (text && *text) {
        size_t len = strcspn(text, ":");
        const char *equals = memchr(text, '=', len);
        if (equals) {
            size_t key = (size_t)(equals - text);
            ls_set_color(&ls->colors, text, key, ls_copy(equals + 1, len - key - 1));
        }
        text += len + (text[len] == ':');
    }
}

static const char *ls_color_of_folder(const struct ls_colors *c, uint32_t mode)
{
    bool sticky = mode & 01000, other = mode & 0002;
    if (sticky && other && c->type[LS_C_STICKY_OTHER])
        return c->type[LS_C_STICKY_OTHER];
    if (other && c->type[LS_C_OTHER])
        return c->type[LS_C_OTHER];
    if (sticky && c->type[LS_C_STICKY])
        return c->type[LS_C_STICKY];
    return c->type[LS_C_DIR];
}

static const char *ls_color_of_suffix(const struct ls_colors *c, const char *name)
{
    struct span text = span_of(name);
    for (size_t i = c->extension_count; i-- > 0;)
        if (span_ends(text, span_make(c->extensions[i].suffix, c->extensions[i].len)))
            return c->extensions[i].color;
    return NULL;
}

static const char *ls_color_of_file(const struct ls_colors *c, const char *name,
                                    uint32_t mode, uint32_t links)
{
    if ((mode & 04000) && c->type[LS_C_SETUID])
        return c->type[LS_C_SETUID];
    if ((mode & 02000) && c->type[LS_C_SETGID])
        return c->type[LS_C_SETGID];
    if ((mode & 0111) && c->type[LS_C_EXEC])
        return c->type[LS_C_EXEC];
    if (links > 1 && c->type[LS_C_HARD])
        return c->type[LS_C_HARD];
    const char *color = ls_color_of_suffix(c, name);
    return color ? color : c->type[LS_C_FILE];
}

static const char *ls_color_of_mode(const struct ls_colors *c, const char *name,
                                    uint32_t mode, uint32_t links)
{
    switch (mode & SYS_IFMT) {
    case SYS_IFDIR: return ls_color_of_folder(c, mode);
    case SYS_IFLNK: return c->type[LS_C_LINK];
    case SYS_IFIFO: return c->type[LS_C_PIPE];
    case SYS_IFSOCK: return c->type[LS_C_SOCKET];
    case SYS_IFBLK: return c->type[LS_C_BLOCK];
    case SYS_IFCHR: return c->type[LS_C_CHAR];
    case SYS_IFREG: return ls_color_of_file(c, name, mode, links);
    default: return c->type[LS_C_ORPHAN];
    }
}

const char *ls_color_of(const struct ls *ls, const struct ls_file *f, bool target)
{
    const struct ls_colors *c = &ls->colors;
    if (!ls->color)
        return NULL;
    if (target) { // looked at only where colours depend on it, as in GNU ls
        if (!c->type[LS_C_ORPHAN] && !c->type[LS_C_MISSING] && !c->link_as_target)
            return NULL;
        if (!f->link_mode)
            return c->type[LS_C_MISSING];
        return ls_color_of_mode(c, f->link, f->link_mode, 1);
    }
    uint32_t mode = f->stat_ok ? f->st.mode : f->type;
    if ((mode & SYS_IFMT) == SYS_IFLNK) {
        if (f->link_broken && (c->type[LS_C_ORPHAN] || c->link_as_target))
            return c->type[LS_C_ORPHAN];
        if (c->link_as_target && f->link_mode)
            return ls_color_of_mode(c, f->name, f->link_mode, 1);
    }
    return ls_color_of_mode(c, f->name, mode, f->stat_ok ? f->st.nlink : 1);
}
