/* pattern.c: see pattern.h. The key of a bundle is all that an expression is made from.
 */
#include "user/pattern.h"

#include "base/buf.h"
#include "sys.h"

enum { PATTERN_KEY_MAX = 4096 }; // longer ones (grep -f) are not likely to come again

/* The warnings of a compilation on their way to the caller. */
struct pattern_warning {
    const struct regex_options *o;
    bool any;
};

static void pattern_warn(void *ctx, const char *text)
{
    struct pattern_warning *w = ctx;
    w->any = true;
    if (w->o->warn)
        w->o->warn(w->o->warn_ctx, text);
}

/* false: it is too long. */
static bool pattern_key(struct buf *key, const struct regex_options *o,
                        const struct span *patterns, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count && len <= PATTERN_KEY_MAX; i++)
        len += patterns[i].len + sizeof len;
    if (len > PATTERN_KEY_MAX)
        return false;
    unsigned what[] = {o->syntax, o->flags, (unsigned char)o->eol, o->lines};
    buf_room(key, sizeof what + sizeof o->steps + len); // so that it grows once
    buf_add(key, what, sizeof what);
    buf_add(key, &o->steps, sizeof o->steps);
    for (size_t i = 0; i < count; i++) {
        buf_add(key, &patterns[i].len, sizeof patterns[i].len);
        buf_add_span(key, patterns[i]);
    }
    return true;
}

static enum regex_error pattern_compile(struct pattern *p, const struct regex_options *o,
                                        const struct span *patterns, size_t count)
{
    struct pattern_warning warning = {.o = o};
    struct regex_options own = *o;
    own.alloc = p->bundle ? &p->bundle->heap : sys_heap();
    own.tick = sys_ticks;
    own.warn = pattern_warn;
    own.warn_ctx = &warning;
    enum regex_error err = regex_compile_list(&p->re, &own, patterns, count);
    p->warned = warning.any;
    return err;
}

enum regex_error pattern_take(struct pattern *result, const struct regex_options *o,
                              const struct span *patterns, size_t count)
{
    struct pattern p = {.re = NULL};
    struct buf key = buf_make(sys_heap());
    bool short_enough = pattern_key(&key, o, patterns, count);
    if (short_enough)
        p.bundle = sys_shelf_take(key.data, key.len);
    enum regex_error err = REGEX_OK;
    if (p.bundle) {
        p.re = p.bundle->root;
    } else {
        if (short_enough)
            p.bundle = sys_bundle_new(key.data, key.len);
        err = pattern_compile(&p, o, patterns, count);
        if (p.bundle && err)
            sys_bundle_free(p.bundle);
        else if (p.bundle)
            p.bundle->root = p.re;
    }
    buf_fini(&key);
    if (!err)
        *result = p;
    return err;
}

void pattern_give(struct pattern *p)
{
    if (!p->bundle)
        regex_free(p->re);
    else if (p->warned)
        sys_bundle_free(p->bundle);
    else
        sys_shelf_put(p->bundle);
    *p = (struct pattern){.re = NULL};
}
