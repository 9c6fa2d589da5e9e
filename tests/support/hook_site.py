"""A site's side of hooks: a small HTTP server, over TCP, TLS or a Unix socket, that notes what it is sent."""
import base64
import hashlib
import hmac
import json

from support.http_stand_in import HttpStandIn


class Call:
    """One POST. `event` is its body."""

    def __init__(self, path, headers, body):
        self.path, self.headers, self.body = path, headers, body
        self.event = json.loads(body)

    def __repr__(self):
        return self.type

    @property
    def type(self):
        return self.event["type"].removeprefix("nopass.")

    def is_signed(self, secret):
        """As Standard Webhooks says."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        text = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        expected = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
        return hmac.compare_digest(expected, self.headers["webhook-signature"])


class HookSite(HttpStandIn):
    """`answer(call)` gives the status, or (status, JSON); it may block: hang() does until close()."""

    def __init__(self, path=None, tls=None, answer=None):
        self.answer = answer or (lambda call: 200)
        super().__init__(path, tls)
        self.url = f"unix:{path}:/hook" if path else self.root + "/hook"

    def take(self, path, headers, body):
        call = Call(path, headers, body)
        self.note(call)
        answer = self.answer(call)
        status, value = answer if isinstance(answer, tuple) else (answer, None)
        return status, b"" if value is None else json.dumps(value).encode()

    def hang(self, _call=None):
        super().hang()
        return 200
