/* output.c: see output.h. */
#include "cmd/curl/output.h"

#include <errno.h>

#include "base/str.h"
#include "user/errtext.h"
#include "user/msg.h"
#include "user/out.h"
#include "user/path.h"

enum { CURL_CLOBBER_TRIES = 100 };

/* Makes the folders above path. */
static void curl_output_make_dirs(struct curl_transfer *t, const char *path)
{
    for (const char *p = strchr(path + 1, '/'); *path && p; p = strchr(p + 1, '/')) {
        char *folder = sys_strdup(path);
        folder[p - path] = '\0';
        int err = sys_mkdir(folder, 0750);
        if (err && err != -EEXIST)
            curl_warn(t->global, "Failed to create directory %s: %s", folder,
                      errtext(err));
        sys_free(folder);
    }
}

/* The last part of the URL's path. NULL: it is empty. */
static char *curl_output_url_name(const struct curl_transfer *t)
{
    const char *url = t->given;
    const char *scheme = strstr(url, "://");
    const char *path = strchr(scheme ? scheme + 3 : url, '/');
    if (!path)
        return NULL;
    size_t len = strcspn(path, "?#");
    struct span s = span_make(path, len);
    s = span_from(s, span_find_last(s, '/') + 1);
    if (!s.len)
        return NULL;
    struct buf b = buf_make(sys_heap());
    buf_add_span(&b, s);
    return buf_take(&b);
}

bool curl_output_choose(struct curl_transfer *t, const char *name, bool remote_name)
{
    const struct curl_config *c = t->config;
    struct curl_output *o = &t->out;
    *o = (struct curl_output){.fd = -1};
    if (remote_name) {
        o->path = curl_output_url_name(t);
        if (!o->path && !c->content_disposition) {
            if (!t->global->silent)
                msg("Remote file name has no length!");
            t->result = CURL_ERR_WRITE;
            return false;
        }
        if (!o->path)
            o->path = sys_strdup("");
    } else if (name && !str_eq(name, "-")) {
        o->path = sys_strdup(name);
    }
    if (o->path && c->output_dir && *c->output_dir) {
        char *joined = path_join(c->output_dir, o->path);
        sys_free(o->path);
        o->path = joined;
    }
    if (o->path && c->create_dirs)
        curl_output_make_dirs(t, o->path);
    return true;
}

void curl_output_rename(struct curl_transfer *t, char *name)
{
    const char *dir = t->config->output_dir;
    sys_free(t->out.path);
    t->out.path = dir && *dir ? path_join(dir, name) : sys_strdup(name);
    t->out.from_header = true;
    sys_free(name);
}

static int curl_output_open_file(struct curl_output *o, const char *path, bool exclusive)
{
    unsigned flags = SYS_WRONLY | SYS_CREAT | SYS_CLOEXEC;
    flags |= exclusive ? SYS_EXCL : o->append ? SYS_APPEND : SYS_TRUNC;
    return sys_open(path, flags, 0666);
}

/* --no-clobber: "name.1", "name.2" and so on, until one is new. */
static void curl_output_open_numbered(struct curl_output *o)
{
    struct buf b = buf_make(sys_heap());
    for (int i = 1; o->fd == -EEXIST && i < CURL_CLOBBER_TRIES; i++) {
        buf_clear(&b);
        buf_addf(&b, "%s.%d", o->path, i);
        o->fd = curl_output_open_file(o, buf_str(&b), true);
    }
    if (o->fd >= 0) {
        sys_free(o->path);
        o->path = buf_take(&b);
    }
    buf_fini(&b);
}

static bool curl_output_open(struct curl_transfer *t)
{
    struct curl_output *o = &t->out;
    const struct curl_config *c = t->config;
    bool keep = c->no_clobber && !o->append;
    o->fd = curl_output_open_file(o, o->path, o->from_header || keep);
    if (o->fd == -EEXIST && keep)
        curl_output_open_numbered(o);
    if (o->fd >= 0)
        return true;
    curl_warn(t->global, "Failed to open the file %s: %s", o->path, errtext(o->fd));
    o->fd = -1;
    if (o->from_header)
        curl_fail(t, CURL_ERR_WRITE, "Failed writing header");
    else
        curl_fail(t, CURL_ERR_WRITE, "Failure writing output to destination");
    return false;
}

bool curl_output_create(struct curl_transfer *t)
{
    return !t->out.path || t->out.fd >= 0 || curl_output_open(t);
}

bool curl_output_write(struct curl_transfer *t, struct span bytes)
{
    if (!curl_output_create(t))
        return false;
    int err = out_write_all(t->out.path ? t->out.fd : 1, bytes.ptr, bytes.len);
    if (err) {
        curl_fail(t, CURL_ERR_WRITE, "Failure writing output to destination");
        return false;
    }
    t->out.bytes += (int64_t)bytes.len;
    return true;
}

void curl_output_restart(struct curl_transfer *t)
{
    struct curl_output *o = &t->out;
    if (o->path && o->fd >= 0 && o->bytes) {
        if (!t->global->silent)
            msg_raw("Throwing away %lld bytes\n", (long long)o->bytes);
        struct sys_stat st;
        bool file = !sys_fstat(o->fd, &st) && (st.mode & SYS_IFMT) == SYS_IFREG;
        int err = file ? sys_ftruncate(o->fd, o->init) : 0;
        if (file && !err && sys_seek(o->fd, o->init, SYS_SEEK_SET) < 0)
            err = -EIO;
        if (err)
            msg_errno(err, "%s", o->path);
    }
    o->bytes = 0;
}

void curl_output_close(struct curl_transfer *t)
{
    if (t->out.fd >= 0)
        sys_close(t->out.fd);
    t->out.fd = -1;
}
