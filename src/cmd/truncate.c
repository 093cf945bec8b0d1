/* truncate.c: set the size of files. Imitates GNU coreutils truncate. */
#include <errno.h>
#include <stddef.h>

#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/size.h"

int cmd_truncate(int argc, char **argv);

static const struct opt truncate_opts[] = {
    {"no-create", 'c', OPT_PLAIN},
    {"io-blocks", 'o', OPT_PLAIN},
    {"reference", 'r', OPT_ARG},
    {"size", 's', OPT_ARG},
    {0},
};

const struct cmd cmd_truncate_entry = {
    .name = "truncate",
    .usage = "FILE...",
    .help =
        "Shorten or lengthen each FILE to a size; make it if it does not exist.\n"
        "\n"
        "  -c, --no-create       do not make files\n"
        "  -o, --io-blocks       SIZE is in blocks of 4096 bytes\n"
        "  -r, --reference=FILE  to the size of FILE\n"
        "  -s, --size=SIZE       to SIZE bytes; + and - change by it, < is at most, > at least,\n"
        "                        / rounds down and % up to a multiple\n",
    .main = cmd_truncate,
    .opts = truncate_opts,
};

enum { TRUNCATE_BLOCK = 4096 };

struct truncate {
    bool no_create, blocks, has_size, has_reference;
    char mode; // one of + - < > / %, or 0
    int64_t size, reference;
};

static bool truncate_read_size(struct truncate *t, const char *text)
{
    uint64_t n;
    while (char_is_space(*text))
        text++;
    t->mode = *text && strchr("+-<>/%", *text) ? *text++ : '\0';
    if (t->mode && (*text == '+' || *text == '-')) {
        msg_usage("multiple relative modifiers specified");
        return false;
    }
    int err = size_parse_of(text, "EgGkKmMPtTYZ0", &n);
    if (err || n > INT64_MAX) {
        if (err == -EINVAL)
            msg("Invalid number: %s", quoted(text));
        else
            msg_errno(EOVERFLOW, "Invalid number: %s", quoted(text));
        return false;
    }
    t->size = (int64_t)n;
    t->has_size = true;
    if ((t->mode == '/' || t->mode == '%') && !n) {
        msg("division by zero");
        return false;
    }
    return true;
}

static bool truncate_read_reference(struct truncate *t, const char *name)
{
    struct sys_stat st;
    int err = sys_stat(name, &st);
    if (err)
        msg_errno(err, "cannot stat %s", quoted_path(name));
    t->reference = st.size;
    t->has_reference = true;
    return !err;
}

/* The new size of a file that has so many bytes. false: too large. */
static bool truncate_find_size(const struct truncate *t, int64_t old, int64_t *size)
{
    int64_t n = t->size, base = t->has_reference ? t->reference : old, sum;
    if (t->blocks && __builtin_mul_overflow(n, TRUNCATE_BLOCK, &n))
        return false;
    switch (t->mode) {
    case '+':
        if (__builtin_add_overflow(base, n, &sum))
            return false;
        *size = sum;
        return true;
    case '-': *size = base > n ? base - n : 0; return true;
    case '<': *size = base < n ? base : n; return true;
    case '>': *size = base > n ? base : n; return true;
    case '/': *size = base - base % n; return true;
    case '%':
        if (base % n && __builtin_add_overflow(base, n - base % n, &base))
            return false;
        *size = base;
        return true;
    default: *size = t->has_size ? n : t->reference; return true;
    }
}

static int truncate_file(const struct truncate *t, const char *name)
{
    unsigned create = t->no_create ? 0 : SYS_CREAT;
    int fd = sys_open(name, SYS_WRONLY | create | SYS_NONBLOCK, 0666);
    if (fd == -ENOENT && t->no_create)
        return 0;
    if (fd < 0)
        return msg_errno(fd, "cannot open %s for writing", quoted_path(name));
    struct sys_stat st;
    int64_t size = 0;
    int err = sys_fstat(fd, &st), status = 0;
    if (err)
        status = msg_errno(err, "cannot fstat %s", quoted_path(name));
    else if (!truncate_find_size(t, st.size, &size))
        status = msg("overflow extending size of file %s", quoted_path(name));
    else if ((err = sys_ftruncate(fd, size)) != 0)
        status = msg_errno(err, "failed to truncate %s at %lld bytes", quoted_path(name),
                           (long long)size);
    sys_close(fd);
    return status;
}

int cmd_truncate(int argc, char **argv)
{
    struct truncate t = {0};
    const char *reference = NULL;
    struct opts o = opts_begin(&cmd_truncate_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        switch (c) {
        case 'c': t.no_create = true; break;
        case 'o': t.blocks = true; break;
        case 'r': reference = o.arg; break;
        case 's':
            if (!truncate_read_size(&t, o.arg))
                return 1;
            break;
        default: return 1;
        }
    if (!reference && !t.has_size)
        return msg_usage("you must specify either %s or %s", quoted("--size"),
                         quoted("--reference"));
    if (reference && t.has_size && !t.mode)
        return msg_usage("you must specify a relative %s with %s", quoted("--size"),
                         quoted("--reference"));
    if (t.blocks && !t.has_size)
        return msg_usage("%s was specified but %s was not", quoted("--io-blocks"),
                         quoted("--size"));
    if (!o.count)
        return msg_usage("missing file operand");
    if (reference && !truncate_read_reference(&t, reference))
        return 1;
    int status = 0;
    for (char **name = o.operands; *name; name++)
        status |= truncate_file(&t, *name);
    return status;
}
