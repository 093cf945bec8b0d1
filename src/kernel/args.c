/* args.c: see args.h. */
#include "kernel/args.h"

#include <errno.h>
#include <string.h>

#include "kernel/kernel.h"

/* Adds the strings of list to *count and *bytes. */
static void args_measure(char *const list[], unsigned *count, size_t *bytes)
{
    for (; list && *list; list++) {
        *count += 1;
        *bytes += strlen(*list) + 1;
    }
}

static char *args_copy(char *dst, char *const list[])
{
    for (; list && *list; list++) {
        size_t len = strlen(*list) + 1;
        memcpy(dst, *list, len);
        dst += len;
    }
    return dst;
}

int args_new(struct kernel *k, char *const prefix[], char *const argv[],
             char *const envp[], struct args **args)
{
    unsigned argc = 0, envc = 0;
    size_t argv_bytes = 0, env_bytes = 0;
    if (prefix && *argv)
        argv++;
    args_measure(prefix, &argc, &argv_bytes);
    args_measure(argv, &argc, &argv_bytes);
    args_measure(envp, &envc, &env_bytes);
    if (argv_bytes + env_bytes > ARGS_MAX)
        return -E2BIG;
    struct args *a = kernel_alloc(k, sizeof *a + argv_bytes + env_bytes);
    if (!a)
        return -ENOMEM;
    atomic_init(&a->refs, 1);
    a->argc = argc;
    a->envc = envc;
    a->argv_bytes = argv_bytes;
    a->bytes = argv_bytes + env_bytes;
    args_copy(args_copy(args_copy(a->text, prefix), argv), envp);
    *args = a;
    return 0;
}

struct args *args_get(struct args *a)
{
    if (a)
        atomic_fetch_add_explicit(&a->refs, 1, memory_order_relaxed);
    return a;
}

void args_put(struct kernel *k, struct args *a)
{
    if (a && atomic_fetch_sub_explicit(&a->refs, 1, memory_order_acq_rel) == 1)
        kernel_free(k, a);
}

char *args_point(char *text, unsigned count, char **array)
{
    for (unsigned i = 0; i < count; i++) {
        array[i] = text;
        text += strlen(text) + 1;
    }
    array[count] = NULL;
    return text;
}
