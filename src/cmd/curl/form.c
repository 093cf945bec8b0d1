/* form.c: see form.h. The options are read in form_parse.c. */
#include "cmd/curl/form.h"

#include <errno.h>

#include "base/base64.h"
#include "base/str.h"
#include "sys.h"

enum { CURL_BOUNDARY_DASHES = 24, CURL_BOUNDARY_DIGITS = 16 };

struct curl_form_writer {
    struct curl_form_body *body;
    struct curl_piece **end; // where the next piece goes
    struct curl_piece *text; // the last one, if it takes text
    bool escape;             // --form-escape
};

static struct curl_piece *curl_form_piece(struct curl_form_writer *w, const char *path)
{
    struct curl_piece *piece = sys_alloc_zero(sizeof *piece);
    piece->text = buf_make(sys_heap());
    piece->path = path;
    *w->end = piece;
    w->end = &piece->next;
    w->text = path ? NULL : piece;
    return piece;
}

static struct buf *curl_form_text(struct curl_form_writer *w)
{
    return w->text ? &w->text->text : &curl_form_piece(w, NULL)->text;
}

static char *curl_form_boundary(void)
{
    struct buf b = buf_make(sys_heap());
    buf_add_repeated(&b, '-', CURL_BOUNDARY_DASHES);
    unsigned char random[CURL_BOUNDARY_DIGITS / 2];
    sys_random(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++)
        buf_addf(&b, "%02x", random[i]);
    return buf_take(&b);
}

/* A name inside quotes, as browsers encode it; with --form-escape by backslashes. */
static void curl_form_add_name(const struct curl_form_writer *w, struct buf *b,
                               const char *name)
{
    for (; *name; name++) {
        if (w->escape && strchr("\\\"", *name))
            buf_addf(b, "\\%c", *name);
        else if (!w->escape && strchr("\"\r\n", *name))
            buf_addf(b, "%%%02X", (unsigned char)*name);
        else
            buf_add_char(b, *name);
    }
}

static const char *curl_form_guess_type(const char *name)
{
    static const char *const types[][2] = {
        {".gif", "image/gif"},       {".jpg", "image/jpeg"},
        {".jpeg", "image/jpeg"},     {".png", "image/png"},
        {".svg", "image/svg+xml"},   {".txt", "text/plain"},
        {".htm", "text/html"},       {".html", "text/html"},
        {".pdf", "application/pdf"}, {".xml", "application/xml"},
    };
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (str_ends(name, types[i][0]))
            return types[i][1];
    return "application/octet-stream";
}

/* Adds the lines in front of a part. boundary: of the multipart that it holds, or NULL.
 */
static void curl_form_head(struct curl_form_writer *w, const struct curl_part *part,
                           bool nested, const char *boundary)
{
    struct buf *b = curl_form_text(w);
    buf_addf(b, "Content-Disposition: %s", nested ? "attachment" : "form-data");
    if (part->name) {
        buf_add_str(b, "; name=\"");
        curl_form_add_name(w, b, part->name);
        buf_add_char(b, '"');
    }
    if (part->file_name) {
        buf_add_str(b, "; filename=\"");
        curl_form_add_name(w, b, part->file_name);
        buf_add_char(b, '"');
    }
    const char *type = part->type;
    if (!type && part->file_name)
        type = curl_form_guess_type(part->file_name);
    if (boundary)
        buf_addf(b, "\r\nContent-Type: %s; boundary=%s",
                 part->type ? part->type : "multipart/mixed", boundary);
    else if (type)
        buf_addf(b, "\r\nContent-Type: %s", type);
    if (part->encoder)
        buf_addf(b, "\r\nContent-Transfer-Encoding: %s", part->encoder);
    for (size_t i = 0; i < strlist_len(&part->headers); i++)
        buf_addf(b, "\r\n%s", strlist_at(&part->headers, i));
    buf_add_str(b, "\r\n\r\n");
}

/* 0, or -EOPNOTSUPP: an encoder that is not known. */
static int curl_form_encode(struct buf *b, const char *encoder, struct span text)
{
    enum { LINE = 57 }; // bytes that give 76 letters
    if (str_eq(encoder, "binary") || str_eq(encoder, "8bit") || str_eq(encoder, "7bit")) {
        buf_add_span(b, text);
        return 0;
    }
    if (!str_eq(encoder, "base64"))
        return -EOPNOTSUPP;
    for (size_t at = 0; at < text.len; at += LINE) {
        if (at)
            buf_add_str(b, "\r\n");
        base64_add(b, span_make(text.ptr + at, size_min(LINE, text.len - at)));
    }
    return 0;
}

/* A file that can be measured is a piece of its own, any other is read now. */
static int curl_form_file(struct curl_form_writer *w, const struct curl_part *part)
{
    struct sys_stat st;
    bool regular = !str_eq(part->path, "-") && !sys_stat(part->path, &st) &&
                   (st.mode & SYS_IFMT) == SYS_IFREG;
    if (regular && !part->encoder) {
        int err = sys_access(part->path, SYS_R_OK);
        if (err)
            return err;
        curl_form_piece(w, part->path);
        w->body->len += st.size;
        return 0;
    }
    struct buf content = buf_make(sys_heap());
    int err = curl_param_file(&content, part->path, false);
    if (!err)
        err =
            curl_form_encode(curl_form_text(w), part->encoder ? part->encoder : "binary",
                             buf_span(&content));
    buf_fini(&content);
    return err;
}

static int curl_form_content(struct curl_form_writer *w, const struct curl_part *part)
{
    if (part->path)
        return curl_form_file(w, part);
    return curl_form_encode(curl_form_text(w), part->encoder ? part->encoder : "binary",
                            buf_span(&part->text));
}

/* The parts of a multipart in a multipart. */
static int curl_form_children(struct curl_form_writer *w, const struct curl_part *parts,
                              const char *boundary)
{
    int err = 0;
    for (const struct curl_part *part = parts; part && !err; part = part->next) {
        buf_addf(curl_form_text(w), "--%s\r\n", boundary);
        curl_form_head(w, part, true, NULL);
        err = curl_form_content(w, part);
        buf_add_str(curl_form_text(w), "\r\n");
    }
    buf_addf(curl_form_text(w), "--%s--\r\n", boundary);
    return err;
}

static int curl_form_part(struct curl_form_writer *w, const struct curl_part *part)
{
    if (!part->multipart) {
        curl_form_head(w, part, false, NULL);
        return curl_form_content(w, part);
    }
    char *boundary = curl_form_boundary();
    curl_form_head(w, part, false, boundary);
    int err = curl_form_children(w, part->children, boundary);
    sys_free(boundary);
    return err;
}

int curl_form_make(const struct curl_config *c, struct curl_form_body *body)
{
    *body = (struct curl_form_body){0};
    struct curl_form_writer w = {body, &body->pieces, NULL, c->form_escape};
    char *boundary = curl_form_boundary();
    struct buf type = buf_make(sys_heap());
    buf_addf(&type, "multipart/form-data; boundary=%s", boundary);
    body->type = buf_take(&type);
    for (const struct curl_part *part = c->form; part; part = part->next) {
        buf_addf(curl_form_text(&w), "--%s\r\n", boundary);
        int err = curl_form_part(&w, part);
        if (err)
            return err;
        buf_add_str(curl_form_text(&w), "\r\n");
    }
    buf_addf(curl_form_text(&w), "--%s--\r\n", boundary);
    sys_free(boundary);
    for (struct curl_piece *piece = body->pieces; piece; piece = piece->next)
        body->len += (int64_t)piece->text.len;
    return 0;
}
