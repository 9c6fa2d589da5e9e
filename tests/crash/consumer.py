"""A durable consumer through all crashes: strict order, every event at least once, acknowledgements kept."""
import bisect
import random

from support.site import Site
from worker import GONE

NAME = "crash-test"


class Log:
    """The event log as it was read so far, in its order."""

    def __init__(self):
        self.sequences = []
        self.ids = []
        self.epoch = None

    def extend(self, events):
        """Appends what was read; the faults in it."""
        faults = []
        for event in events:
            epoch, sequence = event["cursor"].split(".")
            self.epoch = self.epoch or epoch
            if epoch != self.epoch:
                faults.append(f"the epoch has changed from {self.epoch} to {epoch}")
            if self.sequences and int(sequence) <= self.sequences[-1]:
                faults.append(f"the cursor {event['cursor']} follows number {self.sequences[-1]}")
            self.sequences.append(int(sequence))
            self.ids.append(event["id"])
        return faults

    def position(self, cursor):
        """How many events lie at or before the cursor."""
        return bisect.bisect_right(self.sequences, int(cursor.split(".")[1]))


class Consumer:
    def __init__(self, seed):
        self.random = random.Random(f"{seed}/consumer")
        self.acknowledged = set()  # the cursors where it may stand: two after an acknowledgement without an answer
        self.pages = []  # since the last check: (where it may have stood, events)
        self.seen = set()  # positions in the log
        self.redelivered = 0
        self.faults = []

    def create(self, site):
        self.acknowledged = {site.make_consumer(NAME, **{"from": "oldest"})["cursor"]}

    def run(self, daemon, killed):
        site = Site(daemon.site_path)
        try:
            while not killed.is_set():
                self.read(site)
        except GONE as error:
            if not killed.is_set():
                self.faults.append(f"consumer: the daemon hung up: {error!r}")
        except AssertionError as error:
            self.faults.append(f"consumer: {error}")

    def read(self, site, wait=1):
        events = site.consume(NAME, limit=self.random.randint(1, 400), wait=wait)
        if events:
            self.pages.append((set(self.acknowledged), events))
            if self.random.random() < 0.8:
                self.acknowledge(site, self.random.choice(events[len(events) // 2:])["cursor"])
        return events

    def acknowledge(self, site, cursor):
        self.acknowledged.add(cursor)
        site.acknowledge(NAME, cursor)
        self.acknowledged = {cursor}

    def check(self, site, log):
        """After a restart: each page was a piece of the log, right behind what was acknowledged."""
        stands = site.want(200, "GET", f"/v1/consumers/{NAME}")["cursor"]
        if stands not in self.acknowledged:
            self.faults.append(f"consumer: it stands at {stands}, and {self.acknowledged} was acknowledged")
        self.acknowledged = {stands}
        for stood, events in self.pages:
            first = log.position(events[0]["cursor"]) - 1
            if first not in {log.position(cursor) for cursor in stood}:
                self.faults.append(f"consumer: got number {first} when it stood at {stood}")
            if log.ids[first:first + len(events)] != [event["id"] for event in events]:
                self.faults.append(f"consumer: a page from {events[0]['cursor']} on is no piece of the log")
            places = range(first, first + len(events))
            self.redelivered += sum(place in self.seen for place in places)
            self.seen.update(places)
        self.pages = []

    def finish(self, site, log):
        """Reads and acknowledges to the end: nothing may be missing then."""
        while events := site.consume(NAME, limit=1000):
            self.pages.append((set(self.acknowledged), events))
            self.acknowledge(site, events[-1]["cursor"])
        self.check(site, log)
        if missing := set(range(len(log.ids))) - self.seen:
            self.faults.append(f"consumer: {len(missing)} events never came, the first is number {min(missing)}")
