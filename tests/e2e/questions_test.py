"""Questions to the site: who asks, who answers, and who comes first when both are at work at once."""
import concurrent.futures
import datetime
import signal
import threading
import time
import unittest

from support.case import DaemonCase
from support.nopass import NoPass, person
from support.site import Site
from support.timing import PATIENCE, eventually

ASK = {"policy.add_users": "ask"}
TIMEOUT = "2s"


def deadline_of(question):
    return datetime.datetime.fromisoformat(question["deadline"].replace("Z", "+00:00")).timestamp()


class Questions(DaemonCase):
    def asking(self, **settings):
        daemon, nopass, site = self.registered_daemon({**ASK, **settings})
        self.present(site)
        return daemon, nopass, site

    def present(self, site):
        """Somebody may answer: for a minute from now questions are put."""
        site.want(200, "GET", "/v1/questions")

    def add(self, daemon, nopass, login):
        """Callback 9 on a connection of its own; a future of its reply."""
        other = NoPass(daemon.address)
        other.portal_id = nopass.portal_id
        self.addCleanup(other.close)
        pool = concurrent.futures.ThreadPoolExecutor(1)
        self.addCleanup(pool.shutdown)
        return pool.submit(other.add_users, person(login))

    def open_questions(self, site, count):
        return eventually(lambda: (lambda found: found if len(found) >= count else None)(
            site.want(200, "GET", "/v1/questions?wait=10")["data"]), f"{count} questions are open")

    def answer(self, site, question, allow):
        return site.call("PUT", f"/v1/questions/{question['id']}/answer", {"allow": allow}).status


class Answers(Questions):
    def test_a_waiting_site_is_asked_and_its_answer_decides(self):
        daemon, nopass, site = self.asking()
        for login, allow in (("anna", True), ("bert", False)):
            reply = self.add(daemon, nopass, login)
            question, = self.open_questions(site, 1)
            self.assertEqual(question["callback"], "AddUsers")
            self.assertEqual(self.answer(site, question, allow), 200)
            self.assertEqual(reply.result(PATIENCE).status == 200, allow, reply.result())
            self.assertEqual(login in site.users(), allow)

    def test_of_two_answers_at_once_one_counts_and_the_other_is_409(self):
        daemon, nopass, site = self.asking()
        for number in range(10):
            login = f"user{number}"
            reply = self.add(daemon, nopass, login)
            question, = self.open_questions(site, 1)
            start = threading.Barrier(2)

            def answer(allow):
                start.wait()
                return self.answer(site, question, allow)

            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                yes, no = pool.map(answer, (True, False))
            self.assertEqual(sorted((yes, no)), [200, 409])
            self.assertEqual(reply.result(PATIENCE).status == 200, yes == 200)
            self.assertEqual(login in site.users(), yes == 200)


class Deadlines(Questions):
    def race(self, fallback):
        """Answers that arrive around the deadline: each callback ends as its answer was told."""
        daemon, nopass, site = self.asking(**{"policy.timeout": TIMEOUT, "policy.fallback": fallback})
        logins = [f"user{number}" for number in range(24)]
        replies = {login: self.add(daemon, nopass, login) for login in logins}
        questions = self.open_questions(site, 1)
        told = {}

        def answer(question, number):
            # From 12 ms before the deadline to 11 ms after it.
            wanted = deadline_of(question) + (number - 12) * 0.001
            time.sleep(max(0.0, wanted - time.time()))
            told[question["id"]] = self.answer(site, question, fallback == "deny")

        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            seen = {}
            while len(seen) < len(logins) and not all(reply.done() for reply in replies.values()):
                for question in questions:
                    if question["id"] not in seen:
                        seen[question["id"]] = pool.submit(answer, question, len(seen))
                questions = site.want(200, "GET", "/v1/questions")["data"]
        answered = sum(status == 200 for status in told.values())
        late = sum(status == 409 for status in told.values())
        self.assertEqual(answered + late, len(told), told)
        outcomes = {login: reply.result(PATIENCE) for login, reply in replies.items()}
        added = {login for login, reply in outcomes.items() if reply.status == 200}
        self.assertEqual(set(site.users()), added, "what was answered is what was done")
        by_answer = answered if fallback == "deny" else len(logins) - answered
        self.assertEqual(len(added), by_answer, f"{answered} answers counted, {late} came too late")
        print(f"fallback {fallback}: {answered} answers in time, {late} too late")

    def test_an_answer_at_the_deadline_either_counts_or_is_told_that_it_does_not(self):
        self.race("deny")

    def test_the_same_where_the_fallback_allows(self):
        self.race("accept")

    def test_without_anybody_who_may_answer_the_fallback_is_immediate(self):
        _, nopass, site = self.registered_daemon({**ASK, "policy.timeout": "1m"})
        self.assertEqual(nopass.add_users(person("anna")).status, 400)
        self.assertEqual(site.users(), {})


class Restarts(Questions):
    def test_a_stop_gives_waiting_callbacks_the_fallback(self):
        daemon, nopass, site = self.asking(**{"policy.timeout": "1m"})
        reply = self.add(daemon, nopass, "anna")
        question, = self.open_questions(site, 1)
        daemon.restart()
        self.assertEqual(reply.result(PATIENCE).status, 400)
        self.assert_decided(daemon, question)

    def test_a_crash_leaves_no_question_behind(self):
        daemon, nopass, site = self.asking(**{"policy.timeout": "1m"})
        reply = self.add(daemon, nopass, "anna")
        question, = self.open_questions(site, 1)
        daemon.restart(signal.SIGKILL)
        with self.assertRaises(OSError):
            reply.result(PATIENCE)
        self.assert_decided(daemon, question)
        # NoPass calls again, and the site is asked anew.
        site = Site(daemon.site_path)
        self.present(site)
        again = self.add(daemon, nopass, "anna")
        other, = self.open_questions(site, 1)
        self.assertNotEqual(other["id"], question["id"])
        self.assertEqual(self.answer(site, other, True), 200)
        self.assert_ok(again.result(PATIENCE), True)

    def assert_decided(self, daemon, question):
        site = Site(daemon.site_path)
        self.assertEqual(site.want(200, "GET", "/v1/questions")["data"], [])
        self.assertEqual(self.answer(site, question, True), 409)
        self.assertEqual(site.users(), {})


if __name__ == "__main__":
    unittest.main()
