"""The NoPass server that the daemon calls: it answers as the contract says, or as a test tells it to."""
import json
import secrets

from support.http_stand_in import HttpStandIn
from support.pictures import picture

AUTHORIZE = "/api/UserAuthentication/RequestAuthorization"
PRE_REGISTER = "/api/UserRegistration/PreRegisterUser"
DELETE = "/api/Users/Delete"


class Call:
    def __init__(self, path, headers, body):
        self.path, self.headers, self.body = path, headers, json.loads(body)
        self.auth_id = "auth-" + secrets.token_hex(16)
        self.otp = "otp-" + secrets.token_hex(16)


class NopassServer(HttpStandIn):
    """`meanwhile(call)` happens before the answer. `faults` are answers for the next calls: (status, JSON or bytes), None
    to hang up, or a function of the call that gives one of these."""

    def __init__(self, tls=None):
        self.faults = []
        self.meanwhile = lambda call: None
        super().__init__(tls=tls)
        self.url = self.root

    def take(self, path, headers, body):
        call = Call(path, headers, body)
        with self.moved:
            fault = self.faults.pop(0) if self.faults else self.good
            self.note(call)
        self.meanwhile(call)
        answer = fault(call) if callable(fault) else fault
        if answer is None:
            return None
        status, value = answer
        return status, value if isinstance(value, bytes) else json.dumps(value).encode()

    def good(self, call):
        result = {AUTHORIZE: {"authId": call.auth_id, "image": picture(len(self.calls)), "nextChange": 30000},
                  PRE_REGISTER: {"otp": call.otp, "registerLink": self.url + "/register/" + secrets.token_hex(8)},
                  DELETE: True}[call.path]
        return 200, {"errors": [], "result": result, "loginUrl": "https://nopass.example/login"}
