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
    .help =
        " -d, --data <data>          Send the data as a POST (@file: what it holds); also\n"
        "     --data-ascii, --data-binary, --data-raw, --data-urlencode, --json\n"
        " -F, --form <name=content>  Send a multipart form (@file, <file); --form-string\n"
        " -T, --upload-file <file>   Send the file (-: standard input)\n"
        " -G, --get                  Put the data of -d into the URL\n"
        "     --url-query <data>     Add to the query of the URL\n"
        " -X, --request <method>     Use this method\n"
        " -I, --head                 Ask for the headers only\n"
        " -H, --header <line/@file>  Send this header line\n"
        " -A, --user-agent <name>    Send User-Agent\n"
        " -e, --referer <URL>        Send Referer (;auto: the page before)\n"
        " -u, --user <user:password> Basic authentication; --oauth2-bearer <token>\n"
        " -b, --cookie <data/file>   Send cookies; -c, --cookie-jar <file> saves them\n"
        " -j, --junk-session-cookies Leave out those that end with their session\n"
        " -r, --range <range>        Ask for a part\n"
        " -C, --continue-at <offset> Go on from there (-: where the file ends)\n"
        " -z, --time-cond <time>     Only if it is newer (-time: older); --etag-compare,\n"
        "     --etag-save <file>\n"
        "     --compressed           Ask for a compressed answer and unpack it\n"
        " -L, --location             Follow redirects; --location-trusted, --max-redirs <n>,\n"
        "     --post301, --post302, --post303, --proto-redir <protocols>\n"
        " -o, --output <file>        Write to the file (#1: what the first glob gave)\n"
        " -O, --remote-name          Write to a file named as in the URL; --remote-name-all\n"
        " -J, --remote-header-name   ... as the server names it\n"
        "     --output-dir <dir>     Put files there; --create-dirs, --no-clobber,\n"
        "     --remove-on-error, --max-filesize <bytes>\n"
        " -R, --remote-time          Give files the server's time\n"
        " -D, --dump-header <file>   Write the headers there; -i, --include: to the output\n"
        " -f, --fail                 Status 22 for HTTP errors, without output;\n"
        "     --fail-with-body, --fail-early\n"
        " -w, --write-out <format>   Tell of the transfer when it is over\n"
        " -s, --silent               No meter, no errors; -S, --show-error: errors all the same\n"
        " -v, --verbose              Tell what happens; -#, --progress-bar,\n"
        "     --no-progress-meter, --stderr <file>\n"
        "     --retry <num>          Try again; --retry-delay, --retry-max-time <seconds>,\n"
        "     --retry-all-errors, --retry-connrefused\n"
        " -m, --max-time <seconds>   Give up after that time; --connect-timeout <seconds>\n"
        "     --limit-rate <speed>   Not faster; -Y, --speed-limit, -y, --speed-time\n"
        " -Z, --parallel             All URLs at once; --parallel-max <num>\n"
        " -:, --next                 New options for the URLs that follow\n"
        " -g, --globoff              Take {} and [] in URLs as they stand\n"
        "     --url <url>            A URL; --proto, --proto-default, --disallow-username-in-url\n"
        " -K, --config <file>        Read options from there; -q: not from ~/.curlrc\n"
        " -0, --http1.0, --http1.1, --http2, -4, --ipv4, -6, --ipv6\n"
        " -h, --help, -V, --version\n",
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
