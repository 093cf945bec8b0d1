/* sums.c: md5sum, sha1sum, sha224sum, sha256sum, sha384sum, sha512sum, b2sum: print and
 * check digests of files. Imitates GNU coreutils 9. The checking is in check.c. */
#include "cmd/sums/sums.h"

#include <errno.h>

#include "base/num.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"

enum { SUMS_TAG = 256, SUMS_IGNORE_MISSING, SUMS_QUIET, SUMS_STATUS, SUMS_STRICT };

int cmd_sums(int argc, char **argv);

static const struct opt sums_opts[] = {
    {"binary", 'b', OPT_PLAIN},
    {"check", 'c', OPT_PLAIN},
    {"text", 't', OPT_PLAIN},
    {"zero", 'z', OPT_PLAIN},
    {"warn", 'w', OPT_PLAIN},
    {"tag", SUMS_TAG, OPT_PLAIN},
    {"ignore-missing", SUMS_IGNORE_MISSING, OPT_PLAIN},
    {"quiet", SUMS_QUIET, OPT_PLAIN},
    {"status", SUMS_STATUS, OPT_PLAIN},
    {"strict", SUMS_STRICT, OPT_PLAIN},
    {0},
};

static const struct opt sums_opts_length[] = {
    {"length", 'l', OPT_ARG},
    {"binary", 'b', OPT_PLAIN},
    {"check", 'c', OPT_PLAIN},
    {"text", 't', OPT_PLAIN},
    {"zero", 'z', OPT_PLAIN},
    {"warn", 'w', OPT_PLAIN},
    {"tag", SUMS_TAG, OPT_PLAIN},
    {"ignore-missing", SUMS_IGNORE_MISSING, OPT_PLAIN},
    {"quiet", SUMS_QUIET, OPT_PLAIN},
    {"status", SUMS_STATUS, OPT_PLAIN},
    {"strict", SUMS_STRICT, OPT_PLAIN},
    {0},
};

#define SUMS_HELP                                                            \
    "Without FILE, or for -, read standard input.\n"                         \
    "\n"                                                                     \
    "  -b, --binary          mark the names with *\n"                        \
    "  -c, --check           read checksums from the FILEs and check them\n" \
    "      --tag             write lines in BSD's format\n"                  \
    "  -t, --text            mark the names with a space (default)\n"        \
    "  -z, --zero            end lines with NUL, and do not escape names\n"  \
    "\n"                                                                     \
    "For checking only:\n"                                                   \
    "      --ignore-missing  skip files that are missing\n"                  \
    "      --quiet           do not print OK\n"                              \
    "      --status          print nothing: the exit status tells\n"         \
    "      --strict          fail if a line is not properly formatted\n"     \
    "  -w, --warn            report each line that is not\n"

const struct cmd cmd_md5sum_entry = {
    .name = "md5sum",
    .usage = "[FILE]...",
    .help = "Print or check MD5 (128-bit) checksums.\n" SUMS_HELP,
    .main = cmd_sums,
    .opts = sums_opts,
};

const struct cmd cmd_sha1sum_entry = {
    .name = "sha1sum",
    .usage = "[FILE]...",
    .help = "Print or check SHA1 (160-bit) checksums.\n" SUMS_HELP,
    .main = cmd_sums,
    .opts = sums_opts,
};

const struct cmd cmd_sha224sum_entry = {
    .name = "sha224sum",
    .usage = "[FILE]...",
    .help = "Print or check SHA224 (224-bit) checksums.\n" SUMS_HELP,
    .main = cmd_sums,
    .opts = sums_opts,
};

const struct cmd cmd_sha256sum_entry = {
    .name = "sha256sum",
    .usage = "[FILE]...",
    .help = "Print or check SHA256 (256-bit) checksums.\n" SUMS_HELP,
    .main = cmd_sums,
    .opts = sums_opts,
};

const struct cmd cmd_sha384sum_entry = {
    .name = "sha384sum",
    .usage = "[FILE]...",
    .help = "Print or check SHA384 (384-bit) checksums.\n" SUMS_HELP,
    .main = cmd_sums,
    .opts = sums_opts,
};

const struct cmd cmd_sha512sum_entry = {
    .name = "sha512sum",
    .usage = "[FILE]...",
    .help = "Print or check SHA512 (512-bit) checksums.\n" SUMS_HELP,
    .main = cmd_sums,
    .opts = sums_opts,
};

const struct cmd cmd_b2sum_entry = {
    .name = "b2sum",
    .usage = "[FILE]...",
    .help =
        "Print or check BLAKE2b (512-bit) checksums.\n" SUMS_HELP "\n"
        "  -l, --length=BITS     length of the digest: a multiple of 8, at most 512\n",
    .main = cmd_sums,
    .opts = sums_opts_length,
};

/* What the entry that runs makes. */
static struct sums sums_of_self(void)
{
    static const struct {
        const struct cmd *entry;
        const char *tag;
        enum digest_kind kind;
    } kinds[] = {
        {&cmd_md5sum_entry, "MD5", DIGEST_MD5},
        {&cmd_sha1sum_entry, "SHA1", DIGEST_SHA1},
        {&cmd_sha224sum_entry, "SHA224", DIGEST_SHA224},
        {&cmd_sha256sum_entry, "SHA256", DIGEST_SHA256},
        {&cmd_sha384sum_entry, "SHA384", DIGEST_SHA384},
        {&cmd_sha512sum_entry, "SHA512", DIGEST_SHA512},
        {&cmd_b2sum_entry, "BLAKE2b", DIGEST_BLAKE2B},
    };
    size_t i = 0;
    while (i + 1 < COUNT_OF(kinds) && kinds[i].entry != cmd_self())
        i++;
    return (struct sums){.kind = kinds[i].kind, .tag = kinds[i].tag, .end = '\n'};
}

void sums_read(struct in *in, enum digest_kind kind, size_t size, unsigned char *result)
{
    struct digest d;
    struct span block;
    digest_init(&d, kind, size);
    while (in_block(in, &block)) {
        digest_add(&d, block.ptr, block.len);
        sys_ticks((unsigned)(block.len / 1024) + 1);
    }
    digest_end(&d, result);
}

void sums_put_escaped(const char *name)
{
    for (; *name; name++)
        switch (*name) {
        case '\\': out_str("\\\\"); break;
        case '\n': out_str("\\n"); break;
        case '\r': out_str("\\r"); break;
        default: out_char(*name);
        }
}

static void sums_put_name(const char *name, bool escaped)
{
    if (escaped)
        sums_put_escaped(name);
    else
        out_str(name);
}

static void sums_put_line(const struct sums *s, const char *name,
                          const unsigned char *digest)
{
    bool escaped = s->end && name[strcspn(name, "\\\n\r")];
    if (escaped)
        out_char('\\');
    if (s->tagged) {
        out_str(s->tag);
        if (s->size != digest_size(s->kind))
            outf("-%u", (unsigned)s->size * 8);
        out_str(" (");
        sums_put_name(name, escaped);
        out_str(") = ");
    }
    for (size_t i = 0; i < s->size; i++) {
        out_char("0123456789abcdef"[digest[i] >> 4]);
        out_char("0123456789abcdef"[digest[i] & 15]);
    }
    if (!s->tagged) {
        out_str(s->binary ? " *" : "  ");
        sums_put_name(name, escaped);
    }
    out_char(s->end);
}

static int sums_write(const struct sums *s, char **names)
{
    struct in in;
    struct in_files files = in_files_make(names);
    while (in_next_file(&files, &in)) {
        unsigned char digest[DIGEST_MAX];
        sums_read(&in, s->kind, s->size, digest);
        if (!in.err)
            sums_put_line(s, files.name, digest);
    }
    return files.status;
}

/* -l: bits. */
static void sums_read_length(struct sums *s, const char *text)
{
    uint64_t bits = 0;
    const char *rest = "";
    int err =
        char_is_digit(*text) || *text == ' ' ? num_to_u64(text, &bits, &rest) : -EINVAL;
    if (err == -ERANGE && !*rest) {
        msg_errno(EOVERFLOW, "invalid length: %s", quoted(text));
        cmd_exit(1);
    }
    if (err || *rest || bits > 512 || bits % 8)
        msg("invalid length: %s", quoted(text));
    if (!err && !*rest && bits > 512)
        msg("maximum digest length for %s is %d bits", quoted(s->tag), 512);
    else if (!err && !*rest && bits % 8)
        msg("length is not a multiple of 8");
    if (err || *rest || bits > 512 || bits % 8)
        cmd_exit(1);
    s->size = bits ? (size_t)bits / 8 : digest_size(s->kind);
}

static bool sums_read_option(struct sums *s, int letter, const char *arg,
                             bool *mode_given)
{
    switch (letter) {
    case 'b':
    case 't':
        *mode_given = true;
        s->binary = letter == 'b';
        break;
    case 'c': s->check = true; break;
    case 'l': sums_read_length(s, arg); break;
    case 'z': s->end = '\0'; break;
    case 'w':
    case SUMS_QUIET:
    case SUMS_STATUS: // the last one holds
        s->warn = letter == 'w';
        s->quiet = letter == SUMS_QUIET;
        s->silent = letter == SUMS_STATUS;
        break;
    case SUMS_TAG: s->tagged = s->binary = true; break;
    case SUMS_IGNORE_MISSING: s->ignore_missing = true; break;
    case SUMS_STRICT: s->strict = true; break;
    default: return false;
    }
    return true;
}

/* What is wrong with the options together, or NULL. */
static const char *sums_find_conflict(const struct sums *s, bool mode_given)
{
    if (s->tagged && !s->binary)
        return "--tag does not support --text mode";
    if (!s->end && s->check)
        return "the --zero option is not supported when verifying checksums";
    if (s->tagged && s->check)
        return "the --tag option is meaningless when verifying checksums";
    if (mode_given && s->check)
        return "the --binary and --text options are meaningless when verifying checksums";
    if (s->check)
        return NULL;
    if (s->ignore_missing)
        return "the --ignore-missing option is meaningful only when verifying checksums";
    if (s->silent)
        return "the --status option is meaningful only when verifying checksums";
    if (s->warn)
        return "the --warn option is meaningful only when verifying checksums";
    if (s->quiet)
        return "the --quiet option is meaningful only when verifying checksums";
    if (s->strict)
        return "the --strict option is meaningful only when verifying checksums";
    return NULL;
}

int cmd_sums(int argc, char **argv)
{
    struct sums s = sums_of_self();
    bool mode_given = false;
    s.size = digest_size(s.kind);
    struct opts o = opts_begin(cmd_self(), argc, argv);
    for (int letter; (letter = opts_next(&o)) != OPTS_END;)
        if (!sums_read_option(&s, letter, o.arg, &mode_given))
            return 1;
    const char *conflict = sums_find_conflict(&s, mode_given);
    if (conflict)
        return msg_usage("%s", conflict);
    if (!s.check)
        return sums_write(&s, o.operands);
    int status = 0, reversed = -1;
    if (!*o.operands)
        return !sums_check(&s, "-", &reversed);
    for (char **list = o.operands; *list; list++)
        if (!sums_check(&s, *list, &reversed))
            status = 1;
    return status;
}
