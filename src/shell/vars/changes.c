/* changes.c: what hangs on the value of a variable: the table of IFS, the locale, POSIX
 * mode. */
#include <string.h>

#include "base/utf8.h"
#include "shell/vars/state.h"
#include "sys.h"

static bool vars_names_utf8(struct span locale)
{
    for (size_t i = 0; i + 3 < locale.len; i++)
        if (char_lower(locale.ptr[i]) == 'u' && char_lower(locale.ptr[i + 1]) == 't' &&
            char_lower(locale.ptr[i + 2]) == 'f')
            return true;
    return false;
}

static bool vars_locale_is_utf8(struct shell *sh)
{
    static const unsigned names[] = {NAME_LC_ALL, NAME_LC_CTYPE, NAME_LANG};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct span locale = var_get(sh, names[i]);
        if (locale.len)
            return vars_names_utf8(locale);
    }
    return false;
}

/* BASH_COMPAT=4.2 or 42 switches compat42 on and the others off. */
static void vars_set_compat(struct shell *sh)
{
    static const struct {
        char text[4];
        enum shopt_option id;
    } levels[] = {{"3.1", SHOPT_COMPAT31}, {"3.2", SHOPT_COMPAT32},
                  {"4.0", SHOPT_COMPAT40}, {"4.1", SHOPT_COMPAT41},
                  {"4.2", SHOPT_COMPAT42}, {"4.3", SHOPT_COMPAT43},
                  {"4.4", SHOPT_COMPAT44}};
    struct span text = var_get(sh, NAME_BASH_COMPAT);
    bool known = !text.len;
    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        const char *t = levels[i].text;
        bool on = span_eq_str(text, t) ||
                  (text.len == 2 && text.ptr[0] == t[0] && text.ptr[1] == t[2]);
        options_shopt_set(&sh->options, levels[i].id, on);
        known = known || on;
    }
    for (const char *t = "5.0\0005.1\0005.2\00050\00051\00052\0"; *t; t += strlen(t) + 1)
        known = known || span_eq_str(text, t);
    if (!known)
        shell_error(sh, "BASH_COMPAT: %.*s: compatibility value out of range",
                    (int)text.len, text.ptr);
}

/* What posix mode switches besides is switched again where the mode stays. */
static void vars_set_posix(struct shell *sh, bool on)
{
    if (shell_set(sh, SET_POSIX) != on)
        shell_option_set(sh, SET_POSIX, on);
    else
        shell_set_posix(sh, on);
}

void vars_changed(struct shell *sh, unsigned id, unsigned attrs)
{
    struct vars *v = sh->vars;
    if ((attrs & VAR_EXPORT) && v->environ) {
        sys_free(v->environ);
        v->environ = NULL;
    }
    switch (id) {
    case NAME_IFS: v->ifs.valid = false; break;
    case NAME_PATH: v->path_changes++; break;
    case NAME_OPTIND: v->optind_changes++; break;
    case NAME_LANG:
    case NAME_LC_ALL:
    case NAME_LC_CTYPE:
        v->utf8 = vars_locale_is_utf8(sh);
        v->ifs.valid = false;
        break;
    case NAME_POSIXLY_CORRECT:
        vars_set_posix(sh, vars_slot(v, id)->kind != VALUE_NONE);
        break;
    case NAME_BASH_COMPAT: vars_set_compat(sh); break;
    case NAME_GLOBIGNORE:                               // setting it implies dotglob
        if (var_get(sh, id).len || !var_is_set(sh, id)) // an empty one changes nothing
            options_shopt_set(&sh->options, SHOPT_DOTGLOB, var_is_set(sh, id));
        break;
    default: break;
    }
}

unsigned vars_path_changes(const struct shell *sh) { return sh->vars->path_changes; }
unsigned vars_optind_changes(const struct shell *sh) { return sh->vars->optind_changes; }
bool vars_is_utf8(const struct shell *sh) { return sh->vars->utf8; }

static void ifs_add(struct ifs *ifs, struct span c)
{
    unsigned char first = (unsigned char)c.ptr[0];
    if (c.len > 1)
        ifs->class[first] = IFS_LEAD;
    else if (first == ' ' || first == '\t' || first == '\n')
        ifs->class[first] = IFS_SPACE;
    else
        ifs->class[first] = IFS_OTHER;
}

const struct ifs *vars_ifs_slow(struct shell *sh)
{
    struct ifs *ifs = &sh->vars->ifs;
    struct span text = var_get(sh, NAME_IFS);
    bool set = text.ptr != NULL;
    if (!set)
        text = span_of(" \t\n");
    memset(ifs, 0, sizeof *ifs);
    ifs->empty = set && !text.len;
    ifs->wide = text;
    for (size_t at = 0; at < text.len;) {
        uint32_t c;
        int len = sh->vars->utf8 ? utf8_decode(text.ptr + at, text.len - at, &c) : 1;
        if (len < 1)
            len = 1;
        ifs_add(ifs, span_make(text.ptr + at, (size_t)len));
        if (at == 0)
            memcpy(ifs->join, text.ptr, (size_t)len);
        at += (size_t)len;
    }
    for (const char *c = "*?[(\\"; *c; c++)
        ifs->class[(unsigned char)*c] |= IFS_GLOB;
    ifs->valid = true;
    return ifs;
}
