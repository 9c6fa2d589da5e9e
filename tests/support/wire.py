"""HTTP at the level of bytes: what goes out is exactly what a test says, what comes back is taken apart."""
import json
import socket

from support.timing import PATIENCE


class Reply:
    """One response. `headers` is keyed by lower-case name; of repeated ones the last counts."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def codes(self):
        """The error codes of a callback's reply."""
        return [error["code"] for error in self.json["errors"]]

    def __repr__(self):
        return f"<{self.status} {self.headers} {self.body[:500]!r}>"


def connect(address, source=None):
    """A connected socket; `address` is (host, port) or the path of a Unix socket."""
    if isinstance(address, str):
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.settimeout(PATIENCE)
            sock.connect(address)
        except OSError:
            sock.close()
            raise
        return sock
    return socket.create_connection(address, PATIENCE, source_address=(source, 0) if source else None)


def request_bytes(method, path, body=b"", headers=(), version="1.1"):
    """A whole request. Host and Content-Length are added unless `headers` names them (with None: left out)."""
    fields = {"Host": "portal.example", "Content-Length": str(len(body)) if body or method == "POST" else None}
    fields.update(headers)
    lines = [f"{method} {path} HTTP/{version}"]
    lines += [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class Wire:
    """One connection. Reads fail with TimeoutError after `patience` seconds."""

    def __init__(self, address, tls=None, source=None, hostname="localhost", before=b""):
        self.sock = connect(address, source)
        if before:
            self.sock.sendall(before)
        if tls:
            self.sock = tls.wrap_socket(self.sock, server_hostname=hostname)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.sock.close()

    def send(self, data):
        self.sock.sendall(data)

    def request(self, *arguments, **more):
        self.send(request_bytes(*arguments, **more))
        return self.reply()

    def _more(self):
        chunk = self.sock.recv(65536)
        self.buffer += chunk
        return bool(chunk)

    def take_until(self, mark):
        while mark not in self.buffer:
            if not self._more():
                raise ConnectionError(f"closed by the daemon after {self.buffer!r}")
        taken, self.buffer = self.buffer.split(mark, 1)
        return taken

    def take(self, count):
        while len(self.buffer) < count:
            if not self._more():
                raise ConnectionError(f"closed by the daemon after {self.buffer!r}")
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def head(self):
        """Status and headers of the next response, whose body is still to be read."""
        lines = self.take_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        version, status, _ = (lines[0] + " ").split(" ", 2)
        if not version.startswith("HTTP/1."):
            raise ConnectionError(f"no HTTP: {lines[0]!r}")
        pairs = (line.split(":", 1) for line in lines[1:])
        return int(status), {name.strip().lower(): value.strip() for name, value in pairs}

    def reply(self, to_head=False):
        """The next response that is not informational. Without a length its body ends with the connection."""
        status, headers = self.head()
        while 100 <= status < 200:
            status, headers = self.head()
        if to_head or status in (204, 304):
            return Reply(status, headers, b"")
        if "content-length" in headers:
            return Reply(status, headers, self.take(int(headers["content-length"])))
        if headers.get("transfer-encoding") == "chunked":
            return Reply(status, headers, b"".join(iter(self.chunk, b"")))
        while self._more():
            pass
        body, self.buffer = self.buffer, b""
        return Reply(status, headers, body)

    def chunk(self):
        """The next chunk of a chunked body; empty at its end."""
        data = self.take(int(self.take_until(b"\r\n"), 16))
        self.take_until(b"\r\n")
        return data

    def is_closed(self):
        """Waits until the daemon closes the connection, which it must do without another byte."""
        try:
            return not self.buffer and not self.sock.recv(1)
        except ConnectionError:
            return True


def exchange(address, *arguments, tls=None, source=None, **more):
    """One request on a connection of its own."""
    with Wire(address, tls=tls, source=source) as wire:
        return wire.request(*arguments, **more)
