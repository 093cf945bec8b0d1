/* tail.c: the last part of files, and what is added to them. Imitates GNU coreutils tail;
 * files are followed by looking at them again after each interval. */
#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/errtext.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"
#include "user/procs.h"
#include "user/scan.h"
#include "user/size.h"

int cmd_tail(int argc, char **argv);

enum { TAIL_PID = 256, TAIL_RETRY, TAIL_UNCHANGED };

static const struct opt tail_opts[] = {
    {"bytes", 'c', OPT_ARG},
    {"follow", 'f', OPT_MAYBE},
    {"lines", 'n', OPT_ARG},
    {"max-unchanged-stats", TAIL_UNCHANGED, OPT_ARG},
    {"pid", TAIL_PID, OPT_ARG},
    {"quiet", 'q', OPT_PLAIN},
    {"retry", TAIL_RETRY, OPT_PLAIN},
    {"silent", 'q', OPT_PLAIN},
    {"sleep-interval", 's', OPT_ARG},
    {"verbose", 'v', OPT_PLAIN},
    {"zero-terminated", 'z', OPT_PLAIN},
    {NULL, 'F', OPT_PLAIN},
    {0},
};

const struct cmd cmd_tail_entry = {
    .name = "tail",
    .usage = "[FILE]...",
    .help = "Write the last 10 lines of each FILE, with a header if there are several.\n"
            "\n"
            "  -c, --bytes=[+]NUM          the last NUM bytes; with +, from byte NUM on\n"
            "  -f, --follow[=name|descriptor]  write what is added to the file\n"
            "  -F                          as --follow=name --retry\n"
            "  -n, --lines=[+]NUM          the last NUM lines; with +, from line NUM on\n"
            "      --pid=PID               with -f, end after process PID has ended\n"
            "  -q, --quiet, --silent       no headers\n"
            "      --retry                 keep trying to open a file\n"
            "  -s, --sleep-interval=N      with -f, look every N seconds (default 1)\n"
            "  -v, --verbose               always headers\n"
            "  -z, --zero-terminated       lines end in NUL\n"
            "\n"
            "NUM may have a suffix: b 512, kB 1000, K 1024, MB, M, GB, G and so on.\n",
    .main = cmd_tail,
    .opts = tail_opts,
    .opts_flags = 0,
};

enum tail_follow { TAIL_ONCE, TAIL_DESCRIPTOR, TAIL_NAME };

struct tail_file {
    const char *name, *shown;
    int fd;             // -1: not open
    int err;            // why it is not, 0 at first
    bool ignore;        // for ever
    struct sys_stat st; // as last seen
    int64_t at;         // bytes shown, of a regular file
};

struct tail {
    uint64_t count;
    bool bytes, from_start, quiet, verbose, retry;
    enum tail_follow follow;
    char delimiter;
    double interval_s;
    int *pids;
    size_t pid_count;
    struct tail_file *files;
    size_t file_count;
    const struct tail_file *last; // whose header was written last
    bool any_header;
    int status;
};

/* ---- The last NUM of what cannot be sought in ------------------------------------- */

/* The place where the last count lines of s begin. A missing delimiter at the end
 * counts. */
static size_t tail_lines_start(const struct tail *t, struct span s)
{
    if (!t->count)
        return s.len;
    uint64_t count = t->count;
    bool complete = s.len && s.ptr[s.len - 1] == t->delimiter;
    uint64_t found;
    size_t at = scan_skip_back(s, t->delimiter, count + complete, &found);
    return found < count + complete ? 0 : at;
}

static size_t tail_start(const struct tail *t, struct span s)
{
    if (t->bytes)
        return s.len > t->count ? s.len - (size_t)t->count : 0;
    return tail_lines_start(t, s);
}

static void tail_stream(const struct tail *t, struct in *in)
{
    struct buf held = buf_make(sys_heap());
    size_t trim_at = 4 * OUT_MAX;
    struct span block;
    while (in_block(in, &block)) {
        buf_add_span(&held, block);
        if (held.len < trim_at)
            continue;
        size_t skip = tail_start(t, buf_span(&held));
        memmove(held.data, held.data + skip, held.len - skip);
        buf_cut(&held, held.len - skip);
        trim_at = 2 * held.len + 4 * OUT_MAX;
    }
    size_t skip = tail_start(t, buf_span(&held));
    out_span(span_from(buf_span(&held), skip));
    buf_fini(&held);
}

/* ---- From the NUMth on ------------------------------------------------------------ */

static void tail_rest(struct in *in)
{
    struct span block;
    while (in_block(in, &block))
        out_span(block);
}

static void tail_from_start(const struct tail *t, struct in *in)
{
    uint64_t skip = t->count ? t->count - 1 : 0, found;
    struct span block;
    if (t->bytes && skip && sys_seek(in->fd, 0, SYS_SEEK_CUR) >= 0 && skip <= INT64_MAX &&
        sys_seek(in->fd, (int64_t)skip, SYS_SEEK_CUR) >= 0)
        skip = 0;
    while (skip && in_block(in, &block)) {
        size_t n = size_min(block.len, skip > SIZE_MAX ? SIZE_MAX : (size_t)skip);
        if (t->bytes) {
            skip -= n;
        } else {
            n = scan_skip(block, t->delimiter, skip, &found);
            skip -= found;
        }
        in->pos -= block.len - n;
    }
    tail_rest(in);
}

/* ---- The last NUM of a file that can be sought in --------------------------------- */

/* Where in [from, end) the last count lines begin. */
static int64_t tail_find_lines(const struct tail *t, int fd, int64_t from, int64_t end)
{
    char *block = sys_alloc(OUT_MAX);
    uint64_t left = t->count;
    int64_t at = end, result = from;
    while (at > from && left) {
        int64_t start = int64_max(from, at - OUT_MAX);
        int64_t len = sys_pread(fd, block, (size_t)(at - start), start);
        if (len <= 0)
            break;
        struct span s = span_make(block, (size_t)len);
        if (at == end && s.ptr[s.len - 1] == t->delimiter)
            s.len--; // the end of the last line
        uint64_t found;
        size_t place = scan_skip_back(s, t->delimiter, left, &found);
        left -= found;
        if (!left)
            result = start + (int64_t)place;
        at = start;
        sys_tick();
    }
    sys_free(block);
    return t->count ? result : end;
}

static bool tail_seekable(const struct tail *t, struct in *in, const struct sys_stat *st)
{
    int64_t from = sys_seek(in->fd, 0, SYS_SEEK_CUR), at;
    if ((st->mode & SYS_IFMT) != SYS_IFREG || from < 0 || from >= st->size ||
        st->size < 4096)
        return false;
    if (t->bytes)
        at = (uint64_t)(st->size - from) > t->count ? st->size - (int64_t)t->count : from;
    else
        at = tail_find_lines(t, in->fd, from, st->size);
    if (sys_seek(in->fd, at, SYS_SEEK_SET) < 0)
        return false;
    tail_rest(in);
    return true;
}

/* ---- One file --------------------------------------------------------------------- */

static void tail_header(struct tail *t, const struct tail_file *f)
{
    t->last = f;
    if (!t->verbose)
        return;
    outf("%s==> %s <==\n", t->any_header ? "\n" : "", f->shown);
    t->any_header = true;
}

static bool tail_open(struct tail *t, struct tail_file *f)
{
    f->fd = str_eq(f->name, "-") ? 0 : sys_open(f->name, SYS_RDONLY | SYS_CLOEXEC, 0);
    if (f->fd >= 0)
        return true;
    f->err = f->fd;
    f->fd = -1;
    t->status = msg_errno(f->err, "cannot open %s for reading", quoted_path(f->shown));
    return false;
}

static void tail_forget(struct tail_file *f)
{
    if (f->fd > 0)
        sys_close(f->fd);
    f->fd = -1;
}

static void tail_show(struct tail *t, struct tail_file *f)
{
    if (!tail_open(t, f)) {
        f->ignore = !t->retry;
        return;
    }
    tail_header(t, f);
    struct in in = in_make(f->fd);
    in.is_stdin = true; // in_close leaves it open
    int err = sys_fstat(f->fd, &f->st);
    if (!err && t->from_start)
        tail_from_start(t, &in);
    else if (!err && !tail_seekable(t, &in, &f->st))
        tail_stream(t, &in);
    err = err ? err : in.err;
    in_close(&in);
    if (err) {
        t->status = msg_errno(err, "error reading %s", quoted_path(f->shown));
        if (t->follow && err == -EISDIR)
            msg("%s: cannot follow end of this type of file%s", quoted_file(f->shown),
                t->retry ? "" : "; giving up on this name");
        f->ignore = !(t->retry && t->follow == TAIL_NAME);
        f->err = err;
        tail_forget(f);
        return;
    }
    f->at = sys_seek(f->fd, 0, SYS_SEEK_CUR);
    if (!t->follow)
        tail_forget(f);
    else
        err = sys_fstat(f->fd, &f->st);
}

/* ---- Following -------------------------------------------------------------------- */

/* Shows what has come since. false: nothing. */
static bool tail_more(struct tail *t, struct tail_file *f)
{
    char *block = sys_alloc(OUT_MAX);
    bool any = false;
    int64_t len;
    while ((len = sys_read(f->fd, block, OUT_MAX)) > 0) {
        if (!any && t->last != f)
            tail_header(t, f);
        any = true;
        out_bytes(block, (size_t)len);
        f->at += len;
    }
    sys_free(block);
    if (len < 0 && len != -EAGAIN && len != -EINTR) {
        t->status = msg_errno((int)len, "error reading %s", quoted_path(f->shown));
        tail_forget(f);
        f->ignore = true;
    }
    return any;
}

/* Follows the name: the file may have gone, come, or be another one. */
static void tail_check_name(struct tail *t, struct tail_file *f)
{
    struct sys_stat st;
    if (t->follow != TAIL_NAME || str_eq(f->name, "-"))
        return;
    int fd = sys_open(f->name, SYS_RDONLY | SYS_CLOEXEC, 0);
    int err = fd < 0 ? fd : sys_fstat(fd, &st);
    if (!err && (st.mode & SYS_IFMT) == SYS_IFDIR)
        err = -EISDIR;
    if (err && fd >= 0)
        sys_close(fd);
    if (err) {
        if (f->fd >= 0) {
            msg("%s has become inaccessible: %s", quoted_path(f->shown), errtext(err));
            tail_forget(f);
            f->ignore = !t->retry;
        } else if (err != f->err) {
            msg_errno(err, "%s", quoted_file(f->shown));
        }
        f->err = err;
        return;
    }
    if (f->fd >= 0 && st.ino == f->st.ino && st.dev == f->st.dev) {
        sys_close(fd);
        return;
    }
    msg(f->fd >= 0 ? "%s has been replaced;  following new file"
                   : "%s has appeared;  following new file",
        quoted_path(f->shown));
    tail_forget(f);
    f->fd = fd;
    f->st = st;
    f->at = 0;
    f->err = 0;
}

static void tail_check_size(struct tail *t, struct tail_file *f)
{
    struct sys_stat st;
    (void)t;
    if (f->fd < 0 || sys_fstat(f->fd, &st) || (st.mode & SYS_IFMT) != SYS_IFREG)
        return;
    if (st.size < f->at) {
        msg("%s: file truncated", quoted_file(f->shown));
        f->at = sys_seek(f->fd, 0, SYS_SEEK_SET);
    }
    f->st = st;
}

static bool tail_any_left(const struct tail *t)
{
    for (size_t i = 0; i < t->file_count; i++)
        if (!t->files[i].ignore && (t->files[i].fd >= 0 || t->retry))
            return true;
    return false;
}

/* Whether the process has ended, even if its parent has not yet asked how. */
static bool tail_has_ended(int pid)
{
    struct proc p;
    if (sys_kill(pid, 0) == -ESRCH)
        return true;
    if (!procs_read_one(pid, &p))
        return false;
    bool ended = p.state == 'Z';
    sys_free(p.name);
    sys_free(p.args);
    return ended;
}

static bool tail_writers_gone(const struct tail *t)
{
    for (size_t i = 0; i < t->pid_count; i++)
        if (!tail_has_ended(t->pids[i]))
            return false;
    return t->pid_count > 0;
}

/* Waits for the interval, or until nobody reads our output. */
static void tail_wait(const struct tail *t)
{
    struct sys_pollfd out = {.fd = 1};
    int64_t ns = t->interval_s < 1e9 ? (int64_t)(t->interval_s * 1e9) : INT64_MAX / 2;
    if (sys_poll(&out, 1, ns) > 0 && (out.revents & (SYS_POLLERR | SYS_POLLHUP)))
        sys_exit_signal(SYS_SIGPIPE);
}

static void tail_follow(struct tail *t)
{
    for (;;) {
        bool gone = tail_writers_gone(t), any = false;
        for (struct tail_file *f = t->files; f < t->files + t->file_count; f++) {
            if (f->ignore)
                continue;
            tail_check_size(t, f);
            if (f->fd >= 0)
                any |= tail_more(t, f);
            tail_check_name(t, f);
        }
        out_flush();
        if (!tail_any_left(t)) {
            msg("no files remaining");
            t->status = 1;
            return;
        }
        if (gone && !any)
            return;
        if (!any)
            tail_wait(t);
    }
}

/* A pipe on standard input is read to its end, not followed. */
static bool tail_follows_something(struct tail *t)
{
    bool any = false, piped = false;
    for (struct tail_file *f = t->files; f < t->files + t->file_count; f++) {
        if (str_eq(f->name, "-") && f->fd == 0 && (f->st.mode & SYS_IFMT) == SYS_IFIFO)
            piped = f->ignore = true;
        else
            any |= !f->ignore;
    }
    if (!any && !piped)
        t->status = msg("no files remaining");
    return any;
}

/* ---- Options ---------------------------------------------------------------------- */

static void tail_set_count(struct tail *t, const char *text)
{
    t->from_start = *text == '+';
    const char *number = text + (*text == '-');
    const char *what = t->bytes ? "bytes" : "lines";
    int err = size_parse(number + t->from_start, &t->count);
    if (err == -EOVERFLOW)
        msg_errno(err, "invalid number of %s: %s", what, quoted(number));
    else if (err)
        msg("invalid number of %s: %s", what, quoted(number));
    if (err)
        cmd_exit(1);
}

static bool tail_add_pid(struct tail *t, const char *text)
{
    int pid;
    if (num_to_int(text, &pid) || pid < 0) {
        msg("invalid PID: %s", quoted(text));
        return false;
    }
    t->pids = sys_resize(t->pids, (t->pid_count + 1) * sizeof *t->pids);
    t->pids[t->pid_count++] = pid;
    return true;
}

static bool tail_set_interval(struct tail *t, const char *text)
{
    const char *rest;
    if (!num_to_double(text, &t->interval_s, &rest) && !*rest && t->interval_s >= 0)
        return true;
    msg("invalid number of seconds: %s", quoted(text));
    return false;
}

static bool tail_set_follow(struct tail *t, const char *text)
{
    static const char *const names[] = {"descriptor", "name", NULL};
    int i = text ? opts_match_arg("--follow", text, names, NULL) : 0;
    t->follow = i == 1 ? TAIL_NAME : TAIL_DESCRIPTOR;
    return i >= 0;
}

/* The obsolete form [-+]NUM[bcl][f], the first of at most two words. */
static bool tail_read_obsolete(struct tail *t, const char *word)
{
    bool plus = *word == '+';
    const char *p = word + 1;
    size_t digits = strspn(p, "0123456789");
    if ((*word != '-' && !plus) || (!digits && !strchr("bclf", *p)) || !*p)
        return false;
    uint64_t unit = 1;
    const char *q = p + digits;
    bool bytes = *q == 'c' || *q == 'b', follow;
    if (*q == 'b')
        unit = 512;
    if (*q && strchr("bcl", *q))
        q++;
    follow = *q == 'f';
    if (q[follow] || (!digits && !plus))
        return false;
    uint64_t n = 10;
    int err = digits ? num_to_u64(p, &n, NULL) : 0;
    if (err)
        return false;
    t->count = n * unit;
    t->bytes = bytes;
    t->from_start = plus;
    t->follow = follow ? TAIL_DESCRIPTOR : TAIL_ONCE;
    return true;
}

static int tail_read_options(struct tail *t, struct opts *o)
{
    for (int c; (c = opts_next(o)) != OPTS_END;) {
        bool good = true;
        switch (c) {
        case 'c':
        case 'n':
            t->bytes = c == 'c';
            tail_set_count(t, o->arg);
            break;
        case 'f': good = tail_set_follow(t, o->arg); break;
        case 'F':
            t->follow = TAIL_NAME;
            t->retry = true;
            break;
        case 'q': t->quiet = true, t->verbose = false; break;
        case 's': good = tail_set_interval(t, o->arg); break;
        case 'v': t->verbose = true, t->quiet = false; break;
        case 'z': t->delimiter = '\0'; break;
        case TAIL_PID: good = tail_add_pid(t, o->arg); break;
        case TAIL_RETRY: t->retry = true; break;
        case TAIL_UNCHANGED: {
            uint64_t n;
            if (size_parse_of(o->arg, "", &n)) {
                msg("invalid maximum number of unchanged stats between opens: %s",
                    quoted(o->arg));
                good = false;
            }
            break;
        }
        default: good = false;
        }
        if (!good)
            return 1;
    }
    return 0;
}

static void tail_set_files(struct tail *t, char **names, int count)
{
    char *input[] = {"-", NULL};
    if (!count) {
        names = input;
        count = 1;
    }
    t->file_count = (size_t)count;
    t->files = sys_alloc_zero(t->file_count * sizeof *t->files);
    for (int i = 0; i < count; i++)
        t->files[i] = (struct tail_file){.name = names[i],
                                         .shown = str_eq(names[i], "-") ? "standard input"
                                                                        : names[i],
                                         .fd = -1};
}

int cmd_tail(int argc, char **argv)
{
    struct tail t = {.count = 10, .delimiter = '\n', .interval_s = 1};
    struct opts o;
    if ((argc == 2 || (argc == 3 && (argv[2][0] != '-' || !argv[2][1]))) &&
        tail_read_obsolete(&t, argv[1])) {
        tail_set_files(&t, argv + 2, argc - 2);
    } else {
        o = opts_begin(&cmd_tail_entry, argc, argv);
        if (tail_read_options(&t, &o))
            return 1;
        tail_set_files(&t, o.operands, o.count);
    }
    if (t.retry && !t.follow)
        msg_warn("warning: --retry ignored; --retry is useful only when following");
    else if (t.retry && t.follow == TAIL_DESCRIPTOR)
        msg_warn("warning: --retry only effective for the initial open");
    if (t.pid_count && !t.follow)
        msg_warn("warning: PID ignored; --pid=PID is useful only when following");
    t.verbose |= t.file_count > 1 && !t.quiet;
    for (size_t i = 0; i < t.file_count; i++)
        tail_show(&t, &t.files[i]);
    if (t.follow && tail_follows_something(&t)) {
        out_flush();
        tail_follow(&t);
    }
    return t.status;
}
