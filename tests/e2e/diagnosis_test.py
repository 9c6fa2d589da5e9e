"""GET /v1/diagnosis: what an operator should know of."""
import contextlib
import socket
import sqlite3
import unittest

from support.case import DaemonCase
from support.nopass import ROOT, person
from support.site import Site
from support.wire import exchange


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Diagnosis(DaemonCase):
    NAMES = ["database_integrity", "disk_space", "nopass_server", "callers", "certificate", "clock", "consumer_lag",
             "hooks"]

    def checks(self, site):
        found = site.want(200, "GET", "/v1/diagnosis")["checks"]
        self.assertEqual([check["name"] for check in found], self.NAMES)
        for check in found:
            self.assertEqual("advice" in check, check["status"] != "ok", check)
        return {check["name"]: check for check in found}

    def test_all_is_well(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            site = Site(self.daemon({"nopass.server": f"http://127.0.0.1:{server.getsockname()[1]}"}).site_path)
            checks = self.checks(site)
        self.assertEqual({name: check["status"] for name, check in checks.items() if name != "disk_space"},
                         {name: "ok" for name in self.NAMES if name != "disk_space"}, checks)

    def test_a_nopass_that_cannot_be_reached_is_found(self):
        daemon = self.daemon({"nopass.server": f"http://127.0.0.1:{free_port()}"})
        site = Site(daemon.site_path)
        self.assertEqual(self.checks(site)["nopass_server"]["status"], "warning")
        self.assertIn("Connection refused", self.checks(site)["nopass_server"]["detail"])

    def test_it_judges_what_a_reload_has_brought(self):
        daemon = self.daemon({"nopass.server": f"http://127.0.0.1:{free_port()}"})
        site = Site(daemon.site_path)
        with open(daemon.config, "w", encoding="utf-8") as file:
            file.write("[callers]\nallow = []\n")
        site.want(200, "POST", "/v1/reload")
        self.assertEqual(self.checks(site)["callers"]["status"], "failing")

    def test_callers_who_were_refused_are_told(self):
        daemon, nopass, site = self.registered_daemon({"callers.allow": ["127.0.0.1"], "callers.trusted_proxies": [],
                                                       "nopass.server": f"http://127.0.0.1:{free_port()}"})
        daemon.restart()
        exchange(daemon.address, "POST", ROOT + "UpdatePicture", b"{}", source="127.0.0.9")
        callers = self.checks(site)["callers"]
        self.assertEqual(callers["status"], "warning")
        self.assertIn("refused since the start: 1 request of others", callers["detail"])
        nopass.close()
        nopass.address = daemon.address
        nopass.add_users(person("ada"))
        self.assertEqual(self.checks(site)["callers"]["status"], "ok")

    def test_a_reader_that_falls_behind_is_found(self):
        daemon, nopass, site = self.registered_daemon({"events.consumer_timeout": "1h",
                                                       "nopass.server": f"http://127.0.0.1:{free_port()}"})
        site.make_consumer("mail")
        nopass.add_users(person("ada"))
        self.assertEqual(self.checks(site)["consumer_lag"]["detail"], "1 consumer; mail is furthest behind, by 1 event")
        daemon.stop()
        with contextlib.closing(sqlite3.connect(daemon.database)) as database:
            database.execute("UPDATE consumers SET last_seen = last_seen - 3400000")
            database.commit()
        daemon.start()
        lag = self.checks(site)["consumer_lag"]
        self.assertEqual(lag["status"], "warning")
        self.assertIn("mail not seen for 56 min and about to be retired", lag["detail"])

    def test_a_damaged_database_is_found(self):
        daemon, nopass, site = self.registered_daemon({"nopass.server": f"http://127.0.0.1:{free_port()}"})
        nopass.add_users(*[person(f"user-{number}") for number in range(300)])
        daemon.stop()
        with contextlib.closing(sqlite3.connect(daemon.database)) as database:
            page = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'users_email'").fetchone()[0]
        with open(daemon.database, "r+b") as file:
            file.seek((page - 1) * 4096)
            file.write(b"\xff" * 64)
        daemon.start()
        check = self.checks(site)["database_integrity"]
        self.assertEqual(check["status"], "failing")
        self.assertIn("restore", check["advice"])


if __name__ == "__main__":
    unittest.main()
