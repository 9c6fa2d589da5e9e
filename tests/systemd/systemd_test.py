"""From an installed package to a purged one, under a real systemd:  systemd_test.py host|minbase PACKAGES
`host` is an overlay of this machine; `minbase` has nothing but what the package asks for."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from support.certificates import Authority
from systemd.machine import Machine, MachineError, needs, run

HERE = pathlib.Path(__file__).resolve().parent
UNITS = ("nopassd.service", "nopassd-https.socket", "nopassd-site.socket", "nopassd-live.socket")
CONFIG = "/etc/nopassd/nopassd.toml"
PORT = 8443


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def eventually(check, what, patience=30):
    deadline = time.monotonic() + patience
    while not (value := check()):
        expect(time.monotonic() < deadline, f"not within {patience} s: {what}")
        time.sleep(0.05)
    return value


class Life:
    """The steps in their order; each is a sentence about what an operator sees."""

    def __init__(self, machine, packages, work):
        self.machine = machine
        self.packages = packages  # of that machine, by name
        self.work = pathlib.Path(work)
        self.run = machine.run

    # Helpers

    def property(self, name, unit="nopassd.service"):
        return self.run("systemctl", "show", "--value", "-p", name, unit).stdout.strip()

    def configure(self, text):
        self.machine.write(CONFIG, text)

    def drop_in(self, unit, text):
        self.machine.write(f"/etc/systemd/system/{unit}.d/test.conf", text)
        self.run("systemctl", "daemon-reload")

    def ctl(self, *command, check=True):
        return self.run("nopassctl", *command, check=check)

    def expect_no_failed_unit(self):
        failed = self.run("systemctl", "list-units", "--failed", "--plain", "--no-legend", "nopassd*").stdout
        expect(not failed.strip(), f"units have failed: {failed}")

    def kill(self, signal):
        self.run("systemctl", "kill", "--kill-whom=main", f"--signal={signal}", "nopassd")

    def expect_another_process(self, before):
        eventually(lambda: self.property("MainPID") not in ("0", before) and self.property("ActiveState") == "active",
                   "another process serves")

    def connect(self, address, source="127.0.0.1"):
        """Whether a TCP connection comes about within two seconds."""
        code = ("import socket,sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 2, (sys.argv[3], 0))")
        done = run(*self.machine.in_network(sys.executable, "-c", code, *map(str, address), source), check=False)
        return done.returncode == 0

    @contextlib.contextmanager
    def tls_requests(self):
        """A loop of them meanwhile, which must not lose one."""
        loop = subprocess.Popen(self.machine.in_network(sys.executable, str(HERE / "tls_loop.py"), str(PORT),
                                                        str(self.work / "authority.crt")),
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            expect(loop.stdout.readline() == "begun\n", "the loop of requests did not begin")
            yield
            told = json.loads(loop.communicate("stop\n", timeout=60)[0])
        finally:
            loop.kill()
            loop.wait()
        expect(told["requests"] > 20, f"only {told['requests']} requests")
        expect(not told["failures"], f"{len(told['failures'])} of {told['requests']} failed: {told['failures'][:3]}")
        print(f"    {told['requests']} requests, none lost")

    # Steps

    def the_package_installs_and_the_service_runs_at_once(self):
        self.run("apt-get", "install", "-y", *self.packages.values(), timeout=200)
        for unit in UNITS:
            expect(self.property("ActiveState", unit) == "active", f"{unit} is not active")
        expect(self.run("systemctl", "is-enabled", *UNITS).stdout.split() == ["enabled"] * 4, "they start with the machine")
        self.expect_no_failed_unit()
        modes = self.run("stat", "-c", "%U:%G %a", "/var/lib/nopassd", "/var/lib/nopassd/nopassd.db", CONFIG,
                         "/run/nopassd/site.sock", "/run/nopassd/live.sock").stdout.split("\n")[:5]
        expect(modes == ["nopassd:nopassd 700", "nopassd:nopassd 600", "root:root 644", "nopassd:www-data 660",
                         "nopassd:www-data 660"], f"modes: {modes}")
        expect("unregistered" in self.ctl("status").stdout, "nopassctl status")

    def it_is_confined(self):
        environment = self.run("cat", f"/proc/{self.property('MainPID')}/status").stdout
        expect(re.search(r"CapEff:\s+0+\n", environment) and re.search(r"NoNewPrivs:\s+1\n", environment) and
               re.search(r"Seccomp:\s+2\n", environment), "no capabilities, no new privileges, a system call filter")
        expect(self.property("LimitCORE") == "0", "no core dumps")

    def a_good_reload_is_in_force_when_it_ends(self):
        self.configure('[site]\nown_calls = true\n[daemon]\nlog_level = "debug"\n')
        self.run("systemctl", "reload", "nopassd")
        journal = self.run("journalctl", "-u", "nopassd", "--no-pager").stdout
        expect("the configuration was read again" in journal, journal)

    def a_bad_reload_fails_says_why_and_changes_nothing(self):
        self.configure("[site]\nown_call = true\n")
        failed = self.run("systemctl", "reload", "nopassd", check=False)
        expect(failed.returncode != 0, "systemctl reload tells that it failed")
        expect("configuration is wrong" in self.property("StatusText"), self.property("StatusText"))
        journal = self.run("journalctl", "-u", "nopassd", "--no-pager").stdout
        expect("did you mean site.own_calls" in journal, journal)
        expect(self.property("ActiveState") == "active", "it goes on")
        self.configure("[site]\nown_calls = true\n")
        self.run("systemctl", "reload", "nopassd")
        expect(self.property("StatusText") == "", "and is well again")

    def a_portal_is_registered_and_lives(self):
        walk = self.run("nopass-sim", "walk", "--portal", "http://127.0.0.1:8480", "--picture-period", "0", check=False)
        expect(walk.returncode == 0, walk.stdout + walk.stderr)

    def www_data_has_the_site_socket_and_nobody_else(self):
        client = '[[site.client]]\nuser = "www-data"\nscopes = ["portal:read"]\n'
        self.configure("[site]\nown_calls = true\n" + client)
        self.run("systemctl", "reload", "nopassd")
        ask = ("nopassctl", "--json", "portal")
        as_user = lambda user: ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups")
        expect('"state"' in self.run(*as_user("www-data"), *ask).stdout, "www-data is answered")
        for user in ("nobody", "man"):
            group = ("setpriv", f"--reuid={user}", "--regid=65534", "--clear-groups")
            refused = self.run(*group, *ask, check=False)
            expect(refused.returncode == 3 and "you may not connect" in refused.stderr, f"{user}: {refused.stderr}")

    def a_key_that_root_alone_can_read_is_its_credential(self):
        authority = Authority(str(self.work), "authority")
        certificate, key = authority.issue("localhost")
        for path, name in ((certificate, "certificate"), (key, "key")):
            self.machine.write(f"/etc/credstore/nopassd.tls-{name}", pathlib.Path(path).read_text(encoding="ascii"), 0o600)
        self.configure('[listener]\ntls_certificate = "nopassd.tls-certificate"\ntls_key = "nopassd.tls-key"\n')
        self.drop_in("nopassd-https.socket", f"[Socket]\nListenStream=\nListenStream=0.0.0.0:{PORT}\n")
        self.run("systemctl", "stop", "nopassd.service", "nopassd-https.socket")
        self.run("systemctl", "start", "nopassd.service")
        expect(f"listener=https://0.0.0.0:{PORT}" in self.run("journalctl", "-u", "nopassd", "--no-pager").stdout, "HTTPS")
        with self.tls_requests():
            time.sleep(1)

    def six_restarts_lose_no_request(self):
        with self.tls_requests():
            for _ in range(6):
                self.run("systemctl", "restart", "nopassd")

    def an_upgrade_loses_no_request_and_keeps_the_edited_configuration(self):
        newer = self.work / "newer"
        run("dpkg-deb", "-R", self.machine.path(self.packages["nopassd"]), str(newer))
        control = newer / "DEBIAN/control"
        control.write_text(re.sub(r"(?m)^Version: .*$", "Version: 99", control.read_text()))
        with open(newer / CONFIG[1:], "a", encoding="ascii") as file:
            file.write("# the next version's\n")
        run("dpkg-deb", "--root-owner-group", "-Zgzip", "-b", str(newer), self.machine.path("/root/newer.deb"))
        before, configured = self.property("MainPID"), self.run("cat", CONFIG).stdout
        with self.tls_requests():
            self.run("dpkg", "--force-confold", "-i", "/root/newer.deb")
        expect(self.property("MainPID") != before, "the new one runs")
        expect(self.run("cat", CONFIG).stdout == configured, "the edited file is kept")
        self.expect_no_failed_unit()

    def the_address_filter_lets_in_whom_it_names_and_nobody_else(self):
        expect(self.connect(("127.0.0.1", PORT), "127.0.0.1"), "without a filter everybody connects")
        self.drop_in("nopassd-https.socket", f"[Socket]\nListenStream=\nListenStream=0.0.0.0:{PORT}\n"
                                             "IPAddressDeny=any\nIPAddressAllow=127.0.0.2\n")
        self.run("systemctl", "restart", "nopassd-https.socket", "nopassd.service")
        expect(self.connect(("127.0.0.1", PORT), "127.0.0.2"), "the one that is named")
        expect(not self.connect(("127.0.0.1", PORT), "127.0.0.1"), "nobody else")
        self.drop_in("nopassd-https.socket", f"[Socket]\nListenStream=\nListenStream=0.0.0.0:{PORT}\n")
        self.run("systemctl", "restart", "nopassd-https.socket", "nopassd.service")
        expect(self.connect(("127.0.0.1", PORT), "127.0.0.1"), "and everybody again")

    def one_that_no_longer_turns_is_started_anew(self):
        self.drop_in("nopassd.service", "[Service]\nWatchdogSec=5s\n")
        self.run("systemctl", "restart", "nopassd")
        time.sleep(6)
        before = self.property("MainPID")
        expect(self.property("NRestarts") == "0", "it is fed while all is well")
        self.kill("STOP")
        self.expect_another_process(before)
        expect(self.property("NRestarts") == "1", "once")
        self.machine.remove("/etc/systemd/system/nopassd.service.d")
        self.run("systemctl", "daemon-reload")

    def one_that_was_killed_is_started_anew(self):
        self.run("systemctl", "restart", "nopassd")
        before = self.property("MainPID")
        self.kill("KILL")
        self.expect_another_process(before)

    def a_wrong_configuration_is_not_tried_again_and_one_start_revives_all(self):
        good = self.run("cat", CONFIG).stdout
        self.configure("wrong")
        failed = self.run("systemctl", "restart", "nopassd", check=False)
        expect(failed.returncode != 0, "systemctl restart tells that it failed")
        expect(self.property("ExecMainStatus") == "78", self.property("ExecMainStatus"))
        time.sleep(3)  # RestartSec= and more
        expect(self.property("ActiveState") == "failed" and self.property("NRestarts") == "0", "it stays down")
        self.configure(good)
        self.run("systemctl", "stop", *UNITS[1:])
        self.run("systemctl", "start", "nopassd")
        for unit in UNITS:
            expect(self.property("ActiveState", unit) == "active", unit)

    def a_backup_is_made_and_restored(self):
        self.run("systemctl", "start", "nopassd-backup.service")
        files = self.run("sh", "-c", "stat -c '%U %a %n' /var/lib/nopassd/backups/*").stdout.split()
        expect(files[:2] == ["nopassd", "600"] and len(files) == 3, f"{files}")
        expect(self.property("ActiveState", "nopassd-backup.timer") == "active", "every night")
        self.run("systemctl", "stop", "nopassd*")
        done = self.run("nopassd", "--restore", files[2])
        expect("is now what" in done.stdout, done.stdout + done.stderr)
        self.run("systemctl", "start", "nopassd")
        expect("ready      yes" in self.ctl("status").stdout, self.ctl("status").stdout)
        self.expect_no_failed_unit()

    def a_second_site_has_everything_of_its_own(self):
        self.machine.write("/etc/nopassd/shop.toml", '[daemon]\nlog_level = "debug"\n')
        self.drop_in("nopassd-https@shop.socket", "[Socket]\nListenStream=\nListenStream=127.0.0.1:8481\n")
        self.run("systemctl", "start", "nopassd@shop.service")
        status = self.ctl("--socket", "/run/nopassd/shop/site.sock", "status").stdout
        expect("/nopassd/shop" in status, status)
        expect(self.run("stat", "-c", "%U %a", "/var/lib/nopassd-shop/nopassd.db").stdout == "nopassd 600\n", "its database")
        self.run("systemctl", "reload", "nopassd@shop.service")
        self.run("systemctl", "start", "nopassd-backup@shop.service")
        self.run("systemctl", "stop", "nopassd@shop.service", "nopassd-https@shop.socket", "nopassd-site@shop.socket",
                 "nopassd-live@shop.socket")
        self.expect_no_failed_unit()

    def without_a_configuration_nothing_fails(self):
        kept = self.run("cat", CONFIG).stdout
        self.machine.remove(CONFIG)
        self.run("systemctl", "stop", "nopassd*")
        self.run("systemctl", "start", "nopassd")
        expect(self.property("ActiveState") == "inactive" and self.property("ConditionResult") == "no", "it waits")
        self.expect_no_failed_unit()
        self.configure(kept)

    def removing_keeps_the_state_and_purging_does_not(self):
        self.run("apt-get", "remove", "-y", "nopassd", "nopass-sim")
        self.run("test", "-e", "/var/lib/nopassd/nopassd.db")
        self.run("test", "-e", CONFIG)
        left = self.run("sh", "-c", "grep -lx nopassd /proc/[0-9]*/comm", check=False)
        expect(not left.stdout, f"processes are left: {left.stdout}")
        self.run("apt-get", "purge", "-y", "nopassd")
        for path in ("/var/lib/nopassd", "/var/lib/nopassd-shop", CONFIG, "/run/nopassd/site.sock", "/usr/sbin/nopassd"):
            expect(self.run("test", "-e", path, check=False).returncode == 1, f"{path} is still there")
        self.expect_no_failed_unit()


STEPS = (Life.the_package_installs_and_the_service_runs_at_once, Life.it_is_confined,
         Life.a_good_reload_is_in_force_when_it_ends, Life.a_bad_reload_fails_says_why_and_changes_nothing,
         Life.a_portal_is_registered_and_lives, Life.www_data_has_the_site_socket_and_nobody_else,
         Life.a_key_that_root_alone_can_read_is_its_credential, Life.six_restarts_lose_no_request,
         Life.an_upgrade_loses_no_request_and_keeps_the_edited_configuration,
         Life.the_address_filter_lets_in_whom_it_names_and_nobody_else, Life.one_that_no_longer_turns_is_started_anew,
         Life.one_that_was_killed_is_started_anew, Life.a_wrong_configuration_is_not_tried_again_and_one_start_revives_all,
         Life.a_backup_is_made_and_restored, Life.a_second_site_has_everything_of_its_own,
         Life.without_a_configuration_nothing_fails, Life.removing_keeps_the_state_and_purging_does_not)


def mirror():
    """Where this machine has Debian's packages from."""
    found = run("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Origin: Debian",
                "Codename: bookworm", "Component: main").stdout.split()
    if not found:
        raise MachineError("apt knows no mirror of Debian 12")
    return found[0]


def unpack_system(tree):
    """The least that Debian calls a system, and systemd. Kept as a tar for the rest of the week."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "nopassd"
    tar = cache / time.strftime("minbase-%G-%V.tar")
    tree.mkdir()
    if tar.exists():
        run("tar", "-x", "-f", str(tar), "-C", str(tree), "--numeric-owner")
        return
    run("debootstrap", "--variant=minbase", "--include=systemd-sysv,dbus", "bookworm", str(tree), mirror(), timeout=400)
    cache.mkdir(parents=True, exist_ok=True)
    made = tar.with_suffix(f".{os.getpid()}")
    run("tar", "-c", "-f", str(made), "-C", str(tree), "--numeric-owner", ".")
    for old in cache.glob("minbase-*.tar"):
        old.unlink()
    made.rename(tar)


def minbase(work, packages):
    """A tree with a least system in which the packages, and what they ask for, are still to be installed."""
    tree = pathlib.Path(work) / "minbase"
    unpack_system(tree)
    (tree / "usr/sbin/policy-rc.d").unlink(missing_ok=True)
    inside = put_packages(tree, packages)
    # The machine has no network: what the packages need is fetched before.
    shutil.copy("/etc/resolv.conf", tree / "etc/resolv.conf")
    run("chroot", str(tree), "apt-get", "install", "-y", "--download-only", *inside.values(), timeout=300,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"})
    return tree, inside


def put_packages(root, packages):
    inside = {}
    for name in ("nopassd", "nopass-sim"):
        package = next(pathlib.Path(packages).glob(f"{name}_*.deb"))
        shutil.copy(package, root / "root" / package.name)
        inside[name] = f"/root/{package.name}"
    return inside


def live(kind, packages, work):
    tree, inside = minbase(work, packages) if kind == "minbase" else (None, None)
    machine = Machine(tree)
    try:
        inside = inside or put_packages(machine.root, packages)
        began = time.monotonic()
        machine.boot()
        print(f"ok   the machine has booted ({time.monotonic() - began:.1f} s)", flush=True)
        life = Life(machine, inside, work)
        for step in STEPS:
            began = time.monotonic()
            try:
                step(life)
            except Exception:
                print(f"FAIL {step.__name__.replace('_', ' ')}")
                print(machine.run("journalctl", "-b", "-n", "60", "--no-pager", check=False).stdout)
                raise
            print(f"ok   {step.__name__.replace('_', ' ')} ({time.monotonic() - began:.1f} s)", flush=True)
    finally:
        machine.stop()


def main():
    kind, packages = sys.argv[1:3]
    missing = needs()
    if missing:
        print(f"SKIPPED: {missing}. No systemd has seen these units.", flush=True)
        return 1 if os.environ.get("NOPASSD_CI") else 77
    with tempfile.TemporaryDirectory(prefix="nopassd-systemd-") as work:
        live(kind, packages, work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
