/* options.h: the command line of the shoal tool. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "shoal.h"

/* A "NAME=VALUE" or "HOST:PATH", taken apart. */
struct cli_pair {
    const char *name, *value;
};

/* An option about the network. */
struct cli_net {
    enum cli_net_kind {
        CLI_NET_END,
        CLI_NET_ALLOW,
        CLI_NET_HEADER,
        CLI_NET_CA,
        CLI_NET_NAME,
        CLI_NET_DNS
    } kind;
    const char *text;
};

struct cli_options {
    bool command;           // -c: the script is an operand
    unsigned sandbox_flags; // of enum shoal_sandbox_flag
    uint64_t seed;
    unsigned explore; // seeds to try; 0: an ordinary run
    unsigned workers; // 0: one for each core
    enum shoal_orphans orphans;
    unsigned trace;                         // of enum shoal_trace_kind
    bool timeline;                          // drawn on standard error, or
    const char *timeline_file;              // written there
    struct cli_pair *limits, *env, *mounts; // ended by {NULL, NULL}
    struct cli_net *net;                    // in the order given, ended by CLI_NET_END
    char **operands;                        // ended by NULL
};

/* Whether argv has options about the network. Changes nothing. */
bool cli_options_want_net(int argc, char **argv);

/* Takes argv apart; answers --help and --version. Reports what is wrong. Gives -1: go on;
 * else the exit status. */
int cli_options_parse(struct cli_options *o, int argc, char **argv);
void cli_options_free(struct cli_options *o);

#endif
