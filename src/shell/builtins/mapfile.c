/* mapfile.c: mapfile, which is also readarray. */
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/num.h"
#include "shell/builtins/builtin.h"
#include "shell/builtins/bytes.h"
#include "shell/exec/exec.h"
#include "shell/shell.h"
#include "shell/vars/arrays.h"
#include "shell/vars/vars.h"
#include "sys.h"

struct mapfile {
    struct shell *sh;
    unsigned id;
    int delimiter, fd;
    bool cut; // -t
    bool has_origin;
    int64_t origin, count, skip, quantum;
    const char *callback;
    struct buf line;
};

static int mapfile_number(struct mapfile *m, const char *arg, int64_t min,
                          const char *what, int64_t *n)
{
    if (num_to_i64_whole(arg, n) || *n < min || *n > UINT32_MAX)
        return shell_builtin_error(m->sh, "%s: invalid %s", arg, what);
    return 0;
}

static int mapfile_option(struct mapfile *m, int c, const char *arg)
{
    switch (c) {
    case 'd': m->delimiter = (unsigned char)*arg; return 0;
    case 'n': return mapfile_number(m, arg, 0, "line count", &m->count);
    case 's': return mapfile_number(m, arg, 0, "line count", &m->skip);
    case 'O':
        m->has_origin = true;
        return mapfile_number(m, arg, 0, "array origin", &m->origin);
    case 'c': return mapfile_number(m, arg, 1, "callback quantum", &m->quantum);
    case 'C': m->callback = arg; return 0;
    case 't': m->cut = true; return 0;
    case 'u':
        if (num_to_int(arg, &m->fd) || m->fd < 0)
            return shell_builtin_error(m->sh, "%s: invalid file descriptor specification",
                                       arg);
        if (sys_fd_flags(m->fd) < 0)
            return shell_builtin_error(
                m->sh, "%s: invalid file descriptor: Bad file descriptor", arg);
        return 0;
    default: return 2;
    }
}

/* Reads a line with its delimiter into m->line. false: nothing is left. */
static bool mapfile_line(struct mapfile *m, struct bytes *b)
{
    int c = BYTES_END;
    buf_clear(&m->line);
    bool any = false, cut = false; // bash drops what follows a NUL
    while ((c = bytes_next(b)) >= 0) {
        any = true;
        cut = cut || !c;
        if (!cut || c == m->delimiter)
            if (c)
                buf_add_char(&m->line, (char)c);
        if (c == m->delimiter)
            break;
    }
    sys_ticks((unsigned)(m->line.len / 16 + 1));
    if (m->cut && c == m->delimiter && c)
        buf_cut(&m->line, m->line.len - 1);
    return any && m->sh->flow == FLOW_NORMAL;
}

/* Runs "CALLBACK INDEX LINE". */
static void mapfile_call(struct mapfile *m, int64_t index)
{
    struct buf text = buf_make(sys_heap());
    buf_addf(&text, "%s %lld ", m->callback, (long long)index);
    escape_add_plain_single(&text, span_of(buf_str(&m->line)));
    exec_text(m->sh, buf_span(&text), NULL, m->sh->line);
    buf_fini(&text);
}

static int mapfile_read(struct mapfile *m, struct bytes *b)
{
    for (int64_t i = 0; i < m->skip; i++)
        if (!mapfile_line(m, b))
            return 0;
    for (int64_t i = 0; !m->count || i < m->count; i++) {
        if (!mapfile_line(m, b))
            break;
        if (m->callback && (i + 1) % m->quantum == 0)
            mapfile_call(m, m->origin + i);
        if (array_set(m->sh, m->id, m->origin + i, span_of(buf_str(&m->line)), 0))
            return 1;
    }
    return 0;
}

static int mapfile_run(struct mapfile *m)
{
    int err = var_check_writable(m->sh, m->id) || var_make_indexed(m->sh, m->id);
    if (!err && (!m->has_origin || !var_is_array_set(m->sh, m->id)))
        err = array_clear(m->sh, m->id);
    if (!err) {
        struct bytes b;
        bytes_begin(&b, m->sh, m->fd);
        err = mapfile_read(m, &b);
        bytes_end(&b);
    }
    return err;
}

int builtin_mapfile(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "d:n:O:s:tu:C:c:");
    struct mapfile m = {.sh = sh, .delimiter = '\n', .quantum = 5000};
    m.line = buf_make(sys_heap());
    for (int c; (c = builtin_opts_next(&o)) != -1;) {
        int status = mapfile_option(&m, c, o.arg);
        if (status)
            return status;
    }
    const char *name = o.next < argc ? argv[o.next] : "MAPFILE";
    if (!*name)
        return shell_builtin_error(sh, "empty array variable name");
    m.id = name_intern(span_of(name));
    if (!m.id)
        return shell_builtin_error(sh, "`%s': not a valid identifier", name);
    if (var_is_assoc(sh, m.id))
        return shell_builtin_error(sh, "%s: not an indexed array", name);
    struct span sub;
    unsigned target = var_resolve(sh, m.id, &sub);
    m.id = target ? target : m.id;
    int status = mapfile_run(&m);
    buf_fini(&m.line);
    return status;
}
