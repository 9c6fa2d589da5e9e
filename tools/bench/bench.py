"""The measurements of tools/bench/run, which see."""
import argparse
import asyncio
import contextlib
import json
import os
import pathlib
import platform
import random
import re
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib

import pool
import servers

HERE = pathlib.Path(__file__).resolve().parent
CONNECTIONS = (1, 16, 64, 256)
PATH = "/api/PortalCommunication/"
PICTURE_SESSIONS = 1000
IDLE = 10000


def say(text):
    print(text, file=sys.stderr, flush=True)


def png_without_end(size):
    """A palette PNG of about `size` bytes, still without its IEND."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    side = 64
    noise = max(0, min(side, (size - 900) // side))
    rows = b"".join(b"\0" + (random.randbytes(side) if y < noise else bytes(side)) for y in range(side))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 3, 0, 0, 0)) +
            chunk(b"PLTE", random.randbytes(768)) + chunk(b"IDAT", zlib.compress(rows)))


def fsync_probe(directory):
    """Median and p99 of appending 4 KiB and syncing them, in ms: what one durable commit costs at least."""
    times = []
    with tempfile.NamedTemporaryFile(dir=directory, buffering=0) as file:
        for _ in range(300):
            began = time.perf_counter()
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - began) * 1e3)
    return statistics.median(times), statistics.quantiles(times, n=100)[98]


async def open_idle(port, count):
    request = (f"POST {PATH}AuthorizedUser HTTP/1.1\r\nHost: portal\r\nContent-Type: application/json\r\n"
               "Content-Length: 2\r\n\r\n{}").encode()

    async def one():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        await reader.readuntil(b"\r\n\r\n")
        return writer

    held = []
    while len(held) < count:
        held += await asyncio.gather(*(one() for _ in range(min(200, count - len(held)))))
    return held


async def memory_with_idle(server):
    held = await open_idle(server.port, IDLE)
    await asyncio.sleep(1)
    resident = server.resident_kib()
    for writer in held:
        writer.close()
    return resident


class Bench:
    def __init__(self, options, daemon, nginx, directory, site):
        self.options, self.daemon, self.nginx, self.site = options, daemon, nginx, site
        self.directory, self.run = directory, random.randrange(60000)
        self.png = os.path.join(directory, "picture")
        pathlib.Path(self.png).write_bytes(png_without_end(options.picture_bytes))

    def wrk(self, server, script, connections, *arguments):
        threads = min(2, connections)
        arguments = [str(threads) if argument == "THREADS" else str(argument) for argument in arguments]
        command = ["wrk", "-t", str(threads), "-c", str(connections), "-d", f"{self.options.seconds}s", "--latency",
                   "-s", str(HERE / script), f"http://127.0.0.1:{server.port}", "--", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = re.search(r"^RESULT (.*)$", done.stdout, re.MULTILINE)
        if not found:
            raise RuntimeError(f"wrk failed:\n{done.stdout}{done.stderr}")
        result = json.loads(found[1])
        if result["failed"]:
            raise RuntimeError(f"{result['failed']} of {result['requests']} requests were not answered 2xx:\n{done.stdout}")
        result["rate"] = result["requests"] / result["seconds"]
        return result

    def pictures(self, server, connections, file):
        self.run += 1
        return self.wrk(server, "picture.lua", connections, PATH + "UpdatePicture", file, self.png, self.run)

    def authorizations(self, connections, expected_rate):
        """Makes the pool as large as `expected_rate` asks for, and larger when it did not last."""
        file = os.path.join(self.directory, "authorize")
        size = int(expected_rate * self.options.seconds * 1.5) + 2000
        while True:
            say(f"  starting {size} sessions")
            pool.start_sessions(self.site, size, file)
            before = pool.sessions_authorized(self.site)
            result = self.wrk(self.daemon, "authorized.lua", connections, PATH + "AuthorizedUser", file, "THREADS", "once")
            if not result["exhausted"]:
                authorized = pool.sessions_authorized(self.site) - before
                if authorized < result["requests"]:
                    raise RuntimeError(f"{result['requests']} answers, but {authorized} sessions are authorized")
                return result, file
            say(f"  {size} sessions were not enough at {connections} connections: once more with twice as many")
            size *= 2

    def rows(self):
        file = os.path.join(self.directory, "show")
        sessions = pool.start_sessions(self.site, PICTURE_SESSIONS, file)
        shown, authorized = 0, {}
        for connections in CONNECTIONS:
            say(f"UpdatePicture, {connections} connections")
            result = self.pictures(self.daemon, connections, file)
            shown += result["requests"]
            authorized[connections] = result["rate"] * 1.5
            yield "UpdatePicture", connections, result, self.pictures(self.nginx, connections, file)
        changed = pool.pictures_shown(self.site, sessions.values())
        if changed < shown:
            raise RuntimeError(f"{shown} pictures were answered 200, but {changed} changes are there")
        for connections in CONNECTIONS:
            say(f"AuthorizedUser, {connections} connections")
            result, file = self.authorizations(connections, authorized[connections])
            nginx = self.wrk(self.nginx, "authorized.lua", connections, PATH + "AuthorizedUser", file, "THREADS", "again")
            yield "AuthorizedUser", connections, result, nginx


def print_table(rows):
    print("| callback | connections | requests/s | p50 ms | p99 ms | nginx requests/s | nginx p50 ms | nginx p99 ms | of nginx |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for name, connections, result, nginx in rows:
        print(f"| {name} | {connections} | {result['rate']:,.0f} | {result['p50']:.2f} | {result['p99']:.2f} "
              f"| {nginx['rate']:,.0f} | {nginx['p50']:.2f} | {nginx['p99']:.2f} | {result['rate'] / nginx['rate']:.2f} |",
              flush=True)


def machine():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return f"{os.cpu_count()} cores ({model[1] if model else platform.machine()}), Linux {platform.release()}"


def main():
    parser = argparse.ArgumentParser(prog="tools/bench/run", description="nopassd beside nginx, as a Markdown table")
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement (default 5)")
    parser.add_argument("--picture-bytes", type=int, default=2048, help="of a PNG, about (default 2048; 900 to 4900)")
    root = HERE.parent.parent
    parser.add_argument("--binary", default=str(root / "build/release/bin/nopassd"), help="another nopassd to measure")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        # The database lies beside the build, on a disk; /tmp might be memory, which syncs for nothing.
        data = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench.", dir=root / "build"))
        web, sockets = (stack.enter_context(tempfile.TemporaryDirectory(prefix="nopassd-bench.", dir="/tmp")) for _ in "ab")
        site = os.path.join(sockets, "site.sock")
        median, slow = fsync_probe(data)
        daemon = stack.enter_context(servers.start_nopassd(options.binary, data, sockets))
        pool.register(daemon.port, site)
        idle = daemon.resident_kib()
        say(f"{IDLE} idle connections")
        held = asyncio.run(memory_with_idle(daemon))
        nginx = stack.enter_context(servers.start_nginx(web))
        bench = Bench(options, daemon, nginx, data, site)
        print(f"{machine()}; {options.seconds} s a row; wrk on the same machine; pictures of "
              f"{os.path.getsize(bench.png)} bytes, another one in every request; every reply 2xx.\n")
        print_table(bench.rows())
        print(f"\n- One append of 4 KiB with fdatasync on this disk: {median:.2f} ms median, {slow:.2f} ms p99.")
        print(f"- Memory of the daemon (resident): {idle / 1024:.1f} MiB idle, {held / 1024:.1f} MiB with {IDLE:,} idle "
              f"keep-alive connections ({(held - idle) / IDLE:.1f} KiB each), "
              f"{daemon.resident_kib() / 1024:.1f} MiB after the load.")


if __name__ == "__main__":
    main()
