/* base64.c: bytes to letters and back. Imitates GNU coreutils base64. */
#include "base/base64.h"

#include <errno.h>
#include <stdint.h>

#include "base/buf.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/size.h"

int cmd_base64(int argc, char **argv);

static const struct opt base64_opts[] = {
    {"decode", 'd', OPT_PLAIN},
    {"ignore-garbage", 'i', OPT_PLAIN},
    {"wrap", 'w', OPT_ARG},
    {0},
};

const struct cmd cmd_base64_entry = {
    .name = "base64",
    .usage = "[FILE]",
    .help =
        "Write FILE in base 64, or decode it. Without FILE, or for -, read standard "
        "input.\n"
        "\n"
        "  -d, --decode          decode; newlines are passed over\n"
        "  -i, --ignore-garbage  pass over all that is no letter of base 64\n"
        "  -w, --wrap=COLS       end a line after so many letters (default 76; 0: never)\n",
    .main = cmd_base64,
    .opts = base64_opts,
};

struct base64 {
    bool decode, ignore;
    int64_t wrap, column; // wrap 0: one line
};

static int base64_set_wrap(struct base64 *c, const char *text)
{
    uint64_t n;
    if (size_parse_of(text, "", &n) == -EINVAL)
        return msg("invalid wrap size: %s", quoted(text));
    c->wrap = n <= INT64_MAX ? (int64_t)n : 0; // as GNU, which then ends no line
    return 0;
}

/* Writes letters in lines. */
static void base64_put(struct base64 *c, struct span text)
{
    if (!c->wrap) {
        out_span(text);
        return;
    }
    while (text.len) {
        if (c->column == c->wrap) {
            out_char('\n');
            c->column = 0;
        }
        size_t n = (size_t)int64_min((int64_t)text.len, c->wrap - c->column);
        out_bytes(text.ptr, n);
        text = span_from(text, n);
        c->column += (int64_t)n;
    }
}

static void base64_put_encoded(struct base64 *c, struct buf *b, struct span data)
{
    buf_clear(b);
    base64_add(b, data);
    base64_put(c, buf_span(b));
}

/* Blocks are cut where groups of three bytes end; what is over goes before the next. */
static void base64_encode_all(struct base64 *c, struct in *in)
{
    struct buf b = buf_make(sys_heap()), rest = buf_make(sys_heap());
    struct span block;
    while (in_block(in, &block)) {
        while (rest.len % 3 && block.len) {
            buf_add_char(&rest, *block.ptr);
            block = span_from(block, 1);
        }
        if (rest.len % 3 == 0) {
            base64_put_encoded(c, &b, buf_span(&rest));
            buf_clear(&rest);
        }
        size_t whole = block.len - block.len % 3;
        base64_put_encoded(c, &b, span_make(block.ptr, whole));
        buf_add_span(&rest, span_from(block, whole));
    }
    base64_put_encoded(c, &b, buf_span(&rest));
    if (c->column)
        out_char('\n');
    buf_fini(&b);
    buf_fini(&rest);
}

/* Adds the letters and the padding of a text. */
static void base64_sift(struct buf *b, struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (base64_is_letter(text.ptr[i]) || text.ptr[i] == '=')
            buf_add_char(b, text.ptr[i]);
}

static bool base64_decode_all(const struct base64 *c, struct in *in)
{
    struct buf b = buf_make(sys_heap()), sifted = buf_make(sys_heap());
    struct base64_decoder d = {0};
    struct span block;
    bool right = true;
    while (right && in_block(in, &block)) {
        if (c->ignore) {
            buf_clear(&sifted);
            base64_sift(&sifted, block);
            block = buf_span(&sifted);
        }
        right = base64_decode(&d, &b, block);
        out_span(buf_span(&b));
        buf_clear(&b);
    }
    right = right && (in->err || base64_decode_end(&d, &b));
    out_span(buf_span(&b));
    buf_fini(&b);
    buf_fini(&sifted);
    return right;
}

static int base64_file(struct base64 *c, const char *name)
{
    struct in in;
    bool right = true;
    int err = in_open(&in, name);
    if (err)
        return msg_errno(err, "%s", quoted_file(name));
    if (c->decode)
        right = base64_decode_all(c, &in);
    else
        base64_encode_all(c, &in);
    err = in.err;
    in_close(&in);
    out_flush();
    if (!right)
        return msg("invalid input");
    return err ? msg_errno(err, "read error") : 0;
}

int cmd_base64(int argc, char **argv)
{
    struct base64 c = {.wrap = 76};
    struct opts o = opts_begin(&cmd_base64_entry, argc, argv);
    for (int letter; (letter = opts_next(&o)) != OPTS_END;)
        switch (letter) {
        case 'd': c.decode = true; break;
        case 'i': c.ignore = true; break;
        case 'w':
            if (base64_set_wrap(&c, o.arg))
                return 1;
            break;
        default: return 1;
        }
    if (o.count > 1)
        return msg_usage("extra operand %s", quoted(o.operands[1]));
    return base64_file(&c, o.count ? o.operands[0] : "-");
}
