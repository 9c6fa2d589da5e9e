"""What every endpoint refuses in the same way, provoked at each operation that the document has."""
import urllib.parse

# Who asks for a token says so in the form, so that it is read before `Authorization` is.
FORMS = {"issueToken": b"grant_type=client_credentials"}
FORM = "application/x-www-form-urlencoded"
METHODS = ("get", "put", "post", "patch", "delete")
TOO_LARGE = b'{"x":"%s"}' % (b"x" * (1 << 20))


def operations(document):
    """(method, path template, operation) of each."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def _filled(path, operation):
    """The path with the document's own examples in it."""
    for parameter in operation.get("parameters", ()):
        if parameter.get("in") == "path":
            example = urllib.parse.quote(parameter["example"], safe="")
            path = path.replace("{%s}" % parameter["name"], example)
    return path


def provoke(site, document):
    """None of these changes anything."""
    for method, path, operation in operations(document):
        name, target = operation["operationId"], _filled(path, operation)

        def refuse(status, target=target, method=method.upper(), body=None, headers=None, name=name):
            site.expect(status, method, target, body, headers=headers, operation=name)

        form = FORMS.get(name)
        refuse(401, body=form, headers={"Authorization": "Bearer nonsense", **({"Content-Type": FORM} if form else {})})
        refuse(403, headers={"Via": "1.1 proxy"})
        refuse(400, target + "?a=%zz")
        refuse(422, target + "?no-such-parameter=1")
        other = next(each for each in METHODS if each not in document["paths"][path])
        refuse(405, method=other.upper())
        if "{" in path:
            refuse(404, path[:path.index("{")] + "%zz" + path[path.index("}") + 1:])
        if "requestBody" in operation:
            refuse(413, body=TOO_LARGE)
            refuse(415, body=b"a=b", headers={"Content-Type": "text/plain"})
            media = next(iter(operation["requestBody"]["content"]))
            refuse(400, body=b"%zz", headers={"Content-Type": media})


def use_up_quota(site, document):
    """`site` may ask once in a minute."""
    site.expect(200, "GET", "/livez")
    for method, path, operation in operations(document):
        if "429" in operation["responses"]:
            site.expect(429, method.upper(), _filled(path, operation), operation=operation["operationId"])
