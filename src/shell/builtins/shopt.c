/* shopt.c: shopt. */
#include "shell/builtins/builtin.h"
#include "shell/builtins/options.h"
#include "shell/shell.h"
#include "user/out.h"

/* What shopt was told. */
struct shopt {
    struct shell *sh;
    bool set_names; // -o: options of set
    bool on, off, quiet, reusable;
};

static int shopt_find(const struct shopt *s, const char *name)
{
    return s->set_names ? options_find_set(name) : options_find_shopt(name);
}

static bool shopt_is_on(const struct shopt *s, int id)
{
    return s->set_names ? shell_set(s->sh, (enum set_option)id)
                        : shell_shopt(s->sh, (enum shopt_option)id);
}

static void shopt_print(const struct shopt *s, int id)
{
    bool on = shopt_is_on(s, id);
    if (s->quiet)
        return;
    if (s->set_names) {
        builtin_print_set_option(s->sh, (enum set_option)id, s->reusable);
        return;
    }
    const char *name = options_shopt_name((enum shopt_option)id);
    if (s->reusable)
        outf("shopt %s %s\n", on ? "-s" : "-u", name);
    else
        outf("%-15s\t%s\n", name, on ? "on" : "off");
}

static int shopt_list(const struct shopt *s)
{
    int count = s->set_names ? (int)SET_OPTIONS : (int)SHOPT_OPTIONS;
    for (int id = 0; id < count; id++) {
        bool on = shopt_is_on(s, id);
        if ((s->on && !on) || (s->off && on))
            continue;
        shopt_print(s, id);
    }
    return 0;
}

static void shopt_change(const struct shopt *s, int id)
{
    if (s->set_names)
        shell_option_set(s->sh, (enum set_option)id, s->on);
    else if (id != SHOPT_RESTRICTED_SHELL && id != SHOPT_LOGIN_SHELL) // which stand
        shell_shopt_set(s->sh, (enum shopt_option)id, s->on);
}

static int shopt_one(const struct shopt *s, const char *name)
{
    int id = shopt_find(s, name);
    if (id < 0) {
        shell_builtin_error(s->sh,
                            s->set_names ? "%s: invalid option name"
                                         : "%s: invalid shell option name",
                            name);
        return !(s->set_names && (s->on || s->off)); // bash gives 0 there
    }
    if (s->on || s->off) {
        shopt_change(s, id);
        return 0;
    }
    shopt_print(s, id);
    return !shopt_is_on(s, id);
}

int builtin_shopt(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "opqsu");
    struct shopt s = {.sh = sh};
    for (int c; (c = builtin_opts_next(&o)) != -1;)
        switch (c) {
        case 'o': s.set_names = true; break;
        case 'p': s.reusable = true; break;
        case 'q': s.quiet = true; break;
        case 's': s.on = true; break;
        case 'u': s.off = true; break;
        default: return 2;
        }
    if (s.on && s.off)
        return shell_builtin_error(sh,
                                   "cannot set and unset shell options simultaneously");
    if (o.next >= argc)
        return shopt_list(&s);
    int status = 0;
    for (int i = o.next; i < argc; i++)
        status |= shopt_one(&s, argv[i]);
    return status;
}
