/* stream_test.c: kernel/host_stream.h, fdwait.h and output.h: descriptors of the host as
 * files of a process. */
#include "kernel/host_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "kernel/file.h"
#include "kernel/host.h"
#include "kernel/output.h"
#include "kernel/process.h"
#include "sys.h"
#include "tests/unit/calls/fixture.h"

static const struct sys_start offer = {.place = SYS_RUN_OFFER};

/* Puts the host's descriptor on one of the caller's. */
static int add_stream(int host_fd, bool write)
{
    struct process *self = process_self();
    struct file *f;
    if (!CHECK_EQ(host_stream_new(self->kernel, host_fd, write, "a stream", &f), 0))
        return -1;
    int fd = fdtab_add(&self->fds, f, 0, false);
    CHECK(fd >= 0);
    return fd;
}

static void write_late(void *arg)
{
    int *fds = arg;
    for (int i = 0; i < 3; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        (void)!write(fds[1], "abc", 3);
    }
    close(fds[1]);
}

/* Also: while the host may still write there is no deadlock. */
TEST(a_reader_waits_for_the_host_and_sees_the_end)
{
    int fds[2];
    char buf[8];
    uintptr_t thread;
    CHECK_EQ(pipe(fds), 0);
    int fd = add_stream(fds[0], false);
    CHECK_EQ(sys_fd_set_flags(fd, SYS_NONBLOCK), 0);
    CHECK_EQ(sys_read(fd, buf, 8), -EAGAIN);
    CHECK_EQ(sys_fd_set_flags(fd, 0), 0);
    CHECK_EQ(host_thread_start(&thread, write_late, fds), 0);
    size_t total = 0;
    int64_t got;
    while ((got = sys_read(fd, buf, 2)) > 0)
        total += (size_t)got;
    CHECK_EQ(got, 0);
    CHECK_EQ(total, 9);
    CHECK_EQ(sys_write(fd, buf, 1), -EBADF);
    CHECK_EQ(sys_seek(fd, 0, SYS_SEEK_SET), -ESPIPE);
    host_thread_join(thread);
    CHECK_EQ(sys_close(fd), 0);
    CHECK_EQ(close(fds[0]), 0); // the stream has left it open
}

static int read_stream(void *arg)
{
    char c;
    int64_t got, total = 0;
    while ((got = sys_read(*(int *)arg, &c, 1)) > 0)
        total++;
    return got ? 100 : (int)total;
}

TEST(several_that_read_one_stream_share_its_bytes)
{
    int fds[2];
    uintptr_t thread;
    struct sys_ended ended;
    CHECK_EQ(pipe(fds), 0);
    int fd = add_stream(fds[0], false), total = 0;
    for (int i = 0; i < 4; i++)
        CHECK(sys_clone(read_stream, &fd, &offer) > 0);
    CHECK_EQ(host_thread_start(&thread, write_late, fds), 0);
    for (int i = 0; i < 4; i++) {
        CHECK(sys_wait(-1, 0, &ended) > 0);
        total += ended.status;
    }
    CHECK_EQ(total, 9);
    host_thread_join(thread);
    close(fds[0]);
}

TEST(a_process_that_waits_for_the_host_can_be_killed_and_interrupted)
{
    int fds[2];
    char c;
    struct sys_ended ended;
    CHECK_EQ(pipe(fds), 0);
    int fd = add_stream(fds[0], false);
    int pid = sys_clone(read_stream, &fd, &offer);
    CHECK_EQ(sys_sleep(0.01), 0);
    CHECK_EQ(sys_kill(pid, SYS_SIGTERM), 0);
    CHECK_EQ(sys_wait(pid, 0, &ended), pid);
    CHECK_EQ(ended.signal, SYS_SIGTERM);
    CHECK_EQ(sys_signal_set(SYS_SIGUSR1, SYS_CATCH), 0);
    CHECK_EQ(sys_kill(sys_getpid(), SYS_SIGUSR1), 0);
    CHECK_EQ(sys_read(fd, &c, 1), -EINTR);
    CHECK_EQ(sys_signal_take(), SYS_SIGUSR1);
    CHECK_EQ(write(fds[1], "x", 1), 1);
    CHECK_EQ(sys_read(fd, &c, 1), 1); // nobody watches it any more
    close(fds[0]);
    close(fds[1]);
}

static void drain_slowly(void *arg)
{
    static char buf[100000];
    int *fds = arg;
    int64_t total = 0, got;
    while ((got = read(fds[0], buf, sizeof buf)) > 0) {
        total += got;
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    }
    fds[0] = (int)total;
}

TEST(a_writer_waits_for_room_at_the_host_and_loses_nothing)
{
    for (int kind = 0; kind < 2; kind++) {
        int fds[2];
        uintptr_t thread;
        enum { MUCH = 1000000 };
        CHECK_EQ(kind ? socketpair(AF_UNIX, SOCK_STREAM, 0, fds) : pipe(fds), 0);
        int host_read = fds[0], fd = add_stream(fds[1], true);
        CHECK_EQ(host_thread_start(&thread, drain_slowly, fds), 0);
        char *much = sys_alloc_zero(MUCH);
        CHECK_EQ(sys_write(fd, much, MUCH), MUCH);
        CHECK_EQ(sys_write(fd, "x", 1), 1);
        CHECK_EQ(sys_close(fd), 0);
        CHECK_EQ(close(fds[1]), 0);
        host_thread_join(thread);
        CHECK_EQ(fds[0], MUCH + 1);
        close(host_read);
    }
}

TEST(a_writer_to_what_the_host_has_closed_gets_epipe)
{
    int fds[2];
    CHECK_EQ(sys_signal_set(SYS_SIGPIPE, SYS_IGNORE), 0);
    CHECK_EQ(pipe(fds), 0);
    int fd = add_stream(fds[1], true);
    close(fds[0]);
    CHECK_EQ(sys_write(fd, "x", 1), -EPIPE);
    CHECK_EQ(sys_write(fd, "x", 0), 0);
    close(fds[1]);
}

TEST(a_file_of_the_host_has_a_place_and_a_size)
{
    char path[] = "/tmp/shoal-stream-XXXXXX", buf[8];
    struct sys_stat st;
    int host = mkstemp(path);
    CHECK(host >= 0 && write(host, "0123456789", 10) == 10);
    unlink(path);
    int fd = add_stream(host, false);
    CHECK_EQ(sys_pread(fd, buf, 4, 3), 4);
    CHECK_MEM(buf, "3456", 4);
    CHECK_EQ(sys_seek(fd, -2, SYS_SEEK_END), 8);
    CHECK_EQ(sys_read(fd, buf, 8), 2);
    CHECK_EQ(sys_read(fd, buf, 8), 0);
    CHECK_EQ(sys_seek(fd, 0, 3), -EINVAL);
    CHECK_EQ(sys_fstat(fd, &st), 0);
    CHECK_EQ(st.size, 10);
    CHECK_EQ(st.mode & SYS_IFMT, SYS_IFREG);
    CHECK(!sys_isatty(fd));
    struct sys_pollfd in = {fd, SYS_POLLIN, 0};
    CHECK_EQ(sys_poll(&in, 1, -1), 1); // always ready
    close(host);
}

TEST(poll_waits_for_pipes_of_the_host_and_of_its_own_together)
{
    int host[2], own[2];
    uintptr_t thread;
    CHECK_EQ(pipe(host), 0);
    CHECK_EQ(sys_pipe(own, 0), 0);
    int fd = add_stream(host[0], false);
    struct sys_pollfd in[] = {{own[0], SYS_POLLIN, 0}, {fd, SYS_POLLIN, 0}};
    CHECK_EQ(sys_poll(in, 2, 1000000), 0);
    CHECK_EQ(host_thread_start(&thread, write_late, host), 0);
    CHECK_EQ(sys_poll(in, 2, -1), 1);
    CHECK_EQ(in[1].revents, SYS_POLLIN);
    CHECK_EQ(sys_write(own[1], "x", 1), 1);
    CHECK_EQ(sys_poll(in, 2, -1), 2);
    host_thread_join(thread);
    close(host[0]);
}

TEST(a_stream_needs_an_open_descriptor_and_room_for_a_file)
{
    struct file *f;
    int fds[2];
    CHECK_EQ(pipe(fds), 0);
    CHECK_EQ(host_stream_new(t->kernel, 100000, false, "none", &f), -EBADF);
    atomic_store(&t->kernel->limits.value[LIMIT_OPEN_FILES], 0);
    CHECK_EQ(host_stream_new(t->kernel, fds[0], false, "none", &f), -EMFILE);
    CHECK_EQ(atomic_load(&t->kernel->limits.used[LIMIT_OPEN_FILES]), 0);
    close(fds[0]);
    close(fds[1]);
}

static void try_deterministic_input(struct test *t)
{
    struct file *f;
    int fds[2], null = open("/dev/null", O_RDONLY);
    char c;
    CHECK_EQ(pipe(fds), 0);
    CHECK_EQ(host_stream_new(t->kernel, fds[0], false, "a pipe", &f), -EINVAL);
    CHECK_EQ(sys_read(add_stream(null, false), &c, 1), 0);
    CHECK_EQ(sys_write(add_stream(fds[1], true), "x", 1), 1); // output may be one
    close(null);
    close(fds[0]);
    close(fds[1]);
}

TEST(input_is_no_pipe_where_all_must_be_repeatable_by_itself)
{
    struct fixture *f = fixture_new();
    fixture_open(f, t, 2, &(struct kernel_config){.deterministic = true});
    fixture_run(f, try_deterministic_input);
    CHECK_EQ(atomic_load(&f->kernel.ending), KERNEL_END_NONE);
    fixture_close(f);
    free(f);
}

/* ---- limit output ----------------------------------------------------------------- */

TEST(output_is_counted_and_what_was_not_written_is_given_back)
{
    struct kernel *k = t->kernel;
    atomic_store(&k->limits.value[LIMIT_OUTPUT], 100);
    CHECK_EQ(output_take(k, 60), 60);
    CHECK_EQ(output_done(k, 60, 60, 50), 50); // ten were not written
    CHECK_EQ(atomic_load(&k->limits.used[LIMIT_OUTPUT]), 50);
    CHECK_EQ(output_take(k, 30), 30);
    CHECK_EQ(output_done(k, 30, 30, -EPIPE), -EPIPE);
    CHECK_EQ(atomic_load(&k->limits.used[LIMIT_OUTPUT]), 50);
    CHECK_EQ(output_take(k, 60), 50); // what is left
    CHECK_EQ(output_done(k, 60, 50, 49), 49);
    CHECK_EQ(atomic_load(&k->limits.used[LIMIT_OUTPUT]), 99);
    CHECK_EQ(output_take(k, 0), 0);
}

static int output_pipe[2];

static void write_too_much(struct test *t)
{
    char text[100] = "";
    (void)t;
    int fd = add_stream(output_pipe[1], true);
    CHECK_EQ(sys_write(fd, text, 60), 60);
    CHECK_EQ(sys_write(fd, text, 60), 60);
    CHECK(!"never here");
}

TEST(output_past_its_limit_is_cut_and_ends_the_run_by_itself)
{
    char buf[200];
    struct fixture *f = fixture_new();
    CHECK_EQ(pipe(output_pipe), 0);
    fixture_open(f, t, 2, &(struct kernel_config){0});
    atomic_store(&f->kernel.limits.value[LIMIT_OUTPUT], 100);
    fixture_run(f, write_too_much);
    CHECK_EQ(atomic_load(&f->kernel.limits.reached), LIMIT_OUTPUT);
    fixture_close(f);
    free(f);
    CHECK_EQ(read(output_pipe[0], buf, sizeof buf), 100);
    close(output_pipe[0]);
    close(output_pipe[1]);
}

TEST(a_word_to_the_host_never_hangs_and_never_kills)
{
    int fds[2];
    char buf[8];
    CHECK_EQ(pipe(fds), 0);
    host_stream_say(fds[1], "word", 4);
    CHECK_EQ(read(fds[0], buf, 8), 4);
    CHECK_MEM(buf, "word", 4);
    close(fds[0]);
    host_stream_say(fds[1], "word", 4); // nobody reads
    host_stream_say(fds[1], "", 0);
    close(fds[1]);
    host_stream_say(-1, "word", 4);
}
