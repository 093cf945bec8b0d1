/* human.c: see human.h. Amounts are rounded up, as GNU's tools do. */
#include "user/human.h"

#include <errno.h>

#include "base/fmt.h"
#include "base/num.h"
#include "base/str.h"

size_t human_size(char dst[HUMAN_LEN], uint64_t bytes, bool si)
{
    unsigned base = si ? 1000 : 1024;
    static const char units[] = "KMGTPE";
    if (bytes < base)
        return num_from_u64(dst, bytes);
    int unit = -1;
    uint64_t whole = bytes, tenths = 0;
    bool more = false; // something was lost below the tenths
    while (whole >= base) {
        uint64_t left = whole % base * 10 + tenths;
        more |= left % base != 0;
        tenths = left / base;
        whole /= base;
        unit++;
    }
    if (whole < 10 && (tenths += more) > 9) {
        whole++;
        tenths = 0;
    } else if (whole >= 10 && (tenths || more)) {
        whole++;
        tenths = 0;
    }
    if (whole == base && unit < 5) {
        whole = 1;
        unit++;
    }
    char letter = si && unit == 0 ? 'k' : units[unit];
    if (whole < 10)
        return fmt_to(dst, HUMAN_LEN, "%u.%u%c", (unsigned)whole, (unsigned)tenths,
                      letter);
    return fmt_to(dst, HUMAN_LEN, "%u%c", (unsigned)whole, letter);
}

int human_parse_block(const char *text, struct human_how *how)
{
    *how = (struct human_how){.block = 1};
    if (*text == '\'') {
        how->grouped = true;
        text++;
    }
    if (str_eq(text, "human-readable") || str_eq(text, "si")) {
        how->human = true;
        how->si = *text == 's';
        return 0;
    }
    const char *rest;
    char one[8];
    bool bare = char_is_alpha(*text);
    if (bare) { // K is 1K with the letter shown
        if (strlen(text) > 3)
            return -EINVAL;
        fmt_to(one, sizeof one, "1%s", text);
        fmt_to(how->suffix, sizeof how->suffix, "%s", text);
        if (strlen(text) == 3) // KiB shows as K
            how->suffix[1] = '\0';
    }
    int err = num_to_size_of(bare ? one : text, "kKmMGTPEZY0", &how->block, &rest);
    if (err == -EINVAL || *rest || !how->block)
        return -EINVAL;
    return err;
}

size_t human_blocks(char dst[HUMAN_LEN], uint64_t bytes, const struct human_how *how)
{
    if (how->human)
        return human_size(dst, bytes, how->si);
    uint64_t n = bytes / how->block + (bytes % how->block != 0);
    return fmt_to(dst, HUMAN_LEN, "%llu%s", (unsigned long long)n, how->suffix);
}
