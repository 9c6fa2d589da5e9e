"""Logins, by a site that calls NoPass itself."""
from support.pictures import picture

BINDING = "of-the-browser's-cookie"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def walk(case):
    _, nopass, site = case.recorded()
    start = {"login": "ada", "binding": BINDING, "authId": "auth-1", "clientIp": "2001:db8::1"}
    site.expect(409, "POST", "/v1/sessions", start)  # no portal yet
    nopass.register(site)
    site.expect(404, "POST", "/v1/sessions", start)
    site.expect(201, "PUT", "/v1/users/by-external-id/customer-1", {"login": "ada"})
    session = site.expect(201, "POST", "/v1/sessions", {**start, "image": picture(1), "nextChange": 20000}).json
    site.expect(409, "POST", "/v1/sessions", start)
    look(site, session)
    redeem(nopass, site, session)
    end(nopass, site, session["userId"])


def look(site, session):
    path = f"/v1/sessions/{session['id']}"
    site.expect(200, "GET", path)
    site.expect(200, "GET", path + "/picture")
    site.expect(200, "GET", f"/v1/sessions?state=pending&userId={session['userId']}&limit=5&offset=0")
    for method, rest in (("GET", ""), ("GET", "/picture"), ("DELETE", "")):
        site.expect(404, method, f"/v1/sessions/{UNKNOWN}{rest}")


def redeem(nopass, site, session):
    path, proof = f"/v1/sessions/{session['id']}/redeem", {"ticket": session["ticket"], "binding": BINDING}
    site.expect(409, "POST", path, proof)
    site.expect(403, "POST", path, {**proof, "ticket": "another"})
    site.expect(404, "POST", f"/v1/sessions/{UNKNOWN}/redeem", proof)
    nopass.authorized_user("auth-1")
    site.expect(200, "POST", path, proof)
    site.expect(200, "GET", f"/v1/sessions/{session['id']}")
    site.expect(204, "DELETE", f"/v1/sessions/{session['id']}")
    site.expect(410, "POST", path, proof)


def end(nopass, site, user_id):
    start = {"userId": user_id, "binding": BINDING}
    denied = site.expect(201, "POST", "/v1/sessions", {**start, "authId": "auth-2"}).json
    nopass.authorized_user("auth-2", authorized=False, reason="not me")
    site.expect(200, "GET", f"/v1/sessions/{denied['id']}")
    site.expect(201, "POST", "/v1/sessions", {**start, "authId": "auth-3"})
    site.expect(204, "DELETE", f"/v1/sessions?userId={user_id}")
    site.expect(404, "DELETE", f"/v1/sessions?userId={UNKNOWN}")
    site.expect(200, "GET", "/v1/sessions")
    site.expect(202, "DELETE", f"/v1/users/{user_id}")
    site.expect(410, "POST", "/v1/sessions", {**start, "authId": "auth-4"})
