"""Hooks: the daemon calls the site with each event, in order and until it is taken; answering hooks decide callbacks."""
import os
import random
import signal
import socket
import ssl
import tempfile
import time
import unittest
from unittest import mock

from support.case import DaemonCase
from support.certificates import Authority
from support.hook_site import HookSite
from support.nopass import person
from support.site import Site, short
from support.timing import eventually


def free_port():
    """Below those that the kernel gives to connections, so that none takes it meanwhile."""
    while True:
        port = random.randrange(20000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


class HookCase(DaemonCase):
    def hook_site(self, **more):
        hooked = HookSite(**more)
        self.addCleanup(hooked.close)
        return hooked

    def hooked_daemon(self, *sites, **settings):
        """(daemon, NoPass, site): registered, and the sites' URLs are allowed."""
        return self.registered_daemon({"hooks.targets": [each.url for each in sites], **settings})

    def put(self, site, url, name="shop", status=201, **more):
        return site.want(status, "PUT", f"/v1/hooks/{name}", {"url": url, **more})

    def hook(self, site, name="shop"):
        return site.want(200, "GET", f"/v1/hooks/{name}")

    def wait_for_rest(self, site, name="shop"):
        """Until it has taken everything."""
        return eventually(lambda: (hook := self.hook(site, name))["lag"] == 0 and hook, "the hook has taken everything")


class Delivery(HookCase):
    def test_events_come_in_order_signed_and_once(self):
        shop = self.hook_site()
        _, nopass, site = self.hooked_daemon(shop)
        secret = self.put(site, shop.url)["secret"]
        begin = site.cursor()
        for i in range(20):
            self.assert_ok(nopass.add_users(person(f"user{i}")), True)
        calls = shop.wait_for(20)
        events, _ = site.all_events(begin)
        self.assertEqual([call.event for call in calls], events)
        for call in calls:
            self.assertTrue(call.is_signed(secret))
            self.assertFalse(call.is_signed("whsec_AAAA"))
            self.assertEqual(call.headers["webhook-id"], call.event["id"])
            self.assertEqual(call.headers["content-type"], "application/json")
            self.assertLess(abs(time.time() - int(call.headers["webhook-timestamp"])), 60)
        hook = self.wait_for_rest(site)
        self.assertEqual((hook["state"], hook["failures"]), ("active", 0))
        self.assertIn("lastDeliveredAt", hook)
        self.assertEqual(len(shop.calls), 20)

    def test_only_the_wanted_types_come_over_a_unix_socket(self):
        folder = tempfile.mkdtemp(prefix="nopassd-hook-")
        self.addCleanup(os.rmdir, folder)
        shop = self.hook_site(path=os.path.join(folder, "shop.sock"))
        _, nopass, site = self.hooked_daemon(shop)
        self.put(site, shop.url, types=["nopass.user.deleted"])
        self.assert_ok(nopass.add_users(person("ada")), True)
        self.assert_ok(nopass.delete_user("ada"), "OK")
        self.assertEqual([call.type for call in shop.wait_for(1)], ["user.deleted"])
        self.assertEqual(shop.calls[0].path, "/hook")

    def test_over_https_only_to_who_proves_his_name(self):
        folder = tempfile.mkdtemp(prefix="nopassd-hook-")
        self.addCleanup(lambda: [os.unlink(entry) for entry in os.scandir(folder)] and os.rmdir(folder))
        authority, other = Authority(folder, "authority"), Authority(folder, "other")
        sites = []
        for signer, name in ((authority, "localhost"), (other, "stranger")):
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(*signer.issue(name))
            sites.append(self.hook_site(tls=tls))
        with mock.patch.dict(os.environ, {"SSL_CERT_FILE": authority.certificate}):
            _, _, site = self.hooked_daemon(*sites)
        self.put(site, sites[0].url)
        self.put(site, sites[1].url, name="stranger")
        good = site.want(200, "POST", "/v1/hooks/shop/test")
        self.assertEqual((good["delivered"], good["status"]), (True, 200), good)
        bad = site.want(200, "POST", "/v1/hooks/stranger/test")
        self.assertFalse(bad["delivered"])
        self.assertIn("certificate verify failed", bad["detail"])
        self.assertEqual(sites[1].calls, [])

    def test_a_test_brings_an_event_of_its_own_and_counts_no_failure(self):
        shop = self.hook_site(answer=lambda call: 500)
        _, _, site = self.hooked_daemon(shop)
        secret = self.put(site, shop.url)["secret"]
        tried = site.want(200, "POST", "/v1/hooks/shop/test")
        self.assertEqual((tried["delivered"], tried["status"], tried["detail"]), (False, 500, "answered 500"))
        self.assertEqual([call.type for call in shop.calls], ["hook.test"])
        self.assertTrue(shop.calls[0].is_signed(secret))
        self.assertEqual(self.hook(site)["failures"], 0)
        self.assertNotIn("lastError", self.hook(site))

    def test_the_metrics_count_and_show_the_lag(self):
        shop = self.hook_site(answer=lambda call: 500)
        _, nopass, site = self.hooked_daemon(shop)
        self.put(site, shop.url)
        self.assert_ok(nopass.add_users(person("ada")), True)
        eventually(lambda: self.hook(site)["failures"], "the failure is written down")
        shop.answer = lambda call: 200
        text = site.get("/metrics").body.decode()
        self.assertIn('nopassd_hook_lag_events{hook="shop"} 1\n', text)
        self.assertRegex(text, r'nopassd_hook_deliveries_total\{result="failed"\} [1-9]')
        self.wait_for_rest(site)
        self.assertIn('nopassd_hook_deliveries_total{result="delivered"} 1\n', site.get("/metrics").body.decode())


class Trouble(HookCase):
    def test_an_event_comes_again_after_a_500_and_the_others_wait_behind_it(self):
        answers = [500, 503, 302]
        shop = self.hook_site(answer=lambda call: answers.pop(0) if answers else 200)
        _, nopass, site = self.hooked_daemon(shop)
        self.put(site, shop.url)
        began = time.monotonic()
        self.assert_ok(nopass.add_users(person("ada")), True)
        self.assert_ok(nopass.delete_user("ada"), "OK")
        shop.wait_for(1)
        hook = eventually(lambda: (now := self.hook(site))["failures"] and now, "the failure is written down")
        self.assertEqual((hook["state"], hook["lastError"]["status"]), ("failing", 500))
        calls = shop.wait_for(5)
        self.assertEqual(len({call.event["id"] for call in calls[:4]}), 1)
        # Three pauses: 2, 4 and 8 s, each a fifth more or less.
        self.assertGreater(time.monotonic() - began, 14 * 0.8)
        self.assertEqual(short([call.event for call in calls[3:]]), ["user.added", "user.deleted"])
        hook = self.wait_for_rest(site)
        self.assertEqual((hook["state"], hook["failures"]), ("active", 0))
        self.assertEqual(hook["lastError"]["detail"], "answered 302: redirects are not followed")
        # Its own trouble is told to others, not to it.
        self.assertEqual([kind for kind in short(site.all_events()[0]) if kind.startswith("hook.")],
                         ["hook.failing", "hook.recovered"])
        self.assertEqual(len(shop.calls), 5)

    def test_an_event_comes_again_after_a_hang(self):
        shop = self.hook_site()
        shop.answer = shop.hang
        _, nopass, site = self.hooked_daemon(shop)
        self.put(site, shop.url)
        self.assert_ok(nopass.add_users(person("ada")), True)
        shop.wait_for(1)
        shop.answer = lambda call: 200
        calls = shop.wait_for(2)
        self.assertEqual(calls[0].body, calls[1].body)
        hook = self.wait_for_rest(site)
        self.assertEqual(hook["lastError"]["detail"], "no answer within 10 s")
        self.assertNotIn("status", hook["lastError"])

    def test_410_pauses_until_the_next_put(self):
        shop = self.hook_site(answer=lambda call: 410)
        _, nopass, site = self.hooked_daemon(shop)
        self.put(site, shop.url)
        self.assert_ok(nopass.add_users(person("ada")), True)
        eventually(lambda: self.hook(site)["state"] == "paused", "the hook pauses")
        self.assert_ok(nopass.delete_user("ada"), "OK")
        shop.answer = lambda call: 200
        self.assertNotIn("secret", self.put(site, shop.url, status=200))
        self.wait_for_rest(site)
        self.assertEqual([call.type for call in shop.calls],
                         ["user.added", "user.added", "user.deleted"])

    def test_a_restart_in_between_loses_nothing(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest(number):
                shop = self.hook_site()
                daemon, nopass, site = self.hooked_daemon(shop)
                self.put(site, shop.url)
                begin = site.cursor()
                for i in range(5):
                    self.assert_ok(nopass.add_users(person(f"user{i}")), True)
                shop.wait_for(2)
                nopass.close()
                daemon.restart(number)
                nopass.address = daemon.address
                for i in range(5, 8):
                    self.assert_ok(nopass.add_users(person(f"user{i}")), True)
                self.wait_for_rest(site)
                ids = list(dict.fromkeys(call.event["id"] for call in shop.calls))
                self.assertEqual(ids, [event["id"] for event in site.all_events(begin)[0]])

    def test_the_daemon_ends_at_once_while_a_hook_hangs(self):
        shop = self.hook_site()
        shop.answer = shop.hang
        daemon, nopass, site = self.hooked_daemon(shop)
        self.put(site, shop.url)
        self.assert_ok(nopass.add_users(person("ada")), True)
        shop.wait_for(1)
        nopass.close()
        began = time.monotonic()
        self.assertEqual(daemon.stop(), 0, daemon.log())
        self.assertLess(time.monotonic() - began, 5)
        shop.answer = lambda call: 200
        daemon.start()
        hook = self.wait_for_rest(site)
        self.assertNotIn("lastError", hook)
        self.assertEqual([call.type for call in shop.calls], ["user.added", "user.added"])


class OwnSockets(HookCase):
    WHY = "leads to one of the daemon's own sockets"

    def setUp(self):
        # The targets name the ports, so they are chosen here.
        self.ports = [free_port(), free_port()]
        self.one = self.stopped_daemon({"listener.address": f"127.0.0.1:{self.ports[0]}",
                                        "metrics.address": f"127.0.0.1:{self.ports[1]}"})
        self.one.settings["hooks.targets"] = ["unix:" + self.one.folder, *self.urls()]
        self.one.start()
        self.site = Site(self.one.site_path)

    def urls(self):
        return [f"http://{name}:{port}" for port in self.ports for name in ("127.0.0.1", "localhost", "0.0.0.0")]

    def test_are_refused_where_they_can_be_seen(self):
        os.symlink(self.one.site_path, os.path.join(self.one.folder, "link.sock"))
        for url in self.urls() + [f"unix:{self.one.site_path}:/v1/portal/reset", f"unix:{self.one.folder}/link.sock:/v1"]:
            problem = self.site.want(422, "PUT", "/v1/hooks/shop", {"url": url})
            self.assertEqual([(each["source"]["pointer"], each["detail"]) for each in problem["errors"]],
                             [("/url", self.WHY)], url)
        self.assertEqual(self.site.want(200, "GET", "/v1/hooks")["data"], [])

    def test_are_not_called_when_they_turn_up_later(self):
        later = os.path.join(self.one.folder, "later.sock")
        self.put(self.site, f"unix:{later}:/v1/portal/reset")
        self.assertIn("No such file", self.site.want(200, "POST", "/v1/hooks/shop/test")["detail"])
        os.symlink(self.one.site_path, later)
        self.assertEqual(self.site.want(200, "POST", "/v1/hooks/shop/test")["detail"], self.WHY)


class Questions(HookCase):
    def asked(self, answer):
        oracle = self.hook_site(answer=answer)
        self.one, nopass, site = self.hooked_daemon(oracle, **{"policy.add_users": "ask", "policy.timeout": "5s"})
        return oracle, nopass, site

    def test_an_answering_hook_decides(self):
        verdicts = {"ada": True, "eve": False}

        def answer(call):
            if call.type != "question.asked":
                return 200
            return 200, {"allow": verdicts[call.event["data"]["logins"][0]], "reason": "as told"}

        oracle, nopass, site = self.asked(answer)
        secret = self.put(site, oracle.url, answers=True)["secret"]
        self.assert_ok(nopass.add_users(person("ada")), True)
        self.assertEqual(nopass.add_users(person("eve")).json["result"], False)
        self.assertEqual(list(site.users()), ["ada"])
        questions = [call for call in oracle.calls if call.type == "question.asked"]
        self.assertEqual(len(questions), 2)
        self.assertTrue(all(call.is_signed(secret) for call in questions))
        self.assertEqual(questions[0].event["data"]["callback"], "AddUsers")

    def test_it_is_asked_beside_an_event_that_hangs(self):
        oracle, nopass, site = self.asked(None)
        oracle.answer = lambda call: (200, {"allow": True}) if call.type == "question.asked" else oracle.hang()
        self.put(site, oracle.url, answers=True)
        self.assert_ok(nopass.add_users(person("ada")), True)
        eventually(lambda: any(call.type == "user.added" for call in oracle.calls), "an event hangs")
        self.assert_ok(nopass.add_users(person("bob")), True)

    def test_without_one_the_fallback_comes_at_once(self):
        oracle, nopass, site = self.asked(lambda call: (200, {"allow": True}))
        self.put(site, oracle.url, answers=True)
        self.assert_ok(nopass.add_users(person("ada")), True)
        for change in (lambda: self.put(site, oracle.url, status=200), lambda: site.want(204, "DELETE", "/v1/hooks/shop")):
            change()
            began = time.monotonic()
            self.assertEqual(nopass.add_users(person("bob")).json["result"], False)
            self.assertLess(time.monotonic() - began, 3)

    def test_after_a_restart_it_still_answers(self):
        oracle, nopass, site = self.asked(lambda call: (200, {"allow": True}))
        self.put(site, oracle.url, answers=True)
        nopass.close()
        self.one.restart()
        nopass.address = self.one.address
        eventually(lambda: nopass.add_users(person("ada")).json["result"], "the hook is asked")


if __name__ == "__main__":
    unittest.main()
