/* url.c: any bytes as a URL: what is accepted has one form, which means the same again,
 * and no reading of its path leaves it. */
#include <stdlib.h>

#include "net/url.h"
#include "tests/fuzz/alloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_check(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct url u, again;
    struct buf text = buf_make(&fuzz_alloc), other = buf_make(&fuzz_alloc);
    struct buf path = buf_make(&fuzz_alloc);
    if (!url_parse(&u, span_make((const char *)data, size), &fuzz_alloc)) {
        url_text(&u, &text);
        fuzz_check(memchr(text.data, '\r', text.len) == NULL);
        fuzz_check(memchr(text.data, '\0', text.len) == NULL);
        fuzz_check(!url_parse(&again, buf_span(&text), &fuzz_alloc));
        url_text(&again, &other);
        fuzz_check(span_eq(buf_span(&text), buf_span(&other)));
        fuzz_check(address_eq(&u.address, &again.address));
        url_lenient_path(&u, &path);
        fuzz_check(path.len && path.data[0] == '/');
        fuzz_check(span_find_span(buf_span(&path), span_of("/../")) == path.len);
        url_fini(&again);
    }
    url_fini(&u);
    buf_fini(&text);
    buf_fini(&other);
    buf_fini(&path);
    return 0;
}
