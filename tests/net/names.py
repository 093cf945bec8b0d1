"""names.py: a DNS server (UDP, on a loopback port) for names under .test, which are in NAMES.

A name that begins with `moving` leads to this machine when it is asked for, the next time to a
private address, and so on in turn. One that is not known does not exist.
"""
import ipaddress
import socket
import struct
import threading

A, CNAME, AAAA = 1, 5, 28
SERVFAIL, NXDOMAIN = 2, 3
HERE, PRIVATE = "127.0.0.1", "10.0.0.1"
NAMES = {"here.test": [HERE], "six.test": ["::1"], "both.test": ["::1", HERE],
         "private.test": [PRIVATE], "metadata.test": ["169.254.169.254"],
         "mapped.test": ["::ffff:127.0.0.1"], "mixed.test": [PRIVATE, HERE],
         "nothing.test": [], "alias.test": "here.test", "broken.test": SERVFAIL,
         "silent.test": None}


def question(packet):
    """(the name asked for, the type, the question's bytes)."""
    labels, at = [], 12
    while (size := packet[at]):
        labels.append(packet[at + 1:at + 1 + size].decode("latin-1").lower())
        at += size + 1
    kind = struct.unpack(">H", packet[at + 1:at + 3])[0]
    return ".".join(labels), kind, packet[12:at + 5]


def wire(name):
    return b"".join(bytes((len(part),)) + part.encode() for part in name.split(".")) + b"\0"


def record(owner, kind, value):
    return wire(owner) + struct.pack(">HHIH", kind, 1, 0, len(value)) + value


class Names:
    """Listens at once; `port` tells where. start() serves in a thread of its own."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        self.moves = {}

    def find(self, name, kind):
        if not name.startswith("moving"):
            return NAMES.get(name, NXDOMAIN)
        if kind != A:
            return []
        self.moves[name] = self.moves.get(name, 0) + 1
        return [HERE if self.moves[name] % 2 else PRIVATE]

    def records(self, name, kind):
        """The answers, or an error's code; None: silence."""
        found = self.find(name, kind)
        if isinstance(found, str):
            return [record(name, CNAME, wire(found)), *self.records(found, kind)]
        if not isinstance(found, list):
            return found
        addresses = [ipaddress.ip_address(text) for text in found]
        return [record(name, kind, a.packed) for a in addresses
                if kind == (A if a.version == 4 else AAAA)]

    def answer(self, packet):
        name, kind, asked = question(packet)
        found = self.records(name, kind)
        if found is None:
            return None
        code, records = (0, found) if isinstance(found, list) else (found, [])
        head = packet[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, len(records), 0, 0)
        return head + asked + b"".join(records)

    def serve(self):
        while True:
            packet, client = self.sock.recvfrom(4096)
            reply = self.answer(packet)
            if reply:
                self.sock.sendto(reply, client)

    def start(self):
        threading.Thread(target=self.serve, daemon=True).start()
