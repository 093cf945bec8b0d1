"""contenders.py: runs scripts in real bash and in shoal, and tells how the results differ.

Must not know: where scripts come from.
"""
import concurrent.futures
import os
import re
import signal
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../.."))
import oracle  # noqa: E402

TIMEOUT_S = 4
LIMITS = ("--limit=memory=256MiB", "--limit=output=1MiB", "--limit=expansion=16MiB",
          "--limit=processes-total=5000")
PREFIX = re.compile(rb"^(\S*script|bash|environment): (?:(.*?): )?line \d+: ", re.M)
ALARM = re.compile(rb"Sanitizer|runtime error:|assertion failed|shoal: ")


class Contenders:
    """Both shells, side by side. Bash is in a sandbox of its own (tests/oracle.py)."""

    def __init__(self, shoal):
        self.shoal = os.path.abspath(shoal)
        self.bash = oracle.Oracle()
        file, self.path = tempfile.mkstemp(dir="/dev/shm", prefix="fuzz-")  # one in each's house
        os.close(file)
        self.pool = concurrent.futures.ThreadPoolExecutor(1)

    def run(self, scripts, timeout=TIMEOUT_S):
        """For each script (what bash gave, what shoal gave)."""
        data = [script.encode("utf-8", "surrogateescape") for script in scripts]
        wanted = self.pool.submit(self.bash.run_many, data, timeout, self.path)
        got = [self.run_shoal(script, timeout) for script in data]
        return [(normal(want, self.path), normal(mine, self.path))
                for want, mine in zip(wanted.result(), got)]

    def run_shoal(self, script, timeout):
        with open(self.path, "wb") as file:
            file.write(script)
        command = [self.shoal, "--deterministic", *LIMITS, f"--limit=wall={timeout}s", self.path]
        return oracle.run_bounded(command, {}, 2 * timeout, oracle.BATCH_BYTES)

    def close(self):
        self.bash.close()
        self.pool.shutdown()
        os.unlink(self.path)


def normal(result, path):
    """A result in which the script's name and line numbers of messages no longer stand; without
    a status where the output was cut off."""
    out, err, status = result
    if max(len(out), len(err)) >= oracle.BATCH_BYTES:
        status = None
    out, err = (text.replace(path.encode(), b"script") for text in (out, err))
    return out, PREFIX.sub(rb"\1: ", err), status


def difference(pair):
    """What differs first: 'status', 'stdout', 'stderr', 'alarm'; '' if nothing does."""
    want, got = pair
    ended = want[2] is None or want[2] == 128 + signal.SIGXFSZ
    if b"Sanitizer" not in got[1] and ended:
        return ""  # bash took too long, or wrote too much: nothing to compare with
    if ALARM.search(got[1]) and not ALARM.search(want[1]):
        return "alarm"
    if want[0] != got[0]:
        return "stdout"
    if want[2] != got[2]:
        return "status"
    # stages of a pipeline write messages in any order
    return "stderr" if sorted(want[1].split(b"\n")) != sorted(got[1].split(b"\n")) else ""


def kinds_of_messages(pair):
    """The messages of both, without what they are about."""
    lines = b"\n".join((pair[0][1], pair[1][1])).split(b"\n")
    return {re.sub(rb"[`'\"(].*", b"", line.rsplit(b": ", 1)[-1]) for line in lines}
