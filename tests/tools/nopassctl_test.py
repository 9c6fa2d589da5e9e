"""nopassctl against the daemon: what it shows, what it does, how it ends."""
import json
import os
import re
import signal
import unittest

from support.case import DaemonCase
from support.ctl import DONE, FAILED, REFUSED, TIMED_OUT, Ctl, OnTerminal
from support.nopass import person
from support.site import Site

NOBODY = 65534


class CtlCase(DaemonCase):
    def started(self, settings=None, **more):
        """(daemon, nopassctl): not registered."""
        daemon = self.daemon(settings, **more)
        return daemon, Ctl(daemon.site_path)

    def registered(self):
        """(NoPass, site, nopassctl) with the users ada and bob."""
        daemon, nopass, site = self.registered_daemon()
        nopass.add_users(person("ada"), person("bob"))
        return nopass, site, Ctl(daemon.site_path)

    def spawned(self, ctl, *arguments, terminal=False):
        running = OnTerminal(ctl.command(*arguments)) if terminal else ctl.spawn(*arguments)
        self.addCleanup(running.clean_up)
        return running


class Status(CtlCase):
    def test_shows_the_portal_its_window_and_consumers_with_their_lag(self):
        daemon, ctl = self.started()
        site, nopass = Site(daemon.site_path), self.nopass(daemon)
        self.assertRegex(ctl.want(DONE, "status"), r"portal +unregistered\nwindow +closed; `nopassctl register`")
        window = site.open_window()
        self.assertIn("open until " + window["expiresAt"], ctl.want(DONE, "status"))
        nopass.confirm_pre_registration(window["adminId"])
        self.assertIn("challenged", ctl.want(DONE, "status"))
        nopass.confirm_registration()
        site.make_consumer("worker")
        nopass.add_users(person("ada"))
        out = ctl.want(DONE, "status")
        self.assertRegex(out, r"portal +registered since \d{4}-")
        self.assertRegex(out, r"  worker +1 +\d{4}-\S+ +active")
        self.assertRegex(out, r"ready +yes: storage ok, callers listed")

    def test_json_has_the_views_of_the_api(self):
        _, site, ctl = self.registered()
        status = ctl.json("status")
        self.assertEqual(status["portal"], site.portal())
        self.assertEqual(status["info"], site.want(200, "GET", "/v1/info"))
        self.assertTrue(status["ready"]["ready"])
        self.assertEqual(status["consumers"]["data"], [])


class Doctor(CtlCase):
    def test_looks_at_socket_identity_storage_portal_and_clock(self):
        daemon, ctl = self.started()
        checks = {each["name"]: each for each in ctl.json("doctor")["checks"]}
        self.assertEqual(checks["socket"]["detail"].split(", ")[:2], [daemon.site_path, "mode 0660"])
        self.assertIn(f"uid:{os.geteuid()}", checks["identity"]["detail"])
        self.assertEqual(checks["storage"]["status"], "ok")
        self.assertEqual((checks["portal"]["status"], checks["portal"]["detail"]), ("warning", "unregistered"))
        self.assertIn("nopassctl register", checks["portal"]["advice"])
        self.assertIn(checks["system_clock"]["status"], ("ok", "warning"))

    def test_warns_of_a_socket_that_is_open_to_all_and_of_callers_that_are_anybody(self):
        policies = {f"policy.{name}": "deny" for name in ("update_user", "add_users", "validate_user_registration")}
        _, ctl = self.started({"site.mode": "0666", "callers.anybody": True, **policies})
        out = ctl.want(DONE, "doctor")
        self.assertRegex(out, r"warn +socket .*every user")
        self.assertIn("-> set site.mode to 0660", out)
        self.assertRegex(out, r"warn +callers")


@unittest.skipUnless(os.geteuid() == 0, "only root can become somebody else")
class Scopes(CtlCase):
    def as_nobody(self, *scopes):
        clients = f"[[site.client]]\nuid = {NOBODY}\nscopes = {json.dumps(scopes)}\n" if scopes else ""
        daemon, ctl = self.started({"site.mode": "0666"}, text=clients)
        os.chmod(daemon.folder, 0o755)
        return lambda *arguments: ctl.run(*arguments, user=NOBODY, group=NOBODY)

    def test_what_is_refused_names_the_scope(self):
        run = self.as_nobody("users:read")
        self.assertEqual(run("users").returncode, DONE)
        done = run("register")
        self.assertEqual(done.returncode, REFUSED)
        self.assertIn("refused POST /v1/portal/registration (403)", done.stderr)
        self.assertIn("admin", done.stderr)

    def test_status_shows_what_it_may_and_says_what_it_may_not(self):
        done = self.as_nobody("portal:read")("status")
        self.assertEqual(done.returncode, DONE)
        self.assertRegex(done.stdout, r"portal +unregistered")
        self.assertRegex(done.stdout, r"consumers +not shown: .*events:read")

    def test_doctor_fails_for_one_whom_nobody_has_named(self):
        done = self.as_nobody()("doctor")
        self.assertEqual(done.returncode, FAILED)
        self.assertRegex(done.stdout, r"fail +identity .*no scopes")
        self.assertIn("[[site.client]]", done.stdout)


class Register(CtlCase):
    def values(self, text):
        return dict(re.findall(r"│ (web URL|admin ID|S-code) +(.*?) *│", text))

    def test_shows_the_three_values_and_waits_until_nopass_has_registered(self):
        daemon, ctl = self.started({"registration.web_url": "https://login.example.org"})
        nopass, running = self.nopass(daemon), self.spawned(ctl, "register")
        values = self.values(running.until("waiting for NoPass"))
        self.assertEqual(values["web URL"], "https://login.example.org")
        reply = nopass.confirm_pre_registration(values["admin ID"])
        self.assertIn(values["S-code"], reply.body.decode())
        running.until("challenged")
        nopass.confirm_registration()
        self.assertEqual(running.end(), DONE)
        self.assertIn("See that the NoPass console says Active", running.text)
        self.assertNotIn("\x1b", running.text)
        done = ctl.run("register")
        self.assertEqual(done.returncode, REFUSED)
        self.assertIn("portal reset", done.stderr)

    def test_on_a_terminal_the_line_of_progress_is_written_over(self):
        daemon, ctl = self.started()
        nopass, running = self.nopass(daemon), self.spawned(ctl, "register", terminal=True)
        values = self.values(running.until("so far)"))
        self.assertIn("registration.web_url is not set", values["web URL"])
        nopass.confirm_pre_registration(values["admin ID"])
        self.assertIn("\r\x1b[K", running.until("challenged"))
        nopass.confirm_registration()
        self.assertEqual(running.end(), DONE)

    def test_says_what_to_check_when_nothing_came(self):
        _, ctl = self.started()
        done = ctl.run("register", "--wait", "1")
        self.assertEqual(done.returncode, TIMED_OUT)
        for words in ("stays open until", "web URL", "callers.allow", "X-Forwarded-For", "certificate", "firewall"):
            self.assertIn(words, done.stderr)
        self.assertIn("window", ctl.json("portal"))

    def test_says_when_the_window_closed_after_callback_1(self):
        daemon, ctl = self.started()
        running = self.spawned(ctl, "register")
        values = self.values(running.until("waiting"))
        self.nopass(daemon).confirm_pre_registration(values["admin ID"])
        running.until("challenged")
        Site(daemon.site_path).want(204, "DELETE", "/v1/portal/registration")
        self.assertEqual(running.end(), TIMED_OUT)
        self.assertIn("the window is closed and the portal is not registered", running.text)
        self.assertIn("registration.same_caller", running.text)

    def test_says_when_somebody_else_opened_another_window(self):
        daemon, ctl = self.started()
        running = self.spawned(ctl, "register")
        running.until("waiting")
        Site(daemon.site_path).open_window()
        self.assertEqual(running.end(), FAILED)
        self.assertIn("no longer good", running.text)

    def test_ctrl_c_leaves_the_window_open_and_says_so(self):
        _, ctl = self.started()
        running = self.spawned(ctl, "register")
        running.until("waiting")
        running.process.send_signal(signal.SIGINT)
        self.assertEqual(running.end(), TIMED_OUT)
        self.assertIn("nothing was closed: the window stays open until", running.text)
        self.assertIn("window", ctl.json("portal"))

    def test_waits_for_a_daemon_that_is_being_restarted(self):
        daemon, ctl = self.started()
        running = self.spawned(ctl, "register")
        values = self.values(running.until("waiting"))
        daemon.stop()
        running.until("does not answer")
        daemon.start()
        nopass = self.nopass(daemon)
        nopass.confirm_pre_registration(values["admin ID"])
        nopass.confirm_registration()
        self.assertEqual(running.end(), DONE)

    def test_json_is_the_window_and_then_the_portal(self):
        daemon, ctl = self.started()
        window = ctl.json("register", "--no-wait")
        self.assertEqual(window["type"], "window")
        running = self.spawned(ctl, "--json", "register")
        window = json.loads(running.until("\n"))
        nopass = self.nopass(daemon)
        nopass.confirm_pre_registration(window["adminId"])
        nopass.confirm_registration()
        self.assertEqual(running.end(), DONE)
        lines = [json.loads(line) for line in running.text.splitlines()]
        self.assertEqual([each["type"] for each in lines], ["window", "portal"])
        self.assertEqual(lines[1]["state"], "registered")


class Events(CtlCase):
    def test_shows_the_newest_in_one_line_each(self):
        nopass, site, ctl = self.registered()
        session = site.start_session("ada", "auth-1")
        nopass.authorized_user("auth-1", False, "wrong \x1b[31mcode\nX")
        lines = ctl.want(DONE, "events").splitlines()
        self.assertEqual([line.split()[1] for line in lines],
                         ["portal.challenged", "portal.registered", "user.added", "user.added", "session.started",
                          "session.denied"])
        self.assertRegex(lines[-1], rf"^\d{{4}}-\S+Z  session\.denied +session/{session['id']}  userId=\S+ "
                                    r'reason="wrong \\x1b\[31mcode\\nX"$')
        self.assertEqual(ctl.want(DONE, "events", "--limit", "2").splitlines(), lines[-2:])
        self.assertEqual(ctl.want(DONE, "events", "-t", "session.denied").splitlines(), lines[-1:])
        self.assertEqual(ctl.want(DONE, "events", "-t", "nopass.session.denied", "-t", "session.started").splitlines(),
                         lines[-2:])

    def test_since_goes_forward_and_json_is_an_event_a_line(self):
        _, site, ctl = self.registered()
        events = site.all_events()[0]
        shown = [json.loads(line) for line in ctl.want(DONE, "--json", "events").splitlines()]
        self.assertEqual(shown, events)
        done = ctl.run("--json", "events", "--since", "oldest", "--limit", "2")
        self.assertEqual([json.loads(line) for line in done.stdout.splitlines()], events[:2])
        self.assertIn("--since " + events[1]["cursor"], done.stderr)
        rest = ctl.want(DONE, "--json", "events", "--since", events[1]["cursor"])
        self.assertEqual([json.loads(line) for line in rest.splitlines()], events[2:])

    def test_what_the_daemon_refuses_is_told_with_its_pointers(self):
        _, ctl = self.started()
        done = ctl.run("events", "--since", "nonsense", "--type", "no.such")
        self.assertEqual(done.returncode, REFUSED)
        self.assertIn("/after: is no cursor", done.stderr)
        self.assertIn("/type: holds what is no event type", done.stderr)

    def test_follow_shows_what_comes_and_outlives_a_restart(self):
        daemon, nopass, site = self.registered_daemon()
        running = self.spawned(Ctl(daemon.site_path), "events", "--follow", "--limit", "1")
        self.assertNotIn("portal.challenged", running.until("portal.registered"))
        nopass.add_users(person("ada"))
        running.until("user.added")
        daemon.restart()
        running.until("trying again every second")
        nopass = self.nopass(daemon)
        site.start_session("ada", "auth-1")
        running.until("session.started")
        self.assertIn("the daemon answers again", running.text)
        self.assertEqual(running.text.count("user.added"), 1)

    def test_follow_is_not_taken_for_somebody_who_answers_questions(self):
        daemon, nopass, site = self.registered_daemon(
            {"policy.add_users": "ask", "policy.timeout": "60s", "policy.fallback": "accept"})
        running = self.spawned(Ctl(daemon.site_path), "events", "--follow")
        running.until("portal.registered")
        self.assert_ok(nopass.add_users(person("ada")), True)
        self.assertIn("ada", site.users())


class Things(CtlCase):
    def test_sessions_are_listed_shown_and_closed(self):
        nopass, site, ctl = self.registered()
        mine, other = site.start_session("ada", "auth-1"), site.start_session("bob", "auth-2")
        nopass.authorized_user("auth-2", False, "\x9b31m\u202e")
        out = ctl.want(DONE, "sessions")
        self.assertRegex(out, r"ID +STATE +USER +STARTED")
        self.assertRegex(out, rf"{other['id']} +denied +.* \\u{{9b}}31m\\u{{202e}}\n")
        self.assertEqual([each["id"] for each in ctl.json("sessions", "--state", "pending")["data"]], [mine["id"]])
        self.assertEqual([each["id"] for each in ctl.json("sessions", "list", "--user", other["userId"])["data"]],
                         [other["id"]])
        self.assertEqual(ctl.json("sessions", "show", mine["id"]), site.session(mine["id"]))
        ctl.want(DONE, "sessions", "close", mine["id"])
        self.assertEqual(site.session(mine["id"])["state"], "cancelled")
        self.assertIn("no such session", ctl.run("sessions", "show", "../users").stderr)

    def test_users_are_listed_and_shown_by_id_and_login(self):
        _, site, ctl = self.registered()
        ada = site.users()["ada"]
        self.assertRegex(ctl.want(DONE, "users"), rf"{ada['id']} +active +ada +- +ada@example.org\n")
        self.assertRegex(ctl.want(DONE, "users", "show", "--login", "ada"), r"phoneNumber +\+15550100\n")
        self.assertEqual(ctl.json("users", "show", ada["id"]), ctl.json("users", "show", "--login", "ADA"))
        done = ctl.run("users", "show", "--login", "nobody")
        self.assertEqual((done.returncode, done.stderr), (FAILED, "nopassctl: no such user\n"))
        self.assertEqual(ctl.json("users", "list", "--login", "bob", "--limit", "1")["pagination"]["total"], 1)

    def test_lists_are_read_page_by_page_up_to_the_limit(self):
        nopass, _, ctl = self.registered()
        nopass.add_users(*(person(f"user{i}") for i in range(148)))
        self.assertEqual(len(ctl.json("users")["data"]), 100)
        every = ctl.json("users", "--limit", "1000")["data"]
        self.assertEqual(len({each["id"] for each in every}), 150)
        done = ctl.run("users", "--limit", "120")
        self.assertEqual(len(done.stdout.splitlines()), 121)
        self.assertIn("120 of 150", done.stderr)

    def test_consumers_are_listed_and_removed(self):
        _, site, ctl = self.registered()
        self.assertEqual(ctl.want(DONE, "consumers"), "no consumers of yours\n")
        site.make_consumer("users", types=["nopass.session.denied"])
        self.assertRegex(ctl.want(DONE, "consumers"), r"users +0 +\S+ +false +\S+ +nopass\.session\.denied\n")
        ctl.want(DONE, "consumers", "remove", "users")
        self.assertEqual(ctl.json("consumers")["data"], [])

    def test_portal_is_shown(self):
        _, site, ctl = self.registered()
        self.assertEqual(ctl.json("portal"), site.portal())
        self.assertRegex(ctl.want(DONE, "portal", "show"), r"state +registered\n")


if __name__ == "__main__":
    unittest.main()
