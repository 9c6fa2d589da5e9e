"""Starts and stops nopassd and nginx, each on a free port and in a directory of its own."""
import os
import pathlib
import re
import socket
import subprocess
import time

TOML = """
[listener]
address = "127.0.0.1:0"
idle_timeout = "10m"
[site]
socket = "{sockets}/site.sock"
own_calls = true
requests_per_minute = 10000000
[sessions]
lifetime = "1d"
[live]
socket = ""
[storage]
url = "sqlite:{data}/nopassd.db"
"""

NGINX = """
daemon off;
worker_processes 2;
pid {data}/nginx.pid;
error_log {data}/nginx.log error;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {data}/body;
  proxy_temp_path {data}/proxy;
  fastcgi_temp_path {data}/fastcgi;
  uwsgi_temp_path {data}/uwsgi;
  scgi_temp_path {data}/scgi;
  keepalive_requests 1000000000;
  client_body_buffer_size 64k;
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    location / {{
      default_type application/json;
      return 200 '{{"errors":[],"result":"OK"}}';
    }}
  }}
}}
"""


class Server:
    """A process of ours; `with` ends it, by its own handle."""

    def __init__(self, command, log):
        self.log = pathlib.Path(log)
        with open(log, "wb") as out:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        self.port = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def wait_until(self, ready, what):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            found = ready()
            if found:
                return found
            time.sleep(0.05)
        raise RuntimeError(f"{what} did not get ready:\n{self.log.read_text(errors='replace')[-2000:]}")

    def resident_kib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])


def start_nopassd(binary, data, sockets, more=""):
    config = os.path.join(data, "nopassd.toml")
    pathlib.Path(config).write_text(TOML.format(data=data, sockets=sockets) + more, encoding="utf-8")
    server = Server([binary, "--config", config], os.path.join(data, "nopassd.log"))
    try:
        ready = server.wait_until(
            lambda: re.search(r"ready listener=http://127\.0\.0\.1:(\d+) ", server.log.read_text(errors="replace")),
            "nopassd")
    except RuntimeError:
        server.__exit__()
        raise
    server.port = int(ready[1])
    return server


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start_nginx(data):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = os.path.join(data, "nginx.conf")
    pathlib.Path(config).write_text(NGINX.format(data=data, port=port), encoding="utf-8")
    server = Server(["nginx", "-p", data, "-c", config], os.path.join(data, "nginx.out"))
    server.port = port
    try:
        server.wait_until(lambda: answers(port), "nginx")
    except RuntimeError:
        server.__exit__()
        raise
    return server
