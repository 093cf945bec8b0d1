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

/* The character of a symbolic mode that bash complains about, and as what. */
static int umask_bad(struct shell *sh, const char *text)
{
    const char *at = text + strspn(text, "ugoa");
    if (*at && strchr("+-=", *at))
        return shell_builtin_error(sh, "`%c': invalid symbolic mode character",
                                   at[1 + strspn(at + 1, "rwxXstugo")]);
    return shell_builtin_error(sh, "`%c': invalid symbolic mode operator", *at);
}

static int umask_symbolic(struct shell *sh, const char *text)
{
    uint32_t mode;
    if (mode_change(text, ~umask_get() & 0777, 0, &mode))
        return umask_bad(sh, text);
    sys_umask(~mode & 0777);
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
