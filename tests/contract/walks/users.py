"""Users: made, linked, changed, deleted, restored and erased."""
from support.nopass import person

UNKNOWN = "00000000-0000-4000-8000-000000000000"
KEY = "/v1/users/by-external-id/customer%2F1"


def walk(case):
    _, nopass, site = case.recorded_and_registered()
    ada = {"login": "ada", "email": "ada@example.org", "givenName": "Ada", "surName": "Example",
           "phoneNumber": "+15550100", "profileImageUrl": "https://img.example.org/ada.png", "locale": "en"}
    user = site.expect(201, "PUT", KEY, ada).json
    site.expect(200, "PUT", KEY, {**ada, "locale": "hy"})
    site.expect(409, "PUT", KEY, {"login": "eve"})
    nopass.update_user("ada", givenName="Augusta")
    path = f"/v1/users/{user['id']}"
    site.expect(200, "GET", path)
    site.expect(200, "GET", "/v1/users?login=ada&email=ada%40example.org&externalId=customer%2F1&state=active")
    site.expect(200, "GET", path + "/history?limit=10&offset=0")
    delete(site, path)
    erase(case)


def delete(site, path):
    site.expect(409, "POST", path + "/restore")
    site.expect(202, "DELETE", path)
    site.expect(200, "GET", path)
    site.expect(200, "GET", "/v1/users")
    site.expect(200, "POST", path + "/restore")
    for method, rest in (("GET", ""), ("DELETE", ""), ("POST", "/restore"), ("GET", "/history")):
        site.expect(404, method, f"/v1/users/{UNKNOWN}{rest}")


def erase(case):
    _, nopass, site = case.recorded_and_registered({"users.erase_after": "0s"})
    nopass.add_users(person("bob"))
    path = f"/v1/users/{site.users()['bob']['id']}"
    site.expect(202, "DELETE", path)
    for method, rest in (("GET", ""), ("DELETE", ""), ("POST", "/restore"), ("GET", "/history")):
        site.expect(410, method, path + rest)
