/* text.c: expansions in text that comes at run time: PS4, subscripts, prompts (${x@P}).
 */
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/num.h"
#include "base/time.h"
#include "shell/expand/place.h"
#include "shell/expand/state.h"
#include "shell/syntax/parse.h"
#include "sys.h"
#include "user/zone.h"

typedef struct script *text_parser(struct span text, unsigned line, unsigned options,
                                   struct word **word, char **error);

static struct script *text_parse(struct shell *sh, struct span text, text_parser *parse,
                                 struct word **word, char **error)
{
    unsigned options = shell_shopt(sh, SHOPT_EXTGLOB) ? PARSE_EXTGLOB : 0;
    return parse(text, (unsigned)sh->line, options, word, error);
}

/* Takes the script. */
static int text_run(struct shell *sh, struct script *script, const struct word *word,
                    struct span *result)
{
    shell_push_script(sh, script);
    int err = expand_to(sh, word, ESCAPE_NOTHING, 0, result);
    if (!err && word->flags & WORD_LITERAL) // it lies in the tree
        result->ptr = scratch_copy(sh->scratch, *result);
    shell_pop_script(sh);
    return err;
}

static int text_expand(struct shell *sh, struct span text, text_parser *parse,
                       struct span *result)
{
    struct word *word;
    char *error = NULL;
    struct script *script = text_parse(sh, text, parse, &word, &error);
    if (!script) {
        shell_error(sh, "%s", error ? error : "bad substitution");
        sys_free(error);
        return 1;
    }
    return text_run(sh, script, word, result);
}

/* Whether there is nothing to expand or unquote. */
static bool text_is_plain(struct span text)
{
    return !memchr(text.ptr, '$', text.len) && !memchr(text.ptr, '`', text.len) &&
           !memchr(text.ptr, '\\', text.len);
}

int expand_text(struct shell *sh, struct span text, struct span *result)
{
    if (text_is_plain(text)) {
        *result = span_make(scratch_copy(sh->scratch, text), text.len);
        return 0;
    }
    return text_expand(sh, text, parse_dquoted, result);
}

int expand_subscript(struct shell *sh, struct span text, struct span *result)
{
    *result = text;
    if (!place_has_expansion(text) && !memchr(text.ptr, '"', text.len))
        return 0;
    return text_expand(sh, text, parse_arith, result);
}

/* ---- Prompts ---------------------------------------------------------------------- */

static void prompt_add_cwd(struct shell *sh, struct buf *b, bool last)
{
    struct span cwd = var_get(sh, NAME_PWD), home = var_get(sh, NAME_HOME);
    bool below = home.len > 1 && span_starts(cwd, home) &&
                 (cwd.len == home.len || cwd.ptr[home.len] == '/');
    if (below && (cwd.len == home.len || !last)) {
        buf_add_char(b, '~');
        cwd = span_from(cwd, home.len);
        buf_add_span(b, cwd);
    } else if (last && cwd.len > 1) {
        buf_add_span(b, span_from(cwd, span_find_last(cwd, '/') + 1));
    } else {
        buf_add_span(b, cwd);
    }
}

static void prompt_add_host(struct buf *b, bool whole)
{
    struct sys_uname u;
    sys_uname(&u);
    struct span name = span_of(u.nodename);
    buf_add(b, name.ptr, whole ? name.len : span_find(name, '.'));
}

static void prompt_add_time(struct shell *sh, struct buf *b, const char *format)
{
    const char *tz = var_is_set(sh, NAME_TZ) ? var_get_str(sh, NAME_TZ) : NULL;
    struct zone *zone = zone_open(tz);
    zone_strftime(b, zone, format, sys_clock(SYS_CLOCK_REAL) / 1000000000);
    zone_free(zone);
}

/* \D{format}: p is after the D. Gives how many bytes belong to it. */
static size_t prompt_add_date(struct shell *sh, struct buf *b, struct span text)
{
    if (!text.len || text.ptr[0] != '{') {
        buf_add_str(b, "\\D");
        return 0;
    }
    size_t end = span_find(text, '}');
    struct span format = span_make(text.ptr + 1, end - 1);
    prompt_add_time(sh, b, format.len ? scratch_copy(sh->scratch, format) : "%X");
    return size_min(end + 1, text.len);
}

static size_t prompt_add_octal(struct buf *b, struct span text)
{
    unsigned n = 0;
    size_t i = 0;
    for (; i < 3 && i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '7'; i++)
        n = n * 8 + (unsigned)(text.ptr[i] - '0');
    buf_add_char(b, (char)n);
    return i;
}

/* A $ that stands for itself, also where expansions follow. */
static void prompt_add_dollar(const struct shell *sh, struct buf *b)
{
    if (!sys_getuid())
        buf_add_char(b, '#');
    else
        buf_add_str(b, shell_shopt(sh, SHOPT_PROMPTVARS) ? "\\$" : "$");
}

/* The escape whose letter is text.ptr[0]. Gives how many bytes belong to it. */
static size_t prompt_add_escape(struct shell *sh, struct buf *b, struct span text)
{
    char c = text.ptr[0];
    switch (c) {
    case 'u':
        buf_add_str(b, var_is_set(sh, NAME_USER) ? var_get_str(sh, NAME_USER) : "user");
        break;
    case 'h': prompt_add_host(b, false); break;
    case 'H': prompt_add_host(b, true); break;
    case 'w': prompt_add_cwd(sh, b, false); break;
    case 'W': prompt_add_cwd(sh, b, true); break;
    case '$': prompt_add_dollar(sh, b); break;
    case 'd': prompt_add_time(sh, b, "%a %b %d"); break;
    case 't': prompt_add_time(sh, b, "%H:%M:%S"); break;
    case 'T': prompt_add_time(sh, b, "%I:%M:%S"); break;
    case '@': prompt_add_time(sh, b, "%I:%M %p"); break;
    case 'A': prompt_add_time(sh, b, "%H:%M"); break;
    case 'D': return 1 + prompt_add_date(sh, b, span_from(text, 1));
    case 'n': buf_add_char(b, '\n'); break;
    case 'r': buf_add_char(b, '\r'); break;
    case 'a': buf_add_char(b, '\a'); break;
    case 'e': buf_add_char(b, '\033'); break;
    case 's': buf_add_str(b, sh->is_sh ? "sh" : "bash"); break;
    case 'v': buf_add_str(b, "5.2"); break;
    case 'V': buf_add_str(b, "5.2.15"); break;
    case 'j': buf_addf(b, "%d", 0); break;
    case 'l': buf_add_str(b, "tty"); break;
    case '!': buf_add_char(b, '1'); break;
    case '#': buf_addf(b, "%d", sh->command_number); break;
    case '[':
    case ']': break; // for a line editor
    case '\\': buf_add_char(b, '\\'); break;
    default:
        if (c >= '0' && c <= '7')
            return prompt_add_octal(b, text);
        buf_add_char(b, '\\');
        buf_add_char(b, c);
    }
    return 1;
}

/* Where a backquote is that nothing closes; text.len: all are closed. */
static size_t prompt_open_backquote(struct span text)
{
    size_t open = text.len;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\\')
            i++;
        else if (text.ptr[i] == '`')
            open = open == text.len ? i : text.len;
        else if (text.ptr[i] == '$' && i + 1 < text.len && text.ptr[i + 1] == '(')
            return text.len; // left to the parser
    return open;
}

static bool prompt_is_wrong(struct shell *sh, struct span text)
{
    size_t open = prompt_open_backquote(text);
    if (open + 1 < text.len)
        shell_error(sh, "bad substitution: no closing \"`\" in %.*s",
                    (int)(text.len - open), text.ptr + open);
    return open < text.len;
}

static int prompt_expand(struct shell *sh, struct span text, struct span *result)
{
    struct word *word;
    char *error = NULL;
    if (prompt_is_wrong(sh, text))
        return 1;
    struct script *script = text_parse(sh, text, parse_dquoted, &word, &error);
    if (script)
        return text_run(sh, script, word, result);
    shell_error(sh, "%.*s: bad substitution", (int)text.len, text.ptr);
    sys_free(error);
    return 1;
}

/* An error in a prompt ends nothing, unless ${x:=y} cannot assign. */
static bool prompt_fails(const struct shell *sh)
{
    return sh->flow == FLOW_EXIT || shell_set(sh, SET_ERREXIT) ||
           (sh->flow != FLOW_NORMAL && sh->status == 2);
}

int expand_prompt(struct shell *sh, struct span text, struct span *result)
{
    struct buf b = buf_make(sys_heap());
    for (size_t i = 0; i < text.len;) {
        if (text.ptr[i] == '\\' && i + 1 < text.len) {
            i += 1 + prompt_add_escape(sh, &b, span_from(text, i + 1));
            continue;
        }
        buf_add_char(&b, text.ptr[i++]);
    }
    struct span decoded = span_make(scratch_copy(sh->scratch, buf_span(&b)), b.len);
    buf_fini(&b);
    *result = decoded;
    if (!shell_shopt(sh, SHOPT_PROMPTVARS) || text_is_plain(decoded))
        return 0;
    int status = sh->status, captured = sh->capture_status;
    int err = prompt_expand(sh, decoded, result);
    sh->capture_status = captured;
    if (err) {
        *result = decoded; // the text stays as it is
        if (prompt_fails(sh))
            return 1;
        sh->flow = FLOW_NORMAL;
    }
    sh->status = status;
    return 0;
}
