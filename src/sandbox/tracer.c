/* tracer.c: see tracer.h. */
#include "sandbox/tracer.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "kernel/host.h"
#include "shoal.h"

enum { TRACER_BUFFER = 32 << 20 }; // bytes, committed as they are used

static_assert((int)TRACE_START == (int)SHOAL_EVENT_START &&
                  (int)TRACE_CALL == (int)SHOAL_EVENT_CALL &&
                  (int)TRACE_EXIT == (int)SHOAL_EVENT_EXIT,
              "events keep their numbers");

/* An event in a buffer, with its text behind it; size: of both, a multiple of 8. */
struct tracer_record {
    uint32_t size;
    uint16_t kind;
    bool has_text;
    int pid;
    uint64_t time_ns;
    int64_t number;
};

static void tracer_put_locked(struct tracer *t, const struct trace_event *event)
{
    size_t text = event->text ? strlen(event->text) + 1 : 0;
    size_t size = (sizeof(struct tracer_record) + text + 7) & ~(size_t)7;
    if (TRACER_BUFFER - t->used < size) {
        t->lost++;
        return;
    }
    char *at = t->pages + (size_t)t->filling * TRACER_BUFFER + t->used;
    struct tracer_record record = {(uint32_t)size, (uint16_t)event->kind, text != 0,
                                   event->pid,     event->time_ns,        event->number};
    memcpy(at, &record, sizeof record);
    if (text)
        memcpy(at + sizeof record, event->text, text);
    t->used += size;
}

static void tracer_note(void *arg, const struct trace_event *event)
{
    struct tracer *t = arg;
    unsigned kind = event->kind == TRACE_CALL ? SHOAL_TRACE_CALLS : SHOAL_TRACE_SCHED;
    if (!(t->kinds & kind))
        return;
    lock_acquire(&t->lock);
    bool was_empty = !t->used;
    tracer_put_locked(t, event);
    lock_release(&t->lock);
    if (was_empty)
        t->ready(t->ready_arg);
}

void tracer_init(struct tracer *t, void (*ready)(void *arg), void *arg)
{
    *t = (struct tracer){.ready = ready, .ready_arg = arg};
    t->trace = (struct trace){.sink = tracer_note, .arg = t};
    lock_init(&t->lock, LOCK_TRACE);
}

void tracer_fini(struct tracer *t)
{
    if (t->pages)
        host_pages_unmap(t->pages, (size_t)2 * TRACER_BUFFER);
}

int tracer_set(struct tracer *t, unsigned kinds,
               void (*sink)(void *arg, const struct shoal_event *event), void *arg)
{
    if (kinds && !t->pages)
        t->pages = host_pages_map((size_t)2 * TRACER_BUFFER);
    if (kinds && !t->pages)
        return -ENOMEM;
    t->kinds = kinds;
    t->trace.calls = kinds & SHOAL_TRACE_CALLS;
    t->sink = sink;
    t->arg = arg;
    return 0;
}

static void tracer_tell_one(const struct tracer *t, const char *at)
{
    struct tracer_record record;
    memcpy(&record, at, sizeof record);
    struct shoal_event event = {.kind = (enum shoal_event_kind)record.kind,
                                .pid = record.pid,
                                .time_ns = record.time_ns,
                                .number = record.number,
                                .text = record.has_text ? at + sizeof record : NULL};
    t->sink(t->arg, &event);
}

/* Turns the buffers round: gives what was filled. */
static const char *tracer_swap(struct tracer *t, size_t *used, uint64_t *lost)
{
    lock_acquire(&t->lock);
    const char *filled = t->pages + (size_t)t->filling * TRACER_BUFFER;
    *used = t->used;
    *lost = t->lost;
    t->filling ^= 1;
    t->used = 0;
    t->lost = 0;
    lock_release(&t->lock);
    return filled;
}

void tracer_tell(struct tracer *t, bool tell)
{
    if (!t->pages)
        return;
    size_t used;
    uint64_t lost;
    for (;;) {
        const char *at = tracer_swap(t, &used, &lost);
        if (!used)
            return;
        for (const char *end = at + used; tell && at < end;) {
            uint32_t size;
            memcpy(&size, at, sizeof size);
            tracer_tell_one(t, at);
            at += size;
        }
        if (lost && tell) {
            struct shoal_event event = {.kind = SHOAL_EVENT_LOST,
                                        .number = (int64_t)lost};
            t->sink(t->arg, &event);
        }
    }
}

bool tracer_has(struct tracer *t)
{
    if (!t->pages)
        return false;
    lock_acquire(&t->lock);
    bool has = t->used;
    lock_release(&t->lock);
    return has;
}
