/* letters.c: the attributes -u, -l, -c: letters are changed when a value is assigned. */
#include "base/utf8.h"
#include "regex/ctype.h"
#include "shell/scratch.h"
#include "shell/vars/state.h"
#include "sys.h"

struct span letters_change(struct shell *sh, unsigned attrs, struct span text)
{
    struct scratch_text t = scratch_text_make(sh->scratch);
    for (size_t i = 0, len; i < text.len; i += len) {
        uint32_t c = (unsigned char)text.ptr[i];
        int n = sh->vars->utf8 ? utf8_decode(text.ptr + i, text.len - i, &c) : c < 0x80;
        bool upper = (attrs & VAR_UPPER) || ((attrs & VAR_CAPITAL) && i == 0);
        char new[UTF8_MAX];
        len = n > 0 ? (size_t)n : 1;
        if (n > 0)
            scratch_text_add(&t, new,
                             (size_t)utf8_encode(new, upper ? ctype_to_upper(c)
                                                            : ctype_to_lower(c)));
        else
            scratch_text_add(&t, text.ptr + i, 1);
        if (!(i & 1023))
            sys_tick();
    }
    return scratch_text_end(&t);
}
