"""nopassctl as a process."""
import json
import os
import pty
import select
import subprocess
import time

from support.daemon import program
from support.timing import PATIENCE

DONE, FAILED, USAGE, UNREACHABLE, REFUSED, TIMED_OUT = range(6)


def environment():
    """Without what would change the output."""
    ours = ("NOPASSD_SOCKET", "NOPASSCTL_TOKEN_FILE", "NO_COLOR")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {**kept, "LC_ALL": "C.UTF-8"}


class Ctl:
    def __init__(self, socket):
        self.socket = socket

    def command(self, *arguments):
        return [program("nopassctl"), "--socket", self.socket, *arguments]

    def run(self, *arguments, stdin="", **more):
        """The program to its end: .returncode, .stdout, .stderr."""
        return subprocess.run(self.command(*arguments), input=stdin, capture_output=True, text=True, encoding="utf-8",
                              env=environment(), timeout=PATIENCE, check=False, **more)

    def want(self, code, *arguments, **more):
        """Standard output of a run that must end with this code."""
        done = self.run(*arguments, **more)
        if done.returncode != code:
            raise AssertionError(f"{arguments}: exit code {done.returncode} instead of {code}\n{done.stdout}{done.stderr}")
        return done.stdout

    def json(self, *arguments, code=DONE):
        return json.loads(self.want(code, "--json", *arguments))

    def spawn(self, *arguments):
        return Running(self.command(*arguments))


class Running:
    """A nopassctl that goes on; its output, both streams in one, is read until something stands in it."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, env=environment())
        self.pipe = self.process.stdout.fileno()
        self.text = ""

    def read(self, stop):
        deadline = time.monotonic() + PATIENCE
        while not stop():
            if not select.select([self.pipe], [], [], max(0, deadline - time.monotonic()))[0]:
                raise AssertionError(f"nothing came any more behind:\n{self.text}")
            try:
                more = os.read(self.pipe, 65536)
            except OSError:  # how a terminal tells that nobody writes to it any more
                more = b""
            if not more:
                return
            self.text += more.decode()

    def until(self, words):
        self.read(lambda: words in self.text)
        if words not in self.text:
            raise AssertionError(f"{words!r} is not in\n{self.text}")
        return self.text

    def end(self):
        """Reads to the end: the exit code."""
        self.read(lambda: False)
        return self.process.wait(PATIENCE)

    def clean_up(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


class OnTerminal(Running):
    """The same with a terminal for all three streams."""

    def __init__(self, command):
        self.pipe, inner = pty.openpty()
        self.process = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, env=environment(),
                                        start_new_session=True)
        os.close(inner)
        self.text = ""

    def type(self, text):
        os.write(self.pipe, text.encode())

    def clean_up(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        os.close(self.pipe)
