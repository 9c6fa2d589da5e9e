"""An attacker who has got hold of a ticket, or who hands out his own, wants to be logged in as somebody else."""
import concurrent.futures
import unittest

from support.ceremony import CeremonyCase
from support.timing import eventually

NOTHING = ("", None, 0, False, [], {}, "null", "undefined", "\u0000", " ")


class StolenTicket(CeremonyCase):
    def test_with_another_browsers_binding_is_refused_and_uses_nothing_up(self):
        victim, attacker = self.login("erin"), self.login("mallory")
        self.assert_ok(self.nopass.authorized_user(victim.auth_id), True)
        cursor = self.site.cursor()
        for other in (attacker.binding, victim.binding[:-1], victim.binding + "0", victim.binding.upper(), "b" * 32):
            reply = victim.redeem(binding=other)
            self.assertEqual(reply.status, 403, (other, reply))
            self.assertNotIn(b"erin", reply.body)
        self.assertEqual(self.site.events(cursor)[0], [])
        self.assertEqual(victim.redeem().status, 200, "the browser whose login it is still gets in")

    def test_without_any_binding_is_refused(self):
        victim = self.login("erin")
        self.assert_ok(self.nopass.authorized_user(victim.auth_id), True)
        for binding in (*NOTHING, "short", "b" * 513):
            self.assertIn(victim.redeem(binding=binding).status, (403, 422), repr(binding))
        self.assertEqual(self.site.call("POST", f"/v1/sessions/{victim.id}/redeem", {"ticket": victim.ticket}).status, 422)
        self.assertEqual(victim.state(), "authorized")

    def test_before_approval_is_refused(self):
        victim = self.login("erin")
        for _ in range(3):
            self.assertEqual(victim.redeem().status, 409)
        self.assertEqual(victim.state(), "pending")

    def test_after_the_victims_own_redemption_is_refused(self):
        victim = self.open_login("erin")
        self.assertEqual(victim.redeem(binding="attacker" * 4).status, 403)
        self.assertEqual(victim.redeem(ticket="A" * 43).status, 403)
        self.assertEqual(victim.state(), "open")

    def test_is_worth_nothing_once_the_session_has_ended(self):
        for end in ("closed by NoPass", "closed by the site", "the user is deleted", "the portal is disabled"):
            with self.subTest(end):
                victim = self.open_login("erin" if end != "the user is deleted" else "mallory")
                if end == "closed by NoPass":
                    self.assert_ok(self.nopass.close_session(victim.auth_id), True)
                elif end == "closed by the site":
                    self.site.want(204, "DELETE", f"/v1/sessions/{victim.id}")
                elif end == "the user is deleted":
                    self.assert_ok(self.nopass.delete_user("mallory"), "OK")
                else:
                    self.assertEqual(self.nopass.disable_service().status, 200)
                self.assertEqual((victim.state(), victim.redeem().status), ("closed", 410))

    def test_of_a_user_who_was_deleted_after_approval_is_refused(self):
        victim = self.login("mallory")
        self.assert_ok(self.nopass.authorized_user(victim.auth_id), True)
        self.assert_ok(self.nopass.delete_user("mallory"), "OK")
        self.assertEqual(victim.redeem().status, 410)


class MissingTicket(CeremonyCase):
    def test_null_does_not_match_null(self):
        victim = self.login("erin")
        self.assert_ok(self.nopass.authorized_user(victim.auth_id), True)
        for ticket in (*NOTHING, victim.id, "A" * 43, victim.ticket[:-1], victim.ticket + "=", victim.ticket.swapcase()):
            self.assertIn(victim.redeem(ticket=ticket).status, (403, 422), repr(ticket))
        self.assertEqual(self.site.call("POST", f"/v1/sessions/{victim.id}/redeem", {"binding": victim.binding}).status, 422)
        self.assertEqual(victim.state(), "authorized")

    def test_of_a_session_that_does_not_exist_matches_no_other(self):
        victim = self.login("erin")
        self.assert_ok(self.nopass.authorized_user(victim.auth_id), True)
        for session in ("00000000-0000-4000-8000-000000000000", "null", "undefined", "", "..", "*"):
            reply = self.site.call("POST", f"/v1/sessions/{session}/redeem", {
                "ticket": victim.ticket, "binding": victim.binding})
            self.assertIn(reply.status, (404, 405), session)
        self.assertEqual(victim.state(), "authorized")


class SecondRedemption(CeremonyCase):
    def test_by_many_at_once_opens_one_session_and_tells_of_it_once(self):
        victim = self.login("erin")
        self.assert_ok(self.nopass.authorized_user(victim.auth_id), True)
        cursor = self.site.cursor()
        bindings = [victim.binding, *(f"attacker-{i}" * 3 for i in range(7))]
        with concurrent.futures.ThreadPoolExecutor(len(bindings)) as pool:
            replies = list(pool.map(lambda binding: victim.redeem(binding=binding), bindings))
        self.assertEqual([reply.status for reply in replies], [200] + [403] * 7)
        self.assertEqual([event["type"] for event in self.site.events(cursor)[0]], ["nopass.session.redeemed"])

    def test_with_ticket_and_binding_both_stolen_ends_after_half_a_minute(self):
        victim = self.open_login("erin")
        self.assertEqual(victim.redeem().status, 200, "a site whose first answer got lost may ask again")
        refusal = eventually(lambda: None if victim.redeem().status == 200 else victim.redeem(), "it is used up", 60)
        self.assertEqual(refusal.status, 409)
        self.assertEqual(victim.state(), "open")


class Fixation(CeremonyCase):
    def test_a_login_that_the_attacker_began_does_not_open_in_the_victims_browser(self):
        # The attacker starts a login as himself (or as the victim) and has the victim open his link: the ticket is
        # good, but the site derives the binding from the victim's own cookie.
        for user in ("mallory", "erin"):
            begun = self.login(user)
            self.assert_ok(self.nopass.authorized_user(begun.auth_id), True)
            self.assertEqual(begun.redeem(binding="derived from the victim's cookie").status, 403)
            self.assertEqual(begun.state(), "authorized")

    def test_a_login_that_the_victim_approved_for_the_attacker_does_not_follow_the_victims_rename(self):
        begun = self.login("mallory")
        self.assert_ok(self.nopass.authorized_user(begun.auth_id), True)
        self.site.want(200, "PUT", "/v1/users/by-external-id/m-1", {"login": "mallory"})
        self.assert_ok(self.nopass.delete_user("mallory"), "OK")
        self.assertEqual(begun.redeem().status, 410)


if __name__ == "__main__":
    unittest.main()
