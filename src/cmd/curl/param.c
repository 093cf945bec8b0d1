/* param.c: see param.h. */
#include "cmd/curl/param.h"

#include "base/buf.h"
#include "base/num.h"
#include "base/str.h"
#include "sys.h"
#include "user/in.h"

enum curl_bad curl_param_count(const char *text, int64_t *n)
{
    const char *rest;
    int64_t value;
    if (num_to_i64(text, &value, &rest) || *rest)
        return CURL_BAD_NUMBER;
    if (value < 0)
        return CURL_BAD_NEGATIVE;
    *n = value;
    return CURL_GOOD;
}

enum curl_bad curl_param_seconds(const char *text, double *n)
{
    const char *rest;
    double value;
    if (num_to_double(text, &value, &rest) || *rest)
        return CURL_BAD_NUMBER;
    if (value < 0 || value > 1e9)
        return CURL_BAD_NEGATIVE;
    *n = value;
    return CURL_GOOD;
}

enum curl_bad curl_param_size(const char *text, int64_t *n)
{
    const char *rest;
    int64_t value;
    if (!char_is_digit(*text) || num_to_i64(text, &value, &rest))
        return CURL_BAD_USE;
    static const char letters[] = "bkmgtp";
    const char *letter = *rest ? strchr(letters, char_lower(*rest)) : letters;
    if (!letter || (*rest && rest[1]))
        return CURL_BAD_USE;
    for (; letter > letters; letter--) {
        if (value > INT64_MAX / 1024)
            return CURL_BAD_NUMBER;
        value *= 1024;
    }
    *n = value;
    return CURL_GOOD;
}

static void curl_param_add_text(struct buf *b, struct span block)
{
    for (size_t i = 0; i < block.len; i++)
        if (block.ptr[i] && block.ptr[i] != '\n' && block.ptr[i] != '\r')
            buf_add_char(b, block.ptr[i]);
}

int curl_param_file(struct buf *b, const char *path, bool text)
{
    struct in in;
    int err = in_open(&in, path);
    if (err)
        return err;
    struct span block;
    while (in_block(&in, &block)) {
        if (text)
            curl_param_add_text(b, block);
        else
            buf_add_span(b, block);
    }
    err = in.err;
    in_close(&in);
    return err;
}
