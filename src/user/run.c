/* run.c: see run.h. */
#include "user/run.h"

#include <errno.h>
#include <stddef.h>

#include "sys.h"
#include "user/find.h"
#include "user/out.h"

/* argv for the shell that runs a file without "#!": sh FILE args... */
static char **run_shell_argv(char *file, char **argv)
{
    size_t count = 0;
    while (argv[count])
        count++;
    char **words = sys_alloc((count + 2) * sizeof *words);
    words[0] = "sh";
    words[1] = file;
    for (size_t i = 1; i <= count; i++) // with the NULL
        words[i + 1] = argv[i];
    return words;
}

int run_exec(char **argv, char **envp)
{
    char *path;
    int err = path_search(argv[0], NULL, &path);
    if (err)
        return err;
    out_flush();
    err = sys_exec(path, argv, envp);
    if (err == -ENOEXEC)
        err = sys_exec("/bin/sh", run_shell_argv(path, argv), envp);
    sys_free(path);
    return err;
}

int run_start(char **argv, char **envp, const struct sys_start *start)
{
    char *path;
    int pid = path_search(argv[0], NULL, &path);
    if (pid < 0)
        return pid;
    out_flush();
    pid = sys_spawn(path, argv, envp, start);
    if (pid == -ENOEXEC) {
        char **words = run_shell_argv(path, argv);
        pid = sys_spawn("/bin/sh", words, envp, start);
        sys_free(words);
    }
    sys_free(path);
    return pid;
}

int run_wait(char **argv, char **envp)
{
    struct sys_start start = {.place = SYS_RUN_NEXT};
    int pid = run_start(argv, envp, &start);
    if (pid < 0)
        return pid;
    struct sys_ended ended;
    int got;
    do
        got = sys_wait(pid, 0, &ended);
    while (got == -EINTR);
    return got < 0 ? got : ended.status;
}

int run_fail_status(int err) { return err == -ENOENT ? 127 : 126; }
