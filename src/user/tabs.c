/* tabs.c: see tabs.h. */
#include "user/tabs.h"

#include "base/num.h"
#include "base/str.h"
#include "sys.h"
#include "user/msg.h"

static void tabs_push(struct tabs *t, uint64_t stop)
{
    t->stops = sys_resize(t->stops, (t->count + 1) * sizeof *t->stops);
    t->stops[t->count++] = stop;
}

static bool tabs_set_special(uint64_t *where, char sign, uint64_t n)
{
    if (*where) {
        msg("'%c' specifier only allowed with the last value", sign);
        return false;
    }
    *where = n;
    return true;
}

bool tabs_add(struct tabs *t, const char *list)
{
    char sign = '\0';
    for (const char *p = list; *p;) {
        if (*p == ',' || char_is_blank(*p)) {
            p++;
        } else if (*p == '/' || *p == '+') {
            sign = *p++;
        } else if (char_is_digit(*p)) {
            uint64_t n;
            const char *rest;
            if (t->every || t->every_on) {
                msg("'%c' specifier only allowed with the last value",
                    t->every ? '/' : '+');
                return false;
            }
            if (num_to_u64(p, &n, &rest)) {
                msg("tab stop is too large %s", quoted(p));
                return false;
            }
            p = rest;
            if (sign &&
                !tabs_set_special(sign == '/' ? &t->every : &t->every_on, sign, n))
                return false;
            if (!sign)
                tabs_push(t, n);
            sign = '\0';
        } else {
            msg("tab size contains invalid character(s): %s", quoted(p));
            return false;
        }
    }
    return true;
}

bool tabs_finish(struct tabs *t)
{
    uint64_t before = 0;
    for (size_t i = 0; i < t->count; i++) {
        if (!t->stops[i]) {
            msg("tab size cannot be 0");
            return false;
        }
        if (t->stops[i] <= before) {
            msg("tab sizes must be ascending");
            return false;
        }
        before = t->stops[i];
    }
    if (t->count == 1 && !t->every && !t->every_on) { // a single number is a distance
        t->every = t->stops[0];
        t->count = 0;
    }
    if (!t->count && !t->every && !t->every_on)
        t->every = 8;
    return true;
}

uint64_t tabs_next(const struct tabs *t, uint64_t column, bool *last)
{
    *last = false;
    for (size_t i = 0; i < t->count; i++)
        if (t->stops[i] > column)
            return t->stops[i];
    if (t->every)
        return column + t->every - column % t->every;
    if (t->every_on) {
        uint64_t from = t->count ? t->stops[t->count - 1] : 0;
        return column + t->every_on - (column - from) % t->every_on;
    }
    *last = true;
    return column + 1;
}
