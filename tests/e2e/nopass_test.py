"""The daemon asks NoPass by itself: logins, registrations, and what becomes of them when NoPass does not play along."""
import concurrent.futures
import signal
import ssl
import threading
import unittest

from support.case import DaemonCase
from support.certificates import Authority
from support.nopass import person
from support.nopass_server import AUTHORIZE, DELETE, PRE_REGISTER, NopassServer
from support.site import Site, short
from support.timing import PATIENCE, eventually

BINDING = "the browser of the test"
ERROR = {"code": "107", "message": "no such\nuser"}


class NopassCase(DaemonCase):
    def start(self, settings=None, tls=False, named=True, certificate="localhost"):
        """`named`: the configuration names the server that plays NoPass; over TLS by the name `localhost`."""
        daemon = self.stopped_daemon({"site.own_calls": False, **(settings or {})})
        context = None
        if tls:
            authority = Authority(daemon.folder, "nopass-ca")
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*authority.issue(certificate))
            daemon.settings["nopass.ca_file"] = authority.certificate
        self.server = NopassServer(context)
        self.addCleanup(self.server.close)
        if named:
            daemon.settings.setdefault("nopass.server", self.server.url.replace("https://127.0.0.1", "https://localhost"))
        self.running = daemon.start()
        self.site = Site(daemon.site_path)
        self.nopass = self.caller(daemon)
        self.nopass.register(self.site)
        self.nopass.add_users(person("erin"), person("bob"))
        return daemon, self.nopass, self.site

    def caller(self, daemon):
        return DaemonCase.nopass(self, daemon)

    def begin(self, login="erin", **more):
        return self.site.call("POST", "/v1/sessions", {"login": login, "binding": BINDING, **more})

    def register(self, login="frank", **more):
        return self.site.call("POST", "/v1/registrations", {
            "for": "new", "login": login, "email": f"{login}@example.org", "givenName": "Frank", "binding": BINDING, **more})

    def assert_problem(self, reply, status, words):
        self.assertEqual((reply.status, reply.headers["content-type"]), (status, "application/problem+json"), reply)
        self.assertIn(words, reply.json["detail"])
        for secret in (self.nopass.auth_token, self.nopass.portal_id):
            self.assertNotIn(secret, reply.body.decode())


class Logins(NopassCase):
    def test_a_whole_login_over_tls_without_a_secret_in_the_log(self):
        daemon, nopass, site = self.start({"daemon.log_level": "trace"}, tls=True)
        reply = self.begin(clientIp="192.0.2.7")
        self.assertEqual(reply.status, 201, reply)
        started = reply.json
        call, = self.server.calls
        self.assertEqual((call.path, call.body), (AUTHORIZE, {"portalId": nopass.portal_id, "userId": "erin"}))
        self.assertEqual(call.headers["authorization"], "Bearer " + nopass.auth_token)
        self.assertEqual((started["state"], started["pictureVersion"]), ("pending", 1))
        self.assertNotIn("authId", started)
        self.assertEqual(site.get(f"/v1/sessions/{started['id']}/picture").status, 200)
        self.assert_ok(nopass.update_picture(call.auth_id, 5), "OK")
        self.assert_ok(nopass.authorized_user(call.auth_id), True)
        who = site.want(200, "POST", f"/v1/sessions/{started['id']}/redeem",
                        {"ticket": started["ticket"], "binding": BINDING})
        self.assertEqual(who["login"], "erin")
        self.assert_ok(nopass.close_session(call.auth_id), True)
        self.assertEqual(site.session(started["id"])["state"], "closed")
        self.assertEqual(daemon.stop(), 0)
        for secret in (call.auth_id, nopass.auth_token, nopass.portal_id, started["ticket"], BINDING):
            self.assertNotIn(secret, daemon.log())

    def test_the_login_goes_to_nopass_as_it_was_spelled_first(self):
        self.start()
        for name, value in (("login", "ERIN"), ("userId", self.site.users()["erin"]["id"])):
            reply = self.site.call("POST", "/v1/sessions", {name: value, "binding": BINDING})
            self.assertEqual(reply.status, 201, reply)
        self.assertEqual([call.body["userId"] for call in self.server.calls], ["erin", "erin"])

    def test_connections_are_kept(self):
        self.start({"sessions.max_pending": 100, "sessions.max_starts": 100, "daemon.io_threads": 1})
        for _ in range(10):
            self.assertEqual(self.begin().status, 201)
        self.assertEqual(self.server.connections, 1)

    def test_callbacks_that_come_before_nopass_has_answered_wait_for_it(self):
        _, nopass, site = self.start()
        early = []
        pool = concurrent.futures.ThreadPoolExecutor(1)
        self.addCleanup(pool.shutdown)

        def authorize_early(call):
            early.append(pool.submit(nopass.authorized_user, call.auth_id))
            eventually(lambda: nopass.connection is not None and nopass.connection.sock is not None, "it is sent")

        self.server.meanwhile = authorize_early
        started = self.begin()
        self.assertEqual(started.status, 201, started)
        self.assert_ok(early[0].result(), True)
        self.assertEqual(site.session(started.json["id"])["state"], "authorized")

    def test_with_own_calls_the_daemon_asks_when_no_authid_is_given(self):
        self.start({"site.own_calls": True})
        self.assertEqual(self.begin(authId="my own").status, 201)
        self.assertEqual(len(self.server.calls), 0)
        self.assertEqual(self.begin().status, 201)
        self.assertEqual(len(self.server.calls), 1)

    def test_without_own_calls_an_authid_is_a_fault(self):
        self.start()
        reply = self.begin(authId="my own")
        self.assertEqual((reply.status, reply.json["errors"][0]["source"]), (422, {"pointer": "/authId"}))

    def test_a_picture_that_cannot_be_shown_is_none(self):
        self.start()
        for image in ("GIF89a", None, 7, ""):
            self.server.faults = [lambda call, image=image: (200, {"errors": [], "result": {
                "authId": call.auth_id, "image": image, "nextChange": 1}})]
            reply = self.begin("erin" if image else "bob")
            self.assertEqual(reply.status, 201, reply)
            self.assertNotIn("pictureVersion", reply.json)

    def test_an_authid_that_nopass_gave_before_is_no_login(self):
        self.start()
        again = {"errors": [], "result": {"authId": "auth-1"}}
        self.server.faults = [(200, again), (200, again)]
        self.assertEqual(self.begin().status, 201)
        self.assert_problem(self.begin(), 502, "given before")

    def test_nobody_unknown_or_deleted_is_asked_for(self):
        _, nopass, site = self.start()
        gone = site.users()["bob"]["id"]
        nopass.delete_user("bob")
        self.assertEqual(self.begin("nobody").status, 404)
        self.assertEqual(self.site.call("POST", "/v1/sessions", {"userId": gone, "binding": BINDING}).status, 410)
        nopass.disable_service()
        self.assertEqual(self.begin().status, 409)
        self.assertEqual(self.server.calls, [])


class Refusals(NopassCase):
    def test_what_nopass_refuses_is_502_and_says_what_to_do(self):
        daemon, nopass, site = self.start({"sessions.max_starts": 1000})
        echo = {"errors": [{"code": "1", "message": "bad token " + nopass.auth_token}], "result": None}
        for fault, words in (((200, {"errors": [ERROR], "result": None}), "daemon's log"), ((200, echo), "daemon's log"),
                             ((401, {"errors": [ERROR]}), "nopassctl register"), ((500, b"<h1>oops</h1>"), "status 500"),
                             ((302, b""), "status 302"), ((200, b"not json"), "nopass.server"), ((200, b""), "shape"),
                             ((200, []), "shape"), ((200, {"errors": []}), "shape"), ((200, {"errors": "x"}), "shape"),
                             ((200, {"errors": [], "result": {}}), "shape"),
                             ((200, {"errors": [], "result": {"authId": ""}}), "shape"),
                             ((200, {"errors": [], "result": {"authId": "x" * 257}}), "shape"),
                             ((200, {"errors": [], "result": {"authId": 7}}), "shape"),
                             (None, "did not answer"), ((200, b" " * (2 << 20)), "did not answer")):
            self.server.faults = [fault]
            with self.subTest(fault=str(fault)[:60]):
                self.assert_problem(self.begin(), 502, words)
        self.assertEqual(site.want(200, "GET", "/v1/sessions")["data"], [])
        self.assertEqual(self.begin().status, 201, "failed starts leave nothing pending")
        daemon.wait_for_line("no such")
        self.assertNotIn(nopass.auth_token, daemon.log())

    def test_nobody_there_is_502(self):
        server = NopassServer()
        url = server.url
        server.close()
        self.start({"nopass.server": url})
        self.assert_problem(self.begin(), 502, "Connection refused")

    def test_an_authority_that_is_not_known_is_502(self):
        self.start(tls=True)
        self.running.stop()
        del self.running.settings["nopass.ca_file"]
        self.running.start()
        self.assert_problem(self.begin(), 502, "nopass.ca_file")
        self.assertEqual(self.server.calls, [])

    def test_a_certificate_of_another_host_is_502(self):
        self.start(tls=True, certificate="other.example")
        self.assert_problem(self.begin(), 502, "nopass.ca_file")
        self.assertEqual(self.server.calls, [])

    def name_by_reload(self, url):
        with open(self.running.config, "w", encoding="utf-8") as file:
            file.write(f'[nopass]\nserver = "{url}"\n')
        self.assertEqual(self.site.want(200, "POST", "/v1/reload")["changed"], ["nopass.server"])

    def test_the_server_may_not_be_the_daemon_itself(self):
        daemon, _, _ = self.start(named=False)
        self.name_by_reload(daemon.url)
        self.assert_problem(self.begin(), 502, "the daemon itself")

    def test_another_server_holds_after_a_reload(self):
        self.start(named=False)
        self.name_by_reload(self.server.url)
        self.assertEqual(self.begin().status, 201)

    def test_silence_is_504_and_a_stopping_daemon_does_not_wait_for_it(self):
        daemon, _, _ = self.start()
        self.server.faults = [self.server.hang]
        self.assert_problem(self.begin(), 504, "no answer in time")
        self.server.faults = [self.server.hang]
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(self.begin)
            self.server.wait_for(2)
            daemon.tell(signal.SIGTERM)
            self.assert_problem(waiting.result(), 503, "stopping")
        self.assertEqual(daemon.wait(), 0)

    def test_a_kept_connection_that_broke_is_replaced_without_anybody_noticing(self):
        for tls in (False, True):
            with self.subTest(tls=tls):
                self.start({"daemon.io_threads": 1, "sessions.max_pending": 10}, tls=tls)
                self.server.hangs_up = True
                self.assertEqual([self.begin().status for _ in range(5)], [201] * 5)
                self.assertEqual((self.server.connections, len(self.server.calls)), (5, 5))

    def test_what_broke_after_it_was_sent_is_not_sent_again(self):
        self.start()
        self.server.faults = [None]
        self.assert_problem(self.begin(), 502, "did not answer")
        self.assertEqual(len(self.server.calls), 1)


class PushBombing(NopassCase):
    def test_is_limited_for_a_user_and_an_address(self):
        _, nopass, site = self.start({"sessions.max_pending": 2, "sessions.max_starts": 4})
        home = {"clientIp": "192.0.2.1"}
        self.assertEqual([self.begin(**home).status for _ in range(3)], [201, 201, 429])
        self.assertEqual(len(self.server.calls), 2, "the phone does not ring for what is refused")
        self.assertEqual(self.begin("bob", **home).status, 201)
        self.assertEqual(self.begin(clientIp="192.0.2.2").status, 201)
        for call in self.server.calls:
            nopass.authorized_user(call.auth_id, False, "changedMind")
        self.assertEqual([self.begin(**home).status for _ in range(2)], [201, 201])
        nopass.authorized_user(self.server.calls[-1].auth_id, False, "changedMind")
        reply = self.begin(**home)
        self.assertEqual(reply.status, 429)
        self.assertIn("sessions.max_starts", reply.json["detail"])
        self.assertGreater(int(reply.headers["retry-after"]), 0)
        self.assertIn('nopassd_too_many_requests_total{kind="start"} 2', site.get("/metrics").body.decode())

    def test_is_limited_for_a_user_however_many_addresses_there_are(self):
        self.start({"sessions.max_pending": 1, "sessions.max_starts": 1})
        statuses = [self.begin(clientIp=f"2001:db8:{i:x}::1").status for i in range(12)]
        self.assertEqual(statuses, [201] * 10 + [429] * 2)

    def test_counts_a_network_of_ipv6_as_one(self):
        self.start({"sessions.max_pending": 1})
        self.assertEqual([self.begin(clientIp=f"2001:db8::{i:x}").status for i in range(2)], [201, 429])

    def test_by_many_at_once_does_not_slip_through(self):
        self.start({"sessions.max_pending": 3})
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            statuses = sorted(reply.status for reply in pool.map(lambda _: self.begin(), range(12)))
        self.assertEqual(statuses, [201] * 3 + [429] * 9)
        self.assertEqual(len(self.server.calls), 3)

    def test_is_limited_over_a_restart(self):
        self.start({"sessions.max_pending": 1})
        self.assertEqual(self.begin().status, 201)
        self.running.restart()
        self.assertEqual(self.begin().status, 429)


class Registrations(NopassCase):
    def test_a_whole_registration(self):
        _, nopass, site = self.start()
        cursor = site.cursor()
        reply = self.register(clientIp="192.0.2.7", redirectUrl="https://site.example/back")
        self.assertEqual(reply.status, 201, reply)
        started = reply.json
        call, = self.server.calls
        self.assertEqual((call.path, call.body), (PRE_REGISTER, {
            "portalId": nopass.portal_id, "userId": "frank", "clientIP": "192.0.2.7",
            "redirectUrl": "https://site.example/back", "socialNetwork": "",
            "data": {"givenName": "Frank", "surName": "", "phoneNumber": "", "email": "frank@example.org"}}))
        self.assertTrue(started["registerLink"].startswith(self.server.url + "/register/"))
        self.assertNotIn("otp", started)
        self.assert_ok(nopass.validate_user_registration(call.otp, "frank"), True)
        self.assert_ok(nopass.confirm_user_registration(call.otp, "frank", "auth-1"), "OK")
        who = site.want(200, "POST", f"/v1/registrations/{started['id']}/redeem",
                        {"ticket": started["ticket"], "binding": BINDING})
        self.assertEqual(who["login"], "frank")
        self.assertEqual(short(site.events(cursor)[0]),
                         ["registration.started", "registration.validated", "user.registered"])

    def test_what_nopass_refuses_leaves_nothing(self):
        _, _, site = self.start()
        for fault in ((200, {"errors": [ERROR], "result": None}), (200, {"errors": [], "result": {"otp": "one"}}),
                      (200, {"errors": [], "result": {"otp": "", "registerLink": "https://nopass.example/"}}),
                      (200, {"errors": [], "result": {"otp": "one", "registerLink": "javascript:alert(1)"}})):
            self.server.faults = [fault]
            self.assert_problem(self.register(), 502, "NoPass refused to start the registration")
        self.assertEqual(site.want(200, "GET", "/v1/registrations")["data"], [])

    def test_a_login_that_exists_is_not_asked_for(self):
        self.start()
        self.assertEqual(self.register("erin").status, 409)
        self.assertEqual(self.server.calls, [])

    def test_a_hundred_in_one_batch_succeed_or_fail_each_for_itself(self):
        self.start()
        eight, lock, at_once, most = threading.Barrier(8), threading.Lock(), [0], [0]

        def meet(_call):
            with lock:
                at_once[0] += 1
                most[0] = max(most[0], at_once[0])
            if len(self.server.calls) <= 8:
                eight.wait(PATIENCE)  # none of them is answered before there are eight
            with lock:
                at_once[0] -= 1

        self.server.meanwhile = meet
        wanted = [{"for": "new", "login": "erin" if i == 50 else f"user-{i}", "binding": BINDING} for i in range(100)]
        data = self.site.want(200, "POST", "/v1/registrations/batch", {"registrations": wanted})["data"]
        self.assertEqual([each.get("status", "made") for each in data], ["made"] * 50 + [409] + ["made"] * 49)
        self.assertEqual(len(self.server.calls), 99)
        self.assertEqual((most[0], eight.broken), (8, False))
        self.assertEqual(len({each["registerLink"] for each in data if "registerLink" in each}), 99)


class Deletions(NopassCase):
    SETTINGS = {"nopass.delete_user_path": DELETE, "users.erase_after": "0s"}

    def gone(self, user):
        return self.site.get(f"/v1/users/{user}").status == 410

    def test_nopass_is_asked_and_then_he_is_erased(self):
        _, nopass, site = self.start(self.SETTINGS)
        erin = site.users()["erin"]["id"]
        self.assertEqual(site.want(202, "DELETE", f"/v1/users/{erin}")["state"], "deleting")
        call, = self.server.wait_for(1)
        self.assertEqual((call.path, call.body), (DELETE, {"portalId": nopass.portal_id, "userId": "erin"}))
        eventually(lambda: self.gone(erin), "he is erased")

    def test_nopass_is_asked_until_it_agrees_over_a_restart_too(self):
        daemon, nopass, site = self.start(self.SETTINGS)
        self.server.faults = [(500, b""), (200, {"errors": [ERROR], "result": None}), None]
        erin = site.users()["erin"]["id"]
        site.want(202, "DELETE", f"/v1/users/{erin}")
        self.server.wait_for(2)
        daemon.wait_for_line("a deleted user is still known to NoPass")
        daemon.restart()
        self.server.wait_for(4)
        eventually(lambda: self.gone(erin), "he is erased")
        self.assertNotIn(nopass.auth_token, daemon.log())

    def test_callback_8_is_an_answer_as_well(self):
        _, nopass, site = self.start(self.SETTINGS)
        self.server.faults = [(500, b"")] * 20
        erin = site.users()["erin"]["id"]
        site.want(202, "DELETE", f"/v1/users/{erin}")
        self.server.wait_for(1)
        self.assert_ok(nopass.delete_user("erin"), "OK")
        eventually(lambda: self.gone(erin), "he is erased")

    def test_who_is_restored_is_not_asked_about_any_more(self):
        _, _, site = self.start({**self.SETTINGS, "users.erase_after": "1h"})
        self.server.faults = [(500, b"")] * 20
        erin = site.users()["erin"]["id"]
        site.want(202, "DELETE", f"/v1/users/{erin}")
        self.server.wait_for(1)
        site.want(200, "POST", f"/v1/users/{erin}/restore")
        asked = len(self.server.calls)
        other = site.users()["bob"]["id"]
        self.server.faults = []
        site.want(202, "DELETE", f"/v1/users/{other}")
        eventually(lambda: self.server.calls[-1].body["userId"] == "bob", "bob is asked about")
        self.assertLessEqual(len(self.server.calls), asked + 2)

    def test_without_a_path_nobody_is_asked(self):
        _, _, site = self.start({"users.erase_after": "0s"})
        erin = site.users()["erin"]["id"]
        site.want(202, "DELETE", f"/v1/users/{erin}")
        eventually(lambda: self.gone(erin), "he is erased")
        self.assertEqual(self.server.calls, [])


if __name__ == "__main__":
    unittest.main()
