"""Who may call: addresses, proxies, rates, client certificates."""
import ipaddress
import ssl
import struct
import unittest

from support.case import DaemonCase
from support.certificates import Authority
from support.nopass import ROOT
from support.site import Site
from support.wire import Wire, exchange, request_bytes

UPDATE = ROOT + "UpdatePicture"
OUTSIDE = ["203.0.113.0/24", "2001:db8:1::/48"]


class Gate(DaemonCase):
    """The portal is not registered: who is admitted gets 403 with code 112, who is not an empty 403."""

    def call(self, daemon, forwarded=None, source=None, **more):
        headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
        return exchange(daemon.address, "POST", UPDATE, b"{}", headers=headers, source=source, **more)

    def assert_admitted(self, reply, admitted=True):
        self.assertEqual((reply.status, bool(reply.body)), (403, admitted), reply)
        if admitted:
            self.assertEqual(reply.codes, ["112"])


class Addresses(Gate):
    def test_only_listed_addresses_are_admitted(self):
        daemon = self.daemon({"callers.allow": ["127.0.0.9", "127.1.0.0/16"]})
        for source, admitted in (("127.0.0.1", False), ("127.0.0.9", True), ("127.0.0.10", False),
                                 ("127.1.2.3", True), ("127.2.0.1", False)):
            self.assert_admitted(self.call(daemon, source=source), admitted)

    def test_a_refused_caller_learns_nothing_whatever_he_asks(self):
        daemon = self.daemon({"callers.allow": OUTSIDE})
        for data in (request_bytes("GET", "/"), request_bytes("POST", UPDATE, b"{}"),
                     request_bytes("POST", UPDATE, headers={"Content-Length": "999999999"}),
                     request_bytes("PUT", ROOT + "AddUsers", b"{", headers={"Content-Type": "text/html"})):
            with Wire(daemon.address) as wire:
                wire.send(data)
                reply = wire.reply()
                self.assertEqual((reply.status, reply.body), (403, b""))
                self.assertTrue(wire.is_closed())

    def test_a_window_answers_only_the_caller_of_callback_1(self):
        daemon = self.daemon()
        site, nopass = Site(daemon.site_path), self.nopass(daemon)
        window = site.open_window()
        self.assertEqual(nopass.confirm_pre_registration(window["adminId"]).status, 200)
        body = b'{"portalId":"p","authToken":"t"}'
        reply = exchange(daemon.address, "POST", ROOT + "ConfirmRegistration", body, source="127.0.0.9")
        self.assertEqual((reply.status, reply.body), (404, b""))
        self.assertEqual(nopass.confirm_registration().status, 200)

    def test_guessing_the_admin_id_is_stopped_for_that_address(self):
        daemon = self.daemon()
        site, nopass = Site(daemon.site_path), self.nopass(daemon)
        window = site.open_window()
        for _ in range(5):
            self.assert_refused(nopass.confirm_pre_registration("a guess"), 400, "101")
        self.assert_refused(nopass.confirm_pre_registration("a guess"), 429, "113")
        self.assert_refused(nopass.confirm_pre_registration(window["adminId"]), 429, "113")
        types = [event["type"] for event in site.all_events()[0]]
        self.assertEqual(types, ["nopass.portal.registration_attacked"])
        body = b'{"adminId":"%s","r":1}' % window["adminId"].encode()
        other = exchange(daemon.address, "POST", ROOT + "ConfirmPreRegistration", body, source="127.0.0.9")
        self.assertEqual(other.status, 200)


class Forwarded(Gate):
    def test_the_caller_is_the_rightmost_untrusted_address(self):
        daemon = self.daemon({"callers.allow": OUTSIDE, "callers.trusted_proxies": ["127.0.0.0/8", "198.51.100.7"]})
        for forwarded, admitted in (
                ("203.0.113.7", True), ("198.51.100.1", False), ("198.51.100.1, 203.0.113.7", True),
                ("203.0.113.7, 198.51.100.1", False), ("203.0.113.7,198.51.100.7", True),
                ("203.0.113.7 ,\t127.0.0.3 , 198.51.100.7", True), ("10.0.0.1, 203.0.113.7, 127.0.0.1", True),
                ("2001:db8:1::7", True), ("2001:db8:2::7", False), ("127.0.0.1", False), (None, False)):
            with self.subTest(forwarded):
                self.assert_admitted(self.call(daemon, forwarded), admitted)

    def test_the_leftmost_counts_where_all_are_trusted(self):
        daemon = self.daemon({"callers.allow": ["127.0.0.2"]})
        self.assert_admitted(self.call(daemon, "127.0.0.2, 127.0.0.3"))
        self.assert_admitted(self.call(daemon, "127.0.0.3, 127.0.0.2"), False)

    def test_an_entry_that_is_no_address_refuses_the_caller(self):
        daemon = self.daemon({"callers.allow": [*OUTSIDE, "127.0.0.0/8"]})
        self.assert_admitted(self.call(daemon, "203.0.113.7"))
        for forwarded in ("", "unknown", "203.0.113.7, ", ", 203.0.113.7", "203.0.113.7:80", "203.0.113.999",
                          "_hidden, 203.0.113.7", "203.0.113.7 203.0.113.8", "fe80::1%eth0", "203.0.113.0/24",
                          "0xcb007107"):
            with self.subTest(forwarded):
                self.assert_admitted(self.call(daemon, forwarded), False)

    def test_several_header_lines_are_one_list(self):
        daemon = self.daemon({"callers.allow": OUTSIDE})
        for first, second, admitted in (("198.51.100.1", "203.0.113.7", True), ("203.0.113.7", "198.51.100.1", False)):
            lines = f"POST {UPDATE} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {first}\r\nx-forwarded-for: {second}\r\n"
            with Wire(daemon.address) as wire:
                wire.send(lines.encode() + b"Content-Length: 2\r\n\r\n{}")
                self.assert_admitted(wire.reply(), admitted)

    def test_the_header_from_anyone_but_a_trusted_proxy_refuses_the_caller(self):
        daemon = self.daemon({"callers.allow": ["127.0.0.0/8"], "callers.trusted_proxies": ["127.0.0.9/32"]})
        self.assert_admitted(self.call(daemon))
        self.assert_admitted(self.call(daemon, "127.0.0.1"), False)
        self.assert_admitted(self.call(daemon, "127.0.0.1", source="127.0.0.9"))


class Rate(Gate):
    OPEN = {"callers.anybody": True, "callers.allow": ["127.0.0.9"], "policy.update_user": "deny",
            "policy.add_users": "deny", "callers.requests_per_second": 1, "callers.burst": 5}

    def test_callers_that_anybody_alone_admits_are_limited(self):
        daemon = self.daemon(self.OPEN)
        replies = [self.call(daemon) for _ in range(20)]
        self.assertEqual([reply.status for reply in replies[:5]], [403] * 5)
        last = replies[-1]
        self.assert_refused(last, 429, "113")
        self.assertGreaterEqual(int(last.headers["retry-after"]), 1)
        # A listed caller is not, nor is another address.
        self.assertEqual({self.call(daemon, source="127.0.0.9").status for _ in range(20)}, {403})
        self.assert_admitted(self.call(daemon, source="127.0.0.10"))

    def test_an_ipv6_network_of_64_bits_counts_as_one_caller(self):
        daemon = self.daemon(self.OPEN)
        replies = [self.call(daemon, f"2001:db8::{i:x}") for i in range(1, 21)]
        self.assertEqual(replies[-1].status, 429)
        self.assert_admitted(self.call(daemon, "2001:db8:0:1::1"))

    def test_anybody_is_said_at_the_start(self):
        daemon = self.daemon(self.OPEN)
        self.assertIn("anybody", daemon.log())
        self.assertEqual(Site(daemon.site_path).want(200, "GET", "/readyz")["callers"], "anybody")


def proxy_v1(source, family="TCP4", target="127.0.0.1"):
    return f"PROXY {family} {source} {target} 56324 443\r\n".encode()


def proxy_v2(source=None, extra=b""):
    if source is None:
        return b"\r\n\r\n\0\r\nQUIT\n" + struct.pack(">BBH", 0x20, 0, len(extra)) + extra
    packed = ipaddress.ip_address(source).packed
    rest = packed + bytes(len(packed)) + struct.pack(">HH", 56324, 443) + extra
    family = 0x11 if len(packed) == 4 else 0x21
    return b"\r\n\r\n\0\r\nQUIT\n" + struct.pack(">BBH", 0x21, family, len(rest)) + rest


class ProxyProtocol(Gate):
    SETTINGS = {"callers.proxy_protocol": True, "callers.allow": OUTSIDE, "callers.trusted_proxies": ["127.0.0.1"],
                "listener.header_timeout": "1s"}

    def test_the_caller_is_whom_the_header_names(self):
        daemon = self.daemon(self.SETTINGS)
        for before, admitted in ((proxy_v1("203.0.113.7"), True), (proxy_v1("198.51.100.1"), False),
                                 (proxy_v1("2001:db8:1::7", "TCP6", "::1"), True), (b"PROXY UNKNOWN\r\n", False),
                                 (proxy_v2("203.0.113.7"), True), (proxy_v2("198.51.100.1"), False),
                                 (proxy_v2("2001:db8:1::7"), True), (proxy_v2(), False),
                                 (proxy_v2("203.0.113.7", b"\x04\x00\x03abc"), True)):
            with self.subTest(before), Wire(daemon.address, before=before) as wire:
                self.assert_admitted(wire.request("POST", UPDATE, b"{}"), admitted)

    def test_x_forwarded_for_is_ignored(self):
        daemon = self.daemon(self.SETTINGS)
        for header in ("198.51.100.1", "no address"):
            with Wire(daemon.address, before=proxy_v1("203.0.113.7")) as wire:
                self.assert_admitted(wire.request("POST", UPDATE, b"{}", headers={"X-Forwarded-For": header}))

    def test_the_header_may_come_in_pieces(self):
        daemon = self.daemon({**self.SETTINGS, "listener.header_timeout": "30s"})
        for header in (proxy_v1("203.0.113.7"), proxy_v2("203.0.113.7")):
            with Wire(daemon.address) as wire:
                for byte in header:
                    wire.send(bytes([byte]))
                self.assert_admitted(wire.request("POST", UPDATE, b"{}"))

    def test_a_trusted_proxy_without_a_right_header_is_cut_off(self):
        daemon = self.daemon(self.SETTINGS)
        request = request_bytes("POST", UPDATE, b"{}")
        for data in (request, b"PROXY TCP4 203.0.113.7\r\n" + request, proxy_v1("203.0.113.777") + request,
                     b"PROXY " + b"x" * 200 + request, b"\r\n\r\n\0\r\nQUIX\n" + request, b"PROXY TCP4 ",
                     b"\r\n\r\n\0"):
            with self.subTest(data[:40]), Wire(daemon.address, before=data) as wire:
                self.assertTrue(wire.is_closed())

    def test_others_send_none(self):
        daemon = self.daemon({**self.SETTINGS, "callers.allow": ["127.0.0.9"]})
        self.assert_admitted(self.call(daemon, source="127.0.0.9"))
        with Wire(daemon.address, source="127.0.0.9", before=proxy_v1("127.0.0.9")) as wire:
            self.assertEqual(wire.request("POST", UPDATE, b"{}").status, 400)


class Certificates(Gate):
    def setUp(self):
        self.one = self.stopped_daemon()
        self.servers, self.clients, self.strangers = (
            Authority(self.one.folder, name) for name in ("servers", "clients", "strangers"))
        certificate, key = self.servers.issue("localhost")
        self.one.settings.update({"listener.tls_certificate": certificate, "listener.tls_key": key,
                                  "callers.client_ca": self.clients.certificate})

    def test_a_certificate_of_the_authority_is_accepted_and_none_or_anothers_is_not(self):
        self.one.start()
        good = self.servers.client(self.clients.issue("nopass", "clientAuth"))
        self.assert_admitted(self.call(self.one, tls=good))
        for context in (self.servers.client(), self.servers.client(self.strangers.issue("stranger", "clientAuth"))):
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                self.call(self.one, tls=context)
        self.assert_admitted(self.call(self.one, tls=good))

    def test_the_address_counts_too(self):
        self.one.settings["callers.allow"] = OUTSIDE
        self.one.start()
        good = self.servers.client(self.clients.issue("nopass", "clientAuth"))
        self.assert_admitted(self.call(self.one, tls=good), False)
        self.assert_admitted(self.call(self.one, "203.0.113.7", tls=good))

    def test_a_proxy_header_comes_before_tls(self):
        self.one.settings.update({"callers.allow": OUTSIDE, "callers.proxy_protocol": True})
        self.one.start()
        good = self.servers.client(self.clients.issue("nopass", "clientAuth"))
        with Wire(self.one.address, tls=good, before=proxy_v2("203.0.113.7")) as wire:
            self.assert_admitted(wire.request("POST", UPDATE, b"{}"))


if __name__ == "__main__":
    unittest.main()
