/* wget_save.c: the file that a download becomes. */
#include <errno.h>

#include "base/str.h"
#include "cmd/wget/wget_fetch.h"
#include "sys.h"
#include "user/errtext.h"
#include "user/httpdate.h"
#include "user/out.h"

enum { WGET_BLOCK = 65536 };

static int64_t wget_now(void) { return sys_clock(SYS_CLOCK_MONOTONIC); }

/* ---- The file --------------------------------------------------------------------- */

/* Makes a folder and those above it. */
static void wget_make_folders(const char *path)
{
    size_t len = strspn(path, "/");
    while (path[len]) {
        len += strcspn(path + len, "/");
        char *folder = sys_strdup(path);
        folder[len] = '\0';
        int err = sys_mkdir(folder, 0777);
        (void)err; // it is there, or opening fails
        sys_free(folder);
        len += strspn(path + len, "/");
    }
}

/* Opens the file for what comes. false: after a message. */
static bool wget_open_file(struct wget_fetch *f, bool append)
{
    struct wget *w = f->w;
    if (w->out_fd >= 0) {
        f->out = w->out_fd;
        return true;
    }
    if (w->prefix)
        wget_make_folders(w->prefix);
    unsigned flags = SYS_WRONLY | SYS_CREAT | SYS_CLOEXEC;
    f->out = sys_open(f->name, flags | (append ? SYS_APPEND : SYS_TRUNC), 0666);
    if (f->out >= 0)
        return true;
    wget_say(w, WGET_BRIEF, "%s: %s\n\nCannot write to ‘%s’ (%s).\n", f->name,
             errtext(f->out), f->name, errtext(f->out));
    wget_note(w, WGET_ERR_FILE);
    return false;
}

static void wget_close_file(struct wget_fetch *f)
{
    int64_t moment;
    const char *field = httphead_find(&f->head, "Last-Modified");
    if (f->out >= 0 && field && !f->w->no_mtime && f->out != 1 &&
        httpdate_parse(field, &moment)) {
        int err = sys_futimes(f->out, SYS_TIME_OMIT, moment * WGET_SECOND);
        (void)err; // no more than a convenience
    }
    if (f->out >= 0 && f->out != f->w->out_fd)
        sys_close(f->out);
    f->out = -1;
}

/* "Length: 13 [text/plain]", "160000 (156K)". */
void wget_say_length(const struct wget_fetch *f, int64_t start)
{
    const struct wget *w = f->w;
    const char *type = httphead_find(&f->head, "Content-Type");
    struct buf b = buf_make(sys_heap());
    int64_t total = f->info.length < 0 ? -1 : f->info.length + start;
    if (total < 0)
        buf_add_str(&b, "unspecified");
    else
        buf_addf(&b, "%lld", (long long)total);
    char human[WGET_TIME_LEN];
    if (total >= 1024) {
        wget_size(human, total);
        buf_addf(&b, " (%s)", human);
    }
    if (start && total >= 0) {
        buf_addf(&b, ", %lld", (long long)f->info.length);
        if (f->info.length >= 1024) {
            wget_size(human, f->info.length);
            buf_addf(&b, " (%s)", human);
        }
        buf_add_str(&b, " remaining");
    }
    if (type)
        buf_addf(&b, " [%.*s]", (int)strcspn(type, "; "), type);
    wget_say(w, WGET_VERBOSE, "Length: %s\n", buf_str(&b));
    buf_fini(&b);
}

/* ---- The body --------------------------------------------------------------------- */

/* Reads all of the body into the file. skip: bytes that are there already. Gives what was
 * read; f->error tells how it ended. -1: it could not be written. */
static int64_t wget_read_body(struct wget_fetch *f, int64_t skip, struct wget_dots *dots)
{
    char *block = sys_alloc(WGET_BLOCK);
    int64_t got = 0, n = 0, begin = wget_now();
    while (!f->error) {
        if (!wget_wait(f)) {
            f->error = WGET_OPERATION_TIMED_OUT;
            break;
        }
        n = sys_read(f->fd, block, WGET_BLOCK);
        if (n == -EINTR)
            continue;
        if (n <= 0)
            break;
        int64_t past = int64_min(int64_max(skip - got, 0), n);
        int err = out_write_all(f->out, block + past, (size_t)(n - past));
        if (err) {
            wget_say(f->w, WGET_BRIEF, "\nCannot write to ‘%s’ (%s).\n",
                     f->name ? f->name : f->w->output, errtext(err));
            wget_note(f->w, WGET_ERR_FILE);
            sys_free(block);
            return -1;
        }
        got += n;
        wget_dots_add(f->w, dots, n);
        if (f->w->limit_rate) {
            double seconds = (double)got / (double)f->w->limit_rate;
            int stopped = sys_sleep_until(begin + (int64_t)(seconds * 1e9));
            (void)stopped; // a signal only makes it earlier
        }
    }
    sys_free(block);
    if (n < 0 && !f->error) {
        int err = sys_http_info(f->fd, &f->info);
        f->error = err || !f->info.error ? WGET_PARTIAL : f->info.error;
    }
    return got;
}

static void wget_say_saved(const struct wget_fetch *f, int64_t bytes, int64_t total,
                           int64_t ns)
{
    struct wget *w = f->w;
    char time[WGET_TIME_LEN], speed[WGET_TIME_LEN];
    struct buf size = buf_make(sys_heap());
    wget_time(time);
    wget_speed(speed, bytes - f->start, ns, false);
    buf_addf(&size, total >= 0 ? "[%lld/%lld]" : "[%lld]", (long long)bytes,
             (long long)total);
    if (w->output && str_eq(w->output, "-"))
        wget_say(w, WGET_VERBOSE, "%s (%s) - written to stdout %s\n\n", time, speed,
                 buf_str(&size));
    else
        wget_say(w, WGET_VERBOSE, "%s (%s) - ‘%s’ saved %s\n\n", time, speed,
                 f->name ? f->name : w->output, buf_str(&size));
    if (w->level == WGET_BRIEF)
        wget_say(w, WGET_BRIEF, "%s URL:%s %s -> \"%s\" [%lld]\n", time, f->text,
                 buf_str(&size), f->name ? f->name : w->output, (long long)f->try);
    buf_fini(&size);
}

/* The connection has ended before the body did. */
static enum wget_end wget_cut_short(struct wget_fetch *f, int64_t bytes, int64_t total,
                                    int64_t ns)
{
    char time[WGET_TIME_LEN], speed[WGET_TIME_LEN];
    wget_time(time);
    wget_speed(speed, bytes - f->start, ns, false);
    wget_say(f->w, WGET_VERBOSE, "%s (%s) - ", time, speed);
    if (f->error == WGET_PARTIAL)
        wget_say(f->w, WGET_VERBOSE, "Connection closed at byte %lld. ",
                 (long long)bytes);
    else if (total >= 0)
        wget_say(f->w, WGET_VERBOSE, "Read error at byte %lld/%lld (%s). ",
                 (long long)bytes, (long long)total,
                 f->error == WGET_OPERATION_TIMED_OUT ? "Connection timed out"
                                                      : wget_reason(f));
    else
        wget_say(f->w, WGET_VERBOSE, "Read error at byte %lld (%s).", (long long)bytes,
                 wget_reason(f));
    f->start = bytes;
    return wget_again(f);
}

enum wget_end wget_save(struct wget_fetch *f)
{
    struct wget *w = f->w;
    bool partial = f->head.status == 206;
    int64_t have = f->start, start = partial ? f->start : 0;
    if (f->info.length >= 0 && !partial && have && have >= f->info.length) {
        wget_say(w, WGET_VERBOSE,
                 "\n    The file is already fully retrieved; nothing to do.\n\n");
        return WGET_OVER;
    }
    wget_say_length(f, start);
    if (w->output && str_eq(w->output, "-"))
        wget_say(w, WGET_VERBOSE, "Saving to: ‘STDOUT’\n");
    else
        wget_say(w, WGET_VERBOSE, "Saving to: ‘%s’\n", f->name ? f->name : w->output);
    if (f->out < 0 && !wget_open_file(f, have > 0))
        return WGET_OVER;
    int64_t total = f->info.length < 0 ? -1 : f->info.length + start;
    struct wget_dots dots;
    int64_t begin = wget_now();
    wget_dots_begin(w, &dots, total);
    int64_t got = wget_read_body(f, have - start, &dots);
    int64_t ns = wget_now() - begin, bytes = start + got;
    if (got < 0)
        return WGET_OVER;
    wget_dots_end(w, &dots);
    if (f->error)
        return wget_cut_short(f, int64_max(bytes, have), total, ns);
    f->start = start;
    wget_say_saved(f, bytes, total, ns);
    wget_close_file(f);
    w->files++;
    w->bytes += got;
    w->ns += ns;
    return WGET_OVER;
}
