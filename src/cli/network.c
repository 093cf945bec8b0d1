/* network.c: the options about the network. See cli.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/options.h"

void cli_net_become(int argc, char **argv)
{
    (void)argc;
    (void)argv; // this program is the one
}

static int network_wrong(const char *text, const char *why)
{
    fprintf(stderr, "shoal: '%s': %s\n", text, why);
    return CLI_WRONG;
}

/* The value of a secret: env:VARIABLE or file:PATH. A line's end behind it does not
 * count. */
static int network_read_secret(const char *from, struct cli_text *value)
{
    if (strncmp(from, "env:", 4) == 0) {
        const char *text = getenv(from + 4);
        if (!text)
            return network_wrong(from, "no such variable in the environment");
        value->data = strdup(text);
        value->len = value->data ? strlen(text) : 0;
        return value->data ? -1 : network_wrong(from, "out of memory");
    }
    if (strncmp(from, "file:", 5) != 0)
        return network_wrong(from,
                             "--net-header needs NAME=env:VARIABLE or NAME=file:PATH");
    int fd = open(from + 5, O_RDONLY | O_CLOEXEC);
    int err = fd < 0 ? -1 : cli_read_all(fd, value);
    if (err)
        err = network_wrong(from + 5, strerror(errno));
    else
        err = -1;
    if (fd >= 0)
        close(fd);
    while (value->len && strchr("\r\n", value->data[value->len - 1]))
        value->len--;
    return err;
}

static int network_add_header(struct shoal_sandbox *sandbox, const char *text)
{
    struct cli_text value = {0};
    const char *mark = strchr(text, '=');
    if (!mark || mark == text)
        return network_wrong(text,
                             "--net-header needs NAME=env:VARIABLE or NAME=file:PATH");
    int status = network_read_secret(mark + 1, &value);
    if (status >= 0)
        return status;
    char *line = NULL;
    int len = asprintf(&line, "%.*s: %.*s", (int)(mark - text), text, (int)value.len,
                       value.data ? value.data : "");
    int err = len < 0                       ? SHOAL_E_NOMEM
              : strlen(line) != (size_t)len ? SHOAL_E_INVALID
                                            : shoal_net_add_header(sandbox, line);
    free(value.data);
    free(line);
    return err ? cli_fail(err, "--net-header") : -1;
}

static int network_add_name(struct shoal_sandbox *sandbox, const char *text)
{
    const char *mark = strchr(text, ':');
    char *host = mark ? strndup(text, (size_t)(mark - text)) : NULL;
    int err = host ? shoal_net_add_name(sandbox, host, mark + 1) : SHOAL_E_INVALID;
    free(host);
    return err ? network_wrong(text, "--net-resolve needs HOST:ADDRESS") : -1;
}

static bool network_needs_variable(const struct cli_options *o, const char *entry)
{
    size_t len = strcspn(entry, "=");
    for (const struct cli_net *option = o->net; option->kind; option++) {
        const char *from =
            option->kind == CLI_NET_HEADER ? strchr(option->text, '=') : NULL;
        if (from && strncmp(from, "=env:", 5) == 0 && strlen(from + 5) == len &&
            memcmp(from + 5, entry, len) == 0)
            return true;
    }
    return false;
}

/* The libraries of the network read variables such as SSLKEYLOGFILE, to which OpenSSL
 * would write the keys of connections: of the environment, secrets alone are kept. Before
 * there are threads. */
static void network_empty_environment(const struct cli_options *o)
{
    char **kept = environ;
    for (char **entry = environ; entry && *entry; entry++)
        if (network_needs_variable(o, *entry))
            *kept++ = *entry;
    if (kept)
        *kept = NULL;
}

static int network_take(struct shoal_sandbox *sandbox, const struct cli_net *option)
{
    int err = 0;
    switch (option->kind) {
    case CLI_NET_ALLOW: err = shoal_net_allow(sandbox, option->text); break;
    case CLI_NET_HEADER: return network_add_header(sandbox, option->text);
    case CLI_NET_CA: err = shoal_net_set_ca(sandbox, option->text); break;
    case CLI_NET_NAME: return network_add_name(sandbox, option->text);
    case CLI_NET_DNS:
        err = shoal_net_set_dns(sandbox, option->text);
        return err ? network_wrong(option->text, "--net-dns needs ADDRESS[:PORT],...")
                   : -1;
    case CLI_NET_END: break;
    }
    if (err == SHOAL_E_INVALID)
        return network_wrong(option->text, "not a rule for --allow-net");
    return err ? cli_fail(err, option->text) : -1;
}

int cli_net_set_up(struct shoal_sandbox *sandbox, const struct cli_options *o)
{
    int status = -1;
    if (o->net->kind)
        network_empty_environment(o);
    for (const struct cli_net *option = o->net; option->kind && status < 0; option++)
        status = network_take(sandbox, option);
    return status;
}
