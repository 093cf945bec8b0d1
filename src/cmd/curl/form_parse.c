/* form_parse.c: -F NAME=CONTENT: what a part is, and the parameters behind it. */
#include "cmd/curl/form.h"

#include "base/str.h"
#include "sys.h"

/* Reads a word up to one of `ends`, in double quotes or not; *at is left at what ended
 * it. */
static char *curl_form_word(const char **at, const char *ends)
{
    struct buf b = buf_make(sys_heap());
    const char *p = *at;
    while (char_is_blank(*p))
        p++;
    const char *close = *p == '"' ? p + 1 : NULL;
    while (close && *close && *close != '"')
        close += *close == '\\' && close[1] ? 2 : 1;
    if (close && *close == '"') {
        for (p++; p < close; p++) {
            if (*p == '\\' && strchr("\\\"", p[1]))
                p++;
            buf_add_char(&b, *p);
        }
        p = close + 1;
        while (*p && !strchr(ends, *p))
            p++;
    } else {
        size_t len = strcspn(p, ends);
        buf_add(&b, p, len);
        p += len;
        while (b.len && char_is_blank(b.data[b.len - 1]))
            buf_cut(&b, b.len - 1);
    }
    *at = p;
    buf_add(&b, "", 0);
    return b.data ? buf_take(&b) : sys_strdup("");
}

/* A media type may have parameters of its own: "text/plain;charset=x" goes on until one
 * of ours. */
static char *curl_form_type(const char **at, const char *ends)
{
    static const char *const ours[] = {"type=", "filename=", "headers=", "encoder="};
    const char *start = *at, *p = start;
    while (char_is_blank(*start))
        start++;
    for (p = start; *p && (*p == ';' || !strchr(ends, *p)); p++) {
        if (*p != ';')
            continue;
        const char *word = p + 1;
        while (char_is_blank(*word))
            word++;
        bool mine = false;
        for (size_t i = 0; i < COUNT_OF(ours); i++)
            mine |= str_starts(word, ours[i]);
        if (mine)
            break;
    }
    struct buf b = buf_make(sys_heap());
    buf_add(&b, start, (size_t)(p - start));
    *at = p;
    return b.data ? buf_take(&b) : sys_strdup("");
}

static void curl_form_header(struct curl_part *part, const char *text)
{
    if (text[0] != '@' && text[0] != '<') {
        (void)strlist_add_str(&part->headers, text);
        return;
    }
    struct buf b = buf_make(sys_heap());
    int err = curl_param_file(&b, text + 1, false);
    (void)err; // curl goes on without them
    struct span rest = buf_span(&b);
    while (rest.len) {
        size_t end = span_find(rest, '\n');
        struct span line = span_make(rest.ptr, end);
        if (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (line.len && line.ptr[0] != '#')
            (void)strlist_add(&part->headers, line);
        rest = span_from(rest, end + 1);
    }
    buf_fini(&b);
}

/* ";type=..", ";filename=.." and so on, up to a comma or the end. */
static void curl_form_parameters(struct curl_global *g, struct curl_part *part,
                                 const char **at, const char *ends)
{
    while (**at == ';') {
        const char *p = *at + 1;
        while (char_is_blank(*p))
            p++;
        if (str_starts(p, "type=")) {
            p += strlen("type=");
            part->type = curl_form_type(&p, ends);
        } else if (str_starts(p, "filename=")) {
            p += strlen("filename=");
            part->file_name = curl_form_word(&p, ends);
        } else if (str_starts(p, "headers=")) {
            p += strlen("headers=");
            char *header = curl_form_word(&p, ends);
            curl_form_header(part, header);
        } else if (str_starts(p, "encoder=")) {
            p += strlen("encoder=");
            part->encoder = curl_form_word(&p, ends);
        } else {
            const char *word = p;
            p += strcspn(p, ends);
            curl_warn(g, "skip unknown form field: %.*s", (int)(p - word), word);
        }
        *at = p;
    }
}

static struct curl_part *curl_form_add(struct curl_config *c, const char *name)
{
    struct curl_part *part = sys_alloc_zero(sizeof *part);
    part->name = *name ? name : NULL;
    part->headers = strlist_make(sys_heap());
    part->text = buf_make(sys_heap());
    *c->form_end = part;
    c->form_end = &part->next;
    return part;
}

/* "@file" or "<file", with parameters, and more files after commas. */
static enum curl_bad curl_form_files(struct curl_global *g, const char *name,
                                     const char *p)
{
    struct curl_config *c = g->last;
    bool attach = *p == '@';
    const char *ends = attach ? ";," : ";";
    struct curl_part **outer = NULL, *first = NULL;
    do {
        p++;
        char *path = curl_form_word(&p, ends);
        struct curl_part *part = curl_form_add(c, name);
        first = first ? first : part;
        if (attach) {
            part->path = path;
            part->file_name = str_eq(path, "-") ? "-" : path;
            const char *slash = strrchr(path, '/');
            if (slash)
                part->file_name = slash + 1;
        } else if (curl_param_file(&part->text, path, false)) {
            part->path = path; // reported when the body is made
        }
        curl_form_parameters(g, part, &p, ends);
    } while (*p == ',' && attach);
    if (!first || !first->next)
        return CURL_GOOD;
    // several files are one part that holds them
    outer = &c->form;
    while (*outer != first)
        outer = &(*outer)->next;
    *outer = NULL;
    c->form_end = outer;
    struct curl_part *all = curl_form_add(c, name);
    all->multipart = true;
    all->children = first;
    for (struct curl_part *part = first; part; part = part->next)
        part->name = NULL;
    return CURL_GOOD;
}

static enum curl_bad curl_form_open(struct curl_global *g, const char *name,
                                    const char *p)
{
    struct curl_config *c = g->last;
    if (c->form_open)
        return CURL_BAD_USE; // a multipart in a multipart is not supported
    struct curl_part *part = curl_form_add(c, name);
    part->multipart = true;
    p++;
    curl_form_parameters(g, part, &p, ";");
    c->form_open = part;
    c->form_end = &part->children;
    return CURL_GOOD;
}

static enum curl_bad curl_form_close(struct curl_config *c)
{
    if (!c->form_open)
        return CURL_BAD_USE;
    c->form_end = &c->form_open->next;
    c->form_open = NULL;
    return CURL_GOOD;
}

/* The name before "=", or NULL, after a warning: there is none. */
static char *curl_form_name(const struct curl_global *g, const char *arg,
                            const char **content)
{
    const char *equals = strchr(arg, '=');
    if (!equals) {
        curl_warn(g, "Illegally formatted input field!");
        return NULL;
    }
    char *name = sys_strdup(arg);
    name[equals - arg] = '\0';
    *content = equals + 1;
    return name;
}

enum curl_bad curl_set_form(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    const char *p;
    char *name = curl_form_name(g, arg, &p);
    if (!name)
        return CURL_BAD_USE;
    if (*p == '@' || *p == '<')
        return curl_form_files(g, name, p);
    if (*p == '(')
        return curl_form_open(g, name, p);
    if (*p == ')' && !*name && !p[1])
        return curl_form_close(g->last);
    struct curl_part *part = curl_form_add(g->last, name);
    char *text = curl_form_word(&p, ";");
    buf_add_str(&part->text, text);
    curl_form_parameters(g, part, &p, ";");
    return CURL_GOOD;
}

enum curl_bad curl_set_form_string(struct curl_global *g, const char *arg, bool on)
{
    (void)on;
    const char *p;
    char *name = curl_form_name(g, arg, &p);
    if (!name)
        return CURL_BAD_USE;
    buf_add_str(&curl_form_add(g->last, name)->text, p);
    return CURL_GOOD;
}
