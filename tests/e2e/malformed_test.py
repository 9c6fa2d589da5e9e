"""Every malformed body of any kind gets a 4xx with the reply shape of callbacks.md, and changes nothing."""
import gzip
import json
import unittest

from support.case import DaemonCase
from support.nopass import JSON_PATCH, NAMES, ROOT, person
from support.pictures import picture
from support.wire import Wire, request_bytes

AUTH_ID, OTP = "auth-of-the-pending-session", "otp-of-the-started-registration"

# What is no JSON object in UTF-8, for whichever callback: name → bytes.
NO_OBJECT = {
    "nothing": b"",
    "spaces": b" \r\n\t ",
    "truncated object": b'{"authId":"a"',
    "truncated string": b'{"authId":"a',
    "truncated escape": b'{"authId":"\\u12',
    "truncated word": b'{"authId":tru',
    "no value": b'{"authId":}',
    "no colon": b'{"authId" "a"}',
    "no quotes": b"{authId:1}",
    "single quotes": b"{'authId':'a'}",
    "trailing comma": b'{"authId":"a",}',
    "leading comma": b'{,"authId":"a"}',
    "comment": b'{"authId":"a"/* why */}',
    "two values": b'{"authId":"a"}{"authId":"a"}',
    "something behind": b'{"authId":"a"} x',
    "array": b"[]",
    "array of objects": b'[{"authId":"a"}]',
    "string": b'"authId"',
    "number": b"12",
    "huge number": b"1e999999",
    "null": b"null",
    "true": b"true",
    "form": b"authId=a&isAuthorized=true",
    "XML": b"<?xml version='1.0'?><authId>a</authId>",
    "byte order mark": b'\xef\xbb\xbf{"authId":"a"}',
    "UTF-16": '{"authId":"a"}'.encode("utf-16"),
    "zero bytes": b"\0" * 64,
    "NUL behind": b'{"authId":"a"}\0',
    "control character in a string": b'{"authId":"a\x01b"}',
    "line end in a string": b'{"authId":"a\nb"}',
    "lonely continuation byte": b'{"authId":"\x80"}',
    "overlong UTF-8": b'{"authId":"\xc0\xaf"}',
    "truncated UTF-8": b'{"authId":"\xe2\x82"}',
    "surrogate in UTF-8": b'{"authId":"\xed\xa0\x80"}',
    "beyond Unicode": b'{"authId":"\xf4\x90\x80\x80"}',
    "Latin-1": '{"authId":"é"}'.encode("latin-1"),
    "invalid UTF-8 in an unknown member": b'{"x":"\xff"}',
    "bad escape": b'{"authId":"\\q"}',
    "deep arrays": b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"x":' * 20_000 + b"1" + b"}" * 20_000,
    "deep and never closed": b'{"x":' * 40_000,
    "seventeen levels": b'{"x":' + b"[" * 16 + b"]" * 16 + b"}",
    "number with a plus": b'{"nextChange":+1}',
    "number with leading zeros": b'{"nextChange":01}',
    "hexadecimal number": b'{"nextChange":0x10}',
    "not a number": b'{"nextChange":NaN}',
    "infinity": b'{"nextChange":Infinity}',
    "gzip": gzip.compress(b'{"authId":"a"}'),
}

# Headers with which even a good body is refused with 415.
BAD_HEADERS = {
    "text": {"Content-Type": "text/plain"},
    "form": {"Content-Type": "application/x-www-form-urlencoded"},
    "multipart": {"Content-Type": "multipart/form-data; boundary=x"},
    "HTML": {"Content-Type": "text/html"},
    "octets": {"Content-Type": "application/octet-stream"},
    "text that ends in json": {"Content-Type": "text/json"},
    "no suffix": {"Content-Type": "application/notjson"},
    "another slash": {"Content-Type": "//application/json"},
    "Latin-1": {"Content-Type": "application/json; charset=iso-8859-1"},
    "UTF-16": {"Content-Type": "application/json; charset=utf-16"},
    "gzip": {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    "identity and gzip": {"Content-Type": "application/json", "Content-Encoding": "identity, gzip"},
}

WRONG_TEXTS = (1, 1.5, True, [], {}, ["a"], "", "a\0b", "a\ud800b", "\udc00", "x" * 70_000)


def changed(body, **members):
    return {**body, **members}


class Malformed(DaemonCase):
    def setUp(self):
        self.one, self.portal, self.site = self.registered_daemon({"callbacks.patience": "200ms"})
        self.assert_ok(self.portal.add_users(person("alice")), True)
        self.site.start_session("alice", AUTH_ID)
        self.site.start_registration("bob", OTP)
        self.before = self.state()

    def tearDown(self):
        self.assertEqual(self.state(), self.before, "a malformed body has changed something")

    def state(self):
        lists = [self.site.want(200, "GET", f"/v1/{kind}")["data"] for kind in ("users", "sessions", "registrations")]
        return self.site.cursor(), self.site.portal(), lists

    def good(self, name):
        """A body with all that the callback requires."""
        portal = {"portalId": self.portal.portal_id}
        return {
            "UpdatePicture": {"authId": AUTH_ID, "image": picture(9), "nextChange": 30000},
            "ValidateUserRegistration": {"otp": OTP, **person("bob")},
            "ConfirmUserRegistration": {"otp": OTP, **portal, "session": {"authId": "another", "login": "bob"}},
            "AuthorizedUser": {"authId": AUTH_ID, "isAuthorized": True},
            "UpdateUser": {"userId": "alice", **portal, "updates": {"givenName": {"newValue": "Al"}}},
            "DeleteUser": {"userId": "alice", **portal},
            "AddUsers": {"users": [person("carol")], **portal},
            "CloseSession": {"authId": AUTH_ID, "userId": "", **portal},
            "DisableService": portal,
        }[name]

    def assert_each_refused(self, cases, statuses):
        """`cases`: (callback, what, body bytes, headers). All on one connection, which must survive."""
        with Wire(self.one.address) as wire:
            for name, what, body, headers in cases:
                with self.subTest(callback=name, what=what):
                    wire.send(request_bytes("POST", ROOT + name, body, headers={"Content-Type": JSON_PATCH, **headers}))
                    reply = wire.reply()
                    self.assertIn(reply.status, statuses, reply)
                    self.assertNotEqual(reply.headers.get("connection"), "close", "the connection should survive")
                    self.assert_reply_shape(reply)

    def test_a_body_that_is_no_json_object_is_refused_by_every_callback(self):
        self.assert_each_refused([(name, what, body, {}) for name in NAMES[2:] for what, body in NO_OBJECT.items()],
                                 [400])

    def test_a_good_body_of_another_type_charset_or_encoding_is_refused(self):
        self.assert_each_refused([(name, what, json.dumps(self.good(name)).encode(), headers)
                                  for name in NAMES[2:] for what, headers in BAD_HEADERS.items()], [415])

    def test_a_member_given_twice_is_refused_by_every_callback(self):
        cases = []
        for name in NAMES[2:]:
            inside = json.dumps(self.good(name))[:-1]
            first = next(iter(self.good(name)))
            for what, more in {"same case": json.dumps(first), "other case": json.dumps(first.upper()),
                               "unknown": '"zzz":1,"ZZZ"'}.items():
                cases.append((name, what, f'{inside},{more}:"x"}}'.encode(), {}))
        cases.append(("UpdateUser", "below", json.dumps(self.good("UpdateUser")).replace(
            '"newValue": "Al"', '"newValue": "Al", "NewValue": "Bo"').encode(), {}))
        self.assert_each_refused(cases, [400])

    def test_a_required_member_that_is_absent_null_or_no_text_is_refused(self):
        required = {"UpdatePicture": ["authId", "image"], "ValidateUserRegistration": ["otp", "login"],
                    "ConfirmUserRegistration": ["otp", "portalId"], "AuthorizedUser": ["authId"],
                    "UpdateUser": ["userId", "portalId"], "DeleteUser": ["userId", "portalId"],
                    "AddUsers": ["portalId"], "CloseSession": ["authId", "portalId"], "DisableService": ["portalId"]}
        cases = []
        for name, members in required.items():
            for member in members:
                good = self.good(name)
                without = {key: value for key, value in good.items() if key != member}
                bodies = [("absent", without)] + [(repr(value)[:20], changed(good, **{member: value}))
                                                  for value in (None, *WRONG_TEXTS)]
                cases += [(name, f"{member}: {what}", json.dumps(body).encode(), {}) for what, body in bodies]
        self.assert_each_refused(cases, [400])

    def test_wrong_numbers_booleans_objects_and_pictures_are_refused(self):
        table = {
            ("UpdatePicture", "nextChange"): [None, "", "x", "1.5", "-1", "+1", 1.5, True, [], {}, " 1"],
            ("UpdatePicture", "image"): ["AAAA", picture(1)[:40], "@@@@", picture(1).replace("A", "A\n"),
                                         "data:text/html;base64," + picture(1), picture(1, side=1025)],
            ("AuthorizedUser", "isAuthorized"): [None, "", "yes", "1", 1, 0, [], {}, " true"],
            ("AuthorizedUser", "reason"): [1, True, [], {}, "x" * 2085, "a\0b"],
            ("UpdateUser", "updates"): [None, "", "{}", 1, [], {"givenName": "Al"}, {"givenName": []},
                                        {"givenName": {"newValue": 1}}, {"givenName": {"newValue": "x" * 2085}},
                                        {"email": {"forbiddenStore": "maybe"}}, {"login": {"newValue": ""}},
                                        {"login": {"newValue": " alice2"}}, {"login": {"newValue": "a\u200bb"}}],
            ("ConfirmUserRegistration", "session"): ["", 1, [], {}, {"authId": "a"}, {"login": "bob"},
                                                     {"authId": "", "login": "bob"}, {"authId": 1, "login": "bob"}],
            ("ValidateUserRegistration", "login"): [" bob", "bob ", "b\tob", "b\u00adob", "x" * 2085],
            ("AddUsers", "users"): [None, {}, "", 1, ["carol"], [[]], [None], [{}], [{"user": 1}],
                                    [person("carol"), person("")], [person("carol"), person("CAROL")],
                                    [person("carol"), {"email": "x@example.org", "isUseEmailAsLogin": "perhaps"}],
                                    [person("carol"), person("dan", surName="x" * 2085)],
                                    [person("alice", surName="Other")],
                                    [person(f"user{i}") for i in range(10_001)]],
        }
        self.assert_each_refused([(name, f"{member}: {value!r}"[:60],
                                   json.dumps(changed(self.good(name), **{member: value})).encode(), {})
                                  for (name, member), values in table.items() for value in values], [400])

    def test_what_names_nothing_here_is_refused(self):
        table = [(name, {"portalId": "another"}, "104")
                 for name in ("ConfirmUserRegistration", "UpdateUser", "DeleteUser", "AddUsers", "CloseSession",
                              "DisableService")]
        table += [("UpdatePicture", {"userId": "bob"}, "103"), ("CloseSession", {"userId": "bob"}, None),
                  ("DeleteUser", {"userId": "nobody"}, "107"), ("UpdateUser", {"userId": "nobody"}, "107")]
        for name, members, code in table:
            with self.subTest(callback=name, members=members):
                reply = self.portal.call(name, changed(self.good(name), **members))
                self.assertIn(reply.status, (400, 404), reply)
                self.assert_reply_shape(reply)
                self.assertIn(code or reply.codes[0], reply.codes)

    def test_keys_that_nobody_knows_are_refused_after_the_patience(self):
        for name, member, code in (("UpdatePicture", "authId", "105"), ("AuthorizedUser", "authId", "105"),
                                   ("CloseSession", "authId", "105"), ("ConfirmUserRegistration", "otp", "106")):
            with self.subTest(callback=name):
                self.assert_refused(self.portal.call(name, changed(self.good(name), **{member: "unknown"})), 404, code)

    def test_all_faults_of_a_request_are_listed(self):
        reply = self.portal.call("UpdatePicture", {"image": "AAAA", "nextChange": "soon", "userId": 3})
        self.assertEqual(sorted(reply.codes), ["102", "103", "103", "110"])
        self.assertEqual(reply.status, 400)

    def test_what_looks_like_it_but_is_not_malformed_is_accepted(self):
        """The control: the same way in lets good bodies pass."""
        for content_type in (None, "application/json", "/application/json", "APPLICATION/JSON; Charset=\"UTF-8\"",
                             "application/merge+json"):
            reply = self.portal.call("UpdateUser", {"USERID": "alice", "portalid": self.portal.portal_id, "updates": {},
                                                    "unknown": {"x": [[]]}}, headers={"Content-Type": content_type})
            self.assert_ok(reply, "OK")


if __name__ == "__main__":
    unittest.main()
