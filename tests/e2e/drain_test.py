"""SIGTERM: what was accepted is answered, everybody else is sent away, and the daemon is gone in time."""
import signal
import time
import unittest

from support.case import DaemonCase
from support.certificates import Authority
from support.nopass import JSON_PATCH, ROOT, person
from support.site import EventStream, Site, waiting_reader
from support.timing import PATIENCE, eventually
from support.wire import Wire, connect, request_bytes

GRACE = 10  # seconds that the daemon gives what it has accepted


class Drain(DaemonCase):
    tls = None

    def setUp(self):
        self.one, self.portal, self.site = self.registered_daemon()

    def terminate(self):
        self.one.tell(signal.SIGTERM)
        self.one.wait_for_line("stopping")

    def assert_ends(self, within):
        began = time.monotonic()
        self.assertEqual(self.one.wait(), 0, self.one.log())
        self.assertLess(time.monotonic() - began, within)

    def half_sent(self, people, tls=None):
        """A connection with half of an AddUsers, which the daemon has begun to read; and the other half."""
        body = (b'{"portalId":"%s","users":[%s]}' %
                (self.portal.portal_id.encode(), b",".join(b'{"login":"%s"}' % name.encode() for name in people)))
        whole = request_bytes("POST", ROOT + "AddUsers", body, headers={"Content-Type": JSON_PATCH})
        wire = Wire(self.one.address, tls=tls)
        self.addCleanup(wire.close)
        wire.send(whole[:-20])
        self.one.wait_until_read(wire)
        return wire, whole[-20:]

    def assert_refuses_connections(self):
        def refuses(address):
            try:
                connect(address).close()
                return False
            except OSError:
                return True

        eventually(lambda: refuses(self.one.address), "the listener refuses new connections")
        eventually(lambda: refuses(self.one.site_path), "the site socket refuses new connections")

    def test_a_request_that_is_half_sent_is_finished_answered_and_stored(self):
        wire, rest = self.half_sent(["alice", "bob"])
        self.terminate()
        self.assert_refuses_connections()
        self.assertTrue(self.one.is_running())
        wire.send(rest)
        reply = wire.reply()
        self.assert_ok(reply, True)
        self.assertEqual(reply.headers["connection"], "close")
        self.assertTrue(wire.is_closed())
        wire.close()
        self.assert_ends(within=GRACE)
        self.one.start()
        self.assertEqual(set(self.site.users()), {"alice", "bob"})

    def test_a_request_that_is_never_finished_is_cut_after_the_grace(self):
        wire, _ = self.half_sent(["alice"])
        self.terminate()
        began = time.monotonic()
        self.assert_ends(within=GRACE + PATIENCE / 3)
        self.assertGreater(time.monotonic() - began, GRACE - 2)
        self.assertTrue(wire.is_closed())
        self.one.start()
        self.assertEqual(self.site.users(), {})

    def test_requests_that_were_pipelined_before_the_end_get_an_answer_or_an_end(self):
        with Wire(self.one.address) as wire:
            wire.send(b"".join(request_bytes("POST", ROOT + "AddUsers", (
                b'{"portalId":"%s","users":[{"login":"user%d"}]}' % (self.portal.portal_id.encode(), i))) for i in
                range(200)))
            first = wire.reply()
            self.assert_ok(first, True)
            self.terminate()
            answered = 1
            try:
                while True:
                    self.assert_ok(wire.reply(), True)
                    answered += 1
            except ConnectionError:
                pass
        self.assert_ends(within=GRACE)
        self.one.start()
        self.assertGreaterEqual(len(self.site.users()), answered)

    def test_idle_connections_long_polls_and_streams_end_at_once(self):
        self.site.make_consumer("mail")
        idle = [Wire(self.one.address), Wire(self.one.site_path)]
        for wire in idle:
            self.addCleanup(wire.close)
        idle[0].request("POST", ROOT + "UpdatePicture", b"{}")
        idle[1].request("GET", "/v1/portal")
        silent = Wire(self.one.address)
        stream = EventStream(self.one.site_path)
        self.assertIsNone(stream.block().data)
        cursor = self.site.cursor()
        polls = [Wire(self.one.site_path), waiting_reader(self.site, "mail")]
        polls[0].send(request_bytes("GET", f"/v1/events?wait=60&after={cursor}"))
        for wire in (silent, stream, *polls):
            self.addCleanup(wire.close)
        self.terminate()
        for wire in (*idle, silent):
            self.assertTrue(wire.is_closed())
        self.assertIsNone(stream.block(), "the stream ends as a whole one")
        for wire in polls:
            reply = wire.reply()
            self.assertEqual((reply.status, reply.json["data"]), (200, []))
        self.assert_ends(within=GRACE / 2)

    def test_who_has_just_connected_is_still_answered(self):
        wires = [Wire(self.one.address, tls=self.tls), Wire(self.one.site_path)]
        for wire in wires:
            self.addCleanup(wire.close)
        self.terminate()
        wires[0].send(request_bytes("POST", ROOT + "UpdatePicture", b"{}"))
        wires[1].send(request_bytes("GET", "/v1/portal"))
        for wire, status in zip(wires, (400, 200)):
            reply = wire.reply()
            self.assertEqual((reply.status, reply.headers["connection"]), (status, "close"), reply)
        self.assert_ends(within=GRACE / 2)

    def test_so_is_who_has_yet_to_say_for_whom_it_speaks(self):
        proxied = self.daemon({"callers.proxy_protocol": True})
        wire = Wire(proxied.address)
        self.addCleanup(wire.close)
        eventually(lambda: b'nopassd_connections{listener="callbacks"} 1' in Site(proxied.site_path).get("/metrics").body,
                   "the connection is counted")
        proxied.tell(signal.SIGTERM)
        proxied.wait_for_line("stopping")
        wire.send(b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n" + request_bytes("POST", ROOT + "UpdatePicture", b"{}"))
        self.assertEqual(wire.reply().status, 403)
        self.assertEqual(proxied.wait(), 0)

    def test_with_nobody_there_it_ends_at_once_and_sigint_is_the_same(self):
        self.portal.close()
        for number in (signal.SIGTERM, signal.SIGINT):
            self.one.tell(number)
            self.assert_ends(within=GRACE / 2)
            self.one.start()

    def test_a_second_sigterm_does_no_harm(self):
        wire, rest = self.half_sent(["alice"])
        self.terminate()
        self.one.tell(signal.SIGTERM)
        wire.send(rest)
        self.assert_ok(wire.reply(), True)
        wire.close()
        self.assert_ends(within=GRACE)

    def test_an_event_that_was_committed_last_is_still_in_the_log(self):
        for i in range(5):
            self.assert_ok(self.portal.add_users(person(f"user{i}")), True)
            self.one.restart()
            self.portal.close()
            self.portal.address = self.one.address
            self.assertEqual(len(self.site.users()), i + 1)


class DrainTls(Drain):
    """The same over HTTPS for the requests that are under way."""

    def setUp(self):
        self.one = self.stopped_daemon()
        authority = Authority(self.one.folder, "authority")
        certificate, key = authority.issue("localhost")
        self.one.settings.update({"listener.tls_certificate": certificate, "listener.tls_key": key})
        self.one.start()
        self.tls = authority.client()
        self.site, self.portal = Site(self.one.site_path), self.nopass(self.one, tls=self.tls)
        self.portal.register(self.site)

    def half_sent(self, people, tls=None):
        return super().half_sent(people, self.tls)

    # What these show does not depend on TLS.
    test_requests_that_were_pipelined_before_the_end_get_an_answer_or_an_end = None
    test_idle_connections_long_polls_and_streams_end_at_once = None
    test_a_request_that_is_never_finished_is_cut_after_the_grace = None
    test_with_nobody_there_it_ends_at_once_and_sigint_is_the_same = None
    test_so_is_who_has_yet_to_say_for_whom_it_speaks = None


if __name__ == "__main__":
    unittest.main()
