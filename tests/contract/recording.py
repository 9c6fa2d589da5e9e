"""Talking with the site socket while keeping every request and reply for check.mjs."""
import base64
import urllib.parse

from support.case import DaemonCase
from support.site import EventStream, Site
from support.timing import PATIENCE


def _text(data):
    return base64.b64encode(data).decode("ascii")


class RecordingSite(Site):
    """Every exchange goes into `exchanges`, and each reply with an ETag is asked for once more, for its 304."""

    def __init__(self, path, exchanges):
        super().__init__(path)
        self.exchanges = exchanges

    def call(self, method, path, body=None, headers=None, timeout=PATIENCE, operation=None):
        """`operation` is for requests that do not say themselves which one they are for."""
        reply = super().call(method, path, body, headers, timeout)
        sent_json = body is not None and not isinstance(body, bytes)
        self._note(method, path, reply, operation, body if sent_json else None)
        fields = dict(headers or {})
        if "etag" in reply.headers and "If-None-Match" not in fields:
            self.call(method, path, headers={**fields, "If-None-Match": reply.headers["etag"]})
        return reply

    def send_form(self, path, fields, headers=None):
        """POST of a form."""
        body = urllib.parse.urlencode(fields).encode()
        reply = super().call("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded",
                                                  **(headers or {})})
        self._note("POST", path, reply, None, fields)
        return reply

    def expect(self, status, method, path, body=None, **more):
        """The reply, which must have this status; its body may be anything."""
        reply = self.call(method, path, body, **more)
        if reply.status != status:
            raise AssertionError(f"{method} {path}: {reply.status} instead of {status}: {reply}")
        return reply

    def stream(self, query, events):
        """Reads a stream of Server-Sent Events until so many have come; `events` is at least 1."""
        with EventStream(self.path, query) as stream:
            read = b""
            while read.count(b"\ndata: ") < events:
                read += stream.chunk()
        reply = type("Streamed", (), {"status": stream.status, "headers": stream.headers, "body": read})
        self._note("GET", "/v1/events" + query, reply, None, None)

    def _note(self, method, target, reply, operation, sent):
        self.exchanges.append({"method": method, "target": target, "operation": operation, "sent": sent,
                               "status": reply.status, "headers": dict(reply.headers), "body": _text(reply.body)})


class ContractCase(DaemonCase):
    def setUp(self):
        self.exchanges = []

    def recorded(self, settings=None, **more):
        """(daemon, NoPass, recording site) of a portal that nobody has registered."""
        daemon = self.daemon(settings, **more)
        return daemon, self.nopass(daemon), RecordingSite(daemon.site_path, self.exchanges)

    def recorded_and_registered(self, settings=None, **more):
        daemon, nopass, site = self.recorded(settings, **more)
        nopass.register(site)
        return daemon, nopass, site
