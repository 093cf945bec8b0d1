/* header.c: see header.h. */
#include "net/header.h"

#include <errno.h>

static bool header_is_token_char(unsigned char c)
{
    return char_is_alnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

bool header_is_token(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!header_is_token_char((unsigned char)text.ptr[i]))
            return false;
    return text.len > 0;
}

struct span header_name(const char *line) { return span_make(line, strcspn(line, ":;")); }

bool header_has_no_value(const char *line)
{
    const char *value = line + header_name(line).len;
    if (!*value)
        return true;
    for (value++; *value; value++)
        if (!char_is_blank(*value))
            return false;
    return true;
}

int header_check(const char *line)
{
    struct span name = header_name(line);
    if (!header_is_token(name) || !line[name.len])
        return -EINVAL;
    if (line[name.len] == ';' && line[name.len + 1])
        return -EINVAL;
    for (const char *p = line + name.len; *p; p++)
        if (char_is_cntrl((unsigned char)*p) && *p != '\t')
            return -EINVAL;
    return 0;
}

bool header_is_same(struct span a, struct span b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (char_lower((unsigned char)a.ptr[i]) != char_lower((unsigned char)b.ptr[i]))
            return false;
    return true;
}

bool header_value_is(const char *line, const char *text)
{
    struct span value = span_of(line + header_name(line).len);
    value = span_from(value, 1);
    while (value.len && char_is_blank(value.ptr[0]))
        value = span_from(value, 1);
    while (value.len && char_is_blank(value.ptr[value.len - 1]))
        value.len--;
    return header_is_same(value, span_of(text));
}

bool header_is_transports(struct span name)
{
    static const char *const names[] = {"Host",           "Connection",
                                        "Upgrade",        "Content-Length",
                                        "Keep-Alive",     "Proxy-Connection",
                                        "HTTP2-Settings", "Transfer-Encoding"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (header_is_same(name, span_of(names[i])))
            return true;
    return false;
}
