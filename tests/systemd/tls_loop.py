"""Requests over TLS, each on a connection of its own, until a line comes on standard input; then how many there were and
every failure, as JSON:  tls_loop.py PORT AUTHORITY"""
import json
import socket
import ssl
import sys
import threading

REQUEST = (b"POST /api/PortalCommunication/UpdatePicture HTTP/1.1\r\nHost: portal.example\r\nContent-Length: 2\r\n"
           b"Connection: close\r\n\r\n{}")


def main():
    address, context = ("127.0.0.1", int(sys.argv[1])), ssl.create_default_context(cafile=sys.argv[2])
    stop, counts, failures = threading.Event(), [], []

    def ask():
        with socket.create_connection(address, 30) as plain, context.wrap_socket(plain, server_hostname="localhost") as wire:
            wire.sendall(REQUEST)
            answer = b""
            while chunk := wire.recv(65536):
                answer += chunk
        status = answer.split(b" ", 2)[1:2]
        if status not in ([b"400"], [b"403"]):  # the portal is not registered, or the body says nothing
            raise OSError(f"answered {answer[:80]!r}")

    def loop():
        count = 0
        while not stop.is_set():
            try:
                ask()
            except OSError as fault:
                failures.append(repr(fault))
            count += 1
        counts.append(count)

    threads = [threading.Thread(target=loop) for _ in range(3)]
    for thread in threads:
        thread.start()
    print("begun", flush=True)
    sys.stdin.readline()
    stop.set()
    for thread in threads:
        thread.join()
    print(json.dumps({"requests": sum(counts), "failures": failures}))


if __name__ == "__main__":
    main()
