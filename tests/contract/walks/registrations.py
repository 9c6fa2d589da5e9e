"""Enrolments, by a site that calls NoPass itself."""
BINDING = "of-the-browser's-cookie"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def walk(case):
    _, nopass, site = case.recorded()
    start = {"for": "new", "login": "bob", "email": "bob@example.org", "givenName": "Bob", "surName": "Example",
             "phoneNumber": "+15550100", "binding": BINDING, "redirectUrl": "https://www.example.org/welcome?a=b",
             "clientIp": "203.0.113.7", "otp": "otp-1"}
    site.expect(409, "POST", "/v1/registrations", start)  # no portal yet
    nopass.register(site)
    started = site.expect(201, "POST", "/v1/registrations", start).json
    path, proof = f"/v1/registrations/{started['id']}", {"ticket": started["ticket"], "binding": BINDING}
    site.expect(200, "GET", path)
    site.expect(409, "POST", path + "/redeem", proof)
    site.expect(403, "POST", path + "/redeem", {**proof, "binding": BINDING + "!"})
    nopass.validate_user_registration("otp-1", "bob")
    nopass.confirm_user_registration("otp-1", "bob", "auth-1")
    site.expect(200, "POST", path + "/redeem", proof)
    user_id = site.expect(200, "GET", path).json["userId"]
    refuse(nopass, site, start)
    site.expect(200, "GET", "/v1/registrations?state=confirmed&limit=5&offset=0")
    site.expect(202, "DELETE", f"/v1/users/{user_id}")
    site.expect(410, "POST", path + "/redeem", proof)


def link(nopass, site, started):
    """The enrolment of a user whom the site knows by a key of its own."""
    nopass.validate_user_registration("otp-3", "carol")
    nopass.confirm_user_registration("otp-3", "carol", "auth-3")
    proof = {"ticket": started["ticket"], "binding": BINDING}
    site.expect(200, "POST", f"/v1/registrations/{started['id']}/redeem", proof)


def refuse(nopass, site, start):
    """Two at once, of which one fails; and one whose user is another at NoPass."""
    site.expect(409, "POST", "/v1/registrations", {**start, "otp": "otp-2"})
    linked = {"for": {"externalId": "customer-1"}, "login": "carol", "binding": BINDING, "otp": "otp-3"}
    batch = site.expect(200, "POST", "/v1/registrations/batch", {"registrations": [start, linked]}).json["data"]
    link(nopass, site, batch[1])
    refused = site.expect(201, "POST", "/v1/registrations", {**start, "login": "dave", "otp": "otp-4"}).json
    nopass.validate_user_registration("otp-4", "mallory")
    site.expect(200, "GET", f"/v1/registrations/{refused['id']}")
    site.expect(404, "GET", f"/v1/registrations/{UNKNOWN}")
    site.expect(404, "POST", f"/v1/registrations/{UNKNOWN}/redeem", {"ticket": "t", "binding": BINDING})
