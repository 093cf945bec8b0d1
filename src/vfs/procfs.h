/* procfs.h: /proc: what the sandbox's kernel knows, as files. Their text is made when
 * they are opened (proc_text.c, proc_process.c). */
#ifndef VFS_PROCFS_H
#define VFS_PROCFS_H

#include <stdint.h>

#include "base/base.h"

struct buf;
struct fs;
struct kernel;

struct fs *procfs_new(struct kernel *k); // NULL: no memory

/* Each writes the text of one file; no lock is held. -ENOENT: the process is gone. */
typedef int proc_text_fn(struct kernel *k, int pid, struct buf *b);

proc_text_fn proc_text_version, proc_text_uptime, proc_text_loadavg, proc_text_meminfo,
    proc_text_cpuinfo, proc_text_stat, proc_text_filesystems, proc_text_mounts,
    proc_text_pid_max, proc_text_hostname, proc_text_ostype, proc_text_osrelease,
    proc_text_uuid, proc_text_boot_id, proc_text_file_max;

proc_text_fn proc_process_status, proc_process_stat, proc_process_cmdline,
    proc_process_comm, proc_process_environ, proc_process_limits;

/* The name of a process's program, "" if it has none; for /proc/PID/exe. -ENOENT. */
MUST_CHECK int proc_process_program(struct kernel *k, int pid, char name[64]);

#endif
