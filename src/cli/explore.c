/* explore.c: --explore: the same script under many seeds, each in a sandbox of its own,
 * several at a time.
 *
 * An outcome is standard output, standard error and status together. What is kept of one
 * is the first run that showed it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/options.h"

enum { EXPLORE_AT_ONCE = 64, EXPLORE_LINES = 10 };

struct explore_outcome {
    struct shoal_run *run;
    unsigned seed; // the first that showed it
    unsigned count;
    uint64_t hash;
};

struct explore {
    struct shoal_runtime *runtime;
    const struct cli_job *job;
    unsigned started, ended;                          // seeds
    struct shoal_sandbox *sandboxes[EXPLORE_AT_ONCE]; // of the runs
    struct shoal_run *running[EXPLORE_AT_ONCE];
    unsigned at_once;
    struct explore_outcome *outcomes;
    size_t count;
};

/* ---- Outcomes --------------------------------------------------------------------- */

static uint64_t explore_hash_bytes(uint64_t hash, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)data[i]) * UINT64_C(0x100000001b3); // FNV-1a
    return hash;
}

static uint64_t explore_hash(const struct shoal_run *run)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) + (unsigned)shoal_run_status(run);
    for (enum shoal_stream stream = SHOAL_STDOUT; stream <= SHOAL_STDERR; stream++) {
        size_t len;
        const char *data = shoal_run_output(run, stream, &len);
        hash = explore_hash_bytes(hash, data, len) + len;
    }
    return hash;
}

static bool explore_same(const struct shoal_run *a, const struct shoal_run *b)
{
    if (shoal_run_status(a) != shoal_run_status(b))
        return false;
    for (enum shoal_stream stream = SHOAL_STDOUT; stream <= SHOAL_STDERR; stream++) {
        size_t len, other_len;
        const char *data = shoal_run_output(a, stream, &len);
        const char *other = shoal_run_output(b, stream, &other_len);
        if (len != other_len || memcmp(data, other, len) != 0)
            return false;
    }
    return true;
}

/* Counts a run that has ended; keeps it if it is the first of its kind, else frees it. */
static int explore_count(struct explore *x, struct shoal_run *run, unsigned seed)
{
    uint64_t hash = explore_hash(run);
    for (size_t i = 0; i < x->count; i++)
        if (x->outcomes[i].hash == hash && explore_same(x->outcomes[i].run, run)) {
            x->outcomes[i].count++;
            shoal_run_free(run);
            return -1;
        }
    struct explore_outcome *outcomes =
        realloc(x->outcomes, (x->count + 1) * sizeof *x->outcomes);
    if (!outcomes) {
        shoal_run_free(run);
        return cli_fail(SHOAL_E_NOMEM, "--explore");
    }
    x->outcomes = outcomes;
    x->outcomes[x->count++] = (struct explore_outcome){run, seed, 1, hash};
    return -1;
}

/* ---- Running ---------------------------------------------------------------------- */

static int explore_start(struct explore *x)
{
    unsigned place = x->started % x->at_once;
    struct shoal_sandbox *sandbox;
    struct shoal_run *run;
    int status = cli_sandbox_new(x->runtime, x->job->options, x->started, &sandbox);
    if (status >= 0)
        return status;
    status = cli_run_new(sandbox, x->job, &run);
    if (status >= 0) {
        shoal_sandbox_free(sandbox);
        return status;
    }
    int err = shoal_run_start(run);
    if (err) {
        shoal_run_free(run);
        shoal_sandbox_free(sandbox);
        return cli_fail(err, "cannot run the script");
    }
    x->sandboxes[place] = sandbox;
    x->running[place] = run;
    x->started++;
    return -1;
}

/* Waits for the oldest run. */
static int explore_end(struct explore *x)
{
    unsigned seed = x->ended++, place = seed % x->at_once;
    struct shoal_run *run = x->running[place];
    int sig, err = cli_wait(run, false, &sig);
    shoal_sandbox_free(x->sandboxes[place]); // what is left of it goes with the run
    if (!err && !sig)
        return explore_count(x, run, seed);
    shoal_run_free(run);
    return err ? cli_fail(err, "cannot run the script") : 128 + sig;
}

static int explore_all(struct explore *x)
{
    unsigned seeds = x->job->options->explore;
    int status = -1;
    while (status < 0 && x->ended < seeds)
        if (x->started < seeds && x->started - x->ended < x->at_once)
            status = explore_start(x);
        else
            status = explore_end(x);
    for (; x->ended < x->started; x->ended++) {
        shoal_run_free(x->running[x->ended % x->at_once]);
        shoal_sandbox_free(x->sandboxes[x->ended % x->at_once]);
    }
    return status;
}

/* ---- Telling ---------------------------------------------------------------------- */

static void explore_print_text(const struct shoal_run *run, enum shoal_stream stream,
                               char mark)
{
    size_t len;
    const char *text = shoal_run_output(run, stream, &len);
    for (unsigned line = 0; len; line++) {
        if (line == EXPLORE_LINES) {
            printf("  %c ... (%zu bytes more)\n", mark, len);
            return;
        }
        const char *end = memchr(text, '\n', len);
        size_t part = end ? (size_t)(end - text) + 1 : len;
        printf("  %c ", mark);
        fwrite(text, 1, part, stdout);
        if (!end)
            putchar('\n');
        text += part;
        len -= part;
    }
}

/* A word as a shell would take it. */
static void explore_print_word(const char *word)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        "%+,-./:=@_";
    putchar(' ');
    if (*word && !word[strspn(word, plain)]) {
        fputs(word, stdout);
        return;
    }
    putchar('\'');
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*word);
    putchar('\'');
}

static void explore_print_replay(const struct explore *x, unsigned seed)
{
    const struct cli_options *o = x->job->options;
    printf("  again: shoal --seed %u", seed);
    for (const struct cli_pair *p = o->limits; p->name; p++)
        printf(" --limit %s=%s", p->name, p->value);
    if (o->orphans == SHOAL_ORPHANS_KILL)
        printf(" --orphans=kill");
    if (o->command)
        printf(" -c");
    for (char **operand = o->operands; *operand; operand++)
        explore_print_word(*operand);
    putchar('\n');
}

static int explore_by_count(const void *a, const void *b)
{
    const struct explore_outcome *one = a, *other = b;
    if (one->count != other->count)
        return one->count < other->count ? 1 : -1;
    return one->seed < other->seed ? -1 : 1;
}

static void explore_print(struct explore *x, unsigned seeds)
{
    qsort(x->outcomes, x->count, sizeof *x->outcomes, explore_by_count);
    printf("%u seeds, %zu different outcome%s\n", seeds, x->count,
           x->count == 1 ? "" : "s");
    for (size_t i = 0; i < x->count; i++) {
        const struct explore_outcome *outcome = &x->outcomes[i];
        printf("%u times, first with seed %u: status %d\n", outcome->count, outcome->seed,
               shoal_run_status(outcome->run));
        explore_print_text(outcome->run, SHOAL_STDOUT, '|');
        explore_print_text(outcome->run, SHOAL_STDERR, '!');
        explore_print_replay(x, outcome->seed);
    }
}

int cli_explore(struct shoal_runtime *runtime, const struct cli_job *job)
{
    struct explore x = {.runtime = runtime, .job = job, .at_once = 8};
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (cores > 0 && cores * 4 <= EXPLORE_AT_ONCE)
        x.at_once = (unsigned)cores * 4;
    int status = explore_all(&x);
    if (status < 0 || status > 128) {
        unsigned seeds = 0;
        for (size_t i = 0; i < x.count; i++)
            seeds += x.outcomes[i].count;
        explore_print(&x, seeds);
    }
    if (status < 0)
        status = x.count > 1;
    for (size_t i = 0; i < x.count; i++)
        shoal_run_free(x.outcomes[i].run);
    free(x.outcomes);
    return fflush(stdout) && !status ? CLI_WRONG : status;
}
