/* redirect.c: see redirect.h. */
#include "shell/exec/redirect.h"

#include <errno.h>
#include <string.h>

#include "base/fmt.h"
#include "base/num.h"
#include "base/str.h"
#include "shell/exec/exec.h"
#include "shell/expand/expand.h"
#include "shell/expand/place.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/syntax/tree.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/out.h"

enum { REDIRECT_SAVE_MIN = 10, REDIRECT_HIGH = 63, REDIRECT_PIPE_MAX = 65536 };

struct undo_item {
    int fd;
    int saved; // -1: fd was closed
};

struct undo {
    size_t count, cap;
    struct undo_item items[];
};

size_t redirect_mark(const struct shell *sh) { return sh->undo ? sh->undo->count : 0; }

static void redirect_enter(struct shell *sh, int fd, int saved)
{
    struct undo *u = sh->undo;
    if (!u || u->count == u->cap) {
        size_t cap = u ? u->cap * 2 : 8;
        size_t count = u ? u->count : 0;
        u = sys_resize(u, sizeof *u + cap * sizeof u->items[0]);
        u->cap = cap;
        u->count = count;
        sh->undo = u;
    }
    u->items[u->count++] = (struct undo_item){fd, saved};
}

/* fd is about to be used by the script: a copy that was put there moves. */
static void redirect_avoid(struct shell *sh, int fd)
{
    if (fd < REDIRECT_SAVE_MIN || !sh->undo)
        return;
    for (size_t i = 0; i < sh->undo->count; i++)
        if (sh->undo->items[i].saved == fd) {
            int moved = sys_dup(fd, REDIRECT_SAVE_MIN, SYS_CLOEXEC);
            if (moved < 0)
                return;
            sh->undo->items[i].saved = moved;
            sys_close(fd);
        }
}

/* Before fd changes: keeps a copy of it. 0 or -errno. */
static int redirect_save(struct shell *sh, int fd, bool keep)
{
    redirect_avoid(sh, fd);
    if (keep)
        return 0;
    int saved = sys_dup(fd, REDIRECT_SAVE_MIN, SYS_CLOEXEC);
    if (saved < 0 && saved != -EBADF)
        return saved;
    redirect_enter(sh, fd, saved < 0 ? -1 : saved);
    return 0;
}

void redirect_undo(struct shell *sh, size_t mark)
{
    struct undo *u = sh->undo;
    while (u && u->count > mark) {
        struct undo_item item = u->items[--u->count];
        if (item.saved < 0) {
            sys_close(item.fd);
            continue;
        }
        int err = sys_dup_to(item.saved, item.fd, 0);
        (void)err; // both are valid descriptors
        sys_close(item.saved);
    }
}

void redirect_commit(struct shell *sh, size_t mark)
{
    struct undo *u = sh->undo;
    while (u && u->count > mark) {
        struct undo_item item = u->items[--u->count];
        if (item.saved >= 0)
            sys_close(item.saved);
    }
}

size_t redirect_saved(const struct shell *sh, int *fds)
{
    size_t count = 0;
    for (size_t i = 0; sh->undo && i < sh->undo->count; i++)
        if (sh->undo->items[i].saved >= 0)
            fds[count++] = sh->undo->items[i].saved;
    return count;
}

/* Makes `to` the open file of fd and closes fd, unless they are the same. */
static int redirect_put(int fd, int to)
{
    if (fd == to)
        return sys_fd_set_flags(fd,
                                (unsigned)sys_fd_flags(fd) & (SYS_APPEND | SYS_NONBLOCK));
    int err = sys_dup_to(fd, to, 0);
    sys_close(fd);
    return err < 0 ? err : 0;
}

int redirect_move(struct shell *sh, int fd, int to)
{
    int err = redirect_save(sh, to, false);
    return err ? err : redirect_put(fd, to);
}

int redirect_to_high(int fd)
{
    int to = REDIRECT_HIGH;
    while (to > fd && sys_fd_flags(to) >= 0)
        to--;
    if (to <= fd) // all are taken: any other
        return fd;
    int err = sys_dup_to(fd, to, 0);
    if (err < 0)
        return err;
    sys_close(fd);
    return to;
}

bool redirect_has_input(const struct redirect *list)
{
    for (; list; list = list->next)
        if (list->fd == 0)
            return true;
    return false;
}

/* ---- Opening ---------------------------------------------------------------------- */

/* > under noclobber: must not exist, or must be no regular file. */
static int redirect_open_new(const char *path, unsigned flags)
{
    struct sys_stat st;
    if (!sys_stat(path, &st)) {
        if ((st.mode & SYS_IFMT) == SYS_IFREG)
            return -EEXIST;
        return sys_open(path, flags, 0666);
    }
    return sys_open(path, flags | SYS_EXCL, 0666);
}

static int redirect_open(struct shell *sh, enum redirect_op op, const char *path)
{
    unsigned write = SYS_WRONLY | SYS_CREAT;
    switch (op) {
    case REDIRECT_READ: return sys_open(path, SYS_RDONLY, 0);
    case REDIRECT_READ_WRITE: return sys_open(path, SYS_RDWR | SYS_CREAT, 0666);
    case REDIRECT_APPEND:
    case REDIRECT_BOTH_APPEND: return sys_open(path, write | SYS_APPEND, 0666);
    case REDIRECT_WRITE:
    case REDIRECT_BOTH:
    case REDIRECT_DUP_OUT:
        if (shell_set(sh, SET_NOCLOBBER))
            return redirect_open_new(path, write | SYS_TRUNC);
        return sys_open(path, write | SYS_TRUNC, 0666);
    default: return sys_open(path, write | SYS_TRUNC, 0666);
    }
}

/* Opens and tries again when a trapped signal came while a FIFO was waited for. */
static int redirect_open_file(struct shell *sh, enum redirect_op op, const char *path)
{
    int fd;
    do {
        fd = redirect_open(sh, op, path);
        if (fd == -EINTR)
            exec_take_signals(sh);
    } while (fd == -EINTR && sh->flow == FLOW_NORMAL);
    return fd;
}

static int redirect_report(struct shell *sh, int err, const char *what)
{
    if (sh->flow == FLOW_NORMAL)
        shell_errno(sh, err, "%s", what);
    return 1;
}

/* {var} as it stands in the script, which names the redirection in messages that are not
 * the system's; NULL: none. */
static const char *redirect_var_name(struct shell *sh, const struct redirect *r)
{
    if (LIKELY(!r->var))
        return NULL;
    if (!r->var_subscript.word)
        return sys_interned(r->var);
    struct scratch_text t = scratch_text_make(sh->scratch);
    scratch_text_add_span(&t, span_of(sys_interned(r->var)));
    scratch_text_add_char(&t, '[');
    scratch_text_add_span(&t, r->var_subscript.word->raw);
    scratch_text_add_char(&t, ']');
    return scratch_text_end(&t).ptr;
}

/* ---- Here-documents --------------------------------------------------------------- */

/* A file that is gone from its folder, filled with text and open for reading at its
 * beginning. */
static int redirect_here_file(struct span text)
{
    char path[40] = "/tmp/sh-thd.";
    uint64_t chance;
    sys_random(&chance, sizeof chance);
    num_from_u64(path + strlen(path), chance);
    int out = sys_open(path, SYS_WRONLY | SYS_CREAT | SYS_EXCL | SYS_CLOEXEC, 0600);
    if (out < 0)
        return out;
    int in = sys_open(path, SYS_RDONLY, 0);
    int err = sys_unlink(path);
    if (!err)
        err = out_write_all(out, text.ptr, text.len);
    sys_close(out);
    if (err && in >= 0)
        sys_close(in);
    return err ? err : in;
}

/* A pipe that holds the text already. -EAGAIN: it does not fit. */
static int redirect_here_pipe(struct span text)
{
    int fds[2];
    int err = sys_pipe(fds, 0);
    if (err)
        return err;
    err = sys_fd_set_flags(fds[1], SYS_NONBLOCK);
    int64_t wrote = err ? err : text.len ? sys_write(fds[1], text.ptr, text.len) : 0;
    sys_close(fds[1]);
    if (wrote == (int64_t)text.len)
        return fds[0];
    sys_close(fds[0]);
    return wrote < 0 ? (int)wrote : -EAGAIN;
}

static int redirect_here_open(struct span text)
{
    int fd = text.len <= REDIRECT_PIPE_MAX ? redirect_here_pipe(text) : -EAGAIN;
    return fd == -EAGAIN ? redirect_here_file(text) : fd;
}

static int redirect_here_text(struct shell *sh, const struct redirect *r,
                              struct span *text)
{
    if (r->op == REDIRECT_HERE && (r->word->flags & WORD_LITERAL)) {
        *text = r->word->text;
        return 0;
    }
    if (expand_string(sh, r->word,
                      r->op == REDIRECT_HERE ? EXPAND_HEREDOC : EXPAND_ASSIGN, text))
        return 1;
    if (r->op == REDIRECT_HERE)
        return 0;
    char *line = scratch_alloc(sh->scratch, text->len + 2);
    memcpy(line, text->ptr, text->len);
    line[text->len] = '\n';
    line[text->len + 1] = '\0';
    *text = span_make(line, text->len + 1);
    return 0;
}

/* ---- One redirection -------------------------------------------------------------- */

/* The variable of {var} or {var[i]}. 0, or 1 after a message. */
static int redirect_var_place(struct shell *sh, const struct redirect *r,
                              struct place *place)
{
    struct span sub;
    if (!r->var_subscript.word) {
        *place = (struct place){.kind = PLACE_VAR, .id = r->var};
        return 0;
    }
    int err = expand_string(sh, r->var_subscript.word, 0, &sub);
    return err ? err : place_of(sh, r->var, sub, PLACE_EXPANDED, place);
}

/* {var}: the descriptor is put at 10 or above and its number into the variable. */
static int redirect_set_var(struct shell *sh, const struct redirect *r, int fd)
{
    struct place place;
    int high = sys_dup(fd, REDIRECT_SAVE_MIN, 0);
    sys_close(fd);
    if (high < 0)
        return redirect_report(sh, high, sys_interned(r->var));
    if (redirect_var_place(sh, r, &place) || place_set_int(sh, &place, high)) {
        shell_error(sh, "%s: cannot assign fd to variable", sys_interned(r->var));
        sys_close(high);
        return 1;
    }
    if (shell_shopt(sh, SHOPT_VARREDIR_CLOSE))
        redirect_enter(sh, high, -1);
    return 0;
}

/* {var}>&-: closes the descriptor that the variable names. */
static int redirect_close_var(struct shell *sh, const struct redirect *r)
{
    struct place place;
    int fd;
    if (redirect_var_place(sh, r, &place))
        return 1;
    struct span text = place_get(sh, &place);
    if (!text.ptr || num_to_int(text.ptr, &fd) || fd < 0)
        return shell_error(sh, "%s: ambiguous redirect", redirect_var_name(sh, r));
    sys_close(fd);
    return 0;
}

/* Puts an opened descriptor where the redirection wants it. */
static int redirect_place(struct shell *sh, const struct redirect *r, int fd, bool keep)
{
    if (r->var)
        return redirect_set_var(sh, r, fd);
    /* The descriptor may have landed on the very number wanted, which was closed then. */
    if (fd == r->fd) {
        if (!keep)
            redirect_enter(sh, fd, -1);
        return 0;
    }
    int err = redirect_save(sh, r->fd, keep);
    if (!err)
        err = redirect_put(fd, r->fd);
    else
        sys_close(fd);
    if (err == -EBADF) { // ulimit -n
        char number[16];
        fmt_to(number, sizeof number, "%d", r->fd);
        return redirect_report(sh, err, number);
    }
    return err ? redirect_report(sh, err, "redirection error") : 0;
}

/* >&2 once 1 is the file: the second half of &> and >&word. */
static int redirect_both(struct shell *sh, bool keep)
{
    int err = redirect_save(sh, 2, keep);
    if (!err)
        err = sys_dup_to(1, 2, 0);
    return err < 0 ? redirect_report(sh, err, "2") : 0;
}

static int redirect_file(struct shell *sh, const struct redirect *r, const char *path,
                         bool keep)
{
    enum redirect_op op = r->op;
    const char *what = r->var ? redirect_var_name(sh, r) : path;
    if (op != REDIRECT_READ && shell_shopt(sh, SHOPT_RESTRICTED_SHELL))
        return shell_error(sh, "%s: restricted: cannot redirect output", what);
    int fd = redirect_open_file(sh, op, path);
    if (fd == -EEXIST)
        return shell_error(sh, "%s: cannot overwrite existing file", what);
    if (fd < 0)
        return redirect_report(sh, fd, path);
    int err = redirect_place(sh, r, fd, keep);
    if (err)
        return err;
    bool both =
        op == REDIRECT_BOTH || op == REDIRECT_BOTH_APPEND || op == REDIRECT_DUP_OUT;
    return both ? redirect_both(sh, keep) : 0;
}

static int redirect_close_fd(struct shell *sh, const struct redirect *r, bool keep)
{
    if (r->var)
        return redirect_close_var(sh, r);
    int err = redirect_save(sh, r->fd, keep);
    if (err)
        return redirect_report(sh, err, "redirection error");
    sys_close(r->fd);
    return 0;
}

/* {var}>&from. */
static int redirect_dup_var(struct shell *sh, const struct redirect *r, int from,
                            bool move)
{
    int fd = sys_dup(from, REDIRECT_SAVE_MIN, 0);
    if (fd < 0) {
        bool off = sh->msg_line_off;
        sh->msg_line_off = true; // as bash, which then says it once more
        shell_errno(sh, fd, "redirection error: cannot duplicate fd");
        sh->msg_line_off = off;
        return shell_errno(sh, fd, "%d", from);
    }
    int err = redirect_set_var(sh, r, fd);
    if (!err && move)
        sys_close(from);
    return err;
}

/* N>&from, with `move` also closing from. */
static int redirect_dup(struct shell *sh, const struct redirect *r, int from, bool move,
                        bool keep)
{
    if (r->var)
        return redirect_dup_var(sh, r, from, move);
    if (sys_fd_flags(from) < 0)
        return shell_errno(sh, -EBADF, "%d", from);
    if (from == r->fd)
        return 0;
    int err = redirect_save(sh, r->fd, keep);
    if (!err)
        err = sys_dup_to(from, r->fd, 0);
    if (err >= 0 && move) {
        err = redirect_save(sh, from, keep);
        if (!err)
            sys_close(from);
    }
    return err < 0 ? redirect_report(sh, err, "redirection error") : 0;
}

/* <&word and >&word. */
static int redirect_dup_word(struct shell *sh, const struct redirect *r, bool keep)
{
    struct span text;
    const char *var = redirect_var_name(sh, r);
    if (expand_redirect(sh, r->word, var, &text))
        return 1;
    if (span_eq_str(text, "-"))
        return redirect_close_fd(sh, r, keep);
    bool move = text.len > 1 && text.ptr[text.len - 1] == '-';
    size_t digits = 0;
    while (digits < text.len && char_is_digit(text.ptr[digits]))
        digits++;
    const char *rest;
    int64_t from;
    if (digits && digits == text.len - move && !num_to_i64(text.ptr, &from, &rest) &&
        from <= INT32_MAX)
        return redirect_dup(sh, r, (int)from, move, keep);
    if (r->op == REDIRECT_DUP_OUT && (!r->fd_given || r->fd == 1))
        return redirect_file(sh, r, text.ptr, keep);
    if (digits && digits == text.len - move)
        return shell_errno(sh, -EBADF, "%s", text.ptr);
    return shell_error(sh, "%s: ambiguous redirect", var ? var : r->word->raw.ptr);
}

static int redirect_here(struct shell *sh, const struct redirect *r, bool keep)
{
    struct span text;
    if (redirect_here_text(sh, r, &text))
        return 1;
    int fd = redirect_here_open(text);
    if (fd < 0)
        return shell_errno(sh, fd, "cannot create temp file for here-document");
    return redirect_place(sh, r, fd, keep);
}

static int redirect_one(struct shell *sh, const struct redirect *r, bool keep)
{
    struct span path;
    switch ((enum redirect_op)r->op) {
    case REDIRECT_HERE:
    case REDIRECT_STRING: return redirect_here(sh, r, keep);
    case REDIRECT_DUP_IN:
    case REDIRECT_DUP_OUT: return redirect_dup_word(sh, r, keep);
    default:
        if (expand_redirect(sh, r->word, redirect_var_name(sh, r), &path))
            return 1;
        return redirect_file(sh, r, path.ptr, keep);
    }
}

/* Whether expanding the part may change a variable, or end more than the command. */
static bool redirect_part_changes(const struct shell *sh, const struct part *part)
{
    switch ((enum part_kind)part->kind) {
    case PART_PARAM:
        return part->param->op != PARAM_PLAIN || part->param->subscript_kind ||
               part->param->indirect || shell_set(sh, SET_NOUNSET);
    case PART_ARITH:
    case PART_BRACE: return true;
    default: return false;
    }
}

bool redirect_changes(const struct shell *sh, const struct redirect *list)
{
    for (; list; list = list->next) {
        if (list->var)
            return true;
        const struct word *word = list->word;
        if (!word || word->flags & WORD_LITERAL)
            continue;
        for (unsigned i = 0; i < word->count; i++)
            if (redirect_part_changes(sh, &word->parts[i]))
                return true;
    }
    return false;
}

int redirect_apply(struct shell *sh, const struct redirect *list, bool keep)
{
    for (; list; list = list->next)
        if (redirect_one(sh, list, keep))
            return 1;
    return 0;
}
