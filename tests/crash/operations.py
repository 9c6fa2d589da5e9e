"""What the load does to the daemon, and what each piece of it must leave behind."""
from support.nopass import person


class User:
    def __init__(self, login):
        self.login = login
        self.id = None  # found out when it is first needed
        self.given_name = "Erin"
        self.state = None  # None: not there yet

    def subject(self):
        return f"user/{self.id}"


class Session:
    def __init__(self, auth_id, user):
        self.auth_id = auth_id
        self.user = user
        self.id = None
        self.state = None
        self.pictures = 0

    def subject(self):
        return f"session/{self.id}"

    def is_live(self):
        return self.state in ("pending", "authorized")


class Operation:
    """One request that changes something. `events()` are the (type, subject) that its commit must append, all or none;
    apply() makes the model what the daemon is then; `sessions` and `users` are what it touches."""

    good = (200,)  # the status of the first time, and last the one of a repeat

    def __init__(self, sessions=(), users=()):
        self.sessions = list(sessions)
        self.users = list(users)
        self.answered = False
        self.is_repeat = False  # of something that was carried out before: raises nothing

    def events(self):
        return []

    def run(self, nopass, site):
        """Sends it; apply() and what else the answer tells are the caller's."""
        raise NotImplementedError

    def __repr__(self):
        names = [user.login for user in self.users] + [session.auth_id for session in self.sessions]
        return f"{type(self).__name__}({', '.join(names)})"


class AddUsers(Operation):
    def events(self):
        return [("user.added", user.subject()) for user in self.users]

    def run(self, nopass, site):
        return nopass.add_users(*[person(user.login) for user in self.users])

    def apply(self):
        for user in self.users:
            user.state = "active"


class UpdateUser(Operation):
    def __init__(self, user, given_name):
        super().__init__(users=[user])
        self.given_name = given_name

    def events(self):
        return [("user.updated", self.users[0].subject())]

    def run(self, nopass, site):
        return nopass.update_user(self.users[0].login, givenName=self.given_name)

    def apply(self):
        self.users[0].given_name = self.given_name


class DeleteUser(Operation):
    """`sessions` are the live ones of the user: they are closed in the same commit."""

    def events(self):
        closed = [("session.closed", session.subject()) for session in self.sessions]
        return closed + [("user.deleted", self.users[0].subject())]

    def run(self, nopass, site):
        return nopass.delete_user(self.users[0].login)

    def apply(self):
        self.users[0].state = "deleting"
        for session in self.sessions:
            session.state = "closed"


class StartSession(Operation):
    """Here a repeat is 409: the authId is known already."""

    good = (201, 409)

    def __init__(self, session):
        super().__init__(sessions=[session], users=[session.user])

    def events(self):
        return [("session.started", self.sessions[0].subject())]

    def run(self, nopass, site):
        session = self.sessions[0]
        reply = site.call("POST", "/v1/sessions", {"login": session.user.login, "binding": "b" * 16,
                                                   "authId": session.auth_id})
        if reply.status == 201:
            session.id = reply.json["id"]
        return reply

    def apply(self):
        self.sessions[0].state = "pending"


class SessionOperation(Operation):
    def __init__(self, session):
        super().__init__(sessions=[session])

    @property
    def session(self):
        return self.sessions[0]


class UpdatePicture(SessionOperation):
    """Appends nothing; the session's pictureVersion tells whether it was carried out."""

    def __init__(self, session, seed):
        super().__init__(session)
        self.seed = seed

    def run(self, nopass, site):
        return nopass.update_picture(self.session.auth_id, self.seed)

    def apply(self):
        self.session.pictures += 1


class AuthorizedUser(SessionOperation):
    def __init__(self, session, authorized):
        super().__init__(session)
        self.verdict = "authorized" if authorized else "denied"

    def events(self):
        return [(f"session.{self.verdict}", self.session.subject())]

    def run(self, nopass, site):
        return nopass.authorized_user(self.session.auth_id, self.verdict == "authorized", "no")

    def apply(self):
        self.session.state = self.verdict


class CloseSession(SessionOperation):
    def events(self):
        return [("session.closed", self.session.subject())]

    def run(self, nopass, site):
        return nopass.close_session(self.session.auth_id, self.session.user.login)

    def apply(self):
        self.session.state = "closed"
