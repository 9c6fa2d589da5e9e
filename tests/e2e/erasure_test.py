"""Erasure reaches everywhere: afterwards no file of the daemon holds what it knew of a person."""
import base64
import concurrent.futures
import pathlib
import struct
import unittest
import zlib

from support.case import DaemonCase
from support.timing import eventually

LOGIN = "Zaphira.Quonzelbrick"
TRACES = {
    "login": b"zaphira.quonzelbrick",
    "given name": b"zaphirawanda",
    "surname": b"quonzelbrickova",
    "phone number": b"5550147263",
    "address of mail": b"zq-private@example.org",
    "picture of the person": b"portrait-of-zq",
    "login of another time": b"zq-renamed",
    "picture of a login": b"quite unmistakable pixels",
    "reason of a denial": b"this is not zaphira",
}
PERSON = {"givenName": "ZaphiraWanda", "surName": "QuonzelbrickOVA", "phoneNumber": "+15550147263",
          "email": "ZQ-private@example.org"}


def marked_png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 3, 0, 0, 0)) +
            chunk(b"PLTE", bytes(24)) + chunk(b"tEXt", b"Comment\0" + TRACES["picture of a login"] * 40) +
            chunk(b"IDAT", zlib.compress(bytes(72))) + chunk(b"IEND", b""))


class Erasure(DaemonCase):
    def traces(self, daemon):
        """{what was found: where} in every file of the daemon, and in its log."""
        texts = {path.name: path.read_bytes() for path in pathlib.Path(daemon.folder).rglob("*") if path.is_file()}
        texts["log"] = daemon.log().encode()
        found = {}
        for place, text in texts.items():
            text = text.lower()
            for what, trace in TRACES.items():
                if trace in text:
                    found.setdefault(what, []).append(place)
        return found

    def leave_traces(self, nopass, site):
        """Everything that can bring a person into the database, on the way to a user and beside it."""
        # A registration that NoPass never asks about, one that is refused, and the one that becomes the user.
        for otp in ("otp-left-lying", "otp-refused", "otp-good"):
            site.want(201, "POST", "/v1/registrations",
                      {"for": "new", "login": LOGIN, "otp": otp, "binding": "b" * 20, **PERSON})
        nopass.validate_user_registration("otp-refused", "ZQ-renamed", **PERSON,
                                          profileImageUrl="https://x.example/portrait-of-zq")
        nopass.validate_user_registration("otp-good", LOGIN, **PERSON, profileImageUrl="https://x.example/portrait-of-zq")
        self.assert_ok(nopass.confirm_user_registration("otp-good", LOGIN, "auth-of-nopass"), "OK")
        # Questions about nobody that is known: one is decided by the fallback, one answered with words about him.
        nopass.validate_user_registration("otp-of-nopass", LOGIN + "-2", **PERSON)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            reply = pool.submit(nopass.validate_user_registration, "otp-of-nopass-2", LOGIN + "-3", **PERSON)
            question, = site.want(200, "GET", "/v1/questions?wait=30")["data"]
            site.want(200, "PUT", f"/v1/questions/{question['id']}/answer", {"allow": False, "reason": "not " + LOGIN})
            reply.result()
        user = next(iter(site.users().values()))
        self.assertEqual(user["login"], LOGIN)
        for auth_id in ("auth-1", "auth-2"):
            site.start_session(LOGIN, auth_id)
            nopass.call("UpdatePicture", {"authId": auth_id, "image": base64.b64encode(marked_png()).decode(),
                                          "nextChange": 30000})
        nopass.authorized_user("auth-1", False, "This is not Zaphira")
        nopass.authorized_user("auth-2", True, "said " + LOGIN)
        self.assert_ok(nopass.update_user(LOGIN, phoneNumber="+15550147263", surName="QuonzelbrickOva"), "OK")
        renamed = {"userId": LOGIN, "portalId": nopass.portal_id,
                   "updates": {"login": {"newValue": "ZQ-renamed", "forbiddenStore": None}}}
        with concurrent.futures.ThreadPoolExecutor() as pool:
            reply = pool.submit(nopass.call, "UpdateUser", renamed)
            question, = site.want(200, "GET", "/v1/questions?wait=30")["data"]
            site.want(200, "PUT", f"/v1/questions/{question['id']}/answer", {"allow": True, "reason": "for " + LOGIN})
            self.assert_ok(reply.result(), "OK")
        return user["id"]

    def erase(self, settings):
        daemon, nopass, site = self.registered_daemon({
            "daemon.log_level": "trace", "site.own_calls": True, "policy.validate_user_registration": "ask",
            "policy.timeout": "3s", "registrations.lifetime": "4s", **settings})
        # Somebody who may answer is there, so that the question is really asked.
        site.want(200, "GET", "/v1/questions")
        user_id = self.leave_traces(nopass, site)
        self.assertEqual(set(self.traces(daemon)), set(TRACES), "the search finds what is there")
        return daemon, nopass, site, user_id

    def assert_traceless(self, daemon):
        eventually(lambda: not self.traces(daemon), f"nothing is left, but: {self.traces(daemon)}")
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(self.traces(daemon), {}, "nor after the end of the daemon")

    def test_a_deletion_by_nopass_leaves_nothing(self):
        daemon, nopass, site, user_id = self.erase({"users.erase_after": "1s"})
        self.assert_ok(nopass.delete_user("ZQ-renamed"), "OK")
        self.assert_gone(site, user_id)
        self.assert_traceless(daemon)

    def test_a_deletion_by_the_site_at_once_leaves_nothing(self):
        daemon, _, site, user_id = self.erase({"users.erase_after": "0s"})
        site.want(202, "DELETE", f"/v1/users/{user_id}")
        self.assert_gone(site, user_id)
        self.assert_traceless(daemon)

    def assert_gone(self, site, user_id):
        eventually(lambda: "user.erased" in [event["type"].removeprefix("nopass.") for event in site.all_events()[0]],
                   "the user is erased")
        self.assertEqual(site.get(f"/v1/users/{user_id}").status, 410)


if __name__ == "__main__":
    unittest.main()
