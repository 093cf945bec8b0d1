/* timeline.c: records the events of a run by process; timeline_draw.c and timeline_json.c
 * show them. */
#include "cli/timeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/timeline_data.h"

enum { TIMELINE_SPANS_MAX = 2000000 };

/* A pid as index: grows the table. NULL: no memory. */
static struct timeline_process *timeline_process(struct timeline *t, int pid)
{
    if (pid < 0)
        return NULL;
    if (pid >= t->process_count) {
        int count = pid * 2 + 16;
        void *table = realloc(t->processes, (size_t)count * sizeof *t->processes);
        if (!table)
            return NULL;
        t->processes = table;
        memset(t->processes + t->process_count, 0,
               (size_t)(count - t->process_count) * sizeof *t->processes);
        t->process_count = count;
    }
    return &t->processes[pid];
}

/* The number of a text among those seen; 0 ("") when there is no more room. */
static unsigned timeline_text(struct timeline *t, const char *text)
{
    for (unsigned i = t->text_count; i-- > 0;)
        if (strcmp(t->texts[i], text) == 0)
            return i;
    void *texts = realloc(t->texts, (t->text_count + 1) * sizeof *t->texts);
    if (!texts || t->text_count >= 4096)
        return 0;
    t->texts = texts;
    t->texts[t->text_count] = strdup(text);
    return t->texts[t->text_count] ? t->text_count++ : 0;
}

/* What p was doing until now is over. */
static void timeline_end_span(struct timeline *t, struct timeline_process *p,
                              uint64_t now)
{
    if (p->doing == TIMELINE_NOTHING)
        return;
    if (t->span_count == t->span_cap && t->span_cap < TIMELINE_SPANS_MAX) {
        size_t cap = t->span_cap ? t->span_cap * 2 : 1024;
        void *spans = realloc(t->spans, cap * sizeof *t->spans);
        if (spans) {
            t->spans = spans;
            t->span_cap = cap;
        }
    }
    if (t->span_count == t->span_cap) {
        t->dropped++;
        return;
    }
    t->spans[t->span_count++] = (struct timeline_span){.pid = (int)(p - t->processes),
                                                       .doing = p->doing,
                                                       .text = p->text,
                                                       .start_ns = p->since_ns,
                                                       .end_ns = now};
}

static void timeline_now(struct timeline *t, struct timeline_process *p, uint64_t now,
                         enum timeline_doing doing, unsigned text)
{
    timeline_end_span(t, p, now);
    p->doing = doing;
    p->text = text;
    p->since_ns = now;
}

static void timeline_take(void *arg, const struct shoal_event *e)
{
    struct timeline *t = arg;
    struct timeline_process *p = timeline_process(t, e->pid);
    if (!p)
        return;
    if (!t->started)
        t->start_ns = e->time_ns;
    t->started = true;
    t->end_ns = e->time_ns > t->end_ns ? e->time_ns : t->end_ns;
    if (e->text && (e->kind == SHOAL_EVENT_START || e->kind == SHOAL_EVENT_NAME))
        snprintf(p->name, sizeof p->name, "%s", e->text);
    switch (e->kind) {
    case SHOAL_EVENT_START:
        p->seen = true;
        p->parent = (int)e->number;
        p->start_ns = e->time_ns;
        timeline_now(t, p, e->time_ns, TIMELINE_READY, 0);
        break;
    case SHOAL_EVENT_RUN:
        if (p->doing != TIMELINE_RUNS)
            timeline_now(t, p, e->time_ns, TIMELINE_RUNS, 0);
        break;
    case SHOAL_EVENT_WAIT:
        timeline_now(t, p, e->time_ns, TIMELINE_WAITS, timeline_text(t, e->text));
        break;
    case SHOAL_EVENT_WAKE: timeline_now(t, p, e->time_ns, TIMELINE_READY, 0); break;
    case SHOAL_EVENT_EXIT:
        timeline_now(t, p, e->time_ns, TIMELINE_NOTHING, 0);
        p->ended = true;
        p->status = (int)e->number;
        p->end_ns = e->time_ns;
        break;
    case SHOAL_EVENT_LOST: t->dropped += (uint64_t)e->number; break;
    default: break;
    }
}

int timeline_start(struct shoal_sandbox *sandbox, const char *path,
                   struct timeline **timeline)
{
    struct timeline *t = calloc(1, sizeof *t);
    if (!t)
        return cli_fail(SHOAL_E_NOMEM, "--timeline");
    t->path = path;
    timeline_text(t, "");
    int err = shoal_trace_set(sandbox, SHOAL_TRACE_SCHED, timeline_take, t);
    if (err) {
        timeline_free(t);
        return cli_fail(err, "--timeline");
    }
    *timeline = t;
    return -1;
}

/* What still lives when the run is over ended with it. */
static void timeline_close(struct timeline *t)
{
    for (int pid = 0; pid < t->process_count; pid++) {
        struct timeline_process *p = &t->processes[pid];
        if (p->seen && !p->ended) {
            timeline_now(t, p, t->end_ns, TIMELINE_NOTHING, 0);
            p->end_ns = t->end_ns;
        }
    }
}

int timeline_finish(struct timeline *t)
{
    timeline_close(t);
    if (!t->path) {
        timeline_draw(t);
        return -1;
    }
    if (timeline_write_json(t) == 0)
        return -1;
    perror(t->path);
    return CLI_WRONG;
}

void timeline_free(struct timeline *t)
{
    if (!t)
        return;
    for (unsigned i = 0; i < t->text_count; i++)
        free(t->texts[i]);
    free(t->texts);
    free(t->spans);
    free(t->processes);
    free(t);
}
