/* exec.c: see exec.h. */
#include "vfs/exec.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "kernel/file.h"
#include "kernel/heap.h"
#include "kernel/process.h"
#include "vfs/image.h"
#include "vfs/state.h"
#include "vfs/tree.h"
#include "vfs/walk.h"

enum { EXEC_HEAD = 256, EXEC_NESTED = 5, EXEC_WORDS = 2 * EXEC_NESTED + 2 };

/* The words put in place of argv[0], last first, so that interpreters of interpreters go
 * in front. */
struct exec_words {
    struct process *self;
    char *words[EXEC_WORDS];
    unsigned count;
};

static int exec_push(struct exec_words *w, struct span text)
{
    ASSERT(w->count < EXEC_WORDS);
    char *copy = heap_alloc(&w->self->heap, text.len + 1);
    if (!copy)
        return -ENOMEM;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    w->words[w->count++] = copy;
    return 0;
}

/* Reads the first bytes of the executable file at path. Gives how many. May block. */
static int64_t exec_head(const struct caller *c, const char *path, char head[EXEC_HEAD])
{
    struct walk w;
    walk_enter(&w, c);
    int64_t got = walk_path(&w, path, WALK_FOLLOW);
    if (!got && (w.at.brief.mode & SYS_IFMT) != SYS_IFREG)
        got = -EACCES;
    if (!got)
        got = caller_may(c, &w.at.brief, SYS_X_OK);
    if (!got) {
        struct fs *fs = w.at.mount->fs;
        got = fs->ops->head ? fs->ops->head(fs, w.at.brief.ino, head, EXEC_HEAD)
                            : -EINPROGRESS;
    }
    walk_leave(&w);
    if (got != -EINPROGRESS)
        return got;
    struct file *file;
    int err = tree_open(c, path, SYS_RDONLY, 0, &file);
    if (err)
        return err;
    got = file->ops->pread ? file->ops->pread(file, head, EXEC_HEAD, 0) : -EACCES;
    file_put(file);
    return got;
}

static const struct program *exec_find_program(struct process *self, struct span line)
{
    char name[64];
    if (line.len >= sizeof name)
        return NULL;
    memcpy(name, line.ptr, line.len);
    name[line.len] = '\0';
    return kernel_program(self->kernel, name);
}

/* Cuts blanks off both ends. */
static struct span exec_trim(struct span s)
{
    while (s.len && char_is_blank(s.ptr[0]))
        s = span_from(s, 1);
    while (s.len && char_is_blank(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

/* Pushes what "#!interpreter [argument]" and the script's path become. line is without
 * "#!"; cut: its last word goes on in the file. */
static int exec_push_script(struct exec_words *w, const char *path, struct span line,
                            bool cut)
{
    line = exec_trim(line);
    size_t n = 0;
    while (n < line.len && !char_is_blank(line.ptr[n]))
        n++;
    struct span interpreter = {line.ptr, n};
    struct span argument = exec_trim(span_from(line, n));
    if (!interpreter.len || (cut && n == line.len)) // as Linux: no part of a path is run
        return -ENOEXEC;
    // What was pushed last stands for argv[0] of this script: its path takes that place.
    if (w->count)
        w->count--;
    int err = exec_push(w, span_of(path));
    if (!err && argument.len)
        err = exec_push(w, argument);
    if (!err)
        err = exec_push(w, interpreter);
    return err;
}

static int exec_finish(struct exec_words *w, char ***argv_prefix)
{
    *argv_prefix = NULL;
    if (!w->count)
        return 0;
    char **prefix = heap_alloc(&w->self->heap, (w->count + 1) * sizeof *prefix);
    if (!prefix)
        return -ENOMEM;
    for (unsigned i = 0; i < w->count; i++)
        prefix[i] = w->words[w->count - 1 - i];
    prefix[w->count] = NULL;
    *argv_prefix = prefix;
    return 0;
}

int vfs_exec_resolve(struct process *self, const char *path,
                     const struct program **program, char ***argv_prefix)
{
    static const char magic[] = IMAGE_MAGIC;
    struct caller c = caller_of(self);
    struct exec_words words = {.self = self};
    char head[EXEC_HEAD];
    for (unsigned depth = 0; depth <= EXEC_NESTED; depth++) {
        int64_t got = exec_head(&c, path, head);
        if (got < 0)
            return (int)got;
        struct span text = {head, (size_t)got};
        struct span line = {head, span_find(text, '\n')};
        if (span_starts(line, (struct span){magic, sizeof magic - 1}) &&
            line.len < text.len) {
            *program = exec_find_program(self, span_from(line, sizeof magic - 1));
            return *program ? exec_finish(&words, argv_prefix) : -ENOEXEC;
        }
        if (!span_starts(line, (struct span){"#!", 2}))
            return -ENOEXEC;
        if (depth == EXEC_NESTED)
            break;
        bool cut = line.len == sizeof head && !char_is_blank(head[EXEC_HEAD - 1]);
        int err = exec_push_script(&words, path, span_from(line, 2), cut);
        if (err)
            return err;
        path = words.words[words.count - 1];
    }
    return -ELOOP;
}
