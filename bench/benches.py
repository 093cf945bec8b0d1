"""benches.py: what is measured, against what, and the budgets (reasons: docs/performance.md).

A bench has `what`, and measure(house), which gives rows.
Must not know: how a process is started and timed.
"""
import concurrent.futures
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass

import textlog
from contenders import Failed, script

ROUNDS = 3
SMALL = 20  # the size at which the outputs of the contenders are compared


@dataclass
class Row:
    what: str
    shoal: str
    reference: str = ""
    ratio: str = ""
    budget: str = ""
    met: bool = None  # None: no budget


def seconds_text(s):
    for unit, size in (("s", 1), ("ms", 1e-3), ("us", 1e-6)):
        if s >= size:
            return f"{s / size:.3g} {unit}" if s < 1000 * size else f"{s / size:.0f} {unit}"
    return f"{s * 1e9:.3g} ns"


def bytes_text(n):
    for unit, size in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if n >= size:
            return f"{n / size:.1f} {unit}"
    return f"{n:.0f} B"


def ratio_text(ratio):
    return f"{ratio:.0f}x" if ratio >= 100 else f"{ratio:.3g}x"


@dataclass
class Speed:
    """A script of bench/scripts, given a size; times are for each piece. The reference may get
    a smaller size, since what takes it long is linear. budgets: name of a reference -> how many
    times faster shoal must be; 0: only shown."""
    what: str
    name: str
    size: int
    budgets: dict
    reference_size: int = 0
    pieces: int = 1  # in one unit of the size

    def measure(self, house):
        names = ["shoal", *(n for n in self.budgets if house.has(n))]
        self.compare(house, names)
        sizes = {n: self.reference_size or self.size for n in names}
        sizes["shoal"] = self.size

        def turn(name):
            return house.run(name, [script(self.name), sizes[name]])[0] / sizes[name]
        best = house.rounds(names, turn, ROUNDS)
        what = self.what
        for name in names[1:]:
            ratio = best[name] / best["shoal"]
            budget = self.budgets[name]
            yield Row(what, seconds_text(best["shoal"] / self.pieces),
                      f"{name} {seconds_text(best[name] / self.pieces)}", ratio_text(ratio),
                      f">= {budget}x" if budget else "", ratio >= budget if budget else None)
            what = ""

    def compare(self, house, names):
        """Every contender prints what bash prints, or its time means nothing."""
        want = house.run("bash", [script(self.name), SMALL])[1]
        for name in names:
            got = house.run(name, [script(self.name), SMALL])[1]
            if got != want:
                raise Failed(f"{name}: {self.name}.sh {SMALL}: prints {got[-80:]!r}, "
                             f"not {want[-80:]!r}")


@dataclass
class Growth:
    """What a piece costs at a large size, compared with a small one."""
    what: str
    name: str
    small: int
    large: int
    budget: float

    def measure(self, house):
        def turn(size):
            return house.run("shoal", [script(self.name), size])[0] / size
        best = house.rounds((self.small, self.large), turn, ROUNDS)
        ratio = best[self.large] / best[self.small]
        yield Row(self.what, seconds_text(best[self.large]),
                  f"{self.small}: {seconds_text(best[self.small])}",
                  ratio_text(ratio), f"<= {self.budget}x", ratio <= self.budget)


@dataclass
class Start:
    """Starting the tool for the smallest of scripts."""
    what: str
    reference: str
    budget: float
    runs: int = 100

    def measure(self, house):
        if not house.has(self.reference):
            return
        def turn(name):
            return house.start_many(name, ["-c", "true"], self.runs)
        best = house.rounds(("shoal", self.reference), turn, 5)
        ratio = best["shoal"] / best[self.reference]
        yield Row(self.what, seconds_text(best["shoal"]),
                  f"{self.reference} {seconds_text(best[self.reference])}", ratio_text(ratio),
                  f"<= {self.budget}x" if self.budget else "",
                  ratio <= self.budget if self.budget else None)


@dataclass
class Stream:
    """A command line through which many bytes go; bash has GNU's tools."""
    line: str
    size: int
    budget: float

    @property
    def what(self):
        return self.line

    def measure(self, house):
        printed = {}

        def turn(name):
            seconds, printed[name] = house.run(name, ["-c", self.line])
            return seconds
        best = house.rounds(("shoal", "bash"), turn, 2)
        if printed["shoal"] != printed["bash"]:
            raise Failed(f"shoal: prints something else than bash: {self.line}")
        ratio = best["bash"] / best["shoal"]
        yield Row(self.line, f"{self.size / best['shoal'] / 1e9:.3g} GB/s",
                  f"GNU {self.size / best['bash'] / 1e9:.3g} GB/s", ratio_text(ratio),
                  f">= {self.budget}x" if self.budget else "",
                  ratio >= self.budget if self.budget else None)


@dataclass
class Resident:
    """Memory of each of many processes at rest."""
    what: str
    name: str
    count: int
    budget: int

    def measure(self, house):
        empty = house.memory_when_ready("shoal", [script(self.name), 0])
        full = house.memory_when_ready("shoal", [script(self.name), self.count])
        each = (full - empty) / self.count
        yield Row(self.what, bytes_text(each), f"in all {bytes_text(full)}", "",
                  f"<= {bytes_text(self.budget)}", each <= self.budget)


@dataclass
class Peak:
    """The most memory that a script ever takes."""
    what: str
    line: str
    budget: int

    def measure(self, house):
        peak = house.peak_memory("shoal", ["-c", self.line])
        idle = house.peak_memory("shoal", ["-c", "true"])
        yield Row(self.what, bytes_text(peak), f"idle {bytes_text(idle)}", "",
                  f"<= {bytes_text(self.budget)}", peak <= self.budget)


@dataclass
class FanOut:
    """The same work as jobs on two workers, and one after another."""
    what: str
    size: int
    budget: float

    def measure(self, house):
        args = {n: ["--workers", 2, script("fan-out"), n, self.size] for n in ("jobs", "sequence")}
        want = house.run("bash", [script("fan-out"), "jobs", 100])[1]
        for kind in args:
            got = house.run("shoal", ["--workers", 2, script("fan-out"), kind, 100])[1]
            if got != want:
                raise Failed(f"shoal: fan-out.sh {kind}: wrong result")
        best = house.rounds(args, lambda kind: house.run("shoal", args[kind])[0], ROUNDS)
        ratio = best["sequence"] / best["jobs"]
        yield Row(self.what, seconds_text(best["jobs"]),
                  f"sequence {seconds_text(best['sequence'])}",
                  ratio_text(ratio), f">= {self.budget}x", ratio >= self.budget)
        yield self.ceiling(house, args["sequence"])

    def ceiling(self, house, args):
        """What two processes side by side gain here: less than 2 where the cores are not ours."""
        def turn(count):
            with concurrent.futures.ThreadPoolExecutor(count) as executor:
                return max(executor.map(lambda _: house.run("shoal", args)[0], range(count)))
        best = house.rounds((1, 2), turn, ROUNDS)
        return Row("    the same as two processes, for comparison", seconds_text(best[2]),
                   f"one {seconds_text(best[1])}", ratio_text(2 * best[1] / best[2]))


@dataclass
class Excess:
    """What a script that sleeps costs over its sleep."""
    what: str
    name: str
    size: int
    sleep_s: float
    budget_s: float

    def measure(self, house):
        def turn(name):
            return house.run(name, [script(self.name), self.size])[0] - self.sleep_s
        best = house.rounds(("shoal", "bash"), turn, ROUNDS)
        yield Row(self.what, seconds_text(best["shoal"]), f"bash {seconds_text(best['bash'])}",
                  ratio_text(best["bash"] / best["shoal"]), f"<= {seconds_text(self.budget_s)}",
                  best["shoal"] <= self.budget_s)


@dataclass
class Search:
    """A command over the log. utf8: how many times faster than GNU's in UTF-8 (0: not measured);
    rg: what ripgrep is given for the same, for comparison."""
    name: str
    command: str
    utf8: float = 0
    rg: str = ""


@dataclass
class Text:
    """Commands over a log that lies in the file system of each contender: shoal, whose texts are
    UTF-8, against GNU in the C locale and, where characters matter, in UTF-8."""
    what: str
    searches: list

    def measure(self, house):
        with tempfile.TemporaryDirectory() as data:
            textlog.make(data)
            best = {}
            for round_number in range(ROUNDS):
                for who in ("shoal", "C", "UTF-8", "rg"):
                    self.turn(house, data, who, round_number == 0, best)
        for search in self.searches:
            yield from self.rows(search, best)

    def turn(self, house, data, who, first, best):
        """One run of all commands of a contender, into best[who, name] = (seconds, bytes, sum)."""
        chosen = [s for s in self.searches if {"UTF-8": s.utf8, "rg": s.rg}.get(who, True)]
        if not chosen or (who == "rg" and not house.has("rg")):
            return
        commands = [s.rg if who == "rg" else s.command for s in chosen]
        name, args = "bash", [script("text"), data]
        if who == "shoal":
            name, args = "shoal", ["--mount-ro", f"{data}:/data", "--env", f"SUMS={first or ''}",
                                   script("text"), "/data"]
        _, printed = house.run(name, [*args, *commands],
                               {"LC_ALL": "C.UTF-8" if who != "C" else "C", "SUMS": "1" if first else ""})
        for search, line in zip(chosen, printed.decode().splitlines(), strict=True):
            us, count, total = line.split()
            seconds = int(us) / 1e6
            if first:
                best[who, search.name] = seconds, count, total
            else:
                best[who, search.name] = min((seconds, *best[who, search.name][1:]),
                                             best[who, search.name])

    @staticmethod
    def rows(search, best):
        seconds, *answer = best["shoal", search.name]
        if best["C", search.name][1:] != tuple(answer):
            raise Failed(f"{search.command}: prints something else than GNU's")
        what = search.name
        for who, budget in (("C", 1), ("UTF-8", search.utf8), ("rg", 0)):
            if (who, search.name) not in best:
                continue
            other = best[who, search.name][0]
            ratio = other / seconds
            title = "ripgrep" if who == "rg" else f"GNU {who}"
            yield Row(what, seconds_text(seconds), f"{title} {seconds_text(other)}", ratio_text(ratio),
                      f">= {budget}x" if budget else "", ratio >= budget if budget else None)
            what = ""


@dataclass
class Program:
    """What a program of bench/ measures of itself: operations without the tool around them."""
    what: str  # its target in the build
    budgets: dict  # name -> nanoseconds or bytes

    def measure(self, house):
        done = subprocess.run([house.built(self.what)], capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"{self.what}: {done.stdout[-400:]}")
        for what, value, unit in re.findall(r"^(.+?) +([\d.]+) (ns|bytes)$", done.stdout, re.M):
            def text(amount):
                return seconds_text(amount * 1e-9) if unit == "ns" else f"{amount / 1024:.1f} KiB"
            budget = self.budgets.get(what)
            yield Row(what, text(float(value)), "", "", f"<= {text(budget)}" if budget else "",
                      float(value) <= budget if budget else None)


@dataclass
class Download:
    """A script that downloads from bench/http_server.c: bash has the real curl."""
    what: str
    name: str
    size: int
    budget: float

    def measure(self, house):
        tool = house.built("http-server")
        server = subprocess.Popen([tool], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            url = f"http://127.0.0.1:{int(server.stdout.readline())}"
            yield self.compare(house, url)
        finally:
            server.stdin.close()
            server.wait()

    def compare(self, house, url):
        printed = {}

        def turn(name):
            options = ["--allow-net", f"ADDRESS=127.0.0.1 {url}/"] if name == "shoal" else []
            seconds, printed[name] = house.run(name, [*options, script(self.name), self.size, url])
            return seconds
        best = house.rounds(("shoal", "bash"), turn, ROUNDS)
        if printed["shoal"] != printed["bash"]:
            raise Failed(f"shoal: {self.name}.sh prints something else than bash")
        ratio = best["bash"] / best["shoal"]
        return Row(self.what, seconds_text(best["shoal"]), f"curl {seconds_text(best['bash'])}",
                   ratio_text(ratio), f">= {self.budget}x", ratio >= self.budget)


def groups():
    """All groups, in the order in which they are run: (title, benches)."""
    return [
        ("start-up", [
            Start("shoal -c true", "dash", 1.2),
            Start("shoal -c true, against bash", "bash", 0),
        ]),
        ("kernel", [Program("kernel-bench", {"spawn + exit + wait of a program": 2000})]),
        ("sandboxes", [Program("sandbox-bench", {"new sandbox": 20000, "an idle sandbox": 32768})]),
        ("processes", [
            Speed("start a job `: &` and wait for it", "jobs", 10000, {"bash": 100, "dash": 0}, 1000),
            Growth("the same, 100,000 jobs", "jobs", 10000, 100000, 1.5),
            Speed("subshell ( : )", "subshell", 10000, {"bash": 100, "dash": 0}, 1000),
            Speed("x=$(echo hi)", "capture", 10000, {"bash": 100, "dash": 0}, 1000),
            Speed("echo x | cat", "pipeline", 5000, {"bash": 100, "dash": 0}, 500),
            Speed("x=$(cat /dev/null; basename /a/b)", "capture-program", 5000,
                  {"bash": 100, "dash": 0}, 300),
            Speed("env true", "program", 10000, {"bash": 100, "dash": 0}, 500),
        ]),
        ("jobs", [
            Excess("1,000 sleepers, time over the sleep", "sleepers", 1000, 0.5, 0.05),
            Speed("wait -n drain of 1,000 jobs, each", "wait-n", 1000, {"bash": 50}),
            Speed("pipeline of 100 stages", "stages", 20, {"bash": 10}, 3),
            Speed("chain of 1,000 FIFOs, each", "fifo-chain", 1000, {"bash": 10}),
            FanOut("8 uneven CPU-bound jobs, 2 workers", 60000, 1.8),
        ]),
        ("language", [
            Speed("turn of while with arithmetic", "while", 1000000, {"bash": 3, "dash": 2}, 100000),
            Speed("turn of for (( ))", "arith-for", 1000000, {"bash": 3}, 200000),
            Speed("function call", "function", 300000, {"bash": 3, "dash": 2}, 60000),
            Speed("recursive call", "recursion", 100, {"bash": 3, "dash": 2}, 15, pieces=1973),
            Speed("string building, x=${x}ab", "string", 300000, {"bash": 3, "dash": 2}, 60000),
            Speed("string building, x+=piece", "append", 300000, {"bash": 3}, 60000),
            Speed("${x##*/} ${x%/*} ${x:-y} ${#x}", "expansion", 200000, {"bash": 3, "dash": 2}, 30000),
            Speed("${x//a/b} ${x:o:l} ${x^^}", "substitution", 100000, {"bash": 3}, 20000),
            Speed("case with patterns", "case", 300000, {"bash": 3, "dash": 2}, 60000),
            Speed("[[ ]] with && and patterns", "cond", 500000, {"bash": 3}, 60000),
            Speed("indexed array, set and read", "array", 300000, {"bash": 3}, 100000),
            Speed("associative array, counting", "assoc", 200000, {"bash": 3}, 40000),
            Speed("splitting a line into 8 fields", "split", 100000, {"bash": 3, "dash": 2}, 20000),
            Speed("read a line of a file", "read", 200000, {"bash": 3, "dash": 2}, 40000),
            Speed("printf of a line", "printf", 200000, {"bash": 3, "dash": 2}, 40000),
        ]),
        ("streams", [
            Stream("head -c 4G /dev/zero | cat | wc -c", 4 << 30, 4),
            Stream("yes | head -c 1G | tail -c 1", 1 << 30, 0),
            Stream("seq 3000000 | tr 0-9 a-j | wc -lwc", 22888896, 1),
            Stream("seq 500000 | sort -rn | tail -n 1", 3388896, 1),
            Stream("seq 500000 | sort | tail -n 1", 3388896, 1),
        ]),
        ("text", [Text("grep and sed on 100 MB of log", [
            Search("grep literal", "grep 'connection reset by peer' log",
                   rg="rg -N 'connection reset by peer' log"),
            Search("grep class and alternation", "grep -E '(GET|POST) /api/v[0-9]+/(users|orders)/77' log",
                   rg="rg -N '(GET|POST) /api/v[0-9]+/(users|orders)/77' log"),
            Search("grep -i", "grep -i 'timeout exceeded' log", 3, "rg -Ni 'timeout exceeded' log"),
            Search("grep -c", "grep -c ' 500 ' log", rg="rg -c ' 500 ' log"),
            Search("grep -o", "grep -oE '[0-9]{1,3}(\\.[0-9]{1,3}){3}' log",
                   rg="rg -No '[0-9]{1,3}(\\.[0-9]{1,3}){3}' log"),
            Search("grep -v", "grep -v ' 200 ' log", rg="rg -Nv ' 200 ' log"),
            Search("grep, no match", "grep zzyzx log", rg="rg -N zzyzx log"),
            Search("grep -w", "grep -w admin log", rg="rg -Nw admin log"),
            Search("grep, lines of 1 MB", "grep -cE 'error [0-9]+ in' long", rg="rg -c 'error [0-9]+ in' long"),
            Search("grep -r, 5,000 files", "grep -r 'connection reset' tree",
                   rg="rg -N 'connection reset' tree"),
            Search("sed s///g", "sed 's/error/ERROR/g' log"),
            Search("sed s///g with captures", "sed -E 's/([0-9]+)\\.([0-9]+)\\.([0-9]+)/\\3.\\2.\\1/g' log", 3),
            Search("sed -n /re/p", "sed -n '/ 500 /p' log"),
            Search("sed 5q", "sed 5q log"),
        ])]),
        ("downloads", [
            Download("1,000 small downloads, 50 at once", "downloads", 1000, 3),
            Download("one download of 1 GB", "download", 1000000000, 1),
        ]),
        ("memory", [
            Resident("10,000 programs asleep, each", "asleep", 10000, 16384),
            Resident("10,000 shells waiting, each", "asleep-shells", 10000, 16384),
            Peak("1 GB through a FIFO between two jobs",
                 "mkfifo /tmp/f; head -c 1000000000 /dev/zero >/tmp/f & wc -c </tmp/f", 32 << 20),
            Peak("100,000 jobs one after another",
                 "for ((i = 0; i < 100000; i++)); do : & wait $!; done", 32 << 20),
        ]),
    ]
