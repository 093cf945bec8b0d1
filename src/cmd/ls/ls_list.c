/* ls_list.c: a list of files and its order. */
#include "base/sort.h"
#include "cmd/ls/ls.h"
#include "user/version.h"

struct ls_file *ls_add(struct ls_list *l, const char *name, uint32_t type, uint64_t ino)
{
    if (l->count == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 32;
        l->files = sys_resize(l->files, l->cap * sizeof *l->files);
    }
    struct ls_file *f = &l->files[l->count++];
    *f = (struct ls_file){.name = sys_strdup(name), .type = type, .ino = ino};
    return f;
}

void ls_free(struct ls_list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        sys_free(l->files[i].name);
        sys_free(l->files[i].link);
    }
    sys_free(l->files);
    sys_free(l->order);
    *l = (struct ls_list){0};
}

/* Links to folders count as folders here. */
bool ls_is_folder(const struct ls_file *f)
{
    return f->type == SYS_IFDIR || (f->link_mode & SYS_IFMT) == SYS_IFDIR;
}

static int64_t ls_time_of(const struct ls *ls, const struct ls_file *f)
{
    switch (ls->time) {
    case LS_CTIME: return f->st.ctime_ns;
    case LS_ATIME: return f->st.atime_ns;
    case LS_BIRTH: return f->st.birth_ns;
    default: return f->st.mtime_ns;
    }
}

static const char *ls_extension_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? dot : "";
}

static int ls_compare_i64(int64_t a, int64_t b) { return a < b ? -1 : a > b; }

static int ls_compare_key(const struct ls *ls, const struct ls_file *a,
                          const struct ls_file *b)
{
    switch (ls->sort) {
    case LS_BY_TIME: return ls_compare_i64(ls_time_of(ls, b), ls_time_of(ls, a));
    case LS_BY_SIZE: return ls_compare_i64(b->st.size, a->st.size);
    case LS_BY_EXTENSION:
        return strcmp(ls_extension_of(a->name), ls_extension_of(b->name));
    case LS_BY_VERSION: return version_compare(span_of(a->name), span_of(b->name));
    case LS_BY_WIDTH: return ls_compare_i64((int64_t)a->columns, (int64_t)b->columns);
    default: return 0;
    }
}

static int ls_compare(const void *x, const void *y, void *ctx)
{
    const struct ls *ls = ctx;
    const struct ls_file *a = x, *b = y;
    if (ls->folders_first && ls_is_folder(a) != ls_is_folder(b))
        return ls_is_folder(a) ? -1 : 1;
    if (ls->sort == LS_UNSORTED)
        return 0;
    int order = ls_compare_key(ls, a, b);
    if (!order)
        order = strcmp(a->name, b->name);
    return ls->reverse ? -order : order;
}

static void ls_sort_tick(void *ctx)
{
    (void)ctx;
    sys_tick();
}

void ls_sort(const struct ls *ls, struct ls_list *l)
{
    l->order = sys_alloc(2 * (l->count + 1) * sizeof *l->order);
    for (size_t i = 0; i < l->count; i++)
        l->order[i] = &l->files[i];
    if (ls->sort == LS_UNSORTED && !ls->folders_first)
        return;
    void **items = (void **)l->order;
    sort_pointers(items, l->count, ls_compare, (void *)(uintptr_t)ls, items + l->count,
                  ls_sort_tick);
}
