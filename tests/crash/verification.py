"""After a restart: what was answered is there with its event exactly once, the rest is there wholly or not at all."""
import urllib.parse
from collections import Counter

from operations import AddUsers, StartSession, UpdatePicture
from support.site import short


class Verifier:
    """Keeps the log and the totals of all rounds. `faults` are the violations found."""

    def __init__(self, log):
        self.log = log
        self.cursor = None
        self.totals = Counter()
        self.faults = []

    def verify(self, site, operations):
        """`operations`: of all workers since the last time. Tells each unanswered one whether it was carried out."""
        events, self.cursor = site.all_events(self.cursor)
        self.faults += self.log.extend(events)
        if len(set(self.log.ids)) != len(self.log.ids):
            self.faults.append("an event is in the log twice")
        self.find_users(site, operations)
        observed = Counter(zip(short(events), (event["subject"] for event in events)))
        started = {event["data"]["userId"]: event for event in events if event["type"] == "nopass.session.started"}
        extra = self.take_answered(operations, observed)
        for operation in operations:
            if not operation.answered:
                self.settle(site, operation, extra, started)
        for (kind, subject), count in (+extra).items():
            self.faults.append(f"{count} {kind} of {subject} that nothing explains")
        self.check_states(site, operations)

    def find_users(self, site, operations):
        for user in {user for operation in operations for user in operation.users}:
            found = site.want(200, "GET", "/v1/users?login=" + urllib.parse.quote(user.login))["data"]
            user.found = found[0] if found else None
            user.id = user.found["id"] if found else user.id
            if len(found) > 1:
                self.faults.append(f"{len(found)} users are called {user.login}")

    def take_answered(self, operations, observed):
        """What is observed beyond that which answered operations explain."""
        extra = Counter(observed)
        for operation in operations:
            if not operation.answered:
                continue
            self.totals["answered"] += 1
            for event in [] if operation.is_repeat else operation.events():
                extra[event] -= 1
                if extra[event] < 0:
                    self.faults.append(f"{operation} was answered, and its event {event} is not in the log")
        return extra

    def settle(self, site, operation, extra, started):
        """Finds out whether an unanswered operation was carried out; then apply() is called and a repeat is due."""
        self.totals["unanswered"] += 1
        if operation.is_repeat:
            return
        if isinstance(operation, StartSession):
            self.find_session(operation.sessions[0], extra, started)
        if isinstance(operation, UpdatePicture):
            found = site.session(operation.session.id)
            operation.is_repeat = found.get("pictureVersion", 0) == operation.session.pictures + 1
        else:
            wanted = operation.events()
            present = [event for event in wanted if extra[event] > 0]
            if present and len(present) != len(wanted):
                self.faults.append(f"of {operation} only {present} is in the log")
            operation.is_repeat = bool(present)
            extra.subtract(present)
        if isinstance(operation, AddUsers) and any(bool(user.found) != operation.is_repeat for user in operation.users):
            self.faults.append(f"{operation} is there in part")
        if operation.is_repeat:
            self.totals["carried out unanswered"] += 1
            operation.apply()

    @staticmethod
    def find_session(session, extra, started):
        """A start without an answer: its session is known by its user, who has no other start that is unexplained."""
        event = started.get(session.user.id)
        if event and extra[("session.started", event["subject"])] > 0:
            session.id = event["data"]["sessionId"]

    def check_states(self, site, operations):
        for user in {user for operation in operations for user in operation.users}:
            found = user.found or {"state": None}
            expected = (user.state, user.given_name if user.state == "active" else None)
            if (found["state"], found.get("givenName")) != expected:
                self.faults.append(f"{user.login} should be {expected}: {found}")
        for session in {session for operation in operations for session in operation.sessions if session.id}:
            found = site.session(session.id)
            pictures = found.get("pictureVersion", 0) if session.state == "pending" else session.pictures
            if (found["state"], pictures) != (session.state, session.pictures):
                self.faults.append(f"{session.auth_id} should be {session.state} with {session.pictures}: {found}")

    def check_totals(self, site, counts):
        """At the very end: as many sessions and users as there are events that tell of them."""
        for kind, event in (("sessions", "session.started"), ("users", "user.added")):
            total = site.want(200, "GET", f"/v1/{kind}?limit=1")["pagination"]["total"]
            if total != counts[event]:
                self.faults.append(f"there are {total} {kind} and {counts[event]} {event}")
