"""A consumer that is a million events behind catches up while callbacks come in: how fast it is, and what it costs them."""
import argparse
import contextlib
import json
import os
import sqlite3
import statistics
import tempfile
import threading
import time
import uuid

import bench
import pool
import servers

BEHIND = 1_000_000
PAGE = 1000
NAME = "behind"
PACES = (50_000, 0)
CONNECTIONS = 1  # what a callback takes, rather than how many fit into the machine


def write_events(database, count):
    """Events of sessions, as the daemon writes them; it is stopped meanwhile."""
    now = int(time.time() * 1000)
    kinds = ("session.started", "session.authorized", "session.redeemed", "session.closed")

    def rows():
        for number in range(count):
            session, user = str(uuid.UUID(int=number // 4, version=4)), str(uuid.UUID(int=number % 9973, version=4))
            data = json.dumps({"sessionId": session, "userId": user, "externalId": str(number % 9973)},
                              separators=(",", ":"))
            yield (str(uuid.UUID(int=number, version=4)), now, kinds[number % 4], "session/" + session, data)

    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.executemany("INSERT INTO events (id, time, type, subject, data) VALUES (?, ?, ?, ?, ?)", rows())


class Reader(threading.Thread):
    """Reads and acknowledges page by page, as a site would, until it is at the end or told to stop; at most `pace`
    events a second, 0 for as many as there are."""

    def __init__(self, site, pace=0):
        super().__init__()
        self.site, self.pace, self.events, self.seconds, self.stopped = site, pace, 0, 0.0, False

    def run(self):
        # Its own work is not the daemon's: it takes only what the others leave of the cores.
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
        connection = pool.UnixConnection(self.site)
        began = time.monotonic()
        while not self.stopped:
            page = pool.ask(connection, "GET", f"/v1/consumers/{NAME}/events?limit={PAGE}")
            if not page["data"]:
                break
            pool.ask(connection, "POST", f"/v1/consumers/{NAME}/ack", {"through": page["cursor"]})
            self.events += len(page["data"])
            if self.pace:
                time.sleep(max(0.0, began + self.events / self.pace - time.monotonic()))
        self.seconds = time.monotonic() - began

    def stop(self):
        self.stopped = True
        self.join()
        return self.events / self.seconds


def start_behind(site):
    connection = pool.UnixConnection(site)
    with contextlib.suppress(RuntimeError):
        pool.ask(connection, "DELETE", f"/v1/consumers/{NAME}", expect=(204,))
    pool.ask(connection, "PUT", f"/v1/consumers/{NAME}", {"from": "oldest"})


def alone(site):
    start_behind(site)
    reader = Reader(site)
    reader.start()
    reader.join()
    return reader.events, reader.events / reader.seconds


def pairs(measure, site, rounds, pace):
    """Callbacks without and with a reader that catches up, in turns."""
    for _ in range(rounds):
        quiet = measure()
        start_behind(site)
        reader = Reader(site, pace)
        reader.start()
        busy = measure()
        yield quiet, busy, reader.stop()


def main():
    parser = argparse.ArgumentParser(prog="tools/bench/run --catch-up", description=__doc__)
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement (default 5)")
    parser.add_argument("--rounds", type=int, default=5, help="pairs of measurements (default 5)")
    parser.add_argument("--picture-bytes", type=int, default=2048, help="of a PNG, about (default 2048; 900 to 4900)")
    root = bench.HERE.parent.parent
    parser.add_argument("--binary", default=str(root / "build/release/bin/nopassd"), help="another nopassd to measure")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        data = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench.", dir=root / "build"))
        sockets = stack.enter_context(tempfile.TemporaryDirectory(prefix="nopassd-bench.", dir="/tmp"))
        site = os.path.join(sockets, "site.sock")
        more = "[events]\nkeep_at_most = 100000000\n"
        with servers.start_nopassd(options.binary, data, sockets, more) as daemon:
            pool.register(daemon.port, site)
        bench.say(f"writing {BEHIND:,} events")
        write_events(os.path.join(data, "nopassd.db"), BEHIND)
        daemon = stack.enter_context(servers.start_nopassd(options.binary, data, sockets, more))
        events, rate = alone(site)
        file = os.path.join(data, "show")
        pool.start_sessions(site, bench.PICTURE_SESSIONS, file)
        load = bench.Bench(options, daemon, None, data, site)
        measure = lambda: load.pictures(daemon, CONNECTIONS, file)
        results = [(pace, list(pairs(measure, site, options.rounds, pace))) for pace in PACES]
    print(f"{bench.machine()}; {options.seconds} s a measurement; pages of {PAGE} events, each acknowledged.\n")
    print(f"- Alone: {events:,} events in {events / rate:.1f} s, {rate:,.0f} a second.\n")
    print("| catching up | events/s read | UpdatePicture a second | p50 ms | p99 ms | of those without |")
    print("|---|--:|--:|--:|--:|--:|")
    for pace, rounds in results:
        print_rounds("at full speed" if pace == 0 else f"at {pace:,} a second", rounds)


def print_rounds(name, rounds):
    def median(of):
        return statistics.median(of(*each) for each in rounds)

    print(f"| not | | {median(lambda quiet, *_: quiet['rate']):,.0f} | {median(lambda quiet, *_: quiet['p50']):.2f} "
          f"| {median(lambda quiet, *_: quiet['p99']):.2f} | 1 |")
    print(f"| {name} | {median(lambda _, __, read: read):,.0f} | {median(lambda _, busy, __: busy['rate']):,.0f} "
          f"| {median(lambda _, busy, __: busy['p50']):.2f} | {median(lambda _, busy, __: busy['p99']):.2f} "
          f"| {median(lambda quiet, busy, _: busy['rate'] / quiet['rate']):.2f} |")


if __name__ == "__main__":
    main()
