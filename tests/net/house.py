"""house.py: what a case with a `--- server` section finds, the same under shoal and in the oracle.

The variables URL, OTHER (another host and port), TLS (https), ELSEWHERE, STRANGER, EXPIRED and EARLY
(https with certificates that do not do), HTTP2 and KEY (new for each run); in the outputs the ports
are replaced by the words PORT, PORT2 to PORT8.
Must not know: the format of cases.
"""
import itertools
import os
import re
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
NOBODY = "http://127.0.0.1:1"  # where nobody listens
WORDS = ("PORT", "PORT2", "PORT3", "PORT4", "PORT5", "PORT6", "PORT7", "PORT8")  # for the ports of server.py
keys = itertools.count(1)


def addresses(ports):
    """The servers that a script finds, by the names of variables."""
    port, other, tls, elsewhere, stranger, http2, expired, early = ports
    return {"URL": f"http://127.0.0.1:{port}", "OTHER": f"http://localhost:{other}",
            "TLS": f"https://localhost:{tls}", "ELSEWHERE": f"https://localhost:{elsewhere}",
            "STRANGER": f"https://localhost:{stranger}", "HTTP2": f"https://localhost:{http2}",
            "EXPIRED": f"https://localhost:{expired}", "EARLY": f"https://localhost:{early}"}


def variables(ports):
    return dict(addresses(ports), KEY=f"key{next(keys)}")


def hide_ports(data, ports):
    for port, word in zip(ports, WORDS):
        data = re.sub(rb"(?<!\d)%d(?!\d)" % port, word.encode(), data)
    return data


class House:
    """A server in a process of its own for the runs of the tool. Thread-safe."""

    def __init__(self):
        self.lock = threading.Lock()
        self.process = self.ports = None

    def start(self):
        with self.lock:
            if self.process:
                return
            self.folder = tempfile.TemporaryDirectory(prefix="shoal-net-")
            self.process = subprocess.Popen(
                [sys.executable, os.path.join(HERE, "server.py"), self.folder.name],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            *ports, names, self.ca = self.process.stdout.readline().decode().split()
            self.ports = [int(word) for word in ports]
            self.dns = f"127.0.0.1:{names}"

    def options(self):
        """The options of the tool that let a script reach the server, and its variables."""
        self.start()
        result = ["--net-ca", self.ca]
        for url in (*addresses(self.ports).values(), NOBODY):
            result += ["--allow-net", f"ADDRESS=127.0.0.1 {url}/"]
        for name, value in variables(self.ports).items():
            result += ["--env", f"{name}={value}"]
        return result

    def fill(self, text):
        """An option of a case, with the server's ports in place of {PORT} and the like."""
        for word, value in (*zip(WORDS, self.ports), ("DNS", self.dns)):
            text = text.replace("{%s}" % word, str(value))
        return text

    def hide(self, data):
        return hide_ports(data, self.ports)
