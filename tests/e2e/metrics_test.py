"""GET /metrics on the site socket and on metrics.address, read with Prometheus's own eyes."""
import re
import shutil
import subprocess
import unittest

from support.case import DaemonCase
from support.certificates import Authority
from support.nopass import ROOT, person
from support.site import EventStream, Site, short, waiting_reader
from support.timing import PATIENCE, eventually
from support.wire import Wire, exchange

SAMPLE = re.compile(r'^([a-z_]+)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'([a-z]+)="((?:[^"\\]|\\.)*)"')


class Figures:
    """One exposition; figures(metric, label=value, …) is a sample, 0 when there is none."""

    def __init__(self, reply):
        if reply.status != 200 or reply.headers["content-type"] != "text/plain; version=0.0.4; charset=utf-8":
            raise AssertionError(f"no exposition: {reply}")
        self.text = reply.body.decode()
        self.samples = {}
        for line in self.text.splitlines():
            if not line.startswith("#"):
                name, labels, value = SAMPLE.match(line).groups()
                key = (name, *sorted(LABEL.findall(labels or "")))
                if key in self.samples:
                    raise AssertionError(f"twice: {line}")
                self.samples[key] = float(value)

    def __call__(self, metric, /, **labels):
        return self.samples.get((metric, *sorted(labels.items())), 0)

    def __contains__(self, name):
        return any(key[0] == name for key in self.samples)


class Metrics(DaemonCase):
    def setUp(self):
        self.address = None

    def registered(self, add_erin=True, **more):
        daemon, nopass, site = self.registered_daemon({"metrics.address": "127.0.0.1:0", **more})
        line = daemon.wait_for_line("metrics listener=http://")
        host, port = re.search(r"listener=http://([0-9.]+):(\d+)", line).groups()
        self.address = (host, int(port))
        if add_erin:
            self.assertEqual(nopass.add_users(person("erin")).status, 200)
        return daemon, nopass, site

    def figures(self, site):
        return Figures(site.get("/metrics"))

    def check(self, text):
        promtool = shutil.which("promtool")
        self.assertIsNotNone(promtool, "promtool is missing: tools/install-packages installs it")
        done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True,
                              timeout=PATIENCE, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""), text)

    def test_promtool_finds_nothing_to_object_to(self):
        daemon, nopass, site = self.registered()
        self.check(self.figures(site).text)
        # And once more with every family in use.
        site.make_consumer("mail")
        session = site.start_session("erin", "auth-1")
        nopass.authorized_user("auth-1")
        exchange(daemon.address, "GET", "/nowhere")
        site.get("/nowhere")
        from_tcp = Figures(exchange(self.address, "GET", "/metrics"))
        self.check(from_tcp.text)
        names = {key[0] for key in self.figures(site).samples}
        self.assertEqual({key[0] for key in from_tcp.samples}, names)
        for secret in (nopass.auth_token, nopass.portal_id, "auth-1", "erin", session["id"]):
            self.assertNotIn(secret, from_tcp.text)

    def test_callbacks_are_counted_and_timed_one_by_one(self):
        _, nopass, site = self.registered()
        before = self.figures(site)
        site.start_session("erin", "auth-1")
        for i in range(7):
            self.assertEqual(nopass.update_picture("auth-1", seed=i).status, 200)
        self.assertEqual(nopass.authorized_user("auth-1").status, 200)
        self.assertEqual(nopass.call("AuthorizedUser", {}).status, 400)
        now = self.figures(site)
        for name, status, count in (("UpdatePicture", 200, 7), ("AuthorizedUser", 200, 1), ("AuthorizedUser", 400, 1)):
            labels = {"name": name, "status": str(status)}
            self.assertEqual(now("nopassd_callbacks_total", **labels) - before("nopassd_callbacks_total", **labels),
                             count, labels)
        self.assertEqual(now("nopassd_callback_duration_seconds_count", name="UpdatePicture"), 7)
        self.assertEqual(now("nopassd_callback_duration_seconds_bucket", name="UpdatePicture", le="+Inf"), 7)
        self.assertGreater(now("nopassd_callback_duration_seconds_sum", name="UpdatePicture"), 0)
        self.assertEqual(now("nopassd_portal_state", state="registered"), 1)
        # Each change was waited for, so that each had a commit of its own.
        commits = now("nopassd_commit_batch_transactions_count") - before("nopassd_commit_batch_transactions_count")
        self.assertGreaterEqual(commits, 9)
        self.assertGreater(now("nopassd_database_bytes"), 0)
        self.assertGreater(now("nopassd_database_log_bytes"), 0)

    def test_site_requests_are_counted_by_the_pattern_of_their_path(self):
        _, _, site = self.registered()
        session = site.start_session("erin", "auth-1")
        before = self.figures(site)
        for _ in range(3):
            site.session(session["id"])
        site.get("/v1/sessions/none")
        site.get("/v1/sessions?limit=0")
        site.get("/no/such/path")
        moved = {key[1:]: value - before.samples.get(key, 0) for key, value in self.figures(site).samples.items()
                 if key[0] == "nopassd_site_requests_total"}
        moved = {key: value for key, value in moved.items() if value}
        one = ("endpoint", "/v1/sessions/{id}")
        self.assertEqual(moved, {
            (one, ("method", "GET"), ("status", "200")): 3,
            (one, ("method", "GET"), ("status", "404")): 1,
            (("endpoint", "/v1/sessions"), ("method", "GET"), ("status", "422")): 1,
            (("endpoint", "other"), ("method", "other"), ("status", "404")): 1,
            (("endpoint", "/metrics"), ("method", "GET"), ("status", "200")): 1,
        })

    def test_refused_callers_and_those_in_a_hurry_are_counted(self):
        daemon, _, site = self.registered(add_erin=False, **{
            "site.own_calls": False, "callers.allow": ["127.0.0.1"], "callers.anybody": True, "callers.requests_per_second": 1,
            "callers.burst": 2, "policy.update_user": "deny", "policy.add_users": "deny"})
        for status in (404, 404, 429):
            reply = exchange(daemon.address, "POST", ROOT + "AuthorizedUser",
                             b'{"authId":"none","isAuthorized":"true"}', source="127.0.0.9",
                             headers={"Content-Type": "application/json"})
            self.assertEqual(reply.status, status, reply)
        now = self.figures(site)
        self.assertEqual(now("nopassd_too_many_requests_total", kind="caller"), 1)
        self.assertEqual(now("nopassd_callbacks_total", name="AuthorizedUser", status="429"), 1)
        self.assertEqual(now("nopassd_callers_refused_total", reason="not_allowed"), 0)

        daemon, _, site = self.registered(**{"callers.allow": ["127.0.0.1"]})
        for _ in range(3):
            self.assertEqual(exchange(daemon.address, "POST", ROOT + "UpdatePicture", b"{}",
                                      source="127.0.0.9").status, 403)
        self.assertEqual(self.figures(site)("nopassd_callers_refused_total", reason="not_allowed"), 3)

    def test_what_the_site_did_not_announce_is_counted(self):
        _, nopass, site = self.registered(**{"site.own_calls": False})
        self.assertEqual(nopass.validate_user_registration("otp-1", "frank").codes, ["111"])
        self.assertEqual(self.figures(site)("nopassd_unknown_otps_refused_total"), 1)

    def test_questions_without_anybody_to_answer_are_counted(self):
        _, nopass, site = self.registered(add_erin=False, **{"policy.add_users": "ask"})
        self.assertEqual(nopass.add_users(person("erin")).status, 400)
        now = self.figures(site)
        self.assertEqual(now("nopassd_questions_asked_total"), 0)
        self.assertEqual(now("nopassd_questions_fallback_total"), 1)

    def test_lag_and_the_event_log_are_told(self):
        _, nopass, site = self.registered()
        site.make_consumer("mail")
        site.start_session("erin", "auth-1")
        nopass.authorized_user("auth-1")
        now = self.figures(site)
        self.assertEqual(now("nopassd_consumer_lag_events", consumer="mail"), 2)
        self.assertEqual(now("nopassd_event_log_last_sequence"), 5)
        self.assertEqual(now("nopassd_event_log_oldest_sequence"), 1)
        self.assertIn("nopassd_hook_lag_events gauge", now.text)
        site.acknowledge("mail", site.consume("mail")[-1]["cursor"])
        self.assertEqual(self.figures(site)("nopassd_consumer_lag_events", consumer="mail"), 0)

    def test_open_connections_and_what_waits_on_them_are_told(self):
        daemon, nopass, site = self.registered()
        nopass.close()
        site.make_consumer("mail")
        self.assertEqual(self.figures(site)("nopassd_site_waiting_requests", kind="stream"), 0)
        poll = waiting_reader(site, "mail")
        stream = EventStream(site.path)
        stream.block()
        with Wire(daemon.address), Wire(daemon.address):
            eventually(lambda: self.figures(site)("nopassd_connections", listener="callbacks") == 2, "two connections")
            now = self.figures(site)
            self.assertEqual(now("nopassd_site_waiting_requests", kind="poll"), 1)
            self.assertEqual(now("nopassd_site_waiting_requests", kind="stream"), 1)
            self.assertGreaterEqual(now("nopassd_connections", listener="site"), 3)
            self.assertGreater(now("process_open_fds"), 5)
            self.assertGreater(now("process_resident_memory_bytes"), 1 << 20)
            self.assertGreater(now("process_start_time_seconds"), 1_700_000_000)
        poll.close()
        stream.close()

        def nothing_waits():
            now = self.figures(site)
            return not any(now("nopassd_site_waiting_requests", kind=kind) for kind in ("poll", "stream"))

        eventually(nothing_waits, "the gauges go down when the readers are gone")

    def test_the_listener_for_prometheus_serves_nothing_else(self):
        _, _, _ = self.registered()
        with Wire(self.address) as wire:
            reply = wire.request("GET", "/metrics")
            self.assertEqual(reply.status, 200)
            wire.send(b"HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
            head = wire.reply(to_head=True)
            self.assertEqual((head.status, head.body), (200, b""))
            self.assertGreater(int(head.headers["content-length"]), 1000)
            self.assertEqual(wire.request("GET", "/metrics?format=text").status, 200)
            for method in ("POST", "PUT", "DELETE", "OPTIONS"):
                refused = wire.request(method, "/metrics")
                self.assertEqual((refused.status, refused.headers.get("allow")), (405, "GET, HEAD"), method)
            for path in ("/", "/v1", "/v1/users", "/livez", "/metrics/", "/metrics/x", ROOT + "UpdatePicture"):
                self.assertEqual(wire.request("GET", path).status, 404, path)
        large = exchange(self.address, "GET", "/metrics", headers={"X": "x" * 20_000})
        self.assertEqual(large.status, 431)
        self.assertEqual(exchange(self.address, "POST", "/metrics", b"x" * 100_000).status, 405)

    def test_there_is_no_listener_unless_one_is_configured(self):
        daemon, _, site = self.registered_daemon()
        self.assertNotIn("metrics listener=", daemon.log())
        self.assertNotIn('listener="metrics"', self.figures(site).text)

    def test_an_address_in_use_is_said_at_the_start(self):
        self.registered()
        daemon = self.stopped_daemon({"metrics.address": f"127.0.0.1:{self.address[1]}"})
        done = daemon.run()
        self.assertEqual(done.returncode, 1)
        self.assertIn("metrics.address: cannot listen on 127.0.0.1", done.stderr)


class Certificates(DaemonCase):
    def test_a_certificate_about_to_expire_is_told_everywhere_and_once_a_day(self):
        daemon = self.stopped_daemon()
        authority = Authority(daemon.folder, "ca")
        certificate, key = authority.issue("localhost", days=2)
        daemon.settings.update({"listener.tls_certificate": certificate, "listener.tls_key": key})
        for _ in range(2):
            daemon.start()
            site = Site(daemon.site_path)
            eventually(lambda: "certificate.expiring" in short(site.all_events()[0]), "the event")
            self.assertEqual(site.want(200, "GET", "/readyz")["certificateDays"], 1)
            expires = Figures(site.get("/metrics"))("nopassd_certificate_expiry_timestamp_seconds")
            self.assertAlmostEqual(expires, Figures(site.get("/metrics"))("process_start_time_seconds") + 2 * 86400,
                                   delta=600)
            daemon.stop()
        daemon.start()
        events = [event for event in Site(daemon.site_path).all_events()[0]
                  if event["type"] == "nopass.certificate.expiring"]
        self.assertLessEqual(len(events), 2)  # two only when a day ended meanwhile
        self.assertEqual(len({event["time"][:10] for event in events}), len(events))
        self.assertEqual(events[0]["data"], {"days": 1})

    def test_without_tls_nothing_is_said_of_certificates(self):
        site = Site(self.daemon().site_path)
        self.assertNotIn("certificateDays", site.want(200, "GET", "/readyz"))
        self.assertNotIn("nopassd_certificate_expiry_timestamp_seconds", Figures(site.get("/metrics")))


if __name__ == "__main__":
    unittest.main()
