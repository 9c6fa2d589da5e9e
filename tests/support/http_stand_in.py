"""A small HTTP server over TCP, TLS or a Unix socket, for whoever plays somebody that the daemon calls."""
import os
import socketserver
import threading
from http.server import BaseHTTPRequestHandler

from support.timing import PATIENCE


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.server.owner.connections += 1

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.server.owner.take(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        if answer is None:
            self.close_connection = True
            return
        status, data = answer
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.close_connection |= self.server.owner.hangs_up

    def address_string(self):
        return "nopassd"

    def log_message(self, *_):
        pass


class _Quiet:
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A caller that has hung up, or was not satisfied with the certificate."""


class _TcpServer(_Quiet, socketserver.ThreadingTCPServer):
    allow_reuse_address = True


class _UnixServer(_Quiet, socketserver.ThreadingUnixStreamServer):
    pass


class HttpStandIn:
    """take(path, headers, body) gives (status, bytes), or None to hang up; `calls` are the owner's notes of them."""

    def __init__(self, path=None, tls=None):
        self.calls, self.connections = [], 0
        self.hangs_up = False  # after each answer, and without having said so
        self.moved = threading.Condition()
        self.closing = threading.Event()
        self.server = _UnixServer(path, _Handler) if path else _TcpServer(("127.0.0.1", 0), _Handler)
        self.path = path
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.server.owner = self
        self.root = f"{'https' if tls else 'http'}://127.0.0.1:{0 if path else self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def note(self, call):
        with self.moved:
            self.calls.append(call)
            self.moved.notify_all()

    def hang(self, _call=None):
        """Until close()."""
        self.closing.wait()

    def wait_for(self, count, patience=PATIENCE):
        """So many calls, at least."""
        with self.moved:
            if not self.moved.wait_for(lambda: len(self.calls) >= count, patience):
                raise AssertionError(f"{len(self.calls)} calls instead of {count}: {self.calls}")
            return list(self.calls)

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
        if self.path:
            os.unlink(self.path)
