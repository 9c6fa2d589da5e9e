"""The live socket of the real daemon: what a browser sees of logins and registrations as NoPass and site go on."""
import os
import signal
import stat
import unittest

from support.ceremony import CeremonyCase
from support.site import EventStream, Site
from support.wire import exchange


class Live(CeremonyCase):
    def setUp(self):
        super().setUp()
        self.live = Site(self.running.live_path)

    def stream(self, address, **more):
        stream = EventStream(self.running.live_path, address=address + "/events", **more)
        self.addCleanup(stream.close)
        return stream

    def test_a_login_as_the_browser_sees_it(self):
        login = self.login("erin")
        stream = self.stream(login.live_url)
        first = stream.event()
        self.assertEqual((first.type, first.data["state"]), ("state", "pending"))
        self.assertNotIn("pictureVersion", first.data)
        for version in (1, 2):
            self.assert_ok(self.nopass.update_picture(login.auth_id, version), "OK")
            event = stream.event()
            self.assertEqual((event.type, event.data["pictureVersion"]), ("picture", version))
            self.assertTrue(29000 < event.data["nextChangeInMs"] <= 30000, event)
            reply = self.live.get(f"{login.live_url}/picture?v={version}")
            self.assertEqual((reply.headers["content-type"], reply.body), ("image/png", login.picture()))
        self.assert_ok(self.nopass.authorized_user(login.auth_id), True)
        self.assertEqual(stream.event().type, "authorized")
        self.assertEqual(login.redeem().status, 200)
        self.assertIsNone(stream.event(), "the stream ends with the ticket")
        self.assertEqual(self.live.get(login.live_url).status, 404)

    def test_every_end_is_told_and_told_again_to_whoever_missed_it(self):
        ends = {"denied": lambda login: self.nopass.authorized_user(login.auth_id, False, "changedMind"),
                "closed": lambda login: self.site.want(204, "DELETE", f"/v1/sessions/{login.id}")}
        for name, end in ends.items():
            login = self.login("erin")
            stream = self.stream(login.live_url)
            seen = stream.event().id
            end(login)
            last = stream.event()
            self.assertEqual(last.type, name)
            self.assertIsNone(stream.event())
            again = self.stream(login.live_url, headers={"Last-Event-ID": seen})
            self.assertEqual([again.event().type, again.event().type, again.event()], ["state", name, None])
        self.assertEqual(last.data, {"state": "cancelled"})

    def test_a_registration_as_the_browser_sees_it(self):
        otp = self.secret("otp")
        started = self.site.start_registration("frank", otp)
        stream = self.stream(started["liveUrl"])
        self.assertEqual(stream.event().data["state"], "started")
        self.assert_ok(self.nopass.validate_user_registration(otp, "frank"), True)
        event = stream.event()
        self.assertEqual((event.type, event.data["state"]), ("state", "validated"))
        self.assert_ok(self.nopass.confirm_user_registration(otp, "frank", self.secret("auth")), "OK")
        event = stream.event()
        self.assertEqual((event.type, event.data["state"]), ("registered", "confirmed"))
        self.assertIsNone(stream.event())

    def test_a_refused_registration_is_told_as_denied(self):
        otp = self.secret("otp")
        started = self.site.start_registration("frank", otp)
        stream = self.stream(started["liveUrl"])
        stream.event()
        self.nopass.validate_user_registration(otp, "somebody else")
        event = stream.event()
        self.assertEqual((event.type, event.data), ("denied", {"state": "refused"}))

    def test_streams_end_when_the_daemon_stops(self):
        stream = self.stream(self.login("erin").live_url)
        stream.event()
        self.running.tell(signal.SIGTERM)
        self.assertIsNone(stream.event())
        self.assertEqual(self.running.wait(), 0)
        self.assertFalse(os.path.exists(self.running.live_path))

    def test_the_socket_has_its_mode(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.running.live_path).st_mode), 0o660)

    def test_no_ticket_reaches_the_log(self):
        self.running.stop()
        self.running.settings["daemon.log_level"] = "trace"
        self.running.start()
        login = self.login("erin")
        stream = self.stream(login.live_url)
        stream.event()
        for path in (login.live_url, login.live_url + "/picture", login.live_url + "/nothing", "/nopass/t/" + "A" * 43):
            self.live.get(path)
        exchange(self.running.live_path, "GET", login.live_url + " broken", version="9")
        self.assertEqual(self.running.stop(), 0)
        self.assertIn("live request", self.running.log())
        self.assertNotIn(login.ticket, self.running.log())

    def test_metrics_count_what_browsers_ask(self):
        login = self.login("erin")
        stream = self.stream(login.live_url)
        stream.event()
        self.live.get(login.live_url)
        self.live.get("/nopass/t/" + "A" * 43)
        text = self.site.get("/metrics").body.decode()
        for line in ("nopassd_live_streams 1", 'nopassd_live_requests_total{kind="status",status="200"} 1',
                     'nopassd_live_requests_total{kind="status",status="404"} 1', "nopassd_live_guesses_total 1",
                     'nopassd_connections{listener="live"} 1'):
            self.assertIn(line + "\n", text)


class Elsewhere(CeremonyCase):
    settings = {"live.origins": ["https://www.example.com"], "live.public_path": "/login/live"}

    def test_pages_of_configured_origins_may_read(self):
        login = self.login("erin")
        self.assertTrue(login.live_url.startswith("/login/live/t/"))
        live = Site(self.running.live_path)
        for origin, allowed in (("https://www.example.com", "https://www.example.com"), ("https://evil.example", None)):
            reply = live.get(login.live_url, headers={"Origin": origin})
            self.assertEqual((reply.status, reply.headers.get("access-control-allow-origin")), (200, allowed))


if __name__ == "__main__":
    unittest.main()
