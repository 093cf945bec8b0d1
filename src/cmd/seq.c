/* seq.c: write a sequence of numbers. Imitates GNU coreutils seq.
 *
 * Numbers written as digits only are counted as text, of any length and exactly; others
 * as long doubles. */
#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"

int cmd_seq(int argc, char **argv);

static const struct opt seq_opts[] = {
    {"equal-width", 'w', OPT_PLAIN},
    {"format", 'f', OPT_ARG},
    {"separator", 's', OPT_ARG},
    {0},
};

const struct cmd cmd_seq_entry = {
    .name = "seq",
    .usage = "[FIRST [INCREMENT]] LAST",
    .help =
        "Write the numbers from FIRST to LAST, in steps of INCREMENT; both are 1 by default.\n"
        "\n"
        "  -f, --format=FORMAT     show each as printf would: %g %f %e %a ...\n"
        "  -s, --separator=STRING  between the numbers (default: a newline)\n"
        "  -w, --equal-width       fill with zeros to equal width\n",
    .main = cmd_seq,
    .opts = seq_opts,
    .opts_flags = 0,
};

enum { SEQ_NO_PRECISION = -1 };

/* A number on the command line. */
struct seq_arg {
    const char *text;
    long double n;
    int precision; // digits after the point; SEQ_NO_PRECISION: cannot be told
};

struct seq_format {
    char *before, *after;
    char conv;
    unsigned flags;
    int width, precision;
};

struct seq {
    const char *separator;
    bool equal_width;
    struct seq_arg first, step, last;
};

static void seq_fail_usage(void) { cmd_exit(msg_try_help()); }

/* ---- Reading the arguments -------------------------------------------------------- */

static int seq_find_precision(const char *text)
{
    if (strpbrk(text, "xXpPiInN"))
        return SEQ_NO_PRECISION;
    const char *point = strchr(text, '.');
    int64_t digits = point ? (int64_t)strspn(point + 1, "0123456789") : 0;
    const char *e = strpbrk(text, "eE");
    int64_t exponent = 0;
    if (e && num_to_i64(e + 1, &exponent, NULL))
        return SEQ_NO_PRECISION;
    digits -= exponent;
    if (digits > 4000)
        return SEQ_NO_PRECISION;
    return digits < 0 ? 0 : (int)digits;
}

static struct seq_arg seq_read(const char *text)
{
    struct seq_arg a = {.text = text};
    const char *rest = "";
    int err = num_to_long_double(text, &a.n, &rest);
    if ((err && err != -ERANGE) || *rest) {
        msg("invalid floating point argument: %s", quoted(text));
        seq_fail_usage();
    }
    if (a.n != a.n) {
        msg("invalid %s argument: %s", quoted("not-a-number"), quoted(text));
        seq_fail_usage();
    }
    while (char_is_space(*a.text) || *a.text == '+')
        a.text++;
    a.precision = seq_find_precision(a.text);
    return a;
}

/* ---- Formats ---------------------------------------------------------------------- */

/* Reads a literal part up to the next conversion; %% stands for %. */
static char *seq_literal(const char **p)
{
    struct buf b = buf_make(sys_heap());
    while (**p && (**p != '%' || (*p)[1] == '%')) {
        buf_add_char(&b, **p);
        *p += **p == '%' ? 2 : 1;
    }
    buf_add_str(&b, "");
    return buf_take(&b);
}

static unsigned seq_flag(char c)
{
    switch (c) {
    case '-': return NUM_MINUS;
    case '0': return NUM_ZERO;
    case '+': return NUM_PLUS;
    case ' ': return NUM_SPACE;
    case '#': return NUM_ALT;
    default: return 0; // '
    }
}

static int seq_read_count(const char **p)
{
    int n = 0;
    for (; char_is_digit(**p); (*p)++)
        n = n < 100000000 ? n * 10 + (**p - '0') : n;
    return n;
}

static void seq_bad_format(const char *format, const char *what)
{
    msg("format %s %s", quoted(format), what);
    cmd_exit(1);
}

static struct seq_format seq_read_format(const char *format)
{
    struct seq_format f = {.precision = -1};
    const char *p = format;
    f.before = seq_literal(&p);
    if (!*p)
        seq_bad_format(format, "has no % directive");
    p++;
    for (; *p && strchr("-+#0 '", *p); p++)
        f.flags |= seq_flag(*p);
    f.width = seq_read_count(&p);
    if (*p == '.') {
        p++;
        f.precision = seq_read_count(&p);
    }
    p += *p == 'L';
    if (!*p)
        seq_bad_format(format, "ends in %");
    if (!strchr("efgaEFGA", *p)) {
        msg("format %s has unknown %%%c directive", quoted(format), *p);
        cmd_exit(1);
    }
    f.conv = *p++;
    f.after = seq_literal(&p);
    if (*p)
        seq_bad_format(format, "has too many % directives");
    return f;
}

static void seq_add(struct buf *b, const struct seq_format *f, long double n)
{
    if (f->before)
        buf_add_str(b, f->before);
    num_add_long_double(b, f->conv, f->flags, f->width, f->precision, n);
    if (f->after)
        buf_add_str(b, f->after);
}

static int seq_width_of(const struct seq_format *f, long double n)
{
    struct buf b = buf_make(sys_heap());
    num_add_long_double(&b, f->conv, 0, 0, f->precision, n);
    int width = (int)b.len;
    buf_fini(&b);
    return width;
}

/* The format that the arguments ask for. */
static struct seq_format seq_default_format(const struct seq *s)
{
    struct seq_format f = {.conv = 'g', .precision = -1};
    if (s->first.precision == SEQ_NO_PRECISION || s->step.precision == SEQ_NO_PRECISION)
        return f;
    if (s->last.precision == SEQ_NO_PRECISION && s->equal_width)
        return f;
    f.conv = 'f';
    f.precision =
        s->first.precision > s->step.precision ? s->first.precision : s->step.precision;
    if (s->equal_width) {
        int a = seq_width_of(&f, s->first.n), b = seq_width_of(&f, s->last.n);
        f.width = a > b ? a : b;
        f.flags = NUM_ZERO;
    }
    return f;
}

/* ---- Counting in floating point --------------------------------------------------- */

static bool seq_is_past(const struct seq *s, long double n)
{
    return s->step.n < 0 ? n < s->last.n : n > s->last.n;
}

/* Whether n, a little past the last by rounding, is the last as shown. */
static bool seq_is_last_shown(const struct seq *s, const struct seq_format *f,
                              long double n, const struct buf *before)
{
    struct buf b = buf_make(sys_heap());
    num_add_long_double(&b, f->conv, f->flags, f->width, f->precision, n);
    long double shown = 0;
    int err = num_to_long_double(buf_str(&b), &shown, NULL);
    buf_clear(&b);
    seq_add(&b, f, n);
    bool same = span_eq(buf_span(&b), buf_span(before));
    buf_fini(&b);
    return !err && shown == s->last.n && !same;
}

static void seq_write_floats(const struct seq *s, const struct seq_format *f)
{
    struct buf b = buf_make(sys_heap());
    for (uint64_t i = 0;; i++) {
        long double n = i ? s->first.n + (long double)i * s->step.n : s->first.n;
        if (seq_is_past(s, n) && (!i || !seq_is_last_shown(s, f, n, &b)))
            break;
        if (i)
            out_str(s->separator);
        buf_clear(&b);
        seq_add(&b, f, n);
        out_span(buf_span(&b));
        sys_tick();
        if (seq_is_past(s, n))
            break;
    }
    buf_fini(&b);
}

/* ---- Counting in decimal digits --------------------------------------------------- */

static bool seq_is_digits(const char *text)
{
    return char_is_digit(*text) && !text[strspn(text, "0123456789")];
}

static struct span seq_trim(const char *text)
{
    while (*text == '0' && text[1])
        text++;
    return span_of(text);
}

/* Adds step to the digits in buf[*start..end). */
static void seq_increment(char *buf, size_t *start, size_t end, unsigned step)
{
    size_t at = end;
    while (step) {
        if (at == *start)
            buf[--*start] = '0';
        at--;
        step += (unsigned)(buf[at] - '0');
        buf[at] = (char)('0' + step % 10);
        step /= 10;
    }
}

static bool seq_digits_past(const char *p, size_t len, struct span last)
{
    return len != last.len ? len > last.len : memcmp(p, last.ptr, len) > 0;
}

/* last.ptr NULL: for ever. */
static void seq_write_digits(const struct seq *s, struct span first, struct span last,
                             unsigned step)
{
    size_t width = s->equal_width ? size_max(first.len, last.len) : 0;
    size_t room = size_max(first.len, last.len) + 24, end = room,
           separator = strlen(s->separator);
    size_t start = end - first.len;
    char *buf = sys_alloc(room);
    memset(buf, '0', room);
    memcpy(buf + start, first.ptr, first.len);
    struct out *o = out_std();
    if (last.ptr && seq_digits_past(buf + start, end - start, last))
        return;
    for (unsigned ticks = 0;; ticks++) {
        size_t from = end - size_max(end - start, width);
        out_add(o, buf + from, end - from);
        if (!last.ptr && start < 4) { // more digits than there is room for
            buf = sys_resize(buf, 2 * room);
            memmove(buf + room, buf, room);
            start += room;
            end += room;
            room *= 2;
        }
        seq_increment(buf, &start, end, step);
        if (last.ptr && seq_digits_past(buf + start, end - start, last))
            return;
        out_add(o, s->separator, separator);
        if (ticks % 256 == 0)
            sys_tick();
    }
}

/* Whether it was done that way. */
static bool seq_try_digits(const struct seq *s)
{
    bool endless = str_eq(s->last.text, "inf") || str_eq(s->last.text, "infinity");
    if (!seq_is_digits(s->first.text) || !seq_is_digits(s->step.text) ||
        !(seq_is_digits(s->last.text) || (endless && !s->equal_width)) || s->step.n < 1 ||
        s->step.n > 1000000)
        return false;
    struct span last = endless ? span_make(NULL, 0) : seq_trim(s->last.text);
    seq_write_digits(s, seq_trim(s->first.text), last, (unsigned)s->step.n);
    return true;
}

/* ---- The command ------------------------------------------------------------------ */

/* Negative numbers are no options: "-5" ends them. */
static int seq_count_options(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-' && (char_is_digit(argv[i][1]) || argv[i][1] == '.'))
            return i;
        if (argv[i][0] != '-')
            return argc;
        if (str_eq(argv[i], "-f") || str_eq(argv[i], "-s"))
            i++;
    }
    return argc;
}

static void seq_write(const struct seq *s, const char *format)
{
    struct seq_format f;
    if (format) {
        f = seq_read_format(format);
    } else {
        if (seq_try_digits(s))
            return;
        f = seq_default_format(s);
    }
    seq_write_floats(s, &f);
}

int cmd_seq(int argc, char **argv)
{
    struct seq s = {.separator = "\n"};
    const char *format = NULL;
    int numbers = seq_count_options(argc, argv);
    struct opts o = opts_make(seq_opts, OPTS_STOP, numbers, argv);
    o.help = true;
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        switch (c) {
        case 'f': format = o.arg; break;
        case 's': s.separator = o.arg; break;
        case 'w': s.equal_width = true; break;
        default: return 1;
        }
    char **args = o.operands;
    int count = argc - (int)(args - argv);
    if (!count)
        return msg_usage("missing operand");
    if (count > 3)
        return msg_usage("extra operand %s", quoted(args[3]));
    if (format && s.equal_width)
        return msg_usage(
            "format string may not be specified when printing equal width strings");

    s.first = seq_read(count > 1 ? args[0] : "1");
    s.step = seq_read(count > 2 ? args[1] : "1");
    s.last = seq_read(args[count - 1]);
    if (s.step.n == 0) {
        msg("invalid Zero increment value: %s", quoted(args[1]));
        return msg_try_help();
    }
    if (seq_is_past(&s, s.first.n))
        return 0;
    seq_write(&s, format);
    out_char('\n');
    return 0;
}
