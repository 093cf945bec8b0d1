/* strings.c: see strings.h. */
#include "sandbox/strings.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "kernel/kernel.h"

/* Additions since `before` hold, or are undone. */
static int strings_settle(struct buf *list, size_t before)
{
    if (!list->failed)
        return 0;
    list->failed = false;
    buf_cut(list, before);
    return -ENOMEM;
}

int strings_add(struct buf *list, const char *text)
{
    size_t before = list->len;
    buf_add(list, text, strlen(text) + 1);
    return strings_settle(list, before);
}

int strings_add_all(struct buf *list, const struct buf *other)
{
    size_t before = list->len;
    buf_add(list, other->data, other->len);
    return strings_settle(list, before);
}

/* The offset of the entry for the name of len bytes, or list->len. */
static size_t strings_find_env(const struct buf *list, const char *name, size_t len)
{
    size_t at = 0;
    while (at < list->len) {
        const char *entry = list->data + at;
        if (strncmp(entry, name, len) == 0 && (entry[len] == '=' || !entry[len]))
            break;
        at += strlen(entry) + 1;
    }
    return at;
}

static void strings_remove_env(struct buf *list, const char *name, size_t len)
{
    size_t at = strings_find_env(list, name, len);
    if (at == list->len)
        return;
    size_t after = at + strlen(list->data + at) + 1;
    memmove(list->data + at, list->data + after, list->len - after);
    buf_cut(list, list->len - (after - at));
}

int strings_set_env(struct buf *list, const char *name, const char *value, bool keep)
{
    size_t len = strlen(name), before = list->len;
    if (!len || strchr(name, '='))
        return -EINVAL;
    if (value || keep) { // behind the old one first, which stays if there is no memory
        buf_add(list, name, len);
        if (value) {
            buf_add_char(list, '=');
            buf_add_str(list, value);
        }
        buf_add(list, "", 1);
        if (strings_settle(list, before))
            return -ENOMEM;
    }
    size_t old = strings_find_env(list, name, len);
    if (old < before)
        strings_remove_env(list, name, len);
    return 0;
}

int strings_change_env(struct buf *list, const struct buf *changes)
{
    for (size_t at = 0; at < changes->len;) {
        const char *entry = changes->data + at;
        size_t len = strlen(entry), name_len = strcspn(entry, "=");
        strings_remove_env(list, entry, name_len);
        if (entry[name_len] && strings_add(list, entry))
            return -ENOMEM;
        at += len + 1;
    }
    return 0;
}

char **strings_point(struct kernel *k, const char *const *head, size_t count,
                     const struct buf *list)
{
    size_t strings = 0;
    for (size_t i = 0; i < list->len; i++)
        strings += !list->data[i];
    char **array = kernel_alloc(k, (count + strings + 1) * sizeof *array);
    if (!array)
        return NULL;
    for (size_t i = 0; i < count; i++)
        array[i] = (char *)head[i];
    char *at = list->data;
    for (size_t i = 0; i < strings; i++) {
        array[count + i] = at;
        at += strlen(at) + 1;
    }
    array[count + strings] = NULL;
    return array;
}
