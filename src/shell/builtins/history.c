/* history.c: history and fc over the list of commands, which a script fills itself
 * (history -s, -r) or has recorded (history_record.c). */
#include "shell/builtins/history.h"

#include <stdatomic.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "shell/builtins/builtin.h"
#include "shell/exec/exec.h"
#include "shell/shell.h"
#include "shell/vars/vars.h"
#include "sys.h"
#include "user/in.h"
#include "user/msg.h"
#include "user/out.h"

struct history {
    atomic_uint count; // owners; changed by a single owner only
    size_t len, cap;
    size_t added;   // by -s since the last -a or -w
    size_t in_file; // lines that -r, -n and -w have seen in the file
    char **lines;   // sandbox heap, each a block of its own
};

/* ---- The list --------------------------------------------------------------------- */

struct history *history_get(struct history *h)
{
    if (h)
        atomic_fetch_add_explicit(&h->count, 1, memory_order_relaxed);
    return h;
}

void history_put(struct history *h)
{
    if (!h || atomic_fetch_sub_explicit(&h->count, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < h->len; i++)
        sys_share_free(h->lines[i]);
    sys_share_free(h->lines);
    sys_share_free(h);
}

static char *history_copy(struct span line)
{
    char *copy = sys_share_alloc(line.len + 1);
    memcpy(copy, line.ptr, line.len);
    copy[line.len] = '\0';
    return copy;
}

static void history_append(struct history *h, struct span line)
{
    if (h->len == h->cap) {
        size_t cap = h->cap ? h->cap * 2 : 16;
        h->lines = sys_share_resize(h->lines, cap * sizeof *h->lines);
        h->cap = cap;
    }
    char *copy = history_copy(line);
    h->lines[h->len++] = copy;
}

/* The list as this shell's own, to be changed. What is made stays reachable through
 * sh. */
static struct history *history_own(struct shell *sh)
{
    struct history *old = sh->history;
    if (old && atomic_load_explicit(&old->count, memory_order_acquire) == 1)
        return old;
    struct history *h = sys_share_alloc(sizeof *h);
    *h = (struct history){0};
    atomic_init(&h->count, 1);
    sh->history = h;
    if (old) {
        h->added = old->added;
        h->in_file = old->in_file;
        for (size_t i = 0; i < old->len; i++)
            history_append(h, span_of(old->lines[i]));
        history_put(old);
    }
    return h;
}

static void history_remove(struct history *h, size_t from, size_t to)
{
    if (from == to)
        return;
    for (size_t i = from; i < to; i++)
        sys_share_free(h->lines[i]);
    memmove(h->lines + from, h->lines + to, (h->len - to) * sizeof *h->lines);
    h->len -= to - from;
}

/* Keeps no more than HISTSIZE lines. */
static struct history *history_trim(struct shell *sh)
{
    struct history *h = history_own(sh);
    struct span size = var_get(sh, NAME_HISTSIZE);
    int64_t max = size.ptr && size.len ? var_get_int(sh, NAME_HISTSIZE) : 500;
    if (max >= 0 && h->len > (size_t)max)
        history_remove(h, 0, h->len - (size_t)max);
    return h;
}

void history_push(struct shell *sh, struct span line)
{
    struct history *h = history_own(sh);
    history_append(h, line);
    h->added++;
    history_trim(sh);
}

size_t history_count(const struct shell *sh)
{
    return sh->history ? sh->history->len : 0;
}

struct span history_last(const struct shell *sh)
{
    const struct history *h = sh->history;
    return h && h->len ? span_of(h->lines[h->len - 1]) : span_make(NULL, 0);
}

void history_forget(struct shell *sh, struct span line)
{
    struct history *h = history_own(sh);
    for (size_t i = h->len; i-- > 0;)
        if (span_eq(span_of(h->lines[i]), line))
            history_remove(h, i, i + 1);
}

/* ---- Files ------------------------------------------------------------------------ */

static const char *history_file(struct shell *sh, const char *arg)
{
    struct span file = var_get(sh, NAME_HISTFILE);
    return arg ? arg : file.ptr;
}

/* -r: all lines; -n: those behind the ones that were seen before. */
static int history_read(struct shell *sh, const char *path, bool only_new)
{
    struct in in;
    struct span line;
    if (!path || in_open(&in, path))
        return 1;
    struct history *h = history_own(sh);
    size_t count = 0;
    while (in_line(&in, '\n', &line)) {
        if (line.len && line.ptr[line.len - 1] == '\n')
            line.len--;
        if (count++ >= (only_new ? h->in_file : 0))
            history_append(h, line);
        sys_tick();
    }
    h->in_file = count;
    in_close(&in);
    return 0;
}

/* -w: everything; -a: what was added since. */
static int history_write(struct shell *sh, const char *path, bool append)
{
    struct history *h = history_own(sh);
    if (!path)
        return 0;
    int fd =
        sys_open(path, SYS_WRONLY | SYS_CREAT | (append ? SYS_APPEND : SYS_TRUNC), 0600);
    if (fd < 0)
        return 1;
    struct out out = out_make(fd);
    for (size_t i = append ? h->len - size_min(h->added, h->len) : 0; i < h->len; i++)
        out_addf(&out, "%s\n", h->lines[i]);
    h->in_file = append ? h->in_file + h->added : h->len;
    h->added = 0;
    return out_close(&out) ? 1 : 0;
}

/* ---- history ---------------------------------------------------------------------- */

/* A position such as 3 or -1, all of text; it counts from 1. */
static bool history_position(const struct history *h, struct span text, size_t *at)
{
    char copy[24];
    const char *rest;
    int64_t n;
    if (!text.len || text.len >= sizeof copy)
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    if (num_to_i64(copy, &n, &rest) || *rest)
        return false;
    if (n < 0)
        n += (int64_t)h->len + 1;
    if (n < 1 || n > (int64_t)h->len)
        return false;
    *at = (size_t)n - 1;
    return true;
}

/* -d POSITION or FIRST-LAST. */
static int history_delete(struct shell *sh, const char *arg)
{
    struct history *h = history_trim(sh);
    struct span text = span_of(arg);
    size_t from, to, dash = 1 + span_find(span_from(text, 1), '-');
    bool range = text.len > 1 && dash < text.len;
    if (range && history_position(h, span_make(arg, dash), &from)) {
        if (!history_position(h, span_from(text, dash + 1), &to) || to < from)
            return shell_builtin_error(sh, "%s: history position out of range", arg);
    } else if (!range && history_position(h, text, &from)) {
        to = from;
    } else {
        return shell_builtin_error(sh, "%s: history position out of range", arg);
    }
    history_remove(h, from, to + 1);
    return 0;
}

static void history_drop_last(struct shell *sh)
{
    struct history *h = history_own(sh);
    if (h->len)
        history_remove(h, h->len - 1, h->len);
}

static int history_add(struct shell *sh, char **words)
{
    struct buf line = buf_make(sys_heap());
    for (char **word = words; *word; word++)
        buf_addf(&line, word == words ? "%s" : " %s", *word);
    if (*words) {
        if (shell_set(sh, SET_HISTORY)) // it takes the place of this command
            history_drop_last(sh);
        history_push(sh, buf_span(&line));
    }
    buf_fini(&line);
    return 0;
}

static int history_list(struct shell *sh, char **words)
{
    const struct history *h = history_trim(sh);
    size_t from = 0;
    int64_t n;
    if (*words) {
        if (num_to_i64_whole(*words, &n))
            return shell_builtin_error(sh, "%s: numeric argument required", *words);
        if (words[1]) {
            shell_builtin_error(sh, "too many arguments");
            return shell_discard(sh, 1); // bash drops the line
        }
        n = n < 0 ? -n : n;
        from = (size_t)n < h->len ? h->len - (size_t)n : 0;
    }
    for (size_t i = from; i < h->len; i++)
        outf("%5zu  %s\n", i + 1, h->lines[i]);
    return 0;
}

/* The line that !! !N !-N !TEXT stand for; NULL: none. */
static const char *history_event(const struct history *h, const char *event)
{
    size_t at;
    if (str_eq(event, "!"))
        return h->len ? h->lines[h->len - 1] : NULL;
    if (history_position(h, span_of(event), &at))
        return h->lines[at];
    for (at = h->len; at-- > 0;)
        if (str_starts(h->lines[at], event))
            return h->lines[at];
    return NULL;
}

/* -p: words that are such events are replaced. */
static int history_print(struct shell *sh, char **words)
{
    if (shell_set(sh, SET_HISTORY)) // it is no entry itself
        history_drop_last(sh);
    const struct history *h = history_trim(sh);
    int status = 0;
    for (; *words; words++) {
        bool event = **words == '!' && (*words)[1];
        const char *line = event ? history_event(h, *words + 1) : *words;
        if (line)
            outf("%s\n", line);
        else
            status = shell_builtin_error(sh, "%s: history expansion failed", *words);
    }
    return status;
}

static int history_run(struct shell *sh, int action, const char *position, char **words)
{
    switch (action) {
    case 'a': return history_write(sh, history_file(sh, *words), true);
    case 'w': return history_write(sh, history_file(sh, *words), false);
    case 'r': return history_read(sh, history_file(sh, *words), false);
    case 'n': return history_read(sh, history_file(sh, *words), true);
    case 's': return history_add(sh, words);
    case 'd': return history_delete(sh, position);
    case 'p': return history_print(sh, words);
    default: return history_list(sh, words);
    }
}

int builtin_history(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "acd:npsrw");
    int action = 0;
    bool clear = false, file = false;
    const char *position = NULL;
    for (int c; (c = builtin_opts_next(&o)) != -1;) {
        bool is_file = c == 'a' || c == 'n' || c == 'r' || c == 'w';
        if (!strchr("acdnpsrw", c))
            return 2;
        if (file && is_file)
            return shell_builtin_error(sh, "cannot use more than one of -anrw");
        file |= is_file;
        clear |= c == 'c';
        action = c == 'c' ? action : c;
        position = c == 'd' ? o.arg : position;
    }
    if (file && shell_refuses_path(sh, argv[o.next]))
        return 1;
    if (clear) {
        struct history *h = history_own(sh);
        history_remove(h, 0, h->len);
        h->added = 0;
        if (!action)
            return 0;
    }
    return history_run(sh, action, position, argv + o.next);
}

/* ---- fc --------------------------------------------------------------------------- */

/* The lines that fc looks at: the last may be that of fc itself. */
static size_t fc_count(const struct shell *sh, const struct history *h)
{
    return h->len - (h->len > 0 && shell_set(sh, SET_HISTORY));
}

/* The line that a number (from 1, or negative from the end) or the beginning of a command
 * means. */
static bool fc_find(const struct history *h, size_t count, const char *text, size_t *at)
{
    int64_t n;
    const char *rest;
    if (!num_to_i64(text, &n, &rest) && !*rest) {
        if (n < 0)
            n += (int64_t)count + 1;
        *at = n < 1 || n > (int64_t)count ? 0 : (size_t)n - 1;
        return count > 0;
    }
    for (size_t i = count; i-- > 0;)
        if (str_starts(h->lines[i], text)) {
            *at = i;
            return true;
        }
    return false;
}

static int fc_not_found(struct shell *sh)
{
    return shell_builtin_error(sh, "no command found");
}

static int fc_list(struct shell *sh, char **words, bool numbers, bool reverse)
{
    const struct history *h = history_trim(sh);
    size_t count = fc_count(sh, h);
    count = count ? count : h->len; // nothing but fc
    size_t first = count > 16 ? count - 16 : 0, last = count - 1;
    if (!count)
        return 0;
    if (*words && !fc_find(h, count, *words, &first))
        return fc_not_found(sh);
    if (*words && words[1] && !fc_find(h, count, words[1], &last))
        return fc_not_found(sh);
    if (last < first) {
        size_t swap = first;
        first = last;
        last = swap;
        reverse = !reverse;
    }
    for (size_t i = 0; i <= last - first; i++) {
        size_t at = reverse ? last - i : first + i;
        if (numbers)
            outf("%zu", at + 1);
        outf("\t %s\n", h->lines[at]);
    }
    return 0;
}

/* Says and runs commands, a line each. They take the place of the last line, as if that
 * were this fc. builtin_history.test: fc -s runs again */
static int fc_run_text(struct shell *sh, struct span text)
{
    struct history *h = history_own(sh);
    if (h->len)
        history_remove(h, h->len - 1, h->len);
    for (struct span rest = text; rest.len;) {
        size_t end = span_find(rest, '\n');
        history_append(h, span_make(rest.ptr, end));
        rest = span_from(rest, size_min(end + 1, rest.len));
    }
    history_trim(sh);
    char *copy = sys_alloc(text.len + 1);
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    msg_raw("%s\n", copy);
    sh->cmd = NULL; // what is not found is not fc's fault
    int status = exec_text(sh, span_make(copy, text.len), NULL, sh->line);
    sys_free(copy);
    return status;
}

/* fc -s [old=new] [command]. */
static int fc_again(struct shell *sh, char **words)
{
    const struct history *h = history_trim(sh);
    const char *equals = *words ? strchr(*words, '=') : NULL;
    struct span old = {0}, new = {0};
    size_t count = fc_count(sh, h), at = count - 1;
    if (equals) {
        old = span_make(*words, (size_t)(equals - *words));
        new = span_of(equals + 1);
        words++;
    }
    if (!count || (*words && !fc_find(h, count, *words, &at)))
        return fc_not_found(sh);
    struct span line = span_of(h->lines[at]);
    struct buf text = buf_make(sys_heap());
    while (line.len) {
        size_t found = old.len ? span_find_span(line, old) : line.len;
        buf_add(&text, line.ptr, found);
        if (found < line.len)
            buf_add_span(&text, new);
        line = span_from(line, found < line.len ? found + old.len : line.len);
    }
    int status = fc_run_text(sh, buf_span(&text));
    buf_fini(&text);
    return status;
}

/* Lets an editor change commands in a file, then runs what it left there. */
static int fc_edit(struct shell *sh, char **words, const char *editor)
{
    const struct history *h = history_trim(sh);
    size_t first = h->len > 1 ? h->len - 2 : 0, last; // the last line stands for this fc
    if (!h->len || (*words && !fc_find(h, h->len, *words, &first)))
        return fc_not_found(sh);
    last = first;
    if (*words && words[1] && !fc_find(h, h->len, words[1], &last))
        return fc_not_found(sh);
    struct buf path = buf_make(sys_heap()), command = buf_make(sys_heap());
    buf_addf(&path, "/tmp/bash-fc.%d", sys_getpid());
    int fd = sys_open(buf_str(&path), SYS_WRONLY | SYS_CREAT | SYS_TRUNC, 0600);
    if (fd < 0)
        return shell_builtin_errno(sh, fd, "%s: cannot open temp file", buf_str(&path));
    struct out out = out_make(fd);
    for (size_t i = size_min(first, last); i <= size_max(first, last); i++)
        out_addf(&out, "%s\n", h->lines[i]);
    out_close(&out);
    buf_addf(&command, "%s %s", editor, buf_str(&path));
    sh->cmd = NULL;
    int status = exec_text(sh, buf_span(&command), NULL, sh->line);
    struct in in;
    char *text;
    size_t len;
    if (!status && sh->flow == FLOW_NORMAL && !in_open(&in, buf_str(&path))) {
        if (!in_all(&in, &text, &len))
            status = fc_run_text(
                sh, span_make(text, len && text[len - 1] == '\n' ? len - 1 : len));
        in_close(&in);
    }
    int err = sys_unlink(buf_str(&path));
    (void)err;
    buf_fini(&path);
    buf_fini(&command);
    return status;
}

int builtin_fc(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = {.next = 1};
    bool list = false, again = false, numbers = true, reverse = false;
    const char *editor = NULL;
    // -2 is a position, not an option
    bool options = argc > 1 && argv[1][0] == '-' && !char_is_digit(argv[1][1]);
    if (options)
        o = builtin_opts_begin(sh, argc, argv, "e:lnrs0123456789");
    for (int c; options && (c = builtin_opts_next(&o)) != -1;) {
        if (char_is_digit(c)) {
            o.next--;
            break;
        }
        switch (c) {
        case 'e': editor = o.arg; break;
        case 'l': list = true; break;
        case 'n': numbers = false; break;
        case 'r': reverse = true; break;
        case 's': again = true; break;
        default: return 2;
        }
    }
    char **words = argv + o.next;
    if (list)
        return fc_list(sh, words, numbers, reverse);
    if (again || (editor && str_eq(editor, "-")))
        return fc_again(sh, words);
    if (!editor) {
        editor = var_get_str(sh, NAME_FCEDIT);
        editor = *editor ? editor : "${EDITOR:-vi}";
    }
    if (!history_trim(sh)->len)
        return 0;
    return fc_edit(sh, words, editor);
}
