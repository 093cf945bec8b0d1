/* timeline_json.c: a timeline as trace events, which Perfetto and chrome://tracing
 * open. */
#include <errno.h>
#include <stdio.h>

#include "cli/timeline_data.h"

/* A string of JSON; bytes above 127 are passed on. */
static void json_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(out, "\\%c", *c);
        else if (*c < ' ')
            fprintf(out, "\\u%04x", *c);
        else
            fputc(*c, out);
    }
    fputc('"', out);
}

static void json_name(FILE *out, int pid, const struct timeline_process *p)
{
    fprintf(
        out,
        "{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":1,\"tid\":%d,\"args\":{\"name\":",
        pid);
    json_string(out, p->name);
    fprintf(out, "}},\n");
    if (p->ended)
        fprintf(
            out,
            "{\"name\":\"%s %d\",\"ph\":\"i\",\"s\":\"t\",\"pid\":1,\"tid\":%d,\"ts\":%.3f},\n",
            p->status < 0 ? "signal" : "exit", p->status < 0 ? -p->status : p->status,
            pid, (double)p->end_ns / 1e3);
}

static void json_span(FILE *out, const struct timeline *t, const struct timeline_span *s)
{
    static const char *const doing[] = {"", "ready", "runs", "waits"};
    fprintf(out, "{\"name\":");
    json_string(out, s->doing == TIMELINE_WAITS ? t->texts[s->text] : doing[s->doing]);
    fprintf(
        out,
        ",\"cat\":\"%s\",\"ph\":\"X\",\"pid\":1,\"tid\":%d,\"ts\":%.3f,\"dur\":%.3f},\n",
        doing[s->doing], s->pid, (double)s->start_ns / 1e3,
        (double)(s->end_ns - s->start_ns) / 1e3);
}

int timeline_write_json(const struct timeline *t)
{
    FILE *out = fopen(t->path, "w");
    if (!out)
        return -1;
    fprintf(out, "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
    for (int pid = 0; pid < t->process_count; pid++)
        if (t->processes[pid].seen)
            json_name(out, pid, &t->processes[pid]);
    for (size_t i = 0; i < t->span_count; i++)
        json_span(out, t, &t->spans[i]);
    fprintf(
        out,
        "{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":1,\"args\":{\"name\":\"shoal\"}}\n]}\n");
    int failed = ferror(out);
    return fclose(out) || failed ? -1 : 0;
}
