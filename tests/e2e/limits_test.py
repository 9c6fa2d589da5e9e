"""What one client may take from the daemon: header size, time, connections, memory."""
import time
import unittest

from support.case import DaemonCase
from support.nopass import ROOT
from support.timing import PATIENCE, eventually
from support.wire import Wire, exchange, request_bytes

UPDATE = ROOT + "UpdatePicture"
KIB = 1024


class Limits(DaemonCase):
    def test_a_header_of_more_than_16_kib_is_431_and_the_connection_ends(self):
        daemon = self.daemon()
        fits = exchange(daemon.address, "POST", UPDATE, b"{}", headers={"X-Long": "x" * (15 * KIB)})
        self.assertEqual(fits.status, 403)
        many = {f"X-Long-{i}": "x" * 100 for i in range(200)}
        for headers in ({"X-Long": "x" * (17 * KIB)}, many, {"X-Long": "x" * (300 * KIB)}):
            with Wire(daemon.address) as wire:
                reply = wire.request("POST", UPDATE, b"{}", headers=headers)
                self.assertEqual(reply.status, 431, reply)
                self.assert_reply_shape(reply)
                self.assertTrue(wire.is_closed())
        with Wire(daemon.address) as wire:
            wire.send(b"POST /" + b"x" * (17 * KIB) + b" HTTP/1.1\r\nHost: a\r\n\r\n")
            self.assertEqual(wire.reply().status, 431)

    def test_the_limit_of_the_header_is_configurable(self):
        daemon = self.daemon({"listener.max_header": "1KiB"})
        self.assertEqual(exchange(daemon.address, "POST", UPDATE, b"{}", headers={"X": "x" * 600}).status, 403)
        self.assertEqual(exchange(daemon.address, "POST", UPDATE, b"{}", headers={"X": "x" * 1100}).status, 431)

    def test_a_header_may_be_as_long_as_the_configuration_says(self):
        daemon = self.daemon({"listener.max_header": "64KiB"})
        for length, status in ((63 * KIB, 403), (65 * KIB, 431)):
            reply = exchange(daemon.address, "POST", UPDATE, b"{}", headers={"X": "x" * length})
            self.assertEqual(reply.status, status, length)

    def test_a_trailer_of_any_length_does_no_harm(self):
        daemon = self.daemon()
        for kib in (1, 20, 60, 63, 64, 65, 100, 127, 128, 300):
            for trailer in (b"X: " + b"x" * (kib * KIB), b"X" * (kib * KIB) + b": x"):
                with self.subTest(kib=kib), Wire(daemon.address) as wire:
                    wire.send(request_bytes("POST", UPDATE, b"2\r\n{}\r\n0\r\n" + trailer + b"\r\n\r\n", headers={
                        "Content-Length": None, "Transfer-Encoding": "chunked"}))
                    self.assertIn(wire.reply().status, (400, 403))
        self.assertEqual(exchange(daemon.address, "POST", UPDATE, b"{}").status, 403)

    def assert_cut_after_a_second(self, wire, began):
        """Closed without being answered as if it had been whole, soon after the second, and not before."""
        while chunk := wire.sock.recv(65536):
            self.assertTrue(chunk.startswith(b"HTTP/1.1 408"), chunk)
        took = time.monotonic() - began
        self.assertGreater(took, 0.8)
        self.assertLess(took, PATIENCE / 2)

    def test_a_slow_header_is_cut(self):
        daemon = self.daemon({"listener.header_timeout": "1s"})
        began = time.monotonic()
        with Wire(daemon.address) as wire:
            wire.send(request_bytes("POST", UPDATE, b"{}")[:30])
            self.assert_cut_after_a_second(wire, began)
        self.assertEqual(exchange(daemon.address, "POST", UPDATE, b"{}").status, 403)

    def test_a_header_that_trickles_is_cut_all_the_same(self):
        daemon = self.daemon({"listener.header_timeout": "1s"})
        began = time.monotonic()
        with Wire(daemon.address) as wire:
            with self.assertRaises(OSError):
                wire.send(b"POST / HTTP/1.1\r\n")
                while time.monotonic() < began + PATIENCE:
                    wire.send(b"X-Again: and again\r\n")
                    time.sleep(0.1)
        self.assertLess(time.monotonic() - began, PATIENCE / 2)

    def test_a_slow_body_is_cut(self):
        daemon, nopass, _ = self.registered_daemon({"listener.body_timeout": "1s"})
        began = time.monotonic()
        with Wire(daemon.address) as wire:
            wire.send(request_bytes("POST", UPDATE, b'{"authId":', headers={"Content-Length": "100"}))
            self.assert_cut_after_a_second(wire, began)
        self.assert_refused(nopass.authorized_user("unknown"), 404, "105")

    def test_an_idle_connection_is_closed(self):
        daemon = self.daemon({"listener.idle_timeout": "1s"})
        with Wire(daemon.address) as wire:
            self.assertEqual(wire.request("POST", UPDATE, b"{}").status, 403)
            began = time.monotonic()
            self.assert_cut_after_a_second(wire, began)

    def test_a_connection_that_never_spoke_is_closed(self):
        daemon = self.daemon({"listener.idle_timeout": "1s", "listener.header_timeout": "1s"})
        began = time.monotonic()
        with Wire(daemon.address) as wire:
            self.assert_cut_after_a_second(wire, began)

    def test_beyond_max_connections_others_are_turned_away_until_one_is_closed(self):
        daemon = self.daemon({"listener.max_connections": 3})
        wires = [Wire(daemon.address) for _ in range(3)]
        for wire in wires:
            self.addCleanup(wire.close)
            self.assertEqual(wire.request("POST", UPDATE, b"{}").status, 403)
        with Wire(daemon.address) as fourth:
            self.assertTrue(fourth.is_closed())
        # Those that are in are served on.
        self.assertEqual([wire.request("POST", UPDATE, b"{}").status for wire in wires], [403] * 3)
        wires[0].close()

        def is_served():
            try:
                return exchange(daemon.address, "POST", UPDATE, b"{}").status == 403
            except ConnectionError:
                return False

        eventually(is_served, "a place after one was closed")

    def test_beyond_max_buffered_bodies_are_503_until_the_others_are_read(self):
        daemon, _, _ = self.registered_daemon({"listener.max_buffered": "64KiB"})
        body = b'{"x":"%s"}' % (b"y" * 50_000)
        with Wire(daemon.address) as first:
            whole = request_bytes("POST", UPDATE, body)
            first.send(whole[:-10])
            daemon.wait_until_read(first)
            refused = exchange(daemon.address, "POST", UPDATE, body)
            self.assert_refused(refused, 503, "114")
            self.assertGreaterEqual(int(refused.headers["retry-after"]), 1)
            first.send(whole[-10:])
            self.assert_refused(first.reply(), 400, "102")
        self.assertEqual(exchange(daemon.address, "POST", UPDATE, body).status, 400)


if __name__ == "__main__":
    unittest.main()
