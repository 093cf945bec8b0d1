/* policy.c: lines of a rule, a method, a URL and headers: what a rule allows lies beneath
 * it, however it is written. */
#include <stdint.h>
#include <stdlib.h>

#include "net/header.h"
#include "net/policy.h"
#include "tests/fuzz/alloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Takes the next line off text, as a C string in memory of its own. */
static char *fuzz_line(struct span *text)
{
    size_t len = span_find(*text, '\n');
    char *line = malloc(len + 1);
    if (!line)
        abort();
    memcpy(line, len ? text->ptr : "", len);
    line[len] = '\0';
    *text = span_from(*text, len + 1);
    return line;
}

static void fuzz_check_rule(const struct policy_rule *rule, const struct url *u)
{
    struct buf path = buf_make(&fuzz_alloc);
    url_lenient_path(u, &path);
    if (strcmp(rule->url.host, u->host) != 0 || rule->url.port != u->port ||
        rule->url.https != u->https ||
        !span_starts(buf_span(&path), buf_span(&rule->path)))
        abort();
    buf_fini(&path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = span_make((const char *)data, size);
    char *rule_text = fuzz_line(&text), *method = fuzz_line(&text),
         *url = fuzz_line(&text), *header = fuzz_line(&text);
    struct policy p;
    struct url u;
    const char *reason;
    policy_init(&p, &fuzz_alloc);
    bool added = !policy_add(&p, rule_text);
    if (added && policy_add_secret(&p, header) && p.rules[0].secrets.len)
        abort();
    if (!url_parse(&u, span_of(url), &fuzz_alloc)) {
        const struct policy_rule *rule = policy_find(&p, &u, method, &reason);
        if (rule)
            fuzz_check_rule(rule, &u);
        if (rule && !header_check(header))
            (void)policy_refuses_header(rule, &u, header, (int64_t)size);
    }
    url_fini(&u);
    policy_fini(&p);
    free(rule_text);
    free(method);
    free(url);
    free(header);
    return 0;
}
