"""An attacker in his own browser, or with a link for the victim's: the demo website, as docs/login.md shows how to build
one, over the real daemon. A browser is its cookie here; that scripts and forms behave is tests/browser's to show."""
import os
import re
import subprocess
import unittest
import urllib.parse

from support.case import DaemonCase
from support.nopass import person
from support.nopass_server import NopassServer
from support.site import Site
from support.wire import exchange

ROOT = os.path.join(os.path.dirname(__file__), "..", "..")
ORIGIN = "https://www.example.com"


class Browser:
    """Keeps the cookie that it is given last, and everything that it is shown."""

    def __init__(self, address):
        self.address, self.cookie, self.seen = address, None, b""

    def request(self, method, path, form=None, origin=ORIGIN):
        headers = {"X-Real-IP": "192.0.2.7"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        body = urllib.parse.urlencode(form or {}).encode() if method == "POST" else b""
        if method == "POST":
            headers.update({"Origin": origin, "Content-Type": "application/x-www-form-urlencoded"})
        reply = exchange(self.address, method, path, body, headers=headers)
        if "set-cookie" in reply.headers:
            self.cookie = reply.headers["set-cookie"].split(";")[0]
        self.seen += str(reply.headers).encode() + reply.body
        return reply

    def begin(self, login):
        """The page on which the login waits; its path and ticket."""
        reply = self.request("POST", "/login", {"login": login})
        if reply.status != 303:
            raise AssertionError(f"no login begun: {reply}")
        path = reply.headers["location"]
        page = self.request("GET", path).body.decode()
        return path, re.search(r'ticket="([A-Za-z0-9_-]{43})"', page).group(1)

    def finish(self, path):
        return self.request("GET", path.replace("/wait", "/finish"))


class DemoSite(DaemonCase):
    def setUp(self):
        self.server = NopassServer()
        self.addCleanup(self.server.close)
        self.running = self.daemon({"site.own_calls": False, "nopass.server": self.server.url, "callbacks.patience": "0s"})
        self.site = Site(self.running.site_path)
        self.nopass_ = self.nopass(self.running)
        self.nopass_.register(self.site)
        self.nopass_.add_users(person("erin"), person("mallory"))
        self.address = self.start_site()

    def start_site(self):
        process = subprocess.Popen(["node", "tools/demo-site/server.mjs"], cwd=ROOT, stdout=subprocess.PIPE, text=True, env={
            **os.environ, "NOPASSD_SOCKET": self.running.site_path, "ORIGIN": ORIGIN, "PORT": "0"})

        def stop():
            process.terminate()
            process.wait()
            process.stdout.close()

        self.addCleanup(stop)
        parts = urllib.parse.urlsplit(process.stdout.readline().split()[1])
        return parts.hostname, parts.port

    def browser(self):
        return Browser(self.address)

    def approve_last(self):
        self.assert_ok(self.nopass_.authorized_user(self.server.calls[-1].auth_id), True)

    def log_in(self, login):
        browser = self.browser()
        path, _ = browser.begin(login)
        self.approve_last()
        self.assertEqual(browser.finish(path).headers["location"], "/account")
        return browser


class Pages(DemoSite):
    def test_hold_nothing_that_would_approve_a_login(self):
        browser = self.browser()
        path, ticket = browser.begin("erin")
        live = Site(self.running.live_path)
        for more in ("", "/picture"):
            browser.seen += live.get(f"/nopass/t/{ticket}{more}").body
        browser.seen += live.get("/nopass/nopass-login.js").body
        auth_id = self.server.calls[-1].auth_id
        for secret in (auth_id, self.nopass_.portal_id, self.nopass_.auth_token):
            self.assertNotIn(secret.encode(), browser.seen)
        # Whatever the page does hold is no authId.
        for word in set(re.findall(rb"[A-Za-z0-9_-]{8,}", browser.seen)):
            self.assertEqual(self.nopass_.authorized_user(word.decode()).status, 404, word)
        self.assertEqual(browser.finish(path).status, 403)

    def test_escape_what_comes_from_outside(self):
        evil = "<script>alert(1)</script>\"'&"
        self.nopass_.add_users(person(evil, email="evil@example.org"))
        browser = self.log_in(evil)
        reply = browser.request("GET", "/account")
        self.assertIn("script-src 'self'", reply.headers["content-security-policy"])
        page = reply.body.decode()
        self.assertNotIn("<script>alert", page)
        self.assertIn("&#60;script&#62;", page)

    def test_look_the_same_for_whatever_stands_in_the_way(self):
        pages = set()
        for fault in (None, (500, b""), (200, {"errors": [{"code": "1", "message": "m"}], "result": None})):
            self.server.faults = [fault] if fault else []
            reply = self.browser().request("POST", "/login", {"login": "erin" if fault else "nobody"})
            pages.add((reply.status, reply.body))
        self.assertEqual(len(pages), 1)


class Fixation(DemoSite):
    def test_a_victim_who_opens_the_attackers_links_is_not_logged_in(self):
        attacker, victim = self.browser(), self.browser()
        victim.begin("erin")
        path, _ = attacker.begin("mallory")
        self.approve_last()
        for link in (path, path.replace("/wait", "/finish")):
            self.assertEqual(victim.request("GET", link).headers.get("location"), "/")
        self.assertEqual(victim.request("GET", "/account").headers.get("location"), "/")
        self.assertEqual(attacker.finish(path).headers["location"], "/account")

    def test_an_attacker_who_knows_the_victims_link_is_not_logged_in(self):
        attacker, victim = self.browser(), self.browser()
        path, _ = victim.begin("erin")
        attacker.begin("mallory")
        self.approve_last()
        self.assert_ok(self.nopass_.authorized_user(self.server.calls[0].auth_id), True)
        self.assertEqual(attacker.finish(path).headers.get("location"), "/")
        self.assertEqual(victim.finish(path).headers.get("location"), "/account")

    def test_a_cookie_from_before_the_login_opens_nothing_after_it(self):
        victim = self.browser()
        path, _ = victim.begin("erin")
        planted = victim.cookie
        self.approve_last()
        victim.finish(path)
        self.assertNotEqual(victim.cookie, planted)
        attacker = self.browser()
        attacker.cookie = planted
        self.assertEqual(attacker.request("GET", "/account").headers.get("location"), "/")
        self.assertEqual(attacker.finish(path).headers.get("location"), "/")

    def test_forms_of_other_sites_begin_and_end_nothing(self):
        victim = self.log_in("erin")
        for path in ("/login", "/logout", "/register"):
            for origin in ("https://evil.example", "null", ORIGIN + ".evil.example"):
                self.assertEqual(victim.request("POST", path, {"login": "erin"}, origin).status, 403, path)
        self.assertEqual(victim.request("GET", "/account").status, 200)

    def test_no_session_is_left_open_by_another_login_of_the_same_browser(self):
        browser = self.log_in("erin")
        browser.begin("mallory")
        states = {session["state"] for session in self.site.want(200, "GET", "/v1/sessions")["data"]}
        self.assertEqual(states, {"closed", "pending"})

    def test_a_closed_session_opens_no_page_any_more(self):
        victim = self.log_in("erin")
        self.assertEqual(victim.request("GET", "/account").status, 200)
        self.assert_ok(self.nopass_.close_session(self.server.calls[-1].auth_id), True)
        self.assertEqual(victim.request("GET", "/account").status, 401)
        self.assertEqual(victim.request("GET", "/account").headers.get("location"), "/")


if __name__ == "__main__":
    unittest.main()
