"""casefile.py: reads and writes the .test files of tests/cases (format: tests/README.md).

All text is str decoded with surrogateescape, so that any byte survives a round trip.
Must not know: how a case is run.
"""
import os
import re
from dataclasses import dataclass, field

TITLE = re.compile(r"=== (.+)")
SECTION = re.compile(
    r"--- (?:(stdin|stdout|stderr)( any| no newline)?"
    r"|(status) (\d+)|(script) (\S+)|(options) (.+)|(timeout) ([\d.]+)|(seeds) (\d+)"
    r"|(oracle|explore) no: (.+)|(server)()|(environment) (\S+=.*))")
NEARLY = re.compile(r"--- (stdin|stdout|stderr|status|script|options|timeout|seeds|oracle|explore"
                    r"|server|environment)\b")
PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ESCAPED = re.compile(r"\\+(?:===|---) ")


class CaseError(Exception):
    """A .test file that breaks the format; the text says where and how."""


@dataclass
class Case:
    path: str
    line: int
    title: str
    script: str = ""
    script_file: str = ""  # where the script comes from, instead of standing in the case
    stdin: str = ""
    stdout: str = None  # None: no such section
    stderr: str = None
    stderr_any: bool = False
    status: int = None
    options: str = ""
    timeout: float = None
    seeds: int = 0
    server: bool = False  # the script talks to tests/net/server.py
    environment: list = field(default_factory=list)  # NAME=VALUE, of the host
    no_oracle: str = ""  # the reason
    no_explore: str = ""

    @property
    def name(self):
        return f"{self.path}:{self.line}: {self.title}"

    def has_expectation(self):
        return not (self.stdout is None and self.stderr is None and self.status is None)


@dataclass
class CaseFile:
    path: str
    preamble: list = field(default_factory=list)  # lines before the first case
    cases: list = field(default_factory=list)


def read(path):
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
        return parse(path, file.read())


def parse(path, text):
    """The CaseFile that text describes. Raises CaseError."""
    result, case, body = CaseFile(path), None, None
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    for number, line in enumerate(lines, 1):
        title = TITLE.fullmatch(line)
        if title:
            _strip_end(case, body)
            case, body = Case(path, number, title[1].strip()), ["script", "", []]
            case.bodies = [body]
            result.cases.append(case)
        elif case is None:
            if line and not line.startswith("#"):
                raise CaseError(f"{path}:{number}: text before the first '=== title'")
            result.preamble.append(line)
        elif (match := SECTION.fullmatch(line)):
            body = _section(case, match) or body
        elif NEARLY.match(line):
            raise CaseError(f"{path}:{number}: bad section line: {line}")
        else:
            body[2].append(line[1:] if ESCAPED.match(line) else line)
    _strip_end(case, body)
    for case in result.cases:
        _fill(case)
    return result


def _section(case, match):
    """Notes one section line; gives the new body if lines follow it."""
    keys = match.groups()
    if keys[0]:
        case.stderr_any |= keys[0] == "stderr" and keys[1] == " any"
        case.bodies.append([keys[0], keys[1] or "", []])
        return case.bodies[-1]
    for name, value in zip(keys[2::2], keys[3::2]):
        if name == "oracle":
            case.no_oracle = value
        elif name == "explore":
            case.no_explore = value
        elif name == "script":
            case.script_file = value
        elif name == "server":
            case.server = True
        elif name == "environment":
            case.environment.append(value)
        elif name:
            kind = {"status": int, "seeds": int, "timeout": float, "options": str}[name]
            setattr(case, name, kind(value))
    # blank lines after a section of one line belong to nothing
    return ["", "", []]


def _strip_end(case, body):
    while case and body[2] and body[2][-1] == "":
        body[2].pop()


def _fill(case):
    for name, flag, lines in case.bodies:
        if name == "stderr" and case.stderr_any:
            continue
        text = "".join(line + "\n" for line in lines)
        setattr(case, name, text[:-1] if flag == " no newline" else text)
    if case.script_file:
        if case.script:
            raise CaseError(f"{case.path}:{case.line}: a script, and a file with a script")
        case.script = _load(case)
    if not case.script:
        raise CaseError(f"{case.path}:{case.line}: a case without a script")
    del case.bodies


def _load(case):
    try:
        path = os.path.join(PROJECT, case.script_file)
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
            return file.read()
    except OSError as error:
        raise CaseError(f"{case.path}:{case.line}: {case.script_file}: {error.strerror}") from None


def write(file):
    text = format_file(file)
    with open(file.path, "w", encoding="utf-8", errors="surrogateescape", newline="") as out:
        out.write(text)


def format_file(file):
    """The canonical text of a CaseFile: parse(format_file(f)) gives f again."""
    preamble = "".join(line + "\n" for line in file.preamble)
    return preamble + "\n".join(format_case(case) for case in file.cases)


def format_case(case):
    text = f"=== {case.title}\n"
    text += f"--- script {case.script_file}\n" if case.script_file else _body(case.script)
    if case.server:
        text += "--- server\n"
    for entry in case.environment:
        text += f"--- environment {entry}\n"
    if case.options:
        text += f"--- options {case.options}\n"
    if case.timeout is not None:
        text += f"--- timeout {case.timeout:g}\n"
    if case.seeds:
        text += f"--- seeds {case.seeds}\n"
    if case.no_oracle:
        text += f"--- oracle no: {case.no_oracle}\n"
    if case.no_explore:
        text += f"--- explore no: {case.no_explore}\n"
    if case.stdin:
        text += _text_section("stdin", case.stdin)
    if case.stdout:
        text += _text_section("stdout", case.stdout)
    if case.stderr_any:
        text += "--- stderr any\n"
    elif case.stderr:
        text += _text_section("stderr", case.stderr)
    ends_blank = text.endswith("\n\n")
    silent = not (case.stdout or case.stderr) and case.has_expectation()
    if case.status or silent or (ends_blank and case.has_expectation()):
        text += f"--- status {case.status or 0}\n"
    return text


def _text_section(name, text):
    if text.endswith("\n"):
        return f"--- {name}\n" + _body(text)
    return f"--- {name} no newline\n" + _body(text + "\n")


def _body(text):
    lines = text.split("\n")[:-1]
    special = (TITLE, SECTION, NEARLY, ESCAPED)
    return "".join(
        ("\\" if any(s.match(line) for s in special) else "") + line + "\n" for line in lines)
