/* timeline_draw.c: a timeline as text: a row for each process, a column for each part of
 * the time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/timeline_data.h"

enum { DRAW_COLUMNS = 56, DRAW_ROWS_MAX = 200, DRAW_KINDS = TIMELINE_WAITS + 1 };

/* How long a process did each thing, in each column. */
struct draw_row {
    uint64_t ns[DRAW_COLUMNS][DRAW_KINDS];
    uint64_t total[DRAW_KINDS];
    uint64_t longest_wait; // and what for
    unsigned longest_text;
};

static void draw_add_span(const struct timeline *t, struct draw_row *row,
                          const struct timeline_span *s)
{
    double column_ns = (double)(t->end_ns - t->start_ns + 1) / DRAW_COLUMNS;
    uint64_t length = s->end_ns - s->start_ns;
    row->total[s->doing] += length;
    if (s->doing == TIMELINE_WAITS && length >= row->longest_wait) {
        row->longest_wait = length;
        row->longest_text = s->text;
    }
    double from = (double)(s->start_ns - t->start_ns),
           to = (double)(s->end_ns - t->start_ns);
    for (int column = (int)(from / column_ns); column < DRAW_COLUMNS; column++) {
        double start = column * column_ns, end = start + column_ns;
        if (start > to)
            break;
        double part = (to < end ? to : end) - (from > start ? from : start);
        row->ns[column][s->doing] += 1 + (uint64_t)part;
    }
}

/* Running shows if it is a fifth of the column; else what took longest. */
static const char *draw_cell(const uint64_t ns[DRAW_KINDS])
{
    uint64_t all = ns[TIMELINE_RUNS] + ns[TIMELINE_READY] + ns[TIMELINE_WAITS];
    if (!all)
        return " ";
    if (ns[TIMELINE_RUNS] * 5 >= all)
        return "\u2588";
    return ns[TIMELINE_READY] > ns[TIMELINE_WAITS] ? "\u2591" : "\u00b7";
}

static void draw_time(char *text, size_t cap, uint64_t ns)
{
    if (ns < 10000000)
        snprintf(text, cap, "%.1f us", (double)ns / 1e3);
    else if (ns < UINT64_C(10000000000))
        snprintf(text, cap, "%.0f ms", (double)ns / 1e6);
    else
        snprintf(text, cap, "%.1f s", (double)ns / 1e9);
}

static void draw_end(const struct timeline *t, const struct timeline_process *p,
                     const struct draw_row *row)
{
    char ran[32], waited[32];
    draw_time(ran, sizeof ran, row->total[TIMELINE_RUNS]);
    if (!p->ended)
        fprintf(stderr, " was left");
    else if (p->status < 0)
        fprintf(stderr, " signal %d", -p->status);
    else
        fprintf(stderr, " exit %d", p->status);
    fprintf(stderr, ", ran %s", ran);
    if (row->total[TIMELINE_WAITS] > row->total[TIMELINE_RUNS]) {
        draw_time(waited, sizeof waited, row->total[TIMELINE_WAITS]);
        fprintf(stderr, ", waited %s for %s", waited, t->texts[row->longest_text]);
    }
    fputc('\n', stderr);
}

static void draw_process(const struct timeline *t, int pid, const struct draw_row *row)
{
    const struct timeline_process *p = &t->processes[pid];
    fprintf(stderr, "%5d %-12.12s |", pid, p->name);
    for (int column = 0; column < DRAW_COLUMNS; column++)
        fputs(draw_cell(row->ns[column]), stderr);
    fputc('|', stderr);
    draw_end(t, p, row);
}

static void draw_head(const struct timeline *t)
{
    char length[32];
    draw_time(length, sizeof length, t->end_ns - t->start_ns);
    fprintf(stderr, "%5s %-12s |0%*s|\n", "pid", "process", DRAW_COLUMNS - 1, length);
}

void timeline_draw(const struct timeline *t)
{
    struct draw_row *rows = calloc((size_t)t->process_count + 1, sizeof *rows);
    if (!rows) {
        fprintf(stderr, "shoal: --timeline: out of memory\n");
        return;
    }
    for (size_t i = 0; i < t->span_count; i++)
        draw_add_span(t, &rows[t->spans[i].pid], &t->spans[i]);
    draw_head(t);
    int drawn = 0, left = 0;
    for (int pid = 0; pid < t->process_count; pid++) {
        if (!t->processes[pid].seen)
            continue;
        if (drawn == DRAW_ROWS_MAX) {
            left++;
            continue;
        }
        draw_process(t, pid, &rows[pid]);
        drawn++;
    }
    if (left)
        fprintf(stderr, "      and %d more processes\n", left);
    fprintf(stderr, "      \u2588 ran   \u2591 could run   \u00b7 waited\n");
    if (t->dropped)
        fprintf(stderr, "      %llu events were too many and are not shown\n",
                (unsigned long long)t->dropped);
    free(rows);
}
