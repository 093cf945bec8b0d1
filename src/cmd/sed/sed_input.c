/* sed_input.c: the lines of the input files, and files that are edited in place. See
 * sed.h. */
#include <errno.h>

#include "cmd/sed/sed.h"
#include "sys.h"
#include "user/msg.h"
#include "user/path.h"

/* ---- Editing in place ------------------------------------------------------------- */

/* The name of the backup: SUFFIX added, or put for each * in it. */
static char *sed_backup_name(const char *target, const char *suffix)
{
    struct span base = path_base(target), dir = path_dir(target);
    struct buf b = buf_make(sys_heap());
    if (!strchr(suffix, '/') && base.ptr != target) {
        buf_add_span(&b, dir);
        buf_add_char(&b, '/');
    }
    if (!strchr(suffix, '*')) {
        buf_add_span(&b, base);
        buf_add_str(&b, suffix);
    }
    for (const char *c = suffix; strchr(suffix, '*') && *c; c++)
        if (*c == '*')
            buf_add_span(&b, base);
        else
            buf_add_char(&b, *c);
    return buf_take(&b);
}

/* A file beside the target that no other file is called. Gives its descriptor, or
 * -errno. */
static int sed_make_temp(struct sed_input *in, const char *target)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    int fd = -17;
    for (int tries = 0; tries < 100 && fd == -17; tries++) {
        unsigned char random[6];
        sys_random(random, sizeof random);
        buf_clear(&in->temp_name);
        buf_add_span(&in->temp_name, path_dir(target));
        buf_add_str(&in->temp_name, "/sed");
        for (size_t i = 0; i < sizeof random; i++)
            buf_add_char(&in->temp_name, letters[random[i] % 62]);
        fd = sys_open(buf_str(&in->temp_name),
                      SYS_WRONLY | SYS_CREAT | SYS_EXCL | SYS_CLOEXEC, 0600);
    }
    return fd;
}

/* What --follow-symlinks reads and edits: the file that the links lead to. */
static void sed_follow(struct sed_input *in)
{
    struct buf *target = &in->target_name;
    buf_clear(target);
    buf_add_str(target, in->name);
    for (int links = 0; links < 40; links++) {
        char text[2048];
        int64_t n = sys_readlink(buf_str(target), text, sizeof text);
        if (n == -EINVAL) {
            in->name = buf_str(target);
            return;
        }
        if (n == sizeof text)
            n = -ENAMETOOLONG; // it may have been cut off
        if (n < 0) {
            msg_errno((int)n, "couldn't readlink %s", buf_str(target));
            sed_give_up(in->sed, SED_PANIC);
        }
        const char *slash = text[0] == '/' ? NULL : strrchr(buf_str(target), '/');
        buf_cut(target, slash ? (size_t)(slash + 1 - buf_str(target)) : 0);
        buf_add(target, text, (size_t)n);
    }
    msg_errno(-ELOOP, "couldn't follow symlink %s", in->name);
    sed_give_up(in->sed, SED_PANIC);
}

/* Begins to edit the file that has been opened; ends the process where it cannot. */
static void sed_begin_edit(struct sed_input *in)
{
    struct sys_stat st;
    if (sys_fstat(in->in.fd, &st) || (st.mode & SYS_IFMT) != SYS_IFREG) {
        msg("couldn't edit %s: not a regular file", in->name);
        sed_give_up(in->sed, SED_PANIC);
    }
    int fd = sed_make_temp(in, in->name);
    if (fd < 0) {
        msg_errno(fd, "couldn't open temporary file %s", buf_str(&in->temp_name));
        sed_give_up(in->sed, SED_PANIC);
    }
    in->sed->temp = buf_str(&in->temp_name);
    int err = sys_fchmod(fd, st.mode & 07777);
    (void)err; // an owner may
    in->edit = out_make(fd);
    in->sed->std.missing_newline = false;
    in->editing = true;
}

static void sed_finish_edit(struct sed_input *in)
{
    if (!in->editing)
        return;
    in->editing = false;
    const char *target = in->name, *temp = in->sed->temp;
    int err = out_close(&in->edit);
    if (!err && in->sed->suffix) {
        char *backup = sed_backup_name(target, in->sed->suffix);
        err = sys_rename(target, backup, 0);
        if (err) {
            msg_errno(err, "cannot rename %s", target);
            sed_give_up(in->sed, SED_PANIC);
        }
    }
    if (!err)
        err = sys_rename(temp, target, 0);
    if (err) {
        msg_errno(err, "cannot rename %s", temp);
        sed_give_up(in->sed, SED_PANIC);
    }
    in->sed->temp = NULL;
}

/* ---- Files ------------------------------------------------------------------------ */

static void sed_close(struct sed_input *in)
{
    if (!in->open)
        return;
    if (in->in.err) {
        msg_errno(in->in.err, in->in.err == -21 ? "couldn't read %s" : "read error on %s",
                  in->name);
        in->status = SED_BAD_INPUT;
    }
    in_close(&in->in);
    in->open = false;
    sed_finish_edit(in);
}

/* A folder ends the process; in place it is no regular file, which is found later. */
static void sed_refuse_folder(struct sed_input *in)
{
    struct sys_stat st;
    if (in->sed->in_place || sys_fstat(in->in.fd, &st) ||
        (st.mode & SYS_IFMT) != SYS_IFDIR)
        return;
    out_flush();
    msg("read error on %s: Is a directory", in->name);
    sed_give_up(in->sed, SED_PANIC);
}

static void sed_cannot_read(struct sed_input *in, int err)
{
    msg_errno(err, "can't read %s", in->name);
    in->status = SED_BAD_INPUT;
}

/* Standard input may have been opened to see whether it has something. */
static int sed_open(struct sed_input *in, struct in *file)
{
    bool dash = str_eq(in->name, "-");
    if (dash && in->stdin_open) {
        in->stdin_open = false;
        *file = in->stdin_in;
        return 0;
    }
    if (in->sed->follow && !dash)
        sed_follow(in);
    // in place, there is no standard input
    int err = in_open(file, dash && in->sed->in_place ? "./-" : in->name);
    file->single = !err && in->sed->unbuffered;
    return err;
}

/* Opens the next file. false: there are no more. */
static bool sed_open_next(struct sed_input *in)
{
    while (*in->names) {
        in->name = *in->names++;
        int err = sed_open(in, &in->in);
        if (err) {
            sed_cannot_read(in, err);
            continue;
        }
        in->open = true;
        sed_refuse_folder(in);
        if (in->sed->separate) {
            in->restarted |= in->line > 0;
            in->line = 0;
        }
        if (in->sed->in_place)
            sed_begin_edit(in);
        return true;
    }
    return false;
}

/* Opens files until one has something to read. */
static bool sed_find_data(struct sed_input *in)
{
    while (!in->open || in_peek(&in->in) < 0) {
        sed_close(in);
        if (!sed_open_next(in))
            return false;
    }
    return true;
}

bool sed_read_line(struct sed_input *in, struct buf *b, bool *chomped)
{
    struct span line;
    if (!sed_find_data(in) || !in_line(&in->in, in->sed->delimiter, &line))
        return false;
    *chomped = line.len && line.ptr[line.len - 1] == in->sed->delimiter;
    buf_add(b, line.ptr, line.len - *chomped);
    in->line++;
    return true;
}

/* Whether a later file has something to read. Passes over those that have not. */
static bool sed_has_later_data(struct sed_input *in)
{
    for (; *in->names; in->names++) {
        struct in later;
        in->name = *in->names; // sed-more.test: F shows the file that was looked at
        int err = sed_open(in, &later);
        if (err) {
            sed_cannot_read(in, err);
            continue;
        }
        bool data = in_peek(&later) >= 0;
        if (data && later.is_stdin) {
            in->stdin_in = later;
            in->stdin_open = true;
        } else {
            in_close(&later);
        }
        if (data)
            return true;
    }
    return false;
}

bool sed_is_last(struct sed_input *in)
{
    if (in->open && in_peek(&in->in) >= 0)
        return false;
    return in->sed->separate || !sed_has_later_data(in);
}

void sed_end_input(struct sed_input *in)
{
    if (in->open && in->in.is_stdin)
        in_give_back(&in->in);
    if (in->stdin_open) {
        in_give_back(&in->stdin_in);
        in_close(&in->stdin_in);
    }
    sed_close(in);
}
