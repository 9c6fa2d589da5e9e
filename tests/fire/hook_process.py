"""A hook that notes every event before it answers: hook_process.py ADDRESS JOURNAL SECRET

ADDRESS is a port on loopback or the path of a Unix socket."""
import base64
import hashlib
import hmac
import http.server
import json
import os
import socketserver
import sys

from journal import Journal


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
        expected = base64.b64encode(hmac.digest(self.server.secret, signed, hashlib.sha256)).decode()
        if self.headers["webhook-signature"] != "v1," + expected:
            self.server.journal.write("forged", self.headers["webhook-id"])
        event = json.loads(body)
        self.server.journal.write("event", event["cursor"].split(".")[1], event["id"])
        self.send_response(204)
        self.end_headers()

    def address_string(self):
        return "local"

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True


class UnixServer(socketserver.ThreadingUnixStreamServer):
    pass


def main():
    address, path, secret = sys.argv[1:]
    if address.startswith("/"):
        if os.path.exists(address):
            os.unlink(address)
        server = UnixServer(address, Handler)
    else:
        server = Server(("127.0.0.1", int(address)), Handler)
    server.journal = Journal(path)
    server.secret = base64.b64decode(secret.removeprefix("whsec_"))
    server.journal.write("begin")
    server.serve_forever()


if __name__ == "__main__":
    main()
