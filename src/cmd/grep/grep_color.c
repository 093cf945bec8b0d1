/* grep_color.c: colours of the output. See grep.h. */
#include "cmd/grep/grep.h"
#include "user/env.h"
#include "user/msg.h"
#include "user/out.h"

/* One capability: name=value, or a bare name. */
static void grep_set_capability(struct grep_colors *c, struct span name,
                                const struct span *value)
{
    static const char *const names[] = {"sl", "cx", "mt", "ms", "mc",
                                        "fn", "ln", "bn", "se"};
    struct span *const places[] = {&c->selected_line,  &c->context_line,  NULL,
                                   &c->selected_match, &c->context_match, &c->file,
                                   &c->line,           &c->byte,          &c->separator};
    if (span_eq_str(name, "rv"))
        c->reverse = true;
    else if (span_eq_str(name, "ne"))
        c->no_erase = true;
    for (size_t i = 0; value && i < COUNT_OF(names); i++)
        if (span_eq_str(name, names[i])) {
            if (places[i])
                *places[i] = *value;
            else
                c->selected_match = c->context_match = *value;
        }
}

/* Reads "a=1;2:b:c=3" up to what cannot be. */
static void grep_read_capabilities(struct grep_colors *c, const char *text)
{
    while (*text) {
        const char *end = text + strcspn(text, ":");
        struct span item = span_make(text, (size_t)(end - text));
        size_t equal = span_find(item, '=');
        struct span name = span_make(item.ptr, equal), value = span_from(item, equal + 1);
        for (size_t i = 0; i < value.len; i++)
            if (!char_is_digit(value.ptr[i]) && value.ptr[i] != ';')
                return;
        grep_set_capability(c, name, equal < item.len ? &value : NULL);
        text = *end ? end + 1 : end;
    }
}

void grep_set_colors(struct grep_colors *c)
{
    c->on = true;
    c->selected_match = c->context_match = span_of("01;31");
    c->file = span_of("35");
    c->line = c->byte = span_of("32");
    c->separator = span_of("36");
    const char *old = env_get("GREP_COLOR"), *text = env_get("GREP_COLORS");
    if (old && *old) {
        msg_warn("warning: GREP_COLOR='%s' is deprecated; use GREP_COLORS='mt=%s'", old,
                 old);
        c->selected_match = c->context_match = span_of(old);
    }
    if (text)
        grep_read_capabilities(c, text);
}

void grep_start_color(const struct grep_colors *c, struct span color)
{
    if (!c->on || !color.len)
        return;
    out_str("\33[");
    out_span(color);
    out_str(c->no_erase ? "m" : "m\33[K");
}

void grep_end_color(const struct grep_colors *c, struct span color)
{
    if (c->on && color.len)
        out_str(c->no_erase ? "\33[m" : "\33[m\33[K");
}
