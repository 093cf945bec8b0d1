/* lookup.c: see lookup.h. A small array of entries in the sandbox heap, searched by
 * name's hash. */
#include "shell/exec/lookup.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/vars/keyed.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/find.h"

/* bash's table has so many chains; `hash` lists them one after another. */
enum { LOOKUP_CHAINS = 256 };

struct lookup_item {
    unsigned name; // interned
    unsigned chain;
    unsigned hits;
    struct shared_text *path; // counted
};

struct lookup {
    atomic_uint count;
    size_t len, cap;
    struct lookup_item *items; // by chain, the newest of it first
    unsigned changes;          // of PATH, when the items were found
    bool used;                 // something was ever in it
};

struct lookup *lookup_new(void)
{
    struct lookup *l = sys_share_alloc(sizeof *l);
    memset(l, 0, sizeof *l);
    atomic_init(&l->count, 1);
    return l;
}

struct lookup *lookup_get(struct lookup *l)
{
    atomic_fetch_add_explicit(&l->count, 1, memory_order_relaxed);
    return l;
}

static void lookup_clear(struct lookup *l)
{
    for (size_t i = 0; i < l->len; i++)
        shared_text_put(l->items[i].path);
    l->len = 0;
}

void lookup_put(struct lookup *l)
{
    if (!l || atomic_fetch_sub_explicit(&l->count, 1, memory_order_acq_rel) != 1)
        return;
    lookup_clear(l);
    sys_share_free(l->items);
    sys_share_free(l);
}

/* The shell's table, made its own. */
static struct lookup *lookup_own(struct shell *sh)
{
    struct lookup *old = sh->lookup;
    if (atomic_load_explicit(&old->count, memory_order_acquire) == 1)
        return old;
    struct lookup *l = lookup_new();
    l->cap = l->len = old->len;
    if (old->len) {
        l->items = sys_share_alloc(old->len * sizeof *l->items);
        memcpy(l->items, old->items, old->len * sizeof *l->items);
    }
    for (size_t i = 0; i < l->len; i++)
        shared_text_get(l->items[i].path);
    l->changes = old->changes;
    l->used = old->used;
    sh->lookup = l;
    lookup_put(old);
    return l;
}

/* Forgets everything once PATH was assigned, even the same value. */
static void lookup_follow_path(struct shell *sh)
{
    unsigned changes = vars_path_changes(sh);
    if (LIKELY(sh->lookup->changes == changes))
        return;
    struct lookup *l = lookup_own(sh);
    lookup_clear(l);
    l->changes = changes;
}

static size_t lookup_index(const struct lookup *l, const char *name)
{
    size_t i = 0;
    while (i < l->len && !str_eq(sys_interned(l->items[i].name), name))
        i++;
    return i;
}

static void lookup_drop(struct lookup *l, size_t i)
{
    shared_text_put(l->items[i].path);
    memmove(l->items + i, l->items + i + 1, (l->len - i - 1) * sizeof *l->items);
    l->len--;
}

static void lookup_put_item(struct shell *sh, const char *name, const char *path,
                            unsigned hits)
{
    unsigned id = sys_intern(name, strlen(name));
    struct shared_text *text = shared_text_new(span_of(path));
    unsigned chain = keyed_hash(span_of(name)) % LOOKUP_CHAINS;
    struct lookup *l = lookup_own(sh);
    size_t i = lookup_index(l, name);
    l->used = true;
    if (i < l->len) {
        shared_text_put(l->items[i].path);
        l->items[i].path = text;
        l->items[i].hits = hits;
        return;
    }
    if (l->len == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 8;
        l->items = sys_share_resize(l->items, cap * sizeof *l->items);
        l->cap = cap;
    }
    for (i = 0; i < l->len && l->items[i].chain < chain;)
        i++;
    memmove(l->items + i + 1, l->items + i, (l->len++ - i) * sizeof *l->items);
    l->items[i] = (struct lookup_item){id, chain, hits, text};
}

void lookup_set(struct shell *sh, const char *name, const char *path)
{
    lookup_follow_path(sh);
    lookup_put_item(sh, name, path, 0);
}

bool lookup_was_used(const struct shell *sh) { return sh->lookup->used; }

bool lookup_forget(struct shell *sh, const char *name)
{
    lookup_follow_path(sh);
    if (lookup_index(sh->lookup, name) == sh->lookup->len)
        return false;
    struct lookup *l = lookup_own(sh);
    lookup_drop(l, lookup_index(l, name));
    return true;
}

void lookup_forget_all(struct shell *sh)
{
    if (sh->lookup->len)
        lookup_clear(lookup_own(sh));
}

static void lookup_give(const struct lookup_item *item, struct lookup_entry *entry)
{
    *entry =
        (struct lookup_entry){sys_interned(item->name), item->path->text, item->hits};
}

bool lookup_next(struct shell *sh, size_t *at, struct lookup_entry *entry)
{
    lookup_follow_path(sh);
    if (*at >= sh->lookup->len)
        return false;
    lookup_give(&sh->lookup->items[(*at)++], entry);
    return true;
}

bool lookup_entry_of(struct shell *sh, const char *name, struct lookup_entry *entry)
{
    lookup_follow_path(sh);
    size_t i = lookup_index(sh->lookup, name);
    if (i == sh->lookup->len)
        return false;
    lookup_give(&sh->lookup->items[i], entry);
    return true;
}

/* ---- Searching -------------------------------------------------------------------- */

/* Whether path is a file that can be executed: 0, -EACCES (a file that may not),
 * -ENOENT (anything else). */
static int lookup_check(const char *path)
{
    struct sys_stat st;
    if (sys_stat(path, &st) || (st.mode & SYS_IFMT) == SYS_IFDIR)
        return -ENOENT;
    return sys_access(path, SYS_X_OK) ? -EACCES : 0;
}

/* The next folder of a PATH, which is moved on; an empty one is ".". False: the end. */
static bool lookup_folder(const char **path, struct span *folder)
{
    if (!*path)
        return false;
    const char *end = strchr(*path, ':');
    *folder = span_make(*path, end ? (size_t)(end - *path) : strlen(*path));
    if (!folder->len)
        *folder = span_of(".");
    *path = end ? end + 1 : NULL;
    return true;
}

static char *lookup_join(struct shell *sh, struct span folder, const char *name)
{
    size_t len = strlen(name);
    char *file = scratch_alloc(sh->scratch, folder.len + len + 2);
    memcpy(file, folder.ptr, folder.len);
    size_t at = folder.len;
    if (file[at - 1] != '/')
        file[at++] = '/';
    memcpy(file + at, name, len + 1);
    return file;
}

const char *lookup_search(struct shell *sh, const char *name, const char *path, int *err)
{
    const char *denied = NULL;
    struct span folder;
    *err = -ENOENT;
    if (!*name)
        return NULL;
    while (lookup_folder(&path, &folder)) {
        char *file = lookup_join(sh, folder, name);
        int found = lookup_check(file);
        if (!found) {
            *err = 0;
            return file;
        }
        if (found == -EACCES && !denied)
            denied = file;
    }
    if (denied)
        *err = -EACCES;
    return denied;
}

static const char *lookup_path(struct shell *sh)
{
    struct span path = var_get(sh, NAME_PATH);
    return path.ptr ? path.ptr : NULL;
}

const char *lookup_find(struct shell *sh, const char *name, bool remember, int *err)
{
    const char *path = lookup_path(sh);
    lookup_follow_path(sh);
    if (!path) {
        *err = -ENOENT;
        return NULL;
    }
    size_t i = lookup_index(sh->lookup, name);
    if (i < sh->lookup->len && shell_shopt(sh, SHOPT_CHECKHASH) &&
        lookup_check(sh->lookup->items[i].path->text)) {
        lookup_forget(sh, name);
        i = sh->lookup->len;
    }
    if (i < sh->lookup->len) {
        if (remember &&
            atomic_load_explicit(&sh->lookup->count, memory_order_acquire) == 1)
            sh->lookup->items[i].hits++;
        *err = 0;
        return scratch_copy(sh->scratch, span_of(sh->lookup->items[i].path->text));
    }
    const char *file = lookup_search(sh, name, path, err);
    if (file && !*err && remember && shell_set(sh, SET_HASHALL))
        lookup_put_item(sh, name, file, 1);
    return file;
}

char **lookup_all(struct shell *sh, const char *name)
{
    const char *path = lookup_path(sh);
    size_t count = 0, cap = 2;
    for (const char *p = path; p && *p; p++)
        cap += *p == ':';
    char **files = scratch_alloc(sh->scratch, cap * sizeof *files);
    struct span folder;
    while (lookup_folder(&path, &folder)) {
        char *file = lookup_join(sh, folder, name);
        if (!lookup_check(file))
            files[count++] = file;
    }
    files[count] = NULL;
    return files;
}
