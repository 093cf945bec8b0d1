/* curl.c: transfer URLs. Imitates curl 7.88 for http and https. */
#include "cmd/curl/options.h"
#include "cmd/curl/run.h"
#include "cmd/curl/state.h"
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
    int status = curl_options_read(&g, argc, argv);
    if (status)
        return status;
    int err = sys_signal_set(SYS_SIGPIPE, SYS_IGNORE); // a closed output is error 23
    return err ? CURL_ERR_INIT : curl_run(&g);
}
