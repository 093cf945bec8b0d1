/* trace.c: --trace: one line for each event. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

enum { TRACE_NAME_MAX = 16 };

struct cli_trace {
    uint64_t start_ns;
    bool started;
    unsigned kinds;
    char (*names)[TRACE_NAME_MAX]; // by pid
    int name_count;
};

static void trace_set_name(struct cli_trace *t, int pid, const char *name)
{
    if (pid >= t->name_count) {
        int count = pid * 2 + 16;
        void *names = realloc(t->names, (size_t)count * sizeof *t->names);
        if (!names)
            return;
        t->names = names;
        memset(t->names + t->name_count, 0,
               (size_t)(count - t->name_count) * sizeof *t->names);
        t->name_count = count;
    }
    snprintf(t->names[pid], TRACE_NAME_MAX, "%s", name);
}

static const char *trace_name(const struct cli_trace *t, int pid)
{
    return pid > 0 && pid < t->name_count ? t->names[pid] : "";
}

static void trace_print(const struct cli_trace *t, const struct shoal_event *e)
{
    long long number = (long long)e->number;
    fprintf(stderr, "%12.6f %5d %-*s ", (double)(e->time_ns - t->start_ns) / 1e9, e->pid,
            TRACE_NAME_MAX - 1, trace_name(t, e->pid));
    switch (e->kind) {
    case SHOAL_EVENT_START: fprintf(stderr, "starts, child of %lld\n", number); break;
    case SHOAL_EVENT_NAME: fprintf(stderr, "is called so\n"); break;
    case SHOAL_EVENT_RUN: fprintf(stderr, "runs on worker %lld\n", number); break;
    case SHOAL_EVENT_WAIT: fprintf(stderr, "waits for %s\n", e->text); break;
    case SHOAL_EVENT_WAKE: fprintf(stderr, "is ready\n"); break;
    case SHOAL_EVENT_CALL: fprintf(stderr, "%s = %lld\n", e->text, number); break;
    case SHOAL_EVENT_SIGNAL: fprintf(stderr, "gets signal %lld\n", number); break;
    case SHOAL_EVENT_EXIT:
        fprintf(stderr, number < 0 ? "ends by signal %lld\n" : "ends with status %lld\n",
                number < 0 ? -number : number);
        break;
    case SHOAL_EVENT_LOST: fprintf(stderr, "%lld events were lost here\n", number); break;
    }
}

static void trace_take(void *arg, const struct shoal_event *e)
{
    struct cli_trace *t = arg;
    if (!t->started) {
        t->started = true;
        t->start_ns = e->time_ns;
    }
    if (e->text && (e->kind == SHOAL_EVENT_START || e->kind == SHOAL_EVENT_NAME))
        trace_set_name(t, e->pid, e->text);
    if (e->kind == SHOAL_EVENT_CALL ? t->kinds & SHOAL_TRACE_CALLS
                                    : t->kinds & SHOAL_TRACE_SCHED)
        trace_print(t, e);
}

int cli_trace_start(struct shoal_sandbox *sandbox, unsigned kinds,
                    struct cli_trace **trace)
{
    struct cli_trace *t = calloc(1, sizeof *t);
    int err = SHOAL_E_NOMEM;
    if (t) {
        t->kinds = kinds;
        // names come with the other events
        err = shoal_trace_set(sandbox, kinds | SHOAL_TRACE_SCHED, trace_take, t);
    }
    if (err) {
        free(t);
        return cli_fail(err, "--trace");
    }
    setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
    *trace = t;
    return -1;
}

void cli_trace_free(struct cli_trace *trace)
{
    if (!trace)
        return;
    fflush(stderr);
    free(trace->names);
    free(trace);
}
