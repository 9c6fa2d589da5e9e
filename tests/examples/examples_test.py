"""docs/site/consumer.*: what web developers are told to paste is run against the real daemon, in every language."""
import os
import pathlib
import secrets
import signal
import subprocess
import sys
import threading
import unittest

from support.case import DaemonCase
from support.nopass import person
from support.timing import PATIENCE, eventually
from support.site import waiting_reader

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "docs" / "site"
NAME = "website"
MANY = 500  # more logins than a question names


class Example:
    """One example: `commands` are its processes. What it prints is kept line by line."""

    def __init__(self, commands, socket):
        self.lines, self.complaints = [], []
        self.readers = []
        self.processes = [self._start(command, socket) for command in commands]

    def _start(self, command, socket):
        process = subprocess.Popen(command, env={**os.environ, "NOPASSD_SOCKET": socket},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for pipe, lines in ((process.stdout, self.lines), (process.stderr, self.complaints)):
            reader = threading.Thread(target=self._collect, args=(pipe, lines), daemon=True)
            reader.start()
            self.readers.append(reader)
        return process

    @staticmethod
    def _collect(pipe, lines):
        with pipe:
            lines.extend(line.rstrip("\n") for line in pipe)

    def tell(self, number):
        for process in self.processes:
            process.send_signal(number)

    def stop(self):
        """SIGTERM, and the exit codes; what it printed is complete then."""
        self.tell(signal.SIGTERM)
        codes = [process.wait(PATIENCE) for process in self.processes]
        for reader in self.readers:
            reader.join(PATIENCE)
        return codes

    def clean_up(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait(PATIENCE)

    @property
    def events(self):
        return [line for line in self.lines if line.startswith("nopass.")]

    @property
    def answers(self):
        return [line for line in self.lines if not line.startswith("nopass.")]


class InEveryLanguage:
    """What each example has to do; the classes below say how it is started."""

    commands = None

    def start(self, daemon):
        example = Example(self.commands, daemon.site_path)
        self.addCleanup(self.end, example)
        return example

    def end(self, example):
        example.clean_up()
        if self._failed():
            print(f"\n--- what the example of {self.id()} complained of:\n" + "\n".join(example.complaints))

    def restart_killed(self, daemon, nopass):
        daemon.restart(signal.SIGKILL)
        nopass.close()
        nopass.address = daemon.address

    def lines_of(self, site):
        """What an example prints that acts on every event once and in order."""
        return [f"{event['type']} {event['subject']}" for event in site.all_events()[0]]

    def wait_until_told(self, example, wanted):
        eventually(lambda: len(example.events) >= len(wanted), "the example prints every event")
        self.assertEqual(example.events, wanted)

    def wait_until_acknowledged(self, site):
        eventually(lambda: site.want(200, "GET", f"/v1/consumers/{NAME}")["lag"] == 0, "everything is acknowledged")

    def close_a_login(self, nopass, site, login):
        auth_id = secrets.token_hex(16)
        site.start_session(login, auth_id)
        self.assert_ok(nopass.authorized_user(auth_id), True)
        self.assertEqual(nopass.close_session(auth_id, login).status, 200)

    def test_acts_on_every_event_once_and_in_order_across_crashes_of_the_daemon(self):
        daemon, nopass, site = self.registered_daemon()
        example = self.start(daemon)
        nopass.add_users(person("alice"), person("bob"))
        self.close_a_login(nopass, site, "alice")
        self.wait_until_told(example, self.lines_of(site))
        self.wait_until_acknowledged(site)

        self.restart_killed(daemon, nopass)
        nopass.delete_user("alice")
        # Killed while these are on their way, acknowledged or not.
        nopass.add_users(*(person(f"user{number}") for number in range(250)))
        self.restart_killed(daemon, nopass)
        nopass.delete_user("bob")
        told = self.lines_of(site)
        for event in ("session.closed session/", "user.deleted user/", "user.added user/"):
            self.assertTrue(any(line.startswith("nopass." + event) for line in told), event)
        self.wait_until_told(example, told)
        self.wait_until_acknowledged(site)
        self.assertEqual(example.stop(), [0] * len(self.commands), example.complaints)
        self.assertEqual(example.events, told, "nothing twice")

        # What was acknowledged does not come again to another process.
        nopass.add_users(person("carol"))
        again = self.start(daemon)
        self.wait_until_told(again, self.lines_of(site)[len(told):])

    def test_waits_while_another_reads(self):
        daemon, nopass, site = self.registered_daemon()
        site.make_consumer(NAME)
        with waiting_reader(site, NAME):
            example = self.start(daemon)
            eventually(lambda: any(" 409 " in line for line in example.complaints), "the example is told 409")
        nopass.add_users(person("alice"))
        self.wait_until_told(example, self.lines_of(site)[-1:])

    def test_begins_anew_when_its_consumer_was_retired(self):
        daemon, nopass, site = self.registered_daemon({"events.consumer_timeout": "4s"})
        example = self.start(daemon)
        self.wait_until_told(example, self.lines_of(site))
        self.wait_until_acknowledged(site)
        example.tell(signal.SIGSTOP)
        nopass.add_users(person("alice"))  # ends its waiting, so that it is seen no longer
        added = self.lines_of(site)[-1]
        eventually(lambda: site.want(200, "GET", f"/v1/consumers/{NAME}")["retired"], "the consumer is retired")
        example.tell(signal.SIGCONT)
        eventually(lambda: "nopass.consumer.retired consumer/website" in example.events, "the example begins anew")
        eventually(lambda: any(" 410 " in line for line in example.complaints), "the example was told 410")
        self.assertTrue(set(self.lines_of(site)) <= set(example.events))
        self.assertEqual(example.events.count(added), 1, "only its acknowledgement was refused: not acted on again")

    def wait_until_answered(self, example, wanted):
        eventually(lambda: len(example.answers) >= len(wanted), "the example says what it answered")
        self.assertEqual(example.answers, wanted)

    def validate(self, nopass, login):
        return nopass.validate_user_registration(secrets.token_hex(16), login, email=login).json["result"]

    def test_answers_questions_by_its_rule(self):
        daemon, nopass, _ = self.registered_daemon({"policy.validate_user_registration": "ask",
                                                    "policy.add_users": "ask", "policy.timeout": "20s"})
        example = self.start(daemon)
        # Until it has asked for questions, the fallback denies at once.
        eventually(lambda: self.validate(nopass, "erin@example.org"), "erin is allowed")
        self.assertFalse(self.validate(nopass, "mallory@example.net"))
        wanted = ["ValidateUserRegistration allowed", "ValidateUserRegistration denied"]
        ours = [person(f"user{number}@example.org") for number in range(MANY)]
        for people, allowed in ((ours[:3], True), (ours[:3] + [person("mallory@example.net")], False), (ours, False)):
            self.assertEqual(nopass.add_users(*people).json["result"] or False, allowed, len(people))
            wanted.append(f"AddUsers {'allowed' if allowed else 'denied'}")
        self.wait_until_answered(example, wanted)
        self.restart_killed(daemon, nopass)
        eventually(lambda: self.validate(nopass, "frank@example.org"), "frank is allowed after a crash")
        self.wait_until_answered(example, wanted + wanted[:1])
        self.assertEqual(example.stop(), [0] * len(self.commands), example.complaints)


class Php(InEveryLanguage, DaemonCase):
    commands = [["php", FOLDER / "consumer.php", "events"], ["php", FOLDER / "consumer.php", "questions"]]


class Node(InEveryLanguage, DaemonCase):
    commands = [["node", FOLDER / "consumer.mjs"]]


class Python(InEveryLanguage, DaemonCase):
    commands = [[sys.executable, FOLDER / "consumer.py"]]


class Ruby(InEveryLanguage, DaemonCase):
    commands = [["ruby", FOLDER / "consumer.rb"]]


if __name__ == "__main__":
    unittest.main()
