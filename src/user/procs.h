/* procs.h: the processes, as /proc shows them. */
#ifndef USER_PROCS_H
#define USER_PROCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PROCS_HZ = 100 }; // ticks of a second in /proc/PID/stat

struct proc {
    int pid, ppid, pgid, sid, tty, tpgid;
    char state; // R S D T Z
    uint64_t flags, user_ticks, system_ticks,
        start_ticks; // start: since the sandbox was made
    int priority, nice, threads, cpu;
    uint64_t vsize, rss; // bytes
    uint32_t uid, ruid, gid, rgid;
    char *name; // the program's short name
    char *args; // the command line, with spaces; "[name]" where there is none
    bool has_args;
};

struct procs {
    struct proc *items;
    size_t count;
};

/* Reads all processes, in the order of their pids. Those that end meanwhile are left out.
 * Heap memory, freed by procs_free or never. */
struct procs procs_read(void);
void procs_free(struct procs *p);

/* One process. false: there is none. */
bool procs_read_one(int pid, struct proc *p);

#endif
