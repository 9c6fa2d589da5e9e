"""A site's side of hooks: a small HTTP server, over TCP, TLS or a Unix socket, that notes what it is sent."""
import base64
import hashlib
import hmac
import json
import os
import socketserver
import threading
from http.server import BaseHTTPRequestHandler

from support.timing import PATIENCE


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, answer = self.server.site.take(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

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


class Call:
    """One POST. `event` is its body."""

    def __init__(self, path, headers, body):
        self.path, self.headers, self.body = path, headers, body
        self.event = json.loads(body)

    @property
    def type(self):
        return self.event["type"].removeprefix("nopass.")

    def is_signed(self, secret):
        """As Standard Webhooks says."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        text = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        expected = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
        return hmac.compare_digest(expected, self.headers["webhook-signature"])


class HookSite:
    """`answer(call)` gives the status, or (status, JSON); it may block: hang() does until close()."""

    def __init__(self, path=None, tls=None, answer=None):
        self.answer = answer or (lambda call: 200)
        self.calls = []
        self.moved = threading.Condition()
        self.closing = threading.Event()
        self.server = _UnixServer(path, _Handler) if path else _TcpServer(("127.0.0.1", 0), _Handler)
        self.path = path
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.server.site = self
        if path:
            self.url = f"unix:{path}:/hook"
        else:
            self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server.server_address[1]}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def take(self, path, headers, body):
        call = Call(path, headers, body)
        with self.moved:
            self.calls.append(call)
            self.moved.notify_all()
        answer = self.answer(call)
        status, value = answer if isinstance(answer, tuple) else (answer, None)
        return status, b"" if value is None else json.dumps(value).encode()

    def hang(self, _call=None):
        self.closing.wait()
        return 200

    def wait_for(self, count, patience=PATIENCE):
        """So many calls, at least."""
        with self.moved:
            if not self.moved.wait_for(lambda: len(self.calls) >= count, patience):
                raise AssertionError(f"{len(self.calls)} calls instead of {count}: {[call.type for call in self.calls]}")
            return list(self.calls)

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
        if self.path:
            os.unlink(self.path)
