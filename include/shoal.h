/* shoal.h: runs bash scripts inside a program, with a Unix of their own in memory.
 *
 * A runtime owns the threads. A sandbox is a small Unix: files, processes, a clock,
 * limits. A run is one script (or program) in a sandbox: it is made, told what to do,
 * started, and waited for:
 *
 *     struct shoal_runtime *runtime;
 *     struct shoal_sandbox *sandbox;
 *     struct shoal_run *run;
 *     shoal_runtime_new(0, &runtime);
 *     shoal_sandbox_new(runtime, 0, 0, &sandbox);
 *     shoal_run_new(sandbox, &run);
 *     shoal_run_set_command(run, "echo hello | tr a-z A-Z", 23);
 *     shoal_run_start(run);
 *     shoal_run_wait(run, -1);
 *     puts(shoal_run_output(run, SHOAL_STDOUT, NULL));
 *     shoal_run_free(run); ...
 *
 * Every function may be called from any thread at any time, unless its comment says
 * otherwise, but not with an object that another thread is freeing. Functions that return
 * int give 0 or a negative SHOAL_E_ code; their outputs are untouched on failure. Strings
 * are NUL-ended bytes, paths inside a sandbox are absolute, times are in the unit that
 * the name says. What is passed in is copied, what is handed out belongs to the object it
 * came from, unless the comment says otherwise. The host is not touched beyond threads,
 * memory and what is granted here: no host process is started, no host file is seen, no
 * signal handler is set, the locale and the environment are neither read nor changed. */
#ifndef SHOAL_H
#define SHOAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header, and the number of its binary interface: a program that was
 * built with another SHOAL_ABI than shoal_abi() gives does not fit the library. */
#define SHOAL_VERSION "0.1.0"
#define SHOAL_ABI 0
const char *shoal_version(void); // of the library: "0.1.0"
unsigned shoal_abi(void);

/* ---- Errors ----------------------------------------------------------------------- */

enum shoal_error {
    SHOAL_E_NOMEM = -1,         // out of memory, or limit `memory` of the sandbox
    SHOAL_E_INVALID = -2,       // an argument makes no sense
    SHOAL_E_STATE = -3,         // not now: the run has (not) been started
    SHOAL_E_BUSY = -4,          // a run is in progress; a thread waits already; in use
    SHOAL_E_TIMEOUT = -5,       // the time given is over
    SHOAL_E_LIMIT = -6,         // a limit of the sandbox: open-files, processes
    SHOAL_E_HOST = -7,          // the host has no more threads, descriptors
    SHOAL_E_NOT_SUPPORTED = -8, // this host, or this kind of file, cannot do that
    SHOAL_E_NOT_FOUND = -20,    // files: no such file or directory
    SHOAL_E_EXISTS = -21,       // it is there already
    SHOAL_E_NOT_DIR = -22,      // a part of the path is not a directory
    SHOAL_E_IS_DIR = -23,       // it is a directory
    SHOAL_E_NOT_EMPTY = -24,    // a directory that is not empty
    SHOAL_E_ACCESS = -25,       // permission denied
    SHOAL_E_LOOP = -26,         // too many symbolic links
    SHOAL_E_NAME_TOO_LONG = -27,
    SHOAL_E_NO_SPACE = -28,  // limit fs-bytes or fs-files
    SHOAL_E_READ_ONLY = -29, // a read-only file system
    SHOAL_E_TOO_BIG = -30,   // limit file-size; arguments of more than 2 MiB
    SHOAL_E_IO = -31         // anything else that the host reports
};

/* What a code means, in a few words: "no such file or directory". Never NULL. */
const char *shoal_strerror(int code);

/* ---- Runtime ---------------------------------------------------------------------- */

struct shoal_runtime;

/* Makes a runtime with up to `workers` threads (0: one for each core), which start when
 * they are first needed. One for a whole program is enough. SHOAL_E_NOMEM. */
int shoal_runtime_new(unsigned workers, struct shoal_runtime **runtime);

/* Gives it up (NULL: nothing to do). It ends, and its threads with it, once its last
 * sandbox is freed. */
void shoal_runtime_free(struct shoal_runtime *runtime);

/* ---- Sandbox ---------------------------------------------------------------------- */

struct shoal_sandbox;

enum shoal_sandbox_flag {
    SHOAL_VIRTUAL_CLOCK = 1, // time passes as work is done, and jumps over sleeps
    SHOAL_DETERMINISTIC = 2  // virtual clock, and the seed decides all order and chance:
                             // the same files, script and seed give the same bytes
};

/* Makes a sandbox with its standard files: an empty /home/user, /tmp, /bin, /dev, /proc
 * and so on. flags: bits of enum shoal_sandbox_flag. seed matters in deterministic mode:
 * 0 runs processes first in, first out. SHOAL_E_NOMEM, SHOAL_E_INVALID. */
int shoal_sandbox_new(struct shoal_runtime *runtime, unsigned flags, uint64_t seed,
                      struct shoal_sandbox **sandbox);

/* Gives it up (NULL: nothing to do). A run in progress is ended; files and memory go when
 * the last run of the sandbox is freed, so objects may be freed in any order. */
void shoal_sandbox_free(struct shoal_sandbox *sandbox);

/* Sets a variable of the environment that runs start with, or removes it (value NULL). At
 * first there are HOME, USER, LOGNAME, SHELL, PATH, LANG and TZ. Holds for runs started
 * later. SHOAL_E_INVALID: name is empty or has a '='. */
int shoal_env_set(struct shoal_sandbox *sandbox, const char *name, const char *value);

/* Sets a limit, by its name, to a number with a unit: "1.5s", "200ms", "64MiB", "1000";
 * or "none". Units of time: ns us ms s m (s without one); of size: KiB MiB GiB TiB (bytes
 * without one). docs/limits.md lists the limits. Holds at once, but `wall` for runs
 * started later. SHOAL_E_INVALID. */
int shoal_limit_set(struct shoal_sandbox *sandbox, const char *name, const char *value);

/* The same in the limit's own unit: nanoseconds, bytes, or a count; UINT64_MAX is
 * none. */
int shoal_limit_set_number(struct shoal_sandbox *sandbox, const char *name,
                           uint64_t value);
int shoal_limit_get(struct shoal_sandbox *sandbox, const char *name, uint64_t *value);

/* The name of the index'th limit, from 0; NULL after the last. *text (if not NULL): what
 * it counts. */
const char *shoal_limit_name(unsigned index, const char **text);

/* ---- Files -------------------------------------------------------------------------
 * Done as the superuser, at any time, also while a run is in progress. May wait for the
 * host if the path leads into a host folder. Errors: those of enum shoal_error from
 * SHOAL_E_NOT_FOUND on. */

enum shoal_file_type {
    SHOAL_FILE,
    SHOAL_DIRECTORY,
    SHOAL_LINK,
    SHOAL_FIFO,
    SHOAL_DEVICE
};

struct shoal_stat {
    enum shoal_file_type type;
    uint32_t mode; // permissions: 0644
    uint32_t uid, gid;
    uint64_t size; // bytes
    uint64_t ino;
    uint64_t links;
    int64_t mtime_ns;     // since 1970
    uint64_t reserved[8]; // 0
};

/* Makes a regular file, with the directories above it that are missing, or replaces its
 * contents, and gives it to the sandbox's user. mode: its permissions if it is new. */
int shoal_file_write(struct shoal_sandbox *sandbox, const char *path, const void *data,
                     size_t len, unsigned mode);

/* Reads up to len bytes at offset into buf. Gives the count, 0 at the end, or a code. */
int64_t shoal_file_read(struct shoal_sandbox *sandbox, const char *path, uint64_t offset,
                        void *buf, size_t len);

/* What is at path; a symbolic link at its end is not followed. */
int shoal_file_stat(struct shoal_sandbox *sandbox, const char *path,
                    struct shoal_stat *stat);

/* Calls entry for each name in a directory, but "." and "..", in no order. entry may call
 * any function of this header; what it gives other than 0 ends the list and is the
 * result. */
int shoal_file_list(struct shoal_sandbox *sandbox, const char *path,
                    int (*entry)(void *arg, const char *name, enum shoal_file_type type),
                    void *arg);

/* Makes a directory, and those above it that are missing, for the sandbox's user. It may
 * be there already. */
int shoal_file_make_dir(struct shoal_sandbox *sandbox, const char *path, unsigned mode);

/* Makes a symbolic link at path with the text target. SHOAL_E_EXISTS. */
int shoal_file_make_link(struct shoal_sandbox *sandbox, const char *target,
                         const char *path);

/* Gives a file or directory another path, in place of what is there. */
int shoal_file_rename(struct shoal_sandbox *sandbox, const char *from, const char *to);

/* Removes a file, or a directory with all that is in it. */
int shoal_file_remove(struct shoal_sandbox *sandbox, const char *path);

/* Shows a host folder at path (a directory, made if it is missing). flags:
 * SHOAL_READ_ONLY, which is the only kind for now (else SHOAL_E_NOT_SUPPORTED).
 * SHOAL_E_NOT_FOUND, SHOAL_E_NOT_DIR and SHOAL_E_ACCESS also speak of the host's path.
 * SHOAL_E_BUSY: something is mounted there. */
enum shoal_mount_flag { SHOAL_READ_ONLY = 1 };
int shoal_mount_host(struct shoal_sandbox *sandbox, const char *host_path,
                     const char *path, unsigned flags);

/* ---- Network ------------------------------------------------------------------------
 * Off by default: every request fails until a rule allows it. The functions here set up a
 * sandbox between runs (SHOAL_E_BUSY: one is in progress). docs/api.md has examples. */

/* Allows requests:
 *
 *     [METHODS=GET,POST ][ADDRESS=10.1.2.3,10.9.0.0/16 ]https://host[:port][/path]
 *
 * A request is allowed if scheme, host and port are those of the rule, its path is the
 * rule's or beneath it, and its method is among METHODS (any, if there is none). Only
 * http and https. Of several rules that allow it the one with the longest path governs.
 * Connections to private, loopback, link-local and other addresses that are not public
 * are refused, whatever a name leads to, unless the governing rule names the address as
 * its host or in ADDRESS. Loads libcurl and c-ares: SHOAL_E_NOT_SUPPORTED if they are not
 * there. SHOAL_E_INVALID: the text is no rule. */
int shoal_net_allow(struct shoal_sandbox *sandbox, const char *rule);

/* Adds a secret header, "Name: value", to the requests that the rule added last governs.
 * Scripts do not see it, and what they say of a header of that name is dropped.
 * SHOAL_E_INVALID: it is no header, or there is no rule. */
int shoal_net_add_header(struct shoal_sandbox *sandbox, const char *header);

/* The file of certificates (PEM) that servers' are checked against, instead of the
 * host's. */
int shoal_net_set_ca(struct shoal_sandbox *sandbox, const char *path);

/* Has host lead to address without being looked up; it may be called several times for
 * one. The address is judged as if it had been looked up. */
int shoal_net_add_name(struct shoal_sandbox *sandbox, const char *host,
                       const char *address);

/* Has names that the host's hosts file does not know looked up by these DNS servers
 * instead of the host's: addresses, perhaps with ports, separated by commas
 * ("10.0.0.53,[::1]:5353"); "": the host's. They themselves are not judged.
 * SHOAL_E_INVALID. */
int shoal_net_set_dns(struct shoal_sandbox *sandbox, const char *servers);

/* Has hook see each request that the rules allow, before anything of it is sent. It is
 * called by the thread that is in shoal_run_wait, once the body (up to 16 MiB) is
 * complete. hook, or any thread at any later time, decides by one of shoal_request_pass,
 * _refuse and _answer, which take the request: it is not used after that. NULL: no hook.
 */
struct shoal_request;
int shoal_net_set_hook(struct shoal_sandbox *sandbox,
                       void (*hook)(void *arg, struct shoal_request *request), void *arg);

/* What is asked for: "GET"; the URL in its one form, "https://host:443/path"; the
 * script's own header lines, from 0, NULL after the last (no secrets); the body. */
const char *shoal_request_method(const struct shoal_request *request);
const char *shoal_request_url(const struct shoal_request *request);
const char *shoal_request_header(const struct shoal_request *request, unsigned index);
const void *shoal_request_body(const struct shoal_request *request, size_t *len);

/* pass: it is made as if there were no hook. refuse: it fails, and the program is told
 * the reason. answer: this is the response, headers being lines that end in a newline; a
 * status from 200 to 999. Any thread, also after the run or the sandbox is gone.
 * SHOAL_E_INVALID: the status (the request was not taken); SHOAL_E_NOMEM: it was
 * refused. */
void shoal_request_pass(struct shoal_request *request);
void shoal_request_refuse(struct shoal_request *request, const char *reason);
int shoal_request_answer(struct shoal_request *request, int status, const char *headers,
                         const void *body, size_t len);

/* Has resolver asked for the addresses of hosts instead of DNS; called as hooks are, and
 * answered by shoal_lookup_answer, which takes the lookup: addresses, separated by
 * commas; "" if there are none. They are judged as those of DNS are. NULL: DNS. */
struct shoal_lookup;
int shoal_net_set_resolver(struct shoal_sandbox *sandbox,
                           void (*resolver)(void *arg, struct shoal_lookup *lookup),
                           void *arg);
const char *shoal_lookup_host(const struct shoal_lookup *lookup);
int shoal_lookup_answer(struct shoal_lookup *lookup, const char *addresses);

/* ---- Run: what is to be done -------------------------------------------------------
 * A run is set up by one thread at a time. Setters give SHOAL_E_STATE once it has been
 * started. */

struct shoal_run;

/* Makes a run that will read its commands from standard input, unless told otherwise. */
int shoal_run_new(struct shoal_sandbox *sandbox, struct shoal_run **run);

/* What is run; the last call counts.
 * command: the text, as `bash -c TEXT`: the first argument is $0. Up to 1 MiB, without
 * NUL bytes.
 * script: the text, as if a file called name held it: `bash NAME`, and $0 is name. No
 * such file need exist.
 * program: a program with its arguments, found through PATH, or a path. */
int shoal_run_set_command(struct shoal_run *run, const char *text, size_t len);
int shoal_run_set_script(struct shoal_run *run, const char *name, const void *text,
                         size_t len);
int shoal_run_set_program(struct shoal_run *run, const char *name);

/* Adds an argument: $1, $2 ... */
int shoal_run_add_arg(struct shoal_run *run, const char *arg);

/* Sets a variable of the environment for this run alone; value NULL: takes it out. As
 * shoal_env_set. */
int shoal_run_set_env(struct shoal_run *run, const char *name, const char *value);

/* The working directory, instead of /home/user. The script does not begin if it cannot be
 * entered. */
int shoal_run_set_cwd(struct shoal_run *run, const char *path);

/* A limit for this run alone, as shoal_limit_set: `wall` is its deadline, from the
 * start. */
int shoal_run_set_limit(struct shoal_run *run, const char *name, const char *value);

/* What becomes of processes that are left when the main one has ended: the run goes on
 * until all have ended (WAIT, the default), or they are killed (KILL). */
enum shoal_orphans { SHOAL_ORPHANS_WAIT, SHOAL_ORPHANS_KILL };
int shoal_run_set_orphans(struct shoal_run *run, enum shoal_orphans orphans);

/* Standard input: bytes, or a descriptor of the host, which stays the caller's and open
 * until the run has ended. At first there is none (it is empty). In deterministic mode
 * only regular files and /dev/null are taken as descriptors: what comes from outside has
 * no fixed time. */
int shoal_run_set_input(struct shoal_run *run, const void *data, size_t len);
int shoal_run_set_input_fd(struct shoal_run *run, int fd);

enum shoal_stream { SHOAL_STDOUT = 1, SHOAL_STDERR = 2 };

/* Where a stream goes; the last call counts. At first both are captured, up to 16 MiB
 * each.
 * capture: to memory, read with shoal_run_output; what is beyond max_bytes is counted and
 * dropped.
 * fd: to a descriptor of the host, which stays the caller's and open until the run has
 * ended. A process that writes to a full pipe waits; a closed one gives it SIGPIPE.
 * O_NONBLOCK is neither needed nor changed.
 * callback: output is called by the thread that is in shoal_run_wait, with 1 to 64 KiB at
 * a time, in the order in which the bytes of both streams were written. Processes wait
 * while more than 64 KiB is due (but not in deterministic mode). output must not free the
 * run. */
int shoal_run_set_output_capture(struct shoal_run *run, enum shoal_stream stream,
                                 size_t max_bytes);
int shoal_run_set_output_fd(struct shoal_run *run, enum shoal_stream stream, int fd);
int shoal_run_set_output_callback(struct shoal_run *run, enum shoal_stream stream,
                                  void (*output)(void *arg, enum shoal_stream stream,
                                                 const void *data, size_t len),
                                  void *arg);

/* ---- Run: doing it ---------------------------------------------------------------- */

/* Starts it. A sandbox has one run in progress at a time; the next may start when
 * shoal_run_wait has told of the end of the one before, or it was freed. SHOAL_E_STATE:
 * it was started before. SHOAL_E_BUSY. SHOAL_E_TOO_BIG: the arguments. SHOAL_E_LIMIT.
 * SHOAL_E_HOST. */
int shoal_run_start(struct shoal_run *run);

/* Waits for the end of a run that was started, and calls output and trace callbacks
 * meanwhile. timeout_ms: 0 does what is due and does not wait; < 0 is no timeout. Gives
 * 0: it has ended (again and again); SHOAL_E_TIMEOUT: not yet; SHOAL_E_BUSY: another
 * thread waits for this run; SHOAL_E_STATE. */
int shoal_run_wait(struct shoal_run *run, int timeout_ms);

/* Starts it and waits for its end, as the two above, and has the calling thread do the
 * work of one worker meanwhile if no thread does: for short runs, which then cost no
 * thread and no hand-over. Callbacks are called between the slices of the run's
 * processes. Signal handlers of the caller that are to run in this thread need a stack of
 * their own (SA_ONSTACK). The errors of both. */
int shoal_run_here(struct shoal_run *run);

/* A descriptor that is readable while shoal_run_wait(run, 0) has something to do, for
 * poll() and the like. It belongs to the run. Gives the descriptor, or SHOAL_E_HOST. */
int shoal_run_fd(struct shoal_run *run);

/* Ends the run: all its processes die within a time slice (some 10 ms). Its end is told
 * by shoal_run_wait as ever. Does nothing if the run is not in progress. */
void shoal_run_cancel(struct shoal_run *run);

/* The same, done by the thread that is in shoal_run_wait or shoal_run_here, or comes
 * there next. May be called in a signal handler. */
void shoal_run_interrupt(struct shoal_run *run);

/* Gives it up (NULL: nothing to do). A run in progress is cancelled, its end is waited
 * for, and what its callbacks were not yet told is dropped. No other thread may use it
 * meanwhile. */
void shoal_run_free(struct shoal_run *run);

/* ---- Run: what came of it ----------------------------------------------------------
 * Known once shoal_run_wait has given 0. */

enum shoal_end {
    SHOAL_END_NONE,      // it has not ended
    SHOAL_END_NORMAL,    // all processes have ended (those left over: SHOAL_ORPHANS_KILL)
    SHOAL_END_LIMIT,     // a limit was reached
    SHOAL_END_CANCELLED, // shoal_run_cancel
    SHOAL_END_DEADLOCK,  // all processes waited, and nothing could ever wake one
    SHOAL_END_CLOSED     // the sandbox was freed
};
enum shoal_end shoal_run_end(const struct shoal_run *run);

/* The exit status of the main process, 128 + signal if a signal ended it; 137 for any end
 * but a normal one. signal: the signal that ended it, or 0. -1: it has not ended. */
int shoal_run_status(const struct shoal_run *run);
int shoal_run_signal(const struct shoal_run *run);

/* The name of the limit for SHOAL_END_LIMIT, else NULL. */
const char *shoal_run_limit(const struct shoal_run *run);

/* Why the run did not end normally: "limit reached: cpu (1s)", or who waited for what in
 * a deadlock. The same is written to the run's standard error behind "shoal: ". "" after
 * a normal end. */
const char *shoal_run_report(const struct shoal_run *run);

/* What was captured of a stream, with a NUL behind it that *len (if not NULL) does not
 * count. Valid until the run is freed. NULL while it has not ended. total: all bytes that
 * were written, the dropped ones too (0 for a descriptor). */
const char *shoal_run_output(const struct shoal_run *run, enum shoal_stream stream,
                             size_t *len);
uint64_t shoal_run_output_total(const struct shoal_run *run, enum shoal_stream stream);

/* ---- Trace ------------------------------------------------------------------------ */

enum shoal_event_kind {
    SHOAL_EVENT_START,  // a process was made; number: its parent; text: its name
    SHOAL_EVENT_NAME,   // it has another name: text
    SHOAL_EVENT_RUN,    // it goes on running; number: the worker, from 0
    SHOAL_EVENT_WAIT,   // it waits; text: for what
    SHOAL_EVENT_WAKE,   // it can go on, and waits for its turn
    SHOAL_EVENT_CALL,   // a system call returned; text: its name; number: its result
    SHOAL_EVENT_SIGNAL, // a signal was sent to it; number: which
    SHOAL_EVENT_EXIT,   // it ended; number: its status, or -signal
    SHOAL_EVENT_LOST    // number events are missing here: they came faster than taken
};

struct shoal_event {
    enum shoal_event_kind kind;
    int pid;
    uint64_t time_ns; // on the sandbox's monotonic clock
    int64_t number;
    const char *text;     // valid during the call; NULL: none
    uint64_t reserved[4]; // 0
};

enum shoal_trace_kind {
    SHOAL_TRACE_SCHED = 1, // every kind but CALL
    SHOAL_TRACE_CALLS = 2
};

/* Tells sink of what happens in the runs started later; kinds: bits of enum
 * shoal_trace_kind, 0: no more. sink is called by the thread that is in shoal_run_wait,
 * in the order of the events. SHOAL_E_BUSY: a run is in progress. SHOAL_E_NOMEM. */
int shoal_trace_set(struct shoal_sandbox *sandbox, unsigned kinds,
                    void (*sink)(void *arg, const struct shoal_event *event), void *arg);

#ifdef __cplusplus
}
#endif

#endif
