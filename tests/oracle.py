"""oracle.py: runs scripts in real bash, away from the host.

Oracle is the client: it starts this file again as a worker that is process 1 of namespaces of
its own, as user `user` (1000) without capabilities, with an empty /home/user and /tmp for every
script. One worker serves any number of scripts, one at a time.
Must not know: the format of cases.
"""
import ctypes
import fcntl
import json
import os
import resource
import select
import selectors
import signal
import socket
import struct
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "net"))
import certs  # noqa: E402
import house  # noqa: E402
import server  # noqa: E402

HOST_NAME = "shoal"
UID = 1000
ENVIRONMENT = {
    "HOME": "/home/user", "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8",
    "TZ": "UTC", "USER": "user", "LOGNAME": "user", "SHELL": "/bin/bash",
}
SCRATCH = ["/home/user", "/tmp", "/var/tmp", "/dev/shm"]  # emptied before each script
SHARED = ["bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr", "etc", "dev", "proc"]
PASSWD = "root:x:0:0:root:/root:/bin/bash\nuser:x:1000:1000::/home/user:/bin/bash\n"
GROUP = "root:x:0:\nuser:x:1000:\n"
GRACE_S = 1.0  # how long background processes may hold the output after the script's end
PIPE_BYTES = 1 << 20
BATCH_BYTES = 1 << 20


class Oracle:
    """A worker. Not thread-safe: one for each thread. net: scripts may ask for the server."""

    def __init__(self, net=False):
        command = ["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--uts",
                   "--ipc", "--kill-child"]
        if os.geteuid() != 0:
            command += ["--user", "--map-root-user"]
        command += [sys.executable, "-I", os.path.abspath(__file__)]
        command += ["--net"] if net else []
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.answers = self.process.stdout
        self.reader = os.fdopen(os.dup(self.answers.fileno()), "rb")
        if self.reader.readline() != b"ready\n":
            raise RuntimeError("the oracle needs namespaces: run as root, or allow user namespaces")

    def run(self, script, stdin, timeout, net=False):
        """(stdout, stderr, status) of one script, all bytes; status None: out of time. net: with
        the server of tests/net on the loopback interface, which is all of the network."""
        return result_of(self.ask({"script": script.decode("latin-1"),
                                   "stdin": stdin.decode("latin-1"), "timeout": timeout,
                                   "net": net}))

    def run_many(self, scripts, timeout, path):
        """The same of many small scripts that read nothing, quicker. Their file is path, in a
        folder that is there, and they may write BATCH_BYTES."""
        answers = self.ask({"batch": [s.decode("latin-1") for s in scripts], "timeout": timeout,
                            "path": path})
        return [result_of(answer) for answer in answers]

    def ask(self, request):
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        line = self.reader.readline()
        if not line:
            raise RuntimeError("the oracle's worker died")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.reader.close()
        self.answers.close()


def result_of(answer):
    return (answer["stdout"].encode("latin-1"), answer["stderr"].encode("latin-1"),
            answer["status"])


def run_bounded(command, env, timeout, output_bytes):
    """(stdout, stderr, status) of a program that is given nothing to read. For small programs
    that are run by the thousand: no pipe, no fork of Python."""
    null = os.open(os.devnull, os.O_RDONLY)
    outputs = [os.memfd_create("output") for _ in range(2)]
    pid = os.posix_spawn(
        command[0], command, env, setsid=True, setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
        file_actions=[(os.POSIX_SPAWN_DUP2, fd, to) for to, fd in enumerate([null, *outputs])])
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (output_bytes, output_bytes))
    status = wait_bounded(pid, timeout)
    texts = [os.pread(fd, output_bytes, 0) for fd in outputs]
    for fd in (null, *outputs):
        os.close(fd)
    return [*texts, status]


def wait_bounded(pid, timeout):
    """The status of a child, as a shell counts it; None if it had to be killed."""
    fd = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    in_time = poll.poll(timeout * 1000)
    os.close(fd)
    if not in_time:
        os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if not in_time:
        return None
    return status if status >= 0 else 128 - status


# The worker.

libc = ctypes.CDLL(None, use_errno=True)
MS_NOSUID, MS_NODEV, MS_BIND, MS_REC = 2, 4, 4096, 16384
MNT_DETACH = 2
PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 4, 24, 38
CLONE_NEWUSER = 0x10000000


def check(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def mount(source, target, kind, flags, data=None):
    args = [x.encode() if x is not None else None for x in (source, target, kind)]
    check(libc.mount(*args, ctypes.c_ulong(flags), data and data.encode()), f"mount {target}")


def mount_empty(target, mode):
    mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, f"size=256m,mode={mode}")


def bind_text(target, text):
    source = "/tmp/bound"
    with open(source, "w") as file:
        file.write(text)
    os.chmod(source, 0o644)
    mount(source, target, None, MS_BIND)
    os.unlink(source)


def enter_house():
    """Makes the only filesystem that scripts see: the host's programs, and empty folders."""
    check(libc.sethostname(HOST_NAME.encode(), len(HOST_NAME)), "sethostname")
    mount_empty("/tmp", "1777")
    for name, text in (("passwd", PASSWD), ("group", GROUP), ("hostname", HOST_NAME + "\n")):
        if os.path.exists(f"/etc/{name}"):
            bind_text(f"/etc/{name}", text)
    mount_empty("/tmp", "755")
    for name in SHARED:
        share("/" + name, "/tmp/" + name)
    for folder, mode in (("home", 0o755), ("home/user", 0o755), ("root", 0o700), ("tmp", 0o1777),
                         ("run", 0o755), ("var", 0o755), ("var/tmp", 0o1777)):
        os.mkdir("/tmp/" + folder)
        os.chmod("/tmp/" + folder, mode)
    mount_empty("/tmp/dev/shm", "1777")
    mount_empty("/tmp/usr/local", "755")
    if not own_user_namespace():
        os.chown("/tmp/home/user", UID, UID)
    os.chdir("/tmp")
    check(libc.pivot_root(b".", b"."), "pivot_root")
    check(libc.umount2(b".", MNT_DETACH), "umount")
    os.chdir("/")


def share(source, target):
    """Shows a folder of the host in the new house; symbolic links (/bin) are copied."""
    if os.path.islink(source):
        os.symlink(os.readlink(source), target)
    elif os.path.isdir(source):
        os.mkdir(target)
        mount(source, target, None, MS_BIND | MS_REC)


def own_user_namespace():
    with open("/proc/self/uid_map") as file:
        return file.read().split() != ["0", "0", "4294967295"]


def drop_rights():
    """Becomes uid 1000 for good, without capabilities."""
    os.umask(0o022)
    if own_user_namespace():
        check(libc.unshare(CLONE_NEWUSER), "unshare")
        for name, text in (("setgroups", "deny"), ("uid_map", f"{UID} 0 1"),
                           ("gid_map", f"{UID} 0 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(UID, UID, UID)
        os.setresuid(UID, UID, UID)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (2000, 2000))
    resource.setrlimit(resource.RLIMIT_DATA, (4 << 30, 4 << 30))


SIOCSIFFLAGS, IFF_UP = 0x8914, 1
NET_FOLDER = "/run/net"  # the test authority, for curl and wget


class Net:
    """The server of tests/net, in threads of the worker, for scripts that ask for it."""

    def __init__(self):
        """Before the rights are dropped: raises the interface, makes and reads certificates."""
        with socket.socket() as sock:
            request = struct.pack("16sh14x", b"lo", IFF_UP)
            fcntl.ioctl(sock, SIOCSIFFLAGS, request)
        os.mkdir(NET_FOLDER)
        made = certs.make(NET_FOLDER)
        self.ca = made.ca
        self.server = server.Server(made)
        with open(NET_FOLDER + "/wgetrc", "w") as file:
            file.write(f"ca_certificate = {self.ca}\n")
        self.ports = self.server.ports

    def environment(self):
        return dict(house.variables(self.ports), CURL_CA_BUNDLE=self.ca,
                    WGETRC=NET_FOLDER + "/wgetrc")

    def hide(self, data):
        return house.hide_ports(data, self.ports)


def empty(folder):
    """Removes all that a folder holds, whatever its modes."""
    for entry in list(os.scandir(folder)):
        if entry.is_dir(follow_symlinks=False):
            os.chmod(entry.path, 0o700)
            empty(entry.path)
            os.rmdir(entry.path)
        else:
            os.unlink(entry.path)


def clean_up():
    for folder in SCRATCH:
        try:
            empty(folder)
        except (OSError, RecursionError):  # a very deep tree
            subprocess.run(["/bin/chmod", "-R", "u+rwx", folder], stderr=subprocess.DEVNULL)
            subprocess.run(["/usr/bin/find", folder, "-mindepth", "1", "-delete"])
    os.chmod("/home/user", 0o755)


def end_all():
    """Kills and reaps every other process of the namespace."""
    while True:
        try:
            os.kill(-1, signal.SIGKILL)
            os.waitpid(-1, 0)
        except (ProcessLookupError, ChildProcessError):
            return


def start(script, stdin, more_environment):
    """Starts bash on the script, which is gone from its folder before bash can act on it: a
    FIFO named `script`, removed as soon as bash has opened it."""
    os.chdir("/home/user")
    os.mkfifo("script")
    ends = os.pipe()
    fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    process = subprocess.Popen(
        ["/bin/bash", "script"], env=ENVIRONMENT | more_environment, stdin=ends[0], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, start_new_session=True, bufsize=0)
    os.close(ends[0])
    os.write(ends[1], stdin)
    os.close(ends[1])
    fifo = os.open("script", os.O_WRONLY)
    os.unlink("script")
    fcntl.fcntl(fifo, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    try:
        os.write(fifo, script)
    except BrokenPipeError:
        pass
    os.close(fifo)
    return process


def collect(process, timeout):
    """The two outputs and the status, or None as status when the time is over."""
    output = {process.stdout: [], process.stderr: []}
    limit, ended = time.monotonic() + timeout, False
    with selectors.DefaultSelector() as selector:
        for stream in output:
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            left = limit - time.monotonic()
            if left <= 0:
                break
            for key, _ in selector.select(min(left, 0.05)):
                data = os.read(key.fd, 1 << 16)
                output[key.fileobj].append(data)
                if not data:
                    selector.unregister(key.fileobj)
            if not ended and process.poll() is not None:
                ended = True
                limit = min(limit, time.monotonic() + GRACE_S)
    if not ended:
        try:
            process.wait(max(limit - time.monotonic(), 0.01))
        except subprocess.TimeoutExpired:
            pass
    status = process.returncode
    if status is not None and status < 0:
        status = 128 - status
    return [b"".join(parts) for parts in output.values()] + [status]


def serve(net):
    for line in sys.stdin.buffer:
        request = json.loads(line)
        if "batch" in request:
            answer = [run_one_of_many(script.encode("latin-1"), request["timeout"], request["path"])
                      for script in request["batch"]]
        else:
            answer = run_one(request, net)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def run_one(request, net):
    clean_up()
    process = start(request["script"].encode("latin-1"), request["stdin"].encode("latin-1"),
                    net.environment() if request["net"] else {})
    out, err, status = collect(process, request["timeout"])
    if request["net"]:
        out, err = net.hide(out), net.hide(err)
    process.stdout.close()
    process.stderr.close()
    end_all()
    process.returncode = 0  # reaped above
    return answer_of(out, err, status)


def run_one_of_many(script, timeout, path):
    clean_up()
    os.chdir("/home/user")
    with open(path, "wb") as file:
        file.write(script)
    result = run_bounded(["/bin/bash", path], ENVIRONMENT, timeout, BATCH_BYTES)
    end_all()
    return answer_of(*result)


def answer_of(out, err, status):
    return {"stdout": out.decode("latin-1"), "stderr": err.decode("latin-1"), "status": status}


def main():
    if os.getpid() != 1:
        sys.exit("oracle.py: started by run-cases, not by hand")
    enter_house()
    net = Net() if "--net" in sys.argv else None
    drop_rights()
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):  # a shell ignores them for its jobs
        signal.signal(number, signal.SIG_DFL)
    if net:
        net.server.start()
    print("ready", flush=True)
    serve(net)


if __name__ == "__main__":
    main()
