"""nopass-sim against a portal in Python: what it sends, what it notices, how it exits."""
import base64
import json
import os
import ssl
import struct
import subprocess
import tempfile
import unittest
import zlib

import fake_portal

BINARY = os.path.join(os.environ.get("NOPASSD_BIN", "build/debug/bin"), "nopass-sim")
# To the letter of the vendor's text, which has a slash before most of them.
CONTENT_TYPES = {
    "ConfirmPreRegistration": "/application/json-patch+json", "ConfirmRegistration": "/application/json-patch+json",
    "UpdatePicture": "/application/json-patch+json", "ValidateUserRegistration": "/application/json-patch+json",
    "ConfirmUserRegistration": "/application/json", "AuthorizedUser": "/application/json-patch+json",
    "UpdateUser": "/application/json-patch+json", "DeleteUser": "/application/json-patch+json",
    "AddUsers": "/application/json-patch+json", "CloseSession": "application/json-patch+json",
    "DisableService": "application/json-patch+json"}


def run(*arguments, stdin=""):
    return subprocess.run([BINARY, *arguments], input=stdin, capture_output=True, text=True, timeout=60)


def png_chunks(png):
    """Type and data of each chunk; raises when a CRC is wrong."""
    chunks, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at:at + 4])
        body = png[at + 4:at + 8 + length]
        (crc,) = struct.unpack(">I", png[at + 8 + length:at + 12 + length])
        if zlib.crc32(body) != crc:
            raise ValueError(f"wrong CRC in {body[:4]}")
        chunks.append((body[:4], body[4:]))
        at += 12 + length
    return chunks


class Sim(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)

    def start(self, *faults):
        portal = fake_portal.FakePortal(faults)
        self.tcp = fake_portal.serve(fake_portal.TcpServer(("127.0.0.1", 0), fake_portal.Handler), portal)
        self.socket = os.path.join(self.directory.name, "site.sock")
        site = fake_portal.serve(fake_portal.UnixServer(self.socket, fake_portal.Handler), portal)
        for server in (self.tcp, site):
            self.addCleanup(server.server_close)
            self.addCleanup(server.shutdown)
        self.url = f"http://127.0.0.1:{self.tcp.server_address[1]}"
        return portal

    def walk(self, *arguments):
        return run("walk", "--portal", self.url, "--site", self.socket, "--picture-period", "0.01", *arguments)

    def assert_surprised(self, walk, words):
        self.assertEqual(walk.returncode, 1, walk.stdout)
        self.assertIn(words, walk.stdout)
        self.assertNotIn(" 0 surprises", walk.stdout)


class Call(Sim):
    def test_sends_every_callback_as_the_vendor_prints_it(self):
        self.start()
        for name, content_type in CONTENT_TYPES.items():
            run("call", name, "--portal", self.url + "/prefix/")
            path, sent_type, body = self.tcp.requests[-1]
            self.assertEqual(path, "/prefix/api/PortalCommunication/" + name)
            self.assertEqual(sent_type, content_type, name)
            self.assertIsInstance(json.loads(body), dict)

    def test_quotes_wraps_and_spells_as_the_vendor_does(self):
        bodies = {name: json.loads(run("call", name, "--print").stdout) for name in CONTENT_TYPES}
        self.assertIn("UserId", bodies["UpdatePicture"])
        self.assertEqual(bodies["AuthorizedUser"]["isAuthorized"], "true")
        self.assertEqual(set(bodies["AddUsers"]), {"model"})
        self.assertEqual(set(bodies["AddUsers"]["model"]), {"users", "portalId"})
        self.assertEqual(set(bodies["AddUsers"]["model"]["users"][0]), {"user"})
        self.assertEqual(set(bodies["ConfirmUserRegistration"]["session"]), {"authId", "login"})

    def test_makes_real_pictures_with_eight_bits_and_a_palette(self):
        image = json.loads(run("call", "UpdatePicture", "--print").stdout)["image"]
        png = base64.b64decode(image, validate=True)
        self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
        chunks = dict(png_chunks(png))
        self.assertEqual(list(chunks), [b"IHDR", b"PLTE", b"IDAT", b"IEND"])
        width, height, depth, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
        self.assertEqual((depth, colour), (8, 3))
        pixels = zlib.decompress(chunks[b"IDAT"])
        self.assertEqual(len(pixels), height * (width + 1))
        self.assertLess(max(pixels), len(chunks[b"PLTE"]) // 3)

    def test_sends_a_given_body_as_it_is(self):
        self.start()
        file = os.path.join(self.directory.name, "body")
        with open(file, "w", encoding="utf-8") as out:
            out.write('{"from" : "file"}')
        for argument, stdin, expected in ((' {"a":1} ', "", b' {"a":1} '), ("-", '{"b":2}\n', b'{"b":2}\n'),
                                          ("@" + file, "", b'{"from" : "file"}')):
            run("call", "DeleteUser", argument, "--portal", self.url, "--content-type", "", stdin=stdin)
            self.assertEqual(self.tcp.requests[-1][1:], (None, expected))

    def test_tells_refusals_by_its_exit_code_and_prints_the_reply(self):
        portal = self.start()
        refused = run("call", "11", '{"portalId":"p"}', "--portal", self.url)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("403", refused.stdout)
        self.assertIn('"112"', refused.stdout)
        portal.state = "registered"
        done = run("call", "DisableService", '{"portalId":"p"}', "--portal", self.url)
        self.assertEqual((done.returncode, done.stdout.splitlines()[0]), (0, "200"))
        self.assertEqual(run("call", "DisableService", "--portal", "http://127.0.0.1:1").returncode, 1)

    def test_refuses_wrong_usage_with_2(self):
        for arguments in ((), ("perform",), ("call",), ("call", "Nonsense"), ("call", "1", "--portal", "ftp://x"),
                          ("call", "1", "@/no/such/file"), ("walk", "--picture-period", "-1"), ("walk", "--sed", "1")):
            self.assertEqual(run(*arguments).returncode, 2, arguments)

    def test_says_in_its_help_that_it_is_a_stand_in(self):
        shown = run("--help")
        self.assertEqual(shown.returncode, 0)
        self.assertIn("stand-in", shown.stdout)

    def test_trusts_a_certificate_only_by_its_authority_and_name(self):
        key, certificate = (os.path.join(self.directory.name, name) for name in ("key.pem", "certificate.pem"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", key, "-out", certificate, "-days", "1", "-subj", "/CN=test", "-addext",
                        "subjectAltName=DNS:localhost"], check=True, capture_output=True)
        self.start()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.tcp.socket = context.wrap_socket(self.tcp.socket, server_side=True)
        url = f"https://localhost:{self.tcp.server_address[1]}"
        self.assertIn("403", run("call", "11", "--portal", url, "--ca", certificate).stdout)
        self.assertIn("certificate verify failed", run("call", "11", "--portal", url).stderr)
        other_name = run("call", "11", "--portal", url.replace("localhost", "127.0.0.1"), "--ca", certificate)
        self.assertIn("certificate verify failed", other_name.stderr)


class Walk(Sim):
    def test_walks_through_all_eleven_without_surprises(self):
        self.start()
        walk = self.walk()
        self.assertEqual(walk.returncode, 0, walk.stdout)
        self.assertRegex(walk.stdout, r"walk: \d+ steps, \d+ events, 0 surprises\n$")
        self.assertEqual({path.rpartition("/")[2] for path, _, _ in self.tcp.requests}, set(CONTENT_TYPES))

    def test_expects_the_same_events_in_chaos(self):
        expected = self.count_events(self.start(), self.walk())
        for seed in ("1", "2", "3"):
            self.assertEqual(self.count_events(self.restart(), self.walk("--chaos", "--seed", seed)), expected)

    def restart(self):
        os.unlink(self.socket)
        return self.start()

    def count_events(self, portal, walk):
        self.assertEqual(walk.returncode, 0, walk.stdout)
        return len(portal.events)

    def test_notices_a_missing_guard_against_repeats(self):
        self.start("forgets")
        self.assertEqual(self.walk("--chaos", "--seed", "1").returncode, 1)

    def test_notices_an_event_that_came_twice(self):
        self.start("double session.authorized")
        self.assert_surprised(self.walk(), "expected no event, got session.authorized")

    def test_notices_a_wrong_answer(self):
        portal = self.start()
        portal.DeleteUser = lambda body: (200, "done", None)
        walk = self.walk()
        self.assert_surprised(walk, "DeleteUser: expected another result")
        self.assertIn("expected the event user.deleted, none came", walk.stdout)

    def test_says_what_to_do_with_a_registered_portal(self):
        self.start().state = "registered"
        self.assert_surprised(self.walk(), "registered already")

    def test_says_what_the_daemon_needs_for_logins(self):
        self.start("no own_calls")
        self.assert_surprised(self.walk(), "site.own_calls = true")

    def test_says_when_nobody_listens(self):
        self.start()
        os.unlink(self.socket)
        self.assert_surprised(self.walk(), "site.sock")


if __name__ == "__main__":
    unittest.main()
