/* policy.c: see policy.h. */
#include "net/policy.h"

#include <errno.h>

#include "base/fmt.h"
#include "base/num.h"
#include "net/header.h"

void policy_init(struct policy *p, const struct alloc *alloc)
{
    *p = (struct policy){.alloc = alloc};
}

static void policy_rule_fini(struct policy_rule *rule)
{
    url_fini(&rule->url);
    buf_fini(&rule->path);
    buf_fini(&rule->methods);
    buf_fini(&rule->secrets);
}

void policy_fini(struct policy *p)
{
    for (size_t i = 0; i < p->count; i++)
        policy_rule_fini(&p->rules[i]);
    if (p->rules)
        p->alloc->resize(p->alloc, p->rules, p->count * sizeof *p->rules, 0);
    policy_init(p, p->alloc);
}

/* ---- Rules from text -------------------------------------------------------------- */

static int policy_take_methods(struct policy_rule *rule, struct span list)
{
    if (rule->methods.len)
        return -EINVAL;
    buf_add_char(&rule->methods, ',');
    while (list.len) {
        size_t len = span_find(list, ',');
        struct span method = span_make(list.ptr, len);
        if (!header_is_token(method) || len + 1 == list.len)
            return -EINVAL;
        buf_add_span(&rule->methods, method);
        buf_add_char(&rule->methods, ',');
        list = span_from(list, len + 1);
    }
    return rule->methods.len > 1 ? 0 : -EINVAL;
}

static int policy_take_addresses(struct policy_rule *rule, struct span list)
{
    if (rule->range_count || !list.len)
        return -EINVAL;
    while (list.len) {
        size_t len = span_find(list, ',');
        if (rule->range_count == POLICY_RANGES_MAX || len + 1 == list.len ||
            address_parse_range(span_make(list.ptr, len),
                                &rule->ranges[rule->range_count]))
            return -EINVAL;
        rule->range_count++;
        list = span_from(list, len + 1);
    }
    return 0;
}

static int policy_take_condition(struct policy_rule *rule, struct span word)
{
    static const char methods[] = "METHODS=", address[] = "ADDRESS=";
    if (span_starts(word, span_of(methods)))
        return policy_take_methods(rule, span_from(word, sizeof methods - 1));
    if (span_starts(word, span_of(address)))
        return policy_take_addresses(rule, span_from(word, sizeof address - 1));
    return -EINVAL;
}

static int policy_take_url(struct policy_rule *rule, struct span text,
                           const struct alloc *alloc)
{
    if (span_find(text, '#') < text.len || span_find(text, '?') < text.len)
        return -EINVAL;
    int err = url_parse(&rule->url, text, alloc);
    if (err)
        return err == -ENOMEM ? err : -EINVAL;
    url_plain_path(&rule->url, &rule->path);
    if (rule->path.len == 1)
        buf_clear(&rule->path);
    return 0;
}

static int policy_rule_parse(struct policy_rule *rule, struct span text,
                             const struct alloc *alloc)
{
    *rule = (struct policy_rule){.url.target = buf_make(alloc),
                                 .path = buf_make(alloc),
                                 .methods = buf_make(alloc),
                                 .secrets = buf_make(alloc)};
    int err = 0;
    for (;;) {
        while (text.len && text.ptr[0] == ' ')
            text = span_from(text, 1);
        size_t len = span_find(text, ' ');
        if (len == text.len || err)
            break;
        err = policy_take_condition(rule, span_make(text.ptr, len));
        text = span_from(text, len);
    }
    if (!err)
        err = policy_take_url(rule, text, alloc);
    bool failed = rule->path.failed || rule->methods.failed;
    return err ? err : failed ? -ENOMEM : 0;
}

int policy_add(struct policy *p, const char *text)
{
    struct policy_rule rule;
    int err = policy_rule_parse(&rule, span_of(text), p->alloc);
    size_t size = sizeof *p->rules;
    struct policy_rule *rules =
        err ? NULL
            : p->alloc->resize(p->alloc, p->rules, p->count * size,
                               (p->count + 1) * size);
    if (!rules) {
        policy_rule_fini(&rule);
        return err ? err : -ENOMEM;
    }
    rules[p->count++] = rule;
    p->rules = rules;
    return 0;
}

int policy_add_secret(struct policy *p, const char *header)
{
    if (!p->count || header_check(header) || header_has_no_value(header) ||
        header_is_transports(header_name(header)))
        return -EINVAL;
    struct buf *secrets = &p->rules[p->count - 1].secrets;
    if (policy_has_secret(&p->rules[p->count - 1], header_name(header)))
        return -EINVAL;
    buf_add(secrets, header, strlen(header) + 1);
    bool failed = secrets->failed;
    secrets->failed = false;
    return failed ? -ENOMEM : 0;
}

/* ---- Judging ---------------------------------------------------------------------- */

static bool policy_is_any(struct span name, const char *const names[])
{
    for (; *names; names++)
        if (header_is_same(name, span_of(*names)))
            return true;
    return false;
}

/* Whether path is rule, or begins with it on a segment boundary. */
static bool policy_is_beneath(struct span path, struct span rule)
{
    if (!span_starts(path, rule))
        return false;
    return !rule.len || path.len == rule.len || rule.ptr[rule.len - 1] == '/' ||
           path.ptr[rule.len] == '/';
}

static bool policy_has_method(const struct policy_rule *rule, const char *method)
{
    size_t len = strlen(method);
    struct span list = span_from(buf_span(&rule->methods), 1);
    if (!rule->methods.len)
        return true;
    while (list.len) {
        size_t comma = span_find(list, ',');
        if (span_eq(span_make(list.ptr, comma), span_make(method, len)))
            return true;
        list = span_from(list, comma + 1);
    }
    return false;
}

static bool policy_is_same_host(const struct policy_rule *rule, const struct url *u)
{
    return rule->url.https == u->https && rule->url.port == u->port &&
           str_eq(rule->url.host, u->host);
}

/* The two readings of a URL's path. */
struct policy_paths {
    struct buf plain, lenient;
};

static const struct policy_rule *policy_find_in(const struct policy *p,
                                                const struct url *u, const char *method,
                                                const struct policy_paths *paths,
                                                const char **reason)
{
    const struct policy_rule *best = NULL;
    *reason = p->count ? "no rule allows this host" : "no network is allowed";
    for (size_t i = 0; i < p->count; i++) {
        const struct policy_rule *rule = &p->rules[i];
        struct span path = buf_span(&rule->path);
        if (!policy_is_same_host(rule, u))
            continue;
        bool beneath = policy_is_beneath(buf_span(&paths->plain), path) &&
                       policy_is_beneath(buf_span(&paths->lenient), path);
        bool method_fits = policy_has_method(rule, method);
        if (!best)
            *reason =
                !beneath ? "no rule allows this path" : "no rule allows this method";
        if (beneath && method_fits && (!best || path.len > best->path.len))
            best = rule;
    }
    return best;
}

const struct policy_rule *policy_find(const struct policy *p, const struct url *u,
                                      const char *method, const char **reason)
{
    static const char *const never[] = {"CONNECT", "TRACE", "TRACK", NULL};
    if (policy_is_any(span_of(method),
                      never)) { // they answer with the secrets, or tunnel
        *reason = "no rule allows this method";
        return NULL;
    }
    struct policy_paths paths = {buf_make(u->target.alloc), buf_make(u->target.alloc)};
    url_plain_path(u, &paths.plain);
    url_lenient_path(u, &paths.lenient);
    const struct policy_rule *rule = NULL;
    *reason = "out of memory";
    if (!paths.plain.failed && !paths.lenient.failed)
        rule = policy_find_in(p, u, method, &paths, reason);
    buf_fini(&paths.plain);
    buf_fini(&paths.lenient);
    return rule;
}

const char *policy_refuses_address(const struct policy_rule *rule,
                                   const struct address *a)
{
    const char *why = address_why_not_public(a);
    if (!why || address_eq(a, &rule->url.address))
        return NULL;
    for (unsigned i = 0; i < rule->range_count; i++)
        if (address_in_range(a, &rule->ranges[i]))
            return NULL;
    return why;
}

/* ---- Headers ---------------------------------------------------------------------- */

static bool policy_is_own_host(const struct url *u, const char *line)
{
    char text[URL_HOST_MAX + 16];
    bool literal = u->address.family == 6;
    size_t len = fmt_to(text, sizeof text, "%s%s%s", literal ? "[" : "", u->host,
                        literal ? "]" : "");
    bool standard = u->port == (u->https ? 443 : 80);
    if (standard && header_value_is(line, text))
        return true;
    fmt_to(text + len, sizeof text - len, ":%u", u->port);
    return header_value_is(line, text);
}

static bool policy_is_own_length(int64_t body_len, const char *line)
{
    char text[24];
    num_from_i64(text, body_len);
    return body_len >= 0 && header_value_is(line, text);
}

const char *policy_refuses_header(const struct policy_rule *rule, const struct url *u,
                                  const char *line, int64_t body_len)
{
    static const char *const methods[] = {"X-HTTP-Method-Override", "X-HTTP-Method",
                                          "X-Method-Override", NULL};
    static const char *const paths[] = {"X-Original-URL", "X-Rewrite-URL", NULL};
    struct span name = header_name(line);
    if (header_is_transports(name) && !header_has_no_value(line)) {
        if (header_is_same(name, span_of("Host")))
            return policy_is_own_host(u, line) ? NULL : "the header Host names another";
        if (header_is_same(name, span_of("Content-Length")))
            return policy_is_own_length(body_len, line) ? NULL : "a false Content-Length";
        if (header_is_same(name, span_of("Transfer-Encoding")))
            return body_len < 0 && header_value_is(line, "chunked")
                       ? NULL
                       : "the header Transfer-Encoding";
        if (header_is_same(name, span_of("Connection")) &&
            (header_value_is(line, "close") || header_value_is(line, "keep-alive")))
            return NULL;
        return "a header that changes the connection";
    }
    if (rule->methods.len && policy_is_any(name, methods))
        return "a header that overrides the method";
    if (rule->path.len && policy_is_any(name, paths))
        return "a header that overrides the path";
    return NULL;
}

/* ---- Secrets ---------------------------------------------------------------------- */

const char *policy_next_secret(const struct policy_rule *rule, const char *secret)
{
    const char *next = secret ? secret + strlen(secret) + 1 : buf_str(&rule->secrets);
    const char *end = buf_str(&rule->secrets) + rule->secrets.len;
    return rule->secrets.len && next < end ? next : NULL;
}

bool policy_has_secret(const struct policy_rule *rule, struct span name)
{
    const char *secret = NULL;
    while ((secret = policy_next_secret(rule, secret)))
        if (header_is_same(header_name(secret), name))
            return true;
    return false;
}
