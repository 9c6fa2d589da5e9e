"""nopassctl against a scripted site socket: what it asks, and what it makes of each answer."""
import tempfile
import unittest

from scripted_site import Scripted, listed, problem
from support.ctl import DONE, FAILED, REFUSED, TIMED_OUT, USAGE

ID = "539fadbe-6a8a-4600-ad4a-61835520b040"


class Hooks(Scripted):
    HOOK = {"type": "hook", "id": "shop", "url": "unix:/run/shop.sock:/x", "types": [], "answers": True, "state": "failing",
            "cursor": "a.1", "lag": 7, "failures": 3, "lastError": {"time": "t", "status": 500, "detail": "status 500"},
            "createdAt": "2026-01-01T00:00:00Z"}

    def test_are_added_with_full_types_and_the_secret_is_shown_once(self):
        ctl, asked = self.script(**{"PUT /v1/hooks/shop": (201, {**self.HOOK, "secret": "whsec_abc"})})
        done = ctl.run("hooks", "add", "shop", "unix:/run/shop.sock:/x", "-t", "session.authorized", "--type",
                       "nopass.user.added", "--answers")
        self.assertEqual(done.returncode, DONE)
        self.assertRegex(done.stdout, r"secret +whsec_abc\n")
        self.assertIn("not shown again", done.stderr)
        self.assert_asks(asked, "PUT", "/v1/hooks/shop",
                         {"url": "unix:/run/shop.sock:/x", "types": ["nopass.session.authorized", "nopass.user.added"],
                          "answers": True})

    def test_are_changed_without_a_word_about_secrets(self):
        ctl, asked = self.script(**{"PUT /v1/hooks/shop": (200, self.HOOK)})
        done = ctl.run("hooks", "add", "shop", "https://x/")
        self.assertEqual((done.returncode, done.stderr), (DONE, ""))
        self.assert_asks(asked, "PUT", "/v1/hooks/shop", {"url": "https://x/"})

    def test_are_listed_shown_and_removed(self):
        ctl, asked = self.script(**{"GET /v1/hooks": listed(self.HOOK), "GET /v1/hooks/shop": (200, self.HOOK),
                                    "DELETE /v1/hooks/shop": (204, None)})
        self.assertRegex(ctl.want(DONE, "hooks"), r"shop +failing +7 +3 +- +unix:/run/shop.sock:/x +status 500\n")
        self.assertEqual(ctl.json("hooks", "show", "shop"), self.HOOK)
        ctl.want(DONE, "hooks", "remove", "shop")
        self.assert_asks(asked, "DELETE", "/v1/hooks/shop")

    def test_a_test_that_is_not_delivered_fails(self):
        answers = [(200, {"delivered": True, "status": 204, "milliseconds": 3}),
                   (200, {"delivered": False, "detail": "connection refused", "milliseconds": 1})]
        ctl, _ = self.script(**{"POST /v1/hooks/shop/test": answers})
        self.assertEqual(ctl.want(DONE, "hooks", "test", "shop"), "delivered, status 204, 3 ms\n")
        self.assertEqual(ctl.want(FAILED, "hooks", "test", "shop"), "not delivered, 1 ms: connection refused\n")
        self.assertFalse(ctl.json("hooks", "test", "shop", code=FAILED)["delivered"])


class Clients(Scripted):
    CLIENT = {"type": "client", "id": ID, "name": "worker", "scopes": ["events:read", "users:read"], "createdAt": "t"}

    def test_are_added_and_rotated_with_their_secret_shown_once(self):
        told = (201, {**self.CLIENT, "secret": "s3cret"})
        ctl, asked = self.script(**{"POST /v1/clients": told, f"POST /v1/clients/{ID}/secret": told})
        for arguments in (("add", "worker", "--scope", "events:read", "-s", "users:read"), ("rotate", ID)):
            done = ctl.run("clients", *arguments)
            self.assertEqual(done.returncode, DONE)
            self.assertRegex(done.stdout, r"secret +s3cret\n")
            self.assertIn("not shown again", done.stderr)
        self.assert_asks(asked, "POST", "/v1/clients", {"name": "worker", "scopes": ["events:read", "users:read"]})

    def test_are_listed_shown_and_removed(self):
        ctl, asked = self.script(**{"GET /v1/clients": listed(self.CLIENT), f"GET /v1/clients/{ID}": (200, self.CLIENT),
                                    f"DELETE /v1/clients/{ID}": (204, None)})
        self.assertRegex(ctl.want(DONE, "clients"), rf"{ID} +worker +- +events:read, users:read\n")
        self.assertEqual(ctl.json("clients", "show", ID), self.CLIENT)
        ctl.want(DONE, "clients", "remove", ID)
        self.assert_asks(asked, "DELETE", f"/v1/clients/{ID}")


class Questions(Scripted):
    QUESTION = {"type": "question", "id": ID, "callback": "UpdateUser", "userId": "u", "deadline": "t", "login": "ada"}

    def test_are_listed_and_answered(self):
        answered = {"type": "question", "id": ID, "callback": "UpdateUser", "state": "answered", "allow": False}
        ctl, asked = self.script(**{"GET /v1/questions": (200, {"data": [self.QUESTION]}),
                                    f"PUT /v1/questions/{ID}/answer": (200, answered)})
        self.assertRegex(ctl.want(DONE, "questions"), rf"{ID} +UpdateUser +t +u +ada +- +- +-\n")
        self.assertIn("UpdateUser is denied", ctl.want(DONE, "questions", "answer", ID, "--deny", "--reason", "no"))
        ctl.want(DONE, "questions", "answer", ID, "--allow")
        self.assert_asks(asked, "PUT", f"/v1/questions/{ID}/answer", {"allow": False, "reason": "no"})
        self.assert_asks(asked, "PUT", f"/v1/questions/{ID}/answer", {"allow": True})

    def test_waiting_in_vain_is_5(self):
        ctl, asked = self.script(**{"GET /v1/questions": (200, {"data": []})})
        self.assertEqual(ctl.want(DONE, "questions"), "no open questions\n")
        self.assertEqual(ctl.want(TIMED_OUT, "questions", "--wait", "1"), "no question came within 1 s\n")
        self.assertEqual(asked[1][2], {"wait": "1"})

    def test_a_second_answer_is_refused(self):
        ctl, _ = self.script(**{f"PUT /v1/questions/{ID}/answer": problem(409, "the question is answered already")})
        self.assertIn("(409): the question is answered already", ctl.run("questions", "answer", ID, "--allow").stderr)


class Users(Scripted):
    def replies(self):
        return {"GET /v1/users": listed({"type": "user", "id": ID, "state": "active"}),
                f"DELETE /v1/users/{ID}": (202, {"type": "user", "id": ID, "state": "deleting"}),
                f"POST /v1/users/{ID}/restore": (200, {"type": "user", "id": ID, "state": "active"}),
                f"GET /v1/users/{ID}/history": listed({"type": "history", "id": "h", "time": "t", "by": "site uid:33",
                                                       "name": "nopass.user.updated", "subject": "user/" + ID,
                                                       "data": {"changed": ["email"]}})}

    def test_deletion_asks_first(self):
        ctl, asked = self.script(**self.replies())
        done = ctl.run("users", "delete", ID)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("--yes", done.stderr)
        for answer, code in (("n\n", FAILED), ("\n", FAILED)):
            running = self.on_terminal(ctl, "users", "delete", ID)
            running.until("[y/N]")
            running.type(answer)
            self.assertEqual(running.end(), code)
            self.assertIn("nothing was changed", running.text)
        self.assertEqual(asked, [])
        running = self.on_terminal(ctl, "users", "delete", ID)
        running.until("[y/N]")
        running.type("y\n")
        self.assertEqual(running.end(), DONE)
        self.assertIn("is deleting; `nopassctl users restore`", running.text)
        self.assert_asks(asked, "DELETE", f"/v1/users/{ID}")

    def test_deletion_finds_the_user_by_login_or_key(self):
        ctl, asked = self.script(**self.replies())
        ctl.want(DONE, "users", "delete", "--login", "a&b c", "--yes")
        ctl.want(DONE, "users", "delete", "--external-id", "k/1", "-y")
        self.assertEqual([one[2] for one in asked if one[0] == "GET"], [{"login": "a&b c"}, {"externalId": "k/1"}])
        self.assertEqual(sum(one[:2] == ("DELETE", f"/v1/users/{ID}") for one in asked), 2)

    def test_several_matches_are_too_many(self):
        ctl, asked = self.script(**{"GET /v1/users": listed({"id": "a"}, {"id": "b"})})
        self.assertIn("several", ctl.run("users", "delete", "--login", "x", "--yes").stderr)
        self.assertEqual(len(asked), 1)

    def test_history_and_restoring(self):
        ctl, _ = self.script(**self.replies())
        self.assertRegex(ctl.want(DONE, "users", "history", ID),
                         r't +nopass\.user\.updated +site uid:33 +user/\S+ +\{"changed":\["email"\]\}\n')
        self.assertIn("is active again", ctl.want(DONE, "users", "restore", ID))


class Portal(Scripted):
    def replies(self):
        portal = {"type": "portal", "id": "portal", "state": "registered"}
        return {"POST /v1/portal/enable": (200, portal), "POST /v1/portal/import": (200, portal),
                "POST /v1/portal/reset": (200, {**portal, "state": "unregistered"}),
                "GET /v1/portal/credentials": (200, {"type": "credentials", "id": "portal", "portalId": "p", "authToken": "t"})}

    def test_reset_asks_first(self):
        ctl, asked = self.script(**self.replies())
        self.assertEqual(ctl.run("portal", "reset").returncode, USAGE)
        self.assertEqual(asked, [])
        self.assertRegex(ctl.want(DONE, "portal", "reset", "--yes"), r"state +unregistered\n")

    def test_import_takes_the_token_from_a_file_or_standard_input(self):
        ctl, asked = self.script(**self.replies())
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
            file.write("from file\n")
            file.flush()
            ctl.want(DONE, "portal", "import", "--portal-id", "p", "--auth-token-file", file.name)
        ctl.want(DONE, "portal", "import", "--portal-id", "p", "--auth-token-file", "-", stdin="from input")
        self.assertEqual([one[3] for one in asked], [{"portalId": "p", "authToken": "from file"},
                                                     {"portalId": "p", "authToken": "from input"}])
        self.assertEqual(ctl.run("portal", "import", "--portal-id", "p", "--auth-token-file", "-").returncode, USAGE)

    def test_enable_and_credentials(self):
        ctl, asked = self.script(**self.replies())
        self.assertEqual(ctl.json("portal", "enable")["state"], "registered")
        self.assertRegex(ctl.want(DONE, "portal", "credentials"), r"portalId +p\nauthToken +t\n")
        self.assert_asks(asked, "POST", "/v1/portal/enable")


class Service(Scripted):
    def test_backup_tells_its_size(self):
        ctl, asked = self.script(**{"POST /v1/backup": (201, {"type": "backup", "id": "a.db", "bytes": 1536, "createdAt": "t"})})
        self.assertTrue(ctl.want(DONE, "backup", "a.db").startswith("backup a.db: 1.5 KiB, t; "))
        self.assert_asks(asked, "POST", "/v1/backup", {"name": "a.db"})

    def test_reload_tells_what_is_in_force_and_what_wants_a_restart(self):
        answers = [(200, {"changed": ["callers.allow", "policy.timeout"], "restart": ["listener.address"]}),
                   (200, {"changed": [], "restart": []}),
                   problem(422, "wrong configuration", (None, "nopassd.toml:3: daemon.nmae: unknown (right: daemon.name)"))]
        ctl, _ = self.script(**{"POST /v1/reload": answers})
        self.assertEqual(ctl.want(DONE, "reload"), "in force now: callers.allow, policy.timeout\n"
                                                   "after a restart only: listener.address\n")
        self.assertEqual(ctl.want(DONE, "reload"), "nothing has changed\n")
        done = ctl.run("reload")
        self.assertEqual(done.returncode, REFUSED)
        self.assertIn("\n  nopassd.toml:3: daemon.nmae: unknown", done.stderr)

    def test_status_shows_hooks_and_counts(self):
        metrics = b"# TYPE x gauge\nnopassd_questions_open 2\nnopassd_events_kept 12\nnopassd_database_bytes 2097152\n" \
                  b"nopassd_database_log_bytes 1024\n"
        ctl, asked = self.script(**{"GET /v1/info": (200, {"version": "1", "source": "/x"}), "GET /metrics": (200, metrics),
                                    "GET /readyz": (503, {"storage": "failing", "portal": "disabled", "certificateDays": 3}),
                                    "GET /v1/portal": (200, {"state": "disabled", "disabledAt": "then"}),
                                    "GET /v1/hooks": listed(Hooks.HOOK)})
        out = ctl.want(DONE, "status")
        self.assertIn("no, callbacks would fail: storage failing, certificate days 3\n", out)
        self.assertRegex(out, r"portal +disabled since then\n")
        self.assertRegex(out, r"questions +2 open; .*\nevents +12 kept\ndatabase +2\.0 MiB, write-ahead log 1\.0 KiB\n")
        self.assertRegex(out, r"  shop +7 +- +failing +status 500\n")
        self.assertNotIn("/v1/questions", [one[1] for one in asked])


class Doctor(Scripted):
    BASE = {"GET /livez": (200, {"live": True}), "GET /v1/scopes": (200, {"id": "uid:0", "scopes": ["admin"]}),
            "GET /readyz": (200, {"storage": "ok", "portal": "registered", "callers": "listed", "certificateDays": 3})}

    def test_shows_what_the_daemon_says_of_itself(self):
        checks = [{"name": "database_integrity", "status": "ok", "detail": "ok"},
                  {"name": "certificate", "status": "warning", "detail": "9 days", "advice": "renew it"}]
        ctl, _ = self.script(**self.BASE, **{"GET /v1/diagnosis": (200, {"checks": checks})})
        out = ctl.want(DONE, "doctor")
        self.assertRegex(out, r"ok +database_integrity +ok\nwarn +certificate +9 days\n +-> renew it\n")
        shown = ctl.json("doctor")["checks"]
        self.assertEqual(shown[-2:], checks)
        self.assertEqual(sum(each["name"] == "certificate" for each in shown), 1)

    def test_a_failing_check_is_1(self):
        checks = [{"name": "disk_space", "status": "failing", "detail": "full", "advice": "make room"}]
        ctl, _ = self.script(**self.BASE, **{"GET /v1/diagnosis": (200, {"checks": checks})})
        self.assertRegex(ctl.want(FAILED, "doctor"), r"fail +disk_space +full\n +-> make room\n")

    def test_without_a_diagnosis_it_warns_and_judges_what_readyz_says(self):
        for reply, words in ((problem(404, "no such endpoint"), "does not examine itself"),
                             (problem(403, "the scope admin is missing"), "the scope admin is missing")):
            ctl, _ = self.script(**self.BASE, **{"GET /v1/diagnosis": reply})
            out = ctl.want(DONE, "doctor")
            self.assertRegex(out, rf"warn +diagnosis +.*{words}")
            self.assertRegex(out, r"warn +certificate +valid for 3 days more")

    def test_storage_that_fails_is_a_failing_check(self):
        ctl, _ = self.script(**{**self.BASE, "GET /readyz": (503, {"storage": "failing", "portal": "registered"})})
        self.assertRegex(ctl.want(FAILED, "doctor"), r"fail +storage +failing")


class Answers(Scripted):
    def test_every_fault_is_told_with_its_pointer(self):
        ctl, _ = self.script(**{"PUT /v1/hooks/x": problem(422, "several faults in the request", ("/url", "is no URL"),
                                                           ("/types/0", "is no event type"))})
        done = ctl.run("hooks", "add", "x", "y")
        self.assertEqual((done.returncode, done.stdout), (REFUSED, ""))
        self.assertEqual(done.stderr, "nopassctl: nopassd refused PUT /v1/hooks/x (422): several faults in the request\n"
                                      "  /url: is no URL\n  /types/0: is no event type\n")

    def test_what_is_no_json_is_told(self):
        ctl, _ = self.script(**{"GET /v1/portal": (200, b"<html>"), "GET /v1/hooks": (502, b"<html>")})
        done = ctl.run("portal")
        self.assertEqual(done.returncode, FAILED)
        self.assertIn("no JSON", done.stderr)
        done = ctl.run("hooks")
        self.assertEqual((done.returncode, done.stderr), (REFUSED, "nopassctl: nopassd refused GET /v1/hooks (502): no reason given\n"))

    def test_ids_cannot_leave_their_place_in_the_path(self):
        ctl, asked = self.script()
        ctl.run("consumers", "remove", "../portal?x=1#y z")
        self.assertEqual(asked[0][:3], ("DELETE", "/v1/consumers/../portal?x=1#y z", {}))

    def test_follow_goes_on_with_the_oldest_event_when_its_cursor_is_gone(self):
        kept = [True, False]

        def events(query):
            if query.get("after") == "old.9" and not (kept and kept.pop(0)):
                return problem(410, "the cursor is no longer kept", oldest="new.1")
            if query.get("after") == "new.1":
                return 200, {"data": [{"type": "nopass.user.added", "time": "t", "subject": "user/1"}], "cursor": "new.2"}
            if query.get("after") == "new.2":
                return problem(403, "the end of this test")
            return 200, {"data": [], "cursor": "old.9"}

        ctl, _ = self.script(**{"GET /v1/events": events})
        done = ctl.run("events", "--follow")
        self.assertEqual(done.returncode, REFUSED)
        self.assertIn("a backup was restored", done.stderr)
        self.assertRegex(done.stdout, r"^t +user.added +user/1\n$")
        self.assertEqual(ctl.run("events", "--follow", "--since", "old.9").returncode, REFUSED)


if __name__ == "__main__":
    unittest.main()
