"""house.py: what a case with a `--- server` section finds, the same under shoal and in the oracle.

The variables URL, OTHER (another host and port), TLS (https) and KEY (new for each run); in the
outputs the ports are replaced by the words PORT, PORT2 and PORT3.
Must not know: the format of cases.
"""
import itertools
import os
import re
import subprocess
import sys
import tempfile
import threading

import certs

HERE = os.path.dirname(os.path.abspath(__file__))
NOBODY = "http://127.0.0.1:1"  # where nobody listens
keys = itertools.count(1)


def variables(ports):
    port, other, tls = ports
    return {"URL": f"http://127.0.0.1:{port}", "OTHER": f"http://localhost:{other}",
            "TLS": f"https://localhost:{tls}", "KEY": f"key{next(keys)}"}


def hide_ports(data, ports):
    for port, word in zip(ports, (b"PORT", b"PORT2", b"PORT3")):
        data = re.sub(rb"(?<!\d)%d(?!\d)" % port, word, data)
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
            self.ca, cert = certs.make(self.folder.name)
            self.process = subprocess.Popen(
                [sys.executable, os.path.join(HERE, "server.py"), cert],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self.ports = [int(word) for word in self.process.stdout.readline().split()]

    def options(self):
        """The options of the tool that let a script reach the server, and its variables."""
        self.start()
        result = ["--net-ca", self.ca]
        names = variables(self.ports)
        for url in (names["URL"], names["OTHER"], names["TLS"], NOBODY):
            result += ["--allow-net", f"ADDRESS=127.0.0.1 {url}/"]
        for name, value in names.items():
            result += ["--env", f"{name}={value}"]
        return result

    def hide(self, data):
        return hide_ports(data, self.ports)
