/* od.c: dump files in octal and other forms. Imitates GNU coreutils od on x86-64. */
#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"

int cmd_od(int argc, char **argv);

enum { OD_ENDIAN = 256, OD_TRADITIONAL, OD_STRINGS };
enum { OD_STRING_LEAST = 3, OD_WIDTH = 16, OD_WIDTH_W = 32 };

static const struct opt od_opts[] = {
    {"skip-bytes", 'j', OPT_ARG},
    {"address-radix", 'A', OPT_ARG},
    {"read-bytes", 'N', OPT_ARG},
    {"format", 't', OPT_ARG},
    {"output-duplicates", 'v', OPT_PLAIN},
    {"strings", OD_STRINGS, OPT_MAYBE},
    {"traditional", OD_TRADITIONAL, OPT_PLAIN},
    {"width", 'w', OPT_MAYBE},
    {"endian", OD_ENDIAN, OPT_ARG},
    {NULL, 'a', OPT_PLAIN},
    {NULL, 'b', OPT_PLAIN},
    {NULL, 'B', OPT_PLAIN},
    {NULL, 'c', OPT_PLAIN},
    {NULL, 'd', OPT_PLAIN},
    {NULL, 'D', OPT_PLAIN},
    {NULL, 'e', OPT_PLAIN},
    {NULL, 'f', OPT_PLAIN},
    {NULL, 'F', OPT_PLAIN},
    {NULL, 'h', OPT_PLAIN},
    {NULL, 'H', OPT_PLAIN},
    {NULL, 'i', OPT_PLAIN},
    {NULL, 'I', OPT_PLAIN},
    {NULL, 'l', OPT_PLAIN},
    {NULL, 'L', OPT_PLAIN},
    {NULL, 'S', OPT_ARG},
    {NULL, 'o', OPT_PLAIN},
    {NULL, 'O', OPT_PLAIN},
    {NULL, 's', OPT_PLAIN},
    {NULL, 'x', OPT_PLAIN},
    {NULL, 'X', OPT_PLAIN},
    {0},
};

const struct cmd cmd_od_entry = {
    .name = "od",
    .usage = "[FILE]...",
    .help =
        "Write an unambiguous form of the FILEs, octal numbers of two bytes by default.\n"
        "\n"
        "  -A, --address-radix=RADIX   d, o, x, or n for none\n"
        "      --endian={big|little}   how bytes make numbers\n"
        "  -j, --skip-bytes=BYTES      skip these first\n"
        "  -N, --read-bytes=BYTES      no more than these\n"
        "  -S BYTES, --strings[=BYTES] only strings of at least BYTES (3) that end in NUL\n"
        "  -t, --format=TYPE           a names, c characters, d[SIZE] decimal, u[SIZE] unsigned,\n"
        "                              o[SIZE] octal, x[SIZE] hexadecimal, f[SIZE] floating point;\n"
        "                              SIZE in bytes, or C S I L (F D); z adds the text\n"
        "  -v, --output-duplicates     do not write * for lines that are the same\n"
        "  -w[BYTES], --width[=BYTES]  bytes a line, 32 if not said\n"
        "      --traditional           take [+]OFFSET[b] after FILE\n"
        "\n"
        "  -a -t a  -b -t o1  -c -t c  -d -t u2  -f -t fF  -i -t dI  -l -t dL  -o -t o2  -s -t d2\n"
        "  -x -t x2\n",
    .main = cmd_od,
    .opts = od_opts,
};

/* One form that lines are written in. */
struct od_type {
    char kind; // a c d f o u x
    size_t size;
    int width; // of a field, without the space before it
    int pad;   // more spaces for a whole line, to stand under wider fields
    bool text; // z
};

struct od {
    struct od_type *types;
    size_t type_count;
    char radix;
    uint64_t skip, limit; // limit UINT64_MAX: none
    size_t width;
    bool width_given, duplicates, big_endian;
    uint64_t string_least; // 0: no -S
    struct in_files files;
    struct in in;
    bool open;
    uint64_t address;
};

/* ---- Types ------------------------------------------------------------------------ */

static int od_field_width(char kind, size_t size)
{
    static const int octal[] = {3, 6, 11, 22}, decimal[] = {4, 6, 11, 20};
    static const int natural[] = {3, 5, 10, 20}, hex[] = {2, 4, 8, 16};
    int i = size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : 3;
    switch (kind) {
    case 'o': return octal[i];
    case 'd': return decimal[i];
    case 'u': return natural[i];
    case 'x': return hex[i];
    case 'f': return size == 4 ? 15 : 24;
    default: return 3;
    }
}

static void od_add_type(struct od *o, char kind, size_t size, bool text)
{
    o->types = sys_resize(o->types, (o->type_count + 1) * sizeof *o->types);
    o->types[o->type_count++] =
        (struct od_type){kind, size, od_field_width(kind, size), 0, text};
}

static bool od_bad_size(const char *text, uint64_t size, bool floating)
{
    msg("invalid type string %s;\nthis system doesn't provide a %llu-byte %s type",
        quoted(text), (unsigned long long)size, floating ? "floating point" : "integral");
    return false;
}

/* The size after a type's letter. */
static bool od_read_size(const char **p, const char *text, char kind, size_t *size)
{
    static const char int_letters[] = "CSIL", float_letters[] = "FDL";
    static const size_t int_sizes[] = {1, 2, 4, 8}, float_sizes[] = {4, 8, 16};
    bool floating = kind == 'f';
    const char *letters = floating ? float_letters : int_letters;
    const char *letter = **p ? strchr(letters, **p) : NULL;
    uint64_t n = floating ? 8 : 4;
    if (letter) {
        n = (floating ? float_sizes : int_sizes)[letter - letters];
        (*p)++;
    } else if (char_is_digit(**p)) {
        if (num_to_u64(*p, &n, p))
            return od_bad_size(text, n, floating);
    }
    bool good = n == 8 || n == 4 || (!floating && (n == 1 || n == 2));
    *size = (size_t)n;
    return good || od_bad_size(text, n, floating);
}

static bool od_add_types(struct od *o, const char *text)
{
    for (const char *p = text; *p;) {
        char kind = *p++;
        size_t size = 1;
        if (!strchr("acdfoux", kind)) {
            msg("invalid character '%c' in type string %s", kind, quoted(text));
            return false;
        }
        if (kind != 'a' && kind != 'c' && !od_read_size(&p, text, kind, &size))
            return false;
        bool shown = *p == 'z';
        p += shown;
        od_add_type(o, kind, size, shown);
    }
    return true;
}

static bool od_add_letter(struct od *o, int c)
{
    static const struct {
        char letter;
        const char *types;
    } letters[] = {{'a', "a"},  {'b', "o1"}, {'B', "o2"}, {'c', "c"},  {'d', "u2"},
                   {'D', "u4"}, {'e', "fD"}, {'f', "fF"}, {'F', "fD"}, {'h', "x2"},
                   {'H', "x4"}, {'i', "dI"}, {'I', "dL"}, {'l', "dL"}, {'L', "dL"},
                   {'o', "o2"}, {'O', "o4"}, {'s', "d2"}, {'x', "x2"}, {'X', "x4"}};
    for (size_t i = 0; i < COUNT_OF(letters); i++)
        if (letters[i].letter == c)
            return od_add_types(o, letters[i].types);
    return false;
}

/* ---- Input: all files as one ------------------------------------------------------ */

/* Up to len bytes; fewer only at the end of all files. */
static size_t od_read(struct od *o, char *dst, size_t len)
{
    size_t got = 0;
    if (len > o->limit)
        len = (size_t)o->limit;
    while (got < len) {
        if (!o->open && !(o->open = in_next_file(&o->files, &o->in)))
            break;
        size_t held = o->in.len - o->in.pos;
        if (!held) {
            if (in_fill(&o->in) <= 0)
                o->open = false;
            continue;
        }
        size_t n = size_min(held, len - got);
        memcpy(dst + got, o->in.buf + o->in.pos, n);
        o->in.pos += n;
        got += n;
    }
    if (o->limit != UINT64_MAX)
        o->limit -= got;
    return got;
}

static bool od_skip(struct od *o)
{
    char block[512];
    uint64_t limit = o->limit, left = o->skip;
    o->limit = UINT64_MAX;
    while (left) {
        size_t n = od_read(o, block, left < sizeof block ? (size_t)left : sizeof block);
        if (!n) {
            msg("cannot skip past end of combined input");
            return false;
        }
        left -= n;
    }
    o->limit = limit;
    o->address = o->skip;
    return true;
}

/* ---- Fields ----------------------------------------------------------------------- */

static uint64_t od_number(const struct od *o, const unsigned char *p, size_t size)
{
    uint64_t n = 0;
    for (size_t i = 0; i < size; i++)
        n = n << 8 | p[o->big_endian ? i : size - 1 - i];
    return n;
}

static int64_t od_signed(uint64_t n, size_t size)
{
    unsigned shift = 64 - 8 * (unsigned)size;
    return (int64_t)(n << shift) >> shift;
}

/* The shortest text that reads back as the same number. */
static void od_add_float(struct buf *b, uint64_t bits, size_t size)
{
    double n;
    float f;
    if (size == 4) {
        uint32_t low = (uint32_t)bits;
        memcpy(&f, &low, sizeof f);
        n = f;
    } else {
        memcpy(&n, &bits, sizeof n);
    }
    double least = size == 4 ? 1.17549435e-38 : 2.2250738585072014e-308;
    int digits = n < least && n > -least ? 1
                 : size == 4             ? 6
                                         : 15,
        most = size == 4 ? 9 : 17;
    for (;; digits++) {
        size_t start = b->len;
        double again = 0;
        num_add_double(b, 'g', 0, 0, digits, n);
        if (n != n || digits >= most || num_to_double(buf_str(b) + start, &again, NULL) ||
            (size == 4 ? (float)again == (float)n : again == n))
            return;
        buf_cut(b, start);
    }
}

static void od_add_char(struct buf *b, unsigned char c)
{
    static const char letters[] = "abtnvfr"; // from \a (7) on
    if (!c)
        buf_add_str(b, "\\0");
    else if (c >= 7 && c <= 13)
        buf_addf(b, "\\%c", letters[c - 7]);
    else if (char_is_print(c))
        buf_add_char(b, (char)c);
    else
        buf_addf(b, "%03o", c);
}

static void od_add_name(struct buf *b, unsigned char c)
{
    static const char names[33][4] = {
        "nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel", "bs",  "ht",  "nl",
        "vt",  "ff",  "cr",  "so",  "si",  "dle", "dc1", "dc2", "dc3", "dc4", "nak",
        "syn", "etb", "can", "em",  "sub", "esc", "fs",  "gs",  "rs",  "us",  "sp",
    };
    c &= 127;
    if (c <= ' ')
        buf_add_str(b, names[c]);
    else if (c == 127)
        buf_add_str(b, "del");
    else
        buf_add_char(b, (char)c);
}

static void od_add_field(const struct od *o, struct buf *b, const struct od_type *t,
                         const unsigned char *p)
{
    uint64_t n = od_number(o, p, t->size);
    switch (t->kind) {
    case 'a': od_add_name(b, *p); break;
    case 'c': od_add_char(b, *p); break;
    case 'd': buf_addf(b, "%lld", (long long)od_signed(n, t->size)); break;
    case 'u': buf_addf(b, "%llu", (unsigned long long)n); break;
    case 'o': buf_addf(b, "%0*llo", t->width, (unsigned long long)n); break;
    case 'x': buf_addf(b, "%0*llx", t->width, (unsigned long long)n); break;
    default: od_add_float(b, n, t->size);
    }
}

/* ---- Lines ------------------------------------------------------------------------ */

static void od_put_address(const struct od *o, uint64_t address)
{
    switch (o->radix) {
    case 'd': outf("%07llu", (unsigned long long)address); break;
    case 'o': outf("%07llo", (unsigned long long)address); break;
    case 'x': outf("%06llx", (unsigned long long)address); break;
    }
}

static void od_put_text(const struct od_type *t, const struct od *o,
                        const unsigned char *p, size_t len)
{
    size_t missing = (o->width - len) / t->size;
    size_t fields = o->width / t->size;
    size_t blank = missing * (size_t)t->width + (size_t)t->pad * missing / fields;
    outf("%*s  >", (int)blank, "");
    for (size_t i = 0; i < len; i++)
        out_char(char_is_print(p[i]) ? (char)p[i] : '.');
    out_char('<');
}

static void od_put_type(const struct od *o, const struct od_type *t,
                        const unsigned char *p, size_t len)
{
    struct buf b = buf_make(sys_heap());
    int fields = (int)(o->width / t->size), pad = t->pad;
    for (int i = fields; i > 0 && (size_t)(fields - i) * t->size < len; i--) {
        int next = t->pad * (i - 1) / fields;
        buf_clear(&b);
        od_add_field(o, &b, t, p + (size_t)(fields - i) * t->size);
        outf("%*s", pad - next + t->width, buf_str(&b));
        pad = next;
    }
    if (t->text)
        od_put_text(t, o, p, len);
    out_char('\n');
    buf_fini(&b);
}

/* p has room for a whole line, with zeros behind len. */
static void od_put_line(const struct od *o, const unsigned char *p, size_t len)
{
    for (size_t i = 0; i < o->type_count; i++) {
        if (i == 0)
            od_put_address(o, o->address);
        else
            outf("%*s", o->radix == 'n' ? 0 : o->radix == 'x' ? 6 : 7, "");
        od_put_type(o, &o->types[i], p, len);
    }
}

static void od_dump(struct od *o)
{
    unsigned char *line = sys_alloc_zero(o->width), *before = sys_alloc_zero(o->width);
    bool any = false, star = false;
    for (;;) {
        size_t len = od_read(o, (char *)line, o->width);
        if (!len)
            break;
        memset(line + len, 0, o->width - len);
        bool same = any && len == o->width && !o->duplicates &&
                    memcmp(line, before, o->width) == 0;
        if (same && !star)
            out_str("*\n");
        if (!same)
            od_put_line(o, line, len);
        star = same;
        any = true;
        memcpy(before, line, o->width);
        o->address += len;
        if (len < o->width)
            break;
        sys_tick();
    }
    if (o->radix != 'n') {
        od_put_address(o, o->address);
        out_char('\n');
    }
}

/* ---- -S --------------------------------------------------------------------------- */

static void od_put_string(const struct od *o, const struct buf *b)
{
    od_put_address(o, o->address - b->len - 1);
    if (o->radix != 'n')
        out_char(' ');
    out_span(buf_span(b));
    out_char('\n');
}

static void od_strings(struct od *o)
{
    struct buf b = buf_make(sys_heap());
    char c;
    while (od_read(o, &c, 1)) {
        o->address++;
        if (char_is_print((unsigned char)c)) {
            buf_add_char(&b, c);
            continue;
        }
        if (!c && b.len >= o->string_least)
            od_put_string(o, &b);
        buf_clear(&b);
        sys_tick();
    }
}

/* ---- Options ---------------------------------------------------------------------- */

static bool od_read_number(const char *text, const char *option, uint64_t *n)
{
    const char *rest = text;
    bool hex = text[0] == '0' && char_lower(text[1]) == 'x',
         octal = text[0] == '0' && !hex;
    int err = -EINVAL;
    if (char_is_digit(*text))
        err = hex || octal ? num_to_u64_base(text, 0, n, &rest)
                           : num_to_size_of(text, "bEGKkMmPTYZ0", n, &rest);
    if (!err && octal && *rest) { // 010K
        uint64_t unit;
        char one[8] = "1";
        if (strlen(rest) < 4) {
            memcpy(one + 1, rest, strlen(rest) + 1);
            if (!num_to_size_of(one, "bEGKkMmPTYZ0", &unit, &rest) &&
                !__builtin_mul_overflow(*n, unit, n) && !*rest)
                return true;
        }
        err = -EINVAL;
    }
    if (!err && !*rest)
        return true;
    msg("invalid %s argument %s", option, quoted_path(text));
    return false;
}

static bool od_set_radix(struct od *o, const char *text)
{
    o->radix = *text;
    if (*text && strchr("doxn", *text) && !text[1])
        return true;
    msg("invalid output address radix '%c'; it must be one character from [doxn]", *text);
    return false;
}

static bool od_set_endian(struct od *o, const char *text)
{
    static const char *const names[] = {"little", "big", NULL};
    int i = opts_match_arg("--endian", text, names, NULL);
    o->big_endian = i == 1;
    return i >= 0;
}

static bool od_set_width(struct od *o, const char *text)
{
    uint64_t n = OD_WIDTH_W;
    if (text && !od_read_number(text, "-w", &n))
        return false;
    o->width_given = true;
    o->width = n > 65536 ? 65536 : (size_t)n;
    return true;
}

static bool od_option(struct od *o, int c, const char *arg, bool *traditional)
{
    switch (c) {
    case 'A': return od_set_radix(o, arg);
    case 'j': return od_read_number(arg, "-j", &o->skip);
    case 'N': return od_read_number(arg, "-N", &o->limit);
    case 'S':
    case OD_STRINGS:
        o->string_least = OD_STRING_LEAST;
        return !arg || od_read_number(arg, "-S", &o->string_least);
    case 't': return od_add_types(o, arg);
    case 'v': return o->duplicates = true;
    case 'w': return od_set_width(o, arg);
    case OD_ENDIAN: return od_set_endian(o, arg);
    case OD_TRADITIONAL: return *traditional = true;
    default: return od_add_letter(o, c);
    }
}

/* [+]OFFSET[b]: octal, or with 0x. */
static bool od_read_offset(const char *text, uint64_t *n)
{
    const char *rest;
    text += *text == '+';
    if (!char_is_digit(*text))
        return false;
    int base = text[0] == '0' && char_lower(text[1]) == 'x' ? 16 : 8;
    if (num_to_u64_base(text, base, n, &rest))
        return false;
    if (*rest == 'b') {
        *n *= 512;
        rest++;
    }
    return !*rest;
}

/* Takes an offset at the end of the operands. */
static void od_take_offset(struct od *o, struct opts *opts, bool traditional)
{
    if (!opts->count || opts->count > 2)
        return;
    char **last = &opts->operands[opts->count - 1];
    bool plain =
        **last == '+' || (opts->count == 2 && char_is_digit(**last)) || traditional;
    if (!plain || !od_read_offset(*last, &o->skip))
        return;
    *last = NULL;
    opts->count--;
}

static void od_finish(struct od *o)
{
    if (!o->type_count)
        od_add_type(o, 'o', 2, false);
    size_t unit = 1;
    for (size_t i = 0; i < o->type_count; i++)
        unit = size_max(unit, o->types[i].size); // powers of two
    if (!o->width_given) {
        o->width = OD_WIDTH;
    } else if (!o->width || o->width % unit) {
        msg_warn("warning: invalid width %zu; using %zu instead", o->width, unit);
        o->width = unit;
    }
    int widest = 0;
    for (size_t i = 0; i < o->type_count; i++) {
        int width = (o->types[i].width + 1) * (int)(o->width / o->types[i].size);
        widest = width > widest ? width : widest;
    }
    for (size_t i = 0; i < o->type_count; i++)
        o->types[i].pad = widest - o->types[i].width * (int)(o->width / o->types[i].size);
}

int cmd_od(int argc, char **argv)
{
    struct od o = {.radix = 'o', .limit = UINT64_MAX};
    bool traditional = false, modern = false;
    struct opts opts = opts_begin(&cmd_od_entry, argc, argv);
    for (int c; (c = opts_next(&opts)) != OPTS_END;) {
        if (c == OPTS_ERROR || !od_option(&o, c, opts.arg, &traditional))
            return 1;
        modern |= c < 256 && strchr("AjNtvSw", c) != NULL;
    }
    if (!modern)
        od_take_offset(&o, &opts, traditional);
    od_finish(&o);
    o.files = in_files_make(opts.operands);
    o.open = in_next_file(&o.files, &o.in);
    if (!o.open) // none could be opened
        return 1;
    if (o.skip && !od_skip(&o))
        return 1;
    if (o.string_least)
        od_strings(&o);
    else
        od_dump(&o);
    return o.files.status;
}
