"""All eleven callbacks into the real daemon, and the events that come out of it."""
import secrets
import ssl
import subprocess
import unittest
import warnings

from support.case import DaemonCase
from support.certificates import Authority
from support.daemon import program
from support.nopass import person
from support.pictures import make_png
from support.site import Site, short
from support.timing import PATIENCE
from support.wire import exchange

WALK = ["portal.challenged", "portal.registered", "user.added", "session.started", "session.authorized",
        "session.closed", "registration.started", "registration.validated", "user.registered", "user.updated",
        "session.closed", "user.deleted", "portal.disabled"]
TEXT = "text/plain; charset=utf-8"
JSON = "application/json"


class Walk(DaemonCase):
    def walk(self, nopass, site):
        """The whole life of a portal, each callback answered as callbacks.md says; the replies by name."""
        window = site.open_window()
        replies = {"ConfirmPreRegistration": nopass.confirm_pre_registration(window["adminId"], 36729001)}
        self.assert_ok(replies["ConfirmPreRegistration"],
                       {"adminId": window["adminId"], "sCode": window["sCode"], "r": 36729002})
        replies["ConfirmRegistration"] = nopass.confirm_registration()
        self.assert_ok(replies["ConfirmRegistration"], {"sCode": window["sCode"]})
        self.assertEqual(site.portal()["state"], "registered")
        self.add_and_log_in(nopass, site, replies)
        self.enrol_change_delete(nopass, site, replies)
        replies["DisableService"] = nopass.disable_service()
        self.assertEqual((replies["DisableService"].status, replies["DisableService"].body), (200, b"true"))
        self.assertEqual(site.portal()["state"], "disabled")
        return replies

    def add_and_log_in(self, nopass, site, replies):
        replies["AddUsers"] = nopass.add_users(person("alice"))
        self.assert_ok(replies["AddUsers"], True)
        auth_id = secrets.token_hex(16)
        session = site.start_session("alice", auth_id)
        for seed in (1, 2, 3):
            replies["UpdatePicture"] = nopass.update_picture(auth_id, seed, login="alice")
            self.assert_ok(replies["UpdatePicture"], "OK")
        shown = site.get(f"/v1/sessions/{session['id']}/picture")
        self.assertEqual((shown.headers["content-type"], shown.body), ("image/png", make_png(3)))
        replies["AuthorizedUser"] = nopass.authorized_user(auth_id)
        self.assert_ok(replies["AuthorizedUser"], True)
        self.assertEqual(site.session(session["id"])["state"], "authorized")
        replies["CloseSession"] = nopass.close_session(auth_id, "alice")
        self.assert_ok(replies["CloseSession"], True)
        self.assertEqual(site.session(session["id"])["state"], "closed")

    def enrol_change_delete(self, nopass, site, replies):
        otp = secrets.token_hex(16)
        registration = site.start_registration("bob", otp)
        replies["ValidateUserRegistration"] = nopass.validate_user_registration(otp, "bob")
        self.assert_ok(replies["ValidateUserRegistration"], True)
        replies["ConfirmUserRegistration"] = nopass.confirm_user_registration(otp, "bob", secrets.token_hex(16))
        self.assert_ok(replies["ConfirmUserRegistration"], "OK")
        found = site.want(200, "GET", f"/v1/registrations/{registration['id']}")
        self.assertEqual(found["state"], "confirmed")
        replies["UpdateUser"] = nopass.update_user("bob", givenName="Robert")
        self.assert_ok(replies["UpdateUser"], "OK")
        self.assertEqual(site.users()["bob"]["givenName"], "Robert")
        replies["DeleteUser"] = nopass.delete_user("bob")
        self.assert_ok(replies["DeleteUser"], "OK")

    def assert_walk_events(self, site):
        events, _ = site.all_events()
        self.assertEqual(short(events), WALK)
        for event in events:
            self.assertEqual((event["specversion"], event["source"]), ("1.0", "/nopassd/main"))
        self.assertEqual(len({event["id"] for event in events}), len(events))
        updated = events[WALK.index("user.updated")]["data"]
        self.assertEqual(updated["changed"], ["givenName"])
        closed = [event["data"]["by"] for event in events if event["type"] == "nopass.session.closed"]
        self.assertEqual(closed, ["nopass", "nopass"])


class PlainWalk(Walk):
    def test_all_eleven_callbacks_and_their_events_over_plain_http_on_loopback(self):
        daemon = self.daemon()
        replies = self.walk(self.nopass(daemon), Site(daemon.site_path))
        self.assert_walk_events(Site(daemon.site_path))
        types = {name: reply.headers["content-type"] for name, reply in replies.items()}
        self.assertEqual(types, {name: TEXT if name in ("ConfirmPreRegistration", "ConfirmRegistration",
                                                        "CloseSession") else JSON for name in replies})

    def test_everything_is_json_when_the_configuration_says_so(self):
        daemon = self.daemon({"callbacks.content_type": "json"})
        replies = self.walk(self.nopass(daemon), Site(daemon.site_path))
        self.assertEqual({reply.headers["content-type"] for reply in replies.values()}, {JSON})

    def test_accept_naming_json_makes_a_text_reply_json(self):
        daemon = self.daemon()
        window = Site(daemon.site_path).open_window()
        nopass = self.nopass(daemon)
        body = {"adminId": window["adminId"], "r": 1}
        for accept, expected in ((JSON, JSON), ("application/json;q=0", TEXT), ("*/*", TEXT)):
            reply = nopass.call("ConfirmPreRegistration", body, headers={"Accept": accept})
            self.assertEqual((reply.status, reply.headers["content-type"]), (200, expected), accept)

    def test_the_sample_style_answers_bare_results_and_empty_bodies(self):
        daemon, nopass, site = self.registered_daemon({"callbacks.reply_style": "sample"})
        self.assertEqual((nopass.add_users(person("alice")).body), b"true")
        site.start_session("alice", "auth-sample")
        self.assertEqual(nopass.update_picture("auth-sample").body, b"")
        self.assertEqual(nopass.authorized_user("auth-sample").body, b"true")
        refused = nopass.authorized_user("nobody-knows-it")
        self.assertEqual((refused.status, refused.body), (404, b""))
        self.assertTrue(daemon.is_running())


class TlsWalk(Walk):
    def setUp(self):
        self.settings = {}
        self.one = self.stopped_daemon()
        self.authority = Authority(self.one.folder, "test-authority")
        certificate, key = self.authority.issue("localhost")
        self.one.settings.update({"listener.tls_certificate": certificate, "listener.tls_key": key})
        self.one.start()

    def test_all_eleven_callbacks_and_their_events_over_https(self):
        self.assertTrue(self.one.url.startswith("https://"), self.one.url)
        site = Site(self.one.site_path)
        self.walk(self.nopass(self.one, tls=self.authority.client()), site)
        self.assert_walk_events(site)

    def test_tls_1_2_and_1_3_work_and_1_1_is_refused(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = self.authority.client()
            context.minimum_version = context.maximum_version = version
            self.assertEqual(exchange(self.one.address, "POST", "/", tls=context).status, 404, version)
        old = old_client()
        self.assertTrue(speaks_tls_1_1(old, self.one), "this Python cannot speak TLS 1.1, so nothing is tested")
        with self.assertRaises(ssl.SSLError) as refused:
            exchange(self.one.address, "POST", "/", tls=old)
        self.assertIn("PROTOCOL_VERSION", refused.exception.reason)

    def test_plain_http_on_the_tls_port_is_closed_and_the_daemon_lives(self):
        with self.assertRaises(ConnectionError):
            exchange(self.one.address, "POST", "/")
        self.assertEqual(exchange(self.one.address, "POST", "/", tls=self.authority.client()).status, 404)


def old_client():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def speaks_tls_1_1(client, daemon):
    """The control: whether this client comes to terms with a server that allows TLS 1.1."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        server.minimum_version = ssl.TLSVersion.TLSv1_1
    server.load_cert_chain(daemon.settings["listener.tls_certificate"], daemon.settings["listener.tls_key"])
    ways = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(ways[0], ways[1]), server.wrap_bio(ways[1], ways[0], server_side=True)]
    for _ in range(10):
        for end in list(ends):
            try:
                end.do_handshake()
                ends.remove(end)
            except ssl.SSLWantReadError:
                pass
        if not ends:
            return True
    return False


class SimulatedWalk(DaemonCase):
    def simulate(self, daemon, *more):
        command = [program("nopass-sim"), "walk", "--portal", daemon.url, "--site", daemon.site_path,
                   "--picture-period", "0.2", *more]
        done = subprocess.run(command, capture_output=True, text=True, timeout=4 * PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}\n{daemon.log()}")

    def test_nopass_sim_walks_without_surprises(self):
        self.simulate(self.daemon())

    def test_nopass_sim_walks_without_surprises_when_replies_are_lost_and_callbacks_repeated(self):
        for seed in range(1, 5):
            with self.subTest(seed=seed):
                self.simulate(self.daemon(), "--chaos", "--seed", str(seed))


if __name__ == "__main__":
    unittest.main()
