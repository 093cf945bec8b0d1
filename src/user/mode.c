/* mode.c: see mode.h. */
#include "user/mode.h"

#include <errno.h>

#include "base/fmt.h"
#include "base/str.h"
#include "sys.h"

enum { MODE_ALL = 07777, MODE_SETID = 06000 };

/* ---- Changes ---------------------------------------------------------------------- */

static int mode_octal(const char *text, uint32_t mode, uint32_t *result)
{
    uint32_t n = 0;
    size_t digits = strspn(text, "01234567");
    if (text[digits])
        return -EINVAL;
    for (const char *p = text; *p; p++)
        if ((n = n * 8 + (uint32_t)(*p - '0')) > MODE_ALL)
            return -EINVAL;
    if ((mode & SYS_IFMT) == SYS_IFDIR && digits < 5)
        n |= mode & MODE_SETID;
    *result = (mode & ~(uint32_t)MODE_ALL) | n;
    return 0;
}

/* Which bits u, g, o or a stand for; 0: none was given. */
static uint32_t mode_who(const char **text)
{
    uint32_t who = 0;
    for (;; (*text)++)
        switch (**text) {
        case 'u': who |= 04700; break;
        case 'g': who |= 02070; break;
        case 'o': who |= 01007; break;
        case 'a': who |= 07777; break;
        default: return who;
        }
}

/* The permissions of one class of mode, as if for all classes. */
static uint32_t mode_copy(uint32_t mode, int shift)
{
    uint32_t bits = mode >> shift & 7;
    return bits | bits << 3 | bits << 6;
}

/* The letters after an operator, as bits for all classes. */
static uint32_t mode_perms(const char **text, uint32_t mode)
{
    uint32_t bits = 0;
    if (**text && strchr("ugo", **text)) {
        int shift = **text == 'u' ? 6 : **text == 'g' ? 3 : 0;
        (*text)++;
        return mode_copy(mode, shift);
    }
    for (;; (*text)++)
        switch (**text) {
        case 'r': bits |= 0444; break;
        case 'w': bits |= 0222; break;
        case 'x': bits |= 0111; break;
        case 'X':
            if ((mode & 0111) || (mode & SYS_IFMT) == SYS_IFDIR)
                bits |= 0111;
            break;
        case 's': bits |= 06000; break;
        case 't': bits |= 01000; break;
        default: return bits;
        }
}

/* One operator with its letters. false: there is none. */
static bool mode_action(const char **text, uint32_t who, unsigned umask, uint32_t *mode)
{
    char op = **text;
    if (!op || !strchr("+-=", op))
        return false;
    (*text)++;
    uint32_t affected = who ? who : MODE_ALL & ~(uint32_t)umask, bits;
    size_t digits = strspn(*text, "01234567");
    if (digits) { // +644: these bits
        uint32_t n;
        char number[8];
        if (digits >= sizeof number || who)
            return false;
        memcpy(number, *text, digits);
        number[digits] = '\0';
        if (mode_octal(number, 0, &n))
            return false;
        *text += digits;
        bits = n;
        affected = MODE_ALL;
    } else {
        bits = mode_perms(text, *mode) & affected;
    }
    uint32_t keep = (*mode & SYS_IFMT) == SYS_IFDIR ? *mode & MODE_SETID : 0;
    if (op == '+')
        *mode |= bits;
    else if (op == '-')
        *mode &= ~bits;
    else
        *mode =
            (*mode & ~(who ? affected : (uint32_t)MODE_ALL)) | bits | (digits ? 0 : keep);
    return true;
}

int mode_change(const char *text, uint32_t mode, unsigned umask, uint32_t *result)
{
    if (char_is_digit(*text))
        return mode_octal(text, mode, result);
    for (;;) {
        uint32_t who = mode_who(&text);
        if (!mode_action(&text, who, umask, &mode))
            return -EINVAL;
        while (*text && strchr("+-=", *text))
            if (!mode_action(&text, who, umask, &mode))
                return -EINVAL;
        if (*text == ',')
            text++;
        else if (*text)
            return -EINVAL;
        else
            break;
    }
    *result = mode;
    return 0;
}

/* ---- Text ------------------------------------------------------------------------- */

static char mode_type_letter(uint32_t mode)
{
    switch (mode & SYS_IFMT) {
    case SYS_IFREG: return '-';
    case SYS_IFDIR: return 'd';
    case SYS_IFLNK: return 'l';
    case SYS_IFIFO: return 'p';
    case SYS_IFCHR: return 'c';
    case SYS_IFBLK: return 'b';
    case SYS_IFSOCK: return 's';
    default: return '?';
    }
}

/* rwx of one class; special: the letter if the set-id or sticky bit is set. */
static void mode_class(char dst[3], uint32_t bits, bool set, char special)
{
    dst[0] = bits & 4 ? 'r' : '-';
    dst[1] = bits & 2 ? 'w' : '-';
    dst[2] = bits & 1 ? 'x' : '-';
    if (set)
        dst[2] = (char)(bits & 1 ? special : char_upper(special));
}

void mode_letters(char dst[11], uint32_t mode)
{
    dst[0] = mode_type_letter(mode);
    mode_class(dst + 1, mode >> 6, mode & 04000, 's');
    mode_class(dst + 4, mode >> 3, mode & 02000, 's');
    mode_class(dst + 7, mode, mode & 01000, 't');
    dst[10] = '\0';
}

const char *mode_type_name(uint32_t mode, int64_t size)
{
    switch (mode & SYS_IFMT) {
    case SYS_IFREG: return size ? "regular file" : "regular empty file";
    case SYS_IFDIR: return "directory";
    case SYS_IFLNK: return "symbolic link";
    case SYS_IFIFO: return "fifo";
    case SYS_IFCHR: return "character special file";
    case SYS_IFBLK: return "block special file";
    case SYS_IFSOCK: return "socket";
    default: return "weird file";
    }
}

void mode_umask_text(char dst[24], unsigned umask)
{
    char *p = dst;
    for (int shift = 6; shift >= 0; shift -= 3) {
        unsigned bits = ~umask >> shift & 7;
        if (shift < 6)
            *p++ = ',';
        *p++ = shift == 6 ? 'u' : shift == 3 ? 'g' : 'o';
        *p++ = '=';
        if (bits & 4)
            *p++ = 'r';
        if (bits & 2)
            *p++ = 'w';
        if (bits & 1)
            *p++ = 'x';
    }
    *p = '\0';
}
