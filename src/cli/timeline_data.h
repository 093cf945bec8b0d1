/* timeline_data.h: what a timeline is made of, for its three files. */
#ifndef CLI_TIMELINE_DATA_H
#define CLI_TIMELINE_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum timeline_doing { TIMELINE_NOTHING, TIMELINE_READY, TIMELINE_RUNS, TIMELINE_WAITS };

/* One thing that a process did for a while. */
struct timeline_span {
    int pid;
    uint8_t doing;
    unsigned text; // what it waited for: index into texts
    uint64_t start_ns, end_ns;
};

struct timeline_process {
    bool seen, ended;
    int parent, status; // status < 0: -signal
    char name[32];
    uint64_t start_ns, end_ns, since_ns;
    uint8_t doing;
    unsigned text;
};

struct timeline {
    const char *path;
    bool started;
    uint64_t start_ns, end_ns;
    struct timeline_process *processes; // by pid
    int process_count;
    struct timeline_span *spans; // by their ends
    size_t span_count, span_cap;
    char **texts; // texts[0] is ""
    unsigned text_count;
    uint64_t dropped; // events that found no room
};

void timeline_draw(const struct timeline *t);      // on standard error
int timeline_write_json(const struct timeline *t); // to t->path; -1 with errno

#endif
