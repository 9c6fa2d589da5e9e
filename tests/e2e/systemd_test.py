"""The daemon as systemd's service: sockets that are passed, and the watchdog."""
import os
import threading
import unittest

from support.case import DaemonCase
from support.nopass import ROOT
from support.service_manager import ServiceManager
from support.site import Site
from support.wire import Wire, exchange

ANYWHERE = ("127.0.0.1", 0)


class SystemdCase(DaemonCase):
    def managed(self, settings=None, **more):
        daemon = self.stopped_daemon(settings)
        manager = ServiceManager(daemon.folder, **more)
        self.addCleanup(manager.close)
        return daemon, manager

    def path(self, daemon, name):
        return os.path.join(daemon.folder, name)


class PassedSockets(SystemdCase):
    def test_are_served_whatever_the_configuration_says(self):
        daemon, manager = self.managed({"site.socket": "/nowhere/site.sock", "live.socket": ""})
        https = manager.listen("https", ANYWHERE)
        site, live = (manager.listen(name, self.path(daemon, f"passed-{name}")) for name in ("site", "live"))
        manager.manage(daemon).start()
        self.assertEqual((daemon.address, daemon.site_path, daemon.live_path), (https, site, live))
        self.nopass(daemon).register(Site(site))
        self.assertEqual(exchange(live, "GET", "/nopass/nopass-login.js").status, 200)

    def test_may_be_some_of_them(self):
        daemon, manager = self.managed()
        site = manager.listen("site", self.path(daemon, "passed"))
        manager.manage(daemon).start()
        self.assertEqual(daemon.site_path, site)
        self.assertEqual(daemon.live_path, daemon.settings["live.socket"])
        Site(site).want(200, "GET", "/v1")

    def test_refuse_nobody_while_the_daemon_starts_anew(self):
        daemon, manager = self.managed()
        manager.listen("https", ANYWHERE)
        site = manager.listen("site", self.path(daemon, "passed"))
        manager.manage(daemon).start()
        self.assertEqual(daemon.stop(), 0)
        statuses = []

        def call():
            statuses.append(exchange(daemon.address, "POST", ROOT + "UpdatePicture", b"{}").status)
            statuses.append(Site(site).get("/v1").status)

        with Wire(daemon.address):  # connects while nobody is there
            thread = threading.Thread(target=call)
            thread.start()
            daemon.start()
            thread.join()
        self.assertEqual(statuses, [403, 200])

    def assert_refused(self, daemon, says):
        daemon.spawn()
        self.assertEqual(daemon.wait(), 78, daemon.log())
        self.assertIn(says, daemon.log())

    def test_of_unknown_names_are_refused(self):
        for name in ("http", "unknown", "nopassd-site.socket"):
            with self.subTest(name):
                daemon, manager = self.managed()
                manager.listen(name, ANYWHERE)
                self.assert_refused(manager.manage(daemon), f"named {name}, which nopassd does not know")

    def test_of_the_wrong_kind_are_refused(self):
        daemon, manager = self.managed()
        manager.listen("site", ANYWHERE)
        self.assert_refused(manager.manage(daemon), "site is no listening Unix socket")
        daemon, manager = self.managed()
        manager.listen("https", self.path(daemon, "passed"))
        self.assert_refused(manager.manage(daemon), "https is no listening TCP socket")

    def test_of_one_name_are_refused(self):
        daemon, manager = self.managed()
        for _ in range(2):
            manager.listen("https", ANYWHERE)
        self.assert_refused(manager.manage(daemon), "two sockets are named https")

    def test_take_no_plain_http_from_other_machines(self):
        daemon, manager = self.managed()
        manager.listen("https", ("0.0.0.0", 0))
        self.assert_refused(manager.manage(daemon), "without TLS callbacks are taken on loopback only")


class Watchdog(SystemdCase):
    def test_is_fed_while_all_is_well(self):
        daemon, manager = self.managed(watchdog=0.5)
        manager.manage(daemon).start()
        heard = [manager.heard() for _ in range(6)]
        self.assertEqual(sorted(heard), ["READY=1"] + 5 * ["WATCHDOG=1"])

    def test_is_left_alone_where_systemd_does_not_watch(self):
        daemon, manager = self.managed()
        manager.manage(daemon).start()
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual([manager.heard(), manager.heard()], ["READY=1", "STOPPING=1"])


if __name__ == "__main__":
    unittest.main()
