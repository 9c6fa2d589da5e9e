"""How much memory open live streams take, and how soon one of many gets its picture.

    tools/bench/run --live [--streams N]

Starts a daemon of its own, begins N logins, opens a stream for each over the live socket, and measures the daemon's
resident memory before and after; then sends pictures to some of them while all are open."""
import argparse
import json
import os
import resource
import secrets
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "tests"))

from support.daemon import Daemon  # noqa: E402
from support.nopass import NoPass, person  # noqa: E402
from support.site import Site, UnixConnection  # noqa: E402
from support.wire import connect, request_bytes  # noqa: E402

MIB = 1 << 20


def resident(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS:"))


def begin_logins(site, count):
    """(authId, liveUrl) of each, over one connection."""
    connection = UnixConnection(site.path, 60)
    begun = []
    for i in range(count):
        auth_id = "auth-" + secrets.token_hex(16)
        connection.request("POST", "/v1/sessions", json.dumps({
            "login": f"user-{i % 1000}", "binding": secrets.token_hex(16), "authId": auth_id}),
            {"Content-Type": "application/json"})
        begun.append((auth_id, json.loads(connection.getresponse().read())["liveUrl"]))
    connection.close()
    return begun


def read_until(sock, text, seen=b""):
    while text not in seen:
        chunk = sock.recv(65536)
        if not chunk:
            raise ConnectionError("the stream ended")
        seen += chunk
    return seen


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--streams", type=int, default=20000)
    parser.add_argument("--pictures", type=int, default=300)
    options = parser.parse_args()
    # As many as the machine lets one process have; the daemon takes its own limit as far as it goes, and keeps 1,024 of
    # it for what is not the live socket's.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    options.streams = min(options.streams, hard - 1100)
    daemon = Daemon({"sessions.lifetime": "1h", "daemon.log_level": "warning"})
    try:
        daemon.start()
        site, nopass = Site(daemon.site_path), NoPass(daemon.address)
        nopass.register(site)
        for first in range(0, 1000, 500):
            nopass.add_users(*(person(f"user-{i}") for i in range(first, first + 500)))
        logins = begin_logins(site, options.streams)
        before = resident(daemon.pid)
        streams = []
        began = time.monotonic()
        for _, url in logins:
            sock = connect(daemon.live_path)
            sock.sendall(request_bytes("GET", url + "/events"))
            read_until(sock, b"event: state")
            streams.append(sock)
        opened = time.monotonic() - began
        after = resident(daemon.pid)
        nopass.close()  # the daemon has closed it, too, if opening took longer than listener.idle_timeout
        times = []
        for i in range(options.pictures):
            place = i * (options.streams // options.pictures or 1) % options.streams
            sent = time.perf_counter()
            nopass.update_picture(logins[place][0], seed=i)
            read_until(streams[place], b"event: picture")
            times.append(1000 * (time.perf_counter() - sent))
        times.sort()
        print(f"{options.streams:,} streams opened in {opened:.1f} s; resident {before / MIB:.1f} MiB before, "
              f"{after / MIB:.1f} MiB with them, {(after - before) / options.streams / 1024:.1f} KiB each; at the end "
              f"{resident(daemon.pid) / MIB:.1f} MiB")
        print(f"a picture from the callback's first byte to the stream: median {statistics.median(times):.1f} ms, "
              f"p99 {times[int(len(times) * 0.99)]:.1f} ms, of {len(times)}")
        for sock in streams:
            sock.close()
    finally:
        daemon.clean_up()


if __name__ == "__main__":
    main()
