"""The website's backend: the site API over the Unix socket, and its event stream."""
import http.client
import json
import secrets
import select

from support.timing import PATIENCE, eventually
from support.wire import Reply, Wire, connect, request_bytes


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = connect(self.path)
        self.sock.settimeout(self.timeout)


class Site:
    def __init__(self, path):
        self.path = path

    def call(self, method, path, body=None, headers=None, timeout=PATIENCE):
        """One request on a connection of its own. `body` is a JSON value, or the bytes to send."""
        fields = dict(headers or {})
        if body is not None:
            fields.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection = UnixConnection(self.path, timeout)
        try:
            connection.request(method, path, body, fields)
            answer = connection.getresponse()
            headers = {key.lower(): value for key, value in answer.getheaders()}
            return Reply(answer.status, headers, answer.read())
        finally:
            connection.close()

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def want(self, status, method, path, body=None, **more):
        """The JSON of a reply that must have this status."""
        reply = self.call(method, path, body, **more)
        if reply.status != status:
            raise AssertionError(f"{method} {path}: {reply.status} instead of {status}: {reply}")
        return reply.json if reply.body else None

    def open_window(self):
        return self.want(201, "POST", "/v1/portal/registration")

    def portal(self):
        return self.want(200, "GET", "/v1/portal")

    def users(self):
        """All users by login."""
        found, total = {}, None
        while total is None or len(found) < total:
            page = self.want(200, "GET", f"/v1/users?limit=100&offset={len(found)}")
            total = page["pagination"]["total"]
            if not page["data"]:
                break
            found.update({user.get("login", user["id"]): user for user in page["data"]})
        return found

    def start_session(self, login, auth_id, **more):
        return self.want(201, "POST", "/v1/sessions",
                         {"login": login, "binding": secrets.token_hex(16), "authId": auth_id, **more})

    def session(self, session_id):
        return self.want(200, "GET", f"/v1/sessions/{session_id}")

    def start_registration(self, login, otp, **more):
        return self.want(201, "POST", "/v1/registrations",
                         {"for": "new", "login": login, "email": f"{login}@example.org", "otp": otp,
                          "binding": secrets.token_hex(16), **more})

    def events(self, after=None, limit=1000, wait=0):
        """One page: the events, and the cursor behind them."""
        query = f"?limit={limit}&wait={wait}" + (f"&after={after}" if after else "")
        page = self.want(200, "GET", "/v1/events" + query, timeout=PATIENCE + wait)
        return page["data"], page["cursor"]

    def all_events(self, after=None):
        """Everything behind `after`, page by page."""
        events, cursor = self.events(after)
        while True:
            more, cursor = self.events(cursor)
            if not more:
                return events, cursor
            events += more

    def cursor(self):
        """The end of the log."""
        return self.all_events()[1]

    def make_consumer(self, name, **body):
        return self.want(201, "PUT", f"/v1/consumers/{name}", body)

    def consume(self, name, limit=100, wait=0):
        page = self.want(200, "GET", f"/v1/consumers/{name}/events?limit={limit}&wait={wait}",
                         timeout=PATIENCE + wait)
        return page["data"]

    def acknowledge(self, name, through):
        return self.want(200, "POST", f"/v1/consumers/{name}/ack", {"through": through})


def short(events):
    """The types without "nopass."."""
    return [event["type"].removeprefix("nopass.") for event in events]


def waiting_reader(site, consumer):
    """A connection on which a read of this consumer waits for an event."""
    wire = Wire(site.path)
    request = request_bytes("GET", f"/v1/consumers/{consumer}/events?wait=60")
    wire.send(request)

    def is_waiting():
        if site.get(f"/v1/consumers/{consumer}/events").status == 409:
            return True
        # This question may itself have been in the way.
        if select.select([wire.sock], [], [], 0)[0]:
            if wire.reply().status != 409:
                raise AssertionError("the reader did not wait")
            wire.send(request)
        return False

    eventually(is_waiting, "the reader waits")
    return wire


class Block:
    """One block of a stream of Server-Sent Events; what it does not have is None."""

    def __init__(self, text):
        fields = dict(line.split(": ", 1) for line in text.split("\n") if ": " in line)
        self.id = fields.get("id")
        self.type = fields.get("event")
        self.data = json.loads(fields["data"]) if "data" in fields else None

    def __repr__(self):
        return f"<{self.id} {self.type} {self.data}>"


class EventStream(Wire):
    """GET /v1/events, or another address, as Server-Sent Events."""

    def __init__(self, path, query="", headers=None, address="/v1/events"):
        super().__init__(path)
        self.send(request_bytes("GET", address + query,
                                headers={"Accept": "text/event-stream", **(headers or {})}))
        self.status, self.headers = self.head()
        self.text = ""
        if self.status != 200:
            raise AssertionError(f"no stream but {self.status}")

    def block(self):
        """The next block; None at the end of the stream."""
        while "\n\n" not in self.text:
            chunk = self.chunk()
            if not chunk:
                return None
            self.text += chunk.decode()
        block, self.text = self.text.split("\n\n", 1)
        return Block(block)

    def event(self):
        """The next block that is an event."""
        block = self.block()
        while block is not None and block.data is None:
            block = self.block()
        return block
