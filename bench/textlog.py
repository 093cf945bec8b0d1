"""textlog.py: makes what the group `text` searches: a log, the same in long lines, a tree of files.

The same bytes every time. Must not know: what is looked for, and how fast it should be found.
"""
import os
import random

LOG_BYTES = 100_000_000
LONG_LINE = 1_000_000
FILES = 5000
FILE_BYTES = 2000

PATHS = ("/api/v1/users/{}", "/api/v2/orders/{}", "/static/app.{}.js", "/login?next={}", "/search?q={}")
AGENTS = ("Mozilla/5.0 (X11; Linux x86_64)", "curl/7.88.1", "Go-http-client/1.1", "admin-console/2")
NOTES = ("connection reset by peer", "Timeout Exceeded while reading", "cache miss", "retry scheduled",
         "error 4711 in worker", "user Jos\u00e9 logged in", "all good", "all good", "all good", "all good")


def log_line(rng, second):
    address = ".".join(str(rng.randrange(1, 255)) for _ in range(4))
    path = rng.choice(PATHS).format(rng.randrange(100000))
    status = rng.choice((200, 200, 200, 200, 200, 200, 304, 404, 500))
    note = rng.choice(NOTES) if rng.random() < .1 else "-"
    return (f"2024-02-{second // 86400 % 28 + 1:02}T{second // 3600 % 24:02}:{second // 60 % 60:02}:"
            f"{second % 60:02}Z web{rng.randrange(9)} {address} \"{rng.choice(('GET', 'GET', 'POST'))} "
            f"{path} HTTP/1.1\" {status} {rng.randrange(100000)} \"{rng.choice(AGENTS)}\" {note}\n")


def make_block(rng, size):
    """Lines of about size bytes; the log repeats them, with another begin each time."""
    lines, total = [], 0
    while total < size:
        lines.append(log_line(rng, total // 50).encode())
        total += len(lines[-1])
    return lines


def make(folder):
    rng = random.Random(1)
    lines = make_block(rng, 5_000_000)
    with open(os.path.join(folder, "log"), "wb") as log:
        while log.tell() < LOG_BYTES:
            log.write(b"".join(lines))
            rng.shuffle(lines)
    text = b"".join(lines).replace(b"\n", b" ")
    with open(os.path.join(folder, "long"), "wb") as long:
        while long.tell() < LOG_BYTES:
            at = rng.randrange(len(text) - LONG_LINE)
            long.write(text[at:at + LONG_LINE] + b"\n")
    for i in range(FILES):
        where = os.path.join(folder, "tree", f"d{i % 50}")
        os.makedirs(where, exist_ok=True)
        start = rng.randrange(len(lines) - 20)
        with open(os.path.join(where, f"f{i}.log"), "wb") as file:
            file.write(b"".join(lines[start:start + 20])[:FILE_BYTES] + b"\n")
