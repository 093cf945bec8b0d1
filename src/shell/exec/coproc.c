/* coproc.c: see coproc.h. */
#include "shell/exec/coproc.h"

#include <string.h>

#include "base/fmt.h"
#include "base/num.h"
#include "shell/exec/jobs.h"
#include "shell/exec/redirect.h"
#include "shell/exec/subshell.h"
#include "shell/shell.h"
#include "shell/syntax/tree.h"
#include "shell/vars/arrays.h"
#include "shell/vars/vars.h"
#include "sys.h"

struct coproc {
    struct coproc *next;
    int pid;
    unsigned name;
    int fds[2]; // we read from [0] what it writes, and write to [1] what it reads
};

size_t coproc_fd_count(const struct shell *sh)
{
    size_t count = 0;
    for (const struct coproc *c = sh->coprocs; c; c = c->next)
        count += 2;
    return count;
}

size_t coproc_fds(const struct shell *sh, int *fds)
{
    size_t count = 0;
    for (const struct coproc *c = sh->coprocs; c; c = c->next) {
        fds[count++] = c->fds[0];
        fds[count++] = c->fds[1];
    }
    return count;
}

/* NAME_PID. */
static unsigned coproc_pid_name(unsigned name)
{
    const char *text = sys_interned(name);
    size_t size = strlen(text) + 5;
    char *pid = sys_alloc(size);
    size_t len = fmt_to(pid, size, "%s_PID", text);
    unsigned id = sys_intern(pid, len);
    sys_free(pid);
    return id;
}

static void coproc_set_vars(struct shell *sh, const struct coproc *c)
{
    int err = array_clear(sh, c->name);
    for (int i = 0; i < 2 && !err; i++)
        err = array_set_num(sh, c->name, i, c->fds[i]);
    if (!err && var_set_int(sh, coproc_pid_name(c->name), c->pid))
        return;
}

void coproc_ended(struct shell *sh, int pid)
{
    for (struct coproc **at = &sh->coprocs; *at; at = &(*at)->next) {
        struct coproc *c = *at;
        if (c->pid != pid)
            continue;
        *at = c->next;
        sys_close(c->fds[0]);
        sys_close(c->fds[1]);
        var_unset(sh, c->name, 0);
        var_unset(sh, coproc_pid_name(c->name), 0);
        sys_free(c);
        return;
    }
}

/* Two pipes: ours[0] reads what theirs[1] writes, ours[1] writes what theirs[0] reads. */
static int coproc_pipes(int ours[2], int theirs[2])
{
    int out[2], in[2];
    int err = sys_pipe(out, 0);
    if (err)
        return err;
    err = sys_pipe(in, 0);
    if (err) {
        sys_close(out[0]);
        sys_close(out[1]);
        return err;
    }
    ours[0] = redirect_to_high(out[0]);
    theirs[1] = redirect_to_high(out[1]);
    theirs[0] = redirect_to_high(in[0]);
    ours[1] = redirect_to_high(in[1]);
    return 0;
}

static int coproc_start(struct shell *sh, const struct node *node, struct coproc *c)
{
    int theirs[2];
    int err = coproc_pipes(c->fds, theirs);
    if (err) {
        shell_errno(sh, err, "cannot make pipe");
        return err;
    }
    struct child child = subshell_child(CHILD_COPROC, node->coproc.body);
    child.in = theirs[0];
    child.out = theirs[1];
    child.close = c->fds;
    child.close_count = 2;
    c->pid = subshell_start(sh, &child, NULL, SYS_RUN_OFFER,
                            shell_set(sh, SET_MONITOR) ? -1 : 0);
    sys_close(theirs[0]);
    sys_close(theirs[1]);
    if (c->pid > 0) { // as bash: programs that this shell starts do not get them
        int flags = sys_fd_set_flags(c->fds[0], SYS_CLOEXEC);
        flags = flags ? flags : sys_fd_set_flags(c->fds[1], SYS_CLOEXEC);
        return flags;
    }
    sys_close(c->fds[0]);
    sys_close(c->fds[1]);
    return c->pid;
}

int exec_coproc(struct shell *sh, const struct node *node)
{
    if (sh->coprocs)
        shell_error(sh, "warning: execute_coproc: coproc [%d:%s] still exists",
                    sh->coprocs->pid, sys_interned(sh->coprocs->name));
    struct coproc *c = sys_alloc_zero(sizeof *c);
    c->name = node->coproc.name;
    if (coproc_start(sh, node, c) < 0) {
        sys_free(c);
        return sh->status;
    }
    struct job *job = jobs_new(sh, 1, node, sh->script, true);
    jobs_add_process(sh, job, c->pid, node);
    sh->last_job_pid = c->pid;
    c->next = sh->coprocs;
    sh->coprocs = c;
    coproc_set_vars(sh, c); // (that it could not counts for nothing)
    return sh->status = 0;
}
