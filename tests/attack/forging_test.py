"""An attacker who can reach the callbacks, or who has a NoPass account of his own, wants somebody else's login approved."""
import base64
import unittest

from support.ceremony import CeremonyCase
from support.nopass import person
from support.pictures import picture

VERDICTS = (True, "true", "True", 1, "1", [True], {"isAuthorized": True})


class ForgedApproval(CeremonyCase):
    def test_with_anything_that_the_browser_holds_fails(self):
        victim = self.login("erin")
        held = [victim.ticket, victim.id, victim.live_url, victim.binding, "session/" + victim.id, self.user_id("erin"),
                "erin", base64.urlsafe_b64decode(victim.ticket + "=").hex()]
        for guess in held:
            self.assert_refused(self.nopass.authorized_user(guess), 404, "105")
        self.assertEqual(victim.state(), "pending")
        self.assertEqual(victim.redeem().status, 409)

    def test_with_no_authid_or_one_that_is_not_a_text_fails(self):
        victim = self.login("erin")
        for nothing in ("", None, 0, 1, True, [], {}, [victim.auth_id], {"authId": victim.auth_id}, " ", "%", "*", "_"):
            reply = self.nopass.call("AuthorizedUser", {"authId": nothing, "isAuthorized": "true", "reason": ""})
            self.assertIn(reply.status, (400, 404), (nothing, reply))
        for body in ({"isAuthorized": "true"}, {"authID ": victim.auth_id, "isAuthorized": "true"},
                     {"authId": victim.auth_id}, {"authId": victim.auth_id, "isAuthorized": None}):
            self.assertEqual(self.nopass.call("AuthorizedUser", body).status, 400, body)
        twice = f'{{"authId":"other","authid":"{victim.auth_id}","isAuthorized":"true"}}'.encode()
        self.assertEqual(self.nopass.call("AuthorizedUser", twice).status, 400)
        self.assertEqual(victim.state(), "pending")

    def test_by_the_attackers_own_phone_opens_only_his_own_login(self):
        victim, attacker = self.login("erin"), self.login("mallory")
        self.assert_ok(self.nopass.authorized_user(attacker.auth_id), True)
        self.assertEqual((victim.state(), attacker.state()), ("pending", "authorized"))
        for stolen in (attacker.ticket, attacker.live_url):
            self.assertEqual(victim.redeem(ticket=stolen).status, 403)
        self.assertEqual(self.site.call("POST", f"/v1/sessions/{victim.id}/redeem", {
            "ticket": attacker.ticket, "binding": attacker.binding}).status, 403)
        self.assertEqual(victim.state(), "pending")

    def test_of_another_pending_login_of_the_same_user_leaves_the_first_alone(self):
        mine, other = self.login("erin"), self.login("erin")
        self.assert_ok(self.nopass.authorized_user(other.auth_id), True)
        self.assertEqual((mine.state(), other.state()), ("pending", "authorized"))

    def test_a_second_time_changes_nothing(self):
        victim = self.login("erin")
        self.assert_ok(self.nopass.authorized_user(victim.auth_id), True)
        self.assertEqual(victim.redeem().status, 200)
        self.site.want(204, "DELETE", f"/v1/sessions/{victim.id}")
        cursor = self.site.cursor()
        self.assert_ok(self.nopass.authorized_user(victim.auth_id), True)  # a repeat is answered as before …
        self.assertEqual(victim.state(), "closed")                        # … and opens nothing again
        self.assertEqual(self.site.events(cursor)[0], [])
        self.assertEqual(victim.redeem().status, 410)

    def test_after_a_denial_fails(self):
        victim = self.login("erin")
        self.assert_ok(self.nopass.authorized_user(victim.auth_id, False, "changedMind"), True)
        for verdict in VERDICTS:
            reply = self.nopass.call("AuthorizedUser", {"authId": victim.auth_id, "isAuthorized": verdict, "reason": ""})
            self.assertEqual(reply.status, 400, (verdict, reply))
        self.assertEqual(victim.state(), "denied")
        self.assertEqual(victim.redeem().status, 410)

    def test_after_the_site_cancelled_fails(self):
        victim = self.login("erin")
        self.site.want(204, "DELETE", f"/v1/sessions/{victim.id}")
        self.assert_refused(self.nopass.authorized_user(victim.auth_id), 400, "109")
        self.assertEqual((victim.state(), victim.redeem().status), ("cancelled", 410))

    def test_of_the_session_that_a_registration_brought_logs_nobody_in(self):
        otp, auth_id = self.secret("otp"), self.secret("auth")
        registration = self.site.start_registration("frank", otp)
        self.nopass.validate_user_registration(otp, "frank")
        self.nopass.confirm_user_registration(otp, "frank", auth_id)
        self.assertEqual(self.site.call("POST", "/v1/sessions", {
            "login": "frank", "binding": "b" * 32, "authId": auth_id}).status, 409)
        self.assertNotEqual(self.nopass.authorized_user(auth_id).status, 404)
        self.assertEqual(self.site.call("POST", f"/v1/sessions/{registration['id']}/redeem", {
            "ticket": registration["ticket"], "binding": "b" * 32}).status, 404)


class ForgedApprovalWithShortLives(CeremonyCase):
    settings = {"sessions.lifetime": "3s"}

    def test_after_expiry_fails(self):
        victim = self.login("erin")
        victim.wait_for("expired")
        self.assert_refused(self.nopass.authorized_user(victim.auth_id), 400, "109")
        self.assertEqual((victim.state(), victim.redeem().status), ("expired", 410))

    def test_that_came_in_time_is_worth_nothing_when_it_is_redeemed_too_late(self):
        victim = self.login("erin")
        self.assert_ok(self.nopass.authorized_user(victim.auth_id), True)
        victim.wait_for("expired")
        self.assertEqual(victim.redeem().status, 410)


class ForgedPicture(CeremonyCase):
    def test_of_another_user_does_not_reach_the_page(self):
        victim, attacker = self.login("erin"), self.login("mallory")
        self.assert_ok(self.nopass.update_picture(victim.auth_id, 1), "OK")
        shown = victim.picture()
        # A picture that the attacker knows, for the victim's page: so that the codes on both phones would agree.
        self.assert_ok(self.nopass.update_picture(attacker.auth_id, 2), "OK")
        self.assert_refused(self.nopass.update_picture(victim.auth_id, 2, login="mallory"), 400, "103")
        for unknown in (victim.ticket, victim.id, "erin"):
            self.assert_refused(self.nopass.update_picture(unknown, 2), 404, "105")
        self.assertEqual(victim.picture(), shown)
        self.assertNotEqual(attacker.picture(), shown)

    def test_that_is_no_plain_picture_is_refused(self):
        victim = self.login("erin")
        good = base64.b64decode(picture(1))
        script = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
        for image in (script, b"\x89PNG\r\n\x1a\n" + script, b"GIF89a" + good, good[:20], b"", good[:24] + b"\x10" + good[25:]):
            reply = self.nopass.call("UpdatePicture", {"authId": victim.auth_id, "nextChange": 30000,
                                                       "image": base64.b64encode(image).decode()})
            self.assert_refused(reply, 400, "103" if not image else "110")
        self.assertEqual(self.site.get(f"/v1/sessions/{victim.id}/picture").status, 404)


class ForgedEnd(CeremonyCase):
    def test_of_a_session_needs_its_authid_the_portal_and_its_user(self):
        victim, _ = self.open_login("erin"), self.login("mallory")
        self.assert_refused(self.nopass.close_session(victim.id), 404, "105")
        self.assert_refused(self.nopass.close_session(victim.auth_id, "mallory"), 400, "103")
        true_portal, self.nopass.portal_id = self.nopass.portal_id, "forged"
        self.assert_refused(self.nopass.close_session(victim.auth_id), 400, "104")
        self.assert_refused(self.nopass.disable_service(), 400, "104")
        self.assert_refused(self.nopass.delete_user("erin"), 400, "104")
        self.assert_refused(self.nopass.add_users(person("ghost")), 400, "104")
        self.nopass.portal_id = true_portal
        self.assertEqual(victim.state(), "open")
        self.assertNotIn("ghost", self.site.users())


if __name__ == "__main__":
    unittest.main()
