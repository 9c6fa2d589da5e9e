"""Hooks: one that takes what it gets, and one that never does."""
import http.server
import threading

from support.timing import eventually


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204 if self.path == "/good" else 500)
        self.end_headers()

    def log_message(self, *_):
        pass


def walk(case):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    case.addCleanup(server.server_close)
    case.addCleanup(server.shutdown)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    _, nopass, site = case.recorded({"hooks.targets": [url + "/"]})
    good, bad = "/v1/hooks/good", "/v1/hooks/bad"
    site.expect(201, "PUT", good, {"url": url + "/good", "types": ["nopass.portal.challenged"]})
    site.expect(200, "PUT", good, {"url": url + "/good", "answers": True})
    site.expect(201, "PUT", bad, {"url": url + "/bad"})
    site.expect(422, "PUT", bad, {"url": "http://192.0.2.1/"})
    nopass.register(site)
    eventually(lambda: "lastDeliveredAt" in site.expect(200, "GET", good).json, "the event is delivered")
    eventually(lambda: "lastError" in site.expect(200, "GET", bad).json, "the event is refused")
    site.expect(200, "POST", good + "/test")
    site.expect(200, "POST", bad + "/test")
    site.expect(200, "GET", "/v1/hooks?limit=5&offset=0")
    site.expect(204, "DELETE", bad)
    for method, rest in (("GET", ""), ("DELETE", ""), ("POST", "/test")):
        site.expect(404, method, bad + rest)
