"""The event log, with an event of as many types as one walk can raise."""
from support.nopass import person

ANOTHER_EPOCH = "ab.1"


def walk(case):
    _, nopass, site = case.recorded_and_registered()
    site.expect(201, "PUT", "/v1/users/by-external-id/customer-1", {"login": "ada"})
    nopass.add_users(person("bob"))
    nopass.update_user("ada", givenName="Augusta", phoneNumber="+15550199")
    site.start_session("bob", "auth-1")
    nopass.authorized_user("auth-1", authorized=False, reason="not me")
    site.start_session("bob", "auth-2")
    nopass.authorized_user("auth-2")
    nopass.close_session("auth-2", "bob")
    site.start_registration("carol", "otp-1")
    nopass.validate_user_registration("otp-1", "carol")
    nopass.confirm_user_registration("otp-1", "carol", "auth-3")
    nopass.delete_user("bob")
    nopass.disable_service()

    first = site.expect(200, "GET", "/v1/events?limit=3").json
    case.assertEqual(len(first["data"]), 3)
    site.expect(200, "GET", f"/v1/events?after={first['cursor']}&expand=user&wait=1")
    site.expect(200, "GET", "/v1/events?type=nopass.user.added,nopass.user.updated&type=nopass.session.denied")
    site.expect(410, "GET", f"/v1/events?after={ANOTHER_EPOCH}")
    resume = {"Accept": "text/event-stream", "Last-Event-ID": "nonsense"}
    site.expect(422, "GET", "/v1/events", headers=resume)
    site.stream(f"?after={first['cursor']}&expand=user", 10)
