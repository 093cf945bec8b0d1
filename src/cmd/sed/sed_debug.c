/* sed_debug.c: the program as --debug shows it. See sed.h. */
#include "cmd/sed/sed.h"

/* An expression. sed-debug.test: bytes beyond ASCII are negative numbers. */
static void sed_print_regex(const struct sed_regex *r)
{
    static const char letters[] = "abtnvfr"; // from \a (7) on
    out_char('/');
    for (size_t i = 0; i < r->text.len; i++) {
        unsigned char c = (unsigned char)r->text.data[i];
        if (c >= 7 && c <= 13)
            outf("\\%c", letters[c - 7]);
        else if (c == '\\' || c == '/')
            outf("\\%c", c);
        else if (char_is_print(c))
            out_char((char)c);
        else
            outf("\\o%03o", (unsigned)(int)(signed char)c);
    }
    out_char('/');
}

static void sed_print_address(const struct sed_address *a)
{
    switch (a->kind) {
    case SED_LINE: outf("%llu", (unsigned long long)a->n); break;
    case SED_STEP:
        outf("%llu~%llu", (unsigned long long)a->n, (unsigned long long)a->step);
        break;
    case SED_LAST: out_char('$'); break;
    case SED_ZERO: out_char('0'); break;
    case SED_PLUS:
    case SED_MULTIPLE:
        if (a->n)
            outf("%c%llu", a->kind == SED_PLUS ? '+' : '~', (unsigned long long)a->n);
        else
            out_str("[ADDR-NULL]");
        break;
    case SED_MATCH:
        sed_print_regex(a->regex);
        if (a->regex->icase)
            out_char('I');
        if (a->regex->lines)
            out_char('M');
        break;
    default: break;
    }
}

static void sed_print_part(const struct sed_part *part)
{
    static const char changes[] = {
        [SED_CASE_UPPER] = 'U',     [SED_CASE_LOWER] = 'L',     [SED_CASE_END] = 'E',
        [SED_CASE_UPPER_ONE] = 'u', [SED_CASE_LOWER_ONE] = 'l',
    };
    if (part->change != SED_CASE_KEEP)
        outf("\\%c", changes[part->change]);
    out_span(part->text);
    if (part->group == 0)
        out_char('&');
    else if (part->group > 0)
        outf("\\%d", part->group);
}

static void sed_print_s(const struct sed_replace *r)
{
    sed_print_regex(r->regex);
    for (size_t i = 0; i < r->part_count; i++)
        sed_print_part(&r->parts[i]);
    out_char('/');
    if (r->regex->icase)
        out_char('i');
    if (r->regex->lines)
        out_char('m');
    if (r->global)
        out_char('g');
    if (r->print)
        out_char('p');
    if (r->number)
        outf("%llu", (unsigned long long)r->number);
    if (r->file)
        outf("w%s", r->file->name);
}

static void sed_print_y(const struct sed_translate *t)
{
    out_char('/');
    out_span(t->from);
    out_char('/');
    out_span(t->to);
    out_char('/');
}

void sed_print_command(struct sed *s, const struct sed_command *c)
{
    s->debug_depth -= c->name == '}';
    outf("%*s", s->debug_depth * 2, "");
    s->debug_depth += c->name == '{';
    sed_print_address(&c->a1);
    if (c->a2.kind) {
        out_char(',');
        sed_print_address(&c->a2);
    }
    if (c->negated)
        out_char('!');
    if (c->a1.kind)
        out_char(' ');
    out_char(c->name);
    switch (c->name) {
    case 's': sed_print_s(c->replace); break;
    case 'y': sed_print_y(c->translate); break;
    case 'a':
    case 'i':
    case 'c':
        out_char('\\');
        out_span(c->text);
        break;
    case ':':
    case 'w':
    case 'W': out_span(c->text); break;
    case 'b':
    case 't':
    case 'T':
    case 'r':
    case 'R':
        if (c->text.len)
            out_char(' ');
        out_span(c->text);
        break;
    case 'q':
    case 'Q':
    case 'l':
        if (c->number >= 0)
            outf(" %lld", (long long)c->number);
        break;
    default: break;
    }
    out_char('\n');
}

void sed_print_program(struct sed *s)
{
    out_str("SED PROGRAM:\n");
    for (size_t i = 0; i < s->command_count; i++) {
        if (s->commands[i].name == 'v') // is no part of it
            continue;
        out_str("  ");
        sed_print_command(s, &s->commands[i]);
    }
}

void sed_debug_space(const char *title, const struct buf *space)
{
    static const char letters[] = "abtnvfr"; // from \a (7) on
    out_str(title);
    for (size_t i = 0; i < space->len; i++) {
        unsigned char c = (unsigned char)space->data[i];
        if (c >= 7 && c <= 13)
            outf("\\%c", letters[c - 7]);
        else if (c == '\\')
            out_str("\\\\");
        else if (char_is_print(c))
            out_char((char)c);
        else
            outf("\\o%03o", c);
    }
    out_char('\n');
}

void sed_debug_match(struct span line, const struct regex_span *spans, size_t count)
{
    out_str("MATCHED REGEX REGISTERS\n");
    for (size_t i = 0; i < count && i < 10; i++) {
        if (spans[i].start == REGEX_NONE)
            continue;
        outf("  regex[%zu] = %zu-%zu '", i, spans[i].start, spans[i].end);
        out_bytes(line.ptr + spans[i].start, spans[i].end - spans[i].start);
        out_str("'\n");
    }
}
