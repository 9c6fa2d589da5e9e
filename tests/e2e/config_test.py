"""The command line, the configuration, and everything that keeps the daemon from starting."""
import json
import os
import pathlib
import socket
import sqlite3
import subprocess
import tempfile
import unittest

from support.case import DaemonCase
from support.certificates import Authority
from support.daemon import program
from support.site import Site
from support.timing import PATIENCE
from support.wire import exchange


def run(*arguments):
    return subprocess.run([program(), *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False)


class CommandLine(DaemonCase):
    def test_wrong_usage_ends_with_2_and_says_what_is_wrong(self):
        for arguments in (["--nonsense"], ["serve"], ["--config"], ["--check-config", "--print-config"], ["--set"]):
            done = run(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertIn("--help", done.stderr)

    def test_help_and_version_end_with_0(self):
        for argument, expected in (("--help", "--check-config"), ("--version", "nopassd")):
            done = run(argument)
            self.assertEqual((done.returncode, done.stderr), (0, ""), argument)
            self.assertIn(expected, done.stdout)

    def test_a_configuration_file_that_is_not_there_ends_with_78(self):
        for path in ("/nonexistent/nopassd.toml", "/"):
            done = run("--config", path, "--check-config")
            self.assertEqual((done.returncode, done.stdout), (78, ""))
            self.assertIn(path, done.stderr)

    def test_check_config_says_that_all_is_well(self):
        done = self.stopped_daemon().run("--check-config")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("valid", done.stdout)

    def test_check_config_names_every_problem_with_file_line_and_key(self):
        text = ("[daemon]\nlog_level = 'loud'\n[listener]\nmax_body = '1B'\nadress = 'typo'\nidle_timeout = 75\n"
                "[callers]\nallow = ['300.1.2.3']\nanybody = true\n[nothing]\nx = 1\n")
        daemon = self.stopped_daemon(text=text)
        daemon.settings["events.keep"] = "soon"
        done = daemon.run("--check-config")
        self.assertEqual((done.returncode, done.stdout), (78, ""))
        for line, key in ((2, "daemon.log_level"), (4, "listener.max_body"), (5, "listener.adress"),
                          (6, "listener.idle_timeout"), (8, "callers.allow"), (10, "nothing")):
            found = [each for each in done.stderr.splitlines() if each.startswith(f"{daemon.config}:{line}: ")]
            self.assertTrue(any(key in each for each in found), f"{key} in line {line}: {done.stderr}")
        self.assertIn("--set events.keep", done.stderr)
        self.assertIn("accept", done.stderr, "anybody without client_ca")
        self.assertEqual(daemon.run().returncode, 78)

    def test_what_is_not_toml_is_78_with_its_line(self):
        daemon = self.stopped_daemon(text="[daemon]\nname = \n")
        done = daemon.run("--check-config")
        self.assertEqual(done.returncode, 78)
        self.assertIn(f"{daemon.config}:2", done.stderr)

    def test_print_config_can_be_read_back(self):
        daemon = self.stopped_daemon({"policy.timeout": "7s", "callers.allow": ["192.0.2.0/24"]},
                                     text="[[site.client]]\nuid = 1234\nscopes = ['events:read']\n")
        first = daemon.run("--print-config")
        self.assertEqual((first.returncode, first.stderr), (0, ""))
        copy = os.path.join(daemon.folder, "copy.toml")
        with open(copy, "w", encoding="utf-8") as file:
            file.write(first.stdout)
        second = run("--config", copy, "--print-config")
        self.assertEqual((second.returncode, second.stdout), (0, first.stdout))
        for part in ('"7s"', "192.0.2.0/24", "1234", "events:read"):
            self.assertIn(part, first.stdout)

    def test_print_config_shows_no_secret(self):
        daemon = self.stopped_daemon()
        path = os.path.join(daemon.folder, "s_code")
        with open(path, "w", encoding="ascii") as file:
            file.write("Secret0fTheOperator\n")
        os.chmod(path, 0o600)
        daemon.settings["registration.s_code_file"] = path
        self.assertNotIn("Secret0fTheOperator", daemon.run("--print-config").stdout)
        daemon.start()
        self.assertEqual(Site(daemon.site_path).open_window()["sCode"], "Secret0fTheOperator")
        self.assertNotIn("Secret0fTheOperator", daemon.log())


class Refusals(DaemonCase):
    def assert_refused(self, settings, code, *words, **more):
        daemon = self.stopped_daemon(settings, **more)
        done = daemon.run()
        self.assertEqual(done.returncode, code, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertNotIn("ready listener", done.stderr)

    def test_plain_http_on_an_address_that_others_reach_is_78(self):
        for address in ("0.0.0.0:0", "[::]:0", "192.0.2.1:0"):
            self.assert_refused({"listener.address": address}, 78, "listener.address")

    def test_a_certificate_without_its_key_or_with_anothers_is_78(self):
        daemon = self.stopped_daemon()
        authority = Authority(daemon.folder, "authority")
        (certificate, key), (_, other) = authority.issue("localhost"), authority.issue("other")
        self.assert_refused({"listener.tls_certificate": certificate}, 78, "listener.tls")
        self.assert_refused({"listener.tls_key": key}, 78, "listener.tls")
        self.assert_refused({"listener.tls_certificate": certificate, "listener.tls_key": other}, 78, "listener.tls")
        self.assert_refused({"listener.tls_certificate": "/nonexistent", "listener.tls_key": key}, 78, "/nonexistent")
        self.assert_refused({"callers.client_ca": authority.certificate}, 78, "callers.client_ca")

    def test_an_address_in_use_is_1(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            self.assert_refused({"listener.address": f"127.0.0.1:{other.getsockname()[1]}"}, 1, "in use")

    def test_a_folder_that_is_not_there_is_1(self):
        self.assert_refused({"storage.url": "sqlite:/nonexistent/nopassd.db"}, 1, "/nonexistent/nopassd.db")
        self.assert_refused({"site.socket": "/nonexistent/site.sock"}, 1, "/nonexistent/site.sock")

    def test_a_second_daemon_on_the_same_database_says_who_holds_it(self):
        first = self.daemon()
        other_socket = os.path.join(first.folder, "other.sock")
        self.assert_refused({"site.socket": other_socket}, 1, f"process with id {first.pid}", folder=first.folder)
        self.assertEqual(exchange(first.address, "POST", "/").status, 404)
        # When the holder is gone, however it went, the next one may have it.
        first.kill()
        second = self.daemon({"site.socket": other_socket}, folder=first.folder)
        self.assertTrue(second.is_running())

    def test_a_newer_schema_is_refused_and_left_alone(self):
        daemon = self.daemon()
        daemon.stop()
        with sqlite3.connect(daemon.database) as connection:
            connection.execute("PRAGMA user_version = 9999")
        connection.close()
        self.assert_refused({}, 1, "9999", "newer", folder=daemon.folder)
        with sqlite3.connect(daemon.database) as connection:
            self.assertEqual(connection.execute("PRAGMA user_version").fetchone(), (9999,))
        connection.close()

    def test_a_file_that_is_no_database_or_anothers_is_refused_and_left_alone(self):
        daemon = self.stopped_daemon()
        with open(daemon.database, "wb") as file:
            file.write(b"Dear diary, " * 1000)
        self.assert_refused({}, 1, "no database", folder=daemon.folder)
        with open(daemon.database, "rb") as file:
            self.assertEqual(file.read(), b"Dear diary, " * 1000)
        os.remove(daemon.database)
        with sqlite3.connect(daemon.database) as connection:
            connection.execute("CREATE TABLE diary (day TEXT)")
        connection.close()
        self.assert_refused({}, 1, "another program", folder=daemon.folder)


class Sockets(DaemonCase):
    def test_a_socket_that_a_dead_daemon_left_is_replaced(self):
        daemon = self.daemon()
        daemon.kill()
        self.assertTrue(os.path.exists(daemon.site_path))
        daemon.start()
        self.assertEqual(Site(daemon.site_path).portal()["state"], "unregistered")

    def test_a_socket_that_is_in_use_is_not_taken_and_goes_on_working(self):
        first = self.daemon()
        second = self.stopped_daemon({"site.socket": first.site_path})
        done = second.run()
        self.assertEqual(done.returncode, 1)
        self.assertIn(first.site_path, done.stderr)
        self.assertEqual(Site(first.site_path).portal()["state"], "unregistered")

    def test_a_file_that_is_no_socket_is_not_removed(self):
        daemon = self.stopped_daemon()
        path = daemon.settings["site.socket"]
        with open(path, "w", encoding="ascii") as file:
            file.write("precious")
        done = daemon.run()
        self.assertEqual(done.returncode, 1)
        with open(path, encoding="ascii") as file:
            self.assertEqual(file.read(), "precious")

    def test_the_socket_has_its_mode_and_goes_with_the_daemon(self):
        daemon = self.daemon({"site.mode": "0606"})
        self.assertEqual(os.stat(daemon.site_path).st_mode & 0o777, 0o606)
        self.assertEqual(daemon.stop(), 0)
        self.assertFalse(os.path.exists(daemon.site_path))


class Logs(DaemonCase):
    def test_the_ready_line_is_there_as_text_and_as_json(self):
        text = self.daemon()
        self.assertRegex(text.wait_for_line("ready listener="),
                         r"ready listener=http://127\.0\.0\.1:\d+ site=/\S+/site\.sock live=/\S+/live\.sock$")
        lines = self.daemon({"daemon.log_format": "json"})
        ready = json.loads(lines.wait_for_line("ready listener="))
        self.assertEqual(ready["level"], "info")
        self.assertRegex(ready["message"], r"^ready listener=http://127\.0\.0\.1:\d+ site=/\S+/site\.sock live=/\S+/live\.sock$")
        lines.stop()
        for line in lines.log().splitlines():
            self.assertLessEqual({"time", "level", "message"}, set(json.loads(line)))

    def test_ipv6_is_named_in_brackets(self):
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError:
            self.skipTest("no IPv6 here")
        daemon = self.daemon({"listener.address": "[::1]:0"})
        self.assertRegex(daemon.url, r"^http://\[::1\]:\d+$")
        self.assertEqual(exchange(daemon.address, "POST", "/").status, 404)

    def test_what_arrives_from_outside_cannot_break_a_log_line(self):
        daemon = self.daemon({"daemon.log_level": "trace", "daemon.log_format": "json"})
        exchange(daemon.address, "POST", '/"}\x7f%0a{"level":"error"', headers={"X-Forwarded-For": '1"\t}'})
        daemon.stop()
        for line in daemon.log().splitlines():
            json.loads(line)

    def test_journal_priorities_are_there_under_systemd(self):
        # A daemon that cannot start says so and ends; the journal is told by the stream's device and inode.
        with tempfile.TemporaryDirectory() as folder, open(folder + "/log", "w+", encoding="utf-8") as log:
            config = folder + "/nopassd.toml"
            pathlib.Path(config).write_text('[storage]\nurl = "sqlite:/dev/null/x.db"\n', encoding="utf-8")
            stat = os.fstat(log.fileno())
            for stream, priority in ((f"{stat.st_dev}:{stat.st_ino}", True), ("8:1", False)):
                log.seek(0)
                log.truncate()
                subprocess.run([program(), "--config", config], stderr=log, check=False, timeout=PATIENCE,
                               env={**os.environ, "JOURNAL_STREAM": stream})
                log.seek(0)
                self.assertEqual(log.readlines()[-1].startswith("<3>"), priority, stream)


if __name__ == "__main__":
    unittest.main()
