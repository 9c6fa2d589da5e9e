"""What systemd does for a service: it holds the listening sockets, passes them by name, and hears what is notified."""
import fcntl
import os
import socket

from support.timing import PATIENCE

FIRST = 3  # SD_LISTEN_FDS_START


class ServiceManager:
    """manage() has a stopped Daemon start as its service; the sockets stay open between two starts."""

    def __init__(self, folder, watchdog=None):
        self.watchdog = watchdog  # seconds, or None
        self.passed = []          # (name, descriptor)
        self.notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notified.bind(os.path.join(folder, "notify"))
        self.notified.settimeout(PATIENCE)

    def close(self):
        self.notified.close()
        for _, descriptor in self.passed:
            os.close(descriptor)

    def listen(self, name, address):
        """Under this FileDescriptorName=; `address` is (host, port) or the path of a Unix socket. Returns where it is."""
        with socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET) as sock:
            sock.bind(address)
            sock.listen()
            # High, so that none of them stands where another has to go.
            self.passed.append((name, fcntl.fcntl(sock.fileno(), fcntl.F_DUPFD, 100)))
            return sock.getsockname()

    def manage(self, daemon):
        descriptors = [descriptor for _, descriptor in self.passed]
        moves = " ".join(f"{FIRST + i}<&{old} {old}<&-" for i, old in enumerate(descriptors))
        # exec keeps the process id, which LISTEN_PID and WATCHDOG_PID have to name.
        daemon.launcher = ["bash", "-c", f'export LISTEN_PID=$$ WATCHDOG_PID=$$; exec {moves}; exec "$@"', "bash"]
        environment = {**os.environ, "NOTIFY_SOCKET": self.notified.getsockname()}
        if descriptors:
            environment["LISTEN_FDS"] = str(len(descriptors))
            environment["LISTEN_FDNAMES"] = ":".join(name for name, _ in self.passed)
        if self.watchdog:
            environment["WATCHDOG_USEC"] = str(int(self.watchdog * 1e6))
        daemon.popen = {"env": environment, "pass_fds": descriptors}
        return daemon

    def heard(self):
        """The next thing that the service has notified."""
        return self.notified.recv(4096).decode()
