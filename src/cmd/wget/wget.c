/* wget.c: download files. Imitates GNU wget 1.21 for http and https, without recursion.
 */
#include "cmd/wget/wget.h"

#include <errno.h>

#include "base/num.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/errtext.h"
#include "user/in.h"
#include "user/interval.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/size.h"

int cmd_wget(int argc, char **argv);

enum {
    WGET_RETRY_REFUSED = 256,
    WGET_CONNECT_TIMEOUT,
    WGET_READ_TIMEOUT,
    WGET_WAITRETRY,
    WGET_NO_MTIME,
    WGET_SPIDER,
    WGET_LIMIT_RATE,
    WGET_USER,
    WGET_PASSWORD,
    WGET_HEADER,
    WGET_COMPRESSION,
    WGET_MAX_REDIRECT,
    WGET_REFERER,
    WGET_NO_COOKIES,
    WGET_POST_DATA,
    WGET_POST_FILE,
    WGET_METHOD,
    WGET_BODY_DATA,
    WGET_BODY_FILE,
    WGET_DISPOSITION,
    WGET_LOGIN_AT_ONCE,
    WGET_NO_VERBOSE,
    WGET_NO_CLOBBER,
    WGET_NOTHING, // what is so in any case
    WGET_REFUSED,
    WGET_INSECURE,
};

static const struct opt wget_opts[] = {
    {"quiet", 'q', OPT_PLAIN},
    {"verbose", 'v', OPT_PLAIN},
    {"no-verbose", WGET_NO_VERBOSE, OPT_PLAIN},
    {NULL, 'n', OPT_ARG}, // -nv, -nc, -nd, -nH
    {"input-file", 'i', OPT_ARG},
    {"output-document", 'O', OPT_ARG},
    {"output-file", 'o', OPT_ARG},
    {"append-output", 'a', OPT_ARG},
    {"directory-prefix", 'P', OPT_ARG},
    {"tries", 't', OPT_ARG},
    {"retry-connrefused", WGET_RETRY_REFUSED, OPT_PLAIN},
    {"no-clobber", WGET_NO_CLOBBER, OPT_PLAIN},
    {"continue", 'c', OPT_PLAIN},
    {"timestamping", 'N', OPT_PLAIN},
    {"no-use-server-timestamps", WGET_NO_MTIME, OPT_PLAIN},
    {"server-response", 'S', OPT_PLAIN},
    {"spider", WGET_SPIDER, OPT_PLAIN},
    {"timeout", 'T', OPT_ARG},
    {"connect-timeout", WGET_CONNECT_TIMEOUT, OPT_ARG},
    {"read-timeout", WGET_READ_TIMEOUT, OPT_ARG},
    {"wait", 'w', OPT_ARG},
    {"waitretry", WGET_WAITRETRY, OPT_ARG},
    {"limit-rate", WGET_LIMIT_RATE, OPT_ARG},
    {"inet4-only", '4', OPT_PLAIN},
    {"inet6-only", '6', OPT_PLAIN},
    {"user", WGET_USER, OPT_ARG},
    {"http-user", WGET_USER, OPT_ARG},
    {"password", WGET_PASSWORD, OPT_ARG},
    {"http-password", WGET_PASSWORD, OPT_ARG},
    {"header", WGET_HEADER, OPT_ARG},
    {"compression", WGET_COMPRESSION, OPT_ARG},
    {"max-redirect", WGET_MAX_REDIRECT, OPT_ARG},
    {"referer", WGET_REFERER, OPT_ARG},
    {"user-agent", 'U', OPT_ARG},
    {"no-cookies", WGET_NO_COOKIES, OPT_PLAIN},
    {"post-data", WGET_POST_DATA, OPT_ARG},
    {"post-file", WGET_POST_FILE, OPT_ARG},
    {"method", WGET_METHOD, OPT_ARG},
    {"body-data", WGET_BODY_DATA, OPT_ARG},
    {"body-file", WGET_BODY_FILE, OPT_ARG},
    {"content-disposition", WGET_DISPOSITION, OPT_PLAIN},
    {"auth-no-challenge", WGET_LOGIN_AT_ONCE, OPT_PLAIN},
    {"no-directories", WGET_NOTHING, OPT_PLAIN},
    {"no-host-directories", WGET_NOTHING, OPT_PLAIN},
    {"no-parent", WGET_NOTHING, OPT_PLAIN},
    {"no-proxy", WGET_NOTHING, OPT_PLAIN},
    {"no-hsts", WGET_NOTHING, OPT_PLAIN},
    {"no-config", WGET_NOTHING, OPT_PLAIN},
    {"no-netrc", WGET_NOTHING, OPT_PLAIN},
    {"no-iri", WGET_NOTHING, OPT_PLAIN},
    {"no-check-certificate", WGET_INSECURE, OPT_PLAIN},
#define REFUSE(name, id, arg) {name, id, arg},
#include "cmd/wget/refused.def"
#undef REFUSE
    {0},
};

const struct cmd cmd_wget_entry = {
    .name = "wget",
    .usage = "[URL]...",
    .help =
        "Download the URLs (http and https) into files.\n"
        "\n"
        "  -q, --quiet                  say nothing\n"
        "  -nv, --no-verbose            say little\n"
        "  -o, --output-file=FILE       log to FILE; -a, --append-output=FILE adds to it\n"
        "  -i, --input-file=FILE        take URLs from FILE too (-: standard input)\n"
        "  -O, --output-document=FILE   write all to FILE (-: standard output)\n"
        "  -P, --directory-prefix=DIR   put files into DIR\n"
        "  -nc, --no-clobber            leave files alone that are there\n"
        "  -c, --continue               go on with a file that is there in part\n"
        "  -N, --timestamping           only what is newer than the file\n"
        "      --no-use-server-timestamps  do not give files the server's times\n"
        "      --content-disposition    take the name that the server gives\n"
        "  -S, --server-response        show the headers of answers\n"
        "      --spider                 download nothing, only look\n"
        "  -t, --tries=NUMBER           try so often (20; 0: without end)\n"
        "      --retry-connrefused      try again also when connections are refused\n"
        "      --waitretry=SECONDS      wait at most so long between tries (10)\n"
        "  -w, --wait=SECONDS           wait so long between URLs\n"
        "  -T, --timeout=SECONDS        both of --connect-timeout and --read-timeout\n"
        "      --limit-rate=RATE        no more than RATE bytes per second\n"
        "      --max-redirect=NUMBER    follow so many redirects (20)\n"
        "  -4, -6                       only addresses of IPv4, of IPv6\n"
        "      --header=LINE            send this header line too\n"
        "  -U, --user-agent=TEXT        say this as User-Agent\n"
        "      --referer=URL            say this as Referer\n"
        "      --user=USER, --password=PASSWORD  for servers that ask for them\n"
        "      --auth-no-challenge      send them before they are asked for\n"
        "      --post-data=TEXT, --post-file=FILE  send a POST with this body\n"
        "      --method=METHOD, --body-data=TEXT, --body-file=FILE  any method\n"
        "      --compression=TYPE       auto, gzip or none (the default)\n"
        "      --no-cookies             do not send back the cookies of this run\n",
    .main = cmd_wget,
    .opts = wget_opts,
    .fail_status = WGET_ERR_USAGE,
};

/* ---- Options ---------------------------------------------------------------------- */

/* The digits that text begins with; without any, as in "inf", 0 (seldom.test). */
static bool wget_read_count(const char *what, const char *text, int64_t *n)
{
    const char *digits = text, *rest;
    while (char_is_space((unsigned char)*digits))
        digits++;
    int err = num_to_i64(digits, n, &rest);
    if (err == -EINVAL)
        *n = 0;
    if (err != -ERANGE && *n >= 0 && *n <= INT32_MAX)
        return true;
    msg("%s: Invalid number %s.", what, quoted(text));
    return false;
}

static bool wget_read_seconds(const char *what, const char *text, double *seconds)
{
    if (!interval_parse(text, seconds))
        return true;
    bool negative = text[0] == '-' && !interval_parse(text + 1, seconds);
    msg("%s: %s time period %s", what, negative ? "Negative" : "Invalid", quoted(text));
    return false;
}

static bool wget_read_rate(const char *text, int64_t *rate)
{
    uint64_t n;
    const char *rest;
    if (!num_to_size_of(text, "kKmMgG", &n, &rest) && !*rest && n <= INT64_MAX) {
        *rate = (int64_t)n;
        return true;
    }
    msg("--limit-rate: Invalid byte value %s", quoted(text));
    return false;
}

static bool wget_read_body(struct wget *w)
{
    if (!w->body_file)
        return true;
    struct in in;
    int err = in_open(&in, w->body_file);
    if (!err) {
        struct span block;
        while (in_block(&in, &block))
            buf_add_span(&w->body, block);
        err = in.err;
        in_close(&in);
    }
    w->has_body = true;
    if (err)
        msg("BODY data file %s missing: %s", quoted(w->body_file), errtext(err));
    return !err;
}

static bool wget_read_compression(struct wget *w, const char *text)
{
    w->compressed = str_eq(text, "auto") || str_eq(text, "gzip");
    if (w->compressed || str_eq(text, "none"))
        return true;
    msg("--compression: Invalid value %s.", quoted(text));
    return false;
}

static bool wget_read_header(struct wget *w, const char *line)
{
    size_t name = strcspn(line, ": \t\n");
    if (name && line[name] == ':' && !strchr(line, '\n'))
        return strlist_add_str(&w->headers, line) == 0;
    msg("--header: Invalid header %s.", quoted(line));
    return false;
}

static bool wget_read_agent(struct wget *w, const char *text)
{
    w->user_agent = text;
    if (!strchr(text, '\n'))
        return true;
    msg("--user-agent: Invalid value %s.", quoted(text));
    return false;
}

/* -o, -a: what is said goes to a file. */
static bool wget_set_log(const char *path, unsigned how)
{
    int fd = sys_open(path, SYS_WRONLY | SYS_CREAT | how, 0666);
    int err = fd < 0 ? fd : sys_dup_to(fd, 2, 0);
    if (err >= 0) {
        sys_close(fd);
        return true;
    }
    msg("%s: %s", path, errtext(err));
    return false;
}

/* "vc" of "-nvc". */
static bool wget_set_no(struct wget *w, const char *letters)
{
    for (; *letters; letters++)
        switch (*letters) {
        case 'v': w->level = WGET_BRIEF; break;
        case 'c': w->no_clobber = true; break;
        case 'd':
        case 'H':
        case 'p': break; // there are no folders without recursion
        default: msg("-n%c: Invalid option", *letters); return false;
        }
    return true;
}

static void wget_set_flag(struct wget *w, int option)
{
    switch (option) {
    case 'q': w->level = WGET_QUIET; break;
    case 'v': w->level = WGET_VERBOSE; break;
    case WGET_NO_VERBOSE: w->level = WGET_BRIEF; break;
    case WGET_RETRY_REFUSED: w->retry_refused = true; break;
    case WGET_NO_CLOBBER: w->no_clobber = true; break;
    case 'c': w->resume = true; break;
    case 'N': w->newer = true; break;
    case WGET_NO_MTIME: w->no_mtime = true; break;
    case 'S': w->show_headers = true; break;
    case WGET_SPIDER: w->spider = true; break;
    case '4': w->ipv4 = true; break;
    case '6': w->ipv6 = true; break;
    case WGET_NO_COOKIES: w->no_cookies = true; break;
    case WGET_DISPOSITION: w->content_disposition = true; break;
    case WGET_LOGIN_AT_ONCE: w->login_at_once = true; break;
    }
}

static char *wget_upper(const char *text)
{
    char *copy = sys_strdup(text);
    for (char *p = copy; *p; p++)
        *p = (char)char_upper(*p);
    return copy;
}

/* An option with an argument. false: after a message. */
static bool wget_set_text(struct wget *w, int option, const char *arg)
{
    double seconds;
    switch (option) {
    case 'n': return wget_set_no(w, arg);
    case 'i': w->input = arg; return true;
    case 'O': w->output = arg; return true;
    case 'o': return wget_set_log(arg, SYS_TRUNC);
    case 'a': return wget_set_log(arg, SYS_APPEND);
    case 'P': w->prefix = arg; return true;
    case 't': return wget_read_count("--tries", arg, &w->tries);
    case 'T':
        if (!wget_read_seconds("--timeout", arg, &seconds))
            return false;
        w->read_timeout_s = w->connect_timeout_s = seconds;
        return true;
    case WGET_CONNECT_TIMEOUT:
        return wget_read_seconds("--connect-timeout", arg, &w->connect_timeout_s);
    case WGET_READ_TIMEOUT:
        return wget_read_seconds("--read-timeout", arg, &w->read_timeout_s);
    case 'w': return wget_read_seconds("--wait", arg, &w->wait_s);
    case WGET_WAITRETRY: return wget_read_seconds("--waitretry", arg, &w->wait_retry_s);
    case WGET_LIMIT_RATE: return wget_read_rate(arg, &w->limit_rate);
    case WGET_USER: w->user = arg; return true;
    case WGET_PASSWORD: w->password = arg; return true;
    case WGET_HEADER: return wget_read_header(w, arg);
    case WGET_COMPRESSION: return wget_read_compression(w, arg);
    case WGET_MAX_REDIRECT:
        return wget_read_count("--max-redirect", arg, &w->max_redirects);
    case WGET_REFERER: w->referer = arg; return true;
    case 'U': return wget_read_agent(w, arg);
    case WGET_METHOD: w->method = wget_upper(arg); return true;
    case WGET_POST_FILE:
    case WGET_BODY_FILE: w->body_file = arg; return true;
    case WGET_POST_DATA:
    case WGET_BODY_DATA:
        buf_clear(&w->body);
        buf_add_str(&w->body, arg);
        w->has_body = true;
        return true;
    }
    return true;
}

/* Refuses what is not supported. true: after a message. */
static bool wget_refuse(const struct opts *o, int option)
{
    static const int refused[] = {
        WGET_INSECURE,
#define REFUSE(name, id, arg) id,
#include "cmd/wget/refused.def"
#undef REFUSE
    };
    bool found = false;
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        found |= refused[i] == option;
    if (!found)
        return false;
    const char *why = option == WGET_INSECURE ? ": certificates are always checked"
                      : option == 'r' || option == 'm'
                          ? ": only the URLs named are fetched"
                          : "";
    char letter[] = {(char)option, '\0'};
    msg("%s%s is not supported in this sandbox%s", o->long_name ? "--" : "-",
        o->long_name ? o->long_name : letter, why);
    return true;
}

/* Which of the options for bodies were given. */
struct wget_bodies {
    bool post_data, post_file, body;
};

static void wget_note_body(struct wget_bodies *b, int option)
{
    b->post_data |= option == WGET_POST_DATA;
    b->post_file |= option == WGET_POST_FILE;
    b->body |= option == WGET_BODY_DATA || option == WGET_BODY_FILE;
}

/* Options that exclude each other. false: after a message. */
static bool wget_check(struct wget *w, const struct wget_bodies *bodies)
{
    const char *wrong = NULL;
    if (bodies->post_data && bodies->post_file)
        wrong = "You cannot specify both --post-data and --post-file.";
    else if (bodies->body && !w->method)
        wrong = "You must specify a method through --method=HTTPMethod to use with "
                "--body-data or --body-file.";
    else if (w->newer && w->no_clobber)
        wrong = "Can't timestamp and not clobber old files at the same time.";
    if (wrong)
        msg_raw("%s\n", wrong);
    if (w->newer && w->output) {
        wget_say(w, WGET_BRIEF,
                 "WARNING: timestamping does nothing in combination with -O. "
                 "See the manual\nfor details.\n\n");
        w->newer = false;
    }
    return !wrong;
}

/* 0, or the exit status after a message. */
static int wget_read_options(struct wget *w, struct opts *o)
{
    struct wget_bodies bodies = {0};
    for (int c; (c = opts_next(o)) != OPTS_END;) {
        if (c == OPTS_ERROR)
            return WGET_ERR_USAGE;
        if (wget_refuse(o, c))
            return WGET_ERR_USAGE;
        wget_note_body(&bodies, c);
        if (!o->arg)
            wget_set_flag(w, c);
        else if (!wget_set_text(w, c, o->arg))
            return WGET_ERR_USAGE;
    }
    return wget_check(w, &bodies) ? 0 : WGET_ERR_OTHER;
}

/* ---- URLs ------------------------------------------------------------------------- */

/* -O: one file for all. false: after a message. */
static bool wget_open_output(struct wget *w)
{
    w->out_fd = -1;
    if (!w->output || w->spider)
        return true;
    struct sys_stat st;
    if (w->no_clobber && !sys_stat(w->output, &st)) {
        wget_say(w, WGET_VERBOSE, "File ‘%s’ already there; not retrieving.\n",
                 w->output);
        return false;
    }
    w->out_fd = str_eq(w->output, "-")
                    ? 1
                    : sys_open(w->output,
                               SYS_WRONLY | SYS_CREAT | SYS_CLOEXEC |
                                   (w->resume ? SYS_APPEND : SYS_TRUNC),
                               0666);
    if (w->out_fd < 0)
        msg_raw("%s: %s\n", w->output, errtext(w->out_fd)); // even with -q
    return w->out_fd >= 0;
}

static void wget_say_total(const struct wget *w, int64_t begin_ns)
{
    if ((strlist_len(&w->urls) < 2 && !w->input) || !w->bytes)
        return;
    char time[WGET_TIME_LEN], speed[WGET_TIME_LEN];
    wget_time(time);
    wget_speed(speed, w->bytes, w->ns, false);
    struct buf wall = buf_make(sys_heap()), down = buf_make(sys_heap());
    int64_t wall_ns = sys_clock(SYS_CLOCK_MONOTONIC) - begin_ns;
    num_add_double(&wall, 'g', 0, 0, 2, (double)wall_ns / 1e9);
    num_add_double(&down, 'g', 0, 0, 1, w->ns < 500000 ? 0 : (double)w->ns / 1e9);
    wget_say(
        w, WGET_BRIEF,
        "FINISHED --%s--\nTotal wall clock time: %ss\nDownloaded: %lld files, %lld in "
        "%ss (%s)\n",
        time, buf_str(&wall), (long long)w->files, (long long)w->bytes, buf_str(&down),
        speed);
    buf_fini(&wall);
    buf_fini(&down);
}

int cmd_wget(int argc, char **argv)
{
    struct wget w = {.level = WGET_VERBOSE,
                     .tries = 20,
                     .max_redirects = 20,
                     .wait_retry_s = 10,
                     .read_timeout_s = 900,
                     .headers = strlist_make(sys_heap()),
                     .urls = strlist_make(sys_heap()),
                     .body = buf_make(sys_heap())};
    cookies_init(&w.jar);
    struct opts o = opts_begin(&cmd_wget_entry, argc, argv);
    int status = wget_read_options(&w, &o);
    if (status)
        return status;
    for (char **url = o.operands; *url; url++)
        (void)strlist_add_str(&w.urls, *url);
    if (!o.count && !w.input) {
        msg("missing URL");
        msg_raw(
            "Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n");
        return WGET_ERR_OTHER;
    }
    if (!wget_read_body(&w) || !wget_open_output(&w))
        return WGET_ERR_OTHER;
    if (w.input)
        wget_read_list(&w);
    int64_t begin = sys_clock(SYS_CLOCK_MONOTONIC);
    for (size_t i = 0; i < strlist_len(&w.urls); i++) {
        if (i && w.wait_s > 0 && sys_sleep(w.wait_s))
            break;
        wget_fetch(&w, strlist_at(&w.urls, i));
    }
    wget_say_total(&w, begin);
    return w.status;
}
