"""What the daemon says of itself."""


def walk(case):
    _, _, site = case.recorded()
    for path in ("/livez", "/readyz", "/metrics", "/v1", "/v1/scopes", "/v1/info", "/openapi.json"):
        site.expect(200, "GET", path)
