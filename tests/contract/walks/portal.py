"""The portal's registration, from nothing to nothing."""


def walk(case):
    _, nopass, site = case.recorded({"registration.web_url": "https://www.example.org"})
    site.expect(200, "GET", "/v1/portal")
    site.expect(409, "GET", "/v1/portal/credentials")
    site.expect(409, "POST", "/v1/portal/enable")
    window = site.expect(201, "POST", "/v1/portal/registration").json
    nopass.confirm_pre_registration(window["adminId"])
    site.expect(200, "GET", "/v1/portal")
    site.expect(204, "DELETE", "/v1/portal/registration")

    site.expect(200, "POST", "/v1/portal/import", {"portalId": nopass.portal_id, "authToken": nopass.auth_token})
    site.expect(409, "POST", "/v1/portal/import", {"portalId": nopass.portal_id, "authToken": nopass.auth_token})
    site.expect(409, "POST", "/v1/portal/registration")
    site.expect(200, "GET", "/v1/portal")
    site.expect(200, "GET", "/v1/portal/credentials")

    case.assertEqual(nopass.disable_service().status, 200)
    site.expect(200, "GET", "/v1/portal")
    site.expect(200, "POST", "/v1/portal/enable")
    site.expect(200, "POST", "/v1/portal/reset")
