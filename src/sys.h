/* sys.h: the system calls: all that a program (the shell, a command) sees of the world.
 *
 * Every function is called by the process on its own fiber. Paths are C strings, relative
 * ones from the process's working directory. Calls that can fail return 0 or a count, or
 * -errno; outputs are untouched on failure. A process that was killed, or whose sandbox
 * reached a limit, does not come back from a call. "May block": the fiber may be
 * suspended; a caught signal ends the wait with -EINTR. Must not show: struct process,
 * fibers, threads, locks, the host. */
#ifndef SYS_H
#define SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/base.h"

/* ---- Memory ------------------------------------------------------------------------
 * Process heap: private, freed as a whole at death; blocks are aligned to 16,
 * uninitialised. Never NULL: past the sandbox's memory limit the kernel ends the run. */
void *sys_alloc(size_t size) __attribute__((malloc, alloc_size(1), returns_nonnull));
void *sys_alloc_zero(size_t size) __attribute__((malloc, alloc_size(1), returns_nonnull));
void *sys_resize(void *ptr, size_t size)
    __attribute__((returns_nonnull)); // ptr may be NULL
void sys_free(void *ptr);             // ptr may be NULL
char *sys_strdup(const char *text) __attribute__((returns_nonnull));
const struct alloc *sys_heap(void); // the same, for base containers

/* Sandbox heap: for counted objects shared by processes (parsed scripts, variable
 * values). Any process of the sandbox may free what another has made. Never NULL, as
 * above. Objects there are reached only from state registered with sys_at_death. */
void *sys_share_alloc(size_t size)
    __attribute__((malloc, alloc_size(1), returns_nonnull));
void *sys_share_resize(void *ptr, size_t size) __attribute__((returns_nonnull));
void sys_share_free(void *ptr);
const struct alloc *sys_share(void);

/* A bundle: blocks of the sandbox heap that go together. It is the process's that made or
 * took it, and is freed with it, unless it was put on the sandbox's shelf under its key:
 * there it is nobody's, until some process takes it. So one process can go on with what
 * another has made (a compiled expression). The shelf keeps what was put there last,
 * within bounds; there may be several bundles of one key. */
struct sys_bundle {
    struct alloc heap; // of its blocks; never gives NULL
    void *root;        // the owner's: the block by which the others are found
};
struct sys_bundle *sys_bundle_new(const void *key, size_t len)
    __attribute__((returns_nonnull));
void sys_bundle_free(struct sys_bundle *b);                     // and all of its blocks
struct sys_bundle *sys_shelf_take(const void *key, size_t len); // NULL: none is there
void sys_shelf_put(struct sys_bundle *b);

/* Has the kernel call release(state) when the process dies or execs, however it happens.
 * release may drop counts and call sys_share_free and sys_free, nothing else. Last
 * registered, first called. */
void sys_at_death(void (*release)(void *state), void *state);
void sys_not_at_death(void (*release)(void *state), void *state); // takes it back

/* One pointer per slot and process, NULL at first and after exec; for what would be a
 * static variable in a Unix program. A clone starts with NULL. */
enum sys_slot { SYS_SLOT_USER, SYS_SLOT_SHELL, SYS_SLOTS };
void *sys_slot_get(enum sys_slot slot);
void sys_slot_set(enum sys_slot slot, void *ptr);

/* The number (>= 1) that stands for a name in this sandbox; the same text always gets the
 * same number. Names live as long as the sandbox. sys_interned gives the text back,
 * NUL-ended; 0, or a number that no name has yet, gives "". */
unsigned sys_intern(const char *text, size_t len);
const char *sys_interned(unsigned id);

/* ---- Time slices, limits, nesting ------------------------------------------------- */

/* Called in every loop that is sized by input: lets others run when the slice is over,
 * counts CPU time, ends a killed process. Costs a few nanoseconds. May switch to other
 * processes. */
void sys_tick(void);
void sys_ticks(unsigned count); // as count ticks: after a block of work of known size

/* Limits shared by all processes of a sandbox, see docs of shoal.h. */
enum sys_limit {
#define LIMIT(id, name, unit, kind, value) SYS_LIMIT_##id,
#include "limits.def"
#undef LIMIT
    SYS_LIMITS
};

/* Adds count to what the sandbox has used of COMMANDS, LOOPS; the run ends past the
 * limit. */
void sys_charge(enum sys_limit limit, uint64_t count);

/* Ends the run if a single object of size would be larger than the limit (EXPANSION,
 * SCRIPT). */
void sys_check_size(enum sys_limit limit, uint64_t size);
uint64_t sys_limit_value(enum sys_limit limit); // UINT64_MAX: none

/* The limits of this process, which its children take over. Open files and file sizes are
 * enforced, the others kept. UINT64_MAX: none. The names are setrlimit()'s. */
enum sys_rlimit {
    SYS_RLIMIT_RTTIME,
    SYS_RLIMIT_CORE,
    SYS_RLIMIT_DATA,
    SYS_RLIMIT_NICE,
    SYS_RLIMIT_FSIZE,
    SYS_RLIMIT_SIGPENDING,
    SYS_RLIMIT_MEMLOCK,
    SYS_RLIMIT_RSS,
    SYS_RLIMIT_NOFILE,
    SYS_RLIMIT_MSGQUEUE,
    SYS_RLIMIT_RTPRIO,
    SYS_RLIMIT_STACK,
    SYS_RLIMIT_CPU,
    SYS_RLIMIT_NPROC,
    SYS_RLIMIT_AS,
    SYS_RLIMIT_LOCKS,
    SYS_RLIMITS
};
struct sys_rlimit_pair {
    uint64_t soft, hard;
};
struct sys_rlimit_pair sys_getrlimit(enum sys_rlimit which);
// -EINVAL: soft above hard; -EPERM: hard raised
MUST_CHECK int sys_setrlimit(enum sys_rlimit which, struct sys_rlimit_pair pair);

/* One level of recursion on input. Ends the run with limit `depth` when nested too deeply
 * or when the stack is nearly used up. */
void sys_nest_enter(void);
void sys_nest_leave(void);

/* ---- Processes -------------------------------------------------------------------- */

/* Where and when a new process runs first. NEXT: at once, when the parent waits, on the
 * rest of its slice (a foreground child). LOCAL: soon, on the same core (a stage of a
 * pipeline). OFFER: on any core (a background job). */
enum sys_place { SYS_RUN_NEXT, SYS_RUN_LOCAL, SYS_RUN_OFFER };

struct sys_start {
    enum sys_place place;
    int pgid; // process group: 0 the parent's, -1 a new one of its own, else that group

    /* sys_clone: called with arg when the child dies, as if it had registered it with
     * sys_at_death before anything could happen to it; or at once, if the child cannot be
     * started. NULL: nothing. */
    void (*release)(void *arg);
};

/* Starts a child that shares the open files, and has copies of cwd, umask, signal
 * dispositions and descriptor table; it runs main(arg) on a stack and heap of its own and
 * exits with its result. (The fork of a program that can copy its own state.) The parent,
 * with all that is its own, may be gone before main runs: arg points into the sandbox
 * heap or is a number. Gives the pid. Errors: -EAGAIN limit `processes`; -ENOMEM; -EPERM
 * no such group. */
MUST_CHECK int sys_clone(int (*main)(void *arg), void *arg,
                         const struct sys_start *start);

/* Starts a child running the program file at path; descriptors without CLOEXEC are
 * inherited. argv and envp end with NULL and are copied. Gives the pid. posix_spawn().
 * Errors: those of sys_exec and sys_clone. */
MUST_CHECK int sys_spawn(const char *path, char *const argv[], char *const envp[],
                         const struct sys_start *start);

/* Becomes the program at path: same pid, descriptors without CLOEXEC; caught signals are
 * reset; heap, slots, and registered state are released. `#!` lines are followed. Returns
 * only on failure.
 * Errors: -ENOENT, -EACCES, -ENOEXEC not a program and no `#!`, -ENOTDIR, -EISDIR (as
 * EACCES), -ELOOP. execve(). */
MUST_CHECK int sys_exec(const char *path, char *const argv[], char *const envp[]);

/* Ends the process with status & 255. Nothing needs to be freed or closed before. */
_Noreturn void sys_exit(int status);

/* Ends the process as the signal would, whatever its disposition. */
_Noreturn void sys_exit_signal(int sig);

/* How a child ended. */
struct sys_ended {
    int pid;
    int status; // exit status 0-255, or 128 + signal
    int signal; // 0: it exited by itself
    uint64_t cpu_ns;
};

/* Waits for a child and forgets it. which: > 0 that child, -1 any, 0 any of the own
 * process group, < -1 any of group -which. flags: SYS_NOHANG gives 0 where it would
 * block. Gives the pid. May block.
 * Errors: -ECHILD none such; -EINTR. waitpid(). */
enum { SYS_NOHANG = 1 };
MUST_CHECK int sys_wait(int which, unsigned flags, struct sys_ended *ended);

int sys_getpid(void);
int sys_getppid(void);
int sys_getpgid(int pid); // 0: self; -ESRCH
MUST_CHECK int sys_setpgid(int pid, int pgid);
MUST_CHECK int sys_getsid(int pid);
MUST_CHECK int sys_setsid(void);
int sys_getuid(void);
int sys_getgid(void);
char **sys_argv(void);    // of the program; may be edited
char **sys_environ(void); // as given to exec; "NAME=VALUE", NULL-ended
void sys_set_name(
    const char *name); // the name shown by ps and reports (a job's command text)
struct sys_times {
    uint64_t self_ns, children_ns; // CPU time
};
void sys_times(struct sys_times *times);

/* ---- Signals -----------------------------------------------------------------------
 * Numbers as on Linux. There are no asynchronous handlers: a CAUGHT signal makes blocking
 * calls return -EINTR and is fetched with sys_signal_take. */
enum {
    SYS_SIGHUP = 1,
    SYS_SIGINT,
    SYS_SIGQUIT,
    SYS_SIGILL,
    SYS_SIGTRAP,
    SYS_SIGABRT,
    SYS_SIGBUS,
    SYS_SIGFPE,
    SYS_SIGKILL,
    SYS_SIGUSR1,
    SYS_SIGSEGV,
    SYS_SIGUSR2,
    SYS_SIGPIPE,
    SYS_SIGALRM,
    SYS_SIGTERM,
    SYS_SIGSTKFLT,
    SYS_SIGCHLD,
    SYS_SIGCONT,
    SYS_SIGSTOP,
    SYS_SIGTSTP,
    SYS_SIGTTIN,
    SYS_SIGTTOU,
    SYS_SIGURG,
    SYS_SIGXCPU,
    SYS_SIGXFSZ,
    SYS_SIGVTALRM,
    SYS_SIGPROF,
    SYS_SIGWINCH,
    SYS_SIGIO,
    SYS_SIGPWR,
    SYS_SIGSYS,
    SYS_SIGNALS = 65 // 34-64 are real-time signals
};
enum sys_disposition { SYS_DEFAULT, SYS_IGNORE, SYS_CATCH };

/* Errors: -EINVAL no such signal, or KILL or STOP. */
MUST_CHECK int sys_signal_set(int sig, enum sys_disposition disposition);
enum sys_disposition sys_signal_get(int sig);
int sys_signal_take(void);     // a caught signal that is pending, lowest first; 0 none
bool sys_signal_waiting(void); // whether take would give one: a few nanoseconds
uint64_t sys_signal_block(uint64_t mask); // bit sig-1; gives the old mask
uint64_t sys_signal_pending(void);        // blocked or caught and not yet taken

/* kill(): pid > 0 that process, 0 own group, -1 all but self and pid 1, < -1 group -pid.
 * sig 0: only checks.
 * Errors: -EINVAL, -ESRCH, -EPERM (pid 1). A signal to self that kills does so before it
 * returns. */
MUST_CHECK int sys_kill(int pid, int sig);

/* ---- Descriptors ------------------------------------------------------------------ */
enum {
    SYS_RDONLY = 0,
    SYS_WRONLY = 1,
    SYS_RDWR = 2,
    SYS_ACCMODE = 3,
    SYS_CREAT = 0100,
    SYS_EXCL = 0200,
    SYS_TRUNC = 01000,
    SYS_APPEND = 02000,
    SYS_NONBLOCK = 04000,
    SYS_DIRECTORY = 0200000,
    SYS_NOFOLLOW = 0400000,
    SYS_CLOEXEC = 02000000
};

/* Opens path on the lowest free descriptor, which it gives. mode applies to a new file,
 * less umask.
 * May block (FIFO until its other end is opened; host files). open().
 * Errors: -EACCES -EEXIST -EINTR -EISDIR -ELOOP -EMFILE -ENAMETOOLONG -ENOENT -ENOSPC
 * -ENOTDIR -ENXIO -EROFS -EINVAL. */
MUST_CHECK int sys_open(const char *path, unsigned flags, unsigned mode);
int sys_close(int fd); // -EBADF

/* read(), write(): may block. write gives len, or less if interrupted part way; -EPIPE
 * after SIGPIPE was sent (default: kills). Errors: -EBADF -EINTR -EAGAIN -EISDIR -EFBIG
 * -ENOSPC -EPIPE -EIO. */
MUST_CHECK int64_t sys_read(int fd, void *buf, size_t len);
MUST_CHECK int64_t sys_write(int fd, const void *buf, size_t len);
MUST_CHECK int64_t sys_pread(int fd, void *buf, size_t len, int64_t offset); // -ESPIPE
MUST_CHECK int64_t sys_pwrite(int fd, const void *buf, size_t len, int64_t offset);

enum { SYS_SEEK_SET, SYS_SEEK_CUR, SYS_SEEK_END };
MUST_CHECK int64_t sys_seek(int fd, int64_t offset, int whence); // -ESPIPE -EINVAL

/* dup: the lowest free descriptor >= min. dup_to: makes `to` the same open file, closing
 * what was there. flags: 0 or SYS_CLOEXEC. Give the new descriptor. Errors: -EBADF
 * -EMFILE -EINVAL. */
MUST_CHECK int sys_dup(int fd, int min, unsigned flags);
MUST_CHECK int sys_dup_to(int fd, int to, unsigned flags);

/* The descriptor's and open file's flags: access mode, APPEND, NONBLOCK, CLOEXEC. set
 * changes the last three. */
MUST_CHECK int sys_fd_flags(int fd);
MUST_CHECK int sys_fd_set_flags(int fd, unsigned flags);
int sys_fd_next(int fd); // the lowest open descriptor >= fd, or -EBADF
bool sys_isatty(int fd);

/* Makes a pipe: fds[0] reads, fds[1] writes, on the two lowest free descriptors.
 * flags: 0 or SYS_CLOEXEC. Errors: -EMFILE -ENOMEM -EINVAL. pipe2(). */
MUST_CHECK int sys_pipe(int fds[2], unsigned flags);

/* A capture, for $(...): fds[1] is written to by any process and never blocks; past limit
 * EXPANSION the run ends. sys_capture_take waits until the last writer is closed, then
 * gives the bytes as a heap block (NUL-ended, to be sys_freed) and closes fd. Both
 * descriptors are CLOEXEC and >= 10.
 * May block; not ended by caught signals (bash runs traps after the substitution). */
MUST_CHECK int sys_capture(int fds[2]);
MUST_CHECK int sys_capture_take(int fd, char **data, size_t *len);

enum {
    SYS_POLLIN = 1,
    SYS_POLLOUT = 4,
    SYS_POLLERR = 8,
    SYS_POLLHUP = 16,
    SYS_POLLNVAL = 32
};
struct sys_pollfd {
    int fd; // < 0: skipped
    short events, revents;
};
/* timeout_ns < 0: none. Gives the number of entries with revents, 0 after the timeout.
 * May block. */
MUST_CHECK int sys_poll(struct sys_pollfd *fds, size_t count, int64_t timeout_ns);

enum { SYS_LOCK_SH = 1, SYS_LOCK_EX = 2, SYS_LOCK_NB = 4, SYS_LOCK_UN = 8 };
MUST_CHECK int sys_flock(int fd,
                         int operation); // -EWOULDBLOCK -EINTR -EBADF. May block. flock()

/* ---- Files ------------------------------------------------------------------------ */
enum {
    SYS_IFMT = 0170000,
    SYS_IFIFO = 0010000,
    SYS_IFCHR = 0020000,
    SYS_IFDIR = 0040000,
    SYS_IFBLK = 0060000,
    SYS_IFREG = 0100000,
    SYS_IFLNK = 0120000,
    SYS_IFSOCK = 0140000
};
struct sys_stat {
    uint64_t dev, ino, rdev;
    uint32_t mode; // type and permissions
    uint32_t nlink, uid, gid;
    int64_t size;                                   // bytes
    int64_t blocks;                                 // of 512 bytes
    int64_t atime_ns, mtime_ns, ctime_ns, birth_ns; // since 1970
};
MUST_CHECK int sys_stat(const char *path, struct sys_stat *st);
MUST_CHECK int sys_lstat(const char *path, struct sys_stat *st);
MUST_CHECK int sys_fstat(int fd, struct sys_stat *st);

enum { SYS_F_OK = 0, SYS_X_OK = 1, SYS_W_OK = 2, SYS_R_OK = 4 };
MUST_CHECK int sys_access(const char *path, int mode);

MUST_CHECK int sys_mkdir(const char *path, unsigned mode);
MUST_CHECK int sys_rmdir(const char *path);
MUST_CHECK int sys_unlink(const char *path);
enum { SYS_RENAME_NOREPLACE = 1, SYS_RENAME_EXCHANGE = 2 };
MUST_CHECK int sys_rename(const char *from, const char *to, unsigned flags);
MUST_CHECK int sys_link(const char *from, const char *to);
MUST_CHECK int sys_symlink(const char *target, const char *path);
MUST_CHECK int64_t sys_readlink(const char *path, char *buf, size_t len); // bytes, no NUL
MUST_CHECK int sys_mkfifo(const char *path, unsigned mode);
MUST_CHECK int sys_chmod(const char *path, unsigned mode);
MUST_CHECK int sys_fchmod(int fd, unsigned mode);
MUST_CHECK int sys_chown(const char *path, int uid, int gid,
                         bool follow); // -1: unchanged
MUST_CHECK int sys_truncate(const char *path, int64_t size);
MUST_CHECK int sys_ftruncate(int fd, int64_t size);

/* Sets times; SYS_TIME_NOW is now, SYS_TIME_OMIT leaves one alone. utimensat(). */
#define SYS_TIME_NOW (INT64_MIN + 1)
#define SYS_TIME_OMIT INT64_MIN
MUST_CHECK int sys_utimes(const char *path, int64_t atime_ns, int64_t mtime_ns,
                          bool follow);
MUST_CHECK int sys_futimes(int fd, int64_t atime_ns, int64_t mtime_ns);

MUST_CHECK int sys_chdir(const char *path);
MUST_CHECK int sys_fchdir(int fd);
MUST_CHECK int64_t sys_getcwd(char *buf,
                              size_t len); // length without NUL; -ERANGE -ENOENT
unsigned sys_umask(unsigned mask);         // gives the old one

/* Fills buf with entries, "." and ".." among them, in no order. Gives the bytes used, 0
 * at the end; sys_seek(fd, 0, SYS_SEEK_SET) starts again. -ENOTDIR; -EINVAL len below
 * 512. getdents(). */
struct sys_dirent {
    uint64_t ino;
    uint16_t size; // of this record: the next one is size bytes on
    uint8_t type;  // SYS_IF* >> 12
    char name[];
};
MUST_CHECK int64_t sys_readdir(int fd, void *buf, size_t len);

struct sys_statfs {
    uint64_t bytes, bytes_free, files, files_free;
    char type[16];
};
MUST_CHECK int sys_statfs(const char *path, struct sys_statfs *st);

/* ---- Network -----------------------------------------------------------------------
 * An exchange, one request and its response, is a descriptor: what is written to it is
 * the request's body, what is read from it the response's. Redirects are not followed:
 * each is an exchange of its own, so that policy, secrets and limits are looked at anew.
 * Credentials in URLs are refused (error 3): they are sent as a header. */
enum {
    SYS_HTTP_COMPRESSED = 1, // asks for compressed answers and undoes the compression
    SYS_HTTP_NO_BODY = 2,    // the answer has no body, as for HEAD
    SYS_HTTP_1_0 = 4,        // the version; none of the three: the transport's choice
    SYS_HTTP_1_1 = 8,
    SYS_HTTP_2 = 16,
    SYS_HTTP_VERBOSE = 32, // collects the log
    SYS_HTTP_IPV4 = 64,    // addresses of one family only
    SYS_HTTP_IPV6 = 128,
    SYS_HTTP_UPLOAD =
        256,             // the body is an upload as of curl -T, not a form as of curl -d
    SYS_HTTP_CERTS = 512 // keeps the server's certificates; not over a shared connection
};

struct sys_http_request {
    const char *method;         // any token: "GET"
    const char *url;            // absolute, http or https
    const char *const *headers; // "Name: value", ended by NULL; "Name:" takes a default
                                // one away, "Name;" sends it empty
    int64_t body_len;           // bytes that will be written; -1: unknown; 0: none
    unsigned flags;
    int64_t connect_timeout_ns; // 0: the default
};

/* Begins an exchange; gives a descriptor (CLOEXEC). Does not block. A refusal by the
 * policy is told, as all that fails later, by sys_http_wait. Errors: -EMFILE -ENOMEM. */
MUST_CHECK int sys_http_open(const struct sys_http_request *request);

/* No more bytes of the body will be written; implied once body_len are. -EBADF. */
int sys_http_end_body(int fd);

/* What is known of an exchange. Times are from sys_http_open on; 0: not reached. */
struct sys_http_info {
    int error;               // 0, or as curl's exit status
    char message[256];       // of the error, without "curl: (N) "
    int status;              // 200
    int version;             // 10, 11, 20
    bool headers_done, done; // all headers are there; the exchange is over
    bool reused;             // the connection
    int64_t name_ns, connect_ns, tls_ns, pretransfer_ns, first_byte_ns, total_ns;
    int64_t bytes_up, bytes_down; // of bodies, as transferred
    int64_t header_bytes, request_bytes;
    int64_t length; // announced; -1: unknown
    char remote_ip[64], local_ip[64];
    int remote_port, local_port;
    int connects;    // connections made
    long tls_verify; // 0: the certificate is good
    int certs;       // that the server showed, with SYS_HTTP_CERTS
};

/* Waits until the final headers have come or the exchange has failed; then as
 * sys_http_info. A body is sent only by sys_write. -EINTR -EBADF. May block. */
MUST_CHECK int sys_http_wait(int fd, struct sys_http_info *info);
MUST_CHECK int sys_http_info(int fd, struct sys_http_info *info);

/* The header lines of the response as they came since the last call, also those of 1xx
 * answers and trailers; and the lines of the log, which begin with "* ", "> " or "< ". A
 * heap block, NUL-ended, to be sys_freed. -EBADF. */
MUST_CHECK int sys_http_headers(int fd, char **text, size_t *len);
MUST_CHECK int sys_http_log(int fd, char **text, size_t *len);

/* What is known of the server's certificates, in the words of libcurl, each ended by a
 * NUL byte: "Subject:CN = localhost". At most 256 KiB. Otherwise as sys_http_headers. */
MUST_CHECK int sys_http_certs(int fd, char **text, size_t *len);

/* ---- Time, chance, identity ------------------------------------------------------- */
enum sys_clock { SYS_CLOCK_REAL, SYS_CLOCK_MONOTONIC };
int64_t sys_clock(enum sys_clock which); // ns since 1970, or since the sandbox was made

/* Sleeps; a fraction counts, infinity is allowed. 0, or -EINTR when a caught signal came.
 * May block. */
MUST_CHECK int sys_sleep(double seconds);
MUST_CHECK int sys_sleep_until(int64_t monotonic_ns);

void sys_random(void *buf, size_t len); // seeded in deterministic mode

struct sys_uname {
    const char *sysname, *nodename, *release, *version, *machine;
};
void sys_uname(struct sys_uname *name);
unsigned sys_cpu_count(void);

#endif
