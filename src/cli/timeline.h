/* timeline.h: --timeline: who ran when, waited for what, and how it ended. */
#ifndef CLI_TIMELINE_H
#define CLI_TIMELINE_H

#include "shoal.h"

struct timeline;

/* Records what happens in the runs of a sandbox. path: a file for trace events, NULL: to
 * be drawn on standard error. Gives the exit status of a reported failure, or -1. */
int timeline_start(struct shoal_sandbox *sandbox, const char *path,
                   struct timeline **timeline);

/* Draws or writes what was recorded. The exit status of a reported failure, or -1. */
int timeline_finish(struct timeline *t);
void timeline_free(struct timeline *t); // NULL: nothing to do

#endif
