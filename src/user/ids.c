/* ids.c: see ids.h. The files are read again for each question: they are small, and may
 * change. */
#include "user/ids.h"

#include "base/fmt.h"
#include "base/num.h"
#include "base/str.h"
#include "sys.h"
#include "user/in.h"

enum { IDS_FIELDS = 7 };

/* A line of either file as fields. */
struct ids_line {
    struct span field[IDS_FIELDS];
};

static void ids_split(struct span line, struct ids_line *l)
{
    *l = (struct ids_line){0};
    if (line.len && line.ptr[line.len - 1] == '\n')
        line.len--;
    for (int i = 0; i < IDS_FIELDS; i++) {
        size_t len = span_find(line, ':');
        l->field[i] = span_make(line.ptr, len);
        line = span_from(line, len + 1);
    }
}

/* Finds the line whose field is text, in a file that in is open on. */
static bool ids_find(struct in *in, int field, struct span text, struct ids_line *l)
{
    struct span line;
    while (in_line(in, '\n', &line)) {
        ids_split(line, l);
        if (l->field[0].len && span_eq(l->field[field], text))
            return true;
    }
    return false;
}

static bool ids_number(struct span s, uint32_t *n)
{
    uint64_t value = 0;
    if (!s.len || s.len > 10)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (!char_is_digit(s.ptr[i]))
            return false;
        value = value * 10 + (uint64_t)(s.ptr[i] - '0');
    }
    *n = (uint32_t)value;
    return value <= UINT32_MAX;
}

static bool ids_name(const char *file, uint32_t id, char dst[IDS_NAME])
{
    struct in in;
    struct ids_line l;
    fmt_to(dst, IDS_NAME, "%u", id);
    if (in_open(&in, file))
        return false;
    bool found = ids_find(&in, 2, span_of(dst), &l);
    if (found)
        fmt_to(dst, IDS_NAME, "%.*s", (int)l.field[0].len, l.field[0].ptr);
    in_close(&in);
    return found;
}

bool ids_user_name(uint32_t uid, char dst[IDS_NAME])
{
    return ids_name("/etc/passwd", uid, dst);
}
bool ids_group_name(uint32_t gid, char dst[IDS_NAME])
{
    return ids_name("/etc/group", gid, dst);
}

bool ids_user(const char *name, uint32_t *uid, uint32_t *gid)
{
    struct in in;
    struct ids_line l;
    if (in_open(&in, "/etc/passwd"))
        return false;
    uint32_t group = 0;
    bool found = ids_find(&in, 0, span_of(name), &l) && ids_number(l.field[2], uid);
    if (found && gid && ids_number(l.field[3], &group))
        *gid = group;
    in_close(&in);
    return found;
}

bool ids_group(const char *name, uint32_t *gid)
{
    struct in in;
    struct ids_line l;
    if (in_open(&in, "/etc/group"))
        return false;
    bool found = ids_find(&in, 0, span_of(name), &l) && ids_number(l.field[2], gid);
    in_close(&in);
    return found;
}

char *ids_home(const char *name)
{
    struct in in;
    struct ids_line l;
    if (in_open(&in, "/etc/passwd"))
        return NULL;
    char *home = NULL;
    if (ids_find(&in, 0, span_of(name), &l)) {
        home = sys_alloc(l.field[5].len + 1);
        memcpy(home, l.field[5].ptr, l.field[5].len);
        home[l.field[5].len] = '\0';
    }
    in_close(&in);
    return home;
}

/* Whether the list "a,b,c" has name. */
static bool ids_has_member(struct span list, struct span name)
{
    while (list.len) {
        size_t len = span_find(list, ',');
        if (span_eq(span_make(list.ptr, len), name))
            return true;
        list = span_from(list, len + 1);
    }
    return false;
}

uint32_t *ids_groups_of(const char *name, uint32_t gid, size_t *count)
{
    uint32_t *groups = sys_alloc(sizeof *groups), other;
    groups[0] = gid;
    *count = 1;
    struct in in;
    struct span line;
    if (in_open(&in, "/etc/group"))
        return groups;
    while (in_line(&in, '\n', &line)) {
        struct ids_line l;
        ids_split(line, &l);
        if (!ids_has_member(l.field[3], span_of(name)) ||
            !ids_number(l.field[2], &other) || other == gid)
            continue;
        groups = sys_resize(groups, (*count + 1) * sizeof *groups);
        groups[(*count)++] = other;
    }
    in_close(&in);
    return groups;
}
