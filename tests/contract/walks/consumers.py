"""Durable consumers, one of which is left alone until it is retired."""
from support.nopass import person
from support.site import waiting_reader
from support.timing import eventually

ANOTHER_EPOCH = "ab.1"


def walk(case):
    _, nopass, site = case.recorded_and_registered()
    path = "/v1/consumers/web-site.1"
    site.expect(201, "PUT", path, {"from": "oldest", "types": ["nopass.portal.registered", "nopass.user.added"]})
    site.expect(200, "PUT", path, {})
    site.expect(410, "PUT", "/v1/consumers/other", {"from": ANOTHER_EPOCH})
    nopass.add_users(person("ada"))
    page = site.expect(200, "GET", path + "/events?limit=1000&wait=1&expand=user").json
    site.expect(200, "POST", path + "/ack", {"through": page["data"][0]["cursor"]})
    site.expect(410, "POST", path + "/ack", {"through": ANOTHER_EPOCH})
    site.expect(200, "GET", path)
    site.expect(200, "GET", "/v1/consumers?limit=5&offset=0")
    site.expect(200, "POST", path + "/ack", {"through": page["cursor"]})
    with waiting_reader(site, "web-site.1"):
        site.expect(409, "GET", path + "/events")
    site.expect(204, "DELETE", path)
    site.expect(404, "GET", path)
    site.expect(404, "DELETE", path)
    site.expect(404, "GET", path + "/events")
    site.expect(404, "POST", path + "/ack", {"through": page["cursor"]})
    retire(case)


def retire(case):
    _, _, site = case.recorded({"events.consumer_timeout": "1s"})
    path, cursor = "/v1/consumers/forgotten", site.cursor()
    site.expect(201, "PUT", path)
    eventually(lambda: site.expect(200, "GET", path).json["retired"], "the consumer is retired")
    site.expect(410, "GET", path + "/events")
    site.expect(410, "POST", path + "/ack", {"through": cursor})
    site.expect(200, "GET", "/v1/events")
