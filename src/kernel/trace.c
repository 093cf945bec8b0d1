/* trace.c: see trace.h. */
#include "kernel/trace.h"

#include "base/fmt.h"
#include "kernel/file.h"
#include "kernel/kernel.h"
#include "kernel/process.h"

void trace_event(struct kernel *k, enum trace_kind kind, int pid, int64_t number,
                 const char *text)
{
    struct trace_event event = {.kind = kind,
                                .time_ns = kernel_mono(k),
                                .pid = pid,
                                .number = number,
                                .text = text};
    k->trace->sink(k->trace->arg, &event);
}

void trace_run(struct kernel *k, struct process *p, unsigned worker)
{
    trace_event(k, TRACE_RUN, p->pid, worker, NULL);
}

size_t trace_reason(const struct wait_reason *reason, char *dst, size_t cap)
{
    size_t len = fmt_to(dst, cap, "%s", reason->what);
    if (reason->file) {
        len += fmt_to(dst + len, cap - len, " ");
        len += reason->file->ops->name(reason->file, dst + len, cap - len);
    }
    if (reason->pid)
        len += fmt_to(dst + len, cap - len, " %d", reason->pid);
    return len;
}

void trace_wait(struct kernel *k, struct process *p, const struct wait_reason *reason)
{
    char text[160];
    trace_reason(reason, text, sizeof text);
    trace_event(k, TRACE_WAIT, p->pid, 0, text);
}
