/* procs.c: see procs.h. Lines that are missing leave fields 0. */
#include "user/procs.h"

#include "base/buf.h"
#include "base/fmt.h"
#include "base/num.h"
#include "base/sort.h"
#include "base/str.h"
#include "sys.h"
#include "user/in.h"
#include "user/walk.h"

enum { PROCS_PAGE = 4096 };

/* The text of /proc/PID/NAME as a heap block; NULL: it cannot be read. */
static char *procs_text(int pid, const char *name, size_t *len)
{
    char path[64], *text = NULL;
    struct in in;
    fmt_to(path, sizeof path, "/proc/%d/%s", pid, name);
    if (in_open(&in, path))
        return NULL;
    if (in_all(&in, &text, len))
        text = NULL;
    in_close(&in);
    return text;
}

static const char *procs_i64(const char *p, int64_t *n)
{
    while (*p == ' ')
        p++;
    const char *rest = p;
    *n = 0;
    if (num_to_i64(p, n, &rest) == 0)
        return rest;
    return p + strcspn(p, " \n"); // beyond 64 bits
}

/* pid (name) state ppid pgid ... */
static bool procs_parse_stat(struct proc *p, const char *text)
{
    const char *open = strchr(text, '('), *close = strrchr(text, ')');
    if (!open || !close || close < open || !close[1] || !close[2])
        return false;
    size_t len = (size_t)(close - open - 1);
    p->name = sys_alloc(len + 1);
    memcpy(p->name, open + 1, len);
    p->name[len] = '\0';
    p->state = close[2];
    int64_t n[37] = {0}; // fields 4 to 40
    const char *at = close + 3;
    for (int i = 0; i < 37 && *at && *at != '\n'; i++)
        at = procs_i64(at, &n[i]);
    p->ppid = (int)n[0];
    p->pgid = (int)n[1];
    p->sid = (int)n[2];
    p->tty = (int)n[3];
    p->tpgid = (int)n[4];
    p->flags = (uint64_t)n[5];
    p->user_ticks = (uint64_t)n[10];
    p->system_ticks = (uint64_t)n[11];
    p->priority = (int)n[14];
    p->nice = (int)n[15];
    p->threads = (int)n[16];
    p->start_ticks = (uint64_t)n[18];
    p->vsize = (uint64_t)n[19];
    p->rss = (uint64_t)n[20] * PROCS_PAGE;
    p->cpu = (int)n[35];
    return true;
}

/* Two numbers behind a title such as "Uid:". */
static void procs_ids(const char *text, const char *title, uint32_t *real,
                      uint32_t *effective)
{
    const char *at = strstr(text, title);
    int64_t a = 0, b = 0;
    if (!at)
        return;
    at += strlen(title);
    at += strspn(at, "\t ");
    at = procs_i64(at, &a);
    at += strspn(at, "\t ");
    procs_i64(at, &b);
    *real = (uint32_t)a;
    *effective = (uint32_t)b;
}

static void procs_read_args(struct proc *p)
{
    size_t len = 0;
    char *text = procs_text(p->pid, "cmdline", &len);
    p->has_args = text && len;
    if (!p->has_args) {
        sys_free(text);
        size_t size = strlen(p->name) + 16;
        p->args = sys_alloc(size);
        fmt_to(p->args, size, p->state == 'Z' ? "[%s] <defunct>" : "[%s]", p->name);
        return;
    }
    while (len && !text[len - 1])
        len--;
    for (size_t i = 0; i < len; i++)
        if (!text[i] || text[i] == '\n')
            text[i] = ' ';
    text[len] = '\0';
    p->args = text;
}

bool procs_read_one(int pid, struct proc *p)
{
    size_t len;
    char *text = procs_text(pid, "stat", &len);
    *p = (struct proc){.pid = pid};
    if (!text)
        return false;
    bool good = procs_parse_stat(p, text);
    sys_free(text);
    if (!good)
        return false;
    text = procs_text(pid, "status", &len);
    if (text) {
        procs_ids(text, "\nUid:", &p->ruid, &p->uid);
        procs_ids(text, "\nGid:", &p->rgid, &p->gid);
        sys_free(text);
    }
    procs_read_args(p);
    return true;
}

static int procs_compare(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    return ((const struct proc *)a)->pid - ((const struct proc *)b)->pid;
}

static void procs_sort(struct procs *p)
{
    void **items = sys_alloc((2 * p->count + 1) * sizeof *items);
    for (size_t i = 0; i < p->count; i++)
        items[i] = &p->items[i];
    sort_pointers(items, p->count, procs_compare, NULL, items + p->count, NULL);
    struct proc *sorted = sys_alloc((p->count + 1) * sizeof *sorted);
    for (size_t i = 0; i < p->count; i++)
        sorted[i] = *(struct proc *)items[i];
    sys_free(items);
    sys_free(p->items);
    p->items = sorted;
}

struct procs procs_read(void)
{
    struct procs p = {0};
    struct walk_names names;
    if (walk_read_folder("/proc", false, &names))
        return p;
    p.items = sys_alloc((names.count + 1) * sizeof *p.items);
    for (size_t i = 0; i < names.count; i++) {
        int pid;
        if (char_is_digit(*names.items[i].name) &&
            !num_to_int(names.items[i].name, &pid) &&
            procs_read_one(pid, &p.items[p.count]))
            p.count++;
        sys_tick();
    }
    walk_free_names(&names);
    procs_sort(&p);
    return p;
}

void procs_free(struct procs *p)
{
    for (size_t i = 0; i < p->count; i++) {
        sys_free(p->items[i].name);
        sys_free(p->items[i].args);
    }
    sys_free(p->items);
    *p = (struct procs){0};
}
