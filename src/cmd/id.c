/* id.c: who the user is: id, whoami, logname, groups. Imitates GNU coreutils. */
#include <stddef.h>

#include "base/fmt.h"
#include "base/num.h"
#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/ids.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"

int cmd_id(int argc, char **argv);
int cmd_whoami(int argc, char **argv);
int cmd_logname(int argc, char **argv);
int cmd_groups(int argc, char **argv);

static const struct opt id_opts[] = {
    {"context", 'Z', OPT_PLAIN}, {"group", 'g', OPT_PLAIN}, {"groups", 'G', OPT_PLAIN},
    {"name", 'n', OPT_PLAIN},    {"real", 'r', OPT_PLAIN},  {"user", 'u', OPT_PLAIN},
    {"zero", 'z', OPT_PLAIN},    {NULL, 'a', OPT_PLAIN},    {0},
};

const struct cmd cmd_id_entry = {
    .name = "id",
    .usage = "[USER]...",
    .help = "Show the user and groups of this process, or of each USER.\n"
            "\n"
            "  -a            (ignored)\n"
            "  -g, --group   only the group\n"
            "  -G, --groups  all groups\n"
            "  -n, --name    names in place of numbers, for -ugG\n"
            "  -r, --real    the real one, for -ugG\n"
            "  -u, --user    only the user\n"
            "  -z, --zero    NUL in place of white space\n",
    .main = cmd_id,
    .opts = id_opts,
};

const struct cmd cmd_whoami_entry = {
    .name = "whoami",
    .usage = "",
    .help = "Write the name of the user.\n",
    .main = cmd_whoami,
};

const struct cmd cmd_logname_entry = {
    .name = "logname",
    .usage = "",
    .help = "Write the name that the user logged in with.\n",
    .main = cmd_logname,
};

const struct cmd cmd_groups_entry = {
    .name = "groups",
    .usage = "[USERNAME]...",
    .help = "Write the groups of each USERNAME, or of this process.\n",
    .main = cmd_groups,
};

/* A user with his groups. */
struct id_user {
    uint32_t uid, gid;
    uint32_t *groups;
    size_t group_count;
    char name[IDS_NAME];
};

static void id_self(struct id_user *u)
{
    u->uid = (uint32_t)sys_getuid();
    u->gid = (uint32_t)sys_getgid();
    ids_user_name(u->uid, u->name);
    u->groups = ids_groups_of(u->name, u->gid, &u->group_count);
}

/* A user by name or number. */
static bool id_find(const char *text, struct id_user *u)
{
    u->gid = 0;
    if (ids_user(text, &u->uid, &u->gid)) {
        fmt_to(u->name, sizeof u->name, "%s", text);
    } else {
        int n;
        if (num_to_int(*text == '+' ? text + 1 : text, &n) || n < 0)
            return false;
        u->uid = (uint32_t)n;
        if (!ids_user_name(u->uid, u->name) || !ids_user(u->name, &u->uid, &u->gid))
            return false;
    }
    u->groups = ids_groups_of(u->name, u->gid, &u->group_count);
    return true;
}

struct id {
    bool user, group, groups, names, real, zero;
};

static void id_put(const struct id *id, uint32_t n, bool group)
{
    char name[IDS_NAME];
    if (group)
        ids_group_name(n, name);
    else
        ids_user_name(n, name);
    if (id->names)
        out_str(name);
    else
        outf("%u", n);
}

static void id_put_full(const struct id_user *u)
{
    char name[IDS_NAME];
    bool known = ids_user_name(u->uid, name);
    outf("uid=%u", u->uid);
    if (known)
        outf("(%s)", name);
    outf(" gid=%u", u->gid);
    if (ids_group_name(u->gid, name))
        outf("(%s)", name);
    for (size_t i = 0; i < u->group_count; i++) {
        outf("%s%u", i ? "," : " groups=", u->groups[i]);
        if (ids_group_name(u->groups[i], name))
            outf("(%s)", name);
    }
}

static void id_show(const struct id *id, const struct id_user *u, bool several)
{
    char end = id->zero ? '\0' : '\n';
    if (id->user)
        id_put(id, u->uid, false);
    else if (id->group)
        id_put(id, u->gid, true);
    else if (id->groups)
        for (size_t i = 0; i < u->group_count; i++) {
            if (i)
                out_char(id->zero ? '\0' : ' ');
            id_put(id, u->groups[i], true);
        }
    else
        id_put_full(u);
    out_char(end);
    if (id->zero && id->groups && several)
        out_char('\0');
}

static int id_read_options(struct id *id, struct opts *o)
{
    for (int c; (c = opts_next(o)) != OPTS_END;)
        switch (c) {
        case 'a': break;
        case 'g': id->group = true; break;
        case 'G': id->groups = true; break;
        case 'n': id->names = true; break;
        case 'r': id->real = true; break;
        case 'u': id->user = true; break;
        case 'z': id->zero = true; break;
        case 'Z': return msg("--context (-Z) works only on an SELinux-enabled kernel");
        default: return 1;
        }
    if (id->user + id->group + id->groups > 1)
        return msg("cannot print \"only\" of more than one choice");
    bool full = !(id->user || id->group || id->groups);
    if (full && (id->real || id->names))
        return msg("cannot print only names or real IDs in default format");
    if (full && id->zero)
        return msg("option --zero not permitted in default format");
    return 0;
}

int cmd_id(int argc, char **argv)
{
    struct id id = {0};
    struct id_user u;
    struct opts o = opts_begin(&cmd_id_entry, argc, argv);
    if (id_read_options(&id, &o))
        return 1;
    if (!o.count) {
        id_self(&u);
        id_show(&id, &u, false);
        return 0;
    }
    int status = 0;
    for (char **name = o.operands; *name; name++) {
        if (id_find(*name, &u))
            id_show(&id, &u, o.count > 1);
        else
            status = msg("%s: no such user", quoted(*name));
    }
    return status;
}

int cmd_whoami(int argc, char **argv)
{
    struct opts o = opts_begin(&cmd_whoami_entry, argc, argv);
    if (opts_next(&o) != OPTS_END)
        return 1;
    if (o.count)
        return msg_usage("extra operand %s", quoted(o.operands[0]));
    char name[IDS_NAME];
    if (!ids_user_name((uint32_t)sys_getuid(), name))
        return msg("cannot find name for user ID %s", name);
    outf("%s\n", name);
    return 0;
}

/* There is no login, for there is no terminal. */
int cmd_logname(int argc, char **argv)
{
    struct opts o = opts_begin(&cmd_logname_entry, argc, argv);
    if (opts_next(&o) != OPTS_END)
        return 1;
    if (o.count)
        return msg_usage("extra operand %s", quoted(o.operands[0]));
    return msg("no login name");
}

int cmd_groups(int argc, char **argv)
{
    static const struct id names = {.groups = true, .names = true};
    struct id_user u;
    struct opts o = opts_begin(&cmd_groups_entry, argc, argv);
    if (opts_next(&o) != OPTS_END)
        return 1;
    if (!o.count) {
        id_self(&u);
        id_show(&names, &u, false);
        return 0;
    }
    int status = 0;
    for (char **name = o.operands; *name; name++) {
        if (!id_find(*name, &u)) {
            status = msg("%s: no such user", quoted(*name));
            continue;
        }
        outf("%s : ", *name);
        id_show(&names, &u, false);
    }
    return status;
}
