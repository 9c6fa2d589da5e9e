"""The NoPass side: bodies as the vendor's documentation prints them, and a caller that sends them."""
import http.client
import json
import secrets
import socket

from support.pictures import picture
from support.timing import PATIENCE
from support.wire import Reply

ROOT = "/api/PortalCommunication/"
JSON_PATCH = "/application/json-patch+json"  # the vendor's literal, with its slash
NAMES = ("ConfirmPreRegistration", "ConfirmRegistration", "UpdatePicture", "ValidateUserRegistration",
         "ConfirmUserRegistration", "AuthorizedUser", "UpdateUser", "DeleteUser", "AddUsers", "CloseSession",
         "DisableService")
CONTENT_TYPES = {"ConfirmUserRegistration": "/application/json", "CloseSession": "application/json-patch+json",
                 "DisableService": "application/json-patch+json"}


def person(login, **more):
    return {"givenName": "Erin", "surName": "Example", "phoneNumber": "+15550100", "email": f"{login}@example.org",
            "login": login, **more}


class NoPass:
    """Calls one portal on one connection that is kept; opens another when the daemon has closed it."""

    def __init__(self, address, tls=None, prefix=""):
        self.address = address
        self.tls = tls
        self.prefix = prefix
        self.portal_id = "ff34as4578sdjlkf-" + secrets.token_hex(8)
        self.auth_token = "token-" + secrets.token_hex(16)
        self.connection = None

    def _open(self):
        host, port = self.address
        if self.tls:
            self.connection = http.client.HTTPSConnection("localhost", port, timeout=PATIENCE, context=self.tls)
            self.connection._create_connection = lambda _, *rest: socket.create_connection((host, port), *rest)
        else:
            self.connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def call(self, name, body, headers=None):
        """`body` is a JSON value, or the bytes to send."""
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if self.connection is None:
            self._open()
        fields = {"Content-Type": CONTENT_TYPES.get(name, JSON_PATCH), **(headers or {})}
        fields = {key: value for key, value in fields.items() if value is not None}
        try:
            self.connection.request("POST", self.prefix + ROOT + name, body, fields)
            answer = self.connection.getresponse()
            reply = Reply(answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read())
        except Exception:
            self.close()
            raise
        if answer.will_close:
            self.close()
        return reply

    def confirm_pre_registration(self, admin_id, r=36729001):
        return self.call("ConfirmPreRegistration", {"adminId": admin_id, "r": r})

    def confirm_registration(self):
        return self.call("ConfirmRegistration", {"settings": '{"pictureLifetime":30}', "portalId": self.portal_id,
                                                 "authToken": self.auth_token})

    def update_picture(self, auth_id, seed=0, login=None, next_change=30000):
        body = {"authId": auth_id, "image": picture(seed), "nextChange": next_change}
        return self.call("UpdatePicture", body if login is None else {**body, "UserId": login})

    def validate_user_registration(self, otp, login, **more):
        body = {"otp": otp, "profileImageUrl": "https://img.example.org/erin.png", **person(login), **more}
        return self.call("ValidateUserRegistration", body)

    def confirm_user_registration(self, otp, login, auth_id):
        return self.call("ConfirmUserRegistration", {"otp": otp, "portalId": self.portal_id,
                                                     "session": {"authId": auth_id, "login": login}})

    def authorized_user(self, auth_id, authorized=True, reason=""):
        return self.call("AuthorizedUser", {"authId": auth_id, "isAuthorized": "true" if authorized else "false",
                                            "reason": reason})

    def update_user(self, login, **fields):
        updates = {name: {"newValue": value, "forbiddenStore": None} for name, value in fields.items()}
        return self.call("UpdateUser", {"userId": login, "portalId": self.portal_id, "updates": updates})

    def delete_user(self, login):
        return self.call("DeleteUser", {"userId": login, "portalId": self.portal_id})

    def add_users(self, *people):
        users = [{"user": {"isUseEmailAsLogin": "false", **each}} for each in people]
        return self.call("AddUsers", {"model": {"users": users, "portalId": self.portal_id}})

    def close_session(self, auth_id, login=""):
        return self.call("CloseSession", {"userId": login, "portalId": self.portal_id, "authId": auth_id})

    def disable_service(self):
        return self.call("DisableService", {"portalId": self.portal_id})

    def register(self, site):
        """Callbacks 1 and 2 within a window of their own."""
        window = site.open_window()
        for reply in (self.confirm_pre_registration(window["adminId"]), self.confirm_registration()):
            if reply.status != 200:
                raise AssertionError(f"the portal was not registered: {reply}")
        return window
