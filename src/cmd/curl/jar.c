/* jar.c: see jar.h. */
#include "cmd/curl/jar.h"

#include "base/str.h"
#include "cmd/curl/param.h"
#include "sys.h"
#include "user/errtext.h"
#include "user/out.h"

static int64_t curl_jar_now(void) { return sys_clock(SYS_CLOCK_REAL) / 1000000000; }

void curl_jar_open(struct curl_global *g)
{
    struct cookies *jar = NULL;
    for (struct curl_config *c = g->first; c; c = c->next) {
        if (!c->cookies_on && !c->cookie_jar)
            continue;
        if (!jar) {
            jar = sys_alloc(sizeof *jar);
            cookies_init(jar);
        }
        c->jar = jar;
        for (size_t i = 0; i < strlist_len(&c->cookie_files); i++) {
            struct buf b = buf_make(sys_heap());
            const char *path = strlist_at(&c->cookie_files, i);
            if (*path && !curl_param_file(&b, path, false)) // else as if it were empty
                cookies_read(jar, buf_span(&b), !c->no_session_cookies, curl_jar_now());
            buf_fini(&b);
        }
    }
}

void curl_jar_save(struct curl_global *g, const struct curl_config *c)
{
    if (!c->cookie_jar || !c->jar)
        return;
    bool std = str_eq(c->cookie_jar, "-");
    int fd = std ? 1
                 : sys_open(c->cookie_jar,
                            SYS_WRONLY | SYS_CREAT | SYS_TRUNC | SYS_CLOEXEC, 0600);
    if (fd < 0) {
        if (g->verbose)
            curl_warn(g, "failed to save cookies in %s: %s", c->cookie_jar, errtext(fd));
        return;
    }
    struct buf b = buf_make(sys_heap());
    cookies_write(c->jar, curl_jar_now(), &b);
    int err = out_write_all(fd, b.data, b.len);
    if (err)
        curl_warn(g, "failed to save cookies in %s: %s", c->cookie_jar, errtext(err));
    buf_fini(&b);
    if (!std)
        sys_close(fd);
}
