"""Stopped or killed in the middle of something, the daemon goes on where it was."""
import functools
import secrets
import signal
import unittest

from support.case import DaemonCase
from support.nopass import person
from support.pictures import make_png
from support.site import Site, short

ENDS = (signal.SIGTERM, signal.SIGKILL)


def with_each_end(test):
    @functools.wraps(test)
    def run(self):
        for number in ENDS:
            with self.subTest(number.name):
                test(self, number)

    return run


class Restart(DaemonCase):
    def restarted(self, daemon, nopass, number):
        daemon.restart(number)
        nopass.close()
        nopass.address = daemon.address

    @with_each_end
    def test_the_window_and_the_challenge_survive_between_callbacks_1_and_2(self, number):
        daemon = self.daemon()
        site, nopass = Site(daemon.site_path), self.nopass(daemon)
        window = site.open_window()
        self.restarted(daemon, nopass, number)
        self.assertEqual(nopass.confirm_pre_registration(window["adminId"], 7).status, 200)
        self.restarted(daemon, nopass, number)
        self.assert_ok(nopass.confirm_registration(), {"sCode": window["sCode"]})
        self.restarted(daemon, nopass, number)
        self.assertEqual(site.portal()["state"], "registered")
        self.assert_ok(nopass.confirm_registration(), {"sCode": window["sCode"]})
        self.assertEqual(short(site.all_events()[0]), ["portal.challenged", "portal.registered"])

    @with_each_end
    def test_a_registration_goes_on_between_callbacks_4_and_5(self, number):
        daemon, nopass, site = self.registered_daemon()
        otp, auth_id = secrets.token_hex(16), secrets.token_hex(16)
        registration = site.start_registration("carol", otp)
        self.restarted(daemon, nopass, number)
        self.assert_ok(nopass.validate_user_registration(otp, "carol"), True)
        self.restarted(daemon, nopass, number)
        self.assert_ok(nopass.validate_user_registration(otp, "carol"), True)
        self.assert_ok(nopass.confirm_user_registration(otp, "carol", auth_id), "OK")
        self.restarted(daemon, nopass, number)
        self.assert_ok(nopass.confirm_user_registration(otp, "carol", auth_id), "OK")
        found = site.want(200, "GET", f"/v1/registrations/{registration['id']}")
        self.assertEqual(found["state"], "confirmed")
        self.assertEqual(site.users()["carol"]["state"], "active")
        self.assertEqual(short(site.all_events()[0])[2:],
                         ["registration.started", "registration.validated", "user.registered"])

    @with_each_end
    def test_a_login_goes_on_with_its_picture_and_a_repeat_raises_nothing(self, number):
        daemon, nopass, site = self.registered_daemon()
        nopass.add_users(person("dora"))
        auth_id = secrets.token_hex(16)
        session = site.start_session("dora", auth_id)
        self.assert_ok(nopass.update_picture(auth_id, 1), "OK")
        self.assert_ok(nopass.update_picture(auth_id, 2), "OK")
        self.restarted(daemon, nopass, number)
        path = f"/v1/sessions/{session['id']}"
        self.assertEqual(site.get(path + "/picture").body, make_png(2))
        found = site.session(session["id"])
        self.assertEqual((found["state"], found["pictureVersion"]), ("pending", 2))
        self.assert_ok(nopass.update_picture(auth_id, 1), "OK")  # shown before: ignored
        self.assertEqual(site.get(path + "/picture").body, make_png(2))
        self.assert_ok(nopass.authorized_user(auth_id), True)
        self.restarted(daemon, nopass, number)
        self.assertEqual(site.session(session["id"])["state"], "authorized")
        self.assert_ok(nopass.authorized_user(auth_id), True)
        self.assert_refused(nopass.authorized_user(auth_id, False), 400, "109")
        self.assertEqual(short(site.all_events()[0])[2:], ["user.added", "session.started", "session.authorized"])

    @with_each_end
    def test_a_denial_and_its_reason_survive(self, number):
        daemon, nopass, site = self.registered_daemon()
        nopass.add_users(person("emil"))
        session = site.start_session("emil", "auth-emil")
        self.assert_ok(nopass.authorized_user("auth-emil", False, "not <b>me</b>"), True)
        self.restarted(daemon, nopass, number)
        self.assertEqual(site.session(session["id"])["state"], "denied")
        denied = site.all_events()[0][-1]
        self.assertEqual((denied["type"], denied["data"]["reason"]), ("nopass.session.denied", "not <b>me</b>"))

    @with_each_end
    def test_events_and_cursors_and_the_epoch_survive(self, number):
        daemon, nopass, site = self.registered_daemon()
        nopass.add_users(person("frank"), person("grace"))
        before, end = site.all_events()
        self.restarted(daemon, nopass, number)
        after, same_end = site.all_events()
        self.assertEqual((after, same_end), (before, end))
        self.assertEqual(site.events(before[1]["cursor"])[0], before[2:])
        nopass.add_users(person("heidi"))
        more, _ = site.events(end)
        self.assertEqual(short(more), ["user.added"])
        self.assertEqual(more[0]["cursor"].split(".")[0], before[0]["cursor"].split(".")[0])

    @with_each_end
    def test_consumers_survive_and_get_what_they_have_not_acknowledged(self, number):
        daemon, nopass, site = self.registered_daemon()
        site.make_consumer("mail", **{"from": "oldest", "types": ["nopass.user.added"]})
        nopass.add_users(person("ivan"), person("judy"), person("karl"))
        delivered = site.consume("mail")
        self.assertEqual(short(delivered), ["user.added"] * 3)
        site.acknowledge("mail", delivered[0]["cursor"])
        self.restarted(daemon, nopass, number)
        shown = site.want(200, "GET", "/v1/consumers/mail")
        self.assertEqual((shown["cursor"], shown["types"]), (delivered[0]["cursor"], ["nopass.user.added"]))
        # What was delivered before may be acknowledged without another delivery.
        site.acknowledge("mail", delivered[1]["cursor"])
        self.assertEqual(site.consume("mail"), delivered[2:])
        site.acknowledge("mail", delivered[2]["cursor"])
        self.assertEqual(site.consume("mail"), [])

    @with_each_end
    def test_what_was_disabled_stays_disabled(self, number):
        daemon, nopass, site = self.registered_daemon()
        self.assertEqual(nopass.disable_service().body, b"true")
        self.restarted(daemon, nopass, number)
        self.assertEqual(site.portal()["state"], "disabled")
        self.assert_refused(nopass.delete_user("nobody"), 403, "112")
        self.assertEqual(nopass.disable_service().body, b"true")
        self.assertEqual(short(site.all_events()[0])[2:], ["portal.disabled"])


if __name__ == "__main__":
    unittest.main()
