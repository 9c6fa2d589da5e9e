"""One client of the load: does one operation after the other on users and sessions that are its own."""
import http.client
import itertools
import random

from operations import (AddUsers, AuthorizedUser, CloseSession, DeleteUser, Session, StartSession, UpdatePicture,
                        UpdateUser, User)
from support.nopass import NoPass
from support.site import Site

MOST_USERS = 6
MOST_LIVE = 3
GONE = (OSError, http.client.HTTPException)  # what a request meets when the daemon is killed


class Worker:
    """Lives through all rounds. run() serves one round: until the daemon is gone. `history` holds the operations since
    the last verification, of which only the last can be unanswered."""

    def __init__(self, name, seed):
        self.name = name
        self.random = random.Random(f"{seed}/{name}")
        self.numbers = itertools.count(1)
        self.portal_id = None  # of the registration, once there is one
        self.users = []
        self.sessions = []
        self.history = []
        self.faults = []

    def run(self, daemon, killed):
        nopass, site = NoPass(daemon.address), Site(daemon.site_path)
        nopass.portal_id = self.portal_id
        try:
            while not killed.is_set():
                self.carry_out(self.next_operation(), nopass, site)
        except GONE as error:
            if not killed.is_set():
                self.faults.append(f"{self.name}: the daemon hung up on {self.history[-1]}: {error!r}")
        finally:
            nopass.close()

    def carry_out(self, operation, nopass, site):
        self.history.append(operation)
        reply = operation.run(nopass, site)
        operation.answered = True
        expected = operation.good[-1] if operation.is_repeat else operation.good[0]
        if reply.status != expected:
            self.faults.append(f"{self.name}: {operation}{' again' if operation.is_repeat else ''}: {reply}")
        elif not operation.is_repeat:
            operation.apply()
        return reply

    def next_operation(self):
        self.users = [user for user in self.users if user.state == "active"]
        self.sessions = [session for session in self.sessions if session.is_live()]
        choice = self.random.random()
        if len(self.users) < 2 or (choice < 0.1 and len(self.users) < MOST_USERS):
            added = [User(f"{self.name}-{next(self.numbers)}") for _ in range(3)]
            self.users += added
            return AddUsers(users=added)
        if choice < 0.25:
            return UpdateUser(self.random.choice(self.users), f"Erin {next(self.numbers)}")
        if choice < 0.32:
            user = self.random.choice(self.users)
            return DeleteUser([session for session in self.sessions if session.user is user], [user])
        if len(self.sessions) < MOST_LIVE and (choice < 0.45 or not self.sessions):
            session = Session(f"auth-{self.name}-{next(self.numbers)}", self.random.choice(self.users))
            self.sessions.append(session)
            return StartSession(session)
        return self.go_on_with(self.random.choice(self.sessions))

    def go_on_with(self, session):
        if session.state == "authorized":
            return CloseSession(session)
        choice = self.random.random()
        if choice < 0.6:
            return UpdatePicture(session, next(self.numbers))
        return AuthorizedUser(session, choice < 0.85)

    def unanswered(self):
        return [operation for operation in self.history if not operation.answered]
