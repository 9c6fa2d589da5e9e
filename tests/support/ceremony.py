"""A portal with users, one of whom somebody wants to be: logins as the site, the browser and NoPass each see them."""
import secrets

from support.case import DaemonCase
from support.nopass import person
from support.site import Site
from support.timing import eventually


class Login:
    """A session that was started, with what only the site, only NoPass and only the browser hold."""

    def __init__(self, site, user):
        self.site = site
        self.auth_id = "auth-" + secrets.token_hex(16)
        self.binding = secrets.token_hex(32)
        started = site.want(201, "POST", "/v1/sessions", {"login": user, "binding": self.binding, "authId": self.auth_id})
        self.id, self.ticket, self.live_url = started["id"], started["ticket"], started["liveUrl"]

    def state(self):
        return self.site.session(self.id)["state"]

    def wait_for(self, state):
        eventually(lambda: self.state() == state, f"the session is {state}")

    def redeem(self, **other):
        """The site's redemption; `other` ticket or binding than its own."""
        return self.site.call("POST", f"/v1/sessions/{self.id}/redeem",
                              {"ticket": self.ticket, "binding": self.binding, **other})

    def picture(self):
        reply = self.site.get(f"/v1/sessions/{self.id}/picture")
        return reply.body if reply.status == 200 else None


class CeremonyCase(DaemonCase):
    """self.daemon_, self.nopass, self.site: a registered portal with the users erin and mallory."""
    settings = {}

    def setUp(self):
        super().setUp()
        self.running = self.daemon({"callbacks.patience": "0s", **self.settings})
        self.site = Site(self.running.site_path)
        self.nopass = self.nopass_of(self.running)
        self.nopass.register(self.site)
        self.assert_ok(self.nopass.add_users(person("erin"), person("mallory")), True)

    def nopass_of(self, daemon):
        return DaemonCase.nopass(self, daemon)

    def login(self, user):
        return Login(self.site, user)

    def open_login(self, user):
        """A login that was approved and redeemed."""
        login = self.login(user)
        self.assert_ok(self.nopass.authorized_user(login.auth_id), True)
        self.assertEqual(login.redeem().status, 200)
        return login

    def user_id(self, login):
        return self.site.users()[login]["id"]

    @staticmethod
    def secret(kind):
        return f"{kind}-{secrets.token_hex(16)}"
