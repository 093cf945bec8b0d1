"""contenders.py: starts the shells that are compared, and takes their time and memory.

Must not know: what is measured, and what it should cost.
"""
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C",
               "TZ": "UTC", "HOME": "/tmp"}
LIMIT_S = 120


class Failed(Exception):
    """A contender could not be run, or gave a wrong answer; the text says which and how."""


class House:
    """All contenders by name, each the beginning of a command."""

    def __init__(self, shoal):
        self.commands = {"shoal": [shoal]}
        for name in ("bash", "dash", "rg"):
            path = shutil.which(name, path=ENVIRONMENT["PATH"])
            if path:
                self.commands[name] = [path]

    def has(self, name):
        return name in self.commands

    def command(self, name, args):
        if not os.path.exists(self.commands[name][0]):
            raise Failed(f"{self.commands[name][0]}: not there (make builds it)")
        return [*self.commands[name], *map(str, args)]

    def built(self, target):
        """The path of a program of the tool's build folder, which is built."""
        build = os.path.dirname(self.commands["shoal"][0])
        if not os.path.exists(os.path.join(build, "build.ninja")):
            raise Failed(f"{build} is no build folder")
        made = subprocess.run(["ninja", "-C", build, "--quiet", target], capture_output=True,
                              text=True)
        if made.returncode:
            raise Failed(f"{target} cannot be built: {made.stdout[-400:]}")
        return os.path.join(build, target)

    def run(self, name, args, env=()):
        """Seconds that one run took, and what it printed. env: more of the environment."""
        command = self.command(name, args)
        start = time.perf_counter()
        try:
            done = subprocess.run(command, env={**ENVIRONMENT, **dict(env)}, stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=LIMIT_S, cwd="/tmp")
        except subprocess.TimeoutExpired:
            raise Failed(f"{name}: not done after {LIMIT_S} s") from None
        seconds = time.perf_counter() - start
        if done.returncode or done.stderr:
            message = done.stderr.decode(errors="replace").strip()[-400:]
            raise Failed(f"{name}: status {done.returncode}: {message}")
        return seconds, done.stdout

    def start_many(self, name, args, count):
        """Seconds for each of count runs in a row whose output nobody wants."""
        command = self.command(name, args)
        null = os.open(os.devnull, os.O_RDWR)
        actions = [(os.POSIX_SPAWN_DUP2, null, fd) for fd in range(3)]
        start = time.perf_counter()
        for _ in range(count):
            pid = os.posix_spawn(command[0], command, ENVIRONMENT, file_actions=actions)
            if os.waitpid(pid, 0)[1]:
                raise Failed(f"{name} {' '.join(args)}: failed")
        seconds = time.perf_counter() - start
        os.close(null)
        return seconds / count

    def rounds(self, names, turn, count):
        """The best seconds of each name; turn(name) takes them, the names take turns."""
        best = {}
        for _ in range(count):
            for name in names:
                seconds = turn(name)
                best[name] = min(best.get(name, seconds), seconds)
        return best

    def memory_when_ready(self, name, args):
        """Resident bytes with page tables once the script said `ready` and came to rest."""
        return self._watch(name, args, _memory_at_rest)

    def peak_memory(self, name, args):
        """The most bytes that were resident during a whole run."""
        peak = 0
        with tempfile.TemporaryFile() as out:
            process = subprocess.Popen(self.command(name, args), env=ENVIRONMENT, cwd="/tmp",
                                       stdin=subprocess.DEVNULL, stdout=out, stderr=out)
            while process.poll() is None:
                peak = max(peak, _memory(process.pid, "VmHWM"))
                time.sleep(0.002)
            out.seek(0)
            if process.returncode:
                raise Failed(f"{name}: {out.read().decode(errors='replace')[-400:]}")
            return peak

    def _watch(self, name, args, look):
        process = subprocess.Popen(self.command(name, args), env=ENVIRONMENT, cwd="/tmp",
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        try:
            if process.stdout.readline() != b"ready\n":
                raise Failed(f"{name}: did not say that it is ready")
            found = look(process.pid)
            if process.poll() is not None:
                raise Failed(f"{name}: ended too soon: {process.stdout.read()[-400:]!r}")
            return found
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.stdout.close()
            process.wait()


def script(name):
    return os.path.join(HERE, "scripts", name + ".sh")


def _memory(pid, field="VmRSS"):
    """Bytes in memory, with the page tables; 0 if the process is gone."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        text = file.read()
    found = (re.search(name + r":\s+(\d+)", text) for name in (field, "VmPTE"))
    return 1024 * sum(int(match[1]) for match in found if match)


def _memory_at_rest(pid):
    last = _memory(pid)
    for _ in range(50):
        time.sleep(0.2)
        now = _memory(pid)
        if abs(now - last) < 65536:
            return now
        last = now
    return last
