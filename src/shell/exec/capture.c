/* capture.c: $( ): the output of a subshell as text. */
#include <errno.h>
#include <string.h>

#include "shell/exec/exec.h"
#include "shell/exec/redirect.h"
#include "shell/exec/subshell.h"
#include "shell/exec/waiting.h"
#include "shell/expand/expand.h"
#include "shell/scratch.h"
#include "shell/shell.h"
#include "shell/syntax/tree.h"
#include "sys.h"
#include "user/in.h"

/* Takes out NUL bytes (bash warns of them once) and the newlines at the end. */
static struct span capture_clean(struct shell *sh, char *data, size_t len)
{
    char *nul = len ? memchr(data, '\0', len) : NULL;
    if (UNLIKELY(nul != NULL)) {
        shell_error(sh, "warning: command substitution: ignored null byte in input");
        char *to = nul;
        for (char *from = nul; from < data + len; from++)
            if (*from)
                *to++ = *from;
        len = (size_t)(to - data);
    }
    while (len && data[len - 1] == '\n')
        len--;
    data[len] = '\0';
    return span_make(data, len);
}

/* The redirection of $(<file); NULL: the body is something else. */
static const struct redirect *capture_file(const struct node *body)
{
    if (!body || body->kind != NODE_SIMPLE || body->simple.word_count ||
        body->simple.assign_count)
        return NULL;
    const struct redirect *r = body->redirects;
    return r && !r->next && r->op == REDIRECT_READ && r->fd == 0 ? r : NULL;
}

static int capture_read_file(struct shell *sh, const struct redirect *r,
                             struct span *text)
{
    struct span path;
    char *data = NULL;
    size_t len = 0;
    sh->capture_status = 1;
    *text = span_make(sys_strdup(""), 0);
    if (expand_redirect(sh, r->word, NULL, &path))
        return 0;
    int fd;
    while ((fd = sys_open(path.ptr, SYS_RDONLY | SYS_CLOEXEC, 0)) == -EINTR)
        exec_take_signals(sh);
    if (fd < 0) {
        shell_errno(sh, fd, "%s", path.ptr);
        return 0;
    }
    struct in in = in_make(fd);
    int err = in_all(&in, &data, &len);
    in_close(&in);
    if (err) {
        shell_errno(sh, err, "%s", path.ptr);
        return 0;
    }
    sh->capture_status = 0;
    sys_check_size(SYS_LIMIT_EXPANSION, len);
    *text = capture_clean(sh, data, len);
    return 0;
}

static int capture_run(struct shell *sh, const struct node *body, struct script *script,
                       struct span *text)
{
    int fds[2];
    int err = sys_capture(fds);
    if (err) {
        shell_errno(sh, err, "cannot make pipe for command substitution");
        return 1;
    }
    struct child child = subshell_child(CHILD_CAPTURE, body);
    child.out = fds[1];
    child.close = &fds[0];
    child.close_count = 1;
    int pid = subshell_start(sh, &child, script, SYS_RUN_NEXT, 0);
    sys_close(fds[1]);
    if (pid < 0) {
        sys_close(fds[0]);
        return 1;
    }
    char *data;
    size_t len;
    err = sys_capture_take(fds[0], &data, &len);
    sh->child_signal = 0;
    sh->capture_status = wait_child(sh, pid, NULL);
    // as bash: what interrupts a substitution interrupts the shell
    if (sh->child_signal == SYS_SIGINT)
        err = sys_kill(sh->own_pid, SYS_SIGINT);
    if (err)
        return 1;
    *text = capture_clean(sh, data, len);
    return 0;
}

static int capture_any(struct shell *sh, const struct node *body, struct script *script,
                       struct span *text)
{
    const struct redirect *file = capture_file(body);
    if (file)
        return capture_read_file(sh, file, text);
    if (!body) {
        *text = span_make(sys_strdup(""), 0);
        sh->capture_status = 0;
        return 0;
    }
    sys_nest_enter();
    int err = capture_run(sh, body, script, text);
    sys_nest_leave();
    return err;
}

int exec_capture(struct shell *sh, const struct node *body, struct script *script,
                 struct span *text)
{
    int err = capture_any(sh, body, script, text);
    if (!err && sh->flow == FLOW_NORMAL)
        sh->status = sh->capture_status; // what $? is for the words that follow
    return err;
}
