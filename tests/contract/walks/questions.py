"""A question of each callback that asks."""
import threading

from support.nopass import person

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def walk(case):
    ask = {f"policy.{name}": "ask" for name in ("validate_user_registration", "update_user", "add_users")}
    _, nopass, site = case.recorded_and_registered({**ask, "policy.timeout": "60s"})
    site.expect(200, "GET", "/v1/questions")  # from now on somebody answers
    answer(case, site, lambda: nopass.add_users(person("ada"), person("bob")))
    answer(case, site, lambda: nopass.update_user("ada", email="ada@example.net", locale="hy"))
    question = answer(case, site, lambda: nopass.validate_user_registration("otp-1", "carol"))
    site.expect(409, "PUT", f"/v1/questions/{question['id']}/answer", {"allow": False})
    site.expect(404, "PUT", f"/v1/questions/{UNKNOWN}/answer", {"allow": False})


def answer(case, site, callback):
    """Allows what the callback asks for, and returns the question."""
    replies = []
    asking = threading.Thread(target=lambda: replies.append(callback()), daemon=True)
    asking.start()
    [question] = site.expect(200, "GET", "/v1/questions?wait=60", timeout=90).json["data"]
    site.expect(200, "PUT", f"/v1/questions/{question['id']}/answer", {"allow": True, "reason": "one of ours"})
    asking.join()
    case.assertEqual([reply.status for reply in replies], [200])
    return question
