/* umask.c: umask. */
#include "user/mode.h"

#include <string.h>

#include "base/num.h"
#include "shell/builtins/builtin.h"
#include "shell/shell.h"
#include "sys.h"
#include "user/out.h"

static unsigned umask_get(void)
{
    unsigned mask = sys_umask(0);
    sys_umask(mask);
    return mask;
}

static void umask_print(unsigned mask, bool symbolic, bool reusable)
{
    char text[24];
    if (symbolic) {
        mode_umask_text(text, mask);
        outf("%s%s\n", reusable ? "umask -S " : "", text);
    } else {
        outf("%s%04o\n", reusable ? "umask " : "", mask);
    }
}

static int umask_octal(struct shell *sh, const char *text)
{
    uint64_t mask;
    const char *rest;
    if (num_to_u64_base(text, 8, &mask, &rest) || *rest || mask > 07777)
        return shell_builtin_error(sh, "%s: octal number out of range", text);
    sys_umask((unsigned)mask & 0777);
    return 0;
}

/* The bits of r, w and x behind *at, which moves on. */
static unsigned umask_permissions(const char **at)
{
    unsigned bits = 0;
    for (;; ++*at)
        switch (**at) {
        case 'r': bits |= 0444; break;
        case 'w': bits |= 0222; break;
        case 'x': bits |= 0111; break;
        default: return bits;
        }
}

/* Whom u, g, o and a mean; all of them if nobody is named. */
static unsigned umask_who(const char **at)
{
    unsigned who = 0;
    for (;; ++*at)
        switch (**at) {
        case 'u': who |= 0700; break;
        case 'g': who |= 0070; break;
        case 'o': who |= 0007; break;
        case 'a': who |= 0777; break;
        default: return who ? who : 0777;
        }
}

/* Changes such as u=rw,go-w to what is allowed. (bash knows only r, w and x here.) */
static int umask_symbolic(struct shell *sh, const char *at)
{
    unsigned allowed = ~umask_get() & 0777;
    for (;; at++) {
        unsigned who = umask_who(&at);
        char op = *at;
        if (!op || !strchr("+-=", op))
            return shell_builtin_error(sh, "`%c': invalid symbolic mode operator", op);
        at++;
        unsigned bits = umask_permissions(&at) & who;
        allowed = op == '+'   ? allowed | bits
                  : op == '-' ? allowed & ~bits
                              : (allowed & ~who) | bits;
        if (!*at)
            break;
        if (*at != ',')
            return shell_builtin_error(sh, "`%c': invalid symbolic mode character", *at);
    }
    sys_umask(~allowed & 0777);
    return 0;
}

int builtin_umask(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "Sp");
    bool symbolic = false, reusable = false;
    for (int c; (c = builtin_opts_next(&o)) != -1;)
        switch (c) {
        case 'S': symbolic = true; break;
        case 'p': reusable = true; break;
        default: return 2;
        }
    if (o.next >= argc) {
        umask_print(umask_get(), symbolic, reusable);
        return 0;
    }
    const char *text = argv[o.next];
    int status = char_is_digit(*text) ? umask_octal(sh, text) : umask_symbolic(sh, text);
    if (!status && symbolic)
        umask_print(umask_get(), true, false);
    return status;
}
