"""What the log tells of requests, and of what operators do."""
import json
import unittest

from support.case import DaemonCase
from support.nopass import person


class Log(DaemonCase):
    def lines(self, daemon, message):
        found = [json.loads(line) for line in daemon.log().splitlines()]
        return [line for line in found if line["message"] == message]

    def test_has_who_what_and_how_long_of_each_callback_and_no_secret(self):
        daemon, nopass, _ = self.registered_daemon({"daemon.log_level": "debug", "daemon.log_format": "json"})
        nopass.add_users(person("ada"))
        daemon.wait_for_line('"AddUsers"')
        line = self.lines(daemon, "callback")[-1]
        self.assertEqual(set(line), {"time", "level", "message", "name", "status", "ms", "caller", "request", "note"})
        self.assertEqual((line["name"], line["status"], line["caller"]), ("AddUsers", "200", "127.0.0.1"))
        self.assertRegex(line["ms"], r"^\d+\.\d{3}$")
        self.assertRegex(line["request"], r"^c[0-9a-f]+$")
        for secret in (nopass.portal_id, nopass.auth_token):
            self.assertNotIn(secret, daemon.log())

    def test_has_every_change_by_an_operator_whatever_its_level(self):
        daemon, nopass, site = self.registered_daemon({"daemon.log_level": "error", "daemon.log_format": "json"})
        nopass.add_users(person("ada"))
        user = site.want(200, "GET", "/v1/users?login=ada")["data"][0]["id"]
        site.want(200, "GET", "/v1/clients")
        client = site.want(201, "POST", "/v1/clients", {"name": "worker", "scopes": ["events:read"]})
        site.want(202, "DELETE", f"/v1/users/{user}")
        site.want(200, "POST", f"/v1/users/{user}/restore")
        site.want(404, "DELETE", "/v1/users/nobody")
        site.want(200, "POST", "/v1/reload")
        daemon.wait_for_line("reloadConfiguration")
        told = [(line["action"], line["path"], line["peer"]) for line in self.lines(daemon, "operator action")]
        peer = told[0][2]
        self.assertTrue(peer.startswith("uid:"), peer)
        self.assertEqual(told, [(action, path, peer) for action, path in (
            ("openWindow", "/v1/portal/registration"), ("makeClient", "/v1/clients"),
            ("deleteUser", f"/v1/users/{user}"), ("restoreUser", f"/v1/users/{user}/restore"),
            ("reloadConfiguration", "/v1/reload"))])
        self.assertNotIn(client["secret"], daemon.log())


if __name__ == "__main__":
    unittest.main()
