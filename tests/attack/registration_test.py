"""An attacker who can reach the callbacks, or who can start registrations, wants to become somebody who exists."""
import json
import unittest

from support.ceremony import CeremonyCase
from support.nopass import ROOT, person
from support.wire import exchange


class TakenLogin(CeremonyCase):
    settings = {"policy.validate_user_registration": "accept", "policy.update_user": "accept", "policy.add_users": "accept"}

    def test_is_not_registered_by_nopass_again(self):
        erin = self.site.users()["erin"]
        for spelling in ("erin", "ERIN", "Erin", "\uff45\uff52\uff49\uff4e"):
            reply = self.nopass.validate_user_registration(self.secret("otp"), spelling)
            self.assertEqual((reply.status, reply.json["result"]), (200, False), reply)
            self.assertEqual(reply.codes, ["108"])
        self.assertEqual(self.site.users()["erin"], erin)

    def test_is_not_registered_by_the_site_as_somebody_new(self):
        for spelling in ("erin", "ERIN"):
            reply = self.site.call("POST", "/v1/registrations", {
                "for": "new", "login": spelling, "email": "m@example.org", "otp": self.secret("otp"), "binding": "b" * 32})
            self.assertEqual(reply.status, 409, reply)

    def test_is_not_taken_over_by_an_enrolment_of_another_user(self):
        self.site.want(200, "PUT", "/v1/users/by-external-id/m-1", {"login": "mallory"})
        reply = self.site.call("POST", "/v1/registrations", {
            "for": {"externalId": "m-1"}, "login": "erin", "otp": self.secret("otp"), "binding": "b" * 32})
        self.assertEqual(reply.status, 409, reply)

    def test_is_not_taken_between_validation_and_confirmation(self):
        otp = self.secret("otp")
        self.assert_ok(self.nopass.validate_user_registration(otp, "newcomer"), True)
        self.assert_ok(self.nopass.add_users(person("newcomer", givenName="The", surName="Owner")), True)
        owner = self.site.users()["newcomer"]
        self.assertEqual(self.nopass.confirm_user_registration(otp, "newcomer", self.secret("auth")).status, 400)
        self.assertEqual(self.site.users()["newcomer"], owner)

    def test_is_not_taken_by_a_rename(self):
        renamed = {"userId": "mallory", "portalId": self.nopass.portal_id,
                   "updates": {"login": {"newValue": "ERIN", "forbiddenStore": None}}}
        self.assertEqual(self.nopass.call("UpdateUser", renamed).status, 400)
        self.assertEqual(set(self.site.users()), {"erin", "mallory"})

    def test_is_not_taken_by_adding_a_user(self):
        reply = self.nopass.add_users(person("erin", email="mallory@example.org"))
        self.assert_refused(reply, 400, "108")


class UnknownOtp(CeremonyCase):
    settings = {"policy.validate_user_registration": "accept"}

    def test_is_not_confirmed(self):
        registration = self.site.start_registration("frank", self.secret("otp"))
        for otp in (self.secret("otp"), registration["ticket"], registration["id"], "frank"):
            self.assert_refused(self.nopass.confirm_user_registration(otp, "frank", self.secret("auth")), 404, "106")
        for nothing in ("", None, 0, [], {}, True):
            reply = self.nopass.call("ConfirmUserRegistration", {"otp": nothing, "portalId": self.nopass.portal_id})
            self.assertIn(reply.status, (400, 404), (nothing, reply))
        self.assertNotIn("frank", self.site.users())

    def test_is_not_confirmed_before_it_was_validated_when_nopass_started_it(self):
        otp = self.secret("otp")
        self.assert_refused(self.nopass.confirm_user_registration(otp, "ghost", self.secret("auth")), 404, "106")
        self.assertNotIn("ghost", self.site.users())

    def test_is_not_confirmed_for_another_login_than_was_validated(self):
        otp = self.secret("otp")
        self.assert_ok(self.nopass.validate_user_registration(otp, "newcomer"), True)
        self.assert_refused(self.nopass.confirm_user_registration(otp, "erin", self.secret("auth")), 400, "116")
        self.assertEqual(set(self.site.users()), {"erin", "mallory"})

    def test_of_a_registration_for_one_login_validates_no_other(self):
        otp = self.secret("otp")
        self.site.start_registration("frank", otp)
        reply = self.nopass.validate_user_registration(otp, "erin")
        self.assertEqual((reply.status, reply.json["result"]), (200, False), reply)


class UnknownOtpByDefault(CeremonyCase):
    def test_is_refused_as_nobody_answers_the_question(self):
        reply = self.nopass.validate_user_registration(self.secret("otp"), "ghost")
        self.assertEqual((reply.status, reply.json["result"]), (200, False), reply)
        self.assertNotIn("ghost", self.site.users())


class StolenRegistrationTicket(CeremonyCase):
    def test_is_worth_nothing_with_another_binding_or_before_confirmation(self):
        otp = self.secret("otp")
        started = self.site.want(201, "POST", "/v1/registrations", {
            "for": "new", "login": "frank", "email": "f@example.org", "otp": otp, "binding": "the browser of frank"})
        path = f"/v1/registrations/{started['id']}/redeem"
        own = {"ticket": started["ticket"], "binding": "the browser of frank"}
        self.assertEqual(self.site.call("POST", path, own).status, 409)
        self.assert_ok(self.nopass.validate_user_registration(otp, "frank"), True)
        self.assertEqual(self.site.call("POST", path, own).status, 409)
        self.assert_ok(self.nopass.confirm_user_registration(otp, "frank", self.secret("auth")), "OK")
        for wrong in ({"binding": "the browser of mallory"}, {"ticket": "A" * 43}):
            self.assertEqual(self.site.call("POST", path, {**own, **wrong}).status, 403)
        self.assertEqual(self.site.want(200, "POST", path, own)["login"], "frank")


class PortalTakeover(CeremonyCase):
    def test_without_an_open_window_finds_nothing(self):
        forged = {"portalId": "forged", "authToken": "forged"}
        for name, body in (("ConfirmPreRegistration", {"adminId": "JimTheAdmin", "r": 36729001}),
                           ("ConfirmRegistration", forged)):
            reply = exchange(self.running.address, "POST", ROOT + name, json.dumps(body).encode(), source="127.0.0.2")
            self.assertEqual((reply.status, reply.body), (404, b""), name)
        for nothing in ("", None, [], 0):
            self.assertEqual(self.nopass.call("ConfirmPreRegistration", {"adminId": nothing, "r": 36729001}).status, 404)
        self.assertEqual(self.site.portal()["state"], "registered")

    def test_is_not_done_by_an_empty_portalid_once_the_service_is_disabled(self):
        self.assertEqual(self.nopass.disable_service().status, 200)
        for portal in ("", None, "null"):
            for name in ("DisableService", "DeleteUser", "AddUsers", "CloseSession"):
                reply = self.nopass.call(name, {"portalId": portal, "userId": "erin", "authId": "", "users": []})
                self.assertEqual(reply.status, 403, (name, portal, reply))


if __name__ == "__main__":
    unittest.main()
