/* options.c: see options.h. */
#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static const char options_help[] =
    "Usage: shoal [OPTION]... FILE [ARG]...\n"
    "  or:  shoal [OPTION]... -c SCRIPT [NAME [ARG]...]\n"
    "  or:  shoal [OPTION]... < FILE\n"
    "Run a bash script in a small Unix of its own, inside this process.\n"
    "\n"
    "  -c                     the script is the first operand, not a file\n"
    "      --allow-net=RULE   allow requests: [METHODS=GET,POST ][ADDRESS=IP[/BITS],... ]URL, "
    "where\n"
    "                         URL is a prefix, http or https; ADDRESS names addresses that\n"
    "                         are not public and may be connected to\n"
    "      --net-header=NAME=env:VARIABLE or NAME=file:PATH\n"
    "                         send a header, unseen by the script, with what the last\n"
    "                         --allow-net allows; its value is the host's variable or file\n"
    "      --net-ca=FILE      check servers against the certificates of FILE\n"
    "      --net-resolve=HOST:ADDRESS  take ADDRESS for HOST instead of looking it up\n"
    "      --net-dns=ADDRESS[:PORT],...  ask these servers for names, not the host's\n"
    "      --env=NAME=VALUE   set a variable in the script's environment\n"
    "      --limit=NAME=VALUE set a limit; times in ns us ms s m h, sizes in KiB MiB "
    "GiB\n"
    "      --mount-ro=HOST:PATH  show the host's folder HOST at PATH, read only\n"
    "      --orphans=wait     go on until all background jobs have ended (the default)\n"
    "      --orphans=kill     end them when the script has ended\n"
    "      --workers=N        use up to N threads (default: one for each core)\n"
    "      --virtual-clock    let no real time pass in sleeps\n"
    "      --deterministic    virtual clock, and the same bytes each time\n"
    "      --seed=N           deterministic, with order and chance as N says (default: "
    "0)\n"
    "      --explore=N        run with the seeds 0 to N-1 and compare what comes out\n"
    "      --trace[=WHAT,...] tell on standard error of sched and sys (calls); default: "
    "both\n"
    "      --timeline[=FILE]  draw who ran when; or write it to FILE as trace events\n"
    "      --help             display this help and exit\n"
    "      --version          output version information and exit\n"
    "\n"
    "The exit status is the script's; 137 if a limit or a deadlock ended it, 130 after\n"
    "Ctrl-C, 2 if the command line is wrong. --explore: 0 if all outcomes are the same, "
    "else 1.\n"
    "\n"
    "Limits:\n";

enum option_code {
    OPTION_ALLOW_NET = 256,
    OPTION_NET_HEADER,
    OPTION_NET_CA,
    OPTION_NET_NAME,
    OPTION_NET_DNS,
    OPTION_ENV,
    OPTION_LIMIT,
    OPTION_MOUNT_RO,
    OPTION_ORPHANS,
    OPTION_WORKERS,
    OPTION_VIRTUAL_CLOCK,
    OPTION_DETERMINISTIC,
    OPTION_SEED,
    OPTION_EXPLORE,
    OPTION_TRACE,
    OPTION_TIMELINE,
    OPTION_HELP,
    OPTION_VERSION
};

static const struct option options_long[] = {
    {"allow-net", required_argument, NULL, OPTION_ALLOW_NET},
    {"net-header", required_argument, NULL, OPTION_NET_HEADER},
    {"net-ca", required_argument, NULL, OPTION_NET_CA},
    {"net-resolve", required_argument, NULL, OPTION_NET_NAME},
    {"net-dns", required_argument, NULL, OPTION_NET_DNS},
    {"env", required_argument, NULL, OPTION_ENV},
    {"limit", required_argument, NULL, OPTION_LIMIT},
    {"mount-ro", required_argument, NULL, OPTION_MOUNT_RO},
    {"orphans", required_argument, NULL, OPTION_ORPHANS},
    {"workers", required_argument, NULL, OPTION_WORKERS},
    {"virtual-clock", no_argument, NULL, OPTION_VIRTUAL_CLOCK},
    {"deterministic", no_argument, NULL, OPTION_DETERMINISTIC},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"explore", required_argument, NULL, OPTION_EXPLORE},
    {"trace", optional_argument, NULL, OPTION_TRACE},
    {"timeline", optional_argument, NULL, OPTION_TIMELINE},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

static int options_wrong(const char *what, const char *text)
{
    fprintf(stderr, "shoal: %s '%s'\nTry 'shoal --help' for more information.\n", what,
            text);
    return CLI_WRONG;
}

static int options_number(const char *text, uint64_t max, uint64_t *number)
{
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || n > max)
        return options_wrong("invalid number", text);
    *number = n;
    return -1;
}

static int options_unsigned(const char *text, unsigned *number)
{
    uint64_t n;
    int status = options_number(text, 1000000000, &n);
    if (status < 0)
        *number = (unsigned)n;
    return status;
}

/* Adds text, cut in two at `mark`, to a list. It becomes the option's own in argv. */
static int options_pair(struct cli_pair *list, char *text, char mark, const char *wrong)
{
    char *at = strchr(text, mark);
    if (!at || at == text)
        return options_wrong(wrong, text);
    while (list->name)
        list++;
    *at = '\0';
    *list = (struct cli_pair){text, at + 1};
    return -1;
}

static int options_net(struct cli_options *o, enum cli_net_kind kind, const char *text)
{
    struct cli_net *at = o->net;
    while (at->kind)
        at++;
    *at = (struct cli_net){kind, text};
    return -1;
}

static int options_trace(const char *text, unsigned *trace)
{
    if (!text || strcmp(text, "all") == 0) {
        *trace = SHOAL_TRACE_SCHED | SHOAL_TRACE_CALLS;
        return -1;
    }
    while (*text) {
        size_t len = strcspn(text, ",");
        if (len == 5 && memcmp(text, "sched", 5) == 0)
            *trace |= SHOAL_TRACE_SCHED;
        else if (len == 3 && memcmp(text, "sys", 3) == 0)
            *trace |= SHOAL_TRACE_CALLS;
        else
            return options_wrong("unknown kind of trace", text);
        text += len + (text[len] == ',');
    }
    return -1;
}

static int options_orphans(const char *text, enum shoal_orphans *orphans)
{
    if (strcmp(text, "wait") == 0)
        *orphans = SHOAL_ORPHANS_WAIT;
    else if (strcmp(text, "kill") == 0)
        *orphans = SHOAL_ORPHANS_KILL;
    else
        return options_wrong("--orphans is wait or kill, not", text);
    return -1;
}

static int options_print_help(void)
{
    const char *name, *text;
    fputs(options_help, stdout);
    for (unsigned i = 0; (name = shoal_limit_name(i, &text)); i++)
        printf("  %-16s %s\n", name, text);
    return 0;
}

/* Takes one option; -1: go on. */
static int options_take(struct cli_options *o, int code, char *arg)
{
    switch (code) {
    case 'c': o->command = true; return -1;
    case OPTION_ALLOW_NET: return options_net(o, CLI_NET_ALLOW, arg);
    case OPTION_NET_HEADER: return options_net(o, CLI_NET_HEADER, arg);
    case OPTION_NET_CA: return options_net(o, CLI_NET_CA, arg);
    case OPTION_NET_NAME: return options_net(o, CLI_NET_NAME, arg);
    case OPTION_NET_DNS: return options_net(o, CLI_NET_DNS, arg);
    case OPTION_ENV: return options_pair(o->env, arg, '=', "--env needs NAME=VALUE, not");
    case OPTION_LIMIT:
        return options_pair(o->limits, arg, '=', "--limit needs NAME=VALUE, not");
    case OPTION_MOUNT_RO:
        return options_pair(o->mounts, arg, ':', "--mount-ro needs HOST:PATH, not");
    case OPTION_ORPHANS: return options_orphans(arg, &o->orphans);
    case OPTION_WORKERS: return options_unsigned(arg, &o->workers);
    case OPTION_VIRTUAL_CLOCK: o->sandbox_flags |= SHOAL_VIRTUAL_CLOCK; return -1;
    case OPTION_DETERMINISTIC: o->sandbox_flags |= SHOAL_DETERMINISTIC; return -1;
    case OPTION_SEED:
        o->sandbox_flags |= SHOAL_DETERMINISTIC;
        return options_number(arg, UINT64_MAX, &o->seed);
    case OPTION_EXPLORE:
        o->sandbox_flags |= SHOAL_DETERMINISTIC;
        return options_unsigned(arg, &o->explore);
    case OPTION_TRACE: return options_trace(arg, &o->trace);
    case OPTION_TIMELINE:
        o->timeline = true;
        o->timeline_file = arg;
        return -1;
    case OPTION_HELP: return options_print_help();
    case OPTION_VERSION: printf("shoal %s\n", shoal_version()); return 0;
    default: // getopt has reported it
        fputs("Try 'shoal --help' for more information.\n", stderr);
        return CLI_WRONG;
    }
}

/* What does not go together. */
static int options_check(const struct cli_options *o)
{
    const char *wrong = NULL;
    if (o->command && !*o->operands)
        wrong = "-c: option requires an argument";
    else if (o->trace && o->timeline)
        wrong = "--trace and --timeline exclude each other";
    else if (o->explore && (o->trace || o->timeline))
        wrong = "--explore tells no events; use --seed with what it has found";
    if (!wrong)
        return -1;
    fprintf(stderr, "shoal: %s\n", wrong);
    return CLI_WRONG;
}

int cli_options_parse(struct cli_options *o, int argc, char **argv)
{
    size_t most = (size_t)argc + 1;
    *o = (struct cli_options){0};
    o->limits = calloc(most * 3, sizeof *o->limits);
    o->net = calloc(most, sizeof *o->net);
    if (!o->limits || !o->net) {
        cli_options_free(o);
        fputs("shoal: out of memory\n", stderr);
        return CLI_WRONG;
    }
    o->env = o->limits + most;
    o->mounts = o->env + most;
    argv[0] = "shoal"; // for getopt's messages
    int code, status = -1;
    while (status < 0 && (code = getopt_long(argc, argv, "+c", options_long, NULL)) != -1)
        status = options_take(o, code, optarg);
    o->operands = argv + optind;
    if (status < 0)
        status = options_check(o);
    if (status >= 0)
        cli_options_free(o);
    return status;
}

void cli_options_free(struct cli_options *o)
{
    free(o->limits);
    free(o->net);
}

bool cli_options_want_net(int argc, char **argv)
{
    bool wanted = false;
    int code, report = opterr;
    opterr = 0;
    while ((code = getopt_long(argc, argv, "+c", options_long, NULL)) != -1)
        wanted |= code >= OPTION_ALLOW_NET && code <= OPTION_NET_DNS;
    optind = 1;
    opterr = report;
    return wanted;
}
