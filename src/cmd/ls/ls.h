/* ls.h: what the parts of ls share: its settings and the files to be shown. */
#ifndef CMD_LS_LS_H
#define CMD_LS_LS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/escape.h"
#include "sys.h"
#include "user/human.h"

struct zone;

enum ls_format { LS_LONG, LS_SINGLE, LS_COLUMNS, LS_ACROSS, LS_COMMAS };
enum ls_sort {
    LS_BY_NAME,
    LS_BY_TIME,
    LS_BY_SIZE,
    LS_BY_EXTENSION,
    LS_BY_VERSION,
    LS_BY_WIDTH,
    LS_UNSORTED
};
enum ls_time { LS_MTIME, LS_CTIME, LS_ATIME, LS_BIRTH };
enum ls_indicator { LS_PLAIN, LS_SLASH, LS_FILE_TYPE, LS_CLASSIFY };
enum ls_follow {
    LS_FOLLOW_UNSET,
    LS_FOLLOW_NEVER,
    LS_FOLLOW_ARG_FOLDER,
    LS_FOLLOW_ARG,
    LS_FOLLOW_ALWAYS
};
enum ls_hide { LS_HIDE_DOTS, LS_HIDE_DOT_AND_DOTDOT, LS_HIDE_NONE };

/* Names as they are, or in a style of escape.h. */
enum { LS_LITERAL = -1 };

struct ls_colors {
    const char *type[26]; // by enum ls_color; NULL: none
    struct ls_extension *extensions;
    size_t extension_count;
    bool link_as_target;
};

struct ls {
    enum ls_format format;
    enum ls_sort sort;
    enum ls_time time;
    enum ls_indicator indicator;
    enum ls_follow follow;
    enum ls_hide hide;
    bool reverse, recursive, as_files, folders_first; // -r -R -d
    bool inode, blocks;                               // -i -s
    bool owner, group, author, numeric;
    bool hide_control, color;
    char end; // of a line
    int quoting;
    bool align_quotes;
    size_t width, tab; // width 0: no limit
    struct human_how size_how, block_how;
    // for files older than half a year, or not
    const char *old_time_format, *new_time_format;
    const char **ignored, **hidden; // patterns of -I and --hide
    size_t ignored_count, hidden_count;
    struct ls_colors colors;
    struct zone *zone;
    int64_t now_s;
    int status;
    bool color_began;
};

struct ls_file {
    char *name;
    uint32_t type; // SYS_IF*, as far as it is known; 0 unknown
    uint64_t ino;
    bool stat_ok; // st is filled in
    bool stat_failed;
    struct sys_stat st;
    char *link;         // the target's name
    uint32_t link_mode; // the target's mode; 0: it does not exist, or was not asked for
    bool link_broken;
    size_t columns; // of the name as shown
    bool quoted;
};

/* The files of one listing. */
struct ls_list {
    struct ls_file *files;
    struct ls_file **order;
    size_t count, cap;
    bool any_quoted;
};

/* ---- ls_list.c -------------------------------------------------------------------- */
struct ls_file *ls_add(struct ls_list *l, const char *name, uint32_t type, uint64_t ino);
void ls_sort(const struct ls *ls, struct ls_list *l);
void ls_free(struct ls_list *l);
bool ls_is_folder(const struct ls_file *f);

/* ---- ls_name.c -------------------------------------------------------------------- */
/* Adds the name as shown; gives its width in columns. */
size_t ls_add_name(const struct ls *ls, struct buf *b, const char *name, bool *is_quoted);
char ls_indicator_of(const struct ls *ls, bool stat_ok, uint32_t mode);
/* How the file is coloured: NULL not at all. target: it is the target of the link f. */
const char *ls_color_of(const struct ls *ls, const struct ls_file *f, bool target);
void ls_read_colors(struct ls *ls, const char *text); // LS_COLORS; NULL: the usual ones

/* ---- ls_show.c -------------------------------------------------------------------- */
void ls_show(struct ls *ls, struct ls_list *l);
uint64_t ls_total_blocks(const struct ls_list *l); // in bytes

#endif
