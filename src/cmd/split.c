/* split.c: cut a file into pieces. Imitates GNU coreutils split. */
#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/str.h"
#include "base/vec.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/env.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/run.h"
#include "user/scan.h"
#include "user/size.h"

int cmd_split(int argc, char **argv);

enum { SPLIT_SUFFIX = 256, SPLIT_NUMERIC, SPLIT_HEX, SPLIT_FILTER, SPLIT_VERBOSE };

static const struct opt split_opts[] = {
    {"bytes", 'b', OPT_ARG},
    {"lines", 'l', OPT_ARG},
    {"line-bytes", 'C', OPT_ARG},
    {"number", 'n', OPT_ARG},
    {"elide-empty-files", 'e', OPT_PLAIN},
    {"unbuffered", 'u', OPT_PLAIN},
    {"suffix-length", 'a', OPT_ARG},
    {"additional-suffix", SPLIT_SUFFIX, OPT_ARG},
    {"numeric-suffixes", SPLIT_NUMERIC, OPT_MAYBE},
    {"hex-suffixes", SPLIT_HEX, OPT_MAYBE},
    {"filter", SPLIT_FILTER, OPT_ARG},
    {"verbose", SPLIT_VERBOSE, OPT_PLAIN},
    {"separator", 't', OPT_ARG},
    {NULL, 'd', OPT_PLAIN},
    {NULL, 'x', OPT_PLAIN},
    {0},
};

const struct cmd cmd_split_entry = {
    .name = "split",
    .usage = "[FILE [PREFIX]]",
    .help =
        "Write pieces of FILE to PREFIXaa, PREFIXab, ...; by default 1000 lines each, PREFIX x.\n"
        "\n"
        "  -a, --suffix-length=N    length of the suffixes (default 2)\n"
        "      --additional-suffix=SUFFIX  behind them\n"
        "  -b, --bytes=SIZE         SIZE bytes each\n"
        "  -C, --line-bytes=SIZE    at most SIZE bytes of whole lines each\n"
        "  -d, --numeric-suffixes[=FROM]  digits, from 0\n"
        "  -x, --hex-suffixes[=FROM]      hexadecimal digits, from 0\n"
        "  -e, --elide-empty-files  no empty files with -n\n"
        "      --filter=COMMAND     write to COMMAND; the file's name is in $FILE\n"
        "  -l, --lines=N            N lines each\n"
        "  -n, --number=CHUNKS      N files; K/N only the Kth, to standard output;\n"
        "                           l/N, l/K/N without splitting lines; r/N, r/K/N by turns\n"
        "  -t, --separator=SEP      lines end in SEP; '\\0' is NUL\n"
        "  -u, --unbuffered         with -n r/..., write at once\n"
        "      --verbose            say which files are made\n",
    .main = cmd_split,
    .opts = split_opts,
    .opts_flags = OPTS_DIGITS,
};

enum split_by {
    SPLIT_UNSET,
    SPLIT_BYTES,
    SPLIT_LINES,
    SPLIT_LINE_BYTES,
    SPLIT_CHUNKS,
    SPLIT_LINE_CHUNKS,
    SPLIT_TURNS
};

/* The piece that is being written. */
struct split_piece {
    struct out out;
    int pid; // of the filter
    bool open;
};

struct split {
    enum split_by by;
    uint64_t size;   // bytes, lines, or chunks
    uint64_t wanted; // only this chunk; 0: all
    const char *prefix, *suffix, *filter, *alphabet, *start;
    size_t suffix_len;
    bool suffix_len_given, elide, unbuffered, verbose, grows;
    int separator;
    const char *input;
    struct in in;

    char *name;       // of the next piece
    size_t suffix_at; // in name
    unsigned *digits; // of the suffix
    size_t grown;     // those in front that stay
    struct split_piece piece;
};

static void split_fail(const char *format, const char *text, int err)
{
    char whole[64];
    memcpy(whole, format, strlen(format) + 1);
    if (err)
        msg_errno(err, whole, quoted(text));
    else
        msg(whole, quoted(text));
    cmd_exit(1);
}

/* ---- Names ------------------------------------------------------------------------ */

static size_t split_base(const struct split *s) { return strlen(s->alphabet); }

/* Makes the name and the digits for the suffix length; start gives the last digits. */
static void split_make_name(struct split *s)
{
    size_t prefix = strlen(s->prefix), extra = strlen(s->suffix);
    s->suffix_at = prefix;
    s->name = sys_resize(s->name, prefix + s->suffix_len + extra + 1);
    memcpy(s->name, s->prefix, prefix);
    memcpy(s->name + prefix + s->suffix_len, s->suffix, extra + 1);
}

static void split_first_name(struct split *s)
{
    s->digits = sys_alloc_zero((s->suffix_len + 1) * sizeof *s->digits);
    size_t len = s->start ? strlen(s->start) : 0;
    for (size_t i = 0; i < len && i < s->suffix_len; i++)
        s->digits[s->suffix_len - 1 - i] =
            (unsigned)(strchr(s->alphabet, s->start[len - 1 - i]) - s->alphabet);
}

/* Where the suffixes may grow, a z in front stays and one digit more follows: ... yz,
 * zaaa, ... zyzz, zzaaaa. */
static void split_grow(struct split *s)
{
    s->suffix_len += 2;
    s->digits = sys_resize(s->digits, (s->suffix_len + 1) * sizeof *s->digits);
    s->grown++;
    for (size_t i = s->grown; i < s->suffix_len; i++)
        s->digits[i] = 0;
}

static void split_next_name(struct split *s)
{
    unsigned base = (unsigned)split_base(s);
    if (!s->digits) {
        split_first_name(s);
    } else {
        size_t i = s->suffix_len;
        while (i && ++s->digits[i - 1] == base)
            s->digits[--i] = 0;
        if (!i) {
            msg("output file suffixes exhausted");
            cmd_exit(1);
        }
        if (s->grows && i == s->grown + 1 && s->digits[s->grown] == base - 1)
            split_grow(s);
    }
    split_make_name(s);
    for (size_t i = 0; i < s->suffix_len; i++)
        s->name[s->suffix_at + i] = s->alphabet[s->digits[i]];
}

/* ---- Pieces ----------------------------------------------------------------------- */

static bool split_is_input(const struct split *s, const char *name)
{
    struct sys_stat in, st;
    return !sys_fstat(s->in.fd, &in) && !sys_stat(name, &st) && in.ino == st.ino &&
           in.dev == st.dev && (in.mode & SYS_IFMT) == SYS_IFREG;
}

static void split_start_filter(struct split *s, struct split_piece *p)
{
    const char *shell = env_get("SHELL");
    char *args[] = {(char *)(uintptr_t)(shell ? shell : "/bin/sh"), "-c",
                    (char *)(uintptr_t)s->filter, NULL};
    struct strlist env = env_list_copy();
    struct sys_start start = {.place = SYS_RUN_LOCAL};
    int fds[2];
    env_list_set(&env, "FILE", s->name);
    int err = sys_pipe(fds, SYS_CLOEXEC), saved = err ? err : sys_dup(0, 3, SYS_CLOEXEC);
    if (!err)
        err = sys_dup_to(fds[0], 0, 0);
    if (err >= 0)
        p->pid = run_start(args, strlist_argv(&env), &start);
    if (saved >= 0) {
        int back = sys_dup_to(saved, 0, 0);
        (void)back;
        sys_close(saved);
    }
    if (err < 0 || p->pid < 0) {
        msg_errno(err < 0 ? err : p->pid, "failed to run command: \"%s -c %s\"", args[0],
                  s->filter);
        cmd_exit(1);
    }
    sys_close(fds[0]);
    strlist_fini(&env);
    p->out = out_make(fds[1]);
}

static void split_open_piece(struct split *s, struct split_piece *p)
{
    split_next_name(s);
    *p = (struct split_piece){.open = true};
    if (s->verbose)
        outf(s->filter ? "executing with FILE=%s\n" : "creating file %s\n",
             quoted_path(s->name));
    if (s->filter) {
        split_start_filter(s, p);
        return;
    }
    if (split_is_input(s, s->name)) {
        msg("%s would overwrite input; aborting", quoted_path(s->name));
        cmd_exit(1);
    }
    int fd = sys_open(s->name, SYS_WRONLY | SYS_CREAT | SYS_TRUNC | SYS_CLOEXEC, 0666);
    if (fd < 0) {
        msg_errno(fd, "%s", quoted_file(s->name));
        cmd_exit(1);
    }
    p->out = out_make(fd);
}

static void split_close_piece(struct split *s, struct split_piece *p)
{
    if (!p->open)
        return;
    p->open = false;
    int err = out_close(&p->out);
    if (err && !(err == -EPIPE && s->filter)) {
        msg_errno(err, "%s", quoted_file(s->name));
        cmd_exit(1);
    }
    struct sys_ended ended = {0};
    if (!p->pid)
        return;
    if (sys_wait(p->pid, 0, &ended) > 0 && ended.status && ended.signal != SYS_SIGPIPE) {
        msg("with FILE=%s, exit %d from command: %s", s->name, ended.status, s->filter);
        cmd_exit(ended.status);
    }
}

/* Adds to the piece; `fresh`: to the next one. */
static void split_put(struct split *s, struct span bytes, bool fresh)
{
    if (fresh || !s->piece.open) {
        split_close_piece(s, &s->piece);
        split_open_piece(s, &s->piece);
    }
    out_add_span(&s->piece.out, bytes);
}

/* ---- By bytes and lines ----------------------------------------------------------- */

static void split_by_bytes(struct split *s)
{
    struct span block;
    uint64_t left = 0;
    while (in_block(&s->in, &block))
        while (block.len) {
            bool fresh = !left;
            if (fresh)
                left = s->size;
            size_t n = block.len < left ? block.len : (size_t)left;
            split_put(s, span_make(block.ptr, n), fresh);
            left -= n;
            block = span_from(block, n);
        }
}

static void split_by_lines(struct split *s)
{
    struct span block;
    uint64_t left = 0;
    while (in_block(&s->in, &block))
        while (block.len) {
            uint64_t found;
            bool fresh = !left;
            if (fresh)
                left = s->size;
            size_t n = scan_skip(block, (char)s->separator, left, &found);
            split_put(s, span_make(block.ptr, n), fresh);
            left -= found;
            block = span_from(block, n);
        }
}

/* Whole lines up to a size; a line that is longer is cut. */
static void split_by_line_bytes(struct split *s)
{
    struct span line;
    uint64_t used = s->size; // of the piece
    while (in_line(&s->in, (char)s->separator, &line)) {
        bool fresh = used + line.len > s->size;
        if (fresh)
            used = 0;
        while (line.len) {
            size_t n = line.len < s->size - used ? line.len : (size_t)(s->size - used);
            split_put(s, span_make(line.ptr, n), fresh);
            used += n;
            line = span_from(line, n);
            fresh = line.len != 0;
            if (fresh)
                used = 0;
        }
    }
}

/* ---- Chunks ----------------------------------------------------------------------- */

/* The size of what is to be split, from where standard input stands. */
static uint64_t split_input_size(struct split *s)
{
    struct sys_stat st;
    int err = sys_fstat(s->in.fd, &st);
    int64_t at = err ? err : sys_seek(s->in.fd, 0, SYS_SEEK_CUR);
    if (at >= 0 && (st.mode & SYS_IFMT) == SYS_IFCHR && in_fill(&s->in) == 0)
        return 0; // /dev/null
    if (at < 0 || (st.mode & SYS_IFMT) != SYS_IFREG) {
        msg("%s: cannot determine file size", quoted_file(s->input));
        cmd_exit(1);
    }
    return st.size > at ? (uint64_t)(st.size - at) : 0;
}

/* Where chunk number (from 1) ends. */
static uint64_t split_chunk_end(const struct split *s, uint64_t size, uint64_t number)
{
    if (number == s->size)
        return size;
    uint64_t each = size / s->size, end;
    if (!each)
        each = 1;
    return __builtin_mul_overflow(each, number, &end) || end > size ? size : end;
}

static void split_put_chunk(struct split *s, struct span bytes, uint64_t number,
                            bool fresh)
{
    if (!s->wanted)
        split_put(s, bytes, fresh);
    else if (s->wanted == number)
        out_span(bytes);
}

static void split_empty_chunks(struct split *s, uint64_t from)
{
    for (uint64_t i = from; i <= s->size && !s->wanted && !s->elide; i++)
        split_put(s, span_make(NULL, 0), true);
}

static void split_by_chunks(struct split *s)
{
    uint64_t size = split_input_size(s), at = 0, number = 0, end = 0;
    struct span block;
    while (in_block(&s->in, &block))
        while (block.len) {
            bool fresh = at == end;
            while (at == end && number < s->size) {
                end = split_chunk_end(s, size, ++number);
                if (at == end && !s->elide && !s->wanted)
                    split_put(s, span_make(NULL, 0), true);
            }
            size_t n = at < end && block.len > end - at ? (size_t)(end - at) : block.len;
            split_put_chunk(s, span_make(block.ptr, n), number, fresh);
            at += n;
            block = span_from(block, n);
        }
    split_empty_chunks(s, number + 1);
}

/* A line belongs to the chunk in which it begins. */
static void split_by_line_chunks(struct split *s)
{
    uint64_t size = split_input_size(s), at = 0, number = 1;
    uint64_t end = split_chunk_end(s, size, 1);
    bool fresh = true;
    struct span line;
    while (in_line(&s->in, (char)s->separator, &line)) {
        while (at >= end && number < s->size) {
            if (fresh && !s->wanted && !s->elide)
                split_put(s, span_make(NULL, 0), true);
            end = split_chunk_end(s, size, ++number);
            fresh = true;
        }
        split_put_chunk(s, line, number, fresh);
        fresh = false;
        at += line.len;
    }
    split_empty_chunks(s, number + !fresh);
}

/* Lines by turns. All pieces are open at once. */
static void split_by_turns(struct split *s)
{
    struct split_piece *pieces = NULL;
    struct span line;
    uint64_t number = 0;
    if (!s->wanted) {
        pieces = sys_alloc_zero((size_t)s->size * sizeof *pieces);
        for (uint64_t i = 0; i < s->size && !s->elide; i++)
            split_open_piece(s, &pieces[i]);
    }
    for (; in_line(&s->in, (char)s->separator, &line); number = (number + 1) % s->size) {
        if (s->wanted) {
            if (number + 1 == s->wanted)
                out_span(line);
            continue;
        }
        if (!pieces[number].open)
            split_open_piece(s, &pieces[number]);
        out_add_span(&pieces[number].out, line);
        if (s->unbuffered)
            out_drain(&pieces[number].out);
    }
    for (uint64_t i = 0; pieces && i < s->size; i++)
        split_close_piece(s, &pieces[i]);
}

/* ---- Options ---------------------------------------------------------------------- */

static void split_set_by(struct split *s, enum split_by by)
{
    if (s->by != SPLIT_UNSET) {
        msg_usage("cannot split in more than one way");
        cmd_exit(1);
    }
    s->by = by;
}

static void split_set_size(struct split *s, enum split_by by, const char *text)
{
    const char *format =
        by == SPLIT_LINES ? "invalid number of lines: %s" : "invalid number of bytes: %s";
    split_set_by(s, by);
    int err = size_parse_of(text, by == SPLIT_LINES ? "" : "bkKmMGTPEZYRQ0", &s->size);
    if (err == -EINVAL)
        split_fail(format, text, 0);
    if (!s->size)
        split_fail(format, text, ERANGE);
}

static uint64_t split_read_chunk(const char *text, const char *format)
{
    uint64_t n;
    int err = size_parse_of(text, "", &n);
    if (err == -EINVAL)
        split_fail(format, text, 0);
    if (!n)
        split_fail(format, text, ERANGE);
    return n;
}

/* N, K/N, l/N, l/K/N, r/N, r/K/N */
static void split_set_chunks(struct split *s, const char *text)
{
    static const char bad_count[] = "invalid number of chunks: %s";
    static const char bad_number[] = "invalid chunk number: %s";
    enum split_by by = str_starts(text, "l/")   ? SPLIT_LINE_CHUNKS
                       : str_starts(text, "r/") ? SPLIT_TURNS
                                                : SPLIT_CHUNKS;
    split_set_by(s, by);
    if (by != SPLIT_CHUNKS)
        text += 2;
    const char *slash = strchr(text, '/');
    if (slash) {
        char *first = sys_strdup(text);
        first[slash - text] = '\0';
        s->size = split_read_chunk(slash + 1, bad_count);
        s->wanted = split_read_chunk(first, bad_number);
        if (s->wanted > s->size)
            split_fail(bad_number, first, ERANGE);
    } else {
        s->size = split_read_chunk(text, bad_count);
    }
}

static void split_set_separator(struct split *s, const char *text)
{
    if (!*text) {
        msg("empty record separator");
        cmd_exit(1);
    }
    int c = str_eq(text, "\\0") ? 0 : (unsigned char)*text;
    if (text[1] && c)
        split_fail("multi-character separator %s", text, 0);
    s->separator = c;
}

static void split_set_alphabet(struct split *s, const char *alphabet, const char *start)
{
    s->alphabet = alphabet;
    if (!start)
        return;
    if (!*start || start[strspn(start, alphabet)])
        split_fail("invalid start value for numerical suffix: %s", start, 0);
    s->start = start;
    s->grows = false;
}

static void split_set_suffix_len(struct split *s, const char *text)
{
    uint64_t n;
    if (size_parse_of(text, "", &n) || n > 1000)
        split_fail("invalid suffix length: %s", text, 0);
    s->suffix_len = (size_t)n;
    s->suffix_len_given = n != 0;
}

/* -N: lines. */
static void split_set_obsolete(struct split *s, const char *text)
{
    split_set_size(s, SPLIT_LINES, text);
}

static bool split_read_option(struct split *s, int c, const char *arg)
{
    switch (c) {
    case 'a': split_set_suffix_len(s, arg); return true;
    case 'b': split_set_size(s, SPLIT_BYTES, arg); return true;
    case 'C': split_set_size(s, SPLIT_LINE_BYTES, arg); return true;
    case 'l': split_set_size(s, SPLIT_LINES, arg); return true;
    case 'n': split_set_chunks(s, arg); return true;
    case 'd':
    case SPLIT_NUMERIC: split_set_alphabet(s, "0123456789", arg); return true;
    case 'x':
    case SPLIT_HEX: split_set_alphabet(s, "0123456789abcdef", arg); return true;
    case 'e': return s->elide = true;
    case 't': split_set_separator(s, arg); return true;
    case 'u': return s->unbuffered = true;
    case SPLIT_SUFFIX:
        if (strchr(arg, '/'))
            split_fail("invalid suffix %s, contains directory separator", arg, 0);
        s->suffix = arg;
        return true;
    case SPLIT_FILTER: s->filter = arg; return true;
    case SPLIT_VERBOSE: return s->verbose = true;
    case OPTS_NUMBER: split_set_obsolete(s, arg); return true;
    default: return false;
    }
}

/* The least suffix length for so many pieces. */
static void split_choose_suffix_len(struct split *s)
{
    bool counted = s->by >= SPLIT_CHUNKS;
    s->grows = !s->suffix_len_given && !counted && !s->start;
    size_t needed = s->start ? strlen(s->start) : 1;
    if (counted) {
        uint64_t start = 0;
        if (s->start)
            (void)!num_to_u64_base(s->start, (int)split_base(s), &start, NULL);
        uint64_t last = s->size - 1 + start;
        for (needed = 1; last >= split_base(s); needed++)
            last /= split_base(s);
    }
    if (!s->suffix_len_given)
        s->suffix_len = size_max(2, needed);
    else if (counted && s->suffix_len < needed && !s->wanted) {
        msg("the suffix length needs to be at least %zu", needed);
        cmd_exit(1);
    }
}

int cmd_split(int argc, char **argv)
{
    struct split s = {.size = 1000,
                      .suffix = "",
                      .alphabet = "abcdefghijklmnopqrstuvwxyz",
                      .separator = '\n',
                      .grows = true};
    struct opts o = opts_begin(&cmd_split_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;)
        if (c == OPTS_ERROR || !split_read_option(&s, c, o.arg))
            return 1;
    if (o.count > 2)
        return msg_usage("extra operand %s", quoted(o.operands[2]));
    if (s.wanted && s.filter)
        return msg_usage("--filter does not process a chunk extracted to stdout");
    split_choose_suffix_len(&s);
    s.input = o.count ? o.operands[0] : "-";
    s.prefix = o.count > 1 ? o.operands[1] : "x";
    int err = in_open(&s.in, s.input);
    if (err)
        return msg_errno(err, "cannot open %s for reading", quoted_path(s.input));
    if (s.filter) {
        err = sys_signal_set(SYS_SIGPIPE, SYS_IGNORE);
        (void)err;
    }
    switch (s.by) {
    case SPLIT_BYTES: split_by_bytes(&s); break;
    case SPLIT_LINE_BYTES: split_by_line_bytes(&s); break;
    case SPLIT_CHUNKS: split_by_chunks(&s); break;
    case SPLIT_LINE_CHUNKS: split_by_line_chunks(&s); break;
    case SPLIT_TURNS: split_by_turns(&s); break;
    default: split_by_lines(&s);
    }
    split_close_piece(&s, &s.piece);
    return s.in.err ? msg_errno(s.in.err, "%s", quoted_file(s.input)) : 0;
}
