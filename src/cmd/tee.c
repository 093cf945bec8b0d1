/* tee.c: copy standard input to standard output and to files. Imitates GNU coreutils
 * tee. */
#include <errno.h>
#include <stddef.h>

#include "base/str.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/opts.h"
#include "user/out.h"

int cmd_tee(int argc, char **argv);

enum { TEE_OUTPUT_ERROR = 256 };

static const struct opt tee_opts[] = {
    {"append", 'a', OPT_PLAIN},
    {"ignore-interrupts", 'i', OPT_PLAIN},
    {NULL, 'p', OPT_PLAIN},
    {"output-error", TEE_OUTPUT_ERROR, OPT_MAYBE},
    {0},
};

const struct cmd cmd_tee_entry = {
    .name = "tee",
    .usage = "[FILE]...",
    .help =
        "Copy standard input to each FILE, and also to standard output.\n"
        "\n"
        "  -a, --append             add to the FILEs, do not overwrite them\n"
        "  -i, --ignore-interrupts  ignore SIGINT\n"
        "  -p                       report errors of writing to what is no pipe\n"
        "      --output-error=MODE  what a write error does: warn, warn-nopipe, exit,\n"
        "                           exit-nopipe\n",
    .main = cmd_tee,
    .opts = tee_opts,
};

enum tee_mode { TEE_SIGPIPE, TEE_WARN, TEE_WARN_NOPIPE, TEE_EXIT, TEE_EXIT_NOPIPE };

struct tee_file {
    const char *name; // NULL: standard output
    int fd;           // -1: given up
};

struct tee {
    struct tee_file *files;
    size_t count, open;
    enum tee_mode mode;
    int status;
};

static int tee_read_mode(const char *text)
{
    static const char *const names[] = {"warn", "warn-nopipe", "exit", "exit-nopipe",
                                        NULL};
    if (!text)
        return TEE_WARN_NOPIPE;
    int i = opts_match_arg("--output-error", text, names, NULL);
    return i < 0 ? -1 : i + TEE_WARN;
}

static void tee_open(struct tee *t, char **names, bool append)
{
    size_t count = 0;
    while (names[count])
        count++;
    t->files = sys_alloc((count + 1) * sizeof *t->files);
    t->files[t->count++] = (struct tee_file){NULL, 1};
    unsigned flags =
        SYS_WRONLY | SYS_CREAT | SYS_CLOEXEC | (append ? SYS_APPEND : SYS_TRUNC);
    for (; *names; names++) {
        int fd = sys_open(*names, flags, 0666);
        if (fd < 0)
            t->status = msg_errno(fd, "%s", quoted_file(*names));
        else
            t->files[t->count++] = (struct tee_file){*names, fd};
    }
    t->open = t->count;
}

static void tee_failed(struct tee *t, struct tee_file *f, int err)
{
    bool quiet =
        err == -EPIPE && (t->mode == TEE_WARN_NOPIPE || t->mode == TEE_EXIT_NOPIPE);
    f->fd = -1;
    t->open--;
    if (quiet)
        return;
    t->status =
        msg_errno(err, "%s", f->name ? quoted_file(f->name) : "'standard output'");
    if (t->mode == TEE_EXIT || t->mode == TEE_EXIT_NOPIPE)
        cmd_exit(1);
}

static void tee_write(struct tee *t, struct span block)
{
    for (struct tee_file *f = t->files; f < t->files + t->count; f++) {
        if (f->fd < 0)
            continue;
        int err = out_write_all(f->fd, block.ptr, block.len);
        if (err)
            tee_failed(t, f, err);
    }
}

int cmd_tee(int argc, char **argv)
{
    struct tee t = {0};
    bool append = false;
    int ignored = 0;
    struct opts o = opts_begin(&cmd_tee_entry, argc, argv);
    for (int c; (c = opts_next(&o)) != OPTS_END;) {
        int mode;
        switch (c) {
        case 'a': append = true; break;
        case 'i': ignored |= sys_signal_set(SYS_SIGINT, SYS_IGNORE); break;
        case 'p': t.mode = TEE_WARN_NOPIPE; break;
        case TEE_OUTPUT_ERROR:
            if ((mode = tee_read_mode(o.arg)) < 0)
                return 1;
            t.mode = (enum tee_mode)mode;
            break;
        default: return 1;
        }
    }
    if (t.mode != TEE_SIGPIPE)
        ignored |= sys_signal_set(SYS_SIGPIPE, SYS_IGNORE);
    (void)ignored;

    tee_open(&t, o.operands, append);
    struct in in = in_make(0);
    struct span block;
    while (t.open && in_block(&in, &block))
        tee_write(&t, block);
    if (in.err)
        t.status = msg_errno(in.err, "read error");
    return t.status;
}
