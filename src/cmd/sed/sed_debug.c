/* sed_debug.c: the program as --debug shows it. See sed.h. */
#include "cmd/sed/sed.h"

static void sed_print_address(const struct sed_address *a)
{
    switch (a->kind) {
    case SED_LINE: outf("%llu", (unsigned long long)a->n); break;
    case SED_STEP:
        outf("%llu~%llu", (unsigned long long)a->n, (unsigned long long)a->step);
        break;
    case SED_LAST: out_char('$'); break;
    case SED_ZERO: out_char('0'); break;
    case SED_PLUS: outf("+%llu", (unsigned long long)a->n); break;
    case SED_MULTIPLE: outf("~%llu", (unsigned long long)a->n); break;
    case SED_MATCH:
        out_char('/');
        out_span(buf_span(&a->regex->text));
        out_char('/');
        if (a->regex->icase)
            out_char('I');
        if (a->regex->lines)
            out_char('M');
        break;
    default: break;
    }
}

static void sed_print_s(const struct sed_replace *r)
{
    out_char('/');
    out_span(buf_span(&r->regex->text));
    out_char('/');
    out_span(buf_span(&r->text));
    out_char('/');
    if (r->global)
        out_char('g');
    if (r->regex->icase)
        out_char('i');
    if (r->regex->lines)
        out_char('m');
    if (r->print)
        out_char('p');
    if (r->number)
        outf("%llu", (unsigned long long)r->number);
    if (r->file)
        outf("w %s", r->file->name);
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
    case 'y': {
        size_t at = span_find(c->source, 'y');
        out_span(span_from(c->source, at + 1));
        break;
    }
    case 'a':
    case 'i':
    case 'c':
        out_char('\\');
        out_span(c->text);
        break;
    case ':': out_span(c->text); break;
    case 'b':
    case 't':
    case 'T':
    case 'r':
    case 'R':
    case 'w':
    case 'W':
        if (c->text.len)
            out_char(' ');
        out_span(c->text);
        break;
    case 'q':
    case 'Q':
    case 'l':
        if (c->number > 0)
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
