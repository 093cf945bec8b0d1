/* tilde.c: ~ ~user ~+ ~- ~N. */
#include <string.h>

#include "base/num.h"
#include "shell/expand/state.h"
#include "shell/vars/arrays.h"
#include "sys.h"

enum { TILDE_PASSWD_MAX = 65536 }; // bytes of /etc/passwd that are looked at

/* Field `at` (from 0) of a line of /etc/passwd. */
static struct span tilde_field(struct span line, unsigned at)
{
    while (at--)
        line = span_from(line, span_find(line, ':') + 1);
    return span_make(line.ptr, span_find(line, ':'));
}

/* The home directory of a user, in scratch memory. user.ptr NULL: of the own user. */
static struct span tilde_home(struct shell *sh, struct span user)
{
    struct span home = {NULL, 0};
    int fd = sys_open("/etc/passwd", SYS_RDONLY | SYS_CLOEXEC, 0);
    if (fd < 0)
        return home;
    char *text = sys_alloc(TILDE_PASSWD_MAX), uid[24];
    size_t len = 0, uid_len = num_from_i64(uid, sys_getuid());
    for (int64_t n = 1; n > 0 && len<TILDE_PASSWD_MAX; len += n> 0 ? (size_t)n : 0)
        n = sys_read(fd, text + len, TILDE_PASSWD_MAX - len);
    sys_close(fd);
    for (struct span rest = {text, len}; rest.len && !home.ptr;) {
        struct span line = span_make(rest.ptr, span_find(rest, '\n'));
        rest = span_from(rest, line.len + 1);
        if (user.ptr ? span_eq(tilde_field(line, 0), user)
                     : span_eq(tilde_field(line, 2), span_make(uid, uid_len)))
            home = tilde_field(line, 5);
    }
    if (home.ptr)
        home.ptr = scratch_copy(sh->scratch, home);
    sys_free(text);
    return home;
}

/* ~N ~+N: entry N of the directory stack from its top; ~-N: from its bottom. */
static struct span tilde_stack(struct shell *sh, struct span text)
{
    bool back = text.ptr[0] == '-';
    struct span digits = text.ptr[0] == '+' || back ? span_from(text, 1) : text;
    for (size_t i = 0; i < digits.len; i++)
        if (!char_is_digit((unsigned char)digits.ptr[i]))
            return span_make(NULL, 0);
    int64_t n;
    if (!digits.len || num_to_i64(scratch_copy(sh->scratch, digits), &n, NULL))
        return span_make(NULL, 0);
    if (back)
        n = array_next_index(sh, NAME_DIRSTACK) - 1 - n;
    return n < 0 ? span_make(NULL, 0) : array_get(sh, NAME_DIRSTACK, n);
}

struct span expand_tilde(struct shell *sh, struct span text)
{
    if (!text.len) {
        struct span home = var_get(sh, NAME_HOME);
        return home.ptr ? home : tilde_home(sh, span_make(NULL, 0));
    }
    if (span_eq_str(text, "+"))
        return var_get(sh, NAME_PWD);
    if (span_eq_str(text, "-"))
        return var_get(sh, NAME_OLDPWD);
    if (char_is_digit((unsigned char)text.ptr[0]) || text.ptr[0] == '+' ||
        text.ptr[0] == '-')
        return tilde_stack(sh, text);
    return tilde_home(sh, text);
}

void expand_no_tilde(struct shell *sh, struct part *part)
{
    if (part->kind != PART_TILDE)
        return;
    struct scratch_text text = scratch_text_make(sh->scratch);
    scratch_text_add_char(&text, '~');
    scratch_text_add_span(&text, part->text);
    part->kind = PART_TEXT;
    part->text = scratch_text_end(&text);
}
