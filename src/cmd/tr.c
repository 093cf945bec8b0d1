/* tr.c: translate, squeeze and delete bytes. Imitates GNU coreutils tr. */
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

int cmd_tr(int argc, char **argv);

static const struct opt tr_opts[] = {
    {"complement", 'c', OPT_PLAIN},
    {"delete", 'd', OPT_PLAIN},
    {"squeeze-repeats", 's', OPT_PLAIN},
    {"truncate-set1", 't', OPT_PLAIN},
    {NULL, 'C', OPT_PLAIN},
    {0},
};

const struct cmd cmd_tr_entry = {
    .name = "tr",
    .usage = "STRING1 [STRING2]",
    .help =
        "Translate, squeeze or delete bytes from standard input to standard output.\n"
        "\n"
        "  -c, -C, --complement   use all bytes that are not in STRING1\n"
        "  -d, --delete           delete the bytes in STRING1\n"
        "  -s, --squeeze-repeats  write each run of a byte of the last STRING as one\n"
        "  -t, --truncate-set1    first cut STRING1 to the length of STRING2\n"
        "\n"
        "STRINGs stand for themselves, but for \\NNN \\\\ \\a \\b \\f \\n \\r \\t \\v, ranges a-z, "
        "[c*] and [c*3],\n[:alnum:] [:alpha:] [:blank:] [:cntrl:] [:digit:] [:graph:] [:lower:] "
        "[:print:] [:punct:]\n[:space:] [:upper:] [:xdigit:] and [=c=].\n",
    .main = cmd_tr,
    .opts = tr_opts,
};

enum tr_class {
    TR_ALNUM,
    TR_ALPHA,
    TR_BLANK,
    TR_CNTRL,
    TR_DIGIT,
    TR_GRAPH,
    TR_LOWER,
    TR_PRINT,
    TR_PUNCT,
    TR_SPACE,
    TR_UPPER,
    TR_XDIGIT,
    TR_CLASSES,
    TR_NO_CLASS = -1,
};

static const char *const tr_class_names[TR_CLASSES] = {
    "alnum", "alpha", "blank", "cntrl", "digit", "graph",
    "lower", "print", "punct", "space", "upper", "xdigit",
};

static bool tr_is_in_class(enum tr_class class, int c)
{
    switch (class) {
    case TR_ALNUM: return char_is_alnum(c);
    case TR_ALPHA: return char_is_alpha(c);
    case TR_BLANK: return char_is_blank(c);
    case TR_CNTRL: return char_is_cntrl(c);
    case TR_DIGIT: return char_is_digit(c);
    case TR_GRAPH: return c > ' ' && c <= '~';
    case TR_LOWER: return char_is_lower(c);
    case TR_PRINT: return char_is_print(c);
    case TR_PUNCT: return char_is_punct(c);
    case TR_SPACE: return char_is_space(c);
    case TR_UPPER: return char_is_upper(c);
    default: return char_hex(c) >= 0;
    }
}

/* A case class ([:upper:], [:lower:]) that begins at a place in a set. */
struct tr_case {
    size_t at;
    enum tr_class class;
};

/* A string as a sequence of bytes. */
struct tr_set {
    struct buf bytes;
    struct tr_case *cases;
    size_t case_count;
    bool has_equiv, has_other_class, has_class, ends_in_class;
    bool has_fill;  // [c*]
    size_t fill_at; // where its bytes go
    char fill;
    int fills;
};

/* ---- Reading ---------------------------------------------------------------------- */

/* Bytes with their escapes read, and which were escaped. */
struct tr_text {
    char *bytes;
    bool *escaped;
    size_t len;
};

static size_t tr_read_octal(const char *p, char *byte)
{
    int n = 0;
    size_t len = 0;
    while (len < 3 && p[len] >= '0' && p[len] <= '7') {
        if (n * 8 + (p[len] - '0') > 255) {
            msg_warn("warning: the ambiguous octal escape \\%c%c%c is being\n"
                     "\tinterpreted as the 2-byte sequence \\0%c%c, %c",
                     p[0], p[1], p[2], p[0], p[1], p[2]);
            break;
        }
        n = n * 8 + (p[len++] - '0');
    }
    *byte = (char)n;
    return len;
}

static struct tr_text tr_unescape(const char *text)
{
    static const char letters[] = "abfnrtv\\", bytes[] = "\a\b\f\n\r\t\v\\";
    struct tr_text t = {sys_alloc(strlen(text) + 1), sys_alloc_zero(strlen(text) + 1), 0};
    for (const char *p = text; *p; t.len++) {
        if (*p != '\\') {
            t.bytes[t.len] = *p++;
            continue;
        }
        p++;
        t.escaped[t.len] = true;
        const char *letter = *p ? strchr(letters, *p) : NULL;
        if (!*p) {
            msg_warn("warning: an unescaped backslash at end of string is not portable");
            t.escaped[t.len] = false;
            t.bytes[t.len] = '\\';
        } else if (letter) {
            t.bytes[t.len] = bytes[letter - letters];
            p++;
        } else if (*p >= '0' && *p <= '7') {
            p += tr_read_octal(p, &t.bytes[t.len]);
        } else {
            t.bytes[t.len] = *p++;
        }
    }
    return t;
}

static bool tr_is(const struct tr_text *t, size_t at, char c)
{
    return at < t->len && t->bytes[at] == c && !t->escaped[at];
}

/* The place of "c]" from `at` on, or 0. */
static size_t tr_find_close(const struct tr_text *t, size_t at, char c)
{
    for (; at + 1 < t->len; at++)
        if (tr_is(t, at, c) && tr_is(t, at + 1, ']'))
            return at;
    return 0;
}

static void tr_add_class(struct tr_set *s, enum tr_class class)
{
    s->has_class = s->ends_in_class = true;
    if (class == TR_UPPER || class == TR_LOWER) {
        s->cases = sys_resize(s->cases, (s->case_count + 1) * sizeof *s->cases);
        s->cases[s->case_count++] = (struct tr_case){s->bytes.len, class};
    } else {
        s->has_other_class = true;
    }
    for (int c = 0; c < 256; c++)
        if (c < 128 && tr_is_in_class(class, c))
            buf_add_char(&s->bytes, (char)c);
}

static void tr_read_class(struct tr_set *s, struct span name)
{
    for (int class = 0; class < TR_CLASSES; class ++)
        if (span_eq_str(name, tr_class_names[class])) {
            tr_add_class(s, (enum tr_class) class);
            return;
        }
    struct buf b = buf_make(sys_heap());
    buf_add_span(&b, name);
    if (name.len)
        msg("invalid character class %s", quoted(buf_str(&b)));
    else
        msg("missing character class name '[::]'");
    cmd_exit(1);
}

static void tr_read_equiv(struct tr_set *s, struct span text)
{
    if (!text.len) {
        msg("missing equivalence class character '[==]'");
        cmd_exit(1);
    }
    if (text.len > 1) {
        msg("%.*s: equivalence class operand must be a single character", (int)text.len,
            text.ptr);
        cmd_exit(1);
    }
    buf_add_char(&s->bytes, *text.ptr);
    s->has_equiv = true;
    s->ends_in_class = false;
}

/* [c*] or [c*n] at `at`. Gives the place after it, or 0 if it is none. */
static size_t tr_read_repeat(struct tr_set *s, const struct tr_text *t, size_t at)
{
    if (!tr_is(t, at + 2, '*'))
        return 0;
    size_t end = at + 3;
    while (end < t->len && !tr_is(t, end, ']'))
        end++;
    if (end >= t->len)
        return 0;
    struct buf digits = buf_make(sys_heap());
    buf_add(&digits, t->bytes + at + 3, end - at - 3);
    const char *text = buf_str(&digits), *rest = "";
    uint64_t count = 0;
    bool bad =
        *text && (!char_is_digit(*text) ||
                  num_to_u64_base(text, *text == '0' ? 8 : 10, &count, &rest) || *rest);
    if (bad || count > SIZE_MAX / 2) {
        msg("invalid repeat count %s in [c*n] construct", quoted(text));
        cmd_exit(1);
    }
    char c = t->bytes[at + 1];
    s->ends_in_class = false;
    if (count) {
        sys_check_size(SYS_LIMIT_EXPANSION, count);
        buf_add_repeated(&s->bytes, c, (size_t)count);
    } else {
        s->has_fill = true;
        s->fills++;
        s->fill_at = s->bytes.len;
        s->fill = c;
    }
    return end + 1;
}

/* A construct in brackets at `at`. Gives the place after it, or 0. */
static size_t tr_read_bracket(struct tr_set *s, const struct tr_text *t, size_t at)
{
    char kind = at + 1 < t->len && !t->escaped[at + 1] ? t->bytes[at + 1] : '\0';
    if (kind == ':' || kind == '=') {
        size_t end = tr_find_close(t, at + 2, kind);
        struct span inner =
            end ? span_make(t->bytes + at + 2, end - at - 2) : span_make("", 0);
        if (end && kind == ':' && !(inner.len && *inner.ptr == '*')) {
            tr_read_class(s, inner);
            return end + 2;
        }
        if (end && kind == '=' && !(inner.len && *inner.ptr == '*')) {
            tr_read_equiv(s, inner);
            return end + 2;
        }
    }
    return at + 1 < t->len ? tr_read_repeat(s, t, at) : 0;
}

static const char *tr_printable(char dst[8], char c)
{
    unsigned char u = (unsigned char)c;
    dst[0] = c;
    dst[1] = '\0';
    if (!char_is_print(u)) {
        dst[0] = '\\';
        dst[1] = (char)('0' + (u >> 6));
        dst[2] = (char)('0' + (u >> 3 & 7));
        dst[3] = (char)('0' + (u & 7));
        dst[4] = '\0';
    }
    return dst;
}

static void tr_add_range(struct tr_set *s, char first, char last)
{
    unsigned char a = (unsigned char)first, b = (unsigned char)last;
    if (a > b) {
        char x[8], y[8];
        msg("range-endpoints of '%s-%s' are in reverse collating sequence order",
            tr_printable(x, first), tr_printable(y, last));
        cmd_exit(1);
    }
    for (int c = a; c <= b; c++)
        buf_add_char(&s->bytes, (char)c);
}

static struct tr_set tr_read_set(const char *text)
{
    struct tr_set s = {.bytes = buf_make(sys_heap())};
    struct tr_text t = tr_unescape(text);
    for (size_t at = 0; at < t.len;) {
        size_t next = tr_is(&t, at, '[') ? tr_read_bracket(&s, &t, at) : 0;
        if (next) {
            at = next;
            continue;
        }
        s.ends_in_class = false;
        if (at + 2 < t.len && tr_is(&t, at + 1, '-')) {
            tr_add_range(&s, t.bytes[at], t.bytes[at + 2]);
            at += 3;
        } else {
            buf_add_char(&s.bytes, t.bytes[at++]);
        }
    }
    sys_free(t.bytes);
    sys_free(t.escaped);
    return s;
}

/* ---- Making the tables ------------------------------------------------------------ */

struct tr {
    bool complement, delete, squeeze, truncate;
    unsigned char map[256];
    bool deleted[256], squeezed[256];
    int last; // byte written last, for squeezing
};

static void tr_mark(bool table[256], const struct tr_set *s, bool complement)
{
    memset(table, complement, 256 * sizeof *table);
    for (size_t i = 0; i < s->bytes.len; i++)
        table[(unsigned char)s->bytes.data[i]] = !complement;
}

static void tr_complement(struct tr_set *s)
{
    bool in[256];
    tr_mark(in, s, false);
    buf_clear(&s->bytes);
    for (int c = 0; c < 256; c++)
        if (!in[c])
            buf_add_char(&s->bytes, (char)c);
}

static void tr_refuse(const char *text)
{
    msg("%s", text);
    cmd_exit(1);
}

static bool tr_has_case_at(const struct tr_set *s, size_t at)
{
    for (size_t i = 0; i < s->case_count; i++)
        if (s->cases[i].at == at)
            return true;
    return false;
}

static void tr_check_translation(const struct tr_set *b)
{
    if (b->has_equiv)
        tr_refuse("[=c=] expressions may not appear in string2 when translating");
    if (b->has_other_class)
        tr_refuse("when translating, the only character classes that may appear in\n"
                  "string2 are 'upper' and 'lower'");
    if (b->fills > 1)
        tr_refuse("only one [c*] repeat construct may appear in string2");
}

static void tr_check_cases(const struct tr_set *a, const struct tr_set *b)
{
    for (size_t i = 0; i < b->case_count; i++)
        if (!tr_has_case_at(a, b->cases[i].at))
            tr_refuse("misaligned [:upper:] and/or [:lower:] construct");
}

/* Makes b as long as a, or with -t a as b. */
static void tr_match_lengths(const struct tr *t, struct tr_set *a, struct tr_set *b)
{
    if (b->has_fill && b->bytes.len < a->bytes.len) {
        size_t count = a->bytes.len - b->bytes.len;
        struct buf fill = buf_make(sys_heap());
        buf_add_repeated(&fill, b->fill, count);
        buf_insert(&b->bytes, b->fill_at, fill.data, count);
        for (size_t i = 0; i < b->case_count; i++)
            if (b->cases[i].at >= b->fill_at)
                b->cases[i].at += count;
        buf_fini(&fill);
    }
    if (a->bytes.len <= b->bytes.len)
        return;
    if (t->truncate) {
        buf_cut(&a->bytes, b->bytes.len);
        return;
    }
    if (!b->bytes.len)
        tr_refuse("when not truncating set1, string2 must be non-empty");
    if (b->ends_in_class)
        tr_refuse("when translating with string1 longer than string2,\n"
                  "the latter string must not end with a character class");
    buf_add_repeated(&b->bytes, b->bytes.data[b->bytes.len - 1],
                     a->bytes.len - b->bytes.len);
}

static bool tr_is_one_byte(const struct tr_set *s)
{
    for (size_t i = 1; i < s->bytes.len; i++)
        if (s->bytes.data[i] != s->bytes.data[0])
            return false;
    return true;
}

static void tr_make_map(struct tr *t, struct tr_set *a, struct tr_set *b)
{
    for (int c = 0; c < 256; c++)
        t->map[c] = (unsigned char)c;
    bool classes = a->has_class;
    tr_check_translation(b);
    if (t->complement)
        tr_complement(a);
    tr_match_lengths(t, a, b);
    if (!t->complement)
        tr_check_cases(a, b);
    if (t->complement && classes && !tr_is_one_byte(b))
        tr_refuse("when translating with complemented character classes,\n"
                  "string2 must map all characters in the domain to one");
    for (size_t i = 0; i < a->bytes.len; i++)
        t->map[(unsigned char)a->bytes.data[i]] = (unsigned char)b->bytes.data[i];
}

/* ---- Working ---------------------------------------------------------------------- */

static size_t tr_delete_block(const struct tr *t, unsigned char *p, size_t len)
{
    unsigned char *to = p;
    for (size_t i = 0; i < len; i++) {
        *to = p[i];
        to += !t->deleted[p[i]];
    }
    return (size_t)(to - p);
}

static size_t tr_squeeze_block(struct tr *t, unsigned char *p, size_t len)
{
    unsigned char *to = p;
    int last = t->last;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = p[i];
        *to = c;
        to += c != last || !t->squeezed[c];
        last = c;
    }
    t->last = last;
    return (size_t)(to - p);
}

static void tr_block(struct tr *t, unsigned char *p, size_t len, bool translate)
{
    if (translate)
        for (size_t i = 0; i < len; i++)
            p[i] = t->map[p[i]];
    if (t->delete)
        len = tr_delete_block(t, p, len);
    if (t->squeeze)
        len = tr_squeeze_block(t, p, len);
    int err = len ? out_write_all(1, p, len) : 0;
    if (err) {
        msg_errno(err, "write error");
        cmd_exit(1);
    }
}

/* Blocks are changed in the place where they were read. */
static int tr_run(struct tr *t, bool translate)
{
    struct in in = in_make(0);
    int64_t len;
    t->last = -1;
    while ((len = in_fill(&in)) > 0) {
        tr_block(t, (unsigned char *)in.buf + in.pos, (size_t)len, translate);
        in.pos = in.len;
    }
    return in.err ? msg_errno(in.err, "read error") : 0;
}

static int tr_check_count(const struct tr *t, int count, char **words)
{
    int least = 1 + (t->delete == t->squeeze), most = 1 + (t->delete <= t->squeeze);
    if (count < least) {
        if (!count)
            return msg_usage("missing operand");
        msg("missing operand after %s", quoted(words[count - 1]));
        msg_raw("%s\n", t->squeeze ? "Two strings must be given when both deleting and "
                                     "squeezing repeats."
                                   : "Two strings must be given when translating.");
        return msg_try_help();
    }
    if (count <= most)
        return 0;
    msg("extra operand %s", quoted(words[most]));
    if (count == 2)
        msg_raw(
            "Only one string may be given when deleting without squeezing repeats.\n");
    return msg_try_help();
}

int cmd_tr(int argc, char **argv)
{
    struct tr t = {0};
    struct opts o = opts_begin(&cmd_tr_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        switch (c) {
        case 'c':
        case 'C': t.complement = true; break;
        case 'd': t.delete = true; break;
        case 's': t.squeeze = true; break;
        case 't': t.truncate = true; break;
        default: return 1;
        }
    if (tr_check_count(&t, o.count, o.operands))
        return 1;

    struct tr_set a = tr_read_set(o.operands[0]), b = {.bytes = buf_make(sys_heap())};
    if (a.has_fill)
        tr_refuse("the [c*] repeat construct may not appear in string1");
    bool translate = o.count == 2 && !t.delete;
    if (o.count == 2)
        b = tr_read_set(o.operands[1]);
    if (b.has_fill && !translate)
        tr_refuse("the [c*] construct may appear in string2 only when translating");
    if (t.delete)
        tr_mark(t.deleted, &a, t.complement);
    if (translate)
        tr_make_map(&t, &a, &b);
    if (t.squeeze && o.count == 2)
        tr_mark(t.squeezed, &b, false);
    else if (t.squeeze)
        tr_mark(t.squeezed, &a, t.complement);
    return tr_run(&t, translate);
}
