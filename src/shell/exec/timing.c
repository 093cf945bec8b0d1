/* timing.c: see timing.h. */
#include "shell/exec/timing.h"

#include "base/buf.h"
#include "shell/shell.h"
#include "shell/vars/vars.h"
#include "user/out.h"

struct timing timing_begin(void)
{
    struct timing t = {.start_ns = sys_clock(SYS_CLOCK_MONOTONIC)};
    sys_times(&t.times);
    return t;
}

void timing_add(struct buf *b, uint64_t ns, int digits, bool minutes)
{
    uint64_t ms = ns / 1000000, s = ms / 1000;
    if (minutes) {
        buf_addf(b, "%llum", (unsigned long long)(s / 60));
        s %= 60;
    }
    buf_addf(b, "%llu", (unsigned long long)s);
    char fraction[4];
    unsigned rest = (unsigned)(ms % 1000);
    fraction[0] = (char)('0' + rest / 100);
    fraction[1] = (char)('0' + rest / 10 % 10);
    fraction[2] = (char)('0' + rest % 10);
    if (digits) {
        buf_add_char(b, '.');
        buf_add(b, fraction, (size_t)digits);
    }
    if (minutes)
        buf_add_char(b, 's');
}

struct timing_spent {
    uint64_t real_ns, user_ns, system_ns;
};

/* One conversion after %: its length, 0 if it is none (an error was told). */
static size_t timing_add_conversion(struct shell *sh, struct buf *b, const char *text,
                                    const struct timing_spent *spent)
{
    size_t at = 0;
    int digits = 3;
    bool minutes = false;
    if (*text == '%') {
        buf_add_char(b, '%');
        return 1;
    }
    if (*text == 'P') {
        uint64_t used = spent->user_ns + spent->system_ns,
                 all = spent->real_ns ? spent->real_ns : 1;
        timing_add(b, used * 100 / all * 1000000000, 2, false);
        return 1;
    }
    if (char_is_digit(text[at]))
        digits = text[at] > '3' ? 3 : text[at] - '0', at++;
    if (text[at] == 'l')
        minutes = true, at++;
    char letter = text[at];
    if (letter != 'R' && letter != 'U' && letter != 'S') {
        shell_error(sh, "TIMEFORMAT: `%c': invalid format character", letter);
        return 0;
    }
    uint64_t ns = letter == 'R'   ? spent->real_ns
                  : letter == 'U' ? spent->user_ns
                                  : spent->system_ns;
    timing_add(b, ns, digits, minutes);
    return at + 1;
}

void timing_report(struct shell *sh, const struct timing *t, bool posix)
{
    struct sys_times now;
    sys_times(&now);
    uint64_t before = t->times.self_ns + t->times.children_ns;
    struct timing_spent spent = {
        .real_ns = (uint64_t)(sys_clock(SYS_CLOCK_MONOTONIC) - t->start_ns),
        .user_ns = now.self_ns + now.children_ns - before,
    };
    struct span format = var_get(sh, NAME_TIMEFORMAT);
    const char *text = posix         ? "real %2R\nuser %2U\nsys %2S"
                       : !format.ptr ? "\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS"
                                     : format.ptr;
    struct buf b = buf_make(sys_heap());
    while (*text) {
        if (*text != '%' || !text[1]) {
            buf_add_char(&b, *text++);
            continue;
        }
        size_t len = timing_add_conversion(sh, &b, text + 1, &spent);
        if (!len) {
            buf_fini(&b);
            return;
        }
        text += len + 1;
    }
    if (b.len) {
        buf_add_char(&b, '\n');
        int err = out_write_all(2, b.data, b.len);
        (void)err;
    }
    buf_fini(&b);
}
