"""A portal and its site socket in one Python object: as much of the daemon as nopass-sim's walk talks to.

It exists to be wrong on purpose: `faults` names what it does badly, so that a test sees the walk notice.
"""
import base64
import http.server
import json
import socketserver
import threading
import urllib.parse
import uuid

SESSION_ENDED = {"closed", "denied"}


class FakePortal:
    """State of one portal. Thread-safe by one lock; callbacks that come early wait for the site's call."""

    def __init__(self, faults=()):
        self.faults = set(faults)
        self.changed = threading.Condition()
        self.state, self.window, self.portal_id = "unregistered", None, None
        self.users, self.sessions, self.registrations = {}, {}, {}
        self.events, self.seen = [], {}

    def event(self, kind, subject, **data):
        self.events.append({"id": str(uuid.uuid4()), "cursor": f"a.{len(self.events) + 1}", "type": "nopass." + kind,
                            "subject": subject, "data": data})
        if f"double {kind}" in self.faults:
            self.events.append({**self.events[-1], "cursor": f"a.{len(self.events) + 1}"})

    def session_event(self, kind, session, **data):
        self.event(kind, "session/" + session["id"], sessionId=session["id"], userId=session["userId"], **data)

    def wait_for(self, table, key):
        self.changed.wait_for(lambda: key in table, timeout=0.6)
        return table.get(key)

    def callback(self, name, body):
        """(status, result or whole body, error code)"""
        with self.changed:
            key = (name, json.dumps(body, sort_keys=True))
            if key in self.seen and "forgets" not in self.faults:
                return self.seen[key]
            if name in ("ConfirmPreRegistration", "ConfirmRegistration"):
                reply = getattr(self, name)(body) if self.window else (404, None, None)
            elif self.state != "registered":
                reply = 403, None, "112"
            else:
                reply = getattr(self, name)(body)
            if reply[0] == 200:
                self.seen[key] = reply
            return reply

    def ConfirmPreRegistration(self, body):
        self.event("portal.challenged", "portal", caller="127.0.0.1")
        return 200, {"adminId": body["adminId"], "sCode": self.window, "r": body["r"] + 1}, None

    def ConfirmRegistration(self, body):
        self.portal_id, self.state = body["portalId"], "registered"
        self.event("portal.registered", "portal", caller="127.0.0.1")
        return 200, {"sCode": self.window}, None

    def AddUsers(self, body):
        for wrapped in body["model"]["users"]:
            user = wrapped["user"]
            login = user["email"] if user["isUseEmailAsLogin"] == "true" else user["login"]
            self.add_user(login, "user.added")
        return 200, True, None

    def add_user(self, login, kind, **data):
        self.users[login] = str(uuid.uuid4())
        self.event(kind, "user/" + self.users[login], userId=self.users[login], **data)

    def UpdatePicture(self, body):
        session = self.wait_for(self.sessions, body["authId"])
        if not session:
            return 404, None, "105"
        if body["image"] not in session["pictures"]:
            session["pictures"].append(body["image"])
        return 200, "OK", None

    def AuthorizedUser(self, body):
        session = self.wait_for(self.sessions, body["authId"])
        if not session or session["state"] != "pending":
            return (400, None, "109") if session else (404, None, "105")
        session["state"] = "authorized" if body["isAuthorized"] == "true" else "denied"
        extra = {"reason": body["reason"]} if session["state"] == "denied" else {}
        self.session_event("session." + session["state"], session, **extra)
        return 200, True, None

    def CloseSession(self, body):
        session = self.sessions[body["authId"]]
        session["state"] = "closed"
        self.session_event("session.closed", session, by="nopass")
        return 200, True, None

    def ValidateUserRegistration(self, body):
        registration = self.wait_for(self.registrations, body["otp"])
        if not registration:
            return 200, False, "111"
        self.event("registration.validated", "registration/" + registration["id"], by="site")
        return 200, True, None

    def ConfirmUserRegistration(self, body):
        registration = self.registrations[body["otp"]]
        registration["state"] = "confirmed"
        login = body["session"]["login"]
        self.add_user(login, "user.registered", registrationId=registration["id"])
        self.sessions[body["session"]["authId"]] = {"id": str(uuid.uuid4()), "userId": self.users[login],
                                                    "state": "authorized", "pictures": []}
        return 200, "OK", None

    def UpdateUser(self, body):
        user = self.users[body["userId"]]
        self.event("user.updated", "user/" + user, userId=user, changed=["givenName"],
                   forbiddenStore={"phoneNumber": True})
        return 200, "OK", None

    def close_sessions(self, user=None):
        for session in self.sessions.values():
            if user in (None, session["userId"]) and session["state"] not in SESSION_ENDED:
                session["state"] = "closed"
                self.session_event("session.closed", session, by="nopass")

    def DeleteUser(self, body):
        user = self.users.pop(body["userId"])
        self.close_sessions(user)
        self.event("user.deleted", "user/" + user, userId=user)
        return 200, "OK", None

    def DisableService(self, body):
        self.state = "disabled"
        self.close_sessions()
        self.event("portal.disabled", "portal", caller="127.0.0.1")
        return 200, True, None

    def site(self, method, path, query, body):
        """(status, body) of the site API."""
        with self.changed:
            head, _, rest = path.removeprefix("/v1/").partition("/")
            if head == "events":
                after = int(query.get("after", ["a.0"])[0].removeprefix("a."))
                return 200, {"data": self.events[after:], "cursor": f"a.{len(self.events)}"}
            if method == "POST":
                return self.site_post(path, body)
            if head == "portal":
                return 200, {"type": "portal", "state": self.state}
            if rest.endswith("/picture"):
                return 200, base64.b64decode(self.by_id(self.sessions, rest.split("/")[0])["pictures"][-1])
            record = self.by_id(self.sessions if head == "sessions" else self.registrations, rest)
            return 200, {"id": record["id"], "state": record["state"],
                         "pictureVersion": len(record.get("pictures", []))}

    def site_post(self, path, body):
        record = {"id": str(uuid.uuid4())}
        if path == "/v1/portal/registration":
            self.window = "S3cretS3cret"
            return 201, {"type": "window", "adminId": "JimTheAdmin", "sCode": self.window}
        if "no own_calls" in self.faults:
            return 422, {"title": "unprocessable", "status": 422}
        if path == "/v1/sessions":
            record |= {"userId": self.users[body["login"]], "state": "pending", "pictures": []}
            self.sessions[body["authId"]] = record
            self.session_event("session.started", record)
        else:
            record |= {"state": "started"}
            self.registrations[body["otp"]] = record
            self.event("registration.started", "registration/" + record["id"], by="site")
        self.changed.notify_all()
        return 201, {"type": "session", **{k: v for k, v in record.items() if k != "pictures"}}

    @staticmethod
    def by_id(table, wanted):
        return next(record for record in table.values() if record["id"] == wanted)


class Handler(http.server.BaseHTTPRequestHandler):
    """Both sides: callbacks under /api/, the site's calls under /v1/. `requests` remembers what came."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        portal, path = self.server.portal, urllib.parse.urlsplit(self.path).path
        if path.startswith("/v1/"):
            status, reply = portal.site("POST", path, {}, json.loads(body))
            return self.answer(status, json.dumps(reply).encode(), "application/json")
        self.server.requests.append((self.path, self.headers.get("Content-Type"), body))
        name = path.rpartition("/")[2]
        status, result, code = portal.callback(name, json.loads(body))
        if status == 404 and code is None:
            return self.answer(404, b"", None)
        errors = [{"code": code, "message": "as the test wants it"}] if code else []
        whole = result if name == "DisableService" and status == 200 else {"errors": errors, "result": result}
        plain = name in ("ConfirmPreRegistration", "ConfirmRegistration", "CloseSession")
        self.answer(status, json.dumps(whole).encode(), "text/plain; charset=utf-8" if plain else "application/json")

    def do_GET(self):
        parts = urllib.parse.urlsplit(self.path)
        status, reply = self.server.portal.site("GET", parts.path, urllib.parse.parse_qs(parts.query), None)
        body = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
        self.answer(status, body, "application/json")

    def answer(self, status, body, content_type):
        try:
            self.send_response(status)
            if content_type:
                self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:  # the chaos does not wait for its replies
            self.close_connection = True

    def address_string(self):
        return "nobody"

    def log_message(self, *_):
        pass


class TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads, allow_reuse_address = True, True

    def handle_error(self, *_):
        pass  # half requests and broken connections are what the chaos sends


class UnixServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


def serve(server, portal):
    """Runs a server in a thread and returns it."""
    server.portal, server.requests = portal, []
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server
