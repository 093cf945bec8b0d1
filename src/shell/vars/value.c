/* value.c: values of variables. See value.h. */
#include "shell/vars/value.h"

#include <string.h>

#include "base/num.h"
#include "sys.h"

#define VALUE_NUM_MAX INT64_C(999999999999999999)

static struct text *value_new_text(size_t cap)
{
    struct text *t = sys_share_alloc(sizeof *t + cap + 1);
    atomic_init(&t->count, 1);
    t->cap = cap;
    return t;
}

static void value_put_text(struct text *t)
{
    if (atomic_fetch_sub_explicit(&t->count, 1, memory_order_acq_rel) == 1)
        sys_share_free(t);
}

static bool value_owns_text(const struct text *t)
{
    return atomic_load_explicit(&t->count, memory_order_acquire) == 1;
}

struct span value_text(const struct value *v, char buf[24])
{
    switch (v->kind) {
    case VALUE_SHORT: return span_make(v->text, v->len);
    case VALUE_NUM:
        if (v->len)
            return span_make(v->text, v->len);
        return span_make(buf, num_from_i64(buf, v->num));
    case VALUE_LONG: return span_make(v->block->data, v->block->len);
    default: return span_make(NULL, 0);
    }
}

void value_write_text(struct value *v)
{
    char text[24];
    size_t len = num_from_i64(text, v->num);
    ASSERT(v->kind == VALUE_NUM && len <= VALUE_SHORT_MAX);
    memcpy(v->text, text, len + 1);
    v->len = (uint8_t)len;
}

void value_clear(struct value *v)
{
    struct value old = *v;
    v->kind = VALUE_NONE;
    v->len = 0;
    v->block = NULL;
    ASSERT(old.kind < VALUE_INDEXED);
    if (old.kind == VALUE_LONG)
        value_put_text(old.block);
}

void value_copy(struct value *dst, const struct value *src)
{
    ASSERT(src->kind < VALUE_INDEXED);
    *dst = *src;
    if (src->kind == VALUE_LONG)
        atomic_fetch_add_explicit(&src->block->count, 1, memory_order_relaxed);
}

static void value_set_long(struct value *v, struct span text)
{
    if (v->kind == VALUE_LONG && value_owns_text(v->block) && v->block->cap >= text.len &&
        v->block->cap / 4 <= text.len) {
        memmove(v->block->data, text.ptr,
                text.len); // text may be a part of the old value
        v->block->data[text.len] = '\0';
        v->block->len = text.len;
        return;
    }
    sys_check_size(SYS_LIMIT_EXPANSION, text.len);
    struct text *t = value_new_text(text.len);
    memcpy(t->data, text.ptr, text.len);
    t->data[text.len] = '\0';
    t->len = text.len;
    value_clear(v);
    v->kind = VALUE_LONG;
    v->block = t;
}

void value_set(struct value *v, struct span text)
{
    if (text.len > VALUE_SHORT_MAX) {
        value_set_long(v, text);
        return;
    }
    if (v->kind < VALUE_LONG) {
        if (text.len)
            memmove(v->text, text.ptr, text.len); // the same
        v->text[text.len] = '\0';
        v->kind = VALUE_SHORT;
        v->len = (uint8_t)text.len;
        return;
    }
    char copy[VALUE_SHORT_MAX + 1];
    if (text.len)
        memcpy(copy, text.ptr, text.len); // before value_clear frees what it may lie in
    copy[text.len] = '\0';
    value_clear(v);
    memcpy(v->text, copy, text.len + 1);
    v->kind = VALUE_SHORT;
    v->len = (uint8_t)text.len;
}

void value_set_num(struct value *v, int64_t num)
{
    if (UNLIKELY(v->kind >= VALUE_LONG))
        value_clear(v);
    if (UNLIKELY(num < -VALUE_NUM_MAX)) { // its text does not fit into the slot
        char text[24];
        size_t len = num_from_i64(text, num);
        value_set(v, span_make(text, len));
        return;
    }
    v->kind = VALUE_NUM;
    v->len = 0;
    v->num = num;
}

void value_append(struct value *v, struct span more)
{
    char buf[24];
    struct span old = value_text(v, buf);
    size_t len = old.len + more.len;
    if (v->kind == VALUE_LONG && value_owns_text(v->block) && v->block->cap >= len) {
        if (more.len)
            memmove(v->block->data + old.len, more.ptr, more.len);
        v->block->data[len] = '\0';
        v->block->len = len;
        return;
    }
    sys_check_size(SYS_LIMIT_EXPANSION, len);
    if (len <= VALUE_SHORT_MAX) {
        char text[VALUE_SHORT_MAX + 1];
        if (old.len)
            memcpy(text, old.ptr, old.len);
        if (more.len)
            memcpy(text + old.len, more.ptr, more.len);
        value_set(v, span_make(text, len));
        return;
    }
    struct text *t = value_new_text(len + len / 2 + 16);
    if (old.len)
        memcpy(t->data, old.ptr, old.len);
    if (more.len)
        memcpy(t->data + old.len, more.ptr, more.len);
    t->data[len] = '\0';
    t->len = len;
    value_clear(v);
    v->kind = VALUE_LONG;
    v->block = t;
}

bool value_number(const struct value *v, int64_t *num)
{
    if (v->kind == VALUE_NUM) {
        *num = v->num;
        return true;
    }
    if (v->kind != VALUE_SHORT || v->len == 0 || v->len > 18)
        return false;
    const char *p = v->text, *end = v->text + v->len;
    bool minus = *p == '-';
    if (minus)
        p++;
    if (p == end || (*p == '0' && (minus || p + 1 != end))) // octal, -0: not plain
        return false;
    int64_t n = 0;
    for (; p < end; p++) {
        if (!char_is_digit(*p))
            return false;
        n = n * 10 + (*p - '0');
    }
    *num = minus ? -n : n;
    return true;
}
