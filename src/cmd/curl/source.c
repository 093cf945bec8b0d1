/* source.c: see source.h. */
#include "cmd/curl/source.h"

#include <errno.h>

#include "base/str.h"
#include "user/msg.h"

/* A body of text that lies in memory. */
static void curl_source_text(struct curl_source *s, const struct buf *text)
{
    struct curl_piece *piece = sys_alloc_zero(sizeof *piece);
    piece->text = *text; // borrowed from the config
    s->form.pieces = piece;
    s->len = (int64_t)text->len;
}

/* "-" and "." are standard input; its length is not known. */
static bool curl_source_file(struct curl_transfer *t)
{
    struct curl_source *s = &t->source;
    s->len = -1;
    if (str_eq(t->upload, "-") || str_eq(t->upload, ".")) {
        s->fd = 0;
        s->wait = true;
        return true;
    }
    s->fd = sys_open(t->upload, SYS_RDONLY | SYS_CLOEXEC, 0);
    if (s->fd < 0) {
        msg("Can't open '%s'!", t->upload);
        msg("try 'curl --help' or 'curl --manual' for more information");
        t->result = CURL_ERR_READ;
        return false;
    }
    s->opened = true;
    struct sys_stat st;
    if (!sys_fstat(s->fd, &st) && (st.mode & SYS_IFMT) == SYS_IFREG)
        s->len = st.size;
    return true;
}

bool curl_source_open(struct curl_transfer *t)
{
    struct curl_source *s = &t->source;
    *s = (struct curl_source){.fd = -1};
    if (t->send == CURL_SEND_FILE)
        return curl_source_file(t);
    if (t->send == CURL_SEND_DATA) {
        curl_source_text(s, &t->config->data);
    } else if (t->send == CURL_SEND_FORM) {
        if (curl_form_make(t->config, &s->form)) {
            t->result = CURL_ERR_READ;
            return false;
        }
        s->len = s->form.len;
    } else {
        s->end = true;
    }
    s->piece = s->form.pieces;
    return true;
}

bool curl_source_rewind(struct curl_source *s)
{
    s->pos = s->used = s->at = 0;
    s->piece = s->form.pieces;
    s->end = !s->piece && s->fd < 0;
    if (s->form.pieces) {
        if (s->opened)
            sys_close(s->fd);
        s->fd = -1;
        s->opened = false;
        return true;
    }
    return s->fd < 0 || sys_seek(s->fd, s->start, SYS_SEEK_SET) >= 0;
}

/* Reads from the descriptor. */
static int curl_source_read(struct curl_source *s)
{
    int64_t n = sys_read(s->fd, s->block, CURL_BODY_BLOCK);
    if (n < 0)
        return (int)n;
    s->used = (size_t)n;
    return 0;
}

/* Takes bytes of the current piece; goes to the next at its end. */
static int curl_source_piece(struct curl_source *s)
{
    if (s->piece->path) {
        if (!s->opened) {
            s->fd = sys_open(s->piece->path, SYS_RDONLY | SYS_CLOEXEC, 0);
            if (s->fd < 0)
                return s->fd;
            s->opened = true;
        }
        int err = curl_source_read(s);
        if (err || s->used)
            return err;
        sys_close(s->fd);
        s->fd = -1;
        s->opened = false;
    } else {
        struct span text = span_from(buf_span(&s->piece->text), s->at);
        s->used = size_min(text.len, CURL_BODY_BLOCK);
        if (s->used)
            memcpy(s->block, text.ptr, s->used);
        s->at += s->used;
        if (s->used)
            return 0;
    }
    s->piece = s->piece->next;
    s->at = 0;
    return 0;
}

int curl_source_fill(struct curl_source *s)
{
    if (!s->block)
        s->block = sys_alloc(CURL_BODY_BLOCK);
    while (s->pos == s->used && !s->end) {
        s->pos = s->used = 0;
        bool pieces = s->form.pieces;
        if (pieces && !s->piece) {
            s->end = true;
            break;
        }
        int err = pieces ? curl_source_piece(s) : curl_source_read(s);
        if (err)
            return err;
        if (!pieces && !s->used)
            s->end = true;
    }
    return 0;
}

int curl_source_poll_fd(const struct curl_source *s)
{
    return s->wait && !s->end && s->pos == s->used ? s->fd : -1;
}

void curl_source_close(struct curl_source *s)
{
    if (s->opened)
        sys_close(s->fd);
    sys_free(s->block);
    *s = (struct curl_source){.fd = -1, .end = true};
}
