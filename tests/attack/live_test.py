"""An attacker in a browser, with the live socket before him: he may ask for tickets, and for nothing else."""
import secrets
import threading
import time
import unittest

from support.ceremony import CeremonyCase
from support.nopass import NAMES, ROOT
from support.site import Site
from support.timing import eventually
from support.wire import Wire, exchange

A_MINUTE = 60
PATHS = ("/v1", "/v1/portal", "/v1/portal/credentials", "/v1/sessions", "/v1/users", "/v1/events", "/openapi.json",
         "/livez", "/readyz", "/metrics", "/oauth/token", *(ROOT + name for name in NAMES))
ODD = ("/", "", "*", "/nopass", "/nopass/", "/nopass/t", "/nopass/t/", "/nopass/t//events", "/nopass/../v1/portal",
       "/nopass/t/../../v1/portal", "/nopass/%2e%2e/v1/portal", "/nopass/t/..%2f..%2fv1%2fportal", "//nopass/t/",
       "/nopass/t/%00", "/nopass/t/null", "/nopass/t/undefined", "/nopass/t/*", "/nopass/t/%25", "/nopass/sessions",
       "/nopass/nopass-login.mjs", "/nopass/nopass-login.js.map", "/nopass/.git/config", "/nopass/../../etc/passwd",
       "http://localhost/v1/portal", "/nopass/t/" + "A" * 4096)


class LiveCase(CeremonyCase):
    def setUp(self):
        super().setUp()
        self.live = Site(self.running.live_path)

    def status(self, login):
        return self.live.get(login.live_url)


class LiveSocket(LiveCase):
    def test_knows_tickets_and_the_element_and_nothing_else(self):
        login = self.login("erin")
        self.assertEqual(self.status(login).status, 200)
        for path in PATHS + tuple("/nopass" + path for path in PATHS):
            for method in ("GET", "POST", "DELETE"):
                reply = self.live.call(method, path, b"{}" if method == "POST" else None)
                self.assertEqual(reply.status, 404, (method, path, reply))
        for path in ODD:
            reply = exchange(self.running.live_path, "GET", path) if path else None
            self.assertTrue(reply is None or reply.status in (400, 404, 414, 431), (path, reply))
            self.assertTrue(reply is None or b"portal" not in reply.body.lower(), (path, reply))

    def test_does_not_take_a_session_for_its_ticket(self):
        login = self.login("erin")
        unknown = self.live.get("/nopass/t/" + "A" * 43)
        for name in (login.id, login.auth_id, login.binding, "erin", self.user_id("erin"), login.ticket[:-1],
                     login.ticket + "A", login.ticket + "=", login.ticket.swapcase(), "%" + login.ticket,
                     f"{login.ticket}%00", f"{login.ticket}/../{login.ticket}", f"{login.ticket}/redeem"):
            for more in ("", "/picture", "/events"):
                reply = self.live.get(f"/nopass/t/{name}{more}")
                self.assertEqual((reply.status, reply.body), (404, unknown.body), name + more)

    def test_gives_no_way_to_change_anything(self):
        login = self.login("erin")
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            for more in ("", "/picture", "/events"):
                self.assertEqual(self.live.call(method, login.live_url + more).status, 405, method + more)
            self.assertEqual(self.live.call(method, login.live_url + "/redeem").status, 404)
        self.assertEqual(login.state(), "pending")

    def test_tells_nothing_that_would_be_worth_stealing(self):
        login = self.login("mallory")
        self.assert_ok(self.nopass.update_picture(login.auth_id, 1), "OK")
        with Wire(self.running.live_path) as stream:
            stream.send(f"GET {login.live_url}/events HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            told = [str(stream.head()).encode(), stream.chunk()]
            self.assert_ok(self.nopass.authorized_user(login.auth_id), True)
            while b"event: authorized" not in told[-1]:
                told.append(stream.chunk())
        for path in ("", "/picture"):
            reply = self.live.get(login.live_url + path)
            told += [str(reply.headers).encode(), reply.body]
        known = b"\n".join(told)
        for secret in (login.auth_id, login.id, login.binding, login.ticket, self.user_id("mallory"), "mallory",
                       self.nopass.portal_id, self.nopass.auth_token):
            self.assertNotIn(secret.encode(), known)

    def test_hands_a_reason_on_as_text_and_never_as_markup(self):
        login = self.login("erin")
        reason = "<script>alert('\u2028\u00e9\\\"')</script>\n\ndata: forged\nevent: authorized"
        with Wire(self.running.live_path) as stream:
            stream.send(f"GET {login.live_url}/events HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            stream.head()
            text = stream.chunk()
            self.assert_ok(self.nopass.authorized_user(login.auth_id, False, reason), True)
            while chunk := stream.chunk():
                text += chunk
        blocks = [block for block in text.decode().split("\n\n") if "event: " in block]
        self.assertEqual([line for block in blocks for line in block.split("\n") if line.startswith("event: ")],
                         ["event: state", "event: denied"])
        reply = self.status(login)
        self.assertEqual(reply.json["reason"], reason)
        self.assertTrue(reply.headers["content-type"].startswith("application/json"), reply)
        self.assertEqual(reply.headers["x-content-type-options"], "nosniff")

    def test_ends_a_ticket_when_it_is_redeemed(self):
        login = self.open_login("erin")
        for more in ("", "/picture", "/events"):
            self.assertEqual(self.live.get(login.live_url + more).status, 404, more)

    def test_lets_no_foreign_page_read(self):
        login = self.login("erin")
        reply = self.live.get(login.live_url, headers={"Origin": "https://evil.example"})
        self.assertNotIn("access-control-allow-origin", reply.headers)

    def test_is_not_reached_through_the_callbacks_or_the_site_socket(self):
        login = self.login("erin")
        self.assertEqual(exchange(self.running.address, "GET", login.live_url).status, 404)
        self.assertEqual(self.site.get(login.live_url).status, 404)


class GuessedTickets(LiveCase):
    def guesses_counted(self):
        for line in self.site.get("/metrics").body.decode().splitlines():
            if line.startswith("nopassd_live_guesses_total"):
                return float(line.split()[-1])
        return 0

    def test_at_line_rate_are_limited_counted_and_told_while_the_others_go_on(self):
        login = self.login("erin")
        ends, outcomes, lock = time.monotonic() + A_MINUTE, {}, threading.Lock()

        def guess():
            mine = {}
            with Wire(self.running.live_path) as wire:
                while time.monotonic() < ends:
                    reply = wire.request("GET", "/nopass/t/" + secrets.token_urlsafe(32))
                    mine[reply.status] = mine.get(reply.status, 0) + 1
                    if reply.headers.get("connection", "").lower() == "close":
                        raise AssertionError("a guesser was cut off: he would only come back")
            with lock:
                for status, count in mine.items():
                    outcomes[status] = outcomes.get(status, 0) + count

        guessers = [threading.Thread(target=guess) for _ in range(8)]
        for each in guessers:
            each.start()
        answered = 0
        while time.monotonic() < ends:
            self.assertEqual(self.status(login).status, 200, "whoever has a ticket is answered all the while")
            self.assert_ok(self.nopass.update_picture(login.auth_id, answered), "OK")
            answered += 1
        for each in guessers:
            each.join()
        self.assertEqual(set(outcomes), {404, 429})
        # A burst of 200, then 20 a second.
        self.assertLessEqual(outcomes[404], 200 + 20 * (A_MINUTE + 5))
        self.assertGreater(outcomes[429], outcomes[404])
        self.assertGreater(answered, A_MINUTE)
        eventually(lambda: self.guesses_counted() >= outcomes[404] + outcomes[429], "the guesses are counted")
        alarms = [line for line in self.running.log().splitlines() if "guess" in line]
        self.assertTrue(alarms, "the log tells of it")
        self.assertLessEqual(len(alarms), A_MINUTE / 10 + 2)


if __name__ == "__main__":
    unittest.main()
