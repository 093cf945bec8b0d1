/* cmd.c: the beginning and the end of every command. */
#include "user/cmd.h"

#include "sys.h"
#include "user/msg.h"
#include "user/out.h"
#include "user/state.h"

static int cmd_finish(int status)
{
    struct user *u = user_state();
    int err = out_flush(); // of a command, an error ends it there
    if (err && !u->entry)
        status = 1;
    return status;
}

int cmd_run(const void *entry, int argc, char **argv)
{
    const struct cmd *cmd = entry;
    user_state()->entry = cmd;
    return cmd_finish(cmd->main(argc, argv));
}

void cmd_exit(int status) { sys_exit(cmd_finish(status)); }

const struct cmd *cmd_self(void) { return user_state()->entry; }

void cmd_be_shell(void) { user_state()->entry = NULL; }
