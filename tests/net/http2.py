"""http2.py: just enough of HTTP/2 (RFC 9113) to answer every request with one short text.

The headers of requests are not looked at, so there is no decoder of HPACK.
"""
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 4, 6, 7, 8
END_STREAM, ACK, END_HEADERS = 1, 1, 4


class Http2:
    """A connection that has agreed on h2; read(count) and send(data) are its bytes."""

    def __init__(self, read, send):
        self.read, self.send = read, send
        self.bodies = {}  # stream: bytes that came

    def frame(self, kind, flags, stream, payload=b""):
        self.send(struct.pack(">I", len(payload))[1:] + bytes((kind, flags)) +
                  struct.pack(">I", stream) + payload)

    def answer(self, stream):
        text = b"hello over HTTP/2, %d bytes came\n" % self.bodies.pop(stream, 0)
        length = b"%d" % len(text)
        # :status 200 is entry 8 of the static table, the name content-length entry 28
        block = b"\x88\x0f\x0d" + bytes((len(length),)) + length
        self.frame(HEADERS, END_HEADERS, stream, block)
        self.frame(DATA, END_STREAM, stream, text)

    def take(self, kind, flags, stream, payload):
        if kind == SETTINGS and not flags & ACK:
            self.frame(SETTINGS, ACK, 0)
        elif kind == PING and not flags & ACK:
            self.frame(PING, ACK, 0, payload)
        elif kind == DATA and payload:
            self.bodies[stream] = self.bodies.get(stream, 0) + len(payload)
            for which in (0, stream):
                self.frame(WINDOW_UPDATE, 0, which, struct.pack(">I", len(payload)))
        if kind in (DATA, HEADERS) and flags & END_STREAM:
            self.answer(stream)

    def serve(self):
        if self.read(len(PREFACE)) != PREFACE:
            return
        self.frame(SETTINGS, 0, 0)
        while True:
            head = self.read(9)
            size = int.from_bytes(head[:3], "big")
            kind, flags, stream = head[3], head[4], int.from_bytes(head[5:], "big")
            if kind == GOAWAY:
                return
            self.take(kind, flags, stream, self.read(size))
