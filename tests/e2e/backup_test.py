"""Backups of a daemon that works, and what a restored one is like."""
import contextlib
import glob
import os
import sqlite3
import stat
import threading
import unittest

from support.case import DaemonCase
from support.nopass import person
from support.site import Site
from support.timing import PATIENCE, eventually


def mode_of(path):
    return stat.S_IMODE(os.stat(path).st_mode)


class Backup(DaemonCase):
    def backups(self, daemon):
        return os.path.join(daemon.folder, "backups")

    def restore(self, daemon, name):
        """As docs/operations.md says."""
        daemon.stop()
        done = daemon.run("--restore", os.path.join(self.backups(daemon), name))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"kept as \S+/nopassd\.db\.replaced-\d+T\d+Z")
        daemon.start()
        return Site(daemon.site_path)

    def test_a_backup_under_load_is_whole_and_brings_the_state_back(self):
        daemon, nopass, site = self.registered_daemon()
        nopass.add_users(person("ada"))
        login = site.start_session("ada", "auth-of-ada")
        site.make_consumer("mail", **{"from": "oldest"})
        first = site.consume("mail")[0]
        site.acknowledge("mail", first["cursor"])

        stop, statuses = threading.Event(), []

        def call():
            caller = self.nopass(daemon)
            caller.portal_id, caller.auth_token = nopass.portal_id, nopass.auth_token
            number = 0
            while not stop.is_set():
                statuses.append(caller.add_users(person(f"user-{threading.get_ident()}-{number}")).status)
                number += 1

        threads = [threading.Thread(target=call) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            eventually(lambda: len(statuses) > 20, "callbacks are answered")
            made = [site.want(201, "POST", "/v1/backup", {"name": f"{number}.db"}) for number in range(3)]
            after = len(statuses)
            eventually(lambda: len(statuses) > after + 20, "callbacks go on")
        finally:
            stop.set()
            for thread in threads:
                thread.join(PATIENCE)
        self.assertEqual(set(statuses), {200})

        counts = []
        for each in made:
            path = os.path.join(self.backups(daemon), each["id"])
            self.assertEqual((os.path.getsize(path), mode_of(path)), (each["bytes"], 0o600))
            with contextlib.closing(sqlite3.connect(path)) as copy:
                self.assertEqual(copy.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
                users = copy.execute("SELECT count(*) FROM users").fetchone()[0]
                added = copy.execute("SELECT count(*) FROM events WHERE type = 'user.added'").fetchone()[0]
            self.assertEqual(users, added)  # each user was committed together with his event
            counts.append(users)
        self.assertEqual(counts, sorted(counts))
        self.assertEqual(sorted(os.listdir(self.backups(daemon))), ["0.db", "1.db", "2.db"])
        self.assertEqual(mode_of(self.backups(daemon)), 0o700)

        # After the backup more happens, which the restore undoes.
        cursor = site.cursor()
        site = self.restore(daemon, "1.db")
        self.assertEqual(len(site.users()), counts[1])
        self.assertEqual(site.session(login["id"])["state"], "pending")
        for stale in (cursor, first["cursor"]):
            gone = site.get(f"/v1/events?after={stale}")
            self.assertEqual(gone.status, 410)
            self.assertEqual(site.get(f"/v1/events?after={gone.json['oldest']}").status, 200)
        self.assertEqual(site.call("POST", "/v1/consumers/mail/ack", {"through": first["cursor"]}).status, 410)
        again = site.consume("mail", limit=1000)
        self.assertEqual(again[0]["id"], site.events()[0][1]["id"])  # it goes on behind what it has acknowledged
        site.acknowledge("mail", again[-1]["cursor"])
        self.assertEqual(self.nopass_like(daemon, nopass).add_users(person("eve")).status, 200)

    def nopass_like(self, daemon, nopass):
        other = self.nopass(daemon)
        other.portal_id, other.auth_token = nopass.portal_id, nopass.auth_token
        return other

    def test_the_same_backup_restored_twice_begins_two_epochs(self):
        daemon, _, site = self.registered_daemon()
        site.want(201, "POST", "/v1/backup", {"name": "a.db"})
        first = self.restore(daemon, "a.db").cursor()
        site = self.restore(daemon, "a.db")
        self.assertEqual(site.get(f"/v1/events?after={first}").status, 410)

    def test_the_program_itself_makes_one_while_the_daemon_works_and_when_it_does_not(self):
        daemon, nopass, _ = self.registered_daemon()
        copies = [os.path.join(daemon.folder, name) for name in ("one.db", "two.db")]
        done = daemon.run("--backup", copies[0])
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn(copies[0] + ": ", done.stdout)
        nopass.add_users(person("ada"))
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(daemon.run("--backup", copies[1]).returncode, 0)
        self.assertEqual([mode_of(copy) for copy in copies], [0o600, 0o600])
        again = daemon.run("--backup", copies[1])
        self.assertEqual((again.returncode, again.stdout), (1, ""))
        self.assertIn("two.db exists already", again.stderr)
        for copy, users in ((copies[0], 0), (copies[1], 1)):
            self.assertEqual(daemon.run("--restore", copy).returncode, 0)
            daemon.start()
            self.assertEqual(len(Site(daemon.site_path).want(200, "GET", "/v1/users?login=ada")["data"]), users)
            self.assertEqual(daemon.stop(), 0)

    def test_nothing_is_restored_while_the_daemon_works(self):
        daemon, _, site = self.registered_daemon()
        site.want(201, "POST", "/v1/backup", {"name": "a.db"})
        done = daemon.run("--restore", os.path.join(self.backups(daemon), "a.db"))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"is in use by the process with id \d+.*restore while the daemon is stopped")
        site.want(200, "GET", "/readyz")

    def test_without_a_database_there_is_none_to_copy(self):
        daemon = self.stopped_daemon()
        done = daemon.run("--backup", os.path.join(daemon.folder, "a.db"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no database yet", done.stderr)

    def test_an_existing_name_is_refused_and_the_file_stays(self):
        daemon, _, site = self.registered_daemon()
        site.want(201, "POST", "/v1/backup", {"name": "a.db"})
        path = os.path.join(self.backups(daemon), "a.db")
        with open(path, "rb") as file:
            before = file.read()
        refused = site.want(409, "POST", "/v1/backup", {"name": "a.db"})
        self.assertIn("a.db exists", refused["detail"])
        with open(path, "rb") as file:
            self.assertEqual(file.read(), before)

    def test_backups_that_are_asked_for_at_once_wait_for_one_another(self):
        daemon, _, site = self.registered_daemon()
        statuses = []
        names = ["a.db", "b.db", "a.db", "c.db"]
        threads = [threading.Thread(target=lambda n=name: statuses.append(
            site.call("POST", "/v1/backup", {"name": n}).status)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        self.assertEqual(sorted(statuses), [201, 201, 201, 409])
        self.assertEqual(sorted(os.listdir(self.backups(daemon))), ["a.db", "b.db", "c.db"])

    def test_a_place_that_cannot_be_written_is_503_with_what_to_do(self):
        daemon = self.stopped_daemon()
        daemon.settings["storage.backup_directory"] = os.path.join(daemon.folder, "missing", "backups")
        daemon.start()
        site = Site(daemon.site_path)
        refused = site.want(503, "POST", "/v1/backup", {"name": "a.db"})
        self.assertIn("storage.backup_directory", refused["detail"])
        self.assertIn("missing/backups", refused["detail"])
        self.assertEqual(glob.glob(daemon.folder + "/missing*"), [])
        disk = {check["name"]: check for check in site.want(200, "GET", "/v1/diagnosis")["checks"]}["disk_space"]
        self.assertEqual(disk["status"], "warning")
        self.assertIn("missing/backups: is not there and cannot be made", disk["detail"])


if __name__ == "__main__":
    unittest.main()
