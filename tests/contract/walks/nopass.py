"""Starts for which the daemon asks NoPass itself, and what becomes of them when NoPass does not play along."""
import concurrent.futures

from support.nopass_server import NopassServer

BINDING = "of-the-browser's-cookie"


def walk(case):
    server = NopassServer()
    case.addCleanup(server.close)
    _, nopass, site = case.recorded({"site.own_calls": False, "nopass.server": server.url,
                                     "nopass.delete_user_path": "/api/Users/Delete"})
    nopass.register(site)
    site.expect(201, "PUT", "/v1/users/by-external-id/customer-1", {"login": "ada"})
    starts = (("/v1/sessions", {"login": "ada", "binding": BINDING, "clientIp": "203.0.113.7"}),
              ("/v1/registrations", {"for": "new", "login": "bob", "email": "bob@example.org", "binding": BINDING}))
    for path, body in starts:
        server.faults = [(200, {"errors": [{"code": "1", "message": "no"}], "result": None})]
        site.expect(502, "POST", path, body)
        site.expect(201, "POST", path, body)
    server.faults = [server.hang, server.hang]
    with concurrent.futures.ThreadPoolExecutor(len(starts)) as pool:
        for waiting in [pool.submit(site.expect, 504, "POST", path, {**body, "login": "ada" if "for" not in body else "carl"})
                        for path, body in starts]:
            waiting.result()
