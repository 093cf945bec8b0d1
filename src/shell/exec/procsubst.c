/* procsubst.c: see procsubst.h. */
#include "shell/exec/procsubst.h"

#include <string.h>

#include "base/fmt.h"
#include "shell/exec/exec.h"
#include "shell/exec/jobs.h"
#include "shell/exec/redirect.h"
#include "shell/exec/subshell.h"
#include "shell/shell.h"
#include "shell/syntax/tree.h"
#include "sys.h"

struct procsub {
    struct procsub *next;
    int fd;
};

void procsub_close(struct shell *sh, struct procsub *until)
{
    while (sh->procsubs && sh->procsubs != until) {
        struct procsub *p = sh->procsubs;
        sh->procsubs = p->next;
        sys_close(p->fd);
        sys_free(p);
    }
}

static void procsub_add(struct shell *sh, int fd)
{
    struct procsub *p = sys_alloc(sizeof *p);
    *p = (struct procsub){sh->procsubs, fd};
    sh->procsubs = p;
}

/* Starts the process with one end; the other is put at a high number. That, or -errno. */
static int procsub_start(struct shell *sh, const struct node *body, struct script *script,
                         bool input)
{
    int fds[2];
    int err = sys_pipe(fds, 0);
    if (err) {
        shell_errno(sh, err, "cannot make pipe for process substitution");
        return err;
    }
    int ours = input ? fds[0] : fds[1], theirs = input ? fds[1] : fds[0];
    int high = redirect_to_high(ours);
    ours = high < 0 ? ours : high;
    struct child child = subshell_child(CHILD_PROCESS, body);
    child.in = input ? -1 : theirs;
    child.out = input ? theirs : -1;
    child.close = &ours;
    child.close_count = 1;
    int pid = subshell_start(sh, &child, script, SYS_RUN_LOCAL, 0);
    sys_close(theirs);
    if (pid < 0) {
        sys_close(ours);
        return pid;
    }
    struct job *job = jobs_new(sh, 1, body, script, false);
    job->detached = true;
    jobs_add_process(sh, job, pid, body);
    sh->last_job_pid = pid;
    return ours;
}

char *exec_process_subst(struct shell *sh, const struct node *body, struct script *script,
                         bool input)
{
    int fd = procsub_start(sh, body, script, input);
    if (fd < 0)
        return NULL;
    procsub_add(sh, fd);
    char name[32];
    fmt_to(name, sizeof name, "/dev/fd/%d", fd);
    return sys_strdup(name);
}
