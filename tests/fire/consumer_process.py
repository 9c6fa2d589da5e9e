"""A durable consumer that notes every event before it acknowledges: consumer_process.py SOCKET NAME JOURNAL SEED"""
import random
import sys
import time

from journal import Journal
from support.site import Site


def main():
    socket, name, path, seed = sys.argv[1:]
    site, journal, chance = Site(socket), Journal(path), random.Random(seed)
    journal.write("begin")
    while True:
        limit = chance.choice((1, 10, 100, 300))
        reply = site.get(f"/v1/consumers/{name}/events?limit={limit}&wait=5")
        if reply.status == 409:  # its predecessor's death has not got about yet
            time.sleep(0.02)
            continue
        if reply.status != 200:
            raise AssertionError(f"no events: {reply}")
        events = reply.json["data"]
        for event in events:
            journal.write("event", event["cursor"].split(".")[1], event["id"])
        if events:
            cursor = events[-1]["cursor"]
            journal.write("acknowledging", cursor.split(".")[1])
            site.acknowledge(name, cursor)
            journal.write("acknowledged", cursor.split(".")[1])


if __name__ == "__main__":
    main()
