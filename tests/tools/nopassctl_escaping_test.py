"""What nopassctl lets reach a terminal: nothing that steers it, columns that stand below each other, colours if wanted."""
import json
import re
import unittest

from scripted_site import Scripted, listed, problem
from support.ctl import DONE, OnTerminal


class Escaping(Scripted):
    # A cursor movement, an escape of the second set, a line that pretends to be another, and one that runs backwards.
    EVIL = "\x1b[2J\x9b31m\r\nfake\x7f \u202egnp\u2066"
    SHOWN = r"\x1b[2J\u{9b}31m\r\nfake\x7f \u{202e}gnp\u{2066}"
    # Tab, line end and the like are what the program itself prints.
    STEERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

    def test_no_control_character_of_the_daemon_reaches_the_terminal(self):
        evil = self.EVIL
        session = {"type": "session", "id": evil, "state": evil, "reason": evil, evil: evil}
        event = {"type": evil, "time": "t", "subject": evil, "data": {evil: evil}}
        ctl, _ = self.script(**{
            "GET /v1/sessions": listed(session), "GET /v1/sessions/x": (200, session),
            "GET /v1/events": lambda query: (200, {"data": [] if "after" in query else [event], "cursor": "c"}),
            "GET /v1/info": (200, {"version": evil, "source": evil}), "GET /readyz": (200, {"storage": evil}),
            "GET /v1/portal": (200, {"state": evil}), "GET /v1/consumers": listed({"id": evil, "lag": evil}),
            "GET /v1/hooks": problem(422, evil, (evil, evil)),
            "GET /v1/diagnosis": (200, {"checks": [{"name": evil, "status": "warning", "detail": evil, "advice": evil}]}),
            "POST /v1/portal/registration": (201, {"webUrl": evil, "adminId": evil, "sCode": evil, "expiresAt": evil})})
        for arguments in (("sessions",), ("sessions", "show", "x"), ("events",), ("status",), ("hooks",), ("doctor",),
                          ("register", "--no-wait")):
            done = ctl.run(*arguments)
            self.assertIn(self.SHOWN, done.stdout + done.stderr, arguments)
            self.assertNotRegex(done.stdout + done.stderr, self.STEERS, arguments)
        done = ctl.run("--json", "sessions")
        self.assertNotRegex(done.stdout, self.STEERS)
        self.assertEqual(json.loads(done.stdout)["data"], [session])

    def test_columns_stand_below_each_other_with_wide_and_combining_characters(self):
        names = ["漢字かな", "e\u0301tude", "plain"]
        ctl, _ = self.script(**{"GET /v1/clients": listed(*({"id": name, "name": "X"} for name in names))})
        lines = ctl.want(DONE, "clients").splitlines()
        self.assertEqual(lines[1:], ["漢字かな  X     -          -", "e\u0301tude     X     -          -", "plain     X     -          -"])

    def test_colours_are_for_terminals_without_no_color(self):
        ctl, _ = self.script(**{"GET /v1/clients": listed({"id": "x"})})
        self.assertNotIn("\x1b", ctl.want(DONE, "clients"))
        running = self.on_terminal(ctl, "clients")
        running.end()
        self.assertIn("\x1b[1mID", running.text)
        plain = OnTerminal(["/usr/bin/env", "NO_COLOR=1", *ctl.command("clients")])
        self.addCleanup(plain.clean_up)
        plain.end()
        self.assertNotIn("\x1b", plain.text)


if __name__ == "__main__":
    unittest.main()
