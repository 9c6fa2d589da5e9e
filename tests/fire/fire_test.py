"""At least once, in order, whatever happens to the readers: consumers and hooks are killed and started again at random
while events come in. Prints the counts, and exits with 1 at any violation."""
import argparse
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time

from journal import entries
from support.daemon import Daemon
from support.nopass import NoPass, person
from support.site import Site
from support.timing import eventually

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH = 250  # users a callback, each of them an event
LOGINS = 20  # after each callback, an event and a commit each
CONSUMERS = ("all", "also-all", "registered")
TYPES = {"registered": ["nopass.session.started"], "tcp": ["nopass.session.started"], "unix": ["nopass.session.started"]}
LIFE = {"consumer": (0.1, 0.6), "hook": (0.5, 3.0)}  # seconds until the next murder
MURDERS = {"consumer": 30, "hook": 6}  # of each at least, while there is something to read
PATIENCE = 240


class Victim(threading.Thread):
    """A process that is killed and started again until it is told to live."""

    def __init__(self, kind, name, command, chance):
        super().__init__(daemon=True)
        self.kind, self.name_, self.command, self.chance = kind, name, command, chance
        self.kills, self.safe, self.process = 0, threading.Event(), None

    def run(self):
        while True:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL)
            if self.safe.wait(self.chance.uniform(*LIFE[self.kind])):
                return
            self.process.kill()
            self.process.wait()
            self.kills += 1

    def let_live(self):
        self.safe.set()
        self.join()

    def end(self):
        self.let_live()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class FireTest:
    def __init__(self, arguments):
        self.events, self.seed = arguments.events, arguments.seed
        self.port = free_port()
        # Nothing may be raised by the time that it takes.
        self.daemon = Daemon({"site.requests_per_minute": 10_000_000, "events.keep_at_most": 10_000_000,
                              "sessions.lifetime": "1d"})
        self.daemon.settings["hooks.targets"] = [f"http://127.0.0.1:{self.port}/", "unix:" + self.path("hook.sock")]
        self.victims, self.faults = [], []

    def path(self, name):
        return os.path.join(self.daemon.folder, name)

    def begin(self):
        self.daemon.start()
        self.site, self.nopass = Site(self.daemon.site_path), NoPass(self.daemon.address)
        self.nopass.register(self.site)
        self.first = self.site.cursor()
        for name in CONSUMERS:
            self.site.make_consumer(name, types=TYPES.get(name, []))
            self.add("consumer", name, "consumer_process.py", self.daemon.site_path, name, self.path(name + ".journal"),
                     self.seed)
        for name, address, url in (("tcp", str(self.port), f"http://127.0.0.1:{self.port}/hook"),
                                   ("unix", self.path("hook.sock"), f"unix:{self.path('hook.sock')}:/hook")):
            made = self.site.want(201, "PUT", f"/v1/hooks/{name}", {"url": url, "types": TYPES[name]})
            self.add("hook", name, "hook_process.py", address, self.path(name + ".journal"), made["secret"])

    def add(self, kind, name, script, *arguments):
        command = [sys.executable, os.path.join(HERE, script), *map(str, arguments)]
        self.victims.append(Victim(kind, name, command, random.Random(f"{self.seed}/{name}")))
        self.victims[-1].start()

    def raise_events(self):
        """Users, many a commit, and logins."""
        number = 0
        while number < self.events:
            people = [person(f"user{number + i}") for i in range(BATCH)]
            reply = self.nopass.add_users(*people)
            if reply.status != 200:
                raise AssertionError(f"users were not added: {reply}")
            number += BATCH
            for i in range(LOGINS):
                self.site.start_session(f"user{number - 1 - i}", f"auth-{number}-{i}")

    def log(self):
        """[(sequence, id, type)] of everything since the beginning."""
        events, _ = self.site.all_events(self.first)
        return [(int(event["cursor"].split(".")[1]), event["id"], event["type"]) for event in events]

    def caught_up(self, victim):
        path = f"/v1/consumers/{victim.name_}" if victim.kind == "consumer" else f"/v1/hooks/{victim.name_}"
        return self.site.want(200, "GET", path)["lag"] == 0

    def run(self):
        began = time.monotonic()
        self.begin()
        self.raise_events()
        print(f"{self.events} users added after {time.monotonic() - began:.1f} s", flush=True)
        for victim in self.victims:
            eventually(lambda each=victim: each.kills >= MURDERS[each.kind] or self.caught_up(each),
                       f"{victim.name_} is killed often enough", PATIENCE)
            victim.let_live()
        for victim in self.victims:
            eventually(lambda each=victim: self.caught_up(each), f"{victim.name_} is at the end of the log", PATIENCE)
        log = self.log()
        for victim in self.victims:
            self.judge(victim, log)
        print(f"{len(log)} events in {time.monotonic() - began:.1f} s, seed {self.seed}")

    def judge(self, victim, log):
        wanted = TYPES.get(victim.name_)
        mine = [(sequence, identity) for sequence, identity, kind in log if not wanted or kind in wanted]
        place = {sequence: number for number, (sequence, _) in enumerate(mine)}
        notes = entries(self.path(victim.name_ + ".journal"))
        check = check_consumer if victim.kind == "consumer" else check_hook
        seen, repeated, faults = check(notes, mine, place)
        if missing := set(range(len(mine))) - seen:
            faults.append(f"{len(missing)} events never came, the first is {mine[min(missing)]}")
        self.faults += [f"{victim.kind} {victim.name_}: {fault}" for fault in faults]
        print(f"{victim.kind} {victim.name_}: killed {victim.kills} times, {len(mine)} events, none lost, "
              f"{repeated} came again" if not faults else f"{victim.kind} {victim.name_}: {len(faults)} faults")

    def end(self):
        for victim in self.victims:
            victim.end()
        if self.daemon.is_running() and self.daemon.stop() != 0:
            self.faults.append("the daemon did not stop as told")
        self.daemon.clean_up()


def check_consumer(notes, mine, place):
    """Each life reads on from what was acknowledged, or from what it had begun to acknowledge, without a gap."""
    seen, repeated, faults = set(), 0, []
    stands = {-1}  # the places where the consumer may stand
    next_place = None
    for what, *rest in notes:
        if what == "begin":
            next_place = None
        elif what == "event":
            at = place.get(int(rest[0]))
            if at is None or mine[at][1] != rest[1]:
                faults.append(f"{rest} is no event of the log, or none that it wanted")
                continue
            if next_place is None and at - 1 not in stands:
                faults.append(f"got number {at} when it stood at {stands}")
            # The dead one's acknowledgement may have come after the living one had begun to read.
            if next_place not in (None, at) and at - 1 not in stands:
                faults.append(f"got number {at} instead of {next_place}")
            repeated += at in seen
            seen.add(at)
            next_place = at + 1
        elif what == "acknowledging":
            stands = stands | {place[int(rest[0])]}
        elif what == "acknowledged":
            at = place[int(rest[0])]
            stands = {at} | {stand for stand in stands if stand > at}
    return seen, repeated, faults


def check_hook(notes, mine, place):
    """One event after the other; the same one again only after a death or an answer that was lost with it."""
    seen, repeated, faults = set(), 0, []
    last, died = -1, False
    for what, *rest in notes:
        if what == "begin":
            died = True
        elif what == "forged":
            faults.append(f"the signature of {rest[0]} is wrong")
        elif what == "event":
            at = place.get(int(rest[0]))
            if at is None or mine[at][1] != rest[1]:
                faults.append(f"{rest} is no event of the log, or none that it wanted")
                continue
            if at != last + 1 and not (at == last and died):
                faults.append(f"got number {at} after number {last}")
            repeated += at in seen
            seen.add(at)
            last, died = at, False
    return seen, repeated, faults


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    test = FireTest(parser.parse_args())
    try:
        test.run()
    finally:
        test.end()
    for fault in test.faults[:40]:
        print("FAULT:", fault)
    sys.exit(1 if test.faults else 0)


if __name__ == "__main__":
    main()
