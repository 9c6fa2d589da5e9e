"""The base of the tests: daemons that are ended and cleaned up whatever happens."""
import os
import unittest

from support.daemon import Daemon
from support.nopass import NoPass
from support.site import Site


class DaemonCase(unittest.TestCase):
    maxDiff = None

    def daemon(self, settings=None, **more):
        """A daemon that is running."""
        daemon = self.stopped_daemon(settings, **more)
        daemon.start()
        return daemon

    def stopped_daemon(self, settings=None, **more):
        daemon = Daemon(settings, **more)
        self.addCleanup(self._clean_up, daemon)
        return daemon

    def registered_daemon(self, settings=None, **more):
        """(daemon, NoPass, site): the portal is registered."""
        daemon = self.daemon(settings, **more)
        site = Site(daemon.site_path)
        nopass = self.nopass(daemon)
        nopass.register(site)
        return daemon, nopass, site

    def nopass(self, daemon, **more):
        nopass = NoPass(daemon.address, **more)
        self.addCleanup(nopass.close)
        return nopass

    def _clean_up(self, daemon):
        # A daemon that still runs must be able to end as told: this is where a sanitizer reports.
        try:
            if daemon.is_running():
                self.assertEqual(daemon.stop(), 0, daemon.log())
        finally:
            daemon.clean_up()
        if self._failed() and not os.environ.get("NOPASSD_TEST_QUIET"):
            print(f"\n--- log of the daemon in {self.id()}:\n{daemon.log()[-8000:]}\n---")

    def _failed(self):
        outcome = self._outcome.result
        return any(test is self for test, _ in outcome.failures + outcome.errors)

    def assert_ok(self, reply, result):
        """A callback that was carried out."""
        self.assertEqual((reply.status, reply.body and reply.json), (200, {"errors": [], "result": result}), reply)

    def assert_refused(self, reply, status, code):
        """A callback that was refused, in the shape that callbacks.md gives."""
        self.assertEqual(reply.status, status, reply)
        self.assert_reply_shape(reply)
        self.assertIn(code, reply.codes)

    def assert_reply_shape(self, reply):
        self.assertEqual(set(reply.json), {"errors", "result"}, reply)
        self.assertIn(reply.json["result"], (None, False), reply)
        self.assertTrue(reply.json["errors"], reply)
        for error in reply.json["errors"]:
            self.assertEqual(set(error), {"code", "message"}, reply)
            self.assertRegex(error["code"], r"^1\d\d$")
            self.assertTrue(0 < len(error["message"]) <= 2084, reply)
