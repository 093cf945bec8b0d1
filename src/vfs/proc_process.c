/* proc_process.c: the files of /proc/PID. What is known of a process is copied under
 * kernel->family, then written as text without a lock. */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/fmt.h"
#include "kernel/args.h"
#include "kernel/fdtab.h"
#include "kernel/kernel.h"
#include "kernel/process.h"
#include "vfs/procfs.h"
#include "vfs/state.h"

enum { PROC_HZ = 100, PROC_COMM = 15 };

struct proc_info {
    int pid, ppid, pgid, sid;
    char state; // R, S, T, Z
    char name[sizeof(((struct process *)0)->name)];
    uint64_t cpu_ns, children_cpu_ns;
    uint64_t pending, blocked, ignored, caught;
    unsigned fd_slots;
};

static char proc_state(const struct kernel *k, const struct process *p)
{
    if (p->zombie)
        return 'Z';
    if (atomic_load_explicit(&p->attention, memory_order_relaxed) & ATTENTION_STOPPED)
        return 'T';
    if (p == k->init ||
        atomic_load_explicit(&p->state, memory_order_relaxed) == PROCESS_PARKED)
        return 'S';
    return 'R';
}

static unsigned proc_fd_slots(struct process *p)
{
    lock_acquire(&p->fds.lock);
    unsigned count = p->fds.count;
    lock_release(&p->fds.lock);
    return count;
}

static int proc_look(struct kernel *k, int pid, struct proc_info *info)
{
    lock_acquire(&k->family);
    struct process *p = process_find_locked(k, pid);
    if (p) {
        *info = (struct proc_info){
            .pid = p->pid,
            .ppid = p->parent ? p->parent->pid : 0,
            .pgid = p->pgid,
            .sid = p->sid,
            .state = proc_state(k, p),
            .cpu_ns = __atomic_load_n(&p->cpu_ns, __ATOMIC_RELAXED),
            .children_cpu_ns = p->children_cpu_ns,
            .pending = atomic_load(&p->pending),
            .blocked = atomic_load(&p->blocked),
            .ignored = atomic_load(&p->ignored),
            .caught = atomic_load(&p->caught),
            .fd_slots = proc_fd_slots(p),
        };
        memcpy(info->name, p->name, sizeof info->name);
    }
    lock_release(&k->family);
    return p ? 0 : -ENOENT;
}

int proc_process_comm(struct kernel *k, int pid, struct buf *b)
{
    struct proc_info i;
    int err = proc_look(k, pid, &i);
    if (!err)
        buf_addf(b, "%.*s\n", PROC_COMM, i.name);
    return err;
}

int proc_process_stat(struct kernel *k, int pid, struct buf *b)
{
    struct proc_info i;
    int err = proc_look(k, pid, &i);
    if (err)
        return err;
    const uint64_t per = 1000000000 / PROC_HZ;
    // pid comm state ppid pgrp session tty tpgid flags; minflt cminflt majflt cmajflt
    buf_addf(b, "%d (%.*s) %c %d %d %d 0 -1 0 0 0 0 0 ", i.pid, PROC_COMM, i.name,
             i.state, i.ppid, i.pgid, i.sid);
    // utime stime cutime cstime priority nice threads itreal starttime vsize rss rsslim
    buf_addf(b, "%llu 0 %llu 0 20 0 1 0 0 0 0 18446744073709551615 ",
             (unsigned long long)(i.cpu_ns / per),
             (unsigned long long)(i.children_cpu_ns / per));
    // startcode endcode startstack esp eip; signal blocked ignored caught; wchan nswap
    // cnswap exit_signal ...
    buf_addf(b, "0 0 0 0 0 %llu %llu %llu %llu 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
             (unsigned long long)i.pending, (unsigned long long)i.blocked,
             (unsigned long long)i.ignored, (unsigned long long)i.caught);
    return 0;
}

static const char *proc_state_name(char state)
{
    switch (state) {
    case 'R': return "running";
    case 'T': return "stopped";
    case 'Z': return "zombie";
    default: return "sleeping";
    }
}

int proc_process_status(struct kernel *k, int pid, struct buf *b)
{
    struct proc_info i;
    int err = proc_look(k, pid, &i);
    if (err)
        return err;
    int uid = pid == 1 ? 0 : VFS_UID, gid = pid == 1 ? 0 : VFS_GID;
    buf_addf(b,
             "Name:\t%.*s\nState:\t%c "
             "(%s)\nTgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n",
             PROC_COMM, i.name, i.state, proc_state_name(i.state), i.pid, i.pid, i.ppid);
    buf_addf(b, "Uid:\t%d\t%d\t%d\t%d\nGid:\t%d\t%d\t%d\t%d\nFDSize:\t%u\nGroups:\t%d \n",
             uid, uid, uid, uid, gid, gid, gid, gid, i.fd_slots, gid);
    buf_addf(b, "NStgid:\t%d\nNSpid:\t%d\nNSpgid:\t%d\nNSsid:\t%d\nThreads:\t1\n", i.pid,
             i.pid, i.pgid, i.sid);
    buf_addf(b,
             "SigPnd:\t%016llx\nShdPnd:\t%016x\nSigBlk:\t%016llx\nSigIgn:\t%"
             "016llx\nSigCgt:\t%016llx\n",
             (unsigned long long)i.pending, 0, (unsigned long long)i.blocked,
             (unsigned long long)i.ignored, (unsigned long long)i.caught);
    return 0;
}

/* Adds the words, or the environment, that the process was started with. */
static int proc_add_args(struct kernel *k, int pid, struct buf *b, bool environment)
{
    lock_acquire(&k->family);
    struct process *p = process_find_locked(k, pid);
    struct args *a = p && !p->zombie && p->args ? args_get(p->args) : NULL;
    lock_release(&k->family);
    if (!p)
        return -ENOENT;
    if (!a)
        return 0; // a zombie has none
    if (environment)
        buf_add(b, a->text + a->argv_bytes, a->bytes - a->argv_bytes);
    else
        buf_add(b, a->text, a->argv_bytes);
    args_put(k, a);
    return 0;
}

int proc_process_cmdline(struct kernel *k, int pid, struct buf *b)
{
    return proc_add_args(k, pid, b, false);
}

int proc_process_environ(struct kernel *k, int pid, struct buf *b)
{
    return proc_add_args(k, pid, b, true);
}

int proc_process_program(struct kernel *k, int pid, char name[64])
{
    lock_acquire(&k->family);
    struct process *p = process_find_locked(k, pid);
    if (p)
        fmt_to(name, 64, "%s", p->program && !p->zombie ? p->program->name : "");
    lock_release(&k->family);
    return p ? 0 : -ENOENT;
}

static void proc_add_limit(struct buf *b, const char *name, uint64_t value,
                           const char *unit)
{
    char text[24] = "unlimited";
    if (value != UINT64_MAX)
        fmt_to(text, sizeof text, "%llu", (unsigned long long)value);
    buf_addf(b, "%-25s %-20s %-20s %-10s\n", name, text, text, unit);
}

int proc_process_limits(struct kernel *k, int pid, struct buf *b)
{
    struct proc_info i;
    int err = proc_look(k, pid, &i);
    if (err)
        return err;
    struct limits *l = &k->limits;
    uint64_t cpu = limits_value(l, LIMIT_CPU);
    buf_addf(b, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit",
             "Units");
    proc_add_limit(b, "Max cpu time", cpu == UINT64_MAX ? cpu : cpu / 1000000000,
                   "seconds");
    proc_add_limit(b, "Max file size", limits_value(l, LIMIT_FILE_SIZE), "bytes");
    proc_add_limit(b, "Max processes", limits_value(l, LIMIT_PROCESSES), "processes");
    proc_add_limit(b, "Max open files", limits_value(l, LIMIT_OPEN_FILES), "files");
    proc_add_limit(b, "Max address space", limits_value(l, LIMIT_MEMORY), "bytes");
    return 0;
}
