/* sed_exec.c: runs a program over its input. See sed.h. */
#include <errno.h>

#include "cmd/sed/sed.h"
#include "sys.h"
#include "user/cmd.h"
#include "user/msg.h"

/* What is output before the next line is read: text of `a`, the file of `r`, the line
 * that `R` has read. */
struct sed_append {
    struct span text;
    struct sed_file *file; // of r, or NULL: text
    char *line;            // that text is in, of R
};

/* How a cycle goes on after a command. */
enum sed_flow {
    SED_NEXT,      // with the next command
    SED_JUMP,      // at m->jump
    SED_END_CYCLE, // prints the pattern space and reads
    SED_NEW_CYCLE, // only reads
    SED_DELETED,   // the same, by D
    SED_RESTART,   // without reading, by D
    SED_QUIT,      // prints and ends
    SED_QUIT_NOW,
};

/* ---- Output ----------------------------------------------------------------------- */

void sed_stop(const struct sed *s, int status)
{
    if (s->temp && sys_unlink(s->temp))
        msg("cannot remove %s", s->temp);
    cmd_exit(status);
}

static void sed_failed(const struct sed *s, const struct sed_file *f)
{
    msg_errno(f->out->err, "couldn't write %d item to %s", 1,
              f->name ? f->name : "stdout");
    sed_stop(s, SED_PANIC);
}

static void sed_put(struct sed_machine *m, struct sed_file *f, struct span text)
{
    out_add_span(f->out, text);
    if (m->sed->unbuffered || (f->out != out_std() && f->out->fd <= 2))
        out_drain(f->out);
    if (f->out->err)
        sed_failed(m->sed, f);
}

static void sed_put_missing(const struct sed_machine *m, struct sed_file *f)
{
    if (f->missing_newline)
        out_add_char(f->out, m->sed->delimiter);
    f->missing_newline = false;
}

void sed_put_line(struct sed_machine *m, struct sed_file *f, struct span line,
                  bool newline)
{
    sed_put_missing(m, f);
    out_add_span(f->out, line);
    if (newline)
        out_add_char(f->out, m->sed->delimiter);
    f->missing_newline = !newline;
    sed_put(m, f, span_make("", 0));
}

static void sed_put_text(struct sed_machine *m, struct span text)
{
    sed_put_missing(m, m->out);
    sed_put(m, m->out, text);
}

/* Other files that were written to may be read: by r, or by what follows. */
static void sed_drain_files(struct sed *s)
{
    for (size_t i = 0; i < s->files.len; i++) {
        struct sed_file *f = s->files.items[i];
        if (f->out && f->out != out_std() && out_drain(f->out))
            sed_failed(s, f);
    }
}

void sed_give_up(struct sed *s, int status)
{
    sed_drain_files(s);
    sed_stop(s, status);
}

/* After r or R has read: a folder, for one, cannot be read. */
static void sed_check_read(struct sed_machine *m, const struct in *in, const char *name)
{
    if (!in->err)
        return;
    out_flush();
    msg_errno(in->err, "read error on %s", name);
    sed_give_up(m->sed, SED_PANIC);
}

static void sed_append_file(struct sed_machine *m, struct sed_file *f)
{
    struct in in;
    struct span block;
    sed_put_missing(m, m->out); // also where the file has nothing
    if (str_eq(f->name, "/dev/stdin"))
        in = in_make(0), in.is_stdin = true;
    else if (in_open(&in, str_eq(f->name, "-") ? "./-" : f->name))
        return; // what cannot be read is nothing
    while (in_block(&in, &block))
        sed_put_text(m, block);
    sed_check_read(m, &in, f->name);
    in_close(&in);
}

static void sed_add_append(struct sed_machine *m, struct sed_append add)
{
    struct sed_append *a = sys_alloc(sizeof *a);
    *a = add;
    vec_push(&m->appends, a);
}

/* R. A last line stays without newline, whatever follows. */
static void sed_add_line(struct sed_machine *m, struct sed_file *f)
{
    struct span line;
    if (!f->in_open && !f->in_failed) {
        if (str_eq(f->name, "/dev/stdin"))
            f->in = in_make(0), f->in.is_stdin = true;
        else
            f->in_failed = in_open(&f->in, f->name) != 0;
        f->in_open = !f->in_failed;
    }
    if (!f->in_open)
        return;
    if (in_line(&f->in, m->sed->delimiter, &line)) {
        char *copy = sys_alloc(line.len);
        memcpy(copy, line.ptr, line.len);
        sed_add_append(m, (struct sed_append){span_make(copy, line.len), NULL, copy});
    }
    sed_check_read(m, &f->in, f->name);
}

static void sed_dump_appends(struct sed_machine *m)
{
    for (size_t i = 0; i < m->appends.len; i++) {
        struct sed_append *a = m->appends.items[i];
        if (a->file)
            sed_append_file(m, a->file);
        else
            sed_put_text(m, a->text);
        sys_free(a->line);
        sys_free(a);
    }
    vec_cut(&m->appends, 0);
}

/* ---- Reading ---------------------------------------------------------------------- */

static struct sed_file *sed_output(struct sed_machine *m)
{
    struct sed_file *f = &m->sed->std;
    struct out *out = m->input.editing ? &m->input.edit : out_std();
    if (f->out != out)
        f->missing_newline = false;
    f->out = out;
    return f;
}

/* With -s and -i a new file is as a new input: ranges, the hold space and the files of R
 * begin again. Whether the hold space lacks a newline stays, as in GNU's. */
static void sed_restart(struct sed_machine *m)
{
    struct sed *s = m->sed;
    m->input.restarted = false;
    buf_clear(&m->hold);
    for (size_t i = 0; i < s->command_count; i++)
        s->commands[i].range_active = s->commands[i].a1.kind == SED_ZERO,
        s->commands[i].range_closed = false;
    for (size_t i = 0; i < s->files.len; i++) {
        struct sed_file *f = s->files.items[i];
        if (f->in_open && !f->in.is_stdin)
            in_close(&f->in);
        f->in_open = f->in_failed = false;
    }
}

/* Reads the next line behind what is in the pattern space. */
static bool sed_read(struct sed_machine *m)
{
    sed_dump_appends(m); // also at the end of the input
    m->replaced = false;
    if (!sed_read_line(&m->input, &m->space, &m->chomped))
        return false;
    m->out = sed_output(m);
    if (m->input.restarted)
        sed_restart(m);
    return true;
}

/* ---- Addresses -------------------------------------------------------------------- */

static bool sed_matches_regex(struct sed_machine *m, const struct sed_regex *r)
{
    struct span line = span_make(buf_str(&m->space), m->space.len);
    return sed_search(m, sed_current_regex(m, r), line, 0, NULL, 0);
}

static bool sed_matches_one(struct sed_machine *m, const struct sed_address *a)
{
    uint64_t line = m->input.line;
    switch (a->kind) {
    case SED_LINE: return line == a->n;
    case SED_STEP: return line >= a->n && (line - a->n) % a->step == 0;
    case SED_LAST: return sed_is_last(&m->input);
    case SED_MATCH: return sed_matches_regex(m, a->regex);
    default: return true;
    }
}

/* Whether the range begins here. A line number that was passed over begins it too,
 * once. */
static bool sed_may_begin(struct sed_machine *m, const struct sed_command *c)
{
    uint64_t line = m->input.line;
    if (c->a1.kind != SED_LINE)
        return c->a1.kind != SED_ZERO && sed_matches_one(m, &c->a1);
    if (c->range_closed || line < c->a1.n)
        return false;
    return c->a2.kind != SED_LINE || line <= c->a2.n || line == c->a1.n;
}

/* The range has just begun with this line: where it ends. */
static bool sed_begin_range(struct sed_machine *m, struct sed_command *c)
{
    uint64_t line = m->input.line;
    c->range_closed = true; // what is active has begun
    switch (c->a2.kind) {
    case SED_LINE: c->range_end = c->a2.n; break;
    case SED_PLUS: c->range_end = line + c->a2.n; break;
    case SED_MULTIPLE:
        c->range_end = c->a2.n ? (line / c->a2.n + 1) * c->a2.n : line;
        break;
    case SED_LAST: c->range_active = !sed_is_last(&m->input); return true;
    default: c->range_active = true; return true;
    }
    c->range_active = c->range_end > line;
    return true;
}

static bool sed_in_range(struct sed_machine *m, struct sed_command *c)
{
    switch (c->a2.kind) {
    case SED_LINE:
    case SED_PLUS:
    case SED_MULTIPLE: // where lines were read past the end, +n and ~n select one more
        c->range_active = m->input.line < c->range_end;
        return c->a2.kind != SED_LINE || m->input.line <= c->range_end;
    default: c->range_active = !sed_matches_one(m, &c->a2); return true;
    }
}

static bool sed_selects(struct sed_machine *m, struct sed_command *c)
{
    if (!c->a1.kind)
        return true;
    if (!c->a2.kind)
        return sed_matches_one(m, &c->a1);
    if (c->range_active)
        return sed_in_range(m, c);
    return sed_may_begin(m, c) && sed_begin_range(m, c);
}

/* ---- Commands --------------------------------------------------------------------- */

static void sed_list(struct sed_machine *m, uint64_t width)
{
    struct buf b = buf_make(sys_heap());
    static const char letters[] = "abtnvfr"; // from \a (7) on
    uint64_t used = 0;
    for (size_t i = 0; i < m->space.len; i++) {
        unsigned char c = (unsigned char)m->space.data[i];
        char item[8];
        size_t len;
        if (c == '\\')
            len = 2, memcpy(item, "\\\\", 2);
        else if (c >= 7 && c <= 13)
            len = 2, item[0] = '\\', item[1] = letters[c - 7];
        else if (char_is_print(c))
            len = 1, item[0] = (char)c;
        else
            len = 4, item[0] = '\\', item[1] = (char)('0' + (c >> 6)),
            item[2] = (char)('0' + (c >> 3 & 7)), item[3] = (char)('0' + (c & 7));
        if (width && used + len > width - 1) {
            buf_add_char(&b, '\\');
            buf_add_char(&b, m->sed->delimiter);
            used = 0;
        }
        buf_add(&b, item, len);
        used += len;
    }
    buf_add_char(&b, '$');
    buf_add_char(&b, m->sed->delimiter);
    sed_put_text(m, buf_span(&b));
    buf_fini(&b);
}

/* The length of the first line of the pattern space; its length if it is the only one. */
static size_t sed_first_line(const struct sed_machine *m, bool *more)
{
    struct span space = span_make(buf_str(&m->space), m->space.len);
    size_t at = span_find(space, m->sed->delimiter);
    *more = at < space.len;
    return at;
}

static enum sed_flow sed_delete_line(struct sed_machine *m)
{
    bool more;
    size_t len = sed_first_line(m, &more);
    if (!more)
        return SED_DELETED;
    memmove(m->space.data, m->space.data + len + 1, m->space.len - len - 1);
    buf_cut(&m->space, m->space.len - len - 1);
    return SED_RESTART;
}

static void sed_print_first(struct sed_machine *m, struct sed_file *f)
{
    bool more;
    size_t len = sed_first_line(m, &more);
    sed_put_line(m, f, span_make(buf_str(&m->space), len), more || m->chomped);
}

static void sed_print(struct sed_machine *m)
{
    sed_put_line(m, m->out, buf_span(&m->space), m->chomped);
}

/* n: prints, and reads in place of it. Behind the last line of a file (-s, -i) the next
 * file begins with a new cycle. */
static enum sed_flow sed_next(struct sed_machine *m)
{
    bool last = sed_is_last(&m->input);
    if (!m->sed->quiet)
        sed_print(m);
    if (last)
        return SED_NEW_CYCLE;
    buf_clear(&m->space);
    return sed_read(m) ? SED_NEXT : SED_QUIT_NOW;
}

/* N: reads behind it. */
static enum sed_flow sed_next_too(struct sed_machine *m)
{
    if (sed_is_last(&m->input))
        return m->sed->correct ? SED_NEW_CYCLE : SED_END_CYCLE;
    buf_add_char(&m->space, m->sed->delimiter);
    return sed_read(m) ? SED_NEXT : SED_QUIT;
}

static enum sed_flow sed_change(struct sed_machine *m, struct sed_command *c)
{
    if (!c->a2.kind || !c->range_active || c->negated)
        sed_put_text(m, c->text);
    return SED_NEW_CYCLE;
}

static void sed_swap(struct sed_machine *m)
{
    struct buf old = m->space;
    bool chomped = m->chomped;
    m->space = m->hold;
    m->hold = old;
    m->chomped = m->hold_chomped;
    m->hold_chomped = chomped;
}

/* g, h, G, H: whether a line lacks its newline goes with the text. */
static void sed_get(struct sed_machine *m, bool add)
{
    if (add)
        buf_add_char(&m->space, m->sed->delimiter);
    else
        buf_clear(&m->space);
    buf_add_span(&m->space, buf_span(&m->hold));
    m->chomped = m->hold_chomped;
}

static void sed_hold(struct sed_machine *m, bool add)
{
    if (add)
        buf_add_char(&m->hold, m->sed->delimiter);
    else
        buf_clear(&m->hold);
    buf_add_span(&m->hold, buf_span(&m->space));
    m->hold_chomped = m->chomped;
}

static void sed_print_line_number(struct sed_machine *m)
{
    struct buf b = buf_make(sys_heap());
    buf_addf(&b, "%llu%c", (unsigned long long)m->input.line, m->sed->delimiter);
    sed_put_text(m, buf_span(&b));
    buf_fini(&b);
}

static enum sed_flow sed_do_s(struct sed_machine *m, const struct sed_replace *r)
{
    if (!sed_substitute(m, r))
        return SED_NEXT;
    if (r->print)
        sed_print(m);
    if (r->file)
        sed_put_line(m, r->file, buf_span(&m->space), m->chomped);
    return SED_NEXT;
}

static enum sed_flow sed_quit(struct sed_machine *m, const struct sed_command *c)
{
    m->quit = true;
    m->exit_status = c->number >= 0 ? (int)(c->number & 255) : m->exit_status;
    return c->name == 'q' ? SED_QUIT : SED_QUIT_NOW;
}

/* Commands about files and the screen. */
static enum sed_flow sed_do_more(struct sed_machine *m, struct sed_command *c)
{
    switch (c->name) {
    case '=': sed_print_line_number(m); break;
    case 'F':
        sed_put_text(m, span_of(m->input.name));
        sed_put_text(m, span_make(&m->sed->delimiter, 1));
        break;
    case 'i': sed_put_text(m, c->text); break;
    case 'a': sed_add_append(m, (struct sed_append){.text = c->text}); break;
    case 'r': sed_add_append(m, (struct sed_append){.file = c->file}); break;
    case 'R': sed_add_line(m, c->file); break;
    case 'w': sed_put_line(m, c->file, buf_span(&m->space), m->chomped); break;
    case 'W': sed_print_first(m, c->file); break;
    case 'l':
        sed_list(m, c->number >= 0 ? (uint64_t)c->number : m->sed->line_width);
        break;
    case 'y': sed_translate_space(m, c->translate); break;
    case 'z': buf_clear(&m->space); break;
    default: break; // { } : v
    }
    return SED_NEXT;
}

static enum sed_flow sed_branch(struct sed_machine *m, bool taken)
{
    if (!taken)
        return SED_NEXT;
    sys_tick();
    return m->replaced = false, SED_JUMP;
}

static enum sed_flow sed_do(struct sed_machine *m, struct sed_command *c)
{
    switch (c->name) {
    case 's': return sed_do_s(m, c->replace);
    case 'p': sed_print(m); return SED_NEXT;
    case 'P': sed_print_first(m, m->out); return SED_NEXT;
    case 'd': return SED_NEW_CYCLE;
    case 'D': return sed_delete_line(m);
    case 'n': return sed_next(m);
    case 'N': return sed_next_too(m);
    case 'c': return sed_change(m, c);
    case 'q':
    case 'Q': return sed_quit(m, c);
    case 'g':
    case 'G': sed_get(m, c->name == 'G'); return SED_NEXT;
    case 'h':
    case 'H': sed_hold(m, c->name == 'H'); return SED_NEXT;
    case 'x': sed_swap(m); return SED_NEXT;
    case 'b': sys_tick(); return SED_JUMP;
    case 't': return sed_branch(m, m->replaced);
    case 'T':
        if (!m->replaced)
            return sys_tick(), SED_JUMP;
        m->replaced = false;
        return SED_NEXT;
    default: return sed_do_more(m, c);
    }
}

/* ---- Cycles ----------------------------------------------------------------------- */

static void sed_debug_input(const struct sed_machine *m)
{
    outf("INPUT:   '%s' line %llu\n",
         str_eq(m->input.name, "-") ? "STDIN" : m->input.name,
         (unsigned long long)m->input.line);
    sed_debug_space("PATTERN: ", &m->space);
}

/* What a command has changed. */
static void sed_debug_after(const struct sed_machine *m, char name)
{
    if (strchr("synGxzN", name))
        sed_debug_space("PATTERN: ", &m->space);
    if (strchr("ghHx", name)) // sed-debug.test: g shows what it took
        sed_debug_space("HOLD:    ", &m->hold);
}

static enum sed_flow sed_run_commands(struct sed_machine *m)
{
    struct sed *s = m->sed;
    for (size_t i = 0; i < s->command_count;) {
        struct sed_command *c = &s->commands[i++];
        if (c->name == 'v') // not even its address is looked at
            continue;
        if (s->debug) {
            out_str("COMMAND: ");
            sed_print_command(s, c);
        }
        if (sed_selects(m, c) == c->negated) {
            if (c->name == '{')
                i = c->target;
            continue;
        }
        enum sed_flow flow = sed_do(m, c);
        if (s->debug && flow == SED_NEXT)
            sed_debug_after(m, c->name);
        if (flow == SED_JUMP)
            i = c->target;
        else if (flow != SED_NEXT)
            return flow;
    }
    return SED_END_CYCLE;
}

static void sed_run_cycles(struct sed_machine *m)
{
    const struct sed *s = m->sed;
    bool restart = false;
    for (;;) {
        if (!restart) { // sed-cmd.test: D leaves what is queued for the next reading
            buf_clear(&m->space);
            if (!sed_read(m))
                return;
        }
        if (s->debug && restart)
            sed_debug_space("PATTERN: ", &m->space);
        else if (s->debug)
            sed_debug_input(m);
        enum sed_flow flow = sed_run_commands(m);
        if (s->debug && (flow == SED_END_CYCLE || flow == SED_NEW_CYCLE))
            out_str("END-OF-CYCLE:\n");
        if ((flow == SED_END_CYCLE || flow == SED_QUIT) && !s->quiet)
            sed_print(m);
        if (flow == SED_QUIT && m->quit)
            sed_put_missing(m, m->out);
        if (flow == SED_QUIT)
            sed_dump_appends(m);
        if (flow == SED_QUIT || flow == SED_QUIT_NOW)
            return;
        restart = flow == SED_RESTART;
        sys_tick();
    }
}

int sed_run(struct sed *s, char **names)
{
    char *standard_input[] = {"-", NULL};
    struct sed_machine *m = sys_alloc_zero(sizeof *m);
    m->sed = s;
    m->space = m->hold = m->other = buf_make(sys_heap());
    m->appends = vec_make(sys_heap());
    m->hold_chomped = true;
    m->input = (struct sed_input){.sed = s,
                                  .names = *names ? names : standard_input,
                                  .name = "-",
                                  .temp_name = buf_make(sys_heap()),
                                  .target_name = buf_make(sys_heap())};
    m->out = sed_output(m);
    sed_run_cycles(m);
    sed_end_input(&m->input);
    sed_drain_files(s);
    return m->input.status ? m->input.status : m->exit_status;
}
