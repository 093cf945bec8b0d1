/* curl.c: transfer URLs. Imitates curl 7.88 for http and https. */
#include "cmd/curl/options.h"
#include "sys.h"
#include "user/cmd.h"

int cmd_curl(int argc, char **argv);

const struct cmd cmd_curl_entry = {
    .name = "curl",
    .usage = "[options...] <url>",
    .help = " -d, --data <data>          HTTP POST data\n"
            " -f, --fail                 Fail fast with no output on HTTP errors\n",
    .main = cmd_curl,
    .no_help = true,
    .fail_status = 23,
};

int cmd_curl(int argc, char **argv)
{
    struct curl_global g = {.parallel_max = 50};
    return curl_options_read(&g, argc, argv);
}
