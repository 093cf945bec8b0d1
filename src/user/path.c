/* path.c: see path.h. */
#include "user/path.h"

#include <errno.h>

#include "base/buf.h"
#include "sys.h"

/* The length of path without the slashes at its end, but at least one byte. */
static size_t path_trim(const char *path, size_t len)
{
    while (len > 1 && path[len - 1] == '/')
        len--;
    return len;
}

struct span path_base(const char *path)
{
    size_t end = path_trim(path, strlen(path)), start = end;
    if (end == 1 && *path == '/')
        return span_make(path, 1);
    while (start && path[start - 1] != '/')
        start--;
    return span_make(path + start, end - start);
}

struct span path_dir(const char *path)
{
    size_t len = path_trim(path, strlen(path));
    while (len && path[len - 1] != '/')
        len--;
    if (!len)
        return *path == '/' ? span_make(path, 1) : span_of(".");
    return span_make(path, path_trim(path, len));
}

char *path_join(const char *dir, const char *name)
{
    size_t a = strlen(dir), b = strlen(name);
    bool slash = a && dir[a - 1] != '/';
    char *path = sys_alloc(a + slash + b + 1);
    memcpy(path, dir, a);
    path[a] = '/';
    memcpy(path + a + slash, name, b + 1);
    return path;
}

/* Takes the last component off what b holds from base on. */
static void path_pop(struct buf *b, size_t base)
{
    size_t len = b->len;
    while (len > base && b->data[len - 1] != '/')
        len--;
    if (len > base)
        len--;
    buf_cut(b, len);
}

static bool path_last_is_dots(const struct buf *b, size_t base)
{
    struct span s = span_make(b->data + base, b->len - base);
    return span_eq_str(s, "..") || span_ends(s, span_of("/.."));
}

void path_add_normal(struct buf *b, const char *path)
{
    bool absolute = *path == '/';
    if (absolute)
        buf_add_char(b, '/');
    size_t base = b->len;
    while (*path) {
        size_t len = strcspn(path, "/");
        struct span part = span_make(path, len);
        path += len;
        path += strspn(path, "/");
        if (!len || span_eq_str(part, "."))
            continue;
        bool up = span_eq_str(part, "..");
        if (up && (b->len > base ? !path_last_is_dots(b, base) : absolute)) {
            path_pop(b, base);
            continue;
        }
        if (b->len > base)
            buf_add_char(b, '/');
        buf_add_span(b, part);
    }
    if (b->len == base && !absolute)
        buf_add_char(b, '.');
}

/* The length of the common part of two normal paths, up to a slash in both or an end. */
static size_t path_common(const char *a, const char *b)
{
    size_t common = 0;
    for (size_t i = 0;; i++) {
        bool a_ends = !a[i] || a[i] == '/', b_ends = !b[i] || b[i] == '/';
        if (a_ends && b_ends)
            common = i;
        if (!a[i] || a[i] != b[i])
            return common;
    }
}

void path_add_relative(struct buf *b, const char *from, const char *to)
{
    size_t start = b->len;
    if (str_eq(from, "/"))
        from = "";
    if (str_eq(to, "/"))
        to = "";
    size_t common = path_common(from, to);
    for (const char *p = from + common; *p; p++)
        if (*p == '/')
            buf_add_str(b, b->len > start ? "/.." : "..");
    if (to[common]) {
        if (b->len > start)
            buf_add_char(b, '/');
        buf_add_str(b, to + common + 1);
    }
    if (b->len == start)
        buf_add_char(b, '.');
}

char *path_cwd(void)
{
    for (size_t size = 256;; size *= 2) {
        char *path = sys_alloc(size);
        int64_t len = sys_getcwd(path, size);
        if (len >= 0)
            return path;
        sys_free(path);
        if (len != -ERANGE)
            return NULL;
    }
}
