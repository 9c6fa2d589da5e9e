"""Load and SIGKILL at random moments, round after round on one database; then everything is held against what was
answered. Prints the counts, and exits with 1 at any violation."""
import argparse
import os
import random
import signal
import sys
import threading
import time

from consumer import Consumer, Log
from support.daemon import Daemon
from support.nopass import NoPass
from support.site import Site, short
from support.timing import PATIENCE
from verification import Verifier
from worker import Worker

STILLBORN = 0.1  # of the rounds: killed while it starts, too


class CrashTest:
    def __init__(self, arguments):
        self.random = random.Random(arguments.seed)
        self.daemon = Daemon({"callbacks.patience": "0s", "site.requests_per_minute": 10_000_000})
        self.workers = [Worker(f"worker{i}", arguments.seed) for i in range(arguments.threads)]
        self.consumer = Consumer(arguments.seed)
        self.log = Log()
        self.verifier = Verifier(self.log)
        self.faults = []

    def begin(self):
        self.daemon.start()
        self.site = Site(self.daemon.site_path)
        nopass = NoPass(self.daemon.address)
        self.consumer.create(self.site)
        nopass.register(self.site)
        nopass.close()
        for worker in self.workers:
            worker.portal_id = nopass.portal_id
        events, self.verifier.cursor = self.site.all_events()
        self.faults += self.log.extend(events)
        if short(events) != ["portal.challenged", "portal.registered"]:
            self.faults.append(f"the registration raised {short(events)}")

    def one_round(self):
        """Load, death, rebirth, judgement."""
        self.load_and_kill()
        if self.random.random() < STILLBORN:
            self.daemon.spawn()
            time.sleep(self.random.uniform(0, 0.05))
            self.daemon.kill()
        self.daemon.start()
        self.verify()
        self.repeat_unanswered()

    def load_and_kill(self):
        killed = threading.Event()
        runners = [threading.Thread(target=each.run, args=(self.daemon, killed), daemon=True)
                   for each in (*self.workers, self.consumer)]
        for runner in runners:
            runner.start()
        time.sleep(self.random.uniform(0.01, 0.4))
        if not self.daemon.is_running():
            self.faults.append(f"the daemon has ended by itself with {self.daemon.process.returncode}")
        killed.set()
        if self.daemon.kill() != -signal.SIGKILL:
            self.faults.append("the daemon had ended before it was killed")
        for runner in runners:
            runner.join(2 * PATIENCE)
            if runner.is_alive():
                self.faults.append("a client still waits for an answer from the dead")

    def verify(self):
        operations = [operation for worker in self.workers for operation in worker.history]
        self.verifier.verify(self.site, operations)
        if self.site.portal()["state"] != "registered":
            self.faults.append("the registration is lost")
        self.consumer.check(self.site, self.log)
        self.faults += self.verifier.faults + self.consumer.faults
        for worker in self.workers:
            self.faults += worker.faults

    def repeat_unanswered(self):
        """As NoPass would: the same again, which must now be answered, and raise what it has not raised before."""
        nopass = NoPass(self.daemon.address)
        for worker in self.workers:
            again, worker.history = worker.unanswered(), []
            nopass.portal_id = worker.portal_id
            for operation in again:
                worker.carry_out(operation, nopass, self.site)
        nopass.close()

    def finish(self):
        self.verify()
        self.consumer.finish(self.site, self.log)
        self.faults += self.consumer.faults
        self.verifier.faults = []
        self.verifier.check_totals(self.site, self.count_kinds())
        self.faults += self.verifier.faults
        if (code := self.daemon.stop()) != 0:
            self.faults.append(f"the daemon ended with {code} when it was told to stop")

    def count_kinds(self):
        kinds = short(self.site.all_events()[0])
        return {kind: kinds.count(kind) for kind in ("session.started", "user.added")}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--threads", type=int, default=4, help="clients that send callbacks")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"), help="of what is random")
    arguments = parser.parse_args()
    print(f"crash test: {arguments.rounds} rounds, seed {arguments.seed}", flush=True)
    test = CrashTest(arguments)
    began, done = time.monotonic(), 0
    try:
        test.begin()
        while done < arguments.rounds and not test.faults:
            test.one_round()
            done += 1
        if not test.faults:
            test.finish()
        totals = test.verifier.totals
        for fault in test.faults[:50]:
            print(f"VIOLATION in round {done}: {fault}")
        if test.faults:
            print(f"the daemon's log:\n{test.daemon.log()[-8000:]}")
        print(f"{done} rounds in {time.monotonic() - began:.1f} s: {totals['answered']} requests answered and kept, "
              f"{totals['unanswered']} unanswered ({totals['carried out unanswered']} of them carried out), "
              f"{len(test.log.ids)} events, {test.consumer.redelivered} delivered again, "
              f"{len(test.faults)} violations")
    finally:
        test.daemon.clean_up()
    return 1 if test.faults else 0


if __name__ == "__main__":
    sys.exit(main())
