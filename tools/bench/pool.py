"""What has to be there before measuring: a registered portal, a user, and many pending sessions."""
import asyncio
import http.client
import json
import socket
import uuid

LOGIN = "bench@example.org"


class UnixConnection(http.client.HTTPConnection):
    """http.client over a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def ask(connection, method, path, body=None, expect=(200, 201)):
    """The JSON of a reply; raises when its status is not expected."""
    text = None if body is None else json.dumps(body)
    connection.request(method, path, text, {"Content-Type": "application/json"} if text else {})
    reply = connection.getresponse()
    content = reply.read()
    if reply.status not in expect:
        raise RuntimeError(f"{method} {path} was answered {reply.status}: {content[:300]!r}")
    return json.loads(content) if content else None


def register(port, site):
    """Registers the portal and adds the user whose logins are measured."""
    window = ask(UnixConnection(site), "POST", "/v1/portal/registration", {})
    portal, prefix = http.client.HTTPConnection("127.0.0.1", port, timeout=60), "/api/PortalCommunication/"
    ask(portal, "POST", prefix + "ConfirmPreRegistration", {"adminId": window["adminId"], "r": 36729001})
    portal_id = str(uuid.uuid4())
    ask(portal, "POST", prefix + "ConfirmRegistration", {"portalId": portal_id, "authToken": str(uuid.uuid4())})
    ask(portal, "POST", prefix + "AddUsers", {"portalId": portal_id, "users": [{"login": LOGIN}]})


async def start_some(site, auth_ids, session_ids):
    reader, writer = await asyncio.open_unix_connection(site)
    while auth_ids:
        auth_id = auth_ids.pop()
        body = json.dumps({"login": LOGIN, "binding": "bench-" + auth_id, "authId": auth_id})
        writer.write(f"POST /v1/sessions HTTP/1.1\r\nHost: site\r\nContent-Type: application/json\r\n"
                     f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        content = await reader.readexactly(length)
        if not head.startswith(b"HTTP/1.1 201"):
            raise RuntimeError(f"POST /v1/sessions was answered {head[:20]!r}: {content[:300]!r}")
        session_ids[auth_id] = json.loads(content)["id"]
    writer.close()


async def start_all(site, auth_ids, session_ids, connections):
    await asyncio.gather(*(start_some(site, auth_ids, session_ids) for _ in range(connections)))


def start_sessions(site, count, file):
    """Starts pending sessions and writes their authIds to a file; returns session id by authId."""
    auth_ids, session_ids = [uuid.uuid4().hex for _ in range(count)], {}
    asyncio.run(start_all(site, auth_ids, session_ids, 128))
    with open(file, "w", encoding="ascii") as out:
        out.writelines(auth_id + "\n" for auth_id in session_ids)
    return session_ids


def pictures_shown(site, session_ids):
    """How many pictures the sessions have shown, all together."""
    connection = UnixConnection(site)
    return sum(ask(connection, "GET", "/v1/sessions/" + id).get("pictureVersion") or 0 for id in session_ids)


def sessions_authorized(site):
    return ask(UnixConnection(site), "GET", "/v1/sessions?state=authorized&limit=1")["pagination"]["total"]
