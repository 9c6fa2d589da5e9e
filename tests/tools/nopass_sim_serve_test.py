"""nopass-sim serve: NoPass for a portal under trial, and the control of console and phone."""
import http.client
import json
import signal
import subprocess
import unittest
import urllib.parse

from support.daemon import program
from support.case import DaemonCase
from support.nopass_server import AUTHORIZE, DELETE, PRE_REGISTER
from support.site import Site
from support.timing import PATIENCE, eventually
from support.wire import Reply

BINDING = "the browser of the test"


class Sim:
    def __init__(self, *options):
        self.process = subprocess.Popen([program("nopass-sim"), "serve", *options], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.url = line.split()[1]
        parts = urllib.parse.urlsplit(self.url)
        self.address = (parts.hostname, parts.port)

    def call(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(*self.address, timeout=PATIENCE)
        try:
            data = json.dumps(body).encode() if body is not None else None
            connection.request(method, path, data, headers or {})
            answer = connection.getresponse()
            return Reply(answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def want(self, status, method, path, body=None):
        reply = self.call(method, path, body)
        if reply.status != status:
            raise AssertionError(f"{method} {path}: {reply}")
        return reply.json

    def state(self):
        return self.want(200, "GET", "/sim/state")

    def login(self, login):
        return next(each for each in self.state()["logins"] if each["login"] == login)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self.process.stdout.close()
        return code


class SimServe(DaemonCase):
    def setUp(self):
        # The daemon is told its NoPass by a reload: each of the two has to know the other's port.
        self.running = self.daemon({"site.own_calls": False})
        self.site = Site(self.running.site_path)
        self.sim = self.serve("--portal", self.running.url)
        with open(self.running.config, "w", encoding="utf-8") as file:
            file.write(f'[nopass]\nserver = "{self.sim.url}"\ndelete_user_path = "{DELETE}"\n')
        self.site.want(200, "POST", "/v1/reload")

    def serve(self, *options):
        sim = Sim(*options)
        self.addCleanup(lambda: self.assertEqual(sim.stop(), 0))
        return sim

    def registered(self, *logins):
        self.sim.want(200, "POST", "/sim/register", self.site.open_window())
        for login in logins:
            self.sim.want(200, "POST", "/sim/users", {"login": login, "email": f"{login}@example.org"})

    def begin(self, login):
        return self.site.want(201, "POST", "/v1/sessions", {"login": login, "binding": BINDING})

    def test_a_portal_is_registered_and_a_login_approved(self):
        self.registered("erin")
        self.assertEqual(self.site.portal()["state"], "registered")
        started = self.begin("erin")
        login = self.sim.login("erin")
        self.assertEqual(login["state"], "pending")
        self.assertRegex(login["code"], r"^\d{3}$")
        self.sim.want(200, "POST", f"/sim/logins/{login['id']}/picture")
        self.assertEqual(self.site.session(started["id"])["pictureVersion"], 2)
        self.sim.want(200, "POST", f"/sim/logins/{login['id']}/approve")
        self.assertEqual(self.site.session(started["id"])["state"], "authorized")
        self.sim.want(409, "POST", f"/sim/logins/{login['id']}/approve")
        self.site.want(200, "POST", f"/v1/sessions/{started['id']}/redeem", {"ticket": started["ticket"], "binding": BINDING})
        self.sim.want(200, "POST", f"/sim/logins/{login['id']}/close")
        self.assertEqual(self.site.session(started["id"])["state"], "closed")

    def test_a_login_is_denied_for_a_reason(self):
        self.registered("erin")
        started = self.begin("erin")
        self.sim.want(200, "POST", f"/sim/logins/{self.sim.login('erin')['id']}/deny", {"reason": "changedMind"})
        session = self.site.session(started["id"])
        self.assertEqual((session["state"], session["reason"]), ("denied", "changedMind"))

    def test_a_registration_goes_over_its_link(self):
        self.registered()
        started = self.site.want(201, "POST", "/v1/registrations", {
            "for": "new", "login": "frank", "email": "f@example.org", "binding": BINDING, "redirectUrl": "https://site.example/"})
        path = urllib.parse.urlsplit(started["registerLink"]).path
        page = self.sim.call("GET", path, headers={"Sec-Fetch-Site": "cross-site"})
        self.assertEqual((page.status, page.headers["content-type"]), (200, "text/html; charset=utf-8"))
        link = self.sim.want(200, "GET", "/sim/links/" + path.split("/")[-1])
        self.assertEqual((link["login"], link["state"]), ("frank", "started"))
        done = self.sim.want(200, "POST", f"/sim/registrations/{link['id']}/confirm")
        self.assertEqual(done["redirectUrl"], "https://site.example/")
        self.assertEqual(self.site.want(200, "GET", f"/v1/registrations/{started['id']}")["state"], "confirmed")
        self.assertIn("frank", self.sim.state()["users"])

    def test_users_come_and_go_on_both_sides(self):
        self.registered("erin", "bob")
        erin = self.site.users()["erin"]["id"]
        self.sim.want(200, "DELETE", "/sim/users/erin")
        self.assertEqual(self.site.want(200, "GET", f"/v1/users/{erin}")["state"], "deleting")
        self.site.want(202, "DELETE", f"/v1/users/{self.site.users()['bob']['id']}")
        eventually(lambda: self.sim.state()["users"] == [], "NoPass was asked to delete bob")
        self.sim.want(404, "DELETE", "/sim/users/nobody")
        self.sim.want(200, "POST", "/sim/disable")
        self.assertEqual(self.site.portal()["state"], "disabled")

    def test_calls_want_the_token_the_portal_and_a_user(self):
        for path in (AUTHORIZE, PRE_REGISTER, DELETE):
            self.assertEqual(self.sim.call("POST", path, {"portalId": "x", "userId": "erin"}).status, 401)
        self.registered("erin")
        credentials = self.site.want(200, "GET", "/v1/portal/credentials")
        token = {"Authorization": "Bearer " + credentials["authToken"]}
        good = {"portalId": credentials["portalId"], "userId": "erin"}
        self.assertEqual(self.sim.call("POST", AUTHORIZE, good, {"Authorization": "Bearer wrong"}).status, 401)
        for body in ({**good, "portalId": "wrong"}, {**good, "userId": "nobody"}, {}):
            self.assertTrue(self.sim.call("POST", AUTHORIZE, body, token).json["errors"], body)
        self.assertEqual(self.sim.call("POST", AUTHORIZE, good, token).json["errors"], [])
        shown = json.dumps(self.sim.state())
        for secret in (credentials["authToken"], credentials["portalId"]):
            self.assertNotIn(secret, shown)

    def test_planned_faults_happen_once(self):
        self.registered("erin")
        plans = ({"call": "RequestAuthorization", "status": 500}, {"call": "RequestAuthorization", "body": "garbage"},
                 {"call": "RequestAuthorization", "errors": [{"code": "1", "message": "no"}]},
                 {"call": "RequestAuthorization", "hangUp": True})
        self.sim.want(200, "POST", "/sim/faults", {"next": list(plans)})
        body = {"login": "erin", "binding": BINDING}
        self.assertEqual([self.site.call("POST", "/v1/sessions", body).status for _ in range(5)], [502] * 4 + [201])
        for status in (204, 304, -1, 99999, "500"):
            self.sim.want(400, "POST", "/sim/faults", {"next": [{"call": "RequestAuthorization", "status": status}]})
        self.sim.want(400, "POST", "/sim/faults", {"next": [{}]})

    def test_users_of_any_name_can_be_deleted(self):
        names = ["erin@example.org", "a b", "zo\u00eb", "50%"]
        self.registered()
        for name in names:
            self.sim.want(200, "POST", "/sim/users", {"login": name})
            self.sim.want(200, "DELETE", "/sim/users/" + urllib.parse.quote(name, safe=""))
        self.sim.want(400, "DELETE", "/sim/users/%zz")

    def test_pages_of_others_cannot_steer_it(self):
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "evil.example"}):
            self.assertEqual(self.sim.call("POST", "/sim/disable", {}, headers).status, 403, headers)
        policy = self.sim.call("GET", "/").headers["content-security-policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)

    def test_pictures_change_and_logins_expire_by_themselves(self):
        sim = self.serve("--portal", self.running.url, "--picture-period", "0.3", "--login-lifetime", "2")
        with open(self.running.config, "w", encoding="utf-8") as file:
            file.write(f'[nopass]\nserver = "{sim.url}"\n')
        self.site.want(200, "POST", "/v1/reload")
        sim.want(200, "POST", "/sim/register", self.site.open_window())
        sim.want(200, "POST", "/sim/users", {"login": "erin"})
        started = self.begin("erin")
        eventually(lambda: self.site.session(started["id"]).get("pictureVersion", 0) >= 3, "two more pictures")
        eventually(lambda: sim.login("erin")["state"] == "expired", "it expires on the phone")

    def test_only_this_machine_is_listened_on(self):
        for address in ("0.0.0.0:0", "192.0.2.1:80", "nonsense", "127.0.0.1", "127.0.0.1:99999"):
            done = subprocess.run([program("nopass-sim"), "serve", "--listen", address], capture_output=True, text=True,
                                  timeout=PATIENCE, check=False)
            self.assertEqual((done.returncode, done.stdout), (2, ""), address)
            self.assertIn("--listen " + address, done.stderr)


if __name__ == "__main__":
    unittest.main()
