/* progress.c: see progress.h. */
#include "cmd/curl/progress.h"

#include "base/fmt.h"
#include "user/msg.h"

enum { CURL_PROGRESS_NS = 1000000000, CURL_TIME_LEN = 16, CURL_BAR_WIDTH = 72 };

void curl_progress_begin(struct curl_progress *p, const struct curl_transfer *t)
{
    const struct curl_global *g = t->global;
    p->on = !g->silent && !g->no_meter && (t->out.path || !sys_isatty(1));
    p->bar = g->bar;
    p->shown_ns = sys_clock(SYS_CLOCK_MONOTONIC);
    if (!p->on || p->bar || p->began)
        return;
    p->began = true;
    msg_raw("  %% Total    %% Received %% Xferd  Average Speed   Time    Time     Time  "
            "Current\n"
            "                                 Dload  Upload   Total   Spent    Left  "
            "Speed\n");
}

/* A count of bytes in five columns: "12345", " 123k", "12.3M". */
static void curl_progress_size(char dst[CURL_TIME_LEN], int64_t n)
{
    static const char units[] = "kMGTP";
    if (n < 100000) {
        fmt_to(dst, CURL_TIME_LEN, "%5lld", (long long)n);
        return;
    }
    int64_t unit = 1024;
    size_t i = 0;
    while (n >= 10000 * unit && i + 2 < sizeof units) {
        unit *= 1024;
        i++;
    }
    if (i && n < 100 * unit)
        fmt_to(dst, CURL_TIME_LEN, "%2lld.%lld%c", (long long)(n / unit),
               (long long)(n % unit * 10 / unit), units[i]);
    else
        fmt_to(dst, CURL_TIME_LEN, "%4lld%c", (long long)(n / unit), units[i]);
}

static void curl_progress_time(char dst[CURL_TIME_LEN], int64_t seconds)
{
    long long s = seconds;
    if (s <= 0)
        fmt_to(dst, CURL_TIME_LEN, "--:--:--");
    else if (s < 100 * 3600)
        fmt_to(dst, CURL_TIME_LEN, "%2lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    else
        fmt_to(dst, CURL_TIME_LEN, "%3lldd %02lldh", s / 86400, s / 3600 % 24);
}

static int64_t curl_progress_percent(int64_t part, int64_t whole)
{
    return whole > 0 ? (int64_t)((double)part * 100 / (double)whole) : 0;
}

static void curl_progress_line(const struct curl_transfer *t, int64_t now)
{
    int64_t ns = int64_max(now - t->start_ns, 1);
    int64_t down_all = int64_max(t->info.length, 0), up_all = int64_max(t->source.len, 0);
    if (!down_all)
        down_all = t->down;
    int64_t down_speed = (int64_t)((double)t->down * 1e9 / (double)ns);
    int64_t up_speed = (int64_t)((double)t->up * 1e9 / (double)ns);
    int64_t all = down_all + up_all, speed = int64_max(down_speed, up_speed);
    int64_t needed = speed ? all / speed : 0;
    char text[6][CURL_TIME_LEN], times[3][CURL_TIME_LEN];
    const int64_t sizes[] = {all, t->down, t->up, down_speed, up_speed, speed};
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        curl_progress_size(text[i], sizes[i]);
    curl_progress_time(times[0], needed);
    curl_progress_time(times[1], ns / 1000000000);
    curl_progress_time(times[2], needed - ns / 1000000000);
    msg_raw("\r%3lld %s  %3lld %s  %3lld %s  %s %s %s %s %s %s",
            (long long)curl_progress_percent(t->down + t->up, all), text[0],
            (long long)curl_progress_percent(t->down, down_all), text[1],
            (long long)curl_progress_percent(t->up, up_all), text[2], text[3], text[4],
            times[0], times[1], times[2], text[5]);
}

/* -#: a bar that grows. */
static void curl_progress_bar(const struct curl_transfer *t)
{
    int64_t all = int64_max(t->info.length, 0) + int64_max(t->source.len, 0);
    if (all <= 0)
        return;
    double part = (double)(t->down + t->up) / (double)all;
    part = part > 1 ? 1 : part;
    struct buf b = buf_make(sys_heap());
    buf_add_repeated(&b, '#', (size_t)(part * CURL_BAR_WIDTH));
    int tenths = (int)(part * 1000);
    msg_raw("\r%-*s %3d.%d%%", CURL_BAR_WIDTH, buf_str(&b), tenths / 10, tenths % 10);
    buf_fini(&b);
}

static void curl_progress_show(const struct curl_progress *p,
                               const struct curl_transfer *t, int64_t now)
{
    if (p->bar)
        curl_progress_bar(t);
    else
        curl_progress_line(t, now);
}

void curl_progress_update(struct curl_progress *p, const struct curl_transfer *t)
{
    int64_t now = sys_clock(SYS_CLOCK_MONOTONIC);
    if (!p->on || now - p->shown_ns < CURL_PROGRESS_NS)
        return;
    p->shown_ns = now;
    curl_progress_show(p, t, now);
}

void curl_progress_end(struct curl_progress *p, const struct curl_transfer *t)
{
    if (!p->on)
        return;
    curl_progress_show(p, t, sys_clock(SYS_CLOCK_MONOTONIC));
    msg_raw("\n");
}
