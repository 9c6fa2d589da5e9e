"""A complete consumer of nopassd's site API: acts on every event and answers questions.

    NOPASSD_SOCKET=/run/nopassd/site.sock python3 consumer.py

Python 3.8 or later, the standard library alone. Your own code goes into act() and may(). Anything that goes wrong ends
in the same place: a pause, then from the beginning; what was not acknowledged comes again. SIGTERM ends it.
"""
import http.client
import json
import os
import signal
import socket
import sys
import threading
import time

SOCKET = os.environ.get("NOPASSD_SOCKET", "/run/nopassd/site.sock")
CONSUMER = "/v1/consumers/website"
acted_on = set()  # ids of events not yet acknowledged; kept with your data, they outlive this process too


class SiteConnection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(SOCKET)


def call(method, path, body=None):
    """What the daemon answers; raises when that is a problem, or nothing."""
    connection = SiteConnection("nopassd", timeout=60)
    try:
        payload = None if body is None else json.dumps(body)
        connection.request(method, path, payload, {"Content-Type": "application/json"} if payload else {})
        reply = connection.getresponse()
        text = reply.read().decode()
    finally:
        connection.close()
    if reply.status >= 400:
        raise RuntimeError(f"{method} {path}: {reply.status} {text}")
    return json.loads(text)


def act(event):
    """Events come at least once: what is done here must bear being done twice."""
    print(event["type"], event["subject"], flush=True)
    if event["type"] in ("nopass.session.closed", "nopass.session.expired"):
        pass  # end your own session: DELETE FROM sessions WHERE nopass_session_id = event["data"]["sessionId"]
    elif event["type"] == "nopass.user.deleted":
        pass  # delete the account: DELETE FROM accounts WHERE nopass_user_id = event["data"]["userId"]


def may(question):
    """Your rule for callbacks whose policy is "ask". A long list of logins is cut short, its count is not."""
    logins = question.get("logins", [question.get("login", "")])
    return len(logins) == question.get("count", 1) and all(login.endswith("@example.org") for login in logins)


def read_events():
    call("PUT", CONSUMER, {"from": "oldest"})  # made at the first start, or anew when it was retired (410)
    while True:
        page = call("GET", CONSUMER + "/events?wait=30")  # 409 while another process reads
        for event in page["data"]:
            if event["id"] not in acted_on:
                act(event)
                acted_on.add(event["id"])
        if page["data"]:
            call("POST", CONSUMER + "/ack", {"through": page["cursor"]})
            acted_on.clear()


def answer_questions():
    while True:
        for question in call("GET", "/v1/questions?wait=30")["data"]:
            allow = may(question)
            call("PUT", f"/v1/questions/{question['id']}/answer", {"allow": allow})  # 409 when it comes too late
            print(question["callback"], "allowed" if allow else "denied", flush=True)


def forever(work):
    while True:
        try:
            work()
        except Exception as error:
            print(error, file=sys.stderr, flush=True)
            time.sleep(1)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
threading.Thread(target=forever, args=(answer_questions,), daemon=True).start()
forever(read_events)
