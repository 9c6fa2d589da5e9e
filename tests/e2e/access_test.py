"""Clients with a secret and their bearer tokens, over the real socket."""
import base64
import glob
import os
import signal
import tempfile
import time
import unittest
import urllib.parse

from support.case import DaemonCase
from support.ctl import DONE, REFUSED, Ctl
from support.nopass import person
from support.site import EventStream, Site, short
from support.timing import PATIENCE
from support.wire import Wire

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


class Access(DaemonCase):
    def setUp(self):
        self.one = self.daemon({"daemon.log_level": "trace"})
        self.site = Site(self.one.site_path)

    def make(self, *scopes):
        return self.site.want(201, "POST", "/v1/clients", {"name": "worker", "scopes": list(scopes)})

    def ask_token(self, client, headers=None, **more):
        form = {"grant_type": "client_credentials", "client_id": client["id"], "client_secret": client["secret"], **more}
        body = urllib.parse.urlencode({name: value for name, value in form.items() if value is not None}).encode()
        return self.site.call("POST", "/oauth/token", body, {**FORM, **(headers or {})})

    def token(self, client, **more):
        reply = self.ask_token(client, **more)
        self.assertEqual(reply.status, 200, reply)
        return reply.json["access_token"]

    def status(self, token, path="/v1/portal"):
        return self.site.get(path, headers=bearer(token)).status


class Tokens(Access):
    def test_a_token_is_got_by_form_or_by_basic_and_stands_for_its_client(self):
        client = self.make("portal:read", "users:read")
        basic = base64.b64encode(f"{client['id']}:{client['secret']}".encode()).decode()
        for reply in (self.ask_token(client),
                      self.ask_token(client, {"Authorization": f"Basic {basic}"}, client_id=None, client_secret=None)):
            self.assertEqual(reply.status, 200, reply)
            self.assertEqual(reply.headers["cache-control"], "no-store")
            told = reply.json
            self.assertEqual((told["token_type"], told["expires_in"], told["scope"]),
                             ("Bearer", 3600, "users:read portal:read"))
            mine = self.site.want(200, "GET", "/v1/scopes", headers=bearer(told["access_token"]))
            self.assertEqual((mine["id"], mine["scopes"]), (f"client:{client['id']}", ["users:read", "portal:read"]))
            self.assertEqual(self.status(told["access_token"]), 200)
            refused = self.site.get("/v1/clients", headers=bearer(told["access_token"]))
            self.assertEqual((refused.status, refused.json["detail"]), (403, "the scope admin is missing"))

    def test_a_wrong_secret_and_a_wrong_token_are_401(self):
        client = self.make("portal:read")
        reply = self.ask_token({**client, "secret": "wrong"})
        self.assertEqual((reply.status, reply.json["error"]), (401, "invalid_client"))
        self.assertEqual(reply.headers["content-type"], "application/problem+json")
        self.assertTrue(reply.headers["www-authenticate"].startswith("Basic"))
        reply = self.site.get("/v1/portal", headers=bearer("wrong"))
        self.assertEqual(reply.status, 401)
        self.assertIn('error="invalid_token"', reply.headers["www-authenticate"])

    def test_tokens_and_clients_survive_a_restart_and_end_with_the_secret(self):
        client = self.make("portal:read")
        token = self.token(client)
        for number in (signal.SIGTERM, signal.SIGKILL):
            self.one.restart(number)
            self.site = Site(self.one.site_path)
            self.assertEqual(self.status(token), 200)
            self.token(client)
        self.site.want(200, "POST", f"/v1/clients/{client['id']}/secret")
        self.assertEqual(self.status(token), 401)
        self.one.restart()
        self.site = Site(self.one.site_path)
        self.assertEqual((self.status(token), self.ask_token(client).status), (401, 401))

    def test_patch_and_delete_act_on_an_open_connection_at_once(self):
        client = self.make("portal:read", "users:read")
        token = self.token(client)
        with Wire(self.site.path) as wire:
            def ask(headers):
                return wire.request("GET", "/v1/portal", headers=headers).status

            self.assertEqual(ask(bearer(token)), 200)
            self.site.want(200, "PATCH", f"/v1/clients/{client['id']}", {"scopes": ["users:read"]})
            self.assertEqual(ask(bearer(token)), 403)
            self.site.want(204, "DELETE", f"/v1/clients/{client['id']}")
            self.assertEqual(ask(bearer(token)), 401)
            self.assertEqual(ask({}), 200, "the peer itself is who it was")

    def test_neither_secret_nor_token_is_in_any_file_or_in_the_log(self):
        client = self.make("portal:read")
        token = self.token(client)
        self.assertEqual(self.status(token), 200)
        self.ask_token({**client, "secret": client["secret"][:-1]})
        self.status(token[:-1])
        self.status(token, f"/v1/users?email={token}")
        self.assertEqual(self.one.stop(), 0)
        log = self.one.log()
        files = [path for path in glob.glob(os.path.join(self.one.folder, "**"), recursive=True) if os.path.isfile(path)]
        self.assertIn(self.one.database, files)
        self.assertIn(f"peer=client:{client['id']}", log)
        for secret in (client["secret"], token):
            self.assertNotIn(secret[:-1], log)
            for path in files:
                with open(path, "rb") as file:
                    content = file.read()
                self.assertNotIn(secret.encode(), content, path)
                self.assertNotIn(base64.urlsafe_b64decode(secret + "="), content, path)


class Waiting(Access):
    def test_a_stream_ends_before_the_event_that_follows_the_revocation(self):
        _, portal, self.site = self.registered_daemon()
        client = self.make("events:read")
        stream = EventStream(self.site.path, headers=bearer(self.token(client)))
        self.addCleanup(stream.close)
        self.assertIsNone(stream.block().data)
        portal.add_users(person("alice"))
        self.assertEqual(stream.event().type, "nopass.user.added")
        self.site.want(204, "DELETE", f"/v1/clients/{client['id']}")
        portal.add_users(person("bob"))
        self.assertIsNone(stream.event(), "the end of the stream")
        self.assertIn("user.added", short(self.site.all_events()[0]))

    def test_a_silent_stream_ends_with_its_next_beat(self):
        client = self.make("events:read")
        stream = EventStream(self.site.path, headers=bearer(self.token(client)))
        self.addCleanup(stream.close)
        self.assertIsNone(stream.block().data)
        began = time.monotonic()
        self.site.want(200, "POST", f"/v1/clients/{client['id']}/secret")
        self.assertIsNone(stream.block())
        self.assertLess(time.monotonic() - began, 15 + PATIENCE / 2)

    def test_a_clients_consumer_is_nobody_elses_and_goes_with_it(self):
        client, other = self.make("events:read"), self.make("events:read")
        self.site.want(201, "PUT", "/v1/consumers/mail", {}, headers=bearer(self.token(client)))
        for headers in ({}, bearer(self.token(other))):
            self.site.want(403, "GET", "/v1/consumers/mail/events", headers=headers)
        self.site.want(200, "GET", "/v1/consumers/mail/events", headers=bearer(self.token(client)))
        self.site.want(204, "DELETE", f"/v1/clients/{client['id']}")
        self.site.want(404, "GET", "/v1/consumers/mail")


class Operator(Access):
    def test_nopassctl_makes_a_client_and_speaks_as_it(self):
        ctl = Ctl(self.site.path)
        made = ctl.json("clients", "add", "worker", "--scope", "portal:read")
        self.assertIn(made["id"], ctl.want(DONE, "clients"))
        with tempfile.NamedTemporaryFile("w", dir=self.one.folder) as file:
            file.write(self.token(made) + "\n")
            file.flush()
            self.assertIn("unregistered", ctl.want(DONE, "--token", file.name, "portal"))
            self.assertIn("admin", ctl.run("--token", file.name, "clients").stderr)
            self.assertEqual(ctl.run("clients", "--token", file.name).returncode, REFUSED)
            ctl.want(DONE, "clients", "rotate", made["id"])
            self.assertEqual(ctl.run("portal", "--token", file.name).returncode, REFUSED)
        ctl.want(DONE, "clients", "remove", made["id"])
        self.assertNotIn(made["id"], ctl.want(DONE, "clients"))


if __name__ == "__main__":
    unittest.main()
