/* proc_text.c: the files of /proc that tell about the sandbox as a whole. */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "kernel/account.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "kernel/runtime.h"
#include "vfs/procfs.h"
#include "vfs/state.h"
#include "vfs/walk.h"

enum { PROC_HZ = 100, PROC_PID_MAX = INT32_MAX };

static uint64_t proc_uptime_ns(struct kernel *k)
{
    uint64_t now = kernel_mono(k);
    return now > k->start_mono_ns ? now - k->start_mono_ns : 0;
}

static unsigned proc_cpus(const struct kernel *k)
{
    return k->deterministic ? 1 : k->runtime->worker_count;
}

/* How many processes run or could, and how many there are. */
static unsigned proc_running(struct kernel *k, unsigned *all)
{
    unsigned running = 0;
    struct list *link;
    *all = 0;
    lock_acquire(&k->family);
    LIST_EACH(link, &k->all)
    {
        const struct process *p = LIST_ENTRY(link, struct process, all_link);
        unsigned state = atomic_load_explicit(&p->state, memory_order_relaxed);
        ++*all;
        running += p != k->init && !p->zombie && state != PROCESS_PARKED;
    }
    lock_release(&k->family);
    return running;
}

static int proc_last_pid(struct kernel *k)
{
    lock_acquire(&k->family);
    int last = k->next_pid - 1;
    lock_release(&k->family);
    return last;
}

int proc_text_version(struct kernel *k, int pid, struct buf *b)
{
    (void)k, (void)pid;
    struct sys_uname u;
    sys_uname(&u);
    buf_addf(b, "%s version %s %s\n", u.sysname, u.release, u.version);
    return 0;
}

int proc_text_uptime(struct kernel *k, int pid, struct buf *b)
{
    (void)pid;
    uint64_t up = proc_uptime_ns(k), used = atomic_load(&k->cpu_ns);
    uint64_t idle = up * proc_cpus(k) > used ? up * proc_cpus(k) - used : 0;
    buf_addf(b, "%llu.%02llu %llu.%02llu\n", (unsigned long long)(up / 1000000000),
             (unsigned long long)(up / 10000000 % 100),
             (unsigned long long)(idle / 1000000000),
             (unsigned long long)(idle / 10000000 % 100));
    return 0;
}

/* No averages are kept: the load is that of the moment. */
int proc_text_loadavg(struct kernel *k, int pid, struct buf *b)
{
    (void)pid;
    unsigned all, running = proc_running(k, &all);
    buf_addf(b, "%u.00 %u.00 %u.00 %u/%u %d\n", running, running, running, running, all,
             proc_last_pid(k));
    return 0;
}

int proc_text_meminfo(struct kernel *k, int pid, struct buf *b)
{
    (void)pid;
    uint64_t limit = atomic_load(&k->account.limit), used = atomic_load(&k->account.used);
    if (limit > INT64_MAX)
        limit = INT64_MAX;
    uint64_t left = limit > used ? limit - used : 0;
    uint64_t files = atomic_load(&k->limits.used[LIMIT_FS_BYTES]);
    static const char *const zeros[] = {"SwapCached", "SwapTotal", "SwapFree"};
    buf_addf(b, "MemTotal:       %8llu kB\n", (unsigned long long)(limit / 1024));
    buf_addf(b, "MemFree:        %8llu kB\n", (unsigned long long)(left / 1024));
    buf_addf(b, "MemAvailable:   %8llu kB\n", (unsigned long long)(left / 1024));
    buf_addf(b, "Buffers:        %8u kB\n", 0);
    buf_addf(b, "Cached:         %8llu kB\n", (unsigned long long)(files / 1024));
    for (size_t i = 0; i < COUNT_OF(zeros); i++)
        buf_addf(b, "%s:%*s%8u kB\n", zeros[i], (int)(15 - strlen(zeros[i])), "", 0);
    return 0;
}

int proc_text_cpuinfo(struct kernel *k, int pid, struct buf *b)
{
    (void)pid;
    for (unsigned i = 0; i < proc_cpus(k); i++)
        buf_addf(
            b,
            "processor\t: %u\nvendor_id\t: shoal\nmodel name\t: shoal virtual processor\n"
            "cpu cores\t: %u\n\n",
            i, proc_cpus(k));
    return 0;
}

int proc_text_stat(struct kernel *k, int pid, struct buf *b)
{
    (void)pid;
    unsigned cpus = proc_cpus(k), all, running = proc_running(k, &all);
    unsigned long long per = 1000000000 / PROC_HZ;
    unsigned long long used = atomic_load(&k->cpu_ns) / per;
    unsigned long long up = proc_uptime_ns(k) / per * cpus;
    unsigned long long idle = up > used ? up - used : 0;
    buf_addf(b, "cpu  %llu 0 0 %llu 0 0 0 0 0 0\n", used, idle);
    for (unsigned i = 0; i < cpus; i++)
        buf_addf(b, "cpu%u %llu 0 0 %llu 0 0 0 0 0 0\n", i, used / cpus, idle / cpus);
    buf_addf(b, "btime %lld\nprocesses %d\nprocs_running %u\nprocs_blocked 0\n",
             (long long)(k->start_real_ns / 1000000000), proc_last_pid(k), running);
    return 0;
}

int proc_text_filesystems(struct kernel *k, int pid, struct buf *b)
{
    (void)k, (void)pid;
    buf_add_str(b, "nodev\ttmpfs\nnodev\tproc\nnodev\tdevtmpfs\nnodev\thostfs\n");
    return 0;
}

/* Adds a path as the mounts file has it: blanks and backslashes in octal. */
static void proc_add_escaped(struct buf *b, const char *path, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (char_is_blank(path[i]) || path[i] == '\n' || path[i] == '\\')
            buf_addf(b, "\\%03o", (unsigned char)path[i]);
        else
            buf_add_char(b, path[i]);
}

static int proc_add_mount(struct vfs *v, const struct mount *m, struct buf *b)
{
    struct place p = {.mount = (struct mount *)m, .brief = {.ino = m->root}};
    char *path;
    size_t len;
    int err = walk_name_of(v, &p, &path, &len);
    if (err == -EINPROGRESS || err == -ENOENT)
        return 0;
    if (err)
        return err;
    buf_addf(b, "%s ", m->fs->ops->type);
    proc_add_escaped(b, path, len);
    buf_addf(b, " %s %s 0 0\n", m->fs->ops->type, m->read_only ? "ro" : "rw");
    kernel_free(v->kernel, path);
    return 0;
}

int proc_text_mounts(struct kernel *k, int pid, struct buf *b)
{
    (void)pid;
    struct vfs *v = vfs_of(k);
    int err = 0;
    lock_acquire(&v->tree);
    unsigned count = 0;
    for (const struct mount *m = v->mounts; m; m = m->next)
        count++;
    for (; !err && count; count--) { // the oldest first
        const struct mount *m = v->mounts;
        for (unsigned i = 1; i < count; i++)
            m = m->next;
        err = proc_add_mount(v, m, b);
    }
    lock_release(&v->tree);
    return err;
}

int proc_text_pid_max(struct kernel *k, int pid, struct buf *b)
{
    (void)k, (void)pid;
    buf_addf(b, "%d\n", PROC_PID_MAX);
    return 0;
}

int proc_text_hostname(struct kernel *k, int pid, struct buf *b)
{
    (void)k, (void)pid;
    struct sys_uname u;
    sys_uname(&u);
    buf_addf(b, "%s\n", u.nodename);
    return 0;
}

int proc_text_ostype(struct kernel *k, int pid, struct buf *b)
{
    (void)k, (void)pid;
    struct sys_uname u;
    sys_uname(&u);
    buf_addf(b, "%s\n", u.sysname);
    return 0;
}

int proc_text_osrelease(struct kernel *k, int pid, struct buf *b)
{
    (void)k, (void)pid;
    struct sys_uname u;
    sys_uname(&u);
    buf_addf(b, "%s\n", u.release);
    return 0;
}

static void proc_add_uuid(struct buf *b, unsigned char id[16])
{
    id[6] = (unsigned char)((id[6] & 0x0f) | 0x40); // version 4, RFC 9562
    id[8] = (unsigned char)((id[8] & 0x3f) | 0x80);
    for (int i = 0; i < 16; i++)
        buf_addf(b, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", id[i]);
    buf_add_char(b, '\n');
}

int proc_text_uuid(struct kernel *k, int pid, struct buf *b)
{
    (void)pid;
    unsigned char id[16];
    kernel_random(k, id, sizeof id);
    proc_add_uuid(b, id);
    return 0;
}

/* The same as long as the sandbox lives, and another one for the next. */
int proc_text_boot_id(struct kernel *k, int pid, struct buf *b)
{
    (void)pid;
    struct rand r;
    unsigned char id[16];
    rand_init(&r, (uint64_t)k->start_real_ns ^ k->seed);
    rand_fill(&r, id, sizeof id);
    proc_add_uuid(b, id);
    return 0;
}

int proc_text_file_max(struct kernel *k, int pid, struct buf *b)
{
    (void)pid;
    buf_addf(b, "%llu\n", (unsigned long long)limits_value(&k->limits, LIMIT_OPEN_FILES));
    return 0;
}
