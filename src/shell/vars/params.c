/* params.c: the positional parameters. See params.h. */
#include "shell/vars/params.h"

#include <string.h>

#include "shell/vars/state.h"
#include "sys.h"

struct params *params_of(struct shell *sh) { return &sh->vars->params; }

void params_fini(struct params *p)
{
    for (struct params *up = p; up;
         up = up->saved) // those on the stacks of calls in progress too
        sys_share_free(up->block);
    *p = (struct params){0};
}

/* Strings and pointers in one block. */
void params_copy(struct params *dst, const struct params *src)
{
    size_t count = (size_t)src->count;
    size_t size = (count + 1) * sizeof(char *);
    for (size_t i = 0; i < count; i++)
        size += strlen(src->argv[i]) + 1;
    char **argv = sys_share_alloc(size);
    char *text = (char *)(argv + count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(src->argv[i]) + 1;
        memcpy(text, src->argv[i], len);
        argv[i] = text;
        text += len;
    }
    argv[count] = NULL;
    *dst = (struct params){.argv = argv, .count = src->count, .block = argv};
}

void params_push(struct shell *sh, struct params *saved, int argc, char **argv)
{
    struct params *p = params_of(sh);
    *saved = *p;
    *p = (struct params){.argv = argv, .count = argc, .saved = saved};
}

void params_pop(struct shell *sh, const struct params *saved)
{
    struct params *p = params_of(sh);
    sys_share_free(p->block);
    *p = *saved;
    p->set = false;
}

void params_keep(struct shell *sh, const struct params *saved)
{
    struct params *p = params_of(sh);
    ASSERT(p->set);
    sys_share_free(saved->block);
    p->saved = saved->saved;
    p->set = false;
}

void params_set(struct shell *sh, int argc, char *const *argv)
{
    struct params *p = params_of(sh);
    struct params new, old = {.argv = (char **)argv, .count = argc};
    params_copy(&new, &old); // argv may lie in the old block
    sys_share_free(p->block);
    p->argv = new.argv;
    p->count = new.count;
    p->block = new.block;
    p->set = true;
}

int params_shift(struct shell *sh, int count)
{
    struct params *p = params_of(sh);
    if (count > p->count)
        return 1;
    p->argv += count;
    p->count -= count;
    return 0;
}
