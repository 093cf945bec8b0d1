/* glob.c: the files that match a pattern.
 *
 * The pattern is taken component by component; only those with active characters read a
 * folder. */
#include <string.h>

#include "base/buf.h"
#include "base/sort.h"
#include "shell/expand/pattern.h"
#include "shell/expand/state.h"
#include "sys.h"
#include "user/walk.h"

struct glob {
    struct shell *sh;
    struct args *out;
    struct buf path; // what has been matched so far, with its slashes
    unsigned flags;  // of pattern.h
    bool stars;      // globstar
    bool matched;    // a component before was a pattern: several slashes become one
};

static void glob_from(struct glob *g, struct span pattern);

/* The first component ends at the next slash outside of brackets and groups. */
static size_t glob_component(struct span pattern, unsigned flags)
{
    for (size_t i = 0; i < pattern.len; i++) {
        char c = pattern.ptr[i];
        if (c == '/')
            return i;
        if (c == '\\') {
            if (i + 1 < pattern.len && pattern.ptr[i + 1] == '/')
                return i;
            i++;
        } else if ((flags & PATTERN_EXT) && strchr("?*+@!", c) && i + 1 < pattern.len &&
                   pattern.ptr[i + 1] == '(') {
            const char *close =
                pattern_close(pattern.ptr + i + 1, pattern.ptr + pattern.len);
            if (close)
                i = (size_t)(close - pattern.ptr);
        }
    }
    return pattern.len;
}

/* Whether a pattern matches a path, of which no operator matches the slashes. */
static bool glob_matches_path(struct span pattern, struct span path, unsigned flags)
{
    for (;;) {
        size_t len = glob_component(pattern, flags), end = span_find(path, '/');
        if (!pattern_match(span_make(pattern.ptr, len), span_make(path.ptr, end), flags))
            return false;
        if (len == pattern.len || end == path.len)
            return len == pattern.len && end == path.len;
        pattern = span_from(pattern, len + 1);
        path = span_from(path, end + 1);
    }
}

/* The first pattern of GLOBIGNORE ends at a colon outside of brackets. */
static size_t glob_ignore_length(struct span list)
{
    size_t i = 0;
    for (; i < list.len && list.ptr[i] != ':'; i++) {
        if (list.ptr[i] == '\\') {
            i++;
        } else if (list.ptr[i] == '[') {
            const char *end;
            pattern_bracket(list.ptr + i + 1, list.ptr + list.len, 0, 0, &end);
            if (end)
                i = (size_t)(end - list.ptr) - 1;
        }
    }
    return size_min(i, list.len);
}

static bool glob_is_ignored(struct glob *g, struct span path)
{
    struct span list = var_get(g->sh, NAME_GLOBIGNORE);
    if (!list.len)
        return false;
    struct span base = span_from(path, span_find_last(path, '/') + 1);
    if (span_find_last(path, '/') == path.len)
        base = path;
    if (span_eq_str(base, ".") || span_eq_str(base, ".."))
        return true;
    while (list.len) {
        size_t len = glob_ignore_length(list);
        if (glob_matches_path(span_make(list.ptr, len), path, g->flags | PATTERN_DOT))
            return true;
        list = span_from(list, len + 1);
    }
    return false;
}

static void glob_found(struct glob *g)
{
    if (!glob_is_ignored(g, buf_span(&g->path)))
        args_add(g->sh, g->out, scratch_copy(g->sh->scratch, buf_span(&g->path)));
}

/* Takes over the slashes that follow a component; gives the rest of the pattern. */
static struct span glob_slashes(struct glob *g, struct span rest)
{
    for (bool first = true;; first = false) {
        size_t skip = rest.len > 1 && rest.ptr[0] == '\\' ? 1 : 0;
        if (rest.len <= skip || rest.ptr[skip] != '/')
            return rest;
        if (first || !g->matched)
            buf_add_char(&g->path, '/');
        rest = span_from(rest, skip + 1);
    }
}

static const char *glob_folder(const struct glob *g)
{
    return g->path.len ? buf_str(&g->path) : ".";
}

static bool glob_is_folder(const char *path)
{
    struct sys_stat st;
    return !sys_stat(path, &st) && (st.mode & SYS_IFMT) == SYS_IFDIR;
}

/* A component without active characters: taken as it is. */
static void glob_plain(struct glob *g, struct span component, struct span rest)
{
    size_t mark = g->path.len;
    char *room = buf_room(&g->path, component.len + 1);
    buf_grew(&g->path, pattern_unescape(component, room));
    if (rest.len) {
        rest = glob_slashes(g, rest);
        if (rest.len || glob_is_folder(buf_str(&g->path)))
            rest.len ? glob_from(g, rest) : glob_found(g);
    } else {
        struct sys_stat st;
        if (!sys_lstat(buf_str(&g->path), &st))
            glob_found(g);
    }
    buf_cut(&g->path, mark);
}

static bool glob_may_enter(const struct walk_name *name)
{
    return name->type == SYS_IFDIR || name->type == SYS_IFLNK || name->type == 0;
}

/* One name of a folder, which matches the component. */
static void glob_enter(struct glob *g, const struct walk_name *name, struct span rest)
{
    size_t mark = g->path.len;
    buf_add_str(&g->path, name->name);
    if (!rest.len) {
        glob_found(g);
    } else if (glob_may_enter(name)) {
        struct span after = glob_slashes(g, rest);
        if (after.len)
            glob_from(g, after);
        else if (glob_is_folder(buf_str(&g->path)))
            glob_found(g);
    }
    buf_cut(&g->path, mark);
}

static void glob_match(struct glob *g, struct span component, struct span rest)
{
    struct walk_names names;
    bool dots = !shell_shopt(g->sh, SHOPT_GLOBSKIPDOTS) && component.ptr[0] == '.';
    if (walk_read_folder(glob_folder(g), dots, &names))
        return;
    bool outer = g->matched;
    g->matched = true;
    for (size_t i = 0; i < names.count; i++) {
        if (pattern_match(component, span_of(names.items[i].name), g->flags))
            glob_enter(g, &names.items[i], rest);
        sys_tick();
    }
    g->matched = outer;
    walk_free_names(&names);
}

/* "**": the rest in this folder and in all below it; at the end: everything below. */
static void glob_star(struct glob *g, struct span rest)
{
    struct walk_names names;
    sys_nest_enter();
    if (rest.len)
        glob_from(g, rest);
    if (!walk_read_folder(glob_folder(g), false, &names)) {
        for (size_t i = 0; i < names.count; i++) {
            const struct walk_name *name = &names.items[i];
            if (name->name[0] == '.' && !(g->flags & PATTERN_DOT))
                continue;
            size_t mark = g->path.len;
            buf_add_str(&g->path, name->name);
            struct sys_stat st;
            bool folder = name->type == SYS_IFDIR ||
                          (!name->type && !sys_lstat(buf_str(&g->path), &st) &&
                           (st.mode & SYS_IFMT) == SYS_IFDIR);
            if (!rest.len)
                glob_found(g);
            if (folder) {
                buf_add_char(&g->path, '/');
                glob_star(g, rest);
            }
            buf_cut(&g->path, mark);
            sys_tick();
        }
        walk_free_names(&names);
    }
    sys_nest_leave();
}

static void glob_star_start(struct glob *g, struct span rest)
{
    bool slash = rest.len > 0;
    while (rest.len && rest.ptr[0] == '/')
        rest = span_from(rest, 1);
    if (rest.len >= 2 && memcmp(rest.ptr, "**", 2) == 0 &&
        (rest.len == 2 || rest.ptr[2] == '/')) {
        glob_from(g, rest); // **/** is **
        return;
    }
    if (!slash && g->path.len)
        glob_found(g); // a/** gives a/ too
    if (slash && !rest.len)
        rest = span_of("*/"); // **/: folders only
    if (slash && span_eq_str(rest, "*/") && g->path.len)
        glob_found(g);
    glob_star(g, rest);
}

static void glob_from(struct glob *g, struct span pattern)
{
    if (pattern.ptr[0] == '/' && !g->path.len)
        pattern = glob_slashes(g, pattern);
    if (!pattern.len) {
        glob_found(g);
        return;
    }
    size_t len = glob_component(pattern, g->flags);
    struct span component = span_make(pattern.ptr, len), rest = span_from(pattern, len);
    if (g->stars && span_eq_str(component, "**"))
        glob_star_start(g, rest);
    else if (pattern_is_special(component, g->flags) ||
             ((g->flags & PATTERN_NOCASE) && !span_eq_str(component, ".") &&
              !span_eq_str(component, "..")))
        glob_match(g, component, rest);
    else
        glob_plain(g, component, rest);
}

static int glob_compare(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    return strcmp(a, b);
}

static void glob_tick(void *ctx)
{
    (void)ctx;
    sys_tick();
}

size_t glob_add(struct shell *sh, struct span pattern, struct args *out)
{
    size_t before = out->count;
    struct glob g = {.sh = sh, .out = out, .path = buf_make(sys_heap())};
    g.flags = expand_pattern_flags(sh) | PATTERN_PATH;
    if (shell_shopt(sh, SHOPT_DOTGLOB))
        g.flags |= PATTERN_DOT;
    if (shell_shopt(sh, SHOPT_NOCASEGLOB))
        g.flags |= PATTERN_NOCASE;
    g.stars = shell_shopt(sh, SHOPT_GLOBSTAR);
    glob_from(&g, pattern);
    buf_fini(&g.path);
    size_t count = out->count - before;
    if (count > 1) {
        void **room = scratch_alloc(sh->scratch, count * sizeof *room);
        sort_pointers((void **)(out->items + before), count, glob_compare, NULL, room,
                      glob_tick);
    }
    return count;
}
