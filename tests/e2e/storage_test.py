"""A full disk, a locked database, and what may never be read in files and logs."""
import glob
import os
import resource
import secrets
import sqlite3
import unittest

from support.case import DaemonCase
from support.nopass import person
from support.site import EventStream, Site, short
from support.timing import eventually


class Trouble(DaemonCase):
    def setUp(self):
        self.one, self.portal, self.site = self.registered_daemon()
        self.assert_ok(self.portal.add_users(person("alice")), True)
        self.session = self.site.start_session("alice", "auth-trouble")
        self.count = len(self.site.all_events()[0])

    def assert_not_stored(self):
        for reply in (self.portal.authorized_user("auth-trouble"), self.portal.add_users(person("bob")),
                      self.portal.update_picture("auth-trouble", 5), self.portal.delete_user("alice")):
            self.assert_refused(reply, 503, "114")
            self.assertGreaterEqual(int(reply.headers["retry-after"]), 1)
        eventually(lambda: self.site.get("/readyz").status == 503, "/readyz says so")
        self.assertEqual(self.site.get("/livez").status, 200)
        # Readers are not troubled, and nothing has changed.
        self.assertEqual(self.site.session(self.session["id"])["state"], "pending")
        self.assertEqual(set(self.site.users()), {"alice"})
        self.assertEqual(len(self.site.all_events()[0]), self.count)

    def assert_recovers(self):
        eventually(lambda: self.portal.authorized_user("auth-trouble").status == 200, "it recovers by itself")
        eventually(lambda: self.site.get("/readyz").status == 200, "/readyz says so")
        self.assert_ok(self.portal.add_users(person("bob")), True)
        events = self.site.all_events()[0]
        self.assertEqual(short(events)[self.count:], ["session.authorized", "user.added"])
        self.restart()
        self.assertEqual(self.site.session(self.session["id"])["state"], "authorized")
        self.assertEqual(self.site.all_events()[0], events)

    def restart(self):
        self.one.restart()
        self.portal.close()
        self.portal.address = self.one.address

    def limit_files(self, size):
        """Files of the daemon may not grow beyond `size`: what a full disk is like."""
        most = resource.prlimit(self.one.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(self.one.pid, resource.RLIMIT_FSIZE, (most if size is None else size, most))

    def test_a_full_disk_is_503_and_it_recovers_by_itself(self):
        self.limit_files(0)
        self.assert_not_stored()
        self.limit_files(None)
        self.assert_recovers()

    def test_a_disk_that_fills_up_in_the_middle_of_a_commit_loses_nothing(self):
        size = os.path.getsize(self.one.database + "-wal")
        self.limit_files(size + 3 * 4096)
        people = [person(f"user{i}", surName="x" * 2000) for i in range(50)]
        self.assert_refused(self.portal.add_users(*people), 503, "114")
        self.assertEqual(set(self.site.users()), {"alice"})
        self.limit_files(None)
        self.assert_recovers()
        self.assert_ok(self.portal.add_users(*people), True)
        self.assertEqual(len(self.site.users()), 52)

    def test_a_database_that_another_program_locks_is_503_and_it_recovers_by_itself(self):
        other = sqlite3.connect(self.one.database, isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN EXCLUSIVE")
        self.assert_not_stored()
        other.execute("ROLLBACK")
        self.assert_recovers()

    def test_a_full_disk_at_the_start_is_an_error_and_not_a_loss(self):
        self.one.stop()
        most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, most[1]))
        try:
            done = self.one.run()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, most)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.one.start()
        self.portal.address = self.one.address
        self.assertEqual(len(self.site.all_events()[0]), self.count)


class Privacy(DaemonCase):
    def life(self):
        """A life with secrets of all kinds, everything that is refused included; {kind: secrets}."""
        self.one = self.daemon({"daemon.log_level": "trace", "callbacks.patience": "100ms"})
        self.site, portal = Site(self.one.site_path), self.nopass(self.one)
        auths = [secrets.token_hex(16) for _ in range(4)]
        otps = [secrets.token_hex(16) for _ in range(3)]
        bindings = [secrets.token_hex(16) for _ in range(2)]
        stream = EventStream(self.site.path)
        window = portal.register(self.site)
        portal.confirm_registration()
        portal.add_users(person("alice"))
        session = self.site.start_session("alice", auths[0], binding=bindings[0])
        registration = self.site.start_registration("bob", otps[0], binding=bindings[1])
        self.assertTrue(session["ticket"] and registration["ticket"])
        portal.update_picture(auths[0], 1, login="alice")
        portal.authorized_user(auths[0])
        portal.authorized_user(auths[0], False)
        portal.authorized_user(auths[1])
        portal.update_picture(auths[1], 1)
        portal.close_session(auths[0], "mallory")
        portal.validate_user_registration(otps[0], "bob")
        portal.validate_user_registration(otps[1], "carol")
        portal.confirm_user_registration(otps[0], "bob", auths[2])
        portal.confirm_user_registration(otps[2], "dave", auths[3])
        for path in (f"/v1/sessions/{session['ticket']}", f"/v1/users/{auths[0]}", f"/v1/registrations/{otps[0]}"):
            self.site.get(path)
        self.site.call("POST", "/v1/sessions", {"login": "alice", "binding": bindings[0], "authId": auths[0]})
        for body in ({"portalId": auths[0]}, {"portalId": portal.portal_id + "x"}):
            portal.call("DisableService", body)
        portal.call("AuthorizedUser", b'{"authId":"' + auths[0].encode() + b'","authId":"x","isAuthorized":}')
        self.streamed = [stream.event() for _ in range(3)]
        stream.close()
        portal.disable_service()
        found = self.site.want(200, "GET", "/v1/portal")
        for name in ("adminId", "sCode", "authToken", "portalId"):
            self.assertNotIn(name, found)
        return {"sCode": [window["sCode"]], "authToken": [portal.auth_token], "portalId": [portal.portal_id],
                "otp": otps, "authId": auths, "binding": bindings,
                "ticket": [session["ticket"], registration["ticket"]]}

    def assert_absent(self, where, content, kinds):
        for kind, values in kinds.items():
            for value in values:
                self.assertNotIn(value, content, f"{kind} in {where}")

    def test_secrets_are_neither_in_the_log_nor_in_events_nor_plainly_in_the_database(self):
        kinds = self.life()
        self.assert_absent("events", str(self.site.all_events()[0]) + str(self.streamed), kinds)
        hashed = {kind: [value.encode() for value in kinds[kind]] for kind in ("otp", "authId", "binding", "ticket")}
        files = glob.glob(self.one.database + "*")
        self.assertIn(self.one.database + "-wal", files)
        for path in files:
            with open(path, "rb") as file:
                self.assert_absent(os.path.basename(path), file.read(), hashed)
        self.one.stop()
        log = self.one.log()
        self.assertIn("name=AuthorizedUser", log)
        self.assert_absent("the log", log, kinds)
        with open(self.one.database, "rb") as file:
            self.assert_absent("the database", file.read(), hashed)

    def test_personal_data_is_neither_in_the_log_nor_in_events(self):
        self.life()
        events = str(self.site.all_events()[0])
        self.one.stop()
        for value in ("Erin", "Example", "+15550100", "@example.org"):
            self.assertNotIn(value, events)
            self.assertNotIn(value, self.one.log())

    def test_the_files_are_closed_to_others(self):
        self.addCleanup(os.umask, os.umask(0))
        daemon, portal, _ = self.registered_daemon()
        portal.add_users(person("alice"))
        files = glob.glob(daemon.database + "*")
        self.assertGreaterEqual(len(files), 3, files)
        for path in files:
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600, path)
        daemon.stop()
        os.chmod(daemon.database, 0o644)
        daemon.start()
        self.assertEqual(os.stat(daemon.database).st_mode & 0o777, 0o600)


if __name__ == "__main__":
    unittest.main()
