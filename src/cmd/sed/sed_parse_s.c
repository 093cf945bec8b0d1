/* sed_parse_s.c: the commands s and y. See sed.h. */
#include "base/utf8.h"
#include "cmd/sed/sed.h"
#include "sys.h"

/* ---- s ---------------------------------------------------------------------------- */

static void sed_add_part(struct sed_replace *r, enum sed_case change, struct buf *text,
                         int group)
{
    if (r->part_count == r->part_cap) {
        r->part_cap = r->part_cap ? r->part_cap * 2 : 4;
        r->parts = sys_resize(r->parts, r->part_cap * sizeof *r->parts);
    }
    size_t len = text->len;
    struct span kept = {"", 0};
    if (len)
        kept = span_make(buf_take(text), len);
    r->parts[r->part_count++] = (struct sed_part){change, kept, group};
    r->max_group = group > r->max_group ? group : r->max_group;
}

static enum sed_case sed_case_of(char c)
{
    switch (c) {
    case 'U': return SED_CASE_UPPER;
    case 'L': return SED_CASE_LOWER;
    case 'E': return SED_CASE_END;
    case 'u': return SED_CASE_UPPER_ONE;
    case 'l': return SED_CASE_LOWER_ONE;
    default: return SED_CASE_KEEP;
    }
}

/* Cuts a replacement into parts: each is a change of case, then text, then a group. */
static void sed_split_replacement(struct sed_parser *p, struct sed_replace *r,
                                  struct span text)
{
    struct buf b = buf_make(sys_heap());
    enum sed_case change = SED_CASE_KEEP;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        int group = c == '&' ? 0 : -1;
        enum sed_case next = SED_CASE_KEEP;
        if (c == '\\' && i + 1 < text.len) {
            unsigned char byte;
            int n = sed_escape(span_from(text, i + 1), &byte);
            if (n < 0)
                sed_bad(p, "recursive escaping after \\c not allowed");
            c = text.ptr[++i];
            if (n > 0) {
                c = (char)byte;
                i += (size_t)n - 1;
            } else if (char_is_digit((unsigned char)c)) {
                group = c - '0';
            } else if (!p->sed->posix) {
                next = sed_case_of(c);
            }
        }
        if (group < 0 && next == SED_CASE_KEEP) {
            buf_add_char(&b, c);
            continue;
        }
        if (b.len || group >= 0 || change != SED_CASE_KEEP)
            sed_add_part(r, change, &b, group);
        r->has_case |= change != SED_CASE_KEEP || next != SED_CASE_KEEP;
        change = next;
    }
    if (b.len || change != SED_CASE_KEEP)
        sed_add_part(r, change, &b, -1);
    buf_fini(&b);
}

/* The flags of an s command. */
struct sed_flags {
    bool icase, lines;
};

static void sed_parse_count(struct sed_parser *p, struct sed_replace *r, int c)
{
    if (r->number)
        sed_bad(p, "multiple number options to `s' command");
    uint64_t n = 0;
    for (; c != SED_EOF && char_is_digit(c); c = sed_getc(p))
        n = n > UINT32_MAX ? n : n * 10 + (uint64_t)(c - '0');
    sed_ungetc(p, c);
    if (!n)
        sed_bad(p, "number option to `s' command may not be zero");
    r->number = n;
}

static void sed_once(struct sed_parser *p, bool *flag, const char *text)
{
    if (*flag)
        sed_bad(p, text);
    *flag = true;
}

/* One flag; false: the command has ended. */
static bool sed_parse_flag(struct sed_parser *p, struct sed_replace *r,
                           struct sed_flags *f, int c)
{
    if (p->sed->posix && (c == 'i' || c == 'I' || c == 'm' || c == 'M' || c == 'e'))
        sed_bad(p, "unknown option to `s'");
    switch (c) {
    case 'i':
    case 'I': f->icase = true; return true;
    case 'm':
    case 'M': f->lines = true; return true;
    case 'p': sed_once(p, &r->print, "multiple `p' options to `s' command"); return true;
    case 'g': sed_once(p, &r->global, "multiple `g' options to `s' command"); return true;
    case 'e': sed_bad(p, "e/r/w commands disabled in sandbox mode");
    case 'w':
        if (p->sed->sandbox)
            sed_bad(p, "e/r/w commands disabled in sandbox mode");
        r->file = sed_parse_file(p, true);
        return false;
    case '}':
    case '#': sed_ungetc(p, c); return false;
    case SED_EOF:
    case '\n':
    case ';': return false;
    default:
        if (char_is_digit(c)) {
            sed_parse_count(p, r, c);
            return true;
        }
        sed_bad(p, "unknown option to `s'");
    }
}

static int sed_read_delimiter(struct sed_parser *p, const char *unterminated)
{
    int c = sed_getc(p);
    if (c == SED_EOF)
        sed_bad(p, unterminated);
    if (c >= 0x80 && p->sed->utf8)
        sed_bad(p, "delimiter character is not a single-byte character");
    return c;
}

void sed_parse_s(struct sed_parser *p)
{
    static const char unterminated[] = "unterminated `s' command";
    struct buf regex = buf_make(sys_heap()), text = buf_make(sys_heap());
    int delimiter = sed_read_delimiter(p, unterminated);
    if (!sed_read_delimited(p, delimiter, true, &regex) ||
        !sed_read_delimited(p, delimiter, false, &text))
        sed_bad(p, unterminated);
    struct sed_replace *r = sys_alloc_zero(sizeof *r);
    p->cur->replace = r;
    sed_split_replacement(p, r, buf_span(&text));
    struct sed_flags flags = {false, false};
    int c;
    do
        c = sed_skip_blanks(p);
    while (sed_parse_flag(p, r, &flags, c));
    r->regex =
        sed_make_regex(p, buf_span(&regex), flags.icase, flags.lines, r->max_group);
    buf_fini(&regex);
    buf_fini(&text);
}

/* ---- y ---------------------------------------------------------------------------- */

/* The characters of a string of y, each with its length (in *lengths), without
 * backslashes. */
static size_t sed_unescape_y(struct sed_parser *p, struct span text, struct buf *b,
                             size_t **lengths)
{
    size_t count = 0;
    *lengths = sys_alloc((text.len + 1) * sizeof **lengths);
    for (size_t i = 0; i < text.len;) {
        unsigned char byte;
        size_t n = 1;
        if (text.ptr[i] == '\\' && i + 1 < text.len) {
            int escape = sed_escape(span_from(text, i + 1), &byte);
            if (escape < 0)
                sed_bad(p, "recursive escaping after \\c not allowed");
            if (escape > 0) {
                buf_add_char(b, (char)byte);
                i += (size_t)escape + 1;
                (*lengths)[count++] = 1;
                continue;
            }
            i++;
        }
        if (p->sed->utf8)
            n = utf8_next(text, i) - i;
        buf_add(b, text.ptr + i, n);
        (*lengths)[count++] = n;
        i += n;
    }
    return count;
}

static void sed_fill_translate(struct sed_translate *t, const char *from, const char *to,
                               const size_t *from_len, const size_t *to_len, size_t count)
{
    for (unsigned c = 0; c < 256; c++)
        t->bytes[c] = (unsigned char)c;
    t->pairs = sys_alloc((count + 1) * sizeof *t->pairs);
    for (size_t i = 0; i < count; from += from_len[i], to += to_len[i], i++) {
        struct sed_pair *pair = &t->pairs[t->pair_count++];
        pair->from = (unsigned char)*from;
        if (from_len[i] > 1 && utf8_decode(from, from_len[i], &pair->from) < 1)
            pair->from = (unsigned char)*from;
        pair->len = (int)to_len[i];
        memcpy(pair->to, to, to_len[i]);
        t->wide |= from_len[i] > 1 || to_len[i] > 1;
        bool first = t->bytes[(unsigned char)*from] == (unsigned char)*from;
        if (from_len[i] == 1 && to_len[i] == 1 && first)
            t->bytes[(unsigned char)*from] = (unsigned char)*to;
    }
}

void sed_parse_y(struct sed_parser *p)
{
    static const char unterminated[] = "unterminated `y' command";
    struct buf a = buf_make(sys_heap()), b = buf_make(sys_heap());
    struct buf from = buf_make(sys_heap()), to = buf_make(sys_heap());
    int delimiter = sed_read_delimiter(p, unterminated);
    if (!sed_read_delimited(p, delimiter, false, &a) ||
        !sed_read_delimited(p, delimiter, false, &b))
        sed_bad(p, unterminated);
    struct sed_translate *t = sys_alloc_zero(sizeof *t);
    size_t *from_len, *to_len;
    size_t count = sed_unescape_y(p, buf_span(&a), &from, &from_len);
    if (count != sed_unescape_y(p, buf_span(&b), &to, &to_len))
        sed_bad(p, "strings for `y' command are different lengths");
    sed_fill_translate(t, buf_str(&from), buf_str(&to), from_len, to_len, count);
    p->cur->translate = t;
    t->from = buf_span(&from);
    t->to = buf_span(&to);
}
