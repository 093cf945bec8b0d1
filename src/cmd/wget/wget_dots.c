/* wget_dots.c: a line of fifty dots for every 50 KB. */
#include "base/num.h"
#include "cmd/wget/wget.h"
#include "sys.h"

enum { WGET_DOT = 1024, WGET_DOTS = 50, WGET_SPACING = 10 };

static int64_t wget_dots_now(void) { return sys_clock(SYS_CLOCK_MONOTONIC); }

void wget_dots_begin(const struct wget *w, struct wget_dots *d, int64_t total)
{
    int64_t now = wget_dots_now();
    *d = (struct wget_dots){.total = total, .start_ns = now, .row_ns = now};
    wget_say(w, WGET_VERBOSE, "\n%6dK", 0);
}

/* The seconds of a time as "0s", "0.001s", "2m 3s". */
static void wget_dots_add_time(struct buf *b, double seconds)
{
    if (seconds < 0.0005) {
        buf_add_str(b, "0s");
    } else if (seconds < 60) {
        struct buf n = buf_make(sys_heap());
        num_add_double(&n, 'g', 0, 0, seconds < 1 ? 1 : 2, seconds);
        buf_addf(b, "%ss", buf_str(&n));
        buf_fini(&n);
    } else {
        buf_addf(b, "%lldm%llds", (long long)seconds / 60, (long long)seconds % 60);
    }
}

/* Percent, speed and time behind a line of dots. */
static void wget_dots_stats(const struct wget *w, struct wget_dots *d, int64_t bytes,
                            bool last)
{
    int64_t now = wget_dots_now();
    char speed[WGET_TIME_LEN];
    int64_t row_bytes = bytes - d->rows * WGET_DOT * WGET_DOTS;
    wget_speed(speed, row_bytes, now - d->row_ns, true);
    struct buf b = buf_make(sys_heap());
    if (d->total > 0)
        buf_addf(&b, "%3lld%%", (long long)((double)bytes * 100 / (double)d->total));
    buf_addf(&b, " %s%s", speed, last ? "=" : " ");
    double spent = (double)(now - d->start_ns) / 1e9;
    double left = bytes > 0 ? spent * (double)(d->total - bytes) / (double)bytes : 0;
    if (last || d->total > 0)
        wget_dots_add_time(&b, last ? spent : left);
    wget_say(w, WGET_VERBOSE, "%s", buf_str(&b));
    buf_fini(&b);
    d->row_ns = now;
}

void wget_dots_add(const struct wget *w, struct wget_dots *d, int64_t bytes)
{
    d->bytes += bytes;
    if (w->level < WGET_VERBOSE)
        return;
    struct buf b = buf_make(sys_heap());
    int64_t row_bytes = WGET_DOT * WGET_DOTS;
    while (d->bytes - d->rows * row_bytes >= (d->dots + 1) * WGET_DOT) {
        buf_add_str(&b, d->dots % WGET_SPACING ? "." : " .");
        if (++d->dots < WGET_DOTS)
            continue;
        wget_say(w, WGET_VERBOSE, "%s", buf_str(&b));
        buf_clear(&b);
        wget_dots_stats(w, d, (d->rows + 1) * row_bytes, false);
        d->dots = 0;
        d->rows++;
        wget_say(w, WGET_VERBOSE, "\n%6lldK", (long long)(d->rows * WGET_DOTS));
    }
    wget_say(w, WGET_VERBOSE, "%s", buf_str(&b));
    buf_fini(&b);
}

void wget_dots_end(const struct wget *w, struct wget_dots *d)
{
    for (int i = d->dots; i < WGET_DOTS; i++)
        wget_say(w, WGET_VERBOSE, i % WGET_SPACING ? " " : "  ");
    wget_dots_stats(w, d, d->bytes, true);
    wget_say(w, WGET_VERBOSE, "\n\n");
}
