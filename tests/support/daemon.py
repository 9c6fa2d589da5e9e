"""nopassd as a process: started on free ports and sockets of its own, and ended by its own process id."""
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import urllib.parse

from support.timing import PATIENCE, eventually

READY = re.compile(r"ready listener=(\S+) site=(\S*) live=(\S*?)(?:[\s\"]|$)")


def program(name="nopassd"):
    folder = os.environ.get("NOPASSD_BIN")
    if not folder:
        raise RuntimeError("NOPASSD_BIN must name the folder that holds nopassd and nopass-sim")
    return os.path.join(folder, name)


def toml(value):
    """A value as --set takes it: JSON is TOML for texts, numbers, booleans and lists of texts."""
    return json.dumps(value, ensure_ascii=False)


class Daemon:
    """`settings` maps "table.key" to a value; `text` is the configuration file. start() returns when it is ready."""

    def __init__(self, settings=None, text="", folder=None):
        self.folder = folder or tempfile.mkdtemp(prefix="nopassd-")
        self.owns_folder = folder is None
        self.config = os.path.join(self.folder, "nopassd.toml")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(text)
        self.database = os.path.join(self.folder, "nopassd.db")
        self.settings = {
            "listener.address": "127.0.0.1:0",
            "site.socket": os.path.join(self.folder, "site.sock"),
            "live.socket": os.path.join(self.folder, "live.sock"),
            "site.own_calls": True,
            "storage.url": "sqlite:" + self.database,
            "storage.backup_directory": os.path.join(self.folder, "backups"),
            **(settings or {}),
        }
        self.launcher = []  # what the command line stands behind
        self.popen = {}     # more options for it
        self.process = None
        self.lines = []
        self.log_moved = threading.Condition()
        self.reader = None

    def command(self, *more):
        sets = [part for key, value in self.settings.items() for part in ("--set", f"{key}={toml(value)}")]
        return [program(), "--config", self.config, *sets, *more]

    def run(self, *more):
        """The program to its end, e.g. with --check-config."""
        # Python ignores SIGXFSZ, and so does the program: sanitizers, which start before it, get to share that.
        return subprocess.run(self.command(*more), capture_output=True, text=True, timeout=PATIENCE, check=False,
                              restore_signals=False)

    def spawn(self):
        with self.log_moved:
            self.lines = []
        self.process = subprocess.Popen([*self.launcher, *self.command()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace",
                                        **self.popen)
        self.reader = threading.Thread(target=self._collect, args=(self.process.stderr,), daemon=True)
        self.reader.start()

    def _collect(self, pipe):
        for line in pipe:
            with self.log_moved:
                self.lines.append(line.rstrip("\n"))
                self.log_moved.notify_all()
        with self.log_moved:
            self.lines.append(None)
            self.log_moved.notify_all()

    def start(self):
        self.spawn()
        line = self.wait_for_line("ready listener=")
        listener, self.site_path, self.live_path = READY.search(line).groups()
        self.url = listener
        parts = urllib.parse.urlsplit(listener)
        self.address = (parts.hostname, parts.port)
        return self

    def wait_for_line(self, text):
        """The first log line that holds `text`."""
        found = []

        def look():
            found[:] = [line for line in self.lines if line is not None and text in line]
            return found or None in self.lines

        with self.log_moved:
            self.log_moved.wait_for(look, PATIENCE)
        if not found:
            raise AssertionError(f"no line with {text!r} in the log:\n{self.log()}")
        return found[0]

    def log(self):
        with self.log_moved:
            return "\n".join(line for line in self.lines if line is not None)

    @property
    def pid(self):
        return self.process.pid

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def tell(self, number):
        os.kill(self.process.pid, number)

    def wait(self):
        """The exit code; the log is complete then."""
        code = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        self.process.stderr.close()
        return code

    def stop(self):
        """SIGTERM, and the exit code."""
        self.tell(signal.SIGTERM)
        return self.wait()

    def kill(self):
        self.tell(signal.SIGKILL)
        return self.wait()

    def restart(self, number=signal.SIGTERM):
        code = self.stop() if number == signal.SIGTERM else self.kill()
        expected = 0 if number == signal.SIGTERM else -signal.SIGKILL
        if code != expected:
            raise AssertionError(f"exit code {code} instead of {expected}; its log:\n{self.log()}")
        return self.start()

    def clean_up(self):
        if self.is_running():
            self.kill()
        if self.owns_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def wait_until_read(self, wire):
        """Until the daemon has taken every byte that was sent on this TCP connection out of the kernel."""
        ends = f":{self.address[1]:04X}", f":{wire.sock.getsockname()[1]:04X}"

        def nothing_queued():
            with open(f"/proc/{self.pid}/net/tcp", encoding="ascii") as table:
                rows = [line.split() for line in table.readlines()[1:]]
            queues = {row[1][-5:] == ends[0] and row[2][-5:] == ends[1]: row[4] for row in rows}
            return queues.get(True, "").endswith(":00000000")

        eventually(nothing_queued, "the daemon reads what was sent")
