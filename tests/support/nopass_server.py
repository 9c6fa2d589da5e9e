"""The NoPass server that the daemon calls: it answers as the contract says, or as a test tells it to."""
import json
import secrets
import socketserver
import threading
from http.server import BaseHTTPRequestHandler

from support.pictures import picture
from support.timing import PATIENCE

AUTHORIZE = "/api/UserAuthentication/RequestAuthorization"
PRE_REGISTER = "/api/UserRegistration/PreRegisterUser"
DELETE = "/api/Users/Delete"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.server.nopass.connections += 1

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.server.nopass.take(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        if answer is None:
            self.close_connection = True
            return
        status, value = answer
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.close_connection |= self.server.nopass.hangs_up

    def address_string(self):
        return "nopassd"

    def log_message(self, *_):
        pass


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A caller that has hung up, or was not satisfied with the certificate."""


class Call:
    def __init__(self, path, headers, body):
        self.path, self.headers, self.body = path, headers, json.loads(body)
        self.auth_id = "auth-" + secrets.token_hex(16)
        self.otp = "otp-" + secrets.token_hex(16)


class NopassServer:
    """`meanwhile(call)` happens before the answer. `faults` are answers for the next calls: (status, JSON or bytes), None
    to hang up, or a function of the call that gives one of these."""

    def __init__(self, tls=None):
        self.calls, self.faults, self.connections = [], [], 0
        self.meanwhile = lambda call: None
        self.picture_lasts = 30000
        self.hangs_up = False  # after each answer, and without having said so
        self.moved = threading.Condition()
        self.closing = threading.Event()
        self.server = _Server(("127.0.0.1", 0), _Handler)
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.server.nopass = self
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def take(self, path, headers, body):
        call = Call(path, headers, body)
        with self.moved:
            self.calls.append(call)
            fault = self.faults.pop(0) if self.faults else self.good
            self.moved.notify_all()
        self.meanwhile(call)
        return fault(call) if callable(fault) else fault

    def good(self, call):
        result = {AUTHORIZE: {"authId": call.auth_id, "image": picture(len(self.calls)), "nextChange": self.picture_lasts},
                  PRE_REGISTER: {"otp": call.otp, "registerLink": self.url + "/register/" + secrets.token_hex(8)},
                  DELETE: True}[call.path]
        return 200, {"errors": [], "result": result, "loginUrl": "https://nopass.example/login"}

    def hang(self, _call):
        self.closing.wait()

    def wait_for(self, count, patience=PATIENCE):
        with self.moved:
            if not self.moved.wait_for(lambda: len(self.calls) >= count, patience):
                raise AssertionError(f"{len(self.calls)} calls instead of {count}")
            return list(self.calls)

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
