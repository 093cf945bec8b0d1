/* network_exec.c: the statically linked tool, which starts fast and can't load libraries,
 * becomes its dynamically linked twin when the network is asked for. See cli.h. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/options.h"

/* Beside this program, as in a build folder; or where it is installed. */
static const char *const network_twins[] = {"shoal-net", "../libexec/shoal/shoal-net"};

int cli_net_set_up(struct shoal_sandbox *sandbox, const struct cli_options *o)
{
    (void)sandbox;
    return o->net->kind ? cli_fail(SHOAL_E_NOT_SUPPORTED, "--allow-net") : -1;
}

void cli_net_become(int argc, char **argv)
{
    char path[PATH_MAX];
    if (!cli_options_want_net(argc, argv))
        return;
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 64);
    while (len > 0 && path[len - 1] != '/')
        len--;
    for (size_t i = 0; len > 0 && i < sizeof network_twins / sizeof *network_twins; i++) {
        strcpy(path + len, network_twins[i]);
        execv(path, argv);
    }
    fprintf(stderr, "shoal: shoal-net, which the network needs, is not there: %s\n",
            strerror(errno));
    exit(CLI_WRONG);
}
