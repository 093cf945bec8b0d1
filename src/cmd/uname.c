/* uname.c: what the system is called: uname, arch, nproc, hostname. Imitates GNU
 * coreutils, and hostname of Debian as far as it shows the name. */
#include <errno.h>
#include <stddef.h>

#include "base/num.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/env.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"

int cmd_uname(int argc, char **argv);
int cmd_arch(int argc, char **argv);
int cmd_nproc(int argc, char **argv);
int cmd_hostname(int argc, char **argv);

static const struct opt uname_opts[] = {
    {"all", 'a', OPT_PLAIN},
    {"kernel-name", 's', OPT_PLAIN},
    {"sysname", 's', OPT_PLAIN},
    {"nodename", 'n', OPT_PLAIN},
    {"kernel-release", 'r', OPT_PLAIN},
    {"release", 'r', OPT_PLAIN},
    {"kernel-version", 'v', OPT_PLAIN},
    {"machine", 'm', OPT_PLAIN},
    {"processor", 'p', OPT_PLAIN},
    {"hardware-platform", 'i', OPT_PLAIN},
    {"operating-system", 'o', OPT_PLAIN},
    {0},
};

const struct cmd cmd_uname_entry = {
    .name = "uname",
    .usage = "",
    .help = "Show what the system is; without options, -s.\n"
            "\n"
            "  -a, --all                all, but -p and -i where they are unknown\n"
            "  -s, --kernel-name\n"
            "  -n, --nodename\n"
            "  -r, --kernel-release\n"
            "  -v, --kernel-version\n"
            "  -m, --machine\n"
            "  -p, --processor\n"
            "  -i, --hardware-platform\n"
            "  -o, --operating-system\n",
    .main = cmd_uname,
    .opts = uname_opts,
};

const struct cmd cmd_arch_entry = {
    .name = "arch",
    .usage = "",
    .help = "Write the kind of machine, as uname -m.\n",
    .main = cmd_arch,
};

enum { NPROC_ALL = 256, NPROC_IGNORE };

static const struct opt nproc_opts[] = {
    {"all", NPROC_ALL, OPT_PLAIN},
    {"ignore", NPROC_IGNORE, OPT_ARG},
    {0},
};

const struct cmd cmd_nproc_entry = {
    .name = "nproc",
    .usage = "",
    .help = "Write the number of processors.\n"
            "\n"
            "      --all       those that are installed\n"
            "      --ignore=N  N fewer, if there are so many\n",
    .main = cmd_nproc,
    .opts = nproc_opts,
};

static const struct opt hostname_opts[] = {
    {"domain", 'd', OPT_PLAIN},
    {"fqdn", 'f', OPT_PLAIN},
    {"long", 'f', OPT_PLAIN},
    {"short", 's', OPT_PLAIN},
    {"ip-address", 'i', OPT_PLAIN},
    {"all-ip-addresses", 'I', OPT_PLAIN},
    {"alias", 'a', OPT_PLAIN},
    {"all-fqdns", 'A', OPT_PLAIN},
    {0},
};

const struct cmd cmd_hostname_entry = {
    .name = "hostname",
    .usage = "",
    .help = "Write the name of the host.\n"
            "\n"
            "  -s, --short             up to the first dot\n"
            "  -d, --domain            after the first dot\n"
            "  -f, --fqdn, --long      the full name\n"
            "  -i, --ip-address, -I, --all-ip-addresses  its address\n"
            "  -a, --alias, -A, --all-fqdns  other names\n",
    .main = cmd_hostname,
    .opts = hostname_opts,
};

int cmd_uname(int argc, char **argv)
{
    static const char letters[] = "snrvmpio";
    unsigned wanted = 0;
    bool all = false;
    struct opts o = opts_begin(&cmd_uname_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;) {
        if (c == OPTS_ERROR)
            return 1;
        if (c == 'a')
            all = true;
        else
            wanted |= 1u << (strchr(letters, c) - letters);
    }
    if (o.count)
        return msg_usage("extra operand %s", quoted(o.operands[0]));
    if (all)
        wanted = 0x9f; // without processor and platform, which are unknown
    if (!wanted)
        wanted = 1;
    struct sys_uname u;
    sys_uname(&u);
    const char *const texts[] = {u.sysname, u.nodename, u.release, u.version,
                                 u.machine, "unknown",  "unknown", "GNU/Linux"};
    const char *space = "";
    for (int i = 0; i < 8; i++)
        if (wanted >> i & 1) {
            outf("%s%s", space, texts[i]);
            space = " ";
        }
    out_char('\n');
    return 0;
}

int cmd_arch(int argc, char **argv)
{
    struct opts o = opts_begin(&cmd_arch_entry, argc, argv);
    if (opts_next(&o) != OPTS_END)
        return 1;
    if (o.count)
        return msg_usage("extra operand %s", quoted(o.operands[0]));
    struct sys_uname u;
    sys_uname(&u);
    outf("%s\n", u.machine);
    return 0;
}

/* A number of processors from OMP_NUM_THREADS or OMP_THREAD_LIMIT; 0: it says nothing. */
static uint64_t nproc_from_env(const char *name)
{
    const char *text = env_get(name), *rest;
    uint64_t n;
    if (!text || num_to_u64(text, &n, &rest))
        return 0;
    while (char_is_space(*rest))
        rest++;
    return !*rest || *rest == ',' ? n : 0;
}

int cmd_nproc(int argc, char **argv)
{
    int64_t ignore = 0;
    bool all = false;
    struct opts o = opts_begin(&cmd_nproc_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;) {
        const char *rest = "";
        if (c == OPTS_ERROR)
            return 1;
        if (c == NPROC_ALL)
            all = true;
        else if (num_to_i64(o.arg, &ignore, &rest) == -EINVAL || *rest || ignore < 0)
            return msg("invalid number: %s", quoted(o.arg));
    }
    if (o.count)
        return msg_usage("extra operand %s", quoted(o.operands[0]));
    uint64_t n = sys_cpu_count(), threads = nproc_from_env("OMP_NUM_THREADS");
    uint64_t limit = nproc_from_env("OMP_THREAD_LIMIT");
    if (!all && threads)
        n = threads;
    if (!all && limit && limit < n)
        n = limit;
    n = (uint64_t)ignore < n ? n - (uint64_t)ignore : 1;
    outf("%llu\n", (unsigned long long)n);
    return 0;
}

int cmd_hostname(int argc, char **argv)
{
    char what = 'n';
    struct opts o = opts_begin(&cmd_hostname_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;) {
        if (c == OPTS_ERROR)
            return 4;
        what = (char)c;
    }
    if (o.count)
        return msg_errno(EPERM, "you must be root to change the host name");
    struct sys_uname u;
    sys_uname(&u);
    struct span name = span_of(u.nodename);
    size_t dot = span_find(name, '.');
    switch (what) {
    case 's': outf("%.*s\n", (int)dot, name.ptr); break;
    case 'd': outf("%s\n", dot < name.len ? name.ptr + dot + 1 : ""); break;
    case 'i':
    case 'I': outf("127.0.0.1%s\n", what == 'I' ? " " : ""); break;
    case 'a': outf("\n"); break;
    case 'A': outf("%s \n", name.ptr); break;
    default: outf("%s\n", name.ptr);
    }
    return 0;
}
