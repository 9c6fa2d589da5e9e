"""Reading the event log: long polls, streams, durable consumers."""
import os
import socket
import threading
import time
import unittest

from support.case import DaemonCase
from support.nopass import person
from support.site import EventStream, short, waiting_reader
from support.timing import PATIENCE, eventually


class Background:
    """Calls `work` in a thread; result() waits for what it returned, and raises what it raised."""

    def __init__(self, work):
        self.outcome = None
        self.thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self.thread.start()

    def _run(self, work):
        try:
            self.outcome = (work(), None)
        except Exception as error:
            self.outcome = (None, error)

    def result(self):
        self.thread.join(PATIENCE)
        if self.outcome is None:
            raise AssertionError("still waiting")
        if self.outcome[1]:
            raise self.outcome[1]
        return self.outcome[0]


class Events(DaemonCase):
    def setUp(self):
        self.one, self.portal, self.site = self.registered_daemon()


class Polls(Events):
    def test_a_long_poll_wakes_on_the_commit(self):
        cursor = self.site.cursor()
        began = time.monotonic()
        poll = Background(lambda: self.site.events(cursor, wait=60))
        self.portal.add_users(person("alice"))
        events, after = poll.result()
        self.assertEqual(short(events), ["user.added"])
        self.assertEqual(after, events[-1]["cursor"])
        self.assertLess(time.monotonic() - began, PATIENCE)

    def test_a_long_poll_without_news_ends_with_its_wait(self):
        cursor = self.site.cursor()
        began = time.monotonic()
        self.assertEqual(self.site.events(cursor, wait=1), ([], cursor))
        self.assertGreaterEqual(time.monotonic() - began, 0.9)

    def test_a_long_poll_with_a_filter_passes_over_what_it_did_not_ask_for(self):
        cursor = self.site.cursor()
        query = f"/v1/events?after={cursor}&wait=60&type=nopass.session.started,nopass.user.deleted"
        poll = Background(lambda: self.site.want(200, "GET", query, timeout=2 * PATIENCE))
        self.portal.add_users(person("alice"))
        self.portal.delete_user("alice")
        self.assertEqual(short(poll.result()["data"]), ["user.deleted"])

    def test_pages_join_without_gap_or_overlap(self):
        self.portal.add_users(*[person(f"user{i}") for i in range(10)])
        whole, end = self.site.events()
        pieces, cursor = [], None
        while len(pieces) < len(whole):
            page, cursor = self.site.events(cursor, limit=3)
            self.assertTrue(0 < len(page) <= 3)
            pieces += page
        self.assertEqual((pieces, cursor), (whole, end))

    def test_cursors_that_are_none_or_lie_elsewhere_are_refused(self):
        epoch, number = self.site.cursor().split(".")
        for cursor, status in (("nonsense", 422), (f"{epoch}.{int(number) + 1000}", 410), (f"0123.{number}", 410)):
            self.assertEqual(self.site.get(f"/v1/events?after={cursor}").status, status, cursor)


class Streams(Events):
    def stream(self, query="", headers=None):
        stream = EventStream(self.site.path, query, headers)
        self.addCleanup(stream.close)
        return stream

    def test_a_stream_begins_now_and_shows_commits_and_live_events_in_order(self):
        stream = self.stream()
        self.assertEqual(stream.headers["content-type"], "text/event-stream")
        self.assertEqual((stream.headers["cache-control"], stream.headers["x-accel-buffering"]), ("no-store", "no"))
        first = stream.block()
        self.assertEqual((first.id, first.data), (self.site.cursor(), None))
        self.portal.add_users(person("alice"))
        session = self.site.start_session("alice", "auth-stream")
        blocks = [stream.event(), stream.event()]
        for seed in (1, 2):
            self.portal.update_picture("auth-stream", seed)
            blocks.append(stream.event())  # a live event may come after a later one that is kept
        self.portal.authorized_user("auth-stream")
        blocks.append(stream.event())
        self.assertEqual([block.type for block in blocks], ["nopass.user.added", "nopass.session.started"] +
                         ["nopass.session.picture"] * 2 + ["nopass.session.authorized"])
        self.assertEqual([block.type for block in blocks], [block.data["type"] for block in blocks])
        for picture, version in zip(blocks[2:4], (1, 2)):
            self.assertIsNone(picture.id, "live events are not numbered")
            self.assertEqual(picture.data["subject"], f"session/{session['id']}")
            self.assertEqual(set(picture.data["data"]), {"sessionId", "pictureVersion", "nextChangeAt"})
            self.assertEqual(picture.data["data"]["pictureVersion"], version)
        kept = self.site.all_events()[0]
        self.assertEqual([block.data for block in (blocks[0], blocks[1], blocks[4])], kept[-3:])
        self.assertEqual([block.id for block in (blocks[0], blocks[1], blocks[4])],
                         [event["cursor"] for event in kept[-3:]])

    def test_last_event_id_resumes_without_gap_or_repeat(self):
        stream = self.stream()
        self.portal.add_users(person("alice"), person("bob"), person("carol"))
        seen = [stream.event(), stream.event()]
        stream.close()
        self.portal.delete_user("alice")
        resumed = self.stream(headers={"Last-Event-ID": seen[1].id})
        seen += [resumed.event(), resumed.event()]
        self.portal.delete_user("bob")
        seen.append(resumed.event())
        self.assertEqual([block.data for block in seen], self.site.all_events()[0][-5:])

    def test_a_stream_from_a_cursor_tells_what_lies_behind_it(self):
        events, _ = self.site.events()
        stream = self.stream(f"?after={events[0]['cursor']}")
        self.assertEqual(stream.event().data, events[1])

    def test_a_filtered_stream_is_moved_on_by_blocks_with_only_an_id_every_15_seconds(self):
        stream = self.stream("?type=nopass.session.started")
        begin = stream.block()
        self.assertIsNone(begin.data)
        began = time.monotonic()
        self.portal.add_users(person("alice"))
        block = stream.block()
        self.assertEqual((block.type, block.data, block.id), (None, None, self.site.cursor()))
        self.assertNotEqual(block.id, begin.id)
        self.assertTrue(10 < time.monotonic() - began < 20, "every 15 s")

    def test_a_stream_that_resumes_where_nothing_is_kept_is_refused(self):
        reply = self.site.get("/v1/events", headers={"Accept": "text/event-stream", "Last-Event-ID": "0123.4"})
        self.assertEqual(reply.status, 410)
        self.assertIn("oldest", reply.json)

    def test_many_streams_all_see_a_commit(self):
        streams = [self.stream() for _ in range(50)]
        self.portal.add_users(person("alice"))
        self.assertEqual({stream.event().type for stream in streams}, {"nopass.user.added"})


    def test_a_reader_that_takes_nothing_and_hangs_up_is_let_go_at_once(self):
        def descriptors():
            return len(os.listdir(f"/proc/{self.one.process.pid}/fd"))

        lazy = socket.socket(socket.AF_UNIX)
        lazy.connect(self.one.site_path)
        lazy.sendall(b"GET /v1/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n")
        self.assertIn(b"200 OK", lazy.recv(100))
        # More than the socket holds, so that the daemon waits in the middle of a write.
        self.assert_ok(self.portal.add_users(*(person(f"user{number}") for number in range(5000))), True)
        self.site.cursor()
        before = descriptors()
        began = time.monotonic()
        lazy.close()
        eventually(lambda: descriptors() < before, "the descriptor of the reader that hung up is closed")
        self.assertLess(time.monotonic() - began, 20, "not only when the write's own patience ends")


class Consumers(Events):
    def reading(self, name):
        wire = waiting_reader(self.site, name)
        self.addCleanup(wire.close)
        return wire

    def test_a_second_reader_is_409_and_the_first_is_served_on(self):
        self.site.make_consumer("mail")
        first = self.reading("mail")
        second = self.site.get("/v1/consumers/mail/events")
        self.assertEqual((second.status, second.headers["content-type"]), (409, "application/problem+json"))
        self.portal.add_users(person("alice"))
        self.assertEqual(short(first.reply().json["data"]), ["user.added"])
        self.assertEqual(short(self.site.consume("mail")), ["user.added"])

    def test_a_reader_that_hangs_up_frees_the_consumer_at_once(self):
        self.site.make_consumer("mail")
        for _ in range(5):
            first = self.reading("mail")
            first.close()
            began = time.monotonic()
            eventually(lambda: self.site.get("/v1/consumers/mail/events").status == 200, "the consumer is free")
            self.assertLess(time.monotonic() - began, 5)

    def test_what_is_not_acknowledged_comes_again_and_acknowledging_is_cumulative(self):
        self.site.make_consumer("mail", **{"from": "now"})
        self.portal.add_users(*[person(f"user{i}") for i in range(6)])
        first = self.site.consume("mail", limit=4)
        self.assertEqual(len(first), 4)
        self.assertEqual(self.site.consume("mail", limit=4), first)
        self.site.acknowledge("mail", first[2]["cursor"])
        rest = self.site.consume("mail")
        self.assertEqual(rest[0], first[3])
        self.assertEqual(len(rest), 3)
        # Less than before is fine and changes nothing; beyond what was delivered is not.
        self.site.acknowledge("mail", first[0]["cursor"])
        self.assertEqual(self.site.consume("mail"), rest)
        self.portal.add_users(person("another"))
        beyond = self.site.call("POST", "/v1/consumers/mail/ack", {"through": self.site.cursor()})
        self.assertEqual(beyond.status, 422, beyond)
        self.site.acknowledge("mail", rest[-1]["cursor"])
        self.assertEqual(len(self.site.consume("mail")), 1)

    def test_a_consumer_of_some_types_is_never_held_back_by_others(self):
        self.site.make_consumer("mail", types=["nopass.user.deleted"])
        self.portal.add_users(*[person(f"user{i}") for i in range(20)])
        self.assertEqual(self.site.consume("mail"), [])
        shown = self.site.want(200, "GET", "/v1/consumers/mail")
        self.assertEqual((shown["cursor"], shown["lag"]), (self.site.cursor(), 0))
        poll = Background(lambda: self.site.consume("mail", wait=60))
        self.portal.delete_user("user0")
        self.assertEqual(short(poll.result()), ["user.deleted"])

    def test_a_consumer_that_is_removed_is_gone(self):
        self.site.make_consumer("mail")
        self.assertEqual(self.site.call("DELETE", "/v1/consumers/mail").status, 204)
        self.assertEqual(self.site.get("/v1/consumers/mail/events").status, 404)
        self.assertEqual(self.site.call("DELETE", "/v1/consumers/mail").status, 404)
        for name in ("UPPER", "a b", "x" * 65):
            self.assertEqual(self.site.call("PUT", f"/v1/consumers/{name.replace(' ', '%20')}", {}).status, 422, name)


if __name__ == "__main__":
    unittest.main()
