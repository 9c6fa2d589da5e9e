"""Programs that prove themselves with a secret, and the tokens that they get for it."""
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def walk(case):
    _, _, site = case.recorded()
    client = site.expect(201, "POST", "/v1/clients", {"name": "worker", "scopes": ["events:read", "admin"]}).json
    path = f"/v1/clients/{client['id']}"
    token = ask_tokens(case, site, client)
    site.expect(200, "GET", "/v1/events", headers={"Authorization": f"Bearer {token}"})
    site.expect(200, "GET", path)
    site.expect(200, "GET", "/v1/clients?limit=5&offset=0")
    site.expect(200, "PATCH", path, {"name": "reader", "scopes": ["events:read"]})
    site.expect(403, "GET", "/v1/clients", headers={"Authorization": f"Bearer {token}"})
    site.expect(200, "POST", path + "/secret")
    site.expect(401, "GET", "/v1/events", headers={"Authorization": f"Bearer {token}"})
    site.expect(204, "DELETE", path)
    for method, rest, body in (("GET", "", None), ("PATCH", "", {"name": "x"}), ("DELETE", "", None),
                               ("POST", "/secret", None)):
        site.expect(404, method, f"/v1/clients/{UNKNOWN}{rest}", body)


def ask_tokens(case, site, client):
    """Each refusal of a token, and one that is good."""
    form = {"grant_type": "client_credentials", "client_id": client["id"], "client_secret": client["secret"]}
    wrong = (({"client_secret": "wrong"}, 401), ({"grant_type": "password"}, 400), ({"scope": "users:read"}, 400))
    for change, status in wrong:
        case.assertEqual(site.send_form("/oauth/token", {**form, **change}).status, status)
    reply = site.send_form("/oauth/token", {**form, "scope": "events:read admin"})
    case.assertEqual(reply.status, 200, reply)
    return reply.json["access_token"]
