"""nopassctl without a daemon: the command line, and what it says when nobody answers."""
import os
import socket
import subprocess
import sys
import tempfile
import unittest

from support.ctl import DONE, FAILED, UNREACHABLE, USAGE, Ctl, environment
from support.daemon import program

NOBODY = 65534


class CommandLine(unittest.TestCase):
    def run_it(self, *arguments):
        return subprocess.run([program("nopassctl"), *arguments], capture_output=True, text=True, env=environment(),
                              timeout=60, check=False)

    def test_help_tells_commands_examples_and_exit_codes(self):
        done = self.run_it("--help")
        self.assertEqual(done.returncode, DONE)
        for words in ("status", "register", "doctor", "Examples:", "Exit codes:", "3  the daemon cannot be reached",
                      "NOPASSD_SOCKET"):
            self.assertIn(words, done.stdout)
        self.assertRegex(self.run_it("--version").stdout, r"^nopassctl \d+\.\d+\.\d+\n$")

    def test_wrong_usage_is_2_and_the_nearest_word_is_named(self):
        for arguments, words in ((("statsu",), "did you mean status?"), (("sessions", "shwo"), "did you mean show?"),
                                 (("events", "--folow"), "did you mean --follow?"), ((), "subcommand is required"),
                                 (("hooks", "remove"), "NAME is required"), (("sessions", "--limit", "x"), "--limit x"),
                                 (("sessions", "--limit", "0"), "from 1 to"), (("users", "show"), "--external-id"),
                                 (("users", "show", "id", "--login", "ada"), "one of"),
                                 (("questions", "answer", "id"), "--allow or --deny"),
                                 (("clients", "add", "x"), "--scope"), (("register", "--wait", "1", "--no-wait"), "--wait"),
                                 (("--token", "/nowhere", "portal"), "/nowhere"),
                                 (("portal", "import", "--portal-id", "x", "--auth-token-file", "/nowhere"), "/nowhere")):
            done = self.run_it(*arguments)
            self.assertEqual(done.returncode, USAGE, arguments)
            self.assertIn(words, done.stderr)
            self.assertEqual(done.stdout, "")


    def test_a_file_that_holds_no_token_is_wrong_usage(self):
        with tempfile.NamedTemporaryFile() as file:
            for content in (b"", b"\n", b"two words\n", b"a\r\nX-Other: b", "ä".encode()):
                file.seek(0)
                file.truncate()
                file.write(content)
                file.flush()
                done = subprocess.run([program("nopassctl"), "portal"], capture_output=True, text=True, timeout=60,
                                      env={**environment(), "NOPASSCTL_TOKEN_FILE": file.name}, check=False)
                self.assertEqual(done.returncode, USAGE, content)
                self.assertIn(f"{file.name}: must hold a bearer token", done.stderr)


class Reaching(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="nopassctl-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(folder.name, "site.sock")

    def assert_unreachable(self, words, **more):
        done = Ctl(self.path).run("status", **more)
        self.assertEqual(done.returncode, UNREACHABLE, done)
        self.assertIn(words, done.stderr)
        self.assertIn(self.path, done.stderr)

    def bound(self):
        server = socket.socket(socket.AF_UNIX)
        self.addCleanup(server.close)
        server.bind(self.path)
        return server

    def test_without_a_socket_it_says_to_start_the_daemon(self):
        self.assert_unreachable("there is no such socket: start nopassd")

    def test_where_nobody_listens_it_says_so(self):
        self.bound()
        self.assert_unreachable("nobody listens there")

    def test_one_who_hangs_up_is_no_daemon(self):
        with subprocess.Popen([sys.executable, "-c", f"""if True:
                import socket
                server = socket.socket(socket.AF_UNIX)
                server.bind({self.path!r})
                server.listen()
                print("ready", flush=True)
                server.accept()[0].close()"""], stdout=subprocess.PIPE) as server:
            server.stdout.readline()
            self.assert_unreachable("the connection broke")

    def test_a_path_that_is_too_long_for_a_socket_is_told(self):
        self.path = os.path.join(self.folder, "x" * 120)
        self.assert_unreachable("too long")

    @unittest.skipUnless(os.geteuid() == 0, "only root can become somebody else")
    def test_without_the_right_to_connect_it_says_who_has_it(self):
        self.bound().listen()
        os.chmod(self.folder, 0o755)
        os.chmod(self.path, 0o600)
        self.assert_unreachable("you may not connect", user=NOBODY, group=NOBODY)

    def test_the_environment_names_the_socket_and_the_option_wins(self):
        done = subprocess.run([program("nopassctl"), "status"], capture_output=True, text=True, timeout=60, check=False,
                              env={**environment(), "NOPASSD_SOCKET": "/from/environment.sock"})
        self.assertIn("/from/environment.sock", done.stderr)
        done = subprocess.run([program("nopassctl"), "status", "--socket", self.path], capture_output=True, text=True,
                              timeout=60, check=False, env={**environment(), "NOPASSD_SOCKET": "/from/environment.sock"})
        self.assertIn(self.path, done.stderr)

    def test_doctor_counts_it_as_a_failing_check(self):
        out = Ctl(self.path).want(FAILED, "doctor")
        self.assertRegex(out, r"fail +socket")
        self.assertIn("start nopassd", out)
        checks = Ctl(self.path).json("doctor", code=FAILED)["checks"]
        self.assertEqual([(each["name"], each["status"]) for each in checks], [("socket", "failing")])


if __name__ == "__main__":
    unittest.main()
