/* fdtab_test.c: kernel/fdtab.h: tables of their own, with pipe ends in them. */
#include "kernel/fdtab.h"

#include <errno.h>

#include "kernel/file.h"
#include "kernel/pipe.h"
#include "sys.h"
#include "tests/unit/calls/fixture.h"

/* Puts both ends of a new pipe on the lowest descriptors. */
static void add_pipe(struct fdtab *tab, struct file *ends[2])
{
    int fds[2];
    CHECK_EQ(file_new_pipe(tab->kernel, ends), 0);
    CHECK_EQ(fdtab_add_pair(tab, ends, 0, false, fds), 0);
}

TEST(fdtab_gives_the_lowest_free_descriptor)
{
    struct fdtab tab;
    struct file *ends[2];
    fdtab_init(&tab, t->kernel);
    for (int i = 0; i < 6; i++)
        add_pipe(&tab, ends); // 0 to 11
    CHECK(fdtab_file(&tab, 11) == ends[1]);
    CHECK(!fdtab_file(&tab, 12));
    CHECK(!fdtab_file(&tab, -1));
    CHECK_EQ(fdtab_close(&tab, 7), 0);
    CHECK_EQ(fdtab_close(&tab, 2), 0);
    CHECK_EQ(fdtab_add(&tab, file_get(ends[0]), 3, false), 7);
    CHECK_EQ(fdtab_add(&tab, file_get(ends[0]), 0, false), 2);
    CHECK_EQ(fdtab_add(&tab, file_get(ends[0]), 0, false), 12);
    CHECK_EQ(fdtab_add(&tab, file_get(ends[0]), 100, false), 100);
    CHECK_EQ(fdtab_add(&tab, file_get(ends[0]), 0, false), 13);
    CHECK_EQ(fdtab_close(&tab, 50), -EBADF);
    CHECK_EQ(fdtab_close(&tab, 1000000), -EBADF);
    CHECK_EQ(fdtab_close(&tab, -1), -EBADF);
    fdtab_fini(&tab);
    CHECK_EQ(atomic_load(&t->kernel->limits.used[LIMIT_OPEN_FILES]), 0);
}

TEST(fdtab_ends_at_its_last_descriptor)
{
    struct fdtab tab;
    struct file *ends[2], *more[2];
    int fds[2] = {-7, -7};
    fdtab_init(&tab, t->kernel);
    add_pipe(&tab, ends);
    CHECK_EQ(file_new_pipe(t->kernel, more), 0);
    CHECK_EQ(fdtab_add(&tab, more[0], -1, false), -EINVAL);
    CHECK_EQ(fdtab_add(&tab, more[0], FDTAB_MAX, false), -EINVAL);
    CHECK_EQ(fdtab_set(&tab, FDTAB_MAX, more[0], false), -EBADF);
    CHECK_EQ(fdtab_set(&tab, -1, more[0], false), -EBADF);
    CHECK_EQ(fdtab_add_pair(&tab, more, FDTAB_MAX - 1, false, fds), -EMFILE);
    CHECK_EQ(fds[0], -7);
    CHECK(!fdtab_file(&tab, FDTAB_MAX - 1)); // neither of the two
    CHECK_EQ(fdtab_add(&tab, more[0], FDTAB_MAX - 1, false), FDTAB_MAX - 1);
    CHECK_EQ(fdtab_add(&tab, more[1], FDTAB_MAX - 1, false), -EMFILE);
    CHECK_EQ(fdtab_add(&tab, more[1], 0, false), 2);
    fdtab_fini(&tab);
    CHECK_EQ(atomic_load(&t->kernel->limits.used[LIMIT_OPEN_FILES]), 0);
}

TEST(fdtab_set_closes_what_was_there)
{
    struct fdtab tab;
    struct file *ends[2];
    char c;
    struct wait_reason reason = {.what = "nothing"};
    fdtab_init(&tab, t->kernel);
    struct pipe *p = pipe_new(t->kernel);
    CHECK_EQ(pipe_file_open(p, SYS_RDWR, "fifo", &ends[0]), 0);
    CHECK_EQ(fdtab_add(&tab, ends[0], 0, false), 0);
    CHECK_EQ(pipe_file_open(p, SYS_RDWR, "fifo", &ends[1]), 0);
    CHECK_EQ(p->writers, 2);
    CHECK_EQ(fdtab_set(&tab, 0, ends[1], true), 0);
    CHECK_EQ(p->writers, 1);
    CHECK(tab.slots[0].cloexec);
    fdtab_close_on_exec(&tab);
    CHECK_EQ(p->writers, 0);
    CHECK_EQ(pipe_read(p, &c, 1, false, &reason), 0);
    pipe_put(p);
    fdtab_fini(&tab);
}

TEST(fdtab_copies_share_the_files_and_their_flags)
{
    struct fdtab tab, copy;
    struct file *ends[2];
    fdtab_init(&tab, t->kernel);
    fdtab_init(&copy, t->kernel);
    add_pipe(&tab, ends);
    CHECK_EQ(fdtab_add(&tab, file_get(ends[1]), 200, true), 200);
    CHECK_EQ(fdtab_close(&tab, 0), 0);
    CHECK_EQ(fdtab_copy(&copy, &tab), 0);
    CHECK(!fdtab_file(&copy, 0));
    CHECK(fdtab_file(&copy, 1) == ends[1] && fdtab_file(&copy, 200) == ends[1]);
    CHECK(copy.slots[200].cloexec && !copy.slots[1].cloexec);
    CHECK_EQ(atomic_load(&ends[1]->refs), 4);
    fdtab_fini(&tab);
    CHECK_EQ(fdtab_add(&copy, file_get(ends[1]), 0, false), 0);
    fdtab_close_on_exec(&copy);
    CHECK(!fdtab_file(&copy, 200) && fdtab_file(&copy, 1));
    fdtab_fini(&copy);
    CHECK_EQ(atomic_load(&t->kernel->limits.used[LIMIT_OPEN_FILES]), 0);
}
