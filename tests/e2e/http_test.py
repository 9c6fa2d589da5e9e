"""HTTP as clients and attackers speak it: framing, order, limits, deadlines."""
import json
import threading
import unittest

from support.case import DaemonCase
from support.nopass import ROOT, person
from support.site import Site
from support.wire import Wire, exchange, request_bytes

UPDATE = ROOT + "UpdatePicture"
ADD = ROOT + "AddUsers"
DISABLE = ROOT + "DisableService"
KIB = 1024


def chunked(*parts):
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


class Http(DaemonCase):
    """The portal is not registered: a callback that was read as HTTP is refused with 403 and code 112."""

    def setUp(self):
        self.one = self.daemon({"listener.idle_timeout": "20s"})

    def assert_alive(self):
        self.assertEqual(exchange(self.one.address, "POST", UPDATE, b"{}").status, 403)
        self.assertTrue(self.one.is_running())

    def assert_reached(self, reply):
        self.assertEqual((reply.status, reply.codes), (403, ["112"]), reply)

    def test_a_connection_serves_many_requests(self):
        with Wire(self.one.address) as wire:
            for _ in range(50):
                self.assert_reached(wire.request("POST", UPDATE, b"{}"))

    def test_pipelined_requests_are_answered_in_order(self):
        names = ["UpdatePicture", "NoSuchThing", "DeleteUser", "ConfirmPreRegistration", "AuthorizedUser"] * 8
        wanted = {"NoSuchThing": 404, "ConfirmPreRegistration": 404}
        with Wire(self.one.address) as wire:
            wire.send(b"".join(request_bytes("POST", ROOT + name, b"{}") for name in names))
            self.assertEqual([wire.reply().status for _ in names], [wanted.get(name, 403) for name in names])

    def test_a_request_may_come_byte_by_byte(self):
        with Wire(self.one.address) as wire:
            for byte in request_bytes("POST", UPDATE, b'{"authId":"a"}'):
                wire.send(bytes([byte]))
            self.assert_reached(wire.reply())

    def test_connection_close_is_honoured(self):
        with Wire(self.one.address) as wire:
            reply = wire.request("POST", UPDATE, b"{}", headers={"Connection": "close"})
            self.assertEqual((reply.status, reply.headers["connection"]), (403, "close"))
            self.assertTrue(wire.is_closed())

    def test_http_1_0_is_answered_and_closed(self):
        with Wire(self.one.address) as wire:
            reply = wire.request("POST", UPDATE, b"{}", version="1.0", headers={"Host": None})
            self.assertEqual(reply.status, 403)
            self.assertTrue(wire.is_closed())

    def test_other_methods_are_405_and_say_what_is_allowed(self):
        with Wire(self.one.address) as wire:
            for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS"):
                reply = wire.request(method, UPDATE)
                self.assertEqual((reply.status, reply.headers.get("allow")), (405, "POST"), method)
                self.assert_reply_shape(reply)
                self.assertEqual(reply.codes, ["115"], method)
            wire.send(request_bytes("HEAD", UPDATE))
            reply = wire.reply(to_head=True)
            self.assertEqual((reply.status, reply.headers.get("allow")), (405, "POST"))
            # What follows shows that the answer to HEAD had no body.
            self.assert_reached(wire.request("POST", UPDATE, b"{}"))

    def test_unknown_paths_are_404(self):
        for path in ("/", "/api", ROOT, ROOT + "updatepicture", UPDATE + "/", "/api/PortalCommunication//UpdatePicture",
                     UPDATE + "%00", "/../" + UPDATE, "*", "/v1/portal"):
            self.assertEqual(exchange(self.one.address, "POST", path, b"{}").status, 404, path)

    def test_absolute_form_and_queries_reach_the_callback(self):
        for target in ("http://portal.example" + UPDATE, UPDATE + "?a=b"):
            self.assert_reached(exchange(self.one.address, "POST", target, b"{}"))

    def test_what_is_not_http_is_400_or_closed_and_the_daemon_lives(self):
        good = request_bytes("POST", UPDATE, b"{}").decode()
        cases = {
            "garbage": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
            "binary": bytes(range(256)) * 4 + b"\r\n\r\n",
            "no version": b"POST " + UPDATE.encode() + b"\r\n\r\n",
            "HTTP/9.9": good.replace("HTTP/1.1", "HTTP/9.9").encode(),
            "space in a name": good.replace("Host:", "Ho st:").encode(),
            "space before the colon": good.replace("Host:", "Host :").encode(),
            "control character": good.replace("portal.example", "portal\x01.example").encode(),
            "folded line": good.replace("Host: portal.example", "Host: portal\r\n .example\r\nHost2").encode(),
            "no Host": request_bytes("POST", UPDATE, b"{}", headers={"Host": None}),
            "two Hosts": good.replace("Host:", "Host: a\r\nHost:").encode(),
            "length is no number": good.replace("Length: 2", "Length: two").encode(),
            "length is negative": good.replace("Length: 2", "Length: -2").encode(),
            "length is beyond all bounds": good.replace("Length: 2", "Length: 99999999999999999999999").encode(),
            "two lengths": good.replace("Content-Length: 2", "Content-Length: 2\r\nContent-Length: 3").encode(),
            "length and chunks": request_bytes("POST", UPDATE, b"0\r\n\r\n", headers={
                "Content-Length": "5", "Transfer-Encoding": "chunked"}),
            "chunks and length": request_bytes("POST", UPDATE, b"0\r\n\r\n", headers={
                "Content-Length": None, "Transfer-Encoding": "chunked", "content-length": "5"}),
            "chunk size is no number": request_bytes("POST", UPDATE, b"zz\r\n{}\r\n0\r\n\r\n", headers={
                "Content-Length": None, "Transfer-Encoding": "chunked"}),
            **{f"transfer coding {coding}": request_bytes("POST", UPDATE, b"POST / HTTP/1.1\r\nHost: x\r\n\r\n", headers={
                "Content-Length": None, "Transfer-Encoding": coding})
               for coding in ("xchunked", "gzip", "identity", "chunked, identity", "gzip, chunked")},
        }
        for what, data in cases.items():
            with self.subTest(what), Wire(self.one.address) as wire:
                wire.send(data)
                reply = wire.reply()
                self.assertEqual(reply.status, 400, reply)
                self.assert_reply_shape(reply)
                self.assertTrue(wire.is_closed(), "what comes next is not to be trusted")
        self.assert_alive()

    def test_a_connection_that_says_nothing_or_half_a_line_ends_harmlessly(self):
        for data in (b"", b"\r\n\r\n", b"PO", b"POST /"):
            with Wire(self.one.address) as wire:
                wire.send(data)
        self.assert_alive()


class Bodies(DaemonCase):
    @classmethod
    def setUpClass(cls):
        cls.people = [person(f"user{i}") for i in range(3)]

    def setUp(self):
        self.one, self.portal, self.site = self.registered_daemon()

    def test_100_continue_is_said_before_the_body_is_read(self):
        body = b'{"authId":"a"}'
        with Wire(self.one.address) as wire:
            wire.send(request_bytes("POST", UPDATE, headers={"Content-Length": str(len(body)),
                                                            "Expect": "100-continue"}))
            self.assertEqual(wire.head()[0], 100)
            wire.send(body)
            self.assert_refused(wire.reply(), 400, "102")

    def test_a_refusal_takes_the_place_of_100_continue(self):
        with Wire(self.one.address) as wire:
            wire.send(request_bytes("POST", UPDATE, headers={
                "Content-Length": "10", "Expect": "100-continue", "Content-Type": "text/html"}))
            self.assert_refused(wire.reply(), 415, "115")

    def test_other_expectations_are_417(self):
        self.assertEqual(exchange(self.one.address, "POST", UPDATE, b"{}", headers={"Expect": "a-miracle"}).status, 417)

    def test_chunked_bodies_are_read(self):
        body = json.dumps({"model": {"users": self.people, "portalId": self.portal.portal_id}}).encode()
        headers = {"Content-Length": None, "Transfer-Encoding": "chunked"}
        with Wire(self.one.address) as wire:
            wire.send(request_bytes("POST", ADD, chunked(*[body[i:i + 7] for i in range(0, len(body), 7)]),
                                    headers=headers))
            self.assert_ok(wire.reply(), True)
            # With an extension, a trailer, and in one piece: a repeat.
            wire.send(request_bytes("POST", ADD, b"%x;a=b\r\n%s\r\n0\r\nX-Trailer: 1\r\n\r\n" % (len(body), body),
                                    headers=headers))
            self.assert_ok(wire.reply(), True)
        self.assertEqual(set(self.site.users()), {"user0", "user1", "user2"})

    def test_a_bad_body_leaves_the_connection_as_it_was(self):
        with Wire(self.one.address) as wire:
            for body in (b"{", b"[]", b"\xff", b'{"a":1,"a":2}'):
                reply = wire.request("POST", UPDATE, body)
                self.assertEqual(reply.status, 400)
                self.assertNotEqual(reply.headers.get("connection"), "close")
            wire.send(request_bytes("POST", UPDATE, b"x" * 10, headers={"Content-Type": "text/html"}))
            self.assert_refused(wire.reply(), 415, "115")
            body = json.dumps({"model": {"users": self.people, "portalId": self.portal.portal_id}}).encode()
            self.assert_ok(wire.request("POST", ADD, body), True)

    def test_a_body_is_at_most_256_kib_and_that_of_add_users_8_mib(self):
        for path, limit in ((UPDATE, 256 * KIB), (ADD, 8 * KIB * KIB)):
            shortest = b'{"x":"%s"}' % b""
            fits = b'{"x":"%s"}' % (b"y" * (limit - len(shortest)))
            self.assertEqual(len(fits), limit)
            self.assertEqual(exchange(self.one.address, "POST", path, fits).status, 400, path)
            self.assert_too_large(path, request_bytes("POST", path, fits + b" "))
            # Announced only: nobody waits for the body.
            self.assert_too_large(path, request_bytes("POST", path, headers={"Content-Length": str(limit + 1)}))
            headers = {"Content-Length": None, "Transfer-Encoding": "chunked"}
            self.assert_too_large(path, request_bytes("POST", path, chunked(fits, b" "), headers=headers))
            reply = exchange(self.one.address, "POST", path, chunked(fits[:100], fits[100:]), headers=headers)
            self.assertEqual(reply.status, 400, path)

    def assert_too_large(self, path, data):
        with Wire(self.one.address) as wire:
            wire.send(data)
            self.assert_refused(wire.reply(), 413, "115")
        self.assertEqual(exchange(self.one.address, "POST", path, b"{}").status, 400)

    def test_many_connections_at_once_are_all_answered(self):
        replies = []

        def load():
            with Wire(self.one.address) as wire:
                replies.extend(wire.request("POST", UPDATE, b"{}").status for _ in range(20))

        threads = [threading.Thread(target=load) for _ in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(replies, [400] * 640)


class Threads(DaemonCase):
    def test_every_thread_serves_callbacks_and_the_site(self):
        daemon = self.daemon({"daemon.io_threads": 3})
        for _ in range(12):
            self.assertEqual(exchange(daemon.address, "POST", UPDATE, b"{}").status, 403)
            self.assertEqual(Site(daemon.site_path).portal()["state"], "unregistered")


class Prefix(DaemonCase):
    def test_callbacks_are_found_below_the_path_prefix_alone(self):
        daemon = self.daemon({"callbacks.path_prefix": "/hooks/nopass"})
        nopass = self.nopass(daemon, prefix="/hooks/nopass")
        nopass.register(Site(daemon.site_path))
        self.assert_ok(nopass.add_users(person("alice")), True)
        for path in (ADD, "/hooks" + ADD, "/hooks/nopass2" + ADD, "/hooks/nopass/" + ADD):
            self.assertEqual(exchange(daemon.address, "POST", path, b"{}").status, 404, path)


if __name__ == "__main__":
    unittest.main()
