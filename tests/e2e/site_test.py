"""The site API: who is asking, and the shapes of answers."""
import grp
import json
import os
import subprocess
import sys
import unittest

from support.case import DaemonCase
from support.nopass import person
from support.site import Site, short
from support.timing import PATIENCE
from support.wire import Wire, request_bytes

NOBODY = 65534
AS_ANOTHER = """
import http.client, json, socket, sys
class Connection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(sys.argv[1])
out = []
for method, path, body in json.loads(sys.argv[2]):
    connection = Connection("localhost")
    connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
    reply = connection.getresponse()
    out.append([reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read().decode()])
print(json.dumps(out))
"""
BINDING = "x" * 16


def ask_as(uid, gid, site, *requests):
    """[(status, headers, JSON)] of requests that another user makes."""
    done = subprocess.run([sys.executable, "-I", "-c", AS_ANOTHER, site.path, json.dumps(requests)], user=uid,
                          group=gid, extra_groups=[], cwd="/", env={}, capture_output=True, text=True,
                          timeout=2 * PATIENCE, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return [(status, headers, json.loads(body) if body else None) for status, headers, body in json.loads(done.stdout)]


class Problems(DaemonCase):
    def assert_problem(self, status, detail, expected):
        """application/problem+json with an entry in `errors` for each fault."""
        self.assertEqual((status, detail["status"]), (expected, expected), detail)
        self.assertLessEqual({"type", "title", "status", "detail", "errors"}, set(detail), detail)
        self.assertTrue(detail["errors"])
        for error in detail["errors"]:
            self.assertLessEqual({"status", "title", "detail"}, set(error), detail)


@unittest.skipUnless(os.geteuid() == 0, "only root can become somebody else")
class Peers(Problems):
    def open_daemon(self, clients):
        daemon = self.stopped_daemon({"site.mode": "0666"}, text=clients)
        os.chmod(daemon.folder, 0o711)
        daemon.start()
        return Site(daemon.site_path)

    def test_an_unknown_peer_is_401_but_may_ask_for_health(self):
        site = self.open_daemon("")
        refused, created, livez, info, scopes = ask_as(
            NOBODY, NOBODY, site, ("GET", "/v1/portal", None), ("POST", "/v1/portal/registration", None),
            ("GET", "/livez", None), ("GET", "/v1/info", None), ("GET", "/v1/scopes", None))
        for status, headers, body in (refused, created):
            self.assert_problem(status, body, 401)
            self.assertIn("www-authenticate", headers)
            self.assertEqual(headers["content-type"], "application/problem+json")
        self.assertEqual((livez[0], info[0], scopes[0], scopes[2]["scopes"]), (200, 200, 200, []))

    def test_a_uid_has_the_scopes_that_it_was_given_and_no_others(self):
        site = self.open_daemon(f"[[site.client]]\nuid = {NOBODY}\nscopes = ['portal:read', 'users:read']\n")
        scopes, portal, users, filtered, window, events, consumer = ask_as(
            NOBODY, NOBODY, site, ("GET", "/v1/scopes", None), ("GET", "/v1/portal", None), ("GET", "/v1/users", None),
            ("GET", "/v1/users?email=a@example.org", None), ("POST", "/v1/portal/registration", None),
            ("GET", "/v1/events", None), ("PUT", "/v1/consumers/c", "{}"))
        self.assertEqual(sorted(scopes[2]["scopes"]), ["portal:read", "users:read"])
        self.assertEqual((portal[0], users[0]), (200, 200))
        for (status, _, body), scope in ((filtered, "users:email:read"), (window, "admin"), (events, "events:read"),
                                         (consumer, "events:read")):
            self.assert_problem(status, body, 403)
            self.assertIn(scope, body["detail"])

    def test_a_group_grants_its_scopes_and_fields_follow_the_scopes(self):
        group = grp.getgrgid(NOBODY).gr_name
        site = self.open_daemon(f"[[site.client]]\ngroup = '{group}'\nscopes = ['users:read']\n"
                                f"[[site.client]]\nuid = {NOBODY - 1}\nscopes = ['users:email:read']\n")
        daemon_nopass = self.nopass_of(site)
        daemon_nopass.register(site)
        daemon_nopass.add_users(person("alice"))
        [(status, _, few)] = ask_as(NOBODY - 2, NOBODY, site, ("GET", "/v1/users", None))
        self.assertEqual((status, set(few["data"][0]) - {"externalId"}), (200, {"type", "id", "state"}))
        [(status, _, more)] = ask_as(NOBODY - 1, NOBODY, site, ("GET", "/v1/users", None))
        self.assertEqual((more["data"][0]["login"], more["data"][0]["email"]), ("alice", "alice@example.org"))
        self.assertNotIn("givenName", more["data"][0])
        self.assertNotIn("phoneNumber", more["data"][0])
        [(status, _, none)] = ask_as(NOBODY - 2, NOBODY - 2, site, ("GET", "/v1/users", None))
        self.assert_problem(status, none, 401)

    def nopass_of(self, site):
        # The daemon of this site is the last that was made.
        return self.nopass(self.last)

    def stopped_daemon(self, *arguments, **more):
        self.last = super().stopped_daemon(*arguments, **more)
        return self.last

    def test_a_consumer_belongs_to_whoever_made_it(self):
        site = self.open_daemon(f"[[site.client]]\nuid = {NOBODY}\nscopes = ['events:read']\n")
        site.make_consumer("mine")
        answers = ask_as(NOBODY, NOBODY, site, ("GET", "/v1/consumers/mine", None), ("PUT", "/v1/consumers/mine", "{}"),
                         ("GET", "/v1/consumers/mine/events", None), ("DELETE", "/v1/consumers/mine", None),
                         ("PUT", "/v1/consumers/theirs", "{}"), ("GET", "/v1/consumers", None))
        self.assertEqual([status for status, _, _ in answers[:5]], [403, 403, 403, 403, 201])
        self.assertEqual([each["id"] for each in answers[5][2]["data"]], ["theirs"])
        self.assertEqual(site.get("/v1/consumers/theirs").status, 403)


class Shapes(Problems):
    def setUp(self):
        self.one, self.portal, self.site = self.registered_daemon()

    def refuse(self, status, method, path, body=None, **more):
        reply = self.site.call(method, path, body, **more)
        self.assertEqual(reply.headers.get("content-type"), "application/problem+json", reply)
        self.assert_problem(reply.status, reply.json, status)
        return reply

    def test_root_or_the_daemons_own_user_has_all_scopes(self):
        self.assertEqual(len(self.site.want(200, "GET", "/v1/scopes")["scopes"]), 14)

    def test_the_index_lists_every_endpoint_with_its_methods(self):
        index = {entry["path"]: entry["methods"] for entry in self.site.want(200, "GET", "/v1")["data"]}
        self.assertEqual(sorted(index["/v1/sessions"]), ["DELETE", "GET", "POST"])
        self.assertEqual(sorted(index["/v1/consumers/{name}"]), ["DELETE", "GET", "PUT"])
        self.assertEqual(index["/readyz"], ["GET"])

    def test_refusals_are_problems(self):
        self.refuse(404, "GET", "/v1/nothing")
        self.refuse(404, "GET", "/v1/sessions/00000000-0000-4000-8000-000000000000")
        self.refuse(404, "GET", "/v1/users/not-an-id")
        self.refuse(404, "GET", "/v1/consumers/nobody")
        self.refuse(409, "POST", "/v1/portal/registration")
        self.assertEqual(self.refuse(405, "POST", "/v1/portal").headers["allow"], "GET")
        self.assertEqual(set(self.refuse(405, "PATCH", "/v1/sessions").headers["allow"].split(", ")), {"DELETE", "GET", "POST"})
        self.refuse(415, "POST", "/v1/sessions", b"a=b", headers={"Content-Type": "application/x-www-form-urlencoded"})
        for body in (b"{", b"[]", b"\xff", b'{"x":' * 20_000, b"null"):
            self.refuse(400, "POST", "/v1/sessions", body)
        self.refuse(413, "POST", "/v1/sessions", b'{"login":"%s"}' % (b"x" * (1 << 20)))

    def test_all_faults_are_listed_with_pointers(self):
        body = {"login": "alice", "binding": "short", "clientIp": "nowhere", "more/of~it": 1}
        detail = self.refuse(422, "POST", "/v1/sessions", body).json
        pointers = {error["source"]["pointer"] for error in detail["errors"]}
        self.assertEqual(pointers, {"/binding", "/clientIp", "/more~1of~0it"})
        detail = self.refuse(422, "GET", "/v1/events?limit=0&wait=61&after=nonsense&more=1&type=nopass.nothing").json
        self.assertEqual(len(detail["errors"]), 5, detail)

    def test_requests_that_came_through_a_proxy_or_browser_are_403(self):
        for name in ("Origin", "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Proto"):
            self.refuse(403, "GET", "/v1/portal", headers={name: "x"})

    def test_resources_have_an_etag_that_changes_with_them(self):
        self.portal.add_users(person("alice"))
        session = self.site.start_session("alice", "auth-etag")
        self.assertEqual(session["type"], "session")
        self.assertRegex(session["id"], r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
        path = f"/v1/sessions/{session['id']}"
        first = self.site.get(path)
        again = self.site.get(path, headers={"If-None-Match": first.headers["etag"]})
        self.assertEqual((again.status, again.body, again.headers["etag"]), (304, b"", first.headers["etag"]))
        listed = self.site.get(path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
        self.assertEqual(listed.status, 304)
        self.portal.authorized_user("auth-etag")
        changed = self.site.get(path, headers={"If-None-Match": first.headers["etag"]})
        self.assertEqual((changed.status, changed.json["state"]), (200, "authorized"))
        for path in ("/v1/portal", "/v1/info", f"/v1/users/{session['userId']}"):
            etag = self.site.get(path).headers["etag"]
            self.assertEqual(self.site.get(path, headers={"If-None-Match": etag}).status, 304, path)

    def test_lists_are_paged(self):
        self.portal.add_users(*[person(f"user{i:02}") for i in range(25)])
        first = self.site.want(200, "GET", "/v1/users")
        self.assertEqual((len(first["data"]), first["pagination"]), (20, {"total": 25, "offset": 0, "limit": 20}))
        last = self.site.want(200, "GET", "/v1/users?offset=20&limit=100")
        self.assertEqual(len(last["data"]), 5)
        self.assertEqual(len({user["id"] for user in first["data"] + last["data"]}), 25)
        self.refuse(422, "GET", "/v1/users?limit=101")

    def test_replies_have_a_length_and_the_rate_and_honour_close(self):
        with Wire(self.site.path) as wire:
            for _ in range(3):
                reply = wire.request("GET", "/v1/portal")
                self.assertEqual(reply.status, 200)
                self.assertLessEqual({"content-length", "x-rate-limit-limit", "x-rate-limit-remaining",
                                      "x-rate-limit-reset"}, set(reply.headers))
            wire.send(request_bytes("GET", "/livez") + request_bytes("GET", "/v1/portal", headers={
                "Connection": "close"}))
            self.assertEqual([wire.reply().status, wire.reply().headers["connection"]], [200, "close"])
            self.assertTrue(wire.is_closed())

    def test_starts_are_refused_as_documented(self):
        self.refuse(404, "POST", "/v1/sessions", {"login": "nobody", "binding": BINDING, "authId": "a"})
        self.portal.add_users(person("alice"))
        self.site.start_session("alice", "auth-twice")
        self.refuse(409, "POST", "/v1/sessions", {"login": "alice", "binding": BINDING, "authId": "auth-twice"})
        self.refuse(409, "POST", "/v1/registrations", {"for": "new", "login": "alice", "binding": BINDING, "otp": "o"})
        self.portal.disable_service()
        self.refuse(409, "POST", "/v1/sessions", {"login": "alice", "binding": BINDING, "authId": "b"})

    def test_a_quota_that_is_used_up_is_429(self):
        daemon = self.daemon({"site.requests_per_minute": 5})
        site = Site(daemon.site_path)
        replies = [site.get("/v1/portal") for _ in range(6)]
        self.assertEqual([reply.status for reply in replies], [200] * 5 + [429])
        self.assertEqual(replies[4].headers["x-rate-limit-remaining"], "0")
        self.assertGreaterEqual(int(replies[5].headers["retry-after"]), 1)

    def test_a_session_ended_by_the_site_is_cancelled(self):
        self.portal.add_users(person("alice"))
        session = self.site.start_session("alice", "auth-cancel")
        self.assertEqual(self.site.call("DELETE", f"/v1/sessions/{session['id']}").status, 204)
        self.assertEqual(self.site.session(session["id"])["state"], "cancelled")
        self.assertEqual(short(self.site.all_events()[0])[-1], "session.cancelled")
        self.assert_refused(self.portal.close_session("auth-cancel"), 400, "109")


if __name__ == "__main__":
    unittest.main()
