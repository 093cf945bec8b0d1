/* target.c: see target.h. */
#include "user/target.h"

#include <errno.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"
#include "sys.h"
#include "user/msg.h"
#include "user/path.h"

static int target_check_folder(const struct target *t, const char *name)
{
    struct sys_stat st;
    if (t->no_follow && !sys_lstat(name, &st) && (st.mode & SYS_IFMT) == SYS_IFLNK)
        return -ENOTDIR;
    int err = sys_stat(name, &st);
    return err ? err : (st.mode & SYS_IFMT) == SYS_IFDIR ? 0 : -ENOTDIR;
}

static bool target_missing(char **operands, int count)
{
    if (!count)
        msg_usage("missing file operand");
    else
        msg_usage("missing destination file operand after %s", quoted_path(operands[0]));
    return false;
}

static bool target_exact(struct target *t, char **operands, int count)
{
    if (t->folder_option) {
        msg("cannot combine --target-directory (-t) and --no-target-directory (-T)");
        return false;
    }
    if (count > 2) {
        msg_usage("extra operand %s", quoted_path(operands[2]));
        return false;
    }
    t->count = 1;
    t->file = operands[1];
    return true;
}

bool target_find(struct target *t, char **operands, int count)
{
    t->sources = operands;
    t->count = count;
    if (count < (t->folder_option || (t->one_is_enough && !t->no_folder) ? 1 : 2))
        return target_missing(operands, count);
    if (t->no_folder)
        return target_exact(t, operands, count);
    if (t->folder_option) {
        int err = target_check_folder(t, t->folder_option);
        if (err)
            msg_errno(err,
                      t->one_is_enough ? "failed to access %s" : "target directory %s",
                      quoted_path(t->folder_option));
        t->folder = t->folder_option;
        return !err;
    }
    if (count == 1) {
        t->folder = ".";
        return true;
    }
    t->count--;
    const char *last = operands[count - 1];
    int err = target_check_folder(t, last);
    if (!err)
        t->folder = last;
    else if (count > 2)
        msg_errno(err, "target %s", quoted_path(last));
    else
        t->file = last;
    return !err || count == 2;
}

char *target_path(const struct target *t, const char *source)
{
    if (!t->folder)
        return sys_strdup(t->file);
    struct span base = path_base(source);
    struct buf b = buf_make(sys_heap());
    buf_add_str(&b, t->folder);
    if (b.len && b.data[b.len - 1] != '/')
        buf_add_char(&b, '/');
    if (!span_eq_str(base, "/"))
        buf_add_span(&b, base);
    if (span_eq_str(base, "..") ||
        span_eq_str(base, ".")) // d/. goes to the folder itself
        buf_cut(&b, b.len - base.len);
    return buf_take(&b);
}
