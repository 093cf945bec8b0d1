/* wget_list.c: -i, a file of URLs. */
#include "base/str.h"
#include "cmd/wget/wget_fetch.h"
#include "user/errtext.h"
#include "user/in.h"

static struct span wget_trim(struct span line)
{
    while (line.len && char_is_space(line.ptr[line.len - 1]))
        line.len--;
    while (line.len && char_is_space(line.ptr[0]))
        line = span_from(line, 1);
    return line;
}

/* Adds a URL, or says what is wrong with it. */
static void wget_add_url(struct wget *w, struct span line)
{
    struct buf text = buf_make(sys_heap());
    bool has_scheme = span_find_span(line, span_of("://")) < line.len;
    buf_addf(&text, "%s%.*s", has_scheme ? "" : "http://", (int)line.len, line.ptr);
    struct weburl u;
    enum weburl_error err = weburl_parse(&u, buf_str(&text), "http", WEBURL_ENCODE);
    weburl_free(&u);
    if (err) {
        wget_say(w, WGET_BRIEF, "%s: Invalid URL %s: %s\n", w->input, buf_str(&text),
                 wget_bad_url(err));
        wget_note(w, WGET_ERR_OTHER);
    } else {
        (void)strlist_add(&w->urls, line);
    }
    buf_fini(&text);
}

void wget_read_list(struct wget *w)
{
    struct in in;
    size_t before = strlist_len(&w->urls);
    int err = in_open(&in, w->input);
    if (err)
        wget_say(w, WGET_BRIEF, "%s: %s\n", w->input, errtext(err));
    struct span line;
    while (!err && in_line(&in, '\n', &line)) {
        line = wget_trim(line);
        if (line.len)
            wget_add_url(w, line);
    }
    if (!err)
        in_close(&in);
    if (strlist_len(&w->urls) == before)
        wget_say(w, WGET_BRIEF, "No URLs found in %s.\n", w->input);
}
