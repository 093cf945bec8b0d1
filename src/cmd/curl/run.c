/* run.c: see run.h.
 *
 * The transfers are made one by one from configs, targets and globs, as places become
 * free: one place, or with -Z as many as --parallel-max says. One poll waits for all. */
#include "cmd/curl/run.h"

#include "base/str.h"
#include "cmd/curl/finish.h"
#include "cmd/curl/glob.h"
#include "cmd/curl/jar.h"
#include "cmd/curl/progress.h"
#include "cmd/curl/transfer.h"
#include "user/msg.h"

struct curl_run {
    struct curl_global *global;

    // where the next transfer comes from
    struct curl_config *config;
    struct curl_target *target;
    bool target_open;
    struct curl_glob urls, uploads;
    char *upload; // the current one
    int number;

    struct curl_transfer *active; // a list
    size_t count, places;
    struct sys_pollfd *polls; // CURL_TRANSFER_POLLS for each place
    struct curl_progress progress;
    int status;
    bool stop;
};

/* ---- The next transfer ------------------------------------------------------------ */

/* The message for a pattern that is wrong, with the place marked. */
static void curl_run_bad_glob(struct curl_run *r, const struct curl_glob *g,
                              const char *text)
{
    r->status = CURL_ERR_URL;
    r->stop = true;
    if (r->global->silent && !r->global->show_error)
        return;
    if (g->error_at)
        msg("(%d) %s in URL position %zu:\n%s\n%*s^", CURL_ERR_URL, g->error, g->error_at,
            text, (int)g->error_at - 1, "");
    else
        msg("(%d) %s", CURL_ERR_URL, g->error);
}

/* Opens the patterns of the current target. */
static bool curl_run_open_target(struct curl_run *r)
{
    const struct curl_target *t = r->target;
    bool plain = r->config->globoff;
    if (!curl_glob_open(&r->urls, t->url, plain)) {
        curl_run_bad_glob(r, &r->urls, t->url);
        return false;
    }
    const char *upload = t->upload ? t->upload : "";
    if (!curl_glob_open(&r->uploads, upload, plain || !t->upload)) {
        curl_run_bad_glob(r, &r->uploads, upload);
        return false;
    }
    r->target_open = true;
    sys_free(r->upload);
    r->upload = curl_glob_next(&r->uploads);
    return true;
}

static void curl_run_close_target(struct curl_run *r)
{
    curl_glob_close(&r->urls);
    curl_glob_close(&r->uploads);
    r->target_open = false;
    r->target = r->target->next;
}

/* The next URL of the current target: every URL for every upload. NULL: none left. */
static char *curl_run_next_url(struct curl_run *r)
{
    char *url = curl_glob_next(&r->urls);
    if (url)
        return url;
    sys_free(r->upload);
    r->upload = curl_glob_next(&r->uploads);
    if (!r->upload)
        return NULL;
    r->urls.began = false; // its sets are at their begin again
    return curl_glob_next(&r->urls);
}

/* Goes on to the next target that has a URL. false: there is none. */
static bool curl_run_find_target(struct curl_run *r)
{
    while (r->config) {
        if (r->target && r->target->url)
            return true;
        r->config = r->config->next;
        r->target = r->config ? r->config->targets : NULL;
    }
    return false;
}

static void curl_run_add(struct curl_run *r, char *url)
{
    const struct curl_target *target = r->target;
    struct curl_transfer *t = sys_alloc_zero(sizeof *t);
    t->global = r->global;
    t->config = r->config;
    t->given = url;
    t->upload = target->upload ? sys_strdup(r->upload) : NULL;
    t->number = r->number++;
    struct curl_transfer **end = &r->active;
    while (*end)
        end = &(*end)->next;
    *end = t;
    r->count++;
    char *out = target->out ? curl_glob_name(&r->urls, target->out) : NULL;
    curl_transfer_start(t, out, target->remote_name);
    sys_free(out);
    if (r->places == 1 && !t->result)
        curl_progress_begin(&r->progress, t);
}

/* Starts the next transfer. false: there is none. */
static bool curl_run_next(struct curl_run *r)
{
    while (!r->stop && curl_run_find_target(r)) {
        if (!r->target_open && !curl_run_open_target(r))
            return false;
        char *url = curl_run_next_url(r);
        if (url) {
            curl_run_add(r, url);
            return true;
        }
        curl_run_close_target(r);
    }
    return false;
}

/* ---- The loop --------------------------------------------------------------------- */

/* Ends a transfer, or has it try again. */
static void curl_run_finish(struct curl_run *r, struct curl_transfer **place)
{
    struct curl_transfer *t = *place;
    if (r->places == 1)
        curl_progress_end(&r->progress, t);
    if (curl_finish(t)) {
        if (r->places == 1)
            curl_progress_begin(&r->progress, t);
        return;
    }
    if (r->places == 1 || t->result) // one after another: the last counts
        r->status = t->result;
    if (t->result == CURL_ERR_INIT || t->result == CURL_ERR_MEMORY ||
        (t->result && r->global->fail_early))
        r->stop = true;
    *place = t->next;
    r->count--;
    curl_transfer_fini(t);
    sys_free(t);
}

static void curl_run_step(struct curl_run *r)
{
    struct curl_transfer **place = &r->active;
    while (*place) {
        struct curl_transfer *t = *place;
        curl_transfer_step(t);
        if (r->places == 1)
            curl_progress_update(&r->progress, t);
        if (t->phase == CURL_PHASE_DONE)
            curl_run_finish(r, place);
        if (*place == t)
            place = &t->next;
    }
}

/* Waits until a transfer can go on. */
static void curl_run_wait(struct curl_run *r)
{
    int64_t until = INT64_MAX, now = sys_clock(SYS_CLOCK_MONOTONIC);
    if (r->progress.on && r->places == 1)
        until = now + 1000000000;
    size_t used = 0;
    for (const struct curl_transfer *t = r->active; t; t = t->next)
        used += curl_transfer_waits(t, r->polls + used, &until);
    int n = sys_poll(r->polls, used, until == INT64_MAX ? -1 : int64_max(until - now, 0));
    (void)n; // each transfer looks for itself
}

static bool curl_run_any_done(const struct curl_run *r)
{
    for (const struct curl_transfer *t = r->active; t; t = t->next)
        if (t->phase == CURL_PHASE_DONE)
            return true;
    return false;
}

int curl_run(struct curl_global *g)
{
    struct curl_run r = {.global = g, .config = g->first, .target = g->first->targets};
    r.places = g->parallel ? (size_t)g->parallel_max : 1;
    r.polls = sys_alloc(sizeof *r.polls * CURL_TRANSFER_POLLS * r.places);
    curl_jar_open(g);
    for (;;) {
        while (r.count < r.places && curl_run_next(&r))
            sys_tick();
        if (!r.count || (r.stop && r.places > 1))
            break;
        if (!curl_run_any_done(&r))
            curl_run_wait(&r);
        curl_run_step(&r);
    }
    while (r.active) { // --fail-early ends those that are under way
        struct curl_transfer *t = r.active;
        r.active = t->next;
        curl_transfer_fini(t);
    }
    for (const struct curl_config *c = g->first; c; c = c->next)
        curl_jar_save(g, c);
    return r.status;
}
