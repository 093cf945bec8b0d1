/* ps_field.c: the fields that ps can show, as procps-ng names and writes them. */
#include "cmd/ps/ps.h"

#include "base/buf.h"
#include "base/str.h"
#include "base/time.h"
#include "sys.h"
#include "user/ids.h"
#include "user/procs.h"
#include "user/zone.h"

enum { PS_PID = 7 }; // columns: as where pids go up to 2^22

#define PS_ARGS struct buf *b, const struct proc *p, const struct ps_world *w
#define PS_VALUE const struct proc *p, const struct ps_world *w

static int64_t ps_v_pid(PS_VALUE)
{
    (void)w;
    return p->pid;
}
static int64_t ps_v_ppid(PS_VALUE)
{
    (void)w;
    return p->ppid;
}
static int64_t ps_v_pgid(PS_VALUE)
{
    (void)w;
    return p->pgid;
}
static int64_t ps_v_sid(PS_VALUE)
{
    (void)w;
    return p->sid;
}
static int64_t ps_v_tpgid(PS_VALUE)
{
    (void)w;
    return p->tpgid;
}
static int64_t ps_v_uid(PS_VALUE)
{
    (void)w;
    return p->uid;
}
static int64_t ps_v_ruid(PS_VALUE)
{
    (void)w;
    return p->ruid;
}
static int64_t ps_v_gid(PS_VALUE)
{
    (void)w;
    return p->gid;
}
static int64_t ps_v_rgid(PS_VALUE)
{
    (void)w;
    return p->rgid;
}
static int64_t ps_v_pri(PS_VALUE)
{
    (void)w;
    return 39 - p->priority;
}
static int64_t ps_v_priority(PS_VALUE)
{
    (void)w;
    return p->priority;
}
static int64_t ps_v_opri(PS_VALUE)
{
    (void)w;
    return 60 + p->priority;
}
static int64_t ps_v_nice(PS_VALUE)
{
    (void)w;
    return p->nice;
}
static int64_t ps_v_threads(PS_VALUE)
{
    (void)w;
    return p->threads;
}
static int64_t ps_v_cpu(PS_VALUE)
{
    (void)w;
    return p->cpu;
}
static int64_t ps_v_flags(PS_VALUE)
{
    (void)w;
    return (int64_t)(p->flags >> 6 & 7);
}
static int64_t ps_v_vsz(PS_VALUE)
{
    (void)w;
    return (int64_t)(p->vsize / 1024);
}
static int64_t ps_v_rss(PS_VALUE)
{
    (void)w;
    return (int64_t)(p->rss / 1024);
}
static int64_t ps_v_sz(PS_VALUE)
{
    (void)w;
    return (int64_t)(p->vsize / 4096);
}

static int64_t ps_v_time(PS_VALUE)
{
    (void)w;
    return (int64_t)((p->user_ticks + p->system_ticks) / PROCS_HZ);
}

static int64_t ps_v_start(PS_VALUE)
{
    return w->boot_s + (int64_t)(p->start_ticks / PROCS_HZ);
}

static int64_t ps_v_elapsed(PS_VALUE)
{
    int64_t n = w->now_s - ps_v_start(p, w);
    return n < 0 ? 0 : n;
}

/* In thousandths. */
static int64_t ps_v_pcpu(PS_VALUE)
{
    int64_t elapsed = ps_v_elapsed(p, w);
    int64_t ticks = (int64_t)(p->user_ticks + p->system_ticks);
    return elapsed ? ticks * 1000 / PROCS_HZ / elapsed : 0;
}

static int64_t ps_v_pmem(PS_VALUE)
{
    return w->memory ? (int64_t)(p->rss * 1000 / w->memory) : 0;
}

/* ---- Text ------------------------------------------------------------------------- */

static void ps_number(struct buf *b, int64_t n) { buf_addf(b, "%lld", (long long)n); }

#define PS_NUMBER(name) \
    static void ps_##name(PS_ARGS) { ps_number(b, ps_v_##name(p, w)); }
PS_NUMBER(pid)
PS_NUMBER(ppid)
PS_NUMBER(pgid)
PS_NUMBER(sid)
PS_NUMBER(tpgid)
PS_NUMBER(uid)
PS_NUMBER(ruid)
PS_NUMBER(gid)
PS_NUMBER(rgid)
PS_NUMBER(pri)
PS_NUMBER(priority)
PS_NUMBER(opri)
PS_NUMBER(nice)
PS_NUMBER(threads)
PS_NUMBER(cpu)
PS_NUMBER(flags)
PS_NUMBER(vsz)
PS_NUMBER(rss)
PS_NUMBER(sz)
#undef PS_NUMBER

static void ps_times(PS_ARGS) { ps_number(b, ps_v_time(p, w)); }
static void ps_etimes(PS_ARGS) { ps_number(b, ps_v_elapsed(p, w)); }

static void ps_user_of(struct buf *b, uint32_t uid)
{
    char name[IDS_NAME];
    ids_user_name(uid, name);
    buf_add_str(b, name);
}

static void ps_group_of(struct buf *b, uint32_t gid)
{
    char name[IDS_NAME];
    ids_group_name(gid, name);
    buf_add_str(b, name);
}

static void ps_user(PS_ARGS)
{
    (void)w;
    ps_user_of(b, p->uid);
}
static void ps_ruser(PS_ARGS)
{
    (void)w;
    ps_user_of(b, p->ruid);
}
static void ps_group(PS_ARGS)
{
    (void)w;
    ps_group_of(b, p->gid);
}
static void ps_rgroup(PS_ARGS)
{
    (void)w;
    ps_group_of(b, p->rgid);
}

static void ps_comm(PS_ARGS)
{
    (void)w;
    buf_add_str(b, p->name);
    if (p->state == 'Z')
        buf_add_str(b, " <defunct>");
}

static void ps_args(PS_ARGS)
{
    (void)w;
    buf_add_str(b, p->args);
}
static void ps_dash(PS_ARGS)
{
    (void)w;
    (void)p;
    buf_add_char(b, '-');
}
static void ps_addr_sz(PS_ARGS) { buf_addf(b, "-%6lld", (long long)ps_v_sz(p, w)); }
static void ps_class(PS_ARGS)
{
    (void)w;
    (void)p;
    buf_add_str(b, "TS");
}
static void ps_state(PS_ARGS)
{
    (void)w;
    buf_add_char(b, p->state);
}

static void ps_stat(PS_ARGS)
{
    (void)w;
    buf_add_char(b, p->state);
    if (p->nice < 0)
        buf_add_char(b, '<');
    else if (p->nice > 0)
        buf_add_char(b, 'N');
    if (p->sid == p->pid)
        buf_add_char(b, 's');
    if (p->threads > 1)
        buf_add_char(b, 'l');
    if (p->tpgid > 0 && p->tpgid == p->pgid)
        buf_add_char(b, '+');
}

static void ps_tty(PS_ARGS)
{
    (void)w;
    if (p->tty <= 0)
        buf_add_char(b, '?');
    else if (p->tty >> 8 == 136)
        buf_addf(b, "pts/%d", p->tty & 0xff);
    else
        buf_addf(b, "tty%d", p->tty & 0xff);
}

/* [dd-]hh:mm:ss */
static void ps_time(PS_ARGS)
{
    int64_t n = ps_v_time(p, w), days = n / 86400;
    if (days)
        buf_addf(b, "%lld-", (long long)days);
    buf_addf(b, "%02d:%02d:%02d", (int)(n / 3600 % 24), (int)(n / 60 % 60),
             (int)(n % 60));
}

static void ps_bsdtime(PS_ARGS)
{
    int64_t n = ps_v_time(p, w);
    buf_addf(b, "%3lld:%02d", (long long)(n / 60), (int)(n % 60));
}

/* [[dd-]hh:]mm:ss */
static void ps_etime(PS_ARGS)
{
    int64_t n = ps_v_elapsed(p, w), days = n / 86400;
    if (days)
        buf_addf(b, "%lld-", (long long)days);
    if (n >= 3600)
        buf_addf(b, "%02d:", (int)(n / 3600 % 24));
    buf_addf(b, "%02d:%02d", (int)(n / 60 % 60), (int)(n % 60));
}

static void ps_add_date(struct buf *b, const struct ps_world *w, const char *format,
                        int64_t at)
{
    zone_strftime(b, w->zone, format, at);
}

/* The time of today, else the day, else the year. */
static void ps_stime(PS_ARGS)
{
    int64_t at = ps_v_start(p, w);
    struct time_parts then, now;
    zone_split(w->zone, at, &then);
    zone_split(w->zone, w->now_s, &now);
    const char *format = then.year != now.year         ? "%Y"
                         : then.yearday != now.yearday ? "%b%d"
                                                       : "%H:%M";
    ps_add_date(b, w, format, at);
}

static void ps_bsdstart(PS_ARGS)
{
    int64_t at = ps_v_start(p, w);
    ps_add_date(b, w, w->now_s - at > 86400 ? "%b %e" : " %H:%M", at);
}

static void ps_start(PS_ARGS)
{
    int64_t at = ps_v_start(p, w);
    ps_add_date(b, w, w->now_s - at > 86400 ? "  %b %d" : "%H:%M:%S", at);
}

static void ps_lstart(PS_ARGS)
{
    ps_add_date(b, w, "%a %b %e %H:%M:%S %Y", ps_v_start(p, w));
}

static void ps_pcpu(PS_ARGS)
{
    int64_t n = ps_v_pcpu(p, w);
    if (n > 999)
        buf_addf(b, "%lld", (long long)(n / 10));
    else
        buf_addf(b, "%d.%d", (int)(n / 10), (int)(n % 10));
}

static void ps_c(PS_ARGS)
{
    int64_t n = ps_v_pcpu(p, w) / 10;
    ps_number(b, n > 99 ? 99 : n);
}

static void ps_pmem(PS_ARGS)
{
    int64_t n = ps_v_pmem(p, w);
    buf_addf(b, "%d.%d", (int)(n / 10), (int)(n % 10));
}

/* ---- The table -------------------------------------------------------------------- */

static const struct ps_field ps_fields[] = {
    {"%cpu", "%CPU", 4, PS_RIGHT, ps_pcpu, ps_v_pcpu},
    {"%mem", "%MEM", 4, PS_RIGHT, ps_pmem, ps_v_pmem},
    {"addr", "ADDR", 4, 0, ps_dash, NULL},
    {"args", "COMMAND", 27, PS_LAST_FREE, ps_args, NULL},
    {"addr_sz", "ADDR SZ", 7, 0, ps_addr_sz, NULL},
    {"bsdstart", "START", 6, PS_RIGHT, ps_bsdstart, ps_v_start},
    {"bsdtime", "TIME", 6, PS_RIGHT, ps_bsdtime, ps_v_time},
    {"c", "C", 2, PS_RIGHT, ps_c, ps_v_pcpu},
    {"class", "CLS", 3, PS_RIGHT, ps_class, NULL},
    {"cls", "CLS", 3, PS_RIGHT, ps_class, NULL},
    {"cmd", "CMD", 27, PS_LAST_FREE, ps_args, NULL},
    {"comm", "COMMAND", 15, PS_LAST_FREE, ps_comm, NULL},
    {"command", "COMMAND", 27, PS_LAST_FREE, ps_args, NULL},
    {"cputime", "TIME", 8, PS_RIGHT, ps_time, ps_v_time},
    {"cputimes", "TIME", 8, PS_RIGHT, ps_times, ps_v_time},
    {"egid", "EGID", 5, PS_RIGHT, ps_gid, ps_v_gid},
    {"egroup", "EGROUP", 8, 0, ps_group, NULL},
    {"etime", "ELAPSED", 11, PS_RIGHT, ps_etime, ps_v_elapsed},
    {"etimes", "ELAPSED", 7, PS_RIGHT, ps_etimes, ps_v_elapsed},
    {"euid", "EUID", 5, PS_RIGHT, ps_uid, ps_v_uid},
    {"euser", "EUSER", 8, 0, ps_user, NULL},
    {"f", "F", 1, PS_RIGHT, ps_flags, ps_v_flags},
    {"flag", "F", 1, PS_RIGHT, ps_flags, ps_v_flags},
    {"flags", "F", 1, PS_RIGHT, ps_flags, ps_v_flags},
    {"gid", "GID", 5, PS_RIGHT, ps_gid, ps_v_gid},
    {"group", "GROUP", 8, 0, ps_group, NULL},
    {"lstart", "STARTED", 24, PS_RIGHT, ps_lstart, ps_v_start},
    {"lwp", "LWP", PS_PID, PS_RIGHT, ps_pid, ps_v_pid},
    {"ni", "NI", 3, PS_RIGHT, ps_nice, ps_v_nice},
    {"nice", "NI", 3, PS_RIGHT, ps_nice, ps_v_nice},
    {"nlwp", "NLWP", 4, PS_RIGHT, ps_threads, ps_v_threads},
    {"opri", "PRI", 3, PS_RIGHT, ps_opri, ps_v_opri},
    {"pcpu", "%CPU", 4, PS_RIGHT, ps_pcpu, ps_v_pcpu},
    {"pgid", "PGID", PS_PID, PS_RIGHT, ps_pgid, ps_v_pgid},
    {"pgrp", "PGRP", PS_PID, PS_RIGHT, ps_pgid, ps_v_pgid},
    {"pid", "PID", PS_PID, PS_RIGHT, ps_pid, ps_v_pid},
    {"pmem", "%MEM", 4, PS_RIGHT, ps_pmem, ps_v_pmem},
    {"ppid", "PPID", PS_PID, PS_RIGHT, ps_ppid, ps_v_ppid},
    {"pri", "PRI", 3, PS_RIGHT, ps_pri, ps_v_pri},
    {"priority", "PRI", 3, PS_RIGHT, ps_priority, ps_v_priority},
    {"psr", "PSR", 3, PS_RIGHT, ps_cpu, ps_v_cpu},
    {"rgid", "RGID", 5, PS_RIGHT, ps_rgid, ps_v_rgid},
    {"rgroup", "RGROUP", 8, 0, ps_rgroup, NULL},
    {"rss", "RSS", 5, PS_RIGHT, ps_rss, ps_v_rss},
    {"rssize", "RSS", 5, PS_RIGHT, ps_rss, ps_v_rss},
    {"rsz", "RSZ", 5, PS_RIGHT, ps_rss, ps_v_rss},
    {"rtprio", "RTPRIO", 6, PS_RIGHT, ps_dash, NULL},
    {"ruid", "RUID", 5, PS_RIGHT, ps_ruid, ps_v_ruid},
    {"ruser", "RUSER", 8, 0, ps_ruser, NULL},
    {"s", "S", 1, 0, ps_state, NULL},
    {"sess", "SESS", PS_PID, PS_RIGHT, ps_sid, ps_v_sid},
    {"session", "SESS", PS_PID, PS_RIGHT, ps_sid, ps_v_sid},
    {"sid", "SID", PS_PID, PS_RIGHT, ps_sid, ps_v_sid},
    {"start", "STARTED", 8, PS_RIGHT, ps_start, ps_v_start},
    {"start_time", "START", 5, 0, ps_stime, ps_v_start},
    {"stat", "STAT", 4, 0, ps_stat, NULL},
    {"state", "S", 1, 0, ps_state, NULL},
    {"stime", "STIME", 5, 0, ps_stime, ps_v_start},
    {"sz", "SZ", 5, PS_RIGHT, ps_sz, ps_v_sz},
    {"tgid", "TGID", PS_PID, PS_RIGHT, ps_pid, ps_v_pid},
    {"thcount", "THCNT", 5, PS_RIGHT, ps_threads, ps_v_threads},
    {"tid", "TID", PS_PID, PS_RIGHT, ps_pid, ps_v_pid},
    {"time", "TIME", 8, PS_RIGHT, ps_time, ps_v_time},
    {"times", "TIME", 8, PS_RIGHT, ps_times, ps_v_time},
    {"tname", "TTY", 8, 0, ps_tty, NULL},
    {"tpgid", "TPGID", PS_PID, PS_RIGHT, ps_tpgid, ps_v_tpgid},
    {"tt", "TT", 8, 0, ps_tty, NULL},
    {"tty", "TT", 8, 0, ps_tty, NULL},
    {"ucmd", "CMD", 15, PS_LAST_FREE, ps_comm, NULL},
    {"ucomm", "COMMAND", 15, PS_LAST_FREE, ps_comm, NULL},
    {"uid", "UID", 5, PS_RIGHT, ps_uid, ps_v_uid},
    {"uname", "USER", 8, 0, ps_user, NULL},
    {"user", "USER", 8, 0, ps_user, NULL},
    {"vsize", "VSZ", 6, PS_RIGHT, ps_vsz, ps_v_vsz},
    {"vsz", "VSZ", 6, PS_RIGHT, ps_vsz, ps_v_vsz},
    {"wchan", "WCHAN", 6, 0, ps_dash, NULL},
};

const struct ps_field *ps_find_field(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof ps_fields / sizeof *ps_fields; i++)
        if (span_eq_str(span_make(name, len), ps_fields[i].name))
            return &ps_fields[i];
    return NULL;
}
