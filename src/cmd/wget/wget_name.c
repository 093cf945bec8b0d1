/* wget_name.c: what a download is called. */
#include "base/fmt.h"
#include "base/str.h"
#include "cmd/wget/wget.h"
#include "sys.h"
#include "user/path.h"
#include "user/weburl.h"

/* Adds text without what a name may not hold: slashes and control characters are
 * encoded. */
static void wget_name_add(struct buf *b, const char *text)
{
    for (; *text; text++) {
        if (*text == '/' || char_is_cntrl((unsigned char)*text))
            buf_addf(b, "%%%02X", (unsigned char)*text);
        else
            buf_add_char(b, *text);
    }
}

char *wget_name(const struct wget *w, const struct weburl *u, const char *name)
{
    struct buf b = buf_make(sys_heap());
    if (name) {
        wget_name_add(&b, name);
    } else {
        const char *base = strrchr(u->path, '/') + 1;
        struct buf decoded = buf_make(sys_heap());
        weburl_add_unescaped(&decoded, span_of(*base ? base : "index.html"));
        wget_name_add(&b, buf_str(&decoded));
        buf_fini(&decoded);
        if (u->query) {
            buf_add_char(&b, '?');
            wget_name_add(&b, u->query);
        }
    }
    if (str_eq(buf_str(&b), "..") || str_eq(buf_str(&b), "."))
        buf_add_char(&b, '_');
    char *result =
        w->prefix ? path_join(w->prefix, buf_str(&b)) : sys_strdup(buf_str(&b));
    buf_fini(&b);
    return result;
}

char *wget_name_unused(char *name)
{
    struct sys_stat st;
    struct buf b = buf_make(sys_heap());
    buf_add_str(&b, name);
    for (unsigned i = 1; !sys_lstat(buf_str(&b), &st); i++) {
        buf_clear(&b);
        buf_addf(&b, "%s.%u", name, i);
    }
    sys_free(name);
    return buf_take(&b);
}
