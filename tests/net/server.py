#!/usr/bin/env python3
"""server.py: the HTTP server that the tests of curl and wget talk to, on ephemeral loopback ports.

As a module: Server(certs) listens at once, `ports` tells where; start() serves in threads of its
own. As a program, with a folder for certificates: prints the ports, that of names.py, and the
path of the authority; serves until its standard input ends. Every answer is the same each time (no dates, no
counters but those of a key that the request names), so that outputs can be compared.

Paths, by their first component (ROUTES at the end of the file; ?name=value chooses more):
    /hello             a short text, with Last-Modified, ETag, and 304 where it is asked for
    /bytes/N           N bytes of a pattern, with ranges     /plain/N   the same without ranges
    /delay/S           a short text after S seconds
    /chunked/N         N chunks                              /drip/N/S  N bytes, S seconds apart
    /endless           bytes until the client is gone
    /echo              the request: its line, headers and body
    /status/CODE       that status, with a short text
    /redirect/N        N redirects and then /hello           /loop      redirects to itself
    /to?url=U&code=C   a redirect to U (@OTHER@ @TLS@: the other listeners)
    /head?NAME=VALUE   a short text with these header lines
    /gzip /deflate     compressed text                       /bomb/N    N MiB of zeros as gzip
    /badgzip           what is not gzip at all
    /reset/N /short/N  promises twice N bytes, sends N, then resets or closes the connection
    /empty /garbage    no answer at all; one that is not HTTP
    /big-header/N      a header line of N bytes              /big-headers/N   N header lines
    /flaky/N?key=K     503 to the first N requests with that key, then a short text
    /flaky-reset/N     the same with reset connections
    /auth              401 unless the user is user:secret
    /early/CODE        answers before the body has come, and closes
    /continue          100, 102 and then the answer
    /log?key=K         what happened under a key (see `note`), waits up to 3 s for `until`
"""
import base64
import email.utils
import gzip
import os
import socket
import ssl
import struct
import sys
import threading
import time
import urllib.parse
import zlib

import certs
import http2
import names

PATTERN = bytes(33 + i % 94 if i % 64 != 63 else 10 for i in range(94 * 64))
MODIFIED = "Wed, 01 Mar 2023 10:00:00 GMT"
MODIFIED_S = 1677664800
REASONS = {200: "OK", 201: "Created", 204: "No Content", 206: "Partial Content",
           301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
           307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request",
           401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 408: "Request Timeout",
           412: "Precondition Failed", 413: "Payload Too Large", 416: "Range Not Satisfiable", 429: "Too Many Requests",
           500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable",
           504: "Gateway Timeout"}


def pattern(start, end):
    """Bytes start to end of the endless pattern."""
    first, period = start // len(PATTERN), len(PATTERN)
    count = (end + period - 1) // period - first
    return (PATTERN * count)[start - first * period:end - first * period]


class Gone(Exception):
    """The client has closed the connection."""


class Request:
    """One request, read from a connection; the body only when it is asked for."""

    def __init__(self, connection, line, headers):
        self.connection = connection
        self.line = line
        self.method, self.target, self.version = line.split(" ")
        self.headers = headers  # [(name, value)]
        target = self.target if self.target.startswith("/") else \
            urllib.parse.urlsplit(self.target).path
        path, _, query = target.partition("?")
        self.path = path
        self.parts = path.split("/")[1:]
        self.query = urllib.parse.parse_qsl(query, keep_blank_values=True)
        self.body_read = False

    def header(self, name, default=None):
        for other, value in self.headers:
            if other.lower() == name.lower():
                return value
        return default

    def option(self, name, default=None):
        return dict(self.query).get(name, default)

    def part(self, index, default="0"):
        return self.parts[index] if len(self.parts) > index else default

    def read_body(self):
        self.body_read = True
        if "100-continue" in self.header("Expect", "").lower():
            self.connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if self.header("Transfer-Encoding", "").lower() == "chunked":
            return self.read_chunks()
        return self.connection.read(int(self.header("Content-Length", "0")))

    def read_chunks(self):
        body = b""
        while True:
            size = int(self.connection.read_line(), 16)
            body += self.connection.read(size)
            self.connection.read_line()
            if not size:
                return body


class Connection:
    """A client: reads requests and answers them until either side has enough."""

    def __init__(self, server, sock):
        self.server, self.sock = server, sock
        self.input = b""
        self.keep = True

    def send(self, data):
        try:
            self.sock.sendall(data)
        except OSError as error:
            raise Gone from error

    def fill(self):
        try:
            data = self.sock.recv(1 << 16)
        except OSError as error:
            raise Gone from error
        if not data:
            raise Gone
        self.input += data

    def read(self, count):
        while len(self.input) < count:
            self.fill()
        data, self.input = self.input[:count], self.input[count:]
        return data

    def read_line(self):
        while b"\n" not in self.input:
            self.fill()
        line, _, self.input = self.input.partition(b"\n")
        return line.rstrip(b"\r").decode("latin-1")

    def read_request(self):
        line = self.read_line()
        headers = []
        while (text := self.read_line()):
            name, _, value = text.partition(":")
            headers.append((name, value.strip()))
        return Request(self, line, headers)

    def serve(self):
        try:
            while self.keep:
                request = self.read_request()
                self.keep = request.version == "HTTP/1.1" and \
                    request.header("Connection", "").lower() != "close"
                ROUTES.get(request.part(0), not_found)(self, request)
                if self.keep and not request.body_read:
                    request.read_body()
        except (Gone, OSError, ValueError):
            pass
        finally:
            self.close()

    def serve_http2(self):
        try:
            http2.Http2(self.read, self.send).serve()
        except (Gone, OSError, ValueError):
            pass
        finally:
            self.close()

    def close(self):
        try:
            if isinstance(self.sock, ssl.SSLSocket):
                self.sock.unwrap()
        except (OSError, ValueError):
            pass
        self.sock.close()

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()
        raise Gone

    def head(self, code, headers):
        lines = [f"HTTP/1.1 {code} {REASONS.get(code, 'Whatever')}"]
        lines += [f"{name}: {value}" for name, value in headers]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def answer(self, request, body, code=200, headers=(), kind="text/plain"):
        if not request.body_read:
            request.read_body()
        data = body.encode() if isinstance(body, str) else body
        headers = [("Content-Type", kind), ("Content-Length", len(data)), *headers]
        self.head(code, headers)
        if request.method != "HEAD":
            self.send(data)


# The routes.

def hello(c, r):
    tag = '"hello-1"'
    headers = [("Last-Modified", MODIFIED), ("ETag", tag)]
    since = r.header("If-Modified-Since")
    if r.header("If-None-Match") == tag or (since and not later(since)):
        c.head(304, headers)
        r.body_read = True
        return
    if later(r.header("If-Unmodified-Since")):
        c.answer(r, "changed since\n", 412)
        return
    c.answer(r, "hello, world\n", headers=headers)


def later(text):
    """Whether the file is newer than the date, if there is one."""
    if not text:
        return False
    return MODIFIED_S > email.utils.parsedate_to_datetime(text).timestamp()


def data(c, r):
    size = int(r.part(1))
    spec = r.header("Range", "")
    headers = [("Accept-Ranges", "bytes"), ("Last-Modified", MODIFIED)]
    if not spec.startswith("bytes=") or "," in spec:
        return send_pattern(c, r, 0, size, 200, headers)
    first, _, last = spec[6:].partition("-")
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last) + 1, size) if first and last else size
    if start >= size:
        return c.answer(r, "no such range\n", 416, [("Content-Range", f"bytes */{size}")])
    headers.append(("Content-Range", f"bytes {start}-{end - 1}/{size}"))
    send_pattern(c, r, start, end, 206, headers)


def plain(c, r):
    send_pattern(c, r, 0, int(r.part(1)), 200, [])


def send_pattern(c, r, start, end, code, headers):
    r.read_body()
    c.head(code, [("Content-Type", "application/octet-stream"),
                  ("Content-Length", end - start), *headers])
    if r.method == "HEAD":
        return
    while start < end:
        step = min(end - start, 1 << 20)
        c.send(pattern(start, start + step))
        start += step


def delay(c, r):
    r.read_body()
    time.sleep(float(r.part(1)))
    c.answer(r, f"after {r.part(1)} s\n")


def chunked(c, r):
    r.read_body()
    c.head(200, [("Content-Type", "text/plain"), ("Transfer-Encoding", "chunked")])
    if r.method == "HEAD":
        return
    for i in range(int(r.part(1))):
        text = f"chunk {i}\n".encode()
        c.send(b"%x\r\n%s\r\n" % (len(text), text))
    c.send(b"0\r\n\r\n")


def drip(c, r):
    r.read_body()
    count = int(r.part(1))
    c.head(200, [("Content-Type", "text/plain"), ("Content-Length", count)])
    for i in range(count):
        c.send(b"%d" % (i % 10))
        time.sleep(float(r.part(2)))


def endless(c, r):
    r.read_body()
    key = r.option("key")
    c.server.note(key, "began")
    c.head(200, [("Content-Type", "text/plain")])
    c.keep = False
    try:
        while True:
            c.send(b"y\n" * 8192)
    finally:
        c.server.note(key, "closed")


def echo(c, r):
    body = r.read_body()
    port = str(c.sock.getsockname()[1])
    lines = [r.line] + [f"{name}: {value}" for name, value in r.headers]
    text = "\n".join(lines).replace(port, "PORT") + "\n\n"
    c.answer(r, text.encode("latin-1") + body)


def status(c, r):
    code = int(r.part(1))
    if code == 204:
        c.head(204, [])
    else:
        c.answer(r, f"status {code}\n", code, r.query)


def redirect(c, r):
    left = int(r.part(1))
    if not left:
        return hello(c, r)
    where = f"/redirect/{left - 1}" if left > 1 else "/hello"
    c.answer(r, "moved\n", int(r.option("code", "302")), [("Location", where)])


def loop(c, r):
    c.answer(r, "again\n", 302, [("Location", "/loop")])


def redirect_to(c, r):
    where = r.option("url").replace("@OTHER@", f"http://localhost:{c.server.other_port}")
    where = where.replace("@TLS@", f"https://localhost:{c.server.tls_port}")
    more = [(n, v) for n, v in r.query if n not in ("url", "code")]
    c.answer(r, "elsewhere\n", int(r.option("code", "302")), [("Location", where), *more])


def head(c, r):
    c.answer(r, "heads\n", headers=r.query)


def compressed(c, r):
    text = b"squeezed and let go\n" * 5
    kind = r.part(0)
    body = zlib.compress(text) if kind == "deflate" else gzip.compress(text, mtime=0)
    if kind == "badgzip":
        body = b"this was never compressed\n"
    name = "deflate" if kind == "deflate" else "gzip"
    if name not in r.header("Accept-Encoding", "") and not r.option("always"):
        return c.answer(r, text)
    c.answer(r, body, headers=[("Content-Encoding", name)])


def bomb(c, r):
    count, zeros, crc = int(r.part(1)), bytes(1 << 20), 0
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)  # the same each time
    for _ in range(count):
        crc = zlib.crc32(zeros, crc)
    body = b"\x1f\x8b\x08\0\0\0\0\0\0\3" + block * count + packer.flush()
    body += struct.pack("<II", crc, count << 20 & 0xffffffff)
    c.answer(r, body, headers=[("Content-Encoding", "gzip")])


def broken(c, r):
    r.read_body()
    size = int(r.part(1))
    c.head(200, [("Content-Type", "text/plain"), ("Content-Length", size * 2)])
    c.send(pattern(0, size))
    c.keep = False
    if r.part(0) == "reset":
        time.sleep(0.1)
        c.reset()


def empty(c, r):
    r.read_body()
    c.keep = False


def garbage(c, r):
    c.send(b"what is this?\r\n")
    c.keep = False


def big_header(c, r):
    c.answer(r, "big\n", headers=[("X-Big", "x" * int(r.part(1)))])


def big_headers(c, r):
    c.answer(r, "many\n", headers=[(f"X-{i}", "x" * 40) for i in range(int(r.part(1)))])


def flaky(c, r):
    key = r.option("key", "none")
    if c.server.count(key) > int(r.part(1)):
        return c.answer(r, "at last\n")
    if r.part(0) == "flaky-reset":
        r.read_body()
        c.reset()
    more = [(n, v) for n, v in r.query if n != "key"]
    c.answer(r, "not yet\n", 503, more)


def auth(c, r):
    want = "Basic " + base64.b64encode(b"user:secret").decode()
    if r.header("Authorization") == want:
        return c.answer(r, "welcome\n")
    c.answer(r, "who are you?\n", 401, [("WWW-Authenticate", 'Basic realm="test"')])


def early(c, r):
    r.body_read = True
    c.keep = False
    c.answer(r, "enough\n", int(r.part(1)), [("Connection", "close")])
    time.sleep(0.3)


def informational(c, r):
    r.read_body()
    c.send(b"HTTP/1.1 102 Processing\r\nX-Step: 1\r\n\r\n")
    c.answer(r, "finally\n")


def log(c, r):
    r.read_body()
    limit, until = time.monotonic() + 3, r.option("until")
    while until and until not in c.server.events(r.option("key")) and time.monotonic() < limit:
        time.sleep(0.02)
    c.answer(r, "".join(e + "\n" for e in c.server.events(r.option("key"))))


def not_found(c, r):
    c.answer(r, "no such thing\n", 404)


ROUTES = {"hello": hello, "bytes": data, "plain": plain, "delay": delay, "chunked": chunked,
          "drip": drip, "endless": endless, "echo": echo, "status": status,
          "redirect": redirect, "loop": loop, "to": redirect_to, "head": head,
          "gzip": compressed, "deflate": compressed, "badgzip": compressed, "bomb": bomb,
          "reset": broken, "short": broken, "empty": empty, "garbage": garbage,
          "big-header": big_header, "big-headers": big_headers, "flaky": flaky, "flaky-reset": flaky, "auth": auth,
          "early": early, "continue": informational, "log": log}


class Server:
    """Listeners: plain HTTP, another one, and where there are certificates (certs.py) TLS, TLS as
    another host, TLS by a stranger, HTTP/2, and TLS with an expired certificate and one that is not
    valid yet; `ports` in this order."""

    def __init__(self, certs=None):
        self.lock = threading.Lock()
        self.counts, self.notes = {}, {}
        kinds = [None, None]
        if certs:
            kinds += [context(certs.server), context(certs.elsewhere), context(certs.stranger),
                      context(certs.server, ["h2"]), context(certs.expired), context(certs.early)]
        self.listeners = [(self.listen(), kind) for kind in kinds]
        self.ports = [sock.getsockname()[1] for sock, _ in self.listeners]
        self.other_port = self.ports[1]
        self.tls_port = self.ports[2] if certs else 0

    def listen(self):
        """A listener on a port of five digits, so that lengths are the same in each run."""
        while True:
            sock = socket.socket()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(("127.0.0.1", 0))
            if sock.getsockname()[1] >= 10000:
                sock.listen(1024)
                return sock

    def start(self):
        for listener in self.listeners:
            threading.Thread(target=self.accept, args=listener, daemon=True).start()

    def accept(self, listener, tls):
        while True:
            sock, _ = listener.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.client, args=(sock, tls), daemon=True).start()

    def client(self, sock, tls):
        if tls:
            try:
                sock = tls.wrap_socket(sock, server_side=True)
            except OSError:
                return
        connection = Connection(self, sock)
        if tls and sock.selected_alpn_protocol() == "h2":
            connection.serve_http2()
        else:
            connection.serve()

    def count(self, key):
        with self.lock:
            self.counts[key] = self.counts.get(key, 0) + 1
            return self.counts[key]

    def note(self, key, event):
        with self.lock:
            self.notes.setdefault(key, []).append(event)

    def events(self, key):
        with self.lock:
            return list(self.notes.get(key, ()))


def context(cert, protocols=()):
    result = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    result.load_cert_chain(cert)
    if protocols:
        result.set_alpn_protocols(protocols)
    return result


def main():
    threading.stack_size(256 * 1024)
    made = certs.make(sys.argv[1]) if len(sys.argv) > 1 else None
    server, resolver = Server(made), names.Names()
    server.start()
    resolver.start()
    print(*server.ports, resolver.port, made.ca if made else "", flush=True)
    while os.read(0, 4096):
        pass


if __name__ == "__main__":
    main()
