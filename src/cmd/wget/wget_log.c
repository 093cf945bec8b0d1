/* wget_log.c: what wget says. Its texts are those of GNU wget 1.21. */
#include "base/fmt.h"
#include "base/num.h"
#include "cmd/wget/wget.h"
#include "sys.h"
#include "user/msg.h"
#include "user/when.h"
#include "user/zone.h"

void wget_say(const struct wget *w, enum wget_level level, const char *format, ...)
{
    if (w->level < level)
        return;
    struct buf b = buf_make(sys_heap());
    va_list args;
    va_start(args, format);
    buf_addv(&b, format, args);
    va_end(args);
    msg_raw("%s", buf_str(&b));
    buf_fini(&b);
}

void wget_note(struct wget *w, int status)
{
    if (!w->status || status < w->status)
        w->status = status;
}

void wget_time(char dst[WGET_TIME_LEN])
{
    struct buf b = buf_make(sys_heap());
    struct zone *zone = zone_open(NULL);
    zone_format(&b, zone, "%Y-%m-%d %H:%M:%S", when_now().seconds, 0);
    fmt_to(dst, WGET_TIME_LEN, "%s", buf_str(&b));
    zone_free(zone);
    buf_fini(&b);
}

void wget_speed(char dst[WGET_TIME_LEN], int64_t bytes, int64_t ns, bool brief)
{
    static const char *const units[] = {"B", "KB", "MB", "GB"};
    double rate = ns > 0 ? (double)bytes * 1e9 / (double)ns : 0;
    size_t unit = 0;
    while (rate >= 1024 && unit + 1 < COUNT_OF(units)) {
        rate /= 1024;
        unit++;
    }
    int digits = rate >= 99.95 ? 0 : rate >= 9.995 ? 1 : 2;
    struct buf b = buf_make(sys_heap());
    if (brief && unit == 0)
        digits = rate >= 99.95 ? 0 : 1;
    num_add_double(&b, 'f', 0, brief ? 4 : 0, digits, rate);
    if (brief)
        buf_add_char(&b, units[unit][0]);
    else
        buf_addf(&b, " %s/s", units[unit]);
    fmt_to(dst, WGET_TIME_LEN, "%s", buf_str(&b));
    buf_fini(&b);
}

void wget_size(char dst[WGET_TIME_LEN], int64_t bytes)
{
    static const char units[] = "KMGT";
    double n = (double)bytes / 1024;
    size_t unit = 0;
    while (n >= 1024 && unit + 2 < sizeof units) {
        n /= 1024;
        unit++;
    }
    struct buf b = buf_make(sys_heap());
    num_add_double(&b, 'f', 0, 0, n < 10 ? 1 : 0, n);
    fmt_to(dst, WGET_TIME_LEN, "%s%c", buf_str(&b), units[unit]);
    buf_fini(&b);
}
