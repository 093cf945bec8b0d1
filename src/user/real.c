/* real.c: see real.h. Components are taken one by one; a link's text is put before what
 * is left. */
#include "user/real.h"

#include <errno.h>

#include "base/buf.h"
#include "base/str.h"
#include "sys.h"
#include "user/path.h"

enum { REAL_LINKS = 40, REAL_LINK = 4096 };

struct real {
    struct buf done; // absolute, without a slash at its end but for "/"
    struct buf rest; // still to be resolved
    size_t at;       // in rest
    unsigned flags;
    int links;
    bool gone; // something on the way does not exist
};

static void real_up(struct real *r)
{
    size_t slash = span_find_last(buf_span(&r->done), '/');
    buf_cut(&r->done, slash ? slash : 1);
}

/* A link, whose name done ends in: goes on with its text. */
static int real_follow(struct real *r)
{
    char *text = sys_alloc(REAL_LINK);
    int64_t len = sys_readlink(buf_str(&r->done), text, REAL_LINK);
    if (len >= 0 && ++r->links <= REAL_LINKS) {
        struct buf rest = buf_make(sys_heap());
        buf_add(&rest, text, (size_t)len);
        buf_add_str(&rest, buf_str(&r->rest) + r->at); // empty, or a slash and more
        buf_fini(&r->rest);
        r->rest = rest;
        r->at = 0;
        if (len && *text == '/')
            buf_cut(&r->done, 1);
        else
            real_up(r);
    }
    sys_free(text);
    bool loop = r->links > REAL_LINKS;
    return len < 0 ? (int)len : loop && !(r->flags & REAL_MISSING) ? -ELOOP : 0;
}

static bool real_is_last(const struct real *r)
{
    const char *p = buf_str(&r->rest) + r->at;
    return !p[strspn(p, "/")];
}

/* Looks at done, which has got a new component. */
static int real_check(struct real *r)
{
    struct sys_stat st;
    if (r->gone)
        return 0;
    int err = sys_lstat(buf_str(&r->done), &st);
    if (err == -ENOENT && ((r->flags & REAL_MISSING) ||
                           ((r->flags & REAL_LAST_MISSING) && real_is_last(r)))) {
        r->gone = true;
        return 0;
    }
    if (err && (r->flags & REAL_MISSING)) {
        r->gone = true;
        return 0;
    }
    if (err)
        return err;
    uint32_t type = st.mode & SYS_IFMT;
    if (type == SYS_IFLNK && !(r->flags & REAL_NO_LINKS))
        return real_follow(r);
    bool more = *(buf_str(&r->rest) + r->at) == '/';
    if (more && type != SYS_IFDIR && type != SYS_IFLNK) {
        if (r->flags & REAL_MISSING)
            r->gone = true;
        else
            return -ENOTDIR;
    }
    return 0;
}

static int real_run(struct real *r)
{
    for (;;) {
        const char *p = buf_str(&r->rest) + r->at;
        size_t slashes = strspn(p, "/"), len = strcspn(p + slashes, "/");
        struct span part = span_make(p + slashes, len);
        r->at += slashes + len;
        if (!len)
            return 0;
        if (span_eq_str(part, "."))
            continue;
        if (span_eq_str(part, "..")) {
            real_up(r);
            r->gone = false; // what is above it is there
            continue;
        }
        if (r->done.len > 1)
            buf_add_char(&r->done, '/');
        buf_add_span(&r->done, part);
        int err = real_check(r);
        if (err)
            return err;
        sys_tick();
    }
}

int real_path(const char *path, unsigned flags, char **result)
{
    struct real r = {
        .done = buf_make(sys_heap()), .rest = buf_make(sys_heap()), .flags = flags};
    if (!*path)
        return -ENOENT;
    char *cwd = *path == '/' ? NULL : path_cwd();
    if (*path != '/' && !cwd)
        return -ENOENT;
    buf_add_str(&r.done, cwd ? cwd : "/");
    sys_free(cwd);
    buf_add_str(&r.rest, path);
    int err = real_run(&r);
    buf_fini(&r.rest);
    if (err)
        buf_fini(&r.done);
    else
        *result = buf_take(&r.done);
    return err;
}
