/* check.c: verifying checksums: the lines that md5sum and its sisters write, with or
 * without --tag, and those of BSD and OpenSSL. */
#include <errno.h>

#include "cmd/sums/sums.h"
#include "sys.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/out.h"

/* What a line says. */
struct sums_line {
    unsigned char digest[DIGEST_MAX];
    size_t size; // bytes of digest
    char *name;
};

/* How the lines of one list fared. */
struct sums_tally {
    uint64_t good_lines, bad_lines, unreadable, different;
    bool matched; // one at least
};

static char *sums_skip_blanks(char *p)
{
    while (*p == ' ' || *p == '\t')
        p++;
    return p;
}

/* Takes the hexadecimal digits at p. Gives their number. */
static size_t sums_take_hex(const char *p, struct sums_line *line)
{
    size_t n = 0;
    for (; char_hex(p[n]) >= 0; n++)
        if (n / 2 < DIGEST_MAX) {
            unsigned high = n % 2 ? line->digest[n / 2] : 0;
            line->digest[n / 2] = (unsigned char)(high << 4 | (unsigned)char_hex(p[n]));
        }
    return n;
}

/* Undoes the escapes in a name, in place. false: there is a wrong one. */
static bool sums_unescape(char *name)
{
    char *to = name;
    for (; *name; name++) {
        if (*name != '\\') {
            *to++ = *name;
            continue;
        }
        switch (*++name) {
        case 'n': *to++ = '\n'; break;
        case 'r': *to++ = '\r'; break;
        case '\\': *to++ = '\\'; break;
        default: return false;
        }
    }
    *to = '\0';
    return true;
}

/* "-256" after BLAKE2b. false: not a length. */
static bool sums_take_length(char **p, size_t *size)
{
    size_t bits = 0, digits = 1;
    for (; char_is_digit((*p)[digits]) && bits <= 512; digits++)
        bits = bits * 10 + (size_t)((*p)[digits] - '0');
    if (digits == 1 || !bits || bits % 8 || bits > 512)
        return false;
    *size = bits / 8;
    *p += digits;
    return true;
}

/* The rest of "MD5 (name) = digest" from after the tag. */
static bool sums_parse_tagged(const struct sums *s, char *p, bool escaped,
                              struct sums_line *line)
{
    line->size = digest_size(s->kind);
    if (s->kind == DIGEST_BLAKE2B && *p == '-' && !sums_take_length(&p, &line->size))
        return false;
    p += *p == ' ';
    char *close = strrchr(p, ')');
    if (*p != '(' || !close)
        return false;
    line->name = p + 1;
    *close = '\0';
    if (escaped && !sums_unescape(line->name))
        return false;
    p = sums_skip_blanks(close + 1);
    if (*p != '=')
        return false;
    p = sums_skip_blanks(p + 1);
    size_t digits = sums_take_hex(p, line);
    return digits == 2 * line->size && !p[digits];
}

/* "digest  name", "digest *name", or BSD's "digest name". */
static bool sums_parse_plain(const struct sums *s, char *p, bool escaped, int *reversed,
                             struct sums_line *line)
{
    size_t digits = sums_take_hex(p, line);
    line->size = digits / 2;
    if (s->kind == DIGEST_BLAKE2B ? digits < 2 || digits % 2 || digits > 2 * DIGEST_MAX
                                  : digits != 2 * digest_size(s->kind))
        return false;
    p += digits;
    if ((*p != ' ' && *p != '\t') || !p[1])
        return false;
    p++;
    if (!p[1] || (*p != ' ' && *p != '*')) {
        if (*reversed == 0)
            return false;
        *reversed = 1;
    } else if (*reversed != 1) {
        *reversed = 0;
        p++;
    }
    line->name = p;
    return !escaped || sums_unescape(p);
}

static bool sums_parse(const struct sums *s, char *p, int *reversed,
                       struct sums_line *line)
{
    p = sums_skip_blanks(p);
    bool escaped = *p == '\\';
    p += escaped;
    size_t len = strlen(s->tag);
    if (str_starts(p, s->tag) && (p[len] == ' ' || p[len] == '-' || p[len] == '('))
        return sums_parse_tagged(s, p + len, escaped, line);
    return sums_parse_plain(s, p, escaped, reversed, line);
}

static void sums_put_result(const char *name, const char *result)
{
    bool escaped = strchr(name, '\n');
    if (escaped) {
        out_char('\\');
        sums_put_escaped(name);
    } else {
        out_str(name);
    }
    outf(": %s\n", result);
}

/* Reads the file of a line. 0; -errno after a message, or in silence if it may be
 * missing. */
static int sums_digest_file(const struct sums *s, const struct sums_line *line,
                            unsigned char *digest)
{
    struct in in;
    int err = in_open(&in, line->name);
    if (!err) {
        sums_read(&in, s->kind, line->size, digest);
        err = in.err;
        in_close(&in);
    }
    if (err && !(s->ignore_missing && err == -ENOENT))
        msg_errno(err, "%s", quoted_file(line->name));
    return err;
}

static void sums_verify(const struct sums *s, const struct sums_line *line,
                        struct sums_tally *t)
{
    unsigned char digest[DIGEST_MAX];
    int err = sums_digest_file(s, line, digest);
    if (err == -ENOENT && s->ignore_missing)
        return;
    if (err) {
        t->unreadable++;
        if (!s->silent)
            sums_put_result(line->name, "FAILED open or read");
        return;
    }
    bool same = !memcmp(digest, line->digest, line->size);
    t->matched |= same;
    t->different += !same;
    if (!s->silent && !(same && s->quiet))
        sums_put_result(line->name, same ? "OK" : "FAILED");
}

static void sums_check_lines(const struct sums *s, struct in *in, const char *title,
                             int *reversed, struct sums_tally *t)
{
    struct span text;
    for (uint64_t number = 1; in_line(in, '\n', &text); number++) {
        sys_tick();
        if (text.len && text.ptr[0] == '#')
            continue;
        text.len -= text.len && text.ptr[text.len - 1] == '\n';
        text.len -= text.len && text.ptr[text.len - 1] == '\r';
        if (!text.len)
            continue;
        char *copy = sys_alloc(text.len + 1);
        memcpy(copy, text.ptr, text.len);
        copy[text.len] = '\0';
        struct sums_line line;
        if (sums_parse(s, copy, reversed, &line)) {
            t->good_lines++;
            sums_verify(s, &line, t);
        } else {
            t->bad_lines++;
            if (s->warn)
                msg("%s: %llu: improperly formatted %s checksum line", quoted_file(title),
                    (unsigned long long)number, s->tag);
        }
        sys_free(copy);
    }
}

static void sums_warn(uint64_t n, const char *one, const char *many)
{
    if (n)
        msg("WARNING: %llu %s", (unsigned long long)n, n == 1 ? one : many);
}

bool sums_check(const struct sums *s, const char *list, int *reversed)
{
    struct in in;
    struct sums_tally t = {0};
    const char *title = str_eq(list, "-") ? "standard input" : list;
    int err = in_open(&in, list);
    if (err)
        return !msg_errno(err, "%s", quoted_file(list));
    sums_check_lines(s, &in, title, reversed, &t);
    err = in.err;
    in_close(&in);
    if (err)
        return !msg("%s: read error", quoted_file(title));
    if (!t.good_lines)
        return !msg("%s: no properly formatted checksum lines found", quoted_file(title));
    if (!s->silent) {
        sums_warn(t.bad_lines, "line is improperly formatted",
                  "lines are improperly formatted");
        sums_warn(t.unreadable, "listed file could not be read",
                  "listed files could not be read");
        sums_warn(t.different, "computed checksum did NOT match",
                  "computed checksums did NOT match");
        if (s->ignore_missing && !t.matched)
            msg("%s: no file was verified", quoted_file(title));
    }
    return t.matched && !t.different && !t.unreadable && !(s->strict && t.bad_lines);
}
