"""How long the daemon takes from its start to READY=1 with many users, and what it holds while nobody calls: with TLS, as
a unit of systemd's starts it."""
import argparse
import os
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests"))
from support.certificates import Authority  # noqa: E402
from support.daemon import Daemon  # noqa: E402
from support.nopass import NoPass, person  # noqa: E402
from support.service_manager import ServiceManager  # noqa: E402
from support.site import Site  # noqa: E402

BATCH = 5000
MIB = 1 << 20


def resident(pid):
    """Of these kinds, in bytes: all, what is the process's own, what is of files (programs and libraries)."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        lines = dict(line.split(":", 1) for line in status)
    return [1024 * int(lines[name].split()[0]) for name in ("VmRSS", "RssAnon", "RssFile")]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--starts", type=int, default=20)
    options = parser.parse_args()
    # No unit has these, and a file of all authorities takes 45 ms and 1.6 MiB.
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        os.environ.pop(name, None)
    daemon = Daemon({"daemon.log_level": "warning"})
    manager = ServiceManager(daemon.folder)
    try:
        daemon.start()
        nopass = NoPass(daemon.address)
        nopass.register(Site(daemon.site_path))
        for first in range(0, options.users, BATCH):
            reply = nopass.add_users(*(person(f"user-{i}") for i in range(first, min(first + BATCH, options.users))))
            if reply.status != 200:
                raise RuntimeError(f"AddUsers: {reply}")
        daemon.stop()
        authority = Authority(daemon.folder, "authority")
        certificate, key = authority.issue("localhost")
        daemon.settings.update({"listener.tls_certificate": certificate, "listener.tls_key": key})
        manager.manage(daemon)
        times = []
        for _ in range(options.starts):
            began = time.perf_counter()
            daemon.spawn()
            if manager.heard() != "READY=1":
                raise RuntimeError(f"not ready:\n{daemon.log()}")
            times.append(1000 * (time.perf_counter() - began))
            time.sleep(1)
            sizes = [size / MIB for size in resident(daemon.pid)]
            daemon.stop()
            while manager.heard() != "STOPPING=1":
                pass
        print(f"{options.users:,} users, database {os.path.getsize(daemon.database) / MIB:.1f} MiB: from the start to READY=1 "
              f"{statistics.median(times):.1f} ms in the median, {max(times):.1f} ms at most, of {len(times)}")
        print(f"idle with TLS: {sizes[0]:.1f} MiB resident, {sizes[1]:.1f} MiB of it the process's own, {sizes[2]:.1f} MiB "
              f"of programs and libraries")
    finally:
        daemon.clean_up()
        manager.close()


if __name__ == "__main__":
    main()
