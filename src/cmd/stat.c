/* stat.c: what is known of files and filesystems. Imitates GNU coreutils stat. */
#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/fmt.h"
#include "base/num.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/env.h"
#include "user/ids.h"
#include "user/mode.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/real.h"
#include "user/when.h"
#include "user/zone.h"

int cmd_stat(int argc, char **argv);

enum { STAT_PRINTF = 256, STAT_CACHED };

static const struct opt stat_opts[] = {
    {"dereference", 'L', OPT_PLAIN},
    {"file-system", 'f', OPT_PLAIN},
    {"format", 'c', OPT_ARG},
    {"printf", STAT_PRINTF, OPT_ARG},
    {"terse", 't', OPT_PLAIN},
    {"cached", STAT_CACHED, OPT_ARG},
    {0},
};

const struct cmd cmd_stat_entry = {
    .name = "stat",
    .usage = "FILE...",
    .help =
        "Show the status of each FILE, or of its filesystem.\n"
        "\n"
        "  -L, --dereference     follow links\n"
        "  -f, --file-system     of the filesystem\n"
        "  -c, --format=FORMAT   in this form, with a newline after it\n"
        "      --printf=FORMAT   the same with backslash escapes and no newline\n"
        "  -t, --terse           in short form\n"
        "\n"
        "Of files: %a %A permissions, %b %B blocks, %d %D device, %f mode, %F type, %g %G group,\n"
        "%h links, %i inode, %m mount point, %n %N name, %o block size, %s size, %t %T device\n"
        "numbers, %u %U owner, %w %W %x %X %y %Y %z %Z times of birth, access, data, status.\n"
        "Of filesystems: %a %b %f blocks, %c %d files, %i ID, %l name length, %n, %s %S block\n"
        "sizes, %t %T type.\n",
    .main = cmd_stat,
    .opts = stat_opts,
};

struct stat_run {
    const char *format;
    bool follow, filesystem, escapes, newline;
    struct zone *zone;
    int status;
};

/* A conversion: flags, width, precision. */
struct stat_spec {
    unsigned flags; // NUM_*
    bool quote;
    int width, precision; // -1: none
};

/* ---- Formatting ------------------------------------------------------------------- */

static void stat_add_text(struct buf *b, const struct stat_spec *d, const char *text)
{
    struct span s = span_of(text);
    if (d->precision >= 0 && (size_t)d->precision < s.len)
        s.len = (size_t)d->precision;
    size_t fill = d->width > 0 && (size_t)d->width > s.len ? (size_t)d->width - s.len : 0;
    if (!(d->flags & NUM_MINUS))
        buf_add_repeated(b, ' ', fill);
    buf_add_span(b, s);
    if (d->flags & NUM_MINUS)
        buf_add_repeated(b, ' ', fill);
}

/* base: 8, 10 or 16. */
static void stat_add_number(struct buf *b, const struct stat_spec *d, uint64_t n,
                            int base)
{
    char digits[80];
    size_t len = 0;
    if ((d->flags & NUM_ALT) && base == 8 && n)
        digits[len++] = '0';
    if ((d->flags & NUM_ALT) && base == 16 && n) {
        digits[len++] = '0';
        digits[len++] = 'x';
    }
    num_from_u64_base(digits + len, n, base);
    len = strlen(digits);
    size_t zeros =
        d->precision > 0 && (size_t)d->precision > len ? (size_t)d->precision - len : 0;
    if ((d->flags & NUM_ZERO) && !(d->flags & NUM_MINUS) && d->width > (int)len)
        zeros = (size_t)d->width - len;
    struct buf text = buf_make(sys_heap());
    buf_add_repeated(&text, '0', zeros);
    buf_add_str(&text, digits);
    struct stat_spec plain = {.flags = d->flags, .width = d->width, .precision = -1};
    stat_add_text(b, &plain, buf_str(&text));
    buf_fini(&text);
}

static void stat_add_signed(struct buf *b, const struct stat_spec *d, int64_t n)
{
    char digits[24];
    struct stat_spec plain = *d;
    plain.precision = -1;
    if (n >= 0 && !(d->flags & (NUM_PLUS | NUM_SPACE))) {
        stat_add_number(b, d, (uint64_t)n, 10);
        return;
    }
    char *p = digits;
    if (n >= 0)
        *p++ = d->flags & NUM_PLUS ? '+' : ' ';
    num_from_i64(p, n);
    stat_add_text(b, &plain, digits);
}

/* Seconds since 1970, with as many decimals as the precision says; %.X has nine. */
static void stat_add_seconds(struct buf *b, const struct stat_spec *d, int64_t ns,
                             bool point)
{
    struct when w = when_from_ns(ns);
    if (!point) {
        stat_add_signed(b, d, w.seconds);
        return;
    }
    int digits = d->precision < 0 ? 9 : d->precision;
    char text[64];
    int rest = w.ns;
    for (int i = digits; i < 9; i++)
        rest /= 10;
    fmt_to(text, sizeof text, "%lld", (long long)w.seconds);
    struct buf all = buf_make(sys_heap());
    buf_add_str(&all, text);
    if (digits) {
        fmt_to(text, sizeof text, ".%0*d", digits < 9 ? digits : 9, rest);
        buf_add_str(&all, text);
        buf_add_repeated(&all, '0', digits > 9 ? (size_t)digits - 9 : 0);
    }
    struct stat_spec plain = {.flags = d->flags, .width = d->width, .precision = -1};
    stat_add_text(b, &plain, buf_str(&all));
    buf_fini(&all);
}

static void stat_add_date(struct buf *b, const struct stat_run *r,
                          const struct stat_spec *d, int64_t ns)
{
    struct when w = when_from_ns(ns);
    struct buf text = buf_make(sys_heap());
    zone_format(&text, r->zone, "%Y-%m-%d %H:%M:%S.%N %z", w.seconds, w.ns);
    stat_add_text(b, d, buf_str(&text));
    buf_fini(&text);
}

/* ---- Files ------------------------------------------------------------------------ */

static void stat_add_quoted(struct buf *b, bool literal, enum escape_gnu style,
                            struct span name)
{
    if (literal)
        buf_add_span(b, name);
    else
        escape_add_gnu(b, style, name);
}

static void stat_add_name(struct buf *b, const struct stat_run *r,
                          const struct stat_spec *d, const char *name,
                          const struct sys_stat *st)
{
    struct buf text = buf_make(sys_heap());
    const char *style = env_get("QUOTING_STYLE");
    enum escape_gnu quoting = style && str_eq(style, "shell") ? ESCAPE_GNU_SHELL
                              : style && str_eq(style, "c")
                                  ? ESCAPE_GNU_C
                                  : ESCAPE_GNU_SHELL_ESCAPE_ALWAYS;
    bool literal = !r->format; // the long form shows names as they are
    stat_add_quoted(&text, literal, quoting, span_of(name));
    if ((st->mode & SYS_IFMT) == SYS_IFLNK) {
        char *link = sys_alloc(4096);
        int64_t len = sys_readlink(name, link, 4096);
        if (len >= 0) {
            buf_add_str(&text, " -> ");
            stat_add_quoted(&text, literal, quoting, span_make(link, (size_t)len));
        }
        sys_free(link);
    }
    stat_add_text(b, d, buf_str(&text));
    buf_fini(&text);
}

/* The folder at which the file's filesystem begins. */
static void stat_add_mount(struct buf *b, const struct stat_spec *d, const char *name)
{
    char *path;
    struct sys_stat st, up;
    if (real_path(name, REAL_EXISTING, &path)) {
        stat_add_text(b, d, "?");
        return;
    }
    if (!sys_stat(path, &st))
        for (size_t len = strlen(path); len > 1;) {
            size_t slash = span_find_last(span_make(path, len), '/');
            char kept = path[slash ? slash : 1];
            path[slash ? slash : 1] = '\0';
            if (sys_stat(path, &up) || up.dev != st.dev) {
                path[slash ? slash : 1] = kept;
                path[len] = '\0';
                break;
            }
            len = slash ? slash : 1;
        }
    stat_add_text(b, d, path);
    sys_free(path);
}

static void stat_add_id(struct buf *b, const struct stat_spec *d, uint32_t id, bool group)
{
    char name[IDS_NAME];
    if (!(group ? ids_group_name(id, name) : ids_user_name(id, name)))
        memcpy(name, "UNKNOWN", 8);
    stat_add_text(b, d, name);
}

static unsigned stat_major(uint64_t dev) { return (unsigned)(dev >> 8 & 0xfff); }
static unsigned stat_minor(uint64_t dev)
{
    return (unsigned)((dev & 0xff) | (dev >> 12 & 0xfff00));
}

static void stat_add_letters(struct buf *b, const struct stat_spec *d, uint32_t mode)
{
    char letters[11];
    mode_letters(letters, mode);
    stat_add_text(b, d, letters);
}

/* A time: w x y z as dates, in capitals as seconds. */
static void stat_add_time(struct buf *b, const struct stat_run *r,
                          const struct stat_spec *d, char c, bool point,
                          const struct sys_stat *st)
{
    int64_t ns;
    switch (char_lower(c)) {
    case 'w': ns = st->birth_ns; break;
    case 'x': ns = st->atime_ns; break;
    case 'y': ns = st->mtime_ns; break;
    default: ns = st->ctime_ns;
    }
    if (char_is_upper(c))
        stat_add_seconds(b, d, ns, point);
    else
        stat_add_date(b, r, d, ns);
}

static void stat_add_of_file(struct buf *b, const struct stat_run *r,
                             const struct stat_spec *d, char c, bool point,
                             const char *name, const struct sys_stat *st)
{
    switch (c) {
    case 'a': stat_add_number(b, d, st->mode & 07777, 8); break;
    case 'A': stat_add_letters(b, d, st->mode); break;
    case 'b': stat_add_number(b, d, (uint64_t)st->blocks, 10); break;
    case 'B': stat_add_number(b, d, 512, 10); break;
    case 'C': stat_add_text(b, d, "?"); break;
    case 'd': stat_add_number(b, d, st->dev, 10); break;
    case 'D': stat_add_number(b, d, st->dev, 16); break;
    case 'f': stat_add_number(b, d, st->mode, 16); break;
    case 'F': stat_add_text(b, d, mode_type_name(st->mode, st->size)); break;
    case 'g': stat_add_number(b, d, st->gid, 10); break;
    case 'G': stat_add_id(b, d, st->gid, true); break;
    case 'h': stat_add_number(b, d, st->nlink, 10); break;
    case 'i': stat_add_number(b, d, st->ino, 10); break;
    case 'm': stat_add_mount(b, d, name); break;
    case 'n': stat_add_text(b, d, name); break;
    case 'N': stat_add_name(b, r, d, name, st); break;
    case 'o': stat_add_number(b, d, 4096, 10); break;
    case 'r': stat_add_number(b, d, st->rdev, 10); break;
    case 'R': stat_add_number(b, d, st->rdev, 16); break;
    case 's': stat_add_number(b, d, (uint64_t)st->size, 10); break;
    case 't': stat_add_number(b, d, stat_major(st->rdev), 16); break;
    case 'T': stat_add_number(b, d, stat_minor(st->rdev), 16); break;
    case 'u': stat_add_number(b, d, st->uid, 10); break;
    case 'U': stat_add_id(b, d, st->uid, false); break;
    case 'w':
    case 'W':
    case 'x':
    case 'X':
    case 'y':
    case 'Y':
    case 'z':
    case 'Z': stat_add_time(b, r, d, c, point, st); break;
    default: buf_add_char(b, '?');
    }
}

/* ---- Filesystems ------------------------------------------------------------------ */

static void stat_add_of_filesystem(struct buf *b, const struct stat_spec *d, char c,
                                   const char *name, const struct sys_statfs *fs)
{
    switch (c) {
    case 'a':
    case 'f': stat_add_number(b, d, fs->bytes_free / 4096, 10); break;
    case 'b': stat_add_number(b, d, fs->bytes / 4096, 10); break;
    case 'c': stat_add_number(b, d, fs->files, 10); break;
    case 'd': stat_add_number(b, d, fs->files_free, 10); break;
    case 'i': stat_add_number(b, d, 0, 16); break;
    case 'l': stat_add_number(b, d, 255, 10); break;
    case 'n': stat_add_text(b, d, name); break;
    case 's':
    case 'S': stat_add_number(b, d, 4096, 10); break;
    case 't': stat_add_number(b, d, 0x01021994, 16); break;
    case 'T': stat_add_text(b, d, fs->type); break;
    default: buf_add_char(b, '?');
    }
}

/* ---- Formats ---------------------------------------------------------------------- */

static unsigned stat_flag(char c)
{
    switch (c) {
    case '-': return NUM_MINUS;
    case '0': return NUM_ZERO;
    case '+': return NUM_PLUS;
    case ' ': return NUM_SPACE;
    case '#': return NUM_ALT;
    default: return 0;
    }
}

static int stat_read_count(const char **p)
{
    int n = 0;
    for (; char_is_digit(**p); (*p)++)
        n = n < 10000000 ? n * 10 + (**p - '0') : n;
    return n;
}

static const char *stat_read_spec(const char *p, struct stat_spec *d, bool *point)
{
    *d = (struct stat_spec){.width = -1, .precision = -1};
    for (; *p && strchr("'-+ #0", *p); p++)
        d->flags |= stat_flag(*p);
    if (char_is_digit(*p))
        d->width = stat_read_count(&p);
    *point = *p == '.';
    if (*point) {
        p++;
        if (char_is_digit(*p))
            d->precision = stat_read_count(&p);
    }
    return p;
}

static const char *stat_add_escape(struct buf *b, const char *p)
{
    struct escape e;
    if (!*p) {
        msg_warn("warning: backslash at end of format");
        buf_add_char(b, '\\');
        return p;
    }
    size_t n = escape_read(ESCAPE_PRINTF, span_of(p), &e);
    if (e.len == 2 && e.bytes[0] == '\\') {
        msg_warn("warning: unrecognized escape '\\%c'", *p);
        buf_add_char(b, *p);
        return p + 1;
    }
    buf_add(b, e.bytes, (size_t)e.len);
    return p + n;
}

static void stat_bad_directive(const char *start, size_t len)
{
    struct buf b = buf_make(sys_heap());
    buf_add(&b, start, len);
    msg("%s: invalid directive", quoted(buf_str(&b)));
    cmd_exit(1);
}

static void stat_add(struct buf *b, const struct stat_run *r, const char *format,
                     const char *name, const struct sys_stat *st,
                     const struct sys_statfs *fs)
{
    for (const char *p = format; *p;) {
        if (*p == '\\' && r->escapes) {
            p = stat_add_escape(b, p + 1);
            continue;
        }
        if (*p != '%') {
            buf_add_char(b, *p++);
            continue;
        }
        struct stat_spec d;
        bool point;
        const char *start = p;
        p = stat_read_spec(p + 1, &d, &point);
        if (!*p || *p == '%') {
            if (p > start + 1) {
                stat_bad_directive(start, (size_t)(p - start) + (*p != '\0'));
            }
            buf_add_char(b, '%');
            p += *p == '%';
            continue;
        }
        if ((*p == 'H' || *p == 'L') && (p[1] == 'd' || p[1] == 'r')) {
            uint64_t dev = st ? (p[1] == 'd' ? st->dev : st->rdev) : 0;
            stat_add_number(b, &d, *p == 'H' ? stat_major(dev) : stat_minor(dev), 10);
            p += 2;
            continue;
        }
        if (st)
            stat_add_of_file(b, r, &d, *p, point, name, st);
        else
            stat_add_of_filesystem(b, &d, *p, name, fs);
        p++;
    }
}

/* ---- The command ------------------------------------------------------------------ */

static const char *stat_default_format(const struct sys_stat *st)
{
    uint32_t type = st->mode & SYS_IFMT;
    if (type == SYS_IFCHR || type == SYS_IFBLK)
        return "  File: %N\n"
               "  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\n"
               "Device: %Hd,%Ld\tInode: %-11i Links: %-5h Device type: %Hr,%Lr\n"
               "Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\n"
               "Access: %x\nModify: %y\nChange: %z\n Birth: %w\n";
    return "  File: %N\n"
           "  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\n"
           "Device: %Hd,%Ld\tInode: %-11i Links: %h\n"
           "Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\n"
           "Access: %x\nModify: %y\nChange: %z\n Birth: %w\n";
}

static const char stat_fs_format[] = "  File: \"%n\"\n"
                                     "    ID: %-8i Namelen: %-7l Type: %T\n"
                                     "Block size: %-10s Fundamental block size: %S\n"
                                     "Blocks: Total: %-10b Free: %-10f Available: %a\n"
                                     "Inodes: Total: %-10c Free: %d\n";

static int stat_one(struct stat_run *r, const char *name)
{
    struct sys_stat st;
    struct sys_statfs fs;
    int err;
    if (r->filesystem) {
        err = sys_statfs(name, &fs);
        if (err)
            return msg_errno(err, "cannot read file system information for %s",
                             quoted_path(name));
    } else {
        err = str_eq(name, "-") ? sys_fstat(0, &st)
              : r->follow       ? sys_stat(name, &st)
                                : sys_lstat(name, &st);
        if (err && str_eq(name, "-"))
            return msg_errno(err, "cannot stat standard input");
        if (err)
            return msg_errno(err, "cannot statx %s", quoted_path(name));
    }
    const char *format = r->format       ? r->format
                         : r->filesystem ? stat_fs_format
                                         : stat_default_format(&st);
    struct buf b = buf_make(sys_heap());
    stat_add(&b, r, format, name, r->filesystem ? NULL : &st, &fs);
    if (r->newline)
        buf_add_char(&b, '\n');
    out_span(buf_span(&b));
    buf_fini(&b);
    return 0;
}

static bool stat_check_cached(const char *text)
{
    static const char *const names[] = {"default", "never", "always", NULL};
    return opts_match_arg("--cached", text, names, NULL) >= 0;
}

int cmd_stat(int argc, char **argv)
{
    struct stat_run r = {0};
    bool terse = false;
    struct opts o = opts_begin(&cmd_stat_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        switch (c) {
        case 'L': r.follow = true; break;
        case 'f': r.filesystem = true; break;
        case 'c':
            r.format = o.arg;
            r.newline = true;
            r.escapes = false;
            break;
        case STAT_PRINTF:
            r.format = o.arg;
            r.newline = false;
            r.escapes = true;
            break;
        case 't': terse = true; break;
        case STAT_CACHED:
            if (!stat_check_cached(o.arg))
                return 1;
            break;
        default: return 1;
        }
    if (!o.count)
        return msg_usage("missing operand");
    if (terse && !r.format)
        r.format = r.filesystem ? "%n %i %l %t %s %S %b %f %a %c %d\n"
                                : "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o\n";
    r.zone = zone_open(NULL);
    int status = 0;
    for (char **name = o.operands; *name; name++)
        status |= stat_one(&r, *name);
    return status;
}
