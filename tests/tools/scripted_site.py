"""A site socket that answers as a test tells it to, and remembers what it was asked."""
import http.server
import json
import os
import tempfile
import unittest
import urllib.parse

import fake_portal
from support.ctl import Ctl, OnTerminal


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(parts.query))
        site = self.server.portal
        site.asked.append((self.command, urllib.parse.unquote(parts.path), query, json.loads(body) if body else None))
        status, reply = site.reply_to(self.command, urllib.parse.unquote(parts.path), query)
        text = reply if isinstance(reply, bytes) else b"" if reply is None else json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def address_string(self):
        return "nobody"

    def log_message(self, *_):
        pass


class ScriptedSite:
    """`replies` maps "METHOD /path" to (status, JSON or bytes), to a list of those, or to a function of the query."""

    def __init__(self, case, replies):
        self.replies, self.asked = replies, []
        folder = tempfile.TemporaryDirectory(prefix="nopassctl-")
        case.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "site.sock")
        server = fake_portal.serve(fake_portal.UnixServer(self.path, Handler), self)
        case.addCleanup(server.server_close)
        case.addCleanup(server.shutdown)

    def reply_to(self, method, path, query):
        reply = self.replies.get(f"{method} {path}")
        if reply is None:
            return problem(404, "no such endpoint")
        if callable(reply):
            return reply(query)
        if isinstance(reply, list):
            return reply.pop(0) if len(reply) > 1 else reply[0]
        return reply


def problem(status, detail, *faults, **more):
    errors = [{"status": str(status), "title": "x", "detail": text, **({"source": {"pointer": pointer}} if pointer else {})}
              for pointer, text in faults]
    return status, {"type": "about:blank", "title": "x", "status": status, "detail": detail, "errors": errors, **more}


def listed(*entries):
    """A list that pages as the site API does."""
    def page(query):
        offset, limit = int(query.get("offset", 0)), int(query.get("limit", 20))
        if limit > 100:
            return problem(422, "too many")
        return 200, {"data": list(entries[offset:offset + limit]),
                     "pagination": {"total": len(entries), "offset": offset, "limit": limit}}
    return page


class Scripted(unittest.TestCase):
    def script(self, **replies):
        """nopassctl, and the list of (method, path, query, body) that it asks."""
        site = ScriptedSite(self, replies)
        return Ctl(site.path), site.asked

    def assert_asks(self, asked, method, path, body=None):
        self.assertIn((method, path, body), [(one[0], one[1], one[3]) for one in asked])

    def on_terminal(self, ctl, *arguments):
        running = OnTerminal(ctl.command(*arguments))
        self.addCleanup(running.clean_up)
        return running
