"""A machine whose first process is a real systemd: systemd-nspawn on an overlay of this one's files, or on a tree that
debootstrap has made. It has a network of its own without a way out, and is gone with the test."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

PATIENCE = 60
# So that IPAddressAllow= can put its filters into the kernel: without it they are silently not enforced.
FILTERS = ("--capability=CAP_BPF,CAP_NET_ADMIN,CAP_PERFMON", "--system-call-filter=bpf")


class MachineError(Exception):
    pass


def needs():
    """Why there can be no machine here, or nothing."""
    if os.geteuid() != 0:
        return "only root can start machines"
    missing = [name for name in ("systemd-nspawn", "debootstrap", "nsenter") if not shutil.which(name)]
    return f"not installed: {', '.join(missing)}" if missing else ""


def run(*command, check=True, timeout=300, **more):
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False,
                          **{"stdin": subprocess.DEVNULL, **more})
    if check and done.returncode != 0:
        raise MachineError(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


class Machine:
    """`tree` is its root folder, of its own; nothing for an overlay of this machine's files."""

    def __init__(self, tree=None):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="nopassd-machine-"))
        self.mounts = []
        self.nspawn = None
        self.leader = None
        self.root = pathlib.Path(tree) if tree else self._overlay()

    def _mount(self, *arguments):
        run("mount", *arguments)
        self.mounts.append(arguments[-1])

    def _overlay(self):
        upper, root = self.work / "upper", self.work / "root"
        upper.mkdir()
        root.mkdir()
        # An overlay's own files cannot lie on another overlay, which / may be.
        self._mount("-t", "tmpfs", "tmpfs", str(upper))
        for name in ("files", "work"):
            (upper / name).mkdir()
        self._mount("-t", "overlay", "overlay", "-o", f"lowerdir=/,upperdir={upper}/files,workdir={upper}/work", str(root))
        # What else is installed here is not to be started there.
        for folder in ("multi-user.target.wants", "timers.target.wants", "sockets.target.wants", "graphical.target.wants"):
            shutil.rmtree(root / "etc/systemd/system" / folder, ignore_errors=True)
        (root / "usr/sbin/policy-rc.d").unlink(missing_ok=True)
        (root / "etc/fstab").write_text("", encoding="ascii")
        return root

    def boot(self):
        """Until everything has started."""
        self.log = open(self.work / "console", "wb")
        self.nspawn = subprocess.Popen(
            ("systemd-nspawn", "--quiet", f"--directory={self.root}", "--boot", "--register=no", "--keep-unit",
             "--private-network", "--notify-ready=yes", "--tmpfs=/tmp:mode=1777", "--console=pipe",
             "--machine=nopassd-test", *FILTERS), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + PATIENCE
        while not self._is_up():
            if self.nspawn.poll() is not None or time.monotonic() > deadline:
                raise MachineError("the machine did not start:\n" + (self.work / "console").read_text(errors="replace"))
            time.sleep(0.05)
        return self

    def _is_up(self):
        children = pathlib.Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children").read_text().split()
        if not children:
            return False
        self.leader = int(children[0])
        return self.run("systemctl", "is-system-running", check=False).stdout.strip() in ("running", "degraded")

    def inside(self, *command):
        """The command line that runs a command there."""
        return ("nsenter", f"--target={self.leader}", "--all", "--wdns=/", "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", *command)

    def run(self, *command, check=True, **more):
        return run(*self.inside(*command), check=check, **more)

    def in_network(self, *command):
        """The command line that runs a program of this machine with that one's network."""
        return ("nsenter", f"--target={self.leader}", "--net", *command)

    def path(self, inside):
        """Where a file of that machine is here, /run included."""
        return f"/proc/{self.leader}/root{inside}"

    def write(self, path, text, mode=0o644):
        target = pathlib.Path(self.path(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        target.chmod(mode)

    def remove(self, path):
        target = pathlib.Path(self.path(path))
        if target.is_dir():
            shutil.rmtree(target)
        else:
            target.unlink()

    def stop(self):
        try:
            if self.nspawn and self.nspawn.poll() is None:
                if self.leader:
                    os.kill(self.leader, signal.SIGRTMIN + 4)  # as `systemctl poweroff`
                try:
                    self.nspawn.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    self.nspawn.kill()
                    self.nspawn.wait()
        finally:
            for mount in reversed(self.mounts):
                run("umount", "--lazy", mount, check=False)
            shutil.rmtree(self.work, ignore_errors=True)
